"""A motion: what the owners are asked, by which rules, and how far it has come. Holds no ballot and no choice."""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from meetings.docket.digests import digest_of
from meetings.docket.rules import DEFAULT, RuleSet, Terms, missing
from meetings.kernel import Entity, Eye, Refused, Room, Who
from meetings.tally import CIVIL_CODE, Policy, Scope, area_text

OPTIONS = ("agree", "against", "abstain")
"""Always these three, in this order: a ballot without "against" was attacked in court (DOMAIN 3.3.13)."""
BODY_LIMIT = 4_000
TITLE_LIMIT = 80
WITHDRAWABLE = frozenset({"drafted", "checked", "noticed"})
SUPERVISORS_LEAST = 2

Binding = Literal["advisory", "statutory"]
Mode = Literal["named", "confidential", "anonymous"]


class Supervisor(msgspec.Struct, frozen=True):
    """Somebody who watches the count and signs it: the person, and the name on the sheet."""

    person: str
    name: str


class Asked(msgspec.Struct, frozen=True):
    """What a motion puts to the owners. Nothing of it changes once it is noticed.

    `item` is one of the nine matters of art. 278. `nonreturned_rule` is the text of the estate's rule where ballots
    that do not come back are counted (DOMAIN 3.3.9). `city_reference`: the vote's number in the city's own system.
    """

    estate: str
    title: str
    text: str
    item: int
    scope_building: str | None = None
    scope_stair: str | None = None
    binding: Binding = "advisory"
    mode: Mode = "named"
    policy: Policy = Policy()
    nonreturned_rule: str | None = None
    paper: bool = True
    city_reference: str | None = None

    @property
    def scope(self) -> Scope:
        """Whose matter it is."""
        return Scope(self.scope_building, self.scope_stair)


class Round(msgspec.Struct, frozen=True):
    """One count: what it gave, the digest of the document it was made from, and why it was made anew. `corrections`: how
    many papers had been put right when it was made.
    """

    number: int
    at: int
    digest: str
    root: str
    result: dict[str, Any]
    signed_by: tuple[str, ...]
    reason: str | None = None
    corrections: int = 0


class Correction(msgspec.Struct, frozen=True):
    """A paper that was entered wrongly, put right in a recount: its leaf before and after, and why."""

    at: int
    before: str
    after: str
    reason: str


class Dispute(msgspec.Struct, frozen=True):
    """An objection to an announced result. `outcome`: dismissed, or recount; None while it waits."""

    id: str
    by: str
    text: str
    at: int
    outcome: str | None = None
    answer: str | None = None


