"""What viewers are told: the playlists of one stream, the last seconds of it in memory, and the readers who
wait for the next segment. Nothing here touches the disk; nothing here knows who publishes.
"""

from __future__ import annotations

import asyncio
import gzip
from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from itertools import accumulate

from server.media.chunk import SECOND, Limits
from server.media.recorder import Entry


class Crowded(Exception):
    """More readers are waiting than the stream may hold."""


def playlist(entries: Sequence[Entry], *, target: int, kind: str = "", ended: bool = False) -> bytes:
    """A media playlist of these segments. `kind` is empty for the sliding window, EVENT or VOD."""
    first = entries[0] if entries else None
    lines = ["#EXTM3U", "#EXT-X-VERSION:7", f"#EXT-X-TARGETDURATION:{target}", "#EXT-X-INDEPENDENT-SEGMENTS"]
    if kind:
        lines.append(f"#EXT-X-PLAYLIST-TYPE:{kind}")
    if not ended:
        lines.append("#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES")
    if first is not None and kind != "VOD":
        lines.append(f"#EXT-X-MEDIA-SEQUENCE:{first.msn}")
        if first.parts - first.cut:
            lines.append(f"#EXT-X-DISCONTINUITY-SEQUENCE:{first.parts - first.cut}")
    lines += _segments(entries)
    if ended:
        lines.append("#EXT-X-ENDLIST")
    return ("\n".join(lines) + "\n").encode()


def _segments(entries: Iterable[Entry]) -> list[str]:
    lines: list[str] = []
    before: Entry | None = None
    for entry in entries:
        broken = entry.cut or (before is not None and before.end_us != entry.start_us)
        if broken:
            lines.append("#EXT-X-DISCONTINUITY")
        if before is None or broken or before.init != entry.init:
            lines.append(f'#EXT-X-MAP:URI="init{entry.init}.mp4"')
            lines.append(f"#EXT-X-PROGRAM-DATE-TIME:{_iso(entry.wall_ms)}")
        lines.append(f"#EXTINF:{entry.dur_us / SECOND:.5f},")
        lines.append(f"s{entry.n}.m4s")
        before = entry
    return lines


