"""Answers: several people in turn, each with the badge worn at that moment, spoken on air or written by a date.

The moderator ends a question, an answer never does; the one exception is the written answer owed to a
deferred question.
"""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from meetings import questions
from meetings.kernel import Before, Command, Entity, Entry, Eye, Fact, Mark, Refused, Room, Who
from meetings.meeting import AFTER, TALKING, Ended
from meetings.people import BADGES, HOSTS, STAFF, Person, words
from meetings.questions import SHOWN, Question
from meetings.text import ANSWER_LIMIT, TITLE_LIMIT, check_id, clean, clean_line

ARTICLE_LIMIT = 40
CITES_MOST = 10
ANSWERERS = BADGES | HOSTS
"""Badge holders, and those who hold the meeting: procedure is explained by the community itself."""
ANSWERABLE = frozenset({"on_air", "answered", "answered_written", "deferred", "converted"})

Verb = Literal["reply", "explain", "advise"]


class Cite(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A law and its article, as printed under an answer."""

    law: str
    article: str


class Start(Command, frozen=True, tag="answer.start"):
    """Say who answers the question on air from now on; whoever answered it before is done.

    Staff may name any badge holder, a badge holder themselves.
    """

    may, when = STAFF | ANSWERERS, TALKING
    id: str
    question: str
    by: str
    verb: Verb = "reply"


class Stop(Command, frozen=True, tag="answer.stop"):
    """An answer is over. Staff may, or whoever gives it."""

    may, when = STAFF | ANSWERERS, TALKING
    id: str


class Write(Command, frozen=True, tag="answer.write"):
    """Answer a question in writing, with the articles it rests on.

    A deferred question is thereby answered, if its date has not passed; other questions already taken up
    get one answer more. Badge holders may, until the archive.
    """

    may, when = ANSWERERS, TALKING | AFTER
    id: str
    question: str
    text: str
    cites: list[Cite] = []
    verb: Verb = "reply"


class Correct(Command, frozen=True, tag="answer.correct"):
    """Put the words of an answer right, or add them to a spoken one. The first words stay in the record.

    Staff may, or whoever gave the answer, until the archive.
    """

    may, when = STAFF | ANSWERERS, TALKING | AFTER
    id: str
    text: str
    cites: list[Cite] = []


class Started(Fact, frozen=True, tag="answer.started"):
    id: str
    question: str
    by: str
    verb: str = "reply"


class Stopped(Fact, frozen=True, tag="answer.stopped"):
    id: str


class Written(Fact, frozen=True, tag="answer.written"):
    id: str
    question: str
    text: str
    cites: list[Cite] = []
    verb: str = "reply"


class Corrected(Fact, frozen=True, tag="answer.corrected"):
    id: str
    text: str
    cites: list[Cite] = []


class Answer(Entity, frozen=True):
    """One answer. The plate is copied: later changes of a badge do not rewrite who answered as what."""

    kind = "answer"
    id: str
    question: str
    by: str
    name: str
    role: str
    badge: str | None
    title: str | None
    verb: str
    at: int
    started_at: int | None = None
    stopped_at: int | None = None
    first: str | None = None
    text: str | None = None
    cites: list[Cite] = []
    written: bool = False
    corrected: bool = False
    shown: bool = True

    @property
    def speaking(self) -> bool:
        """Whether this answer is being given now."""
        return self.started_at is not None and self.stopped_at is None

    def seen_by(self, eye: Eye) -> dict[str, Any] | None:
        if not self.shown and eye is not Eye.STAFF:
            return None
        return {
            "id": self.id,
            "question": self.question,
            "by": self.by,
            "name": self.name,
            "role": self.role,
            "badge": self.badge,
            "title": self.title,
            "verb": self.verb,
            "started_at": self.started_at,
            "stopped_at": self.stopped_at,
            "at": self.at,
            "text": self.text,
            "cites": [msgspec.structs.asdict(cite) for cite in self.cites],
            "written": self.written,
            "corrected": self.corrected,
        }


def answers_to(room: Room, question: str) -> list[Answer]:
    """The answers to a question, in the order they were given."""
    held = room.get(Question, question)
    found = (room.get(Answer, own_id) for own_id in (held.answer_ids if held is not None else ()))
    return [answer for answer in found if answer is not None]


def _cited(cites: list[Cite]) -> list[Cite]:
    if len(cites) > CITES_MOST:
        raise Refused("too_large", field="cites", limit=CITES_MOST)
    return [
        Cite(clean_line(cite.law, TITLE_LIMIT, "cites"), clean_line(cite.article, ARTICLE_LIMIT, "cites"))
        for cite in cites
    ]


def _badge_holder(room: Room, person: str) -> Person:
    plate = room.get(Person, person)
    if plate is None or plate.role not in ANSWERERS:
        raise Refused("not_found", field="by")
    return plate


def _public_question(room: Room, own_id: str) -> Question:
    question = room.need(Question, own_id)
    if question.state not in SHOWN:
        raise Refused("not_found")
    return question


@words.decides(Start)
def _(room: Room, cmd: Start, who: Who) -> list[Fact]:
    check_id(cmd.id)
    held = room.get(Answer, cmd.id)
    if held is not None:
        if held.written or (held.question, held.by, held.verb) != (cmd.question, cmd.by, cmd.verb):
            raise Refused("taken")
        return []
    if cmd.by != who.person and not room.roles(who) & STAFF:
        raise Refused("forbidden")
    question = _public_question(room, cmd.question)
    if question.state != "on_air":
        raise Refused("wrong_state", state=question.state)
    _badge_holder(room, cmd.by)
    over: list[Fact] = [Stopped(answer.id) for answer in answers_to(room, question.id) if answer.speaking]
    return [*over, Started(cmd.id, cmd.question, cmd.by, cmd.verb)]


@words.folds(Started)
def _(room: Room, fact: Started, entry: Entry) -> None:
    _add(
        room,
        _with_plate(room, fact.by, id=fact.id, question=fact.question, verb=fact.verb, at=entry.at),
        entry.at,
    )


def _with_plate(room: Room, person: str, **rest: Any) -> Answer:
    plate = room.get(Person, person) or Person(id=person)
    return Answer(by=person, name=plate.name, role=plate.role, badge=plate.badge, title=plate.title, **rest)


def _add(room: Room, answer: Answer, started_at: int | None) -> None:
    room.put(msgspec.structs.replace(answer, started_at=started_at))
    question = room.get(Question, answer.question)
    if question is not None:
        room.put(msgspec.structs.replace(question, answer_ids=(*question.answer_ids, answer.id)))


@words.decides(Stop)
def _(room: Room, cmd: Stop, who: Who) -> list[Fact]:
    answer = room.need(Answer, cmd.id)
    if answer.by != who.person and not room.roles(who) & STAFF:
        raise Refused("forbidden")
    return [Stopped(cmd.id)] if answer.speaking else []


@words.folds(Stopped)
def _(room: Room, fact: Stopped, entry: Entry) -> None:
    answer = room.get(Answer, fact.id)
    if answer is not None and answer.speaking:
        room.put(msgspec.structs.replace(answer, stopped_at=entry.at))


@words.decides(Write)
def _(room: Room, cmd: Write, who: Who) -> list[Fact]:
    check_id(cmd.id)
    text, cites = clean(cmd.text, ANSWER_LIMIT), _cited(cmd.cites)
    held = room.get(Answer, cmd.id)
    if held is not None:
        same = (held.by, held.question, held.first, held.verb) == (who.person, cmd.question, text, cmd.verb)
        if not held.written or not same:
            raise Refused("taken")
        return []
    question = _public_question(room, cmd.question)
    if question.state not in ANSWERABLE:
        raise Refused("wrong_state", state=question.state)
    if question.state == "deferred" and question.due is not None and who.at > question.due:
        raise Refused("not_open", until=question.due)
    _badge_holder(room, who.person)
    return [Written(cmd.id, cmd.question, text, cites, cmd.verb)]


@words.folds(Written)
def _(room: Room, fact: Written, entry: Entry) -> None:
    told = {"verb": fact.verb, "at": entry.at, "first": fact.text, "text": fact.text, "cites": fact.cites}
    _add(room, _with_plate(room, entry.by, id=fact.id, question=fact.question, written=True, **told), None)
    question = room.get(Question, fact.question)
    if question is not None and question.state == "deferred":
        room.put(msgspec.structs.replace(question, state="answered_written", ended_at=entry.at))


@words.decides(Correct)
def _(room: Room, cmd: Correct, who: Who) -> list[Fact]:
    answer = room.need(Answer, cmd.id)
    if answer.by != who.person and not room.roles(who) & STAFF:
        raise Refused("forbidden")
    text, cites = clean(cmd.text, ANSWER_LIMIT), _cited(cmd.cites)
    return [] if (answer.text, answer.cites) == (text, cites) else [Corrected(cmd.id, text, cites)]


@words.folds(Corrected)
def _(room: Room, fact: Corrected, entry: Entry) -> None:
    answer = room.get(Answer, fact.id)
    if answer is not None:
        first = fact.text if answer.first is None else answer.first
        corrected = answer.corrected or answer.first is not None
        room.put(
            msgspec.structs.replace(
                answer, first=first, text=fact.text, cites=fact.cites, corrected=corrected
            )
        )


def _follow(room: Room, question: Question | None, at: int) -> None:
    """Nobody answers a question that is not on air, and what answers a hidden one is hidden with it."""
    if question is None:
        return
    shown = question.state in SHOWN
    for answer in answers_to(room, question.id):
        stopped_at = at if answer.speaking and question.state != "on_air" else answer.stopped_at
        if (answer.shown, answer.stopped_at) != (shown, stopped_at):
            room.put(msgspec.structs.replace(answer, shown=shown, stopped_at=stopped_at))


def _follow_named(room: Room, fact: Any, entry: Entry) -> None:
    _follow(room, room.get(Question, fact.id), entry.at)


for _turn in (
    questions.WasPutBack,
    questions.Finished,
    questions.Deferred,
    questions.Converted,
    questions.Hidden,
    questions.Rejected,
    questions.Withdrawn,
    questions.Approved,
):
    words.folds(_turn)(_follow_named)


@words.takes_back(
    questions.WasPutBack,
    questions.Finished,
    questions.Deferred,
    questions.Converted,
    questions.Hidden,
    questions.Rejected,
    questions.Approved,
    of=lambda room, fact: [answer.address for answer in answers_to(room, fact.id)],
)
def _(room: Room, before: Before, mark: Mark) -> None:
    """Who was speaking goes on speaking, and what was seen is seen again."""
    for answer in before.values():
        now = room.get(Answer, answer.id) if isinstance(answer, Answer) else None
        if now is not None and isinstance(answer, Answer):
            room.put(msgspec.structs.replace(now, shown=answer.shown, stopped_at=answer.stopped_at))


@words.folds(Ended)
def _(room: Room, fact: Ended, entry: Entry) -> None:
    for question in list(room.all(Question)):
        _follow(room, question, entry.at)
