"""Two at one desk, and what is taken back, put under labels, handed on and objected to."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from tests.browser.council import come_in, give, new_id, things
from tests.browser.hall import (
    ask,
    at_desk,
    became,
    clear,
    hall,
    keys,
    lawyer_of,
    page_of,
    state_of,
)

if TYPE_CHECKING:
    from tests.engines import Served

__all__ = ["hall"]
pytestmark = pytest.mark.browser


async def name_of(page: Any, served: Served, person: str) -> str:
    """The name on somebody's plate."""
    return str((await things(page, served))[f"person:{person}"]["name"])


async def test_what_a_colleague_did_meanwhile_is_shown_instead_of_being_overwritten(
    hall: Served, open_page: Any
) -> None:
    one = await at_desk(open_page, hall)
    other = await at_desk(open_page, hall, "moderator2")
    await clear(one, hall)
    (asked,) = await ask(one, hall, "物业费去年涨过没有？")
    for page in (one, other):
        await page.wait_for_selector(f'[data-card="{asked}"]')
        await keys(page, "j")
    await keys(one, "x")
    await one.wait_for_selector("dialog[open] .picks")
    await keys(other, "a")
    await became(other, hall, asked, "queued")
    await one.wait_for_selector(f'[data-column=queue] [data-card="{asked}"]')
    await keys(one, "1")
    told = await one.wait_for_selector(f'[data-card="{asked}"] .fate')
    name = await name_of(one, hall, (await things(one, hall))[f"question:{asked}"]["reviewed_by"])
    assert await told.inner_text() == f"{name}刚刚放行了这条，没有照您的做"
    assert await state_of(one, hall, asked) == "queued"
    await keys(one, "l", "j", "x")
    await one.wait_for_selector("dialog[open] .picks")
    await keys(one, "1")
    assert await became(one, hall, asked, "hidden"), "having seen it, the second press counts"


async def test_of_two_presses_in_the_same_moment_one_counts_and_the_other_is_told(
    hall: Served, open_page: Any
) -> None:
    one = await at_desk(open_page, hall)
    other = await at_desk(open_page, hall, "moderator2")
    await clear(one, hall)
    # Not by one of the two: nobody decides about their own.
    third = await come_in(open_page, hall, "host")
    ids = await ask(third, hall, *(f"第{number}问，同时看到的" for number in range(1, 7)))
    for page in (one, other):
        await page.wait_for_selector(f'[data-card="{ids[-1]}"]')
    for own_id in ids:
        for page in (one, other):
            await page.focus(f'[data-column=review] [data-card="{own_id}"]')
        await keys(other, "x")
        await other.wait_for_selector("dialog[open] .picks")
        await asyncio.gather(keys(one, "a"), keys(other, "1"))
        state = await became(one, hall, own_id, "queued", "hidden")
        loser = one if state == "hidden" else other
        seen = ".gone" if state == "hidden" else f'[data-card="{own_id}"] .fate'
        told = await loser.wait_for_selector(seen)
        assert ("退回了这条" if state == "hidden" else "放行了这条") in await told.inner_text()
        assert await state_of(one, hall, own_id) == state


async def test_a_card_taken_away_says_by_whom(hall: Served, open_page: Any) -> None:
    one = await at_desk(open_page, hall)
    other = await at_desk(open_page, hall, "moderator2")
    await clear(one, hall)
    first, second = await ask(one, hall, "垃圾桶放哪里？", "快递柜收不收费？")
    for page in (one, other):
        await page.wait_for_selector(f'[data-card="{second}"]')
        await keys(page, "j")
    await keys(other, "x")
    await other.wait_for_selector("dialog[open] .picks")
    await keys(other, "1")
    told = await one.wait_for_selector(".gone li")
    by = await name_of(one, hall, (await things(one, hall))[f"question:{first}"]["reviewed_by"])
    assert (await told.inner_text()).startswith(f"{by}刚刚退回了这条")
    assert not await other.locator(".gone, .fate").count(), "nobody is told of their own doings"


async def test_many_are_passed_at_once_taken_back_at_once_and_failures_stand_on_their_cards(
    hall: Served, open_page: Any
) -> None:
    page = await at_desk(open_page, hall)
    await clear(page, hall)
    ids = await ask(page, hall, *(f"第{number}问，一起处理" for number in range(1, 6)))
    await page.wait_for_selector(f'[data-card="{ids[-1]}"]')
    await keys(page, "j", "Shift+J", "Shift+J", "Shift+J", "Shift+J")
    assert "已选 5 条" in await page.inner_text(".bulk")
    other = await at_desk(open_page, hall, "moderator2")
    lawyer = lawyer_of(await things(page, hall))
    await give(other, hall, "question.assign", id=ids[2], to=lawyer)
    await page.wait_for_selector(f'[data-card="{ids[2]}"]')
    await keys(page, "a")
    told = await page.wait_for_selector(f'[data-column=review] [data-card="{ids[2]}"] .fate')
    assert "指定了回答人" in await told.inner_text()
    for own_id in (*ids[:2], *ids[3:]):
        await became(page, hall, own_id, "queued")
    assert await state_of(page, hall, ids[2]) == "pending_review"
    await keys(page, "Control+z")
    for own_id in ids:
        await became(page, hall, own_id, "pending_review")


