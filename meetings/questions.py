"""Questions: asked, reviewed, supported, merged, taken up, ended. Every one comes to an end that is told.

Knows no answer's words and no agenda. The order of the queue is made here and sent as it is.
"""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

import msgspec

from meetings.kernel import Command, Entity, Entry, Eye, Fact, Refused, Room, Who
from meetings.masking import masked
from meetings.meeting import AFTER, DAY, OPEN, TALKING, Ended, meeting_of
from meetings.people import BADGES, DESK, NAMED, Mine, may_speak, mine, shown_as, words
from meetings.text import QUESTION_LIMIT, REASON_LIMIT, check_id, clean, clean_name

KINDS = ("ask", "report", "suggest")
CHANNELS = ("online", "on_behalf", "phone", "paper", "collected")
HIDE_REASONS = ("rude", "personal_data", "duplicate", "unclear", "other")
REJECT_REASONS = ("advert", "personal_data", "unlawful")
SHOWN = frozenset("queued on_air answered answered_written merged deferred converted".split())
"""The states in which the public sees a question."""
WAITING = frozenset({"queued", "pending_review"})
COLLECTING = OPEN | {"announced"}
DELAY = 12_000
"""Milliseconds a question waits for the stop button in delayed review."""
_CHINA = timezone(timedelta(hours=8))
_WITHOUT_ACCOUNT = DESK | {"grid_keeper"}


class Ask(Command, frozen=True, tag="question.ask"):
    """Ask, report or suggest something. Anybody named may, from the announcement to the end.

    Staff and grid keepers may hand in for somebody else (`channel` other than online, `for_name`). Whoever is
    not proved may only where the meeting allows it, and is always reviewed first.
    """

    may, when = NAMED, COLLECTING
    id: str
    kind: str
    text: str
    to: str | None = None
    channel: str = "online"
    for_name: str | None = None


class Upvote(Command, frozen=True, tag="question.upvote"):
    """Lend my support to a question, or take it back with `on` false. Not to my own."""

    may, when = NAMED, COLLECTING
    id: str
    on: bool = True


class Approve(Command, frozen=True, tag="question.approve"):
    """Let a question into the queue, with its words mended if need be; the asker sees both texts."""

    may, when = DESK, COLLECTING | AFTER
    id: str
    text: str | None = None


class Hide(Command, frozen=True, tag="question.hide"):
    """Hand a question back with a reason; its author may write it anew or appeal. Off topic is no reason."""

    may, when = DESK, COLLECTING | AFTER
    id: str
    reason: str


class Reject(Command, frozen=True, tag="question.reject"):
    """Refuse a question that is an advert, tells others' personal data, or is unlawful. May be appealed."""

    may, when = DESK, COLLECTING | AFTER
    id: str
    reason: str


class Merge(Command, frozen=True, tag="question.merge"):
    """Put a question under a like one: the support of both is counted once a person."""

    may, when = DESK, COLLECTING | AFTER
    id: str
    into: str


class Unmerge(Command, frozen=True, tag="question.unmerge"):
    """Take a merged question out again; both get back exactly the support they had."""

    may, when = DESK, COLLECTING | AFTER
    id: str


class Pin(Command, frozen=True, tag="question.pin"):
    """Put a queued question in front of the others, or back with `on` false."""

    may, when = DESK, COLLECTING
    id: str
    on: bool = True


class Order(Command, frozen=True, tag="question.order"):
    """Order the queue by support, or by hand in the order given."""

    may, when = DESK, COLLECTING
    mode: str
    order: list[str] = []


class Assign(Command, frozen=True, tag="question.assign"):
    """Say who should answer; null: nobody in particular."""

    may, when = DESK, COLLECTING | AFTER
    id: str
    to: str | None = None


class Call(Command, frozen=True, tag="question.call"):
    """Take a question up. At most one is on air; the next two in the queue are then kept in their places."""

    may, when = DESK, TALKING
    id: str


class PutBack(Command, frozen=True, tag="question.put_back"):
    """Put the question on air back into the queue."""

    may, when = DESK, TALKING
    id: str


class Finish(Command, frozen=True, tag="question.finish"):
    """The question on air is answered. Moderator, host, secretary, or the badge holder it was assigned to."""

    may, when = DESK | BADGES, TALKING
    id: str


