"""What viewers are told: the playlists of one stream, the last seconds of it in memory, and the readers who
wait for the next segment. Nothing here touches the disk; nothing here knows who publishes.
"""

from __future__ import annotations

import asyncio
import gzip
from bisect import bisect_left, bisect_right
from collections import OrderedDict, deque
from collections.abc import Callable, Iterable, Mapping
from itertools import accumulate

from server.media.chunk import SECOND, Limits
from server.media.fragment import sound_alone
from server.media.playlist import Making, Piece, delta, head, playlist, segment_lines
from server.media.recorder import Entry
from server.media.spans import Part
from server.media.tracks import TRACKS, Track, breaks, has

_WITH_PARTS = 3
"""So many of the newest segments are listed with their parts (RFC 8216bis: three target durations)."""


class Crowded(Exception):
    """More readers are waiting than the stream may hold."""


class Window:
    """The public segments of one stream. `target` never changes while anybody plays."""

    def __init__(self, limits: Limits, target: int = 1, entries: Iterable[Entry] = ()) -> None:
        self.target = target
        self._limits = limits
        self._all: dict[int, Entry] = {}
        self._newest = -1
        self.public: list[Entry] = []
        self._memory: OrderedDict[int, dict[Track, bytes]] = OrderedDict()
        self._memory_us = self._memory_bytes = 0
        self._lost: set[int] = set()
        self._begin = 0
        """The first of `public` from which on everything can be had."""
        self._tracks: set[Track] = {"picture"}
        self._waiting: dict[tuple[int, int], asyncio.Future[None]] = {}
        self._readers = 0
        self._making: Entry | None = None
        self._pieces: list[Piece] = []
        self._parts: dict[int, list[Piece]] = {}
        self._part_data: dict[tuple[int, int], bytes | memoryview] = {}
        self._texts: dict[Track, bytes] = {}
        self._whole: dict[Track, _Whole] = {}
        self._vod: dict[Track, tuple[tuple[int, int], bytes, bytes]] = {}
        for entry in entries:
            self._know(entry)
            if entry.msn >= 0:
                self._list(entry)

    @property
    def next_msn(self) -> int:
        return self.public[-1].msn + 1 if self.public else 0

    @property
    def parts(self) -> int:
        return self.breaks("picture")

    def breaks(self, track: Track) -> int:
        """How many discontinuities the public playlist of a track has had."""
        return breaks(self.public[-1], track) if self.public else 0

    def tells(self, track: Track) -> bool:
        """Whether any public span has a file of this track."""
        return track in self._tracks

    # what lands

    def add(self, entry: Entry, files: Mapping[Track, bytes], *, recorded: bool) -> None:
        """A segment has landed: list it unless it is held, and wake whoever waits for it."""
        self._know(entry)
        if not recorded:
            self._lost.add(entry.n)
        self._finish_parts(entry, files)
        self._texts.clear()
        if entry.msn < 0:
            return
        self._list(entry)
        self._remember(entry, files)
        self._wake(lambda msn, _: msn <= entry.msn)

    def rate(self, track: Track) -> int:
        """Bits a second of a track over what is in memory; 0 where it has no file there."""
        told = [(len(data), self._all[n].dur_us) for n in self._memory if (data := self.blob(n, track))]
        return sum(size for size, _ in told) * 8 * SECOND // max(1, sum(dur for _, dur in told))

    def found(self, n: int) -> bool:
        """A segment is on disk after all; False when nobody thought otherwise."""
        if n not in self._lost:
            return False
        self._lost.discard(n)
        return True

    def add_part(self, entry: Entry, part: Part) -> None:
        """A piece of the segment that is being made; `entry` is what that would be if it ended with its first."""
        if self._making is None or self._making.n != entry.n:
            self._making, self._pieces = entry, []
        self._pieces.append(Piece(entry.n, part.place, part.dur_us, part.key))
        self._part_data[entry.n, part.place] = part.data
        self._texts.pop("picture", None)
        self._wake(lambda msn, place: msn == entry.msn and 0 <= place <= part.place)

    def drop_parts(self) -> None:
        """What of the segment being made is out is to be seen no longer."""
        self._making, self._pieces = None, []
        self._texts.pop("picture", None)

    def _know(self, entry: Entry) -> None:
        self._all[entry.n] = entry
        self._newest = max(self._newest, entry.n)

    def _list(self, entry: Entry) -> None:
        if self.public and entry.msn != self.public[-1].msn + 1:
            self._begin = len(self.public)
        self.public.append(entry)
        self._tracks.update(track for track in TRACKS if has(entry, track))

    def _remember(self, entry: Entry, files: Mapping[Track, bytes]) -> None:
        self._memory[entry.n] = dict(files)
        self._memory_us += entry.dur_us
        self._memory_bytes += _size(files)
        limits = self._limits
        while len(self._memory) > 1 and (
            self._memory_us > limits.window_s * SECOND or self._memory_bytes > limits.window_bytes
        ):
            gone, lost = self._memory.popitem(last=False)
            self._memory_us -= self._all[gone].dur_us
            self._memory_bytes -= _size(lost)
            if gone in self._lost:
                self._begin = max(self._begin, self._place(gone) + 1)

    def _place(self, n: int) -> int:
        return bisect_left(self.public, n, key=lambda entry: entry.n)

    def _finish_parts(self, entry: Entry, files: Mapping[Track, bytes]) -> None:
        """The segment being made is whole: its parts stay while players may still ask for them, as views of it."""
        if self._making is not None and entry.msn >= 0 and self._making.n == entry.n:
            self._parts[entry.n] = self._pieces
            view, at = memoryview(files["picture"]), 0
            for piece in self._pieces:
                length = len(self._part_data[entry.n, piece.place])
                self._part_data[entry.n, piece.place] = view[at : at + length]
                at += length
        self._making, self._pieces = None, []
        old = entry.n - _WITH_PARTS
        for n in [n for n in self._parts if n <= old]:
            del self._parts[n]
        kept = self._parts.keys()
        for key in [key for key in self._part_data if key[0] not in kept]:
            del self._part_data[key]

    # readers

    async def wait(self, msn: int, timeout: float, part: int = -1) -> bool:
        """Wait until segment `msn`, or that part of it, is listed. Raises Crowded when too many wait already."""
        if self._listed(msn, part):
            return True
        if self._readers >= self._limits.waiting_readers:
            raise Crowded
        shared = self._waiting.get((msn, part))
        if shared is None:
            shared = self._waiting[msn, part] = asyncio.get_running_loop().create_future()
        self._readers += 1
        try:
            await asyncio.wait_for(asyncio.shield(shared), timeout)
        except TimeoutError:
            return False
        finally:
            self._readers -= 1
        return True

    def _listed(self, msn: int, part: int) -> bool:
        if msn < self.next_msn:
            return True
        return part >= 0 and self._making is not None and msn == self.next_msn and part < len(self._pieces)

    @property
    def readers(self) -> int:
        return self._readers

    def wake(self) -> None:
        """Let everybody read again at once: the stream ended."""
        self._wake(lambda _msn, _place: True)

    def _wake(self, concerned: Callable[[int, int], bool]) -> None:
        for key in [key for key in self._waiting if concerned(*key)]:
            waiting = self._waiting.pop(key)
            if not waiting.done():
                waiting.set_result(None)

    # files

    def blob(self, n: int, track: Track = "picture") -> bytes | None:
        """A segment still in memory. The sound alone is made when the first asks for it, and kept with the rest."""
        files = self._memory.get(n, {})
        if track == "sound" and track not in files and "picture" in files and has(self._all[n], track):
            files[track] = sound_alone(files["picture"], self._all[n].start_us // SECOND)
            self._memory_bytes += len(files[track])
        return files.get(track)

    def part(self, n: int, place: int) -> bytes | None:
        """A partial segment, while it is listed."""
        data = self._part_data.get((n, place))
        return None if data is None else bytes(data)

    def expects(self, n: int, place: int) -> int | None:
        """The media sequence number of the part that is hinted at, if it is this one."""
        if self._limits.part_us and self._hinted() == (n, place):
            return self.next_msn
        return None

    def public_entry(self, n: int) -> Entry | None:
        """The entry of a segment that viewers may have."""
        entry = self._all.get(n)
        return entry if entry is not None and entry.msn >= 0 else None

    # playlists

    def text(self, track: Track = "picture") -> bytes:
        """The sliding window; made once for each segment."""
        known = self._texts.get(track)
        if known is None:
            making = self._with_parts() if track == "picture" else None
            known = playlist(self._sliding(), target=self.target, track=track, making=making)
            self._texts[track] = known
        return known

    def whole(self, track: Track = "picture") -> bytes:
        """Everything so far, as an event playlist: what is written of it stays written."""
        whole = self._whole.get(track)
        if whole is None or whole.begin != self._begin:
            whole = self._whole[track] = _Whole(self._begin, track)
        return whole.text(self.public, self.target)

    def delta(self, track: Track = "picture") -> bytes:
        """The end of `whole`, for players who have the rest."""
        return delta(self.public[self._begin :], target=self.target, track=track)

    def kept(self) -> list[Entry]:
        """The public segments that are on disk."""
        return [entry for entry in self.public if entry.n not in self._lost]

    def vod(self, track: Track = "picture") -> bytes:
        """The finished recording: what is on disk and public."""
        return self._finished(track)[0]

    def vod_packed(self, track: Track = "picture") -> bytes:
        """The same, gzipped: two hours are 200 kB plain. (A live playlist is never compressed: native
        players in some Chromium versions fail on it.)
        """
        return self._finished(track)[1]

    def _finished(self, track: Track) -> tuple[bytes, bytes]:
        state = (len(self.public), len(self._lost))
        known = self._vod.get(track)
        if known is None or known[0] != state:
            kept = self.kept()
            longest = max((round(entry.dur_us / SECOND) for entry in kept), default=1)
            text = playlist(kept, target=max(1, longest), track=track, kind="VOD", ended=True)
            known = self._vod[track] = (state, text, gzip.compress(text))
        return known[1:]

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

    def _sliding(self) -> list[Entry]:
        kept: deque[Entry] = deque()
        length = 0
        for place in range(len(self.public) - 1, self._begin - 1, -1):
            entry = self.public[place]
            if length + entry.dur_us > self._limits.listed_s * SECOND and kept:
                break
            kept.appendleft(entry)
            length += entry.dur_us
        return list(kept)

    def _with_parts(self) -> Making | None:
        if not self._limits.part_us:
            return None
        n, place = self._hinted()
        return Making(
            part_s=self._limits.part_us * 1.2 / SECOND,
            of=self._parts,
            entry=self._making,
            pieces=self._pieces,
            hint=f"p{n}.{place}.m4s",
        )

    def _hinted(self) -> tuple[int, int]:
        if self._making is not None:
            return self._making.n, len(self._pieces)
        return self._newest + 1, 0


class _Whole:
    """The event playlist of one track, written on and never anew: twelve hours are forty thousand segments."""

    def __init__(self, begin: int, track: Track) -> None:
        self.begin, self._track = begin, track
        self._written = begin
        self._lines = bytearray()
        self._text = b""

    def text(self, public: list[Entry], target: int) -> bytes:
        fresh = public[self._written :]
        if fresh or not self._text:
            before = public[self._written - 1] if self._written > self.begin else None
            lines = segment_lines(fresh, self._track, before)
            self._lines += "".join(f"{line}\n" for line in lines).encode()
            self._written = len(public)
            first = public[self.begin] if self.begin < len(public) else None
            top = head(first, target=target, track=self._track, kind="EVENT", ended=False)
            self._text = "".join(f"{line}\n" for line in top).encode() + self._lines
        return self._text


def _size(files: Mapping[Track, bytes]) -> int:
    return sum(len(data) for data in files.values())
