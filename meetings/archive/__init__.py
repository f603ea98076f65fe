"""What remains of a council: readings of its finished record, through the public's eyes. Each is a pure function.

Refuses to hold anything a resident may not read: no text that was handed back, no name behind a badge's, no
count by person.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from meetings.archive.asked import Matter, questions_and_answers
from meetings.archive.chapters import Chapter, Cut, chapters, cuts
from meetings.archive.decided import Leaning, Result, outcomes, polls
from meetings.archive.figures import Figure, Moderated, moderation, statistics
from meetings.archive.found import Found, findings
from meetings.archive.lines import Act, acts
from meetings.archive.spoken import Line, Remark, comments, transcript
from meetings.kernel import Entry, Room
from meetings.ledger import Ledger, ledger

__all__ = [
    "Act",
    "Archive",
    "Chapter",
    "Cut",
    "Figure",
    "Found",
    "Leaning",
    "Ledger",
    "Line",
    "Matter",
    "Moderated",
    "Remark",
    "Result",
    "acts",
    "chapters",
    "comments",
    "cuts",
    "findings",
    "moderation",
    "outcomes",
    "polls",
    "questions_and_answers",
    "read",
    "statistics",
    "transcript",
]


class Archive(msgspec.Struct, frozen=True):
    """Every reading of one record at number `seq`. All times are milliseconds UTC."""

    seq: int
    chapters: list[Chapter]
    cuts: list[Cut]
    transcript: list[Line]
    questions: list[Matter]
    outcomes: list[Result]
    polls: list[Leaning]
    findings: list[Found]
    comments: list[Remark]
    statistics: list[Figure]
    moderation: list[Moderated]
    acts: list[Act]
    ledger: Ledger


def read(room: Room, entries: Sequence[Entry]) -> Archive:
    """All readings of a record: `entries` from its first line on, `room` folded from them."""
    gaps = cuts(entries)
    lines = transcript(room, gaps)
    return Archive(
        seq=room.seq,
        chapters=chapters(room, entries),
        cuts=gaps,
        transcript=lines,
        questions=questions_and_answers(room, lines),
        outcomes=outcomes(room),
        polls=polls(room),
        findings=findings(room),
        comments=comments(room),
        statistics=statistics(room, entries, gaps),
        moderation=moderation(entries),
        acts=acts(entries),
        ledger=ledger(room),
    )
