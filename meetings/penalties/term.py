"""Beyond a meeting: a term without the word, proposed by one, confirmed by another, known in every meeting after.

What one person alone wishes has no effect.
"""

from __future__ import annotations

import msgspec

from meetings.kernel import SYSTEM, Command, Entry, Fact, Refused, Room, Who
from meetings.meeting import DAY, UNTIL_ARCHIVED
from meetings.messages import tell
from meetings.penalties.card import (
    TERM_DAYS_MOST,
    Penalty,
    between,
    end,
    of_another,
    plate,
    settle,
    standing,
    within_reach,
)
from meetings.people import DESK, mine, words
from meetings.text import REASON_LIMIT, check_id, check_person, check_time, clean


class Propose(Command, frozen=True, tag="penalty.propose"):
    """Propose that a person may not speak in any meeting of the community until an instant (ms), a year at most.

    It needs a written reason, and holds only once another person of the staff has confirmed it.
    """

    may, when = DESK, UNTIL_ARCHIVED
    id: str
    person: str
    reason: str
    until: int


class Confirm(Command, frozen=True, tag="penalty.confirm"):
    """Confirm what somebody else proposed; from now on it holds. Not for who proposed it, nor whom it is about."""

    may, when = DESK, UNTIL_ARCHIVED
    id: str


class Decline(Command, frozen=True, tag="penalty.decline"):
    """Turn down what was proposed, or take back one's own proposal, with the reason."""

    may, when = DESK, UNTIL_ARCHIVED
    id: str
    reason: str


class Carry(Command, frozen=True, tag="penalty.carry"):
    """Make known here a term that was confirmed in another meeting of the community. The platform does."""

    may, when = frozenset({SYSTEM}), UNTIL_ARCHIVED
    id: str
    person: str
    shown: str
    reason: str
    at: int
    until: int
    by: list[str]
    appealed: bool = False


class Proposed(Fact, frozen=True, tag="penalty.proposed"):
    id: str
    person: str
    reason: str
    until: int


class Confirmed(Fact, frozen=True, tag="penalty.confirmed"):
    id: str
    person: str


class Declined(Fact, frozen=True, tag="penalty.declined"):
    id: str
    reason: str


class Carried(Fact, frozen=True, tag="penalty.carried"):
    id: str
    person: str
    shown: str
    reason: str
    at: int
    until: int
    by: list[str]
    appealed: bool = False


@words.decides(Propose)
def _(room: Room, cmd: Propose, who: Who) -> list[Fact]:
    check_id(cmd.id)
    person, reason = within_reach(room, cmd.person, who), clean(cmd.reason, REASON_LIMIT, "reason")
    held = room.get(Penalty, cmd.id)
    if held is not None:
        if (held.person, held.reason, held.until, held.by[:1]) != (person, reason, cmd.until, (who.person,)):
            raise Refused("taken")
        return []
    between(cmd.until, who.at, TERM_DAYS_MOST * DAY)
    for one in room.all(Penalty):
        open_term = one.sort == "term" and one.person == person and one.state in {"proposed", "standing"}
        if open_term and one.until is not None and one.until > who.at:
            raise Refused("wrong_state", state=one.state, term=one.id)
    return [Proposed(cmd.id, person, reason, cmd.until)]


@words.folds(Proposed)
def _(room: Room, fact: Proposed, entry: Entry) -> None:
    shown = mine(room, fact.person).called or plate(room, fact.person)
    room.put(
        Penalty(
            fact.id,
            "term",
            fact.person,
            shown,
            fact.reason,
            entry.at,
            (entry.by,),
            fact.until,
            state="proposed",
        )
    )


def _term(room: Room, own_id: str, who: Who, *states: str) -> Penalty:
    penalty = room.need(Penalty, own_id)
    if penalty.state not in states:
        raise Refused("wrong_state", state=penalty.state)
    return of_another(penalty, who)


@words.decides(Confirm)
def _(room: Room, cmd: Confirm, who: Who) -> list[Fact]:
    penalty = _term(room, cmd.id, who, "proposed", "standing")
    if penalty.sort != "term":
        raise Refused("not_found")
    if penalty.state == "standing":
        return []
    if who.person in penalty.by:
        raise Refused("forbidden", why="second")
    within_reach(room, penalty.person, who)
    if penalty.until is None or penalty.until <= who.at:
        raise Refused("unclear", field="until")
    return [Confirmed(cmd.id, penalty.person)]


@words.folds(Confirmed)
def _(room: Room, fact: Confirmed, entry: Entry) -> None:
    penalty = room.need(Penalty, fact.id)
    end(room, entry, standing(room, penalty.person, "term"), "replaced", None)
    penalty = msgspec.structs.replace(penalty, state="standing", at=entry.at, by=(*penalty.by, entry.by))
    room.put(penalty)
    tell(room, entry, penalty.person, "term", penalty, reason=penalty.reason, until=penalty.until)
    settle(room, penalty.person)


@words.decides(Decline)
def _(room: Room, cmd: Decline, who: Who) -> list[Fact]:
    reason = clean(cmd.reason, REASON_LIMIT, "reason")
    penalty = _term(room, cmd.id, who, "proposed", "declined")
    return [] if penalty.state == "declined" else [Declined(cmd.id, reason)]


@words.folds(Declined)
def _(room: Room, fact: Declined, entry: Entry) -> None:
    penalty = room.need(Penalty, fact.id)
    room.put(msgspec.structs.replace(penalty, state="declined", why=fact.reason, ended_at=entry.at))


@words.decides(Carry)
def _(room: Room, cmd: Carry, who: Who) -> list[Fact]:
    check_id(cmd.id)
    check_person(cmd.person)
    check_time(cmd.at, "at")
    check_time(cmd.until, "until")
    held = room.get(Penalty, cmd.id)
    known = held is not None and (held.spent or held.appeal is not None or not cmd.appealed)
    if known or cmd.until <= who.at or (held is not None and held.state != "standing"):
        return []
    if held is not None and held.person != cmd.person:
        raise Refused("taken")
    return [Carried(**msgspec.structs.asdict(cmd))]


@words.folds(Carried)
def _(room: Room, fact: Carried, entry: Entry) -> None:
    held = room.get(Penalty, fact.id)
    if held is not None:
        room.put(msgspec.structs.replace(held, spent=fact.appealed))
        return
    penalty = Penalty(
        fact.id,
        "term",
        fact.person,
        fact.shown,
        fact.reason,
        fact.at,
        tuple(fact.by),
        fact.until,
        elsewhere=True,
        spent=fact.appealed,
    )
    room.put(penalty)
    tell(room, entry, penalty.person, "term", penalty, reason=penalty.reason, until=penalty.until)
    settle(room, penalty.person)
