"""Questions and what became of each: the answers, the writing that is still owed, the slip it was handed over with.

Looks through the public's eyes only: questions handed back or taken back are in the figures, not here.
"""

from __future__ import annotations

from typing import Any

import msgspec

from meetings.answers import Answer
from meetings.archive.spoken import Line
from meetings.kernel import Eye, Room
from meetings.questions import Question, Score, Slip, root_of


class Cited(msgspec.Struct, frozen=True):
    """A law and the article cited."""

    law: str
    article: str


class Reply(msgspec.Struct, frozen=True):
    """One answer. `at` is when it began, or when it was written (ms UTC).

    Where nobody wrote a spoken answer down, `text` is what the transcript has of it, and `heard` is true.
    """

    id: str
    at: int
    until: int | None
    name: str
    role: str | None
    badge: str | None
    title: str | None
    verb: str | None
    text: str | None
    cites: list[Cited]
    written: bool
    corrected: bool
    heard: bool


class Like(msgspec.Struct, frozen=True):
    """A question that was put under another, because it asked the same."""

    id: str
    number: int
    text: str
    shown: str


class Handed(msgspec.Struct, frozen=True):
    """What became of a question handed over; `result` is None while nothing was told, `role` who told it."""

    slip: str
    at: int
    result: str | None
    text: str
    told_at: int | None
    role: str
    version: int


class Matter(msgspec.Struct, frozen=True):
    """One question with its end. `on_air_at` is when it was last taken up, `due` when writing is promised,
    `promised` when it was first (ms UTC).
    """

    id: str
    number: int
    kind: str
    text: str
    shown: str
    channel: str
    at: int
    state: str
    votes: int
    on_air_at: int | None
    due: int | None
    slip: str | None
    edited: bool
    likes: list[Like]
    answers: list[Reply]
    promised: int | None = None
    ended_at: int | None = None
    handed: Handed | None = None


def questions_and_answers(room: Room, lines: list[Line]) -> list[Matter]:
    """All public questions by number, those merged under the one they were merged into."""
    public = [question for question in room.all(Question) if question.seen_by(Eye.PUBLIC) is not None]
    likes: dict[str, list[Like]] = {}
    for question in public:
        if question.state == "merged":
            under = likes.setdefault(root_of(room, question).id, [])
            under.append(Like(question.id, question.number, question.text, question.shown))
    replies = _replies(room, lines)
    matters = [
        _matter(room, question, likes.get(question.id, []), replies.get(question.id, []))
        for question in public
        if question.state != "merged"
    ]
    return sorted(matters, key=lambda matter: matter.number)


def _replies(room: Room, lines: list[Line]) -> dict[str, list[Reply]]:
    replies: dict[str, list[Reply]] = {}
    for answer in room.all(Answer):
        view = answer.seen_by(Eye.PUBLIC)
        if view is not None:
            replies.setdefault(answer.question, []).append(_reply(answer, view, lines))
    for under in replies.values():
        under.sort(key=lambda reply: reply.at)
    return replies


def _reply(answer: Answer, view: dict[str, Any], lines: list[Line]) -> Reply:
    text = view["text"] or _heard(answer, lines)
    return Reply(
        id=answer.id,
        at=answer.started_at or answer.at,
        until=answer.stopped_at,
        name=view["name"],
        role=view["role"],
        badge=view["badge"],
        title=view["title"],
        verb=view["verb"],
        text=text,
        cites=[Cited(cite["law"], cite["article"]) for cite in view["cites"]],
        written=view["written"],
        corrected=view["corrected"],
        heard=bool(text) and not view["text"],
    )


def _heard(answer: Answer, lines: list[Line]) -> str | None:
    """What the transcript has between the beginning and the end of a spoken answer, by its speaker's name."""
    begun, stopped = answer.started_at, answer.stopped_at
    if begun is None or stopped is None:
        return None
    said = (line.text for line in lines if begun <= line.at < stopped and line.name == answer.name)
    return "".join(said) or None


def _matter(room: Room, question: Question, likes: list[Like], answers: list[Reply]) -> Matter:
    return Matter(
        id=question.id,
        number=question.number,
        kind=question.sort,
        text=question.text,
        shown=question.shown,
        channel=question.channel,
        at=question.at,
        state=question.state,
        votes=len(room.need(Score, question.id).voters),
        on_air_at=question.on_air_at,
        due=question.due,
        slip=question.slip,
        edited=question.edited,
        likes=likes,
        answers=answers,
        promised=question.promised,
        ended_at=question.ended_at,
        handed=_handed(room, question),
    )


def _handed(room: Room, question: Question) -> Handed | None:
    slip = room.get(Slip, question.id)
    view = slip.seen_by(Eye.PUBLIC) if slip is not None else None
    if view is None:
        return None
    return Handed(**{name: view[name] for name in Handed.__struct_fields__})
