"""Guests on stage: a lawyer by a direct way, a deputy through the server, a resident who raised the hand."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import async_playwright

from tests.browser.council import violations
from tests.browser.show import (
    BLUE,
    CLEAR_DB,
    DEPUTY,
    HALL,
    LAWYER,
    PHONE,
    QUIET_DB,
    RED,
    RESIDENT,
    SHARE,
    WIDE,
    Show,
)
from tests.engines import CHROMIUM, CHROMIUM_WORDS, Served, eventually, serve
from tests.media.guest import EARS, HEARS, NO_UDP, devices, programme
from tests.media.line import Line

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

WECHAT = "Mozilla/5.0 (Linux; Android 10) AppleWebKit/537.36 Chrome/86.0 Mobile MicroMessenger/8.0"


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[Served]:
    """A house for each test: whom one leaves on the stage would stand in the way of the next."""
    with serve(tmp_path, patience=120) as served:
        yield served


@pytest.fixture
async def walled() -> AsyncIterator[Any]:
    """A browser behind a wall that lets no UDP through."""
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(executable_path=CHROMIUM, args=[*CHROMIUM_WORDS, NO_UDP])
        yield chromium
        await chromium.close()


@pytest.fixture
async def show(hall: Served, open_page: Any) -> AsyncIterator[Show]:
    made = Show(hall, open_page)
    yield made


async def test_a_guest_by_a_direct_way_is_seen_and_heard_on_stage_alone(show: Show, open_page: Any):
    await show.begin()
    lawyer = await show.enter(
        await open_page("about:blank", **PHONE), "lawyer", devices("rgb(200,0,0)", LAWYER)
    )
    await show.ready(await show.open_stage(lawyer), "direct")
    assert await lawyer.locator(".say.live").count() == 0
    now = await programme(show.studio, show.hall.url, show.meeting)
    assert now.hears(LAWYER) < CLEAR_DB
    assert now.shows(RED) < 0.01

    await show.take("纳文慧")
    await lawyer.locator(".say.live").wait_for()
    await show.arrives(lambda now: now.shows(RED) > SHARE, "the picture")
    await show.arrives(lambda now: now.hears(LAWYER) > CLEAR_DB, "the voice")
    assert await violations(lawyer) == []
    assert await violations(show.studio) == []

    # A lost line is told to the host, the tile keeps the name, and a page opened again is back by itself.
    await lawyer.goto("about:blank")
    await show.tile("纳文慧").locator(".st.bad").wait_for()
    await show.arrives(lambda now: now.shows(RED) < 0.01, "the name in place of the picture")
    await show.open_stage(lawyer)
    await lawyer.locator(".say.live").wait_for()
    await show.arrives(lambda now: now.shows(RED) > SHARE, "the picture again")

    # Muted is unheard; off the stage is gone, and a badge holder waits again.
    await show.tile("纳文慧").locator(".tool").first.click()
    await show.arrives(lambda now: now.hears(LAWYER) < CLEAR_DB, "one voice muted")
    await show.tile("纳文慧").locator(".off").click()
    await show.arrives(lambda now: now.shows(RED) < 0.01, "an empty stage")
    await show.tile("纳文慧").locator(".up").wait_for()
    await lawyer.locator(".acts .btn.d").click()
    await show.tile("纳文慧").wait_for(state="detached")


async def test_two_guests_are_on_stage_one_of_them_through_the_server(
    show: Show, open_page: Any, walled: Any
):
    await show.begin()
    context = await walled.new_context(locale="zh-CN", **WIDE)
    deputy = await context.new_page()
    await deputy.add_init_script(EARS)
    await show.enter(deputy, "deputy", devices("rgb(0,0,200)", DEPUTY))
    await show.ready(await show.open_stage(deputy), "relay")
    await show.take("丁永康")
    await show.arrives(lambda now: now.shows(BLUE) > SHARE, "the relayed picture")
    await show.arrives(lambda now: now.hears(DEPUTY) > CLEAR_DB, "the relayed voice")
    # The hall's sound and the programme's picture come back the same way.
    await eventually(lambda: deputy.evaluate("window.loudest > 0.1"), what="the hall's sound")
    await deputy.locator(".pair canvas").wait_for()

    lawyer = await show.enter(
        await open_page("about:blank", **PHONE), "lawyer", devices("rgb(200,0,0)", LAWYER)
    )
    await show.ready(await show.open_stage(lawyer), "direct")
    await show.take("纳文慧")
    await show.arrives(lambda now: now.shows(RED) > SHARE and now.shows(BLUE) > SHARE, "both pictures")
    for name in ("纳文慧", "丁永康"):
        await show.tile(name).locator(".off").click()
    await show.arrives(lambda now: now.shows(RED) + now.shows(BLUE) < 0.01, "an empty stage")
    for page in (lawyer, deputy):
        await page.locator(".acts .btn.d").click()


SENT = """
(() => {
  window.sent = { pictures: 0, sounds: 0, blocks: 0 }
  const real = WebSocket.prototype.send
  WebSocket.prototype.send = function (data) {
    const kind = data instanceof Uint8Array ? data[0] : 0
    if (kind === 2) window.sent.pictures += 1
    if (kind === 3) window.sent.sounds += 1
    return real.call(this, data)
  }
  const made = Object.getOwnPropertyDescriptor(MessagePort.prototype, 'onmessage')
  Object.defineProperty(MessagePort.prototype, 'onmessage', { ...made, set(hear) {
    made.set.call(this, hear && ((event) => {
      if (event.data && event.data.block) window.sent.blocks += 1
      return hear.call(this, event)
    }))
  } })
})();
"""
"""Init script of a guest's page: pictures and packets of sound sent through the server, blocks of sound made."""


