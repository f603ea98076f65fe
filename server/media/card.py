"""The still card: what is shown while a publisher sends sound alone, so that every player plays on.

The only picture that this server encodes for the live stream; it shows nobody.
"""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache
from typing import Any

import av

WIDTH, HEIGHT = 320, 180
_GROUND, _INK, _PLAIN = 40, 150, 128
_BARS = (28, 64, 100, 64, 28)
"""Heights of five bars, as a level meter has them: sound, without a word to translate."""
_BAR, _STEP = 16, 32


@lru_cache(maxsize=1)
def card() -> bytes:
    """One H.264 keyframe with its parameter sets, Annex B."""
    coder: Any = av.CodecContext.create("libx264", "w")
    coder.width, coder.height, coder.pix_fmt = WIDTH, HEIGHT, "yuv420p"
    coder.time_base, coder.framerate = Fraction(1, 25), Fraction(25)
    coder.options = {
        "preset": "medium",
        "tune": "zerolatency",
        "profile": "baseline",
        "x264-params": "annexb=1:repeat-headers=1:sliced-threads=0:threads=1",
    }
    return b"".join(bytes(packet) for frame in (_drawn(), None) for packet in coder.encode(frame))


def _drawn() -> Any:
    frame: Any = av.VideoFrame(WIDTH, HEIGHT, "yuv420p")
    luma, *chroma = frame.planes
    left = (WIDTH - (len(_BARS) - 1) * _STEP - _BAR) // 2
    rows = bytearray()
    for y in range(HEIGHT):
        row = bytearray([_GROUND]) * luma.line_size
        for place, height in enumerate(_BARS):
            if abs(2 * y - HEIGHT) <= height:
                begin = left + place * _STEP
                row[begin : begin + _BAR] = bytes([_INK]) * _BAR
        rows += row
    luma.update(bytes(rows))
    for plane in chroma:
        plane.update(bytes([_PLAIN]) * plane.buffer_size)
    frame.pts = 0
    return frame
