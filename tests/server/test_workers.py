"""Several processes on one port: whoever asks, at whichever of them, meets the one stream of a meeting."""

from __future__ import annotations

import asyncio
import gzip
import json
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from server.media.chunk import SECOND
from server.media.keepers import Keepers
from server.media.rtmp import Turned
from server.media.wire import AUDIO, HEADER
from tests import engines
from tests.engines import eventually
from tests.media.encoder import Encoder
from tests.media.streams import Reel, reel
from tests.server.crew import OFTEN, Crew, crew, files, kept_elsewhere, kill

pytestmark = [pytest.mark.postgres, pytest.mark.long, pytest.mark.timeout(240)]
AT_ONCE_S = 5.0
"""promises.md E9: no new segment five seconds after the word."""


@pytest.fixture(scope="module")
def pictures() -> Reel:
    return reel(24)


@pytest.fixture(scope="module")
async def place(
    tmp_path_factory: pytest.TempPathFactory, postgres: str, redis_url: str
) -> AsyncIterator[Crew]:
    """One council for all these tests, in their order: three processes take a while to start."""
    async with (
        engines.fresh_database(postgres) as database,
        crew(
            tmp_path_factory.mktemp("crew") / "data",
            database,
            redis_url,
            SUN_RTMP_PORT=str(engines.free_port()),
        ) as made,
    ):
        yield made


@pytest.fixture(autouse=True)
async def parted(place: Crew) -> AsyncIterator[None]:
    """Nobody publishes any more when a test is over."""
    yield
    await place.leave()


def of(pictures: Reel, begin: float, end: float) -> list[Any]:
    return [chunk for chunk in pictures.numbered() if begin * SECOND <= chunk.dts_us < end * SECOND]


async def live(place: Crew, pictures: Reel, seconds: float = 6) -> Any:
    """A studio that has sent so much, all of it on disk but the last second."""
    studio = await place.studio(pictures)
    await studio.connect(take=True)
    await studio.send(of(pictures, 0, seconds))
    await eventually(lambda: studio.acked >= of(pictures, 0, seconds - 2)[-1].seq, what="the disk")
    return studio


async def test_an_encoder_reaches_the_stream_through_every_process(place: Crew, pictures: Reel) -> None:
    await kept_elsewhere(place)
    keeper, address = place.keeper(), f"{place.served.url}/api/records/{place.record}/stream-key"
    five = [chunk for chunk in pictures.chunks if chunk.dts_us < 5 * SECOND]
    for turn in range(5):
        told = json.loads((await place.ask(address, place.cookies["host"]))[2])
        before = len(await place.listed())
        encoder = await Encoder.enter(f"{told['url']}/{told['key']}")
        await encoder.send(pictures, five)
        await eventually(lambda before=before: longer(place, before + 3), what="its segments")
        for _ in range(3):
            with pytest.raises(Turned):
                await Encoder.enter(f"{told['url']}/{told['key']}")
        if turn == 3:
            _, _, renewed = await place.ask(address, place.cookies["host"], "POST", json={"renew": True})
            assert json.loads(renewed)["key"] != told["key"]
            await eventually(lambda encoder=encoder: encoder.line.lost, what="its end")
            assert "key" in encoder.line.why
        await encoder.leave()
        await eventually(lambda: encoder_is(place, "waiting"), what="word that it is gone")
    assert place.keeper() == keeper


async def test_every_process_shows_the_one_stream(place: Crew, pictures: Reel) -> None:
    await live(place, pictures)
    answers = await place.all_get("live.m3u8")
    assert {status for status, *_ in answers} == {200}
    assert len({body for *_, body in answers}) == 1
    names = files(answers[0][2])
    init = answers[0][2].decode().partition('MAP:URI="')[2].partition('"')[0]
    for name in (names[0], names[-1], init):
        found = await place.all_get(name)
        assert {
            (status, headers["Cache-Control"], headers["Content-Type"]) for status, headers, _ in found
        } == {(200, found[0][1]["Cache-Control"], "video/mp4")}
        assert "immutable" in found[0][1]["Cache-Control"]
        assert len({body for *_, body in found}) == 1
    assert {status for status, *_ in await place.all_get("s999.m4s")} == {404}
    assert {status for status, *_ in await place.all_get("live.m3u8?_HLS_msn=999")} == {400}


