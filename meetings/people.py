"""Who takes part: roles granted for one record, the way a person is shown, and what each has done here.

Knows no account and no real name beyond the plate of those who hold a badge; identity comes in with `Who`.
Decides no penalty: `penalties.py` does, and leaves here what everybody who speaks is asked.
"""

from __future__ import annotations

from typing import Any

import msgspec

from meetings.kernel import ANYTIME, SYSTEM, Command, Entity, Entry, Eye, Fact, Refused, Room, Vocabulary, Who
from meetings.text import TITLE_LIMIT, check_person, clean, clean_name

words = Vocabulary()
"""The words of a meeting's record."""

STAFF = frozenset({"host", "moderator", "secretary"})
"""Those who look through the staff's eyes (DESIGN 4.2)."""
DESK = STAFF
HOSTS = frozenset({"host", "secretary"})
SECRETARY = frozenset({"secretary", "admin"})
BADGES = frozenset(
    "lawyer npc_deputy cppcc_member committee_chair property_manager official unit_officer "
    "grid_keeper resident_rep".split()
)
"""Those who may answer with their badge."""
RESIDENTS = frozenset({"resident", "owner", "tenant"})
NAMED = RESIDENTS | BADGES | STAFF | {"technician", "admin", "tally_supervisor"}
"""Everybody with a named session: may ask, support, comment, answer polls."""
TECHNICAL = frozenset({"host", "moderator", "technician"})
ROLES = NAMED | {"guest", "screen", "auditor", SYSTEM}
WAYS = ("building", "real", "anonymous")
APPEAL_TERM = 3 * 24 * 3_600_000
"""Milliseconds within which an appeal is answered in writing; the person and the desk see the date."""


class Appoint(Command, frozen=True, tag="person.appoint"):
    """Give a person a role in this meeting, with the words on the name plate. The secretary may, at any time."""

    may, when = SECRETARY, ANYTIME
    person: str
    role: str
    name: str
    badge: str | None = None
    title: str | None = None


class Dismiss(Command, frozen=True, tag="person.dismiss"):
    """Take a role in this meeting away from a person. The secretary may, at any time."""

    may, when = SECRETARY, ANYTIME
    person: str
    role: str


class ShowAs(Command, frozen=True, tag="person.show_as"):
    """Choose how I am shown from now on: `real` name, `building` and form of address, or `anonymous`."""

    may, when = NAMED, ANYTIME
    way: str


class SeeRaw(Command, frozen=True, tag="raw.see"):
    """Look at the unmasked text and at who wrote it. Staff may; each look is a line of the record."""

    may, when = DESK, ANYTIME
    kind: str
    id: str


class Appointed(Fact, frozen=True, tag="person.appointed"):
    person: str
    role: str
    name: str
    badge: str | None = None
    title: str | None = None


class Dismissed(Fact, frozen=True, tag="person.dismissed"):
    person: str
    role: str


class ShownAs(Fact, frozen=True, tag="person.shown_as"):
    way: str
    shown: str


class RawSeen(Fact, frozen=True, tag="raw.seen"):
    kind: str
    id: str


class Person(Entity, frozen=True):
    """Somebody with a plate, or somebody muted. Residents without either are nowhere in the room."""

    kind = "person"
    id: str
    name: str = ""
    role: str = ""
    badge: str | None = None
    title: str | None = None
    muted: bool = False
    muted_until: int | None = None
    mute_reason: str | None = None
    shown: str = ""

    def seen_by(self, eye: Eye) -> dict[str, Any] | None:
        plate = {
            "id": self.id,
            "name": self.name,
            "role": self.role,
            "badge": self.badge,
            "title": self.title,
        }
        if eye is Eye.STAFF and (self.role or self.muted):
            muting = {"muted": self.muted, "muted_until": self.muted_until, "mute_reason": self.mute_reason}
            return plate | muting | {"shown": self.shown or self.name}
        return plate if self.role else None


class Mine(Entity, frozen=True):
    """What one person has done here, as only that person sees it. `supports` grows in place (see `Score`).

    `spoke_at` is the last comment, `said_at` the last comment or question, `called` the words it was signed with,
    `corrected` the name the desk has put in place of the chosen one. `choices` are answers by poll, `counted` in which
    round I have counted its hands.
    """

    kind = "mine"
    id: str
    way: str | None = None
    shown: str | None = None
    supports: set[str] = msgspec.field(default_factory=set)
    choices: dict[str, int | list[int]] = {}
    counted: dict[str, int] = {}
    muted: bool = False
    muted_until: int | None = None
    mute_reason: str | None = None
    suspended_until: int | None = None
    suspend_reason: str | None = None
    pause_seconds: int = 0
    pause_reason: str | None = None
    spoke_at: int | None = None
    said_at: int | None = None
    slow_until: int | None = None
    called: str = ""
    corrected: str | None = None

    @property
    def owner(self) -> str | None:
        return self.id

    def seen_by(self, eye: Eye) -> dict[str, Any] | None:
        return None

    def seen_by_owner(self) -> dict[str, Any] | None:
        return {
            "way": self.way,
            "shown": self.shown,
            "supports": sorted(self.supports),
            "choices": self.choices,
            "counted": self.counted,
            "muted": self.muted,
            "muted_until": self.muted_until,
            "mute_reason": self.mute_reason,
            "suspended_until": self.suspended_until,
            "suspend_reason": self.suspend_reason,
            "pause_seconds": self.pause_seconds,
            "pause_reason": self.pause_reason,
            "slow_until": self.slow_until,
        }


