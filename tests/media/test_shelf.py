"""Live segments under another address: signed into a store, listed there once they are there, taken away at the end."""

from __future__ import annotations

import asyncio
import hashlib
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from server.media import Elsewhere, Limits, Media, S3Shelf, mount
from server.media.chunk import SECOND
from server.media.shelf import signature
from tests.engines import eventually
from tests.media.streams import Reel, reel

RECORD = "meeting:1"
T0 = 1_778_931_000_000
# https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html, both worked examples.
AWS = {
    "key": "AKIAIOSFODNN7EXAMPLE",
    "secret": "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
    "region": "us-east-1",
}
AT = datetime(2013, 5, 24, tzinfo=UTC)


def test_the_signature_is_the_one_of_the_published_examples():
    got = signature(
        "GET",
        "https://examplebucket.s3.amazonaws.com/test.txt",
        b"",
        **AWS,
        at=AT,
        more={"Range": "bytes=0-9"},
    )
    assert got["Authorization"].endswith("f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41")
    put = signature(
        "PUT",
        "https://examplebucket.s3.amazonaws.com/test%24file.text",
        b"Welcome to Amazon S3.",
        **AWS,
        at=AT,
        more={"Date": "Fri, 24 May 2013 00:00:00 GMT", "x-amz-storage-class": "REDUCED_REDUNDANCY"},
    )
    assert put["Authorization"].endswith("98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd")


