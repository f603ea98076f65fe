"""A questionnaire on real screens: a household on its phone, paper at the desk, results where they are to be read."""

from __future__ import annotations

import time
from typing import Any

import pytest

from server.sample.asked import COUNTED, ITEM_PLACE, OPEN
from server.sample.cast import own_id
from server.sample.community import AT_HAND, COMMUNITY
from tests.browser.council import (
    WIDE,
    come_in,
    give,
    go_live,
    new_id,
    room_of,
    too_small,
    violations,
    wider_than_window,
)
from tests.browser.hall import holds, page_of, wear
from tests.browser.owners import at_tab, do, docket_things
from tests.engines import eventually

pytestmark = pytest.mark.browser

PAGE = f"/questionnaire/{COMMUNITY}"
FORM, RESULTS = f"{PAGE}/{OPEN}", f"{PAGE}/{COUNTED}"
DAY = 86_400


async def at_form(open_page: Any, served: Any, who: str, **context: Any) -> Any:
    """The form, ready to be filled in."""
    page = await come_in(open_page, served, who, FORM, **context)
    await page.wait_for_selector(".ques, .in-it, .state")
    return page


async def fill(page: Any, words: str = "") -> None:
    """An answer to every question."""
    questions = page.locator(".ques")
    await questions.nth(0).locator(".opt").nth(1).click()
    for option in (0, 1):
        await questions.nth(1).locator(".opt").nth(option).click()
    await questions.nth(2).locator(".step").nth(3).click()
    if words:
        await page.fill(".ques textarea", words)


async def turnout(page: Any) -> int:
    """How many households the page says have answered."""
    return int("".join(sign for sign in (await page.inner_text(".turnout")).split("户")[0] if sign.isdigit()))


async def counts(page: Any, households: int) -> None:
    """Wait until the page says so many."""

    async def said() -> bool:
        return await turnout(page) == households

    await eventually(said, what=f"{households} households")


async def test_a_household_answers_changes_it_and_whoever_else_lives_there_is_told(open_page, hall):
    page = await at_form(open_page, hall, "couple")
    before = await turnout(page)
    await page.click(".send")
    assert "必答题没有答" in await page.inner_text(".ques.wrong [role=alert]")
    await fill(page, "装上烟感报警。")
    assert await page.locator(".ques").nth(1).locator("input:disabled").count() == 2
    await page.reload()
    await page.wait_for_selector(".ques")
    assert await page.input_value(".ques textarea") == "装上烟感报警。"
    await page.click(".send")
    await page.wait_for_selector(".in-it")
    assert "3-1-502" in await page.inner_text(".in-it")
    await counts(page, before + 1)
    await page.get_by_role("button", name="修改答案").click()
    assert await page.input_value(".ques textarea") == "装上烟感报警。"
    await page.locator(".ques").nth(0).locator(".opt").nth(2).click()
    await page.click(".send")
    await page.wait_for_selector(".in-it")
    await counts(page, before + 1)
    spouse = await at_form(open_page, hall, "couple2")
    assert "您家已经答过了" in await spouse.inner_text(".state")
    assert "装上烟感报警" not in await spouse.content()


async def test_an_owner_of_two_flats_answers_behind_each_door_and_over_a_dead_line(open_page, hall):
    page = await at_form(open_page, hall, "owner2")
    assert await page.locator(".doors .opt").count() == 2
    await fill(page, "离楼远一点。")
    await page.context.set_offline(True)
    await page.click(".send")
    await page.wait_for_selector(".banner")
    await page.context.set_offline(False)
    await page.wait_for_selector(".in-it", timeout=60_000)
    await page.locator(".doors .opt").nth(1).click()
    await page.wait_for_selector(".ques")
    assert await page.input_value(".ques textarea") == ""


async def test_who_has_no_home_here_is_shown_how_to_prove_one(open_page, hall):
    page = await open_page(hall.url + FORM)
    await page.wait_for_selector(".locked")
    assert "先登记您家" in await page.inner_text(".locked")
    assert await page.locator(".ques").count() == 0


async def test_the_form_stands_on_a_phone_in_large_type_and_wide(open_page, hall):
    page = await at_form(open_page, hall, "owner")
    for look in ("18", "24", "24.hc"):
        await wear(page, hall, look)
        await page.wait_for_selector(".ques")
        assert await violations(page) == []
        assert await wider_than_window(page) == []
        assert await too_small(page, 60 if look.startswith("24") else 44) == []
    wide = await at_form(open_page, hall, "owner", **WIDE)
    assert await violations(wide) == []


async def test_results_list_and_paper_are_read_without_a_script(open_page, hall):
    page = await open_page(hall.url + RESULTS, java_script_enabled=False)
    told = await page.inner_text("main")
    assert "名册共 69 户" in told
    assert "%（" in told
    assert "不是业主表决" in told
    assert "搬走" not in told
    await page.goto(hall.url + PAGE)
    assert await page.locator(f'main a[href="{FORM}"]').count() == 2
    await page.goto(hall.url + FORM)
    assert "没有电动自行车" in await page.inner_text("#app")
    await page.goto(f"{hall.url}{FORM}/paper")
    assert "户号" in await page.inner_text("main")
    for look in ("18", "24"):
        seen = await open_page(hall.url + RESULTS)
        await wear(seen, hall, look)
        for path in (RESULTS, PAGE):
            await seen.goto(hall.url + path)
            assert await violations(seen) == []
            assert await wider_than_window(seen) == []
            assert await too_small(seen, 60 if look == "24" else 44) == []


