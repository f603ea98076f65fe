"""Encoded packets through PyAV's own MP4 muxer: an init, then one fragment for each keyframe.

It writes what it is given: timeline guard and silence are before it (packager.py, sound.py).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import av

from server.media.chunk import SECOND
from server.media.sound import Frame

_FLAGS = "empty_moov+default_base_moof+frag_discont+skip_trailer"
_OPTIONS = {"avoid_negative_ts": "disabled", "use_editlist": "0"}
_TICKS = 90_000
_TICK = Fraction(1, _TICKS)
_PICTURE = 1
"""The number of the picture's track: it is added first."""


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


class _Sink:
    """Where the muxer writes; not seekable, so that it never goes back to patch a header."""

    def __init__(self) -> None:
        self.data = bytearray()

    def write(self, part: bytes) -> int:
        self.data += part
        return len(part)


class Fragmenter:
    """Packets of a picture and its sound in, fragments out. Times are those of the stream's own timeline, in
    microseconds. The first picture must carry its parameter sets; later ones need none. With `part_us`,
    fragments also end where they have become that long.
    """

    def __init__(
        self, *, width: int, height: int, fps: int, rate: int, channels: int, part_us: int = 0
    ) -> None:
        self.init = b""
        self._sink = _Sink()
        self._beat = Fraction(1, rate)
        options = {**_OPTIONS, "movflags": f"{_FLAGS}+frag_keyframe+delay_moov"}
        if part_us:
            options["frag_duration"] = str(part_us)
        out: Any = av.open(self._sink, "w", format="mp4", options=options)
        self._out = out
        self._video = out.add_mux_stream("h264", rate=max(1, fps), width=width, height=height)
        self._video.time_base = _TICK
        self._sound = _sound_track(out, rate, channels)
        self._until_us = 0

    def picture(self, data: bytes, *, dts_us: int, pts_us: int, dur_us: int, key: bool) -> None:
        packet = av.Packet(data)
        packet.stream = self._video
        packet.time_base = _TICK
        packet.dts, packet.pts = _ticks(dts_us), _ticks(pts_us)
        packet.duration = max(1, _ticks(dts_us + dur_us) - _ticks(dts_us))
        packet.is_keyframe = key
        self._out.mux(packet)

    def sound(self, frame: Frame) -> None:
        self._out.mux(_sound_packet(self._sound, frame, self._beat))

    def close(self) -> None:
        """End the run; the last fragment may be taken afterwards. More than once does nothing."""
        if self._out is not None:
            self._out.close()
            self._out = None

    def take(self) -> list[Fragment]:
        """The fragments finished since the last call."""
        done: list[Fragment] = []
        data = self._sink.data
        begin = 0
        for kind, end in _boxes(data, 0, len(data)):
            if kind == b"moov":
                self.init = bytes(data[begin:end])
                begin = end
            elif kind == b"mdat":
                done.append(self._fragment(bytes(data[begin:end])))
                begin = end
        del data[:begin]
        return done

    def _fragment(self, data: bytes) -> Fragment:
        ticks = _pictures(data)
        start, end = (_us(ticks[0]), _us(ticks[1])) if ticks else (self._until_us, self._until_us)
        self._until_us = end
        return Fragment(self.init, data, start, end)


def sound_file(frames: Sequence[Frame], rate: int, channels: int, number: int) -> Piece:
    """A segment of sound alone. The muxer cuts a run of sound at no moment of ours, so each segment is a run of
    its own (0.3 ms, decision 20); the header is always the same.
    """
    sink = _Sink()
    options = {**_OPTIONS, "movflags": _FLAGS, "fragment_index": str(number % (1 << 30) + 1)}
    out: Any = av.open(sink, "w", format="mp4", options=options)
    track = _sound_track(out, rate, channels)
    beat = Fraction(1, rate)
    for frame in frames:
        out.mux(_sound_packet(track, frame, beat))
    out.close()
    data = bytes(sink.data)
    header = next(end for kind, end in _boxes(data, 0, len(data)) if kind == b"moov")
    return Piece(data[:header], data[header:])


def _sound_track(out: Any, rate: int, channels: int) -> Any:
    track = out.add_stream("aac", rate=rate)
    track.layout = "mono" if channels == 1 else "stereo"
    track.time_base = Fraction(1, rate)
    return track


def _sound_packet(track: Any, frame: Frame, beat: Fraction) -> Any:
    packet: Any = av.Packet(frame.data)
    packet.stream = track
    packet.time_base = beat
    packet.dts = packet.pts = frame.position
    packet.duration = frame.samples
    packet.is_keyframe = True
    return packet


def _boxes(data: bytes | bytearray, at: int, end: int) -> Iterator[tuple[bytes, int]]:
    """Kind and end of each whole box between two places."""
    while end - at >= 8:
        size = int.from_bytes(data[at : at + 4], "big")
        if size < 8 or at + size > end:
            return
        kind = bytes(data[at + 4 : at + 8])
        at += size
        yield kind, at


def _pictures(data: bytes) -> tuple[int, int] | None:
    """First tick of the picture's samples in a fragment and the tick after them; None where it has none."""
    moof = int.from_bytes(data[:4], "big")
    at = 8
    for kind, end in _boxes(data, 8, moof):
        if kind == b"traf":
            found = _track_ticks(data, at + 8, end)
            if found is not None:
                return found
        at = end
    return None


def _track_ticks(data: bytes, at: int, end: int) -> tuple[int, int] | None:
    """ISO 14496-12 8.8: `tfhd` names the track, `tfdt` its time, `trun` the length of each sample."""
    default, start, length = 0, 0, 0
    for kind, after in _boxes(data, at, end):
        flags = int.from_bytes(data[at + 9 : at + 12], "big")
        if kind == b"tfhd":
            if int.from_bytes(data[at + 12 : at + 16], "big") != _PICTURE:
                return None
            if flags & 8:
                place = at + 16 + (8 if flags & 1 else 0) + (4 if flags & 2 else 0)
                default = int.from_bytes(data[place : place + 4], "big")
        elif kind == b"tfdt":
            start = int.from_bytes(data[at + 12 : after], "big")
        elif kind == b"trun":
            length += _run_ticks(data, at, flags, default)
        at = after
    return start, start + length


def _run_ticks(data: bytes, at: int, flags: int, default: int) -> int:
    count = int.from_bytes(data[at + 12 : at + 16], "big")
    if not flags & 0x100:
        return count * default
    each = sum(1 for bit in (0x100, 0x200, 0x400, 0x800) if flags & bit)
    place = at + 16 + (4 if flags & 1 else 0) + (4 if flags & 4 else 0)
    return sum(struct.unpack_from(f">{count * each}I", data, place)[::each])


def _ticks(us: int) -> int:
    return (us * 9 + 50) // 100


def _us(ticks: int) -> int:
    return ticks * SECOND // _TICKS
