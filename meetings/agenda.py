"""What the council goes through, in what order, and where it stands now.

At most one item is open. A removed item stays known here so that its id cannot come back as another.
"""

from __future__ import annotations

from typing import Any, Literal

import msgspec
from msgspec import UNSET, UnsetType

from meetings.kernel import Command, Entity, Entry, Eye, Fact, Refused, Room, Who
from meetings.meeting import BEFORE, TALKING, Ended
from meetings.people import STAFF, Person, words
from meetings.text import TITLE_LIMIT, check_id, clean_line, clean_name

MINUTES_MOST = 600
ITEMS_MOST = 60

ItemKind = Literal[
    "opening",
    "briefing",
    "law_talk",
    "explanation",
    "questions",
    "speech",
    "claiming",
    "poll",
    "consensus",
    "closing",
]


class Add(Command, frozen=True, tag="agenda.add"):
    """Put an item on the agenda: its kind, title, planned minutes and who leads it.

    `lead` is somebody with a plate in this meeting, `lead_name` anybody else. It goes after the item named
    by `after`, to the front with null, to the end where `after` is left out. Staff may, until the end.
    """

    may, when = STAFF, BEFORE | TALKING
    id: str
    kind: ItemKind
    title: str
    minutes: int
    lead: str | None = None
    lead_name: str | None = None
    after: str | UnsetType | None = UNSET


class Edit(Command, frozen=True, tag="agenda.edit"):
    """Change what is named of an item; what is left out stays as it is. Staff may, until the end."""

    may, when = STAFF, BEFORE | TALKING
    id: str
    kind: ItemKind | UnsetType = UNSET
    title: str | UnsetType = UNSET
    minutes: int | UnsetType = UNSET
    lead: str | UnsetType | None = UNSET
    lead_name: str | UnsetType | None = UNSET


class Move(Command, frozen=True, tag="agenda.move"):
    """Put an item after another one, or to the front with `after` null. Staff may, until the end."""

    may, when = STAFF, BEFORE | TALKING
    id: str
    after: str | None


class Remove(Command, frozen=True, tag="agenda.remove"):
    """Take an item off the agenda that was not taken up yet. Staff may, until the end."""

    may, when = STAFF, BEFORE | TALKING
    id: str


class Open(Command, frozen=True, tag="agenda.open"):
    """Take an item up; the one taken up before is closed. Staff may, while the meeting runs."""

    may, when = STAFF, TALKING
    id: str


class Close(Command, frozen=True, tag="agenda.close"):
    """Be done with an item; it may be taken up again. Staff may, while the meeting runs."""

    may, when = STAFF, TALKING
    id: str


class Added(Fact, frozen=True, tag="agenda.added"):
    id: str
    kind: str
    title: str
    minutes: int
    lead: str | None = None
    lead_name: str | None = None
    after: str | None = None


class Edited(Fact, frozen=True, tag="agenda.edited"):
    id: str
    kind: str
    title: str
    minutes: int
    lead: str | None = None
    lead_name: str | None = None


class Moved(Fact, frozen=True, tag="agenda.moved"):
    id: str
    after: str | None = None


class Removed(Fact, frozen=True, tag="agenda.removed"):
    id: str


class Opened(Fact, frozen=True, tag="agenda.opened"):
    id: str


class Closed(Fact, frozen=True, tag="agenda.closed"):
    id: str


class AgendaItem(Entity, frozen=True):
    """One slot of the agenda. `opened_at` is when it was last taken up, `used_ms` the time used before that."""

    kind = "agenda_item"
    id: str
    item_kind: str
    title: str
    minutes: int
    lead: str | None = None
    lead_name: str | None = None
    position: int = 0
    state: str = "waiting"
    opened_at: int | None = None
    closed_at: int | None = None
    used_ms: int = 0

    def seen_by(self, eye: Eye) -> dict[str, Any] | None:
        if self.state == "removed":
            return None
        view: dict[str, Any] = msgspec.structs.asdict(self)
        view["kind"] = view.pop("item_kind")
        return view


def in_order(room: Room) -> list[AgendaItem]:
    """The items as they follow each other."""
    return sorted(
        (item for item in room.all(AgendaItem) if item.state != "removed"), key=lambda it: it.position
    )


def open_item(room: Room) -> AgendaItem | None:
    """The item the council is at, if any."""
    return next((item for item in room.all(AgendaItem) if item.state == "open"), None)


def need_item(room: Room, own_id: str) -> AgendaItem:
    """An item still on the agenda. Refuses `not_found`."""
    item = room.need(AgendaItem, own_id)
    if item.state == "removed":
        raise Refused("not_found")
    return item


def _described(
    room: Room, kind: str, title: str, minutes: int, lead: str | None, lead_name: str | None
) -> dict[str, Any]:
    if not 0 <= minutes <= MINUTES_MOST:
        raise Refused("unclear", field="minutes")
    if lead is not None:
        plate = room.get(Person, lead)
        if plate is None or not plate.role:
            raise Refused("not_found", field="lead")
        lead_name = plate.name
    elif lead_name is not None:
        lead_name = clean_name(lead_name, "lead_name")
    return {
        "kind": kind,
        "title": clean_line(title, TITLE_LIMIT, "title"),
        "minutes": minutes,
        "lead": lead,
        "lead_name": lead_name,
    }


