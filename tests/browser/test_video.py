"""The picture, from the host's browser to a resident's: live, cut, reloaded, held, ended, kept."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.engines import Served, eventually, serve
from tests.media.clock import (
    CAMERA,
    LIGHT,
    READER,
    delays,
    first_picture,
    go_live,
    hole,
    publications,
    segments,
    session,
)
from tests.media.line import Line

pytestmark = pytest.mark.browser

WIDE = {"viewport": {"width": 1440, "height": 900}}
AXE = Path(__file__).parents[2] / "static" / "node_modules" / "axe-core" / "axe.min.js"
PICTURE = ".player video"


@pytest.fixture(scope="module")
def hall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server of its own: these tests begin and end the picture of its meeting."""
    with serve(tmp_path_factory.mktemp("video"), patience=120) as served:
        yield served


NO_WEBCODECS = (
    "for (const name of ['VideoEncoder', 'AudioEncoder', 'AudioData', 'VideoFrame']) delete window[name]"
)
"""Init script of the studio's page: a browser that can only record."""


class Show:
    """One host and whoever watches."""

    def __init__(self, hall: Served, open_page: Any) -> None:
        self.hall, self.open_page = hall, open_page
        self.meeting = hall.record.partition(":")[2]

    async def person(self, role: str, **context: Any) -> Any:
        page = await self.open_page("about:blank", **context)
        await session(page, self.hall.url, self.hall.links[role])
        return page

    async def studio(self, role: str = "host", *scripts: str, url: str = "") -> Any:
        page = await self.person(role, **WIDE)
        for script in (LIGHT, *scripts):
            await page.add_init_script(script)
        await go_live(page, url or self.hall.url, self.meeting)
        return page

    async def landed(self, studio: Any, more: int = 3) -> None:
        """Wait for so many more segments."""
        before = (await self.health(studio))["segments"]

        async def there() -> bool:
            return bool((await self.health(studio))["segments"] >= before + more)

        await eventually(there, 60, what="segments")

    async def viewer(self, role: str = "resident") -> Any:
        page = await self.person(role)
        await page.goto(f"{self.hall.url}/room/{self.meeting}")
        await page.evaluate(READER, PICTURE)
        return page

    @property
    def media(self) -> Path:
        """Where the recording is."""
        return self.hall.data / "media" / f"meeting-{self.meeting}"

    async def playlist(self, page: Any, name: str = "live.m3u8?dvr=1") -> str:
        answer = await page.context.request.get(f"{self.hall.url}/media/meeting-{self.meeting}/{name}")
        return str(await answer.text())

    async def health(self, studio: Any) -> dict[str, Any]:
        answer = await studio.context.request.get(f"{self.hall.url}/media/meeting-{self.meeting}/health")
        told: dict[str, Any] = await answer.json()
        return told


@pytest.fixture
async def show(hall: Served, open_page: Any) -> AsyncIterator[Show]:
    return Show(hall, open_page)


async def moving(page: Any, frames: int = 10) -> list[float]:
    """Wait until new frames are shown; their delays in milliseconds."""
    await page.evaluate("(glass.delays = [], 0)")
    await eventually(lambda: page.evaluate(f"glass.delays.length >= {frames}"), what="new frames")
    return await delays(page)


async def axe(page: Any) -> list[str]:
    await page.evaluate(AXE.read_text())
    found = await page.evaluate("axe.run(document, { resultTypes: ['violations'] })")
    return [f"{one['id']}: {[node['target'] for node in one['nodes']]}" for one in found["violations"]]


async def test_the_studio_checks_the_devices_before_going_live(show: Show):
    page = await show.person("host", **WIDE)
    await page.goto(f"{show.hall.url}/studio/{show.meeting}")
    await page.locator(".golive:not([disabled])").wait_for()
    await eventually(lambda: page.locator("select#camera option").count(), what="the list of cameras")
    await eventually(
        lambda: page.evaluate("document.querySelectorAll('.vu rect.lit').length > 5"), what="the level meter"
    )
    assert await page.locator(".ck").count() == 8
    assert await axe(page) == []


async def test_without_leave_to_use_the_camera_the_studio_says_what_to_do(show: Show):
    page = await show.person("host", **WIDE)
    await page.add_init_script(
        "navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('', 'NotAllowedError'))"
    )
    await page.goto(f"{show.hall.url}/studio/{show.meeting}")
    await page.locator(".cam [role=alert]").wait_for()
    assert await page.locator(".golive").is_disabled()


