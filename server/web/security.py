"""What every answer carries and what every request must be: headers, limits, errors in words.

Decides nothing about who may do what.
"""

from __future__ import annotations

import logging
import secrets
import time
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from aiohttp import web

from meetings import Refused
from server.live.door import Buckets
from server.live.sockets import PATH, VISITOR
from server.web.proxies import address_of
from server.web.records import answer

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from server.config import Settings

    Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
    ErrorPage = Callable[[web.Request, int], web.StreamResponse]

log = logging.getLogger(__name__)

_CAMERA_PAGES = ("/studio/", "/stage/")
_YEAR = 365 * 24 * 3600


def headers_of(request: web.Request, *, secure: bool, media: str = "") -> dict[str, str]:
    """The headers of an HTML page. Safari before 15.6 does not count wss: under 'self', so the host is named.

    `media` is another origin that live segments come from, with a space before it.
    """
    socket = f"{'wss' if secure else 'ws'}://{request.host}"
    policy = (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; "
        f"media-src 'self' blob:{media}; connect-src 'self' {socket}{media}; worker-src 'self'; manifest-src 'self'; "
        "frame-ancestors 'none'; base-uri 'none'; form-action 'self'; require-trusted-types-for 'script'"
    )
    devices = "camera=(self), microphone=(self), display-capture=(self)"
    if not request.path.startswith(_CAMERA_PAGES):
        devices = "camera=(), microphone=(), display-capture=()"
    return {
        "Content-Security-Policy": policy,
        "Permissions-Policy": f"{devices}, geolocation=()",
        "Referrer-Policy": "no-referrer",
        "Cross-Origin-Opener-Policy": "same-origin",
    }


def guard(settings: Settings, error_page: ErrorPage) -> Any:
    """The outermost middleware: limits by address, headers, errors as words for people and codes for programs."""
    buckets = Buckets()
    log_line = logging.getLogger("server.access")

    @web.middleware
    async def outermost(request: web.Request, handler: Handler) -> web.StreamResponse:
        if request.path == PATH:
            return await handler(request)
        begun = time.monotonic()
        response = await _answered(request, handler)
        took = (time.monotonic() - begun) * 1000
        # Never the query: tokens and codes may stand in it.
        log_line.info("%s %s %d %.0f ms", request.method, request.path, response.status, took)
        if not response.prepared:
            _dress(request, response)
        return response

    async def _answered(request: web.Request, handler: Handler) -> web.StreamResponse:
        try:
            if not request.path.startswith(("/static/", "/media/")):
                _not_too_fast(request)
            return await handler(request)
        except Refused as refused:
            value = {"ok": False, "code": refused.code, **refused.detail}
            plain = answer(value)
            return plain if _is_api(request) else error_page(request, plain.status)
        except web.HTTPException as error:
            if error.status < web.HTTPBadRequest.status_code:
                raise
            if _is_api(request):
                code = "not_found" if error.status == web.HTTPNotFound.status_code else "unclear"
                later = {name: error.headers[name] for name in ("Retry-After",) if name in error.headers}
                return web.json_response({"ok": False, "code": code}, status=error.status, headers=later)
            return error_page(request, error.status)
        except Exception:
            log.exception("%s %s failed", request.method, request.path)
            if _is_api(request):
                return web.json_response({"ok": False, "code": "unavailable"}, status=500)
            return error_page(request, 500)

    def _not_too_fast(request: web.Request) -> None:
        now, limits = time.monotonic(), settings.limits
        address = address_of(request, settings.trusted_proxies)
        waits = [buckets.wait("address", address, limits.requests_per_address, now)]
        session = request.cookies.get("__Host-sun") or request.cookies.get("sun")
        if session:
            waits.append(buckets.wait("session", session[:80], limits.requests, now))
        if max(waits) > 0:
            raise Refused("too_fast", wait_ms=int(max(waits) * 1000) + 1)

    elsewhere = urlsplit(settings.media_base_url or settings.media_store_url or "")
    media = f" {elsewhere.scheme}://{elsewhere.netloc}" if elsewhere.netloc else ""

    def _dress(request: web.Request, response: web.StreamResponse) -> None:
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        if response.content_type != "text/html":
            return
        secure = settings.secure or request.secure
        for name, value in headers_of(request, secure=secure, media=media).items():
            response.headers.setdefault(name, value)
        if VISITOR not in request.cookies:
            response.set_cookie(
                VISITOR,
                secrets.token_urlsafe(16),
                max_age=_YEAR,
                httponly=True,
                samesite="Lax",
                secure=secure,
            )

    return outermost


def _is_api(request: web.Request) -> bool:
    return request.path.startswith(("/api/", "/media/", "/static/", "/qr/"))
