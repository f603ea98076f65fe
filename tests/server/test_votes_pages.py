"""Owners' votes on pages: who sees what, when; both counts to the last digit; nothing early, no name, no choice."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from meetings.docket.motions import Motion
from meetings.tally import CIVIL_CODE, Threshold
from server import dockets
from server.web import language
from server.web.votes_pages import at_home, lines, told
from server.web.votes_pages.receipts import code_in
from tests.crowd.ways import uuid7
from tests.meetings.cast import DAY
from tests.server.test_votes import FLAT, Vote, opened, owner
from tests.town import Browser, town

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

NAMES = ("任志勇", "田秀兰", "蔡玉兰", "13000")
SHEETS = ("ballots", "roster", "service", "tally")
TWO_THIRDS, HALF, THREE_QUARTERS = Threshold(2, 3, True), Threshold(1, 2, False), Threshold(3, 4, True)


@pytest.fixture
async def vote(tmp_path: Path) -> AsyncIterator[Vote]:
    async with town(tmp_path) as place:
        await dockets.open_docket(place.parts.desks, place.community)
        yield Vote(place)


async def read(vote: Vote, path: str = "", browser: Browser | None = None) -> tuple[int, str]:
    """A page of this vote, or of another address under it."""
    who = browser or vote.place.browser()
    status, answer = await who.get(f"/votes/{vote.place.community}{path}")
    return status, answer.get("text", "")


def plain(html: str) -> str:
    """The words of a page, without its markup."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


async def cast(vote: Vote, unit: str, name: str, choice: str) -> dict[str, Any]:
    browser = await owner(vote, unit, name)
    ballot = vote.ballot(unit, choice)
    await vote.done(browser, "ballot.cast", **ballot)
    own = (await vote.get(browser, "changes?since=0"))[1]["own"]
    return dict(own[f"ballot:{ballot['id']}"])


async def counted(vote: Vote, one: Browser, other: Browser, secretary: Browser) -> None:
    """What was closed, signed twice and written down."""
    found = (await vote.get(one, f"motions/{vote.motion}/document"))[1]
    async with vote.parts.desks.reading(vote.record) as room:
        number = len(room.need(Motion, vote.motion).rounds) + 1
    for browser in (one, other):
        await vote.done(browser, "motion.sign", id=vote.motion, round=number, digest=found["digest"])
    await vote.done(secretary, "motion.count", id=vote.motion, round=number)


async def test_a_notice_tells_law_terms_and_rules_and_a_draft_is_nowhere(vote: Vote) -> None:
    chair = await vote.officer("committee_chair", "主任")
    asked = {"estate": vote.place.estate, "title": "草稿里的标题", "text": "一", "item": 6}
    draft = uuid7()
    await vote.done(chair, "motion.draft", id=draft, **asked)
    assert "草稿里的标题" not in (await read(vote))[1]
    assert (await read(vote, f"/{draft}"))[0] == 404
    await opened(vote)
    status, html = await read(vote, f"/{vote.motion}")
    words = plain(html)
    assert status == 200
    for said in (
        "《民法典》第 278 条第 4 项",
        "选聘和解聘物业服务企业或者其他管理人",
        "三分之二以上（正好三分之二也算）",
        "超过一半（正好一半不算）",
        "意向征询（非业主共同决定）",
        "允许在本平台投票的规则",
        "《物业管理条例》（2018 年修订）第 14 条",
        "解聘并公开选聘。",
        "甲、乙",
    ):
        assert said in words, said
    assert f'href="/ballot/{vote.place.community}/{vote.motion}"' in html
    assert "flk.npc.gov.cn" in html


@pytest.mark.parametrize(("item", "line"), [(5, "超过一半"), (6, "四分之三以上"), (8, "四分之三以上")])
def test_the_line_follows_from_the_item(item: int, line: str) -> None:
    mark = lines.mark(CIVIL_CODE.approval(item))
    assert line in language.words("zh-CN")(f"votes-line-{mark}")


