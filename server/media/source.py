"""A media server of the operator before us (nginx with its RTMP module, MediaMTX): it takes the encoders, we fetch.

It asks our hook who may publish; once it was told yes, the stream is fetched from it by RTMP and goes the same way
as an encoder's of our own. Where to fetch is a setting, never something a request says.
"""

from __future__ import annotations

import asyncio
import contextlib
import hmac
import logging
import secrets
import time
from dataclasses import replace
from typing import TYPE_CHECKING

from server.media.rtmp import Address, Intake, Line, Refused, Turned, Unreadable
from server.media.rtmp.intake import ENCODER

if TYPE_CHECKING:
    from server.media.playback import Media
    from server.media.rtmp.door import Refusals

log = logging.getLogger(__name__)

_AGAIN_S, _GIVE_UP_S, _SILENT_S = 0.3, 15.0, 15.0


class MediaServer:
    """The streams fetched from one media server. `pull` is the address of its application."""

    def __init__(self, media: Media, pull: Address, refusals: Refusals) -> None:
        self._media, self._pull, self._refusals = media, pull, refusals
        self._ticket = secrets.token_urlsafe(16)
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._intakes: dict[str, Intake] = {}

    def may_fetch(self, ticket: str) -> bool:
        """Whether somebody who wants to play there is ourselves."""
        return hmac.compare_digest(ticket.encode(), self._ticket.encode())

    def free(self, record: str) -> bool:
        """Whether nobody else publishes this meeting."""
        return self._media.stream(record).holder in ("", ENCODER)

    def begin(self, record: str) -> None:
        """Its publisher was let in: fetch the stream, for as long as there is one."""
        if record not in self._tasks:
            self._tasks[record] = task = asyncio.create_task(self._fetch(record))
            task.add_done_callback(lambda done: self._forget(record, done))

    def end(self, record: str) -> None:
        """Stop fetching."""
        task = self._tasks.get(record)
        if task is not None:
            task.cancel()

    async def stop(self) -> None:
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def state(self, record: str) -> tuple[str, int | None] | None:
        """As the door's: `measuring` or `on`, and the distance of keyframes."""
        intake = self._intakes.get(record)
        return None if intake is None else (("on" if intake.on else "measuring"), intake.keyframes_us)

    def _forget(self, record: str, task: asyncio.Task[None]) -> None:
        if self._tasks.get(record) is task:
            del self._tasks[record]

    async def _fetch(self, record: str) -> None:
        """Fetch again and again until nothing has come for a while: the hook answers before the stream is there."""
        name = f"{record.replace(':', '-', 1)}?pull={self._ticket}"
        address = replace(self._pull, app=f"{self._pull.app}", name=name)
        last = time.monotonic()
        try:
            while time.monotonic() - last < _GIVE_UP_S:
                with contextlib.suppress(
                    OSError, TimeoutError, Turned, Unreadable, asyncio.IncompleteReadError
                ):
                    if await self._once(record, address):
                        last = time.monotonic()
                await asyncio.sleep(_AGAIN_S)
        except Refused as refused:
            self._refusals.note(record, refused.code)
            log.info("%s: a stream of the media server was refused: %s", record, refused.code)

    async def _once(self, record: str, address: Address) -> bool:
        """One connection, to its end; whether any media came. Raises Refused."""
        line = await Line.open(address, private=True, patience=5)
        intake = Intake(self._media.stream(record), lambda _why: self.end(record))
        came = False
        try:
            await line.play()
            while True:
                async with asyncio.timeout(_SILENT_S):
                    message = await line.receive()
                if message is None:
                    return came
                came = True
                self._intakes[record] = intake
                intake.take(message)
        finally:
            self._intakes.pop(record, None)
            intake.close()
            await line.close()