class Defer(Command, frozen=True, tag="question.defer"):
    """Answer a question in writing instead, by a date (ms)."""

    may, when = DESK, COLLECTING | AFTER
    id: str
    until: int


class Convert(Command, frozen=True, tag="question.convert"):
    """Hand a question over to be dealt with as a submission (转办); it gets a slip number."""

    may, when = DESK, COLLECTING | AFTER
    id: str


class Withdraw(Command, frozen=True, tag="question.withdraw"):
    """Take my own question back while it waits."""

    may, when = NAMED, COLLECTING
    id: str


class Appeal(Command, frozen=True, tag="question.appeal"):
    """Object, once, to my question having been handed back; another moderator decides."""

    may, when = NAMED, COLLECTING | AFTER
    id: str
    text: str


class Asked(Fact, frozen=True, tag="question.asked"):
    id: str
    kind: str
    text: str
    shown: str
    channel: str = "online"
    to: str | None = None
    verified: bool = True
    review: bool = True
    due_at: int | None = None


class Upvoted(Fact, frozen=True, tag="question.upvoted"):
    id: str
    on: bool = True


class Approved(Fact, frozen=True, tag="question.approved"):
    id: str
    text: str | None = None


class Hidden(Fact, frozen=True, tag="question.hidden"):
    id: str
    reason: str


class Rejected(Fact, frozen=True, tag="question.rejected"):
    id: str
    reason: str


class Merged(Fact, frozen=True, tag="question.merged"):
    id: str
    into: str


class Unmerged(Fact, frozen=True, tag="question.unmerged"):
    id: str


class Pinned(Fact, frozen=True, tag="question.pinned"):
    id: str
    on: bool = True


class Ordered(Fact, frozen=True, tag="question.ordered"):
    mode: str
    order: list[str] = []


class Assigned(Fact, frozen=True, tag="question.assigned"):
    id: str
    to: str | None = None


class Called(Fact, frozen=True, tag="question.called"):
    id: str


class WasPutBack(Fact, frozen=True, tag="question.was_put_back"):
    id: str


class Finished(Fact, frozen=True, tag="question.finished"):
    id: str


class Deferred(Fact, frozen=True, tag="question.deferred"):
    id: str
    until: int


class Converted(Fact, frozen=True, tag="question.converted"):
    id: str
    slip: str


class Withdrawn(Fact, frozen=True, tag="question.withdrawn"):
    id: str


class Appealed(Fact, frozen=True, tag="question.appealed"):
    id: str
    text: str


class Question(Entity, frozen=True):
    """One question. `raw` is what its author wrote, `text` what everybody may read."""

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
    merged_into: str | None = None
    on_air_at: int | None = None
    ended_at: int | None = None
    due: int | None = None
    due_at: int | None = None
    slip: str | None = None
    edited: bool = False
    reason: str | None = None
    reviewed_by: str | None = None
    appeal: str | None = None
    answer_ids: tuple[str, ...] = ()

    @property
    def owner(self) -> str | None:
        return self.by

    def seen_by(self, eye: Eye) -> dict[str, Any] | None:
        if eye is Eye.STAFF:
            staff = {"person": self.by, "verified": self.verified, "reason": self.reason}
            more = {"reviewed_by": self.reviewed_by, "due_at": self.due_at, "appeal": self.appeal}
            return self._card() | staff | more
        return self._card() if self.state in SHOWN else None

    def seen_by_owner(self) -> dict[str, Any] | None:
        return self._card() | {"raw": self.raw, "reason": self.reason, "appeal": self.appeal, "mine": True}

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
            "merged_into": self.merged_into,
            "on_air_at": self.on_air_at,
            "ended_at": self.ended_at,
            "due": self.due,
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


def due(room: Room, at: int) -> list[Command]:
    """What the platform has to do by this instant: let in the questions nobody stopped in delayed review."""
    return [
        Approve(question.id)
        for question in room.all(Question)
        if question.state == "pending_review" and question.due_at is not None and question.due_at <= at
    ]


def _public(room: Room, own_id: str) -> Question:
    question = room.need(Question, own_id)
    if question.state not in SHOWN:
        raise Refused("not_found")
    return question


