"""What every request that changes something must be: from our own page, in JSON, of bounded size.

Says who asks and refuses who may not; the rules of the council are elsewhere.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

import msgspec
from aiohttp import web

from meetings.kernel import Refused
from server.web.records import answer

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from server.accounts.sessions import Seen
    from server.app import Parts
    from server.config import Settings

    Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

LOOKING = frozenset({"GET", "HEAD", "OPTIONS"})
JSON = "application/json"
BYTES = "application/octet-stream"
"""An uploaded file. Like JSON, a page of another origin cannot send it without being asked first (CORS)."""
MACHINES = frozenset({"/api/media/hook"})
"""Asked by a media server, which has no page and no cookie; what it may, it shows otherwise."""
LOOKUPS = re.compile(r"/votes/[^/]+/[^/]+/check")
"""A form that looks up and changes nothing. Sent without a script, and without an Origin: our pages give no referrer."""
T = TypeVar("T")


def same_origin(request: web.BaseRequest, settings: Settings) -> bool:
    """Whether a request was made by one of our own pages: its Origin is our public address or the very host it asks.

    None, `null`, another port, a longer or shorter name are somebody else's. X-Forwarded-Host is not read: any
    page may write it.
    """
    origins = request.headers.getall("Origin", [])
    if len(origins) != 1:
        return False
    origin = urlsplit(origins[0])
    if (
        origin.scheme not in {"http", "https"}
        or not origin.netloc
        or origins[0] != f"{origin.scheme}://{origin.netloc}"
    ):
        return False
    if settings.public_url:
        public = urlsplit(settings.public_url)
        if (origin.scheme, origin.netloc.lower()) == (public.scheme, public.netloc.lower()):
            return True
    scheme = "https" if request.secure else "http"
    return (origin.scheme, origin.netloc.lower()) == (scheme, request.host.lower())


def guard(parts: Parts) -> Any:
    """The middleware that keeps other sites' pages from giving commands in a resident's name."""

    @web.middleware
    async def from_our_pages(request: web.Request, handler: Handler) -> web.StreamResponse:
        asks = request.method in LOOKING or LOOKUPS.fullmatch(request.path)
        if not asks and request.path not in MACHINES:
            if not same_origin(request, parts.settings):
                return web.json_response({"ok": False, "code": "forbidden", "why": "origin"}, status=403)
            sent = request.headers.get("Content-Type", "").partition(";")[0].strip().lower()
            if sent not in {JSON, BYTES}:
                return web.json_response({"ok": False, "code": "not_json"}, status=415)
        return await handler(request)

    return from_our_pages


async def body_of(request: web.Request, kind: type[T], limit: int) -> T:
    """The JSON body as a typed value. Refuses `too_large` and `unclear`, naming the field where it can."""
    if request.content_type != JSON:
        raise Refused("not_json")
    raw = await bytes_of(request, limit)
    try:
        return msgspec.json.decode(raw, type=kind)
    except (msgspec.ValidationError, msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Refused("unclear", why=str(error)[:200]) from None


async def bytes_of(request: web.Request, limit: int) -> bytes:
    """The body, read no further than its limit."""
    if request.content_length is not None and request.content_length > limit:
        raise Refused("too_large", limit=limit)
    raw = bytearray()
    async for piece in request.content.iter_any():
        raw += piece
        if len(raw) > limit:
            raise Refused("too_large", limit=limit)
    return bytes(raw)


def told(value: dict[str, Any], *, status: int = 200) -> web.Response:
    """An answer that no cache keeps: it knows who asked."""
    response = answer({"ok": True} | value)
    if status != 200:
        response.set_status(status)
    response.headers["Cache-Control"] = "no-store"
    return response


def refusal(error: Refused) -> web.Response:
    """A refusal as an answer."""
    return answer({"ok": False, "code": error.code, **error.detail})


def agent_of(request: web.BaseRequest) -> str:
    """The browser's own words about itself."""
    return request.headers.get("User-Agent", "")[:400]


async def holder(parts: Parts, request: web.Request, *roles: str, community: str | None = None) -> Seen:
    """Who asks, holding one of these roles, in this community if one is named. Refuses `forbidden`.

    A role of the whole installation holds in every community.
    """
    at = parts.clock()
    seen = await parts.accounts.seen(request, at)
    if seen is None:
        raise Refused("forbidden")
    for grant in seen.known.grants:
        here = community is None or grant.community is None or grant.community == community
        if grant.role in roles and grant.record is None and grant.holds(at) and here:
            return seen
    raise Refused("forbidden")


def routes(_parts: Parts) -> list[web.RouteDef]:
    """None: this module is what stands before the others' addresses."""
    return []