@words.decides(Add)
def _(room: Room, cmd: Add, who: Who) -> list[Fact]:
    check_id(cmd.id)
    told = _described(room, cmd.kind, cmd.title, cmd.minutes, cmd.lead, cmd.lead_name)
    held = room.get(AgendaItem, cmd.id)
    if held is not None:
        if held.state == "removed" or _description(held) != told:
            raise Refused("taken")
        return []
    order = in_order(room)
    if len(order) >= ITEMS_MOST:
        raise Refused("too_large", limit=ITEMS_MOST)
    after = cmd.after
    if after is UNSET:
        after = order[-1].id if order else None
    elif after is not None:
        need_item(room, after)
    return [Added(id=cmd.id, after=after, **told)]


def _description(item: AgendaItem) -> dict[str, Any]:
    return {
        "kind": item.item_kind,
        "title": item.title,
        "minutes": item.minutes,
        "lead": item.lead,
        "lead_name": item.lead_name,
    }


@words.folds(Added)
def _(room: Room, fact: Added, entry: Entry) -> None:
    item = AgendaItem(fact.id, fact.kind, fact.title, fact.minutes, fact.lead, fact.lead_name)
    _place(room, item, fact.after)


def _place(room: Room, item: AgendaItem, after: str | None) -> None:
    order = [other for other in in_order(room) if other.id != item.id]
    place = next((index + 1 for index, other in enumerate(order) if other.id == after), 0)
    order.insert(place, item)
    _number(room, order)


def _number(room: Room, order: list[AgendaItem]) -> None:
    for position, item in enumerate(order, 1):
        if item.position != position:
            room.put(msgspec.structs.replace(item, position=position))


@words.decides(Edit)
def _(room: Room, cmd: Edit, who: Who) -> list[Fact]:
    item = need_item(room, cmd.id)
    given = msgspec.structs.asdict(cmd)
    now = _description(item)
    if cmd.lead_name is not UNSET and cmd.lead is UNSET:
        now["lead"] = None
    told = _described(room, **{name: now[name] if given[name] is UNSET else given[name] for name in now})
    return [] if told == _description(item) else [Edited(id=cmd.id, **told)]


@words.folds(Edited)
def _(room: Room, fact: Edited, entry: Entry) -> None:
    item = room.get(AgendaItem, fact.id)
    if item is not None:
        room.put(
            msgspec.structs.replace(
                item,
                item_kind=fact.kind,
                title=fact.title,
                minutes=fact.minutes,
                lead=fact.lead,
                lead_name=fact.lead_name,
            )
        )


@words.decides(Move)
def _(room: Room, cmd: Move, who: Who) -> list[Fact]:
    need_item(room, cmd.id)
    if cmd.after is not None:
        need_item(room, cmd.after)
        if cmd.after == cmd.id:
            raise Refused("unclear", field="after")
    order = [item.id for item in in_order(room)]
    place = order.index(cmd.id)
    before = order[place - 1] if place else None
    return [] if before == cmd.after else [Moved(cmd.id, cmd.after)]


@words.folds(Moved)
def _(room: Room, fact: Moved, entry: Entry) -> None:
    item = room.get(AgendaItem, fact.id)
    if item is not None:
        _place(room, item, fact.after)


@words.decides(Remove)
def _(room: Room, cmd: Remove, who: Who) -> list[Fact]:
    item = room.need(AgendaItem, cmd.id)
    if item.state == "removed":
        return []
    if item.state != "waiting":
        raise Refused("wrong_state", state=item.state)
    return [Removed(cmd.id)]


@words.folds(Removed)
def _(room: Room, fact: Removed, entry: Entry) -> None:
    item = room.get(AgendaItem, fact.id)
    if item is not None:
        room.put(msgspec.structs.replace(item, state="removed", position=0))
        _number(room, in_order(room))


@words.decides(Open)
def _(room: Room, cmd: Open, who: Who) -> list[Fact]:
    if need_item(room, cmd.id).state == "open":
        return []
    before = open_item(room)
    opened = Opened(cmd.id)
    return [opened] if before is None else [Closed(before.id), opened]


@words.folds(Opened)
def _(room: Room, fact: Opened, entry: Entry) -> None:
    item = room.get(AgendaItem, fact.id)
    if item is not None:
        room.put(msgspec.structs.replace(item, state="open", opened_at=entry.at, closed_at=None))


@words.decides(Close)
def _(room: Room, cmd: Close, who: Who) -> list[Fact]:
    item = need_item(room, cmd.id)
    if item.state == "waiting":
        raise Refused("wrong_state", state=item.state)
    return [Closed(cmd.id)] if item.state == "open" else []


@words.folds(Closed)
def _(room: Room, fact: Closed, entry: Entry) -> None:
    _done(room, room.get(AgendaItem, fact.id), entry.at)


@words.folds(Ended)
def _(room: Room, fact: Ended, entry: Entry) -> None:
    _done(room, open_item(room), entry.at)


def _done(room: Room, item: AgendaItem | None, at: int) -> None:
    if item is None or item.state != "open":
        return
    used = item.used_ms + max(0, at - (item.opened_at or at))
    room.put(msgspec.structs.replace(item, state="done", closed_at=at, used_ms=used))
