"""How long a resident waits for the first picture: on a good line with a known page, and on a bad one with a cold page.

`python -m tests.crowd.first_picture [--passes 5] [--watch 60] [--short]`

A stream of 180 kbit/s in all is on air. Warm: the page was open before, no limits. Cold: a new browser, 400 kbit/s and
150 ms a request; then the picture is watched for a minute, and every stop of it is counted. Both from the press on the
link to the first picture drawn.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

from playwright.async_api import async_playwright

from tests.browser.airing import on_air
from tests.browser.council import give
from tests.engines import CHROMIUM, CHROMIUM_WORDS, Served, eventually, serve
from tests.media.clock import session
from tests.media.streams import reel

LINE = {"offline": False, "latency": 150, "downloadThroughput": 50_000, "uploadThroughput": 50_000}
PICTURE_KBIT = 120
STOP_MS = 400
"""A picture that stands longer than this has stopped; the stream has one each 40 ms."""
AIMS = {"warm": 0.6, "cold": 4.0}
WATCH = """
(() => {
  const seen = (window.seen = { first: null, last: 0, longest: 0, stops: 0, interactive: null, player: null })
  const look = () => {
    const app = document.querySelector('#app')
    if (app && app.__vue_app__ && seen.interactive === null) seen.interactive = performance.now()
    const video = document.querySelector('.player video')
    if (!video) return void setTimeout(look, 10)
    seen.player = performance.now()
    video.addEventListener('waiting', () => { if (seen.first !== null && !video.seeking) seen.stops += 1 })
    const step = () => {
      const now = performance.now()
      if (seen.first === null) seen.first = now
      else seen.longest = Math.max(seen.longest, now - seen.last)
      seen.last = now
      video.requestVideoFrameCallback(step)
    }
    video.requestVideoFrameCallback(step)
  }
  addEventListener('DOMContentLoaded', look)
})()
"""


async def visit(page: Any, address: str, watch: float) -> dict[str, float]:
    """Open the room, wait for the picture and look at it for so many seconds."""
    await page.goto(address, wait_until="commit")
    await eventually(lambda: page.evaluate("window.seen && seen.first !== null"), 60, what="a picture")
    if watch:
        await asyncio.sleep(watch)
    return dict(await page.evaluate("seen"))


async def pages(served: Served, *, slow: bool, passes: int, watch: float) -> list[dict[str, float]]:
    """So many visits: on the bad line each with a browser of its own, else all with one that knows the page."""
    address = f"{served.url}/room/{served.record.partition(':')[2]}"
    found = []
    async with async_playwright() as playwright:
        for number in range(passes if slow else 1):
            browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_WORDS)
            context = await browser.new_context(viewport={"width": 360, "height": 740}, locale="zh-CN")
            await context.add_init_script(WATCH)
            page = await context.new_page()
            await session(page, served.url, served.links["resident"])
            if slow:
                wire = await context.new_cdp_session(page)
                await wire.send("Network.enable")
                sizes: list[float] = []
                wire.on(
                    "Network.loadingFinished",
                    lambda told, sizes=sizes: sizes.append(told["encodedDataLength"]),
                )
                await wire.send("Network.emulateNetworkConditions", LINE)
                # The first visit is watched for the whole minute, the others for what makes a mean.
                found.append(await visit(page, address, 0))
                found[-1]["kb"] = sum(sizes) / 1000
                if watch and number == 0:
                    await asyncio.sleep(watch)
                    found[-1] |= await page.evaluate("seen")
            else:
                await visit(page, address, 3)
                for _ in range(passes):
                    await page.goto("about:blank")
                    found.append(await visit(page, address, 0))
            await browser.close()
    return found


async def run(served: Served, passes: int, watch: float) -> None:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_WORDS)
        page = await browser.new_page()
        await session(page, served.url, served.links["host"])
        for command in ("meeting.open_lobby", "meeting.start"):
            await give(page, served, command)
        await browser.close()
    async with on_air(served, reel(30, kbit=PICTURE_KBIT)):
        await asyncio.sleep(5)
        print(time.strftime("%Y-%m-%d"), f"load {os.getloadavg()[0]:.1f}")
        for slow, name in ((False, "warm"), (True, "cold")):
            found = await pages(served, slow=slow, passes=passes, watch=watch if slow else 0)
            for key in ("interactive", "player", "first"):
                values = sorted(one[key] / 1000 for one in found)
                aim = f" (aim {AIMS[name]} s)" if key == "first" else ""
                print(
                    f"{name:<5} {key:<12} median {statistics.median(values):.2f} s, {values[0]:.2f} to {values[-1]:.2f}{aim}"
                )
            if slow:
                print(
                    f"cold  {found[0]['kb']:.0f} KB until then; in the {watch:.0f} s after it "
                    f"{found[0]['stops']} stops, the longest {found[0]['longest'] / 1000:.2f} s between two pictures"
                )


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--passes", type=int, default=5)
    words.add_argument(
        "--watch", type=float, default=60, help="seconds to look at the picture on the bad line"
    )
    words.add_argument("--short", action="store_true", help="two passes, ten seconds")
    chosen = words.parse_args()
    passes, watch = (2, 10.0) if chosen.short else (chosen.passes, chosen.watch)
    with tempfile.TemporaryDirectory() as folder, serve(Path(folder), patience=180) as served:
        asyncio.run(run(served, passes, watch))


if __name__ == "__main__":
    main()
