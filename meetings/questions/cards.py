"""A question as a card, its support, and the queue; the one way to change them. Decides no command."""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from meetings.filtered import held_words, report_kinds
from meetings.kernel import Entity, Entry, Eye, Finding, Refused, Room, Who
from meetings.masking import masked
from meetings.meeting import AFTER, DAY, OPEN, meeting_of

SHOWN = frozenset("queued on_air answered answered_written merged deferred converted".split())


"""The states in which the public sees a question."""


COLLECTING = OPEN | {"announced"}


ReportReason = Literal["rude", "personal_data", "advert", "unlawful", "duplicate", "unclear", "other"]


class Question(Entity, frozen=True):
    """One question. `raw` is what its author wrote, `text` what everybody may read.

    `due` is when an answer in writing is owed, `promised` the date first named for it, `decide_by` when the desk owes
    a decision on what still lies under review after the end. `returned_by` are all who had a hand in handing it back.
    """

    kind = "question"
    id: str
    by: str
    number: int
    sort: str
    text: str
    raw: str
    shown: str
    at: int
    channel: str = "online"
    to: str | None = None
    verified: bool = True
    state: str = "pending_review"
    pinned: bool = False
    assigned: str | None = None
    handed_by: str | None = None
    label: str | None = None
    merged_into: str | None = None
    objection: str | None = None
    objected_at: int | None = None
    merge_kept: bool = False
    on_air_at: int | None = None
    ended_at: int | None = None
    due: int | None = None
    promised: int | None = None
    decide_by: int | None = None
    due_at: int | None = None
    slip: str | None = None
    edited: bool = False
    reason: str | None = None
    reviewed_by: str | None = None
    returned: bool = False
    returned_by: tuple[str, ...] = ()
    turned: str | None = None
    appeal: str | None = None
    appealed_at: int | None = None
    appeal_due: int | None = None
    outcome: str | None = None
    answer: str | None = None
    reports: tuple[tuple[str, str], ...] = ()
    answer_ids: tuple[str, ...] = ()
    found: Finding | None = None
    voice: str = "resident"

    @property
    def owner(self) -> str | None:
        return self.by

    @property
    def stand(self) -> object:
        """All that was decided about it. Reports decide nothing, nor does a date the platform reckons."""
        return (
            (self.state, self.text, self.reason, self.reviewed_by, self.appeal, self.slip, self.due),
            (self.pinned, self.assigned, self.handed_by, self.label, self.on_air_at, self.answer_ids),
            (self.merged_into, self.objection, self.merge_kept),
        )

    def seen_by(self, eye: Eye) -> dict[str, Any] | None:
        if eye is Eye.STAFF:
            staff = {"person": self.by, "verified": self.verified, "reason": self.reason}
            merge: dict[str, Any] = {"objected_at": self.objected_at, "merge_kept": self.merge_kept}
            merge |= {"objection": masked(self.objection) if self.objection else None}
            more = merge | {"reviewed_by": self.reviewed_by, "due_at": self.due_at}
            more |= {"appealed_at": self.appealed_at, "turned": self.turned, **self._appeal()}
            more |= {"reports": len(self.reports), "report_kinds": report_kinds(self.reports)}
            return (
                self._card() | staff | more | {"decide_by": self.decide_by} | held_words(self.raw, self.found)
            )
        return self._card() if self.state in SHOWN else None

    def seen_by_owner(self) -> dict[str, Any] | None:
        return self._card() | {
            "raw": self.raw,
            "reason": self.reason,
            **self._appeal(),
            "decide_by": self.decide_by,
            "due_at": self.due_at,
            "objection": self.objection,
            "merge_kept": self.merge_kept,
            "mine": True,
        }

    def _appeal(self) -> dict[str, Any]:
        return {
            "appeal": masked(self.appeal) if self.appeal else None,
            "appeal_due": self.appeal_due,
            "outcome": self.outcome,
            "answer": self.answer,
        }

    def _card(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "number": self.number,
            "kind": self.sort,
            "text": self.text,
            "shown": self.shown,
            "channel": self.channel,
            "to": self.to,
            "state": self.state,
            "at": self.at,
            "pinned": self.pinned,
            "assigned": self.assigned,
            "handed_by": self.handed_by,
            "label": self.label,
            "merged_into": self.merged_into,
            "on_air_at": self.on_air_at,
            "ended_at": self.ended_at,
            "due": self.due,
            "promised": self.promised,
            "slip": self.slip,
            "edited": self.edited,
            "answer_ids": list(self.answer_ids),
        }


class Score(Entity, frozen=True):
    """The support of a question: apart from it, because it changes a thousand times as often.

    `direct` are those who supported this very question, `voters` all who count for it, merged ones included.
    Both sets grow in place, since copying thousands of names for each support would cost more than the rest
    of its way; whatever decides who sees the score is in frozen fields.
    """

    kind = "score"
    id: str
    direct: set[str] = msgspec.field(default_factory=set)
    voters: set[str] = msgspec.field(default_factory=set)
    shown: bool = False

    def seen_by(self, eye: Eye) -> dict[str, Any] | None:
        return {"votes": len(self.voters)} if self.shown or eye is Eye.STAFF else None


