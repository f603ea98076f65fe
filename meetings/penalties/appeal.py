"""An appeal against a penalty: once, answered in writing by somebody who had no hand in it."""

from __future__ import annotations

from typing import Any

import msgspec

from meetings.kernel import Command, Entry, Fact, Refused, Room, Who
from meetings.masking import masked
from meetings.meeting import UNTIL_ARCHIVED
from meetings.messages import tell
from meetings.penalties.card import Outcome, Penalty, may_appeal, of_another, settle
from meetings.people import APPEAL_TERM, DESK, NAMED, words
from meetings.text import REASON_LIMIT, clean


class Appeal(Command, frozen=True, tag="penalty.appeal"):
    """Object, once, to a penalty of mine; somebody who had no hand in it decides and answers in writing."""

    may, when = NAMED, UNTIL_ARCHIVED
    id: str
    text: str


class Decide(Command, frozen=True, tag="penalty.decide"):
    """Decide an appeal against a penalty, with the written answer. Not for who imposed or confirmed it."""

    may, when = DESK, UNTIL_ARCHIVED
    id: str
    outcome: Outcome
    answer: str


class Appealed(Fact, frozen=True, tag="penalty.appealed"):
    id: str
    text: str
    due: int


class Decided(Fact, frozen=True, tag="penalty.decided"):
    id: str
    outcome: str
    answer: str


@words.decides(Appeal)
def _(room: Room, cmd: Appeal, who: Who) -> list[Fact]:
    text = clean(cmd.text, REASON_LIMIT)
    penalty = room.need(Penalty, cmd.id)
    if penalty.owner != who.person:
        raise Refused("not_found")
    if penalty.appeal == text:
        return []
    if not may_appeal(penalty):
        raise Refused(
            "wrong_state", state=penalty.state, appealed=penalty.appeal is not None or penalty.spent
        )
    return [Appealed(cmd.id, text, who.at + APPEAL_TERM)]


@words.folds(Appealed)
def _(room: Room, fact: Appealed, entry: Entry) -> None:
    penalty = room.need(Penalty, fact.id)
    penalty = msgspec.structs.replace(penalty, appeal=fact.text, appealed_at=entry.at, due=fact.due)
    room.put(penalty)
    tell(room, entry, penalty.person, "appealed", penalty, text=masked(fact.text), until=fact.due)


@words.decides(Decide)
def _(room: Room, cmd: Decide, who: Who) -> list[Fact]:
    answer = clean(cmd.answer, REASON_LIMIT, "answer")
    penalty = of_another(room.need(Penalty, cmd.id), who)
    if penalty.appeal is not None and (penalty.outcome, penalty.answer) == (cmd.outcome, answer):
        return []
    if not penalty.waits:
        raise Refused("wrong_state", state=penalty.state)
    if who.person in penalty.by:
        raise Refused("forbidden", why="appeal")
    return [Decided(cmd.id, cmd.outcome, answer)]


@words.folds(Decided)
def _(room: Room, fact: Decided, entry: Entry) -> None:
    penalty = room.need(Penalty, fact.id)
    changes: dict[str, Any] = {"outcome": fact.outcome, "answer": fact.answer, "decided_by": entry.by}
    if fact.outcome == "upheld":
        changes |= {"state": "lifted", "why": fact.answer, "ended_at": entry.at}
    penalty = msgspec.structs.replace(penalty, **changes)
    room.put(penalty)
    tell(room, entry, penalty.person, f"appeal_{fact.outcome}", penalty, answer=fact.answer)
    settle(room, penalty.person)
