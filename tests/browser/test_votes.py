"""Owners' votes on pages, in a real browser: read without script, checked on the device, in the hall and on paper."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest

from server import dockets
from tests import engines
from tests.browser.council import WIDE, come_in, too_small, violations, wider_than_window
from tests.browser.hall import SMALLEST
from tests.meetings.cast import DAY
from tests.server.test_votes import FLAT, Vote, opened, owner
from tests.server.test_votes_pages import counted
from tests.town import town

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from tests.engines import Served

pytestmark = pytest.mark.browser

HALL = {"viewport": {"width": 1920, "height": 1080}}
NARROW = {"viewport": {"width": 320, "height": 640}, "is_mobile": True, "has_touch": True}
LOOKS = pytest.mark.parametrize("look", ["18", "24"], ids=["standard", "elder"])
CUT = """() => ['.cur', '.nx', '.hall', '.stepses'].filter((name) => {
  const one = document.querySelector(name)
  return one.scrollHeight > one.clientHeight + 2 || one.getBoundingClientRect().bottom > window.innerHeight + 1 })"""
"""The pieces of the hall's picture that are cut off or run over."""
DEMO = {
    "关于解聘顺意居物业并授权公开选聘的表决": (
        "通过",
        (
            "参与人数 52 / 61 人",
            "参与面积 6424.49 / 7311.52 ㎡",
            "同意人数 38 / 52 人",
            "同意面积 4386.34 / 6424.49 ㎡",
        ),
        ("85.25%", "87.87%", "73.08%", "68.28%", "1174.98", "863.17"),
        0,
    ),
    "关于将3号楼架空层改建为电动自行车集中充电车棚并收取充电服务费的表决": (
        "未通过",
        (
            "参与人数 52 / 61 人",
            "同意人数 39 / 52 人",
            "同意面积 4734.42 / 6424.49 ㎡",
            "四分之三至少 4818.37 ㎡",
        ),
        ("75.00%", "73.69%", "1001.15", "688.92"),
        1,
    ),
}
"""The demo's two motions: outcome, figures as they stand in a line, further ones, and how many counts are not met."""


async def votes_of(page: Any) -> str:
    """The address of the list, from the home page."""
    return str(await page.locator("#votes .more").first.get_attribute("href"))


async def addresses(page: Any, served: Served) -> dict[str, str]:
    """The list, and one vote of each state, by the state."""
    listed = await votes_of(page)
    await page.goto(served.url + listed)
    found = {"list": listed}
    for card in await page.locator("article.vote").all():
        state = str(await card.get_attribute("class")).split()[-1]
        found.setdefault(state, str(await card.locator("h3 a").get_attribute("href")))
    return found


@pytest.mark.parametrize("title", DEMO)
async def test_the_demos_motions_are_exact_and_read_without_script(
    council: Served, open_page: Any, title: str
) -> None:
    outcome, lines, figures, not_met = DEMO[title]
    page = await open_page(council.url + "/", java_script_enabled=False)
    await page.click("#votes .more")
    await page.click(f"article.vote h3 a:text-is('{title}')")
    said = re.sub(r"\s+", " ", await page.inner_text("#result"))
    assert (await page.inner_text(".outcome")).strip().endswith(outcome)
    for words in (*lines, *figures):
        assert words in said, words
    assert await page.locator("#result .verdict", has_text="未达到").count() == not_met
    assert await page.locator("#result .verdict").count() == 4
    await page.click(".side a:has-text('核对回执')")
    code = await page.locator(".code-list code").first.text_content()
    await page.fill("#code", str(code).lower())
    await page.click("#lookup .btn.p")
    assert "您的票算进去了" in await page.inner_text("#says")


async def test_an_open_vote_shows_turnout_and_leads_to_the_ballot(council: Served, open_page: Any) -> None:
    page = await open_page(council.url + "/", java_script_enabled=False)
    path = (await addresses(page, council))["open"]
    await page.goto(council.url + path)
    assert await page.locator(f"a[href='{path.replace('/votes/', '/ballot/')}']").count() == 1
    said = await page.inner_text("main")
    assert "截止以前只公布有多少人参与" in said
    assert "同意人数" not in said
    assert await page.locator(".law").evaluate("(one) => one.getBoundingClientRect().top") < 740


