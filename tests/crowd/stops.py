"""How soon everybody sees the stop: the picture covered in residents' pages, the words closed on their sockets.

`python -m tests.crowd.stops [--sockets 200] [--viewers 2] [--times 3]`

A studio is on air, residents' pages play it, sockets follow the room. A moderator presses the stop, and again gives
everything back; each time it is counted until every page shows the card without a picture, every socket has heard of
it, and the playlist lists no newer segment.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import tempfile
import time
from pathlib import Path
from typing import Any

import aiohttp
from playwright.async_api import async_playwright

from tests.crowd.glass_to_glass import PICTURE, watch
from tests.crowd.ways import enter, uuid7
from tests.crowd.wire import Line
from tests.engines import CHROMIUM, CHROMIUM_WORDS, Served, eventually, serve
from tests.media.clock import LIGHT, go_live, session

COVERED = f"""() => document.querySelector('.halt-card') !== null
  && getComputedStyle(document.querySelector('{PICTURE}')).visibility === 'hidden'"""
SHOWN = f"""() => document.querySelector('.halt-card') === null
  && getComputedStyle(document.querySelector('{PICTURE}')).visibility === 'visible'"""
SETTLE_S = 6


class Follower:
    """One socket in the room, and when it last heard of the stop."""

    def __init__(self, line: Line) -> None:
        self.line = line
        self.at = 0.0
        line.decode = True
        line.on_event = self._heard

    def _heard(self, name: str, body: Any) -> None:
        if name == "patch" and "halt" in body["set"]:
            self.at = time.monotonic()


async def page_shows(page: Any, what: str, began: float) -> float:
    await page.wait_for_function(what, polling=20, timeout=60_000)
    return time.monotonic() - began


async def all_heard(followers: list[Follower], began: float) -> float:
    await eventually(lambda: all(one.at >= began for one in followers), 60, "every socket hearing of it")
    return max(one.at for one in followers) - began


async def newest(http: aiohttp.ClientSession, served: Served) -> int:
    meeting = served.record.partition(":")[2]
    async with http.get(f"{served.url}/media/meeting-{meeting}/live.m3u8?dvr=1") as answer:
        names = [line for line in (await answer.text()).splitlines() if line.endswith(".m4s")]
    return max((int(name[1:-4]) for name in names if name[0] == "s" and name[1:-4].isdigit()), default=0)


async def measure(served: Served, sockets: int, viewers: int, times: int) -> list[str]:
    async with async_playwright() as playwright, aiohttp.ClientSession() as http:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_WORDS)
        studio = await (await browser.new_context(viewport={"width": 1280, "height": 800})).new_page()
        await studio.add_init_script(LIGHT)
        await session(studio, served.url, served.links["host"])
        await go_live(studio, served.url, served.record.partition(":")[2])
        people = ["resident", "resident2", "owner"]
        meeting = served.record.partition(":")[2]
        pages = [
            (await watch(browser, served.url, meeting, served.links[people[n % 3]]))[0]
            for n in range(viewers)
        ]
        followers = []
        for _ in range(sockets):
            line = Line(served.url)
            await line.open()
            await line.join(served.record)
            followers.append(Follower(line))
        moderator = Line(served.url, await enter(served.links["moderator"]))
        resident = Line(served.url, await enter(served.links["owner"]))
        for line in (moderator, resident):
            await line.open()
            await line.join(served.record)
        lines = []
        for n in range(times):
            await asyncio.sleep(SETTLE_S)
            began = time.monotonic()
            answer = await moderator.call("do", {"record": served.record, "type": "halt.begin"})
            assert answer["ok"], answer
            acked = time.monotonic() - began
            listed = await newest(http, served)
            said = {"record": served.record, "type": "comment.post", "id": uuid7(), "text": "还能说吗"}
            assert (await resident.call("do", said))["code"] == "not_open"
            heard = await all_heard(followers, began)
            covered = await asyncio.gather(*(page_shows(page, COVERED, began) for page in pages))
            await asyncio.sleep(SETTLE_S)
            news = await newest(http, served) - listed
            assert (await moderator.call("do", {"record": served.record, "type": "halt.lift"}))["ok"]
            shown = await asyncio.gather(*(page_shows(page, SHOWN, time.monotonic()) for page in pages))
            lines.append(
                f"| {n + 1} | {acked * 1000:.0f} ms | {heard:.2f} s | {max(covered):.2f} s | {news} | {max(shown):.2f} s |"
            )
        await browser.close()
        return lines


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--sockets", type=int, default=200)
    words.add_argument("--viewers", type=int, default=2)
    words.add_argument("--times", type=int, default=3)
    chosen = words.parse_args()
    with tempfile.TemporaryDirectory() as folder, serve(Path(folder), patience=180) as served:
        lines = asyncio.run(measure(served, chosen.sockets, chosen.viewers, chosen.times))
    load = " ".join(f"{value:.1f}" for value in os.getloadavg())
    print(f"{chosen.sockets} sockets, {chosen.viewers} pages with the picture; load {load}.\n")
    print(
        "| press | acknowledged | last socket heard | last page covered | segments listed since | last page back |"
    )
    print("|---|---|---|---|---|---|")
    print("\n".join(lines))


if __name__ == "__main__":
    main()
