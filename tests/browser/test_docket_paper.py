"""Ballot papers at the docket's desk: two entries by keyboard, what differs, receipts; letters; service."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.browser.council import come_in, too_small, violations, wider_than_window
from tests.browser.hall import holds, keys, wear
from tests.browser.owners import at_tab, docket_things, get
from tests.engines import eventually

if TYPE_CHECKING:
    from tests.engines import Served

pytestmark = pytest.mark.browser


async def open_motion(page: Any, served: Served) -> str:
    """The motion of the sample that is open."""
    return str(
        next(one["id"] for one in await docket_things(page, served, "motion") if one["state"] == "open")
    )


async def free(page: Any, served: Served, motion: str) -> list[dict[str, Any]]:
    """Heads that have not voted, with one who may sign, no letter, and no paper entered."""
    sheet = await get(page, served, f"/motions/{motion}/sheet")
    taken = {one["unit"] for one in await docket_things(page, served, "paper")}
    lettered = {one["unit"] for one in await docket_things(page, served, "proxy")}
    return [
        head
        for head in sheet["heads"]
        if len(head["elected"] or head["owners"]) == 1
        and not head["returned"]
        and head["units"][0]["unit"] not in taken | lettered
        and head["units"][0]["unit"] != "1-2-201"
    ]


async def at_papers(open_page: Any, served: Served, who: str, **context: Any) -> tuple[Any, str]:
    """Somebody of the desk at the papers of the open motion."""
    page = await come_in(open_page, served, who)
    motion = await open_motion(page, served)
    await page.close()
    page = await at_tab(open_page, served, who, "paper", motion, **context)
    await page.wait_for_selector("#p-number")
    return page, motion


async def paper_of(page: Any, served: Served, unit: str) -> dict[str, Any]:
    """The paper last entered of a unit."""
    found = [one for one in await docket_things(page, served, "paper") if one["unit"] == unit]
    return max(found, key=lambda one: one["entered_at"])


async def enter(page: Any, unit: str, mark: str) -> None:
    """One paper, by keys alone: its number is that of the unit."""
    await holds(page, "document.activeElement?.id === 'p-number'")
    await page.keyboard.type(unit)
    await keys(page, "Enter")
    await holds(page, "document.activeElement?.name === 'mark'")
    await keys(page, mark, "Enter")
    await holds(page, "document.querySelector('#p-number').value === ''")


async def second(page: Any, number: str, mark: str) -> None:
    """The second entry of a paper, by keys alone."""
    await holds(page, "document.activeElement?.id === 'a-number'")
    await page.keyboard.type(number)
    await keys(page, "Enter")
    await holds(page, "document.activeElement?.name === 'mark'")
    await keys(page, mark, "Enter")
    await holds(page, "document.querySelector('#a-number').value === ''")


async def test_papers_are_entered_by_keys_alone_and_count_when_another_reads_the_same(open_page, hall):
    clerk, motion = await at_papers(open_page, hall, "clerk")
    units = [head["units"][0]["unit"] for head in (await free(clerk, hall, motion))[:5]]
    for unit, mark in zip(units, "12341", strict=True):
        await enter(clerk, unit, mark)
    assert "这一次录了 5 张" in await clerk.inner_text(".one-paper [role=status]")
    assert [(await paper_of(clerk, hall, unit))["state"] for unit in units] == ["entered"] * 5
    assert await clerk.locator(".marks .on").count() == 0
    other, _ = await at_papers(open_page, hall, "secretary")
    await other.click("text=第二遍录入")
    for unit, mark in zip(units, "12341", strict=True):
        await second(other, unit, mark)
    await eventually(lambda: states(other, hall, units, "confirmed"), what="five ballots")
    sheet = await get(other, hall, f"/motions/{motion}/sheet")
    returned = {one["unit"]: head["returned"] for head in sheet["heads"] for one in head["units"]}
    assert [returned[unit] for unit in units] == ["paper"] * 5


async def states(page: Any, served: Served, units: list[str], state: str) -> bool:
    return all([(await paper_of(page, served, unit))["state"] == state for unit in units])


async def test_who_entered_a_paper_finds_it_nowhere_to_confirm(open_page, hall):
    clerk, motion = await at_papers(open_page, hall, "clerk")
    unit = (await free(clerk, hall, motion))[0]["units"][0]["unit"]
    await enter(clerk, unit, "1")
    await clerk.click("text=第二遍录入")
    await clerk.fill("#a-number", unit)
    await clerk.press("#a-number", "Enter")
    assert "第一遍是您录的" in await clerk.inner_text(".one-paper [role=alert]")
    await clerk.click("text=第一遍录入")
    await clerk.get_by_role("button", name=f"撤回 {unit}").click()
    await eventually(lambda: states(clerk, hall, [unit], "discarded"), what="the entry taken back")


async def test_two_entries_that_differ_say_what_to_do_and_the_paper_is_entered_anew(open_page, hall):
    clerk, motion = await at_papers(open_page, hall, "clerk")
    unit = (await free(clerk, hall, motion))[0]["units"][0]["unit"]
    await enter(clerk, unit, "1")
    other, _ = await at_papers(open_page, hall, "secretary")
    await other.click("text=第二遍录入")
    assert "同意" not in await other.inner_text(".whose")
    await second(other, unit, "2")
    await other.wait_for_selector("li.differs")
    assert "两个人一起看清楚" in await other.inner_text("li.differs")
    await clerk.wait_for_selector(".papers > .err[role=alert]")
    assert unit in await clerk.inner_text(".papers > .err")
    assert await violations(clerk) == []
    await clerk.click("text=全部纸质票")
    await clerk.get_by_role("button", name=f"重新录 {unit}").click()
    await holds(clerk, "document.activeElement?.name === 'mark'")
    await keys(clerk, "1", "Enter")
    await holds(clerk, "!document.querySelector('.papers > .err')")
    await second(other, unit, "1")
    await eventually(lambda: states(clerk, hall, [unit], "confirmed"), what="the ballot")


async def test_a_receipt_is_printed_with_its_code_and_without_the_choice(open_page, hall):
    clerk, motion = await at_papers(open_page, hall, "clerk")
    await clerk.click("text=打印回执")
    await clerk.wait_for_selector(".slips .slip", state="attached")
    papers = [one for one in await docket_things(clerk, hall, "paper") if one["motion"] == motion]
    codes = {one["code"] for one in papers if one["code"]}
    await clerk.evaluate("window.print = () => {}")
    await clerk.locator(".panel .okb.main").click()
    await holds(clerk, "document.documentElement.classList.contains('printing-slips')")
    await clerk.emulate_media(media="print")
    assert await clerk.locator(".slip svg.qr").count() == len(codes)
    slips = await clerk.locator(".slip").all_inner_texts()
    assert {next(code for code in codes if code in slip) for slip in slips} == codes
    assert not any(mark in slip for slip in slips for mark in ("同意", "反对", "弃权", "废票"))
    assert await clerk.locator(".docket .nav").is_hidden()
    await clerk.evaluate("dispatchEvent(new Event('afterprint'))")
    await clerk.emulate_media(media="screen")
    assert await clerk.locator(".docket .nav").is_visible()


async def test_a_paper_that_cannot_count_is_refused_in_words_or_written_down_with_its_reason(open_page, hall):
    clerk, motion = await at_papers(open_page, hall, "clerk")
    sheet = await get(clerk, hall, f"/motions/{motion}/sheet")
    voted = next(head for head in sheet["heads"] if head["returned"] == "online" and len(head["owners"]) == 1)
    await clerk.fill("#p-number", "废-01")
    await clerk.press("#p-number", "Enter")
    await clerk.fill("#p-unit", "9-9-999")
    await clerk.press("#p-unit", "Enter")
    assert "没有“9-9-999”这一套" in await clerk.inner_text(".one-paper [role=alert]")
    await clerk.fill("#p-unit", voted["units"][0]["unit"])
    await clerk.press("#p-unit", "Enter")
    assert "手机上已投" in await clerk.inner_text(".whose .tag")
    await holds(clerk, "document.activeElement?.name === 'mark'")
    await keys(clerk, "1", "Enter")
    await clerk.wait_for_selector(".one-paper [role=alert]")
    assert "已经投过票" in await clerk.inner_text(".one-paper [role=alert]")
    await clerk.click("text=这张票不能计入？")
    await clerk.select_option("#p-refuse", "duplicate")
    await clerk.get_by_role("button", name="登记为不能计入").click()
    await clerk.wait_for_selector(".toast.good")
    await clerk.click("text=全部纸质票")
    row = clerk.locator(".pp li", has_text="废-01")
    assert "这一户已经投过" in await row.inner_text()


async def test_several_owners_sign_by_a_key_and_an_agent_by_the_letter(open_page, hall):
    secretary, motion = await at_papers(open_page, hall, "secretary")
    sheet = await get(secretary, hall, f"/motions/{motion}/sheet")
    couple = next(
        head
        for head in sheet["heads"]
        if len(head["owners"]) == 2 and not head["elected"] and not head["returned"]
    )
    unit = couple["units"][0]["unit"]
    await secretary.goto(secretary.url.replace("#/paper", "#/proxies"))
    await secretary.wait_for_selector("#x-unit")
    await secretary.get_by_role("button", name="登记", exact=True).click()
    assert "没有“”这一套" in await secretary.inner_text("#view [role=alert]")
    await secretary.fill("#x-unit", unit.replace("-", " "))
    await secretary.select_option("#x-of", couple["owners"][0])
    await secretary.fill("#x-name", "白小雨")
    await secretary.fill("#x-letter", "档案盒 3 第 12 号")
    await secretary.get_by_role("button", name="登记", exact=True).click()
    row = secretary.locator(".pp li", has_text="白小雨")
    await row.wait_for()
    assert "有效" in await row.inner_text()
    assert await violations(secretary) == []
    await secretary.goto(secretary.url.replace("#/proxies", "#/paper"))
    await secretary.wait_for_selector("#p-number")
    await secretary.fill("#p-number", "夫妻-01")
    await secretary.press("#p-number", "Enter")
    await secretary.fill("#p-unit", unit)
    await secretary.press("#p-unit", "Enter")
    await holds(secretary, "document.activeElement?.name === 'signer'")
    assert await secretary.locator(".signers label").count() == 3
    await keys(secretary, "3")
    await holds(secretary, "document.activeElement?.name === 'mark'")
    await keys(secretary, "1", "Enter")
    await holds(secretary, "document.querySelector('#p-number').value === ''")
    assert (await paper_of(secretary, hall, unit))["state"] == "entered"


async def test_an_oral_word_lets_nobody_vote_and_a_letter_ends_with_a_reason(open_page, hall):
    page = await come_in(open_page, hall, "secretary")
    motion = await open_motion(page, hall)
    head = (await free(page, hall, motion))[0]
    page = await at_tab(open_page, hall, "secretary", "proxies", motion)
    for name, written in (("季一舟", True), ("季一帆", False)):
        await page.fill("#x-unit", head["units"][0]["unit"])
        await page.select_option("#x-of", head["owners"][0])
        await page.fill("#x-name", name)
        await page.fill("#x-letter", "抽屉二")
        if not written:
            await page.locator("label", has_text="有书面委托书").click()
            assert "口头委托只作记录" in await page.inner_text("#view")
        await page.get_by_role("button", name="登记", exact=True).click()
        await page.locator(".pp li", has_text=name).wait_for()
    assert "口头，不能投票" in await page.locator(".pp li", has_text="季一帆").inner_text()
    row = page.locator(".pp li", has_text="季一舟")
    await row.locator("button", has_text="收回委托").click()
    await row.locator("input").fill("业主自己来投")
    await row.locator("button", has_text="收回委托").click()
    await row.locator(".tag.mute").wait_for()


async def test_service_is_written_down_unit_by_unit(open_page, hall):
    page = await come_in(open_page, hall, "clerk")
    motion = await open_motion(page, hall)
    page = await at_tab(open_page, hall, "clerk", "service", motion)
    await page.wait_for_selector("#s-unit")
    await page.wait_for_selector(".pp li button")
    unserved = await page.locator(".pp li:has(button) > b:first-child").all_inner_texts()
    for unit in unserved[:3]:
        await page.fill("#s-unit", unit)
        await page.press("#s-unit", "Enter")
        await holds(page, "document.querySelector('#s-unit').value === ''")
    await page.fill("#s-unit", "没有的房")
    await page.press("#s-unit", "Enter")
    assert "没有“没有的房”这一套" in await page.inner_text("[role=alert]")
    await page.locator("label", has_text="只看没送到的").click()
    left = await page.locator(".pp li > b:first-child").all_inner_texts()
    assert not set(unserved[:3]) & set(left)
    await page.reload()
    await page.wait_for_selector(".pp li")
    row = page.locator(".pp li", has_text=unserved[0])
    assert "当面签收" in await row.first.inner_text()
    sheet = await page.request.get(hall.url + str(await page.locator("a.okb").first.get_attribute("href")))
    assert sheet.status == 200
    assert await violations(page) == []


async def test_the_tabs_stand_on_a_phone_and_in_large_type(open_page, hall):
    page, motion = await at_papers(open_page, hall, "clerk", viewport={"width": 360, "height": 740})
    for tab in ("paper", "service", "proxies", "roster"):
        await page.goto(f"{page.url.partition('#')[0]}#/{tab}/{motion}")
        await holds(page, "document.querySelectorAll('#view .panel').length > 0")
        assert await wider_than_window(page) == [], tab
        assert await violations(page) == [], tab
    await wear(page, hall, "24")
    await page.wait_for_selector("#view .panel")
    assert await wider_than_window(page) == []
    assert await too_small(page, 44) == []


TABS = """() => {
    const [row, on] = ['.places', '.places .on'].map((one) => document.querySelector(one).getBoundingClientRect())
    const sides = document.querySelector('.tabs').classList
    return [on.left >= row.left && on.right <= row.right, sides.contains('before'), sides.contains('after')]
}"""
"""Whether the tab one is at stands in the row, and on which sides the row says that there are more."""


@pytest.mark.parametrize("look", ["18", "24"])
async def test_the_row_of_tabs_shows_where_one_is_and_on_which_side_there_are_more(open_page, hall, look):
    page = await at_tab(open_page, hall, "clerk", "rules", viewport={"width": 360, "height": 740})
    await wear(page, hall, look)
    for tab, sides in (
        ("rules", "true,true,false"),
        ("motions", "true,false,true"),
        ("service", "true,true,true"),
    ):
        await page.goto(f"{page.url.partition('#')[0]}#/{tab}")
        await holds(page, f"({TABS})().join() === '{sides}'")
    assert await too_small(page, 44) == []
    await page.set_viewport_size({"width": 1440, "height": 900})
    await holds(page, f"({TABS})().join() === 'true,false,false'")


async def test_the_desk_is_told_who_enters_papers_where_it_may_not(open_page, hall):
    page = await come_in(open_page, hall, "chair")
    motion = await open_motion(page, hall)
    for tab in ("paper", "service", "proxies"):
        page = await at_tab(open_page, hall, "chair", tab, motion)
        assert "由社区秘书和网格员办理" in await page.inner_text("#view")
