"""The stations of a finished council: which agenda item, question and poll was taken up when, and where the
picture was missing. Knows no recording: a reader turns the clock into its seconds.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Literal

import msgspec

from meetings import agenda, polls, questions, stream
from meetings.kernel import Entry, Eye, Room
from meetings.masking import masked
from meetings.meeting import Ended, Paused, Resumed, Started, meeting_of


class Chapter(msgspec.Struct, frozen=True):
    """A span of the council, by the wall clock (ms UTC). `until` is None where the record does not say."""

    kind: Literal["agenda", "question", "poll"]
    id: str
    title: str
    at: int
    until: int | None
    number: int | None = None
    sort: str | None = None


class Cut(msgspec.Struct, frozen=True):
    """A span without public picture: `interrupted` (it broke off), `held` (held back), `paused` (the council),
    `unrecorded` (shown, but the disk took nothing).
    """

    kind: Literal["interrupted", "held", "paused", "unrecorded"]
    at: int
    until: int | None
    cause: str | None = None


def chapters(room: Room, entries: Iterable[Entry]) -> list[Chapter]:
    """Everything that was taken up, in the order in which it was; what the public may not see is left out."""
    found = [chapter for entry in entries if (chapter := _begun(room, entry)) is not None]
    ended_at = meeting_of(room).ended_at
    return [
        msgspec.structs.replace(chapter, until=_until(chapter, found[place + 1 :], ended_at))
        for place, chapter in enumerate(found)
    ]


def _begun(room: Room, entry: Entry) -> Chapter | None:
    fact = entry.fact
    if isinstance(fact, agenda.Opened):
        item = room.get(agenda.AgendaItem, fact.id)
        if item is not None:
            return Chapter("agenda", item.id, item.title, entry.at, None, sort=item.item_kind)
    if isinstance(fact, questions.Called):
        question = room.get(questions.Question, fact.id)
        if question is not None and question.seen_by(Eye.PUBLIC) is not None:
            return Chapter(
                "question", question.id, question.text, entry.at, None, question.number, question.sort
            )
    if isinstance(fact, polls.Opened):
        poll = room.get(polls.Poll, fact.id)
        if poll is not None:
            return Chapter("poll", poll.id, poll.question, entry.at, None)
    return None


def _until(chapter: Chapter, later: list[Chapter], ended_at: int | None) -> int | None:
    """An item lasts until the next item, a question until the next chapter of any kind."""
    for one in later:
        if chapter.kind != "agenda" or one.kind == "agenda":
            return one.at
    return ended_at


def cuts(entries: Iterable[Entry]) -> list[Cut]:
    """The spans without public picture, in the order in which they began."""
    open_since: dict[str, Cut] = {}
    done: list[Cut] = []
    for entry in entries:
        for kind in _ends(entry):
            cut = open_since.pop(kind, None)
            if cut is not None and cut.at < entry.at:
                done.append(msgspec.structs.replace(cut, until=entry.at))
        for cut in _begins(entry):
            open_since.setdefault(cut.kind, cut)
    return sorted((*done, *open_since.values()), key=lambda cut: (cut.at, cut.kind))


def _begins(entry: Entry) -> Iterator[Cut]:
    fact = entry.fact
    if isinstance(fact, stream.Interrupted):
        yield Cut("interrupted", entry.at, None, masked(fact.cause) if fact.cause else None)
    elif isinstance(fact, stream.Held):
        yield Cut("held", entry.at, None, masked(fact.cause) if fact.cause else None)
    elif isinstance(fact, stream.RecordingFailed):
        yield Cut("unrecorded", entry.at, None)
    elif isinstance(fact, Paused):
        yield Cut("paused", entry.at, None, masked(fact.reason))


def _ends(entry: Entry) -> tuple[str, ...]:
    fact = entry.fact
    if isinstance(fact, stream.WentLive):
        return ("interrupted",)
    if isinstance(fact, stream.Resumed):
        return ("held",)
    if isinstance(fact, (Resumed, Started)):
        return ("paused",)
    if isinstance(fact, stream.RecordingBack):
        return ("unrecorded",)
    if isinstance(fact, stream.StreamEnded):
        return ("interrupted", "held", "unrecorded")
    return ("interrupted", "held", "paused", "unrecorded") if isinstance(fact, Ended) else ()
