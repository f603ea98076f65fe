"""Speech heard by a program of the house's own, beside typed captions: what it must offer, and how any command on
this machine becomes one. It never waits for the program, and a program that dies, hangs or floods is started anew.

The program reads sound from standard input (16 kHz, one channel, signed 16 bit little-endian, no header) and
writes one JSON object a line: `{"text": "…", "from": 12.4, "to": 14.1, "final": true}`. Seconds count from the
first sample it was given; with `final` false the line is a guess that a later one replaces.
"""

from __future__ import annotations

import logging
import os
import shlex
import signal
import subprocess
import threading
import time
from bisect import bisect_right
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from typing import NamedTuple, Protocol

import msgspec

log = logging.getLogger(__name__)

RATE = 16_000
"""Samples a second of what a recogniser hears; each has two bytes."""
TEXT_MOST = 500
_SECOND = 1_000_000
_PENDING_BYTES = 60 * RATE * 2
"""Sound that may wait for a program that is slow; beyond it sound is left out, and the times stay right."""
_HANGS_S = 30.0
"""Without reading; a model takes its time to load."""
_LINE_MOST = 16 << 10
_BYTES_A_SECOND, _LINES_A_SECOND = 64 << 10, 100
_AGAIN_S = (1.0, 2.0, 5.0, 15.0, 60.0)
_STEADY_S = 60.0
_NEAR_US = 20_000
_WAITING_MOST = 64
_NICE = 10
_FAREWELL_S = 0.2


class Heard(NamedTuple):
    """Some words and when they were said, on the clock of `Hears.feed`. Not `final`: a guess."""

    text: str
    begins_us: int
    ends_us: int
    final: bool


class Hears(Protocol):
    """Somebody who hears. All calls come from one thread that is not the loop's, and none may wait."""

    def feed(self, pcm: bytes, t_us: int) -> None:
        """Sound of 16 kHz, one channel, 16 bit, that begins at `t_us`; it may leap forward."""

    def results(self) -> list[Heard]:
        """What was heard since the last call."""

    def close(self) -> None:
        """Nothing more will be asked."""


class _Line(msgspec.Struct):
    """One line of a program. Fields of its own are welcome and not read."""

    text: str
    begins: float = msgspec.field(name="from")
    ends: float = msgspec.field(name="to", default=0.0)
    final: bool = True


_read_line = msgspec.json.Decoder(_Line)


