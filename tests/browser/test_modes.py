"""Duty, the switch, what is on its way and the stop, as people press them: on the desk, in the studio, on phones."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.browser.council import come_in, give, new_id, things
from tests.browser.hall import SMALLEST, at_desk, hall, page_of
from tests.engines import eventually

if TYPE_CHECKING:
    from tests.engines import Served

__all__ = ["hall"]
pytestmark = [pytest.mark.browser, pytest.mark.long, pytest.mark.timeout(300)]
PHONE = {"viewport": {"width": 360, "height": 740}}
FITS = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"


class Sheet:
    """The switch as it lies on the desk."""

    def __init__(self, page: Any) -> None:
        self.page = page

    async def open(self) -> None:
        await self.page.keyboard.press("r")
        await self.page.wait_for_selector("dialog[open] .modes")

    def button(self, texts: int, voice: int, mode: int) -> Any:
        """Questions or comments; residents or badges; before, delayed or after."""
        row = self.page.locator(".modes").nth(texts).locator("fieldset").nth(voice)
        return row.locator("button").nth(mode)

    async def choose(self, texts: int, voice: int, mode: int) -> None:
        await self.button(texts, voice, mode).click()
        await self.page.wait_for_function(
            "([texts, voice, mode]) => document.querySelectorAll('.modes')[texts].querySelectorAll('fieldset')[voice]"
            ".querySelectorAll('button')[mode].getAttribute('aria-pressed') === 'true'",
            arg=[texts, voice, mode],
        )


async def said(page: Any, served: Served, name: str) -> Any:
    return (await things(page, served)).get(name)


async def test_duty_and_review_are_switched_on_the_desk_and_told_where_residents_write(
    hall: Served, open_page: Any
) -> None:
    desk = await at_desk(open_page, hall)
    resident = await come_in(open_page, hall, "resident", page_of(hall, "room"), **PHONE)
    await resident.click("#tab-comments")
    sheet = Sheet(desk)
    await sheet.open()
    await desk.click("text=结束值班")
    await desk.wait_for_selector("text=我来值班")
    await desk.wait_for_selector("text=已自动退回先审后发")
    await resident.wait_for_selector("text=先审后发：通过后大家可见")
    assert await desk.evaluate(SMALLEST, 14) == []

    # The host finds nobody on duty; a moderator who loosens is on duty with the same press.
    host = await come_in(
        open_page, hall, "host", page_of(hall, "desk"), viewport={"width": 1280, "height": 800}
    )
    await host.wait_for_selector(".cols")
    others = Sheet(host)
    await others.open()
    await others.button(1, 0, 2).click()
    await host.wait_for_selector("text=没有审核员值班，不能放宽")
    await sheet.choose(1, 0, 2)
    await desk.wait_for_selector("text=结束值班")
    await resident.wait_for_selector("text=先发后审：发出后大家可见")
    await host.wait_for_selector("text=由 柳婷 改定")
    assert await desk.evaluate(FITS)
    await desk.set_viewport_size(PHONE["viewport"])
    assert await desk.evaluate(FITS)


async def test_what_is_on_its_way_counts_down_and_one_key_stops_it(hall: Served, open_page: Any) -> None:
    desk = await at_desk(open_page, hall)
    sheet = Sheet(desk)
    await sheet.open()
    await sheet.choose(1, 0, 1)
    await sheet.choose(0, 0, 1)
    await desk.keyboard.press("Escape")
    resident = await come_in(open_page, hall, "resident", page_of(hall, "room"), **PHONE)
    reader = await come_in(open_page, hall, "resident2", page_of(hall, "room"), **PHONE)
    for page in (resident, reader):
        await page.click("#tab-comments")
    stopped, passed = new_id(), new_id()
    await give(resident, hall, "comment.post", id=stopped, text="这一条要停住")
    await desk.wait_for_selector(".way >> text=这一条要停住")
    await resident.wait_for_selector("text=/秒后大家可见/")
    await desk.keyboard.press("d")
    await desk.wait_for_selector(".way", state="detached")
    await give(resident, hall, "comment.post", id=passed, text="这一条放行")
    await reader.wait_for_selector("text=这一条放行", timeout=30_000)
    assert await said(reader, hall, f"comment:{stopped}") is None
    assert (await said(desk, hall, f"comment:{stopped}"))["state"] == "pending"
    assert await reader.locator("text=这一条要停住").count() == 0


async def test_one_key_stops_everything_with_a_card_on_every_screen_and_one_press_gives_it_back(
    hall: Served, open_page: Any
) -> None:
    desk = await at_desk(open_page, hall)
    room = await come_in(open_page, hall, "resident", page_of(hall, "room"), **PHONE)
    answerer = await come_in(open_page, hall, "lawyer", page_of(hall, "answer"), **PHONE)
    screen = await come_in(
        open_page, hall, "screen", page_of(hall, "screen"), viewport={"width": 1280, "height": 720}
    )
    studio = await come_in(
        open_page, hall, "host", page_of(hall, "studio"), viewport={"width": 1440, "height": 900}
    )
    others = (room, answerer, screen)
    await studio.wait_for_selector(".halt-b")
    await screen.wait_for_selector(".two")
    await desk.keyboard.press("Shift+Q")
    await desk.wait_for_selector(".halt-bar >> text=画面和发言已停")
    for page in others:
        await page.wait_for_selector(".halt-card >> text=画面和发言暂停一会儿")
        assert await page.evaluate(FITS)
    assert await screen.locator(".two").count() == 0
    await room.click("#tab-comments")
    await room.wait_for_selector("#say[placeholder='现在不收评论']")
    answer = await room.request.post(
        f"{hall.url}/api/records/{hall.record}/commands",
        data={"type": "comment.post", "id": new_id(), "text": "还能说吗"},
        headers={"Origin": hall.url},
    )
    assert (await answer.json())["code"] == "not_open"

    # Who and why is told; the studio may give the picture back alone.
    await desk.select_option(".halt-bar select", "personal_data")
    await room.wait_for_selector("text=刚才涉及他人隐私")
    await studio.click("text=只恢复画面")
    await room.wait_for_selector(".halt-card >> text=发言暂停一会儿")
    await desk.click("text=只恢复发言")
    for page in others:
        await page.wait_for_selector(".halt-card", state="detached")

    # And from the studio, by its own key, given back in one press.
    await studio.keyboard.press("Shift+Q")
    await room.wait_for_selector(".halt-card")
    await desk.click("text=全部恢复")
    for page in others:
        await page.wait_for_selector(".halt-card", state="detached")
    await desk.wait_for_selector(".halt-b")
    await eventually(lambda: _gone(desk, hall), what="the stop to be over")


async def _gone(page: Any, served: Served) -> bool:
    return "halt" not in await things(page, served)
