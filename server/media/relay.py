"""Carries a guest's encoded sound and picture to the studio, and the mix back, where no direct way stands.

Passes messages between two browsers as they are: decodes nothing, keeps nothing, never waits for a slow reader.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Literal

from aiohttp import WSMsgType, web

from server.media.wire import AUDIO, CONFIG, HEADER, KEY, VIDEO

Side = Literal["guest", "studio"]
Allow = Callable[[web.Request, str, str], Awaitable[Side | None]]

MESSAGE_BYTES = 256 << 10
"""A keyframe of 640x360 is a tenth of that."""
PER_SECOND, BURST_SECONDS = 120, 4
"""50 packets of sound, 25 pictures, and room for what a stopped line sends at once."""
BYTES_PER_SECOND = 200_000
PICTURE_WAITS, SOUND_WAITS = 96 << 10, 256 << 10
"""Bytes waiting for one reader beyond which pictures (up to the next keyframe), then sound are left out: what
comes late on a stage is worth nothing."""
BAD, BUSY, TAKEN, GONE = 1007, 1013, 4001, 4003
_HEARTBEAT_S = 5.0


class _Bucket:
    """So many a second, with a burst saved up."""

    def __init__(self, rate: float) -> None:
        self._rate, self._size, self._left = rate, rate * BURST_SECONDS, rate * BURST_SECONDS
        self._at = time.monotonic()

    def take(self, count: float) -> bool:
        now = time.monotonic()
        self._left = min(self._size, self._left + (now - self._at) * self._rate) - count
        self._at = now
        return self._left >= 0


class _End:
    """One browser's socket, and what of the other's can be written to it."""

    def __init__(self, socket: web.WebSocketResponse, transport: asyncio.Transport) -> None:
        self.socket = socket
        self._transport = transport
        # Above what we ever let wait: writing never blocks, so a slow reader stops nobody's sound.
        transport.set_write_buffer_limits(high=SOUND_WAITS + 2 * MESSAGE_BYTES)
        self._skipping = False
        self.left_out = 0
        self._messages = _Bucket(PER_SECOND)
        self._bytes = _Bucket(BYTES_PER_SECOND)

    def within(self, size: int) -> bool:
        return self._messages.take(1) and self._bytes.take(size)

    async def give(self, message: bytes) -> None:
        """Write it, unless too much waits."""
        waiting = self._transport.get_write_buffer_size()
        if message[0] == VIDEO:
            key = bool(message[1] & KEY)
            self._skipping = waiting > PICTURE_WAITS or (self._skipping and not key)
        if waiting > SOUND_WAITS or (message[0] == VIDEO and self._skipping):
            self.left_out += 1
            return
        await self.socket.send_bytes(message)

    async def say(self, **words: object) -> None:
        if not self.socket.closed:
            await self.socket.send_str(json.dumps(words, separators=(",", ":")))


@dataclass
class _Pair:
    guest: _End | None = None
    studio: _End | None = None

    def other(self, side: Side) -> _End | None:
        return self.studio if side == "guest" else self.guest


class Relay:
    """Every pair of guest and studio that meets in this process."""

    def __init__(self, allow: Allow) -> None:
        self._allow = allow
        self._pairs: dict[tuple[str, str], _Pair] = {}
        self._closing: set[asyncio.Task[object]] = set()

    def routes(self) -> list[web.RouteDef]:
        """The one address: of a meeting, of a person."""
        return [
            web.get(r"/media/{name:meeting-[0-9A-Za-z_-]{1,80}}/stage/{person:[\w.:-]{1,64}}", self._serve)
        ]

    def carries(self, record: str) -> bool:
        """Whether anybody of this record is on the way here."""
        return any(of == record for of, _person in self._pairs)

    def keep(self, record: str, people: frozenset[str]) -> None:
        """Only these people of a record have a seat: everybody else's way is closed."""
        for of, person in list(self._pairs):
            if of == record and person not in people:
                pair = self._pairs.pop((of, person))
                for end in (pair.guest, pair.studio):
                    if end is not None:
                        self._close(end, GONE)

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        record = request.match_info["name"].replace("-", ":", 1)
        person = request.match_info["person"]
        side = await self._allow(request, record, person)
        if side is None or request.transport is None:
            raise web.HTTPForbidden
        socket = web.WebSocketResponse(max_msg_size=MESSAGE_BYTES, heartbeat=_HEARTBEAT_S, compress=False)
        await socket.prepare(request)
        end = _End(socket, request.transport)
        pair = self._pairs.setdefault((record, person), _Pair())
        before = getattr(pair, side)
        setattr(pair, side, end)
        if before is not None:
            self._close(before, TAKEN)
        try:
            await self._tell(pair)
            await socket.close(code=await self._pass(end, pair, side))
        except ConnectionResetError:
            pass
        finally:
            if getattr(pair, side) is end:
                setattr(pair, side, None)
                await self._tell(pair)
            if pair.guest is pair.studio is None and self._pairs.get((record, person)) is pair:
                del self._pairs[record, person]
        return socket

    async def _tell(self, pair: _Pair) -> None:
        """Each end hears whether the other is there; whoever hears so begins with a keyframe."""
        for mine, other in ((pair.guest, pair.studio), (pair.studio, pair.guest)):
            if mine is not None:
                try:
                    await mine.say(peer=other is not None)
                except ConnectionResetError:
                    continue

    async def _pass(self, end: _End, pair: _Pair, side: Side) -> int:
        """Read until this end goes; the code to close it with."""
        async for message in end.socket:
            if message.type != WSMsgType.BINARY:
                return BAD
            data: bytes = message.data
            if len(data) < HEADER.size or data[0] not in (CONFIG, VIDEO, AUDIO):
                return BAD
            if not end.within(len(data)):
                return BUSY
            other = pair.other(side)
            if other is not None and not other.socket.closed:
                try:
                    await other.give(data)
                except ConnectionResetError:
                    continue
        return 1000

    def _close(self, end: _End, code: int) -> None:
        task: asyncio.Task[object] = asyncio.create_task(end.socket.close(code=code))
        self._closing.add(task)
        task.add_done_callback(self._closing.discard)
