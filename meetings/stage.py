"""Who speaks from elsewhere: hands raised, people invited, waiting behind the scene, on the stage.

Knows nothing of how sound and picture travel. Everybody reads who is on the stage; hands and the waiting room
are for the staff, and each seat for whoever sits on it.
"""

from __future__ import annotations

from typing import Any

import msgspec

from meetings.kernel import Command, Entity, Entry, Eye, Fact, Refused, Room, Who
from meetings.meeting import OPEN, TALKING, Cancelled, Ended, Postponed, meeting_of
from meetings.penalties import Carried, Confirmed, Muted
from meetings.people import (
    BADGES,
    NAMED,
    STAFF,
    TECHNICAL,
    Dismissed,
    Person,
    may_speak,
    mine,
    shown_as,
    words,
)
from meetings.text import check_person

CREW = STAFF | TECHNICAL
"""Those at the studio: who watches the picture takes people on and off."""
SEATS_MOST = 200
"""Hands, invitations and guests together."""
STAGE_MOST = 6
"""People on the stage at once. How many a host's machine draws smoothly is a setting, and smaller."""


class Raise(Command, frozen=True, tag="stage.raise"):
    """Raise my hand: I would like to speak. Anybody named may while the meeting runs, unless muted."""

    may, when = NAMED, TALKING


class Lower(Command, frozen=True, tag="stage.lower"):
    """Put my hand down, or leave the waiting room or the stage."""

    may, when = NAMED, OPEN


class Invite(Command, frozen=True, tag="stage.invite"):
    """Ask somebody to the stage, hand raised or not. Sound only, unless they hold a badge or it is said otherwise."""

    may, when = CREW, OPEN
    person: str
    sound_only: bool | None = None


class Wait(Command, frozen=True, tag="stage.wait"):
    """My devices are checked, I wait behind the scene. Badge holders and staff may uninvited."""

    may, when = NAMED, OPEN
    sound_only: bool | None = None


class Take(Command, frozen=True, tag="stage.take"):
    """Take somebody who waits onto the stage: from now on everybody sees or hears them."""

    may, when = CREW, OPEN
    person: str


class Release(Command, frozen=True, tag="stage.release"):
    """Take somebody off the stage: a badge holder waits again, a resident's seat is gone. A hand is put down."""

    may, when = CREW, OPEN
    person: str


class Mute(Command, frozen=True, tag="stage.mute"):
    """Turn the sound of somebody on the stage or waiting off, or on again with `on` false."""

    may, when = CREW, OPEN
    person: str
    on: bool = True


class Raised(Fact, frozen=True, tag="stage.raised"):
    name: str


class Left(Fact, frozen=True, tag="stage.left"):
    pass


class Invited(Fact, frozen=True, tag="stage.invited"):
    person: str
    sound_only: bool = True


class Waited(Fact, frozen=True, tag="stage.waited"):
    name: str
    sound_only: bool = True


class Taken(Fact, frozen=True, tag="stage.taken"):
    person: str


class Released(Fact, frozen=True, tag="stage.released"):
    person: str


class SoundTurned(Fact, frozen=True, tag="stage.sound_turned"):
    person: str
    off: bool = True


class Seat(Entity, frozen=True):
    """One person's way to the stage: `raised`, `invited`, `waiting`, `on`. `at` is when it came to that (ms)."""

    kind = "seat"
    id: str
    name: str = ""
    role: str = ""
    badge: str | None = None
    state: str = "raised"
    sound_only: bool = True
    muted: bool = False
    at: int = 0

    @property
    def owner(self) -> str | None:
        return self.id

    def seen_by(self, eye: Eye) -> dict[str, Any] | None:
        return self._whole() if eye is Eye.STAFF else None

    def seen_by_owner(self) -> dict[str, Any] | None:
        return self._whole()

    def _whole(self) -> dict[str, Any]:
        return {
            "person": self.id,
            "name": self.name,
            "role": self.role,
            "badge": self.badge,
            "state": self.state,
            "sound_only": self.sound_only,
            "muted": self.muted,
            "at": self.at,
        }


