"""The whole media part over real sockets: published by a studio, watched by players, killed and come again."""

from __future__ import annotations

import asyncio
import contextlib
import json
import random
import re
import sys
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from server.media import Limits, Media, record_file, wire
from server.media.chunk import SECOND, Chunk
from server.media.feed_file import File, Unfit, play_file
from tests.engines import eventually
from tests.media.demux import demuxed, opened
from tests.media.publisher import Studio
from tests.media.serve import app_of
from tests.media.streams import Reel, reel, write_mp4

RECORD = "meeting:1"


class Hall:
    """A running server and a client of it."""

    def __init__(self, root: Path, limits: Limits | None = None) -> None:
        self.root, self.words = root, []  # type: Path, list[tuple[str, str]]
        self.app, self.media = app_of(root, self.words, limits)

    async def open(self) -> Hall:
        self.runner = web.AppRunner(self.app)
        await self.runner.setup()
        site = web.TCPSite(self.runner, "127.0.0.1", 0)
        await site.start()
        self.address = f"http://127.0.0.1:{self.runner.addresses[0][1]}/media/meeting-1"
        self.http = aiohttp.ClientSession()
        return self

    async def close(self) -> None:
        await self.http.close()
        await self.runner.cleanup()

    async def get(self, name: str, **headers: str) -> tuple[int, bytes]:
        async with self.http.get(f"{self.address}/{name}", headers=headers) as answer:
            return answer.status, await answer.read()

    async def playlist(self, name: str = "live.m3u8") -> Playlist:
        status, body = await self.get(name)
        assert status == 200, (status, body)
        return Playlist(body.decode())

    async def watched(self, name: str) -> Any:
        """Everything a playlist lists, fetched and demuxed."""
        listed = await self.playlist(name)
        runs: list[tuple[bytes, list[bytes]]] = []
        for item in listed.items:
            if not runs or item["cut"]:
                runs.append(((await self.get(item["init"]))[1], []))
            status, data = await self.get(item["uri"])
            assert status == 200
            runs[-1][1].append(data)
        return demuxed(runs)

    def state(self) -> list[str]:
        return [word for _, word in self.words]


