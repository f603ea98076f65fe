"""Owners' votes as pages that need no script: the list, the notice with its result, receipts, projector, print.

Everything but the prints is for everybody and is drawn from the public view; the prints are the desk's, and each
look at them is a line of the record.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from aiohttp import web

from meetings.docket import RECORD, Motion, Questionnaire, Roster
from meetings.kernel import Eye, Refused, Room
from server.config import is_loopback
from server.live.door import for_everybody
from server.web import language
from server.web.letters import qr_of
from server.web.render import NOWHERE, Pages, embedded
from server.web.votes_pages import lines, sheets, told
from server.web.votes_pages.receipts import Lists, code_in

if TYPE_CHECKING:
    from server.app import Parts

FORM_BYTES = 4_096
"""What is read of a posted form."""
HOME_MOST = 6
"""How many votes the home page names."""
NOW = (*told.OPEN, *told.AHEAD)


@dataclass(frozen=True)
class Asked:
    """What an address names: the community, its docket's record, and the motion where there is one."""

    record: str
    community: str
    motion: str = ""


def public_motions(room: Room) -> list[lines.View]:
    """Every motion that was noticed, as everybody sees it, the newest first."""
    seen = [motion.seen_by(Eye.PUBLIC) for motion in room.all(Motion)]
    return sorted((view for view in seen if view), key=lambda view: (-view["noticed_at"], view["id"]))


async def at_home(parts: Parts, community: str | None, lang: str) -> list[dict[str, Any]]:
    """The votes that are open or under notice, for the home page of a community."""
    if community is None:
        return []
    try:
        async with parts.desks.reading(RECORD + community) as room:
            views = public_motions(room)
    except Refused:
        return []
    estates = Estates(parts)
    shown = sorted((view for view in views if view["state"] in NOW), key=_soonest)[:HOME_MOST]
    return [told.card(view, lang, parts.clock(), await estates.name(view["estate"])) for view in shown]


async def asks_households(parts: Parts, community: str | None) -> bool:
    """Whether this community has asked its households anything."""
    if community is None:
        return False
    try:
        async with parts.desks.reading(RECORD + community) as room:
            return any(one.seen_by(Eye.PUBLIC) for one in room.all(Questionnaire))
    except Refused:
        return False


def current(rosters: list[Roster]) -> list[Roster]:
    """The rosters somebody may look into: those published for correction, and each estate's latest frozen one."""
    frozen = {one.estate: one for one in rosters if one.versions}
    return [one for one in rosters if not one.versions or frozen[one.estate] is one]


def _soonest(view: lines.View) -> tuple[bool, int]:
    """What is open first, then what ends or begins the soonest."""
    is_open = view["state"] in told.OPEN
    return (not is_open, view["closes_at"] if is_open else view["opens_at"])


class Estates:
    """The names of estates, each asked for once a page."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._names: dict[str, str] = {}

    async def name(self, own_id: str) -> str:
        """An estate's name; nothing where it is gone."""
        if own_id not in self._names:
            found = await self._parts.accounts.estates.estate(own_id)
            self._names[own_id] = found["name"] if found else ""
        return self._names[own_id]


