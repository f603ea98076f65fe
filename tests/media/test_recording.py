"""What is kept: acknowledged only once on disk, whole after a kill, served as a recording and as one file."""

from __future__ import annotations

import asyncio
import hashlib
import json
import sys
import time
from dataclasses import replace
from pathlib import Path

import aiohttp
import pytest

from server.media import Limits, Media, record_file
from server.media.chunk import SECOND
from server.media.feed_file import File, Unfit, play_file
from tests.engines import eventually
from tests.media.hall import RECORD, Hall, published
from tests.media.publisher import Studio
from tests.media.serve import app_of
from tests.media.streams import Reel, reel, write_mp4

pytestmark = pytest.mark.long


async def test_the_playlist_slides_and_old_segments_come_from_disk(tmp_path: Path, opus: Reel):
    hall = await Hall(tmp_path, Limits(window_s=3, listed_s=6)).open()
    studio = await published(hall, opus)
    await eventually(lambda: studio.acked >= 1400)
    listed = await hall.playlist()
    assert listed.sequence == 13
    assert [i["uri"] for i in listed.items] == [f"s{n}.m4s" for n in range(13, 19)]
    assert hall.media.stream(RECORD).window.blob(13) is None
    assert (await hall.watched("live.m3u8")).pictures == 150
    assert len((await hall.playlist("live.m3u8?dvr=1")).items) == 19
    await studio.leave()
    await hall.close()


async def test_after_the_end_the_same_address_is_the_recording(hall: Hall, opus: Reel):
    studio = await published(hall, opus)
    await eventually(lambda: hall.media.stream(RECORD)._received == len(opus.chunks))
    await hall.media.end(RECORD)
    await eventually(lambda: studio.socket.closed)
    listed = await hall.playlist()
    assert listed.ended
    assert listed.text == (await hall.playlist("recording.m3u8")).text
    found = await hall.watched("live.m3u8")
    assert found.bars == list(range(500))
    first = hall.media.stream(RECORD).window.public[0].wall_ms
    assert hall.media.offset_of(RECORD, first + 7_500) == pytest.approx(7.5)
    assert hall.media.offset_of(RECORD, first - 1000) == 0
    assert hall.media.offset_of(RECORD, first + 10**9) == pytest.approx(20, abs=0.1)
    await studio.leave()


async def test_the_finished_playlist_is_short_and_lists_three_seconds_at_a_time(hall: Hall, opus: Reel):
    studio = await published(hall, opus)
    await eventually(lambda: studio.acked >= 1400)
    await hall.media.end(RECORD)
    listed = await hall.playlist("recording.m3u8")
    assert [i["uri"] for i in listed.items] == [*(f"s{n}-3.m4s" for n in range(0, 18, 3)), "s18-2.m4s"]
    status, packed = await hall.get("recording.m3u8", **{"Accept-Encoding": "gzip"})
    assert (status, packed.decode()) == (200, listed.text)
    assert (await hall.playlist("recording-sound.m3u8")).items[0]["uri"] == "a0-3.m4s"
    await studio.leave()


@pytest.mark.parametrize("kind", ["full", "hung"])
async def test_a_disk_that_fails_leaves_the_picture_and_says_unrecorded(
    hall: Hall, opus: Reel, kind: str, monkeypatch: pytest.MonkeyPatch
):
    """The disk is made to fail at the place where the real one does: the write of one file."""
    stream = hall.media.stream(RECORD)
    stream.landing._limits = replace(stream.limits, write_patience_s=1.0)
    broken = [False]
    real = stream.recorder._put

    def put(files: dict[str, bytes], durable: bool) -> None:
        if broken[0]:
            if kind == "full":
                raise OSError(28, "No space left on device")
            time.sleep(2.0)
        real(files, durable)

    monkeypatch.setattr(stream.recorder, "_put", put)
    studio = Studio(hall.http, hall.address, opus)
    await studio.connect()
    chunks = opus.numbered()
    await studio.send(c for c in chunks if c.dts_us < 5.3 * SECOND)
    await eventually(lambda: studio.acked > 350)
    safe = studio.acked
    broken[0] = True
    await studio.send(c for c in chunks if 5.3 * SECOND <= c.dts_us < 10.3 * SECOND)
    await eventually(lambda: hall.state() == ["live", "unrecorded"])
    await eventually(lambda: len(stream.window.public) == 10)
    assert studio.acked == safe
    assert hall.media.health(RECORD)["unrecorded"]
    assert True in studio.said("unrecorded")
    broken[0] = False
    await studio.send(c for c in chunks if c.dts_us >= 10.3 * SECOND)
    await eventually(lambda: hall.state() == ["live", "unrecorded", "recorded"])
    await eventually(lambda: studio.acked >= 1400)
    assert len((await hall.playlist()).items) == 19
    # A full disk leaves a gap; a slow one gets what it is owed.
    index = (hall.root / "meeting-1" / "index.jsonl").read_text()
    assert ('"gap"' in index) is (kind == "full")
    assert index.count('"segment"') == (14 if kind == "full" else 19)
    await studio.leave()