@pytest.mark.parametrize(
    ("line", "whole", "least"),
    [
        (TWO_THIRDS, 61, 41),
        (TWO_THIRDS, 731_152, 487_435),
        (HALF, 52, 27),
        (HALF, 51, 26),
        (THREE_QUARTERS, 52, 39),
        (THREE_QUARTERS, 642_449, 481_837),
    ],
)
def test_the_least_that_is_enough_is_enough_and_one_less_is_not(
    line: Threshold, whole: int, least: int
) -> None:
    assert lines.least(line, whole) == least
    assert line.met(least, whole)
    assert not line.met(least - 1, whole)


def test_no_bar_touches_a_line_it_has_not_met_and_the_percent_may_deceive() -> None:
    bar = lines.bar("area", 666_666, 1_000_000, TWO_THIRDS, met=TWO_THIRDS.met(666_666, 1_000_000))
    assert (bar.percent, bar.met) == ("66.67%", False)
    assert bar.fill < bar.line
    assert bar.least == "6666.67"


async def test_before_the_close_no_page_differs_by_what_was_chosen(tmp_path: Path) -> None:
    """Two votes that differ in their choices alone: every public page, and the turnout, are the same words."""
    found: list[list[str]] = []
    for choice in ("agree", "against"):
        (tmp_path / choice).mkdir()
        async with town(tmp_path / choice) as place:
            await dockets.open_docket(place.parts.desks, place.community)
            vote = Vote(place)
            vote.hour.at = 1_800_000_000_000
            await opened(vote)
            await cast(vote, FLAT, "任志勇", choice)
            pages = [
                await read(vote, path)
                for path in ("", *(f"/{vote.motion}{end}" for end in ("", "/check", "/big", "/turnout")))
            ]
            guest = place.browser()
            pages.append((200, str(await guest.get(f"/votes/{place.community}/{vote.motion}/turnout"))))
            found.append([_without_ids(html, vote, place.parts.base_url) for _, html in pages])
    first, second = found
    assert "1" in first[1]
    assert first == second


def _without_ids(html: str, vote: Vote, base: str) -> str:
    for name in (vote.motion, vote.roster, vote.place.community, base):
        html = html.replace(name, "-")
    html = re.sub(r"[0-9a-f]{64}", "-", html)
    return re.sub(r"(?s)<svg[^>]*class=\"qr\".*?</svg>", "-", html)


async def test_the_public_reads_no_figure_between_close_and_announcement(vote: Vote) -> None:
    secretary, _, one, other = await opened(vote)
    await cast(vote, FLAT, "任志勇", "agree")
    vote.hour.at += 10 * DAY + 1
    await vote.look()
    assert "同意人数" not in plain((await read(vote, f"/{vote.motion}"))[1])
    await counted(vote, one, other, secretary)
    for end in ("", "/big"):
        words = plain((await read(vote, f"/{vote.motion}{end}"))[1])
        assert "已计票，待公布" in words
        assert "同意人数" not in words
        assert "参与不足" not in words


async def test_an_announced_result_shows_both_counts_exact_fractions_and_words(vote: Vote) -> None:
    secretary, clerk, one, other = await opened(vote)
    receipt = await cast(vote, FLAT, "任志勇", "agree")
    paper = uuid7()
    entered = {"id": paper, "motion": vote.motion, "unit": "1-1-101", "number": "1-1-101", "by": "田秀兰"}
    await vote.done(secretary, "paper.enter", **entered, choice="spoiled")
    await vote.done(clerk, "paper.confirm", id=paper, choice="spoiled")
    turned = {"id": uuid7(), "motion": vote.motion, "unit": "3-1-201", "number": "3-1-201"}
    await vote.done(clerk, "paper.refuse", **turned, reason="unsigned")
    vote.hour.at += 10 * DAY + 1
    await vote.look()
    await counted(vote, one, other, secretary)
    await vote.done(secretary, "motion.announce", id=vote.motion, round=1)
    words = plain((await read(vote, f"/{vote.motion}"))[1])
    for said in (
        "参与不足，不能形成决定",
        "参与人数 1 / 61 人",
        "7311.52 ㎡",
        "三分之二至少 41 人",
        "三分之二至少 4874.35 ㎡",
        "同意人数 1 / 1 人",
        "未达到",
        "废票 1 人",
        "纸质票 1 张，没有签名，没有计入。",
        "公示期内",
        "2 名监票人签字确认",
    ):
        assert said in words, said
    assert "通过" not in words.replace("没有通过不通过", "")
    for name in NAMES:
        assert name not in words
    assert receipt["code"] not in words
    html = (await read(vote, f"/{vote.motion}"))[1]
    (kept,) = re.findall(r'href="(/api/records/[^"]+/bundle)"', html)
    assert (await vote.place.browser().get(kept))[0] == 200
    big = plain((await read(vote, f"/{vote.motion}/big"))[1])
    assert "参与不足，不能形成决定" in big
    assert (await read(vote))[1].count("参与不足") == 1


