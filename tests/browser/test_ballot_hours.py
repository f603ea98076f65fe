"""Voting on a phone where the hour matters: coming in by the letter, changing, anonymous polls, a close before the
ballot is there; and the receipt as it is kept outside the page.
"""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

import pytest

from meetings.docket.ballots import code_of, commitment_of, leaf_of_ballot, slip_id
from server import dockets
from tests.browser.test_ballot import STORED, receipt, vote
from tests.meetings.cast import DAY
from tests.server.test_votes import FLAT, Vote, opened, owner
from tests.town import Browser, town

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

pytestmark = pytest.mark.browser


@pytest.fixture
async def held(tmp_path: Path) -> AsyncIterator[Vote]:
    """A vote in a town whose clock the test sets."""
    async with town(tmp_path) as place:
        await dockets.open_docket(place.parts.desks, place.community)
        yield Vote(place)


async def at_ballot(open_page: Any, held: Vote, who: Browser | None, **context: Any) -> Any:
    page = await open_page("about:blank", **context)
    if who is not None:
        await page.context.add_cookies([{"name": "sun", "value": who.session, "url": held.parts.base_url}])
    await page.goto(f"{held.parts.base_url}/ballot/{held.place.community}/{held.motion}")
    await page.wait_for_selector(".ballot main")
    return page


async def told_of(held: Vote) -> dict[str, Any]:
    """The motion as everybody sees it."""
    _, room = await held.get(held.place.browser(), "room")
    return dict(room["set"][f"motion:{held.motion}"])


async def test_an_owner_comes_in_by_the_letter_on_the_ballot_itself(held: Vote, open_page: Any) -> None:
    await opened(held)
    page = await at_ballot(open_page, held, None)
    await page.get_by_role("button", name="我是业主，去登记").click()
    form = page.get_by_role("dialog")
    await form.locator("#homes-name").fill("任志勇")
    await form.locator(".pick button >> nth=0").click()
    for words in ("3", "1", "501"):
        await form.locator(".rooms button").get_by_text(words, exact=True).click()
    await form.locator("#homes-code").fill(await held.place.code(FLAT))
    await form.locator(".agree").click()
    await form.locator("form.homes-form .btn.p").click()
    await page.locator(".options").wait_for()
    assert "3号楼1单元501" in await page.inner_text(".facts")
    await vote(page, "同意")
    await receipt(page)
    assert (await told_of(held))["turnout"]["heads"] == 1


async def test_a_ballot_can_be_changed_where_the_vote_lets_it(held: Vote, open_page: Any) -> None:
    await opened(held, revote="last")
    page = await at_ballot(open_page, held, await owner(held, FLAT, "任志勇"))
    assert "以最后一次为准" in await page.inner_text(".acts")
    await vote(page, "同意")
    first = await receipt(page)
    await page.get_by_role("button", name="改票").click()
    await vote(page, "反对")
    await page.get_by_text(first.replace("-", " ")[:9]).wait_for(state="detached")
    assert await receipt(page) != first
    await page.get_by_role("button", name="看一下您选了什么").click()
    assert "反对" in await page.inner_text(".rc")
    assert (await told_of(held))["turnout"]["heads"] == 1


async def test_an_anonymous_poll_says_what_its_receipt_gives_away(held: Vote, open_page: Any) -> None:
    await opened(held, mode="anonymous")
    page = await at_ballot(open_page, held, await owner(held, FLAT, "任志勇"))
    assert "意向征询（非业主共同决定）" in await page.inner_text(".kind")
    assert "没有门槛" in await page.inner_text(".facts")
    await vote(page, "反对")
    code = await receipt(page, drawn=False)
    assert await page.locator(".rc .code .qr").count() == 0
    (kept,) = await page.evaluate(STORED)
    motion = await told_of(held)
    assert code == code_of(slip_id(motion["digest"], kept["id"], kept["nonce"]))
    assert "不要给别人" in await page.inner_text(".acts")
    assert await page.locator(".meter").count() == 1


async def test_a_ballot_that_comes_after_the_close_is_told_to_be_late(held: Vote, open_page: Any) -> None:
    await opened(held)
    page = await at_ballot(open_page, held, await owner(held, FLAT, "任志勇"))
    await page.context.set_offline(True)
    await vote(page, "同意")
    await page.get_by_role("heading", name="还没有送到").wait_for(timeout=45_000)
    held.hour.at += 10 * DAY + 1
    await held.look()
    await page.context.set_offline(False)
    state = page.locator(".state", has_text="这张票没有算进去")
    await state.wait_for(timeout=45_000)
    assert "已经截止" in await state.inner_text()
    assert (await told_of(held))["turnout"]["heads"] == 0
    await page.get_by_role("button", name="我的回执").click()
    assert "已经截止" in await page.inner_text("[role=dialog]")


