"""One vote in a real browser, from the last ballots to the result: phones, paper entered by two, the count, and the same
figures on the phone, in the hall and on paper.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from meetings.docket.bundle import flaws_of
from meetings.docket.counting import counted_document
from server.sample.community import COMMUNITY
from server.sample.today import OPEN
from tests import engines
from tests.browser.council import WIDE, come_in
from tests.browser.owners import at_tab, get
from tests.browser.test_ballot import receipt, vote, voter
from tests.browser.test_docket_paper import at_papers, enter, free, paper_of, second
from tests.meetings.tally.by_law import by_law

if TYPE_CHECKING:
    from tests.browser.day import Day

pytestmark = pytest.mark.browser

HALL = {"viewport": {"width": 1920, "height": 1080}}
OUTCOMES = {"passed": "通过", "rejected": "未通过", "no_quorum": "参与不足"}
WAITING = "1-1-201"
"""The sample's paper that the secretary has entered and nobody has confirmed."""


@pytest.mark.timeout(420)
async def test_a_vote_from_the_last_ballots_to_the_result_on_phone_wall_and_paper(
    day: Day, open_page: Any
) -> None:
    before = (await day.motion()).cast_heads
    codes = await _on_phones(day, open_page)
    secretary, clerk, paper = await _on_paper(day, open_page)
    assert (await day.motion()).cast_heads == before + 5

    await day.close()
    await _settled(day, clerk)
    await _counted(day, open_page, secretary)

    held = await day.motion()
    (one,) = held.rounds
    room = await day.room()
    law = by_law(counted_document(room, held))
    assert {name: one.result[name] for name in law if name in one.result} == {
        name: value for name, value in law.items() if name in one.result
    }
    assert held.cast_heads == before + 6
    await _shown(day, open_page, one.result, codes, paper)


async def _on_phones(day: Day, open_page: Any) -> list[str]:
    """An owner of two flats, their principal, a couple and an agent vote; a tenant does not. The receipts' codes."""
    two_flats = await voter(open_page, day, "owner2")
    assert "1号楼2单元501、502" in await two_flats.inner_text(".facts")
    await vote(two_flats, "同意")
    codes = [await receipt(two_flats)]
    await two_flats.get_by_role("button", name="投下一张票").click()
    assert "受 曾晓雯 书面委托" in await two_flats.inner_text(".facts")
    await vote(two_flats, "反对")
    codes.append(await receipt(two_flats))

    one, other = await voter(open_page, day, "couple"), await voter(open_page, day, "couple2")
    await vote(one, "同意")
    codes.append(await receipt(one))
    await vote(other, "反对")
    await other.get_by_role("heading", name="您家已经投过票了").wait_for()

    agent = await voter(open_page, day, "proxy")
    await vote(agent, "同意")
    codes.append(await receipt(agent))

    tenant = await voter(open_page, day, "resident2")
    assert "这一户的业主里没有您" in await tenant.inner_text(".state")
    assert await tenant.locator(".options").count() == 0
    return codes


async def _on_paper(day: Day, open_page: Any) -> tuple[Any, Any, str]:
    """One paper entered by the grid keeper and again by the secretary; the two, and the receipt's code."""
    clerk, motion = await at_papers(open_page, day, "clerk")
    unit = (await free(clerk, day, motion))[0]["units"][0]["unit"]
    await enter(clerk, unit, "3")
    secretary, _ = await at_papers(open_page, day, "secretary")
    await secretary.click("text=第二遍录入")
    await second(secretary, unit, "3")

    async def confirmed() -> bool:
        return bool((await paper_of(clerk, day, unit))["state"] == "confirmed")

    await engines.eventually(confirmed, what="the paper")
    return secretary, clerk, str((await paper_of(clerk, day, unit))["code"])


async def _settled(day: Day, clerk: Any) -> None:
    """The paper that came in by the close is entered again after it; only then the ballots are opened."""
    held = await day.motion()
    assert (held.state, held.waiting_for, held.unsealed_at) == ("closed", ("papers",), None)
    number = (await paper_of(clerk, day, WAITING))["number"]
    await clerk.reload()
    await clerk.wait_for_selector(".papers")
    await clerk.click("text=第二遍录入")
    await second(clerk, number, "1")

    async def opened() -> bool:
        await day.look()
        return (await day.motion()).unsealed_at is not None

    await engines.eventually(opened, what="the ballots to be opened")


async def _counted(day: Day, open_page: Any, secretary: Any) -> None:
    """Both supervisors sign what they counted, the secretary writes it down, the chair announces it."""
    for who in ("supervisor", "supervisor2"):
        page = await at_tab(open_page, day, who, "count", OPEN)
        await page.get_by_role("button", name="看计票文件").click()
        await page.wait_for_selector("text=指纹一致")
        await page.get_by_role("button", name="对得上，签名").click()
        await page.get_by_role("button", name="确定").click()
        await page.wait_for_selector("text=对得上，签名", state="detached")
    await secretary.goto("about:blank")
    await secretary.goto(f"{day.url}/docket/{COMMUNITY}#/count/{OPEN}")
    await secretary.get_by_role("button", name="记入计票结果").click()
    await secretary.wait_for_selector("#h-announce")
    assert (await day.motion()).announced_at is None
    chair = await at_tab(open_page, day, "chair", "count", OPEN)
    await chair.get_by_role("button", name="公布结果").click()

    async def announced() -> bool:
        return (await day.motion()).state == "announced"

    await engines.eventually(announced, what="the announcement")


async def _shown(day: Day, open_page: Any, result: dict[str, Any], codes: list[str], paper: str) -> None:
    """The same outcome and figures wherever somebody looks, and every receipt in the list."""
    outcome = OUTCOMES[result["outcome"]]
    figures = (
        result["participating_heads"],
        result["participating_area"],
        result["agree_heads"],
        result["agree_area"],
        result["shares"]["agree"]["heads_percent"],
        result["shares"]["agree"]["area_percent"],
    )
    met = [result[f"{line}_{unit}_met"] for line in ("quorum", "approval") for unit in ("area", "heads")]
    vote_page = f"/votes/{COMMUNITY}/{OPEN}"
    phone = await come_in(open_page, day, "owner2", vote_page)
    hall = await open_page(f"{day.url}{vote_page}/big", **HALL)
    clerk = await come_in(open_page, day, "clerk", f"{vote_page}/print/tally", **WIDE)
    for page, where in ((phone, "#result"), (hall, "main.after")):
        said = re.sub(r"\s+", " ", await page.inner_text(where))
        assert outcome in await page.inner_text(f"{where} .outcome")
        for figure in figures:
            assert str(figure) in said, (where, figure)
        verdicts = await page.locator(f"{where} .verdict").all_inner_texts()
        assert sum("未达到" in words for words in verdicts) == met.count(False)
        assert len(verdicts) == len(met)
    said = await clerk.inner_text("main")
    assert outcome in said
    for figure in figures[:4]:
        assert str(figure) in said, figure

    check = await open_page(f"{day.url}{vote_page}/check", java_script_enabled=False)
    for code in (*codes, paper):
        await check.goto(f"{day.url}{vote_page}/check")
        await check.fill("#code", code)
        await check.click("#lookup .btn.p")
        assert "您的票算进去了" in await check.inner_text("#says"), code
    assert flaws_of(await get(phone, day, f"/motions/{OPEN}/bundle")) == []
