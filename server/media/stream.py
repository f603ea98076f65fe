"""One stream: who publishes and which state it is in. Joins the packager and the landing.

It does not know HTTP. Only a command ends a stream: a lost publisher leaves it interrupted for ever.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable
from concurrent.futures import Executor
from pathlib import Path
from typing import Any

from server.media.chunk import SECOND, AudioConfig, Chunk, Limits, VideoConfig
from server.media.landing import Landing
from server.media.packager import Packager
from server.media.recorder import Entry

_TELL_AGAIN_S = 1.0
_BEGIN_US = 2_900_000
"""What players want to have before them: three seconds, less what encoders' clocks leave out."""

Say = Callable[[dict[str, Any]], None]
Notify = Callable[[str, str], Awaitable[bool | None]]
"""Told a record and a word; False means that the word could not be taken yet."""

_CLOCK = time.time() - time.monotonic()


def wall_ms() -> int:
    """Wall time that cannot step back while the process runs."""
    return int((_CLOCK + time.monotonic()) * 1000)


class Taken(Exception):
    """Somebody else publishes this stream."""

    def __init__(self, holder: str) -> None:
        super().__init__(holder)
        self.holder = holder


class Session:
    """One publisher's connection. After it was replaced, what it pushes is ignored."""

    def __init__(self, stream: Stream, owner: str, epoch: str, say: Say, clock_us: int | None) -> None:
        self.owner, self.epoch, self.say = owner, epoch, say
        self.have = 0
        self._stream = stream
        self._since = None if clock_us is None else (clock_us, wall_ms())

    @property
    def current(self) -> bool:
        return self._stream.session is self

    def configure(self, video: VideoConfig | None, audio: AudioConfig | None) -> None:
        if self.current:
            self._stream.configure(video, audio)

    def push(self, chunk: Chunk) -> bool:
        """Take one chunk; never blocks. False when it made no sense and was dropped."""
        if not self.current:
            return True
        if chunk.seq and chunk.seq <= self.have:
            return True
        self.have = max(self.have, chunk.seq)
        return self._stream.push(chunk, self._happened(chunk))

    def close(self) -> None:
        if self.current:
            self._stream.lose()

    def _happened(self, chunk: Chunk) -> int:
        """When the publisher saw it: a chunk sent again after a cut is older than its arrival."""
        now = wall_ms()
        if self._since is None:
            return now
        clock_us, then = self._since
        at = then + (chunk.pts_us - clock_us) // 1000
        return min(now, max(at, now - 45_000))