def _in_state(room: Room, own_id: str, *states: str) -> Question:
    question = room.need(Question, own_id)
    if question.state not in states:
        raise Refused("wrong_state", state=question.state)
    return question


@words.decides(Ask)
def _(room: Room, cmd: Ask, who: Who) -> list[Fact]:
    check_id(cmd.id)
    for field, value, allowed in (("kind", cmd.kind, KINDS), ("channel", cmd.channel, CHANNELS)):
        if value not in allowed:
            raise Refused("unclear", field=field)
    if cmd.to is not None and cmd.to not in BADGES:
        raise Refused("unclear", field="to")
    text = clean(cmd.text, QUESTION_LIMIT)
    for_name = clean_name(cmd.for_name, "for_name") if cmd.for_name else None
    held = room.get(Question, cmd.id)
    if held is not None:
        same = (held.by, held.raw, held.sort, held.channel) == (who.person, text, cmd.kind, cmd.channel)
        if same:
            return []
        raise Refused("taken")
    for_others = cmd.channel != "online"
    if for_others and not room.roles(who) & (_WITHOUT_ACCOUNT | {"system"}):
        raise Refused("forbidden")
    settings = meeting_of(room)
    if not settings.questions_open and not for_others:
        raise Refused("not_open")
    if not who.proved and not settings.unproved_may_speak:
        raise Refused("unverified")
    may_speak(room, who)
    review = settings.review_questions != "after" or not who.proved
    due_at = who.at + DELAY if settings.review_questions == "delayed" and who.proved else None
    shown = for_name or shown_as(room, who)
    return [Asked(cmd.id, cmd.kind, text, shown, cmd.channel, cmd.to, who.proved, review, due_at)]


@words.folds(Asked)
def _(room: Room, fact: Asked, entry: Entry) -> None:
    question = Question(
        id=fact.id,
        by=entry.by,
        number=room.count("question") + 1,
        sort=fact.kind,
        text=masked(fact.text),
        raw=fact.text,
        shown=fact.shown,
        at=entry.at,
        channel=fact.channel,
        to=fact.to,
        verified=fact.verified,
        state="pending_review" if fact.review else "queued",
        due_at=fact.due_at,
    )
    room.put(Score(fact.id, shown=question.state in SHOWN))
    _put(room, question)


@words.decides(Upvote)
def _(room: Room, cmd: Upvote, who: Who) -> list[Fact]:
    question = root_of(room, _public(room, cmd.id))
    if question.by == who.person:
        raise Refused("own_question")
    if not who.proved and not meeting_of(room).unproved_may_speak:
        raise Refused("unverified")
    if question.state not in {"queued", "on_air"}:
        raise Refused("wrong_state", state=question.state)
    said = who.person in room.need(Score, question.id).voters
    return [] if said == cmd.on else [Upvoted(question.id, cmd.on)]


@words.folds(Upvoted)
def _(room: Room, fact: Upvoted, entry: Entry) -> None:
    score = room.need(Score, fact.id)
    if fact.on:
        score.direct.add(entry.by)
        score.voters.add(entry.by)
    else:
        score.voters.discard(entry.by)
        for question in _family(room, fact.id):
            room.need(Score, question.id).direct.discard(entry.by)
    room.put(score)
    _mark_support(room, entry.by, fact.id, on=fact.on)
    _settle(room, fact.id)


def _mark_support(room: Room, person: str, own_id: str, *, on: bool) -> None:
    own: Mine = mine(room, person)
    if on:
        own.supports.add(own_id)
    else:
        own.supports.discard(own_id)
    room.put(own)


@words.decides(Approve)
def _(room: Room, cmd: Approve, who: Who) -> list[Fact]:
    question = room.need(Question, cmd.id)
    text = clean(cmd.text, QUESTION_LIMIT) if cmd.text else None
    if question.state in SHOWN:
        return [] if text is None or masked(text) == question.text else [Approved(cmd.id, text)]
    _in_state(room, cmd.id, "pending_review", "appealed", "hidden", "rejected")
    _another_decides(question, who)
    return [Approved(cmd.id, text)]


