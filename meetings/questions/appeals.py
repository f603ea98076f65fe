"""What an author may say against a question's return, who decides it, and what of all that reaches the 消息.

An appeal is made once and ends in a written answer by somebody who had no hand in the return.
"""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from meetings.kernel import Command, Entry, Fact, Refused, Room, Who
from meetings.masking import masked
from meetings.meeting import AFTER, DAY, meeting_of
from meetings.messages import quoted, tell
from meetings.people import APPEAL_TERM, DESK, NAMED, words
from meetings.questions.cards import COLLECTING, SHOWN, Question, another_decides, in_state, put
from meetings.questions.review import Approved, Hidden, Rejected
from meetings.text import REASON_LIMIT, clean


class Appeal(Command, frozen=True, tag="question.appeal"):
    """Object, once, to my question having been handed back; another moderator decides."""

    may, when = NAMED, COLLECTING | AFTER
    id: str
    text: str


class Decide(Command, frozen=True, tag="question.decide"):
    """Decide an author's appeal, with the written answer: upheld, the question goes to the queue; dismissed, it stays out.

    Not for who handed it back, nor for who wrote it.
    """

    may, when = DESK, COLLECTING | AFTER
    id: str
    outcome: Literal["upheld", "dismissed"]
    answer: str


class Appealed(Fact, frozen=True, tag="question.appealed"):
    id: str
    text: str
    due: int | None = None


class Decided(Fact, frozen=True, tag="question.appeal_decided"):
    id: str
    outcome: str
    answer: str


@words.decides(Appeal)
def _(room: Room, cmd: Appeal, who: Who) -> list[Fact]:
    question = room.need(Question, cmd.id)
    text = clean(cmd.text, REASON_LIMIT)
    if question.by != who.person:
        raise Refused("not_found" if question.state not in SHOWN else "forbidden")
    if question.appeal is not None:
        if question.appeal == text:
            return []
        raise Refused("wrong_state", state=question.state, appealed=True)
    in_state(room, cmd.id, "hidden", "rejected")
    return [Appealed(cmd.id, text, who.at + APPEAL_TERM)]


@words.folds(Appealed)
def _(room: Room, fact: Appealed, entry: Entry) -> None:
    question = room.need(Question, fact.id)
    changes: dict[str, Any] = {"appeal": fact.text, "appealed_at": entry.at, "appeal_due": fact.due}
    put(room, msgspec.structs.replace(question, state="appealed", turned=question.state, **changes))
    tell(room, entry, question.by, "appealed", question, text=masked(fact.text), until=fact.due)


@words.decides(Decide)
def _(room: Room, cmd: Decide, who: Who) -> list[Fact]:
    answer = clean(cmd.answer, REASON_LIMIT, "answer")
    question = room.need(Question, cmd.id)
    if (question.outcome, question.answer) == (cmd.outcome, answer):
        return []
    in_state(room, cmd.id, "appealed")
    another_decides(question, who)
    return [Decided(cmd.id, cmd.outcome, answer)]


@words.folds(Decided)
def _(room: Room, fact: Decided, entry: Entry) -> None:
    question = room.need(Question, fact.id)
    changes: dict[str, Any] = {"outcome": fact.outcome, "answer": fact.answer}
    if fact.outcome == "dismissed":
        changes["state"] = question.turned or "hidden"
    elif room.phase in AFTER:
        days = meeting_of(room).answer_days
        changes |= {"state": "deferred", "due": entry.at + days * DAY, "ended_at": entry.at, "reason": None}
    else:
        changes |= {"state": "queued", "ended_at": None, "reason": None}
    if fact.outcome == "upheld":
        changes["returned"] = False
    put(room, msgspec.structs.replace(question, **changes))
    tell(room, entry, question.by, f"appeal_{fact.outcome}", question, answer=fact.answer)


@words.folds(Hidden)
@words.folds(Rejected)
def _(room: Room, fact: Hidden | Rejected, entry: Entry) -> None:
    question = room.need(Question, fact.id)
    text = quoted(question.raw)
    word = "question_hidden" if isinstance(fact, Hidden) else "question_rejected"
    tell(room, entry, question.by, word, question, text=text, reason=fact.reason)
    put(room, msgspec.structs.replace(question, returned=True))


@words.folds(Approved)
def _(room: Room, fact: Approved, entry: Entry) -> None:
    """Handed back by mistake: its author hears that it stands again."""
    question = room.need(Question, fact.id)
    if question.returned:
        tell(room, entry, question.by, "question_back", question, text=quoted(question.raw))
        put(room, msgspec.structs.replace(question, returned=False))