async def test_disputes_and_both_counts_are_shown_without_who_objected(vote: Vote) -> None:
    secretary, _, one, other = await opened(vote)
    mine = await owner(vote, FLAT, "任志勇")
    await vote.done(mine, "ballot.cast", **vote.ballot(FLAT))
    vote.hour.at += 10 * DAY + 1
    await vote.look()
    await counted(vote, one, other, secretary)
    await vote.done(secretary, "motion.announce", id=vote.motion, round=1)
    dispute = uuid7()
    await vote.done(mine, "motion.dispute", id=vote.motion, dispute=dispute, text="我家 501 的票呢？任志勇")
    assert "等待答复" in plain((await read(vote, f"/{vote.motion}"))[1])
    answer = {"outcome": "recount", "answer": "逐票重点。"}
    await vote.done(one, "motion.settle", id=vote.motion, dispute=dispute, **answer)
    assert "正在重新计票" in plain((await read(vote, f"/{vote.motion}"))[1])
    await counted(vote, one, other, secretary)
    html = (await read(vote, f"/{vote.motion}"))[1]
    words = plain(html)
    assert "/bundle" not in html
    assert "重新计票已完成，等待公布" in words
    assert "第 2 次计票" not in words
    await vote.done(secretary, "motion.announce", id=vote.motion, round=2)
    words = plain((await read(vote, f"/{vote.motion}"))[1])
    for said in ("第 1 次计票", "第 2 次计票", "逐票重点。", "异议成立，重新计票"):
        assert said in words, said
    assert "任志勇" not in words
    assert "我家 501" not in words


async def test_a_receipt_is_looked_up_once_the_list_is_public(vote: Vote) -> None:
    await opened(vote)
    receipt = await cast(vote, FLAT, "任志勇", "agree")
    code = receipt["code"]
    assert "现在还不能核对" in _said(await read(vote, f"/{vote.motion}/check?code={code}"))
    vote.hour.at += 10 * DAY + 1
    await vote.look()
    for typed in (code, code.lower().replace("-", ""), f" {code.replace('-', ' ')} ", receipt["leaf"]):
        assert "您的票算进去了" in _said(await read(vote, f"/{vote.motion}/check?code={typed}")), typed
    assert "没有这个回执码" in _said(await read(vote, f"/{vote.motion}/check?code=AAAA-BBBB-CCCC-DDDD"))
    for nonsense in ("1", "<script>", "%00", "票" * 300, "A" * 5000):
        status, html = await read(vote, f"/{vote.motion}/check?code={nonsense}")
        assert status == 200
        assert "这不像回执码" in _said((status, html))
        assert "<script>" not in html.partition("<main")[2].partition("</main>")[0].replace(
            '<script type="application/json"', ""
        )
    html = (await read(vote, f"/{vote.motion}/check"))[1]
    assert code in html
    assert "python3 -m server tally" in html
    for name in (*NAMES, FLAT):
        assert name not in html


def _said(page: tuple[int, str]) -> str:
    """The sentences of the check that are shown, without those a script may show later."""
    shown = re.findall(r'<p class="say[^"]*" data-say="[a-z]+">(.*?)</p>', page[1], re.DOTALL)
    return plain(" ".join(shown))


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("abcd-efgh-ijkl-mnop", "ABCD-EFGH-IJKL-MNOP"),
        ("ABCD EFGH\nIJKL MN0P", "ABCD-EFGH-IJKL-MNOP"),
        ("A8CD-EFGH-1JKL-MNOP", "ABCD-EFGH-IJKL-MNOP"),
        ("https://x.cn/votes/c/m/check#ABCD-EFGH-IJKL-MNOP", "ABCD-EFGH-IJKL-MNOP"),
        ("/votes/c/m/check?code=ABCD-EFGH-IJKL-MNOP", "ABCD-EFGH-IJKL-MNOP"),
        ("F" * 64, "f" * 64),
        ("ABCD-EFGH", None),
        ("", None),
        ("ＡＢＣＤ" * 4, None),
    ],
)
def test_a_code_is_understood_however_it_was_copied(typed: str, code: str | None) -> None:
    assert code_in(typed) == code


