"""Preparing a poll: what is asked and what there is to choose from, until it is opened. The staff's alone so far: a
prepared poll may be changed and discarded, and nobody else ever hears of it.
"""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from meetings.kernel import Aimed, Before, Command, Entry, Fact, Mark, Refused, Room, Who
from meetings.meeting import BEFORE, TALKING
from meetings.people import STAFF, words
from meetings.polls.card import (
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


class Edit(Aimed, frozen=True, tag="poll.edit"):
    """Put all of this in place of what was prepared; what is left out is as in `poll.draft`. Staff may, until the
    poll is opened.
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


class Discard(Aimed, frozen=True, tag="poll.discard"):
    """Give up a prepared poll; its id does not come back. Staff may, until the poll is opened, and take it back at
    once.
    """

    may, when = STAFF, BEFORE | TALKING
    id: str


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


class Edited(Drafted, frozen=True, tag="poll.edited"):
    """Stands in place of what was drafted, or edited, before."""


class Discarded(Fact, frozen=True, tag="poll.discarded"):
    id: str


def need_kept(room: Room, own_id: str) -> Poll:
    """A poll that was not discarded. Refuses `not_found`."""
    poll = room.need(Poll, own_id)
    if poll.state == "discarded":
        raise Refused("not_found")
    return poll


@words.decides(Draft)
def _(room: Room, cmd: Draft, who: Who) -> list[Fact]:
    check_id(cmd.id)
    told = Drafted(**_asked(cmd))
    held = room.get(Poll, cmd.id)
    if held is not None:
        if held.state == "discarded" or _drawn(told).asked != held.asked:
            raise Refused("taken")
        return []
    if sum(poll.state != "discarded" for poll in room.all(Poll)) >= POLLS_MOST:
        raise Refused("too_large", limit=POLLS_MOST)
    return [told]


@words.decides(Edit)
def _(room: Room, cmd: Edit, who: Who) -> list[Fact]:
    poll = need_kept(room, cmd.id)
    told = Edited(**_asked(cmd))
    if _drawn(told).asked == poll.asked:
        return []
    _still_prepared(poll)
    return [told]


@words.decides(Discard)
def _(room: Room, cmd: Discard, who: Who) -> list[Fact]:
    poll = room.need(Poll, cmd.id)
    if poll.state == "discarded":
        return []
    _still_prepared(poll)
    return [Discarded(cmd.id)]


def _still_prepared(poll: Poll) -> None:
    """What was asked of everybody stands as it was asked."""
    if poll.was_opened:
        raise Refused("wrong_state", state=poll.state, why="opened")


def _asked(cmd: Draft | Edit) -> dict[str, Any]:
    """What is asked, in clean words, as the record keeps it. Refuses what is no poll."""
    if cmd.minutes is not None and not 1 <= cmd.minutes <= POLL_MINUTES_MOST:
        raise Refused("unclear", field="minutes")
    question = clean_line(cmd.question, QUESTION_LIMIT, "question")
    options = _options(cmd)
    return {
        "id": cmd.id,
        "question": question,
        "options": options,
        "per": cmd.per,
        "minutes": cmd.minutes,
        "live": cmd.live,
        "sort": cmd.sort,
        "scale": _scale(cmd),
        "most": _most(cmd, options),
    }


def _options(cmd: Draft | Edit) -> list[str]:
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


def _most(cmd: Draft | Edit, options: list[str]) -> int | None:
    if cmd.sort != "multiple":
        if cmd.most is not None:
            raise Refused("unclear", field="most")
        return None
    most = len(options) if cmd.most is None else cmd.most
    if not 2 <= most <= len(options):
        raise Refused("unclear", field="most")
    return most


def _scale(cmd: Draft | Edit) -> Scale | None:
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
@words.folds(Edited)
def _(room: Room, fact: Drafted, entry: Entry) -> None:
    poll = _drawn(fact)
    room.put(msgspec.structs.replace(poll, counts=(0,) * len(poll.options)))


@words.folds(Discarded)
def _(room: Room, fact: Discarded, entry: Entry) -> None:
    poll = room.get(Poll, fact.id)
    if poll is not None:
        room.put(msgspec.structs.replace(poll, state="discarded"))


def _until_the_end(room: Room, before: Before, mark: Mark) -> None:
    if room.phase not in BEFORE | TALKING:
        raise Refused("too_late")


@words.takes_back(Edited, Discarded, of=lambda _room, fact: [f"poll:{fact.id}"], unless=_until_the_end)
def _(room: Room, before: Before, mark: Mark) -> None:
    for poll in before.values():
        if poll is not None:
            room.put(poll)
