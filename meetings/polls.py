"""Advisory polls held on the spot. They bind nobody, know no threshold and never become an owners' decision.

What somebody chose is shown to that person alone; everybody else reads sums.
"""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from meetings.kernel import Command, Entity, Entry, Eye, Fact, Refused, Room, Who
from meetings.meeting import BEFORE, TALKING, Ended
from meetings.people import NAMED, STAFF, mine, words
from meetings.text import QUESTION_LIMIT, check_id, clean_line

OPTION_LIMIT = 60
OPTIONS_LEAST, OPTIONS_MOST = 2, 8
POLL_MINUTES_MOST = 120
POLLS_MOST = 50


class Draft(Command, frozen=True, tag="poll.draft"):
    """Prepare a poll: its question, two to eight options, one answer a person or one a household.

    With `minutes` it closes by itself; with `live` the sums are shown while it is open. Staff may, until the end.
    """

    may, when = STAFF, BEFORE | TALKING
    id: str
    question: str
    options: list[str]
    per: Literal["person", "household"] = "person"
    minutes: int | None = None
    live: bool = False


class Open(Command, frozen=True, tag="poll.open"):
    """Open a prepared poll. Staff may, while the meeting runs."""

    may, when = STAFF, TALKING
    id: str


class Answer(Command, frozen=True, tag="poll.answer"):
    """Choose an option, counted from 0. A later choice replaces the earlier one while the poll is open.

    Where a household has one answer, the unit must be proved and whoever answered first speaks for it.
    """

    may, when = NAMED, TALKING
    id: str
    choice: int


class Close(Command, frozen=True, tag="poll.close"):
    """Close an open poll and show its sums; it does not open again. Staff may, while the meeting runs."""

    may, when = STAFF, TALKING
    id: str


class Drafted(Fact, frozen=True, tag="poll.drafted"):
    id: str
    question: str
    options: list[str]
    per: str = "person"
    minutes: int | None = None
    live: bool = False


class Opened(Fact, frozen=True, tag="poll.opened"):
    id: str


class Answered(Fact, frozen=True, tag="poll.answered"):
    id: str
    choice: int
    unit: str | None = None


class Closed(Fact, frozen=True, tag="poll.closed"):
    id: str


class Voice(msgspec.Struct, frozen=True):
    """One counted answer: whose it is, and which option."""

    person: str
    choice: int


class Poll(Entity, frozen=True):
    """A poll and its sums. `voices` (by person or by unit) grows in place: there may be thousands."""

    kind = "poll"
    id: str
    question: str
    options: list[str]
    per: str
    minutes: int | None
    live: bool
    state: str = "draft"
    opened_at: int | None = None
    closes_at: int | None = None
    closed_at: int | None = None
    counts: tuple[int, ...] = ()
    voices: dict[str, Voice] = msgspec.field(default_factory=dict)

    def seen_by(self, eye: Eye) -> dict[str, Any] | None:
        if self.state == "draft" and eye is not Eye.STAFF:
            return None
        told = self.state == "closed" or (self.live and self.state == "open")
        return {
            "id": self.id,
            "question": self.question,
            "options": self.options,
            "per": self.per,
            "live": self.live,
            "state": self.state,
            "minutes": self.minutes,
            "opened_at": self.opened_at,
            "closes_at": self.closes_at,
            "closed_at": self.closed_at,
            "voters": len(self.voices),
            "counts": list(self.counts) if told else None,
        }


def due(room: Room, at: int) -> list[Command]:
    """What the platform has to do by this instant: close polls whose time is over."""
    return [
        Close(poll.id) for poll in _open_polls(room) if poll.closes_at is not None and poll.closes_at <= at
    ]


def _open_polls(room: Room) -> list[Poll]:
    return [poll for poll in room.all(Poll) if poll.state == "open"]


