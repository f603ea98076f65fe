"""The stop button (紧急停): picture and words stopped for everybody at once, in one line of the record, and given back.

Covers, closes and holds back; takes nothing away.
"""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from meetings.duty import name_of
from meetings.kernel import Command, Entity, Entry, Eye, Fact, Refused, Room, Who
from meetings.meeting import OPEN, Ended
from meetings.people import DESK, STAFF, TECHNICAL, words

UNREAD_MS = 30_000
"""What went out within so many milliseconds before the stop and nobody at the desk has read waits for review again."""

Why = Literal["check", "unlawful", "personal_data", "disorder", "fault"]


class Begin(Command, frozen=True, tag="halt.begin"):
    """Stop picture and words for everybody at once. Moderator, host, secretary or technician may.

    Pressing again with another `reason` tells the other reason; where a part was given back it is stopped again.
    """

    may, when = DESK | TECHNICAL, OPEN
    reason: Why = "check"


class Lift(Command, frozen=True, tag="halt.lift"):
    """Give back what was stopped: both, or words and picture singly. A technician gives back the picture alone."""

    may, when = DESK | TECHNICAL, OPEN
    words: bool = True
    picture: bool = True


class Halted(Fact, frozen=True, tag="halt.begun"):
    reason: str
    name: str = ""


class Lifted(Fact, frozen=True, tag="halt.lifted"):
    words: bool = True
    picture: bool = True
    name: str = ""


class Halt(Entity, frozen=True):
    """What is stopped, by whom, since when and why. It is there only while something is."""

    kind = "halt"
    words: bool
    picture: bool
    reason: str
    name: str
    since: int

    def seen_by(self, eye: Eye) -> dict[str, Any] | None:
        return {
            "words": self.words,
            "picture": self.picture,
            "reason": self.reason,
            "name": self.name,
            "since": self.since,
        }


def may_write(room: Room, who: Who) -> None:
    """Refuse `not_open` to all but the staff while the words are stopped."""
    halt = room.get(Halt)
    if halt is not None and halt.words and not room.roles(who) & STAFF:
        raise Refused("not_open", halted=True)


def unread(at: int, entry: Entry) -> bool:
    """Whether what was written at `at` is so fresh that a stop may have come before anybody had read it."""
    return at >= entry.at - UNREAD_MS


@words.decides(Begin)
def _(room: Room, cmd: Begin, who: Who) -> list[Fact]:
    halt = room.get(Halt)
    if halt is not None and halt.words and halt.picture and halt.reason == cmd.reason:
        return []
    return [Halted(cmd.reason, name_of(room, who))]


@words.folds(Halted)
def _(room: Room, fact: Halted, entry: Entry) -> None:
    halt = room.get(Halt)
    since = halt.since if halt is not None else entry.at
    room.put(Halt(words=True, picture=True, reason=fact.reason, name=fact.name, since=since))


@words.decides(Lift)
def _(room: Room, cmd: Lift, who: Who) -> list[Fact]:
    halt = room.get(Halt)
    says = cmd.words and halt is not None and halt.words
    shows = cmd.picture and halt is not None and halt.picture
    if says and not room.roles(who) & (DESK | {"system"}):
        raise Refused("forbidden")
    return [Lifted(says, shows, name_of(room, who))] if says or shows else []


@words.folds(Lifted)
def _(room: Room, fact: Lifted, entry: Entry) -> None:
    lift(room, words_too=fact.words, picture_too=fact.picture)


def lift(room: Room, *, words_too: bool, picture_too: bool) -> None:
    """Give parts back; with the last one the whole stop is over."""
    halt = room.get(Halt)
    if halt is None:
        return
    left = msgspec.structs.replace(
        halt, words=halt.words and not words_too, picture=halt.picture and not picture_too
    )
    if left.words or left.picture:
        room.put(left)
    else:
        room.drop(left)


@words.folds(Ended)
def _(room: Room, fact: Ended, entry: Entry) -> None:
    lift(room, words_too=True, picture_too=True)