async def test_a_waiting_reload_is_answered_by_every_process_when_the_segment_is_there(
    place: Crew, pictures: Reel
) -> None:
    studio = await live(place, pictures, 6)
    msn = len(await place.listed())
    waiting = [asyncio.create_task(place.get(f"live.m3u8?_HLS_msn={msn}")) for _ in range(OFTEN)]
    await studio.send(of(pictures, 6, 8))
    answers = await asyncio.wait_for(asyncio.gather(*waiting), 10)
    assert {status for status, *_ in answers} == {200}
    assert {len(files(body)) > msn for *_, body in answers} == {True}
    assert {headers["Cache-Control"].partition(", ")[2] for _, headers, _ in answers} <= {"max-age=6", ""}


async def test_a_studio_whose_line_breaks_comes_back_anywhere_and_nothing_is_lost(
    place: Crew, pictures: Reel
) -> None:
    await kept_elsewhere(place)
    studio = await place.studio(pictures)
    await studio.connect(take=True)
    keeper, before = place.keeper(), await broken(place)
    for cut in range(6):
        await studio.send(of(pictures, cut * 2, cut * 2 + 2))
        studio.cut()
        await studio.leave()
        await studio.connect()
    await studio.send(of(pictures, 12, 16))
    await eventually(lambda: studio.acked >= of(pictures, 0, 14)[-1].seq, what="the disk")
    assert place.keeper() == keeper
    assert await broken(place) <= before + 1


async def test_one_publisher_holds_the_stream_whichever_process_another_comes_to(
    place: Crew, pictures: Reel
) -> None:
    first = await live(place, pictures)
    for _ in range(6):
        other = await place.studio(pictures, place.cookies["technician"])
        await other.connect()
        assert other.heard[0]["refused"] == "taken"
        assert other.socket.close_code is None or other.socket.close_code == 4009
    standby = await place.studio(pictures, place.cookies["technician"])
    await standby.stand_by()
    await eventually(lambda: first.said("standby"), what="word of the standby")
    await standby.take()
    await eventually(lambda: True in first.said("taken"), what="the hand-over")
    await eventually(lambda: first.socket.close_code == 4001, what="the code")
    status, _, told = await place.get("health", place.cookies["host"])
    assert (status, json.loads(told)["state"]) == (200, "live")


async def test_a_hold_given_at_any_process_stops_the_listing_at_once(place: Crew, pictures: Reel) -> None:
    studio = await live(place, pictures, 4)
    sending = asyncio.create_task(studio.send(of(pictures, 4, 24), pace=1))
    for _ in range(3):
        begin = time.monotonic()
        assert (await place.give("moderator", "stream.hold"))["ok"]
        await eventually(lambda: state(place, "held"), AT_ONCE_S, what="the hold at the keeper")
        last = await newest(place)
        # What was being written when the hold came happened before it, and is listed still.
        await eventually(lambda last=last: newer(place, last), what="the next segment")
        held = await place.listed()
        assert time.monotonic() - begin < AT_ONCE_S
        while await newest(place) < last + 3:
            assert await place.listed() == held
        assert {status for status, *_ in await place.all_get(f"s{last + 2}.m4s")} == {404}
        assert (await place.give("moderator", "stream.resume"))["ok"]
        await eventually(lambda: state(place, "live"), AT_ONCE_S, what="the end of the hold")
    sending.cancel()


async def test_a_guest_and_the_studio_meet_whichever_processes_they_come_to(place: Crew) -> None:
    person = await seated(place)
    packet = HEADER.pack(AUDIO, 0, 0, 1, 0, 20_000) + bytes(80)
    for _ in range(6):
        with place.fresh(place.cookies["lawyer"]) as mine, place.fresh(place.cookies["host"]) as hosts:
            async with mine, hosts:
                guest = await mine.ws_connect(f"{place.address}/stage/{person}?side=guest")
                studio = await hosts.ws_connect(f"{place.address}/stage/{person}?side=studio")
                assert await peer(studio)
                await guest.send_bytes(packet)
                assert await studio.receive_bytes(timeout=5) == packet
                await guest.close()
                await studio.close()


