"""Opening and closing a poll. A timed one waits for the slowest viewer, within bounds.

The picture reaches phones late: what the host says on stage is heard at home some seconds after. How late, the
platform hears from the players and passes in as a fact (`poll.allowed`); nothing here measures.
"""

from __future__ import annotations

import msgspec

from meetings.kernel import SYSTEM, Before, Command, Entry, Fact, Mark, Refused, Room, Who, word_of
from meetings.meeting import TALKING, Ended
from meetings.people import STAFF, words
from meetings.polls.card import DELAY_MOST, Poll
from meetings.polls.preparing import need_kept

SECOND = 1_000


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


@words.decides(Open)
def _(room: Room, cmd: Open, who: Who) -> list[Fact]:
    poll = need_kept(room, cmd.id)
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
    poll = need_kept(room, cmd.id)
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
