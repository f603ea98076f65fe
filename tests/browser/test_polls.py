"""Straw polls on every screen: prepared at the desk, answered on a phone, counted in the hall, read everywhere; and
everywhere said to bind nobody.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from tests.browser.council import (
    WIDE,
    come_in,
    give,
    new_id,
    room_of,
    things,
    too_small,
    violations,
    wider_than_window,
)
from tests.browser.hall import SMALLEST, at_desk, hall, holds, page_of, wear
from tests.crowd.wire import Line

if TYPE_CHECKING:
    from tests.engines import Served

__all__ = ["hall"]
pytestmark = pytest.mark.browser

PHONE = {"viewport": {"width": 360, "height": 740}}
NARROW = {"viewport": {"width": 320, "height": 640}}
BINDS_NOBODY = "对谁都没有约束力"
OF_MOTIONS = re.compile("投票|弃权|过半|(?<!不是业主)表决")
"""Words that belong to owners' votes (DESIGN 4.3)."""
REPAIRS = ["三号楼东侧电梯的平层和异响", "楼道灯", "单元门"]
LONG = [
    f"{name}，连同配件、人工和验收一起算" for name in "电梯 楼道灯 单元门 井盖 监控 车棚 围墙 水泵".split()
]
STARS = {"low": 1, "high": 5, "low_words": "很不满意", "high_words": "很满意"}


CUT = """() => [...document.querySelectorAll('.fit')].filter((one) => one.firstElementChild.offsetHeight > one.clientHeight + 1)
  .map((one) => one.innerText.slice(0, 40))"""
"""Words of the projector that do not fit their box."""


async def in_room(open_page: Any, served: Served, who: str, **context: Any) -> Any:
    """Somebody looks at the polls on a phone."""
    page = await come_in(open_page, served, who, room_of(served) + "#polls", **(PHONE | context))
    await page.wait_for_selector("#tab-polls[aria-selected=true]")
    return page


async def none_open(page: Any, served: Served) -> None:
    """Whatever an earlier try left open is closed."""
    for name, thing in (await things(page, served)).items():
        if name.startswith("poll:") and thing["state"] == "open":
            await give(page, served, "poll.close", id=thing["id"])


async def opened(page: Any, served: Served, **fields: Any) -> str:
    """A poll, open; any before it is closed."""
    await none_open(page, served)
    own_id = new_id()
    await give(page, served, "poll.draft", id=own_id, **fields)
    await give(page, served, "poll.open", id=own_id)
    return own_id


async def fill_hands(form: Any, *numbers: int) -> None:
    """Type what one counted, and enter it."""
    for at, number in enumerate(numbers):
        await form.locator("input").nth(at).fill(str(number))
    await form.locator("button.wide").click()


async def says_what_it_is(part: Any) -> None:
    """It binds nobody, and says so without a word of owners' votes."""
    text = await part.inner_text()
    assert BINDS_NOBODY in text
    assert not OF_MOTIONS.search(text), OF_MOTIONS.search(text)