class Speaker(msgspec.Struct, frozen=True):
    """Somebody on the stage as everybody sees them: by name, never by account."""

    name: str
    role: str
    badge: str | None
    sound_only: bool


class Stage(Entity, frozen=True):
    """Who is on the stage now, in the order of their coming."""

    kind = "stage"
    on: tuple[Speaker, ...] = ()

    def seen_by(self, eye: Eye) -> dict[str, Any] | None:
        return {"on": [msgspec.structs.asdict(one) for one in self.on]}


def seats_on(room: Room) -> list[Seat]:
    """The seats on the stage, the longest there first."""
    return sorted((seat for seat in room.all(Seat) if seat.state == "on"), key=lambda seat: seat.at)


def linked(room: Room, person: str) -> bool:
    """Whether this person's sound and picture may travel to the studio: waiting or on the stage."""
    seat = room.get(Seat, person)
    return seat is not None and seat.state in {"waiting", "on"}


def seated(room: Room) -> frozenset[str]:
    """Everybody of whom that is so."""
    return frozenset(seat.id for seat in room.all(Seat) if seat.state in {"waiting", "on"})


def _role(room: Room, person: str) -> str:
    plate = room.get(Person, person)
    return plate.role if plate is not None else ""


def _no_room(room: Room) -> None:
    if room.count(Seat.kind) >= SEATS_MOST:
        raise Refused("too_large", limit=SEATS_MOST)


@words.decides(Raise)
def _(room: Room, cmd: Raise, who: Who) -> list[Fact]:
    if room.get(Seat, who.person) is not None:
        return []
    may_speak(room, who)
    if not who.proved and not meeting_of(room).unproved_may_speak:
        raise Refused("unverified")
    _no_room(room)
    return [Raised(shown_as(room, who))]


@words.decides(Lower)
def _(room: Room, cmd: Lower, who: Who) -> list[Fact]:
    return [Left()] if room.get(Seat, who.person) is not None else []


@words.decides(Invite)
def _(room: Room, cmd: Invite, who: Who) -> list[Fact]:
    check_person(cmd.person)
    seat = room.get(Seat, cmd.person)
    sound_only = _role(room, cmd.person) not in BADGES if cmd.sound_only is None else cmd.sound_only
    if seat is not None and (
        seat.state in {"waiting", "on"} or (seat.state, seat.sound_only) == ("invited", sound_only)
    ):
        return []
    if seat is None:
        _no_room(room)
    return [Invited(cmd.person, sound_only)]


@words.decides(Wait)
def _(room: Room, cmd: Wait, who: Who) -> list[Fact]:
    seat = room.get(Seat, who.person)
    uninvited = bool(room.roles(who) & (BADGES | STAFF))
    if seat is None and not uninvited:
        raise Refused("not_found")
    if seat is not None and seat.state == "raised" and not uninvited:
        raise Refused("wrong_state", state=seat.state)
    if seat is not None and seat.state == "on":
        return []
    may_speak(room, who)
    if seat is None:
        _no_room(room)
    # What the host asked for stays: a resident invited to speak does not become a picture by a field.
    least = seat.sound_only if seat is not None and not uninvited else False
    sound_only = least if cmd.sound_only is None else cmd.sound_only or least
    if seat is not None and (seat.state, seat.sound_only) == ("waiting", sound_only):
        return []
    return [Waited(shown_as(room, who), sound_only)]


@words.decides(Take)
def _(room: Room, cmd: Take, who: Who) -> list[Fact]:
    seat = room.need(Seat, cmd.person)
    if seat.state == "on":
        return []
    if seat.state != "waiting":
        raise Refused("wrong_state", state=seat.state)
    if len(seats_on(room)) >= STAGE_MOST:
        raise Refused("too_large", limit=STAGE_MOST)
    return [Taken(cmd.person)]


