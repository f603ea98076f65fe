"""Questionnaires as pages: the list, the form with its screen, the results, and the sheet of paper.

Results, list and paper need no script. Draws what everybody may see; one's own answers come from an address that asks.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aiohttp import web

from meetings.docket import RECORD, Questionnaire
from meetings.kernel import Eye, Refused, Room
from server.live.door import me_of
from server.web import language
from server.web.pages import error
from server.web.render import NOWHERE, Pages, embedded

if TYPE_CHECKING:
    from server.app import Parts

View = dict[str, Any]
GROUPS = {"open": ("open",), "done": ("counted", "withdrawn")}
"""In this order the list shows them, by state."""
TEXTS_SHOWN = 200
"""Texts of one question on its page; how many more there are is said."""


def public(room: Room) -> list[View]:
    """Every questionnaire that was opened, as everybody sees it, the newest first."""
    seen = [held.seen_by(Eye.PUBLIC) for held in room.all(Questionnaire)]
    return sorted((view for view in seen if view), key=lambda view: (-view["opened_at"], view["id"]))


def share(part: int, whole: int) -> int:
    """A part in whole percent for a bar; the figure in words stands beside it."""
    return round(100 * part / whole) if whole else 0


def routes(parts: Parts) -> list[web.RouteDef]:
    """The addresses of the pages."""
    pages = Pages()

    async def about(community: str) -> dict[str, str]:
        return await parts.accounts.community_of(RECORD + community) or NOWHERE

    async def one(request: web.Request) -> View:
        record = RECORD + request.match_info["community"]
        await parts.door.may_read(request, record)
        async with parts.desks.reading(record) as room:
            held = room.need(Questionnaire, request.match_info["id"])
            view = held.seen_by(Eye.PUBLIC)
        if view is None:
            raise Refused("not_found")
        return view | ({"results": held.written_out} if held.state == "counted" else {})

    def drawn(request: web.Request, template: str, **values: Any) -> web.Response:
        lang = language.choose(request)
        page = pages.page(
            request,
            template,
            screen=values.pop("screen", "questionnaires"),
            community=request.match_info["community"],
            day=lambda at: language.day(lang, at, year=True),
            clock=language.clock,
            share=share,
            texts_shown=TEXTS_SHOWN,
            **values,
        )
        page.enable_compression()
        return page

    async def everything(request: web.Request) -> web.StreamResponse:
        """The questionnaires of a community."""
        community = request.match_info["community"]
        try:
            await parts.door.may_read(request, RECORD + community)
            async with parts.desks.reading(RECORD + community) as room:
                views = public(room)
        except Refused:
            return error(pages, request, 404)
        groups = [(name, [one for one in views if one["state"] in states]) for name, states in GROUPS.items()]
        found = [(name, held) for name, held in groups if held]
        return drawn(request, "questionnaires.html", groups=found, about=await about(community))

    async def page(request: web.Request) -> web.StreamResponse:
        """One questionnaire: its form while it is open, its results once they are counted."""
        community, own_id = request.match_info["community"], request.match_info["id"]
        record, at = RECORD + community, parts.clock()
        try:
            view = await one(request)
        except Refused:
            return error(pages, request, 404)
        head = await about(community)
        if view["state"] != "open":
            return drawn(request, "questionnaire_results.html", asked=view, about=head)
        known = await parts.accounts.me(request, record, at)
        who = await parts.accounts.who(request, record, at)
        estate = await parts.accounts.estates.estate(view["estate"]) or {}
        async with parts.desks.reading(record) as room:
            first: dict[str, Any] = {
                "record": record,
                "questionnaire": own_id,
                "me": me_of(room, who, known),
                # Of everybody's things only this one: the rest of the docket has its own pages.
                "room": {"seq": room.seq, "set": {f"questionnaire:{own_id}": view}, "own": {}},
            }
        first["place"] = {
            "estate": view["estate"],
            "name": estate.get("name", ""),
            "community": head["name"],
            "phone": head["phone"],
        }
        first |= {"lang": language.choose(request), "now": at, "build": pages.assets.build}
        return drawn(
            request,
            "questionnaire.html",
            screen="questionnaire",
            title=view["title"],
            asked=view,
            about=head,
            first=embedded(first),
        )

    async def paper(request: web.Request) -> web.StreamResponse:
        """The same on a sheet of paper, for those who write by hand."""
        try:
            view = await one(request)
        except Refused:
            return error(pages, request, 404)
        head = await about(request.match_info["community"])
        estate = await parts.accounts.estates.estate(view["estate"]) or {"name": ""}
        return drawn(request, "questionnaire_paper.html", asked=view, about=head, estate=estate["name"])

    return [
        web.get("/questionnaire/{community}", everything),
        web.get("/questionnaire/{community}/{id}", page),
        web.get("/questionnaire/{community}/{id}/paper", paper),
    ]
