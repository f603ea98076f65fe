"""What a recogniser hears of a stream: at the right times, outside the loop, whatever becomes of the program."""

from __future__ import annotations

import asyncio
import math
import os
import sys
import time
from array import array
from pathlib import Path
from typing import Any

import av
import pytest

from server.media import Program
from server.media.chunk import SECOND, AudioConfig, Chunk
from server.media.stream import Stream
from tests.engines import eventually
from tests.media.hall import RECORD, Hall
from tests.media.streams import Reel

pytestmark = pytest.mark.long

T0 = 1_778_931_000_000
BURSTS = (2.0, 5.0, 9.0, 14.3, 17.5)
LONG_S = 0.6
FASTER = 10
"""The streams go so many times faster than the world, and so does the programs' clock."""
NEAR_MS = 200


def bursts(codec: str) -> tuple[list[Chunk], AudioConfig]:
    """Twenty seconds of silence with a tone now and then."""
    rate = 48_000
    coder: Any = av.CodecContext.create("libopus" if codec == "opus" else "aac", "w")
    coder.sample_rate, coder.layout = rate, "mono"
    coder.format = "flt" if codec == "opus" else "fltp"
    coder.open()
    samples = coder.frame_size
    chunks: list[Chunk] = []
    for first in range(0, 20 * rate, samples):
        frame: Any = av.AudioFrame(format=coder.format.name, layout="mono", samples=samples)
        wave = array("f", (_tone((first + place) / rate) for place in range(samples)))
        frame.planes[0].update(wave.tobytes())
        frame.sample_rate, frame.pts = rate, first
        for packet in coder.encode(frame):
            at = packet.pts * SECOND // rate
            chunks.append(Chunk("audio", at, at, samples * SECOND // rate, key=True, data=bytes(packet)))
    desc = bytes(coder.extradata or b"") if codec == "aac" else b""
    return chunks, AudioConfig("opus" if codec == "opus" else "aac", rate, 1, desc)


def _tone(second: float) -> float:
    loud = any(begin <= second < begin + LONG_S for begin in BURSTS)
    return 0.4 * math.sin(2 * math.pi * 440 * second) if loud else 0.0


@pytest.fixture(scope="session")
def sounds() -> dict[str, tuple[list[Chunk], AudioConfig]]:
    return {codec: bursts(codec) for codec in ("aac", "opus")}


class Listening:
    """A hall whose stream is heard by a program in a given mood."""

    def __init__(self, hall: Hall, folder: Path, mode: str) -> None:
        self.hall, self.heard = hall, []  # type: Hall, list[tuple[float, Heard]]
        self.starts = folder / "starts"
        command = f"{sys.executable} -m tests.media.ear {mode} {self.starts}"
        hall.media.hear_with(
            lambda: Program(command, lambda: time.monotonic() * FASTER),
            lambda _record, one, at: self.heard.append(((at - T0) / 1000, one)),
        )
        self.slowest = 0.0

    async def show(self, pictures: Reel, sound: tuple[list[Chunk], AudioConfig], holes: Any = ()) -> Stream:
        """The whole stream, without the sound that falls into a hole (seconds from, to)."""
        chunks, config = sound
        self.hall.media.publisher(RECORD, "host").configure(pictures.video, config)
        stream = self.hall.media.stream(RECORD)
        heard = [c for c in chunks if not any(a * SECOND <= c.pts_us < b * SECOND for a, b in holes)]
        seen = [c for c in pictures.chunks if c.kind == "video"]
        begun = time.monotonic()
        for chunk in sorted(seen + heard, key=lambda c: c.dts_us):
            await asyncio.sleep(max(0.0, begun + chunk.dts_us / SECOND / FASTER - time.monotonic()))
            at = time.perf_counter()
            stream.push(chunk, T0 + chunk.dts_us // 1000)
            self.slowest = max(self.slowest, time.perf_counter() - at)
        return stream

    def finals(self) -> list[float]:
        return [at for at, one in self.heard if one.final]

    def pids(self) -> list[int]:
        return [int(line) for line in self.starts.read_text().split()] if self.starts.exists() else []


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return "Z" not in Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]


async def whole(stream: Stream) -> None:
    """Every second of the stream landed, whatever the recogniser did."""
    await eventually(lambda: len(stream.window.public) >= 19, what="every segment")


@pytest.mark.parametrize("codec", ["aac", "opus"])
async def test_what_is_heard_stands_at_the_moment_it_was_said(
    hall: Hall, tmp_path: Path, aac: Reel, sounds: Any, codec: str
):
    listening = Listening(hall, tmp_path, "well")
    stream = await listening.show(aac, sounds[codec])
    await eventually(lambda: len(listening.finals()) == len(BURSTS), what="every burst")
    for said, burst in zip(listening.finals(), BURSTS, strict=True):
        assert abs(said - burst) * 1000 < NEAR_MS
    guesses = [one for _, one in listening.heard if not one.final]
    assert guesses
    assert all(one.text == "tone" for one in guesses)
    lengths = [(one.ends_us - one.begins_us) / SECOND for _, one in listening.heard if one.final]
    assert all(abs(length - LONG_S) < 0.1 for length in lengths)
    await whole(stream)
    await stream.close()
    await eventually(lambda: not any(alive(pid) for pid in listening.pids()), what="the program's end")


@pytest.mark.parametrize("codec", ["aac", "opus"])
async def test_holes_in_the_sound_move_nothing(
    hall: Hall, tmp_path: Path, aac: Reel, sounds: Any, codec: str
):
    listening = Listening(hall, tmp_path, "well")
    await listening.show(aac, sounds[codec], holes=[(3.0, 3.9), (10.0, 13.5)])
    await eventually(lambda: len(listening.finals()) == len(BURSTS), what="every burst")
    for said, burst in zip(listening.finals(), BURSTS, strict=True):
        assert abs(said - burst) * 1000 < NEAR_MS


async def test_a_program_that_crashes_is_started_again_and_hears_on(
    hall: Hall, tmp_path: Path, aac: Reel, sounds: Any
):
    listening = Listening(hall, tmp_path, "crash")
    stream = await listening.show(aac, sounds["opus"])
    await eventually(lambda: len(listening.finals()) == len(BURSTS), what="bursts after the crash")
    assert len(set(listening.pids())) >= 2
    assert all(min(abs(said - burst) for burst in BURSTS) * 1000 < NEAR_MS for said in listening.finals())
    await whole(stream)


@pytest.mark.parametrize("mode", ["hang", "flood"])
async def test_a_program_that_hangs_or_floods_is_killed_and_the_stream_knows_nothing_of_it(
    hall: Hall, tmp_path: Path, aac: Reel, sounds: Any, mode: str
):
    listening = Listening(hall, tmp_path, mode)
    stream = await listening.show(aac, sounds["opus"])
    await whole(stream)
    assert listening.slowest < 0.5
    await eventually(lambda: listening.pids() and not alive(listening.pids()[0]), what="the kill")
    assert len(listening.finals()) <= 64
    await stream.close()
    await eventually(lambda: not any(alive(pid) for pid in listening.pids()), what="every program's end")


async def test_nonsense_is_no_caption(hall: Hall, tmp_path: Path, aac: Reel, sounds: Any):
    listening = Listening(hall, tmp_path, "nonsense")
    await listening.show(aac, sounds["opus"])
    await eventually(lambda: len(listening.finals()) >= len(BURSTS), what="every burst")
    assert {one.text.split()[0] for _, one in listening.heard} == {"tone"}


async def test_a_program_that_is_not_there_is_no_reason_to_stop(
    hall: Hall, aac: Reel, sounds: Any, caplog: Any
):
    hall.media.hear_with(lambda: Program("/nonexistent/ear"), lambda *_: None)
    listening = Listening.__new__(Listening)
    listening.hall, listening.slowest = hall, 0.0
    await whole(await listening.show(aac, sounds["aac"]))
    assert "cannot be started" in caplog.text


async def test_without_a_recogniser_nothing_listens(hall: Hall):
    assert hall.media.stream(RECORD).tap is None
