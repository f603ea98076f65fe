"""The page on which an owner votes, and the picture of a receipt's address as rows of a QR.

A shell for the screen: it carries one motion, whose votes this person may cast, and their own receipts. Decides
nothing.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import segno
from aiohttp import web

from meetings.docket import RECORD, Motion
from meetings.kernel import Refused, Room, Who
from server.live.door import eye_of, me_of
from server.web import language
from server.web.pages import error
from server.web.render import Pages, embedded
from server.web.sessions import told
from server.web.votes import HEADERS, in_words, own_ballots

if TYPE_CHECKING:
    from server.app import Parts

CODE = re.compile(r"[A-Z2-7]{16}")
"""A receipt code without its dashes."""


def routes(parts: Parts) -> list[web.RouteDef]:
    """The addresses of the ballot."""
    pages = Pages()

    async def page(request: web.Request) -> web.StreamResponse:
        """The ballot of one motion, for anybody: what can be done on it depends on who looks."""
        record, own_id = RECORD + request.match_info["community"], request.match_info["motion"]
        at = parts.clock()
        first: dict[str, Any]
        try:
            who = await parts.door.may_read(request, record)
            known = await parts.accounts.me(request, record, at)
            async with parts.desks.reading(record) as room:
                motion = room.need(Motion, own_id)
                if motion.noticed_at is None:
                    raise Refused("not_found")
                first = {"me": me_of(room, who, known), "room": _only(room, own_id, who)}
                mine = own_ballots(room, own_id, who) if who.person else None
        except Refused:
            return error(pages, request, 404)
        lang = language.choose(request)
        estate = await parts.accounts.estates.estate(motion.asked.estate) or {}
        first |= {
            "record": record,
            "motion": own_id,
            "mine": await in_words(parts, mine, lang) if mine is not None else None,
            "place": {
                "estate": motion.asked.estate,
                "name": estate.get("name", ""),
                "community": estate.get("community_name", ""),
                "phone": estate.get("phone") or "",
            },
            "lang": lang,
            "now": at,
            "build": pages.assets.build,
        }
        answer = pages.page(
            request, "screen.html", screen="ballot", title=motion.asked.title, first=embedded(first)
        )
        answer.headers.update(HEADERS)
        answer.enable_compression()
        return answer

    async def sign(request: web.Request) -> web.StreamResponse:
        """Where a receipt is checked, as a link and as rows of a QR. No receipt is looked up for it; of an anonymous
        poll none is drawn, because whoever asks for it would say whose slip it is.
        """
        record, code = request.match_info["record"], request.match_info["code"]
        if not record.startswith(RECORD) or not CODE.fullmatch(code):
            raise Refused("not_found")
        async with parts.desks.reading(record) as room:
            motion = room.need(Motion, request.match_info["id"])
        if motion.asked.mode == "anonymous":
            raise Refused("not_found")
        url = f"{parts.base_url}/votes/{record.removeprefix(RECORD)}/{motion.id}/check#{code}"
        rows = ["".join(map(str, row)) for row in segno.make(url, error="m", micro=False).matrix]
        return told({"url": url, "rows": rows})

    return [
        web.get("/ballot/{community}/{motion}", page),
        web.get("/api/records/{record}/motions/{id}/receipts/{code}/qr", sign),
    ]


def _only(room: Room, own_id: str, who: Who) -> dict[str, Any]:
    """The room as far as a ballot needs it: the motion, and of this person's own things what belongs to it."""
    own = room.own(who.person, 0)
    seen = room.need(Motion, own_id).seen_by(eye_of(room, who))
    return {
        "seq": room.seq,
        "set": {f"motion:{own_id}": seen} if seen is not None else {},
        "own": {name: thing for name, thing in own.items() if thing and thing.get("motion") == own_id},
    }