async def test_a_poll_of_several_choices_goes_from_the_desk_to_the_phone_the_hall_and_back(
    hall: Served, open_page: Any
) -> None:
    desk = await at_desk(open_page, hall)
    await none_open(desk, hall)
    asked = f"楼里先修哪几处？{new_id()[-6:]}"
    await desk.keyboard.press("v")
    await desk.fill("#desk-poll-q", asked)
    await desk.select_option("#desk-poll-sort", "multiple")
    await desk.click("text=加一个选项")
    for at, option in enumerate(("电梯", "楼道灯", "单元门")):
        await desk.locator(".opt input").nth(at).fill(option)
    await desk.select_option("#desk-poll-most", "2")
    assert "最多选 2 项" in await desk.inner_text(".preview")
    await says_what_it_is(desk.locator(".preview"))
    assert await violations(desk) == []
    await desk.click("dialog[open] button[type=submit]")
    await desk.wait_for_selector(f".mini-vote >> text={asked}")
    await says_what_it_is(desk.locator(".mini-vote", has_text=asked))

    phone = await in_room(open_page, hall, "resident")
    card = phone.locator(".poll", has_text=asked)
    await card.locator(".op >> text=电梯").click()
    await card.locator(".op >> text=单元门").click()
    await holds(phone, "document.querySelector('.poll .op:nth-of-type(2) input').disabled")
    await says_what_it_is(card)
    assert await violations(phone) == []
    assert await phone.evaluate(SMALLEST, 14) == []
    await card.locator("button.wide").click()
    await phone.wait_for_selector(".toast >> text=电梯、单元门")
    await desk.wait_for_selector(".mini-vote >> text=1 人已选")

    screen = await come_in(
        open_page, hall, "screen", page_of(hall, "screen"), viewport={"width": 1920, "height": 1080}
    )
    await screen.wait_for_selector(".poll >> text=已有 1 人选择")
    assert await screen.locator(".poll .bar").count() == 0
    await says_what_it_is(screen.locator(".poll"))

    await desk.click(".hands-in summary")
    await fill_hands(desk.locator(".hands-in form"), 20, 14, 3, 9)
    await desk.wait_for_selector(".hands-in >> text=等另一人来录")
    other = await in_room(open_page, hall, "secretary")
    theirs = other.locator(".poll", has_text=asked).locator(".hall form")
    assert "14" not in await other.locator(".poll", has_text=asked).inner_text()
    await fill_hands(theirs, 20, 14, 4, 9)
    await other.wait_for_selector(".hall .error >> text=楼道灯")
    await desk.wait_for_selector(".hands-in .error >> text=楼道灯")
    await fill_hands(theirs, 20, 14, 4, 9)
    await desk.wait_for_selector(".mini-vote >> text=一人已点完")
    await fill_hands(desk.locator(".hands-in form"), 20, 14, 4, 9)
    await desk.wait_for_selector(".hands-in >> text=两人一致")

    await desk.click(".mini-vote >> text=结束征询")
    await desk.wait_for_selector(".toast >> text=征询已结束")
    assert await desk.locator(".toast .do").count() == 0, "sums that were hidden are not covered again"
    for page in (phone, other):
        done = page.locator(".poll", has_text=asked).locator(".bars")
        await done.locator("text=手机 1/1 人 · 100%").first.wait_for()
        await done.locator("text=现场举手 14/20 人 · 70%").wait_for()
        assert "不相加" in await page.locator(".poll", has_text=asked).inner_text()
    await says_what_it_is(card)
    assert await violations(phone) == []
    await screen.wait_for_selector(".poll .raised >> text=14/20 人 · 70%")
    assert await screen.evaluate(CUT) == []
    await says_what_it_is(screen.locator(".poll"))
    assert await screen.evaluate("document.documentElement.scrollHeight <= window.innerHeight")
    assert await violations(screen) == []


async def test_a_poll_whose_sums_were_open_all_the_while_is_opened_again_at_once(
    hall: Served, open_page: Any
) -> None:
    desk = await at_desk(open_page, hall)
    asked = f"先粉刷楼道，好不好？{new_id()[-6:]}"
    await opened(desk, hall, question=asked, options=["好", "不好"], live=True)
    phone = await in_room(open_page, hall, "resident")
    card = phone.locator(".poll", has_text=asked)
    await card.locator("text=进行中").wait_for()
    await desk.click(".mini-vote >> text=结束征询")
    await card.locator("text=进行中").wait_for(state="detached")
    await desk.click(".toast .do")
    await card.locator("text=进行中").wait_for()
    await none_open(desk, hall)


async def test_a_scale_is_marked_with_one_tap_and_tells_mean_and_spread(hall: Served, open_page: Any) -> None:
    desk = await at_desk(open_page, hall)
    await opened(desk, hall, question="对小区保洁满意吗？", options=[], sort="scale", scale=STARS, minutes=5)
    for who, mark in (("resident", "4"), ("resident2", "1")):
        phone = await in_room(open_page, hall, who)
        card = phone.locator(".poll").first
        await card.locator(".points .op", has_text=mark).click()
        assert "5 很满意" in await card.inner_text()
        await says_what_it_is(card)
        assert await violations(phone) == []
        await card.locator("button.wide").click()
        await phone.wait_for_selector(".poll .tag.ok")
    await desk.click(".mini-vote >> text=结束征询")
    await phone.wait_for_selector(".poll >> text=平均 2.50 分 · 标准差 1.50（2 人打分）")
    await phone.wait_for_selector(".poll .bars >> text=1/2 人 · 50%")
    await desk.wait_for_selector(".mini-vote >> text=平均 2.50 分")


async def test_screens_count_down_to_the_close_the_slowest_viewer_needs(hall: Served, open_page: Any) -> None:
    desk = await at_desk(open_page, hall)
    phone = await in_room(open_page, hall, "resident")
    late = Line(hall.url)
    await late.open()
    assert (await late.join(hall.record))["ok"]
    told = {"how": "picture", "stalls": 0, "behind_ms": 41_200, "buffer_s": 2.0}
    assert await late.call("air", {"record": hall.record, "quality": told}) == {"ok": True}
    own_id = await opened(desk, hall, question="今晚加一场答疑，好不好？", options=["好", "不好"], minutes=1)
    await desk.wait_for_selector(".mini-vote >> text=最慢的观众晚 42 秒")
    await phone.wait_for_selector(".poll >> text=最慢的观众晚 42 秒")
    assert await violations(desk) == []
    poll = (await things(desk, hall))[f"poll:{own_id}"]
    assert poll["closes_at"] == poll["opened_at"] + 60_000 + 42_000
    left = await phone.inner_text(".poll [role=timer]")
    assert re.fullmatch(r"1:[0-4]\d", left), left
    await desk.click(".mini-vote >> text=42 秒后结束")
    await holds(phone, "/^0:[0-4]\\d$/.test(document.querySelector('.poll [role=timer]').innerText)")
    late.close()
    await give(desk, hall, "poll.close", id=own_id)


