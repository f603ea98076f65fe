"""The studio's door: WebCodecs chunks, or what a browser recorded, over one WebSocket. Nothing else knows this wire.

Bad media are told to the publisher and close the socket with a code; they never raise into the loop. The address
never carries a key.
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
from server.media.recording_browser import Demuxer, Ears
from server.media.session import Displaced, Session, Standby, Taken, wall_ms
from server.media.stream import Stream
from server.media.tokens import NotLetIn

BAD, BUSY, TAKEN, REFUSED, DONE = 1007, 1013, 4001, 4009, 1000
_HELLO_S = 10.0
_GOT_S = 0.25
_BURST_GAP_S, _BURST = 0.001, 16
"""So many messages, each so soon after the one before, are what a studio sends again after a cut: a socket whose
messages are there already never waits, and nothing else would run until half a minute of them was read.
"""
_GIVE_WAY_S = 0.002
"""A segment lands, is told and fetched by a chain of short turns of others: all of them fit in."""

Spend = Callable[[str, str], str]
"""Whose the key of a hello is, from the key and the publication. Raises NotLetIn."""


class _Bucket:
    """Tokens that come back at `rate` a second, at most `size` of them."""

    def __init__(self, rate: float, size: float) -> None:
        self._rate, self._size, self._left = rate, size, size
        self._at = time.monotonic()

    def take(self, count: float, now: float) -> bool:
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

    def within(self, count: int, size: int) -> bool:
        now = time.monotonic()
        return self._chunks.take(count, now) and self._bytes.take(size, now)

    def tolerates_bad(self) -> bool:
        now = time.monotonic()
        self._bad.append(now)
        return len(self._bad) <= self._limits.bad_units or now - self._bad[0] > self._limits.bad_seconds

    async def speak(self) -> None:
        while True:
            message = await self._outbox.get()
            await self._send(message)
            if "taken" in message or "ended" in message:
                await self.socket.close(code=TAKEN if "taken" in message else DONE)
                return

    async def close(self, code: int, why: dict[str, Any] | None = None) -> None:
        """End the connection; the reason goes before."""
        if why is not None and not self.socket.closed:
            await self._send(why)
        await self.socket.close(code=code)

    async def _send(self, message: dict[str, Any]) -> None:
        await self.socket.send_str(json.dumps(message, separators=(",", ":")))


class _Ended(Exception):
    """The connection is over: the code to close with, and what to say before."""

    def __init__(self, code: int, **why: Any) -> None:
        super().__init__(code)
        self.code, self.why = code, why or None


class _Visit:
    """One publisher's connection, on air or standing by."""

    def __init__(self, stream: Stream, door: _Door, owner: str, epoch: str, most: int) -> None:
        self._stream, self._door, self._owner, self._epoch = stream, door, owner, epoch
        self._most = most
        self._session: Session | None = None
        self._standby: Standby | None = None
        self._told = 0.0

    def wait(self) -> None:
        self._standby = self._stream.stand_by(self._owner, self._door.say)

    def begin(self, config: wire.Config, clock_us: int | None, *, take: bool) -> None:
        """Go on air. Raises _Ended when this may not be, Unreadable when nobody could mean it."""
        announced = wire.announced(config)
        try:
            session = self._stream.offer(
                self._owner, self._epoch, self._door.say, clock_us=clock_us, take=take
            )
        except Taken as taken:
            raise _Ended(REFUSED, refused="taken", holder=taken.holder) from None
        except Displaced as displaced:
            raise _Ended(TAKEN, taken=True, **({"by": displaced.by} if displaced.by else {})) from None
        self._leave_standby()
        self._session = session
        if config.container is None:
            session.configure(announced.video, announced.audio)
        elif session.source is None:
            # Nobody can go on in the middle of a container whose beginning this process never saw.
            session.have = 0
            session.keep(_demuxer(self._stream, config.container, self._most))
        parts = {"parts": True} if self._stream.limits.part_us else {}
        self._door.say({"have": session.have, "state": self._stream.state, **parts})
        if self._stream.standing_by:
            self._door.say({"standby": self._stream.standing_by})

    def end(self) -> None:
        self._leave_standby()
        if self._session is not None:
            self._session.close()

    def _leave_standby(self) -> None:
        if self._standby is not None:
            self._stream.leave_standby(self._standby)
            self._standby = None

    # what comes

    def hurried(self) -> None:
        """Others have their turn between its messages, though more of them are there."""
        if self._session is not None:
            self._session.hurried_at = time.monotonic()

    async def heard(self, text: str) -> None:
        order = wire.read_order(text)
        if order.bye:
            raise _Ended(DONE)
        if order.take and self._standby is not None:
            await self._stream.read_out()
            self.begin(order.config, order.clock_us, take=True)

    def came(self, data: bytes) -> None:
        """One binary message, or several that came as one; who stands by sends none."""
        messages = wire.apart(data)
        if not self._door.within(len(messages), len(data)):
            raise _Ended(BUSY, bad="flood")
        for message in messages:
            self._one(message)
        now = time.monotonic()
        if self._session is not None and now - self._told >= _GOT_S:
            self._told = now
            self._session.tell()

    def _one(self, data: memoryview) -> None:
        seq, content = wire.read(data)
        session = self._session
        if session is None:
            raise wire.Unreadable("standby")
        if isinstance(content, Chunk):
            if not session.push(content) and not self._door.tolerates_bad():
                raise _Ended(BAD, bad="picture" if content.kind == "video" else "sound")
        elif isinstance(content, wire.Recorded):
            self._recorded(session, seq, content.data)
        else:
            if content is not None and seq > session.have:
                session.configure(content.video, content.audio)
            session.got(seq)

    def _recorded(self, session: Session, seq: int, data: bytes) -> None:
        source = session.source
        if not session.current or seq <= session.have:
            return
        if seq != session.have + 1 or not isinstance(source, Demuxer):
            raise _Ended(BAD, bad="order")
        session.got(seq)
        if not source.feed(seq, data):
            raise _Ended(BUSY, bad="flood")

    @property
    def on_air(self) -> bool:
        return self._session is not None and self._session.current


