"""Real encoded streams for the media tests: pictures whose number can be read back, and a tone."""

from __future__ import annotations

import math
from array import array
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
from av.video.frame import PictureType

from server.media.chunk import SECOND, AudioConfig, Chunk, VideoConfig

FPS = 25
BARS = 16


@dataclass(frozen=True)
class Reel:
    """A finished stream: chunks in decoding order, both tracks, from time zero."""

    video: VideoConfig
    audio: AudioConfig
    chunks: list[Chunk]
    thin: VideoConfig | None = None

    def moved(self, by_us: int) -> list[Chunk]:
        return [replace(c, pts_us=c.pts_us + by_us, dts_us=c.dts_us + by_us) for c in self.chunks]

    def numbered(self, first: int = 1) -> list[Chunk]:
        return [replace(c, seq=first + i) for i, c in enumerate(self.chunks)]


def barred(number: int, width: int, height: int) -> Any:
    """A picture that shows `number` as sixteen black or white bars."""
    frame: Any = av.VideoFrame(width, height, "yuv420p")
    step = width // BARS
    row = bytearray()
    for bar in range(BARS):
        row += bytes([235 if number >> bar & 1 else 16]) * step
    luma, *chroma = frame.planes
    row += bytes([16]) * (luma.line_size - len(row))
    luma.update(bytes(row) * height)
    for plane in chroma:
        plane.update(bytes([128]) * plane.buffer_size)
    return frame


def read_bars(frame: Any) -> int:
    """The number that `barred` drew."""
    luma = frame.planes[0]
    data, line, step = bytes(luma), luma.line_size, frame.width // BARS
    middle = frame.height // 2 * line
    return sum(1 << bar for bar in range(BARS) if data[middle + bar * step + step // 2] > 128)


def reel(
    seconds: int = 20,
    *,
    width: int = 320,
    height: int = 180,
    gop: int = FPS,
    codec: str = "aac",
    rate: int = 48_000,
    pictures: int | None = None,
    kbit: int = 0,
) -> Reel:
    """So many seconds; with `pictures` no more than that many of them, with `kbit` exactly so many kbit/s of them."""
    video = _pictures(seconds * FPS if pictures is None else pictures, width, height, gop, kbit)
    audio, config = _tone(seconds, codec, rate)
    chunks = sorted(video + audio, key=lambda c: (c.dts_us, c.kind == "audio"))
    return Reel(VideoConfig(width, height, FPS), config, chunks)


def _pictures(count: int, width: int, height: int, gop: int, kbit: int = 0) -> list[Chunk]:
    coder = _coder(width, height, gop, kbit)
    chunks: list[Chunk] = []
    for number in range(count):
        frame = barred(number, width, height)
        frame.pts = number
        for packet in coder.encode(frame):
            at = packet.pts * SECOND // FPS
            chunks.append(Chunk("video", at, at, SECOND // FPS, packet.is_keyframe, bytes(packet)))
    return chunks


def _coder(width: int, height: int, gop: int, kbit: int = 0) -> Any:
    coder: Any = av.CodecContext.create("libx264", "w")
    coder.width, coder.height, coder.pix_fmt = width, height, "yuv420p"
    coder.time_base, coder.framerate = Fraction(1, FPS), Fraction(FPS)
    coder.options = {
        "preset": "ultrafast",
        "tune": "zerolatency",
        "profile": "baseline",
        "g": str(gop),
        "keyint_min": str(gop),
        "sc_threshold": "0",
        "x264-params": "annexb=1:repeat-headers=1",
    }
    if kbit:
        coder.bit_rate = kbit * 1_000
        limits = f":nal-hrd=cbr:vbv-maxrate={kbit}:vbv-bufsize={kbit}:bitrate={kbit}"
        coder.options = coder.options | {"x264-params": coder.options["x264-params"] + limits}
    return coder


def _tone(seconds: int, codec: str, rate: int) -> tuple[list[Chunk], AudioConfig]:
    coder: Any = av.CodecContext.create("libopus" if codec == "opus" else "aac", "w")
    coder.sample_rate, coder.layout = rate, "mono"
    coder.format = "flt" if codec == "opus" else "fltp"
    coder.open()
    samples = coder.frame_size
    chunks: list[Chunk] = []
    for block in range(seconds * rate // samples):
        frame: Any = av.AudioFrame(format=coder.format.name, layout="mono", samples=samples)
        first = block * samples
        wave = array("f", (0.3 * math.sin(2 * math.pi * 440 * (first + i) / rate) for i in range(samples)))
        frame.planes[0].update(wave.tobytes())
        frame.sample_rate, frame.pts = rate, first
        for packet in coder.encode(frame):
            at = first * SECOND // rate
            chunks.append(Chunk("audio", at, at, samples * SECOND // rate, True, bytes(packet)))
    desc = bytes(coder.extradata or b"") if codec == "aac" else b""
    return chunks, AudioConfig("opus" if codec == "opus" else "aac", rate, 1, desc)


def thin_of(stream: Reel, width: int = 160, height: int = 90) -> list[Chunk]:
    """The thin picture beside a reel: every other picture, keyframes where the programme has them."""
    coder = _coder(width, height, 1_000)
    chunks: list[Chunk] = []
    for number, shown in enumerate(c for c in stream.chunks if c.kind == "video"):
        if number % 2 and not shown.key:
            continue
        frame = barred(number, width, height)
        frame.pts = number
        frame.pict_type = PictureType.I if shown.key else PictureType.P
        for packet in coder.encode(frame):
            at, key = shown.dts_us, packet.is_keyframe
            chunks.append(Chunk("video", at, at, 2 * SECOND // FPS, key, bytes(packet), track=1))
    return chunks


def with_thin(stream: Reel, *, late_us: int = 0) -> Reel:
    """The reel with its thin picture, whose chunks come `late_us` after those of the programme."""
    mixed = stream.chunks + thin_of(stream)
    mixed.sort(key=lambda c: (c.dts_us + (late_us if c.track else 0), c.kind == "audio", c.track))
    return replace(stream, chunks=mixed)


def write_mp4(stream: Reel, path: Path, *, picture: bool = True) -> None:
    """The reel as an ordinary MP4 file; without `picture` only its sound."""
    with av.open(str(path), "w", format="mp4") as out:
        handle: Any = out
        video = picture and handle.add_mux_stream(
            "h264", rate=FPS, width=stream.video.width, height=stream.video.height
        )
        sound = handle.add_stream("aac", rate=stream.audio.rate)
        sound.layout = "mono"
        for chunk in stream.chunks:
            track = video if chunk.kind == "video" else sound
            if not track:
                continue
            packet: Any = av.Packet(chunk.data)
            packet.stream, packet.time_base = track, Fraction(1, SECOND)
            packet.pts, packet.dts, packet.duration = chunk.pts_us, chunk.dts_us, chunk.dur_us
            packet.is_keyframe = chunk.key
            handle.mux(packet)