def _another_decides(question: Question, who: Who) -> None:
    """Who handed a question back does not decide on the appeal against it (DOMAIN 2.4)."""
    if question.state == "appealed" and question.reviewed_by == who.person:
        raise Refused("forbidden", another=True)


@words.folds(Approved)
def _(room: Room, fact: Approved, entry: Entry) -> None:
    question = room.need(Question, fact.id)
    edited = question.edited or (fact.text is not None and fact.text != question.raw)
    text = masked(fact.text) if fact.text else question.text
    changes: dict[str, Any] = {"text": text, "edited": edited, "reason": None, "reviewed_by": entry.by}
    if question.state not in SHOWN:
        changes |= {"state": "queued", "due_at": None}
        if room.phase in AFTER:
            days = meeting_of(room).answer_days
            changes |= {"state": "deferred", "due": entry.at + days * DAY, "ended_at": entry.at}
    _put(room, msgspec.structs.replace(question, **changes))


@words.decides(Hide)
def _(room: Room, cmd: Hide, who: Who) -> list[Fact]:
    return _turn_back(room, cmd.id, cmd.reason, HIDE_REASONS, who, Hidden)


@words.decides(Reject)
def _(room: Room, cmd: Reject, who: Who) -> list[Fact]:
    return _turn_back(room, cmd.id, cmd.reason, REJECT_REASONS, who, Rejected)


def _turn_back(
    room: Room, own_id: str, reason: str, allowed: tuple[str, ...], who: Who, fact: type[Hidden | Rejected]
) -> list[Fact]:
    if reason not in allowed:
        raise Refused("unclear", field="reason")
    question = room.need(Question, own_id)
    state = "hidden" if fact is Hidden else "rejected"
    if (question.state, question.reason) == (state, reason):
        return []
    _in_state(room, own_id, "pending_review", "queued", "deferred", "appealed", "hidden", "rejected")
    _another_decides(question, who)
    return [fact(own_id, reason)]


@words.folds(Hidden)
def _(room: Room, fact: Hidden, entry: Entry) -> None:
    _end(room, fact.id, entry, state="hidden", reason=fact.reason, reviewed_by=entry.by)


@words.folds(Rejected)
def _(room: Room, fact: Rejected, entry: Entry) -> None:
    _end(room, fact.id, entry, state="rejected", reason=fact.reason, reviewed_by=entry.by)


@words.decides(Merge)
def _(room: Room, cmd: Merge, who: Who) -> list[Fact]:
    question, into = room.need(Question, cmd.id), room.need(Question, cmd.into)
    if question.merged_into == into.id:
        return []
    if root_of(room, into).id == question.id:
        raise Refused("merge_cycle")
    if into.merged_into is not None:
        raise Refused("wrong_state", state="merged", into=root_of(room, into).id)
    _in_state(room, into.id, "queued", "on_air", "answered", "answered_written", "deferred", "pending_review")
    _in_state(room, question.id, "pending_review", "queued", "deferred", "appealed")
    _another_decides(question, who)
    return [Merged(question.id, into.id)]


@words.folds(Merged)
def _(room: Room, fact: Merged, entry: Entry) -> None:
    _end(room, fact.id, entry, state="merged", merged_into=fact.into, reviewed_by=entry.by)
    _recount(room, root_of(room, room.need(Question, fact.into)))


@words.decides(Unmerge)
def _(room: Room, cmd: Unmerge, who: Who) -> list[Fact]:
    return [Unmerged(cmd.id)] if room.need(Question, cmd.id).state == "merged" else []


@words.folds(Unmerged)
def _(room: Room, fact: Unmerged, entry: Entry) -> None:
    question = room.need(Question, fact.id)
    root = root_of(room, question)
    after = room.phase in AFTER
    due = entry.at + meeting_of(room).answer_days * DAY if after else None
    state = "deferred" if after else "queued"
    _put(room, msgspec.structs.replace(question, state=state, merged_into=None, ended_at=None, due=due))
    _recount(room, root)
    _recount(room, room.need(Question, fact.id))


def _family(room: Room, root: str) -> list[Question]:
    """A question and all that were merged into it, however deep."""
    family = [room.need(Question, root)]
    for member in family:
        family.extend(question for question in room.all(Question) if question.merged_into == member.id)
    return family