async def test_the_slips_of_a_poll_stand_with_their_choice_once_it_is_announced(vote: Vote) -> None:
    secretary, _, one, other = await opened(vote, mode="anonymous")
    mine = await owner(vote, FLAT, "任志勇")
    await vote.done(mine, "ballot.cast", **vote.ballot(FLAT, "against"))
    vote.hour.at += 10 * DAY + 1
    await vote.look()
    assert "名单才一起公布" in plain((await read(vote, f"/{vote.motion}/check"))[1])
    await counted(vote, one, other, secretary)
    await vote.done(secretary, "motion.announce", id=vote.motion, round=1)
    html = (await read(vote, f"/{vote.motion}/check"))[1]
    slip = (await vote.get(one, f"motions/{vote.motion}/receipts"))[1]["slips"][0]["slip"]
    assert slip[:16] in html
    assert "这张票在名单里" in _said(await read(vote, f"/{vote.motion}/check?code={slip}"))
    words = plain((await read(vote, f"/{vote.motion}"))[1])
    assert "匿名征询结果" in words
    assert "三分之二至少" not in words
    for end in ("/big", ""):
        assert (await read(vote, f"/{vote.motion}{end}"))[0] == 200


def test_one_is_one_in_english_and_thousands_are_not_set_apart() -> None:
    t = language.words("en")
    assert [told.left("en", 0, n * DAY) for n in (1, 2)] == ["1 day left", "2 days left"]
    assert t("votes-refused-unsigned", n=1).startswith("1 paper ballot unsigned")
    assert t("votes-refused-unsigned", n=2).startswith("2 paper ballots unsigned")
    assert [t("votes-roll-sum", heads=n, area="9") for n in (1, 1200)] == [
        "1 head, 9 m² in all",
        "1200 heads, 9 m² in all",
    ]
    assert t("votes-spoiled-excluded", heads=1, area="9").endswith("it does not take part.")


async def test_an_open_poll_is_drawn_by_heads_alone_against_no_line(vote: Vote) -> None:
    await opened(vote, mode="anonymous")
    await vote.done(await owner(vote, FLAT, "任志勇"), "ballot.cast", **vote.ballot(FLAT, "agree"))
    for end in (f"/{vote.motion}", "", f"/{vote.motion}/big"):
        html = (await read(vote, end))[1]
        words = plain(html)
        assert "参与人数" in words
        for line in ("达到", "三分之二", "参与面积"):
            assert line not in words
        assert 'class="mark"' not in html
    assert "第二百七十八条" not in words
    assert "没有门槛" in words
    guest = vote.place.browser()
    _, told = await guest.get(f"/votes/{vote.place.community}/{vote.motion}/turnout")
    assert [(name, bar["words"], bar["met"]) for name, bar in told["bars"].items()] == [("heads", "", False)]


async def test_prints_are_the_desks_alone_and_each_look_is_a_line_of_the_record(vote: Vote) -> None:
    secretary, clerk, one, _ = await opened(vote)
    mine = await owner(vote, FLAT, "任志勇")
    before = await _looks(vote)
    for browser in (vote.place.browser(), mine, one):
        for what in SHEETS:
            status, html = await read(vote, f"/{vote.motion}/print/{what}", browser)
            assert status == 403
            assert "田秀兰" not in html
    assert await _looks(vote) == before
    for number, what in enumerate(SHEETS, 1):
        status, html = await read(vote, f"/{vote.motion}/print/{what}", clerk)
        assert status == 200
        assert "1-1-101" in html
        assert await _looks(vote) == before + number
    papers = (await read(vote, f"/{vote.motion}/print/ballots", secretary))[1]
    assert papers.count('<article class="paper">') == 61
    words = plain(papers)
    for said in ("任志勇", "计 1 人，面积", "弃权算参与，不算同意。", "意向征询（非业主共同决定）"):
        assert said in words, said
    assert "13000" not in papers
    assert "#2" not in plain((await read(vote, f"/{vote.motion}/print/roster", clerk))[1])
    assert (await read(vote, f"/{vote.motion}/print/secrets", clerk))[0] == 404


