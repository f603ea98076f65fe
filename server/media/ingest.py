"""The studio's door: WebCodecs chunks over one WebSocket. Nothing else knows this wire format.

Bad media close the socket with a code and never raise into the loop; the address never carries a key.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections import deque
from collections.abc import Callable
from typing import Any

from aiohttp import WSMsgType, web

from server.media import wire
from server.media.chunk import Chunk, Limits
from server.media.stream import Session, Stream, Taken

BAD, BUSY, TAKEN, REFUSED, DONE = 1007, 1013, 4001, 4009, 1000
_HELLO_S = 10.0
_GOT_S = 0.25


class _Bucket:
    """Tokens that come back at `rate` a second, at most `size` of them."""

    def __init__(self, rate: float, size: float) -> None:
        self._rate, self._size, self._left = rate, size, size
        self._at = time.monotonic()

    def take(self, count: float) -> bool:
        now = time.monotonic()
        self._left = min(self._size, self._left + (now - self._at) * self._rate) - count
        self._at = now
        return self._left >= 0


class _Door:
    """One connection: its limits, and what is waiting to be said to it."""

    def __init__(self, socket: web.WebSocketResponse, limits: Limits) -> None:
        self.socket = socket
        self._outbox: asyncio.Queue[dict[str, Any]] = asyncio.Queue(256)
        self._chunks = _Bucket(limits.chunks_per_second, limits.chunks_per_second * limits.burst_seconds)
        self._bytes = _Bucket(limits.bytes_per_second, limits.bytes_per_second * 10 + limits.ring_bytes)
        self._bad: deque[float] = deque(maxlen=limits.bad_units + 1)
        self._limits = limits

    def say(self, message: dict[str, Any]) -> None:
        """Queue a message; a publisher who reads nothing loses the oldest hints, never our memory."""
        if self._outbox.full():
            self._outbox.get_nowait()
        self._outbox.put_nowait(message)

    def within(self, size: int) -> bool:
        return self._chunks.take(1) and self._bytes.take(size)

    def tolerates_bad(self) -> bool:
        now = time.monotonic()
        self._bad.append(now)
        return len(self._bad) <= self._limits.bad_units or now - self._bad[0] > self._limits.bad_seconds

    async def speak(self) -> None:
        while True:
            message = await self._outbox.get()
            await self.socket.send_str(json.dumps(message, separators=(",", ":")))
            if "taken" in message or "ended" in message:
                await self.socket.close(code=TAKEN if "taken" in message else DONE)
                return


async def publish(
    request: web.Request,
    stream: Stream,
    person: str | None,
    by_token: Callable[[str], str | None],
    limits: Limits,
) -> web.WebSocketResponse:
    """Serve one publisher. `person` is who the session cookie says it is; else the first message needs a token."""
    socket = web.WebSocketResponse(
        max_msg_size=limits.message_bytes, heartbeat=5.0, compress=False, autoping=True
    )
    await socket.prepare(request)
    door = _Door(socket, limits)
    try:
        hello = wire.read_hello(await asyncio.wait_for(socket.receive_str(), _HELLO_S))
        video, audio = wire.configs(hello.config)
    except (wire.Unreadable, TypeError, TimeoutError):
        await socket.close(code=BAD)
        return socket
    owner = person or by_token(hello.token)
    if owner is None:
        await _refuse(socket, {"refused": "forbidden"})
        return socket
    try:
        session = stream.offer(owner, hello.epoch, door.say, clock_us=hello.clock_us)
    except Taken as taken:
        await _refuse(socket, {"refused": "taken", "holder": taken.holder})
        return socket
    speaking = asyncio.create_task(door.speak())
    door.say({"have": session.have, "state": stream.state})
    session.configure(video, audio)
    try:
        code = await _listen(socket, door, session)
        await socket.close(code=code)
        if code == DONE:
            await stream.end()
            stream.ended_by_publisher()
    finally:
        session.close()
        speaking.cancel()
        await asyncio.gather(speaking, return_exceptions=True)
    return socket


async def _refuse(socket: web.WebSocketResponse, why: dict[str, str]) -> None:
    await socket.send_str(json.dumps(why))
    await socket.close(code=REFUSED)


async def _listen(socket: web.WebSocketResponse, door: _Door, session: Session) -> int:
    """Read until the publisher goes; the code to close with."""
    told = 0.0
    async for message in socket:
        if message.type == WSMsgType.TEXT:
            try:
                if wire.read_order(message.data).bye:
                    return DONE
            except wire.Unreadable:
                return BAD
            continue
        if message.type != WSMsgType.BINARY:
            break
        if not door.within(len(message.data)):
            return BUSY
        if not _take(message.data, door, session):
            return BAD
        now = time.monotonic()
        if now - told >= _GOT_S:
            told = now
            door.say({"got": session.have})
    return 1001


def _take(data: bytes, door: _Door, session: Session) -> bool:
    try:
        seq, content = wire.read(data)
    except wire.Unreadable:
        return False
    if isinstance(content, Chunk):
        return session.push(content) or door.tolerates_bad()
    if content is not None:
        session.configure(*content)
    session.have = max(session.have, seq)
    return True
