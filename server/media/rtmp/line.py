"""One RTMP connection, from either side: messages in and out, acknowledgements, pings. No rule of publishing."""

from __future__ import annotations

import asyncio
from collections import deque
from typing import Any

from server.media.rtmp import amf, chunks
from server.media.rtmp.chunks import Message

SIZE = 4096
_WINDOW = 2_500_000
_LANES = {chunks.COMMAND: 3, chunks.DATA: 4, chunks.SOUND: 5, chunks.PICTURE: 6}
_PING, _PONG = 6, 7
_READ = 1 << 16


class Line:
    """A greeted connection. `receive` gives what is not the line's own business."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.writer = writer
        self.parser = chunks.Reader()
        self._reader = reader
        self._ready: deque[Message] = deque()
        self._out = 128
        self._came = self._said = 0
        self._window = _WINDOW

    def send(self, kind: int, data: bytes, *, at: int = 0, stream: int = 0) -> None:
        """Write one message; it leaves when the line takes it (`drain`)."""
        self.writer.write(chunks.packed(Message(kind, at, data, stream), _LANES.get(kind, 2), self._out))

    def command(self, *values: Any, stream: int = 0) -> None:
        self.send(chunks.COMMAND, amf.write(*values), stream=stream)

    def larger_chunks(self) -> None:
        """Say that our messages come in larger pieces from now on."""
        self.send(chunks.CHUNK_SIZE, SIZE.to_bytes(4, "big"))
        self._out = SIZE

    def say_window(self) -> None:
        self.send(chunks.WINDOW, _WINDOW.to_bytes(4, "big"))
        self.send(chunks.BANDWIDTH, _WINDOW.to_bytes(4, "big") + b"\x02")

    async def receive(self) -> Message | None:
        """The next message; None when the other side is gone. Raises Unreadable."""
        while not self._ready:
            data = await self._reader.read(_READ)
            if not data:
                return None
            self._came += len(data)
            for message in self.parser.feed(data):
                if not self._own(message):
                    self._ready.append(message)
            self._acknowledge()
        return self._ready.popleft()

    async def drain(self) -> None:
        await self.writer.drain()

    async def end(self, linger: float = 0.0) -> None:
        """Close. With `linger` the other side gets so many seconds to read our last words: closed with its bytes
        unread, the kernel would throw them away.
        """
        try:
            if linger and self.writer.can_write_eof():
                self.writer.write_eof()
                async with asyncio.timeout(linger):
                    while await self._reader.read(_READ):
                        pass
        except (OSError, TimeoutError):
            pass
        finally:
            self.writer.close()

    def _own(self, message: Message) -> bool:
        """Messages about the line itself."""
        if message.kind == chunks.WINDOW and len(message.data) >= 4:
            self._window = max(1 << 12, int.from_bytes(message.data[:4], "big"))
        elif message.kind == chunks.CONTROL and int.from_bytes(message.data[:2], "big") == _PING:
            self.send(chunks.CONTROL, _PONG.to_bytes(2, "big") + message.data[2:6])
        return message.kind in (chunks.WINDOW, chunks.CONTROL, chunks.ACKNOWLEDGE, chunks.BANDWIDTH)

    def _acknowledge(self) -> None:
        if self._came - self._said >= self._window // 2:
            self._said = self._came
            self.send(chunks.ACKNOWLEDGE, (self._came & 0xFFFFFFFF).to_bytes(4, "big"))
