"""The figures of a finished council. Each says by its key how it is counted; all can be counted anew from the record.

Refuses to tell persons apart: a figure is a number of acts, things or sessions, never of named people.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable

import msgspec

from meetings import comments, penalties, people, questions
from meetings.answers import Answer
from meetings.archive.chapters import Cut
from meetings.audience import Counted
from meetings.kernel import Entry, Fact, Room, word_of
from meetings.meeting import meeting_of
from meetings.outcomes import Outcome
from meetings.polls import Poll
from meetings.transcript import Caption

_BY_REASON = (questions.Hidden, questions.Rejected, comments.Removed)
"""Acts whose reason comes from a fixed list; warnings and mutes give theirs in words meant for one person."""

_COUNTED = (
    *_BY_REASON,
    questions.Merged,
    questions.Appealed,
    comments.Reported,
    comments.Appealed,
    penalties.Warned,
    penalties.Muted,
    people.RawSeen,
)


class Figure(msgspec.Struct, frozen=True):
    """A number, what it is made of, and by `key` its definition. `unit` is `count` or `ms`."""

    key: str
    value: int
    parts: dict[str, int] = {}
    unit: str = "count"


class Moderated(msgspec.Struct, frozen=True):
    """How often something was done by the desk, for one reason where reasons come from a list."""

    act: str
    reason: str | None
    count: int


def statistics(room: Room, entries: Iterable[Entry], cuts: list[Cut]) -> list[Figure]:
    """The figures of the meeting, each with its definition's key."""
    facts = [entry.fact for entry in entries]
    held = meeting_of(room)
    length = (held.ended_at or 0) - (held.started_at or 0) if held.started_at and held.ended_at else 0
    polls = [poll for poll in room.all(Poll) if poll.was_opened]
    return [
        Figure("viewers", _highest(facts, lambda fact: fact.unique)),
        Figure("peak", _highest(facts, lambda fact: fact.peak)),
        Figure("applause", _highest(facts, lambda fact: fact.applause)),
        _whole("questions", Counter(question.state for question in room.all(questions.Question))),
        Figure("supports", _supports(room)),
        _whole("answers", Counter("written" if one.written else "spoken" for one in room.all(Answer))),
        _whole("comments", Counter(_fate(comment) for comment in room.all(comments.Comment))),
        Figure("polls", len(polls), {"answers": sum(len(poll.voices) for poll in polls)}),
        _whole("outcomes", Counter(outcome.outcome_kind for outcome in room.all(Outcome))),
        _transcribed(room),
        Figure("length", length, unit="ms"),
        Figure("without_picture", _missing(cuts), unit="ms"),
    ]


def _highest(facts: Iterable[Fact], of: Callable[[Counted], int]) -> int:
    return max((of(fact) for fact in facts if isinstance(fact, Counted)), default=0)


def _whole(key: str, parts: Counter[str]) -> Figure:
    return Figure(key, parts.total(), dict(sorted(parts.items())))


def _supports(room: Room) -> int:
    """Support of a merged question is counted where it was merged into, once a person."""
    roots = (
        one for one in room.all(questions.Question) if one.state in questions.SHOWN and one.state != "merged"
    )
    return sum(len(room.need(questions.Score, question.id).voters) for question in roots)


def _fate(comment: comments.Comment) -> str:
    fates = {"visible": "visible", "deleted": "deleted", "removed": "removed", "removed_final": "removed"}
    return fates.get(comment.state, "waiting")


def _transcribed(room: Room) -> Figure:
    captions = [caption for caption in room.all(Caption) if not (caption.covered or caption.silent)]
    corrected = sum(caption.corrected_by is not None for caption in captions)
    return Figure("captions", len(captions), {"corrected": corrected})


def _missing(cuts: list[Cut]) -> int:
    """Milliseconds without public picture; spans that overlap are counted once."""
    total = reached = 0
    for cut in sorted(cuts, key=lambda cut: cut.at):
        if cut.kind != "unrecorded" and cut.until is not None and cut.until > reached:
            total += cut.until - max(cut.at, reached)
            reached = cut.until
    return total


def moderation(entries: Iterable[Entry]) -> list[Moderated]:
    """What the desk did, counted by act and reason, without a text and without a name."""
    counts: Counter[tuple[str, str | None]] = Counter()
    for entry in entries:
        fact = entry.fact
        if isinstance(fact, _COUNTED):
            reason = fact.reason if isinstance(fact, _BY_REASON) else None
            counts[word_of(type(fact)), reason] += 1
    return [Moderated(act, reason, count) for (act, reason), count in sorted(counts.items(), key=_by_act)]


def _by_act(item: tuple[tuple[str, str | None], int]) -> tuple[str, int, str]:
    (act, reason), count = item
    return (act, -count, reason or "")
