"""The player in a resident's page, on a real stream: going back, thin lines, cuts, captions, keys, and what it says."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from typing import Any

import pytest

from tests.browser.airing import SHOWN, Airing, delay_of, on_air
from tests.browser.council import OFTEN, come_in, give, go_live, new_id, room_of, too_small, violations
from tests.browser.hall import BUSY, holds
from tests.engines import Served, eventually, serve
from tests.media.streams import Reel, reel

pytestmark = pytest.mark.browser

SHORT = {"SUN_MEDIA_WINDOW_SECONDS": "10"}
"""A playlist of ten seconds, so that going back soon means asking for the whole."""
STATE = "document.querySelector('.player')?.dataset"
GONE_S = 3
"""Longer than the words may be out of step by."""
BEHIND = "document.querySelector('.ctls .bh')?.textContent"


def with_thin(programme: Reel, thin: Reel) -> Reel:
    """Both pictures in one publication."""
    pictures = [replace(one, track=1) for one in thin.chunks if one.kind == "video"]
    chunks = sorted(programme.chunks + pictures, key=lambda one: (one.dts_us, one.kind == "audio", one.track))
    return Reel(programme.video, programme.audio, chunks, thin.video)


@pytest.fixture(scope="module")
def hall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serve(tmp_path_factory.mktemp("player"), settings=OFTEN | BUSY | SHORT) as served:
        yield served


@pytest.fixture(scope="module")
def pictures() -> Reel:
    return with_thin(reel(60), reel(60, width=160, height=90))


@pytest.fixture
async def airing(hall: Served, pictures: Reel, open_page: Any) -> AsyncIterator[Airing]:
    """The meeting has begun and its picture is on."""
    host = await come_in(open_page, hall, "host")
    await go_live(host, hall)
    async with on_air(hall, pictures) as airing:
        yield airing


async def moves(page: Any, what: str = "the picture moves") -> None:
    """Wait until two different pictures were seen."""
    seen: set[int] = set()

    async def two() -> bool:
        number = await page.evaluate(SHOWN)
        if number is not None:
            seen.add(number)
        return len(seen) > 1

    await eventually(two, what=what)


async def watch(open_page: Any, hall: Served, who: str = "resident", **context: Any) -> Any:
    page = await come_in(open_page, hall, who, room_of(hall), **context)
    await moves(page)
    return page


async def delayed(page: Any, airing: Airing) -> float:
    return float(await eventually(lambda: delay_of(page, airing), what="a picture"))


async def test_a_viewer_pauses_goes_back_and_returns_by_keys(hall: Served, open_page: Any, airing: Airing):
    page = await watch(open_page, hall, viewport={"width": 1440, "height": 900})
    await eventually(lambda: _within(page, airing, 5), what="near the live")
    # Keys mean something in the picture alone.
    await page.keyboard.press("c")
    assert await page.locator(".cc-on.on").count() == 1
    await page.locator(".watch").focus()
    await page.keyboard.press("c")
    assert await page.locator(".cc-on.on").count() == 0
    await page.keyboard.press("c")
    assert await page.evaluate("document.querySelector('.player video').muted")
    await page.keyboard.press("m")
    assert not await page.evaluate("document.querySelector('.player video').muted")
    await page.keyboard.press(" ")
    await holds(page, "document.querySelector('.player video').paused")
    assert await page.locator(".ctls input[type=range]").is_visible()
    assert await violations(page) == []
    stood = await page.evaluate(SHOWN)
    await asyncio.sleep(1.5)
    assert await page.evaluate(SHOWN) == stood, "paused is paused"
    # Ten and ten seconds back: further than the short playlist reaches, so the whole is asked for, and only then.
    asked = await page.evaluate(
        "performance.getEntriesByType('resource').filter((one) => one.name.includes('dvr=1')).length"
    )
    assert asked == 0
    await eventually(lambda: _older(airing, 26), what="enough to go back to")
    for _ in range(2):
        await page.keyboard.press("ArrowLeft")
        await asyncio.sleep(0.3)
    await moves(page, "the picture moves again, in the past")
    late = await delayed(page, airing)
    assert 15 < late < 40, late
    assert await page.evaluate(
        "performance.getEntriesByType('resource').some((one) => one.name.includes('dvr=1'))"
    )
    await page.locator(".tolive").click()
    await eventually(lambda: _within(page, airing, 5), what="back at the live")
    await page.locator(".tolive").wait_for(state="detached")


async def _within(page: Any, airing: Airing, seconds: float) -> bool:
    late = await delay_of(page, airing)
    return late is not None and 0 < late < seconds


def _older(airing: Airing, seconds: float) -> bool:
    return time.time() - airing.taken_at(0) > seconds


async def test_after_two_stalls_the_sound_alone_is_offered_and_plays(
    hall: Served, open_page: Any, airing: Airing
):
    page = await watch(open_page, hall, "resident2")
    thin_line = asyncio.Event()
    thin_line.set()

    async def late(route: Any) -> None:
        await thin_line.wait()
        await route.continue_()

    await page.route("**/s*.m4s", late)
    for stall in (1, 2):
        assert await page.locator(".offer").count() == 0, f"offered before stall {stall}"
        thin_line.clear()
        await holds(page, f"{STATE}.playing === 'false'")
        thin_line.set()
        await holds(page, f"{STATE}.playing === 'true'")
    await page.locator(".offer .yes").click()
    await page.locator(".player[data-heard=true]").wait_for()
    await holds(
        page,
        "(() => { const one = document.querySelector('.player video'); return one.currentTime > 0 && !one.paused && !one.muted && one.videoWidth === 0 })()",
    )
    begun = await page.evaluate("document.querySelector('.player video').currentTime")
    await eventually(
        lambda: page.evaluate(f"document.querySelector('.player video').currentTime > {begun} + 1"),
        what="sound that goes on",
    )
    assert await violations(page) == []
    assert await too_small(page, 44) == []
    # The choice is kept for the next page; the thin picture and the picture are a touch away.
    await page.locator(".ctls [aria-label='画面和字幕']").click()
    await page.locator(".op", has_text="省流量").click()
    await holds(page, "document.querySelector('.player video').videoWidth === 160")
    assert await violations(page) == []
    await page.locator(".full .bk").click()
    await moves(page)


async def _words_in_step(page: Any, desk: Any, hall: Served, airing: Airing) -> str:
    """Say something at the desk: what is on the screen when the words come was taken when they were said."""
    text = f"第{int(time.time())}句"
    # The page itself looks at the picture in the moment the words come: this test's own slowness is in no figure.
    await page.evaluate(f"""
      window.met = new Promise((met) => new MutationObserver((_, watcher) => {{
        if (!document.querySelector('.watch .cc')?.innerText.includes('{text}')) return
        watcher.disconnect()
        met([{SHOWN.strip()}, Date.now()])
      }}).observe(document.querySelector('.watch'), {{ childList: true, subtree: true, characterData: true }})); 0""")
    before = time.time()
    await give(desk, hall, "caption.say", id=new_id(), text=text, speaker_name="丁代表")
    after = time.time()
    await page.locator(".watch .cc", has_text=text).wait_for()
    number, shown_ms = await page.evaluate("window.met")
    taken_at = airing.taken_at(number, shown_ms / 1000)
    assert before - 1.0 < taken_at < after + 1.0, (before, taken_at, after)
    return text


async def test_captions_stand_in_step_with_the_late_picture_in_full_screen_too(
    hall: Served, open_page: Any, airing: Airing
):
    page = await watch(open_page, hall, viewport={"width": 1440, "height": 900})
    await eventually(lambda: _within(page, airing, 5), what="near the live")
    desk = await come_in(open_page, hall, "moderator")
    text = await _words_in_step(page, desk, hall, airing)
    line = page.locator(".watch .cc", has_text=text)
    assert await page.locator(".player[data-state=live]").count() == 1
    await page.locator(".watch").focus()
    await page.keyboard.press("f")
    await holds(page, "document.fullscreenElement?.classList.contains('watch')")
    assert await line.is_visible()
    chosen = await page.evaluate(
        "(() => { const range = document.createRange(); range.selectNodeContents(document.querySelector('.watch .cc')); getSelection().removeAllRanges(); getSelection().addRange(range); return String(getSelection()) })()"
    )
    assert text in chosen
    small = await page.evaluate("parseFloat(getComputedStyle(document.querySelector('.watch .cc')).fontSize)")
    await page.keyboard.press("f")
    await holds(page, "!document.fullscreenElement")
    await page.locator(".ctls [aria-label='画面和字幕']").click()
    await page.locator("label", has_text="特大").last.click()
    await page.locator(".full .bk").click()
    await give(desk, hall, "caption.say", id=new_id(), text=text + "，再说一句", speaker_name="丁代表")
    await page.locator(".watch .cc.huge").wait_for()
    assert (
        await page.evaluate("parseFloat(getComputedStyle(document.querySelector('.watch .cc')).fontSize)")
        > 22
    )
    assert small > 22


async def test_captions_are_in_step_with_a_host_who_began_anew(
    hall: Served, pictures: Reel, open_page: Any, airing: Airing
):
    page = await watch(open_page, hall)
    await eventually(lambda: _within(page, airing, 5), what="near the live")
    desk = await come_in(open_page, hall, "moderator")
    await _words_in_step(page, desk, hall, airing)
    await airing.stop()
    await asyncio.sleep(GONE_S)
    async with on_air(hall, pictures) as anew:
        await eventually(lambda: _within(page, anew, 5), what="near the live again")
        await _words_in_step(page, desk, hall, anew)


async def test_what_happens_to_the_picture_is_said_and_mends_itself(
    hall: Served, open_page: Any, airing: Airing
):
    page = await watch(open_page, hall)
    host = await come_in(open_page, hall, "host")
    say = page.locator(".player .say")
    # Held: covered on every page, nothing of it is left, the council goes on; and comes back.
    await give(host, hall, "stream.hold")
    await page.locator(".player[data-state=held]").wait_for(timeout=5_000)
    assert (
        await page.evaluate("getComputedStyle(document.querySelector('.player video')).visibility")
        == "hidden"
    )
    assert "会议照常" in await say.inner_text()
    assert await violations(page) == []
    await give(host, hall, "stream.resume")
    await moves(page, "the picture again after it was held")
    # The studio's line is cut: the last picture stays, words come after three seconds, it goes on by itself.
    await airing.cut()
    await page.locator(".player[data-state=interrupted]").wait_for()
    await eventually(lambda: _says(say, "信号中断"), what="words for the cut")
    assert await page.evaluate(SHOWN) is not None
    await airing.mend()
    await moves(page, "the picture again after the cut")
    # The viewer's own line is off and comes back.
    await page.context.set_offline(True)
    await eventually(lambda: _says(say, "网络断了"), what="words for the line")
    await page.context.set_offline(False)
    await moves(page, "the picture again after the line came back")
    await eventually(lambda: _within(page, airing, 6), what="near the live again")
    assert await page.locator(".offer").count() == 0, "no thin line: nothing is offered"


async def _says(say: Any, words: str) -> bool:
    return words in await say.inner_text()


async def test_a_dead_playlist_costs_less_than_a_request_a_second(
    hall: Served, open_page: Any, airing: Airing
):
    page = await watch(open_page, hall)
    asked: list[float] = []

    async def dead(route: Any) -> None:
        asked.append(time.monotonic())
        await route.fulfill(status=404, body='{"state":"absent"}')

    await page.route("**/live.m3u8*", dead)
    await eventually(lambda: asked, what="the first that fails")
    await asyncio.sleep(12)
    assert len(asked) <= 6, len(asked)
    await page.unroute("**/live.m3u8*")
    await moves(page, "the picture again")


async def test_what_cannot_be_played_at_first_goes_to_the_library_that_mends(
    hall: Served, open_page: Any, airing: Airing
):
    page = await watch(open_page, hall)
    library = "performance.getEntriesByType('resource').some((one) => /hls-/.test(one.name))"
    assert not await page.evaluate(library), "the first picture needs no library"
    spoilt: list[str] = []

    async def spoil(route: Any) -> None:
        if spoilt:
            return await route.continue_()
        spoilt.append(route.request.url)
        return await route.fulfill(status=200, body=b"\x00\x00\x00\x10moofgarbage." * 40)

    await page.route("**/s*.m4s", spoil)
    await eventually(lambda: spoilt, what="a segment that cannot be played")
    await holds(page, library)
    await moves(page, "the picture again, by the library")
    await eventually(lambda: _within(page, airing, 6), what="near the live again")


async def test_who_saves_data_begins_with_the_thin_picture(hall: Served, open_page: Any, airing: Airing):
    page = await come_in(open_page, hall, "resident")
    await page.add_init_script(
        "Object.defineProperty(Navigator.prototype, 'connection', { get: () => ({ saveData: true }) })"
    )
    await page.goto(hall.url + room_of(hall))
    await holds(page, "document.querySelector('.player video')?.videoWidth === 160")
    assert not await page.evaluate(
        "performance.getEntriesByType('resource').some((one) => one.name.includes('live.m3u8'))"
    )


async def test_a_phone_that_plays_by_itself_is_left_to_it(hall: Served, open_page: Any, airing: Airing):
    page = await come_in(open_page, hall, "resident")
    await page.add_init_script(
        "Object.defineProperty(Navigator.prototype, 'platform', { get: () => 'iPhone' })"
    )
    await page.goto(hall.url + room_of(hall))
    await holds(page, "document.querySelector('.player video')?.src.endsWith('/live.m3u8')")
    assert not await page.evaluate(
        "performance.getEntriesByType('resource').some((one) => /hls-/.test(one.name))"
    )