@pytest.mark.parametrize("look", ["18", "24"], ids=["standard", "elder"])
@pytest.mark.parametrize("size", [PHONE, WIDE, NARROW], ids=["phone", "wide", "narrow"])
async def test_everybody_can_read_and_answer_polls(
    hall: Served, open_page: Any, size: dict[str, Any], look: str
) -> None:
    desk = await at_desk(open_page, hall)
    other = await come_in(open_page, hall, "secretary")
    done = await opened(desk, hall, question="先修哪几处？", options=REPAIRS, sort="multiple", most=2)
    voice = await come_in(open_page, hall, "resident2")
    await give(voice, hall, "poll.answer", id=done, choice=[0, 1])
    for page in (desk, other):
        await give(page, hall, "poll.count_hands", id=done, round=1, hands=[14, 4, 9], present=20)
    await opened(desk, hall, question="对保洁满意吗？", options=[], sort="scale", scale=STARS, minutes=3)
    for who in ("resident", "secretary"):
        page = await in_room(open_page, hall, who, **size)
        await wear(page, hall, look)
        await page.wait_for_selector(".poll .points")
        await page.wait_for_selector(".poll .bars >> text=现场举手 14/20 人 · 70%")
        assert await violations(page) == []
        assert await page.evaluate(SMALLEST, 14) == []
        assert await wider_than_window(page) == []
        assert await too_small(page, 60 if look == "24" else 44) == []


@pytest.mark.parametrize("sort", ["multiple", "scale"])
async def test_the_hall_reads_the_largest_poll_whole(hall: Served, open_page: Any, sort: str) -> None:
    desk = await at_desk(open_page, hall)
    other = await come_in(open_page, hall, "secretary")
    asked: dict[str, Any] = {"options": LONG, "sort": "multiple", "most": 3}
    if sort == "scale":
        asked = {"options": [], "sort": "scale", "scale": STARS | {"low": 0, "high": 10}}
    own_id = await opened(
        desk, hall, question="楼里几处要修的地方，资金只够先修三处，您觉得先修哪三处最要紧？" * 2, **asked
    )
    screen = await come_in(
        open_page, hall, "screen", page_of(hall, "screen"), viewport={"width": 1920, "height": 1080}
    )
    await screen.wait_for_selector(".poll .turnout")
    count = 11 if sort == "scale" else len(LONG)
    hands = {"hands": list(range(count))} | ({} if sort == "scale" else {"present": 120})
    for page in (desk, other):
        await give(page, hall, "poll.count_hands", id=own_id, round=1, **hands)
    await give(desk, hall, "poll.close", id=own_id)
    await screen.wait_for_selector(".poll .raised")
    await says_what_it_is(screen.locator(".poll"))
    assert await violations(screen) == []
    assert await screen.evaluate(CUT) == []
    assert await screen.evaluate("document.documentElement.scrollHeight <= window.innerHeight")
    inside = "(() => { const at = (one) => document.querySelector(one).getBoundingClientRect().bottom; return at('.poll .binds') <= at('.poll') })()"
    assert await screen.evaluate(inside)
    assert await screen.evaluate(SMALLEST, 1920 * 0.0135 - 0.1) == []


async def test_the_archive_keeps_both_columns_and_says_what_a_poll_is(hall: Served, open_page: Any) -> None:
    desk = await at_desk(open_page, hall)
    other = await come_in(open_page, hall, "secretary")
    own_id = await opened(desk, hall, question="车棚放北侧，好不好？", options=["好", "不好"])
    for page in (desk, other):
        await give(page, hall, "poll.count_hands", id=own_id, round=1, hands=[12, 3])
    await give(other, hall, "meeting.end")
    await other.goto(hall.url + page_of(hall, "archive"))
    part = other.locator("#poll .poll >> text=车棚放北侧 >> xpath=..")
    text = await part.inner_text()
    assert "现场举手 12/15 人 · 80" in text
    assert "手机 0/0 人" in text
    await says_what_it_is(part)
    assert await violations(other) == []
    await other.emulate_media(media="print")
    await says_what_it_is(part)