async def test_signals_find_guest_and_studio_between_processes(place: Crew) -> None:
    person = await seated(place)
    for _ in range(4):
        studio, guest = await place.line("host"), await place.line("lawyer")
        body = {"record": place.record, "data": {"kind": "studio"}}
        assert (await studio.call("signal", body))["ok"]
        here = {"kind": "here", "call": "c1", "picture": True}
        assert (await guest.call("signal", {"record": place.record, "data": here}))["ok"]
        await eventually(lambda studio=studio: signalled(studio, "here", person), what="the guest's word")
        offer = {"kind": "sdp", "call": "c1", "type": "offer", "sdp": "v=0"}
        body = {"record": place.record, "to": person, "data": offer}
        assert (await studio.call("signal", body))["ok"]
        await eventually(lambda guest=guest: signalled(guest, "sdp", "studio"), what="the offer")
        studio.close()
        guest.close()


async def test_the_studio_is_told_of_a_hall_screen_at_another_process(place: Crew) -> None:
    screen = await place.line("screen", page="screen")
    path = f"{place.served.url}/api/records/{place.record}/backstage"

    async def seen(count: int) -> bool:
        told = [await place.ask(path, place.cookies["host"]) for _ in range(OFTEN)]
        return all(json.loads(body)["pages"].get("screen", 0) == count for *_, body in told)

    await eventually(lambda: seen(1), what="the screen")
    screen.close()
    await eventually(lambda: seen(0), what="its end")


async def test_the_staff_of_every_process_hear_how_the_stream_is(place: Crew, pictures: Reel) -> None:
    lines = [await place.line("moderator") for _ in range(5)]
    studio = await live(place, pictures)
    sending = asyncio.create_task(studio.send(of(pictures, 6, 24), pace=1))
    for line in lines:
        await eventually(
            lambda line=line: any(
                name == "air" and body.get("stream", {}).get("state") == "live" for name, body in line.heard
            ),
            what="the stream's health",
        )
        line.close()
    sending.cancel()


async def test_what_a_stranger_says_of_having_been_let_in_counts_nothing(place: Crew, pictures: Reel) -> None:
    await live(place, pictures)
    assert (await place.give("secretary", "meeting.set", watch="code"))["ok"]

    async def shut() -> bool:
        return {status for status, *_ in await place.all_get("live.m3u8")} == {403}

    await eventually(shut, 15, what="the end of the verdicts")
    forged = {"X-Sun-Seen": "1", "X-Sun-Remote": "127.0.0.1"}
    assert {status for status, *_ in await place.all_get("live.m3u8", headers=forged)} == {403}
    assert {status for status, *_ in await place.all_get("live.m3u8", place.cookies["host"])} == {200}
    assert (await place.give("secretary", "meeting.set", watch="public"))["ok"]

    async def open_again() -> bool:
        return {status for status, *_ in await place.all_get("live.m3u8")} == {200}

    await eventually(open_again, 15, what="the end of the verdicts")
    nobody = f"{place.served.url}/media/meeting-nobody/live.m3u8"
    assert (await place.ask(nobody))[0] in {403, 404}
    assert not (place.served.data / "keepers" / "meeting-nobody").exists()


async def test_a_killed_process_leaves_its_stream_to_another_and_the_recording_whole(
    place: Crew, pictures: Reel
) -> None:
    studio = await live(place, pictures, 8)
    before, keeper = await place.listed(), place.keeper()
    safe = studio.acked
    assert keeper in place.workers()
    kill(keeper)
    await studio.leave()

    async def back() -> bool:
        try:
            await studio.connect()
        except (aiohttp.ClientError, OSError):
            return False
        return "have" in studio.heard[-1]

    await eventually(back, what="another process")
    assert studio.have >= safe
    await studio.send(of(pictures, 8, 16))
    await eventually(lambda: studio.acked >= of(pictures, 0, 14)[-1].seq, what="the disk")
    assert place.keeper() not in {None, keeper}
    assert (await place.listed())[: len(before)] == before
    lines = [
        json.loads(line)
        for line in (place.served.data / "media" / place.name / "index.jsonl").read_text().splitlines()
    ]
    segments = [line for line in lines if line["line"] == "segment"]
    assert [one["n"] for one in segments] == list(range(len(segments)))
    ends = [one["start_us"] + one["dur_us"] for one in segments]
    assert [one["start_us"] for one in segments[1:]] == ends[:-1]
    assert {status for status, *_ in await place.all_get("live.m3u8")} == {200}