async def test_a_page_left_open_closes_with_the_vote(held: Vote, open_page: Any) -> None:
    await opened(held)
    page = await at_ballot(open_page, held, await owner(held, FLAT, "任志勇"))
    await page.locator(".options").wait_for()
    held.hour.at += 10 * DAY + 1
    await held.look()
    await page.get_by_role("heading", name="表决已经截止，正在计票").wait_for()
    assert await page.locator(".options").count() == 0


async def test_a_receipt_is_kept_as_picture_words_and_proof(held: Vote, open_page: Any) -> None:
    await opened(held)
    page = await at_ballot(open_page, held, await owner(held, FLAT, "任志勇"))
    await vote(page, "同意")
    code = await receipt(page)
    await page.get_by_role("button", name="存回执").click()
    picture = page.locator("img.kept-picture")
    await picture.wait_for()
    assert await picture.evaluate("one => one.decode().then(() => one.naturalWidth)") == 720
    await page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    await page.get_by_role("button", name="复制文字").click()
    await page.get_by_text("已复制").wait_for()
    words = await page.evaluate("navigator.clipboard.readText()")
    assert code in words
    assert f"/votes/{held.place.community}/{held.motion}/check#{code.replace('-', '')}" in words
    assert "同意" not in words
    # Where there is no clipboard to ask, from a field.
    await page.evaluate(
        "() => { delete Navigator.prototype.clipboard\n"
        "addEventListener('copy', () => { window.copied = document.activeElement.value }) }"
    )
    await page.get_by_role("button", name="复制文字").click()
    await page.wait_for_function("() => window.copied")
    assert await page.evaluate("window.copied") == words
    await page.locator(".proof summary").click()
    async with page.expect_download() as saving:
        await page.get_by_role("link", name="下载凭证").click()
    told = json.loads(await asyncio.to_thread((await (await saving.value).path()).read_text))
    commitment = commitment_of(told["digest"], told["unit"], told["choice"], told["nonce"])
    assert told["receipt"] == 1
    assert code == code_of(leaf_of_ballot(told["digest"], told["ballot"], told["unit"], commitment))


async def test_nobody_else_on_a_lent_phone_sees_a_receipt(held: Vote, open_page: Any) -> None:
    await opened(held)
    page = await at_ballot(open_page, held, await owner(held, FLAT, "任志勇"))
    await vote(page, "同意")
    await receipt(page)
    guest = await held.place.joined("1-1-101", name="租客甲", code=await held.place.code("1-1-101"))
    await page.context.add_cookies([{"name": "sun", "value": guest.session, "url": held.parts.base_url}])
    await page.reload()
    await page.wait_for_selector(".state")
    await page.get_by_role("button", name="我的回执").click()
    assert "还没有回执" in await page.inner_text("[role=dialog]")
    assert len(await page.evaluate(STORED)) == 1


async def test_a_browser_that_keeps_nothing_says_so_and_votes(held: Vote, open_page: Any) -> None:
    await opened(held)
    who = await owner(held, FLAT, "任志勇")
    page = await open_page("about:blank")
    await page.add_init_script(
        "Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError') }"
    )
    await page.context.add_cookies([{"name": "sun", "value": who.session, "url": held.parts.base_url}])
    await page.goto(f"{held.parts.base_url}/ballot/{held.place.community}/{held.motion}")
    await vote(page, "弃权")
    await receipt(page)
    assert "不让网页保存内容" in await page.inner_text(".banner")


async def test_a_ballot_whose_session_ended_waits_for_its_sender(held: Vote, open_page: Any) -> None:
    await opened(held)
    who = await owner(held, FLAT, "任志勇")
    page = await at_ballot(open_page, held, who)
    await page.context.set_offline(True)
    await vote(page, "同意")
    await page.get_by_role("heading", name="还没有送到").wait_for(timeout=45_000)
    await page.context.clear_cookies()
    await page.context.set_offline(False)
    await page.get_by_text("有一张还没送出的票").wait_for(timeout=45_000)
    assert (await told_of(held))["turnout"]["heads"] == 0
    await page.context.add_cookies([{"name": "sun", "value": who.session, "url": held.parts.base_url}])
    await page.reload()
    await receipt(page)
    assert (await told_of(held))["turnout"]["heads"] == 1
