"""Everybody can use the room: axe, narrow screens, large text, targets for fingers, and what the first load costs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.browser.council import (
    OFTEN,
    WIDE,
    come_in,
    give,
    go_live,
    new_id,
    room_of,
    things,
    too_small,
    violations,
    wider_than_window,
)
from tests.engines import Served, serve

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.browser

NARROW = {"viewport": {"width": 320, "height": 640}, "is_mobile": True, "has_touch": True}
SIZES = pytest.mark.parametrize("size", [{}, WIDE], ids=["phone", "wide"])
LOOKS = pytest.mark.parametrize("look", ["18", "24"], ids=["standard", "elder"])
KIB = 1024


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A council of its own, which the first test fills."""
    with serve(tmp_path_factory.mktemp("access"), settings=OFTEN, patience=120) as here:
        yield here


async def filled(served: Served, open_page: Any) -> None:
    """Everything a room can show at once: a question on air, a queue, comments, a poll, an outcome."""
    host = await come_in(open_page, served, "host")
    asker = await come_in(open_page, served, "resident2")
    await go_live(host, served)
    if any(name.startswith("question:") for name in await things(host, served)):
        return
    people = [asker, await come_in(open_page, served, "owner"), await come_in(open_page, served, "lawyer")]
    ids = [new_id() for _ in people]
    for page, own_id, text in zip(
        people, ids, ("车位怎么分？", "广告收入公开吗？", "谁来验收新车棚？"), strict=True
    ):
        await give(page, served, "question.ask", id=own_id, kind="ask", text=text)
        await give(host, served, "question.approve", id=own_id)
    await give(host, served, "question.call", id=ids[0])
    await give(asker, served, "comment.post", id=new_id(), text="听得清楚")
    poll = new_id()
    await give(
        host, served, "poll.draft", id=poll, question="先修哪里？", options=["车库", "楼道"], minutes=30
    )
    await give(host, served, "poll.open", id=poll)


async def large(page: Any, served: Served, look: str) -> None:
    await page.context.add_cookies([{"name": "look", "value": look, "url": served.url}])
    await page.reload()
    await page.locator(".hbtn").wait_for()


async def walk(page: Any) -> Any:
    """Every state of the room, one after the other: tabs, then the views that cover it."""
    for tab in ("questions", "comments", "agenda", "polls"):
        await page.click(f"#tab-{tab}")
        await page.locator(f"#pane[aria-labelledby=tab-{tab}] > *").first.wait_for()
        yield tab
    await page.click("#tab-questions")
    for mine in await page.locator(".mine:not([open]) summary").all():
        await mine.click()
    yield "mine"
    for name, button in (("ask", ".askbox"), ("more", ".chip.r")):
        await page.click(button)
        await page.locator(".full").wait_for()
        yield name
        await page.keyboard.press("Escape")
        await page.locator(".full").wait_for(state="detached")


@LOOKS
@SIZES
async def test_the_room_has_nothing_axe_objects_to(
    served: Served, open_page: Any, size: dict[str, Any], look: str
) -> None:
    await filled(served, open_page)
    page = await come_in(open_page, served, "resident2", room_of(served), **size)
    await large(page, served, look)
    async for state in walk(page):
        assert await violations(page) == [], state


@LOOKS
async def test_joining_has_nothing_axe_objects_to_and_fits_fingers(
    served: Served, open_page: Any, look: str
) -> None:
    await filled(served, open_page)
    page = await open_page(served.url + room_of(served))
    await large(page, served, look)
    await page.click(".askbox")
    await page.fill("#join-name", "马小川")
    await page.click(".pick button >> nth=0")
    least = 60 if look == "24" else 44
    assert await violations(page) == []
    assert await too_small(page, least) == []
    for _ in range(3):
        if await page.locator(".rooms button").count():
            await page.click(".rooms button >> nth=0")
    await page.click(".full footer .btn")
    await page.locator(".agree").wait_for()
    assert await violations(page) == []
    assert await too_small(page, least) == []


@LOOKS
async def test_everything_to_press_is_large_enough(served: Served, open_page: Any, look: str) -> None:
    await filled(served, open_page)
    page = await come_in(open_page, served, "resident2", room_of(served))
    await large(page, served, look)
    async for state in walk(page):
        assert await too_small(page, 60 if look == "24" else 44) == [], state


async def test_nothing_sticks_out_of_a_narrow_phone_even_in_the_largest_text(
    served: Served, open_page: Any
) -> None:
    await filled(served, open_page)
    page = await come_in(open_page, served, "resident2", room_of(served), **NARROW)
    for root in ("18px", "31px", "36px"):
        await page.evaluate("(size) => { document.documentElement.style.fontSize = size }", root)
        async for state in walk(page):
            assert await wider_than_window(page) == [], (root, state)


async def test_no_text_is_under_14_px_and_none_in_the_elder_version_under_18(
    served: Served, open_page: Any
) -> None:
    await filled(served, open_page)
    page = await come_in(open_page, served, "resident2", room_of(served))
    for look, least in (("18", 14), ("24", 18)):
        await large(page, served, look)
        async for state in walk(page):
            small = await page.evaluate(
                """(least) => Array.from(document.querySelectorAll('#app *'))
                  .filter((one) => one.offsetParent !== null && !one.closest('.vh, [aria-hidden=true]')
                    && Array.from(one.childNodes).some((node) => node.nodeType === 3 && node.textContent.trim())
                    && parseFloat(getComputedStyle(one).fontSize) < least)
                  .map((one) => `${one.tagName}.${one.className} ${getComputedStyle(one).fontSize} ${one.textContent.trim().slice(0, 20)}`)""",
                least,
            )
            assert small == [], state


AFTER_THE_WORDS = ("picture", "player", "view", "later", "hls", "media", "staff", "card")
"""Pieces fetched once the questions stand there: the picture with its controls, and what a press opens."""


async def test_the_first_load_keeps_its_budget_of_bytes_and_requests(served: Served, open_page: Any) -> None:
    await filled(served, open_page)
    page = await open_page("about:blank")
    client = await page.context.new_cdp_session(page)
    await client.send("Network.enable")
    asked: dict[str, str] = {}
    sizes: dict[str, int] = {}
    client.on(
        "Network.requestWillBeSent", lambda event: asked.update({event["requestId"]: event["request"]["url"]})
    )
    client.on(
        "Network.loadingFinished",
        lambda event: sizes.update({event["requestId"]: int(event["encodedDataLength"])}),
    )
    await page.goto(served.url + room_of(served))
    await page.locator(".hbtn").wait_for()
    first = [
        key for key, url in asked.items()
        if url.startswith("http") and not any(later in url.lower() for later in AFTER_THE_WORDS)
    ]  # fmt: skip
    assert len(first) <= 6, [asked[key] for key in first]
    assert sum(sizes.get(key, 0) for key in first) <= 80 * KIB, {asked[key]: sizes.get(key) for key in first}
