"""Who and what the RTMP door does not let in, each told in words, none with a trace in a log."""

from __future__ import annotations

import asyncio
import logging
import random
from pathlib import Path
from typing import Any

import pytest

from server.media import Limits
from server.media.chunk import SECOND
from server.media.rtmp import Line, Turned, address_of, amf, chunks
from tests.engines import eventually
from tests.media.encoder import FFMPEG, KEY, OLD, Encoder, Gate, Publisher, ffmpeg, tags
from tests.media.hall import RECORD, published
from tests.media.streams import Reel, reel

pytestmark = pytest.mark.long


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
    process = await ffmpeg(gate.url(), "-t", "9", *options, fast=True)
    said = (await asyncio.wait_for(process.stderr.read(), 20)).decode()
    assert gate.refused() == code, said
    assert gate.media.stream(RECORD).window.public == []


@pytest.mark.parametrize(
    ("kind", "tag", "code"),
    [
        (chunks.PICTURE, b"\x90hvc1\0\0\0\0", "picture-codec"),
        (chunks.PICTURE, b"\x90av01\0\0\0\0", "picture-codec"),
        (chunks.PICTURE, b"\x97hvc1\0\0\0\0", "picture-codec"),
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


async def test_many_who_only_keep_a_place_do_not_keep_the_encoder_out(gate: Gate):
    idle = [await asyncio.open_connection("127.0.0.1", gate.door.port) for _ in range(90)]
    encoder = await Encoder.enter(gate.url())
    more = [await asyncio.open_connection("127.0.0.1", gate.door.port) for _ in range(90)]
    await eventually(lambda: len(gate.door._tasks) <= 64, 4)
    assert gate.door.state(RECORD) == ("measuring", None)
    for _, writer in idle + more:
        writer.close()
    await encoder.leave()


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
