"""Order between people, seen from both sides: the desk's sheets and cards, the resident's sign, messages and appeal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.browser.council import (
    come_in,
    give,
    new_id,
    room_of,
    things,
    too_small,
    violations,
    wider_than_window,
)
from tests.browser.hall import SMALLEST, at_desk, hall, holds, page_of
from tests.engines import eventually

if TYPE_CHECKING:
    from tests.engines import Served

__all__ = ["hall"]
pytestmark = pytest.mark.browser

PHONE = {"viewport": {"width": 360, "height": 740}}


async def asks(page: Any, served: Served, text: str) -> str:
    """A question of whose page this is."""
    own_id = new_id()
    await give(page, served, "question.ask", id=own_id, kind="ask", text=text)
    return own_id


async def person_of(page: Any, served: Served, own_id: str) -> str:
    """Who asked, as the staff know."""
    return str((await things(page, served))[f"question:{own_id}"]["person"])


async def at_home(open_page: Any, served: Served, who: str = "resident") -> Any:
    """A resident's phone in the room."""
    page = await come_in(open_page, served, who, room_of(served), **PHONE)
    await page.wait_for_selector(".askbox")
    return page


async def test_u_mutes_for_ten_minutes_and_the_muted_is_told_why_until_when_and_what_remains(
    hall: Served, open_page: Any
) -> None:
    desk = await at_desk(open_page, hall)
    resident = await at_home(open_page, hall)
    own_id = await asks(resident, hall, "停车位怎么分配？")
    await desk.click(f'[data-card="{own_id}"]')
    await desk.keyboard.press("u")
    await desk.wait_for_selector("dialog[open] >> text=禁言 10 分钟")
    assert not await violations(desk)
    await desk.keyboard.press("ArrowDown")
    await desk.keyboard.press("3")
    await desk.wait_for_selector(".quiet >> text=刷屏")
    sign = resident.locator(".banner.bad")
    await sign.wait_for()
    said = await sign.inner_text()
    assert "理由：刷屏" in said
    assert "照样可以看直播、支持提问" in said
    await sign.get_by_role("button", name="查看和申诉").click()
    await resident.wait_for_selector("[data-penalty]")
    assert not await violations(resident)
    assert not await too_small(resident, 44)
    assert not await wider_than_window(resident)
    assert not await resident.evaluate(SMALLEST, 14)
    await desk.click(".quiet [data-penalty] button")
    await desk.click("dialog[open] button[type=submit]")
    await desk.wait_for_selector(".quiet [data-penalty]", state="detached")
    await sign.wait_for(state="detached")
    await resident.get_by_text("您可以发言了").first.wait_for()


async def test_an_appeal_goes_to_another_moderator_and_its_answer_to_the_messages(
    hall: Served, open_page: Any
) -> None:
    one = await at_desk(open_page, hall)
    other = await at_desk(open_page, hall, "moderator2", viewport={"width": 1280, "height": 800})
    resident = await at_home(open_page, hall)
    own_id = await asks(resident, hall, "物业费为什么涨？")
    await give(one, hall, "person.mute", person=await person_of(one, hall, own_id), reason="flooding")
    await resident.click(".banner .more")
    row = resident.locator("[data-penalty]").first
    await row.get_by_role("button", name="申诉", exact=True).click()
    await row.locator("textarea").fill("是网络重发，不是刷屏")
    await row.get_by_role("button", name="提交申诉").click()
    await row.get_by_text("申诉中").wait_for()
    await one.get_by_role("button", name="查看").first.click()
    await one.wait_for_selector("dialog[open] >> text=要由另一位工作人员答复")
    await other.get_by_role("button", name="答复").first.click()
    assert "柳婷" in await other.inner_text("dialog[open]")
    assert not await violations(other)
    await other.fill("#desk-answer", "核对过，是网络重发，撤销。")
    await other.get_by_role("button", name="申诉成立，撤销处理").click()
    await other.wait_for_selector("#desk-appeals", state="detached")
    await resident.locator(".told", has_text="核对过，是网络重发，撤销。").wait_for()
    await resident.locator(".banner.bad").wait_for(state="detached")


async def test_a_reader_reports_a_question_and_hears_what_came_of_it(hall: Served, open_page: Any) -> None:
    desk = await at_desk(open_page, hall)
    author = await at_home(open_page, hall, "resident2")
    own_id = await asks(author, hall, "地下室又进水了，谁来管？")
    await give(desk, hall, "question.approve", id=own_id)
    reader = await at_home(open_page, hall)
    card = reader.locator(".list .q", has_text="地下室又进水")
    await card.locator(".dots").click()
    assert not await violations(reader)
    await card.get_by_role("button", name="是广告").click()
    told = desk.locator(f'[data-reported="{own_id}"]')
    await told.wait_for()
    assert "1 人举报：是广告" in await told.inner_text()
    await told.get_by_role("button", name="保留").click()
    await told.wait_for(state="detached")
    await reader.get_by_text("没有违反规则，予以保留").first.wait_for()
    assert not await author.locator(".list .q", has_text="地下室又进水").locator(".dots").count()


async def test_longer_than_the_meeting_is_written_down_by_one_and_confirmed_by_another(
    hall: Served, open_page: Any
) -> None:
    one, other = await at_desk(open_page, hall), await at_desk(open_page, hall, "moderator2")
    resident = await at_home(open_page, hall, "resident2")
    own_id = await asks(resident, hall, "第三次问：钱去哪儿了？")
    await one.click(f'[data-card="{own_id}"]')
    await one.keyboard.press("u")
    await one.get_by_role("button", name="更长期限").click()
    assert await one.get_by_role("button", name="提请确认").is_disabled()
    await one.fill("#desk-words", "三场会议多次辱骂他人，提醒、禁言后仍不改")
    await one.get_by_role("button", name="提请确认").click()
    await one.locator(".quiet [data-term] button").click()
    await one.wait_for_selector("dialog[open] >> text=要由另一位工作人员确认")
    assert not await one.locator("dialog[open] .btn.d").count()
    assert not await resident.locator(".banner.bad").count()
    await other.locator(".quiet [data-term] button").click()
    await other.get_by_role("button", name="确认生效").click()
    await resident.locator(".banner.bad", has_text="多次辱骂他人").wait_for()
    await other.keyboard.press("Escape")
    await eventually(
        lambda: other.locator(".quiet [data-penalty]").count(), what="the term among the held back"
    )


async def test_on_a_phone_the_desk_shows_what_waits_without_sticking_out(
    hall: Served, open_page: Any
) -> None:
    desk = await come_in(open_page, hall, "moderator", page_of(hall, "desk"), **PHONE)
    resident = await at_home(open_page, hall)
    own_id = await asks(resident, hall, "你们都是骗子")
    await give(desk, hall, "question.hide", id=own_id, reason="rude")
    await give(resident, hall, "question.appeal", id=own_id, text="我是说收费不透明")
    await desk.wait_for_selector(f'[data-appeal="{own_id}"]')
    await holds(desk, "document.documentElement.scrollWidth <= window.innerWidth")
    assert not await wider_than_window(desk)
    assert not await too_small(desk, 24)