def mine(room: Room, person: str) -> Mine:
    """What this person has done here so far."""
    return room.get(Mine, person) or Mine(id=person)


def shown_as(room: Room, who: Who) -> str:
    """The words under which this person appears to others now."""
    corrected = mine(room, who.person).corrected
    chosen = mine(room, who.person).way or WAYS[0]
    plate = room.get(Person, who.person)
    if plate is not None and plate.role:
        return plate.name
    return corrected or who.labels.get(chosen) or who.labels.get("anonymous") or ""


def may_speak(room: Room, who: Who) -> None:
    """Refuse `muted` to whom the desk has muted; says until when and why. Looking and voting ask no such thing."""
    own = mine(room, who.person)
    if own.suspended_until is not None and who.at < own.suspended_until:
        raise Refused("muted", until=own.suspended_until, reason=own.suspend_reason)
    if own.muted and (own.muted_until is None or who.at < own.muted_until):
        raise Refused("muted", until=own.muted_until, reason=own.mute_reason)


def in_turn(room: Room, who: Who) -> None:
    """Refuse `slow_down` to whom the desk has given a pause of their own; says until when and why."""
    own = mine(room, who.person)
    if own.pause_seconds and own.said_at is not None:
        until = own.said_at + own.pause_seconds * 1_000
        if who.at < until:
            raise Refused("slow_down", until=until, reason=own.pause_reason)


def has_said(room: Room, entry: Entry, shown: str, **more: Any) -> None:
    """Note that somebody has just spoken, and under which words."""
    room.put(msgspec.structs.replace(mine(room, entry.by), said_at=entry.at, called=shown, **more))


@words.decides(Appoint)
def _(room: Room, cmd: Appoint, who: Who) -> list[Fact]:
    if cmd.role not in ROLES or cmd.role == SYSTEM:
        raise Refused("unclear", field="role")
    check_person(cmd.person)
    name = clean_name(cmd.name)
    badge = clean(cmd.badge, TITLE_LIMIT, "badge") if cmd.badge else None
    title = clean(cmd.title, TITLE_LIMIT, "title") if cmd.title else None
    held = room.get(Person, cmd.person)
    same = held is not None and (held.role, held.name, held.badge, held.title) == (
        cmd.role,
        name,
        badge,
        title,
    )
    if same and cmd.role in room.granted.get(cmd.person, frozenset()):
        return []
    return [Appointed(cmd.person, cmd.role, name, badge, title)]


@words.folds(Appointed)
def _(room: Room, fact: Appointed, entry: Entry) -> None:
    room.granted[fact.person] = room.granted.get(fact.person, frozenset()) | {fact.role}
    held = room.get(Person, fact.person) or Person(id=fact.person)
    room.put(
        msgspec.structs.replace(held, name=fact.name, role=fact.role, badge=fact.badge, title=fact.title)
    )


@words.decides(Dismiss)
def _(room: Room, cmd: Dismiss, who: Who) -> list[Fact]:
    if cmd.role not in room.granted.get(cmd.person, frozenset()):
        return []
    return [Dismissed(cmd.person, cmd.role)]


@words.folds(Dismissed)
def _(room: Room, fact: Dismissed, entry: Entry) -> None:
    left = room.granted.get(fact.person, frozenset()) - {fact.role}
    room.granted[fact.person] = left
    held = room.get(Person, fact.person)
    if held is not None and held.role == fact.role:
        room.put(msgspec.structs.replace(held, role=min(left, default=""), badge=None, title=None))


@words.decides(ShowAs)
def _(room: Room, cmd: ShowAs, who: Who) -> list[Fact]:
    if cmd.way not in WAYS:
        raise Refused("unclear", field="way")
    shown = who.labels.get(cmd.way)
    if not shown:
        raise Refused("unverified")
    own = mine(room, who.person)
    same = (own.way, own.shown) == (cmd.way, own.corrected or shown)
    return [] if same else [ShownAs(cmd.way, shown)]


@words.folds(ShownAs)
def _(room: Room, fact: ShownAs, entry: Entry) -> None:
    own = mine(room, entry.by)
    room.put(msgspec.structs.replace(own, way=fact.way, shown=own.corrected or fact.shown))


@words.decides(SeeRaw)
def _(room: Room, cmd: SeeRaw, who: Who) -> list[Fact]:
    return [RawSeen(check_person(cmd.kind, "kind"), check_person(cmd.id, "id"))]


@words.folds(RawSeen)
def _(room: Room, fact: RawSeen, entry: Entry) -> None:
    """A look changes nothing in the room; the line itself is what is kept."""