def routes(parts: Parts, pages: Pages | None = None) -> list[web.RouteDef]:
    """The addresses of the pages."""
    pages = pages or Pages()
    lists = Lists()

    def asked(request: web.Request) -> Asked:
        community = request.match_info["community"]
        return Asked(RECORD + community, community, request.match_info.get("motion", ""))

    async def about(request: web.Request, where: Asked) -> dict[str, Any]:
        """What every page says at its head. Refuses `not_found` for a community nobody knows."""
        await parts.door.may_read(request, where.record)
        found = await parts.accounts.community_of(where.record)
        return {"about": found or NOWHERE, "community": where.community}

    def nowhere(request: web.Request, around: dict[str, Any]) -> web.Response:
        return pages.page(request, "votes_nowhere.html", screen="votes", status=404, **around)

    async def seen(where: Asked) -> lines.View | None:
        async with parts.desks.reading(where.record) as room:
            motion = room.get(Motion, where.motion)
            return motion.seen_by(Eye.PUBLIC) if motion is not None else None

    async def overview(request: web.Request) -> web.StreamResponse:
        where, lang, at = asked(request), language.choose(request), parts.clock()
        around = await about(request, where)
        async with parts.desks.reading(where.record) as room:
            views = public_motions(room)
            rosters = [one.seen_by(Eye.PUBLIC) for one in current(list(room.all(Roster)))]
        estates = Estates(parts)
        cards = [told.card(view, lang, at, await estates.name(view["estate"])) for view in views]
        groups = [(name, [one for one in cards if one["state"] in states]) for name, states in told.GROUPS]
        published = [
            {
                **roster,
                "name": await estates.name(roster["estate"]),
                "day": language.day(lang, roster["until"]),
            }
            for roster in rosters
            if roster
        ]
        answer = pages.page(
            request,
            "votes.html",
            screen="votes",
            groups=[(name, held) for name, held in groups if held],
            counts=[(name, len(held)) for name, held in groups if name != "off"],
            rosters=published,
            **around,
        )
        answer.enable_compression()
        return answer

    async def notice(request: web.Request) -> web.StreamResponse:
        where, lang, at = asked(request), language.choose(request), parts.clock()
        around, view = await about(request, where), await seen(where)
        if view is None:
            return nowhere(request, around)
        estate = await Estates(parts).name(view["estate"])
        address = f"{parts.base_url}/votes/{where.community}/{where.motion}"
        answer = pages.page(
            request,
            "votes_motion.html",
            screen="votes",
            motion=told.page(view, lang, at, estate),
            address=address,
            qr=None if is_loopback(parts.base_url) else qr_of(address),
            day=lambda ms: language.day(lang, ms, year=True),
            **around,
        )
        answer.enable_compression()
        return answer

    async def turnout(request: web.Request) -> web.Response:
        """The figures of a page that stays open, drawn as the page draws them. No result is among them."""
        where, lang = asked(request), language.choose(request)
        who = await parts.door.may_read(request, where.record)
        view = await seen(where)
        if view is None:
            raise Refused("not_found")
        t, step = language.words(lang), lines.turnout(view)
        yet = "votes-not-yet" if view["state"] in told.OPEN else "votes-not-met"
        body = {
            "state": view["state"],
            "rounds": len(view["rounds"]),
            "bars": {
                bar.count: {
                    "part": bar.part,
                    "percent": bar.percent,
                    "fill": bar.fill,
                    "met": bar.met,
                    "words": t("votes-met" if bar.met else yet) if bar.line is not None else "",
                }
                for bar in step.bars
            },
        }
        kept_by = "public" if for_everybody(request, who) else "private"
        return web.json_response(body, headers={"Cache-Control": f"{kept_by}, max-age=1"})

    async def check(request: web.Request) -> web.StreamResponse:
        where, lang, at = asked(request), language.choose(request), parts.clock()
        around = await about(request, where)
        async with parts.desks.reading(where.record) as room:
            motion = room.get(Motion, where.motion)
            view = motion.seen_by(Eye.PUBLIC) if motion is not None else None
            held = lists.of(room, motion) if motion is not None and view else None
        if view is None:
            return nowhere(request, around)
        # Posted by the form: a code in an address stands in the logs of whatever lies before this server.
        posted = request.method == "POST"
        form = dict(parse_qsl((await request.content.read(FORM_BYTES)).decode(errors="replace")))
        typed = (form if posted else request.query).get("code", "")[:400]
        code = code_in(typed)
        found = held.find(code) if held and code else None
        answer = pages.page(
            request,
            "votes_check.html",
            screen="votes",
            motion=told.page(view, lang, at, await Estates(parts).name(view["estate"])),
            held=held,
            typed=typed,
            code=code,
            found=found,
            file=f"/api/records/{where.record}/motions/{where.motion}/receipts",
            first=embedded({"record": where.record, "motion": where.motion, "digest": view["digest"]}),
            **around,
        )
        answer.enable_compression()
        return answer

    async def big(request: web.Request) -> web.StreamResponse:
        where, lang, at = asked(request), language.choose(request), parts.clock()
        around, view = await about(request, where), await seen(where)
        if view is None:
            return nowhere(request, around)
        address = f"{parts.base_url}/votes/{where.community}/{where.motion}"
        return pages.page(
            request,
            "votes_big.html",
            screen="votes_big",
            motion=told.page(view, lang, at, await Estates(parts).name(view["estate"])),
            night=request.query.get("night") == "1",
            clock=language.clock(at),
            address=address,
            qr=qr_of(address),
            rounds=len(view["rounds"]),
            turnout=lines.turnout(view),
            **around,
        )

    async def sheet(request: web.Request) -> web.StreamResponse:
        where, lang, at = asked(request), language.choose(request), parts.clock()
        what = request.match_info["what"]
        if what not in sheets.SHEETS:
            raise Refused("not_found")
        around, view = await about(request, where), await seen(where)
        if view is None:
            return nowhere(request, around)
        estate = await Estates(parts).name(view["estate"])
        who = await parts.door.may_read(request, where.record)
        looked = await parts.desks.give(where.record, {"type": "sheet.see", "motion": where.motion}, who)
        if not looked["ok"]:
            raise Refused(looked["code"])
        async with parts.desks.reading(where.record) as room:
            drawn = sheets.drawn(room, room.need(Motion, where.motion), what, lang, at, estate)
        address = f"{parts.base_url}/votes/{where.community}/{where.motion}"
        answer = pages.page(
            request,
            "votes_print.html",
            screen="votes_print",
            address=address,
            qr=None if is_loopback(parts.base_url) else qr_of(address),
            **around,
            **drawn,
        )
        answer.headers["X-Robots-Tag"] = "noindex, nofollow"
        answer.enable_compression()
        return answer

    base = "/votes/{community}"
    return [
        web.get(base, overview),
        web.get(f"{base}/{{motion}}", notice),
        web.get(f"{base}/{{motion}}/turnout", turnout),
        web.get(f"{base}/{{motion}}/check", check),
        web.post(f"{base}/{{motion}}/check", check),
        web.get(f"{base}/{{motion}}/big", big),
        web.get(f"{base}/{{motion}}/print/{{what}}", sheet),
    ]
