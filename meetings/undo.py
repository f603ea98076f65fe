"""Taking back at once what was just done at the desk, exactly. Knows no noun: each says itself how (`takes_back`).

The line taken back stays in the record, and the one that takes it back names it: what was shown for those
seconds is told as it was.
"""

from __future__ import annotations

from meetings.kernel import ANYTIME, UNDO_MS, Command, Entry, Fact, Refused, Room, Who
from meetings.people import DESK, words


class Undo(Command, frozen=True, tag="desk.undo"):
    """Take back what I last did to a thing, as of the number its answer named, as if it had not been.

    Only whoever did it, within ten seconds, and only while nobody changed it since; later the opposite has to be
    done, where there is one.
    """

    may, when = DESK, ANYTIME
    thing: str
    of: int


class Undone(Fact, frozen=True, tag="desk.undone"):
    """`of` is the number of the line taken back, `what` its word, `thing` what it was about."""

    of: int
    what: str
    thing: str


def taken_back(entries: list[Entry]) -> frozenset[int]:
    """The numbers of the lines that were taken back, for readings of a whole record."""
    return frozenset(entry.fact.of for entry in entries if isinstance(entry.fact, Undone))


@words.decides(Undo)
def _(room: Room, cmd: Undo, who: Who) -> list[Fact]:
    deeds = [deed for deed in room.deeds() if deed.mark.seq <= cmd.of and cmd.thing in deed.names]
    mine = next((deed for deed in deeds if deed.mark.by == who.person), None)
    if mine is None:
        raise Refused("forbidden" if deeds else "too_late")
    if mine.undone:
        return []
    if who.at - mine.mark.at > UNDO_MS:
        raise Refused("too_late")
    room.could_take_back(mine)
    return [Undone(mine.mark.seq, mine.mark.word, cmd.thing)]


@words.folds(Undone)
def _(room: Room, fact: Undone, entry: Entry) -> None:
    room.take_back(fact.of)
