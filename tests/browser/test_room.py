"""The live room in a browser: support, asking, joining, off line and back, what residents are told."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from tests.browser.council import OFTEN, OLD_WEBVIEW, come_in, give, go_live, new_id, room_of, things
from tests.engines import Served, eventually, serve

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.browser

CARD = ".list .q"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A council of its own: these tests open it and speak in it."""
    with serve(tmp_path_factory.mktemp("room"), settings=OFTEN, patience=120) as here:
        yield here


@pytest.fixture
async def host(served: Served, open_page: Any) -> Any:
    """The host's page, the meeting being live."""
    page = await come_in(open_page, served, "host")
    await go_live(page, served)
    return page


async def in_queue(host: Any, served: Served, asker: Any, text: str) -> str:
    """A question that was asked and let into the queue."""
    own_id = new_id()
    await give(asker, served, "question.ask", id=own_id, kind="ask", text=text)
    await give(host, served, "question.approve", id=own_id)
    return own_id


def card(page: Any, text: str) -> Any:
    """The card with this text in the list."""
    return page.locator(CARD, has_text=text)


async def test_a_support_shows_at_once_and_others_see_it(served: Served, open_page: Any, host: Any) -> None:
    asker = await come_in(open_page, served, "resident")
    await in_queue(host, served, asker, "地下车库什么时候修？")
    page = await come_in(open_page, served, "resident2", room_of(served))
    button = card(page, "地下车库").locator("button.like")
    await button.click()
    assert await button.get_attribute("aria-pressed") == "true"
    assert await button.locator("span").inner_text() == "已支持"
    assert await button.locator("b").inner_text() == "1"
    await asker.goto(served.url + room_of(served))
    await eventually(
        lambda: shows(card(asker, "地下车库").locator(".like b"), "1"), what="the vote at the asker"
    )
    await button.click()
    await eventually(
        lambda: shows(card(asker, "地下车库").locator(".like b"), "0"), what="the vote taken back"
    )


async def shows(place: Any, text: str) -> bool:
    """Whether a place on the page says so now."""
    return bool(await place.inner_text() == text)


async def test_a_line_that_fails_while_a_later_part_is_fetched_leaves_no_hole(
    served: Served, open_page: Any, host: Any
) -> None:
    away = []

    async def fail_once(route: Any) -> None:
        name = route.request.url.rsplit("/", 1)[1].partition("-")[0]
        if route.request.resource_type == "script" and away.count(name) < 2:
            away.append(name)
            return await route.abort("internetdisconnected")
        return await route.continue_()

    page = await come_in(open_page, served, "resident")
    await page.route("**/static/assets/*ater*", fail_once)
    await page.goto(served.url + room_of(served))
    await page.click(".askbox")
    await page.fill("#ask-text", "断网以后还能提问吗？")
    assert away


async def test_a_support_given_off_line_is_delivered_once_on_return(
    served: Served, open_page: Any, host: Any
) -> None:
    asker = await come_in(open_page, served, "resident")
    own_id = await in_queue(host, served, asker, "楼道灯谁来换？")
    page = await come_in(open_page, served, "resident2", room_of(served))
    await card(page, "楼道灯").wait_for()
    await page.wait_for_function("document.querySelector('.chip svg')")
    await page.context.set_offline(True)
    await page.locator(".banner").wait_for()
    await card(page, "楼道灯").locator("button.like").click()
    assert await card(page, "楼道灯").locator("button.like b").inner_text() == "1"
    await page.context.set_offline(False)

    async def counted() -> bool:
        return bool((await things(host, served)).get(f"score:{own_id}", {}).get("votes") == 1)

    await eventually(counted, what="the support in the record")
    await page.locator(".banner").wait_for(state="detached")


