"""One stream: who publishes and which state it is in. Joins the packager and the landing.

It does not know HTTP. Only a command ends a stream: a lost publisher leaves it interrupted for ever.
"""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict, deque
from collections.abc import Awaitable, Callable
from concurrent.futures import Executor
from pathlib import Path
from typing import Any

from server.media.chunk import SECOND, AudioConfig, Chunk, Limits, VideoConfig
from server.media.landing import Landing
from server.media.packager import Packager
from server.media.recorder import Entry
from server.media.session import Displaced, Say, Session, Source, Standby, Taken, wall_ms
from server.media.tap import Tap

_TELL_AGAIN_S = 1.0
_BEGIN_US = 2_900_000
"""What players want to have before them: three seconds, less what encoders' clocks leave out."""
_MANY_BREAKS, _RESTLESS_S, _STEADY_US = 3, 60.0, 10 * SECOND
"""A line that broke so often within so many seconds is called well only after so much of it has landed."""
_DISPLACED = 32
_HURRY_S, _READ_OUT_S, _LOOKS = 0.2, 2.0, 2
"""After so long without hurry a publisher's messages are all read, and an end waits so long for that. One look could
come right after the whole process stood still.
"""
_RECENT_MS = 12 * 3600 * 1000

Notify = Callable[[str, str], Awaitable[bool | None]]
"""Told a record and a word; False means that the word could not be taken yet."""


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
        self.source: Source | None = None
        self.bad_input = 0
        self.tap: Tap | None = None
        self._notify = notify
        self._packager: Packager | None = None
        self._of: tuple[str, str] = ("", "")
        self._displaced: OrderedDict[str, str] = OrderedDict()
        self._standing_by: list[Standby] = []
        self._words: asyncio.Queue[str] = asyncio.Queue()
        self._tasks: list[asyncio.Task[None]] = []
        self._chunk_at = self._landed_at = 0.0
        self._lost_at: float | None = None
        self._missed = False
        self._flow: deque[tuple[float, int]] = deque(maxlen=1024)
        self._dropped_before = 0
        self._received = 0
        self._listed = -1
        self._landed_us = 0
        self._breaks: deque[float] = deque(maxlen=_MANY_BREAKS)

    def wake(self) -> None:
        """After a restart: a publisher who does not come back was cut off, and the council has not heard of it."""
        last = self.landing.last
        if self.state == "interrupted" and last is not None and wall_ms() - last.wall_ms < _RECENT_MS:
            self._missed, self._lost_at = True, time.monotonic()
            self._start()

    # publishing

    def offer(
        self,
        owner: str,
        epoch: str,
        say: Say,
        *,
        clock_us: int | None = None,
        target: int = 1,
        take: bool = False,
    ) -> Session:
        """Begin or go on publishing. The same owner takes over at once; anybody else only with `take`.

        Raises Taken when somebody else publishes, Displaced when another has taken this publication's place.
        """
        self._start()
        if epoch in self._displaced:
            raise Displaced(self._displaced[epoch])
        if not take and self.holder not in ("", owner):
            raise Taken(self.holder)
        if self._of != (owner, epoch) or self.session is not None:
            self._displace(owner if take else "", same=self._of == (owner, epoch))
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
        self._chunk_at = self._landed_at = time.monotonic()
        self._tell_standby()
        return session

    @property
    def holder(self) -> str:
        """Who has the stream; a publisher who is gone keeps it for the grace time."""
        if self.session is not None:
            return self.session.owner
        if self._lost_at is not None and time.monotonic() - self._lost_at < self.limits.grace_s:
            return self._of[0]
        return ""

    @property
    def standing_by(self) -> int:
        """How many studios wait."""
        return len(self._standing_by)

    def stand_by(self, owner: str, say: Say) -> Standby:
        """Wait beside whoever publishes; both are told, now and at every change."""
        standby = Standby(owner, say)
        self._standing_by.append(standby)
        self._count_standby()
        return standby

    def leave_standby(self, standby: Standby) -> None:
        if standby in self._standing_by:
            self._standing_by.remove(standby)
            self._count_standby()

    def hand_over(self) -> None:
        """Free the stream for somebody else."""
        self._displace("")
        self._lost_at = None
        self._tell_standby()

    def configure(self, video: VideoConfig | None, audio: AudioConfig | None) -> None:
        assert self._packager is not None
        self.landing.put(self._packager.configure(video, audio), self._of[1])

    def retarget(self, target: int) -> None:
        if self._packager is not None and target != self._packager.target:
            source, self.source = self.source, None
            self._renew(target)
            self.source = source

    def received(self, seq: int) -> None:
        self._received = max(self._received, seq)

    def push(self, chunk: Chunk, happened_ms: int) -> bool:
        packager = self._packager
        assert packager is not None
        self._chunk_at = now = time.monotonic()
        self._flow.append((now, len(chunk.data)))
        bad, wanted = packager.bad, packager.wants_key
        done = packager.feed(chunk, happened_ms)
        if done:
            self.landing.put(done, self._of[1])
        session = self.session
        if session is not None and packager.wants_key and not wanted:
            session.say({"key": True})
        self.bad_input += packager.bad - bad
        if session is not None and packager.trouble:
            session.scold(packager.trouble)
        packager.trouble = ""
        return packager.bad == bad

    def lose(self) -> None:
        """The publisher is gone; the stream waits for it. One who is back at once was never missed."""
        self.session = None
        self._lost_at = time.monotonic()
        self._tell_standby()

    # what the desk orders

    def hold(self, since_ms: int | None = None) -> None:
        """Stop listing at once; recording goes on, the span is not public."""
        self.landing.hold(wall_ms() if since_ms is None else since_ms)

    def release(self, at_ms: int | None = None) -> None:
        self.landing.release(wall_ms() if at_ms is None else at_ms)

    async def end(self) -> None:
        """End by command: what was begun is kept, the playlist closes, the publisher is told."""
        if self.state in ("ended", "offline") and self.session is None:
            return
        await self.read_out()
        session, self.session = self.session, None
        if session is not None:
            session.say({"ended": True})
        self._retire()
        await self.landing.settle()
        self._lost_at = None
        self.release()
        self._tell_standby()
        if self.window.public:
            self.state = "ended"
            await self.landing.end(wall_ms())
        self.window.wake()

    async def read_out(self) -> None:
        """What a studio sent before the end, or before another took its place: what of it is here is read first."""
        until, calm = time.monotonic() + _READ_OUT_S, 0
        while (session := self.session) is not None and (now := time.monotonic()) < until:
            calm = calm + 1 if now - session.hurried_at > _HURRY_S else 0
            if calm == _LOOKS:
                return
            await asyncio.sleep(_HURRY_S / 10)

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
            "standby": self.standing_by,
        }

    async def close(self) -> None:
        """Let go of everything; what was begun is written."""
        self.session = None
        self._retire()
        if self.tap is not None:
            self.tap.close()
        if self._tasks:
            await self.landing.settle()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks.clear()
        self.window.wake()

    @property
    def idle(self) -> bool:
        return self.session is None and self._packager is None and self.landing.empty and not self._missed

    # inside

    def _start(self) -> None:
        if not self._tasks:
            self._tasks = [
                asyncio.create_task(job()) for job in (self.landing.run, self._teller, self._watch)
            ]

    def _displace(self, by: str, *, same: bool = False) -> None:
        """Whoever publishes has to go, and may not come back as the same publication unless it is `same`."""
        epoch = self._of[1]
        if epoch and not same:
            self._displaced[epoch] = by
            if len(self._displaced) > _DISPLACED:
                self._displaced.popitem(last=False)
        session, self.session = self.session, None
        if session is not None:
            session.say({"taken": True, "by": by} if by else {"taken": True})

    def _tell_standby(self) -> None:
        for standby in self._standing_by:
            standby.say({"waiting": True, "holder": self.holder})

    def _count_standby(self) -> None:
        self._tell_standby()
        if self.session is not None:
            self.session.say({"standby": self.standing_by})

    def _renew(self, target: int) -> None:
        self._retire()
        self._landed_us = 0
        tap = self.tap.run if self.tap is not None else None
        self._packager = Packager(target=target, start_us=self.landing.end_us, limits=self.limits, tap=tap)
        self.landing.open(target, wall_ms())

    def _retire(self) -> None:
        packager, self._packager = self._packager, None
        source, self.source = self.source, None
        if source is not None:
            source.close()
        if packager is not None:
            self.landing.put(packager.finish(), self._of[1])
            self._dropped_before += packager.dropped

    def _landed(self, entry: Entry, recorded: bool) -> None:
        """A segment is listed, or on disk after all: acknowledge what is safe, say what changed."""
        if recorded != self.recorded:
            self.recorded = recorded
            self._say_state("recorded" if recorded else "unrecorded")
        if self.session is not None and self._of[1] == entry.epoch:
            self.session.safe(self.landing.safe[1], recorded=recorded)
        if entry.n <= self._listed:
            return
        self._listed = entry.n
        self._landed_us += entry.dur_us
        self._landed_at = time.monotonic()
        if self.state != "live" and self._packager is not None:
            self._show()

    def _show(self) -> None:
        """Say that there is a picture; at the beginning only when a player has enough to start upon.

        Everybody waits in the lobby for this word: told after the first segment, all would begin at the very
        edge and stall. A line that breaks again and again has to hold a while first: every word is a fact of
        the council for ever.
        """
        if self.state == "interrupted":
            self._missed = False
            restless = len(self._breaks) == _MANY_BREAKS and time.monotonic() - self._breaks[0] < _RESTLESS_S
            if restless and self._landed_us < _STEADY_US:
                return
            self._say_state("resumed")
        elif self._landed_us < _BEGIN_US:
            return
        else:
            self._say_state("live")
        self.state = "live"

    def _interrupt(self) -> None:
        if self.state == "live":
            self.state = "interrupted"
            self._landed_us = 0
            self._breaks.append(time.monotonic())
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
            await asyncio.sleep(min(0.5, self.limits.lost_s / 2))
            now = time.monotonic()
            lost = self._lost_at
            if now - self._chunk_at > self.limits.silent_s or (
                lost is not None and now - lost > self.limits.lost_s
            ):
                self._interrupt()
                if self._missed and self.session is None:
                    self._missed = False
                    self._say_state("interrupted")
            session, packager = self.session, self._packager
            if session is not None:
                session.tell_overdue()
            if session is not None and packager is not None:
                patience = self.limits.silent_s + 2 * packager.target
                if now - self._landed_at > patience and now - self._chunk_at < self.limits.silent_s:
                    session.scold("slow")
                    self._interrupt()
            if lost is not None and now - lost > self.limits.grace_s:
                self._lost_at = None
                self._retire()
                self._tell_standby()
