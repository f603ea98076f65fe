"""How long a key press waits at the desk, from the key going down to the next frame drawn, while comments pour in.

    python tests/crowd/desk.py [--comments 50] [--held 60]

A real server, a real browser, a moderator who clears the held questions by keys alone; residents over HTTP.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import aiohttp
from playwright.async_api import async_playwright

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests import engines
from tests.browser.council import OFTEN, new_id
from tests.browser.hall import BUSY, page_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.engines import Served

ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--no-first-run",
    "--disable-quic",
]
WATCH = """() => {
  window.waits = []
  document.addEventListener('keydown', (event) => {
    const at = performance.now()
    requestAnimationFrame(() => {
      const channel = new MessageChannel()
      channel.port1.onmessage = () => window.waits.push([event.key, performance.now() - at, at - event.timeStamp])
      channel.port2.postMessage(0)
    })
  }, true)
}"""
"""A message posted in a frame is read after that frame was painted. The third figure is how long the key waited for
the page to hear of it at all."""
SAYINGS = (
    "支持公开透明",
    "律师讲得明白",
    "开发商今天来了没有？",
    "楼上这位说得对",
    "物业费到底怎么算",
    "听不清，声音大一点",
)


async def _person(served: Served, who: str) -> aiohttp.ClientSession:
    session = aiohttp.ClientSession(headers={"Origin": served.url}, cookie_jar=aiohttp.CookieJar(unsafe=True))
    token = served.links[who].partition("#")[2]
    async with session.post(f"{served.url}/api/enter", json={"token": token}) as answer:
        assert answer.status == 200, await answer.text()
    return session


async def _give(
    session: aiohttp.ClientSession, served: Served, command: str, **fields: Any
) -> dict[str, Any]:
    url = f"{served.url}/api/records/{served.record}/commands"
    async with session.post(url, json={"type": command, **fields}) as answer:
        return dict(await answer.json())


@contextlib.asynccontextmanager
async def _pouring(served: Served, session: aiohttp.ClientSession, rate: float) -> AsyncIterator[list[int]]:
    """Comments at this rate a second for as long as the block lasts; how many were taken."""
    taken = [0]

    async def pour() -> None:
        begun, count = time.monotonic(), 0
        pending: set[asyncio.Task[None]] = set()

        async def say(number: int) -> None:
            text = f"{SAYINGS[number % len(SAYINGS)]} {number}"
            answer = await _give(session, served, "comment.post", id=new_id(), text=text)
            taken[0] += bool(answer.get("ok"))

        while rate:
            task = asyncio.create_task(say(count))
            pending.add(task)
            task.add_done_callback(pending.discard)
            count += 1
            await asyncio.sleep(max(0.0, begun + count / rate - time.monotonic()))

    task = asyncio.create_task(pour())
    try:
        yield taken
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


def _at(waits: list[float], share: float) -> float:
    return waits[min(len(waits) - 1, int(len(waits) * share))]


async def measure(served: Served, held: int, rate: float) -> dict[str, Any]:
    """Clear so many held questions by keys while comments come at this rate."""
    host, talker = await _person(served, "host"), await _person(served, "secretary")
    try:
        for command in ("meeting.open_lobby", "meeting.start"):
            await _give(host, served, command)
        for number in range(held):
            text = f"第{number + 1}个待审的提问，说的是另一件事情"
            fields = {"kind": "ask", "channel": "paper", "for_name": "马奶奶"}
            await _give(host, served, "question.ask", id=new_id(), text=text, **fields)
        async with async_playwright() as player:
            browser = await player.chromium.launch(executable_path="/usr/bin/chromium", args=ARGS)
            page = await browser.new_page(viewport={"width": 1440, "height": 900})
            await page.goto(served.links["moderator"])
            await page.click("#confirm")
            await page.wait_for_url(lambda url: "/enter" not in url)
            await page.goto(served.url + page_of(served, "desk"))
            await page.wait_for_selector("[data-column=review] [data-card]")
            async with _pouring(served, talker, rate) as taken:
                # The list of comments is full before the first key.
                await asyncio.sleep(300 / rate if rate else 0)
                await page.evaluate(WATCH)
                begun, before = time.monotonic(), taken[0]
                await page.keyboard.press("j")
                for turn in range(held):
                    if turn % 3:
                        await page.keyboard.press("a")
                    else:
                        await page.keyboard.press("x")
                        await page.wait_for_selector("dialog[open] .picks")
                        await page.keyboard.press("1")
                    await asyncio.sleep(0.1)
                lasted = time.monotonic() - begun
                said = taken[0] - before
                cards = page.locator("[data-column=review] [data-card]")

                async def cleared(cards: Any = cards) -> bool:
                    return not await cards.count()

                with contextlib.suppress(TimeoutError):
                    await engines.eventually(cleared, what="an empty column")
                left = await cards.count()
            told = await page.evaluate("window.waits")
            await browser.close()
    finally:
        await host.close()
        await talker.close()
    waits = sorted(wait + max(0.0, late) for _, wait, late in told)
    return {
        "held": held,
        "left": left,
        "comments_a_second": round(said / lasted, 1),
        "keys": len(waits),
        "p50_ms": round(_at(waits, 0.5), 1),
        "p95_ms": round(_at(waits, 0.95), 1),
        "max_ms": round(waits[-1], 1),
        "by_key": {
            key: round(max(wait + max(0.0, late) for pressed, wait, late in told if pressed == key), 1)
            for key in sorted({pressed for pressed, _, _ in told})
        },
    }


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--comments", type=float, default=50, help="comments a second (0: none)")
    parser.add_argument("--held", type=int, default=60, help="questions waiting for review")
    wanted = parser.parse_args()
    with (
        tempfile.TemporaryDirectory(prefix="desk-") as folder,
        engines.serve(Path(folder), settings=OFTEN | BUSY) as served,
    ):
        print(json.dumps(asyncio.run(measure(served, wanted.held, wanted.comments)), ensure_ascii=False))


if __name__ == "__main__":
    main()
