"""Ways in: personal links, joining by name and unit, proving the unit, leaving. A GET uses nothing up."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
from aiohttp import web

from meetings.kernel import Refused
from server.accounts import CONSENT, Wish
from server.accounts.links import link_view
from server.accounts.sessions import agent_words
from server.live.door import me_of
from server.web.proxies import address_of
from server.web.render import Pages
from server.web.sessions import agent_of, body_of, told

if TYPE_CHECKING:
    from server.app import Parts

SMALL = 4_096
"""Bytes; nothing said at the entrance is longer."""


class Token(msgspec.Struct, forbid_unknown_fields=True):
    """What stands behind `#` in a personal link."""

    token: str


class Code(msgspec.Struct, forbid_unknown_fields=True):
    """The code of the letter; with `unit` (id), that of a further unit of one's own."""

    code: str
    unit: str = ""


def routes(parts: Parts) -> list[web.RouteDef]:
    """The addresses of the entrance."""
    pages = Pages()
    accounts = parts.accounts

    async def page(request: web.Request) -> web.StreamResponse:
        return pages.page(request, "enter.html", screen="enter")

    async def mine(source: object, record: str | None, at: int) -> dict[str, Any]:
        """What a browser is told about its person; in a meeting, with the roles the meeting itself gave."""
        known = await accounts.me(source, record, at)
        if record is None or known["person"] is None:
            return known
        who = await accounts.who(source, record, at)
        try:
            async with parts.desks.reading(record) as room:
                return me_of(room, who, known)
        except Refused:
            return known

    async def enter(request: web.Request) -> web.StreamResponse:
        said = await body_of(request, Token, SMALL)
        at = parts.clock()
        link, cookie = await accounts.enter(said.token, request, at, agent=agent_words(agent_of(request)))
        me = await mine(cookie or request, link.record, at)
        response = told(link_view(link, me))
        if cookie is not None:
            accounts.set_cookie(request, response, cookie)
        return response

    async def leave(request: web.Request) -> web.StreamResponse:
        await accounts.leave(request, parts.clock())
        response = told({"me": await accounts.me(None, None, parts.clock())})
        accounts.drop_cookie(request, response)
        return response

    async def me(request: web.Request) -> web.StreamResponse:
        record = request.query.get("record")
        return told(await mine(request, record, parts.clock()))

    async def join(request: web.Request) -> web.StreamResponse:
        wish = await body_of(request, Wish, SMALL)
        at = parts.clock()
        for field in ("name", "call"):
            if await parts.lookout.stops(wish.record, getattr(wish, field), at):
                raise Refused("unclear", field=field, why="words")
        joined = await accounts.join(
            wish,
            request,
            at,
            address=address_of(request, parts.settings.trusted_proxies),
            agent=agent_words(agent_of(request)),
        )
        source = joined.cookie or request
        # The way is a fact of the record: from here on every label in it follows from the record alone.
        who = await accounts.who(source, wish.record, at)
        meeting = wish.record.startswith("meeting:")
        if meeting:
            await parts.desks.give(wish.record, {"type": "person.show_as", "way": wish.way}, who)
        response = told(
            {
                "me": await mine(source, wish.record, at),
                "proved": joined.proved,
                "record": wish.record,
                "screen": f"/room/{wish.record.partition(':')[2]}" if meeting else "/",
            }
        )
        if joined.cookie is not None:
            accounts.set_cookie(request, response, joined.cookie)
        return response

    async def prove(request: web.Request) -> web.StreamResponse:
        said = await body_of(request, Code, SMALL)
        at = parts.clock()
        await accounts.prove(request, said.code, at, unit=said.unit)
        return told({"me": await mine(request, request.query.get("record"), at), "proved": True})

    async def places(request: web.Request) -> web.StreamResponse:
        record = request.query.get("record", "")
        if not record or len(record) > 80:
            raise Refused("not_found")
        return told(await accounts.places_for(record, request.query.get("estate", "")[:64]))

    async def consent(_request: web.Request) -> web.StreamResponse:
        return told({"version": CONSENT, "key": f"pages-consent-{CONSENT}"})

    return [
        web.get("/enter", page),
        web.post("/api/enter", enter),
        web.post("/api/leave", leave),
        web.get("/api/me", me),
        web.post("/api/join", join),
        web.post("/api/prove", prove),
        web.get("/api/places", places),
        web.get("/api/consent", consent),
    ]
