"""Papers around the close, at the docket's desk and on the phone of whose they are: one that waits is told, void or
entered anew before the ballots are opened, and what was entered wrongly is put right in a recount.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from meetings.docket.ballots import Paper
from meetings.docket.counting import counted_document
from meetings.docket.digests import digest_of
from server.sample.community import COMMUNITY
from server.sample.today import OPEN
from tests import engines
from tests.browser.council import WIDE, come_in, new_id, too_small, violations, wider_than_window
from tests.browser.hall import holds, keys
from tests.browser.owners import at_tab, do
from tests.browser.test_docket_paper import at_papers, enter, free, second

if TYPE_CHECKING:
    from tests.browser.day import Day

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

PHONE = {"width": 360, "height": 740}
WAITING, COUNTED = "A003", "A019"
"""Papers of the sample: one the secretary has entered and nobody has confirmed, and one that both have read."""
OWN = "1-2-201"
"""A unit whose only owner has not voted."""


async def entries(day: Day, number: str) -> list[Paper]:
    """The entries of a paper, in the order in which they were made."""
    room = await day.room()
    return [one for one in room.all(Paper) if (one.motion, one.number) == (OPEN, number)]


async def stand(day: Day, number: str, *wanted: str) -> None:
    """Wait until the entries of a paper stand like this."""

    async def so() -> bool:
        return [one.state for one in await entries(day, number)] == list(wanted)

    await engines.eventually(so, what=f"{number} {wanted}")


async def fits(page: Any) -> None:
    """A page as it is now keeps within a phone's window and a desk's; what is pressed is large, all may read it."""
    for size in (PHONE, WIDE["viewport"]):
        await page.set_viewport_size(size)
        assert await wider_than_window(page) == []
        assert await too_small(page, 44) == []
    assert await violations(page) == []


async def at_second(day: Day, open_page: Any, who: str) -> Any:
    """Somebody of the desk at the second entry of the day's vote."""
    page = await at_tab(open_page, day, who, "paper", OPEN)
    await page.click("text=第二遍录入")
    return page


async def test_a_household_whose_paper_waits_is_told_so_and_votes_once_it_is_taken_back(
    day: Day, open_page: Any
) -> None:
    clerk, _ = await at_papers(open_page, day, "clerk")
    await enter(clerk, OWN, "1")
    owner = await come_in(open_page, day, "owner", f"/ballot/{COMMUNITY}/{OPEN}")
    await owner.get_by_role("heading", name="您家的纸质票已先收到").wait_for()
    assert "请在截止前找社区工作人员" in await owner.inner_text("main")
    assert await owner.locator(".options").count() == 0
    assert await violations(owner) == []
    await clerk.get_by_role("button", name=f"撤回 {OWN}").click()
    await stand(day, OWN, "discarded")
    await owner.reload()
    await owner.wait_for_selector(".options")


async def test_a_paper_that_came_in_time_is_void_or_entered_anew_after_the_close(
    day: Day, open_page: Any
) -> None:
    clerk, motion = await at_papers(open_page, day, "clerk")
    differing, wrong, void, own = [head["units"][0]["unit"] for head in (await free(clerk, day, motion))[:4]]
    for unit in (differing, wrong, void, own):
        await enter(clerk, unit, "1")
    assert await clerk.locator(".papers .notice").count() == 0
    await day.close()
    await clerk.wait_for_selector(".papers .notice:has-text('不再收新的票')")

    secretary = await at_second(day, open_page, "secretary")
    await second(secretary, differing, "2")
    await stand(day, differing, "differs")
    for unit, outcome in ((wrong, "退回重录"), (void, "作废，不再录")):
        await holds(secretary, "document.activeElement?.id === 'a-number'")
        await secretary.keyboard.type(unit)
        await keys(secretary, "Enter")
        await secretary.get_by_role("button", name="票号、房号和原票对不上").click()
        assert "按时收到的票不能丢" in await secretary.inner_text(".one-paper")
        assert await secretary.get_by_role("button", name=outcome).is_disabled()
        await secretary.get_by_label("哪里对不上").fill("房号和原票不是一套")
        await fits(secretary)
        await secretary.get_by_role("button", name=outcome).click()
        await holds(secretary, "document.querySelector('#a-number').value === ''")
    await stand(day, wrong, "anew")
    await stand(day, void, "discarded")

    await clerk.get_by_role("button", name=f"撤回 {own}").click()
    await stand(day, own, "anew")
    await clerk.wait_for_selector(f".notice:has-text('代替 {own}')")
    await holds(clerk, "document.activeElement?.name === 'mark'")
    await fits(clerk)
    await keys(clerk, "1", "Enter")
    await stand(day, own, "replaced", "entered")
    await second(secretary, own, "1")
    await stand(day, own, "replaced", "confirmed")

    await clerk.click("text=全部纸质票")
    await clerk.get_by_role("button", name=f"撤回 {differing}").click()
    assert await clerk.get_by_role("button", name="退回重录").count() == 0
    await fits(clerk)
    await clerk.get_by_label("哪里对不上").fill("两个人一起看，还是看不清")
    await clerk.get_by_role("button", name="作废，不再录").click()
    await stand(day, differing, "discarded")
    await clerk.get_by_role("button", name=f"撤回 {WAITING}").click()
    await clerk.get_by_label("哪里对不上").fill("票号和原票对不上")
    await fits(clerk)
    await clerk.get_by_role("button", name="退回重录").click()
    await stand(day, WAITING, "anew")
    for number, unit in ((wrong, wrong), (WAITING, "1-1-201")):
        assert (await day.motion()).waiting_for == ("papers",)
        await clerk.click("text=全部纸质票")
        await clerk.get_by_role("button", name=f"重新录 {number}").click()
        await clerk.wait_for_selector(f".whose:has-text('{unit}')")
        await holds(clerk, "document.activeElement?.name === 'mark'")
        await keys(clerk, "1", "Enter")
        await stand(day, number, "replaced", "entered")
        await second(secretary, number, "1")
        await stand(day, number, "replaced", "confirmed")
    await day.look()
    assert (await day.motion()).unsealed_at is not None


