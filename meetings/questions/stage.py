"""The order of the queue and the question on air. Refuses a second one on air."""

from __future__ import annotations

import msgspec

from meetings.kernel import Aimed, Entry, Fact, Refused, Room, Who
from meetings.meeting import AFTER, TALKING
from meetings.people import BADGES, DESK, words
from meetings.questions.cards import (
    COLLECTING,
    Question,
    end,
    in_state,
    line_up,
    on_air,
    public,
    put,
    queue_of,
)


class Pin(Aimed, frozen=True, tag="question.pin"):
    """Put a queued question in front of the others, or back with `on` false."""

    may, when = DESK, COLLECTING
    id: str
    on: bool = True


class Order(Aimed, frozen=True, tag="question.order"):
    """Order the queue by support, or by hand in the order given."""

    may, when = DESK, COLLECTING
    mode: str
    order: list[str] = []

    @property
    def about(self) -> tuple[str, ...]:
        return ("queue",)


class Assign(Aimed, frozen=True, tag="question.assign"):
    """Say who should answer; null: nobody in particular."""

    may, when = DESK, COLLECTING | AFTER
    id: str
    to: str | None = None


class HandOver(Aimed, frozen=True, tag="question.hand_over"):
    """Hand a question that was given to me on to somebody else with a badge, who may do the same."""

    may, when = BADGES, COLLECTING | AFTER
    id: str
    to: str


class Call(Aimed, frozen=True, tag="question.call"):
    """Take a question up. At most one is on air; the next two in the queue are then kept in their places."""

    may, when = DESK, TALKING
    id: str


class PutBack(Aimed, frozen=True, tag="question.put_back"):
    """Put the question on air back into the queue."""

    may, when = DESK, TALKING
    id: str


class Finish(Aimed, frozen=True, tag="question.finish"):
    """The question on air is answered. Moderator, host, secretary, or the badge holder it was assigned to."""

    may, when = DESK | BADGES, TALKING
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


class HandedOver(Fact, frozen=True, tag="question.handed_over"):
    id: str
    to: str


class Called(Fact, frozen=True, tag="question.called"):
    id: str


class WasPutBack(Fact, frozen=True, tag="question.was_put_back"):
    id: str


class Finished(Fact, frozen=True, tag="question.finished"):
    id: str


@words.decides(Pin)
def _(room: Room, cmd: Pin, who: Who) -> list[Fact]:
    question = in_state(room, cmd.id, "queued")
    return [] if question.pinned == cmd.on else [Pinned(cmd.id, cmd.on)]


@words.folds(Pinned)
def _(room: Room, fact: Pinned, entry: Entry) -> None:
    put(room, msgspec.structs.replace(room.need(Question, fact.id), pinned=fact.on))


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
    line_up(room)


@words.decides(Assign)
def _(room: Room, cmd: Assign, who: Who) -> list[Fact]:
    question = room.need(Question, cmd.id)
    if cmd.to is not None:
        _answerer(room, cmd.to)
    return [] if question.assigned == cmd.to else [Assigned(cmd.id, cmd.to)]


@words.folds(Assigned)
def _(room: Room, fact: Assigned, entry: Entry) -> None:
    room.put(msgspec.structs.replace(room.need(Question, fact.id), assigned=fact.to, handed_by=None))


def _answerer(room: Room, person: str) -> None:
    if not room.granted.get(person, frozenset()) & BADGES:
        raise Refused("not_found", field="to")


@words.decides(HandOver)
def _(room: Room, cmd: HandOver, who: Who) -> list[Fact]:
    question = public(room, cmd.id)
    if (question.assigned, question.handed_by) == (cmd.to, who.person):
        return []
    if question.assigned != who.person:
        raise Refused("forbidden")
    in_state(room, cmd.id, "queued", "on_air", "deferred")
    _answerer(room, cmd.to)
    return [HandedOver(cmd.id, cmd.to)] if cmd.to != who.person else []


@words.folds(HandedOver)
def _(room: Room, fact: HandedOver, entry: Entry) -> None:
    room.put(msgspec.structs.replace(room.need(Question, fact.id), assigned=fact.to, handed_by=entry.by))


@words.decides(Call)
def _(room: Room, cmd: Call, who: Who) -> list[Fact]:
    current = on_air(room)
    if current is not None and current.id == cmd.id:
        return []
    in_state(room, cmd.id, "queued", "deferred")
    if current is not None:
        raise Refused("wrong_state", state="on_air", on_air=current.id)
    return [Called(cmd.id)]


@words.folds(Called)
def _(room: Room, fact: Called, entry: Entry) -> None:
    question = room.need(Question, fact.id)
    put(
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
    in_state(room, cmd.id, "on_air")
    return [WasPutBack(cmd.id)]


@words.folds(WasPutBack)
def _(room: Room, fact: WasPutBack, entry: Entry) -> None:
    put(room, msgspec.structs.replace(room.need(Question, fact.id), state="queued"))


@words.decides(Finish)
def _(room: Room, cmd: Finish, who: Who) -> list[Fact]:
    question = room.need(Question, cmd.id)
    if question.state == "answered":
        return []
    in_state(room, cmd.id, "on_air")
    if not room.roles(who) & (DESK | {"system"}) and question.assigned != who.person:
        raise Refused("forbidden")
    return [Finished(cmd.id)]


@words.folds(Finished)
def _(room: Room, fact: Finished, entry: Entry) -> None:
    end(room, fact.id, entry, state="answered")
