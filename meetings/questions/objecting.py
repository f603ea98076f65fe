"""An author's objection to having been merged: it comes back to the desk, and nobody else speaks for them.

Whoever merged may undo it with one press; that it stays merged is for another to say.
"""

from __future__ import annotations

import msgspec

from meetings.kernel import Aimed, Command, Entry, Fact, Refused, Room, Who
from meetings.meeting import AFTER
from meetings.messages import quoted, tell
from meetings.people import DESK, NAMED, words
from meetings.questions.cards import COLLECTING, Question, in_state, public, put
from meetings.questions.support import Merged, Unmerged
from meetings.text import REASON_LIMIT, clean


class Object(Command, frozen=True, tag="question.object"):
    """Say, once, that my question is another one than the one it was merged into, and why."""

    may, when = NAMED, COLLECTING | AFTER
    id: str
    text: str


class KeepMerged(Aimed, frozen=True, tag="question.keep_merged"):
    """Leave a question merged although its author objects. For somebody else than who merged it."""

    may, when = DESK, COLLECTING | AFTER
    id: str


class Objected(Fact, frozen=True, tag="question.objected"):
    id: str
    text: str


class MergeKept(Fact, frozen=True, tag="question.merge_kept"):
    id: str


@words.decides(Object)
def _(room: Room, cmd: Object, who: Who) -> list[Fact]:
    text = clean(cmd.text, REASON_LIMIT)
    question = public(room, cmd.id)
    if question.by != who.person:
        raise Refused("forbidden")
    if question.objection == text:
        return []
    in_state(room, cmd.id, "merged")
    if question.objection is not None:
        raise Refused("wrong_state", state=question.state, objected=True)
    return [Objected(cmd.id, text)]


@words.folds(Objected)
def _(room: Room, fact: Objected, entry: Entry) -> None:
    question = room.need(Question, fact.id)
    put(room, msgspec.structs.replace(question, objection=fact.text, objected_at=entry.at, merge_kept=False))


@words.decides(KeepMerged)
def _(room: Room, cmd: KeepMerged, who: Who) -> list[Fact]:
    question = in_state(room, cmd.id, "merged")
    if question.merge_kept:
        return []
    if question.objection is None:
        raise Refused("wrong_state", state=question.state)
    if who.person in {question.reviewed_by, question.by}:
        raise Refused("forbidden", why="merge")
    return [MergeKept(cmd.id)]


@words.folds(MergeKept)
def _(room: Room, fact: MergeKept, entry: Entry) -> None:
    question = room.need(Question, fact.id)
    put(room, msgspec.structs.replace(question, merge_kept=True))
    tell(room, entry, question.by, "merge_kept", question, text=quoted(question.raw))


@words.folds(Merged)
def _(room: Room, fact: Merged, entry: Entry) -> None:
    """The author is told at once, and that they may object."""
    question, into = room.need(Question, fact.id), room.need(Question, fact.into)
    words_of_both = {"text": quoted(question.raw), "answer": quoted(into.text)}
    tell(room, entry, question.by, "question_merged", question, **words_of_both)


@words.folds(Unmerged)
def _(room: Room, fact: Unmerged, entry: Entry) -> None:
    question = room.need(Question, fact.id)
    tell(room, entry, question.by, "question_unmerged", question, text=quoted(question.raw))
