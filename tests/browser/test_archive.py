"""The archive in a real browser: it plays, its words follow and jump, it can be read at any size, alone or on paper."""

import asyncio
import itertools

import pytest

from meetings import Who
from server.media import record_file
from tests import engines
from tests.browser.council import WIDE, too_small, violations, wider_than_window
from tests.browser.hall import SMALLEST
from tests.crowd.ways import uuid7
from tests.media.streams import reel, write_mp4
from tests.server.hall import live_town

pytestmark = pytest.mark.browser
DESK = Who("moderator", 0, frozenset({"moderator", "host", "secretary"}), {"real": "柳婷"})
RESIDENT = Who("r", 0, frozenset({"resident"}), {"building": "3号楼居民"}, unit="u")
LONG = 90
EVERY = 3
"""Seconds of the recording, and between two lines of its transcript."""


@pytest.fixture(scope="module")
async def replay(tmp_path_factory):
    """The address of a published council of ninety seconds, with a real recording and thirty lines said in it."""
    data = tmp_path_factory.mktemp("replay")
    async with live_town(data, {"SUN_LIMIT_REQUESTS": "1000/1"}) as place:
        start = await said_in(place)
        film = data / "film.mp4"
        await asyncio.to_thread(lambda: write_mp4(reel(LONG), film))
        await asyncio.to_thread(record_file, data / "media", place.record, film, start)
        place.parts.media.reload(place.record)
        yield f"{place.parts.base_url}/archive/{place.record.partition(':')[2]}"


async def said_in(place):
    desks, ticks = place.parts.desks, itertools.count()
    start = (await desks.room(place.record)).at

    async def give(second, word, who=DESK, **fields):
        at = start + round(second * 1_000) + next(ticks) % 100
        answer = await desks.give(place.record, {"type": word, **fields}, who, at)
        assert answer["ok"], (word, answer)

    asked = uuid7()
    await give(0, "agenda.open", id="01970000-0000-7000-8000-000000000001")
    await give(0, "question.ask", RESIDENT, id=asked, kind="ask", text="要多少户同意？")
    for second in range(0, LONG, EVERY):
        if second == 60:
            await give(second, "question.call", id=asked)
        await give(second, "caption.say", id=uuid7(), text=f"这是第{second}秒说的话。", speaker_name="柳婷")
    for word in ("question.finish", "meeting.end", "meeting.publish"):
        await give(LONG, word, **({"id": asked} if word == "question.finish" else {}))
    return start


NOW = "() => document.querySelector('#player video').currentTime"


async def at_second(page, least, most):
    async def there():
        return least <= await page.evaluate(NOW) <= most

    await engines.eventually(there, what=f"second {least} to {most}")


async def test_a_line_jumps_to_its_second_and_the_transcript_keeps_up(open_page, replay):
    page = await open_page(replay, **WIDE)
    await page.wait_for_selector("#follow:not([hidden])")
    line = page.locator("#lines a").nth(20)
    second = float(await line.get_attribute("data-t"))
    await line.click()
    await at_second(page, second, LONG)
    assert f"?t={int(second)}" in page.url
    await page.wait_for_function("() => Number(document.querySelector('#lines .on')?.dataset.t) >= 60")
    assert await page.evaluate(
        """() => { const list = document.querySelector('#lines').getBoundingClientRect(),
                 line = document.querySelector('#lines .on').getBoundingClientRect();
                 return line.top >= list.top - 1 && line.bottom <= list.bottom + 1 }"""
    )
    assert await page.locator(".chap .on").count() == 1


async def test_a_question_jumps_to_where_it_was_taken_up(open_page, replay):
    page = await open_page(replay)
    await page.wait_for_selector("#follow:not([hidden])")
    await page.click("#q1 .to")
    await at_second(page, 59.5, LONG)


async def test_an_address_with_a_second_begins_there_and_plays(open_page, replay):
    page = await open_page(f"{replay}?t=30")
    await page.wait_for_selector("#follow:not([hidden])")
    await at_second(page, 29.5, LONG)
    await page.evaluate(
        "() => { const v = document.querySelector('#player video'); v.muted = true; return v.play() }"
    )
    await at_second(page, 31, LONG)
    assert abs(await page.evaluate("() => document.querySelector('#player video').duration") - LONG) < 2


