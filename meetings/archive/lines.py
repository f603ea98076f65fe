"""The record as a list of acts anybody may read: number, time, in which role, which word. No texts, no persons."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from meetings.kernel import SYSTEM, Entry, word_of
from meetings.ledger import Book
from meetings.people import BADGES, Appointed, Dismissed

_ORDER = ("secretary", "host", "moderator", "technician", *sorted(BADGES))
_RESIDENTS_SAY = frozenset(
    "question.asked question.upvoted question.withdrawn question.appealed comment.posted comment.deleted "
    "comment.reported comment.appealed poll.answered person.shown_as".split()
)


class Act(msgspec.Struct, frozen=True):
    """One line of the record as the public may know it. `ledger` is what it adds to the moderation ledger, as `act` or
    `act:reason`, with a minus what it takes back: whoever sums it up has the ledger's acts.
    """

    seq: int
    at: int
    role: str
    word: str
    ledger: list[str] = []


def acts(entries: Iterable[Entry]) -> list[Act]:
    """Every line, with the role its person held at that moment.

    Roles that were not granted in this record are told by what was done: residents ask and comment, the rest
    is the secretary's.
    """
    granted: dict[str, frozenset[str]] = {}
    told, book = [], Book()
    for entry in entries:
        word = word_of(type(entry.fact))
        told.append(Act(entry.seq, entry.at, _role(entry.by, word, granted), word, book.take(entry)))
        _grant(granted, entry)
    return told


def _role(person: str, word: str, granted: dict[str, frozenset[str]]) -> str:
    if person == SYSTEM:
        return SYSTEM
    held = granted.get(person, frozenset())
    role = next((role for role in _ORDER if role in held), None)
    return role or ("resident" if word in _RESIDENTS_SAY else "secretary")


def _grant(granted: dict[str, frozenset[str]], entry: Entry) -> None:
    fact = entry.fact
    if isinstance(fact, Appointed):
        granted[fact.person] = granted.get(fact.person, frozenset()) | {fact.role}
    elif isinstance(fact, Dismissed):
        granted[fact.person] = granted.get(fact.person, frozenset()) - {fact.role}
