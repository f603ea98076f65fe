"""The meetings of a community: listed, and made. What is then set, announced and held are commands of the record."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from meetings.kernel import Refused
from server.accounts.ids import fresh_id
from server.web.administration.desk import Desk
from server.web.sessions import told

if TYPE_CHECKING:
    from aiohttp import web


class NewMeeting(msgspec.Struct, forbid_unknown_fields=True):
    """A meeting of an estate; `settings` are further fields of `meeting.set`."""

    estate: str
    title: str
    starts_at: int | None = None
    planned_minutes: int | None = None
    venue: str | None = None
    settings: dict[str, Any] = {}


async def meetings(desk: Desk, _request: web.Request) -> web.StreamResponse:
    """The meetings of this person's communities, the newest first."""
    found = []
    for place in await desk.parts.accounts.places.places():
        try:
            await desk.within(place.community)
        except Refused:
            continue
        found.append(place)
    cards = {card["record"]: card for card in await desk.parts.store.register.meetings()}
    return told(
        {"meetings": [{"card": cards.get(place.record), **msgspec.structs.asdict(place)} for place in found]}
    )


async def new_meeting(desk: Desk, request: web.Request) -> web.StreamResponse:
    """Make the record of a new meeting and set what is known of it."""
    wish = await desk.body(request, NewMeeting)
    estate = await desk.estate_of(wish.estate)
    parts = desk.parts
    record = f"meeting:{fresh_id()}"
    given = {"title": wish.title, "estate": estate["name"], "convener": estate["community_name"]}
    for field in ("starts_at", "planned_minutes", "venue"):
        if getattr(wish, field) is not None:
            given[field] = getattr(wish, field)
    code = await parts.accounts.place_meeting(record, estate["community"], estate["id"], desk.at)
    await parts.desks.create(record, estate["community"], desk.at)
    who = await parts.accounts.who(request, record, desk.at)
    answer = await parts.desks.give(
        record, {"type": "meeting.set", **given, **wish.settings, "code": code}, who
    )
    if not answer.get("ok"):
        refused = dict(answer)
        refused.pop("ok")
        raise Refused(refused.pop("code"), **refused)
    return told({"record": record, "id": record.partition(":")[2], "code": code})
