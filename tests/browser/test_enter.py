"""The page behind a personal link, and the letters, in Chromium: on a narrow phone, in large type, on paper."""

from __future__ import annotations

import pytest

from tests.browser.council import violations
from tests.town import town

pytestmark = pytest.mark.browser
NARROW = {"viewport": {"width": 320, "height": 640}, "is_mobile": True, "has_touch": True}


@pytest.fixture(scope="module")
async def place(tmp_path_factory):
    async with town(tmp_path_factory.mktemp("enter")) as made:
        yield made


async def widest(page):
    return await page.evaluate("document.documentElement.scrollWidth")


async def test_pressing_it_is_me_comes_in_and_leaves_no_token_behind(place, open_page):
    url = await place.invited("resident_rep", name="孟庆和")
    page = await open_page(url, **NARROW)
    assert await widest(page) == 320
    assert await violations(page) == []
    await page.get_by_role("button", name="确认是我").click()
    await page.wait_for_url(f"**/room/{place.record.partition(':')[2]}")
    token = url.partition("#")[2]
    assert token not in page.url
    await page.go_back()
    assert token not in page.url


async def test_a_link_without_its_token_says_what_to_do(place, open_page):
    page = await open_page(f"{place.parts.base_url}/enter", **NARROW)
    assert (
        await page.get_by_role("alert").inner_text()
        == "链接不完整。请从收到的消息里重新点开，或请工作人员再发一次。"
    )
    assert await page.get_by_role("button", name="确认是我").is_disabled()
    assert await violations(page) == []


async def test_a_used_up_link_and_a_fourth_device_are_told_apart(place, open_page):
    page = await open_page(f"{place.parts.base_url}/enter#{'x' * 22}", **NARROW)
    await page.get_by_role("button", name="确认是我").click()
    await page.get_by_text("这个链接已经失效").wait_for()
    url = await place.invited("lawyer")
    for _ in range(3):
        await place.browser().enter(url)
    page = await open_page(url, **NARROW)
    await page.get_by_role("button", name="确认是我").click()
    await page.get_by_text("已经在 3 台设备上用过").wait_for()


@pytest.mark.parametrize("lang", ["zh-CN", "en"])
async def test_large_type_fits_a_narrow_phone_in_both_languages(place, open_page, lang):
    page = await open_page(f"{place.parts.base_url}/enter?big=1&lang={lang}#{'x' * 22}", **NARROW)
    assert await widest(page) == 320
    sizes = await page.evaluate(
        "[...document.querySelectorAll('main *, button')].map(one => parseFloat(getComputedStyle(one).fontSize))"
    )
    assert min(sizes) >= 18
    assert (await page.get_by_role("button").first.bounding_box())["height"] >= 60


async def test_big_type_is_one_tap_away_and_kept(place, open_page):
    page = await open_page(f"{place.parts.base_url}/enter#{'x' * 22}", **NARROW)
    await page.get_by_role("button", name="大字").click()
    await page.reload()
    assert "big" in (await page.evaluate("document.documentElement.className")).split()


async def test_eight_letters_fit_a_sheet_of_paper(tmp_path, browser):
    async with town(tmp_path, public_url="http://council.example") as town_:
        admin = await town_.admin()
        context = await browser.new_context(viewport={"width": 1000, "height": 900})
        await context.add_cookies([{"name": "sun", "value": admin.session, "url": town_.inside}])
        page = await context.new_page()
        await page.goto(f"{town_.inside}/admin/letters?estate={town_.estate}&meeting={town_.record}")
        assert await violations(page) == []
        await page.emulate_media(media="print")
        boxes = await page.evaluate(
            "[...document.querySelectorAll('.letter')].map(one => [one.scrollHeight - one.clientHeight,"
            " one.scrollWidth - one.clientWidth])"
        )
        sheets = await page.evaluate("[...document.querySelectorAll('.sheet')].map(one => one.offsetHeight)")
        paper = await page.pdf(prefer_css_page_size=True)
        await context.close()
    assert len(boxes) == 74
    assert max(max(box) for box in boxes) <= 0
    assert max(sheets) <= 281 * 96 / 25.4
    assert paper.count(b"/Type /Page\n") == len(sheets) == 10
