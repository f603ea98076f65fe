"""A stream of a chosen bitrate for programs that measure: real pictures, filled up with bytes that decoders skip."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace

from server.media.chunk import SECOND, Chunk
from tests.media.publisher import BUNDLE_US, Studio
from tests.media.streams import FPS, Reel, reel, with_thin

_FILLER = b"\x00\x00\x00\x01\x0c"


def film(kbit: int, *, codec: str = "aac", thin: bool = True, width: int = 1280, height: int = 720) -> Reel:
    """Twenty seconds whose picture and sound together are `kbit` a second; with `thin`, 120 more for it."""
    made = reel(20, codec=codec, width=width, height=height)
    sound = sum(len(c.data) for c in made.chunks if c.kind == "audio") // 20
    made = replace(made, chunks=[_filled(c, (kbit * 125 - sound) // FPS) for c in made.chunks])
    if not thin:
        return made
    both = with_thin(made)
    return replace(both, chunks=[_filled(c, 15_000 * 2 // FPS) if c.track else c for c in both.chunks])


def _filled(chunk: Chunk, size: int) -> Chunk:
    missing = size - len(chunk.data) - len(_FILLER) - 1
    if chunk.kind == "audio" or missing <= 0:
        return chunk
    return replace(chunk, data=chunk.data + _FILLER + b"\xff" * missing + b"\x80")


def rounds(stream: Reel, times: int = 1 << 30) -> Iterator[Chunk]:
    """The reel over and over, numbered, its clock going on."""
    seq = 0
    for turn in range(times):
        for chunk in stream.chunks:
            seq += 1
            by = turn * 20 * SECOND
            yield replace(chunk, pts_us=chunk.pts_us + by, dts_us=chunk.dts_us + by, seq=seq)


async def publish(studio: Studio, stream: Reel) -> asyncio.Task[None]:
    """Go on air at the pace of a camera, in messages as the studio makes them, until cancelled."""
    await studio.connect()
    return asyncio.create_task(studio.send(rounds(stream), pace=1.0, bundled_us=BUNDLE_US))
