"""How what the desk did to questions is taken back at once: the card as it was, its support and its place anew.

Refuses where somebody else has built on it meanwhile: merged under it, or taken up another question.
"""

from __future__ import annotations

from typing import Any

import msgspec

from meetings.kernel import Before, Deed, Mark, Refused, Room
from meetings.meeting import AFTER, DAY, meeting_of
from meetings.people import words
from meetings.questions.cards import (
    SHOWN,
    Question,
    Queue,
    line_up,
    merged_under,
    on_air,
    put,
    queue_of,
    root_of,
)
from meetings.questions.labels import Labelled
from meetings.questions.objecting import MergeKept
from meetings.questions.review import Approved, Converted, Deferred, Hidden, Rejected
from meetings.questions.stage import Assigned, Called, Finished, HandedOver, Ordered, Pinned, WasPutBack
from meetings.questions.support import Merged, Unmerged, recount


def _card(_room: Room, fact: Any) -> list[str]:
    return [f"question:{fact.id}"]


def _queue(_room: Room, _fact: Any) -> list[str]:
    return ["queue"]


def _card_and_queue(room: Room, fact: Any) -> list[str]:
    return [*_card(room, fact), *_queue(room, fact)]


def _before(before: Before) -> Question:
    card = next(iter(before.values()))
    assert isinstance(card, Question), before
    return card


def _freed(room: Room, before: Before, mark: Mark) -> list[Deed]:
    """The lines right before this one by which questions under the card were set free, the latest first."""
    root = _before(before).id
    found: list[Deed] = []
    while True:
        deed = room.deed(mark.seq - len(found) - 1)
        if deed is None or (deed.mark.word, deed.mark.by, deed.mark.at) != (
            "question.unmerged",
            mark.by,
            mark.at,
        ):
            return found
        if _before(deed.touched[0].before).merged_into != root:
            return found
        found.append(deed)


def _built_on(room: Room, before: Before, mark: Mark) -> None:
    card = _before(before)
    if card.state not in SHOWN and merged_under(room, card.id):
        raise Refused("changed", thing=card.address, what="question.merged", at=room.at)
    now = on_air(room)
    if card.state == "on_air" and now is not None and now.id != card.id:
        raise Refused("wrong_state", state="on_air", on_air=now.id)
    for deed in _freed(room, before, mark):
        # The question they lay under comes back in the same breath.
        room.still_as_left(deed)


def _nothing_to_lie_under(room: Room, before: Before, mark: Mark) -> None:
    """Refuse to put a question back under one that went out of sight meanwhile, or that lies under it by now."""
    card = _before(before)
    if card.merged_into is None:
        return
    root = root_of(room, room.need(Question, card.merged_into))
    if root.id == card.id or root.state not in SHOWN:
        name = f"{Question.kind}:{card.merged_into}"
        last = room.last_change(name)
        raise room.told_changed((name, last or mark))


def _as_it_was(room: Room, card: Question) -> None:
    """The card of before, with what decides nothing as it is now, and with what others did about it meanwhile: a name
    that was corrected stays so, and what was held back does not go out by itself again.
    """
    now = room.need(Question, card.id)
    reports = tuple(dict.fromkeys((*card.reports, *now.reports)))
    due_at = now.due_at if now.state == "pending_review" else card.due_at
    card = msgspec.structs.replace(card, reports=reports, shown=now.shown, due_at=due_at)
    put(room, _after_the_end(room, card) if room.phase in AFTER else card)


def _after_the_end(room: Room, card: Question) -> Question:
    """The same where the meeting has ended since: what would wait for ever is answered, or owed in writing."""
    if card.state not in {"queued", "on_air"}:
        return card
    ended: dict[str, Any] = {"state": "deferred", "due": room.at + meeting_of(room).answer_days * DAY}
    if card.state == "on_air" and card.answer_ids:
        ended = {"state": "answered", "due": None}
    return msgspec.structs.replace(card, pinned=False, ended_at=room.at, **ended)


@words.takes_back(
    Approved,
    Deferred,
    Converted,
    Pinned,
    Assigned,
    HandedOver,
    WasPutBack,
    Finished,
    Labelled,
    MergeKept,
    of=_card,
    unless=_built_on,
)
def _(room: Room, before: Before, mark: Mark) -> None:
    _as_it_was(room, _before(before))


@words.takes_back(Hidden, Rejected, of=_card, unless=_built_on)
def _(room: Room, before: Before, mark: Mark) -> None:
    _as_it_was(room, _before(before))
    for deed in _freed(room, before, mark):
        room.take_back(deed.mark.seq)


@words.takes_back(Merged, Unmerged, of=_card, unless=_nothing_to_lie_under)
def _(room: Room, before: Before, mark: Mark) -> None:
    """Both get back the support they had, with what came meanwhile counted for whom it was meant."""
    card = _before(before)
    left = root_of(room, room.need(Question, card.id))
    _as_it_was(room, card)
    for root in {left.id, root_of(room, room.need(Question, card.id)).id, card.id}:
        recount(room, room.need(Question, root))


@words.takes_back(Called, of=_card_and_queue, unless=_built_on)
def _(room: Room, before: Before, mark: Mark) -> None:
    """Its place among the locked comes back with it; those who moved up stay free to be overtaken."""
    queue = before["queue"]
    _as_it_was(room, _before(before))
    if isinstance(queue, Queue):
        room.put(msgspec.structs.replace(queue_of(room), locked=queue.locked))
        line_up(room)


@words.takes_back(Ordered, of=_queue)
def _(room: Room, before: Before, mark: Mark) -> None:
    was = before["queue"]
    mode, by_hand = (was.mode, was.by_hand) if isinstance(was, Queue) else (Queue.mode, ())
    room.put(msgspec.structs.replace(queue_of(room), mode=mode, by_hand=by_hand))
    line_up(room)
