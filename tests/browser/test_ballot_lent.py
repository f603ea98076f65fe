"""Voting on a phone that others use as well: another login, another page, another vote meanwhile; what is refused
late and what waits is told.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from tests.browser.test_ballot import STORED, estate, receipt, vote, voter
from tests.browser.test_ballot_hours import at_ballot, held, told_of
from tests.crowd.ways import uuid7
from tests.meetings.cast import DAY
from tests.server.test_votes import FLAT, Vote, opened, owner

if TYPE_CHECKING:
    from tests.engines import Served
    from tests.town import Browser

pytestmark = pytest.mark.browser

__all__ = ["estate", "held"]

COUPLE = "3-1-502"
"""A flat of two owners either of whom may vote."""
FULL = """
let left = 1
const keep = Storage.prototype.setItem
Storage.prototype.setItem = function (key, text) {
  if (key.startsWith('sun.ballot.') && left-- <= 0) throw new DOMException('full', 'QuotaExceededError')
  keep.call(this, key, text)
}
"""


async def comes(page: Any, held: Vote, who: Browser) -> None:
    """Another of this phone has come in, in another page."""
    await page.context.add_cookies([{"name": "sun", "value": who.session, "url": held.parts.base_url}])


async def receipts(held: Vote, who: Browser) -> list[str]:
    """The ballots the server keeps as this person's."""
    _, told = await held.get(who, "changes?since=0")
    return [name.partition(":")[2] for name in told["own"] if name.startswith("ballot:")]


async def test_a_ballot_on_its_way_never_goes_out_under_another_login(held: Vote, open_page: Any) -> None:
    await opened(held)
    one, other = await owner(held, COUPLE, "余慧敏"), await owner(held, COUPLE, "潘永红")
    page = await at_ballot(open_page, held, one)
    await page.context.set_offline(True)
    await vote(page, "同意")
    await page.get_by_role("heading", name="还没有送到").wait_for(timeout=45_000)
    (first,) = await page.evaluate(STORED)
    await comes(page, held, other)
    await page.context.set_offline(False)
    await page.locator(".options").wait_for(timeout=45_000)
    await vote(page, "反对")
    await receipt(page)
    (counted,) = await receipts(held, other)
    assert counted != first["id"]
    assert await receipts(held, one) == []
    kept = {ballot["id"]: ballot["state"] for ballot in await page.evaluate(STORED)}
    assert kept == {first["id"]: "sending", counted: "in"}
    # Whoever cast it comes back, and is told what became of it.
    await comes(page, held, one)
    await page.reload()
    await page.get_by_role("heading", name="您家已经投过票了").wait_for()
    assert (await told_of(held))["turnout"]["heads"] == 1


async def test_a_ballot_sent_again_without_a_socket_never_goes_out_under_another_login(
    held: Vote, open_page: Any
) -> None:
    await opened(held)
    one, other = await owner(held, COUPLE, "余慧敏"), await owner(held, COUPLE, "潘永红")
    page = await at_ballot(open_page, held, one, service_workers="block")
    answers: list[Any] = []
    told = asyncio.Event()

    async def command(route: Any) -> None:
        if not answers:
            # Lost on the way; before it is sent again another has come in.
            answers.append(None)
            await comes(page, held, other)
            await route.abort()
            return
        answer = await route.fetch()
        answers.append(await answer.json())
        await route.fulfill(response=answer)
        told.set()

    async def changes(route: Any) -> None:
        # What says who is there now comes late.
        if answers:
            await told.wait()
        await route.continue_()

    await page.route("**/commands", command)
    await page.route("**/changes?*", changes)
    await page.route_web_socket("**/socket.io/**", lambda line: line.close())
    await page.reload()
    await page.wait_for_selector(".options")
    await vote(page, "同意")
    await asyncio.wait_for(told.wait(), 45)
    assert answers[1] == {"ok": False, "code": "forbidden", "field": "as"}
    assert await receipts(held, other) == []
    await page.locator(".options").wait_for(timeout=45_000)
    assert [ballot["state"] for ballot in await page.evaluate(STORED)] == ["sending"]
    # It waits for whoever cast it, who comes back to the same page.
    await comes(page, held, one)
    await receipt(page)
    assert len(await receipts(held, one)) == 1
    assert await receipts(held, other) == []


async def test_leaving_a_phone_warns_of_an_unsent_ballot_and_keeps_it(held: Vote, open_page: Any) -> None:
    await opened(held)
    who = await owner(held, FLAT, "任志勇")
    page = await at_ballot(open_page, held, who)
    await page.context.set_offline(True)
    await vote(page, "同意")
    await page.get_by_role("heading", name="还没有送到").wait_for(timeout=45_000)
    context = page.context
    await page.close()
    await context.set_offline(False)
    page = await context.new_page()
    await page.goto(f"{held.parts.base_url}/room/{held.place.record.partition(':')[2]}")
    await page.evaluate("localStorage.setItem('sun.draft', '1')")
    await page.get_by_role("button", name="消息和设置").click()
    await page.get_by_role("button", name="退出这台手机").click()
    await page.get_by_text("有一张表决票还没有送到").wait_for()
    assert (await (await page.request.get(f"{held.parts.base_url}/api/me")).json())["person"]
    async with page.expect_navigation():
        await page.get_by_role("button", name="还是退出").click()
    assert [one["state"] for one in await page.evaluate(STORED)] == ["sending"]
    assert await page.evaluate("localStorage.getItem('sun.draft')") is None
    # Come in again, it goes on.
    await comes(page, held, await owner(held, FLAT, "任志勇"))
    await page.goto(f"{held.parts.base_url}/ballot/{held.place.community}/{held.motion}")
    await receipt(page)
    assert (await told_of(held))["turnout"]["heads"] == 1