async def _looks(vote: Vote) -> int:
    entries = await vote.parts.desks.entries(vote.record)
    return sum(type(entry.fact).__name__ == "SheetSeen" for entry in entries)


async def test_bad_addresses_are_answered_kindly(vote: Vote) -> None:
    await opened(vote)
    for path in (
        "/nothing",
        f"/{uuid7()}",
        f"/{vote.motion}x",
        "/%00",
        f"/{uuid7()}/check",
        f"/{uuid7()}/big",
    ):
        status, html = await read(vote, path)
        assert status == 404, path
        assert f'href="/votes/{vote.place.community}"' in html, path
    guest = vote.place.browser()
    for path in ("/votes/nowhere", "/votes/meeting:x", "/votes/..%2f..", f"/votes/nowhere/{vote.motion}"):
        status, answer = await guest.get(path)
        assert status == 404, path
        assert "没有找到这一页" in answer["text"]
    for path in (
        f"/{uuid7()}/print/ballots",
        f"/{vote.motion}/print/ballots/more",
        f"/{vote.motion}/nothing",
    ):
        assert (await read(vote, path))[0] == 404, path


async def test_home_names_what_is_open_or_under_notice_and_the_turnout_may_be_kept_a_second(
    vote: Vote,
) -> None:
    guest = vote.place.browser()
    assert 'id="votes"' not in (await guest.get("/"))[1]["text"]
    await opened(vote)
    html = (await guest.get("/"))[1]["text"]
    assert f'href="/votes/{vote.place.community}/{vote.motion}"' in html
    shown = await at_home(vote.parts, vote.place.community, "zh-CN")
    assert [one["state"] for one in shown] == ["open"]
    url = f"{guest.inside}/votes/{vote.place.community}/{vote.motion}"
    async with guest.client.get(f"{url}/turnout") as answer:
        assert answer.headers["Cache-Control"] == "public, max-age=1"
        assert set(await answer.json()) == {"state", "rounds", "bars"}
    async with guest.client.get(url) as page:
        assert page.headers["Cache-Control"] == "no-store"
        assert "script-src 'self'" in page.headers["Content-Security-Policy"]
    vote.hour.at += 10 * DAY + 1
    await vote.look()
    assert await at_home(vote.parts, vote.place.community, "zh-CN") == []
    assert await at_home(vote.parts, "nowhere", "zh-CN") == []


async def test_titles_and_texts_of_a_motion_are_no_markup(vote: Vote) -> None:
    await opened(vote, title="<script>alert(1)</script>", text="<img src=x onerror=alert(1)>")
    clerk = await vote.officer("grid_keeper", "马小川二")
    for end in ("", "/check", "/big", "/print/ballots", "/print/tally"):
        html = (await read(vote, f"/{vote.motion}{end}", clerk))[1]
        assert "<script>alert" not in html
        assert "<img src=x" not in html
    assert "<script>alert" not in (await read(vote))[1]


def test_what_binds_nobody_is_never_called_passed() -> None:
    t = language.words("zh-CN")
    for binding, outcome, words in (
        ("statutory", "passed", "通过"),
        ("statutory", "rejected", "未通过"),
        ("advisory", "passed", "同意达到法定比例（意向）"),
        ("advisory", "rejected", "同意未达到法定比例（意向）"),
        ("advisory", "no_quorum", "参与不足，不能形成决定"),
    ):
        assert t(f"votes-outcome-{told.outcome({'binding': binding}, {'outcome': outcome})}") == words


def test_how_long_is_left_is_rounded_down() -> None:
    for ms, words in (
        (DAY * 3 - 1, "还剩 2 天"),
        (DAY - 1, "还剩 23 小时"),
        (59_000, "还剩 1 分钟"),
        (-5, "还剩 1 分钟"),
    ):
        assert told.left("zh-CN", 0, ms) == words
