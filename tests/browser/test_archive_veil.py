"""The secretary masks a passage in the archive; residents see it listed, and the replay passes over it."""

from __future__ import annotations

import asyncio
import itertools

import pytest

from meetings import Who
from server.media import record_file
from tests import engines
from tests.browser.council import WIDE, too_small, violations, wider_than_window
from tests.crowd.ways import uuid7
from tests.media.clock import session
from tests.media.streams import reel, write_mp4
from tests.server.hall import live_town

pytestmark = pytest.mark.browser
DESK = Who("moderator", 0, frozenset({"moderator", "host", "secretary"}), {"real": "柳婷"})
LONG, EVERY, SECRET = 40, 4, 12
ROOMY = {"SUN_LIMIT_REQUESTS": "1000/1"}
LOOK = """() => {
  const video = document.querySelector('#player video')
  const canvas = Object.assign(document.createElement('canvas'), { width: 16, height: 4 })
  const paint = canvas.getContext('2d')
  paint.drawImage(video, 0, 0, 16, 4)
  const bars = Array.from({ length: 16 }, (_, i) => paint.getImageData(i, 0, 1, 1).data[0])
  return { at: video.currentTime, card: bars.every((one) => one > 10 && one < 60),
           number: bars.reduce((sum, one, i) => sum + (one > 128 ? 2 ** i : 0), 0) }
}"""


@pytest.fixture(scope="module")
async def place(tmp_path_factory):
    """A published council of forty seconds, its picture counted in bars, a line said each four."""
    data = tmp_path_factory.mktemp("veiled")
    async with live_town(data, ROOMY) as town:
        start = (await town.parts.desks.room(town.record)).at
        ticks = itertools.count()

        async def give(second, word, **fields):
            at = start + second * 1_000 + next(ticks) % 100
            answer = await town.parts.desks.give(town.record, {"type": word, **fields}, DESK, at)
            assert answer["ok"], (word, answer)

        await give(0, "agenda.open", id="01970000-0000-7000-8000-000000000001")
        for second in range(0, LONG, EVERY):
            await give(second, "caption.say", id=uuid7(), text=f"第{second}秒说的话。", speaker_name="柳婷")
        await give(LONG, "meeting.end")
        film = data / "film.mp4"
        await asyncio.to_thread(lambda: write_mp4(reel(LONG), film))
        await asyncio.to_thread(record_file, data / "media", town.record, film, start)
        town.parts.media.reload(town.record)
        await give(LONG, "meeting.publish")
        yield town


async def goes_to(page, second):
    await page.evaluate("(at) => { document.querySelector('#player video').currentTime = at }", second)
    await engines.eventually(
        lambda: page.evaluate(
            "(at) => { const v = document.querySelector('#player video'); "
            "return !v.seeking && Math.abs(v.currentTime - at) < 0.3 }",
            second,
        ),
        what=f"second {second}",
    )


async def masks(page, **choice):
    """Fill in the form as its user does, the times from the player."""
    await page.click("#veil summary")
    for end, second in (("from", 12.4), ("to", 14.6)):
        await goes_to(page, second)
        await page.click(f"#veil [data-now={end}]")
    assert await page.input_value("#veil-from") == "0:12"
    assert await page.input_value("#veil-to") == "0:15"
    await page.check(f"#veil input[value={choice['what']}]")
    await page.fill("#veil-reason", choice["reason"])
    await page.click("#veil [type=submit]")


async def test_a_passage_is_masked_listed_and_passed_over(open_page, place):
    url = f"{place.parts.base_url}/archive/{place.record.partition(':')[2]}"
    resident = await open_page(url)
    await resident.wait_for_selector("#follow:not([hidden])")
    assert await resident.locator("#veil, #masked").count() == 0
    page = await open_page("about:blank", **WIDE)
    await session(page, place.parts.base_url, await place.invited("secretary", name="石岚"))
    await page.goto(url)
    await page.wait_for_selector("#veil:not([hidden])")
    await page.click("#veil summary")
    await page.fill("#veil-from", "0:20")
    await page.fill("#veil-to", "0:10")
    await page.fill("#veil-reason", "反了")
    await page.click("#veil [type=submit]")
    await page.wait_for_selector("#veil-said:has-text('先开始后结束')")
    await page.click("#veil summary")
    await masks(page, what="both", reason="念出了居民的电话")
    await page.wait_for_selector("#masked li")
    assert await violations(page) == []

    await resident.reload()
    await resident.wait_for_selector("#follow:not([hidden])")
    listed = await resident.inner_text("#masked")
    assert "0:12 到 0:15" in listed
    assert "念出了居民的电话" in listed
    assert "第 2 版" in listed
    assert f"第{SECRET}秒" not in await resident.inner_text("#lines")
    assert "第16秒" in await resident.inner_text("#lines")
    assert await resident.locator("[data-lift]").count() == 0
    assert await violations(resident) == []
    assert await wider_than_window(resident) == []
    assert await too_small(resident, 24) == []

    await goes_to(resident, 11)
    await resident.evaluate(
        "() => { const v = document.querySelector('#player video'); v.muted = true; v.playbackRate = 2; v.play() }"
    )
    looks = []

    async def past():
        looks.append(await resident.evaluate(LOOK))
        return looks[-1]["at"] > 17

    await engines.eventually(past, 20, what="the passage passed over")
    hidden = [one for one in looks if 12.3 < one["at"] < 14.7]
    assert hidden
    assert all(one["card"] for one in hidden), hidden
    for one in looks:
        if one["at"] < 11.9 or one["at"] > 15.2:
            assert abs(one["number"] / 25 - one["at"]) < 0.4, one

    await page.click("[data-lift]")
    await page.click("[data-lift]:has-text('再点一次')")
    await page.wait_for_selector("#masked", state="detached")


async def test_a_page_that_was_open_all_the_time_finds_the_new_version(open_page, place):
    page = await open_page(f"{place.parts.base_url}/archive/{place.record.partition(':')[2]}?t=36")
    await goes_to(page, 37)
    veil = {"id": uuid7(), "from_s": 20, "to_s": 24, "what": "picture", "reason": "门牌"}
    assert (await place.parts.desks.give(place.record, {"type": "recording.veil", **veil}, DESK))["ok"]
    await page.evaluate("() => { document.querySelector('#player video').currentTime = 22 }")

    async def hidden():
        look = await page.evaluate(LOOK)
        return 20 <= look["at"] < 24 and look["card"]

    await engines.eventually(hidden, what="the card")
    lift = {"type": "recording.unveil", "id": veil["id"]}
    assert (await place.parts.desks.give(place.record, lift, DESK))["ok"]


async def test_the_file_to_take_home_says_how_far_it_is_and_then_comes(open_page, place):
    page = await open_page(f"{place.parts.base_url}/archive/{place.record.partition(':')[2]}")
    await page.wait_for_selector("#print:not([hidden])")
    link = page.locator("a[data-film]").first
    await page.evaluate(
        "() => { window.told = []; new MutationObserver(() => told.push(document.querySelector('.making').innerText))"
        ".observe(document.querySelector('.film'), { subtree: true, childList: true, characterData: true }) }"
    )
    async with page.expect_download(timeout=30_000) as coming:
        await link.click()
    download = await coming.value
    assert download.suggested_filename.endswith(".mp4")
    told = await page.evaluate("told")
    assert any("正在生成" in text and "%" in text for text in told)
    assert "已生成" in told[-1]
    assert await page.locator("a[data-film]").count() == 2
