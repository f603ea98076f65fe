"""An estate's roster as a vote rests on it: published for correction, objected to, frozen with version and root.

Units come from the accounts, brought by the platform alone. No patch holds a name, a room or an area of one unit:
owners read the publication, and their own line, at an address that asks who they are.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Literal

import msgspec

from meetings.docket.digests import Step, leaf_of, path_of, root_of
from meetings.docket.words import COMMUNITY, DAY, DESK, words
from meetings.kernel import ANYTIME, SYSTEM, Command, Entity, Entry, Eye, Fact, Refused, Room, Who
from meetings.people import NAMED
from meetings.tally import Policy, Scope, Unit, area_text, roll_of
from meetings.text import check_id, check_person, check_time, clean

OBJECTION_LIMIT = 500
UNITS_MOST = 50_000
OBJECTIONS_MOST = 5_000
"""To one roster: the record grows for years."""
OBJECTIONS_EACH = 5
"""Objections of one owner to one roster: one person cannot keep the desk from ever being done."""
OBJECTIONS_END = 3 * DAY
"""Objections to a frozen roster end so long (ms) before the first vote on it opens: so long has the desk to settle
them. What is found later is an objection to the result.
"""
SAME_NAME = "#"
"""Between a name and a number where two persons of a roster share a name. No name holds this sign."""


class Line(msgspec.Struct, frozen=True, omit_defaults=True):
    """One unit of a roster. `place` is its id in the accounts, `salt` 16 bytes in hex; `area_c` in 0.01 m².

    Owners are told apart by their text: a name, or `name#2` for another person of that name. `minor`: an owner is
    under age, and stands in no publication.
    """

    number: str
    place: str
    salt: str
    area_c: int | None
    area_basis: str
    owners: tuple[str, ...]
    voter: str | None = None
    status: Literal["delivered", "unsold", "sold_undelivered"] = "delivered"
    developer: str | None = None
    kind: Literal["residential", "shop", "parking"] = "residential"
    building: str | None = None
    stair: str | None = None
    minor: bool = False

    def told(self) -> dict[str, Any]:
        """What the leaf of this unit commits to: everything the count looks at, and the basis of the area."""
        return {
            "unit": self.number,
            "area": None if self.area_c is None else area_text(self.area_c),
            "area_basis": self.area_basis,
            "owners": list(self.owners),
            "voter": self.voter,
            "status": self.status,
            "developer": self.developer,
            "kind": self.kind,
            "building": self.building,
            "stair": self.stair,
        }

    @property
    def leaf(self) -> str:
        """The salted leaf of this unit."""
        return leaf_of(self.told(), self.salt)

    def why_not(self) -> str | None:
        """Why its owners do not vote themselves: its one owner is under age. Of several nobody knows which it is."""
        if self.minor and len(self.owners) == 1:
            return "guardian_votes"
        return None

    def unit(self) -> Unit:
        """The unit as the tally knows it."""
        return Unit(
            number=self.number,
            area_c=self.area_c,
            owners=self.owners,
            voter=self.voter,
            status=self.status,
            developer=self.developer,
            kind=self.kind,
            building=self.building,
            stair=self.stair,
        )

    def owner_called(self, name: str) -> str | None:
        """The owner of this name, by the text that tells them apart; None where there is none."""
        return next((owner for owner in self.owners if name_of(owner) == name), None)


def name_of(owner: str) -> str:
    """The name in the text by which an owner is told apart."""
    return owner.partition(SAME_NAME)[0]


class Sum(msgspec.Struct, frozen=True):
    """What a roster adds up to by the usual policy: heads, and exclusive area in 0.01 m²."""

    units: int = 0
    heads: int = 0
    area_c: int = 0


class Publish(Command, frozen=True, tag="roster.publish"):
    """Publish an estate's roster for correction until an instant. The platform alone brings the units."""

    may, when = frozenset({SYSTEM}), ANYTIME
    id: str
    estate: str
    lines: list[Line]
    until: int
    asked_by: str


class Object(Command, frozen=True, tag="roster.object"):
    """Object to a roster: what is wrong, and about which unit. Its owners may, and the desk for who comes there.

    Possible until three days before the first vote on it opens; an owner may five times.
    """

    may, when = NAMED, ANYTIME
    id: str
    roster: str
    text: str
    unit: str | None = None


class AnswerObjection(Command, frozen=True, tag="roster.answer"):
    """Answer an objection to a roster, with the reason. One that is accepted calls for a new version."""

    may, when = COMMUNITY, ANYTIME
    id: str
    text: str
    accepted: bool


class Freeze(Command, frozen=True, tag="roster.freeze"):
    """Freeze a published roster once its term for correction is over; the publication is taken down. Freezing again
    makes the next version, and needs an objection that was accepted. The platform alone brings the units.
    """

    may, when = frozenset({SYSTEM}), ANYTIME
    id: str
    version: int
    lines: list[Line]
    asked_by: str


