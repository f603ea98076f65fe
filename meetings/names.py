"""Another name in place of one that should not stand: on everything a resident has said, and all they say from now on.

Plates of those in office are not its business: they are given anew by appointing.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from meetings.comments import Comment
from meetings.kernel import Command, Entry, Fact, Refused, Room, Who
from meetings.meeting import UNTIL_ARCHIVED
from meetings.messages import tell
from meetings.people import DESK, Person, mine, words
from meetings.questions import Question
from meetings.stage import Seat, tell_of_seats
from meetings.text import check_person, clean_name


class CorrectName(Command, frozen=True, tag="person.correct_name"):
    """Stand another name in place of the one a resident is shown by, on all they have said and will say; they are
    told. With `question`, only on that one question: one handed in for somebody else. Staff may.
    """

    may, when = DESK, UNTIL_ARCHIVED
    person: str
    shown: str
    reason: Literal["rude", "personal_data", "advert", "unlawful", "other"]
    question: str | None = None


class NameCorrected(Fact, frozen=True, tag="person.name_corrected"):
    person: str
    shown: str
    reason: str
    question: str | None = None


@words.decides(CorrectName)
def _(room: Room, cmd: CorrectName, who: Who) -> list[Fact]:
    check_person(cmd.person)
    shown = clean_name(cmd.shown, "shown")
    fact = NameCorrected(cmd.person, shown, cmd.reason, cmd.question)
    if cmd.question is not None:
        question = room.need(Question, cmd.question)
        if question.by != cmd.person or question.channel == "online":
            raise Refused("not_found", field="question")
        return [] if question.shown == shown else [fact]
    plate = room.get(Person, cmd.person)
    if plate is not None and plate.role:
        raise Refused("forbidden")
    return [] if mine(room, cmd.person).corrected == shown else [fact]


@words.folds(NameCorrected)
def _(room: Room, fact: NameCorrected, entry: Entry) -> None:
    for question in list(room.all(Question)):
        if question.id == fact.question or (
            fact.question is None and question.by == fact.person and question.channel == "online"
        ):
            room.put(msgspec.structs.replace(question, shown=fact.shown))
    if fact.question is not None:
        return
    for comment in list(room.all(Comment)):
        if comment.by == fact.person:
            room.put(msgspec.structs.replace(comment, shown=fact.shown))
    own = mine(room, fact.person)
    room.put(msgspec.structs.replace(own, corrected=fact.shown, shown=fact.shown, called=fact.shown))
    plate = room.get(Person, fact.person)
    if plate is not None:
        room.put(msgspec.structs.replace(plate, shown=fact.shown))
    seat = room.get(Seat, fact.person)
    if seat is not None:
        room.put(msgspec.structs.replace(seat, name=fact.shown))
        tell_of_seats(room)
    tell(room, entry, fact.person, "name_corrected", text=fact.shown, reason=fact.reason)