class Bucket:
    """A store on a port of its own: keeps what is put with a digest that fits, fails when it is told to."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.slow, self.broken = asyncio.Event(), False
        self.slow.set()
        app = web.Application(client_max_size=16 * 1024 * 1024)
        app.router.add_put("/council/{name:.+}", self.put)
        app.router.add_delete("/council/{name:.+}", self.delete)
        self._runner = web.AppRunner(app)

    async def put(self, request: web.Request) -> web.Response:
        await self.slow.wait()
        data = await request.read()
        fits = request.headers["x-amz-content-sha256"] == hashlib.sha256(data).hexdigest()
        if self.broken or not fits or not request.headers["Authorization"].startswith("AWS4-HMAC-SHA256 "):
            raise web.HTTPForbidden
        self.files[request.match_info["name"]] = data
        return web.Response()

    async def delete(self, request: web.Request) -> web.Response:
        self.files.pop(request.match_info["name"], None)
        return web.Response(status=204)

    async def open(self) -> str:
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        return f"http://127.0.0.1:{self._runner.addresses[0][1]}/council"

    async def close(self) -> None:
        self.slow.set()
        await self._runner.cleanup()


@asynccontextmanager
async def media_at(
    root: Path, elsewhere: Elsewhere, *, public: bool = True
) -> AsyncIterator[tuple[Media, Any]]:
    """A media server with another address for its segments, and a way to ask it for a file."""

    async def on_state(_record: str, _word: str) -> bool:
        return True

    app = web.Application()
    media = mount(
        app,
        root=root,
        allow_publish=lambda *_: None,
        allow_watch=lambda *_: True,
        on_state=on_state,
        limits=Limits(silent_s=60),
        open_to_all=lambda _: public,
        elsewhere=elsewhere,
    )
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    base = f"http://127.0.0.1:{runner.addresses[0][1]}/media/meeting-1"
    async with aiohttp.ClientSession() as client:

        async def get(name: str) -> tuple[bytes, Any]:
            async with client.get(f"{base}/{name}") as answer:
                assert answer.status == 200, (name, answer.status)
                return await answer.read(), answer.headers

        yield media, get
    await runner.cleanup()


@pytest.fixture
async def bucket() -> AsyncIterator[tuple[Bucket, str]]:
    made = Bucket()
    yield made, await made.open()
    await made.close()


@pytest.fixture(scope="module")
def pictures() -> Reel:
    return reel(6)


def published(media: Media, reel: Reel) -> Any:
    media.publisher(RECORD, "host").configure(reel.video, reel.audio)
    stream = media.stream(RECORD)
    for chunk in reel.numbered():
        if chunk.dts_us < 5 * SECOND:
            stream.push(chunk, T0 + chunk.dts_us // 1000)
    return stream


def names(text: bytes) -> list[str]:
    return re.findall(r'^(?!#)(\S+)$|URI="([^"]+)"', text.decode(), re.MULTILINE)


def listed(text: bytes) -> list[str]:
    return [one or other for one, other in names(text)]


def shelf_of(url: str) -> S3Shelf:
    return S3Shelf(url, "k", "s", "r")


async def test_a_segment_is_listed_at_the_store_once_it_is_there(tmp_path, bucket, pictures):
    store, url = bucket
    async with media_at(tmp_path, Elsewhere(url, shelf_of(url))) as (media, get):
        stream = published(media, pictures)
        await eventually(lambda: stream.window.next_msn >= 3, what="segments")
        for name in ("live.m3u8", "sound.m3u8"):
            text, _ = await get(name)
            found = listed(text)
            assert found
            for one in found:
                prefix, _, path = one.partition("/council/")
                assert prefix + "/council" == url
                assert store.files[path] == (await get(path.rpartition("/")[2]))[0]


async def test_a_store_that_fails_or_dawdles_leaves_the_stream_as_it_is(tmp_path, bucket, pictures):
    store, url = bucket
    store.broken = True
    async with media_at(tmp_path, Elsewhere(url, shelf_of(url))) as (media, get):
        stream = published(media, pictures)
        await eventually(lambda: stream.window.next_msn >= 3, what="segments")
        text, _ = await get("live.m3u8")
        assert all("/" not in one for one in listed(text))


async def test_an_address_once_listed_is_kept(tmp_path, bucket):
    store, url = bucket
    elsewhere = Elsewhere(url, shelf_of(url))
    playlist = b'#EXTM3U\n#EXT-X-MAP:URI="init0.mp4"\n#EXTINF:1,\ns0.m4s\n'
    assert elsewhere.rewritten(RECORD, playlist) == playlist
    await elsewhere.land(RECORD, {"init0.mp4": b"a", "s0.m4s": b"b", "s1.m4s": b"c"})
    later = elsewhere.rewritten(RECORD, playlist + b"#EXTINF:1,\ns1.m4s\n")
    assert listed(later) == ["init0.mp4", "s0.m4s", f"{url}/media/meeting-1/s1.m4s"]
    await elsewhere.forget(RECORD)
    assert store.files == {}
    await elsewhere.close()


async def test_what_is_held_back_is_never_put_there(tmp_path, bucket, pictures):
    store, url = bucket
    async with media_at(tmp_path, Elsewhere(url, shelf_of(url))) as (media, _get):
        media.hold(RECORD, T0 - 1_000)
        stream = published(media, pictures)
        await eventually(
            lambda: stream.landing.last is not None and stream.landing.last.n >= 2, what="segments"
        )
        assert store.files == {}


async def test_a_meeting_not_open_to_all_stays_on_our_address(tmp_path, bucket, pictures):
    store, url = bucket
    async with media_at(tmp_path, Elsewhere(url, shelf_of(url)), public=False) as (media, get):
        stream = published(media, pictures)
        await eventually(lambda: stream.window.next_msn >= 3, what="segments")
        text, _ = await get("live.m3u8")
        assert all("/" not in one for one in listed(text))
        assert store.files == {}


async def test_a_cache_that_asks_us_is_named_at_once_and_may_be_read_by_our_page(tmp_path, pictures):
    async with media_at(tmp_path, Elsewhere("https://cache.example")) as (media, get):
        stream = published(media, pictures)
        await eventually(lambda: stream.window.next_msn >= 3, what="segments")
        text, _ = await get("live.m3u8")
        assert all(one.startswith("https://cache.example/media/meeting-1/") for one in listed(text))
        _, headers = await get(listed(text)[-1].rpartition("/")[2])
        assert headers["Access-Control-Allow-Origin"] == "*"
        assert "public" in headers["Cache-Control"]


async def test_a_cache_is_named_for_meetings_anybody_may_watch_alone(tmp_path, pictures):
    async with media_at(tmp_path, Elsewhere("https://cache.example"), public=False) as (media, get):
        stream = published(media, pictures)
        await eventually(lambda: stream.window.next_msn >= 3, what="segments")
        text, _ = await get("live.m3u8")
        assert all("/" not in one for one in listed(text))
