"""A line between a browser and the server that can be cut, made deaf, and narrowed, as a hall's network is.

It knows nothing of what goes through it: bytes in, bytes out.
"""

from __future__ import annotations

import asyncio
import contextlib
import time


class Line:
    """Listens on a port of its own and carries everything to `port`; that may change while the server is down."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.up_bits: float | None = None
        """So many bits a second may go towards the server; None: as many as come."""
        self._server: asyncio.Server | None = None
        self._ends: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._whole = True
        self._free_at = 0.0
        self._flows = asyncio.Event()
        self._flows.set()

    async def open(self) -> str:
        """Where browsers reach the server through this line."""
        self._server = await asyncio.start_server(self._carry, "127.0.0.1", 0)
        return f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    def cut(self) -> None:
        """Every connection breaks, and none comes about."""
        self._whole = False
        for end in list(self._ends):
            end.transport.abort()

    def deaf(self) -> None:
        """Connections stay, and nothing moves any more."""
        self._flows.clear()

    def mend(self) -> None:
        self._whole = True
        self._flows.set()

    async def close(self) -> None:
        self.cut()
        self.mend()
        if self._server is not None:
            self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if not self._whole:
            writer.transport.abort()
            return
        try:
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self.port)
        except OSError:
            writer.transport.abort()
            return
        self._ends |= {writer, far_writer}
        for job in (self._copy(reader, far_writer, up=True), self._copy(far_reader, writer, up=False)):
            task = asyncio.create_task(job)
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _copy(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, up: bool) -> None:
        with contextlib.suppress(OSError):
            while data := await reader.read(4096):
                if up and self.up_bits is not None:
                    await self._squeeze(len(data))
                await self._flows.wait()
                writer.write(data)
                await writer.drain()
        self._ends.discard(writer)
        with contextlib.suppress(OSError, RuntimeError):
            writer.close()

    async def _squeeze(self, size: int) -> None:
        """One narrow place for all that goes up."""
        assert self.up_bits is not None
        now = time.monotonic()
        self._free_at = max(self._free_at, now) + size * 8 / self.up_bits
        await asyncio.sleep(self._free_at - now)
