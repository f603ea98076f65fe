"""What other processes say of the records both serve: how a stream kept there is, and which of the hall's own screens
are on the line there. Lossy, said again and again; nothing here is written down.
"""

from __future__ import annotations

import asyncio
import secrets
from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from server.live.bus import Bus
    from server.live.feed import Feed
    from server.media import Media

AIR = b"neighbour "
"""Begins what passes between processes, so that the air's own messages are told from these."""
_SAY_S, _AGAIN_S = 1.0, 10.0
_PICTURE_S, _PAGES_S = 5.0, 30.0
"""Older news is no news: that process has gone, or keeps the stream no longer."""

_Told = tuple[str, str, str, dict[str, Any]]


class Neighbours:
    """The ears and the mouth of this process."""

    def __init__(self, bus: Bus, feed: Feed, media: Media) -> None:
        self._bus = bus
        self._feed = feed
        self._media = media
        self._process = secrets.token_hex(6)
        self._pictures: dict[str, tuple[float, dict[str, Any]]] = {}
        self._pages: dict[tuple[str, str], tuple[float, dict[str, int]]] = {}
        self._said: dict[str, tuple[float, dict[str, int]]] = {}
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin to tell."""
        self._task = asyncio.create_task(self._tell())

    async def stop(self) -> None:
        """Stop telling."""
        if self._task is not None:
            self._task.cancel()

    def breathed(self, air: bytes) -> bool:
        """What another process says; False: it is not for here."""
        if not air.startswith(AIR):
            return False
        process, record, kind, told = msgspec.json.decode(air[len(AIR) :], type=_Told)
        if process == self._process:
            return True
        now = asyncio.get_running_loop().time()
        if kind == "picture":
            self._pictures[record] = (now, told)
        else:
            self._pages[process, record] = (now, told)
        return True

    def health(self, record: str) -> dict[str, Any]:
        """How the stream is, wherever it is kept."""
        told = self._told(record)
        return self._media.health(record) if told is None else dict(told["health"])

    def rates(self, record: str) -> dict[str, int]:
        """Bits a second of each track, wherever the stream is kept."""
        told = self._told(record)
        return self._media.rates(record) if told is None else dict(told["rates"])

    def pages(self, record: str) -> dict[str, int]:
        """How many connections, in all processes, draw which of the hall's own screens."""
        since = asyncio.get_running_loop().time() - _PAGES_S
        found = dict(self._feed.pages(record))
        for (_process, of), (at, pages) in self._pages.items():
            if of == record and at > since:
                for page, count in pages.items():
                    found[page] = found.get(page, 0) + count
        return found

    def _told(self, record: str) -> dict[str, Any] | None:
        if self._media.keeps(record):
            return None
        at, told = self._pictures.get(record, (0.0, {}))
        return told if told and at > asyncio.get_running_loop().time() - _PICTURE_S else None

    async def _tell(self) -> None:
        while True:
            await asyncio.sleep(_SAY_S)
            now = asyncio.get_running_loop().time()
            for record in self._media.kept():
                health = self._media.health(record)
                if health["state"] not in {"offline", "ended"} or health.get("push"):
                    self._say(record, "picture", {"health": health, "rates": self._media.rates(record)})
            for record in {*self._feed.records(), *self._said}:
                self._say_pages(record, now)
            self._forget(now)

    def _say_pages(self, record: str, now: float) -> None:
        pages = self._feed.pages(record)
        at, before = self._said.get(record, (0.0, {}))
        if pages == before and (not pages or now - at < _AGAIN_S):
            return
        self._say(record, "pages", pages)
        if pages:
            self._said[record] = (now, pages)
        else:
            self._said.pop(record, None)

    def _say(self, record: str, kind: str, told: dict[str, Any]) -> None:
        self._bus.breathe(AIR + msgspec.json.encode((self._process, record, kind, told)))

    def _forget(self, now: float) -> None:
        self._pictures = {of: one for of, one in self._pictures.items() if one[0] > now - _PICTURE_S}
        self._pages = {of: one for of, one in self._pages.items() if one[0] > now - _PAGES_S}