def _recount(room: Room, root: Question) -> None:
    """Count the support of a question anew from those merged into it; its own author never counts."""
    score = room.need(Score, root.id)
    voters: set[str] = set()
    for question in _family(room, root.id):
        voters |= room.need(Score, question.id).direct
    voters.discard(root.by)
    for person in sorted(voters ^ score.voters):
        _mark_support(room, person, root.id, on=person in voters)
    room.put(msgspec.structs.replace(score, voters=voters))
    _settle(room, root.id)


@words.decides(Pin)
def _(room: Room, cmd: Pin, who: Who) -> list[Fact]:
    question = _in_state(room, cmd.id, "queued")
    return [] if question.pinned == cmd.on else [Pinned(cmd.id, cmd.on)]


@words.folds(Pinned)
def _(room: Room, fact: Pinned, entry: Entry) -> None:
    _put(room, msgspec.structs.replace(room.need(Question, fact.id), pinned=fact.on))


@words.decides(Order)
def _(room: Room, cmd: Order, who: Who) -> list[Fact]:
    if cmd.mode not in {"support", "hand"}:
        raise Refused("unclear", field="mode")
    queue = queue_of(room)
    order = [own_id for own_id in dict.fromkeys(cmd.order) if own_id in queue.order]
    if (queue.mode, list(queue.by_hand)) == (cmd.mode, order):
        return []
    return [Ordered(cmd.mode, order)]


@words.folds(Ordered)
def _(room: Room, fact: Ordered, entry: Entry) -> None:
    room.put(msgspec.structs.replace(queue_of(room), mode=fact.mode, by_hand=tuple(fact.order)))
    _line_up(room)


@words.decides(Assign)
def _(room: Room, cmd: Assign, who: Who) -> list[Fact]:
    question = room.need(Question, cmd.id)
    if cmd.to is not None and not room.granted.get(cmd.to, frozenset()) & BADGES:
        raise Refused("not_found", field="to")
    return [] if question.assigned == cmd.to else [Assigned(cmd.id, cmd.to)]


@words.folds(Assigned)
def _(room: Room, fact: Assigned, entry: Entry) -> None:
    room.put(msgspec.structs.replace(room.need(Question, fact.id), assigned=fact.to))


@words.decides(Call)
def _(room: Room, cmd: Call, who: Who) -> list[Fact]:
    current = on_air(room)
    if current is not None and current.id == cmd.id:
        return []
    _in_state(room, cmd.id, "queued", "deferred")
    if current is not None:
        raise Refused("wrong_state", state="on_air", on_air=current.id)
    return [Called(cmd.id)]


@words.folds(Called)
def _(room: Room, fact: Called, entry: Entry) -> None:
    question = room.need(Question, fact.id)
    _put(
        room,
        msgspec.structs.replace(
            question, state="on_air", on_air_at=entry.at, pinned=False, due=None, ended_at=None
        ),
    )
    queue = queue_of(room)
    room.put(msgspec.structs.replace(queue, locked=queue.order[:2]))


@words.decides(PutBack)
def _(room: Room, cmd: PutBack, who: Who) -> list[Fact]:
    question = room.need(Question, cmd.id)
    if question.state == "queued" and question.on_air_at is not None:
        return []
    _in_state(room, cmd.id, "on_air")
    return [WasPutBack(cmd.id)]


@words.folds(WasPutBack)
def _(room: Room, fact: WasPutBack, entry: Entry) -> None:
    _put(room, msgspec.structs.replace(room.need(Question, fact.id), state="queued"))


@words.decides(Finish)
def _(room: Room, cmd: Finish, who: Who) -> list[Fact]:
    question = room.need(Question, cmd.id)
    if question.state == "answered":
        return []
    _in_state(room, cmd.id, "on_air")
    if not room.roles(who) & (DESK | {"system"}) and question.assigned != who.person:
        raise Refused("forbidden")
    return [Finished(cmd.id)]


@words.folds(Finished)
def _(room: Room, fact: Finished, entry: Entry) -> None:
    _end(room, fact.id, entry, state="answered")


