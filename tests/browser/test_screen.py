"""The projector: one picture for the hall, led by the desk, the same after a reload, kept when the line breaks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.browser.council import come_in, give, new_id, things, violations
from tests.browser.hall import SMALLEST, ask, hall, lawyer_of, page_of

if TYPE_CHECKING:
    from tests.engines import Served

__all__ = ["hall"]
pytestmark = pytest.mark.browser

FULL = {"width": 1920, "height": 1080}
SMALL = {"width": 1280, "height": 720}
CUT = """() => [...document.querySelectorAll('.fit')].filter((one) => one.firstElementChild.offsetHeight > one.clientHeight + 1)
  .map((one) => one.innerText.slice(0, 40))"""
"""Words of the picture that do not fit their box."""


async def sharp(page: Any, size: dict[str, int]) -> None:
    """The picture fits, nothing is cut or too small to read from afar, and axe has nothing to say."""
    assert await page.evaluate("document.documentElement.scrollHeight <= window.innerHeight")
    assert await page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert await page.evaluate(CUT) == []
    assert await page.evaluate(SMALLEST, size["width"] * 0.0135 - 0.1) == []
    assert await violations(page) == []


async def in_hall(open_page: Any, served: Served, size: dict[str, int], query: str = "") -> Any:
    """The projector's page."""
    page = await come_in(open_page, served, "screen", page_of(served, "screen") + query, viewport=size)
    await page.wait_for_selector(".screen")
    return page


async def test_the_projector_follows_the_council_from_the_doors_to_the_end(
    hall: Served, open_page: Any
) -> None:
    small = await in_hall(open_page, hall, SMALL)
    page = await in_hall(open_page, hall, FULL, "?night=1")
    host = await come_in(open_page, hall, "host")
    desk = await come_in(open_page, hall, "moderator")
    resident = await come_in(open_page, hall, "resident")
    resident2 = await come_in(open_page, hall, "resident2")

    async def both(selector: str) -> None:
        for one, size in ((page, FULL), (small, SMALL)):
            await one.wait_for_selector(selector)
            await sharp(one, size)

    await both(".wait .join.large img.qr")
    assert await page.evaluate("document.querySelector('img.qr').naturalWidth > 0")
    assert await page.evaluate("getComputedStyle(document.body).cursor") == "none"
    for command in ("meeting.open_lobby", "meeting.start"):
        await give(host, hall, command)
    items = sorted(
        (thing for name, thing in (await things(host, hall)).items() if name.startswith("agenda_item:")),
        key=lambda item: int(item["position"]),
    )
    await give(host, hall, "agenda.open", id=items[0]["id"])
    await both(f".agenda-scene >> text={items[0]['title'][:6]}")

    first, _ = await ask(
        desk, hall, "一楼住户不用电梯，也要一起分摊加装费用吗？", "楼道灯谁来修？", approve=True
    )
    await give(resident, hall, "question.upvote", id=first, on=True)
    await give(desk, hall, "question.call", id=first)
    await both(".cur >> text=也要一起分摊加装费用吗？")
    lawyer = lawyer_of(await things(desk, hall))
    answer = new_id()
    await give(desk, hall, "answer.start", id=answer, question=first, by=lawyer)
    await give(
        desk,
        hall,
        "answer.correct",
        id=answer,
        text="可以协商。",
        cites=[{"law": "民法典", "article": "第二百七十八条"}],
    )
    await both(".ans >> text=引用：民法典 第二百七十八条")
    await give(
        desk,
        hall,
        "caption.say",
        id=new_id(),
        text="一楼不用电梯，可以协商少分摊或者不分摊。",
        speaker=lawyer,
    )
    await both(".cc >> text=可以协商少分摊")

    poll = new_id()
    await give(
        desk,
        hall,
        "poll.draft",
        id=poll,
        question="充电车棚放在北侧空地，你觉得怎么样？",
        options=["同意", "不同意", "还没想好"],
    )
    await give(desk, hall, "poll.open", id=poll)
    await give(resident, hall, "poll.answer", id=poll, choice=0)
    await give(resident2, hall, "poll.answer", id=poll, choice=1)
    await both(".poll .turnout >> text=2 人")
    assert await page.locator(".poll .bar").count() == 0
    await give(desk, hall, "poll.close", id=poll)
    await both(".poll .bar")

    await give(host, hall, "agenda.open", id=items[1]["id"])
    await both(".cur h2 >> text=一楼住户不用电梯")
    await give(desk, hall, "meeting.pause", reason="稍作休息，马上回来")
    await both(".wait >> text=稍作休息，马上回来")
    await give(desk, hall, "meeting.resume")
    await both(".cur h2 >> text=一楼住户不用电梯")


async def test_a_reload_shows_the_same_picture(hall: Served, open_page: Any) -> None:
    page = await in_hall(open_page, hall, SMALL)
    before = await page.inner_text(".cur h2")
    assert "一楼住户不用电梯" in before
    await page.reload()
    await page.wait_for_selector(".cur h2")
    assert await page.inner_text(".cur h2") == before


async def test_the_clock_is_the_council_s_wherever_the_machine_believes_it_stands(
    hall: Served, open_page: Any
) -> None:
    page = await come_in(
        open_page, hall, "screen", page_of(hall, "screen"), viewport=SMALL, timezone_id="America/New_York"
    )
    await page.wait_for_selector(".clock")
    council = "Date.now() + 8 * 3600_000"
    assert await page.evaluate(
        f"[0, 5000].map((late) => new Date({council} - late).toISOString().slice(11, 16))"
        ".includes(document.querySelector('.clock').innerText)"
    )


async def test_the_longest_question_is_shown_whole(hall: Served, open_page: Any) -> None:
    page = await in_hall(open_page, hall, SMALL)
    desk = await come_in(open_page, hall, "moderator")
    on_air = [thing["id"] for thing in (await things(desk, hall)).values() if thing.get("state") == "on_air"]
    await give(desk, hall, "question.finish", id=on_air[0])
    (own_id,) = await ask(
        desk, hall, ("我们小区从交房到现在，电梯一年坏十几回，物业每次都说在等配件；" * 8)[:200], approve=True
    )
    await give(desk, hall, "question.call", id=own_id)
    await page.wait_for_selector(".cur h2 >> text=电梯一年坏十几回")
    await sharp(page, SMALL)
    assert len((await page.inner_text(".cur h2")).replace("\n", "")) == 200


async def test_a_broken_line_keeps_the_last_picture_and_mends_itself(hall: Served, open_page: Any) -> None:
    page = await come_in(open_page, hall, "screen", viewport=SMALL)
    lines: list[Any] = []
    broken = False

    async def line(socket: Any) -> None:
        if broken:
            await socket.close()
            return
        socket.connect_to_server()
        lines.append(socket)

    await page.route_web_socket("**/socket.io/**", line)
    await page.goto(hall.url + page_of(hall, "screen"))
    await page.wait_for_selector(".st b")
    before = await page.inner_text(".cur h2")
    broken = True
    await page.context.set_offline(True)
    for socket in lines:
        await socket.close()
    await page.wait_for_selector(".lost >> text=正在重新连接")
    assert await page.inner_text(".cur h2") == before

    desk = await come_in(open_page, hall, "moderator")
    items = [thing for name, thing in (await things(desk, hall)).items() if name.startswith("agenda_item:")]
    item = next(item for item in items if item["position"] == 3)
    await give(desk, hall, "agenda.open", id=item["id"])
    broken = False
    await page.context.set_offline(False)
    await page.wait_for_selector(".lost", state="detached")
    await page.wait_for_selector(f"footer .now >> text={item['title'][:6]}")
