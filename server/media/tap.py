"""The sound of a stream for whoever hears it: decoded once, 16 kHz, one channel, in a thread of its own.

The loop only hands over packets, or the frames that were decoded for AAC anyway, and never waits: when the thread
is behind, sound is left out. Nothing that goes wrong here reaches the stream.
"""

from __future__ import annotations

import asyncio
import logging
import queue
import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Any

import av
from av.error import FFmpegError

from server.media.chunk import SECOND, AudioConfig
from server.media.recogniser import RATE, Heard, Hears

log = logging.getLogger(__name__)

_WAITING = 500
"""Packets that may wait: ten seconds of sound."""
_NEAR_US, _FILLED_US = 40_000, 2 * SECOND
"""A hole smaller than the first is jitter; one up to the second is silence; a larger one is a leap."""
_IDLE_S = 60.0
_LOOK_S = 0.2
_FINALS, _FINALS_S = 20, 20.0
"""Every final word is a fact for ever: so many in so many seconds, the others are lost."""
_RUNS = 64

Told = Callable[[Heard, int], None]
"""Called in the loop with what was heard and when it was said, ms UTC."""


class Run:
    """The sound between two breaks: one coding, one clock. Called in the loop; returns at once."""

    def __init__(self, tap: Tap, config: AudioConfig, base_us: int, wall_ms: int) -> None:
        self.config, self.base_us, self.wall_ms = config, base_us, wall_ms
        self._tap = tap

    def packet(self, data: bytes, at_us: int) -> None:
        """One packet as it came, of sound that passes undecoded; it begins at `at_us` of the stream."""
        self._tap.put((self, data, at_us))

    def frame(self, frame: Any, at_us: int) -> None:
        """One frame that was decoded already."""
        self._tap.put((self, frame, at_us))


class Tap:
    """The tap of one stream. Its thread begins with the first sound and ends when there was none for a minute."""

    def __init__(self, hears: Callable[[], Hears], told: Told) -> None:
        self._hears, self._told = hears, told
        self._loop = asyncio.get_running_loop()
        self._waiting: queue.Queue[tuple[Run, Any, int] | None] = queue.Queue(_WAITING)
        self._thread: threading.Thread | None = None
        self.left_out = 0

    def run(self, config: AudioConfig, base_us: int, wall_ms: int) -> Run:
        """A run begins: `base_us` of the stream is `wall_ms` of the world."""
        return Run(self, config, base_us, wall_ms)

    def put(self, item: tuple[Run, Any, int]) -> None:
        if self._thread is None or not self._thread.is_alive():
            self._thread = threading.Thread(target=self._listen, name="tap", daemon=True)
            self._thread.start()
        try:
            self._waiting.put_nowait(item)
        except queue.Full:
            self.left_out += 1

    def close(self) -> None:
        """Hear no more; returns at once."""
        while True:
            try:
                self._waiting.put_nowait(None)
                return
            except queue.Full:
                self._waiting.get_nowait()

    # in the thread

    def _listen(self) -> None:
        hears = self._hears()
        ear = _Ear(hears)
        idle_since = time.monotonic()
        try:
            while time.monotonic() - idle_since < _IDLE_S:
                try:
                    item = self._waiting.get(timeout=_LOOK_S)
                except queue.Empty:
                    pass
                else:
                    if item is None:
                        return
                    idle_since = time.monotonic()
                    ear.take(*item)
                self._pass_on(ear.results())
        except Exception:
            log.exception("the tap failed; it begins anew with the next sound")
        finally:
            hears.close()

    def _pass_on(self, heard: list[tuple[Heard, int]]) -> None:
        for one, wall_ms in heard:
            try:
                self._loop.call_soon_threadsafe(self._told, one, wall_ms)
            except RuntimeError:
                return


class _Ear:
    """Decodes one run after the other into one stretch of sound, and turns what was heard into wall time."""

    def __init__(self, hears: Hears) -> None:
        self._hears = hears
        self._run: Run | None = None
        self._runs: deque[Run] = deque(maxlen=_RUNS)
        self._decoder: Any = None
        self._resampler: Any = None
        self._from_us = self._said = 0
        self._finals: deque[float] = deque(maxlen=_FINALS)

    def take(self, run: Run, sound: Any, at_us: int) -> None:
        if run is not self._run:
            self._begin(run)
        try:
            frames = self._decoder.decode(av.Packet(sound)) if isinstance(sound, bytes) else [sound]
        except (FFmpegError, ValueError):
            return
        for frame in frames:
            self._hear(frame, at_us)
            at_us += frame.samples * SECOND // (frame.sample_rate or RATE)

    def results(self) -> list[tuple[Heard, int]]:
        found = []
        for one in self._hears.results():
            now = time.monotonic()
            if one.final:
                if len(self._finals) == _FINALS and now - self._finals[0] < _FINALS_S:
                    continue
                self._finals.append(now)
            found.append((one, self._wall(one.begins_us)))
        # Of guesses only the newest is worth a word.
        return [pair for place, pair in enumerate(found) if pair[0].final or place == len(found) - 1]

    def _begin(self, run: Run) -> None:
        self._run = run
        self._runs.append(run)
        self._resampler = None
        self._decoder = av.CodecContext.create(run.config.codec, "r")
        if run.config.desc:
            self._decoder.extradata = run.config.desc

    def _hear(self, frame: Any, at_us: int) -> None:
        hole = at_us - self._next_us
        if self._resampler is None or abs(hole) > _FILLED_US:
            self._resampler = av.AudioResampler("s16", "mono", RATE)
            self._from_us, self._said = at_us, 0
        elif hole > _NEAR_US:
            self._say(bytes(2 * (hole * RATE // SECOND)))
        frame.pts = None
        for piece in self._resampler.resample(frame):
            self._say(bytes(piece.planes[0])[: piece.samples * 2])

    @property
    def _next_us(self) -> int:
        """Where the next sample belongs; counted in samples, so that it never drifts."""
        return self._from_us + self._said * SECOND // RATE

    def _say(self, pcm: bytes) -> None:
        self._hears.feed(pcm, self._next_us)
        self._said += len(pcm) // 2

    def _wall(self, at_us: int) -> int:
        of = next((run for run in reversed(self._runs) if run.base_us <= at_us), self._runs[0])
        return of.wall_ms + (at_us - of.base_us) // 1000
