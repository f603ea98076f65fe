"""The cookie of a browser: a random session id, signed, so that rubbish never reaches the database."""

from __future__ import annotations

import hmac
from hashlib import sha256
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aiohttp import web

    from server.config import Settings

COOKIES = ("__Host-sun", "sun")
"""The cookie's name over HTTPS and over plain HTTP."""
_SIGNATURE = 20


class Cookies:
    """Reads and writes the cookies of this installation."""

    settings: Settings
    _keys: dict[str, bytes]

    @staticmethod
    def cookie_name(secure: bool) -> str:
        """What the cookie is called over HTTPS and over plain HTTP."""
        return COOKIES[0] if secure else COOKIES[1]

    def cookie_of(self, request: web.BaseRequest) -> str | None:
        """The signed session id a request carries. Two different ones are none: somebody planted the second."""
        name = self.cookie_name(self.secure(request))
        found = set()
        for header in request.headers.getall("Cookie", []):
            for part in header.split(";"):
                key, _, value = part.strip().partition("=")
                if key == name and value:
                    found.add(value)
        return found.pop() if len(found) == 1 else None

    def secure(self, request: web.BaseRequest) -> bool:
        """Whether the browser came over HTTPS, as far as this server or its public address knows."""
        return request.secure or self.settings.secure

    def set_cookie(self, request: web.BaseRequest, response: web.StreamResponse, value: str) -> None:
        """Give the browser its session."""
        secure = self.secure(request)
        response.set_cookie(
            self.cookie_name(secure),
            value,
            max_age=self.settings.limits.session_days * 86_400,
            path="/",
            httponly=True,
            samesite="Lax",
            secure=secure,
        )

    def drop_cookie(self, request: web.BaseRequest, response: web.StreamResponse) -> None:
        """Take the session from the browser."""
        secure = self.secure(request)
        response.del_cookie(self.cookie_name(secure), path="/", httponly=True, samesite="Lax", secure=secure)

    def _signed(self, secret: str) -> str:
        return f"{secret}.{hmac.digest(self._keys['cookie'], secret.encode(), sha256).hex()[:_SIGNATURE]}"

    def _secret(self, cookie: str) -> str | None:
        """The session id of a cookie this server signed: rubbish never reaches the database."""
        secret, _, _ = cookie.partition(".")
        if len(cookie) > 200 or not cookie.isascii() or not hmac.compare_digest(self._signed(secret), cookie):
            return None
        return secret