class Playlist:
    """A playlist read as a player does."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.ended = "#EXT-X-ENDLIST" in text
        self.sequence = int((re.findall(r"MEDIA-SEQUENCE:(\d+)", text) or ["0"])[0])
        self.discontinuities = int((re.findall(r"DISCONTINUITY-SEQUENCE:(\d+)", text) or ["0"])[0])
        self.target = int(re.findall(r"TARGETDURATION:(\d+)", text)[0])
        self.items: list[dict[str, Any]] = []
        cut, init, length, date = False, "", 0.0, None
        for line in text.splitlines():
            if line == "#EXT-X-DISCONTINUITY":
                cut = True
            elif line.startswith("#EXT-X-MAP"):
                init = line.split('"')[1]
            elif line.startswith("#EXT-X-PROGRAM-DATE-TIME:"):
                date = line.split(":", 1)[1]
            elif line.startswith("#EXTINF:"):
                length = float(line[8:].rstrip(","))
                assert round(length) <= self.target
            elif line and not line.startswith("#"):
                self.items.append({"uri": line, "cut": cut, "init": init, "length": length, "date": date})
                cut, date = False, None


@pytest.fixture
async def hall(tmp_path: Path) -> AsyncIterator[Hall]:
    opened_hall = await Hall(tmp_path).open()
    yield opened_hall
    await opened_hall.close()


async def published(hall: Hall, stream: Reel, **more: Any) -> Studio:
    studio = Studio(hall.http, hall.address, stream, **more)
    await studio.connect()
    await studio.send(stream.numbered())
    return studio


async def test_before_anybody_publishes_the_playlist_says_offline(hall: Hall):
    status, body = await hall.get("live.m3u8")
    assert (status, json.loads(body)) == (404, {"state": "offline"})


async def test_what_a_studio_sends_can_be_watched_at_once_and_is_on_disk(hall: Hall, opus: Reel):
    studio = await published(hall, opus)
    await eventually(lambda: studio.acked >= 1400)
    found = await hall.watched("live.m3u8?dvr=1")
    assert found.bars == list(range(475))
    assert found.problems == []
    assert hall.state() == ["live"]
    lines = (hall.root / "meeting-1" / "index.jsonl").read_text().splitlines()
    assert len(lines) == 1 + 19
    await studio.leave()


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


async def test_a_waiting_reload_is_answered_when_the_segment_is_there(hall: Hall, opus: Reel):
    studio = Studio(hall.http, hall.address, opus)
    await studio.connect()
    chunks = opus.numbered()
    await studio.send(c for c in chunks if c.dts_us < 2.5 * SECOND)
    await eventually(lambda: studio.acked > 0 and hall.media.stream(RECORD).window.next_msn == 2)
    waiting = [asyncio.create_task(hall.playlist("live.m3u8?_HLS_msn=2")) for _ in range(20)]
    await eventually(lambda: hall.media.stream(RECORD).window.readers == 20)
    await studio.send(c for c in chunks if 2.5 * SECOND <= c.dts_us < 3.3 * SECOND)
    answers = await asyncio.wait_for(asyncio.gather(*waiting), 2)
    assert all(len(answer.items) == 3 for answer in answers)
    await studio.leave()


@pytest.mark.parametrize("asked", ["99999", "-1", "x", "１", "1" * 30])
async def test_an_absurd_reload_is_refused(hall: Hall, opus: Reel, asked: str):
    studio = await published(hall, opus)
    await eventually(lambda: studio.acked)
    assert (await hall.get(f"live.m3u8?_HLS_msn={asked}"))[0] == 400
    await studio.leave()


async def test_three_hundred_players_on_a_dead_playlist_ask_less_than_once_a_second(
    tmp_path: Path, opus: Reel
):
    hall = await Hall(tmp_path, Limits(block_s=1.0)).open()
    studio = await published(hall, opus)
    await eventually(lambda: studio.acked >= 1400)
    await studio.leave()
    begin = time.monotonic()
    answers = await asyncio.gather(*(hall.get("live.m3u8?_HLS_msn=19") for _ in range(300)))
    assert time.monotonic() - begin >= 1.0
    assert {status for status, _ in answers} == {200}
    assert b"ENDLIST" not in answers[0][1]
    await hall.close()


async def test_a_cut_of_the_line_loses_nothing(hall: Hall, opus: Reel):
    studio = Studio(hall.http, hall.address, opus)
    await studio.connect()
    chunks = opus.numbered()
    await studio.send(chunks[:500])
    studio.socket._response.connection.transport.abort()
    await studio.leave()
    studio.ring += chunks[500:900]
    await studio.connect()
    assert studio.have > 0
    await studio.send(chunks[900:])
    await eventually(lambda: studio.acked >= 1400)
    found = await hall.watched("live.m3u8?dvr=1")
    assert found.bars == list(range(475))
    assert "DISCONTINUITY" not in (await hall.playlist("live.m3u8?dvr=1")).text
    await studio.leave()


async def test_a_reloaded_studio_takes_over_and_the_numbers_go_on(hall: Hall, opus: Reel):
    first = await published(hall, opus)
    await eventually(lambda: first.acked >= 1400)
    second = await published(hall, opus)
    await eventually(lambda: second.acked >= 1400)
    assert True in first.said("taken")
    assert first.socket.close_code == 4001
    listed = await hall.playlist("live.m3u8?dvr=1")
    assert [i["cut"] for i in listed.items].count(True) == 1
    found = await hall.watched("live.m3u8?dvr=1")
    assert found.pictures == 500 + 475
    assert found.problems == []
    await second.leave()


async def test_a_second_publisher_is_refused_with_who_holds_it(hall: Hall, opus: Reel):
    first = await published(hall, opus)
    second = Studio(hall.http, hall.address, opus, person="person:else")
    await second.connect()
    assert second.heard == [{"refused": "taken", "holder": "person:host"}]
    await first.leave()
    third = Studio(hall.http, hall.address, opus, person="person:else")
    await third.connect()
    assert third.heard[0]["refused"] == "taken"
    hall.media.hand_over(RECORD)
    fourth = Studio(hall.http, hall.address, opus, person="person:else")
    await fourth.connect()
    assert fourth.heard[0]["have"] == 0
    await fourth.leave()


async def test_only_a_cookie_or_a_fresh_token_of_this_meeting_publishes(hall: Hall, opus: Reel):
    other = hall.media.publishing_token("meeting:2", "person:host")
    for token in ("", "wrong", other):
        studio = Studio(hall.http, hall.address, opus)
        await studio.connect(cookie=False, token=token)
        assert studio.heard == [{"refused": "forbidden"}]
    studio = Studio(hall.http, hall.address, opus)
    await studio.connect(cookie=False, token=hall.media.publishing_token(RECORD, "person:host"))
    assert studio.heard[0]["have"] == 0
    await studio.leave()


async def test_a_foreign_page_may_not_publish_with_a_visitors_cookie(hall: Hall):
    with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
        await hall.http.ws_connect(
            f"{hall.address}/publish", headers={"X-Person": "person:host"}, origin="https://elsewhere.example"
        )
    assert refused.value.status == 403


@pytest.mark.parametrize(
    "message",
    [
        b"",
        b"\x02",
        b"\x09" * 40,
        bytes(19),
        wire.HEADER.pack(2, 1, 0, 0, 0, 0) + b"x",
        wire.HEADER.pack(1, 0, 0, 1, 0, 0) + b"{",
        wire.HEADER.pack(1, 0, 0, 1, 0, 0) + b'{"audio":{"codec":"aac","rate":48000,"ch":1,"desc":"zz"}}',
        wire.HEADER.pack(2, 0, 0, 1, -5, 0) + b"x",
        "no json",
    ],
)
async def test_a_message_of_no_sense_closes_the_socket_with_1007(
    hall: Hall, opus: Reel, message: bytes | str
):
    studio = Studio(hall.http, hall.address, opus)
    await studio.connect()
    await (studio.socket.send_bytes if isinstance(message, bytes) else studio.socket.send_str)(message)
    await eventually(lambda: studio.socket.closed)
    assert studio.socket.close_code == 1007
    await studio.leave()


async def test_a_flood_of_bad_pictures_closes_with_1007_and_other_streams_do_not_notice(
    hall: Hall, opus: Reel
):
    other = Studio(hall.http, hall.address.replace("meeting-1", "meeting-2"), opus)
    await other.connect()
    studio = await published(hall, opus)
    rng = random.Random(3)
    for seq in range(3000, 3040):
        try:
            await studio.socket.send_bytes(
                wire.write(Chunk("video", 20 * SECOND, 0, 40_000, False, rng.randbytes(500), seq))
            )
        except ConnectionError:
            break
    await eventually(lambda: studio.socket.closed)
    assert studio.socket.close_code == 1007
    await other.send(opus.numbered())
    await eventually(lambda: other.acked >= 1400)
    assert (await hall.playlist()).items
    await other.leave()
    await studio.leave()


async def test_a_flood_of_chunks_is_turned_away_with_1013(tmp_path: Path, opus: Reel):
    hall = await Hall(tmp_path, Limits(chunks_per_second=10, burst_seconds=5)).open()
    studio = Studio(hall.http, hall.address, opus)
    await studio.connect()
    with contextlib.suppress(ConnectionError):
        await studio.send(opus.numbered())
    await eventually(lambda: studio.socket.closed)
    assert studio.socket.close_code == 1013
    await studio.leave()
    await hall.close()


async def test_a_silent_publisher_is_an_interruption_and_comes_back(tmp_path: Path, opus: Reel):
    hall = await Hall(tmp_path, Limits(silent_s=0.4)).open()
    studio = Studio(hall.http, hall.address, opus)
    await studio.connect()
    chunks = opus.numbered()
    await studio.send(chunks[:400])
    await eventually(lambda: hall.state() == ["live", "interrupted"])
    assert b"ENDLIST" not in (await hall.get("live.m3u8"))[1]
    await studio.send(chunks[400:])
    await eventually(lambda: hall.state()[:3] == ["live", "interrupted", "resumed"])
    await studio.leave()
    await hall.close()


async def test_held_segments_are_listed_for_nobody_and_their_names_give_nothing(hall: Hall, opus: Reel):
    studio = Studio(hall.http, hall.address, opus)
    await studio.connect()
    chunks = opus.numbered()
    landed = lambda n: eventually(lambda: len(hall.media.stream(RECORD).window._all) >= n)  # noqa: E731
    await studio.send(c for c in chunks if c.dts_us < 5.3 * SECOND)
    await landed(5)
    hall.media.hold(RECORD)
    await studio.send(c for c in chunks if 5.3 * SECOND <= c.dts_us < 10.3 * SECOND)
    await landed(10)
    hall.media.release(RECORD)
    await studio.send(c for c in chunks if c.dts_us >= 10.3 * SECOND)
    await landed(19)
    listed = await hall.playlist("live.m3u8?dvr=1")
    assert [i["uri"] for i in listed.items] == [f"s{n}.m4s" for n in (*range(5), *range(10, 19))]
    assert [i["cut"] for i in listed.items].count(True) == 1
    assert (await hall.get("s6.m4s"))[0] == 404
    assert (hall.root / "meeting-1" / "s6.m4s").exists()
    assert "resumed" not in hall.state()
    await hall.media.end(RECORD)
    found = await hall.watched("recording.m3u8")
    assert found.bars == [*range(125), *range(250, 500)]
    await studio.leave()


async def test_after_the_end_the_same_address_is_the_recording(hall: Hall, opus: Reel):
    studio = await published(hall, opus)
    await eventually(lambda: studio.acked >= 1400)
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


async def test_the_download_is_one_mp4_with_its_index_in_front_and_ranges(hall: Hall, opus: Reel):
    studio = await published(hall, opus)
    await eventually(lambda: studio.acked >= 1400)
    assert (await hall.get("recording.mp4"))[0] == 409
    await hall.media.end(RECORD)
    status, data = await hall.get("recording.mp4")
    assert status == 200
    assert data.index(b"moov") < data.index(b"mdat")
    with opened(data) as source:
        assert len([p for p in source.demux(video=0) if p.size]) == 500
    status, part = await hall.get("recording.mp4", Range="bytes=0-99")
    assert (status, part) == (206, data[:100])
    assert (await hall.get("recording.mp4", Range="bytes=0-,-1"))[0] == 416
    await studio.leave()


@pytest.mark.parametrize("kind", ["full", "hung"])
async def test_a_disk_that_fails_leaves_the_picture_and_says_unrecorded(
    hall: Hall, opus: Reel, kind: str, monkeypatch: pytest.MonkeyPatch
):
    """The disk is made to fail at the place where the real one does: the write of one file."""
    stream = hall.media.stream(RECORD)
    stream.limits = replace(stream.limits, write_patience_s=0.2)
    broken = [False]
    real = stream.recorder._put

    def put(name: str, data: bytes, durable: bool) -> None:
        if broken[0]:
            if kind == "full":
                raise OSError(28, "No space left on device")
            time.sleep(1.0)
        real(name, data, durable)

    monkeypatch.setattr(stream.recorder, "_put", put)
    studio = Studio(hall.http, hall.address, opus)
    await studio.connect()
    chunks = opus.numbered()
    await studio.send(c for c in chunks if c.dts_us < 5.3 * SECOND)
    await eventually(lambda: studio.acked > 300)
    safe = studio.acked
    broken[0] = True
    await studio.send(c for c in chunks if 5.3 * SECOND <= c.dts_us < 10.3 * SECOND)
    await eventually(lambda: hall.state() == ["live", "unrecorded"])
    await eventually(lambda: len(stream.window.public) == 10)
    assert studio.acked == safe
    assert hall.media.health(RECORD)["unrecorded"]
    assert True in studio.said("unrecorded")
    broken[0] = False
    if kind == "hung":
        await eventually(stream._stuck.done)
    await studio.send(c for c in chunks if c.dts_us >= 10.3 * SECOND)
    await eventually(lambda: hall.state() == ["live", "unrecorded", "recorded"])
    await eventually(lambda: studio.acked >= 1400)
    assert len((await hall.playlist()).items) == 19
    assert '"gap"' in (hall.root / "meeting-1" / "index.jsonl").read_text()
    await studio.leave()


async def test_nobody_without_leave_watches_and_no_path_leads_elsewhere(hall: Hall, opus: Reel):
    studio = await published(hall, opus)
    await eventually(lambda: studio.acked)
    for name in ("live.m3u8", "s0.m4s", "init0.mp4", "recording.m3u8", "recording.mp4"):
        assert (await hall.get(name, **{"X-Blind": "1"}))[0] == 403
    assert (await hall.get("health"))[0] == 403
    assert json.loads((await hall.get("health", **{"X-Person": "person:x"}))[1])["state"] == "live"
    for name in (
        "index.jsonl",
        "s0.m4s.tmp",
        "..%2f..%2fetc%2fpasswd",
        "s-1.m4s",
        "s99999999999999.m4s",
        "s999.m4s",
    ):
        assert (await hall.get(name))[0] == 404
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
    assert index.read_bytes().endswith(b"\n")
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


def test_health_names_who_publishes_and_what_flows(tmp_path: Path):
    async def look() -> dict[str, Any]:
        hall = await Hall(tmp_path).open()
        health = hall.media.health(RECORD)
        await hall.close()
        return health

    assert asyncio.run(look())["state"] == "offline"


def test_other_names_than_a_meetings_have_no_folder(tmp_path: Path):
    media: Media = app_of(tmp_path, [])[1]
    for record in ("meeting:../x", "docket:1", "meeting:", "meeting:" + "a" * 200):
        with pytest.raises(KeyError):
            media.stream(record)