async def test_a_line_that_carries_nothing_is_sent_no_picture_and_hardly_any_sound_until_it_does(
    show: Show, open_page: Any, walled: Any
):
    await show.begin()
    line = Line(int(show.hall.url.rpartition(":")[2]))
    far = await line.open()
    deputy = await (await walled.new_context(locale="zh-CN", **WIDE)).new_page()
    await show.enter(deputy, "deputy", SENT + devices("rgb(0,0,200)", DEPUTY))
    await deputy.goto(f"{far}/stage/{show.meeting}")
    await show.ready(deputy, "relay")
    await show.take("丁永康")
    await show.arrives(lambda now: now.shows(BLUE) > SHARE, "the relayed picture")

    line.deaf()
    await grown(deputy, 50)  # a second: until it is clear that nothing comes back
    begun = await grown(deputy, 0)
    ended = await grown(deputy, 100)
    assert ended["pictures"] == begun["pictures"]
    assert ended["sounds"] - begun["sounds"] < 30
    line.mend()

    async def flows() -> bool:
        now = await deputy.evaluate("sent")
        return bool(now["pictures"] > ended["pictures"] and now["sounds"] > ended["sounds"] + 100)

    await eventually(flows, what="picture and sound on the mended line")
    await show.tile("丁永康").locator(".off").click()
    await deputy.locator(".acts .btn.d").click()
    await line.close()


async def grown(page: Any, blocks: int) -> dict[str, int]:
    """What was sent when so many more blocks of sound were made: fifty are a second."""
    until = await page.evaluate("sent.blocks") + blocks

    async def reached() -> bool:
        return bool(await page.evaluate("sent.blocks") >= until)

    await eventually(reached, what=f"{blocks} blocks of sound")
    found: dict[str, int] = await page.evaluate("({ ...sent })")
    return found


async def test_a_resident_raises_the_hand_and_speaks(show: Show, open_page: Any):
    await show.begin()
    resident = await show.enter(
        await open_page("about:blank", **PHONE), "resident", devices("rgb(0,200,0)", RESIDENT)
    )
    await resident.goto(f"{show.hall.url}/room/{show.meeting}")
    await resident.locator(".hand").click()
    await show.studio.locator(".gu.hand .up").click()
    await resident.locator(".turn .btn.p").wait_for()
    assert await violations(resident) == []
    await resident.locator(".turn .btn.p").click()
    await resident.wait_for_url("**/stage/**")
    await show.ready(resident, "direct")
    await show.studio.locator(".gu.waiting .up:not([disabled])").click()
    await show.arrives(lambda now: now.hears(RESIDENT) > CLEAR_DB, "the resident's voice")

    # Everybody hears the resident, the resident hears everybody else.
    async def back() -> bool:
        heard = await resident.evaluate(HEARS, [RESIDENT, HALL])
        return heard is not None and heard[1] > QUIET_DB and heard[1] - heard[0] > CLEAR_DB

    await eventually(back, what="the hall, and not the own voice, in the resident's ears")
    await resident.locator(".leave").click()
    await resident.locator(".say .btn.p").wait_for()
    await show.arrives(lambda now: now.hears(RESIDENT) < CLEAR_DB, "silence of the resident")
    await show.studio.locator(".gu.on").wait_for(state="detached")


async def test_a_page_without_camera_says_what_to_do_in_wechat(show: Show, open_page: Any):
    page = await open_page("about:blank", **PHONE, user_agent=WECHAT)
    await page.add_init_script("Object.defineProperty(navigator, 'mediaDevices', { value: undefined })")
    await show.open_stage(await show.enter(page, "moderator2"))
    await page.locator(".lack[role=alert] p").nth(1).wait_for()
    assert await page.locator(".acts .btn").count() == 0
    assert await violations(page) == []


async def test_a_resident_without_an_invitation_is_shown_the_way_back(show: Show, open_page: Any):
    page = await show.open_stage(await show.enter(await open_page("about:blank", **PHONE), "resident2"))
    await page.locator(".say .btn.p").click()
    await page.wait_for_url("**/room/**")