async def test_a_resident_sees_what_the_host_shows_through_cuts_and_reloads(show: Show):
    line = Line(int(show.hall.url.rpartition(":")[2]))
    studio = await show.studio(url=await line.open())
    viewer = await show.viewer()
    await first_picture(viewer)
    seen = await moving(viewer, 50)
    assert 0 < sorted(seen)[len(seen) // 2] < 15_000
    assert await axe(studio) == []

    # The line of the studio is cut for three seconds: what was sent meanwhile comes after, as if nothing was.
    begun, count = publications(show.media), len(segments(show.media))
    line.cut()
    await asyncio.sleep(3)
    line.mend()
    await eventually(studio.locator(".health .dot.ok").first.is_visible, what="the line again")
    await show.landed(studio)
    assert publications(show.media) == begun
    assert hole(show.media, count) < 2.5
    await moving(viewer)

    # The tab is reloaded: it comes back to air by itself, as a new publication.
    await studio.reload()
    await studio.locator(".on-air .health .dot.ok").first.wait_for(timeout=20_000)
    await show.landed(studio)
    assert publications(show.media) == begun + 1
    assert "#EXT-X-DISCONTINUITY\n" in await show.playlist(viewer)
    await moving(viewer)

    # Held: every page covers the picture, the server lists nothing more.
    await studio.locator(".cut").click()
    await viewer.locator(".player[data-state=held]").wait_for(timeout=10_000)
    assert (
        await viewer.evaluate(f"getComputedStyle(document.querySelector('{PICTURE}')).visibility") == "hidden"
    )
    listed = (await show.health(studio))["segments"]
    await asyncio.sleep(2)
    assert (await show.health(studio))["segments"] <= listed + 1
    await studio.locator(".cut.held").click()
    await viewer.locator(".player[data-state=live]").wait_for(timeout=10_000)
    await moving(viewer)

    # Held down for two seconds, not less, the button ends the picture; the meeting goes on.
    stop = studio.locator(".stop")
    await stop.hover()
    await studio.mouse.down()
    await asyncio.sleep(0.5)
    await studio.mouse.up()
    assert (await show.health(studio))["state"] == "live"
    await studio.mouse.down()
    await studio.locator(".golive").wait_for(timeout=10_000)
    await studio.mouse.up()
    await viewer.locator(".player").wait_for(state="detached", timeout=10_000)
    recording = await show.playlist(viewer, "recording.m3u8")
    assert recording.endswith("#EXT-X-ENDLIST\n")
    length = sum(float(found) for found in re.findall(r"#EXTINF:([\d.]+)", recording))
    assert 10 < length <= (await show.health(studio))["recorded_s"] + 0.1
    await line.close()


async def test_a_browser_without_webcodecs_records_and_loses_nothing_in_a_cut(show: Show):
    line = Line(int(show.hall.url.rpartition(":")[2]))
    far = await line.open()
    studio = await show.studio("host", NO_WEBCODECS, url=far)
    assert await studio.evaluate("typeof VideoEncoder + typeof AudioEncoder") == "undefined" * 2
    viewer = await show.viewer()
    await first_picture(viewer)
    await moving(viewer, 25)
    begun, count = publications(show.media), len(segments(show.media))
    line.cut()
    await asyncio.sleep(3)
    line.mend()
    await show.landed(studio, 5)
    await moving(viewer)
    assert publications(show.media) == begun
    assert hole(show.media, count) < 2.5
    await studio.context.close()
    await line.close()


async def test_a_second_studio_stands_by_and_takes_the_air_and_gives_it_back(show: Show):
    first = await show.studio()
    viewer = await show.viewer()
    await first_picture(viewer)
    second = await show.person("technician", **WIDE)
    for script in (LIGHT, CAMERA):
        await second.add_init_script(script)
    await second.goto(f"{show.hall.url}/studio/{show.meeting}")
    await second.locator(".stand-by:not([disabled])").click()
    await second.locator(".take").wait_for()
    await eventually(lambda: _standing_by(show, first, 1), what="a studio that stands by")

    for here, there in ((second, first), (first, second)):
        holder = (await show.health(first))["holder"]
        begun = publications(show.media)
        await here.locator(".take").click()
        await there.locator(".take").wait_for(timeout=20_000)
        await here.locator(".on-air .health .dot.ok").first.wait_for(timeout=20_000)
        await show.landed(here)
        assert (await show.health(here))["holder"] != holder
        assert publications(show.media) == begun + 1
        await moving(viewer)

    # Who stands by and reloads stands by again; nothing of it is seen on air.
    begun, holder = publications(show.media), (await show.health(first))["holder"]
    await second.reload()
    await second.locator(".take").wait_for()
    await moving(viewer)
    assert (await show.health(first))["holder"] == holder
    assert publications(show.media) == begun


async def _standing_by(show: Show, studio: Any, count: int) -> bool:
    return bool((await show.health(studio))["standby"] == count)
