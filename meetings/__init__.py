"""The council, pure: what may be said and done in it, and what then is so. Imports every noun of a meeting.

Never waits, never reads a clock; knows nothing of the server.
"""

from meetings import audience, people, questions  # imported for the words they bring
from meetings.kernel import Entry, Eye, Fact, Refused, Room, Who
from meetings.people import words

__all__ = ["Entry", "Eye", "Fact", "Refused", "Room", "Who", "audience", "new_room", "people", "questions", "words"]


def new_room(record: str) -> Room:
    """An empty room for a meeting's record."""
    return Room(record, words)
