"""What of a questionnaire goes to one person and not into a patch: my doors and my own answers, the desk's list of
households, the texts it has to read, the meetings results can go to.

Every address asks who it is. Nothing here is kept by a cache or found by a search engine.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
from aiohttp import web

from meetings.agenda import in_order
from meetings.docket import RECORD, Questionnaire
from meetings.docket.questionnaires import Box, check_reader, doors_of, opened, own_doors
from meetings.docket.words import CHAIR, COMMUNITY
from meetings.kernel import Refused, Room, Who
from meetings.meeting import BEFORE, TALKING
from server.web.sessions import refusal
from server.web.votes import HEADERS

if TYPE_CHECKING:
    from server.app import Parts

TEXTS_AT_ONCE = 100


def own_sheets(room: Room, held: Questionnaire, who: Who, key: bytes) -> dict[str, Any]:
    """The doors this person may answer behind, and what stands there; the answers to whoever gave them alone."""
    box = room.get(Box, held.id)
    return {
        "questionnaire": held.id,
        "state": held.state,
        "doors": [
            {"unit": unit, "answered": _answered(held, box, unit, who, key)}
            for unit in own_doors(room, held, who)
        ],
    }


def _answered(held: Questionnaire, box: Box | None, unit: str, who: Who, key: bytes) -> dict[str, Any] | None:
    filed = box.filed.get(unit) if box is not None else None
    if filed is None:
        return None
    mine = filed.channel == "online" and filed.person == who.person
    answers = opened(key, filed.name(held.id), filed.sealed) if mine else None
    return {"at": filed.at, "channel": filed.channel, "mine": mine, "answers": answers}


def households(room: Room, held: Questionnaire) -> list[dict[str, Any]]:
    """Every household that was asked, and by which channel it answered: never when, never what."""
    box = room.need(Box, held.id)
    return [
        {"unit": unit, "answered": box.filed[unit].channel if unit in box.filed else None}
        for unit in doors_of(room, held)
    ]


def texts(held: Questionnaire, state: str, after: str) -> dict[str, Any]:
    """Texts in one state as they would be shown, a hundred at a time, and where the next begin."""
    found = [said for said in held.texts.values() if said.state == state and said.id > after]
    page = found[:TEXTS_AT_ONCE]
    return {
        "left": len(found) - len(page),
        "texts": [{"id": said.id, "question": said.question, "text": said.text} for said in page],
    }


def routes(parts: Parts) -> list[web.RouteDef]:
    """The addresses of questionnaires."""

    def told(value: Any) -> web.Response:
        return web.Response(body=msgspec.json.encode(value), content_type="application/json", headers=HEADERS)

    async def asked(request: web.Request) -> tuple[str, str, Who]:
        record = request.match_info["record"]
        if not record.startswith(RECORD):
            raise Refused("not_found")
        return record, request.match_info.get("id", ""), await parts.door.may_read(request, record)

    async def mine(request: web.Request) -> web.Response:
        """My doors and my own answers."""
        record, own_id, who = await asked(request)
        key = await parts.accounts.ballot_key()
        async with parts.desks.reading(record) as room:
            return told(own_sheets(room, room.need(Questionnaire, own_id), who, key))

    async def sheets(request: web.Request) -> web.Response:
        """Which households have answered, for the desk; each look is written down."""
        record, own_id, who = await asked(request)
        seen = await parts.desks.give(record, {"type": "questionnaire.see", "id": own_id}, who)
        if not seen["ok"]:
            return refusal(Refused(seen["code"]))
        async with parts.desks.reading(record) as room:
            return told({"households": households(room, room.need(Questionnaire, own_id))})

    async def written(request: web.Request) -> web.Response:
        """Texts of a counted questionnaire, for those who read them before they are shown."""
        record, own_id, who = await asked(request)
        state, after = request.query.get("state", "waiting"), request.query.get("after", "")
        async with parts.desks.reading(record) as room:
            held = room.need(Questionnaire, own_id)
            check_reader(room, held, who)
            if held.state != "counted":
                raise Refused("not_open", why="questionnaire_open")
            return told(texts(held, state, after))

    async def meetings(request: web.Request) -> web.Response:
        """The community's meetings that are not over, with the items results can be shown at."""
        record, _, who = await asked(request)
        async with parts.desks.reading(record) as room:
            if not room.roles(who) & (COMMUNITY | CHAIR):
                raise Refused("forbidden")
        cards = await parts.desks.store.register.meetings(record.removeprefix(RECORD))
        found = []
        for card in (card for card in cards if card["phase"] in BEFORE | TALKING):
            async with parts.desks.reading(card["record"]) as room:
                items = [{"id": item.id, "title": item.title} for item in in_order(room)]
            found.append(
                {"record": card["record"], "title": card["title"], "starts_at": card["starts_at"]}
                | {"items": items}
            )
        return told({"meetings": found})

    base = "/api/records/{record}/questionnaires"
    return [
        web.get(f"{base}/meetings", meetings),
        web.get(f"{base}/{{id}}/mine", mine),
        web.get(f"{base}/{{id}}/households", sheets),
        web.get(f"{base}/{{id}}/texts", written),
    ]