class Published(Fact, frozen=True, tag="roster.published"):
    id: str
    estate: str
    lines: tuple[Line, ...]
    until: int
    asked_by: str = ""


class Objected(Fact, frozen=True, tag="roster.objected"):
    id: str
    roster: str
    text: str
    unit: str | None = None


class ObjectionAnswered(Fact, frozen=True, tag="roster.answered"):
    id: str
    text: str
    accepted: bool


class Frozen(Fact, frozen=True, tag="roster.frozen"):
    id: str
    version: int
    root: str
    lines: tuple[Line, ...]
    asked_by: str = ""


class Snapshot(msgspec.Struct, frozen=True):
    """A frozen version: its units, and the root over their salted leaves."""

    version: int
    root: str
    at: int
    lines: tuple[Line, ...]

    def line(self, number: str) -> Line | None:
        """The unit of this number."""
        return next((line for line in self.lines if line.number == number), None)

    def proof(self, number: str) -> tuple[Line, tuple[Step, ...]] | None:
        """A unit's own line, and the steps from its leaf to the root."""
        for place, line in enumerate(self.lines):
            if line.number == number:
                return line, path_of([one.leaf for one in self.lines], place)
        return None


class Roster(Entity, frozen=True):
    """A roster on its way to a vote. `published` holds the units of the publication while it stands."""

    kind = "roster"
    id: str
    estate: str
    published_at: int = 0
    until: int = 0
    state: str = "published"
    published: tuple[Line, ...] = ()
    versions: tuple[Snapshot, ...] = ()
    total: Sum = Sum()
    waiting: int = 0
    accepted: int = 0
    used: bool = False
    objections_until: int | None = None

    @property
    def latest(self) -> Snapshot | None:
        """The newest frozen version."""
        return self.versions[-1] if self.versions else None

    @property
    def settled(self) -> bool:
        """Whether every objection was answered, and what was accepted stands in a version."""
        return self.waiting == 0 and self.accepted == 0

    def version(self, number: int) -> Snapshot:
        """A frozen version by its number, counted from 1. Refuses `not_found`."""
        if not 1 <= number <= len(self.versions):
            raise Refused("not_found")
        return self.versions[number - 1]

    def seen_by(self, eye: Eye) -> dict[str, Any] | None:
        return {
            "id": self.id,
            "estate": self.estate,
            "state": self.state,
            "published_at": self.published_at,
            "until": self.until,
            "total": msgspec.to_builtins(self.total),
            "versions": [{"version": one.version, "root": one.root, "at": one.at} for one in self.versions],
            "objections_waiting": self.waiting,
            "objections_until": self.objections_until,
        }


class Objection(Entity, frozen=True):
    """An objection to a roster, for the desk and for who made it."""

    kind = "objection"
    id: str
    roster: str
    by: str
    text: str
    unit: str | None = None
    at: int = 0
    state: str = "waiting"
    answer: str | None = None
    answered_at: int | None = None

    @property
    def owner(self) -> str | None:
        return self.by

    def seen_by(self, eye: Eye) -> dict[str, Any] | None:
        if eye is Eye.PUBLIC:
            return None
        return {
            "id": self.id,
            "roster": self.roster,
            "unit": self.unit,
            "text": self.text,
            "at": self.at,
            "state": self.state,
            "answer": self.answer,
            "answered_at": self.answered_at,
        }

    def seen_by_owner(self) -> dict[str, Any] | None:
        return self.seen_by(Eye.STAFF)


def sum_of(lines: Iterable[Line]) -> Sum:
    """Units that count, heads and area by the usual policy: parking left out (DOMAIN 3.3.5)."""
    roll = roll_of(tuple(line.unit() for line in lines), Policy(), Scope())
    return Sum(len(roll.units), len(roll.heads), sum(head.area_c for head in roll.heads.values()))


def own_lines(lines: Iterable[Line], who: Who) -> list[Line]:
    """The units a person has proved to own: proved for the unit, and of the name of one of its owners."""
    name = who.labels.get("real", "")
    return [line for line in lines if line.place in who.homes and line.owner_called(name) is not None]


@words.decides(Publish)
def _(room: Room, cmd: Publish, who: Who) -> list[Fact]:
    check_id(cmd.id)
    check_person(cmd.estate, "estate")
    lines = _checked(cmd.lines)
    held = room.get(Roster, cmd.id)
    if held is not None:
        if held.estate != cmd.estate:
            raise Refused("taken")
        return []
    if check_time(cmd.until, "until") <= who.at:
        raise Refused("unclear", field="until")
    return [Published(cmd.id, cmd.estate, lines, cmd.until, cmd.asked_by)]