async def test_what_was_done_on_stage_is_taken_back_with_one_key(hall: Served, open_page: Any) -> None:
    page = await at_desk(open_page, hall)
    await clear(page, hall)
    first, second = await ask(page, hall, "电动车在哪里充电？", "夜里谁巡楼？", approve=True)
    await page.wait_for_selector(f'[data-column=queue] [data-card="{second}"]')
    before = (await things(page, hall))["queue"]
    await keys(page, "n")
    await page.wait_for_selector(".now")
    await keys(page, "Control+z")
    await became(page, hall, first, "queued")
    assert (await things(page, hall))["queue"] == before
    await page.wait_for_selector(".now", state="detached")
    await keys(page, "n")
    await page.wait_for_selector(".now")
    await keys(page, "Enter")
    await became(page, hall, first, "answered")
    await keys(page, "Control+z")
    await became(page, hall, first, "on_air")


async def test_questions_are_put_under_labels_and_looked_at_by_them(hall: Served, open_page: Any) -> None:
    page = await at_desk(open_page, hall)
    await clear(page, hall)
    fee, lift, more = await ask(page, hall, "物业费怎么算？", "电梯谁来修？", "停车费谁定？", approve=True)
    await page.wait_for_selector(f'[data-column=queue] [data-card="{more}"]')
    await keys(page, "l", "g")
    await page.wait_for_selector("#desk-label")
    await page.keyboard.type("收费")
    await keys(page, "Enter")
    await page.wait_for_selector(f'[data-card="{fee}"] .chip-t >> text=收费')
    await keys(page, "j", "j", "g")
    await page.wait_for_selector("#desk-label")
    await keys(page, "1")
    await page.wait_for_selector(f'[data-card="{more}"] .chip-t')
    await page.click(".labels .chip >> text=收费")
    await page.wait_for_selector(f'[data-column=queue] [data-card="{lift}"]', state="detached")
    await page.focus(f'[data-column=queue] [data-card="{fee}"]')
    await keys(page, "j", "Control+z")
    await page.wait_for_selector(f'[data-card="{more}"]', state="detached")
    assert (await things(page, hall))[f"question:{more}"]["label"] is None
    await page.click(".labels .chip >> text=全部")


async def test_an_answerer_sees_what_is_theirs_and_hands_it_on(hall: Served, open_page: Any) -> None:
    page = await at_desk(open_page, hall)
    await clear(page, hall)
    others = await ask(page, hall, "甲", "乙", "丙", approve=True)
    (mine,) = await ask(page, hall, "合同到期了还能收费吗？", approve=True)
    everything = await things(page, hall)
    await give(page, hall, "question.assign", id=mine, to=lawyer_of(everything))
    lawyer = await come_in(open_page, hall, "lawyer", page_of(hall, "answer"))
    deputy = await come_in(open_page, hall, "deputy", page_of(hall, "answer"))
    row = lawyer.locator("#answer-queue li", has_text="合同到期")
    await row.wait_for()
    assert f"排第 {len(others) + 1} 位" in await row.inner_text()
    await row.locator("button").click()
    named = await deputy.inner_text(".me b")
    await lawyer.locator("dialog[open] .picks button", has_text=named).click()
    await row.wait_for(state="detached")
    got = deputy.locator("#answer-queue li", has_text="合同到期")
    await got.wait_for()
    name = await name_of(page, hall, lawyer_of(everything))
    assert f"{name}转来" in await got.inner_text()
    await page.wait_for_selector(f'[data-column=queue] [data-card="{mine}"] >> text={name}转来')


async def test_an_author_objects_to_having_been_merged_and_the_desk_takes_the_question_out_again(
    hall: Served, open_page: Any
) -> None:
    page = await at_desk(open_page, hall)
    await clear(page, hall)
    (root,) = await ask(page, hall, "新物业怎么选出来？", approve=True)
    resident = await come_in(open_page, hall, "resident")
    mine = new_id()
    await give(resident, hall, "question.ask", id=mine, kind="ask", text="新物业由谁来选？")
    await give(page, hall, "question.merge", id=mine, into=root)
    await resident.locator(".under summary").click()
    assert "新物业由谁来选？" in await resident.inner_text(".under ul")
    await resident.locator("details.mine summary").first.click()
    await resident.locator("details.mine button", has_text="不是一回事").click()
    await resident.fill(f"#object-{mine}", "我问的是谁，不是怎么")
    await resident.locator("details.mine form button").click()
    card = page.locator(f'[data-column=review] [data-card="{mine}"]')
    await card.wait_for()
    assert "我问的是谁，不是怎么" in await card.inner_text()
    await page.focus(f'[data-column=review] [data-card="{mine}"]')
    await keys(page, "a")
    await became(page, hall, mine, "queued")
    await keys(page, "Control+z")
    await became(page, hall, mine, "merged")
    await card.wait_for()
