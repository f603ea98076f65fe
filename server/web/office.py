"""The page of the administration: a shell for the screen, for those who hold a standing role. Does nothing itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import web

from meetings.kernel import Refused
from server.web import language
from server.web.administration import OFFICE
from server.web.pages import error
from server.web.render import Pages, embedded
from server.web.sessions import holder

if TYPE_CHECKING:
    from server.app import Parts


def routes(parts: Parts) -> list[web.RouteDef]:
    """The address of the administration."""
    pages = Pages()

    async def office(request: web.Request) -> web.StreamResponse:
        try:
            await holder(parts, request, *OFFICE)
        except Refused:
            return error(pages, request, 403)
        lang = language.choose(request)
        at = parts.clock()
        first = {
            "record": None,
            "me": await parts.accounts.me(request, None, at),
            "room": None,
            "lang": lang,
            "now": at,
            "build": pages.assets.build,
        }
        title = language.words(lang)("admin-title")
        return pages.page(request, "screen.html", screen="admin", title=title, first=embedded(first))

    return [web.get("/admin", office)]