class Motion(Entity, frozen=True):
    """A motion. Instants in ms; `cast_heads`, `cast_area_c` are the turnout: who took part, never how. `names_alone`:
    what is frozen names its supervisors, not their accounts; one noticed before keeps the digest it was noticed with.
    """

    kind = "motion"
    id: str
    by: str
    asked: Asked
    state: str = "drafted"
    drafted_at: int = 0
    checked_by: str | None = None
    checked_at: int | None = None
    rules: RuleSet = DEFAULT
    roster: str | None = None
    roster_version: int | None = None
    root: str | None = None
    noticed_at: int | None = None
    opens_at: int | None = None
    closes_at: int | None = None
    noticed_close: int | None = None
    extends_to: int | None = None
    supervisors: tuple[Supervisor, ...] = ()
    names_alone: bool = True
    opened_at: int | None = None
    closed_at: int | None = None
    total_heads: int = 0
    total_area_c: int = 0
    cast_heads: int = 0
    cast_area_c: int = 0
    channels: dict[str, int] = {}
    waiting_for: tuple[str, ...] = ()
    seal_breakers: tuple[str, ...] = ()
    unsealed_at: int | None = None
    signatures: tuple[str, ...] = ()
    rounds: tuple[Round, ...] = ()
    recounting: str | None = None
    announced_at: int | None = None
    announced_rounds: int = 0
    refused: dict[str, int] = {}
    corrections: tuple[Correction, ...] = ()
    posted_until: int | None = None
    disputes: tuple[Dispute, ...] = ()
    final_at: int | None = None
    ended_because: str | None = None
    document: str | None = None

    @property
    def owner(self) -> str | None:
        return self.by

    @property
    def frozen(self) -> dict[str, Any]:
        """All that is frozen at notice."""
        return {
            "id": self.id,
            "asked": msgspec.to_builtins(self.asked),
            "options": list(OPTIONS),
            "rules": msgspec.to_builtins(self.rules),
            "roster": self.roster,
            "roster_version": self.roster_version,
            "root": self.root,
            "opens_at": self.opens_at,
            # The window as it was noticed: an extension that was noticed is part of it, using it is not.
            "closes_at": self.noticed_close,
            "extends_to": self.extends_to,
            "supervisors": [one.name if self.names_alone else one.person for one in self.supervisors],
        }

    @property
    def digest(self) -> str:
        """The digest of all that is frozen at notice; a ballot commits to it."""
        return digest_of(self.frozen)

    @property
    def item_class(self) -> str:
        """General or special, by the item alone."""
        return CIVIL_CODE.class_of(self.asked.item)

    @property
    def outcome(self) -> str | None:
        """The outcome of the latest count."""
        return _outcome(self.rounds)

    @property
    def announced_counts(self) -> tuple[Round, ...]:
        """The counts everybody knows: one that was announced stays so while it is counted anew."""
        return self.rounds[: self.announced_rounds]

    @property
    def missing(self) -> list[str]:
        """What keeps this vote from being statutory."""
        terms = Terms(
            self.noticed_at, self.opens_at, self.closes_at, self.asked.paper, self.asked.city_reference
        )
        return missing(self.rules, terms)

    def seen_by(self, eye: Eye) -> dict[str, Any] | None:
        if eye is Eye.PUBLIC and self.noticed_at is None:
            return None
        counts = self.rounds if eye is Eye.STAFF else self.announced_counts
        line = CIVIL_CODE.approval(self.asked.item)
        view: dict[str, Any] = msgspec.to_builtins(self.asked) | {
            "id": self.id,
            "state": self.state,
            "options": list(OPTIONS),
            "item_class": self.item_class,
            "class_warning": {5: "use_not_raise", 6: "raise_not_use"}.get(self.asked.item),
            "quorum": msgspec.to_builtins(CIVIL_CODE.quorum),
            "approval": msgspec.to_builtins(line),
            "missing": self.missing,
            "rules": msgspec.to_builtins(self.rules),
            "drafted_at": self.drafted_at,
            "checked_at": self.checked_at,
            "noticed_at": self.noticed_at,
            "opens_at": self.opens_at,
            "closes_at": self.closes_at,
            "extends_to": self.extends_to,
            "opened_at": self.opened_at,
            "closed_at": self.closed_at,
            "roster": self.roster,
            "roster_version": self.roster_version,
            "root": self.root,
            "digest": self.digest if self.noticed_at is not None else None,
            "supervisors": [one.name for one in self.supervisors],
            "waiting_for": list(self.waiting_for),
            "total": {"heads": self.total_heads, "area": area_text(self.total_area_c)},
            "turnout": {
                "heads": self.cast_heads,
                "area": area_text(self.cast_area_c),
                "channels": self.channels,
                "heads_met": CIVIL_CODE.quorum.met(self.cast_heads, self.total_heads),
                "area_met": CIVIL_CODE.quorum.met(self.cast_area_c, self.total_area_c),
            },
            "seal_breakers": len(self.seal_breakers),
            "signatures": len(self.signatures),
            "unsealed_at": self.unsealed_at,
            "rounds": [_round(one, counts[-1]) for one in counts],
            "recounting": self.recounting is not None,
            "refused": self.refused,
            "corrections": [msgspec.to_builtins(one) for one in self.corrections],
            "outcome": _outcome(counts),
            "provisional": bool(counts) and self.state not in {"final", "annulled"},
            "announced_at": self.announced_at,
            "posted_until": self.posted_until,
            "disputes": [
                {"id": one.id, "at": one.at, "outcome": one.outcome, "answer": one.answer}
                for one in self.disputes
            ],
            "final_at": self.final_at,
            "ended_because": self.ended_because,
            "document": self.document,
        }
        if eye is Eye.STAFF:
            view["disputes"] = [msgspec.to_builtins(one) for one in self.disputes]
            view["watching"] = [self._watching(one) for one in self.supervisors]
        return view

    def _watching(self, one: Supervisor) -> dict[str, Any]:
        """What a supervisor has done of the count that is under way."""
        broke, signed = one.person in self.seal_breakers, one.person in self.signatures
        return {"person": one.person, "name": one.name, "broke": broke, "signed": signed}

    def seen_by_owner(self) -> dict[str, Any] | None:
        """Who drafted it sees it before all others do."""
        told = {} if self.noticed_at is not None else self.seen_by(Eye.STAFF) or {}
        return told | {"drafted": True}


def _outcome(counts: tuple[Round, ...]) -> str | None:
    return counts[-1].result["outcome"] if counts else None


VERDICTS = (
    "outcome",
    "item_class",
    *(f"{step}_{count}_met" for step in ("quorum", "approval") for count in ("area", "heads")),
)
"""What is told of a count that a correction replaced. The difference of its sums to the next, in heads and area, would
be one household and its choice.
"""


def _round(one: Round, last: Round) -> dict[str, Any]:
    withheld = one.corrections < last.corrections
    told = {name: one.result[name] for name in VERDICTS if name in one.result}
    return {
        "number": one.number,
        "at": one.at,
        "digest": one.digest,
        "root": one.root,
        "result": told if withheld else one.result,
        "withheld": withheld,
        "signatures": len(one.signed_by),
        "reason": one.reason,
    }


def in_state(motion: Motion, *states: str) -> None:
    """Refuse `wrong_state` unless the motion is in one of these states."""
    if motion.state not in states:
        raise Refused("wrong_state", state=motion.state)


def is_supervisor(motion: Motion, who: Who) -> None:
    """Refuse `forbidden` to whom this motion does not name among those who watch its count."""
    if who.person not in {one.person for one in motion.supervisors}:
        raise Refused("forbidden", why="not_supervisor")


def change(room: Room, motion: Motion, **fields: Any) -> Motion:
    """Put the motion back with other fields."""
    changed = msgspec.structs.replace(motion, **fields)
    room.put(changed)
    return changed
