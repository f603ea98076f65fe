"""Who else may vote: agents and guardians with a letter the desk has seen; and which unit a ballot paper reached.

A letter is written down by the desk; an oral word is written down as such and opens nothing (DOMAIN 3.3, 3.4).
"""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from meetings.docket.motions import Motion, roll_for
from meetings.docket.words import DESK, words
from meetings.kernel import ANYTIME, Command, Entity, Entry, Eye, Fact, Refused, Room, Who
from meetings.tally import Authorisation
from meetings.text import REASON_LIMIT, check_id, check_person, check_time, clean, clean_line, clean_name

PROXIES_MOST = 5_000
"""For one vote: the record grows for years."""
PROOF_LIMIT = 120
BEFORE_CLOSE = frozenset({"noticed", "open"})


class Record(Command, frozen=True, tag="proxy.record"):
    """Write down a letter of authority, or a guardianship: who votes for which owner of which unit.

    `agent` is the person where they vote online, `name` who they are on paper; `written` false writes an oral word
    down, which lets nobody vote. `letter` says where the letter lies. Valid to `until` (ms), left out: to the close.
    """

    may, when = DESK, ANYTIME
    id: str
    motion: str
    unit: str
    principal: str
    name: str
    authority: Literal["proxy", "guardian"]
    written: bool
    letter: str
    agent: str | None = None
    until: int | None = None


class Revoke(Command, frozen=True, tag="proxy.revoke"):
    """End a letter of authority, with the reason. A ballot already cast with it stands."""

    may, when = DESK, ANYTIME
    id: str
    reason: str


class Serve(Command, frozen=True, tag="ballot.serve"):
    """Write down that a ballot paper reached a unit, and what proves it. The desk may, until the close."""

    may, when = DESK, ANYTIME
    motion: str
    unit: str
    proof: str


class SeeSheet(Command, frozen=True, tag="sheet.see"):
    """Look at the list of heads with their owners' names, to print and to serve ballot papers. The desk may; each
    look is a line of the record.
    """

    may, when = DESK, ANYTIME
    motion: str


class SheetSeen(Fact, frozen=True, tag="sheet.seen"):
    motion: str


class Recorded(Fact, frozen=True, tag="proxy.recorded"):
    id: str
    motion: str
    unit: str
    principal: str
    name: str
    authority: str
    written: bool
    letter: str
    agent: str | None = None
    until: int | None = None


class Revoked(Fact, frozen=True, tag="proxy.revoked"):
    id: str
    reason: str


class Served(Fact, frozen=True, tag="ballot.served"):
    motion: str
    unit: str
    proof: str


class Proxy(Entity, frozen=True):
    """A letter of authority for one motion, for the desk's eyes, and in part for the agent's."""

    kind = "proxy"
    id: str
    motion: str
    unit: str
    principal: str
    name: str
    authority: Literal["proxy", "guardian"]
    written: bool
    letter: str
    agent: str | None = None
    until: int | None = None
    revoked: bool = False
    revoked_at: int | None = None

    @property
    def owner(self) -> str | None:
        return self.agent

    @property
    def by(self) -> str:
        """The agent as a text of the count: the letter's number keeps apart who shares an owner's name."""
        return f"{self.name} ({self.id[-12:]})"

    def given(self) -> Authorisation:
        """The letter as the tally knows it."""
        return Authorisation(self.unit, self.principal, self.by, self.authority, self.written)

    def why_not(self, at: int) -> str | None:
        """Why this letter lets nobody vote at an instant; None: it does."""
        if not self.written:
            return "no_written_authorisation"
        if self.revoked_at is not None and self.revoked_at <= at:
            return "proxy_revoked"
        return "proxy_expired" if self.until is not None and at > self.until else None

    def seen_by(self, eye: Eye) -> dict[str, Any] | None:
        return None if eye is Eye.PUBLIC else msgspec.to_builtins(self)

    def seen_by_owner(self) -> dict[str, Any] | None:
        return {
            "id": self.id,
            "motion": self.motion,
            "unit": self.unit,
            "authority": self.authority,
            "until": self.until,
            "revoked": self.revoked,
        }


def proxies_for(room: Room, motion: str, *, agent: str | None = None) -> list[Proxy]:
    """The letters of a motion, or those of one agent."""
    return [one for one in room.all(Proxy) if one.motion == motion and agent in {None, one.agent}]


