"""What a browser's recorder would write: real containers, in pieces as they come."""

from __future__ import annotations

import random
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import av

from tests.media.streams import FPS, barred


class _Sink:
    def __init__(self) -> None:
        self.data = bytearray()

    def write(self, part: bytes) -> int:
        self.data += part
        return len(part)


def recording(
    container: str,
    seconds: int,
    *,
    coder: str = "libx264",
    sound: str = "libopus",
    gop: int = FPS,
    pictures: bool = True,
) -> bytes:
    """A live MP4 or WebM with numbered pictures and silence; `coder` may be one that residents cannot take."""
    sink = _Sink()
    out: Any
    if container == "mp4":
        flags = "frag_keyframe+empty_moov+default_base_moof"
        out = av.open(sink, "w", format="mp4", options={"movflags": flags})
    else:
        out = av.open(sink, "w", format="matroska", options={"live": "1", "cluster_time_limit": "200"})
    seen: Any = None
    if pictures:
        seen = out.add_stream(coder, rate=FPS)
        seen.width, seen.height, seen.pix_fmt = 320, 180, "yuv420p"
        seen.codec_context.gop_size = gop
        if coder == "libx264":
            seen.options = {
                "preset": "ultrafast",
                "tune": "zerolatency",
                "profile": "baseline",
                "sc_threshold": "0",
            }
    heard = out.add_stream(sound, rate=48_000)
    heard.layout = "mono"
    _write(out, seen, heard, seconds, "flt" if sound == "libopus" else "fltp")
    out.close()
    return bytes(sink.data)


def _write(out: Any, seen: Any, heard: Any, seconds: int, form: str) -> None:
    size = 960 if form == "flt" else 1024
    block = 0
    for number in range(seconds * FPS):
        if seen is not None:
            frame = barred(number, 320, 180)
            frame.pts, frame.time_base = number, Fraction(1, FPS)
            out.mux(seen.encode(frame))
        while block * size * FPS < (number + 1) * 48_000:
            quiet: Any = av.AudioFrame(format=form, layout="mono", samples=size)
            for plane in quiet.planes:
                plane.update(bytes(plane.buffer_size))
            quiet.sample_rate, quiet.pts, quiet.time_base = 48_000, block * size, Fraction(1, 48_000)
            out.mux(heard.encode(quiet))
            block += 1
    for stream in (seen, heard):
        if stream is not None:
            out.mux(stream.encode(None))


def pieces(data: bytes, seed: int = 1) -> Iterator[bytes]:
    """The same bytes in pieces of every size: where they are cut means nothing."""
    rng = random.Random(seed)
    at = 0
    while at < len(data):
        size = rng.choice((1, 7, 300, 2_000))
        yield data[at : at + size]
        at += size
