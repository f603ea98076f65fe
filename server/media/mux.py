"""What goes into a picture's file: its header, made by PyAV's own MP4 muxer, and a fragment from each keyframe on.

It writes what it is given: timeline guard and silence are before it (packager.py, sound.py).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Any

import av

from server.media import h264
from server.media.chunk import SECOND
from server.media.fragment import Picture, fragment
from server.media.sound import Frame, quiet

_OPTIONS = {
    "movflags": "empty_moov+default_base_moof+delay_moov+skip_trailer",
    "avoid_negative_ts": "disabled",
    "use_editlist": "0",
}
_TICKS = 90_000
_TICK = Fraction(1, _TICKS)


@dataclass(frozen=True, slots=True)
class Piece:
    """One file of a segment and the header it needs."""

    init: bytes
    data: bytes


@dataclass(frozen=True, slots=True)
class Fragment:
    """One `moof` with its `mdat`, and the time of the pictures in it on the stream's timeline."""

    init: bytes
    data: bytes
    start_us: int
    end_us: int


@dataclass(slots=True)
class _Open:
    """A fragment that is still being filled, or waits for the sound beside its last pictures."""

    pictures: list[Picture]
    start_us: int
    end_us: int


class Fragmenter:
    """Packets of a picture and its sound in, fragments out. Times are those of the stream's own timeline, in
    microseconds. The first picture must carry its parameter sets and be a keyframe. With `part_us`, fragments also
    end where they have become that long.
    """

    def __init__(
        self, *, width: int, height: int, fps: int, rate: int, channels: int, part_us: int = 0
    ) -> None:
        self.init = b""
        self._size, self._fps = (width, height), fps
        self._rate, self._channels, self._part_us = rate, channels, part_us
        self._open: deque[_Open] = deque()
        self._frames: deque[Frame] = deque()
        self._number = 0
        self._closed = False

    def picture(self, units: Sequence[bytes], *, dts_us: int, pts_us: int, dur_us: int, key: bool) -> None:
        """The next picture, its units without start codes."""
        begun = bool(self.init)
        if not begun:
            self.init = _header(units, *self._size, self._fps, self._rate, self._channels)
        at = _ticks(dts_us)
        if self._open:
            last = self._open[-1]
            last.pictures[-1].length = at - last.pictures[-1].at
            last.end_us = dts_us
        if not self._open or key or 0 < self._part_us <= dts_us - self._open[-1].start_us:
            self._open.append(_Open([], dts_us, dts_us))
        into = self._open[-1]
        length = max(1, _ticks(dts_us + dur_us) - at)
        # The very first picture brings its parameter sets too: FFmpeg takes no new header after a discontinuity.
        data = h264.counted(units, bare=begun)
        into.pictures.append(Picture(data, at, _ticks(pts_us) - at, length, key))
        into.end_us = dts_us + dur_us

    def sound(self, frames: Sequence[Frame]) -> None:
        self._frames.extend(frames)

    def close(self) -> None:
        """End the run; the last fragment may be taken afterwards. More than once does nothing."""
        self._closed = True

    def take(self) -> list[Fragment]:
        """The fragments finished since the last call."""
        done: list[Fragment] = []
        while len(self._open) > 1 and (self._closed or self._heard_us >= self._open[0].end_us):
            done.append(self._fragment(self._open.popleft()))
        if self._closed and self._open:
            last = self._open.popleft()
            done.append(self._fragment(last, all_sound=True))
        return done

    @property
    def _heard_us(self) -> int:
        if not self._frames:
            return -1
        last = self._frames[-1]
        return (last.position + last.samples) * SECOND // self._rate

    def _fragment(self, whole: _Open, *, all_sound: bool = False) -> Fragment:
        frames: list[Frame] = []
        while self._frames and (all_sound or self._frames[0].position * SECOND // self._rate < whole.end_us):
            frames.append(self._frames.popleft())
        self._number += 1
        data = fragment(self._number, whole.pictures, frames)
        return Fragment(self.init, data, whole.start_us, whole.end_us)


def _header(units: Sequence[bytes], width: int, height: int, fps: int, rate: int, channels: int) -> bytes:
    """Everything before the first fragment of a picture that begins with this keyframe."""
    sink = _Sink()
    out: Any = av.open(sink, "w", format="mp4", options=_OPTIONS)
    video = out.add_mux_stream("h264", rate=max(1, fps), width=width, height=height)
    video.time_base = _TICK
    packet: Any = av.Packet(h264.joined(units))
    packet.stream, packet.time_base, packet.is_keyframe = video, _TICK, True
    packet.dts = packet.pts = 0
    packet.duration = 1
    sound = _sound_packet(_sound_track(out, rate, channels), rate, channels)
    out.mux(packet)
    out.mux(sound)
    out.close()
    return _header_of(bytes(sink.data))


@lru_cache(maxsize=32)
def sound_header(rate: int, channels: int) -> bytes:
    """Everything before the first fragment of sound alone."""
    sink = _Sink()
    out: Any = av.open(sink, "w", format="mp4", options=_OPTIONS)
    out.mux(_sound_packet(_sound_track(out, rate, channels), rate, channels))
    out.close()
    return _header_of(bytes(sink.data))


class _Sink:
    """Where the muxer writes; not seekable, so that it never goes back to patch a header."""

    def __init__(self) -> None:
        self.data = bytearray()

    def write(self, part: bytes) -> int:
        self.data += part
        return len(part)


def _sound_track(out: Any, rate: int, channels: int) -> Any:
    track = out.add_stream("aac", rate=rate)
    track.layout = "mono" if channels == 1 else "stereo"
    track.time_base = Fraction(1, rate)
    return track


def _sound_packet(track: Any, rate: int, channels: int) -> Any:
    packet: Any = av.Packet(quiet(rate, channels))
    packet.stream = track
    packet.time_base = Fraction(1, rate)
    packet.dts = packet.pts = 0
    packet.is_keyframe = True
    return packet


def _header_of(data: bytes) -> bytes:
    """What is before the first fragment."""
    at = 0
    while at + 8 <= len(data):
        size, kind = int.from_bytes(data[at : at + 4], "big"), data[at + 4 : at + 8]
        at += max(8, size)
        if kind == b"moov":
            return data[:at]
    raise ValueError("no moov")


def _ticks(us: int) -> int:
    return (us * 9 + 50) // 100