async def test_a_choice_stays_with_the_flat_it_was_made_for(estate: Served, open_page: Any) -> None:
    page = await voter(open_page, estate, "owner2")
    other = await page.context.new_page()
    await other.goto(page.url)
    await other.wait_for_selector(".options")
    await vote(page, "同意", send=False)
    await vote(other, "反对")
    code = await receipt(other)
    assert await receipt(page) == code
    assert await page.get_by_role("dialog").count() == 0
    await page.get_by_role("button", name="投下一张票").click()
    await page.locator(".options").wait_for()
    assert await page.locator("input[type=radio]:checked").count() == 0


async def test_a_changed_vote_that_came_too_late_is_told_above_the_receipt(
    held: Vote, open_page: Any
) -> None:
    await opened(held, revote="last")
    page = await at_ballot(open_page, held, await owner(held, FLAT, "任志勇"))
    await vote(page, "同意")
    code = await receipt(page)
    await page.get_by_role("button", name="改票").click()
    await page.context.set_offline(True)
    await vote(page, "反对")
    await page.get_by_role("heading", name="还没有送到").wait_for(timeout=45_000)
    held.hour.at += 10 * DAY + 1
    await held.look()
    await page.context.set_offline(False)
    alarm = page.get_by_role("alert")
    await alarm.wait_for(timeout=45_000)
    told = await alarm.inner_text()
    assert "刚才的改票没有算进去" in told
    assert "已经截止" in told
    assert await receipt(page) == code


async def test_a_vote_held_up_says_what_it_waits_for_and_how_it_ended(held: Vote, open_page: Any) -> None:
    await opened(held, look=False, scope_building="3")
    mine = await owner(held, FLAT, "任志勇")
    held.hour.at -= 5 * DAY
    objection = {"id": uuid7(), "roster": held.roster, "text": "面积与产权证不符", "unit": FLAT}
    await held.done(mine, "roster.object", **objection)
    held.hour.at += 5 * DAY + 1
    page = await at_ballot(open_page, held, mine)
    await page.get_by_text("答复以后才能开始投票").wait_for()
    assert await page.inner_text(".remains") == "马上开始"
    assert "只由 3 号楼的业主表决" in await page.inner_text(".facts")
    held.hour.at += 10 * DAY + 1
    await held.look()
    await page.get_by_role("heading", name="这次表决已经撤回").wait_for()
    await page.get_by_text("投票期过了").wait_for()
    assert "never_opened" not in await page.inner_text("main")


async def test_a_full_browser_takes_the_answer_to_a_ballot_it_could_still_write(
    held: Vote, open_page: Any
) -> None:
    await opened(held)
    who = await owner(held, FLAT, "任志勇")
    page = await open_page("about:blank")
    await page.add_init_script(FULL)
    await comes(page, held, who)
    await page.goto(f"{held.parts.base_url}/ballot/{held.place.community}/{held.motion}")
    await vote(page, "弃权")
    await receipt(page)
    assert (await told_of(held))["turnout"]["heads"] == 1


async def test_the_receipt_of_an_advisory_poll_calls_itself_one(held: Vote, open_page: Any) -> None:
    await opened(held, mode="anonymous")
    page = await at_ballot(open_page, held, await owner(held, FLAT, "任志勇"))
    await vote(page, "同意")
    await receipt(page, drawn=False)
    await page.get_by_role("button", name="存回执").click()
    await page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    await page.get_by_role("button", name="复制文字").click()
    await page.get_by_text("已复制").wait_for()
    words = await page.evaluate("navigator.clipboard.readText()")
    assert "意向征询回执" in words
    assert "意向征询（非业主共同决定）" in words
    assert "业主表决回执" not in words


async def test_a_proof_copied_the_old_way_does_not_stay_on_the_screen(held: Vote, open_page: Any) -> None:
    await opened(held)
    page = await at_ballot(open_page, held, await owner(held, FLAT, "任志勇"))
    await vote(page, "同意")
    await receipt(page, drawn=False)
    await page.get_by_role("button", name="存回执").click()
    await page.evaluate(
        "() => { delete Navigator.prototype.clipboard\n"
        "addEventListener('copy', () => { window.copied = document.activeElement.value }) }"
    )
    field = page.locator("textarea.copied")
    await page.locator(".proof summary").click()
    await page.get_by_role("button", name="复制凭证").click()
    await page.get_by_text("已复制").wait_for()
    assert '"nonce"' in await page.evaluate("window.copied")
    assert (await field.is_hidden(), await field.input_value()) == (True, "")
    # Where it has to be marked by hand it stays until the page is left.
    await page.evaluate("document.execCommand = () => false")
    await page.get_by_role("button", name="复制凭证").click()
    assert '"nonce"' in await field.input_value()
    await page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    assert (await field.is_hidden(), await field.input_value()) == (True, "")
