"""Home, the meeting behind its code, errors: read without script, in two languages, on every screen."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.browser.council import WIDE, too_small, violations, wider_than_window
from tests.engines import Served

pytestmark = pytest.mark.browser

SIZES = pytest.mark.parametrize("size", [{}, WIDE], ids=["phone", "wide"])
LOOKS = pytest.mark.parametrize("look", ["18", "24"], ids=["standard", "elder"])


async def code_of(page: Any) -> str:
    """The meeting's code, from the link to its calendar entry."""
    found = re.search(r"/m/(\d+)/", await page.get_attribute("a[href*=calendar]", "href"))
    assert found
    return found[1]


async def test_home_names_the_next_meeting_and_its_code_leads_to_it(council: Served, open_page: Any) -> None:
    page = await open_page(council.url + "/", java_script_enabled=False)
    title = await page.inner_text("h1")
    code = await code_of(page)
    await page.fill("#code-in", code)
    await page.click(".code .btn")
    assert page.url == f"{council.url}/m/{code}"
    assert await page.inner_text("h1") == title
    assert await page.locator("svg.qr").is_visible()


async def test_a_wrong_code_is_told_where_it_was_typed(council: Served, open_page: Any) -> None:
    page = await open_page(council.url + "/")
    await page.fill("#code-in", "000000")
    await page.click(".code .btn")
    assert "没有这个会议码" in await page.inner_text("#code-wrong")


async def test_the_calendar_entry_is_one_a_phone_can_read(council: Served, open_page: Any) -> None:
    page = await open_page(council.url + "/")
    answer = await page.request.get(council.url + await page.get_attribute("a[href*=calendar]", "href"))
    assert answer.headers["content-type"].startswith("text/calendar")
    lines = (await answer.text()).split("\r\n")
    assert lines[0] == "BEGIN:VCALENDAR"
    assert all(len(line.encode()) <= 75 for line in lines)
    assert any(re.fullmatch(r"DTSTART:\d{8}T\d{6}Z", line) for line in lines)


async def test_an_address_that_is_nowhere_is_told_in_words(council: Served, open_page: Any) -> None:
    for path in ("/m/999999", "/room/nothing", "/nowhere"):
        page = await open_page(council.url + path)
        assert await page.inner_text("h1") == "没有找到这一页"
        assert await page.locator("a.btn").get_attribute("href") == "/"


async def test_a_page_of_the_staff_is_closed_to_guests_in_words(council: Served, open_page: Any) -> None:
    page = await open_page(council.url + f"/desk/{council.record.partition(':')[2]}")
    assert await page.inner_text("h1") == "这一页不对您开放"


async def test_large_text_is_one_press_without_script_and_is_remembered(
    council: Served, open_page: Any
) -> None:
    page = await open_page(council.url + "/", java_script_enabled=False)
    await page.click("a.big-btn")
    await page.goto(council.url + "/")
    assert "big" in (await page.get_attribute("html", "class")).split()
    await page.click("a.big-btn")
    assert "big" not in (await page.get_attribute("html", "class")).split()


async def test_the_language_follows_the_browser_and_then_the_choice(council: Served, open_page: Any) -> None:
    page = await open_page(council.url + "/", locale="en-GB")
    assert await page.get_attribute("html", "lang") == "en"
    await page.click("text=中文")
    assert await page.get_attribute("html", "lang") == "zh-CN"
    await page.goto(council.url + "/")
    assert await page.get_attribute("html", "lang") == "zh-CN"


@LOOKS
@SIZES
async def test_pages_have_nothing_axe_objects_to(
    council: Served, open_page: Any, size: dict[str, Any], look: str
) -> None:
    page = await open_page(council.url + f"/?big={int(look == '24')}", **size)
    code = await code_of(page)
    for path in ("/", f"/m/{code}", "/nowhere"):
        await page.goto(council.url + path)
        assert await violations(page) == []


@LOOKS
async def test_pages_fit_a_narrow_phone_and_fingers(council: Served, open_page: Any, look: str) -> None:
    small = {"viewport": {"width": 320, "height": 640}, "is_mobile": True, "has_touch": True}
    page = await open_page(council.url + f"/?big={int(look == '24')}", **small)
    code = await code_of(page)
    for path in ("/", f"/m/{code}", "/nowhere"):
        await page.goto(council.url + path)
        assert await wider_than_window(page) == []
        assert await too_small(page, 44) == []
        await page.evaluate("document.documentElement.style.fontSize = '36px'")
        assert await wider_than_window(page) == []
