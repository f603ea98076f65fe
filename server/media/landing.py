"""Where finished segments land: on disk first, then in the window that viewers are served from.

It numbers segments and headers, holds back what is held, and goes on when the disk does not. It knows no
publisher; who gave a segment is only a word (`epoch`) that it writes beside it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from pathlib import Path
from typing import Any

from server.media.chunk import Limits
from server.media.packager import Segment
from server.media.recorder import Ended, Entry, Gap, Opened, Recorder
from server.media.window import Window

Landed = Callable[[Entry, bool], None]
"""Told of each segment once it is listed, and whether it is on disk."""


class Landing:
    """The segments of one stream, past and present. `held` keeps what lands from now on from viewers."""

    def __init__(self, folder: Path, limits: Limits, pool: Executor, landed: Landed) -> None:
        self.recorder = Recorder(folder, limits.disk_floor_bytes)
        known = self.recorder.load()
        self.window = Window(limits, known.target, known.entries)
        self.inits = dict(known.inits)
        self.ended = known.ended
        self.held = False
        self.last = self._on_disk = known.entries[-1] if known.entries else None
        self.end_us = self.last.end_us if self.last else 0
        self._limits, self._pool, self._landed = limits, pool, landed
        self._waiting: asyncio.Queue[tuple[Segment, str]] = asyncio.Queue()
        self._opening: asyncio.Future[bool] | None = None
        self._stuck: asyncio.Future[bool] | None = None
        self._gap_from: int | None = None

    @property
    def safe(self) -> tuple[str, int]:
        """The publication that last reached the disk and the last of its numbers that is safe there."""
        last = self._on_disk
        return (last.epoch, last.seq) if last else ("", 0)

    @property
    def empty(self) -> bool:
        return self._waiting.empty()

    def open(self, target: int, wall_ms: int) -> None:
        """A publication begins; its segments come next."""
        self.window.target = max(self.window.target, target) if self.window.public else target
        self.ended = False
        self._opening = asyncio.ensure_future(self._blocking(self.recorder.note, Opened(wall_ms, target)))

    def put(self, segments: Sequence[Segment], epoch: str) -> None:
        """Finished segments, in their order; returns at once."""
        for segment in segments:
            self.end_us = segment.start_us + segment.dur_us
            self._waiting.put_nowait((segment, epoch))

    async def settle(self) -> None:
        """Wait until everything given has landed."""
        await self._waiting.join()

    async def end(self, wall_ms: int) -> None:
        """Note that the stream was ended by command."""
        self.ended = True
        await self._blocking(self.recorder.note, Ended(wall_ms))

    async def run(self) -> None:
        """Land one segment after the other, until cancelled."""
        while True:
            segment, epoch = await self._waiting.get()
            try:
                await self._one(segment, epoch)
            finally:
                self._waiting.task_done()

    async def _one(self, segment: Segment, epoch: str) -> None:
        """List only what is on disk, so that a restart never gives a number twice; a disk that does not
        answer in time is not waited for.
        """
        if self._opening is not None:
            await asyncio.wait({self._opening}, timeout=self._limits.write_patience_s)
            self._opening = None
        entry = self._entry(segment, self._init_number(segment.init), epoch)
        recorded = await self._write(entry, segment)
        self.window.add(entry, segment.data, recorded=recorded)
        self.last = entry
        if not recorded and self._gap_from is None:
            self._gap_from = entry.start_us
        if recorded:
            self._on_disk = entry
        self._landed(entry, recorded)

    def _entry(self, segment: Segment, init: int, epoch: str) -> Entry:
        last, window = self.last, self.window
        shown = not self.held
        broken = segment.cut or (last is not None and (last.msn < 0 or last.init != init))
        cut = shown and broken and bool(window.public)
        return Entry(
            n=last.n + 1 if last else 0,
            init=init,
            start_us=segment.start_us,
            dur_us=segment.dur_us,
            wall_ms=segment.wall_ms,
            size=len(segment.data),
            cut=cut,
            msn=window.next_msn if shown else -1,
            parts=window.parts + cut,
            epoch=epoch,
            seq=segment.acked,
        )

    async def _write(self, entry: Entry, segment: Segment) -> bool:
        if self._stuck is not None and not self._stuck.done():
            return False
        if self._gap_from is not None:
            gap = Gap(self._gap_from, entry.start_us, entry.wall_ms)
            if not await self._blocking(self.recorder.note, gap):
                return False
            self._gap_from = None
        job = asyncio.ensure_future(self._blocking(self.recorder.write, entry, segment.init, segment.data))
        done, _ = await asyncio.wait({job}, timeout=self._limits.write_patience_s)
        if done:
            return job.result()
        self._stuck = job
        return False

    async def _blocking(self, work: Callable[..., None], *args: Any) -> bool:
        try:
            await asyncio.get_running_loop().run_in_executor(self._pool, work, *args)
        except OSError:
            return False
        return True

    def _init_number(self, init: bytes) -> int:
        for number, known in self.inits.items():
            if known == init:
                return number
        number = max(self.inits, default=-1) + 1
        self.inits[number] = init
        return number
