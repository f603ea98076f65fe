"""The moderation desk: worked by keys alone, by two at once, on a laptop and on a phone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.browser.council import come_in, give, new_id, things, too_small, violations, wider_than_window
from tests.browser.hall import (
    SMALLEST,
    ask,
    at_desk,
    became,
    clear,
    hall,
    holds,
    keys,
    page_of,
    state_of,
    wear,
)
from tests.engines import eventually

if TYPE_CHECKING:
    from tests.engines import Served

__all__ = ["hall"]
pytestmark = pytest.mark.browser

SIZES = pytest.mark.parametrize(
    "size", [{"width": 1440, "height": 900}, {"width": 390, "height": 844}], ids=["wide", "phone"]
)

LOOKS = pytest.mark.parametrize("look", ["18", "24", "18.hc"], ids=["standard", "elder", "contrast"])


POUR = """(record) => {
  window.pour = setInterval(() => {
    const id = [8, 4, 4, 4, 12].map((n) => Array.from({length: n}, () => '0123456789abcdef'[Math.random() * 16 | 0]).join(''))
    id[2] = '7' + id[2].slice(1)
    id[3] = '8' + id[3].slice(1)
    fetch(`/api/records/${record}/commands`, {method: 'POST', headers: {'Content-Type': 'application/json'},
      body: JSON.stringify({type: 'comment.post', id: id.join('-'), text: '支持公开透明 ' + id[4]})})
  }, 20)
}"""
WATCH_KEYS = """() => {
  window.waits = []
  document.addEventListener('keydown', () => {
    const at = performance.now()
    requestAnimationFrame(() => window.waits.push(performance.now() - at))
  }, true)
}"""
"""How long each key waits until the next frame, handling included."""


async def test_a_moderator_clears_the_desk_by_keyboard_alone(hall: Served, open_page: Any) -> None:
    page = await at_desk(open_page, hall)
    await clear(page, hall)
    passed, rude, first, second = await ask(
        page, hall, "电梯什么时候修？", "你们都是骗子", "车棚建在哪里？", "充电车棚放哪儿？"
    )
    await page.wait_for_selector(f'[data-card="{second}"]')
    await keys(page, "j", "a")
    await became(page, hall, passed, "queued")
    await keys(page, "x")
    await page.wait_for_selector("dialog[open] .picks")
    await keys(page, "1")
    assert await became(page, hall, rude, "hidden") == "hidden"
    await holds(page, "document.querySelectorAll('[data-column=review] [data-card]').length === 2")
    await keys(page, "Shift+J", "m")
    await page.wait_for_selector("dialog[open] .pick-l.on")
    await keys(page, "Enter")
    await became(page, hall, second, "merged")
    assert (await things(page, hall))[f"question:{second}"]["merged_into"] == first
    await keys(page, "Control+z")
    await became(page, hall, second, "pending_review")
    assert await became(page, hall, first, "pending_review"), "what let the root in is taken back with it"


async def test_what_the_lists_blocked_is_marked_and_passes_for_a_reason_only(
    hall: Served, open_page: Any
) -> None:
    page = await at_desk(open_page, hall)
    await clear(page, hall)
    (blocked,) = await ask(page, hall, "群里有人代·开發票，怎么办？")
    card = page.locator(f'[data-card="{blocked}"]')
    assert await card.locator("mark").inner_text() == "代·开發票"
    assert "诈骗" in await card.locator(".hits").inner_text()
    await keys(page, "j", "a")
    await page.wait_for_selector("#desk-why")
    assert await state_of(page, hall, blocked) == "pending_review"
    await page.keyboard.type("居民举报诈骗，提醒大家")
    await keys(page, "Enter")
    await became(page, hall, blocked, "queued")


async def test_two_moderators_see_what_the_other_has_in_hand_and_does(hall: Served, open_page: Any) -> None:
    one = await at_desk(open_page, hall)
    other = await at_desk(open_page, hall, "moderator2")
    await clear(one, hall)
    first, second = await ask(one, hall, "停水为什么不通知？", "物业费能不能退？")
    await one.wait_for_selector(f'[data-card="{second}"]')
    await other.wait_for_selector(f'[data-card="{second}"]')
    await keys(one, "j")
    await other.wait_for_selector(f'[data-card="{first}"] .tag.info')
    await keys(other, "j")
    await keys(one, "a")
    await other.wait_for_selector(f'[data-column=review] [data-card="{first}"]', state="detached")
    held = await eventually(
        lambda: other.evaluate("document.activeElement.dataset.card"), what="the neighbour's focus"
    )
    assert held == second


async def test_keys_rest_while_somebody_types_and_when_switched_off(hall: Served, open_page: Any) -> None:
    page = await at_desk(open_page, hall)
    await clear(page, hall)
    (waiting,) = await ask(page, hall, "路灯坏了谁管？")
    await page.wait_for_selector(f'[data-card="{waiting}"]')
    await keys(page, "j")
    composing = "{key: 'a', isComposing: true, bubbles: true}"
    await page.evaluate(f"document.activeElement.dispatchEvent(new KeyboardEvent('keydown', {composing}))")
    await keys(page, "/")
    await page.wait_for_selector("#desk-search")
    await keys(page, "a", "Escape", "?")
    await page.click("dialog[open] input[type=checkbox]")
    await keys(page, "Escape", "j", "a")
    # Whatever a key had set off would be in the record before this question, which was asked after it.
    (later,) = await ask(page, hall, "垃圾清运几点来？")
    await page.wait_for_selector(f'[data-card="{later}"]')
    assert await state_of(page, hall, waiting) == "pending_review"
    await page.reload()
    await page.wait_for_selector(".keys")
    assert "快捷键已关" in await page.inner_text(".keys")


async def test_the_help_shows_every_key_of_the_table(hall: Served, open_page: Any) -> None:
    page = await at_desk(open_page, hall)
    await keys(page, "?")
    await page.wait_for_selector("dialog[open] .help")
    caps = await page.locator("dialog[open] .help dt").all_inner_texts()
    told = {"".join(cap.split()) for cap in caps}
    assert {"空格", "回车", "ShiftJ", "CtrlZ"} | set("JKHLAXEMSUPNWTV/?") <= told


async def test_a_question_on_stage_comes_to_one_of_its_three_ends(hall: Served, open_page: Any) -> None:
    page = await at_desk(open_page, hall)
    await clear(page, hall)
    spoken, written, ledger = await ask(
        page, hall, "第一问，先说说电费", "第二问，合同在哪看", "第三问，楼道灯谁修", approve=True
    )
    await page.wait_for_selector(f'[data-column=queue] [data-card="{ledger}"]')
    await keys(page, "n")
    await became(page, hall, spoken, "on_air")
    await page.wait_for_selector(".now")
    await keys(page, "Enter")
    await became(page, hall, spoken, "answered")
    await page.wait_for_selector(".now", state="detached")
    await keys(page, "n")
    await page.wait_for_selector(".now")
    await keys(page, "w")
    await page.wait_for_selector("#desk-due")
    await keys(page, "Enter")
    await became(page, hall, written, "deferred")
    await page.wait_for_selector(".now", state="detached")
    await keys(page, "n")
    await page.wait_for_selector(".now")
    await keys(page, "t")
    await page.wait_for_selector("#desk-outcome-text")
    await page.keyboard.type("5月26日前修好全部楼道灯")
    await page.fill("#desk-outcome-who", "佟建")
    await keys(page, "Enter")
    await became(page, hall, ledger, "answered")
    outcomes = [thing for name, thing in (await things(page, hall)).items() if name.startswith("outcome:")]
    assert [(one["kind"], one["responsible"], one["question"]) for one in outcomes] == [
        ("commitment", "佟建", ledger)
    ]


async def test_the_queue_is_moved_by_hand_and_the_locked_stay(hall: Served, open_page: Any) -> None:
    page = await at_desk(open_page, hall)
    await clear(page, hall)
    ids = await ask(page, hall, "甲问电梯", "乙问车位", "丙问绿化", "丁问门禁", "戊问快递", approve=True)
    await give(page, hall, "question.call", id=ids[0])
    await page.wait_for_selector(f'.lockd[data-card="{ids[2]}"]')
    await keys(page, "l", "j", "j", "j", "[")
    order = [*ids[1:3], ids[4], ids[3]]

    async def moved() -> bool:
        queue = (await things(page, hall))["queue"]
        return bool(queue["order"] == order and queue["mode"] == "hand")

    await eventually(moved, what="the order by hand")
    await keys(page, "[")
    await page.wait_for_selector("[aria-pressed=true].seg >> text=手动")
    assert (await things(page, hall))["queue"]["order"] == order


async def test_captions_are_typed_and_put_right(hall: Served, open_page: Any) -> None:
    page = await at_desk(open_page, hall)
    await keys(page, "c")
    await holds(page, "document.activeElement.id === 'desk-caption'")
    await keys(page, "1")
    await page.keyboard.type("各位居民晚上好，今天义的是物业")
    await keys(page, "Enter")

    async def said() -> dict[str, Any] | None:
        found = [thing for name, thing in (await things(page, hall)).items() if name.startswith("caption:")]
        return found[-1] if found else None

    caption = await eventually(said, what="the caption")
    assert caption["speaker_name"] == "苏敏"
    await page.wait_for_selector(".cap-l .lnk")
    await keys(page, "ArrowUp")
    await page.wait_for_selector("#desk-mend:focus")
    await page.fill("#desk-mend", "各位居民晚上好，今天议的是物业")
    await keys(page, "Enter")
    await eventually(
        lambda: page.evaluate("document.querySelector('.cap-l').innerText.includes('今天议的是')"),
        what="the correction",
    )


async def test_a_comment_is_taken_away_with_a_reason_and_its_author_muted(
    hall: Served, open_page: Any
) -> None:
    page = await at_desk(open_page, hall)
    resident = await come_in(open_page, hall, "resident")
    await give(resident, hall, "comment.post", id=new_id(), text="加微信领鸡蛋，数量有限")
    line = page.locator(".cm li", has_text="领鸡蛋")
    await line.wait_for()
    await line.locator("button").last.click()
    await page.wait_for_selector("dialog[open] .picks")
    await keys(page, "3")
    await page.wait_for_selector(".cm .hid >> text=是广告")
    person = next(
        thing["person"] for name, thing in (await things(page, hall)).items() if name.startswith("comment:")
    )
    await give(page, hall, "person.mute", person=person, reason="advert")
    await page.wait_for_selector(".quiet >> text=1 人发言受限")
    await page.click(".quiet button")
    await page.click("dialog[open] button[type=submit]")
    await page.wait_for_selector(".quiet", state="detached")


async def test_a_poll_is_prepared_seen_and_opened_and_says_that_it_binds_nobody(
    hall: Served, open_page: Any
) -> None:
    page = await at_desk(open_page, hall)
    await keys(page, "v")
    await page.wait_for_selector("#desk-poll-q")
    await page.fill("#desk-poll-q", "周末集中清运一次好不好？")
    for at, option in enumerate(("好", "不好")):
        await page.locator(".opt input").nth(at).fill(option)
    preview = await page.inner_text(".preview")
    assert "周末集中清运一次好不好？" in preview
    assert "不是业主表决" in preview
    await page.click("dialog[open] button[type=submit]")
    await page.wait_for_selector(".mini-vote >> text=周末集中清运")
    assert "表决" not in (await page.inner_text(".mini-vote")).replace("不是业主表决", "")
    await page.click(".mini-vote >> text=结束征询")
    await page.wait_for_selector(".mini-vote .bars")


async def test_the_real_name_is_shown_when_asked_for(hall: Served, open_page: Any) -> None:
    page = await at_desk(open_page, hall)
    await clear(page, hall)
    resident = await come_in(open_page, hall, "resident")
    own_id = new_id()
    await give(
        resident, hall, "question.ask", id=own_id, kind="report", text="我住3号楼1单元501，电话13000044328"
    )
    await page.wait_for_selector(f'[data-card="{own_id}"]')
    card = await page.inner_text(f'[data-card="{own_id}"]')
    assert "13000044328" not in await page.content()
    assert "130****4328" in card
    await keys(page, "j", "i")
    await page.click("dialog[open] .btn.p")
    await page.wait_for_selector("dialog[open] .who-l")
    assert "13000044328" in await page.inner_text("dialog[open] .who-l")


async def _opened_by(page: Any, key: str) -> bool:
    """Press a key unless a sheet is open. On a machine that is late the sheet before may still be on its way out,
    and keys rest while it is.
    """
    if not await page.locator("dialog[open]").count():
        await page.keyboard.press(key)
        await page.wait_for_timeout(200)
    return bool(await page.locator("dialog[open]").count())


@SIZES
@LOOKS
async def test_the_desk_can_be_read_by_everybody(
    hall: Served, open_page: Any, size: dict[str, int], look: str
) -> None:
    page = await at_desk(open_page, hall, viewport=size)
    await wear(page, hall, look)
    await clear(page, hall)
    await ask(page, hall, "待审的一条，电话13000044328")
    on_air, queued = await ask(page, hall, "台上的一条", "排队的一条", approve=True)
    await give(page, hall, "question.call", id=on_air)
    await page.wait_for_selector(f'[data-card="{on_air}"]', state="attached")
    await page.wait_for_selector(f'[data-card="{queued}"]', state="attached")
    phone = size["width"] < 700
    for column in ("review", "queue", "stage", "rail"):
        if phone:
            await page.click(
                f".hop button:nth-child({['review', 'queue', 'stage', 'rail'].index(column) + 1})"
            )
        assert await violations(page) == []
        assert await page.evaluate(SMALLEST, 14) == []
        assert await wider_than_window(page) == []
    assert await too_small(page, 24) == []
    for key in "?vtw":
        await eventually(lambda key=key: _opened_by(page, key), what=f"the sheet of {key}")
        assert await violations(page) == []
        assert await page.evaluate(SMALLEST, 14) == []
        await page.keyboard.press("Escape")
        await page.wait_for_selector("dialog[open]", state="detached")


async def test_the_desk_flows_into_320_pixels_in_both_languages(hall: Served, open_page: Any) -> None:
    page = await at_desk(open_page, hall, viewport={"width": 320, "height": 700})
    await ask(page, hall, "这是一条待审的提问，内容比较长，要看看在很窄的屏幕上会不会撑破", approve=False)
    for lang in ("zh-CN", "en"):
        await page.goto(f"{hall.url}{page_of(hall, 'desk')}?lang={lang}")
        await page.wait_for_selector(".it")
        for at in range(1, 5):
            await page.click(f".hop button:nth-child({at})")
            assert await wider_than_window(page) == []


async def test_sixty_waiting_questions_are_cleared_by_keys_while_comments_pour_in(
    hall: Served, open_page: Any
) -> None:
    page = await at_desk(open_page, hall)
    await clear(page, hall)
    ids = await ask(page, hall, *(f"第{number}个待审的提问，说的是另一件事" for number in range(1, 61)))
    await page.wait_for_selector(f'[data-card="{ids[30]}"]')
    talker = await come_in(open_page, hall, "secretary")
    await talker.evaluate(POUR, hall.record)
    await page.evaluate(WATCH_KEYS)
    await keys(page, "j")
    for turn in range(60):
        await keys(page, "a" if turn % 3 else "x")
        if turn % 3 == 0:
            await page.wait_for_selector("dialog[open] .picks")
            await keys(page, "1")
    await holds(page, "document.querySelectorAll('[data-column=review] [data-card]').length === 0")
    waits = sorted(await page.evaluate("window.waits"))
    print(
        f"key to next frame: median {waits[len(waits) // 2]:.0f} ms, most {waits[-1]:.0f} ms of {len(waits)}"
    )
    states = {(await things(page, hall))[f"question:{own_id}"]["state"] for own_id in ids}
    assert states == {"queued", "hidden"}


async def test_a_resident_is_not_let_to_the_desk(hall: Served, open_page: Any) -> None:
    page = await come_in(open_page, hall, "resident")
    answer = await page.request.get(hall.url + page_of(hall, "desk"))
    assert answer.status == 403
