"""The playlists of all tracks as players get them: same spans, same numbers, same hold; what a proxy may keep."""

from __future__ import annotations

import asyncio
import json
import shutil
import subprocess
import tempfile
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from server.media import Limits
from server.media.chunk import SECOND
from server.media.fragment import sound_alone
from server.media.landing import Landing
from server.media.packager import Packager
from server.media.stream import Stream
from server.media.tracks import TRACKS, Track
from tests.engines import eventually
from tests.media.demux import opened
from tests.media.hall import RECORD, Hall, Playlist
from tests.media.streams import Reel

pytestmark = pytest.mark.long

T0 = 1_778_931_000_000
NAMES: dict[Track, str] = {"picture": "live.m3u8", "thin": "thin.m3u8", "sound": "sound.m3u8"}


def on_air(hall: Hall, reel: Reel, video: bool = True) -> Stream:
    """Somebody publishes from inside; what they send is given with the time at which it happened."""
    hall.media.publisher(RECORD, "host").configure(reel.video if video else None, reel.audio)
    return hall.media.stream(RECORD)


def sent(stream: Stream, reel: Reel, begin: float, end: float, sound_only: bool = False) -> None:
    for chunk in reel.numbered():
        if begin * SECOND <= chunk.dts_us < end * SECOND and (chunk.kind == "audio" or not sound_only):
            stream.push(chunk, T0 + chunk.dts_us // 1000)


async def landed(stream: Stream, msn: int) -> None:
    await eventually(lambda: stream.window.next_msn >= msn, what=f"{msn} segments")


async def followed(hall: Hall, name: str) -> Any:
    """Every run of a playlist as one file: packets of each kind, times rising."""
    runs: list[bytes] = []
    for item in (await hall.playlist(name)).items:
        if not runs or item["cut"]:
            runs.append((await hall.get(item["init"]))[1])
        status, data = await hall.get(item["uri"])
        assert status == 200
        runs[-1] += data
    kinds: list[dict[str, int]] = []
    for run in runs:
        counted: dict[str, int] = {}
        last: dict[str, int] = {}
        with opened(run) as source:
            for packet in source.demux():
                if packet.size:
                    kind = packet.stream.type
                    counted[kind] = counted.get(kind, 0) + 1
                    assert packet.dts > last.get(kind, -1)
                    last[kind] = packet.dts
        kinds.append(counted)
    return kinds


async def test_three_playlists_list_the_same_spans(hall: Hall, thin: Reel):
    stream = on_air(hall, thin)
    sent(stream, thin, 0, 20)
    await landed(stream, 19)
    lists = {track: await hall.playlist(f"{name}?dvr=1") for track, name in NAMES.items()}
    for track, letter in (("picture", "s"), ("thin", "t"), ("sound", "a")):
        listed = lists[track]
        assert [item["uri"] for item in listed.items] == [f"{letter}{n}.m4s" for n in range(19)]
        assert [item["length"] for item in listed.items] == [i["length"] for i in lists["picture"].items]
        assert listed.items[0]["date"] == lists["picture"].items[0]["date"]
    assert await followed(hall, "live.m3u8") == [{"video": 475, "audio": 891}]
    assert (await followed(hall, "thin.m3u8"))[0]["video"] == 247
    assert await followed(hall, "sound.m3u8") == [{"audio": 891}]
    await hall.media.end(RECORD)
    for name in ("recording.m3u8", "recording-thin.m3u8", "recording-sound.m3u8", "thin.m3u8"):
        assert (await hall.playlist(name)).ended
    assert len(await followed(hall, "recording-sound.m3u8")) == 1


async def test_without_a_thin_picture_its_playlist_says_absent(hall: Hall, aac: Reel):
    assert (await hall.get("thin.m3u8"))[0] == 404
    stream = on_air(hall, aac)
    sent(stream, aac, 0, 4)
    await landed(stream, 3)
    status, body = await hall.get("thin.m3u8")
    assert (status, json.loads(body)) == (404, {"state": "absent"})
    assert (await hall.get("sound.m3u8"))[0] == 200
    for name in ("t0.m4s", "tinit0.mp4", "recording-thin.m3u8", "x0.m4s", "xinit0.mp4"):
        assert (await hall.get(name))[0] == 404


async def test_where_the_thin_picture_is_missing_its_players_get_the_programme(hall: Hall, thin: Reel):
    stream = on_air(hall, thin)
    gone = replace(
        thin, chunks=[c for c in thin.chunks if not (c.track and 4 * SECOND < c.dts_us < 9 * SECOND)]
    )
    sent(stream, gone, 0, 20)
    await landed(stream, 19)
    listed = await hall.playlist("thin.m3u8?dvr=1")
    letters = "".join(item["uri"][0] for item in listed.items)
    assert letters == "ttttt" + "ssss" + "tttttttttt"
    assert [n for n, item in enumerate(listed.items) if item["cut"]] == [5, 9]
    assert not any(item["cut"] for item in (await hall.playlist("live.m3u8?dvr=1")).items)
    assert [sorted(kinds) for kinds in await followed(hall, "thin.m3u8")] == [["audio", "video"]] * 3


async def test_what_is_held_is_in_none_of_the_tracks(hall: Hall, thin: Reel):
    stream = on_air(hall, thin)
    sent(stream, thin, 0, 5.3)
    await landed(stream, 5)
    hall.media.hold(RECORD, T0 + 5_300)
    sent(stream, thin, 5.3, 10.3)
    await eventually(lambda: len(stream.window._all) >= 10)
    hall.media.release(RECORD, T0 + 10_300)
    sent(stream, thin, 10.3, 19.5)
    await landed(stream, 13)
    for track, letter in (("picture", "s"), ("thin", "t"), ("sound", "a")):
        numbers = [int(i["uri"][1:-4]) for i in (await hall.playlist(NAMES[track])).items]
        assert numbers == [*range(5), *range(11, 19)]
        assert (await hall.get(f"{letter}7.m4s"))[0] == 404
        assert stream.recorder.read(stream.window._all[7], track)  # type: ignore[arg-type]


async def test_the_sound_alone_is_the_same_from_memory_from_disk_and_from_a_recording_that_kept_it(
    hall: Hall, thin: Reel
):
    stream = on_air(hall, thin)
    sent(stream, thin, 0, 19.5)
    await landed(stream, 18)
    names = [f"a{n}.m4s" for n in (0, 7, 17)]
    live = [await hall.get(name) for name in names]
    assert {status for status, _ in live} == {200}
    folder = hall.root / "meeting-1"
    assert not list(folder.glob("a?*.m4s"))
    again = await Hall(hall.root).open()
    assert [await again.get(name) for name in names] == live
    (folder / "a7.m4s").write_bytes(b"as it was kept")
    assert (await again.get("a7.m4s"))[1] == b"as it was kept"
    await again.close()


async def test_readers_of_all_three_wait_for_the_same_segment(hall: Hall, thin: Reel):
    stream = on_air(hall, thin)
    sent(stream, thin, 0, 2.5)
    await landed(stream, 2)
    waiting = [asyncio.create_task(hall.playlist(f"{name}?_HLS_msn=2")) for name in NAMES.values()]
    await eventually(lambda: stream.window.readers == 3)
    sent(stream, thin, 2.5, 3.3)
    answers = await asyncio.wait_for(asyncio.gather(*waiting), 5)
    assert [len(answer.items) for answer in answers] == [3, 3, 3]


async def test_three_hundred_players_on_three_dead_playlists_are_answered_from_one_text_each(
    tmp_path: Path, thin: Reel
):
    """And one more than may wait is told to come again, at once."""
    hall = await Hall(tmp_path, Limits(block_s=4.0, waiting_readers=300, silent_s=60)).open()
    stream = on_air(hall, thin)
    sent(stream, thin, 0, 5)
    await landed(stream, 4)
    await hall.http.close()
    hall.http = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0))
    names = [f"{name}?_HLS_msn=4" for name in NAMES.values()]
    asking = [asyncio.create_task(hall.get(names[n % 3])) for n in range(300)]
    await eventually(lambda: stream.window.readers == 300, what="300 readers")
    assert (await hall.get(names[0]))[0] == 503
    assert len(stream.window._waiting) == 1
    answers = await asyncio.gather(*asking)
    assert {status for status, _ in answers} == {200}
    assert len({body for _, body in answers}) == 3
    assert stream.window.readers == 0
    await hall.close()


