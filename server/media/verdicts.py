"""Who may watch, remembered for a few seconds: a player asks twice a second, and the answer is a reading of the
whole room. It decides nothing itself.
"""

from __future__ import annotations

import inspect
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

from aiohttp import web

AllowWatch = Callable[[web.Request, str], Awaitable[bool] | bool]
OpenToAll = Callable[[str], Awaitable[bool] | bool]

_MANY = 20_000
_Key = tuple[str, str, str]
T = TypeVar("T")


class Verdicts:
    """Answers of `allow_watch` by what a request shows (its cookies, the code in its address), kept `keep_s`
    seconds; 0 keeps none. `open_to_all` says whether anybody may see a record.
    """

    def __init__(self, allow_watch: AllowWatch, open_to_all: OpenToAll, keep_s: float) -> None:
        self._allow_watch, self._open_to_all, self._keep_s = allow_watch, open_to_all, keep_s
        self._known: dict[_Key, tuple[float, bool]] = {}
        self._open: dict[str, tuple[float, bool]] = {}

    async def may_watch(self, request: web.Request, record: str) -> bool:
        key = (record, request.headers.get("Cookie", ""), request.query.get("code", ""))
        now = time.monotonic()
        found = self._known.get(key)
        if found is None or found[0] <= now:
            if len(self._known) >= _MANY:
                self._known.clear()
            found = self._known[key] = (now + self._keep_s, await settled(self._allow_watch(request, record)))
        return found[1]

    async def open_to_all(self, record: str) -> bool:
        now = time.monotonic()
        found = self._open.get(record)
        if found is None or found[0] <= now:
            if len(self._open) >= _MANY:
                self._open.clear()
            found = self._open[record] = (now + self._keep_s, await settled(self._open_to_all(record)))
        return found[1]

    def forget(self) -> None:
        """Something changed for everybody: a stream has ended."""
        self._known.clear()
        self._open.clear()


async def settled(answer: Awaitable[T] | T) -> T:
    """The answer of a function that may or may not have to wait."""
    return await answer if inspect.isawaitable(answer) else answer
