"""The scribe's console: typed in the hall or at home, read by everybody at the right moment, put right afterwards."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Any

import pytest

from tests import engines
from tests.browser.council import (
    come_in,
    give,
    go_live,
    room_of,
    things,
    too_small,
    violations,
    wider_than_window,
)
from tests.browser.hall import holds, page_of
from tests.conftest import PHONE

if TYPE_CHECKING:
    from tests.engines import Served

pytestmark = pytest.mark.browser

WIDE = {"viewport": {"width": 1440, "height": 900}}
LINE = "#captions-line"


async def scribe(open_page: Any, hall: Served, **context: Any) -> Any:
    """The console of a technician, while people talk."""
    host = await come_in(open_page, hall, "host")
    await go_live(host, hall)
    await host.close()
    page = await come_in(open_page, hall, "technician", page_of(hall, "captions"), **(WIDE | context))
    await page.wait_for_selector(LINE)
    await holds(page, "!document.querySelector('.banner')")
    return page


async def caption(page: Any, hall: Served, text: str) -> dict[str, Any]:
    """The caption that says so, once the record has it."""

    async def found() -> dict[str, Any] | None:
        known = await things(page, hall)
        return next(
            (thing for thing in known.values() if thing.get("text") == text and "heard" in thing), None
        )

    return dict(await engines.eventually(found, what=text))


async def test_a_line_has_its_speaker_and_the_moment_it_was_begun_and_is_put_right_in_place(
    hall: Served, open_page: Any
):
    page = await scribe(open_page, hall)
    reader = await come_in(open_page, hall, "resident", room_of(hall))
    first = await page.locator(".voices .vo span").first.evaluate("one => one.firstChild.data")

    # A digit in the empty line chooses who speaks; others read what is typed before it is sent.
    await page.keyboard.press("1")
    assert await page.locator(".voices .vo.on").inner_text() != ""
    begun = time.time() * 1000
    await page.keyboard.type("各位居民晚")
    await reader.locator(".cc", has_text="各位居民晚").wait_for(timeout=10_000)
    await asyncio.sleep(1.5)
    await page.keyboard.type("上好1")
    await page.keyboard.press("Enter")
    said = await caption(page, hall, "各位居民晚上好1")
    assert (said["speaker_name"], said["heard"]) == (first, False)
    assert abs(said["at"] - begun) < 500
    await reader.locator(".cc", has_text="各位居民晚上好1").wait_for(timeout=10_000)

    # An input method composes: its Enter and its digits are its own.
    ime = await page.context.new_cdp_session(page)
    begun = time.time() * 1000
    await ime.send("Input.imeSetComposition", {"text": "wu", "selectionStart": 2, "selectionEnd": 2})
    for code in ("Digit2", "Enter"):
        # As an input method takes keys: 229, and no text.
        pressed = {"type": "rawKeyDown", "key": "Process", "code": code, "windowsVirtualKeyCode": 229}
        await ime.send("Input.dispatchKeyEvent", pressed)
    await asyncio.sleep(0.8)
    await ime.send("Input.imeSetComposition", {"text": "wu'ye", "selectionStart": 5, "selectionEnd": 5})
    await ime.send("Input.insertText", {"text": "物业"})
    await page.keyboard.press("F4")
    await holds(page, f"document.querySelector('{LINE}').value === '物业欢迎{first}。'")
    await page.keyboard.press("Enter")
    assert abs((await caption(page, hall, f"物业欢迎{first}。"))["at"] - begun) < 500

    # The last line is put right where it stands, and so on every screen.
    await page.keyboard.press("ArrowUp")
    await page.locator("#captions-mend").fill("物业请说。")
    await page.keyboard.press("Enter")
    await reader.locator(".cc", has_text="物业请说。").wait_for(timeout=10_000)
    await holds(page, f"document.activeElement === document.querySelector('{LINE}')")

    # A line written while the network is away is sent when it is back, with its own time.
    await page.context.set_offline(True)
    begun = time.time() * 1000
    await page.keyboard.type("断网时说的")
    await page.keyboard.press("Enter")
    await page.locator(".lines .unsent").wait_for()
    await asyncio.sleep(2)
    await page.context.set_offline(False)
    assert abs((await caption(reader, hall, "断网时说的"))["at"] - begun) < 500
    await page.locator(".lines .unsent").wait_for(state="detached")

    # Somebody without a badge, and phrases of one's own.
    await page.locator(".vo", has_text="别的人").click()
    await page.locator("#captions-other").fill("田秀兰")
    await page.keyboard.press("Enter")
    await page.locator(".phrases .lnk").click()
    await page.locator("#captions-phrases").fill("我是@\n谢谢大家")
    await page.locator(".phrases .lnk").click()
    await page.locator(LINE).focus()
    await page.keyboard.press("F2")
    await page.keyboard.press("Enter")
    assert (await caption(page, hall, "我是田秀兰"))["speaker_name"] == "田秀兰"
    assert await violations(page) == []


async def test_the_console_is_the_scribes_and_fits_a_phone(hall: Served, open_page: Any):
    resident = await come_in(open_page, hall, "resident")
    answer = await resident.request.get(hall.url + page_of(hall, "captions"))
    assert answer.status == 403
    page = await scribe(open_page, hall, **PHONE)
    await page.locator(".voices .vo").nth(1).tap()
    await page.locator(LINE).fill("手机上打的字幕")
    await page.locator(".say .btn").tap()
    await caption(page, hall, "手机上打的字幕")
    for look in ("", "big"):
        if look:
            await page.context.add_cookies([{"name": "look", "value": look, "url": hall.url}])
            await page.reload()
            await page.wait_for_selector(LINE)
        assert await wider_than_window(page) == []
        assert await too_small(page, 44) == []
        assert await violations(page) == []


async def test_after_the_end_the_track_of_the_archive_follows_every_correction(hall: Served, open_page: Any):
    page = await scribe(open_page, hall)
    await page.keyboard.type("全体业主三分之二")
    await page.keyboard.press("Enter")
    await caption(page, hall, "全体业主三分之二")
    host = await come_in(open_page, hall, "host")
    await give(host, hall, "meeting.end")
    await page.locator(".desk > .empty").wait_for()
    track = hall.url + page_of(hall, "archive") + "/captions.vtt"
    assert "全体业主三分之二" in await (await host.request.get(track)).text()
    await page.locator(".lines li", has_text="全体业主三分之二").locator(".lnk").last.click()
    await page.locator("#captions-mend").fill("三分之二以上参与，过半数同意")
    await page.keyboard.press("Enter")
    await page.locator("#captions-mend").wait_for(state="detached")
    text = await (await host.request.get(track)).text()
    assert "三分之二以上参与，过半数同意" in text
    assert "全体业主三分之二" not in text
