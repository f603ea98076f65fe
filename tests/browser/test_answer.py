"""The answerer's console: takes up, answers, cites, promises, owes; on a lectern's laptop and on a phone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.browser.council import come_in, give, things, too_small, violations, wider_than_window
from tests.browser.hall import SMALLEST, ask, at_desk, clear, hall, holds, lawyer_of, page_of, wear
from tests.engines import eventually

if TYPE_CHECKING:
    from tests.engines import Served

__all__ = ["hall"]
pytestmark = pytest.mark.browser

LAPTOP = {"width": 1280, "height": 800}
PHONE = {"width": 360, "height": 740}
SIZES = pytest.mark.parametrize("size", [LAPTOP, PHONE], ids=["laptop", "phone"])
LOOKS = pytest.mark.parametrize("look", ["18", "24", "18.hc"], ids=["standard", "elder", "contrast"])


async def answering(open_page: Any, served: Served, size: dict[str, int] = LAPTOP) -> tuple[Any, Any, str]:
    """The desk's page, the lawyer's console, and the question on air that was given to the lawyer."""
    desk = await at_desk(open_page, served)
    await clear(desk, served)
    (own_id,) = await ask(desk, served, "换物业到底要多少户同意才算数？是不是全小区过半就行？", approve=True)
    everything = await things(desk, served)
    lawyer = lawyer_of(everything)
    await give(desk, served, "question.assign", id=own_id, to=lawyer)
    await give(desk, served, "question.call", id=own_id)
    console = await come_in(open_page, served, "lawyer", page_of(served, "answer"), viewport=size)
    await console.wait_for_selector(".now .clk")
    return desk, console, own_id


async def answers(page: Any, served: Served, question: str) -> list[dict[str, Any]]:
    """The answers to a question, in the order they were given."""
    found = [thing for name, thing in (await things(page, served)).items() if name.startswith("answer:")]
    return sorted((one for one in found if one["question"] == question), key=lambda one: int(one["at"]))


async def test_the_lawyer_takes_the_question_up_cites_and_is_done(hall: Served, open_page: Any) -> None:
    desk, console, own_id = await answering(open_page, hall)
    assert "请您回答" in await console.inner_text(".now")
    await console.click(".ac.p")
    await console.wait_for_selector(".on >> text=您正在回答")
    await desk.wait_for_selector(".now >> text=纳文慧")
    await console.fill("#answer-live", "民法典 278")
    await console.press("#answer-live", "Enter")
    await console.wait_for_selector(".arts >> text=民法典 第二百七十八条")
    await desk.wait_for_selector(".cited >> text=民法典 第二百七十八条")
    await console.click(".ac.p")
    await console.wait_for_selector(".on", state="visible")
    (answer,) = await answers(desk, hall, own_id)
    assert answer["cites"] == [{"law": "民法典", "article": "第二百七十八条"}]
    assert answer["stopped_at"] >= answer["started_at"]
    await console.click("text=结束这一题")
    await console.wait_for_selector("text=台上还没有提问")


async def test_numbers_of_articles_are_written_as_the_law_writes_them(hall: Served, open_page: Any) -> None:
    _, console, _ = await answering(open_page, hall)
    await console.click(".ac.p")
    await console.wait_for_selector("#answer-live")
    for typed, told in (
        ("10", "十"),
        ("20", "二十"),
        ("110", "一百一十"),
        ("205", "二百零五"),
        ("1001", "一千零一"),
    ):
        await console.fill("#answer-live", f"民法典 {typed}")
        await console.press("#answer-live", "Enter")
        await console.wait_for_selector(f".arts >> text=民法典 第{told}条")
    await console.fill("#answer-live", "好像是哪一条")
    await console.press("#answer-live", "Enter")
    await console.wait_for_selector(".cites .error")


async def test_a_promise_is_public_at_once_and_waits_for_the_host_to_be_recorded(
    hall: Served, open_page: Any
) -> None:
    desk, console, own_id = await answering(open_page, hall)
    await console.click("text=我承诺")
    await console.fill("#answer-text", "免费给业委会写一份合同意见。")
    note = await console.inner_text("dialog[open]")
    assert "主持人确认" in note
    await console.click("dialog[open] button[type=submit]")

    async def written() -> list[dict[str, Any]]:
        return await answers(desk, hall, own_id)

    (answer,) = await eventually(written, what="the promise")
    assert answer["text"].startswith("我承诺：免费给业委会写一份合同意见。")
    await desk.keyboard.press("t")
    await desk.wait_for_selector("dialog[open] .seeds >> text=我承诺：免费给业委会")


async def test_a_written_answer_that_is_due_is_written_and_its_draft_survives_a_reload(
    hall: Served, open_page: Any
) -> None:
    desk, console, own_id = await answering(open_page, hall)
    meeting = (await things(desk, hall))["meeting"]
    due = await desk.evaluate("Date.now() + 5 * 86400000")
    assert meeting["phase"] == "live"
    await give(desk, hall, "question.defer", id=own_id, until=due)
    await console.click("#answer-due button >> text=去写")
    await console.fill("#answer-text", "分两步看：先看参与，再看同意。")
    await console.reload()
    await console.click("#answer-due button >> text=去写")
    await holds(console, "document.querySelector('#answer-text')?.value === '分两步看：先看参与，再看同意。'")
    await console.fill("#answer-cite", "民法典 278")
    await console.press("#answer-cite", "Enter")
    await console.click("dialog[open] button[type=submit]")

    async def state() -> bool:
        return bool((await things(desk, hall))[f"question:{own_id}"]["state"] == "answered_written")

    await eventually(state, what="the written answer")
    await console.wait_for_selector("#answer-due >> text=没有待写的答复")


async def test_notes_stay_on_this_device_and_are_never_sent(hall: Served, open_page: Any) -> None:
    _, console, _ = await answering(open_page, hall)
    sent: list[str] = []
    console.on("request", lambda request: sent.append(request.post_data or ""))
    console.on("websocket", lambda socket: socket.on("framesent", lambda frame: sent.append(str(frame))))
    await console.fill("#answer-notes", "参与三分之二、同意过半，分开讲")
    await console.reload()
    await holds(console, "document.querySelector('#answer-notes')?.value.startsWith('参与三分之二')")
    assert not any("参与三分之二" in words for words in sent)


@SIZES
@LOOKS
async def test_the_console_can_be_read_by_everybody(
    hall: Served, open_page: Any, size: dict[str, int], look: str
) -> None:
    _, console, _ = await answering(open_page, hall, size)
    await wear(console, hall, look)
    assert await violations(console) == []
    assert await console.evaluate(SMALLEST, 14) == []
    assert await wider_than_window(console) == []
    assert await too_small(console, 44) == []
    await console.click(".ac.p")
    await console.wait_for_selector("#answer-live")
    await console.click("text=我承诺")
    await console.wait_for_selector("dialog[open]")
    assert await violations(console) == []
    assert await console.evaluate(SMALLEST, 14) == []


async def test_the_console_flows_into_320_pixels_in_both_languages(hall: Served, open_page: Any) -> None:
    _, console, _ = await answering(open_page, hall, {"width": 320, "height": 640})
    for lang in ("zh-CN", "en"):
        await console.goto(f"{hall.url}{page_of(hall, 'answer')}?lang={lang}")
        await console.wait_for_selector(".now .clk")
        assert await wider_than_window(console) == []
