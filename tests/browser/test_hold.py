"""The picture taken away and given back: every screen says so in words, and nobody sees what was covered."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest

from tests.browser.hall import page_of
from tests.browser.test_captions import caption
from tests.engines import Served, eventually, serve
from tests.media.clock import READER, first_picture, go_live, session

pytestmark = [pytest.mark.browser, pytest.mark.long, pytest.mark.timeout(240)]

WIDE = {"viewport": {"width": 1440, "height": 900}}
HOLD_S = 5.0
PICTURE = ".player video"


@pytest.fixture(scope="module")
def hall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serve(tmp_path_factory.mktemp("hold"), patience=120) as served:
        yield served


class Everybody:
    """A host who goes on air, and who is at the other screens."""

    def __init__(self, hall: Served, open_page: Any) -> None:
        self.hall, self.open_page = hall, open_page
        self.meeting = hall.record.partition(":")[2]

    async def at(self, role: str, screen: str, **context: Any) -> Any:
        page = await self.open_page("about:blank", **(context or WIDE))
        await session(page, self.hall.url, self.hall.links[role])
        await page.goto(self.hall.url + page_of(self.hall, screen))
        return page

    async def studio(self) -> Any:
        page = await self.open_page("about:blank", **WIDE)
        await session(page, self.hall.url, self.hall.links["host"])
        await go_live(page, self.hall.url, self.meeting)
        return page

    async def get(self, page: Any, name: str) -> Any:
        return await page.context.request.get(f"{self.hall.url}/media/meeting-{self.meeting}/{name}")

    async def listed(self, page: Any) -> list[str]:
        text = await (await self.get(page, "live.m3u8?dvr=1")).text()
        return [line for line in text.splitlines() if line.startswith("s") and line.endswith(".m4s")]


async def test_the_desk_covers_the_picture_with_the_host_gone_and_every_screen_says_so(
    hall: Served, open_page: Any
):
    everybody = Everybody(hall, open_page)
    studio = await everybody.studio()
    viewer = await everybody.at("resident", "room", viewport={"width": 360, "height": 740})
    await viewer.evaluate(READER, PICTURE)
    await first_picture(viewer)
    desk = await everybody.at("moderator", "desk")
    lawyer = await everybody.at("lawyer", "answer")
    screen = await everybody.at("screen", "screen")
    others = [
        lawyer.locator(".banner[role=status]"),
        screen.locator(".st.lost"),
        desk.locator(".pv .tag.bad, .pv .tag.warn"),
    ]

    # A scribe at home hears what was said some seconds ago: so much earlier stands the caption.
    scribe = await everybody.at("technician", "captions")
    await scribe.locator(".listen .vo").last.click()
    await scribe.locator(".player[data-playing=true]").wait_for(timeout=30_000)
    await eventually(
        lambda: scribe.evaluate("!/约 0 秒/.test(document.querySelector('.listen .sub').innerText)")
    )
    begun = time.time() * 1000
    await scribe.locator("#captions-line").fill("在家里听到的一句")
    await scribe.keyboard.press("Enter")
    late = begun - (await caption(scribe, hall, "在家里听到的一句"))["at"]
    assert 1_000 < late < 30_000
    await scribe.close()

    # The host's machine is gone: everybody is told, the council goes on.
    await studio.close()
    for place in others:
        await place.wait_for(timeout=15_000)
    broken = [await place.inner_text() for place in others]

    # The desk covers it all the same.
    began = time.monotonic()
    await desk.locator(".pv .a.no").click()
    await viewer.locator(".player[data-state=held]").wait_for(timeout=10_000)
    assert (
        await viewer.evaluate(f"getComputedStyle(document.querySelector('{PICTURE}')).visibility") == "hidden"
    )
    assert await viewer.evaluate(f"document.querySelector('{PICTURE}').buffered.length") == 0
    assert time.monotonic() - began < HOLD_S
    for place, before in zip(others, broken, strict=True):
        await eventually(lambda place=place, before=before: _differs(place, before), what="other words")

    # A studio that comes back while it is covered is recorded, and nobody can have it.
    before = await everybody.listed(viewer)
    studio = await everybody.studio()
    recorded = (await (await everybody.get(studio, "health")).json())["recorded_s"]

    async def goes_on() -> bool:
        told = await (await everybody.get(studio, "health")).json()
        return bool(told["recorded_s"] > recorded + 3)

    await eventually(goes_on, what="the recording")
    assert await everybody.listed(viewer) == before
    newest = max(int(name[1:-4]) for name in before)
    assert (await everybody.get(viewer, f"s{newest + 2}.m4s")).status == 404

    # Given back, and only what happens from now on.
    await desk.locator(".pv .a.ok").click()
    await viewer.locator(".player[data-state=live]").wait_for(timeout=15_000)

    async def news() -> bool:
        return int((await everybody.listed(viewer))[-1][1:-4]) > newest

    await eventually(news, what="a new segment")
    await viewer.evaluate("(glass.delays = [], 0)")
    await eventually(lambda: viewer.evaluate("glass.delays.length > 5"), what="a new picture")
    for place in others:
        await place.wait_for(state="detached", timeout=10_000)
    after = await everybody.listed(viewer)
    hidden = set(range(newest + 1, max(int(name[1:-4]) for name in after))) - {
        int(name[1:-4]) for name in after
    }
    assert len(hidden) >= 3
    for number in sorted(hidden):
        assert (await everybody.get(viewer, f"s{number}.m4s")).status == 404


async def _differs(place: Any, before: str) -> bool:
    return await place.count() == 1 and await place.inner_text() != before
