"""The public front: home of a community, the card of a meeting behind its code, its date for a calendar.

Reads what everybody may read; works without script.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import segno
from aiohttp import web
from markupsafe import Markup

from meetings import Eye, Refused
from meetings.meeting import OPEN, TALKING
from server.live.door import CODES, with_code
from server.web import language
from server.web.ledger import Ledgers, in_words
from server.web.render import NOWHERE, Pages
from server.web.votes_pages import asks_households, at_home

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from server.app import Parts

    Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
    Card = dict[str, Any]

AHEAD = ("announced", "postponed", "lobby", "live", "paused")
BEHIND = ("published", "archived")
DAY = 86_400_000
MINUTE = 60_000
GUESTS, ASKED, PROMISES, PAST = 8, 4, 4, 12
"""How many of each the home shows."""

_NO_GUESTS = frozenset({"screen", "technician", "moderator", "secretary", "admin", "auditor"})
_DONE = frozenset({"answered", "answered_written"})
_RANK = (
    "host",
    "lawyer",
    "npc_deputy",
    "cppcc_member",
    "committee_chair",
    "official",
    "unit_officer",
    "property_manager",
)
_TINTS = {"lawyer": "a2", "npc_deputy": "a3", "cppcc_member": "a3", "committee_chair": "a4"}


class Said:
    """What one meeting shows in public, sorted for a page."""

    def __init__(self, seen: dict[str, Card | None]) -> None:
        self._things = [(name.partition(":")[0], thing) for name, thing in seen.items() if thing]
        self._votes = {
            name.partition(":")[2]: thing["votes"]
            for name, thing in seen.items()
            if thing and name.startswith("score:")
        }
        self.meeting: Card = seen.get("meeting") or {}
        self.audience: Card = seen.get("audience") or {}
        self.on_air = next((one for one in self.of("question") if one["state"] == "on_air"), None)

    def of(self, kind: str) -> list[Card]:
        """All things of one kind."""
        return [thing for found, thing in self._things if found == kind]

    def agenda(self) -> list[Card]:
        """Items in order, each with the time at which it should begin (`at`, None without a beginning)."""
        at = self.meeting.get("starts_at")
        items = []
        for item in sorted(self.of("agenda_item"), key=lambda one: one["position"]):
            items.append(item | {"at": at})
            at = at + item["minutes"] * MINUTE if at else None
        return items

    def guests(self) -> list[Card]:
        """Those who answer, with the tint of their badge."""
        plates = [one for one in self.of("person") if one.get("role") and one["role"] not in _NO_GUESTS]
        plates.sort(key=lambda one: _RANK.index(one["role"]) if one["role"] in _RANK else len(_RANK))
        return [plate | {"tint": _TINTS.get(plate["role"], "a1")} for plate in plates[:GUESTS]]

    def most_supported(self) -> list[Card]:
        """Waiting questions, the most supported first."""
        waiting = [one for one in self.of("question") if one["state"] == "queued"]
        with_votes = [one | {"votes": self._votes.get(one["id"], 0)} for one in waiting]
        return sorted(with_votes, key=lambda one: (-one["votes"], one["at"]))[:ASKED]

    def figures(self) -> list[tuple[str, int]]:
        """What a past meeting came to, by the name of each figure."""
        questions = self.of("question")
        return [
            ("watched", self.audience.get("unique", 0)),
            ("questions", len(questions)),
            ("answered", sum(one["state"] in _DONE for one in questions)),
            ("outcomes", len(self.of("outcome"))),
        ]

    def promises(self, at: int) -> list[Card]:
        """What was promised and is not due yet, soonest first."""
        due = [one for one in self.of("outcome") if one.get("until") and one["until"] > at]
        return sorted(due, key=lambda one: one["until"])[:PROMISES]


def standing(meeting: Card, lang: str, at: int) -> str:
    """How far off a meeting is, in words: `还有 3 天开会`, `今天 19:30`, `直播中`."""
    t = language.words(lang)
    starts = meeting.get("starts_at")
    if meeting["phase"] != "announced" or not starts:
        return t(f"common-phase-{meeting['phase']}")
    days = language.days_between(at, starts)
    if days > 0:
        return t("pages-in-days", n=days)
    return t("pages-today", at=language.clock(starts)) if starts > at else t("pages-about-to-begin")


def qr(address: str) -> Markup:
    """The QR of an address as SVG to stand in a page."""
    made = segno.make(address, error="m", micro=False)
    # Drawn by segno from an address of our own: no text of anybody goes in.
    return Markup(made.svg_inline(border=2, omitsize=True, svgclass="qr", lineclass=None))  # noqa: S704


def calendar(meeting: Card, address: str, at: int) -> str:
    """The meeting as an iCalendar file (RFC 5545)."""

    def moment(ms: int) -> str:
        return datetime.fromtimestamp(ms / 1000, UTC).strftime("%Y%m%dT%H%M%SZ")

    def text(words: str) -> str:
        for sign in "\\;,":
            words = words.replace(sign, "\\" + sign)
        return words.replace("\n", "\\n")

    starts = meeting["starts_at"]
    lines = [
        "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//sunshine council//EN", "BEGIN:VEVENT",
        f"UID:{meeting['id']}", f"DTSTAMP:{moment(at)}", f"DTSTART:{moment(starts)}",
        f"DTEND:{moment(starts + meeting['planned_minutes'] * MINUTE)}", f"SUMMARY:{text(meeting['title'])}",
        f"LOCATION:{text(meeting['venue'])}", f"URL:{address}",
        "BEGIN:VALARM", "ACTION:DISPLAY", "TRIGGER:-PT30M", f"DESCRIPTION:{text(meeting['title'])}", "END:VALARM",
        "END:VEVENT", "END:VCALENDAR",
    ]  # fmt: skip
    return "\r\n".join(_folded(line) for line in lines) + "\r\n"


def _folded(line: str) -> str:
    """Lines of at most 75 bytes, as the standard asks; never through a character."""
    parts, part = [], ""
    for char in line:
        if len((part + char).encode()) > 74:
            parts.append(part)
            part = ""
        part += char
    return "\r\n ".join([*parts, part])


def routes(parts: Parts, pages: Pages) -> list[web.RouteDef]:
    """Home, the meeting behind a code, its calendar entry."""
    ledgers = Ledgers(parts)

    async def said(record: str) -> Said:
        async with parts.desks.reading(record) as room:
            return Said(room.patch(0, Eye.PUBLIC))

    async def of_code(request: web.Request) -> Said:
        code = request.match_info["code"]
        record = await parts.accounts.record_of_code(code)
        if record is None:
            raise Refused("not_found")
        await parts.door.may_read(request, record, code=code)
        return await said(record)

    async def home(request: web.Request) -> web.StreamResponse:
        at, lang = parts.clock(), language.choose(request)
        me = await parts.accounts.me(request, None, at)
        mine = (me.get("community") or {}).get("id")
        cards = await parts.store.register.meetings(mine)
        # Until somebody is known to belong elsewhere, the community that met last is at home here.
        community = mine or next((card["community"] for card in cards), None)
        shown = [card for card in cards if card["community"] == community and card["watch"] == "public"]
        ahead = sorted((card for card in shown if card["phase"] in AHEAD), key=_urgency)
        past = [card for card in shown if card["phase"] in BEHIND]
        about = await parts.accounts.community_of(cards[0]["record"]) if shown else None
        return pages.page(
            request,
            "home.html",
            now=at,
            about=about or NOWHERE,
            next=await said(ahead[0]["record"]) if ahead else None,
            standing=standing(ahead[0], lang, at) if ahead else "",
            others=ahead[1:],
            last=await said(past[0]["record"]) if past else None,
            past=past[:PAST],
            community=community,
            votes=await at_home(parts, community, lang),
            asked=await asks_households(parts, community),
            id_of=lambda card: card["record"].partition(":")[2],
            wrong_code=request.query.get("code"),
            **_tools(lang),
        )

    async def meeting(request: web.Request) -> web.StreamResponse:
        found = await of_code(request)
        lang, code = language.choose(request), request.match_info["code"]
        record = f"meeting:{found.meeting['id']}"
        card = pages.page(
            request,
            "meeting.html",
            now=parts.clock(),
            about=await parts.accounts.community_of(record) or NOWHERE,
            said=found,
            ledger=in_words(await ledgers.told(record), lang),
            meeting=found.meeting,
            code=code,
            standing=standing(found.meeting, lang, parts.clock()),
            over=found.meeting["phase"] in {"ended", "minutes_review", *BEHIND},
            room=f"/room/{found.meeting['id']}"
            + (f"?code={code}" if found.meeting["watch"] == "code" else ""),
            open_now=found.meeting["phase"] in OPEN | TALKING,
            qr=qr(f"{parts.base_url}/m/{code}"),
            address=f"{parts.base_url}/m/{code}",
            **_tools(lang),
        )
        if found.meeting["watch"] == "code":
            secure = parts.settings.secure or request.secure
            card.set_cookie(CODES, with_code(request, code), httponly=True, samesite="Lax", secure=secure)
        return card

    async def typed_code(request: web.Request) -> web.StreamResponse:
        digits = "".join(char for char in request.query.get("code", "") if char.isascii() and char.isdigit())[
            :8
        ]
        if digits and await parts.accounts.record_of_code(digits):
            raise web.HTTPSeeOther(f"/m/{digits}")
        raise web.HTTPSeeOther(f"/?code={digits or 'none'}#code")

    async def dates(request: web.Request) -> web.StreamResponse:
        found = await of_code(request)
        if not found.meeting.get("starts_at"):
            raise Refused("not_found")
        address = f"{parts.base_url}/m/{request.match_info['code']}"
        body = calendar(found.meeting, address, parts.clock())
        return web.Response(text=body, content_type="text/calendar", charset="utf-8")

    return [
        web.get("/", home),
        web.get("/m", typed_code),
        web.get("/m/{code}", meeting),
        web.get("/m/{code}/calendar.ics", dates),
    ]


def _urgency(card: Card) -> tuple[bool, int]:
    """Meetings that are open first, then the soonest."""
    return (card["phase"] not in OPEN, card["starts_at"] or 0)


def _tools(lang: str) -> dict[str, Any]:
    return {
        "clock": language.clock,
        "day": lambda at: language.day(lang, at),
        "date_of": lambda at: language.parts_of(lang, at),
        "year_day": lambda at: language.day(lang, at, year=True),
    }
