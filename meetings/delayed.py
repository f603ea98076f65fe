"""What is on its way in delayed review: held back by a press, by a stricter review, by the stop; let out by the clock.

Knows comments and questions alike; takes nothing away.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from meetings import comments, questions
from meetings.comments import Comment, Stack
from meetings.duty import TEXTS, Switched, goes_out, tightened
from meetings.halt import Halted, unread
from meetings.kernel import SYSTEM, Command, Entry, Fact, Refused, Room, Who
from meetings.meeting import OPEN
from meetings.people import STAFF, words
from meetings.questions import COLLECTING, Question
from meetings.questions.cards import merged_under, put


class HoldComment(Command, frozen=True, tag="comment.hold"):
    """Hold a comment back that would go out by itself: it waits for review. Staff may."""

    may, when = STAFF, OPEN
    id: str


class HoldQuestion(Command, frozen=True, tag="question.hold"):
    """Hold a question back that would go out by itself: it waits for review. Staff may."""

    may, when = STAFF, COLLECTING
    id: str


class CommentHeld(Fact, frozen=True, tag="comment.held"):
    id: str


class QuestionHeld(Fact, frozen=True, tag="question.held"):
    id: str


def due(room: Room, at: int) -> list[Command]:
    """What the platform has to do by this instant: let out what nobody held back."""
    return [
        comments.Approve(one.id) if isinstance(one, Comment) else questions.Approve(one.id)
        for one in _on_their_way(room)
        if goes_out(room, TEXTS[isinstance(one, Comment)], one.voice, one.due_at, at)
    ]


def _on_their_way(room: Room) -> Iterator[Comment | Question]:
    stack = room.get(Stack)
    for own_id in list(stack.ids if stack is not None else ()):
        comment = room.get(Comment, own_id)
        if comment is not None and comment.state == "pending" and comment.due_at is not None:
            yield comment
    for question in list(room.all(Question)):
        if question.state == "pending_review" and question.due_at is not None:
            yield question


def _wait(room: Room, thing: Comment | Question) -> None:
    """Let it wait until somebody at the desk has read it, also where it was out already."""
    if isinstance(thing, Comment):
        comments.await_review(room, thing)
    else:
        put(room, msgspec.structs.replace(thing, state="pending_review", due_at=None))


@words.decides(HoldComment)
def _(room: Room, cmd: HoldComment, who: Who) -> list[Fact]:
    comment = room.need(Comment, cmd.id)
    if comment.state != "pending":
        raise Refused("wrong_state", state=comment.state)
    return [] if comment.due_at is None else [CommentHeld(cmd.id)]


@words.folds(CommentHeld)
def _(room: Room, fact: CommentHeld, entry: Entry) -> None:
    _wait(room, room.need(Comment, fact.id))


@words.decides(HoldQuestion)
def _(room: Room, cmd: HoldQuestion, who: Who) -> list[Fact]:
    question = room.need(Question, cmd.id)
    if question.state != "pending_review":
        raise Refused("wrong_state", state=question.state)
    return [] if question.due_at is None else [QuestionHeld(cmd.id)]


@words.folds(QuestionHeld)
def _(room: Room, fact: QuestionHeld, entry: Entry) -> None:
    _wait(room, room.need(Question, fact.id))


@words.folds(Switched)
def _(room: Room, fact: Switched, entry: Entry) -> None:
    """A stricter review holds for what is on its way as well."""
    for thing in _on_their_way(room):
        if tightened(fact, TEXTS[isinstance(thing, Comment)], thing.voice):
            _wait(room, thing)


@words.folds(Halted)
def _(room: Room, fact: Halted, entry: Entry) -> None:
    """Nothing slips out after the stop: neither what was on its way, nor what went out unread a moment before."""
    for thing in _on_their_way(room):
        _wait(room, thing)
    stack = room.get(Stack)
    for own_id in list(stack.ids if stack is not None else ()):
        comment = room.get(Comment, own_id)
        if (
            comment is not None
            and comment.state == "visible"
            and not comment.looked
            and unread(comment.at, entry)
        ):
            _wait(room, comment)
    for question in list(room.all(Question)):
        if _went_out_unread(question) and unread(question.at, entry) and not merged_under(room, question.id):
            _wait(room, question)


def _went_out_unread(question: Question) -> bool:
    touched = question.pinned or question.assigned is not None or question.edited
    return question.state == "queued" and question.reviewed_by in {None, SYSTEM} and not touched