@words.decides(Release)
def _(room: Room, cmd: Release, who: Who) -> list[Fact]:
    seat = room.get(Seat, cmd.person)
    if seat is None or (seat.state == "waiting" and seat.role in BADGES):
        return []
    return [Released(cmd.person)]


@words.decides(Mute)
def _(room: Room, cmd: Mute, who: Who) -> list[Fact]:
    seat = room.need(Seat, cmd.person)
    if seat.muted == cmd.on:
        return []
    if seat.state not in {"waiting", "on"}:
        raise Refused("wrong_state", state=seat.state)
    return [SoundTurned(cmd.person, cmd.on)]


def _put(room: Room, seat: Seat) -> None:
    room.put(seat)
    tell_of_seats(room)


def _drop(room: Room, person: str) -> None:
    seat = room.get(Seat, person)
    if seat is not None:
        room.drop(seat)
        tell_of_seats(room)


def tell_of_seats(room: Room) -> None:
    """Copy what everybody may know of the seats onto the one thing everybody sees."""
    on = tuple(Speaker(one.name, one.role, one.badge, one.sound_only) for one in seats_on(room))
    if on != (room.get(Stage) or Stage()).on:
        room.put(Stage(on))


def _plated(room: Room, person: str, entry: Entry) -> Seat:
    """The seat of a person, new where there is none, with what their plate says now."""
    plate = room.get(Person, person)
    seat = room.get(Seat, person) or Seat(id=person, name=mine(room, person).shown or "")
    if plate is not None and plate.role:
        seat = msgspec.structs.replace(seat, name=plate.name, role=plate.role, badge=plate.badge)
    return msgspec.structs.replace(seat, at=entry.at)


@words.folds(Raised)
def _(room: Room, fact: Raised, entry: Entry) -> None:
    _put(room, msgspec.structs.replace(_plated(room, entry.by, entry), name=fact.name))


@words.folds(Left)
def _(room: Room, fact: Left, entry: Entry) -> None:
    _drop(room, entry.by)


@words.folds(Invited)
def _(room: Room, fact: Invited, entry: Entry) -> None:
    seat = _plated(room, fact.person, entry)
    _put(room, msgspec.structs.replace(seat, state="invited", sound_only=fact.sound_only))


@words.folds(Waited)
def _(room: Room, fact: Waited, entry: Entry) -> None:
    seat = _plated(room, entry.by, entry)
    _put(room, msgspec.structs.replace(seat, state="waiting", name=fact.name, sound_only=fact.sound_only))


@words.folds(Taken)
def _(room: Room, fact: Taken, entry: Entry) -> None:
    _put(room, msgspec.structs.replace(room.need(Seat, fact.person), state="on", at=entry.at))


@words.folds(Released)
def _(room: Room, fact: Released, entry: Entry) -> None:
    seat = room.need(Seat, fact.person)
    if seat.state == "on" and seat.role in BADGES:
        _put(room, msgspec.structs.replace(seat, state="waiting", muted=False, at=entry.at))
    else:
        _drop(room, fact.person)


@words.folds(SoundTurned)
def _(room: Room, fact: SoundTurned, entry: Entry) -> None:
    _put(room, msgspec.structs.replace(room.need(Seat, fact.person), muted=fact.off))


@words.folds(Muted)
@words.folds(Confirmed)
@words.folds(Carried)
@words.folds(Dismissed)
def _(room: Room, fact: Muted | Confirmed | Carried | Dismissed, entry: Entry) -> None:
    """Whoever may not speak, or no longer sits here for anybody, leaves the stage with that."""
    _drop(room, fact.person)


@words.folds(Ended)
@words.folds(Cancelled)
@words.folds(Postponed)
def _(room: Room, fact: Ended | Cancelled | Postponed, entry: Entry) -> None:
    for seat in list(room.all(Seat)):
        _drop(room, seat.id)
