"""Letters of invitation: eight a page, each with the QR of the public address and the code of one home.

Refuses to print addresses that no phone can open.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import segno
from aiohttp import web
from markupsafe import Markup

from meetings.kernel import Refused
from meetings.meeting import meeting_of
from server.accounts import codes, labels
from server.config import is_loopback
from server.web import language
from server.web.administration import OFFICE, Desk
from server.web.render import Pages
from server.web.sessions import holder

if TYPE_CHECKING:
    from server.app import Parts

A_PAGE = 8


def routes(parts: Parts) -> list[web.RouteDef]:
    """The address of the letters."""
    pages = Pages()

    async def letters(request: web.Request) -> web.StreamResponse:
        seen = await holder(parts, request, *OFFICE)
        desk = Desk(parts, seen, parts.clock())
        estate = await desk.estate_of(request.query.get("estate", ""))
        place = await desk.meeting(request.query.get("meeting", ""))
        if place.estate != estate["id"]:
            raise Refused("not_found")
        base = parts.base_url
        if is_loopback(base):
            return pages.page(request, "letters.html", screen="letters", status=409, refused=base, **_empty())
        lang = language.choose(request)
        address = f"{base}/m/{place.code}"
        meeting = meeting_of(await parts.desks.room(place.record))
        wanted = request.query.get("unit")
        cards = [
            _letter(unit, lang)
            for unit in await parts.accounts.unit_codes(estate["id"])
            if wanted in {None, unit["id"]}
        ]
        return pages.page(
            request,
            "letters.html",
            screen="letters",
            refused="",
            estate=estate["name"],
            community=estate["community_name"],
            phone=estate["phone"],
            meeting=meeting.title,
            when=_when(lang, meeting.starts_at),
            venue=meeting.venue,
            address=address,
            qr=qr_of(f"{address}?big=1"),
            sheets=[cards[first : first + A_PAGE] for first in range(0, len(cards), A_PAGE)],
            count=len(cards),
        )

    return [web.get("/admin/letters", letters)]


def _empty() -> dict[str, Any]:
    return dict.fromkeys(
        ("estate", "community", "phone", "meeting", "when", "venue", "address", "qr"), ""
    ) | {
        "sheets": [],
        "count": 0,
    }


def _letter(unit: dict[str, Any], lang: str) -> dict[str, str]:
    place = labels.unit_words(unit["building"], unit["stair"], unit["room"], unit["number"], lang)
    return {"unit": place, "code": codes.printed(unit["typed"])}


def _when(lang: str, at: int | None) -> str:
    if at is None:
        return ""
    return language.words(lang)("letters-when", day=language.day(lang, at), time=language.clock(at))


def qr_of(address: str) -> Markup:
    """An address as QR code in SVG; error correction M survives a fold and a coffee stain."""
    made = segno.make(address, error="m", micro=False)
    # segno draws from the address alone: there is nothing in it that could be markup.
    return Markup(made.svg_inline(border=2, omitsize=True, svgclass="qr", lineclass=None))  # noqa: S704