async def test_a_recount_puts_an_entry_right_only_where_two_read_the_same(day: Day, open_page: Any) -> None:
    secretary = await come_in(open_page, day, "secretary")
    await _recounted(day, open_page, secretary)
    first, other = [await at_tab(open_page, day, who, "paper", OPEN) for who in ("secretary", "clerk")]
    for page in (first, other):
        await page.locator("label", has_text="更正录错的票").click()
    await first.fill("#m-number", "没有的票")
    assert "没有“没有的票”这张已计入的票" in await first.inner_text(".one-paper")
    for read, said in (("abstain", "两遍不一致，没有改"), ("against", "已更正")):
        await first.fill("#m-number", COUNTED)
        await first.locator(".marks label:has(input[value=against])").click()
        assert await first.get_by_role("button", name="录更正（第一遍）").is_disabled()
        await first.fill("#m-reason", "原票和录的不一样")
        await fits(first)
        await first.get_by_role("button", name="录更正（第一遍）").click()
        row = other.locator(".pp li", has_text="等第二遍")
        await row.wait_for()
        assert "等另一个人" in await first.locator(".pp li", has_text="等第二遍").inner_text()
        assert await first.get_by_role("button", name="录第二遍").count() == 0
        assert "反对" not in await row.inner_text()
        await row.get_by_role("button", name="录第二遍").click()
        await row.locator(f".marks label:has(input[value={read}])").click()
        await fits(other)
        await row.get_by_role("button", name="保存").click()
        await other.locator(".pp li", has_text=said).wait_for()
        await fits(other)
    await stand(day, COUNTED, "corrected", "confirmed")
    held, room = await day.motion(), await day.room()
    assert [one.reason for one in held.corrections] == ["原票和录的不一样"]
    (unit,) = {one.unit for one in await entries(day, COUNTED)}
    ballots = counted_document(room, held)["ballots"]
    assert [one["choice"] for one in ballots if one["unit"] == unit][-1] == "against"
    await other.click("text=全部纸质票")
    rows = await other.locator(".pp li", has_text=COUNTED).all_inner_texts()
    assert ["已计入" in one for one in rows] == [True, False]
    assert "已更正，原来录的" in rows[1]
    await fits(other)


async def _recounted(day: Day, open_page: Any, secretary: Any) -> None:
    """The vote closed, its papers settled, counted and announced; an owner objects, and a supervisor has it counted anew."""
    (waiting,) = await entries(day, WAITING)
    await day.close()
    people = {
        who: await come_in(open_page, day, who)
        for who in ("clerk", "supervisor", "supervisor2", "chair", "owner")
    }

    async def said(who: str, word: str, **fields: Any) -> None:
        page = secretary if who == "secretary" else people[who]
        answer = await do(page, day, word, **fields)
        assert answer["ok"], (word, answer)

    await said("clerk", "paper.confirm", id=waiting.id, choice="agree")
    await day.look()
    digest = digest_of(counted_document(await day.room(), await day.motion()))
    for who in ("supervisor", "supervisor2"):
        await said(who, "motion.sign", id=OPEN, round=1, digest=digest)
    await said("secretary", "motion.count", id=OPEN, round=1)
    await said("chair", "motion.announce", id=OPEN, round=1)
    objection = {"id": OPEN, "dispute": new_id()}
    await said("owner", "motion.dispute", **objection, text="我家的纸质票好像录错了。")
    await said("supervisor", "motion.settle", **objection, outcome="recount", answer="查对原票，重新计票。")
