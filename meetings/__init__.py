"""The council, pure: what may be said and done in it, and what then is so. Imports every noun of a meeting.

Never waits, never reads a clock; knows nothing of the server.
"""

from meetings import (  # imported for the words they bring
    agenda,
    answers,
    audience,
    comments,
    delayed,
    duty,
    halt,
    ledger,
    names,
    outcomes,
    people,
    polls,
    questions,
    recording,
    stage,
    stream,
    transcript,
)
from meetings.kernel import Command, Entry, Eye, Fact, Refused, Room, Who
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
    "due",
    "duty",
    "halt",
    "ledger",
    "names",
    "new_room",
    "outcomes",
    "people",
    "polls",
    "questions",
    "recording",
    "stage",
    "stream",
    "transcript",
    "words",
]


ledger.follow(words)


def new_room(record: str) -> Room:
    """An empty room for a meeting's record."""
    return Room(record, words)


def due(room: Room, at: int) -> list[Command]:
    """The commands the platform gives of itself by this instant (ms), for the clock is nobody's to read here."""
    return [*duty.due(room, at), *delayed.due(room, at), *polls.due(room, at)]
