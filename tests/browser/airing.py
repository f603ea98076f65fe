"""A picture on air without a camera: a real encoded stream, published in real time as the host's studio would, whose
pictures carry their number, so that a page can say which one it shows."""

from __future__ import annotations

import asyncio
import contextlib
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import aiohttp

from server.media.chunk import SECOND
from tests.media.publisher import Studio
from tests.media.streams import BARS, FPS, Reel

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.engines import Served

SHOWN = (
    """
(() => {
  const video = document.querySelector('.player video')
  if (!video || video.readyState < 2 || !video.videoWidth) return null
  const canvas = Object.assign(document.createElement('canvas'), { width: BARS * 4, height: 4 })
  const paint = canvas.getContext('2d', { willReadFrequently: true })
  paint.drawImage(video, 0, 0, video.videoWidth, video.videoHeight, 0, 0, canvas.width, canvas.height)
  return Array.from({ length: BARS }, (_, i) => paint.getImageData(i * 4 + 2, 2, 1, 1).data[0] > 128 ? 2 ** i : 0)
    .reduce((sum, bit) => sum + bit, 0)
})()
"""
).replace("BARS", str(BARS))
"""The number of the picture a page shows now; null where there is none."""


class Airing:
    """One publication. `cut` closes the line and `mend` opens it again, as the studio's own page does."""

    def __init__(self, http: aiohttp.ClientSession, served: Served, reel: Reel) -> None:
        self._reel = reel
        self._seconds = len([one for one in reel.chunks if one.kind == "video" and not one.track]) / FPS
        self.studio = Studio(http, f"{served.url}/media/{served.record.replace(':', '-')}", reel)
        self._task: asyncio.Task[None] | None = None
        self._began = 0.0
        self._seq = 1
        self._line = asyncio.Lock()

    async def start(self) -> None:
        await self.studio.connect()
        self._began = time.time()
        self._task = asyncio.create_task(self._run())

    async def cut(self) -> None:
        """The line breaks; the studio goes on and keeps what nobody has confirmed."""
        await self.studio.socket.close()

    async def mend(self) -> None:
        async with self._line:
            await self.studio.connect()

    async def _run(self) -> None:
        for turn in range(10_000):
            for chunk in self._reel.moved(round(turn * self._seconds * SECOND)):
                await asyncio.sleep(max(0.0, self._began + chunk.dts_us / SECOND - time.time()))
                numbered = replace(chunk, seq=self._seq)
                self._seq += 1
                async with self._line:
                    # What does not go out waits in the studio's ring.
                    with contextlib.suppress(ConnectionError):
                        await self.studio.send([numbered])

    def taken_at(self, number: int, seen_at: float | None = None) -> float:
        """When the picture of this number was last sent before it was seen (now), seconds since 1970."""
        turn = max(0, int(((seen_at or time.time()) - self._began - number / FPS) / self._seconds))
        return self._began + turn * self._seconds + number / FPS

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        await self.studio.leave()


@contextlib.asynccontextmanager
async def on_air(served: Served, reel: Reel) -> AsyncIterator[Airing]:
    """The host's session, and its stream on air for as long as the block lasts."""
    jar = aiohttp.CookieJar(unsafe=True)
    async with aiohttp.ClientSession(cookie_jar=jar, headers={"Origin": served.url}) as http:
        token = served.links["host"].partition("#")[2]
        async with http.post(f"{served.url}/api/enter", json={"token": token}) as answer:
            assert answer.ok, await answer.text()
        airing = Airing(http, served, reel)
        await airing.start()
        try:
            yield airing
        finally:
            await airing.stop()


async def delay_of(page: Any, airing: Airing) -> float | None:
    """How late the picture on a page is, in seconds."""
    number = await page.evaluate(SHOWN)
    return None if number is None else time.time() - airing.taken_at(number)
