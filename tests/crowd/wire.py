"""A resident's socket as a crowd program plays it: one small object each, real frames on a real connection.

Speaks the wire of the server under test and nothing else of it.
"""

from __future__ import annotations

import asyncio
import base64
import json
import os
import re
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

_RANGE = re.compile(rb'"from":(\d+),"to":(\d+)')
_MASK = b"\x00\x00\x00\x00"
"""A mask of zeros masks nothing, and is lawful: what it costs is not what is measured."""


def masked_frame(text: str) -> bytes:
    """A text as a whole websocket frame of a client."""
    data = text.encode()
    size = len(data)
    if size < 126:
        head = bytes((0x81, 0x80 | size))
    elif size < 65_536:
        head = bytes((0x81, 0xFE)) + size.to_bytes(2, "big")
    else:
        head = bytes((0x81, 0xFF)) + size.to_bytes(8, "big")
    return head + _MASK + data


class Line(asyncio.Protocol):
    """One socket: connects, joins, sends, acknowledges; counts the frames it gets and notices a gap."""

    def __init__(self, url: str, cookie: str = "") -> None:
        self.url = url
        self.cookie = cookie
        self.patches = 0
        self.bytes = 0
        self.gaps = 0
        self.seq = -1
        self.closed = False
        self.on_event: Callable[[str, Any], None] | None = None
        self.decode = False
        self._buffer = b""
        self._up = False
        self._ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._acks: dict[int, asyncio.Future[Any]] = {}
        self._next = 0
        self._volley: asyncio.Future[list[float]] | None = None
        self._came: list[float] = []
        self._awaited = 0
        self._transport: asyncio.Transport | None = None

    async def open(self) -> None:
        """Connect and be let in."""
        parts = urlsplit(self.url)
        await asyncio.get_running_loop().create_connection(lambda: self, parts.hostname, parts.port)
        await self._ready

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport  # type: ignore[assignment]
        key = base64.b64encode(os.urandom(16)).decode()
        parts = urlsplit(self.url)
        lines = [
            "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1",
            f"Host: {parts.netloc}",
            "Upgrade: websocket",
            "Connection: Upgrade",
            f"Sec-WebSocket-Key: {key}",
            "Sec-WebSocket-Version: 13",
            f"Origin: {self.url}",
        ]
        if self.cookie:
            lines.append(f"Cookie: {self.cookie}")
        assert self._transport is not None
        self._transport.write(("\r\n".join(lines) + "\r\n\r\n").encode())

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        if not self._up:
            head, end, rest = self._buffer.partition(b"\r\n\r\n")
            if not end:
                return
            if b" 101 " not in head.split(b"\r\n")[0]:
                self._fail(ConnectionError(head.split(b"\r\n")[0].decode()))
                return
            self._up, self._buffer = True, rest
        while (frame := self._frame()) is not None:
            self._take(frame)

    def connection_lost(self, exc: Exception | None) -> None:
        self.closed = True
        self._fail(exc or ConnectionError("closed"))

    def _fail(self, error: Exception) -> None:
        for waiting in [self._ready, *self._acks.values()]:
            if not waiting.done():
                waiting.set_exception(error)
                waiting.exception()

    def _frame(self) -> bytes | None:
        buffer = self._buffer
        if len(buffer) < 2:
            return None
        size, at = buffer[1] & 127, 2
        if size == 126:
            if len(buffer) < 4:
                return None
            size, at = int.from_bytes(buffer[2:4], "big"), 4
        elif size == 127:
            if len(buffer) < 10:
                return None
            size, at = int.from_bytes(buffer[2:10], "big"), 10
        if len(buffer) < at + size:
            return None
        self._buffer = buffer[at + size :]
        return buffer[at : at + size]

    def _take(self, payload: bytes) -> None:
        self.bytes += len(payload)
        if payload.startswith(b'42["patch"'):
            self.patches += 1
            found = _RANGE.search(payload)
            if found is not None and self.seq >= 0:
                since, seq = int(found[1]), int(found[2])
                self.gaps += since > self.seq
                self.seq = max(seq, self.seq)
            if not self.decode:
                return
        if payload.startswith(b"42"):
            if self.on_event is not None and self.decode:
                name, body = json.loads(payload[2:])
                self.on_event(name, body)
        elif payload.startswith(b"43") and self._volley is not None:
            self._count_in(payload)
        elif payload.startswith(b"43"):
            number, _, body_text = payload[2:].partition(b"[")
            waiting = self._acks.pop(int(number), None)
            if waiting is not None and not waiting.done():
                answers = json.loads(b"[" + body_text)
                waiting.set_result(answers[0] if answers else None)
        elif payload == b"2":
            self._send("3")
        elif payload.startswith(b"40"):
            if not self._ready.done():
                self._ready.set_result(None)
        elif payload.startswith(b"0"):
            self._send("40")

    def _send(self, text: str) -> None:
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(masked_frame(text))

    async def call(self, name: str, body: dict[str, Any], wait: float = 30.0) -> Any:
        """Send an event and return its acknowledgement."""
        self._next += 1
        waiting: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._acks[self._next] = waiting
        self._send(f"42{self._next}{json.dumps([name, body])}")
        async with asyncio.timeout(wait):
            return await waiting

    def volley(self, name: str, bodies: list[dict[str, Any]]) -> asyncio.Future[list[float]]:
        """Send many events in one write; the answer is when (perf_counter) each was acknowledged well.

        Cheap enough that two thousand of these leave the other core to the server.
        """
        self._volley = asyncio.get_running_loop().create_future()
        self._came, self._awaited = [], len(bodies)
        texts = [f"42{number}{json.dumps([name, body])}" for number, body in enumerate(bodies, 1)]
        assert self._transport is not None
        self._transport.write(b"".join(masked_frame(text) for text in texts))
        return self._volley

    def _count_in(self, payload: bytes) -> None:
        assert self._volley is not None
        if b'"ok":true' not in payload:
            if not self._volley.done():
                self._volley.set_exception(AssertionError(payload))
            return
        self._came.append(time.perf_counter())
        if len(self._came) == self._awaited and not self._volley.done():
            self._volley.set_result(self._came)
            self._volley = None

    async def join(self, record: str, since: int = 0) -> Any:
        """Follow a record."""
        answer = await self.call("join", {"record": record, "since": since})
        if answer.get("ok"):
            self.seq = max(self.seq, answer["seq"])
        return answer

    def close(self) -> None:
        """Hang up."""
        if self._transport is not None:
            self._transport.close()
