"""What the council came to: consensus, resolutions, commitments, suggestions, explanations, referrals.

A council advises: an owners' decision by vote never stands here. A change makes a new version; every
version stays in the record.
"""

from __future__ import annotations

from typing import Any, Literal

import msgspec
from msgspec import UNSET, UnsetType

from meetings.agenda import need_item
from meetings.kernel import Before, Command, Entity, Entry, Eye, Fact, Mark, Refused, Room, Who
from meetings.meeting import AFTER, TALKING
from meetings.people import STAFF, words
from meetings.questions import Question
from meetings.text import TITLE_LIMIT, check_id, check_time, clean, clean_line

OUTCOME_LIMIT = 1_000
RESERVATION_LIMIT = 500
RESERVATIONS_MOST = 40
OUTCOMES_MOST = 200
OutcomeKind = Literal["consensus", "resolution", "commitment", "suggestion", "explanation", "referral"]


class Reservation(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who agreed with a reservation, and which."""

    name: str
    text: str


class Record(Command, frozen=True, tag="outcome.record"):
    """Write down what the council came to, with the question or agenda item it came from.

    A commitment names who is responsible and until when (ms); reservations belong to a consensus.
    Staff may, from the beginning until the archive.
    """

    may, when = STAFF, TALKING | AFTER
    id: str
    kind: OutcomeKind
    text: str
    responsible: str | None = None
    until: int | None = None
    question: str | None = None
    item: str | None = None
    reservations: list[Reservation] = []


class Amend(Command, frozen=True, tag="outcome.amend"):
    """Change an outcome: a new version, the old one stays in the record. What is left out stays as it is.

    Staff may, until the archive.
    """

    may, when = STAFF, TALKING | AFTER
    id: str
    text: str
    responsible: str | UnsetType | None = UNSET
    until: int | UnsetType | None = UNSET
    reservations: list[Reservation] | UnsetType = UNSET


class Recorded(Fact, frozen=True, tag="outcome.recorded"):
    id: str
    kind: str
    text: str
    responsible: str | None = None
    until: int | None = None
    question: str | None = None
    item: str | None = None
    reservations: list[Reservation] = []


class Amended(Fact, frozen=True, tag="outcome.amended"):
    id: str
    text: str
    responsible: str | None = None
    until: int | None = None
    reservations: list[Reservation] = []


class Outcome(Entity, frozen=True):
    """One thing the council came to, in its latest version. `at` is when that version was written."""

    kind = "outcome"
    id: str
    outcome_kind: str
    text: str
    at: int
    responsible: str | None = None
    until: int | None = None
    question: str | None = None
    item: str | None = None
    reservations: list[Reservation] = []
    version: int = 1

    @property
    def stand(self) -> object:
        return self.version

    def seen_by(self, eye: Eye) -> dict[str, Any] | None:
        view: dict[str, Any] = msgspec.structs.asdict(self)
        view["kind"] = view.pop("outcome_kind")
        view["reservations"] = [msgspec.structs.asdict(one) for one in self.reservations]
        return view


def _worded(
    kind: str, text: str, responsible: str | None, until: int | None, reservations: list[Reservation]
) -> dict[str, Any]:
    if reservations and kind != "consensus":
        raise Refused("unclear", field="reservations")
    if len(reservations) > RESERVATIONS_MOST:
        raise Refused("too_large", field="reservations", limit=RESERVATIONS_MOST)
    if until is not None:
        check_time(until, "until")
    who = clean_line(responsible, TITLE_LIMIT, "responsible") if responsible else None
    if kind == "commitment" and (who is None or until is None):
        raise Refused("unclear", field="until" if who else "responsible")
    return {
        "text": clean(text, OUTCOME_LIMIT),
        "responsible": who,
        "until": until,
        "reservations": [
            Reservation(
                clean_line(one.name, TITLE_LIMIT, "reservations"),
                clean(one.text, RESERVATION_LIMIT, "reservations"),
            )
            for one in reservations
        ],
    }


def _wording(outcome: Outcome) -> dict[str, Any]:
    return {
        "text": outcome.text,
        "responsible": outcome.responsible,
        "until": outcome.until,
        "reservations": outcome.reservations,
    }


@words.decides(Record)
def _(room: Room, cmd: Record, who: Who) -> list[Fact]:
    check_id(cmd.id)
    told = _worded(cmd.kind, cmd.text, cmd.responsible, cmd.until, cmd.reservations)
    held = room.get(Outcome, cmd.id)
    if held is not None:
        same = (held.outcome_kind, held.question, held.item) == (cmd.kind, cmd.question, cmd.item)
        if not same or _wording(held) != told:
            raise Refused("taken")
        return []
    if cmd.question is not None and room.need(Question, cmd.question).seen_by(Eye.PUBLIC) is None:
        # An outcome is public: it must not name a question that is not.
        raise Refused("wrong_state", field="question")
    if cmd.item is not None:
        need_item(room, cmd.item)
    if room.count(Outcome.kind) >= OUTCOMES_MOST:
        raise Refused("too_large", limit=OUTCOMES_MOST)
    return [Recorded(id=cmd.id, kind=cmd.kind, question=cmd.question, item=cmd.item, **told)]


@words.folds(Recorded)
def _(room: Room, fact: Recorded, entry: Entry) -> None:
    room.put(
        Outcome(
            id=fact.id,
            outcome_kind=fact.kind,
            text=fact.text,
            at=entry.at,
            responsible=fact.responsible,
            until=fact.until,
            question=fact.question,
            item=fact.item,
            reservations=fact.reservations,
        )
    )


@words.decides(Amend)
def _(room: Room, cmd: Amend, who: Who) -> list[Fact]:
    held = room.need(Outcome, cmd.id)
    told = _worded(
        held.outcome_kind,
        cmd.text,
        held.responsible if cmd.responsible is UNSET else cmd.responsible,
        held.until if cmd.until is UNSET else cmd.until,
        held.reservations if cmd.reservations is UNSET else cmd.reservations,
    )
    return [] if told == _wording(held) else [Amended(id=cmd.id, **told)]


@words.folds(Amended)
def _(room: Room, fact: Amended, entry: Entry) -> None:
    held = room.get(Outcome, fact.id)
    if held is not None:
        room.put(
            msgspec.structs.replace(
                held,
                text=fact.text,
                responsible=fact.responsible,
                until=fact.until,
                reservations=fact.reservations,
                at=entry.at,
                version=held.version + 1,
            )
        )


def _outcome(_room: Room, fact: Recorded) -> list[str]:
    return [f"{Outcome.kind}:{fact.id}"]


@words.takes_back(Recorded, of=_outcome)
def _(room: Room, before: Before, mark: Mark) -> None:
    for name in before:
        outcome = room.named(name)
        if outcome is not None:
            room.drop(outcome)