async def start(root: Path) -> tuple[asyncio.subprocess.Process, str]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.media.serve", str(root), stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    port = await process.stdout.readline()
    return process, f"http://127.0.0.1:{int(port)}/media/meeting-1"


async def test_a_server_killed_in_mid_segment_has_all_it_acknowledged_and_the_studio_resumes(
    tmp_path: Path, opus: Reel
):
    chunks = opus.numbered()
    process, address = await start(tmp_path)
    async with aiohttp.ClientSession() as http:
        studio = Studio(http, address, opus)
        await studio.connect()
        await studio.send(chunks[:560])
        await eventually(lambda: studio.acked >= 400)
        process.kill()
        await process.wait()
        await studio.leave()
        acked = studio.acked
        studio.ring += chunks[560:700]
        process, studio.address = await start(tmp_path)
        await studio.connect()
        assert studio.have >= acked
        await studio.send(chunks[700:])
        await eventually(lambda: studio.acked >= 1400)
        await studio.leave()
        process.terminate()
        await process.wait()
    hall = await Hall(tmp_path).open()
    found = await hall.watched("live.m3u8?dvr=1")
    assert found.bars[:475] == list(range(475))
    assert found.problems == []
    numbers = [i["uri"] for i in (await hall.playlist("live.m3u8?dvr=1")).items]
    assert len(set(numbers)) == len(numbers)
    lines = [json.loads(line) for line in (tmp_path / "meeting-1" / "index.jsonl").read_text().splitlines()]
    for line in lines:
        if line["line"] == "segment":
            data = (tmp_path / "meeting-1" / f"s{line['n']}.m4s").read_bytes()
            assert hashlib.sha256(data).hexdigest() == line["sha256"]
    await hall.close()


async def test_an_index_with_a_torn_last_line_is_read_up_to_it(hall: Hall, opus: Reel):
    studio = await published(hall, opus)
    await eventually(lambda: studio.acked >= 1400)
    await studio.leave()
    index = hall.root / "meeting-1" / "index.jsonl"
    whole = index.read_bytes()
    index.write_bytes(whole[:-30])
    again = await Hall(hall.root).open()
    assert len(again.media.stream(RECORD).window.public) == 18
    assert index.read_bytes() == whole[:-30], "reading changes nothing: another process may be writing it"
    studio = await published(again, opus)
    await eventually(lambda: studio.acked >= 1400)
    await studio.leave()
    assert [type(json.loads(line)) for line in index.read_text().splitlines()] == [dict] * (1 + 18 + 1 + 19)
    await again.close()


async def test_a_finished_film_becomes_the_recording_of_a_past_meeting(hall: Hall, aac: Reel, tmp_path: Path):
    film = tmp_path / "film.mp4"
    write_mp4(aac, film)
    await asyncio.to_thread(record_file, hall.root, RECORD, film, 1_700_000_000_000)
    assert (await hall.playlist("live.m3u8")).ended
    found = await hall.watched("recording.m3u8")
    assert found.bars == list(range(500))
    assert found.problems == []
    assert hall.media.offset_of(RECORD, 1_700_000_012_000) == pytest.approx(12.0)
    with pytest.raises(FileExistsError):
        record_file(hall.root, RECORD, film, 0)


async def test_a_slow_picture_with_rare_keyframes_becomes_a_recording(hall: Hall, tmp_path: Path):
    film = tmp_path / "slow.mp4"
    write_mp4(reel(24, gop=150), film)
    record_file(hall.root, RECORD, film, 0)
    listed = await hall.playlist("recording.m3u8")
    assert [i["length"] for i in listed.items] == pytest.approx([6.0] * 4, abs=0.1)
    assert (await hall.watched("recording.m3u8")).pictures == 600


async def test_a_film_that_would_need_transcoding_is_refused(tmp_path: Path):
    film = tmp_path / "none.mp4"
    write_mp4(reel(1), film, picture=False)
    with pytest.raises(Unfit):
        File(film)


async def test_a_film_is_played_live_over_and_over(hall: Hall, tmp_path: Path):
    film = tmp_path / "film.mp4"
    write_mp4(reel(2), film)
    await play_file(hall.media, RECORD, film, times=2)
    await eventually(lambda: hall.state()[:1] == ["live"])
    await hall.media.end(RECORD)
    found = await hall.watched("recording.m3u8")
    assert found.bars == [*range(50), *range(50)]
    assert not any(i["cut"] for i in (await hall.playlist("recording.m3u8")).items)


def test_other_names_than_a_meetings_have_no_folder(tmp_path: Path):
    media: Media = app_of(tmp_path, [])[1]
    for record in ("meeting:../x", "docket:1", "meeting:", "meeting:" + "a" * 200):
        with pytest.raises(KeyError):
            media.stream(record)
