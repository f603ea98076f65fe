"""Where finished segments land: on disk first, then in the window that viewers are served from.

It numbers segments and headers, holds back what is held, and goes on when the disk does not. It knows no
publisher; who gave a segment is only a word (`epoch`) that it writes beside it.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from server.media.chunk import SECOND, Limits
from server.media.mux import Piece
from server.media.recorder import Ended, Entry, Gap, Opened, Recorder
from server.media.spans import Done, Part, Segment
from server.media.tracks import TRACKS, Track, filed, header_name, segment_name
from server.media.window import Window

_MARGIN_MS = 500
"""A publisher's clock drifts by so much in hours: what is held is judged by when it happened."""

_LAST_PATIENCE = 5
"""So many times the patience of one write is a slow disk waited for at the end."""

Landed = Callable[[Entry, bool], None]
"""Told of each segment once it is listed, and whether it is on disk; of the last one again when a slow disk has
caught up.
"""


Shelve = Callable[[Mapping[str, bytes]], Awaitable[None]]
"""Brings files, by their names, to where others serve them; waits as long as viewers may."""


@dataclass(slots=True)
class _Owed:
    """A segment that is not on disk yet; without files it never will be."""

    entry: Entry
    files: Mapping[Track, Piece] | None


class Landing:
    """The segments of one stream, past and present. While `held`, nothing becomes public, and what happened
    meanwhile never does, however late it comes: a studio cut off sends half a minute at once.
    """

    def __init__(self, folder: Path, limits: Limits, pool: Executor, landed: Landed) -> None:
        self.recorder = Recorder(folder, limits.disk_floor_bytes)
        known = self.recorder.load()
        self.window = Window(limits, known.target, known.entries)
        self.inits = known.inits
        self.ended = known.ended
        self._holds: list[tuple[int, int | None]] = []
        self.last = self._on_disk = known.entries[-1] if known.entries else None
        self.end_us = self.last.end_us if self.last else 0
        self._limits, self._pool, self._landed = limits, pool, landed
        self._waiting: asyncio.Queue[tuple[Done, str]] = asyncio.Queue()
        self._opening: asyncio.Future[bool] | None = None
        self._owed: deque[_Owed] = deque()
        self._writing: asyncio.Task[None] | None = None
        self._gap_from: int | None = None
        self.shelve: Shelve | None = None

    @property
    def safe(self) -> tuple[str, int]:
        """The publication that last reached the disk and the last of its numbers that is safe there."""
        last = self._on_disk
        return (last.epoch, last.seq) if last else ("", 0)

    @property
    def held(self) -> bool:
        return bool(self._holds) and self._holds[-1][1] is None

    def hold(self, since_ms: int) -> None:
        """Nothing that happens from then on is public. Holding twice is holding once, also after the release."""
        if not self.held and all(since != since_ms for since, _ in self._holds):
            self._holds.append((since_ms, None))

    def release(self, at_ms: int) -> None:
        """What happens from now on is public again."""
        if self.held:
            self._holds[-1] = (self._holds[-1][0], at_ms)

    def hides(self, begins_ms: int, ends_ms: int) -> bool:
        """Whether any of it is, or happened while it was, held back."""
        begins_ms, ends_ms = begins_ms - _MARGIN_MS, ends_ms + _MARGIN_MS
        return self.held or any(
            since < ends_ms and (until is None or begins_ms < until) for since, until in self._holds
        )

    @property
    def empty(self) -> bool:
        return self._waiting.empty() and not self._owed

    def open(self, target: int, wall_ms: int) -> None:
        """A publication begins; its segments come next."""
        self.window.target = max(self.window.target, target) if self.window.public else target
        self.ended = False
        self._opening = asyncio.ensure_future(self._blocking(self.recorder.note, Opened(wall_ms, target)))

    def put(self, done: Sequence[Done], epoch: str) -> None:
        """What the packager has finished, in its order; returns at once."""
        for one in done:
            if isinstance(one, Segment):
                self.end_us = one.start_us + one.dur_us
            self._waiting.put_nowait((one, epoch))

    async def settle(self) -> None:
        """Wait until everything given has landed, and a while for a slow disk."""
        await self._waiting.join()
        if self._writing is not None:
            await asyncio.wait({self._writing}, timeout=_LAST_PATIENCE * self._limits.write_patience_s)

    async def end(self, wall_ms: int) -> None:
        """Note that the stream was ended by command."""
        self.ended = True
        await self._blocking(self.recorder.note, Ended(wall_ms))

    async def run(self) -> None:
        """Land one segment after the other, until cancelled."""
        while True:
            done, epoch = await self._waiting.get()
            try:
                if isinstance(done, Part):
                    self._part(done)
                else:
                    await self._one(done, epoch)
            finally:
                self._waiting.task_done()

    async def _one(self, segment: Segment, epoch: str) -> None:
        """List only what is on disk, so that a restart never gives a number twice; a disk that does not
        answer in time is not waited for.
        """
        if self._opening is not None:
            await asyncio.wait({self._opening}, timeout=self._limits.write_patience_s)
            self._opening = None
        # Of the sound alone only the header: its files are made when somebody asks (decision 28).
        files: dict[Track, Piece] = {"picture": segment.picture, "sound": Piece(segment.sound_init, b"")}
        if segment.thin is not None:
            files["thin"] = segment.thin
        headers = {track: self._header(track, piece.init) for track, piece in files.items()}
        entry = self._entry(segment, headers, len(segment.data))
        entry.epoch, entry.seq = epoch, segment.acked
        recorded = await self._write(entry, files)
        if self.shelve is not None and entry.msn >= 0:
            await self.shelve(_named(entry, {**files, "sound": segment.sound}))
        self.window.add(
            entry, {track: piece.data for track, piece in files.items() if piece.data}, recorded=recorded
        )
        self.last = entry
        self._landed(entry, recorded)

    def _part(self, part: Part) -> None:
        """A piece of the segment being made; those who take parts see it before it is on disk."""
        headers: dict[Track, int] = {"picture": self._header("picture", part.init)}
        entry = self._entry(part, headers, 0)
        if entry.msn >= 0:
            self.window.add_part(entry, part)
        else:
            self.window.drop_parts()

    def _entry(self, segment: Segment | Part, headers: Mapping[Track, int], size: int) -> Entry:
        last, window = self.last, self.window
        shown = not self.hides(segment.wall_ms, segment.wall_ms + segment.dur_us // 1000)
        entry = Entry(
            n=last.n + 1 if last else 0,
            init=headers["picture"],
            thin=headers.get("thin", -1),
            sound=headers.get("sound", -1),
            start_us=segment.start_us,
            dur_us=segment.dur_us,
            wall_ms=segment.wall_ms,
            size=size,
            msn=window.next_msn if shown else -1,
        )
        apart = segment.cut or (last is not None and last.msn < 0)
        cut = {
            track: shown
            and bool(window.public)
            and (apart or (last is not None and filed(last, track) != filed(entry, track)))
            for track in TRACKS
        }
        entry.cut, entry.thin_cut, entry.sound_cut = cut["picture"], cut["thin"], cut["sound"]
        entry.parts = window.breaks("picture") + entry.cut
        entry.thin_parts = window.breaks("thin") + entry.thin_cut
        entry.sound_parts = window.breaks("sound") + entry.sound_cut
        return entry

    async def _write(self, entry: Entry, files: Mapping[Track, Piece]) -> bool:
        """Whether it is on disk by now. What a slow disk could not take in time is owed to it, half a minute of it
        at most, and goes there before what comes later.
        """
        slow = bool(self._owed)
        self._owed.append(_Owed(entry, files))
        kept_us = 0
        for owed in reversed(self._owed):
            kept_us += owed.entry.dur_us
            if kept_us > self._limits.window_s * SECOND and owed is not self._owed[0]:
                owed.files = None
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._catch_up())
        if not slow:
            await asyncio.wait({self._writing}, timeout=self._limits.write_patience_s)
        return self._on_disk is entry

    async def _catch_up(self) -> None:
        """Write what is owed, in its order; what cannot be written leaves a gap."""
        while self._owed:
            entry, files = self._owed[0].entry, self._owed[0].files
            kept = files is not None and await self._keep(entry, files)
            self._owed.popleft()
            if kept:
                self._on_disk = entry
                if self.window.found(entry.n) and not self._owed:
                    self._landed(entry, True)
            elif self._gap_from is None:
                self._gap_from = entry.start_us

    async def _keep(self, entry: Entry, files: Mapping[Track, Piece]) -> bool:
        if self._gap_from is not None:
            gap = Gap(self._gap_from, entry.start_us, entry.wall_ms)
            if not await self._blocking(self.recorder.note, gap):
                return False
            self._gap_from = None
        return await self._blocking(self.recorder.write, entry, files)

    async def _blocking(self, work: Callable[..., None], *args: Any) -> bool:
        try:
            await asyncio.get_running_loop().run_in_executor(self._pool, work, *args)
        except OSError:
            return False
        return True

    def _header(self, track: Track, init: bytes) -> int:
        """The number of a header; one known already keeps its own."""
        known = self.inits[track]
        for number, other in known.items():
            if other == init:
                return number
        number = max(known, default=-1) + 1
        known[number] = init
        return number


def _named(entry: Entry, files: Mapping[Track, Piece]) -> dict[str, bytes]:
    """The files of a segment and their headers by the names they are listed under."""
    named: dict[str, bytes] = {}
    for track, piece in files.items():
        named[header_name(track, filed(entry, track)[1])] = piece.init
        named[segment_name(track, entry.n)] = piece.data
    return named