@words.decides(Draft)
def _(room: Room, cmd: Draft, who: Who) -> list[Fact]:
    check_id(cmd.id)
    if not OPTIONS_LEAST <= len(cmd.options) <= OPTIONS_MOST:
        raise Refused("unclear", field="options")
    if cmd.minutes is not None and not 1 <= cmd.minutes <= POLL_MINUTES_MOST:
        raise Refused("unclear", field="minutes")
    question = clean_line(cmd.question, QUESTION_LIMIT, "question")
    options = [clean_line(option, OPTION_LIMIT, "options") for option in cmd.options]
    if len(set(options)) < len(options):
        raise Refused("unclear", field="options")
    held = room.get(Poll, cmd.id)
    told = (question, options, cmd.per, cmd.minutes, cmd.live)
    if held is not None:
        if (held.question, held.options, held.per, held.minutes, held.live) != told:
            raise Refused("taken")
        return []
    if room.count(Poll.kind) >= POLLS_MOST:
        raise Refused("too_large", limit=POLLS_MOST)
    return [Drafted(cmd.id, *told)]


@words.folds(Drafted)
def _(room: Room, fact: Drafted, entry: Entry) -> None:
    room.put(
        Poll(
            id=fact.id,
            question=fact.question,
            options=fact.options,
            per=fact.per,
            minutes=fact.minutes,
            live=fact.live,
            counts=(0,) * len(fact.options),
        )
    )


@words.decides(Open)
def _(room: Room, cmd: Open, who: Who) -> list[Fact]:
    poll = room.need(Poll, cmd.id)
    if poll.state == "closed":
        raise Refused("wrong_state", state=poll.state)
    return [] if poll.state == "open" else [Opened(cmd.id)]


@words.folds(Opened)
def _(room: Room, fact: Opened, entry: Entry) -> None:
    poll = room.get(Poll, fact.id)
    if poll is not None:
        closes_at = None if poll.minutes is None else entry.at + poll.minutes * 60_000
        room.put(msgspec.structs.replace(poll, state="open", opened_at=entry.at, closes_at=closes_at))


@words.decides(Answer)
def _(room: Room, cmd: Answer, who: Who) -> list[Fact]:
    poll = room.get(Poll, cmd.id)
    if poll is None or poll.state == "draft":
        raise Refused("not_found")
    if poll.state != "open" or (poll.closes_at is not None and who.at >= poll.closes_at):
        raise Refused("not_open")
    if not 0 <= cmd.choice < len(poll.options):
        raise Refused("unclear", field="choice")
    head = who.person
    if poll.per == "household":
        if who.unit is None or not who.proved:
            raise Refused("unverified")
        head = who.unit
    voice = poll.voices.get(head)
    if voice is not None and voice.person != who.person:
        raise Refused("taken")
    if voice is not None and voice.choice == cmd.choice:
        return []
    return [Answered(cmd.id, cmd.choice, who.unit if poll.per == "household" else None)]


@words.folds(Answered)
def _(room: Room, fact: Answered, entry: Entry) -> None:
    poll = room.get(Poll, fact.id)
    if poll is None:
        return
    head = entry.by if fact.unit is None else fact.unit
    counts = list(poll.counts)
    before = poll.voices.get(head)
    if before is not None:
        counts[before.choice] -= 1
    counts[fact.choice] += 1
    poll.voices[head] = Voice(entry.by, fact.choice)
    room.put(msgspec.structs.replace(poll, counts=tuple(counts)))
    own = mine(room, entry.by)
    room.put(msgspec.structs.replace(own, choices=own.choices | {fact.id: fact.choice}))


@words.decides(Close)
def _(room: Room, cmd: Close, who: Who) -> list[Fact]:
    poll = room.need(Poll, cmd.id)
    if poll.state == "draft":
        raise Refused("wrong_state", state=poll.state)
    return [Closed(cmd.id)] if poll.state == "open" else []


@words.folds(Closed)
def _(room: Room, fact: Closed, entry: Entry) -> None:
    poll = room.get(Poll, fact.id)
    if poll is not None:
        _close(room, poll, entry.at)


@words.folds(Ended)
def _(room: Room, fact: Ended, entry: Entry) -> None:
    for poll in _open_polls(room):
        _close(room, poll, entry.at)


def _close(room: Room, poll: Poll, at: int) -> None:
    room.put(msgspec.structs.replace(poll, state="closed", closed_at=at))
