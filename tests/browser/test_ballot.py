"""Voting on a phone, in the sample's open vote: one ballot after another, over a dead line, in two pages, refused
in words; before and after; in every size.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest

from meetings.docket.ballots import code_of, commitment_of, leaf_of_ballot
from server.sample.community import COMMUNITY
from server.sample.today import CLOSED, OPEN, UNDER_NOTICE
from server.sample.votes import motion_id
from tests import engines
from tests.browser.council import OLD_WEBVIEW, WIDE, come_in, too_small, violations
from tests.browser.hall import SMALLEST

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.engines import Served

pytestmark = pytest.mark.browser

RECORD = f"docket:{COMMUNITY}"
CODE = re.compile(r"[A-Z2-7]{4}( ?[A-Z2-7]{4}){3}")
STORED = (
    "Object.keys(localStorage).filter(k => k.startsWith('sun.ballot.')).map(k => JSON.parse(localStorage[k]))"
)


@pytest.fixture(scope="module")
def estate(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The sample community of its own: whoever votes here has voted."""
    with engines.serve(tmp_path_factory.mktemp("ballots"), patience=240) as served:
        yield served


def ballot(motion: str = OPEN) -> str:
    return f"/ballot/{COMMUNITY}/{motion}"


async def voter(open_page: Any, served: Served, who: str, motion: str = OPEN, **context: Any) -> Any:
    page = await come_in(open_page, served, who, ballot(motion), **context)
    await page.wait_for_selector(".ballot main")
    return page


async def vote(page: Any, choice: str, *, send: bool = True) -> None:
    await page.get_by_role("radio", name=choice).check(force=True)
    await page.get_by_role("button", name=f"投“{choice}”这一票").click()
    assert await page.locator("[role=dialog] .huge").inner_text() == choice
    if send:
        await page.get_by_role("button", name=f"确认投“{choice}”").click()


async def receipt(page: Any, *, drawn: bool = True) -> str:
    """The code on the receipt, once it is there; `drawn` with its QR, which an anonymous poll's has not."""
    await page.wait_for_selector(".rc .code .qr" if drawn else ".rc .code .nb", timeout=45_000)
    text = (await page.locator(".rc .code .nb").all_inner_texts())[:2]
    assert CODE.fullmatch(" ".join(text)), text
    return " ".join(text).replace(" ", "-")


async def turnout(page: Any, served: Served) -> int:
    """How many heads took part, as the server says."""
    answer = await page.request.get(f"{served.url}/api/records/{RECORD}/room")
    return int((await answer.json())["set"][f"motion:{OPEN}"]["turnout"]["heads"])


async def own(page: Any, served: Served) -> dict[str, dict[str, Any]]:
    answer = await page.request.get(f"{served.url}/api/records/{RECORD}/changes?since=0")
    things = (await answer.json())["own"]
    return {name: one for name, one in things.items() if name.startswith("ballot:") and one["motion"] == OPEN}


async def test_an_owner_of_two_flats_with_a_letter_votes_for_one_head_after_the_other(
    estate: Served, open_page: Any
) -> None:
    page = await voter(open_page, estate, "owner2")
    assert "您有 2 张票" in await page.inner_text(".heads")
    facts = await page.inner_text(".facts")
    assert "1号楼2单元501、502" in facts
    assert "185.88" in facts
    assert "达到三分之二（含）以上" in facts
    assert "过半数" in facts
    assert await page.locator("input[type=radio]:checked").count() == 0
    assert await page.locator(".ballot > footer .btn").get_attribute("aria-disabled") == "true"
    before = await turnout(page, estate)
    await vote(page, "同意")
    code = await receipt(page)
    assert code in {one["code"] for one in (await own(page, estate)).values()}
    assert await page.locator(".heads .done").count() == 1

    shown = page.locator(".rc .hide")
    assert "同意" not in await page.inner_text(".rc")
    await shown.get_by_role("button", name="看一下您选了什么").click()
    assert "同意" in await shown.inner_text()

    await page.get_by_role("button", name="投下一张票").click()
    facts = await page.inner_text(".facts")
    assert "受 曾晓雯 书面委托" in facts
    assert "代投" in facts
    await vote(page, "弃权")
    assert await receipt(page) != code
    assert await turnout(page, estate) == before + 2
    await page.reload()
    await page.wait_for_selector(".heads")
    assert await page.locator(".heads .done").count() == 2
    await page.get_by_role("button", name="我的回执").click()
    kept = await page.inner_text("[role=dialog]")
    assert code.replace("-", " ") in kept
    assert "弃权" not in kept


async def test_a_ballot_outlives_a_dead_line_and_a_closed_page(estate: Served, open_page: Any) -> None:
    page = await voter(open_page, estate, "chair")
    before = await turnout(page, estate)
    await page.context.set_offline(True)
    await vote(page, "反对")
    await page.get_by_role("heading", name="还没有送到").wait_for(timeout=45_000)
    assert "存在这台手机里" in await page.inner_text(".got")
    (kept,) = await page.evaluate(STORED)
    assert (kept["state"], kept["choice"]) == ("sending", "against")
    context = page.context
    await page.close()
    await context.set_offline(False)

    again = await context.new_page()
    await again.goto(estate.url + ballot())
    code = await receipt(again)
    mine = (await own(again, estate))[f"ballot:{kept['id']}"]
    assert mine["code"] == code
    assert await turnout(again, estate) == before + 1
    commitment = commitment_of(kept["digest"], kept["leaf"], "against", kept["nonce"])
    assert mine["commitment"] == commitment
    assert code == code_of(leaf_of_ballot(kept["digest"], kept["id"], kept["leaf"], commitment))