@words.decides(Defer)
def _(room: Room, cmd: Defer, who: Who) -> list[Fact]:
    question = room.need(Question, cmd.id)
    if (question.state, question.due) == ("deferred", cmd.until):
        return []
    _in_state(room, cmd.id, "queued", "on_air", "deferred")
    if cmd.until <= who.at:
        raise Refused("unclear", field="until")
    return [Deferred(cmd.id, cmd.until)]


@words.folds(Deferred)
def _(room: Room, fact: Deferred, entry: Entry) -> None:
    _end(room, fact.id, entry, state="deferred", due=fact.until)


@words.decides(Convert)
def _(room: Room, cmd: Convert, who: Who) -> list[Fact]:
    question = room.need(Question, cmd.id)
    if question.state == "converted":
        return []
    _in_state(
        room,
        cmd.id,
        "pending_review",
        "queued",
        "on_air",
        "answered",
        "answered_written",
        "deferred",
        "appealed",
    )
    day = datetime.fromtimestamp(who.at / 1000, _CHINA).strftime("%Y%m%d")
    return [Converted(cmd.id, f"{day}-{question.number:03d}")]


@words.folds(Converted)
def _(room: Room, fact: Converted, entry: Entry) -> None:
    _end(room, fact.id, entry, state="converted", slip=fact.slip)


@words.decides(Withdraw)
def _(room: Room, cmd: Withdraw, who: Who) -> list[Fact]:
    question = room.need(Question, cmd.id)
    if question.by != who.person:
        raise Refused("not_found" if question.state not in SHOWN else "forbidden")
    if question.state == "withdrawn":
        return []
    _in_state(room, cmd.id, *WAITING)
    return [Withdrawn(cmd.id)]


@words.folds(Withdrawn)
def _(room: Room, fact: Withdrawn, entry: Entry) -> None:
    _end(room, fact.id, entry, state="withdrawn")


@words.decides(Appeal)
def _(room: Room, cmd: Appeal, who: Who) -> list[Fact]:
    question = room.need(Question, cmd.id)
    text = clean(cmd.text, REASON_LIMIT)
    if question.by != who.person:
        raise Refused("not_found" if question.state not in SHOWN else "forbidden")
    if question.appeal is not None:
        if question.appeal == text:
            return []
        raise Refused("wrong_state", state=question.state, appealed=True)
    _in_state(room, cmd.id, "hidden", "rejected")
    return [Appealed(cmd.id, text)]


@words.folds(Appealed)
def _(room: Room, fact: Appealed, entry: Entry) -> None:
    _put(room, msgspec.structs.replace(room.need(Question, fact.id), state="appealed", appeal=fact.text))


@words.folds(Ended)
def _(room: Room, fact: Ended, entry: Entry) -> None:
    """What still waits is answered in writing; what was being answered counts as answered if it was."""
    due = entry.at + meeting_of(room).answer_days * DAY
    for question in list(room.all(Question)):
        if question.state == "on_air" and question.answer_ids:
            _end(room, question.id, entry, state="answered")
        elif question.state in {"queued", "on_air"}:
            _end(room, question.id, entry, state="deferred", due=due)


def _end(room: Room, own_id: str, entry: Entry, **changes: Any) -> None:
    question = room.need(Question, own_id)
    _put(room, msgspec.structs.replace(question, ended_at=entry.at, pinned=False, due_at=None, **changes))


def _put(room: Room, question: Question) -> None:
    """Change a question, and with it whether its support is to be seen and where it stands."""
    room.put(question)
    score = room.need(Score, question.id)
    shown = question.state in SHOWN
    if score.shown != shown:
        room.put(msgspec.structs.replace(score, shown=shown))
    if (question.state == "queued") != (question.id in queue_of(room).order) or question.state == "queued":
        _line_up(room)


def _place(room: Room, question: Question, by_hand: dict[str, int]) -> tuple[bool, int, int, int, str]:
    hand = by_hand.get(question.id, len(by_hand)) if by_hand else 0
    votes = len(room.need(Score, question.id).voters)
    return (not question.pinned, hand, -votes, question.at, question.id)


def _line_up(room: Room) -> None:
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


def _settle(room: Room, own_id: str) -> None:
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
        _line_up(room)