def _before_close(motion: Motion) -> None:
    if motion.state not in BEFORE_CLOSE:
        raise Refused("wrong_state", state=motion.state)


@words.decides(Record)
def _(room: Room, cmd: Record, who: Who) -> list[Fact]:
    check_id(cmd.id)
    motion = room.need(Motion, cmd.motion)
    name = clean_name(cmd.name)
    letter = clean_line(cmd.letter, PROOF_LIMIT, "letter")
    if cmd.agent is not None:
        check_person(cmd.agent, "agent")
    if cmd.until is not None:
        check_time(cmd.until, "until")
    fact = Recorded(
        cmd.id,
        cmd.motion,
        cmd.unit,
        cmd.principal,
        name,
        cmd.authority,
        cmd.written,
        letter,
        cmd.agent,
        cmd.until,
    )
    held = room.get(Proxy, cmd.id)
    if held is not None:
        if msgspec.structs.replace(held, revoked=False, revoked_at=None) != _proxy(fact):
            raise Refused("taken")
        return []
    _before_close(motion)
    head = roll_for(room, motion).head(cmd.unit)
    if head is None:
        raise Refused("not_found", why="unit_not_in_scope")
    if cmd.principal not in head.owners:
        # Also for a letter given by somebody who only holds a letter: no agent of an agent.
        raise Refused("unclear", field="principal", why="not_owner")
    if cmd.agent == who.person:
        raise Refused("forbidden", why="own_letter")
    if len(proxies_for(room, cmd.motion)) >= PROXIES_MOST:
        raise Refused("too_large", limit=PROXIES_MOST)
    return [fact]


def _proxy(fact: Recorded) -> Proxy:
    authority: Literal["proxy", "guardian"] = "guardian" if fact.authority == "guardian" else "proxy"
    return Proxy(
        fact.id,
        fact.motion,
        fact.unit,
        fact.principal,
        fact.name,
        authority,
        fact.written,
        fact.letter,
        fact.agent,
        fact.until,
    )


@words.folds(Recorded)
def _(room: Room, fact: Recorded, entry: Entry) -> None:
    room.put(_proxy(fact))


@words.decides(Revoke)
def _(room: Room, cmd: Revoke, who: Who) -> list[Fact]:
    proxy = room.need(Proxy, cmd.id)
    reason = clean(cmd.reason, REASON_LIMIT, "reason")
    return [] if proxy.revoked else [Revoked(cmd.id, reason)]


@words.folds(Revoked)
def _(room: Room, fact: Revoked, entry: Entry) -> None:
    room.put(msgspec.structs.replace(room.need(Proxy, fact.id), revoked=True, revoked_at=entry.at))


class Delivery(Entity, frozen=True):
    """Which units of a vote a ballot paper reached, with the proof; for the desk. Grows in place."""

    kind = "service"
    id: str
    units: dict[str, str] = msgspec.field(default_factory=dict)

    def seen_by(self, eye: Eye) -> dict[str, Any] | None:
        return None if eye is Eye.PUBLIC else {"id": self.id, "units": len(self.units)}


@words.decides(Serve)
def _(room: Room, cmd: Serve, who: Who) -> list[Fact]:
    motion = room.need(Motion, cmd.motion)
    proof = clean_line(cmd.proof, PROOF_LIMIT, "proof")
    service = room.get(Delivery, cmd.motion)
    if service is not None and cmd.unit in service.units:
        return []
    _before_close(motion)
    if cmd.unit not in roll_for(room, motion).units:
        raise Refused("not_found", why="unit_not_in_scope")
    return [Served(cmd.motion, cmd.unit, proof)]


@words.folds(Served)
def _(room: Room, fact: Served, entry: Entry) -> None:
    service = room.get(Delivery, fact.motion) or Delivery(fact.motion)
    service.units[fact.unit] = fact.proof
    room.put(service)


@words.decides(SeeSheet)
def _(room: Room, cmd: SeeSheet, who: Who) -> list[Fact]:
    if room.need(Motion, cmd.motion).noticed_at is None:
        raise Refused("not_found")
    return [SheetSeen(cmd.motion)]


@words.folds(SheetSeen)
def _(room: Room, fact: SheetSeen, entry: Entry) -> None:
    """A look changes nothing; the line itself is what is kept."""


def served_units(room: Room, motion: str) -> tuple[str, ...]:
    """Units a ballot paper reached."""
    service = room.get(Delivery, motion)
    return tuple(service.units) if service is not None else ()