def _iso(wall_ms: int) -> str:
    return (
        datetime.fromtimestamp(wall_ms / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{wall_ms % 1000:03d}Z"
    )


class Window:
    """The public segments of one stream. `target` never changes while anybody plays."""

    def __init__(self, limits: Limits, target: int = 1, entries: Iterable[Entry] = ()) -> None:
        self.target = target
        self._limits = limits
        self._all: dict[int, Entry] = {}
        self.public: list[Entry] = []
        self._memory: OrderedDict[int, bytes] = OrderedDict()
        self._memory_us = 0
        self._lost: set[int] = set()
        self._waiting: dict[int, asyncio.Future[None]] = {}
        self._readers = 0
        self._vod: tuple[tuple[int, int], bytes, bytes] | None = None
        self._whole: tuple[int, bytes] = (-1, b"")
        for entry in entries:
            self._all[entry.n] = entry
            if entry.msn >= 0:
                self.public.append(entry)
        self.text = self._sliding()

    @property
    def next_msn(self) -> int:
        return self.public[-1].msn + 1 if self.public else 0

    @property
    def parts(self) -> int:
        return self.public[-1].parts if self.public else 0

    def add(self, entry: Entry, data: bytes, *, recorded: bool) -> None:
        """A segment has landed: list it unless it is held, and wake whoever waits for it."""
        self._all[entry.n] = entry
        if not recorded:
            self._lost.add(entry.n)
        if entry.msn < 0:
            return
        self.public.append(entry)
        self._memory[entry.n] = data
        self._memory_us += entry.dur_us
        while self._memory_us > self._limits.window_s * SECOND and len(self._memory) > 1:
            gone, _ = self._memory.popitem(last=False)
            self._memory_us -= self._all[gone].dur_us
        self.text = self._sliding()
        waiting = self._waiting.pop(entry.msn, None)
        if waiting is not None and not waiting.done():
            waiting.set_result(None)

    async def wait(self, msn: int, timeout: float) -> bool:
        """Wait until segment `msn` is listed. Raises Crowded when too many wait already."""
        if msn < self.next_msn:
            return True
        if self._readers >= self._limits.waiting_readers:
            raise Crowded
        shared = self._waiting.get(msn)
        if shared is None:
            shared = self._waiting[msn] = asyncio.get_running_loop().create_future()
        self._readers += 1
        try:
            await asyncio.wait_for(asyncio.shield(shared), timeout)
        except TimeoutError:
            return False
        finally:
            self._readers -= 1
        return True

    @property
    def readers(self) -> int:
        return self._readers

    def wake(self) -> None:
        """Let everybody read again at once: the stream ended."""
        for waiting in self._waiting.values():
            if not waiting.done():
                waiting.set_result(None)
        self._waiting.clear()

    def blob(self, n: int) -> bytes | None:
        """A segment still in memory."""
        return self._memory.get(n)

    def public_entry(self, n: int) -> Entry | None:
        """The entry of a segment that viewers may have."""
        entry = self._all.get(n)
        return entry if entry is not None and entry.msn >= 0 else None

    def whole(self) -> bytes:
        """Everything so far, as an event playlist; kept until the next segment."""
        if self._whole[0] != self.next_msn:
            self._whole = (
                self.next_msn,
                playlist(self._reachable(self.public), target=self.target, kind="EVENT"),
            )
        return self._whole[1]

    def kept(self) -> list[Entry]:
        """The public segments that are on disk."""
        return [entry for entry in self.public if entry.n not in self._lost]

    def vod(self) -> bytes:
        """The finished recording: what is on disk and public."""
        return self._finished()[0]

    def vod_packed(self) -> bytes:
        """The same, gzipped: two hours are 200 kB plain. (A live playlist is never compressed: native
        players in some Chromium versions fail on it.)
        """
        return self._finished()[1]

    def _finished(self) -> tuple[bytes, bytes]:
        state = (len(self.public), len(self._lost))
        if self._vod is None or self._vod[0] != state:
            kept = self.kept()
            longest = max((round(entry.dur_us / SECOND) for entry in kept), default=1)
            text = playlist(kept, target=max(1, longest), kind="VOD", ended=True)
            self._vod = (state, text, gzip.compress(text))
        return self._vod[1:]

    def seconds_at(self, wall_ms: int) -> float:
        """Where `wall_ms` is on the clock of the public recording, in seconds from its beginning."""
        return self.clock()(wall_ms)

    def clock(self) -> Callable[[int], float]:
        """`seconds_at` for many moments of the recording as it is now: a transcript has thousands."""
        kept = self.kept()
        # A clock that was set back during the council must not hide what was recorded before it was.
        begins = list(accumulate((entry.wall_ms for entry in kept), max))
        before = list(accumulate((entry.dur_us for entry in kept), initial=0))

        def seconds_at(wall_ms: int) -> float:
            place = bisect_right(begins, wall_ms) - 1
            if place < 0:
                return 0
            return (before[place] + min(kept[place].dur_us, (wall_ms - begins[place]) * 1000)) / SECOND

        return seconds_at

    def _sliding(self) -> bytes:
        kept: list[Entry] = []
        length = 0
        for entry in reversed(self.public):
            if length + entry.dur_us > self._limits.listed_s * SECOND and kept:
                break
            kept.append(entry)
            length += entry.dur_us
        return playlist(self._reachable(kept[::-1]), target=self.target)

    def _reachable(self, entries: list[Entry]) -> list[Entry]:
        """Numbers must follow one another, so what can no longer be had takes what was before it along."""
        begin = 0
        for i, entry in enumerate(entries):
            if entry.n in self._lost and entry.n not in self._memory:
                begin = i + 1
            elif i > begin and entry.msn != entries[i - 1].msn + 1:
                begin = i
        return entries[begin:]
