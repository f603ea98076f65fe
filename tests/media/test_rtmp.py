"""The RTMP door with real publishers: what encoders send can be watched, whatever befalls the line."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from server.media.chunk import SECOND
from server.media.rtmp import amf, chunks
from tests.engines import eventually
from tests.media.demux import opened
from tests.media.encoder import FFMPEG, Encoder, Gate, Publisher, ffmpeg, greeted
from tests.media.hall import RECORD
from tests.media.streams import Reel, reel

pytestmark = pytest.mark.long


async def test_what_an_encoder_publishes_can_be_watched_packet_for_packet(
    gate: Gate, aac: Reel, tmp_path: Path
):
    encoder = await Publisher(gate.url(), aac, tmp_path).start()
    await eventually(lambda: len(gate.media.stream(RECORD).window.public) >= 19)
    assert await encoder.done() == (0, "")
    found = await gate.watched("live.m3u8?dvr=1")
    assert found.bars == list(range(475))
    assert found.problems == []
    assert found.sounds >= 19 * 46
    assert gate.state()[0] == "live"
    playlist = await gate.playlist("live.m3u8?dvr=1")
    assert playlist.target == 1
    assert sum(item["cut"] for item in playlist.items) == 0


async def test_sound_passes_without_being_encoded_anew(gate: Gate, aac: Reel):
    encoder = await Encoder.enter(gate.url())
    await encoder.send(aac, aac.chunks)
    await eventually(lambda: len(gate.media.stream(RECORD).window.public) >= 19)
    sent = {chunk.data for chunk in aac.chunks if chunk.kind == "audio"}
    init, segment = (await gate.get("init0.mp4"))[1], (await gate.get("s5.m4s"))[1]
    with opened(init + segment) as source:
        sounds = [bytes(p) for p in source.demux(audio=0) if p.size]
    assert len(sounds) >= 46
    assert all(sound in sent for sound in sounds)
    await encoder.leave()


@pytest.mark.skipif(FFMPEG is None, reason="no ffmpeg on this machine")
async def test_a_publisher_of_another_make_gets_in_with_its_small_chunks(gate: Gate):
    process = await ffmpeg(gate.url(), "-t", "6")
    await eventually(lambda: len(gate.media.stream(RECORD).window.public) >= 5, 20)
    assert await asyncio.wait_for(process.wait(), 20) == 0
    found = await gate.watched("live.m3u8?dvr=1")
    assert found.pictures >= 125
    assert found.problems == []
    assert gate.refused() == ""


async def test_an_encoder_that_was_killed_comes_back_with_a_discontinuity_and_numbers_go_on(
    gate: Gate, aac: Reel
):
    first = await Encoder.enter(gate.url())
    await first.send(aac, [c for c in aac.chunks if c.dts_us < 6 * SECOND])
    await eventually(lambda: len(gate.media.stream(RECORD).window.public) >= 5)
    await first.vanish()
    await eventually(lambda: "interrupted" in gate.state())
    again = await Encoder.enter(gate.url())
    await again.send(aac, aac.chunks)
    await eventually(lambda: "resumed" in gate.state())
    await eventually(lambda: len(gate.media.stream(RECORD).window.public) >= 25)
    playlist = await gate.playlist("live.m3u8?dvr=1")
    assert [item["cut"] for item in playlist.items].count(True) == 1
    assert [item["uri"] for item in playlist.items] == [f"s{n}.m4s" for n in range(len(playlist.items))]
    assert (await gate.watched("live.m3u8?dvr=1")).problems == []
    await again.leave()


@pytest.mark.parametrize("leap_ms", [3_600_000, -3_600_000, -4_000])
async def test_a_leap_of_the_encoders_clock_is_one_discontinuity(gate: Gate, aac: Reel, leap_ms: int):
    encoder = await Encoder.enter(gate.url())
    early = [c for c in aac.chunks if c.dts_us < 8 * SECOND]
    late = [c for c in aac.chunks if c.dts_us >= 8 * SECOND]
    await encoder.send(aac, early, shift_ms=3_700_000)
    await encoder.send(aac, late, shift_ms=3_700_000 + leap_ms)
    await eventually(lambda: len(gate.media.stream(RECORD).window.public) >= 18)
    playlist = await gate.playlist("live.m3u8?dvr=1")
    assert [item["cut"] for item in playlist.items].count(True) == 1
    assert max(item["length"] for item in playlist.items) < 1.5
    assert (await gate.watched("live.m3u8?dvr=1")).problems == []
    await encoder.leave()


async def test_the_distance_of_keyframes_gives_the_length_of_segments(gate: Gate):
    slow = reel(12, gop=50)
    encoder = await Encoder.enter(gate.url())
    await encoder.send(slow, slow.chunks)
    await eventually(lambda: len(gate.media.stream(RECORD).window.public) >= 5)
    playlist = await gate.playlist("live.m3u8?dvr=1")
    assert playlist.target == 2
    assert gate.door.state(RECORD) == ("on", 2 * SECOND)
    assert {round(item["length"], 2) for item in playlist.items} == {2.0}
    await encoder.leave()


async def test_keyframes_that_grow_rare_lengthen_the_segments_instead_of_freezing(gate: Gate, aac: Reel):
    rare = reel(16, gop=75)
    encoder = await Encoder.enter(gate.url())
    await encoder.send(aac, [c for c in aac.chunks if c.dts_us < 4 * SECOND])
    await encoder.send(rare, rare.chunks, shift_ms=4_000)
    await eventually(lambda: gate.media.stream(RECORD).window.target == 3)
    await eventually(lambda: gate.media.stream(RECORD).window.public[-1:] != [])
    await eventually(lambda: gate.media.stream(RECORD).window.public[-1].dur_us == 3 * SECOND)
    await encoder.leave()


async def test_sound_alone_is_taken(gate: Gate, aac: Reel):
    encoder = await Encoder.enter(gate.url())
    await encoder.send(aac, [c for c in aac.chunks if c.kind == "audio"])
    await eventually(lambda: gate.door.state(RECORD) == ("on", None))
    await encoder.leave()


async def test_an_encoder_that_comes_again_and_again_keeps_the_numbers_in_order(gate: Gate, aac: Reel):
    for turn in range(5):
        encoder = await Encoder.enter(gate.url())
        await encoder.send(aac, [c for c in aac.chunks if c.dts_us < 3 * SECOND])
        least = 3 * turn + 2
        await eventually(lambda least=least: len(gate.media.stream(RECORD).window.public) >= least)
        await encoder.vanish()
        await eventually(lambda: gate.door.state(RECORD) is None)
    playlist = await gate.playlist("live.m3u8?dvr=1")
    assert [item["uri"] for item in playlist.items] == [f"s{n}.m4s" for n in range(len(playlist.items))]
    assert [item["cut"] for item in playlist.items].count(True) == 4
    assert (await gate.watched("live.m3u8?dvr=1")).problems == []


async def test_a_size_that_changes_in_mid_stream_is_shown_after_a_discontinuity(gate: Gate, aac: Reel):
    small = reel(5, width=160, height=90)
    encoder = await Encoder.enter(gate.url())
    await encoder.send(aac, [c for c in aac.chunks if c.dts_us < 5 * SECOND])
    await encoder.send(small, small.chunks, shift_ms=5_000)
    await eventually(lambda: len(gate.media.stream(RECORD).window.public) >= 8)
    playlist = await gate.playlist("live.m3u8?dvr=1")
    assert [item["cut"] for item in playlist.items].count(True) == 1
    await encoder.leave()


async def test_a_stream_over_the_line_leaves_little_behind_in_memory(gate: Gate, aac: Reel):
    encoder = await Encoder.enter(gate.url())
    await encoder.send(aac, aac.chunks)
    await eventually(lambda: len(gate.media.stream(RECORD).window.public) >= 19)
    (guest,) = gate.door._on.values()
    parser = guest.line.parser
    assert len(parser._held) + sum(len(lane.body) for lane in parser._lanes.values()) < 200_000
    assert guest.intake is not None
    assert guest.intake._waiting == []
    await encoder.leave()


async def test_a_command_in_pieces_of_the_smallest_kind_is_understood(gate: Gate):
    async with greeted(gate.door.port) as (reader, writer):
        body = amf.write("connect", 1, {"app": "live"})
        for byte in chunks.packed(chunks.Message(chunks.COMMAND, 0, body), 3, 128):
            writer.write(bytes([byte]))
            await writer.drain()
        assert await asyncio.wait_for(reader.read(100), 5)