@LOOKS
async def test_pages_of_votes_fit_and_have_nothing_axe_objects_to(
    council: Served, open_page: Any, look: str
) -> None:
    page = await open_page(council.url + f"/?big={int(look == '24')}", **NARROW)
    wide = await open_page(council.url + f"/?big={int(look == '24')}", **WIDE)
    paths = await addresses(page, council)
    shown = [paths["list"], paths["open"], paths["final"], paths["noticed"], paths["final"] + "/check"]
    for path in [*shown, paths["open"] + "/check", paths["list"] + "/nothing"]:
        await page.goto(council.url + path)
        assert await wider_than_window(page) == [], path
        assert await too_small(page, 44) == [], path
        assert await page.evaluate(SMALLEST, 18 if look == "24" else 14) == [], path
        assert await violations(page) == [], path
        await wide.goto(council.url + path)
        assert await wider_than_window(wide) == [], path
    await wide.goto(council.url + paths["final"])
    assert await violations(wide) == []


async def test_the_desks_sheets_fill_whole_pages_of_a4(council: Served, open_page: Any) -> None:
    page = await come_in(open_page, council, "clerk", **WIDE)
    await page.goto(council.url + "/")
    path = (await addresses(page, council))["open"]
    for what, pages in (("ballots", 31), ("roster", None), ("service", None), ("tally", None)):
        answer = await page.goto(f"{council.url}{path}/print/{what}")
        assert answer.status == 200
        assert "noindex" in answer.headers["x-robots-tag"]
        made = await page.pdf(prefer_css_page_size=True)
        count = len(re.findall(rb"/Type\s*/Page\b", made))
        assert count == pages if pages else 2 <= count <= 6
        await page.emulate_media(media="print")
        wide = await page.evaluate(
            """() => Array.from(document.querySelectorAll('.paper')).filter((one) => one.scrollHeight > one.clientHeight + 1).length"""
        )
        assert wide == 0
        await page.emulate_media(media="screen")
        assert await violations(page) == [], what


@pytest.fixture
async def vote(tmp_path: Path) -> AsyncIterator[Vote]:
    """A vote of its own, whose clock the test sets."""
    often = {"SUN_LIMIT_REQUESTS": "1000/1", "SUN_LIMIT_REQUESTS_PER_ADDRESS": "1000/1"}
    async with town(tmp_path, often) as place:
        await dockets.open_docket(place.parts.desks, place.community)
        yield Vote(place)


def address(vote: Vote, end: str = "") -> str:
    return f"{vote.place.inside}/votes/{vote.place.community}/{vote.motion}{end}"


async def closed(vote: Vote) -> None:
    vote.hour.at += 10 * DAY + 1
    await vote.look()


async def saved(vote: Vote, browser: Any, ballot: dict[str, Any]) -> dict[str, Any]:
    """What a phone keeps of its ballot."""
    mine = (await vote.get(browser, f"motions/{vote.motion}/mine"))[1]
    kept = {"receipt": 1, "motion": vote.motion, "digest": mine["digest"], "ballot": ballot["id"]}
    unit = next(head["leaf"] for head in mine["heads"] if head["unit"] == ballot["unit"])
    return kept | {"unit": unit, "choice": ballot["choice"], "nonce": ballot["nonce"]}


async def says(page: Any, name: str) -> None:
    await page.wait_for_selector(f"[data-say={name}]:not([hidden])")


async def upload(page: Any, told: object) -> None:
    body = json.dumps(told).encode()
    await page.set_input_files("#receipt", {"name": "r.json", "mimeType": "application/json", "buffer": body})


async def test_a_receipt_is_checked_on_the_device_and_its_choice_is_never_sent(
    vote: Vote, open_page: Any
) -> None:
    await opened(vote)
    mine = await owner(vote, FLAT, "任志勇")
    ballot = vote.ballot(FLAT, "against")
    await vote.done(mine, "ballot.cast", **ballot)
    code = (await vote.get(mine, "changes?since=0"))[1]["own"][f"ballot:{ballot['id']}"]["code"]
    kept = await saved(vote, mine, ballot)
    early = await open_page(address(vote, "/check") + f"#{code}")
    assert "现在还不能核对" in await early.inner_text("#says")
    await closed(vote)
    page = await open_page(address(vote, "/check") + f"#{code}")
    sent: list[str] = []
    page.on("request", lambda request: sent.append(f"{request.url} {request.post_data}"))
    await says(page, "counts")
    await page.wait_for_selector("[data-tree=same]:not([hidden])")
    await page.fill("#code", "AAAA-BBBB-CCCC-DDDD")
    await page.click("#lookup .btn.p")
    await says(page, "absent")
    await upload(page, kept)
    await says(page, "opens")
    assert "反对" in await page.inner_text("[data-say=shows]")
    for wrong in ({"choice": "agree"}, {"nonce": "0" * 32}, {"unit": "0" * 64}):
        await upload(page, kept | wrong)
        await says(page, "differs")
    for stranger in (kept | {"motion": "x"}, {}, [], "x", {"motion": 1}):
        await upload(page, stranger)
        await says(page, "stranger")
    assert not [one for one in sent if ballot["nonce"] in one or "against" in one]


