"""A record over HTTP: its first paint, its changes, its commands, and the raw text behind the masked.

The same patches and the same door as the sockets. Draws no page.
"""

from __future__ import annotations

import gzip
import io
from collections import OrderedDict
from typing import TYPE_CHECKING, Any

import msgspec
import segno
from aiohttp import web

from meetings import Eye, Refused, Room
from meetings.comments import Comment
from meetings.people import SeeRaw
from meetings.questions import SHOWN, Question
from server.live.door import eye_of, for_everybody, me_of
from server.moderation.likeness import most_like

if TYPE_CHECKING:
    from server.app import Parts

PAINTS = 256
"""First paints kept as bytes: a few numbers of a few meetings for two pairs of eyes."""
STATUS = {
    "forbidden": 403,
    "not_found": 404,
    "too_fast": 429,
    "too_large": 413,
    "busy": 503,
    "unavailable": 503,
    "storage_full": 507,
    "taken": 409,
    "wrong_state": 409,
    "not_open": 409,
}
_RAW_KINDS: dict[str, type[Question | Comment]] = {"question": Question, "comment": Comment}


class Paints:
    """First paints as compressed bytes, one for each number and pair of eyes."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[str, int, int, Eye], bytes] = OrderedDict()

    def of(self, room: Room, since: int, eye: Eye) -> bytes:
        """The gzipped JSON of everything after `since`, made once."""
        name = (room.record, room.seq, since, eye)
        held = self._kept.get(name)
        if held is None:
            body = {"seq": room.seq, "from": since, "to": room.seq, "floor": room.floor}
            held = gzip.compress(msgspec.json.encode({**body, "set": room.patch(since, eye)}), 5, mtime=0)
            self._kept[name] = held
            if len(self._kept) > PAINTS:
                self._kept.popitem(last=False)
        return held


def answer(value: dict[str, Any]) -> web.Response:
    """A command's answer with the status that fits its code."""
    status = 200 if value.get("ok") else STATUS.get(str(value.get("code")), 422)
    headers = {"Retry-After": "2"} if status in {429, 503} else {}
    return web.json_response(value, status=status, headers=headers, dumps=_text)


def _text(value: object) -> str:
    return msgspec.json.encode(value).decode()


def _since(request: web.Request) -> int:
    text = request.query.get("since", "0")
    if not text.isascii() or not text.isdigit() or len(text) > 15:
        raise Refused("unclear", field="since")
    return int(text)