def _checked(lines: list[Line]) -> tuple[Line, ...]:
    if not lines or len(lines) > UNITS_MOST:
        raise Refused("too_large" if lines else "unclear", field="lines")
    if len({line.number for line in lines}) < len(lines):
        raise Refused("unclear", field="lines", why="unit_twice")
    if any(len(line.salt) != 32 or set(line.salt) - set("0123456789abcdef") for line in lines):
        raise Refused("unclear", field="lines", why="salt")
    return tuple(lines)


@words.folds(Published)
def _(room: Room, fact: Published, entry: Entry) -> None:
    room.put(
        Roster(
            fact.id,
            fact.estate,
            published_at=entry.at,
            until=fact.until,
            published=fact.lines,
            total=sum_of(fact.lines),
        )
    )


@words.decides(Object)
def _(room: Room, cmd: Object, who: Who) -> list[Fact]:
    check_id(cmd.id)
    text = clean(cmd.text, OBJECTION_LIMIT)
    roster = room.need(Roster, cmd.roster)
    lines = roster.published if roster.latest is None else roster.latest.lines
    if not room.roles(who) & DESK and not own_lines(lines, who):
        raise Refused("forbidden", why="not_owner")
    held = room.get(Objection, cmd.id)
    if held is not None:
        if (held.by, held.roster, held.text, held.unit) != (who.person, cmd.roster, text, cmd.unit):
            raise Refused("taken")
        return []
    if roster.used:
        raise Refused("not_open", why="vote_opened")
    if roster.objections_until is not None and who.at >= roster.objections_until:
        raise Refused("not_open", why="objections_over", until=roster.objections_until)
    to_this = [one for one in room.all(Objection) if one.roster == cmd.roster]
    mine = sum(one.by == who.person for one in to_this)
    if mine >= OBJECTIONS_EACH and not room.roles(who) & DESK:
        raise Refused("too_large", limit=OBJECTIONS_EACH, why="objections_each")
    if cmd.unit is not None and not 1 <= len(cmd.unit) <= 40:
        raise Refused("unclear", field="unit")
    if len(to_this) >= OBJECTIONS_MOST:
        raise Refused("too_large", limit=OBJECTIONS_MOST)
    return [Objected(cmd.id, cmd.roster, text, cmd.unit)]


@words.folds(Objected)
def _(room: Room, fact: Objected, entry: Entry) -> None:
    room.put(Objection(fact.id, fact.roster, entry.by, fact.text, fact.unit, entry.at))
    roster = room.need(Roster, fact.roster)
    room.put(msgspec.structs.replace(roster, waiting=roster.waiting + 1))


@words.decides(AnswerObjection)
def _(room: Room, cmd: AnswerObjection, who: Who) -> list[Fact]:
    objection = room.need(Objection, cmd.id)
    text = clean(cmd.text, OBJECTION_LIMIT)
    if objection.state != "waiting":
        if (objection.answer, objection.state) != (text, "accepted" if cmd.accepted else "dismissed"):
            raise Refused("wrong_state", state=objection.state)
        return []
    if objection.by == who.person:
        raise Refused("forbidden", why="own_objection")
    return [ObjectionAnswered(cmd.id, text, cmd.accepted)]


@words.folds(ObjectionAnswered)
def _(room: Room, fact: ObjectionAnswered, entry: Entry) -> None:
    objection = room.need(Objection, fact.id)
    state = "accepted" if fact.accepted else "dismissed"
    room.put(msgspec.structs.replace(objection, state=state, answer=fact.text, answered_at=entry.at))
    roster = room.need(Roster, objection.roster)
    room.put(
        msgspec.structs.replace(
            roster, waiting=roster.waiting - 1, accepted=roster.accepted + int(fact.accepted)
        )
    )


@words.decides(Freeze)
def _(room: Room, cmd: Freeze, who: Who) -> list[Fact]:
    roster = room.need(Roster, cmd.id)
    lines = _checked(cmd.lines)
    if cmd.version <= len(roster.versions):
        return []
    if cmd.version != len(roster.versions) + 1:
        raise Refused("unclear", field="version")
    if roster.latest is None and who.at < roster.until:
        raise Refused("not_open", why="correction_term", until=roster.until)
    if roster.waiting:
        raise Refused("wrong_state", why="objections_waiting")
    if roster.used or (roster.versions and not roster.accepted):
        # A frozen roster changes for an objection that was accepted, before the first vote on it, and never else.
        raise Refused("wrong_state", state=roster.state, why="frozen")
    return [Frozen(cmd.id, cmd.version, root_of([line.leaf for line in lines]), lines, cmd.asked_by)]


@words.folds(Frozen)
def _(room: Room, fact: Frozen, entry: Entry) -> None:
    roster = room.need(Roster, fact.id)
    snapshot = Snapshot(fact.version, fact.root, entry.at, fact.lines)
    room.put(
        msgspec.structs.replace(
            roster,
            state="frozen",
            published=(),
            versions=(*roster.versions, snapshot),
            total=sum_of(fact.lines),
            accepted=0,
        )
    )
