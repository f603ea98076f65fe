"""The desk of a community's docket: a shell for the screen, for those who work with motions, and who may watch a count.

Draws nothing itself; what each role may do is decided where a command is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
from aiohttp import web

from meetings.docket import RECORD, STAFF, Motion
from meetings.docket.motions import Asked
from meetings.docket.rules import RULE_SETS
from meetings.docket.words import CHAIR, COMMUNITY, SUPERVISOR
from meetings.kernel import Eye, Refused
from meetings.tally import ITEMS
from server.live.door import eye_of, me_of
from server.web import language
from server.web.pages import error
from server.web.render import Pages, embedded
from server.web.sessions import told

if TYPE_CHECKING:
    from meetings.kernel import Who
    from server.app import Parts


def _matter(item: int) -> dict[str, Any]:
    """What a motion on one of the nine matters of art. 278 would show of its class."""
    shown = Motion("", "", Asked("", "", "", item)).seen_by(Eye.STAFF) or {}
    return {name: shown[name] for name in ("item", "item_class", "class_warning")}


ITEMS_TOLD = [_matter(item) for item in sorted(ITEMS)]


def routes(parts: Parts) -> list[web.RouteDef]:
    """The addresses of the docket's desk."""
    pages = Pages()

    async def desk(request: web.Request) -> web.StreamResponse:
        """The docket's desk, for its staff."""
        community = request.match_info["community"]
        record, at = RECORD + community, parts.clock()
        try:
            who = await parts.door.may_read(request, record)
        except Refused:
            return error(pages, request, 404)
        known = await parts.accounts.me(request, record, at)
        lang = language.choose(request)
        async with parts.desks.reading(record) as room:
            if not room.roles(who) & STAFF:
                return error(pages, request, 403)
            first = {
                "record": record,
                "me": me_of(room, who, known),
                "room": {
                    "seq": room.seq,
                    "set": room.patch(0, eye_of(room, who)),
                    "own": room.own(who.person, 0),
                },
                "place": None,
                "items": ITEMS_TOLD,
                "rule_sets": msgspec.to_builtins(RULE_SETS),
                "lang": lang,
                "now": at,
                "build": pages.assets.build,
            }
        first["place"] = await _place(parts, community, who)
        title = language.words(lang)("docket-title")
        page = pages.page(request, "screen.html", screen="docket", title=title, first=embedded(first))
        page.enable_compression()
        return page

    async def watchers(request: web.Request) -> web.StreamResponse:
        """Who may be named to watch a count: those who hold the role of a supervisor now. Chair and secretary ask."""
        record = request.match_info["record"]
        if not record.startswith(RECORD):
            raise Refused("not_found")
        who = await parts.door.may_read(request, record)
        async with parts.desks.reading(record) as room:
            if not room.roles(who) & (CHAIR | COMMUNITY):
                raise Refused("forbidden")
        return told({"people": await _supervisors(parts, record.removeprefix(RECORD), parts.clock())})

    return [
        web.get("/docket/{community}", desk),
        web.get("/api/records/{record}/supervisors", watchers),
    ]


async def _place(parts: Parts, community: str, who: Who) -> dict[str, Any]:
    """The community and its estates: for each its buildings and stairs, by which the scope of a motion is named, and
    whether whoever looks has proved a home there: a chair is offered nothing of the others (`other_estate`).
    """
    found = next(one for one in await parts.accounts.estates.overview() if one["id"] == community)
    homes = [await parts.accounts.estates.unit(home) for home in who.homes]
    theirs = {home["estate"] for home in homes if home}
    estates = []
    for estate in found["estates"]:
        houses = await parts.accounts.estates.chooser(estate["id"])
        told = [{"name": one["name"], "stairs": [stair["name"] for stair in one["stairs"]]} for one in houses]
        shown = {name: estate[name] for name in ("id", "name", "roster")}
        estates.append(shown | {"buildings": told, "yours": estate["id"] in theirs})
    return {"id": community, "name": found["name"], "estates": estates}


async def _supervisors(parts: Parts, community: str, at: int) -> list[dict[str, str]]:
    people = await parts.accounts.people.staff(community)
    return [
        {"person": one["person"], "name": one["name"]}
        for one in people
        if any(role["role"] in SUPERVISOR and _holds(role, at) for role in one["roles"])
    ]


def _holds(role: dict[str, Any], at: int) -> bool:
    begun = role["since"] is None or role["since"] <= at
    over = role["revoked_at"] is not None or (role["until"] is not None and at >= role["until"])
    return begun and not over and role["record"] is None
