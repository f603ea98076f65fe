"""The RTMP door with real publishers: what they send can be watched, what must not come in is refused in words."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import random
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from server.media import Limits
from server.media.chunk import SECOND
from server.media.rtmp import Line, Turned, address_of, amf, chunks
from server.media.rtmp.amf import Unreadable
from server.media.rtmp.flv import Tags
from tests.engines import eventually
from tests.media.demux import opened
from tests.media.encoder import FFMPEG, KEY, OLD, Encoder, Gate, Publisher, avcc, greeted, tags
from tests.media.hall import RECORD, published
from tests.media.streams import Reel, reel

pytestmark = pytest.mark.long


@pytest.fixture
async def gate(tmp_path: Path) -> AsyncIterator[Gate]:
    opened = await Gate(tmp_path).open()
    yield opened
    await opened.close()


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
    process = await _ffmpeg(gate.url(), "-t", "6")
    await eventually(lambda: len(gate.media.stream(RECORD).window.public) >= 5, 20)
    assert await asyncio.wait_for(process.wait(), 20) == 0
    found = await gate.watched("live.m3u8?dvr=1")
    assert found.pictures >= 125
    assert found.problems == []
    assert gate.refused() == ""


@pytest.mark.skipif(FFMPEG is None, reason="no ffmpeg on this machine")
@pytest.mark.parametrize(
    ("options", "code"),
    [
        (("-c:v", "flv1"), "picture-codec"),
        (("-c:a", "libmp3lame", "-ar", "44100"), "sound-codec"),
        (("-g", "250"), "keyframes-rare"),
    ],
)
async def test_what_cannot_be_cut_or_shown_is_refused_in_words(
    gate: Gate, options: tuple[str, ...], code: str
):
    process = await _ffmpeg(gate.url(), "-t", "9", *options, fast=True)
    said = (await asyncio.wait_for(process.stderr.read(), 20)).decode()
    assert gate.refused() == code, said
    assert gate.media.stream(RECORD).window.public == []


@pytest.mark.parametrize(
    ("kind", "tag", "code"),
    [
        (chunks.PICTURE, b"\x90hvc1\0\0\0\0", "picture-codec"),
        (chunks.PICTURE, b"\x90av01\0\0\0\0", "picture-codec"),
        (chunks.PICTURE, b"\x1c\0\0\0\0\0", "picture-codec"),
        (chunks.SOUND, b"\x9fOpus\0", "sound-codec"),
        (chunks.SOUND, b"\x2f\xff\xfb", "sound-codec"),
    ],
)
async def test_newer_and_older_codecs_are_refused_by_name(gate: Gate, kind: int, tag: bytes, code: str):
    encoder = await Encoder.enter(gate.url())
    encoder.line.send(kind, 0, tag)
    await eventually(lambda: gate.refused() == code)
    await eventually(lambda: encoder.line.lost)
    await encoder.leave()


@pytest.mark.parametrize(
    ("key", "code"), [("not-this-one", "key-wrong"), (OLD, "key-old"), ("", "key-wrong")]
)
async def test_a_key_that_does_not_fit_is_refused_before_any_media(
    gate: Gate, aac: Reel, key: str, code: str, caplog: pytest.LogCaptureFixture, tmp_path: Path
):
    caplog.set_level(logging.DEBUG)
    encoder = await Publisher(gate.url(key), aac, tmp_path).start()
    assert (await encoder.done())[0] != 0
    assert gate.refused() == code
    assert RECORD not in gate.media._streams
    assert not key or key not in caplog.text


async def test_the_refusal_reaches_the_encoder_as_a_sentence(gate: Gate):
    line = await Line.open(address_of(gate.url("wrong")), private=True)
    line.plain.command("publish", 5, None, "meeting-1?key=wrong", "live", stream=1)
    values: list[Any] = []
    while (message := await line.plain.receive()) is not None:
        values = amf.read(message.data)
    assert values[0] == "onStatus"
    assert values[3] == {
        "level": "error",
        "code": "NetStream.Publish.BadName",
        "description": "refused: key-wrong",
    }
    await line.close()


@pytest.mark.parametrize("name", ["", "meeting-1", "meeting-2?key=x", "film?key=x", "meeting-1?pass=1"])
async def test_a_name_that_is_no_meeting_or_brings_no_key_is_refused(gate: Gate, name: str):
    line = await Line.open(address_of(f"rtmp://127.0.0.1:{gate.door.port}/live/x"), private=True)
    line.plain.command("publish", 5, None, name, "live", stream=1)
    with pytest.raises(Turned):
        await line._started("NetStream.Publish.Start")
    await line.close()


async def test_the_key_is_in_no_log(gate: Gate, aac: Reel, caplog: pytest.LogCaptureFixture):
    caplog.set_level(logging.DEBUG)
    encoder = await Encoder.enter(gate.url())
    with pytest.raises(Turned):
        await Encoder.enter(gate.url())
    gate.door.send_off(RECORD, "key-old")
    await eventually(lambda: gate.refused() == "key-old")
    await encoder.leave()
    assert "refused" in caplog.text
    assert KEY not in caplog.text


async def test_a_second_encoder_is_refused_and_the_first_goes_on(gate: Gate, aac: Reel):
    first = await Encoder.enter(gate.url())
    await first.send(aac, [c for c in aac.chunks if c.dts_us < 3 * SECOND])
    with pytest.raises(Turned):
        await Encoder.enter(gate.url())
    assert gate.refused() == "taken"
    await first.send(aac, [c for c in aac.chunks if c.dts_us >= 3 * SECOND])
    await eventually(lambda: len(gate.media.stream(RECORD).window.public) >= 19)
    assert (await gate.watched("live.m3u8?dvr=1")).bars == list(range(475))
    await first.leave()


async def test_an_encoder_and_a_studio_do_not_take_the_air_from_each_other(gate: Gate, aac: Reel, opus: Reel):
    studio = await published(gate, opus)
    with pytest.raises(Turned):
        await Encoder.enter(gate.url())
    assert gate.refused() == "taken"
    await studio.leave()


async def test_a_renewed_key_sends_the_old_encoder_off_and_lets_the_new_one_in(gate: Gate, aac: Reel):
    old = await Encoder.enter(gate.url())
    await old.send(aac, [c for c in aac.chunks if c.dts_us < 3 * SECOND])
    await eventually(lambda: len(gate.media.stream(RECORD).window.public) == 2)
    gate.key = "a-new-key"
    gate.door.send_off(RECORD, "key-old")
    await eventually(lambda: old.line.lost)
    assert gate.refused() == "key-old"
    with pytest.raises(Turned):
        await Encoder.enter(gate.url())
    new = await Encoder.enter(gate.url("a-new-key"))
    await new.send(aac, aac.chunks)
    await eventually(lambda: len(gate.media.stream(RECORD).window.public) >= 21)
    await old.leave()
    await new.leave()


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


def test_pictures_out_of_order_keep_their_place():
    """Shifted composition times, as encoders with B-pictures send them, come out as they went in."""
    tag = Tags()
    plain = reel(2)
    for kind, at, body in tags(plain, []):
        (tag.picture if kind == chunks.PICTURE else tag.sound)(at, body)
    key = next(c for c in plain.chunks if c.key and c.kind == "video")
    _, at, body = tags(plain, [key])[2]
    shifted = body[:2] + (80).to_bytes(3, "big") + body[5:]
    chunk = tag.picture(at + 1_000, shifted)
    assert chunk is not None
    assert (chunk.dts_us, chunk.pts_us, chunk.key) == (1_000_000, 1_080_000, True)


async def test_time_goes_on_where_its_thirty_two_bits_begin_again():
    tag = Tags()
    plain = reel(2)
    for kind, at, body in tags(plain, []):
        if kind == chunks.SOUND:
            tag.sound(at, body)
    first = tag.sound((1 << 32) - 40, b"\xaf\x01xx")
    then = tag.sound(3, b"\xaf\x01xx")
    assert first is not None
    assert then is not None
    assert then.pts_us - first.pts_us == 43_000


async def test_sound_alone_is_taken(gate: Gate, aac: Reel):
    encoder = await Encoder.enter(gate.url())
    await encoder.send(aac, [c for c in aac.chunks if c.kind == "audio"])
    await eventually(lambda: gate.door.state(RECORD) == ("on", None))
    await encoder.leave()


async def test_nobody_can_watch_here(gate: Gate):
    line = await Line.open(address_of(gate.url()), private=True)
    with pytest.raises(Turned):
        await line.play()
    await line.close()


async def test_media_before_the_key_end_the_connection(gate: Gate):
    line = await Line.open(address_of(gate.url()), private=True)
    line.send(chunks.PICTURE, 0, b"\x17\x01" + bytes(1000))
    assert await asyncio.wait_for(line.plain.receive(), 5) is None
    await line.close()


@pytest.mark.parametrize("seed", range(12))
async def test_random_bytes_are_closed_without_an_answer(gate: Gate, seed: int):
    noise = random.Random(seed)
    reader, writer = await asyncio.open_connection("127.0.0.1", gate.door.port)
    if seed % 2:
        writer.write(b"\x03")
    writer.write(noise.randbytes(20_000))
    try:
        async with asyncio.timeout(5):
            while await reader.read(1 << 16):
                pass
    except ConnectionError:
        pass
    writer.close()
    assert gate.asked == []


@pytest.mark.parametrize("size", [1, 100, 1536, 1537, 3000])
async def test_a_greeting_broken_off_leaves_nothing(gate: Gate, size: int):
    _, writer = await asyncio.open_connection("127.0.0.1", gate.door.port)
    writer.write((b"\x03" + bytes(4000))[:size])
    await writer.drain()
    writer.close()
    await eventually(lambda: not gate.door._tasks)


async def test_damaged_tags_are_dropped_and_counted_and_the_rest_is_shown(gate: Gate, aac: Reel):
    encoder = await Encoder.enter(gate.url())
    noise = random.Random(7)
    for i, (kind, at, body) in enumerate(tags(aac, aac.chunks)):
        if kind == chunks.PICTURE and i > 300 and i % 251 == 0:
            encoder.line.send(kind, at, body[:2] + noise.randbytes(len(body)))
        else:
            encoder.line.send(kind, at, body)
        await encoder.line.drain()
    await eventually(lambda: len(gate.media.stream(RECORD).window.public) >= 19)
    assert gate.media.health(RECORD)["bad_input"] > 0
    assert (await gate.watched("live.m3u8?dvr=1")).problems == []
    await encoder.leave()


async def test_an_encoder_of_nothing_but_noise_is_let_go(gate: Gate, aac: Reel):
    encoder = await Encoder.enter(gate.url())
    await encoder.send(aac, [c for c in aac.chunks if c.dts_us < 3 * SECOND])
    for i in range(40):
        encoder.line.send(chunks.PICTURE, 3_000 + 40 * i, b"\x27\x01\0\0\0" + random.Random(i).randbytes(99))
    await eventually(lambda: gate.refused() == "unreadable")
    await encoder.leave()


async def test_a_flood_is_refused(tmp_path: Path, aac: Reel):
    gate = await Gate(tmp_path, Limits(bytes_per_second=1_000, silent_s=60)).open()
    encoder = await Encoder.enter(gate.url())
    await encoder.send(aac, aac.chunks)
    await eventually(lambda: gate.refused() == "too-much")
    await encoder.leave()
    await gate.close()


async def test_a_picture_that_is_too_large_is_refused_by_name(gate: Gate):
    huge = reel(1, width=2048, height=1024)
    encoder = await Encoder.enter(gate.url())
    await encoder.send(huge, huge.chunks)
    await eventually(lambda: gate.refused() == "too-large")
    await encoder.leave()


async def test_an_encoder_that_sends_nothing_is_let_go(gate: Gate, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("server.media.rtmp.door._SILENT_S", 0.3)
    encoder = await Encoder.enter(gate.url())
    await eventually(lambda: gate.refused() == "silent")
    await eventually(lambda: encoder.line.lost)
    await encoder.leave()


async def test_what_waits_for_the_second_keyframe_is_bounded(tmp_path: Path, aac: Reel):
    gate = await Gate(tmp_path, Limits(ring_bytes=2_000, silent_s=60)).open()
    encoder = await Encoder.enter(gate.url())
    await encoder.send(aac, aac.chunks)
    await eventually(lambda: gate.refused() == "too-much")
    await encoder.leave()
    await gate.close()


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


def test_messages_are_whole_whatever_pieces_they_come_in():
    noise = random.Random(3)
    sent = [
        chunks.Message(
            noise.choice([8, 9, 18]), noise.choice([5, 0xFFFFFE, 0xFFFFFF, 1 << 31]), noise.randbytes(n), 1
        )
        for n in (0, 1, 127, 128, 129, 5_000, 60_000)
    ]
    wire = b"".join(chunks.packed(message, 5 + i % 2, 128) for i, message in enumerate(sent))
    for step in (1, 7, 128, 4096, len(wire)):
        reader = chunks.Reader(chunks.MESSAGE_BYTES)
        found = [m for i in range(0, len(wire), step) for m in reader.feed(wire[i : i + step])]
        assert found == sent


@pytest.mark.parametrize(
    "wire",
    [
        b"\x05\0\0\0\xff\xff\xff\x09\1\0\0\0",  # a message of 16 MB
        b"\xc7" + bytes(64),  # a continuation of nothing
        b"\x02\0\0\0\0\0\4\1\0\0\0\0" + bytes(4),  # chunks of no bytes
    ],
)
def test_absurd_chunks_are_unreadable(wire: bytes):
    with pytest.raises(Unreadable):
        chunks.Reader(chunks.MESSAGE_BYTES).feed(wire)


def test_more_than_sixty_four_chunk_streams_are_unreadable():
    reader = chunks.Reader()
    with pytest.raises(Unreadable):
        for lane in range(3, 80):
            basic = bytes([lane]) if lane < 64 else bytes([0, lane - 64])
            reader.feed(basic + bytes(3) + (200).to_bytes(3, "big") + b"\x09\1\0\0\0" + bytes(128))


def test_unfinished_messages_together_stay_within_the_bound():
    reader = chunks.Reader(100_000)
    with pytest.raises(Unreadable):
        for lane in range(3, 60):
            reader.feed(chunks.packed(chunks.Message(9, 0, bytes(90_000), 1), lane, 60_000)[: 12 + 60_000])
    held = sum(len(lane.body) for lane in reader._lanes.values()) + len(reader._held)
    assert held < 400_000


@pytest.mark.parametrize("seed", range(40))
def test_commands_of_noise_are_unreadable_or_values(seed: int):
    noise = random.Random(seed)
    raw = amf.write("connect", 1, {"app": "live", "deep": {"a": {"b": True}}}, None)
    broken = bytearray(raw[: noise.randrange(1, len(raw))])
    for _ in range(3):
        broken[noise.randrange(len(broken))] = noise.randrange(256)
    with contextlib.suppress(Unreadable):
        assert isinstance(amf.read(bytes(broken)), list)


@pytest.mark.parametrize("cut", range(0, 60, 3))
def test_a_cut_description_of_the_pictures_changes_nothing(aac: Reel, cut: int):
    tag = Tags()
    whole = avcc(aac.chunks[0])
    tag.picture(0, b"\x17\0\0\0\0" + whole[: min(cut, len(whole) - 1)])
    assert tag.video is None
    tag.picture(0, b"\x17\0\0\0\0" + whole)
    assert tag.video == replace(aac.video)


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


async def _ffmpeg(url: str, *options: str, fast: bool = False) -> asyncio.subprocess.Process:
    words = ["-hide_banner", "-nostdin", "-loglevel", "error", *(() if fast else ("-re",))]
    words += ["-f", "lavfi", "-i", "testsrc=s=320x180:r=25", "-f", "lavfi", "-i", "sine=r=48000"]
    words += ["-c:v", "libx264", "-preset", "ultrafast", "-tune", "zerolatency", "-g", "25", "-c:a", "aac"]
    return await asyncio.create_subprocess_exec(
        FFMPEG or "", *words, *options, "-f", "flv", url, stderr=asyncio.subprocess.PIPE
    )