async def test_the_list_stays_where_its_reader_scrolled_it(open_page, replay):
    page = await open_page(replay, **WIDE)
    await page.wait_for_selector("#follow:not([hidden])")
    await page.hover("#lines")
    await page.mouse.wheel(0, 300)
    await page.wait_for_selector("#follow[aria-pressed=false]")
    await page.wait_for_function("() => document.querySelector('#lines').scrollTop > 0")
    await page.locator(".chap a").first.click()
    await page.wait_for_selector("#lines li:first-child.on")
    assert await page.evaluate("() => document.querySelector('#lines').scrollTop") > 0
    await page.click("#follow")
    await page.wait_for_function("() => document.querySelector('#lines').scrollTop === 0")


async def test_without_script_the_browsers_own_player_has_the_recording_and_captions(open_page, replay):
    page = await open_page(f"{replay}?t=60", java_script_enabled=False)
    source = await page.locator("video[controls]").get_attribute("src")
    assert source.endswith("recording.mp4#t=60")
    host = replay.partition("/archive")[0]
    assert (await page.request.get(host + source.partition("#")[0])).status == 200
    captions = await page.locator("track[kind=captions]").get_attribute("src")
    assert "这是第60秒说的话。" in await (await page.request.get(host + captions)).text()
    assert await page.locator("#lines a").nth(20).get_attribute("href") == "?t=60#t=60"


async def test_words_are_found_in_transcript_and_answers(open_page, council):
    page = await open_page(council.said["archive"])
    await page.wait_for_selector("#print:not([hidden])")
    await page.fill("#find", "三分之二")
    await page.wait_for_selector("#found:not(:empty)")
    shown = await page.locator("#lines li:not([hidden]), #qa article:not([hidden])").all_inner_texts()
    assert shown
    assert all("三分之二" in text for text in shown)
    await page.fill("#find", "没有人说过的词")
    await page.wait_for_function("() => document.querySelectorAll('#lines li:not([hidden])').length === 0")


async def test_without_script_everything_is_there_to_read(open_page, council):
    page = await open_page(f"{council.said['archive']}?t=60", java_script_enabled=False)
    text = await page.inner_text("main")
    for words in ("文字记录", "换物业到底要多少户同意才算数？", "纳文慧", "统计", "612", "对谁都没有约束力"):
        assert words in text
    assert await page.locator("#qa article").count() > 15
    first = page.locator("#lines a").first
    assert "t=" in await first.get_attribute("href")
    assert not await page.locator("#follow, #print, #all").filter(visible=True).count()


@pytest.mark.parametrize("size", [{}, WIDE], ids=["phone", "desktop"])
@pytest.mark.parametrize("look", ["", "24", "18.hc"])
async def test_everybody_can_read_it(open_page, council, size, look):
    page = await open_page(council.said["archive"], **size)
    if look:
        await page.context.add_cookies([{"name": "look", "value": look, "url": council.url}])
        await page.reload()
    await page.wait_for_selector("#print:not([hidden])")
    assert await violations(page) == []
    assert await wider_than_window(page) == []
    assert await page.evaluate(SMALLEST, 18 if look == "24" else 14) == []


async def test_it_fits_the_narrowest_phone_and_reads_in_english(open_page, council):
    page = await open_page(f"{council.said['archive']}?lang=en", viewport={"width": 320, "height": 640})
    await page.wait_for_selector("#print:not([hidden])")
    assert await wider_than_window(page) == []
    text = await page.inner_text("main")
    assert "Transcript" in text
    assert "archive-" not in text


async def test_what_is_pressed_is_large_enough(open_page, council):
    page = await open_page(council.said["archive"])
    await page.wait_for_selector("#print:not([hidden])")
    assert await too_small(page, 24) == []


async def test_on_paper_it_is_minutes_and_every_answer_stands(open_page, council):
    page = await open_page(council.said["archive"], **WIDE)
    await page.wait_for_selector("#print:not([hidden])")
    await page.emulate_media(media="print")
    assert (
        await page.locator("#qa article").filter(visible=True).count()
        == await page.locator("#qa article").count()
    )
    assert await page.locator(".play").is_hidden()
    assert await page.locator(".side").is_hidden()
    assert (await page.pdf()).startswith(b"%PDF")
