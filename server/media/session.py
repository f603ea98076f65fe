"""A publisher's connection as the stream sees it, and why one is not let in. Knows no wire and no file."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Protocol

from server.media.chunk import AudioConfig, Chunk, VideoConfig

if TYPE_CHECKING:
    from server.media.stream import Stream

_SCOLD_S = 1.0
_OVERDUE_S = 0.8
"""Longer than a studio takes from one message to the next."""

Say = Callable[[dict[str, Any]], None]
"""How the publisher is told something; never waits."""

_CLOCK = time.time() - time.monotonic()


def wall_ms() -> int:
    """Wall time that cannot step back while the process runs."""
    return int((_CLOCK + time.monotonic()) * 1000)


class Taken(Exception):
    """Somebody else publishes this stream."""

    def __init__(self, holder: str) -> None:
        super().__init__(holder)
        self.holder = holder


class Displaced(Exception):
    """This publication was over when another took its place; `by` is who pressed for it, empty for a reload."""

    def __init__(self, by: str) -> None:
        super().__init__(by)
        self.by = by


class Source(Protocol):
    """What turns a publisher's bytes into chunks; it outlives a cut line and ends with its publication."""

    def close(self) -> None: ...


class Session:
    """One publisher's connection. After it was replaced, what it pushes is ignored."""

    def __init__(self, stream: Stream, owner: str, epoch: str, say: Say, clock_us: int | None) -> None:
        self.owner, self.epoch, self.say = owner, epoch, say
        self.have = 0
        self.hurried_at = -1.0
        """When a message came so soon after others that more of them may be there already, not read yet."""
        self._stream = stream
        self._since = None if clock_us is None else (clock_us, wall_ms())
        self._scolded: dict[str, float] = {}
        self._unsaid: dict[str, Any] = {}
        self._unsaid_at = 0.0

    @property
    def current(self) -> bool:
        return self._stream.session is self

    @property
    def source(self) -> Source | None:
        """What this publication kept with `keep`, on this line or one before."""
        return self._stream.source if self.current else None

    def keep(self, source: Source) -> None:
        self._stream.source = source

    def configure(self, video: VideoConfig | None, audio: AudioConfig | None) -> None:
        if self.current:
            self._stream.configure(video, audio)

    def retarget(self, target: int) -> None:
        """Before the first chunk: keyframes of this publisher come `target` seconds apart."""
        if self.current:
            self._stream.retarget(target)

    def push(self, chunk: Chunk) -> bool:
        """Take one chunk; never blocks. False when it made no sense and was dropped."""
        if not self.current or (chunk.seq and chunk.seq <= self.have):
            return True
        if chunk.seq > self.have + 1 and not chunk.gap:
            # Numbers were left out without a word: what refers to them cannot be shown.
            self.scold("order")
            chunk = replace(chunk, gap=True)
        self.got(chunk.seq)
        return self.feed(chunk)

    def feed(self, chunk: Chunk) -> bool:
        """The same for chunks whose numbers were looked at before."""
        return not self.current or self._stream.push(chunk, self._happened(chunk))

    def got(self, seq: int) -> None:
        """Everything up to this number of the publisher has come."""
        self.have = max(self.have, seq)
        if self.current:
            self._stream.received(self.have)

    def safe(self, seq: int, *, recorded: bool) -> None:
        """Everything up to this number is on disk: said with the next word of what was got, for each word that is sent
        costs as much as reading what it answers. That what came last could not be `recorded` is said at once.
        """
        self._unsaid = {"ack": seq} if recorded else {"ack": seq, "unrecorded": True}
        self._unsaid_at = time.monotonic()
        if not recorded:
            self.tell()

    def tell(self) -> None:
        """Say what was got, and what is safe since the last time."""
        unsaid, self._unsaid = self._unsaid, {}
        self.say({"got": self.have} | unsaid)

    def tell_overdue(self) -> None:
        """Say what is safe to a publisher who has stopped sending."""
        if self._unsaid and time.monotonic() - self._unsaid_at > _OVERDUE_S:
            self.tell()

    def scold(self, code: str) -> None:
        """Let the publisher's screen say what is wrong with what it sends, once a second at most."""
        now = time.monotonic()
        if now - self._scolded.get(code, -1.0) >= _SCOLD_S:
            self._scolded[code] = now
            self.say({"bad": code})

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


@dataclass(eq=False, slots=True)
class Standby:
    """A studio that waits beside the one on air, to take its place in one press."""

    owner: str
    say: Say
