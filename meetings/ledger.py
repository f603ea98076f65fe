"""The public moderation ledger (审核公开账): what became of everything that was said, and what the desk did, in numbers.

Counts only: no text, no id, nobody's name but of those who answer in office for how texts are reviewed. Decides
nothing; it follows the facts of the other nouns by their words, so that anybody can count it anew from the record.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable
from typing import Any, NamedTuple

import msgspec

from meetings.comments import Comment
from meetings.kernel import SYSTEM, Entity, Entry, Eye, Fact, Room, Vocabulary, word_of
from meetings.masking import masked
from meetings.people import Person
from meetings.questions import Question, Slip

Row = tuple[str, str | None]
"""An act and, where reasons come from a list, its reason."""

PLAIN = frozenset(
    "question.merged question.unmerged question.withdrawn question.appealed question.kept question.held "
    "question.objected question.merge_kept "
    "answer.written answer.corrected caption.corrected comment.deleted comment.appealed comment.held "
    "penalty.proposed penalty.confirmed penalty.declined penalty.lifted penalty.appealed person.unmuted "
    "raw.seen recording.veiled stream.held halt.lifted".split()
)
"""Facts that count under their own word."""

REASONED = {
    "question.hidden": "reason",
    "question.rejected": "reason",
    "question.reported": "reason",
    "question.appeal_decided": "outcome",
    "question.resolved": "result",
    "comment.removed": "reason",
    "comment.reported": "reason",
    "comment.appeal_decided": "outcome",
    "penalty.decided": "outcome",
    "person.warned": "reason",
    "person.slowed": "reason",
    "person.name_corrected": "reason",
    "halt.begun": "reason",
}
"""Facts that count under their word and, by this field, for what reason."""

REASONS = frozenset(
    "rude personal_data duplicate unclear advert unlawful flooding other upheld dismissed resolved task mediation "
    "referred infeasible ten_minutes meeting longer check disorder fault".split()
)
"""Reasons as they may be told; what a moderator wrote freely for one person counts as `other`."""

_TEN_MINUTES = 10 * 60_000
_PENDING, _SHOWN, _BACK = "pending", "shown", "back"
_REMEMBERED = 400
"""Lines that may still be taken back: the desk has ten seconds for it, at most some dozens of acts a second."""
_UNDONE = "desk.undone"
_FREEING = frozenset({"question.hidden", "question.rejected"})
"""Acts that set the questions under a question free."""


class _Line(NamedTuple):
    """What one line added, and what was known of its text before: its state, whether it was reported, put off."""

    seq: int
    at: int
    by: str
    rows: list[Row]
    own_id: str | None
    state: str | None
    reported: bool
    deferred: bool


class Switch(msgspec.Struct, frozen=True):
    """A change of how texts are reviewed: when (ms UTC), of which texts and whose, to which mode, by whom in office."""

    at: int
    texts: str
    voice: str | None
    mode: str
    name: str
    cause: str | None = None


class Acted(msgspec.Struct, frozen=True):
    """How often something was done, for one reason where reasons come from a list."""

    act: str
    reason: str | None
    count: int


class Stands(msgspec.Struct, frozen=True):
    """How many texts stand in one state, for one reason, with one date that matters to it (ms UTC)."""

    what: str
    state: str
    reason: str | None
    until: int | None
    count: int


class Fate(msgspec.Struct, frozen=True):
    """What became of so many texts."""

    fate: str
    reason: str | None
    count: int


class Ledger(msgspec.Struct, frozen=True):
    """The ledger of one record at number `seq`."""

    seq: int
    stands: list[Stands]
    acts: list[Acted]
    switches: list[Switch]


class Book:
    """Counts facts as they come. Knows of each text only whether it waits, is shown or was handed back."""

    def __init__(self) -> None:
        self.counts: Counter[Row] = Counter()
        self.switches: list[Switch] = []
        self._state: dict[str, str] = {}
        self._reported: set[str] = set()
        self._deferred: set[str] = set()
        self._over = False
        self._lines: deque[_Line] = deque(maxlen=_REMEMBERED)

    def take(self, entry: Entry, name: str = "") -> list[str]:
        """Count one line; what it adds, `act` or `act:reason`, with a minus what it takes back. `name` is how its
        person is shown in office.
        """
        word, fact = word_of(type(entry.fact)), entry.fact
        if word == _UNDONE:
            return self._undo(fact)
        own_id = getattr(fact, "id", None)
        state = self._state.get(own_id) if own_id is not None else None
        before = (own_id, state, own_id in self._reported, own_id in self._deferred)
        rows = self._rows(word, fact, entry)
        self.switches += _switches(word, fact, entry, name)
        self.counts.update(rows)
        if rows:
            self._lines.append(_Line(entry.seq, entry.at, entry.by, rows, *before))
        return [_written(row) for row in rows]

    def _undo(self, fact: Any) -> list[str]:
        undone = (_UNDONE, None)
        self.counts[undone] += 1
        gone: list[str] = []
        for line in self._with_freed(fact.of):
            self.counts.subtract(line.rows)
            self._as_before(line)
            gone += [f"-{_written(row)}" for row in line.rows]
        return [*gone, _written(undone)]

    def _as_before(self, line: _Line) -> None:
        if line.own_id is None or line.state is None:
            return
        self._state[line.own_id] = line.state
        if line.reported:
            self._reported.add(line.own_id)
        if not line.deferred:
            self._deferred.discard(line.own_id)

    def _with_freed(self, seq: int) -> list[_Line]:
        """The line of this number, and where it handed a question back, those right before it by which that act set
        other questions free.
        """
        lines = {line.seq: line for line in self._lines}
        found = [lines[seq]] if seq in lines else []
        frees = any(act in _FREEING for line in found for act, _ in line.rows)
        while frees and (before := lines.get(found[-1].seq - 1)) is not None:
            if (before.at, before.by, before.rows) != (
                found[0].at,
                found[0].by,
                [("question.unmerged", None)],
            ):
                break
            found.append(before)
        return found

    def _rows(self, word: str, fact: Any, entry: Entry) -> list[Row]:
        noun, _, verb = word.partition(".")
        if word in PLAIN:
            return [(word, None)]
        if verb in {"asked", "posted"}:
            return self._said(noun, fact)
        if verb == "approved":
            return self._approved(noun, fact, entry)
        if word in {"question.hidden", "question.rejected", "comment.removed"}:
            self._state[fact.id] = _BACK
            self._reported.discard(fact.id)
        if word in {"question.reported", "comment.reported"}:
            self._reported.add(fact.id)
        if word in {"question.appeal_decided", "comment.appeal_decided"}:
            self._state[fact.id] = _SHOWN if fact.outcome == "upheld" else _BACK
        if word in REASONED:
            return [(word, _known(getattr(fact, REASONED[word], None)))]
        if word == "question.converted":
            self._state[fact.id] = _SHOWN
            return [(word, None)]
        if word == "question.deferred":
            put_off = self._over or fact.id in self._deferred
            self._deferred.add(fact.id)
            return [("question.put_off" if put_off else word, None)]
        if word == "person.muted":
            return [(word, _term(fact, entry))]
        self._over = self._over or word == "meeting.ended"
        return []

    def _said(self, noun: str, fact: Any) -> list[Row]:
        self._state[fact.id] = _PENDING if fact.review else _SHOWN
        verdict = fact.found.verdict if fact.found is not None else "publish"
        rows: list[Row] = [(f"filter.{verdict}", None)] if verdict in {"block", "hold"} else []
        return [*rows, (f"{noun}.masked", None)] if masked(fact.text) != fact.text else rows

    def _approved(self, noun: str, fact: Any, entry: Entry) -> list[Row]:
        before = self._state.get(fact.id, _PENDING)
        self._state[fact.id] = _SHOWN
        edited: list[Row] = [(f"{noun}.edited", None)] if getattr(fact, "text", None) else []
        if before == _PENDING:
            return [(f"{noun}.let_in" if entry.by == SYSTEM else f"{noun}.passed", None), *edited]
        if before == _BACK:
            return [(f"{noun}.restored", None), *edited]
        kept: list[Row] = [(f"{noun}.kept", None)] if fact.id in self._reported else []
        self._reported.discard(fact.id)
        return [*kept, *edited]

    def acts(self) -> list[Acted]:
        """Everything counted, by act, then the most frequent reason first."""
        rows = sorted(self.counts.items(), key=lambda row: (row[0][0], -row[1], row[0][1] or ""))
        return [Acted(act, reason, count) for (act, reason), count in rows if count]


def _written(row: Row) -> str:
    act, reason = row
    return act if reason is None else f"{act}:{reason}"


def recount(written: Iterable[str]) -> Counter[str]:
    """The counts from what each public line of a record says it adds or takes back."""
    counts: Counter[str] = Counter()
    for one in written:
        counts[one.removeprefix("-")] += -1 if one.startswith("-") else 1
    return +counts


def _known(reason: object) -> str | None:
    return reason if isinstance(reason, str) and reason in REASONS else "other"


def _term(fact: Any, entry: Entry) -> str:
    if fact.until is None:
        return "meeting"
    return "ten_minutes" if fact.until - entry.at <= _TEN_MINUTES else "longer"


def _switches(word: str, fact: Any, entry: Entry, name: str) -> list[Switch]:
    if word == "review.switched":
        return [
            Switch(entry.at, texts, voice, mode, fact.name, fact.cause)
            for texts, modes in fact.modes.items()
            for voice, mode in modes.items()
        ]
    if word != "meeting.was_set":
        return []
    # Records of an older release chose the review here.
    chosen = {key.removeprefix("review_"): mode for key, mode in fact.values.items() if "review_" in key}
    return [Switch(entry.at, texts, None, mode, name) for texts, mode in chosen.items()]


class Kept(Entity, frozen=True):
    """The book a room keeps. Nobody sees it in the room; it grows in place."""

    kind = "ledger"
    book: Book = msgspec.field(default_factory=Book)

    def seen_by(self, eye: Eye) -> dict[str, Any] | None:
        return None


def _follow(room: Room, fact: Fact, entry: Entry) -> None:
    kept = room.get(Kept) or Kept()
    plate = room.get(Person, entry.by)
    kept.book.take(entry, plate.name if plate is not None and plate.role else "")
    room.put(kept)


_HEARD = frozenset(
    "question.asked question.approved comment.posted comment.approved meeting.ended meeting.was_set "
    "review.switched".split()
)
FOLLOWED = (
    PLAIN
    | frozenset(REASONED)
    | _HEARD
    | {"question.converted", "question.deferred", "person.muted", "desk.undone"}
)
"""Every fact of which the ledger takes note."""
ACTS = (FOLLOWED - _HEARD) | frozenset(
    "filter.block filter.hold question.masked comment.masked question.passed comment.passed question.let_in "
    "comment.let_in question.edited question.restored comment.restored comment.kept question.put_off".split()
)
"""Every act that is counted."""


def follow(vocabulary: Vocabulary) -> None:
    """Count in every room of this vocabulary. Called once, when all nouns have brought their words."""
    for word in sorted(FOLLOWED & vocabulary.facts.keys()):
        vocabulary.folds(vocabulary.facts[word])(_follow)


def ledger(room: Room) -> Ledger:
    """The ledger as the room has it."""
    book = (room.get(Kept) or Kept()).book
    found: Counter[tuple[str, str, str | None, int | None]] = Counter()
    for question in room.all(Question):
        found["question", *_stands(room, question)] += 1
    for comment in room.all(Comment):
        found["comment", comment.state, _reason(comment.state, comment.reason), None] += 1
    stands = [Stands(*key, count) for key, count in sorted(found.items(), key=str)]
    return Ledger(room.seq, stands, book.acts(), list(book.switches))


def _stands(room: Room, question: Question) -> tuple[str, str | None, int | None]:
    state = question.state
    if state == "converted":
        slip = room.get(Slip, question.id)
        return state, slip.result if slip is not None else None, None
    until = question.due if state == "deferred" else question.decide_by
    return state, _reason(state, question.reason), until


def _reason(state: str, reason: str | None) -> str | None:
    return _known(reason) if state in {"hidden", "rejected", "removed", "removed_final"} else None


FATES = (
    "answered written owed overdue merged handed returned withdrawn review late appeal waiting on_air "
    "visible removed deleted".split()
)
"""In this order the ledger tells what became of texts."""

_OF_STATE = {
    "answered": "answered",
    "answered_written": "written",
    "deferred": "owed",
    "merged": "merged",
    "converted": "handed",
    "hidden": "returned",
    "rejected": "returned",
    "withdrawn": "withdrawn",
    "pending_review": "review",
    "pending": "review",
    "appealed": "appeal",
    "queued": "waiting",
    "on_air": "on_air",
    "visible": "visible",
    "removed": "removed",
    "removed_final": "removed",
    "deleted": "deleted",
}
_PASSED = {"owed": "overdue", "review": "late", "appeal": "late"}
"""What a fate is called once its date has passed."""


def fates(told: Ledger, what: str, at: int) -> list[Fate]:
    """What became of all questions (`question`) or comments by this instant (ms UTC); their sum is all there were."""
    found: Counter[Row] = Counter()
    for one in told.stands:
        if one.what == what:
            fate = _OF_STATE[one.state]
            if one.until is not None and one.until < at:
                fate = _PASSED.get(fate, fate)
            found[fate, one.reason] += one.count
    rows = sorted(found.items(), key=lambda row: (FATES.index(row[0][0]), -row[1], row[0][1] or ""))
    return [Fate(fate, reason, count) for (fate, reason), count in rows]


def told(book: Ledger, at: int) -> dict[str, Any]:
    """The ledger as it is told at an instant: plain values, nothing in them that is not a number or a word of ours."""
    sums = {what: fates(book, what, at) for what in ("question", "comment")}
    return {
        "seq": book.seq,
        "at": at,
        "questions": {"all": _sum(sums["question"]), "fates": msgspec.to_builtins(sums["question"])},
        "comments": {"all": _sum(sums["comment"]), "fates": msgspec.to_builtins(sums["comment"])},
        "acts": msgspec.to_builtins(book.acts),
        "switches": msgspec.to_builtins(book.switches),
    }


def _sum(found: Iterable[Fate]) -> int:
    return sum(one.count for one in found)
