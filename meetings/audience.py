"""How many watched and applauded, as counted by the desk at intervals and at the end.

Refuses counts from anybody but the platform; the live figures are air and never come here.
"""

from __future__ import annotations

from typing import Any

import msgspec

from meetings.kernel import ANYTIME, SYSTEM, Command, Entity, Entry, Eye, Fact, Refused, Room, Who
from meetings.people import words

MOST = 10**12
"""Beyond this a figure is a fault of the counting, not an audience."""


class Count(Command, frozen=True, tag="audience.count"):
    """Write down the audience: applause and unique sessions so far, the highest number online at once."""

    may, when = frozenset({SYSTEM}), ANYTIME
    applause: int
    unique: int
    peak: int


class Counted(Fact, frozen=True, tag="audience.counted"):
    applause: int
    unique: int
    peak: int


class Audience(Entity, frozen=True):
    """The figures last written down. None of them ever falls."""

    kind = "audience"
    applause: int = 0
    unique: int = 0
    peak: int = 0

    def seen_by(self, eye: Eye) -> dict[str, Any] | None:
        return {"applause": self.applause, "unique": self.unique, "peak": self.peak}


def audience_of(room: Room) -> Audience:
    """The figures last written down; zeros before the first."""
    return room.get(Audience) or Audience()


@words.decides(Count)
def _(room: Room, cmd: Count, who: Who) -> list[Fact]:
    if min(cmd.applause, cmd.unique, cmd.peak) < 0 or max(cmd.applause, cmd.unique, cmd.peak) > MOST:
        raise Refused("unclear")
    held = audience_of(room)
    new = Counted(max(cmd.applause, held.applause), max(cmd.unique, held.unique), max(cmd.peak, held.peak))
    return [] if msgspec.structs.astuple(new) == (held.applause, held.unique, held.peak) else [new]


@words.folds(Counted)
def _(room: Room, fact: Counted, entry: Entry) -> None:
    room.put(Audience(applause=fact.applause, unique=fact.unique, peak=fact.peak))
