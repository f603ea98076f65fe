"""A straw poll that is prepared at the desk: changed, deleted and brought back before anybody else hears of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.browser.council import come_in, give, new_id, things, violations
from tests.browser.hall import SMALLEST, at_desk, hall, holds

if TYPE_CHECKING:
    from tests.engines import Served

__all__ = ["hall"]
pytestmark = pytest.mark.browser

STARS = {"low": 2, "high": 6, "low_words": "不急", "high_words": "很急"}


def card(desk: Any, question: str) -> Any:
    """The card of a prepared poll at the desk."""
    return desk.get_by_role("group", name=question, exact=True)


async def asked(page: Any, served: Served) -> set[str]:
    """What the polls ask that this person may see."""
    return {thing["question"] for name, thing in (await things(page, served)).items() if name[:5] == "poll:"}


async def test_a_prepared_poll_is_changed_deleted_and_brought_back_at_the_desk(
    hall: Served, open_page: Any
) -> None:
    desk = await at_desk(open_page, hall)
    await desk.keyboard.press("v")
    await desk.fill("#desk-poll-q", "先修哪一处？")
    for at, option in enumerate(("电梯", "楼道灯")):
        await desk.locator(".opt input").nth(at).fill(option)
    await desk.click("text=存为草稿")
    await card(desk, "先修哪一处？").get_by_role("button", name="修改").click()
    assert await desk.input_value("#desk-poll-q") == "先修哪一处？"
    assert [await one.input_value() for one in await desk.locator(".opt input").all()] == ["电梯", "楼道灯"]
    assert await violations(desk) == []
    await desk.fill("#desk-poll-q", "先修哪几处？")
    await desk.select_option("#desk-poll-sort", "multiple")
    await desk.click("text=加一个选项")
    await desk.locator(".opt input").nth(2).fill("单元门")
    await desk.locator("dialog[open] .ends button.s").click()
    await card(desk, "先修哪几处？").get_by_text("多选").wait_for()
    await holds(desk, "!document.querySelector('dialog[open]')")
    assert await card(desk, "先修哪一处？").count() == 0
    assert await violations(desk) == []
    assert await desk.evaluate(SMALLEST, 14) == []

    await card(desk, "先修哪几处？").get_by_role("button", name="删除").click()
    await card(desk, "先修哪几处？").wait_for(state="detached")
    await desk.locator(".toast", has_text="草稿已删除").locator(".do").click()
    await card(desk, "先修哪几处？").wait_for()
    await card(desk, "先修哪几处？").get_by_role("button", name="删除").click()
    await card(desk, "先修哪几处？").wait_for(state="detached")
    other = await come_in(open_page, hall, "secretary")
    assert not await asked(other, hall) & {"先修哪一处？", "先修哪几处？"}


async def test_a_draft_is_changed_whatever_it_was_prepared_with_and_opened_as_it_then_is(
    hall: Served, open_page: Any
) -> None:
    desk = await at_desk(open_page, hall)
    own_id = new_id()
    told = {"question": "这件事急不急？", "options": [], "sort": "scale", "scale": STARS, "minutes": 4}
    await give(desk, hall, "poll.draft", id=own_id, **told)
    await card(desk, "这件事急不急？").get_by_role("button", name="修改").click()
    for field, chosen in (("minutes", "4 分钟"), ("sort", "打分")):
        picked = f"document.querySelector('#desk-poll-{field}').selectedOptions[0]?.innerText"
        assert await desk.evaluate(picked) == chosen
    await desk.fill("#desk-poll-high", "非常急")
    resident = await come_in(open_page, hall, "resident")
    assert "这件事急不急？" not in await asked(resident, hall)
    await desk.click("dialog[open] button[type=submit]")
    await desk.wait_for_selector(".mini-vote >> text=非常急")
    poll = (await things(resident, hall))[f"poll:{own_id}"]
    assert (poll["scale"], poll["minutes"]) == (STARS | {"high_words": "非常急"}, 4)
    await give(desk, hall, "poll.close", id=own_id)


async def test_who_still_changes_a_poll_that_a_colleague_opens_is_told_so(
    hall: Served, open_page: Any
) -> None:
    desk = await at_desk(open_page, hall)
    own_id = new_id()
    await give(desk, hall, "poll.draft", id=own_id, question="几点开会好？", options=["七点", "八点"])
    await card(desk, "几点开会好？").get_by_role("button", name="修改").click()
    other = await come_in(open_page, hall, "secretary")
    await give(other, hall, "poll.open", id=own_id)
    await desk.wait_for_selector("dialog[open] >> text=已经开始征询或被删除")
    assert await desk.locator("dialog[open] .ends button:enabled").count() == 0
    await give(other, hall, "poll.close", id=own_id)
