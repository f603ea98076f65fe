"""Coming in by name without a letter, and leaving a phone that several people use."""

from __future__ import annotations

import pytest

from tests.town import town

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
async def place(tmp_path_factory):
    """A town whose meeting lets nobody speak whose home is not checked."""
    async with town(tmp_path_factory.mktemp("joining")) as made:
        yield made


async def joined(place, open_page):
    page = await open_page(f"{place.parts.base_url}/room/{place.record.partition(':')[2]}#join")
    await page.fill("#join-name", "任志勇")
    await page.fill("#join-call", "任师傅")
    await page.click(".pick button >> nth=0")
    for words in ("3", "1", "501"):
        await page.locator(".rooms button").get_by_text(words, exact=True).click()
    await page.get_by_text("请门口工作人员核对").click()
    await page.get_by_text("核对后就能提问、支持、评论").wait_for()
    await page.click(".full footer .btn")
    return page


async def test_who_is_not_checked_is_told_so_before_writing(place, open_page):
    page = await joined(place, open_page)
    await page.get_by_text("3号楼任师傅").wait_for()
    await page.locator(".agree").click()
    await page.click(".full footer .btn")
    await page.get_by_text("欢迎，可以先看直播").wait_for()
    await page.click(".askbox")
    await page.get_by_text("先核对住处才能提问").wait_for()
    assert await page.locator(".full footer .btn").is_disabled()


async def test_leaving_a_shared_phone_leaves_nothing_of_the_person_on_it(place, open_page):
    page = await joined(place, open_page)
    await page.locator(".agree").click()
    await page.click(".full footer .btn")
    await page.click(".askbox")
    await page.fill("#ask-text", "只写了一半的话")
    await page.wait_for_function("() => JSON.stringify(localStorage).includes('任志勇')")
    await page.keyboard.press("Escape")
    await page.get_by_role("button", name="消息和设置").click()
    async with page.expect_navigation():
        await page.get_by_role("button", name="退出这台手机").click()
    assert await page.evaluate("JSON.stringify(localStorage)") == "{}"
    me = await (await page.request.get(f"{place.parts.base_url}/api/me")).json()
    assert me["person"] is None