async def test_a_delta_and_what_was_there_before_are_the_whole(hall: Hall, thin: Reel):
    stream = on_air(hall, thin)
    sent(stream, thin, 0, 20)
    await landed(stream, 19)
    whole = (await hall.get("live.m3u8?dvr=1"))[1].decode()
    short = (await hall.get("live.m3u8?dvr=1&_HLS_skip=YES"))[1].decode()
    assert "CAN-SKIP-UNTIL=12.0" in whole
    assert "#EXT-X-SKIP:SKIPPED-SEGMENTS=7\n" in short
    assert [i["uri"] for i in Playlist(whole).items[7:]] == [i["uri"] for i in Playlist(short).items]
    assert "CAN-SKIP" not in (await hall.get("live.m3u8"))[1].decode()


@pytest.mark.parametrize("open_", [True, False])
async def test_a_proxy_may_keep_only_what_anybody_may_see(hall: Hall, thin: Reel, open_: bool):
    hall.media._verdicts._open_to_all = lambda record: open_
    stream = on_air(hall, thin)
    sent(stream, thin, 0, 4)
    await landed(stream, 3)
    said: dict[str, str] = {}
    for name in (
        "live.m3u8",
        "live.m3u8?_HLS_msn=2",
        "s1.m4s",
        "t1.m4s",
        "a1.m4s",
        "init0.mp4",
        "ainit0.mp4",
    ):
        async with hall.http.get(f"{hall.address}/{name}") as answer:
            assert answer.status == 200
            assert "Set-Cookie" not in answer.headers
            said[name] = answer.headers["Cache-Control"]
    scope = "public" if open_ else "private"
    assert said.pop("live.m3u8") == "no-cache"
    assert said.pop("live.m3u8?_HLS_msn=2") == f"{scope}, max-age=6"
    kept = f"{scope}, max-age=31536000, immutable" + (", s-maxage=1" if open_ else "")
    assert set(said.values()) == {kept}


