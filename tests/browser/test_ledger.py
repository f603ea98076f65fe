"""The moderation ledger before its readers, and the result of a question handed over told from the archive."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from meetings import Who
from tests.browser.council import WIDE, too_small, violations, wider_than_window
from tests.browser.hall import holds
from tests.crowd.ways import uuid7
from tests.server.hall import SIGNS, live_town

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.town import Town

pytestmark = pytest.mark.browser
DESK = Who("moderator", 0, frozenset({"moderator", "host", "secretary"}), {"real": "柳婷"})
RUDE, HANDED = "你们物业全是饭桶", "3号楼门口的路灯坏了两个月"


def resident(number: int) -> Who:
    return Who(f"r{number}", 0, frozenset({"resident"}), {"building": f"{number}号楼居民"}, unit=f"u{number}")


async def said_in(place: Town) -> None:
    """Questions and comments of every fate."""

    async def give(who: Who, word: str, **fields: Any) -> None:
        answer = await place.parts.desks.give(place.record, {"type": word, **fields}, who)
        assert answer["ok"], (word, answer)

    ids = [uuid7() for _ in range(7)]
    texts = (
        "换物业要多少户同意？",
        "要几户点头才能换？",
        RUDE,
        HANDED,
        "电梯多久检修一次？",
        "停车费怎么定？",
        "谁来管装修垃圾？",
    )
    for number, (own_id, text) in enumerate(zip(ids, texts, strict=True), 1):
        await give(resident(number), "question.ask", id=own_id, kind="ask", text=text)
        await give(DESK, "question.approve", id=own_id, reason="已看过")
    await give(DESK, "question.merge", id=ids[1], into=ids[0])
    await give(DESK, "question.hide", id=ids[2], reason="rude")
    await give(DESK, "question.convert", id=ids[3])
    await give(DESK, "question.call", id=ids[4])
    await give(DESK, "question.finish", id=ids[4])
    for number in range(4):
        own_id = uuid7()
        await give(resident(10 + number), "comment.post", id=own_id, text=f"第{number}条：讲得明白")
        if number < 2:
            await give(DESK, "comment.remove", id=own_id, reason="duplicate")


@pytest.fixture(scope="module")
async def place(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Town]:
    async with live_town(tmp_path_factory.mktemp("ledger"), {"SUN_LIMIT_REQUESTS": "1000/1"}) as made:
        await said_in(made)
        yield made


async def looked_over(page: Any) -> None:
    assert await violations(page) == []
    assert not await wider_than_window(page)
    assert await too_small(page, 24) == []


async def test_the_ledger_opens_on_the_meeting_page_without_script(place: Town, open_page: Any) -> None:
    code = (await place.parts.accounts.meeting_of(place.record)).code
    page = await open_page(f"{place.parts.base_url}/m/{code}", java_script_enabled=False)
    await page.click("#ledger summary")
    told = await page.inner_text("#ledger")
    for row in ("提问 7 条", "并入相同的提问", "退回（人身攻击）", "转办", "评论 4 条", "移除（重复）"):
        assert row in told
    assert RUDE not in await page.content()


async def test_the_ledger_opens_in_the_room(place: Town, open_page: Any) -> None:
    page = await open_page(f"{place.parts.base_url}/room/{place.record.partition(':')[2]}")
    await page.get_by_role("tab", name="议程").click()
    await page.locator("details.book summary").click()
    await holds(page, "document.querySelectorAll('details.book .ledger li').length > 5")
    told = await page.inner_text("details.book")
    assert "退回（人身攻击）" in told
    assert "提问 7 条" in told
    await looked_over(page)


async def test_staff_tell_the_result_of_what_was_handed_over(place: Town, open_page: Any) -> None:
    for word in ("meeting.end", "meeting.publish"):
        await place.parts.desks.give(place.record, {"type": word}, SIGNS)
    address = f"{place.parts.base_url}/archive/{place.record.partition(':')[2]}"
    page = await open_page(await place.invited("secretary", name="石岚"), **WIDE)
    await page.click("#confirm")
    await page.wait_for_url(lambda url: "/enter" not in url)
    await page.goto(f"{address}#q4")
    box = page.locator("[data-result]")
    await box.locator("summary").click()
    await box.locator("select").select_option("resolved")
    await box.locator("textarea").fill("路灯已换，联系人13800138000。")
    await box.locator("button").click()
    await page.locator("#q4 dd", has_text="路灯已换").wait_for()
    assert "138****8000" in await page.inner_text("#qa")
    guest = await open_page(f"{address}#q4")
    told = await guest.inner_text("main")
    assert "已办结" in told
    assert "13800138000" not in told
    assert "转办（已办结）" in await guest.inner_text("#ledger")
    assert await guest.locator("[data-result]").count() == 0
    await looked_over(guest)
