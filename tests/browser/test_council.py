"""One whole council: two residents, a moderator, a lawyer, a host with a camera and a projector, up to the archive."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.browser.council import come_in, give, new_id, things
from tests.browser.hall import ask, page_of
from tests.engines import eventually
from tests.media.clock import go_live as on_air

if TYPE_CHECKING:
    from tests.engines import Served

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

WIDE = {"viewport": {"width": 1440, "height": 900}}
HALL = {"viewport": {"width": 1920, "height": 1080}}
CARD = ".list .q"
QUESTION = "新的物业合同草案在哪里能看到？"


async def plays(page: Any, video: str, past: float = 0.5) -> bool:
    """Whether a video is running beyond a second."""
    return bool(
        await page.evaluate(
            "([video, past]) => { const v = document.querySelector(video); return !!v && v.currentTime > past && v.videoWidth > 0 }",
            [video, past],
        )
    )


async def press(page: Any, *keys: str) -> None:
    for key in keys:
        await page.keyboard.press(key)


async def test_one_council_from_the_first_link_to_the_archive(open_page: Any, hall: Served) -> None:
    meeting = hall.record.partition(":")[2]
    host = await come_in(open_page, hall, "host", **WIDE)
    await give(host, hall, "meeting.open_lobby")
    await on_air(host, hall.url, meeting)
    await give(host, hall, "meeting.start")

    resident = await come_in(open_page, hall, "resident")
    neighbour = await come_in(open_page, hall, "resident2")
    projector = await come_in(open_page, hall, "screen", **HALL)
    desk = await come_in(open_page, hall, "moderator", page_of(hall, "desk"), **WIDE)
    lawyer = await come_in(open_page, hall, "lawyer", page_of(hall, "answer"), **WIDE)
    await eventually(lambda: plays(resident, ".player video"), what="the picture at a resident")

    await resident.click(".askbox")
    await resident.locator("#ask-text").fill(QUESTION)
    await resident.click(".full footer .btn.p")
    await desk.locator("[data-column=review]", has_text=QUESTION).wait_for()
    assert not await neighbour.get_by_text(QUESTION).count()
    await press(desk, "j", "a")
    card = neighbour.locator(CARD, has_text="新的物业合同草案")
    await card.locator("button.like").click()
    await eventually(lambda: _text(card, ".like span", "已支持"), what="the support")

    await desk.locator("[data-column=queue]", has_text="新的物业合同草案").wait_for()
    await press(desk, "n")
    await projector.get_by_text("新的物业合同草案").first.wait_for()
    await lawyer.locator(".ac.p").click()
    await give(desk, hall, "caption.say", id=new_id(), text="合同草案要公示七天，业主都可以看。")
    await resident.get_by_text("合同草案要公示七天").first.wait_for()
    await lawyer.locator(".ac.p").click()
    await press(desk, "Enter")
    asked = await eventually(lambda: _state(desk, hall, "answered"), what="the question answered")

    await neighbour.click("#tab-comments")
    await neighbour.fill("#say", "讲得明白，谢谢律师")
    await neighbour.keyboard.press("Enter")
    await desk.locator(".cm", has_text="讲得明白").wait_for()

    poll = new_id()
    options = ["北侧空地", "南门旁边"]
    await give(
        host,
        hall,
        "poll.draft",
        id=poll,
        question="充电车棚放哪里？",
        options=options,
        per="person",
        live=False,
    )
    await give(host, hall, "poll.open", id=poll)
    await resident.click("#tab-polls")
    await resident.get_by_text("北侧空地").first.click()
    await resident.locator(".poll .btn.p").first.click()
    await eventually(lambda: _voters(desk, hall, poll, 1), what="the answer to the poll")
    await give(host, hall, "poll.close", id=poll)
    await give(
        desk, hall, "outcome.record", id=new_id(), kind="consensus", text="合同草案在公告栏公示七天", reservations=[]
    )  # fmt: skip
    await ask(desk, hall, "路灯什么时候修？", approve=True)

    await eventually(lambda: plays(resident, ".player video", 6), what="six seconds of picture")
    await give(host, hall, "meeting.end")
    await resident.get_by_text("会议已结束").first.wait_for()
    state = await things(desk, hall)
    assert [thing["state"] for name, thing in state.items() if name.startswith("question:")].count(
        "deferred"
    ) == 1

    stranger = await open_page(f"{hall.url}/archive/{meeting}")
    await stranger.get_by_text("整理中").first.wait_for()
    secretary = await come_in(open_page, hall, "secretary", **WIDE)
    await give(secretary, hall, "meeting.publish")

    await stranger.goto(f"{hall.url}/archive/{meeting}")
    await stranger.get_by_text("新的物业合同草案").first.wait_for()
    await stranger.get_by_text("合同草案要公示七天").first.wait_for()
    await stranger.get_by_text("合同草案在公告栏公示七天").first.wait_for()
    await stranger.evaluate(
        "(document.querySelector('video').muted = true, document.querySelector('video').play(), 0)"
    )
    await eventually(lambda: plays(stranger, "video", 1), what="the recording in the archive")
    told = await (await stranger.request.get(f"{hall.url}/archive/{meeting}/export.json")).json()
    figures = {figure["key"]: figure["value"] for figure in told["statistics"]}
    assert (figures["questions"], figures["comments"], figures["supports"]) == (2, 1, 1)
    assert asked["number"] == 1


async def _text(card: Any, part: str, wanted: str) -> bool:
    return str(await card.locator(part).inner_text()) == wanted


async def _state(page: Any, hall: Served, wanted: str) -> dict[str, Any] | None:
    found = await things(page, hall)
    questions = [thing for name, thing in found.items() if name.startswith("question:")]
    return next((thing for thing in questions if thing["state"] == wanted), None)


async def _voters(page: Any, hall: Served, poll: str, count: int) -> bool:
    return (await things(page, hall))[f"poll:{poll}"]["voters"] == count
