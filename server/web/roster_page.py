"""The owner's page of a roster: a shell for the screen that shows the publication, one's own line, and the proof.

Holds no unit: what an owner may read is asked for at an address that knows who asks. No search engine keeps it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aiohttp import web

from meetings.docket import RECORD, Roster
from meetings.kernel import Refused
from server.live.door import eye_of, me_of
from server.web import language
from server.web.pages import error
from server.web.render import Pages, embedded

if TYPE_CHECKING:
    from server.app import Parts


def routes(parts: Parts) -> list[web.RouteDef]:
    """The address of the page."""
    pages = Pages()

    async def page(request: web.Request) -> web.StreamResponse:
        """The page of one roster, for anybody: what it shows depends on who looks."""
        record, own_id = RECORD + request.match_info["community"], request.match_info["roster"]
        at = parts.clock()
        try:
            who = await parts.door.may_read(request, record)
            known = await parts.accounts.me(request, record, at)
            async with parts.desks.reading(record) as room:
                held = room.need(Roster, own_id)
                seen = held.seen_by(eye_of(room, who))
                first: dict[str, Any] = {
                    "record": record,
                    "roster": own_id,
                    "me": me_of(room, who, known),
                    # Of everybody's things only the roster's: the rest of the docket has its own pages.
                    "room": {
                        "seq": room.seq,
                        "set": {f"roster:{own_id}": seen} if seen is not None else {},
                        "own": room.own(who.person, 0),
                    },
                }
        except Refused:
            return error(pages, request, 404)
        found = await parts.accounts.estates.estate(held.estate) or {}
        lang = language.choose(request)
        first |= {
            "place": {
                "estate": held.estate,
                "name": found.get("name", ""),
                "community": found.get("community_name", ""),
                "phone": found.get("phone", ""),
            },
            "lang": lang,
            "now": at,
            "build": pages.assets.build,
        }
        title = language.words(lang)("docket-roster-title")
        answer = pages.page(request, "screen.html", screen="roster", title=title, first=embedded(first))
        answer.headers["X-Robots-Tag"] = "noindex, nofollow"
        answer.enable_compression()
        return answer

    return [web.get("/roster/{community}/{roster}", page)]
