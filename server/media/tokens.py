"""Keys for publishers without a session cookie: short-lived, for one meeting and one publication, never written down.

Only digests are kept, in memory: a key dies with the process.
"""

from __future__ import annotations

import hashlib
import secrets
import time
from dataclasses import dataclass

_FRESH_S = 600.0
_USED_S = 12 * 3600.0
"""A council ends within the day; until then the publication that used a key first may come back with it."""
_REMEMBERED_S = 3600.0


class NotLetIn(Exception):
    """Why a key opens nothing: forbidden (unknown, or of another meeting), expired, used."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@dataclass(slots=True)
class _Held:
    record: str
    person: str
    until: float
    epoch: str = ""


class Tokens:
    """The keys given out by this process."""

    def __init__(self) -> None:
        self._held: dict[bytes, _Held] = {}

    def issue(self, record: str, person: str) -> str:
        """A new key for this meeting and person, good for ten minutes until it is first used."""
        now = time.monotonic()
        self._held = {key: held for key, held in self._held.items() if held.until + _REMEMBERED_S > now}
        token = secrets.token_urlsafe(24)
        self._held[_digest(token)] = _Held(record, person, now + _FRESH_S)
        return token

    def spend(self, token: str, record: str, epoch: str) -> str:
        """Whose key it is; from now on it is good for this publication alone. Raises NotLetIn."""
        held = self._held.get(_digest(token))
        if held is None or held.record != record:
            raise NotLetIn("forbidden")
        if time.monotonic() >= held.until:
            raise NotLetIn("expired")
        if held.epoch not in ("", epoch):
            raise NotLetIn("used")
        if not held.epoch:
            held.epoch, held.until = epoch, time.monotonic() + _USED_S
        return held.person


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