class Stream:
    """The stream of one record. Made by `Media`; lives in the event loop."""

    def __init__(self, record: str, folder: Path, limits: Limits, notify: Notify, pool: Executor) -> None:
        self.record, self.limits = record, limits
        self.landing = Landing(folder, limits, pool, self._landed)
        self.recorder, self.window = self.landing.recorder, self.landing.window
        self.state = "offline"
        if self.landing.last is not None:
            self.state = "ended" if self.landing.ended else "interrupted"
        self.recorded = True
        self.session: Session | None = None
        self.bad_input = 0
        self._notify = notify
        self._packager: Packager | None = None
        self._of: tuple[str, str] = ("", "")
        self._words: asyncio.Queue[str] = asyncio.Queue()
        self._tasks: list[asyncio.Task[None]] = []
        self._chunk_at = 0.0
        self._lost_at: float | None = None
        self._flow: deque[tuple[float, int]] = deque(maxlen=1024)
        self._dropped_before = 0
        self._received = 0
        self._landed_us = 0

    # publishing

    def offer(
        self, owner: str, epoch: str, say: Say, *, clock_us: int | None = None, target: int = 1
    ) -> Session:
        """Begin or go on publishing. The same owner takes over at once; raises Taken for anybody else."""
        self._start()
        if self.holder not in ("", owner):
            raise Taken(self.holder)
        if self.session is not None:
            old, self.session = self.session, None
            old.say({"taken": True})
        session = Session(self, owner, epoch, say, clock_us)
        if self._packager is not None and self._of == (owner, epoch):
            session.have = self._received
        else:
            self._renew(target)
            known, safe = self.landing.safe
            session.have = safe if epoch and epoch == known else 0
            self._received = session.have
        self._of, self._lost_at = (owner, epoch), None
        self.session = session
        self._chunk_at = time.monotonic()
        return session

    @property
    def holder(self) -> str:
        """Who has the stream; a publisher who is gone keeps it for the grace time."""
        if self.session is not None:
            return self.session.owner
        if self._lost_at is not None and time.monotonic() - self._lost_at < self.limits.grace_s:
            return self._of[0]
        return ""

    def hand_over(self) -> None:
        """Free the stream for somebody else."""
        session, self.session = self.session, None
        if session is not None:
            session.say({"taken": True})
        self._lost_at = None

    def configure(self, video: VideoConfig | None, audio: AudioConfig | None) -> None:
        assert self._packager is not None
        self.landing.put(self._packager.configure(video, audio), self._of[1])

    def push(self, chunk: Chunk, happened_ms: int) -> bool:
        packager = self._packager
        assert packager is not None
        self._chunk_at = now = time.monotonic()
        self._flow.append((now, len(chunk.data)))
        self._received = max(self._received, chunk.seq)
        bad, wanted = packager.bad, packager.wants_key
        self.landing.put(packager.feed(chunk, happened_ms), self._of[1])
        if packager.wants_key and not wanted and self.session is not None:
            self.session.say({"key": True})
        self.bad_input += packager.bad - bad
        return packager.bad == bad

    def lose(self) -> None:
        """The publisher is gone; the stream waits for it."""
        self.session = None
        self._lost_at = time.monotonic()
        self._interrupt()

    # what the desk orders

    def hold(self) -> None:
        """Stop listing at once; recording goes on, the span is not public."""
        self.landing.held = True

    def release(self) -> None:
        self.landing.held = False

    async def end(self) -> None:
        """End by command: what was begun is kept, the playlist closes, the publisher is told."""
        if self.state in ("ended", "offline") and self.session is None:
            return
        session, self.session = self.session, None
        if session is not None:
            session.say({"ended": True})
        self._retire()
        await self.landing.settle()
        self._lost_at, self.landing.held = None, False
        if self.window.public:
            self.state = "ended"
            await self.landing.end(wall_ms())
        self.window.wake()

    def ended_by_publisher(self) -> None:
        """The studio said goodbye without a command; the desk has to hear of it."""
        self._say_state("end")

    def health(self) -> dict[str, Any]:
        now = time.monotonic()
        recent = [size for at, size in self._flow if now - at < 5]
        packager = self._packager
        return {
            "state": "held" if self.landing.held and self.state == "live" else self.state,
            "holder": self.holder,
            "bitrate": sum(recent) * 8 // 5,
            "dropped": self._dropped_before + (packager.dropped if packager else 0),
            "bad_input": self.bad_input,
            "unrecorded": not self.recorded,
            "disk_free": self.recorder.free(),
            "segments": len(self.window.public),
            "waiting": self.window.readers,
            "recorded_s": self.landing.end_us / SECOND,
            "silent_s": round(now - self._chunk_at, 1) if self._chunk_at else None,
        }

    async def close(self) -> None:
        """Let go of everything; what was begun is written."""
        self.session = None
        self._retire()
        if self._tasks:
            await self.landing.settle()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks.clear()
        self.window.wake()

    @property
    def idle(self) -> bool:
        return self.session is None and self._packager is None and self.landing.empty

    # inside

    def _start(self) -> None:
        if not self._tasks:
            self._tasks = [
                asyncio.create_task(job()) for job in (self.landing.run, self._teller, self._watch)
            ]

    def _renew(self, target: int) -> None:
        self._retire()
        self._landed_us = 0
        self._packager = Packager(target=target, start_us=self.landing.end_us, limits=self.limits)
        self.landing.open(target, wall_ms())

    def _retire(self) -> None:
        packager, self._packager = self._packager, None
        if packager is not None:
            self.landing.put(packager.finish(), self._of[1])
            self._dropped_before += packager.dropped

    def _landed(self, entry: Entry, recorded: bool) -> None:
        """A segment is listed: acknowledge what is safe, say what changed."""
        if recorded != self.recorded:
            self.recorded = recorded
            self._say_state("recorded" if recorded else "unrecorded")
        if self.session is not None and self._of[1] == entry.epoch:
            safe = self.landing.safe[1]
            self.session.say({"ack": safe} if recorded else {"ack": safe, "unrecorded": True})
        self._landed_us += entry.dur_us
        if self.state != "live" and self._packager is not None:
            self._show()

    def _show(self) -> None:
        """Say that there is a picture; at the beginning only when a player has enough to start upon.

        Everybody waits in the lobby for this word: told after the first segment, all would begin at the very
        edge and stall.
        """
        if self.state == "interrupted":
            self._say_state("resumed")
        elif self._landed_us < _BEGIN_US:
            return
        else:
            self._say_state("live")
        self.state = "live"

    def _interrupt(self) -> None:
        if self.state == "live":
            self.state = "interrupted"
            self._say_state("interrupted")

    def _say_state(self, word: str) -> None:
        if self.session is not None:
            self.session.say({"state": word})
        self._words.put_nowait(word)

    async def _teller(self) -> None:
        """Tell every word in its order. One that cannot be taken yet (the picture is on before the lobby is
        open) is told again while it is still the last and somebody publishes.
        """
        while True:
            word = await self._words.get()
            while await self._notify(self.record, word) is False:
                await asyncio.sleep(_TELL_AGAIN_S)
                if not self._words.empty() or self.session is None:
                    break

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(0.5)
            now = time.monotonic()
            if now - self._chunk_at > self.limits.silent_s:
                self._interrupt()
            if self._lost_at is not None and now - self._lost_at > self.limits.grace_s:
                self._lost_at = None
                self._retire()