async def test_a_guest_joins_by_name_asks_and_sees_the_question_queued(
    served: Served, open_page: Any, host: Any
) -> None:
    page = await open_page(served.url + room_of(served))
    await page.click(".askbox")
    await page.fill("#join-name", "马小川")
    await page.fill("#join-call", "小马")
    await page.click(".pick button >> nth=0")
    for _ in range(3):
        if await page.locator(".rooms button").count():
            await page.click(".rooms button >> nth=0")
    await page.click("text=请门口工作人员核对")
    await page.click(".full footer .btn")
    await page.locator(".agree").click()
    await page.click(".full footer .btn")
    await page.fill("#ask-text", "新来的住户也能提问吗？")
    await page.click(".full footer .btn")
    mine = page.locator(".mine").first
    await eventually(lambda: shows(mine.locator(".tag"), "待审"), what="the question received")
    asked = (await things(host, served)).values()
    own_id = next(one["id"] for one in asked if one.get("text") == "新来的住户也能提问吗？")
    await give(host, served, "question.approve", id=own_id)
    await eventually(lambda: says(mine.locator(".tag"), "排队第"), what="the place in the queue")
    await page.get_by_text("您的提问：排队中").wait_for()


async def says(place: Any, words: str) -> bool:
    """Whether a place on the page has these words among others."""
    return words in await place.inner_text()


async def test_a_new_question_waits_behind_the_pill_and_the_list_keeps_still(
    served: Served, open_page: Any, host: Any
) -> None:
    asker = await come_in(open_page, served, "resident")
    await in_queue(host, served, asker, "快递柜放在哪里？")
    page = await come_in(open_page, served, "resident2")
    await page.clock.install()
    await page.goto(served.url + room_of(served) + "?still=1")
    await card(page, "快递柜").wait_for()
    before = await page.locator(CARD).all_inner_texts()
    second = await come_in(open_page, served, "owner")
    await in_queue(host, served, second, "垃圾桶能不能挪远一点？")
    await page.locator(".pill", has_text="1 个新问题").wait_for()
    await page.clock.run_for(20_000)
    assert await page.locator(CARD).all_inner_texts() == before
    await page.click(".pill")
    await card(page, "垃圾桶").wait_for()
    assert not await page.locator(".pill").count()


async def test_a_question_handed_back_says_why_and_may_be_appealed(
    served: Served, open_page: Any, host: Any
) -> None:
    page = await come_in(open_page, served, "lawyer", room_of(served))
    own_id = new_id()
    await give(page, served, "question.ask", id=own_id, kind="ask", text="这一条会被退回")
    await give(host, served, "question.hide", id=own_id, reason="unclear")
    mine = page.locator(".mine", has_text="这一条会被退回")
    await eventually(lambda: shows(mine.locator(".tag"), "已退回"), what="the question handed back")
    await mine.locator("summary").click()
    await mine.get_by_text("意思不清楚").wait_for()
    await mine.get_by_role("button", name="申诉").click()
    await mine.locator("textarea").fill("意思很清楚")
    await mine.get_by_role("button", name="提交申诉").click()
    await mine.get_by_text("已申诉，等待复核").wait_for()


async def test_my_own_question_may_be_withdrawn(served: Served, open_page: Any, host: Any) -> None:
    page = await come_in(open_page, served, "deputy", room_of(served))
    own_id = new_id()
    await give(page, served, "question.ask", id=own_id, kind="ask", text="这一条我不问了")
    mine = page.locator(".mine", has_text="不问了")
    await mine.locator("summary").click()
    await mine.get_by_role("button", name="撤回这一条").click()
    await mine.wait_for(state="detached")


async def test_what_is_being_written_outlives_a_reload(served: Served, open_page: Any, host: Any) -> None:
    page = await come_in(open_page, served, "resident", room_of(served))
    await page.click(".askbox")
    await page.fill("#ask-text", "写到一半")
    await page.reload()
    await page.click(".askbox")
    assert await page.input_value("#ask-text") == "写到一半"
    await page.keyboard.press("Escape")
    await page.locator("#ask-text").wait_for(state="detached")
    assert await page.evaluate("document.activeElement.className") == "askbox grow"