async def test_a_lost_answer_is_asked_for_again_and_one_ballot_is_there(
    estate: Served, open_page: Any
) -> None:
    page = await voter(open_page, estate, "proxy", service_workers="block")
    before, lost = await turnout(page, estate), []

    async def lose(route: Any) -> None:
        if not lost:
            lost.append((await (await route.fetch()).json())["ok"])
            return await route.abort()
        return await route.continue_()

    await page.route("**/commands", lose)
    await page.route_web_socket("**/socket.io/**", lambda line: line.close())
    await page.reload()
    await page.wait_for_selector(".options")
    await vote(page, "同意")
    await receipt(page)
    assert lost == [True]
    assert await turnout(page, estate) == before + 1
    assert len(await own(page, estate)) == 1


async def test_of_a_couple_the_first_speaks_and_the_other_sees_who_and_when(
    estate: Served, open_page: Any
) -> None:
    one, other = await voter(open_page, estate, "couple"), await voter(open_page, estate, "couple2")
    assert await other.locator(".options").is_visible()
    await vote(one, "同意")
    await receipt(one)
    # Who had the page open presses, and is told.
    await vote(other, "反对")
    await other.get_by_role("heading", name="您家已经投过票了").wait_for()
    words = await other.inner_text(".state")
    assert "余慧敏" in words
    assert re.search(r"\d+月\d+日 \d\d:\d\d:\d\d", words)
    assert await other.locator(".options").count() == 0
    assert "同意" not in words


async def test_a_tenant_is_refused_in_words_and_a_stranger_asked_to_come_in(
    estate: Served, open_page: Any
) -> None:
    tenant = await voter(open_page, estate, "resident2")
    assert "这一户的业主里没有您" in await tenant.inner_text(".state")
    assert "书面委托" in await tenant.inner_text(".state")
    assert await tenant.locator(".options, .ballot > footer").count() == 0
    stranger = await open_page(estate.url + ballot())
    await stranger.get_by_role("button", name="我是业主，去登记").click()
    await stranger.get_by_role("dialog").locator("form").wait_for()
    assert await stranger.locator(".options").count() == 0


async def test_two_pages_of_one_phone_know_of_each_other(estate: Served, open_page: Any) -> None:
    page = await voter(open_page, estate, "owner")
    other = await page.context.new_page()
    await other.goto(estate.url + ballot())
    await other.wait_for_selector(".options")
    await vote(page, "同意")
    code = await receipt(page)
    assert await receipt(other) == code
    (kept,) = await other.evaluate(STORED)

    # A receipt that is not the one this ballot must give is told at once.
    told = json.dumps({**kept, "choice": "against", "at": None})
    await other.evaluate(f"localStorage.setItem('sun.ballot.{kept['id']}', {json.dumps(told)})")
    await other.reload()
    await other.get_by_role("alert").wait_for()
    assert "对不上" in await other.locator(".alarm").inner_text()
    await other.evaluate(f"localStorage.setItem('sun.ballot.{kept['id']}', {json.dumps(json.dumps(kept))})")


async def test_before_and_after_there_is_nothing_to_press(estate: Served, open_page: Any) -> None:
    page = await voter(open_page, estate, "couple", UNDER_NOTICE)
    assert "还没有开始" in await page.inner_text(".state")
    assert "达到四分之三（含）以上" in await page.inner_text(".facts")
    await page.goto(estate.url + ballot(CLOSED))
    await page.get_by_role("heading", name="表决已经截止，正在计票").wait_for()
    await page.goto(estate.url + ballot(motion_id("MO1")))
    told = page.locator(".outcome-card")
    await told.wait_for()
    assert "通过" in await told.inner_text()
    assert await told.get_by_role("link").get_attribute("href") == f"/votes/{COMMUNITY}/{motion_id('MO1')}"
    assert await page.locator(".options").count() == 0
    answer = await page.goto(f"{estate.url}{ballot('01970000-0000-7000-8000-00000000dead')}")
    assert answer.status == 404


@pytest.mark.parametrize("look", ["18", "24", "30", "18.hc"])
async def test_a_ballot_reads_well_in_every_size(estate: Served, open_page: Any, look: str) -> None:
    page = await voter(open_page, estate, "lawyer", UNDER_NOTICE)
    for motion in (OPEN, UNDER_NOTICE, motion_id("MO1")):
        await page.context.add_cookies([{"name": "look", "value": look, "url": estate.url}])
        await page.goto(estate.url + ballot(motion))
        await page.wait_for_selector(".ballot main")
        assert await violations(page) == []
        assert await too_small(page, 44) == []
        assert await page.evaluate(SMALLEST, 14) == []
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")


async def test_a_ballot_is_cast_by_keyboard_alone_in_an_old_browser(estate: Served, open_page: Any) -> None:
    page = await open_page("about:blank", **WIDE)
    await page.add_init_script(OLD_WEBVIEW)
    await page.goto(estate.links["owner2"])
    await page.click("#confirm")
    await page.wait_for_url(lambda url: "/enter" not in url)
    await page.goto(estate.url + ballot(UNDER_NOTICE))
    await page.wait_for_selector(".facts")
    await page.focus(".kind .lk")
    await page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="议案全文")
    await dialog.wait_for()
    assert await violations(page) == []
    await page.keyboard.press("Escape")
    assert await page.evaluate("document.activeElement.textContent") == "全文"
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    said = await page.get_by_role("dialog", name="谁能看到？").inner_text()
    assert "保护什么" in said
    assert "两位监票人一起启封" in said
