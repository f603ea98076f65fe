"""The whole media part over real sockets: published by a studio, watched by players, refused, held."""

from __future__ import annotations

import asyncio
import contextlib
import json
import random
import time
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from server.media import Limits, wire
from server.media.chunk import SECOND, Chunk
from tests.engines import eventually
from tests.media.hall import RECORD, Hall, published
from tests.media.publisher import Studio
from tests.media.streams import Reel

pytestmark = pytest.mark.long


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


async def test_what_comes_as_one_message_is_recorded_as_what_comes_one_by_one(hall: Hall, opus: Reel):
    studio = Studio(hall.http, hall.address, opus)
    await studio.connect()
    await studio.send(opus.numbered(), bundled_us=330_000)
    await eventually(lambda: studio.acked >= 1400)
    together = await hall.watched("live.m3u8?dvr=1")
    await studio.leave()
    other = Studio(hall.http, hall.address.replace("meeting-1", "meeting-2"), opus)
    await other.connect()
    await other.send(opus.numbered())
    await eventually(lambda: other.acked >= 1400)
    assert together.bars == list(range(475))
    for name in ("s0.m4s", "s18.m4s", "a18.m4s"):
        assert (await hall.get(name))[1] == (await hall.get(f"../meeting-2/{name}"))[1]
    await other.leave()


async def test_a_flood_in_one_message_is_a_flood(tmp_path: Path, opus: Reel):
    hall = await Hall(tmp_path, Limits(chunks_per_second=10, burst_seconds=5)).open()
    studio = Studio(hall.http, hall.address, opus)
    await studio.connect()
    await studio.socket.send_bytes(wire.bundle([wire.write(chunk) for chunk in opus.numbered()[:200]]))
    await eventually(lambda: studio.socket.closed)
    assert studio.socket.close_code == 1013
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
    await eventually(lambda: hall.media.stream(RECORD)._received == len(opus.chunks))
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
        bytes([wire.BUNDLE, 0, 0]),
        bytes([wire.BUNDLE]) + (1 << 30).to_bytes(4, "big") + wire.HEADER.pack(4, 0, 0, 1, 0, 0),
        wire.bundle([b""]),
        wire.bundle([wire.bundle([wire.HEADER.pack(4, 0, 0, 1, 0, 0)])]),
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


async def test_nobody_without_leave_watches_and_no_path_leads_elsewhere(hall: Hall, opus: Reel):
    studio = await published(hall, opus)
    await eventually(lambda: studio.acked)
    for name in ("live.m3u8", "s0.m4s", "init0.mp4", "recording.m3u8", "recording.mp4"):
        assert (await hall.get(name, **{"X-Blind": "1"}))[0] == 403
    assert (await hall.get("health"))[0] == 403
    await eventually(lambda: hall.state() == ["live"])
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


def test_health_names_who_publishes_and_what_flows(tmp_path: Path):
    async def look() -> dict[str, Any]:
        hall = await Hall(tmp_path).open()
        health = hall.media.health(RECORD)
        await hall.close()
        return health

    assert asyncio.run(look())["state"] == "offline"


async def test_a_word_that_cannot_be_taken_yet_is_told_again(hall: Hall, opus: Reel):
    hall.deaf.add("live")
    studio = await published(hall, opus)
    await eventually(lambda: hall.state().count("live") >= 2)
    hall.deaf.clear()
    await studio.leave()
    await eventually(lambda: hall.state()[-1] == "interrupted")
    assert set(hall.state()[:-1]) == {"live"}


def test_a_bundle_of_a_quarter_of_a_million_nothings_is_refused_at_the_first():
    nothings = wire.bundle([b""]) + bytes(wire.HEADER.size) * 50_000
    with pytest.raises(wire.Unreadable):
        wire.apart(nothings)