async def test_a_like_question_is_offered_and_supported_instead(
    served: Served, open_page: Any, host: Any
) -> None:
    asker = await come_in(open_page, served, "resident")
    await in_queue(host, served, asker, "电梯里的广告收入去了哪里？")
    page = await come_in(open_page, served, "resident2", room_of(served))
    await page.click(".askbox")
    await page.fill("#ask-text", "电梯广告收入去哪里了？")
    await page.locator(".similar").get_by_text("电梯里的广告收入").wait_for()
    await page.locator(".similar .btn").first.click()
    button = card(page, "电梯里的广告").locator("button.like")
    await eventually(lambda: shows(button.locator("span"), "已支持"), what="the support")


async def test_applause_goes_up_by_what_was_tapped(served: Served, open_page: Any, host: Any) -> None:
    page = await open_page(served.url + room_of(served))
    other = await open_page(served.url + room_of(served))
    await page.locator(".chip .vh").wait_for()
    before = int(await other.locator(".hbtn span").inner_text())
    for _ in range(5):
        await page.click(".hbtn")

    async def heard() -> bool:
        return int(await other.locator(".hbtn span").inner_text()) >= before + 5

    await eventually(heard, what="the applause elsewhere")


async def test_a_comment_reaches_the_others(served: Served, open_page: Any, host: Any) -> None:
    page = await come_in(open_page, served, "resident", room_of(served) + "#comments")
    other = await open_page(served.url + room_of(served) + "#comments")
    await page.fill("#say", "声音很清楚")
    await page.keyboard.press("Enter")
    await page.locator(".talk .own", has_text="声音很清楚").wait_for()
    await other.locator(".talk li", has_text="声音很清楚").wait_for()


async def test_who_cannot_hold_a_socket_reads_and_supports_over_http(
    served: Served, open_page: Any, host: Any
) -> None:
    asker = await come_in(open_page, served, "resident")
    own_id = await in_queue(host, served, asker, "办公室网络挡住了长连接，还能支持吗？")
    page = await come_in(open_page, served, "resident2")
    await page.route_web_socket(re.compile("socket.io"), lambda socket: socket.close())
    await page.goto(served.url + room_of(served) + "?plain=1")
    await page.locator(".banner.info").wait_for()
    button = card(page, "长连接").locator("button.like")
    await button.click()

    async def counted() -> bool:
        return bool((await things(host, served)).get(f"score:{own_id}", {}).get("votes") == 1)

    await eventually(counted, what="the support in the record")
    await give(host, served, "question.call", id=own_id)
    await page.locator(".onair", has_text="长连接").wait_for()
    await give(host, served, "question.finish", id=own_id)


async def test_the_room_runs_without_the_newer_words_of_javascript(
    served: Served, open_page: Any, host: Any
) -> None:
    page = await open_page("about:blank")
    await page.add_init_script(OLD_WEBVIEW)
    await page.goto(served.links["resident2"])
    await page.click("#confirm")
    await page.wait_for_url(lambda url: "/enter" not in url)
    await page.goto(served.url + room_of(served))
    assert (
        await page.evaluate("typeof [].at + typeof Object.hasOwn + typeof structuredClone") == "undefined" * 3
    )
    await page.click(".askbox")
    await page.locator("#ask-text").wait_for()
    await page.keyboard.press("Escape")
    for tab in ("comments", "agenda", "polls"):
        await page.click(f"#tab-{tab}")
        await page.locator(f"#tab-{tab}[aria-selected=true]").wait_for()


async def test_tabs_are_moved_through_by_arrows(served: Served, open_page: Any, host: Any) -> None:
    page = await open_page(served.url + room_of(served))
    await page.focus("#tab-questions")
    await page.keyboard.press("ArrowLeft")
    assert await page.evaluate("document.activeElement.id") == "tab-polls"
    assert await page.get_attribute("#pane", "aria-labelledby") == "tab-polls"


async def test_the_first_questions_can_be_read_without_any_script(
    served: Served, open_page: Any, host: Any
) -> None:
    asker = await come_in(open_page, served, "resident2")
    await in_queue(host, served, asker, "没有脚本也能看见我吗？")
    page = await open_page(served.url + room_of(served), java_script_enabled=False)
    assert await page.get_by_text("没有脚本也能看见我吗？").is_visible()
