"""The studio's door when what comes is not what should: refused or mended, and the host's screen is told why."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from server.media import Limits, tokens, wire
from server.media.chunk import SECOND, Chunk
from tests.engines import eventually
from tests.media.hall import RECORD, Hall, published
from tests.media.publisher import BUNDLE_US, Studio
from tests.media.recorded import pieces, recording
from tests.media.streams import FPS, Reel, reel, thin_of

pytestmark = pytest.mark.long

HOUR = 3600 * SECOND


def joined(*runs: Sequence[Chunk]) -> list[Chunk]:
    """Runs of chunks as one publication, numbered through."""
    return [replace(chunk, seq=n) for n, chunk in enumerate((c for run in runs for c in run), 1)]


def moved(chunks: Sequence[Chunk], by: int) -> list[Chunk]:
    return [replace(c, pts_us=c.pts_us + by, dts_us=c.dts_us + by) for c in chunks]


async def on_air(hall: Hall, stream: Reel, chunks: Sequence[Chunk]) -> Studio:
    studio = Studio(hall.http, hall.address, stream)
    await studio.connect()
    await studio.send(chunks)
    return studio


async def landed(hall: Hall, seconds: float) -> None:
    """Wait until so much has been recorded."""
    stream = hall.media.stream(RECORD)
    await eventually(
        lambda: stream.landing.last is not None and stream.landing.last.end_us >= seconds * SECOND,
        what=f"{seconds} s on disk",
    )


async def test_what_is_safe_is_said_with_what_was_got_and_to_who_has_stopped(hall: Hall):
    stream = reel(8)
    studio = Studio(hall.http, hall.address, stream)
    await studio.connect()
    # The last segment is on disk when nothing more is sent.
    chunks = [chunk for chunk in stream.numbered() if chunk.dts_us < 7.1 * SECOND]
    last = [chunk for chunk in chunks if chunk.dts_us < 6.9 * SECOND][-1].seq
    await studio.send(chunks, pace=4.0, bundled_us=BUNDLE_US)
    await eventually(lambda: studio.acked >= last)
    confirmed = [said for said in studio.heard if "ack" in said]
    assert all("got" in said for said in confirmed)
    assert confirmed
    await studio.leave()


# a browser's own recorder


@pytest.mark.parametrize(("container", "sound"), [("webm", "libopus"), ("mp4", "aac"), ("mp4", "libopus")])
async def test_what_a_browser_records_is_watched_picture_for_picture(hall: Hall, container: str, sound: str):
    studio = Studio(hall.http, hall.address, reel(1))
    studio.config = {"video": {"w": 320, "h": 180}, "container": container}
    await studio.connect()
    await studio.record(pieces(recording(container, 10, sound=sound)))
    await landed(hall, 8)
    found = await hall.watched("live.m3u8?dvr=1")
    assert found.bars == list(range(len(found.bars)))
    assert len(found.bars) >= 8 * FPS
    assert found.problems == []
    await eventually(lambda: studio.acked)
    await studio.leave()


async def test_a_cut_of_the_line_loses_nothing_of_a_recording(hall: Hall):
    every = list(pieces(recording("webm", 10)))
    half = len(every) // 2
    studio = Studio(hall.http, hall.address, reel(1))
    studio.config = {"video": {"w": 320, "h": 180}, "container": "webm"}
    await studio.connect()
    await studio.record(every[:half])
    await eventually(lambda: studio.said("got"))
    studio.cut()
    await studio.leave()
    await studio.connect()
    assert 0 < studio.have <= half
    await studio.record(every[studio.have :], studio.have + 1)
    await landed(hall, 8)
    found = await hall.watched("live.m3u8?dvr=1")
    assert found.bars == list(range(len(found.bars)))
    assert "DISCONTINUITY" not in (await hall.playlist("live.m3u8?dvr=1")).text
    await studio.leave()


async def test_keyframes_two_seconds_apart_make_segments_of_two_seconds(hall: Hall):
    studio = Studio(hall.http, hall.address, reel(1))
    studio.config = {"video": {"w": 320, "h": 180}, "container": "mp4"}
    await studio.connect()
    await studio.record(pieces(recording("mp4", 9, gop=2 * FPS)))
    await landed(hall, 6)
    listed = await hall.playlist("live.m3u8?dvr=1")
    assert listed.target == 2
    assert {round(item["length"]) for item in listed.items} == {2}
    await studio.leave()


async def test_sound_alone_is_recorded_too(hall: Hall):
    studio = Studio(hall.http, hall.address, reel(1))
    studio.config = {"video": None, "container": "webm"}
    await studio.connect()
    await studio.record(pieces(recording("webm", 8, pictures=False)))
    await landed(hall, 5)
    assert (await hall.get("sound.m3u8"))[0] == 200
    await studio.leave()


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (recording("mp4", 3, coder="mpeg4"), "codec"),
        (recording("webm", 3, sound="mp2"), "codec"),
        (recording("mp4", 8, gop=8 * FPS), "codec"),
        (bytes(range(256)) * 4_000, "unclear"),
        (b"#EXTM3U\n#EXTINF:1,\nfile:///etc/hostname\n" * 20_000, "unclear"),
    ],
    ids=["mpeg4", "mp2", "a keyframe each 8 s", "noise", "a list of files"],
)
async def test_a_recording_residents_cannot_take_is_refused_with_why(hall: Hall, data: bytes, code: str):
    studio = Studio(hall.http, hall.address, reel(1))
    studio.config = {"video": {"w": 320, "h": 180}, "container": "webm" if data[4:8] != b"ftyp" else "mp4"}
    await studio.connect()
    await studio.record(data[at : at + 30_000] for at in range(0, len(data), 30_000))
    await eventually(lambda: code in studio.said("bad"), what="the reason")
    assert studio.said("again")
    assert hall.media.stream(RECORD).landing.last is None
    await studio.leave()


async def test_a_recording_with_a_hole_is_begun_anew(hall: Hall):
    studio = Studio(hall.http, hall.address, reel(1))
    studio.config = {"video": {"w": 320, "h": 180}, "container": "webm"}
    await studio.connect()
    every = list(pieces(recording("webm", 3)))
    await studio.record(every[:10])
    await studio.record(every[11:12], 12)
    await eventually(lambda: studio.socket.closed)
    assert studio.socket.close_code == 1007
    assert studio.said("bad") == ["order"]
    await studio.leave()


async def test_more_pieces_than_the_demuxer_takes_are_turned_away(tmp_path: Path):
    hall = await Hall(tmp_path, Limits(silent_s=60, pieces_waiting=0)).open()
    studio = Studio(hall.http, hall.address, reel(1))
    studio.config = {"video": None, "container": "webm"}
    await studio.connect()
    with contextlib.suppress(ConnectionError):
        await studio.record([b"x"])
    await eventually(lambda: studio.socket.closed)
    assert studio.socket.close_code == 1013
    assert studio.said("bad") == ["flood"]
    await studio.leave()
    await hall.close()


# more and less than a picture


async def test_the_thin_picture_of_a_studio_is_watched_beside_the_programme(hall: Hall, opus: Reel):
    both = sorted([*opus.chunks, *thin_of(opus)], key=lambda c: (c.dts_us, c.kind == "audio", c.track))
    studio = await on_air(hall, opus, joined(both))
    await landed(hall, 15)
    found = await hall.watched("thin.m3u8?dvr=1")
    assert found.problems == []
    assert found.bars[:100] == [n for n in range(400) if n % 2 == 0 or n % FPS == 0][:100]
    assert (await hall.watched("live.m3u8?dvr=1")).bars[:300] == list(range(300))
    await studio.leave()


async def test_a_studio_that_sends_sound_alone_is_heard(hall: Hall, opus: Reel):
    studio = Studio(hall.http, hall.address, opus)
    studio.config = {**studio.announced(), "video": None}
    await studio.connect()
    await studio.send(joined([c for c in opus.chunks if c.kind == "audio"]))
    await landed(hall, 15)
    await eventually(lambda: hall.state() == ["live"])
    assert (await hall.playlist("sound.m3u8")).items
    await eventually(lambda: studio.acked)
    await studio.leave()


# keys


async def test_a_key_opens_one_publication_of_its_own_meeting_while_it_is_fresh(
    hall: Hall, opus: Reel, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    caplog.set_level(logging.DEBUG)
    token = hall.media.publishing_token(RECORD, "person:host")
    first = Studio(hall.http, hall.address, opus)
    await first.connect(cookie=False, token=token)
    assert first.heard[0]["have"] == 0
    first.cut()
    await first.leave()
    await first.connect(cookie=False, token=token)
    assert "have" in first.heard[-1]
    monkeypatch.setattr(tokens, "_FRESH_S", 0.0)
    old = hall.media.publishing_token(RECORD, "person:host")
    foreign = hall.media.publishing_token("meeting:2", "person:host")
    for shown, why in (
        (token, "used"),
        (old, "expired"),
        (foreign, "forbidden"),
        ("wrong", "forbidden"),
        ("", "forbidden"),
    ):
        other = Studio(hall.http, hall.address, opus)
        await other.connect(cookie=False, token=shown)
        assert other.heard == [{"refused": why}]
        assert token not in json.dumps(hall.media.health(RECORD))
    assert token not in caplog.text
    assert token not in repr(vars(hall.media._tokens))
    await first.leave()


# bad media, with the reason told


@pytest.mark.parametrize("kind", ["video", "audio"])
async def test_what_cannot_be_read_is_named(hall: Hall, opus: Reel, kind: str):
    chunks = joined(opus.chunks[:400])
    at = next(n for n, c in enumerate(chunks) if n > 200 and c.kind == kind)
    chunks[at] = replace(chunks[at], data=b"\xff" * 90)
    studio = await on_air(hall, opus, chunks)
    await eventually(lambda: studio.said("bad"), what="a word of complaint")
    assert studio.said("bad") == ["picture" if kind == "video" else "sound"]
    assert not studio.socket.closed
    assert hall.media.health(RECORD)["bad_input"] == 1
    await studio.leave()


async def test_a_picture_of_8k_is_refused_by_name_and_the_sound_goes_on(hall: Hall, opus: Reel):
    huge = [c for c in reel(1, width=7680, height=4320, pictures=1).chunks if c.kind == "video"]
    sounds = [c for c in opus.chunks if c.kind == "audio"]
    studio = await on_air(hall, opus, joined(huge, sounds))
    await eventually(lambda: "large" in studio.said("bad"))
    await landed(hall, 10)
    assert not studio.socket.closed
    await studio.leave()


@pytest.mark.parametrize("by", [HOUR, -HOUR], ids=["an hour on", "an hour back"])
async def test_a_clock_that_leaps_is_mended_and_named(hall: Hall, opus: Reel, by: int):
    base = moved(opus.chunks, 2 * HOUR)
    half = len(base) // 2
    studio = await on_air(hall, opus, joined(base[:half], moved(base[half:], by)))
    await landed(hall, 16)
    assert studio.said("bad") == ["clock"]
    listed = await hall.playlist("live.m3u8?dvr=1")
    assert [item["cut"] for item in listed.items].count(True) == 1
    assert (await hall.watched("live.m3u8?dvr=1")).problems == []
    await studio.leave()


async def test_another_size_and_another_codec_in_mid_stream_are_one_cut_each(
    hall: Hall, opus: Reel, aac: Reel
):
    small = reel(6, width=160, height=90)
    studio = Studio(hall.http, hall.address, opus)
    await studio.connect()
    first = joined(opus.chunks[: len(opus.chunks) // 4])
    await studio.send(first)
    studio.stream = aac
    told = json.dumps(studio.announced()).encode()
    seq = first[-1].seq + 1
    await studio.socket.send_bytes(wire.HEADER.pack(wire.CONFIG, 0, 0, seq, 0, 0) + told)
    begun = 6 * SECOND
    second = moved([c for c in aac.chunks if c.dts_us < 5 * SECOND], begun)
    third = moved([c for c in small.chunks if c.dts_us < 5 * SECOND], begun + 5 * SECOND)
    await studio.send([replace(c, seq=seq + 1 + n) for n, c in enumerate([*second, *third])])
    await landed(hall, 12)
    found = await hall.watched("live.m3u8?dvr=1")
    assert found.problems == []
    cuts = [item["cut"] for item in (await hall.playlist("live.m3u8?dvr=1")).items]
    assert cuts.count(True) == 2
    await studio.leave()


async def test_chunks_left_out_and_out_of_order_are_named_and_mended(hall: Hall, opus: Reel):
    chunks = joined(opus.chunks)
    at = len(chunks) // 2
    late = chunks[at]
    chunks[at : at + 3] = [chunks[at + 1], late, chunks[at + 2]]
    studio = await on_air(hall, opus, [*chunks[: at - 300], *chunks[at - 290 :]])
    await landed(hall, 15)
    assert set(studio.said("bad")) == {"order"}
    found = await hall.watched("live.m3u8?dvr=1")
    assert found.problems == []
    assert found.bars == sorted(found.bars)
    assert [i["cut"] for i in (await hall.playlist("live.m3u8?dvr=1")).items].count(True) == 2
    await studio.leave()


async def test_a_line_that_carries_next_to_nothing_is_an_interruption_and_named(tmp_path: Path, opus: Reel):
    hall = await Hall(tmp_path, Limits(silent_s=0.5)).open()
    studio = await on_air(hall, opus, joined([c for c in opus.chunks if c.dts_us < 6 * SECOND]))
    await eventually(lambda: hall.state() == ["live"])
    rest = joined(opus.chunks)
    trickle = [c for c in rest if c.dts_us >= 6 * SECOND and c.kind == "audio"]

    async def drip() -> None:
        for n, chunk in enumerate(trickle):
            await studio.socket.send_bytes(wire.write(replace(chunk, seq=studio.ring[-1].seq + 1 + n)))
            await asyncio.sleep(0.3)

    dripping = asyncio.create_task(drip())
    await eventually(lambda: "slow" in studio.said("bad"), what="the word slow")
    assert hall.state() == ["live", "interrupted"]
    assert not studio.socket.closed
    dripping.cancel()
    await asyncio.gather(dripping, return_exceptions=True)
    await studio.leave()
    await hall.close()


async def test_one_who_is_back_at_once_was_never_away_and_one_who_breaks_again_and_again_is_believed_late(
    tmp_path: Path, opus: Reel
):
    hall = await Hall(tmp_path, Limits(silent_s=60, lost_s=0.1)).open()
    chunks = joined(opus.chunks)
    studio = Studio(hall.http, hall.address, opus)
    await studio.connect()
    seconds = [[c for c in chunks if s * SECOND <= c.dts_us < (s + 1) * SECOND] for s in range(20)]
    for second in seconds[:5]:
        await studio.send(second)
    await eventually(lambda: hall.state() == ["live"])
    for second in seconds[5:]:
        studio.cut()
        await studio.leave()
        await asyncio.sleep(0.2 if second is not seconds[5] else 0)
        await studio.connect()
        await studio.send(second)
        last = second[0].seq - 1
        await eventually(lambda last=last: studio.acked >= last - 60)
    await landed(hall, 18)
    words = hall.state()
    assert words.count("interrupted") <= 4, words
    assert words.count("resumed") <= 3
    assert "DISCONTINUITY" not in (await hall.playlist("live.m3u8?dvr=1")).text
    assert (await hall.watched("live.m3u8?dvr=1")).bars == list(range(475))
    await studio.leave()
    await hall.close()


async def test_after_a_restart_the_council_hears_of_a_studio_only_if_it_stays_away(
    tmp_path: Path, opus: Reel
):
    limits = Limits(silent_s=60, lost_s=0.3)
    hall = await Hall(tmp_path, limits).open()
    studio = await on_air(hall, opus, joined(opus.chunks)[:700])
    await eventually(lambda: hall.state() == ["live"])
    await studio.leave()
    await hall.close()
    for back in (True, False):
        hall = await Hall(tmp_path, limits).open()
        assert hall.media.health(RECORD)["state"] == "interrupted"
        if back:
            studio.address, studio.http = hall.address, hall.http
            await studio.connect()
            await studio.send(c for c in joined(opus.chunks) if c.seq > max(700, studio.have))
        await eventually(hall.state)
        await studio.leave()
        assert hall.state()[0] == ("resumed" if back else "interrupted")
        await hall.close()


async def test_a_recording_whose_beginning_nobody_knows_any_more_begins_anew(tmp_path: Path):
    hall = await Hall(tmp_path, Limits(silent_s=60, lost_s=0.1, grace_s=0.2)).open()
    every = list(pieces(recording("webm", 6)))
    studio = Studio(hall.http, hall.address, reel(1))
    studio.config = {"video": {"w": 320, "h": 180}, "container": "webm"}
    await studio.connect()
    await studio.record(every)
    await landed(hall, 4)
    studio.cut()
    await studio.leave()
    await eventually(lambda: hall.media.stream(RECORD).source is None, what="the end of the grace time")
    await studio.connect()
    assert studio.have == 0
    await studio.leave()
    await hall.close()


async def test_no_bad_publisher_is_noticed_beside(hall: Hall, opus: Reel):
    good = Studio(hall.http, hall.address.replace("meeting-1", "meeting-2"), opus)
    await good.connect()
    await good.send(opus.numbered()[:700])
    for hello in (
        "",
        "{}",
        "[]",
        '{"epoch":"short"}',
        '{"epoch":"12345678","config":{"video":{"w":9,"h":9}}}',
        "\x00" * 99,
    ):
        socket = await hall.http.ws_connect(f"{hall.address}/publish", headers={"X-Person": "person:x"})
        await socket.send_str(hello)
        said: dict[str, Any] = await socket.receive_json(timeout=5)
        assert said == {"bad": "unclear"}
        assert (await socket.receive(timeout=5)).type == aiohttp.WSMsgType.CLOSE
    huge = await published(hall, reel(1))
    await huge.socket.send_bytes(bytes((1 << 20) + 1))
    await eventually(lambda: huge.socket.closed)
    assert huge.socket.close_code == 1009
    await good.send(opus.numbered()[700:])
    await eventually(lambda: good.acked >= 1400)
    assert good.said("bad") == []
    await huge.leave()
    await good.leave()
