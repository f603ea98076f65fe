"""Preparing, opening and closing a poll. A timed one waits for the slowest viewer, within bounds.

The picture reaches phones late: what the host says on stage is heard at home some seconds after. How late, the
platform hears from the players and passes in as a fact (`poll.allowed`); nothing here measures.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from meetings.kernel import SYSTEM, Before, Command, Entry, Fact, Mark, Refused, Room, Who, word_of
from meetings.meeting import BEFORE, TALKING, Ended
from meetings.people import STAFF, words
from meetings.polls.card import (
    DELAY_MOST,
    OPTIONS_LEAST,
    OPTIONS_MOST,
    POINTS_LEAST,
    SCALE_HIGHEST,
    SCALE_LOWEST,
    Poll,
    Scale,
)
from meetings.text import QUESTION_LIMIT, check_id, clean_line

OPTION_LIMIT = 60
SCALE_WORDS_LIMIT = 20
POLL_MINUTES_MOST = 120
POLLS_MOST = 50
SECOND = 1_000

Sort = Literal["single", "multiple", "scale"]


class Draft(Command, frozen=True, tag="poll.draft"):
    """Prepare a poll: its question, and what there is to choose from, one answer a person or one a household.

    `single` and `multiple` have two to eight options; of `multiple` at most `most` may be chosen (left out: all).
    `scale` has an empty list of options and a `scale`: at least three whole numbers within 0 to 10, with words for both ends. With
    `minutes` it closes by itself, once the slowest viewer has had them; with `live` the sums are shown while it is
    open. Staff may, until the end.
    """

    may, when = STAFF, BEFORE | TALKING
    id: str
    question: str
    options: list[str]
    per: Literal["person", "household"] = "person"
    minutes: int | None = None
    live: bool = False
    sort: Sort = "single"
    most: int | None = None
    scale: Scale | None = None


class Open(Command, frozen=True, tag="poll.open"):
    """Open a prepared poll. Staff may, while the meeting runs."""

    may, when = STAFF, TALKING
    id: str


class Allow(Command, frozen=True, tag="poll.allow"):
    """Tell how late (ms, at most a minute) the slowest viewer's picture is; a timed poll closes that much later.

    The platform does, in the first minute of a poll, and only ever more.
    """

    may, when = frozenset({SYSTEM}), TALKING
    id: str
    ms: int


class Close(Command, frozen=True, tag="poll.close"):
    """Close an open poll and show its sums; it does not open again. Where sums were shown all the while (`live`), and
    while it still waits to be closed, that can be taken back at once.

    With `wait` it closes by itself once the slowest viewer has heard so. Staff may, while the meeting runs.
    """

    may, when = STAFF, TALKING
    id: str
    wait: bool = False


class Drafted(Fact, frozen=True, tag="poll.drafted"):
    id: str
    question: str
    options: list[str]
    per: str = "person"
    minutes: int | None = None
    live: bool = False
    sort: str = "single"
    most: int | None = None
    scale: Scale | None = None


class Opened(Fact, frozen=True, tag="poll.opened"):
    id: str


class Allowed(Fact, frozen=True, tag="poll.allowed"):
    """`ms` is the delay allowed for now, in whole seconds; it takes the place of an earlier one."""

    id: str
    ms: int


class Closing(Fact, frozen=True, tag="poll.closing"):
    """Closed by hand, as of the time when the slowest viewer has heard so."""

    id: str
    closes_at: int


class Closed(Fact, frozen=True, tag="poll.closed"):
    id: str


def due(room: Room, at: int) -> list[Command]:
    """What the platform has to do by this instant: close polls whose time is over."""
    return [
        Close(poll.id) for poll in _open_polls(room) if poll.closes_at is not None and poll.closes_at <= at
    ]


def waits(room: Room, at: int, ms: int) -> list[Command]:
    """What the platform has to say of a slowest viewer `ms` late: to the polls whose opening may not have reached
    everybody by this instant.
    """
    late = _whole_seconds(min(ms, DELAY_MOST))
    return [
        Allow(poll.id, late) for poll in _open_polls(room) if _is_fresh(poll, at) and poll.delay_ms < late
    ]


def _whole_seconds(ms: int) -> int:
    return -(-ms // SECOND) * SECOND


def _is_fresh(poll: Poll, at: int) -> bool:
    return poll.opened_at is not None and at <= poll.opened_at + DELAY_MOST


def _open_polls(room: Room) -> list[Poll]:
    return [poll for poll in room.all(Poll) if poll.state == "open"]


@words.decides(Draft)
def _(room: Room, cmd: Draft, who: Who) -> list[Fact]:
    check_id(cmd.id)
    if cmd.minutes is not None and not 1 <= cmd.minutes <= POLL_MINUTES_MOST:
        raise Refused("unclear", field="minutes")
    question = clean_line(cmd.question, QUESTION_LIMIT, "question")
    options, scale = _options(cmd), _scale(cmd)
    told = Drafted(
        cmd.id, question, options, cmd.per, cmd.minutes, cmd.live, cmd.sort, _most(cmd, options), scale
    )
    held = room.get(Poll, cmd.id)
    if held is not None:
        if _drawn(told).asked != held.asked:
            raise Refused("taken")
        return []
    if room.count(Poll.kind) >= POLLS_MOST:
        raise Refused("too_large", limit=POLLS_MOST)
    return [told]


def _options(cmd: Draft) -> list[str]:
    """The options in clean words; a scale has its numbers instead."""
    if cmd.sort == "scale":
        if cmd.options:
            raise Refused("unclear", field="options")
        return []
    if not OPTIONS_LEAST <= len(cmd.options) <= OPTIONS_MOST:
        raise Refused("unclear", field="options")
    options = [clean_line(option, OPTION_LIMIT, "options") for option in cmd.options]
    if len(set(options)) < len(options):
        raise Refused("unclear", field="options")
    return options


def _most(cmd: Draft, options: list[str]) -> int | None:
    if cmd.sort != "multiple":
        if cmd.most is not None:
            raise Refused("unclear", field="most")
        return None
    most = len(options) if cmd.most is None else cmd.most
    if not 2 <= most <= len(options):
        raise Refused("unclear", field="most")
    return most


def _scale(cmd: Draft) -> Scale | None:
    if (cmd.scale is None) == (cmd.sort == "scale"):
        raise Refused("unclear", field="scale")
    if cmd.scale is None:
        return None
    low, high = cmd.scale.low, cmd.scale.high
    if not SCALE_LOWEST <= low < high <= SCALE_HIGHEST or len(cmd.scale.points) < POINTS_LEAST:
        raise Refused("unclear", field="scale")
    ends = [
        clean_line(end, SCALE_WORDS_LIMIT, "scale") for end in (cmd.scale.low_words, cmd.scale.high_words)
    ]
    if ends[0] == ends[1]:
        raise Refused("unclear", field="scale")
    return Scale(low, high, *ends)


def _drawn(fact: Drafted) -> Poll:
    """The poll as drafted, without sums."""
    return Poll(
        id=fact.id,
        question=fact.question,
        sort=fact.sort,
        options=[str(point) for point in fact.scale.points] if fact.scale is not None else fact.options,
        most=fact.most or 1,
        scale=fact.scale,
        per=fact.per,
        minutes=fact.minutes,
        live=fact.live,
    )


@words.folds(Drafted)
def _(room: Room, fact: Drafted, entry: Entry) -> None:
    poll = _drawn(fact)
    room.put(msgspec.structs.replace(poll, counts=(0,) * len(poll.options)))


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


@words.decides(Allow)
def _(room: Room, cmd: Allow, who: Who) -> list[Fact]:
    poll = room.need(Poll, cmd.id)
    if not 0 <= cmd.ms <= DELAY_MOST:
        raise Refused("unclear", field="ms")
    ms = _whole_seconds(cmd.ms)
    if poll.state != "open" or not _is_fresh(poll, who.at) or ms <= poll.delay_ms:
        return []
    return [Allowed(cmd.id, ms)]


@words.folds(Allowed)
def _(room: Room, fact: Allowed, entry: Entry) -> None:
    poll = room.get(Poll, fact.id)
    if poll is not None:
        closes_at = None if poll.closes_at is None else poll.closes_at + fact.ms - poll.delay_ms
        room.put(msgspec.structs.replace(poll, delay_ms=fact.ms, closes_at=closes_at))


@words.decides(Close)
def _(room: Room, cmd: Close, who: Who) -> list[Fact]:
    poll = room.need(Poll, cmd.id)
    if poll.state == "draft":
        raise Refused("wrong_state", state=poll.state)
    if poll.state == "closed":
        return []
    closes_at = who.at + poll.delay_ms
    if cmd.wait and closes_at > who.at:
        known = poll.closes_at
        return [] if known is not None and known <= closes_at else [Closing(cmd.id, closes_at)]
    return [Closed(cmd.id)]


@words.folds(Closing)
def _(room: Room, fact: Closing, entry: Entry) -> None:
    poll = room.get(Poll, fact.id)
    if poll is not None:
        room.put(msgspec.structs.replace(poll, closes_at=fact.closes_at))


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


def _running(room: Room, before: Before, mark: Mark) -> None:
    if room.phase not in TALKING:
        raise Refused("too_late")
    polls = [poll for poll in before.values() if isinstance(poll, Poll)]
    if mark.word == word_of(Closed) and not all(poll.live for poll in polls):
        # Closed, its sums were seen: opened again, it would be answered by people who know them.
        raise Refused("too_late")


@words.takes_back(Closed, Closing, of=lambda _room, fact: [f"poll:{fact.id}"], unless=_running)
def _(room: Room, before: Before, mark: Mark) -> None:
    for name, poll in before.items():
        now = room.named(name)
        if isinstance(poll, Poll) and isinstance(now, Poll):
            later = now.delay_ms - poll.delay_ms
            closes_at = None if poll.closes_at is None else poll.closes_at + later
            room.put(msgspec.structs.replace(now, state=poll.state, closes_at=closes_at, closed_at=None))
