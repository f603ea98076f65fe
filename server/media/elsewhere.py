"""Live segments under another address: a cache or network that fetches them from us, or a store we put them into.

Only meetings that anybody may watch, only while they are live: what is replayed comes from us, so that masking a
passage needs nobody else. What is not there (yet) is listed under our own address, and keeps it.
"""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Mapping

from server.media.shelf import Shelf

log = logging.getLogger(__name__)

PATIENCE_S = 1.5
"""So long a segment waits for the store before it is listed from us: it is later by as much for everybody."""
_KEPT_TEXTS = 64
_TRIES = 2
_NAMES = re.compile(rb'^(?!#)([^\s/]+)$|(?<=URI=")([^"/]+)(?=")', re.MULTILINE)


class _There:
    """The files of one record: which are in the store, and which were listed under our own address."""

    def __init__(self) -> None:
        self.names: set[str] = set()
        self.ours: set[str] = set()
        self.texts: dict[bytes, bytes] = {}
        self.going: set[asyncio.Task[None]] = set()


class Elsewhere:
    """`base` is the other address, without a slash at its end; `shelf` is where to put files, None for an address
    that fetches them by itself.
    """

    def __init__(self, base: str, shelf: Shelf | None = None) -> None:
        self.base, self._shelf = base.rstrip("/"), shelf
        self._records: dict[str, _There] = {}

    @property
    def puts(self) -> bool:
        """Whether files have to be brought there."""
        return self._shelf is not None

    def rewritten(self, record: str, text: bytes) -> bytes:
        """A live playlist with the other address before every file that is there."""
        there = self._records.setdefault(record, _There())
        found = there.texts.get(text)
        if found is None:
            found = _NAMES.sub(lambda match: self._placed(record, there, match[0].decode()).encode(), text)
            while len(there.texts) >= _KEPT_TEXTS:
                there.texts.pop(next(iter(there.texts)))
            there.texts[text] = found
        return found

    def _placed(self, record: str, there: _There, name: str) -> str:
        if self._shelf is not None and (name not in there.names or name in there.ours):
            there.ours.add(name)
            return name
        return f"{self.base}/media/{folder_of(record)}/{name}"

    async def land(self, record: str, files: Mapping[str, bytes]) -> None:
        """Bring a segment's files there before it is listed; late or failing, it is listed from us."""
        if self._shelf is None:
            return
        there = self._records.setdefault(record, _There())
        jobs = [
            asyncio.create_task(self._put(record, there, name, data))
            for name, data in files.items()
            if name not in there.names
        ]
        there.going.update(jobs)
        for job in jobs:
            job.add_done_callback(there.going.discard)
        if jobs:
            await asyncio.wait(jobs, timeout=PATIENCE_S)

    async def _put(self, record: str, there: _There, name: str, data: bytes) -> None:
        assert self._shelf is not None
        for turn in range(_TRIES):
            try:
                await self._shelf.put(f"media/{folder_of(record)}/{name}", data)
            except OSError as error:
                if turn == _TRIES - 1:
                    log.warning("%s: %s was not put into the store: %s", record, name, error)
            else:
                there.names.add(name)
                return

    async def forget(self, record: str) -> None:
        """Take everything of a record away from there: it is over, or something of it must not be seen."""
        there = self._records.pop(record, None)
        if there is None or self._shelf is None:
            return
        await asyncio.gather(*there.going, return_exceptions=True)
        for name in there.names:
            try:
                await self._shelf.remove(f"media/{folder_of(record)}/{name}")
            except OSError as error:
                log.warning("%s: %s could not be removed from the store: %s", record, name, error)

    async def close(self) -> None:
        for there in self._records.values():
            for job in there.going:
                job.cancel()
        if self._shelf is not None:
            await self._shelf.close()


def folder_of(record: str) -> str:
    """`meeting:x` to `meeting-x`, as in our own addresses."""
    return record.replace(":", "-", 1)
