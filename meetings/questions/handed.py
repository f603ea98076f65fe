"""What became of a question that was handed over (转办): its slip, and the result once there is one.

The slip stays readable when the meeting is long over; a result put right later replaces the earlier one and says so.
"""

from __future__ import annotations

from typing import Any, Literal, get_args

import msgspec

from meetings.kernel import SYSTEM, Before, Command, Entity, Entry, Eye, Fact, Mark, Refused, Room, Who
from meetings.masking import masked
from meetings.meeting import AFTER
from meetings.messages import quoted, tell
from meetings.people import DESK, SECRETARY, words
from meetings.questions.cards import COLLECTING, Question, merged_under
from meetings.questions.review import Converted
from meetings.text import ANSWER_LIMIT, clean

Result = Literal["resolved", "task", "mediation", "referred", "infeasible"]
RESULTS: tuple[Result, ...] = get_args(Result)
"""What comes of a submission: settled, made a task, sent to mediation, passed to an outside body, cannot be done."""

_ORDER = ("secretary", "admin", "host", "moderator")


class Resolve(Command, frozen=True, tag="question.resolve"):
    """Tell what became of a question that was handed over: the result and its words, put under its slip.

    Its author is told. Staff may, also when the archive has long been open; telling it anew corrects it.
    """

    may, when = DESK | SECRETARY, COLLECTING | AFTER | {"archived"}
    id: str
    result: Result
    text: str


class Resolved(Fact, frozen=True, tag="question.resolved"):
    id: str
    result: str
    text: str
    role: str = ""


class Slip(Entity, frozen=True):
    """The slip of a question handed over, under the question's id. `at` is when it was registered, `told_at` when its
    result was last told (ms UTC), `role` in which role; `version` counts the results told so far.
    """

    kind = "slip"
    id: str
    by: str
    number: int
    slip: str
    at: int
    result: str | None = None
    raw: str = ""
    told_at: int | None = None
    told_by: str | None = None
    role: str = ""
    version: int = 0

    @property
    def owner(self) -> str | None:
        return self.by

    @property
    def stand(self) -> object:
        """The result that was told: a slip with one is no longer taken back."""
        return self.version

    def seen_by(self, eye: Eye) -> dict[str, Any] | None:
        told = {
            "id": self.id,
            "number": self.number,
            "slip": self.slip,
            "at": self.at,
            "result": self.result,
            "text": masked(self.raw),
            "told_at": self.told_at,
            "role": self.role,
            "version": self.version,
        }
        return told | {"told_by": self.told_by} if eye is Eye.STAFF else told

    def seen_by_owner(self) -> dict[str, Any] | None:
        return (self.seen_by(Eye.PUBLIC) or {}) | {"mine": True}


@words.folds(Converted)
def _(room: Room, fact: Converted, entry: Entry) -> None:
    question = room.need(Question, fact.id)
    room.put(Slip(fact.id, question.by, question.number, fact.slip, entry.at))


def _slip(_room: Room, fact: Converted) -> list[str]:
    return [f"{Slip.kind}:{fact.id}"]


@words.takes_back(Converted, of=_slip)
def _(room: Room, before: Before, mark: Mark) -> None:
    """No slip was ever given out: its number is the question's own, and comes again with the next handing over."""
    for name, slip in before.items():
        now = room.named(name)
        if slip is None and now is not None:
            room.drop(now)


@words.decides(Resolve)
def _(room: Room, cmd: Resolve, who: Who) -> list[Fact]:
    text = clean(cmd.text, ANSWER_LIMIT)
    question = room.need(Question, cmd.id)
    slip = room.get(Slip, cmd.id)
    if slip is None:
        raise Refused("wrong_state", state=question.state)
    if (slip.result, slip.raw) == (cmd.result, text):
        return []
    roles = room.roles(who)
    role = SYSTEM if who.person == SYSTEM else next((one for one in _ORDER if one in roles), "")
    return [Resolved(cmd.id, cmd.result, text, role)]


@words.folds(Resolved)
def _(room: Room, fact: Resolved, entry: Entry) -> None:
    slip, question = room.need(Slip, fact.id), room.need(Question, fact.id)
    for one in (question, *merged_under(room, fact.id)):
        told = {"text": quoted(one.raw), "reason": fact.result, "answer": masked(fact.text)}
        tell(room, entry, one.by, "question_result", one, **told)
    room.put(
        msgspec.structs.replace(
            slip,
            result=fact.result,
            raw=fact.text,
            told_at=entry.at,
            told_by=entry.by,
            role=fact.role,
            version=slip.version + 1,
        )
    )