async def test_the_desk_drafts_one_opens_it_and_enters_a_sheet_of_paper_once(open_page, hall):
    desk = await at_tab(open_page, hall, "secretary", "questionnaires")
    await desk.get_by_role("link", name="起草问卷").click()
    await desk.fill("#a-title", "楼道灯要不要换成声控")
    await desk.fill("#a-text", "为下次议事会准备。")
    await desk.fill("#q-text-0", "换不换？")
    await desk.fill("#q-options-0", "换")
    await desk.get_by_role("button", name="存草稿").click()
    assert "第 1 题" in await desk.inner_text(".foot [role=alert]")
    await desk.fill("#q-options-0", "换\n不换\n再等等")
    await desk.get_by_role("button", name="加一题").click()
    await desk.select_option("#q-kind-1", "scale")
    await desk.fill("#q-text-1", "现在的灯好不好用？")
    assert await violations(desk) == []
    await desk.get_by_role("button", name="存草稿").click()
    await desk.wait_for_selector("#a-until")
    await desk.fill("#a-until", time.strftime("%Y-%m-%d", time.gmtime(time.time() - DAY)))
    await desk.get_by_role("button", name="打开", exact=True).click()
    assert "要在现在之后" in await desk.inner_text(".one > [role=alert]")
    await desk.fill("#a-until", time.strftime("%Y-%m-%d", time.gmtime(time.time() + 5 * DAY)))
    await desk.get_by_role("button", name="打开", exact=True).click()
    await desk.wait_for_selector(".paper-sheets")
    await entered(desk, "W-1")
    await desk.wait_for_selector(".sheets li")
    await entered(desk, "W-2")
    assert "每户只收一份" in await desk.inner_text(".paper-sheets [role=alert]")
    assert "已收回 1 户" in await desk.inner_text(".one")
    assert await violations(desk) == []


async def entered(desk: Any, number: str) -> None:
    """A sheet of paper of one household, typed in at the desk."""
    await desk.get_by_role("button", name="录入一份").click()
    await desk.fill("#s-unit", "3-1-501")
    await desk.fill("#s-number", number)
    await desk.locator(".ques").nth(0).locator(".opt").nth(0).click()
    await desk.get_by_role("button", name="录入", exact=True).click()


async def test_results_stand_at_their_item_in_the_room_and_on_the_projector(open_page, hall):
    assert hall.record == AT_HAND
    host = await come_in(open_page, hall, "host")
    await go_live(host, hall)
    page = await open_page(hall.url + room_of(hall))
    await page.get_by_role("tab", name="议程").click()
    await page.wait_for_selector(".found-out summary")
    await page.click(".found-out summary")
    told = await page.inner_text(".found-out")
    assert "换物业之前" in told
    assert "%（" in told
    assert await violations(page) == []
    assert await wider_than_window(page) == []
    screen = await come_in(open_page, hall, "screen", page_of(hall, "screen"), **WIDE)
    await give(host, hall, "agenda.open", id=own_id(f"M02.{ITEM_PLACE}"))
    await holds(screen, "!!document.querySelector('.list.found')")
    assert "%（" in await screen.inner_text(".list.found")


async def test_what_was_sent_over_a_dead_line_arrives_when_the_page_is_opened_again(open_page, hall):
    page = await at_form(open_page, hall, "owner")
    before = await turnout(page)
    await fill(page, "充电桩要有雨棚。")
    await page.context.set_offline(True)
    await page.click(".send")
    await holds(page, "document.querySelector('.banner')?.textContent.includes('自动提交')")
    context = page.context
    await page.close()
    await context.set_offline(False)
    page = await context.new_page()
    await page.goto(hall.url + FORM)
    await page.wait_for_selector(".in-it", timeout=60_000)
    await counts(page, before + 1)
    await page.reload()
    await page.wait_for_selector(".in-it")
    await page.get_by_role("button", name="修改答案").click()
    assert await page.input_value(".ques textarea") == "充电桩要有雨棚。"


async def test_an_answer_that_came_after_the_end_is_said_not_to_be_taken(open_page, hall):
    desk = await at_tab(open_page, hall, "secretary", "questionnaires")
    (model,) = [one for one in await docket_things(desk, hall, "questionnaire") if one["id"] == OPEN]
    own = new_id()
    asked = {"title": "门口要不要装休息椅", "text": "先问一问。"}
    asked |= {"estate": model["estate"], "questions": [{"kind": "text", "text": "您怎么看？"}]}
    assert (await do(desk, hall, "questionnaire.draft", id=own, **asked))["ok"]
    closes = int((time.time() + DAY) * 1000)
    opened = await do(desk, hall, "questionnaire.open", id=own, roster=model["roster"], closes_at=closes)
    assert opened["ok"], opened
    page = await come_in(open_page, hall, "owner", f"{PAGE}/{own}")
    await page.fill(".ques textarea", "装两张就够。")
    await page.context.set_offline(True)
    await page.click(".send")
    await page.wait_for_selector(".banner")
    assert (await do(desk, hall, "questionnaire.withdraw", id=own, reason="问重了"))["ok"]
    await page.context.set_offline(False)
    await page.wait_for_selector(".state [role=alert]", timeout=60_000)
    assert "撤回" in await page.inner_text(".state")