class Queue(Entity, frozen=True):
    """The order in which questions wait: the two locked, the pinned, then by hand or by support."""

    kind = "queue"
    order: tuple[str, ...] = ()
    locked: tuple[str, ...] = ()
    mode: str = "support"
    by_hand: tuple[str, ...] = ()

    @property
    def stand(self) -> object:
        """How the queue is ordered. What stands in it changes with every support and binds nobody's hands."""
        return self.mode, self.by_hand

    def seen_by(self, eye: Eye) -> dict[str, Any] | None:
        return {"order": list(self.order), "locked": list(self.locked), "mode": self.mode}


def queue_of(room: Room) -> Queue:
    """The queue; an empty one before the first question."""
    return room.get(Queue) or Queue()


def on_air(room: Room) -> Question | None:
    """The question being answered now."""
    return next((question for question in room.all(Question) if question.state == "on_air"), None)


def root_of(room: Room, question: Question) -> Question:
    """The question this one was merged into, at the end of the chain; itself if it was not."""
    while question.merged_into is not None:
        question = room.need(Question, question.merged_into)
    return question


def public(room: Room, own_id: str) -> Question:
    question = room.need(Question, own_id)
    if question.state not in SHOWN:
        raise Refused("not_found")
    return question


def in_state(room: Room, own_id: str, *states: str) -> Question:
    question = room.need(Question, own_id)
    if question.state not in states:
        raise Refused("wrong_state", state=question.state)
    return question


def another_decides(question: Question, who: Who) -> None:
    """Who handed a question back does not decide on the appeal against it, nor who wrote it (DOMAIN 2.4)."""
    if question.state == "appealed" and who.person in {*question.returned_by, question.by}:
        raise Refused("forbidden", why="self" if who.person == question.by else "appeal")


def settled(question: Question) -> None:
    """Refuse to change what an appeal has decided: the written answer stands (DOMAIN 2.3, once and final)."""
    if question.outcome == "dismissed" and question.state in {"hidden", "rejected"}:
        raise Refused("wrong_state", state=question.state, outcome=question.outcome)


def end(room: Room, own_id: str, entry: Entry, **changes: Any) -> None:
    question = room.need(Question, own_id)
    changes = {"ended_at": entry.at, "pinned": False, "due_at": None, "due": None} | changes
    put(room, msgspec.structs.replace(question, **changes))


def put(room: Room, question: Question) -> None:
    """Change a question, and with it whether its support is to be seen and where it stands."""
    question = _with_dates(room, question)
    room.put(question)
    score = room.need(Score, question.id)
    shown = question.state in SHOWN
    if score.shown != shown:
        room.put(msgspec.structs.replace(score, shown=shown))
    if (question.state == "queued") != (question.id in queue_of(room).order) or question.state == "queued":
        line_up(room)


def _with_dates(room: Room, question: Question) -> Question:
    """Nothing waits without a date: neither an answer in writing nor, after the end, a decision of the desk."""
    promised, decide_by = question.promised, None
    if question.state == "deferred" and promised is None:
        promised = question.due
    if question.state in {"pending_review", "appealed"} and room.phase in AFTER:
        decide_by = question.decide_by or room.at + meeting_of(room).answer_days * DAY
    return msgspec.structs.replace(question, promised=promised, decide_by=decide_by)


def merged_under(room: Room, own_id: str) -> list[Question]:
    """The questions put directly under this one."""
    return [question for question in room.all(Question) if question.merged_into == own_id]


def _place(room: Room, question: Question, by_hand: dict[str, int]) -> tuple[bool, int, int, int, str]:
    hand = by_hand.get(question.id, len(by_hand)) if by_hand else 0
    votes = len(room.need(Score, question.id).voters)
    return (not question.pinned, hand, -votes, question.at, question.id)


def line_up(room: Room) -> None:
    """Order the queue anew: the two locked, the pinned, then by hand or by support, time, id."""
    queue = queue_of(room)
    by_hand = {own_id: place for place, own_id in enumerate(queue.by_hand)} if queue.mode == "hand" else {}
    waiting = {question.id: question for question in room.all(Question) if question.state == "queued"}
    locked = tuple(own_id for own_id in queue.locked if own_id in waiting)
    rest = [question for question in waiting.values() if question.id not in locked]
    rest.sort(key=lambda question: _place(room, question, by_hand))
    order = locked + tuple(question.id for question in rest)
    if (order, locked) != (queue.order, queue.locked) or room.get(Queue) is None:
        room.put(msgspec.structs.replace(queue, order=order, locked=locked))


def settle(room: Room, own_id: str) -> None:
    """Order the queue anew if this question's support no longer fits between its neighbours'."""
    queue = queue_of(room)
    if own_id not in queue.order:
        return
    place = queue.order.index(own_id)
    near = queue.order[max(place - 1, 0) : place + 2]
    by_hand = {other: at for at, other in enumerate(queue.by_hand)} if queue.mode == "hand" else {}
    places = [
        _place(room, room.need(Question, other), by_hand) for other in near if other not in queue.locked
    ]
    if places != sorted(places):
        line_up(room)
