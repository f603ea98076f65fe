"""The council, pure: what may be said and done in it, and what then is so. Imports every noun of a meeting.

Never waits, never reads a clock; knows nothing of the server.
"""

from meetings import (  # imported for the words they bring
    agenda,
    answers,
    audience,
    comments,
    delayed,
    docket,
    duty,
    findings,
    halt,
    ledger,
    names,
    outcomes,
    penalties,
    people,
    polls,
    questions,
    recording,
    stage,
    stream,
    transcript,
    undo,
)
from meetings.kernel import Command, Entry, Eye, Fact, Refused, Room, Vocabulary, Who
from meetings.people import words

__all__ = [
    "Entry",
    "Eye",
    "Fact",
    "Refused",
    "Room",
    "Who",
    "agenda",
    "answers",
    "audience",
    "comments",
    "delayed",
    "docket",
    "due",
    "duty",
    "findings",
    "halt",
    "ledger",
    "names",
    "new_room",
    "outcomes",
    "penalties",
    "people",
    "polls",
    "questions",
    "recording",
    "stage",
    "stream",
    "transcript",
    "undo",
    "words",
    "words_of",
]


ledger.follow(words)


def new_room(record: str) -> Room:
    """An empty room for a record: a meeting's, or a community's docket."""
    return Room(record, words_of(record))


def words_of(record: str) -> Vocabulary:
    """The words a record speaks."""
    return docket.words if record.startswith(docket.RECORD) else words


def due(room: Room, at: int) -> list[Command]:
    """The commands the platform gives of itself by this instant (ms), for the clock is nobody's to read here."""
    if room.words is docket.words:
        return docket.due(room, at)
    return [*duty.due(room, at), *delayed.due(room, at), *polls.due(room, at)]
