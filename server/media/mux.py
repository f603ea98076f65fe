"""One run of encoded packets through PyAV's own MP4 muxer: an init, then one fragment for each keyframe.

It writes what it is given: timeline guard and silence are before it (packager.py, sound.py).
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import av

_FLAGS = "frag_keyframe+empty_moov+default_base_moof+delay_moov+frag_discont+skip_trailer"
_OPTIONS = {"movflags": _FLAGS, "avoid_negative_ts": "disabled", "use_editlist": "0"}
_TICKS = 90_000


class _Sink:
    """Where the muxer writes; not seekable, so that it never goes back to patch a header."""

    def __init__(self) -> None:
        self.data = bytearray()

    def write(self, part: bytes) -> int:
        self.data += part
        return len(part)


class Fragmenter:
    """Packets in, init and fragments out. Times are those of the stream's own timeline, in microseconds.

    The first picture must carry its parameter sets; later ones need none.
    """

    def __init__(self, *, width: int, height: int, fps: int, rate: int, channels: int) -> None:
        self.init = b""
        self._sink = _Sink()
        self._rate = rate
        out: Any = av.open(self._sink, "w", format="mp4", options=_OPTIONS)
        self._out = out
        self._video = out.add_mux_stream("h264", rate=max(1, fps), width=width, height=height)
        self._video.time_base = Fraction(1, _TICKS)
        self._sound = out.add_stream("aac", rate=rate)
        self._sound.layout = "mono" if channels == 1 else "stereo"
        self._sound.time_base = Fraction(1, rate)
        self._parsed = 0
        self._moof: int | None = None

    def picture(self, data: bytes, *, dts_us: int, pts_us: int, dur_us: int, key: bool) -> None:
        packet = av.Packet(data)
        packet.stream = self._video
        packet.time_base = Fraction(1, _TICKS)
        packet.dts, packet.pts = _ticks(dts_us), _ticks(pts_us)
        packet.duration = max(1, _ticks(dts_us + dur_us) - _ticks(dts_us))
        packet.is_keyframe = key
        self._out.mux(packet)

    def sound(self, data: bytes, *, position: int, samples: int) -> None:
        """`position` counts samples from the beginning of the stream's timeline."""
        packet = av.Packet(data)
        packet.stream = self._sound
        packet.time_base = Fraction(1, self._rate)
        packet.dts = packet.pts = position
        packet.duration = samples
        packet.is_keyframe = True
        self._out.mux(packet)

    def close(self) -> None:
        """End the run; the last fragment may be taken afterwards. More than once does nothing."""
        if self._out is not None:
            self._out.close()
            self._out = None

    def take(self) -> list[bytes]:
        """The fragments finished since the last call, each `moof` and `mdat` in one piece of bytes."""
        done: list[bytes] = []
        data = self._sink.data
        begin, at = 0, 0
        while len(data) - at >= 8:
            size, kind = int.from_bytes(data[at : at + 4], "big"), bytes(data[at + 4 : at + 8])
            if size < 8 or at + size > len(data):
                break
            at += size
            if kind == b"moov":
                self.init = bytes(data[begin:at])
                begin = at
            elif kind == b"mdat":
                done.append(bytes(data[begin:at]))
                begin = at
        del data[:begin]
        return done


def _ticks(us: int) -> int:
    return (us * 9 + 50) // 100