async def test_an_ended_stream_is_a_recording_at_every_process(place: Crew, pictures: Reel) -> None:
    await live(place, pictures)
    assert (await place.give("host", "stream.end"))["ok"]
    await eventually(lambda: state(place, "ended"), what="the end at the keeper")

    async def ended() -> bool:
        return all(b"ENDLIST" in body for *_, body in await place.all_get("recording.m3u8"))

    await eventually(ended, what="the recording")
    _, told, packed = await place.get("recording.m3u8", headers={"Accept-Encoding": "gzip"})
    names = files((await place.get("recording.m3u8"))[2])
    assert told["Content-Encoding"] == "gzip"
    assert files(gzip.decompress(packed)) == names
    assert {status for status, *_ in await place.all_get(names[0])} == {200}
    part = await place.all_get("recording.mp4", place.cookies["host"], headers={"Range": "bytes=0-99"})
    assert {(status, len(body)) for status, _, body in part} == {(206, 100)}


def test_what_one_process_keeps_no_other_takes_until_it_is_gone(tmp_path: Path) -> None:
    ours = Keepers(tmp_path)
    line = (
        "import sys, time, pathlib; from server.media.keepers import Keepers;"
        "k = Keepers(pathlib.Path(sys.argv[1])); print(k.take('meeting:1'), flush=True); time.sleep(60)"
    )
    other = subprocess.Popen([sys.executable, "-c", line, str(tmp_path)], stdout=subprocess.PIPE)
    assert other.stdout is not None
    assert other.stdout.readline() == b"True\n"
    assert not ours.take("meeting:1")
    assert ours.take("meeting:2")
    other.kill()
    other.wait()
    assert ours.take("meeting:1")
    assert ours.where("meeting:1") == ours.inside
    other.stdout.close()
    ours.close()
    assert not ours.keeps("meeting:1")


# what these need


async def state(place: Crew, wanted: str) -> bool:
    """Whether the keeper says so of its stream."""
    return bool(json.loads((await place.get("health", place.cookies["host"]))[2])["state"] == wanted)


async def broken(place: Crew) -> int:
    """How many discontinuities the stream has had."""
    return (await place.get("live.m3u8?dvr=1"))[2].count(b"DISCONTINUITY\n")


async def longer(place: Crew, least: int) -> bool:
    return len(await place.listed()) >= least


async def encoder_is(place: Crew, wanted: str) -> bool:
    told = json.loads((await place.get("health", place.cookies["host"]))[2])
    return bool(told["encoder"]["state"] == wanted)


async def newest(place: Crew) -> int:
    """The number of the last segment on disk, public or not."""
    index = place.served.data / "media" / place.name / "index.jsonl"
    lines = (json.loads(line) for line in index.read_text().splitlines())
    return max(line["n"] for line in lines if line["line"] == "segment")


async def newer(place: Crew, last: int) -> bool:
    return await newest(place) > last


async def seated(place: Crew) -> str:
    """The lawyer, on the stage."""
    _, _, body = await place.ask(f"{place.served.url}/api/me?record={place.record}", place.cookies["lawyer"])
    person = str(json.loads(body)["person"])
    assert (await place.give("lawyer", "stage.wait"))["ok"]
    return person


async def peer(socket: Any) -> bool:
    """Wait until the other end is there."""
    while True:
        said = json.loads(await socket.receive_str(timeout=5))
        if said.get("peer"):
            return True


def signalled(line: Any, kind: str, by: str) -> bool:
    return any(
        name == "signal" and body.get("from") == by and body["data"].get("kind") == kind
        for name, body in line.heard
    )