async def test_a_list_that_was_changed_on_its_way_is_noticed_on_the_device(
    vote: Vote, open_page: Any
) -> None:
    await opened(vote)
    for number, name in ((FLAT, "任志勇"), ("1-1-101", "田秀兰"), ("3-1-201", "蔡玉兰")):
        await vote.done(await owner(vote, number, name), "ballot.cast", **vote.ballot(number))
    await closed(vote)
    page = await open_page(address(vote, "/check"))

    async def without_one(route: Any) -> None:
        answer = await route.fetch()
        told = await answer.json()
        told["receipts"].pop()
        await route.fulfill(response=answer, json=told)

    await page.route("**/receipts", without_one)
    await page.reload()
    await page.wait_for_selector("[data-tree=other]:not([hidden])")


async def test_a_slip_of_an_anonymous_poll_is_found_by_what_the_phone_kept(
    vote: Vote, open_page: Any
) -> None:
    secretary, _, one, other = await opened(vote, mode="anonymous")
    mine = await owner(vote, FLAT, "任志勇")
    ballot = vote.ballot(FLAT, "abstain")
    await vote.done(mine, "ballot.cast", **ballot)
    kept = {key: value for key, value in (await saved(vote, mine, ballot)).items() if key != "unit"}
    await closed(vote)
    await counted(vote, one, other, secretary)
    await vote.done(secretary, "motion.announce", id=vote.motion, round=1)
    page = await open_page(address(vote, "/check"))
    await page.wait_for_selector("[data-tree=same]:not([hidden])")
    await upload(page, kept)
    await says(page, "opens")
    await upload(page, kept | {"choice": "agree"})
    await says(page, "differs")
    await upload(page, kept | {"nonce": "0" * 32})
    await says(page, "absent")


async def test_the_hall_sees_the_turnout_grow_and_the_result_when_it_is_announced(
    vote: Vote, open_page: Any
) -> None:
    secretary, _, one, other = await opened(vote)
    page = await open_page(address(vote, "/big"), **HALL)
    phone = await open_page(address(vote))
    assert await page.inner_text("[data-part=heads]") == "0"
    await vote.done(await owner(vote, FLAT, "任志勇"), "ballot.cast", **vote.ballot(FLAT))

    async def grown(shown: Any) -> bool:
        return await shown.inner_text("[data-part=heads]") == "1"

    for shown in (page, phone):
        await engines.eventually(lambda shown=shown: grown(shown), what="the turnout")
    assert "同意人数" not in await page.inner_text("body")
    await _fits_the_hall(page)
    await closed(vote)
    await counted(vote, one, other, secretary)
    await vote.done(secretary, "motion.announce", id=vote.motion, round=1)
    await page.wait_for_selector(".after .outcome", timeout=30_000)
    assert "参与不足" in await page.inner_text(".outcome")
    assert await page.locator(".after .verdict").count() == 4
    await phone.wait_for_selector("#news:not([hidden])", timeout=30_000)
    await _fits_the_hall(page)


async def _fits_the_hall(page: Any) -> None:
    """Nothing is cut off at the bottom, and the smallest words are read from the last row."""
    assert await wider_than_window(page) == []
    assert await page.evaluate(SMALLEST, 25.9) == []
    assert await page.evaluate(CUT) == []


async def test_the_demos_results_fit_the_hall_and_the_notice_board(council: Served, open_page: Any) -> None:
    page = await open_page(council.url + "/", **HALL)
    await page.goto(council.url + await votes_of(page))
    links = await page.locator("article.vote.final h3 a").all()
    for path in [await link.get_attribute("href") for link in links]:
        await page.goto(f"{council.url}{path}/big")
        await _fits_the_hall(page)
        assert await page.locator(".verdict").count() == 4
        for width, height in ((1280, 720), (1366, 768), (1920, 940), (1024, 768)):
            await page.set_viewport_size({"width": width, "height": height})
            assert await page.evaluate(CUT) == [], (width, height)
        await page.set_viewport_size(HALL["viewport"])
        await page.goto(council.url + path)
        made = await page.pdf(prefer_css_page_size=True)
        assert len(re.findall(rb"/Type\s*/Page\b", made)) <= 4
