"""Within a meeting: warn, a pause of one's own, mute for minutes or to the end, and their release.

A mute with an end stays within hours; what is longer is `term.py`'s.
"""

from __future__ import annotations

from meetings.kernel import Command, Entry, Fact, Refused, Room, Who
from meetings.meeting import HOUR, UNTIL_ARCHIVED
from meetings.penalties.card import (
    MUTE_HOURS_MOST,
    SLOW_MOST,
    Penalty,
    between,
    end,
    impose,
    of_another,
    standing,
    within_reach,
)
from meetings.people import DESK, mine, words
from meetings.text import REASON_LIMIT, clean


class Warn(Command, frozen=True, tag="person.warn"):
    """Warn a person, with the reason; they are told at once. Moderator, host or secretary may."""

    may, when = DESK, UNTIL_ARCHIVED
    person: str
    reason: str


class Slow(Command, frozen=True, tag="person.slow"):
    """Give a person a pause of their own, in seconds, between anything they say; 0 takes it off. With the reason."""

    may, when = DESK, UNTIL_ARCHIVED
    person: str
    seconds: int
    reason: str


class Mute(Command, frozen=True, tag="person.mute"):
    """Let a person not speak until an instant (ms), or for the whole meeting. Told at once, with the reason."""

    may, when = DESK, UNTIL_ARCHIVED
    person: str
    reason: str
    until: int | None = None


class Unmute(Command, frozen=True, tag="person.unmute"):
    """Let somebody muted in this meeting speak again, with the reason. Moderator, host or secretary may."""

    may, when = DESK, UNTIL_ARCHIVED
    person: str
    reason: str


class Lift(Command, frozen=True, tag="penalty.lift"):
    """End a penalty before its time, with the reason its receiver is told."""

    may, when = DESK, UNTIL_ARCHIVED
    id: str
    reason: str


class Warned(Fact, frozen=True, tag="person.warned"):
    person: str
    reason: str


class Slowed(Fact, frozen=True, tag="person.slowed"):
    person: str
    seconds: int
    reason: str


class Muted(Fact, frozen=True, tag="person.muted"):
    person: str
    reason: str
    until: int | None = None


class Unmuted(Fact, frozen=True, tag="person.unmuted"):
    person: str
    reason: str | None = None


class Lifted(Fact, frozen=True, tag="penalty.lifted"):
    id: str
    reason: str


@words.decides(Warn)
def _(room: Room, cmd: Warn, who: Who) -> list[Fact]:
    person, reason = within_reach(room, cmd.person, who), clean(cmd.reason, REASON_LIMIT, "reason")
    last = standing(room, person, "warning")[-1:]
    return [] if last and last[0].reason == reason else [Warned(person, reason)]


@words.decides(Slow)
def _(room: Room, cmd: Slow, who: Who) -> list[Fact]:
    person, reason = within_reach(room, cmd.person, who), clean(cmd.reason, REASON_LIMIT, "reason")
    if not 0 <= cmd.seconds <= SLOW_MOST:
        raise Refused("unclear", field="seconds")
    own = mine(room, person)
    same = own.pause_seconds == cmd.seconds and (not cmd.seconds or own.pause_reason == reason)
    return [] if same else [Slowed(person, cmd.seconds, reason)]


@words.decides(Mute)
def _(room: Room, cmd: Mute, who: Who) -> list[Fact]:
    person, reason = within_reach(room, cmd.person, who), clean(cmd.reason, REASON_LIMIT, "reason")
    own = mine(room, person)
    if own.muted and (own.muted_until, own.mute_reason) == (cmd.until, reason):
        return []
    if cmd.until is not None:
        between(cmd.until, who.at, MUTE_HOURS_MOST * HOUR)
    return [Muted(person, reason, cmd.until)]


@words.decides(Unmute)
def _(room: Room, cmd: Unmute, who: Who) -> list[Fact]:
    reason = clean(cmd.reason, REASON_LIMIT, "reason")
    if cmd.person == who.person:
        raise Refused("forbidden", why="self")
    return [Unmuted(cmd.person, reason)] if mine(room, cmd.person).muted else []


@words.decides(Lift)
def _(room: Room, cmd: Lift, who: Who) -> list[Fact]:
    reason = clean(cmd.reason, REASON_LIMIT, "reason")
    penalty = of_another(room.need(Penalty, cmd.id), who)
    if penalty.state not in {"standing", "lifted", "replaced"}:
        raise Refused("wrong_state", state=penalty.state)
    return [Lifted(cmd.id, reason)] if penalty.state == "standing" else []


@words.folds(Warned)
def _(room: Room, fact: Warned, entry: Entry) -> None:
    impose(room, entry, "warning", fact.person, fact.reason)


@words.folds(Slowed)
def _(room: Room, fact: Slowed, entry: Entry) -> None:
    if fact.seconds:
        impose(room, entry, "slow", fact.person, fact.reason, seconds=fact.seconds)
    else:
        end(room, entry, standing(room, fact.person, "slow"), "lifted", fact.reason)


@words.folds(Muted)
def _(room: Room, fact: Muted, entry: Entry) -> None:
    impose(room, entry, "mute", fact.person, fact.reason, until=fact.until)


@words.folds(Unmuted)
def _(room: Room, fact: Unmuted, entry: Entry) -> None:
    end(room, entry, standing(room, fact.person, "mute"), "lifted", fact.reason)


@words.folds(Lifted)
def _(room: Room, fact: Lifted, entry: Entry) -> None:
    end(room, entry, [room.need(Penalty, fact.id)], "lifted", fact.reason)
