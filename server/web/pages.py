"""Pages as residents and staff open them: the shells of the live screens, home, the meeting's card, errors.

Draws what the record and the accounts say; decides nothing. A live screen's shell carries the room at one number,
so that it can be read before any script runs.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from aiohttp import web

from meetings import Eye, Room
from meetings.meeting import meeting_of
from meetings.people import BADGES, NAMED, STAFF
from meetings.transcript import SCRIBES
from server.live.door import eye_of, me_of
from server.web import assets, home, language
from server.web.render import Pages, embedded

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

SCREENS: dict[str, frozenset[str]] = {
    "room": frozenset(),
    "desk": STAFF,
    "answer": BADGES | STAFF,
    "studio": STAFF | {"technician"},
    "captions": SCRIBES,
    "stage": NAMED,
    "screen": STAFF | {"screen", "technician"},
}
"""Live screens, and the roles that may open them; empty: anybody who may watch."""

LEAN = {"caption": 20, "comment": 50}
"""How many of a kind the page carries; a reader who wants older ones asks for the whole room."""

FIRST_CARDS = 20
"""Questions that are there as words before any script runs."""


PICTURE = "src/screens/room/Picture.vue"
"""The piece of the room that plays the picture: asked for beside the first scripts while there is one to play."""


def now_ms() -> int:
    """The server's clock, milliseconds UTC."""
    return time.time_ns() // 1_000_000


Seen = dict[str, dict[str, Any] | None]


def lean(seen: Seen) -> Seen:
    """The set without older captions and comments: `Room.patch` gives the newest first."""
    left = dict(LEAN)
    kept: Seen = {}
    for name, thing in seen.items():
        kind = name.partition(":")[0]
        if kind in left:
            left[kind] -= 1
            if left[kind] < 0:
                continue
        kept[name] = thing
    return kept


def shell(parts: Any, pages: Pages, screen: str) -> Handler:
    """The answer for `/<screen>/{id}`."""
    wanted = SCREENS[screen]

    async def answer(request: web.Request) -> web.StreamResponse:
        record = f"meeting:{request.match_info['id']}"
        who = await parts.door.may_read(request, record, code=request.query.get("code"))
        at = now_ms()
        known = await parts.accounts.me(request, record, at)
        lang = language.choose(request)
        async with parts.desks.reading(record) as room:
            if wanted and not room.roles(who) & wanted:
                return error(pages, request, 403)
            seen = room.patch(0, eye_of(room, who))
            first = {
                "record": record,
                "me": me_of(room, who, known),
                "room": {"seq": room.seq, "set": lean(seen), "own": room.own(who.person, 0)},
                "lean": len(seen) > len(lean(seen)),
                "lang": lang,
                "now": at,
                "build": pages.assets.build,
            }
            if screen == "room":
                first |= {"delay": parts.settings.media_delay_seconds, "how": parts.air.begin(record)}
            title = meeting_of(room).title
            more = drawn(room) if screen == "room" else {}
            template = "room.html" if screen == "room" else "screen.html"
            page = pages.page(request, template, screen=screen, title=title, first=embedded(first), **more)
        page.enable_compression()
        return page

    return answer


def drawn(room: Room) -> dict[str, Any]:
    """What the room's page says before any script runs: the meeting, what is answered now, the first in the queue."""
    seen = room.patch(0, Eye.PUBLIC)
    order = (seen.get("queue") or {}).get("order", [])
    cards = [seen.get(f"question:{own_id}") for own_id in order[:FIRST_CARDS]]
    questions = [thing for name, thing in seen.items() if thing and name.startswith("question:")]
    on = (seen.get("stream") or {}).get("state") in {"live", "interrupted"}
    return {
        "soon": PICTURE if on else "",
        "meeting": seen.get("meeting") or {},
        "on_air": next((thing for thing in questions if thing["state"] == "on_air"), None),
        "cards": [card for card in cards if card],
        "waiting": len(order),
        "votes": {
            name.partition(":")[2]: thing["votes"]
            for name, thing in seen.items()
            if thing and name.startswith("score:")
        },
    }


def error(pages: Pages, request: web.Request, status: int) -> web.Response:
    """An error in words, with the way back."""
    lang = language.choose(request)
    code = status if language.has(lang, f"pages-error-{status}") else 500 if status >= 500 else 400
    return pages.page(request, "error.html", status=status, code=code)


def error_page(parts: Any) -> Callable[[web.Request, int], web.StreamResponse]:
    """The page for a request that failed, for the outermost middleware."""
    pages = Pages()
    return lambda request, status: error(pages, request, status)


def routes(parts: Any, pages: Pages | None = None) -> list[web.RouteDef]:
    """The pages' addresses, and those of the files they name."""
    pages = pages or Pages()
    found = [web.get(f"/{screen}/{{id}}", shell(parts, pages, screen)) for screen in SCREENS]
    return found + home.routes(parts, pages) + assets.routes()