def _demuxer(stream: Stream, container: Any, most: int) -> Demuxer:
    """The recorder's bytes of the publication that is on air now; it goes on over cuts of the line."""

    def here() -> bool:
        return stream.source is demuxer

    def begin(video: Any, audio: Any, target: int) -> None:
        if here():
            stream.retarget(target)
            stream.configure(video, audio)

    def give(chunk: Chunk) -> None:
        if here():
            stream.push(chunk, wall_ms())

    def failed(code: str) -> None:
        if here() and stream.session is not None:
            stream.session.say({"bad": code, "again": True})

    demuxer = Demuxer(container, Ears(begin, give, failed), most=most)
    return demuxer


async def publish(
    request: web.Request, stream: Stream, person: str | None, spend: Spend, limits: Limits
) -> web.WebSocketResponse:
    """Serve one publisher. `person` is who the session cookie says it is; else the first message needs a key."""
    socket = web.WebSocketResponse(
        max_msg_size=limits.message_bytes, heartbeat=5.0, compress=False, autoping=True
    )
    try:
        await socket.prepare(request)
    except ConnectionResetError:
        return socket  # gone before it was answered
    door = _Door(socket, limits)
    visit = None
    speaking = asyncio.create_task(door.speak())
    try:
        hello = wire.read_hello(await asyncio.wait_for(socket.receive_str(), _HELLO_S))
        owner = person or spend(hello.token, hello.epoch)
        visit = _Visit(stream, door, owner, hello.epoch, limits.pieces_waiting)
        if hello.standby:
            visit.wait()
        else:
            await stream.read_out()
            visit.begin(hello.config, hello.clock_us, take=hello.take)
        await _listen(socket, visit)
        await door.close(1001)
    except NotLetIn as refused:
        await door.close(REFUSED, {"refused": refused.why})
    except (wire.Unreadable, TypeError, TimeoutError):
        await door.close(BAD, {"bad": "unclear"})
    except _Ended as ended:
        bye = ended.code == DONE and visit is not None and visit.on_air
        await door.close(ended.code, ended.why)
        if bye:
            await stream.end()
            stream.ended_by_publisher()
    finally:
        if visit is not None:
            visit.end()
        speaking.cancel()
        await asyncio.gather(speaking, return_exceptions=True)
    return socket


async def _listen(socket: web.WebSocketResponse, visit: _Visit) -> None:
    """Read until the publisher goes."""
    ready, read_at = 0, 0.0
    async for message in socket:
        ready = ready + 1 if time.monotonic() - read_at < _BURST_GAP_S else 0
        if ready >= _BURST:
            ready = 0
            visit.hurried()
            await asyncio.sleep(_GIVE_WAY_S)
        if message.type == WSMsgType.TEXT:
            await visit.heard(message.data)
        elif message.type == WSMsgType.BINARY:
            visit.came(message.data)
        else:
            return
        read_at = time.monotonic()
