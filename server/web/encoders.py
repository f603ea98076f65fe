"""The addresses of encoders: the meeting's key, the push outside, and the hook media servers ask.

Keys and addresses go to those who run the studio and to nobody else; no answer is cached, no key is logged.
"""

from __future__ import annotations

import hmac
import ipaddress
from typing import TYPE_CHECKING

import msgspec
from aiohttp import web

from meetings.kernel import Refused
from server.media import hook as hooks
from server.web.sessions import body_of, bytes_of, told

if TYPE_CHECKING:
    from server.app import Parts
    from server.config import Settings

HOOK = "/api/media/hook"
MAY = frozenset({"host", "technician", "secretary"})


class Renew(msgspec.Struct):
    """A new key in place of the old one."""

    renew: bool = False


class Outside(msgspec.Struct):
    """Where the stream goes besides; what is left out stays as it is. An empty address forgets it."""

    address: str | None = None
    on: bool | None = None
    viewers: int | None = None


def routes(parts: Parts) -> list[web.RouteDef]:
    """The addresses of keys, pushes and the hook."""

    async def ours(request: web.Request) -> str:
        record = request.match_info["record"]
        who = await parts.door.may_read(request, record)
        room = await parts.desks.room(record)
        if not room.roles(who) & MAY:
            raise Refused("forbidden")
        return record

    async def key(request: web.Request) -> web.Response:
        """Where an encoder publishes this meeting, and its key."""
        return told(await parts.encoders.address(await ours(request)))

    async def renew(request: web.Request) -> web.Response:
        """A new key; whoever publishes with the old one is sent off."""
        record = await ours(request)
        wish = await body_of(request, Renew, parts.settings.limits.json_bytes)
        return told(await parts.encoders.address(record, renew=wish.renew))

    async def push(request: web.Request) -> web.Response:
        """How the push outside stands."""
        return told({"push": await parts.encoders.pushed(await ours(request))})

    async def set_push(request: web.Request) -> web.Response:
        """Set where the stream goes besides, begin, stop, or note how many watch there."""
        record = await ours(request)
        wish = await body_of(request, Outside, parts.settings.limits.json_bytes)
        state = await parts.encoders.push(record, address=wish.address, on=wish.on, viewers=wish.viewers)
        return told({"push": state})

    async def hook(request: web.Request) -> web.StreamResponse:
        """A media server asks whether somebody may publish or play. 200 is yes, 403 no."""
        server = parts.encoders.server
        if server is None or not _known(request, parts.settings):
            raise Refused("not_found")
        try:
            body = await bytes_of(request, hooks.LIMIT)
            call = hooks.read(request.content_type, body)
        except hooks.Unclear:
            raise Refused("unclear") from None
        if call.wish == "done":
            return web.Response()
        if call.wish == "play" and server.may_fetch(call.ticket):
            return web.Response()
        if call.wish != "publish" or not call.record:
            raise Refused("forbidden")
        try:
            code = await parts.encoders.admits(call.record, call.key)
        except KeyError:
            raise Refused("forbidden") from None
        if code is None and parts.media.between is not None:
            elsewhere = await parts.media.between.pass_on(request, call.record, body)
            if elsewhere is not None:
                return elsewhere
        if code is None and not server.free(call.record):
            code = "taken"
        if code is not None:
            parts.encoders.note(call.record, code)
            raise Refused("forbidden")
        server.begin(call.record)
        return web.Response()

    record = "/api/records/{record}"
    return [
        web.get(f"{record}/stream-key", key),
        web.post(f"{record}/stream-key", renew),
        web.get(f"{record}/push", push),
        web.post(f"{record}/push", set_push),
        web.post(HOOK, hook),
    ]


def _known(request: web.Request, settings: Settings) -> bool:
    """Whether this comes from the media server: from an address of the setting, with the secret if one is set.

    The connection's own address counts, never a header: the hook does not come through a proxy.
    """
    secret = settings.media_hook_secret
    if secret and not hmac.compare_digest(request.query.get("secret", "").encode(), secret.encode()):
        return False
    allowed = [part.strip() for part in settings.media_hook_from.split(",") if part.strip()]
    if not allowed:
        return bool(secret)
    try:
        address = ipaddress.ip_address(request.remote or "")
    except ValueError:
        return False
    address = getattr(address, "ipv4_mapped", None) or address
    return any(address in ipaddress.ip_network(network) for network in allowed)
