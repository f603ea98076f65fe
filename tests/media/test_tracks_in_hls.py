"""What is served, played by hls.js itself in Chromium: all tracks, breaks between them, deltas and parts."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from server.media import PART_US, Limits
from server.media.chunk import SECOND
from server.media.stream import Stream
from tests.engines import eventually
from tests.media.hall import RECORD, Hall
from tests.media.streams import Reel, reel, with_thin
from tests.media.test_tracks_live import landed, on_air, sent

pytestmark = pytest.mark.browser

HLS = Path(__file__).parents[2] / "static" / "node_modules" / "hls.js" / "dist" / "hls.light.min.js"
PAGE = "<!doctype html><meta charset=utf-8><title>x</title><script src=/hls.js></script>"
PLAY = """
({ name, address, rate, config }) => {
  const video = Object.assign(document.createElement('video'), { muted: true, playbackRate: rate })
  document.body.append(video)
  const seen = { errors: [], widths: [], ended: false, loaded: [], latency: null, video }
  ;(window.seen ??= {})[name] = seen
  const hls = new Hls({ enableWorker: false, lowLatencyMode: true, liveSyncDuration: 3, ...config })
  hls.on(Hls.Events.ERROR, (_, said) => seen.errors.push(`${said.details}${said.fatal ? ' fatal' : ''}`))
  hls.on(Hls.Events.LEVEL_LOADED, (_, said) => { seen.latency = hls.latency; seen.level = said.details.fragments.length })
  hls.on(Hls.Events.FRAG_LOADED, (_, said) => seen.loaded.push(said.part ? said.part.relurl : said.frag.relurl))
  video.addEventListener('resize', () => seen.widths.push(video.videoWidth))
  video.addEventListener('ended', () => { seen.ended = true })
  hls.loadSource(address)
  hls.attachMedia(video)
  hls.once(Hls.Events.MANIFEST_PARSED, () => video.play().then(() => { video.playbackRate = rate }))
}
"""


@pytest.fixture
def large() -> Reel:
    """A picture of another size than the card's, with a thin one beside it."""
    return with_thin(reel(16, width=640, height=360))


@asynccontextmanager
async def opened_hall(root: Path, limits: Limits) -> AsyncIterator[Hall]:
    async def page(_: web.Request) -> web.Response:
        return web.Response(text=PAGE, content_type="text/html")

    async def script(_: web.Request) -> web.Response:
        return web.Response(text=HLS.read_text(), content_type="text/javascript")

    hall = Hall(root, limits)
    hall.app.router.add_get("/", page)
    hall.app.router.add_get("/hls.js", script)
    await hall.open()
    yield hall
    await hall.close()


async def seen(page: Any, name: str) -> dict[str, Any]:
    found: dict[str, Any] = await page.evaluate(
        "(name) => ({ ...window.seen[name], video: undefined, at: window.seen[name].video.currentTime })",
        name,
    )
    return found


def switching(stream: Stream, large: Reel) -> None:
    """Sound alone, then a picture whose thin one comes and goes, then sound alone again."""
    session = stream.session
    assert session is not None
    sent(stream, large, 0, 4, sound_only=True)
    session.configure(large.video, large.audio)
    gone = replace(
        large, chunks=[c for c in large.chunks if not (c.track and 6 * SECOND < c.dts_us < 9 * SECOND)]
    )
    sent(stream, gone, 4, 12)
    session.configure(None, large.audio)
    sent(stream, large, 12, 16, sound_only=True)


async def test_hls_plays_every_track_to_its_end_over_every_break(tmp_path: Path, large: Reel, open_page: Any):
    async with opened_hall(tmp_path, Limits(silent_s=60)) as hall:
        stream = on_air(hall, large, video=False)
        switching(stream, large)
        await landed(stream, 14)
        await hall.media.end(RECORD)
        page = await open_page(hall.address.partition("/media")[0])
        for name in ("live", "thin", "sound"):
            address = f"{hall.address}/{name}.m3u8"
            await page.evaluate(PLAY, {"name": name, "address": address, "rate": 4, "config": {}})
        for name, widths in (("live", {320, 640}), ("thin", {320, 160, 640}), ("sound", set())):
            await eventually(
                lambda name=name: page.evaluate("(n) => seen[n].ended", name), 40, what=f"{name} ended"
            )
            found = await seen(page, name)
            assert not [error for error in found["errors"] if "fatal" in error], (name, found["errors"])
            assert set(found["widths"]) - {0} == widths, name
            # The very last second may be missing: hls.js ends where the segment before it overhung.
            assert 14.9 < found["at"] < 16.1, name
        assert all(uri.startswith("a") for uri in (await seen(page, "sound"))["loaded"])


async def test_hls_follows_deltas_of_a_long_meeting_and_parts_of_a_small_room(
    tmp_path: Path, thin: Reel, open_page: Any
):
    async with opened_hall(tmp_path, Limits(part_us=PART_US, silent_s=60)) as hall:
        asked: list[str] = []
        inner = hall.media._verdicts._allow_watch
        hall.media._verdicts._allow_watch = lambda request, record: (
            asked.append(request.path_qs),
            inner(request, record),
        )[1]
        stream = on_air(hall, thin)
        sent(stream, thin, 0, 14)
        await landed(stream, 13)
        page = await open_page(hall.address.partition("/media")[0])
        lively = {"liveSyncDuration": 1, "liveMaxLatencyDuration": 4}
        address = f"{hall.address}/live.m3u8"
        await page.evaluate(PLAY, {"name": "parts", "address": address, "rate": 1, "config": lively})
        await page.evaluate(PLAY, {"name": "dvr", "address": f"{address}?dvr=1", "rate": 1, "config": {}})
        for tenth in range(140, 200):
            sent(stream, thin, tenth / 10, tenth / 10 + 0.1)
            await asyncio.sleep(0.1)
        await eventually(lambda: page.evaluate("seen.dvr.level >= 19"), what="the whole meeting")
        await eventually(lambda: page.evaluate("seen.parts.video.currentTime > 15"), what="the parts played")
        for name in ("parts", "dvr"):
            errors = (await seen(page, name))["errors"]
            assert not [error for error in errors if "fatal" in error], (name, errors)
        assert any("_HLS_skip=" in path for path in asked), asked
        assert any("_HLS_part=" in path for path in asked), asked
        assert any("/p15." in path or "/p16." in path for path in asked), asked
