"""A held span, and a masked one behind a proxy: whatever name is asked for, in whichever track, it cannot be had."""

from __future__ import annotations

import asyncio
from pathlib import Path

import aiohttp
import pytest

from server.media import PART_US, Limits, Veil
from tests.engines import eventually
from tests.media.hall import RECORD, Hall, Playlist, published
from tests.media.nginx import NGINX, free_port, nginx
from tests.media.streams import FPS, Reel
from tests.media.taken import Taken
from tests.media.test_tracks_live import T0, landed, on_air, sent

pytestmark = pytest.mark.long

BEGIN, END = 5.3, 10.3
HELD = range(5, 11)
"""The segments that hold any of it."""
CONF = Path(__file__).parent.parent.parent / "deploy" / "nginx.conf"
LIVE = [
    f"{name}.m3u8{query}"
    for name in ("live", "thin", "sound")
    for query in ("", "?dvr=1", "?dvr=1&_HLS_skip=YES", "?_HLS_msn=4", "?_HLS_msn=4&_HLS_part=0")
]
RECORDED = ["recording.m3u8", "recording-thin.m3u8", "recording-sound.m3u8"]


def names() -> list[str]:
    """Every form a name of the held span's files could have."""
    found = [f"{letter}{n}{mask}.m4s" for letter in "sta" for n in HELD for mask in ("", "p", "s", "b")]
    found += [
        f"{letter}{first}-{count}{mask}.m4s"
        for letter in "sta"
        for first in range(max(0, HELD[0] - 8), HELD[-1] + 1)
        for count in range(2, 10)
        for mask in ("", "p", "b")
        if first + count > HELD[0]
    ]
    return found + [f"p{n}.{place}.m4s" for n in HELD for place in range(4)]


async def lists_none(hall: Hall, playlists: list[str]) -> None:
    for name in playlists:
        status, body = await hall.get(name)
        assert status == 200, name
        for item in Playlist(body.decode()).items:
            first, _, count = item["uri"][1:-4].partition("-")
            assert not set(range(int(first), int(first) + int(count or 1))) & set(HELD), (name, item)
        for n in HELD:
            assert f"p{n}." not in body.decode().partition("#EXT-X-PRELOAD-HINT")[0], name


async def gives_none(hall: Hall) -> None:
    for name in names():
        status, body = await hall.get(name)
        assert status in {404, 410}, (name, status)
        assert len(body) < 100


async def test_nothing_of_a_held_span_can_be_had_by_any_playlist_or_name(tmp_path: Path, thin: Reel):
    hall = await Hall(tmp_path, Limits(silent_s=60, block_s=0.2, part_us=PART_US)).open()
    stream = on_air(hall, thin)
    sent(stream, thin, 0, BEGIN)
    await landed(stream, 5)
    hall.media.hold(RECORD, T0 + round(BEGIN * 1000))
    sent(stream, thin, BEGIN, END)
    await eventually(lambda: len(stream.window._all) >= 10)
    await lists_none(hall, LIVE)
    await gives_none(hall)
    hall.media.release(RECORD, T0 + round(END * 1000))
    sent(stream, thin, END, 19.5)
    await landed(stream, 13)
    await lists_none(hall, LIVE)
    await gives_none(hall)
    await hall.media.end(RECORD)
    await lists_none(hall, LIVE + RECORDED)
    await gives_none(hall)
    shown = (await hall.watched("recording.m3u8")).bars
    assert shown[-1] > END * FPS
    assert not [bar for bar in shown if BEGIN * FPS <= bar < END * FPS]
    # All of it was kept: it is the public that may not have it.
    assert all((tmp_path / "meeting-1" / f"{letter}{n}.m4s").exists() for letter in "st" for n in HELD)
    await hall.close()


@pytest.mark.skipif(NGINX is None, reason="Debian's nginx is not installed")
async def test_a_masked_passage_is_gone_from_a_proxy_that_nobody_empties(tmp_path: Path, aac: Reel):
    hall = await Hall(tmp_path / "media").open()
    hall.media._verdicts._open_to_all = lambda _: True
    taken = Taken(hall)
    port = free_port()
    text = CONF.read_text().replace("COUNCIL", hall.address.split("/")[2])
    text = text.replace("LISTEN", f"127.0.0.1:{port}").replace("user www-data", "user root")
    text = text.replace("/run/", f"{tmp_path}/").replace("/var/cache/", f"{tmp_path}/")
    async with nginx(tmp_path / "nginx", text, port), aiohttp.ClientSession() as http:

        async def through(name: str) -> tuple[int, bytes]:
            async with http.get(f"http://127.0.0.1:{port}/media/meeting-1/{name}") as answer:
                return answer.status, await answer.read()

        studio = await published(hall, aac)
        await eventually(lambda: studio.acked > 0 and len(hall.media.stream(RECORD).window.public) >= 18)
        playlists = await asyncio.gather(*(through("live.m3u8?_HLS_msn=18") for _ in range(40)))
        assert {status for status, _ in playlists} == {200}
        live = await asyncio.gather(*(through("s3.m4s") for _ in range(40)))
        assert {status for status, _ in live} == {200}
        assert len({body for _, body in live}) == 1
        # The proxy kept it, and asks without taking it again.
        kept = [file for file in (tmp_path / "nginx-council").rglob("*") if file.is_file()]
        assert any(b"s3.m4s" in file.read_bytes()[:2000] for file in kept)
        await hall.media.end(RECORD)
        await studio.leave()
        taken.veils = (Veil(3, 4, sound=True, picture=True),)

        async def gone() -> bool:
            return (await through("s3.m4s"))[0] == 410

        await eventually(gone, what="the end of it at the proxy")
        for _ in range(3):
            assert await gone()
        assert (await through("s9.m4s"))[0] == 200
    await hall.close()


async def test_a_file_is_not_sent_again_to_a_proxy_that_has_it(hall: Hall, aac: Reel):
    studio = await published(hall, aac)
    await eventually(lambda: studio.acked > 0 and len(hall.media.stream(RECORD).window.public) >= 5)
    for name in ("s3.m4s", "a3.m4s", "init0.mp4"):
        async with hall.http.get(f"{hall.address}/{name}") as first:
            tag, body = first.headers["ETag"], await first.read()
        async with hall.http.get(f"{hall.address}/{name}", headers={"If-None-Match": tag}) as again:
            assert (again.status, await again.read()) == (304, b"")
            assert again.headers["ETag"] == tag
        async with hall.http.get(f"{hall.address}/{name}", headers={"If-None-Match": '"other"'}) as other:
            assert (other.status, await other.read()) == (200, body)
    await studio.leave()
