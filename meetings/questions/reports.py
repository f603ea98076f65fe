"""Reports: any reader may tell the staff that a question should not stand. Nobody learns who did.

Each person counts once; what becomes of a report is told to whoever made it.
"""

from __future__ import annotations

import msgspec

from meetings.kernel import Command, Entry, Fact, Refused, Room, Who
from meetings.meeting import AFTER
from meetings.messages import quoted, tell
from meetings.people import DESK, NAMED, words
from meetings.questions.asking import Withdrawn
from meetings.questions.cards import COLLECTING, Question, ReportReason, public, put
from meetings.questions.review import Hidden, Rejected


class Report(Command, frozen=True, tag="question.report"):
    """Tell the staff that a question should not stand. Counted once a person; nobody learns who did."""

    may, when = NAMED, COLLECTING | AFTER
    id: str
    reason: ReportReason


class Keep(Command, frozen=True, tag="question.keep"):
    """Say that a reported question was looked at and stands. Staff may; not its author."""

    may, when = DESK, COLLECTING | AFTER
    id: str


class Reported(Fact, frozen=True, tag="question.reported"):
    id: str
    reason: str


class Kept(Fact, frozen=True, tag="question.kept"):
    id: str


@words.decides(Report)
def _(room: Room, cmd: Report, who: Who) -> list[Fact]:
    question = room.need(Question, cmd.id)
    if any(person == who.person for person, _ in question.reports):
        return []
    if public(room, cmd.id).by == who.person:
        raise Refused("forbidden", why="self")
    return [Reported(cmd.id, cmd.reason)]


@words.folds(Reported)
def _(room: Room, fact: Reported, entry: Entry) -> None:
    question = room.need(Question, fact.id)
    put(room, msgspec.structs.replace(question, reports=(*question.reports, (entry.by, fact.reason))))


@words.decides(Keep)
def _(room: Room, cmd: Keep, who: Who) -> list[Fact]:
    question = room.need(Question, cmd.id)
    if not question.reports:
        return []
    if question.by == who.person:
        raise Refused("forbidden", why="self")
    return [Kept(cmd.id)]


@words.folds(Kept)
@words.folds(Hidden)
@words.folds(Rejected)
@words.folds(Withdrawn)
def _(room: Room, fact: Kept | Hidden | Rejected | Withdrawn, entry: Entry) -> None:
    """Who reported hears what came of it, in the words they read; a later report counts anew."""
    question = room.need(Question, fact.id)
    if question.reports:
        word = "report_kept" if isinstance(fact, Kept) else "report_removed"
        for person, _ in question.reports:
            tell(room, entry, person, word, question, text=quoted(question.text))
        put(room, msgspec.structs.replace(question, reports=()))