class _Run:
    """One start of the program: its pipes, and which of its seconds are which of ours."""

    def __init__(self, command: list[str], clock: Callable[[], float]) -> None:
        # Its own session, so that what it starts ends with it; none of our settings, which hold passwords.
        environment = {name: value for name, value in os.environ.items() if not name.startswith("SUN_")}
        self.process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            bufsize=0,
            env=environment,
            start_new_session=True,
        )
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, self.process.pid, _NICE)
        assert self.process.stdin is not None
        self._into = self.process.stdin.fileno()
        os.set_blocking(self._into, False)
        self.begun = self.moved = clock()
        self.flooding = False
        self.heard: deque[_Line] = deque(maxlen=_WAITING_MOST)
        self._clock = clock
        self._pending = bytearray()
        self._given = 0
        self._samples: list[int] = []
        self._times: list[int] = []
        self._reader = threading.Thread(target=self._read, name="recogniser", daemon=True)
        self._reader.start()

    @property
    def over(self) -> str:
        """Why this start has come to its end; empty while it has not."""
        code = self.process.poll()
        if code is not None:
            return f"it ended with {code}"
        if self.flooding:
            return "it writes without end"
        if self._pending and self._clock() - self.moved > _HANGS_S:
            return "it does not read"
        return ""

    def give(self, pcm: bytes, t_us: int) -> None:
        if len(self._pending) + len(pcm) > _PENDING_BYTES:
            self._write()
            return
        expected = self.time_of(self._given / RATE) if self._samples else None
        if expected is None or abs(expected - t_us) > _NEAR_US:
            self._samples.append(self._given)
            self._times.append(t_us)
        self._given += len(pcm) // 2
        if not self._pending:
            self.moved = self._clock()
        self._pending += pcm
        self._write()

    def time_of(self, seconds: float) -> int:
        """Our time for a second of the program's."""
        sample = max(0, int(seconds * RATE))
        place = max(0, bisect_right(self._samples, sample) - 1)
        return self._times[place] + (sample - self._samples[place]) * _SECOND // RATE

    def results(self) -> list[Heard]:
        found = []
        while self.heard:
            line = self.heard.popleft()
            text = " ".join("".join(c if c.isprintable() else " " for c in line.text).split())[:TEXT_MOST]
            length = self._given / RATE
            # A program may only speak of what it was given.
            if text and self._samples and 0 <= line.begins <= length:
                ends = min(max(line.begins, line.ends), length)
                found.append(Heard(text, self.time_of(line.begins), self.time_of(ends), line.final))
        return found

    def kill(self) -> None:
        """End it for good; what it wrote before may still be asked for."""
        with suppress(OSError):
            os.killpg(self.process.pid, signal.SIGKILL)
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(1.0)
        with suppress(OSError):
            assert self.process.stdin is not None
            self.process.stdin.close()
        self._reader.join(_FAREWELL_S)

    def _write(self) -> None:
        while self._pending:
            try:
                count = os.write(self._into, memoryview(self._pending)[:65_536])
            except OSError:
                # Full for now, or broken: then the process is found to be over.
                return
            del self._pending[:count]
            self.moved = self._clock()

    def _read(self) -> None:
        """In a thread of its own, until the program's output ends. What it must not do is take the
        interpreter from the loop: a program that writes too much is read no further.
        """
        assert self.process.stdout is not None
        rest, since, size, lines = b"", self._clock(), 0, 0
        with self.process.stdout as out:
            while data := out.read(4096):
                now = self._clock()
                if now - since > 1:
                    since, size, lines = now, 0, 0
                size, lines = size + len(data), lines + data.count(b"\n")
                *whole, rest = (rest + data).split(b"\n")
                if len(rest) > _LINE_MOST or size > _BYTES_A_SECOND or lines > _LINES_A_SECOND:
                    self.flooding = True
                    return
                for line in whole:
                    with suppress(msgspec.DecodeError, UnicodeDecodeError):
                        self.heard.append(_read_line.decode(line))


class Program:
    """A program as recogniser. Whatever becomes of it, `feed` returns at once and later sound is heard again."""

    def __init__(self, command: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._command = shlex.split(command)
        self._clock = clock
        self._run: _Run | None = None
        self._last_words: list[Heard] = []
        self._failures = 0
        self._not_before = 0.0

    def feed(self, pcm: bytes, t_us: int) -> None:
        self._look()
        if self._run is None and self._clock() >= self._not_before:
            self._start()
        if self._run is not None:
            self._run.give(pcm, t_us)

    def results(self) -> list[Heard]:
        self._look()
        last, self._last_words = self._last_words, []
        return last + (self._run.results() if self._run is not None else [])

    def close(self) -> None:
        if self._run is not None:
            self._run.kill()
            self._run = None

    def _look(self) -> None:
        run = self._run
        if run is not None and run.over:
            log.warning("the recogniser is started anew: %s", run.over)
            self._give_up(run)

    def _start(self) -> None:
        try:
            self._run = _Run(self._command, self._clock)
        except OSError as error:
            log.warning("the recogniser cannot be started: %s", error)
            self._later()

    def _give_up(self, run: _Run) -> None:
        if self._clock() - run.begun > _STEADY_S:
            self._failures = 0
        run.kill()
        self._last_words = [] if run.flooding else run.results()
        self._run = None
        self._later()

    def _later(self) -> None:
        self._not_before = self._clock() + _AGAIN_S[min(self._failures, len(_AGAIN_S) - 1)]
        self._failures += 1
