"""Pages as residents and staff open them: the shells of the live screens, home, the meeting's card, errors.

Draws what the record and the accounts say; decides nothing. A live screen's shell carries the room at one number,
so that it can be read before any script runs.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

from meetings import Eye, Room, Who
from meetings.meeting import meeting_of
from meetings.people import BADGES, STAFF
from server.web import language
from server.web.render import Pages, embedded

SCREENS: dict[str, frozenset[str]] = {
    "room": frozenset(),
    "desk": STAFF,
    "answer": BADGES | STAFF,
    "studio": frozenset({"host", "technician", "moderator", "secretary"}),
    "screen": frozenset({"screen", "technician"}) | STAFF,
}
"""Live screens, and the roles that may open them; empty: anybody who may watch."""

LEAN = {"caption": 20, "comment": 50}
"""How many of a kind the page carries; a reader who wants older ones asks for the whole room."""

Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]


def now_ms() -> int:
    """The server's clock, milliseconds UTC."""
    return time.time_ns() // 1_000_000


def me_of(room: Room, who: Who) -> dict[str, Any]:
    """What a screen is told of its own person, as in the answer to `join`."""
    roles = room.roles(who)
    shown = who.labels.get("building") or who.labels.get("real")
    return {
        "person": who.person,
        "roles": sorted(roles),
        "eye": str(room.eye(who, STAFF)),
        "named": bool(roles - {"guest", "screen"}),
        "proved": who.proved,
        "shown": shown,
        "labels": who.labels,
    }


def lean(seen: dict[str, dict[str, Any] | None]) -> dict[str, dict[str, Any] | None]:
    """The set without older captions and comments: `Room.patch` gives the newest first."""
    left = dict(LEAN)
    kept = {}
    for name, thing in seen.items():
        kind = name.partition(":")[0]
        if kind in left:
            left[kind] -= 1
            if left[kind] < 0:
                continue
        kept[name] = thing
    return kept


class Shells:
    """The shells of the live screens."""

    def __init__(self, parts: Any, pages: Pages) -> None:
        self.parts = parts
        self.pages = pages

    def show(self, screen: str) -> Answer:
        """The answer for `/<screen>/{id}`."""

        async def shell(request: web.Request) -> web.StreamResponse:
            record = f"meeting:{request.match_info['id']}"
            at = now_ms()
            room = await self.parts.desks.room(record)
            who = await self.parts.accounts.who(request, record, at)
            wanted = SCREENS[screen]
            if wanted and not room.roles(who) & wanted:
                return error(self.pages, request, 403)
            return self._draw(request, screen, room, who, at)

        return shell

    def _draw(self, request: web.Request, screen: str, room: Room, who: Who, at: int) -> web.StreamResponse:
        eye = room.eye(who, STAFF)
        lang = language.choose(request)
        seen = room.patch(0, eye)
        first = {
            "record": room.record,
            "me": me_of(room, who),
            "room": {"seq": room.seq, "set": lean(seen), "own": room.own(who.person, 0)},
            "lean": len(seen) > len(lean(seen)),
            "lang": lang,
            "now": at,
            "build": self.pages.assets.build,
        }
        template = "room.html" if screen == "room" else "screen.html"
        answer = self.pages.page(
            request,
            template,
            screen=screen,
            title=meeting_of(room).title,
            first=embedded(first),
            **(drawn(room) if screen == "room" else {}),
        )
        answer.enable_compression()
        return answer


def drawn(room: Room) -> dict[str, Any]:
    """What the room's page says before any script runs."""
    seen = room.patch(0, Eye.PUBLIC)
    queue = seen.get("queue") or {"order": []}
    cards = [seen.get(f"question:{own_id}") for own_id in queue["order"][:20]]
    on_air = next((thing for thing in seen.values() if thing and thing.get("state") == "on_air"), None)
    return {
        "meeting": seen.get("meeting") or {},
        "on_air": on_air,
        "cards": [card for card in cards if card],
        "waiting": len(queue["order"]),
        "votes": {
            name.partition(":")[2]: thing["votes"]
            for name, thing in seen.items()
            if thing and name[:6] == "score:"
        },
    }


def error(pages: Pages, request: web.Request, status: int) -> web.Response:
    """An error in words, with the way back."""
    return pages.page(request, "error.html", status=status, code=status)


def routes(parts: Any, pages: Pages | None = None) -> list[web.RouteDef]:
    """The pages' addresses, for the application to add."""
    pages = pages or Pages()
    shells = Shells(parts, pages)
    return [web.get(f"/{screen}/{{id}}", shells.show(screen)) for screen in SCREENS]
