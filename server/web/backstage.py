"""What the studio has to know of the hall beside the picture: which of its screens are on the line, by which address
residents come in, and the short code that ties the picture to the record.

Counts pages, not people; says nothing of who sits before them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import web

from meetings.kernel import Refused
from meetings.people import STAFF

if TYPE_CHECKING:
    from server.app import Parts

BACKSTAGE = STAFF | {"technician"}
PROOF_DIGITS = 8
"""Of the link's 64: 32 bits suffice to tell one moment of one record from all others somebody could show."""


def routes(parts: Parts) -> list[web.RouteDef]:
    """The one address."""

    async def backstage(request: web.Request) -> web.Response:
        """`{pages: {screen: 1, …}, proof: {seq, link}, address, code}`, for host, moderator, secretary, technician."""
        record = request.match_info["record"]
        who = await parts.door.may_read(request, record)
        if not (await parts.desks.room(record)).roles(who) & BACKSTAGE:
            raise Refused("forbidden")
        place = await parts.accounts.meeting_of(record)
        seq, link = await parts.store.records.tip(record)
        told = {
            "pages": parts.neighbours.pages(record),
            "proof": {"seq": seq, "link": link.hex()[:PROOF_DIGITS]},
            "address": f"{parts.base_url}/m/{place.code}" if place else None,
            "code": place.code if place else None,
        }
        return web.json_response(told, headers={"Cache-Control": "no-store"})

    return [web.get("/api/records/{record}/backstage", backstage)]
