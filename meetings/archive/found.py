"""What households had answered before the council, at the item it was brought to. Sums with their bases; binds nobody."""

from __future__ import annotations

from typing import Any

import msgspec

from meetings.agenda import AgendaItem
from meetings.findings import Findings
from meetings.kernel import Room


class Found(msgspec.Struct, frozen=True):
    """The results of one questionnaire: `households` were asked, `answered` of them answered, `paper` on paper.

    `results` go by question: its base, and of a base of five or more the counts, shares in percent, mean and median.
    """

    id: str
    title: str
    item: str | None
    item_id: str
    households: int
    answered: int
    paper: int
    counted_at: int
    results: list[dict[str, Any]]
    binding: str = "none"


def findings(room: Room) -> list[Found]:
    """The questionnaires whose results were brought, in the order of their items."""
    found = sorted(room.all(Findings), key=lambda one: _position(room, one))
    return [_found(room, one) for one in found]


def _position(room: Room, one: Findings) -> int:
    item = room.get(AgendaItem, one.item)
    return item.position if item is not None else 0


def _found(room: Room, one: Findings) -> Found:
    item = room.get(AgendaItem, one.item)
    return Found(
        id=one.id,
        title=one.title,
        item=item.title if item is not None else None,
        item_id=one.item,
        households=one.households,
        answered=one.answered,
        paper=one.paper,
        counted_at=one.counted_at,
        results=one.results,
    )