async def test_memory_of_a_stream_is_bounded_and_what_left_it_comes_from_disk(tmp_path: Path, thin: Reel):
    hall = await Hall(tmp_path, Limits(window_bytes=200_000)).open()
    stream = on_air(hall, thin)
    sent(stream, thin, 0, 20)
    await landed(stream, 19)
    held = [stream.window._memory[n] for n in stream.window._memory]
    assert 0 < sum(len(data) for files in held for data in files.values()) <= 200_000
    assert stream.window.blob(0, "thin") is None
    assert len(await followed(hall, "thin.m3u8")) == 1
    await hall.close()


@pytest.mark.skipif(
    shutil.which("ffprobe") is None, reason="ffprobe of Debian's ffmpeg package is not installed"
)
async def test_ffprobe_accepts_every_playlist(hall: Hall, thin: Reel):
    stream = on_air(hall, thin, video=False)
    sent(stream, thin, 0, 5, sound_only=True)
    stream.session and stream.session.configure(thin.video, thin.audio)  # type: ignore[union-attr]
    sent(stream, thin, 5, 20)
    await landed(stream, 18)
    await hall.media.end(RECORD)
    for name, streams in (("live", 2), ("thin", 2), ("sound", 1)):
        words = ["ffprobe", "-v", "error", "-show_entries", "stream=codec_name", "-of", "json"]
        probe = await asyncio.create_subprocess_exec(
            *words, f"{hall.address}/{name}.m3u8", stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        out, complaints = await probe.communicate()
        assert probe.returncode == 0
        assert complaints == b"", name
        assert len(json.loads(out)["streams"]) == streams


async def test_who_may_watch_is_asked_once_in_a_while_and_for_each_browser(tmp_path: Path, thin: Reel):
    hall = await Hall(tmp_path, Limits(verdict_s=60, silent_s=60)).open()
    stream = on_air(hall, thin)
    sent(stream, thin, 0, 4)
    await landed(stream, 3)
    asked: list[str] = []

    def allow(request: Any, record: str) -> bool:
        asked.append(request.headers.get("Cookie", ""))
        return asked[-1] != "sun=out"

    hall.media._verdicts._allow_watch = allow
    for cookie, status in (("sun=in", 200), ("sun=out", 403)) * 3:
        assert (await hall.get("live.m3u8", Cookie=cookie))[0] == status
        assert (await hall.get("s1.m4s", Cookie=cookie))[0] == status
    assert asked == ["sun=in", "sun=out"]
    await hall.media.end(RECORD)
    await hall.get("live.m3u8", Cookie="sun=in")
    assert len(asked) == 3
    await hall.close()


# any sequence of sessions, cuts and jumps

ACTS = st.lists(
    st.sampled_from(
        [
            "play",
            "play",
            "play",
            "no picture",
            "no thin",
            "picture",
            "jump",
            "hold",
            "release",
            "cut",
            "restart",
        ]
    ),
    min_size=1,
    max_size=12,
)


@dataclass
class Council:
    """A packager and a landing on a real folder, with a publisher who does all sorts of things."""

    reel: Reel
    folder: Path
    pool: ThreadPoolExecutor
    limits: Limits = field(default_factory=lambda: Limits(listed_s=6, window_s=4))
    at_us: int = 0
    base_us: int = 10 * SECOND
    picture: bool = True
    thin: bool = True
    jobs: list[asyncio.Task[None]] = field(default_factory=list)

    async def begin(self) -> None:
        self.landing = Landing(self.folder, self.limits, self.pool, lambda entry, recorded: None)
        self.jobs.append(asyncio.create_task(self.landing.run()))
        self.session()

    def session(self) -> None:
        self.landing.open(1, T0)
        self.packager = Packager(start_us=self.landing.end_us, limits=self.limits)
        self.configure()

    def configure(self) -> None:
        video = self.reel.video if self.picture else None
        self.landing.put(self.packager.configure(video, self.reel.audio), "e")

    def wall(self) -> int:
        return T0 + self.at_us // 1000

    async def act(self, act: str) -> None:
        if act == "play":
            self.play(2 * SECOND + SECOND // 3)
        elif act in ("picture", "no picture"):
            self.picture = act == "picture"
            self.configure()
        elif act == "no thin":
            self.thin = not self.thin
        elif act == "jump":
            self.base_us += 3600 * SECOND if self.base_us < 3600 * SECOND else -3600 * SECOND
        elif act == "hold":
            self.landing.hold(self.wall())
        elif act == "release":
            self.landing.release(self.wall())
        else:
            self.landing.put(self.packager.finish(), "e")
            await self.landing.settle()
            if act == "restart":
                self.jobs.pop().cancel()
                await self.begin()
            else:
                self.session()
        await self.landing.settle()

    def play(self, length: int) -> None:
        whole = len(self.reel.chunks) and 20 * SECOND
        for place in range(2):
            for chunk in self.reel.chunks:
                at = chunk.dts_us + place * whole
                begin = self.at_us % whole
                if not begin <= at < begin + length:
                    continue
                if chunk.kind == "video" and not (self.picture and (self.thin or not chunk.track)):
                    continue
                moved = self.base_us + self.at_us - begin + at
                later = replace(chunk, pts_us=moved, dts_us=moved)
                self.landing.put(self.packager.feed(later, T0 + (self.at_us - begin + at) // 1000), "e")
        self.at_us += length


@asynccontextmanager
async def council(reel: Reel) -> AsyncIterator[Council]:
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(1) as pool:
        opened_council = Council(reel, Path(folder), pool)
        await opened_council.begin()
        yield opened_council
        await opened_council.landing.end(0)
        for job in opened_council.jobs:
            job.cancel()


def on_disk(folder: Path, name: str) -> bytes:
    if name.startswith("a"):
        return sound_alone((folder / f"s{name[1:]}").read_bytes(), 0)
    return (folder / name).read_bytes()


def followed_on_disk(folder: Path, text: bytes) -> None:
    """What a player of this playlist would meet: every file there, each run whole, each header told."""
    runs: list[tuple[str, bytes]] = []
    for item in Playlist(text.decode()).items:
        if not runs or item["cut"]:
            runs.append((item["init"], (folder / item["init"]).read_bytes()))
        assert item["init"] == runs[-1][0], "a header changed without a discontinuity"
        runs[-1] = (item["init"], runs[-1][1] + on_disk(folder, item["uri"]))
    for _, run in runs:
        last: dict[int, int] = {}
        with opened(run) as source:
            for packet in source.demux():
                if packet.size:
                    assert packet.dts > last.get(packet.stream.index, -1)
                    last[packet.stream.index] = packet.dts


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=ACTS)
@example(acts=["play", "no thin", "play", "play", "no thin", "play", "play", "restart", "play"])
@example(acts=["no picture", "play", "picture", "play", "jump", "play", "no picture", "play", "hold", "play"])
def test_every_playlist_is_whole_whatever_the_publisher_does(thin: Reel, acts: list[str]):
    async def through() -> None:
        async with council(thin) as one:
            seen: dict[tuple[Track, str], tuple[int, int]] = {}
            for act in acts:
                await one.act(act)
                for track in TRACKS:
                    listed = Playlist(one.landing.window.text(track).decode())
                    apart = listed.discontinuities
                    for place, item in enumerate(listed.items):
                        apart += item["cut"]
                        numbers = (listed.sequence + place, apart)
                        assert seen.setdefault((track, item["uri"]), numbers) == numbers
            await one.act("cut")
            window = one.landing.window
            spans = {track: Playlist(window.whole(track).decode()) for track in TRACKS}
            lengths = [item["length"] for item in spans["picture"].items]
            for track, listed in spans.items():
                assert [item["length"] for item in listed.items] == lengths
                followed_on_disk(one.folder, window.whole(track))
                followed_on_disk(one.folder, window.vod(track))
            letters = {item["uri"][0] for item in spans["sound"].items}
            assert letters <= {"a"}

    asyncio.run(through())