def routes(parts: Parts) -> list[web.RouteDef]:
    """The addresses of records."""
    paints = Paints()

    async def room(request: web.Request) -> web.Response:
        """The whole room at its present number, for the public's eyes."""
        record = request.match_info["record"]
        who = await parts.door.may_read(request, record, code=request.query.get("code"))
        async with parts.desks.reading(record) as held:
            body = paints.of(held, 0, Eye.PUBLIC)
            tag = f'"{held.seq}"'
        kept_by = "public" if for_everybody(request, who) else "private"
        headers = {"ETag": tag, "Cache-Control": f"{kept_by}, max-age=1"}
        if request.headers.get("If-None-Match") == tag:
            return web.Response(status=304, headers=headers)
        return _gzipped(request, body, headers)

    async def changes(request: web.Request) -> web.Response:
        """What changed since a number, as this person may see it; with what is their own."""
        record = request.match_info["record"]
        since = _since(request)
        who = await parts.door.may_read(request, record, code=request.query.get("code"))
        async with parts.desks.reading(record) as held:
            if since > held.seq:
                since = 0
            eye = eye_of(held, who)
            if eye is Eye.STAFF:
                parts.attendance.seen(record, who.person)
            if not who.person:
                kept_by = "public" if for_everybody(request, who) else "private"
                headers = {"Cache-Control": f"{kept_by}, max-age=1"}
                return _gzipped(request, paints.of(held, since, eye), headers)
            body = {
                "seq": held.seq,
                "from": since,
                "to": held.seq,
                "floor": held.floor,
                "set": held.patch(since, eye),
                "own": held.own(who.person, since),
            }
            known = await parts.accounts.me(request, record, parts.clock())
            body["me"] = me_of(held, who, known)
        return web.json_response(body, headers={"Cache-Control": "no-store"}, dumps=_text)

    async def commands(request: web.Request) -> web.Response:
        """Give a command."""
        if (request.content_length or 0) > parts.settings.limits.event_bytes:
            raise Refused("too_large", limit=parts.settings.limits.event_bytes)
        raw = await request.content.read(parts.settings.limits.event_bytes + 1)
        if len(raw) > parts.settings.limits.event_bytes:
            raise Refused("too_large", limit=parts.settings.limits.event_bytes)
        try:
            body = msgspec.json.decode(raw)
        except (msgspec.DecodeError, RecursionError):
            raise Refused("unclear") from None
        return answer(await parts.door.do(request, request.match_info["record"], body))

    async def raw(request: web.Request) -> web.Response:
        """The text as written and who wrote it, for staff; that it was looked at becomes a fact."""
        record, kind, own_id = (request.match_info[name] for name in ("record", "kind", "id"))
        who = await parts.door.may_read(request, record)
        if kind not in _RAW_KINDS:
            raise Refused("not_found")
        async with parts.desks.reading(record) as held:
            if eye_of(held, who) is not Eye.STAFF:
                raise Refused("forbidden")
            thing: Question | Comment = held.need(_RAW_KINDS[kind], own_id)
            text, by = thing.raw, thing.by
        seen = await parts.desks.give(record, SeeRaw(kind, own_id), who)
        if not seen["ok"]:
            return answer(seen)
        person = await parts.accounts.person_of(by)
        return web.json_response({"text": text, "person": person}, headers={"Cache-Control": "no-store"})

    async def similar(request: web.Request) -> web.Response:
        """Up to three public questions like the one being written."""
        record = request.match_info["record"]
        await parts.door.may_read(request, record, code=request.query.get("code"))
        text = request.query.get("text", "")[:400]
        async with parts.desks.reading(record) as held:
            asked = {
                question.id: question
                for question in held.all(Question)
                if question.state in SHOWN and question.merged_into is None
            }
        like = most_like(text, ((own_id, question.text) for own_id, question in asked.items()))
        found = [
            {"id": own_id, "text": asked[own_id].text, "likeness": round(score, 2)} for own_id, score in like
        ]
        return web.json_response(found, headers={"Cache-Control": "no-store"})

    async def qr(request: web.Request) -> web.Response:
        """The public address of a meeting as a QR code."""
        record = f"meeting:{request.match_info['id']}"
        await parts.door.may_read(request, record, code=request.query.get("code"))
        place = await parts.accounts.meeting_of(record)
        if place is None:
            raise Refused("not_found")
        code = segno.make(f"{parts.base_url}/m/{place.code}", error="m")
        picture = io.BytesIO()
        code.save(picture, kind="svg", scale=8, border=2, dark="#2b2017", light="#ffffff")
        headers = {"Cache-Control": "private, max-age=300"}
        return web.Response(body=picture.getvalue(), content_type="image/svg+xml", headers=headers)

    return [
        web.get("/api/records/{record}/room", room),
        web.get("/api/records/{record}/changes", changes),
        web.post("/api/records/{record}/commands", commands),
        web.get("/api/records/{record}/raw/{kind}/{id}", raw),
        web.get("/api/records/{record}/similar", similar),
        web.get("/qr/{id}.svg", qr),
    ]


def _gzipped(request: web.Request, body: bytes, headers: dict[str, str]) -> web.Response:
    headers = {**headers, "Vary": "Accept-Encoding"}
    if "gzip" in request.headers.get("Accept-Encoding", ""):
        headers["Content-Encoding"] = "gzip"
    else:
        body = gzip.decompress(body)
    return web.Response(body=body, content_type="application/json", headers=headers)
