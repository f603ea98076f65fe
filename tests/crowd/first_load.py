"""The first load of the room on a bad line: bytes, requests, first paint, when it answers to a finger.

`python -m tests.crowd.first_load [--passes 5]`

A cold Chromium each time, 400 kbit/s, 400 ms, CPU slowed six times, twenty questions in the queue. Interactive is
the moment the screen's application stands in the page. Counted up to then; what loads later is told apart.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import tempfile
from pathlib import Path
from typing import Any

from playwright.async_api import async_playwright

from tests.crowd.burst import questions
from tests.crowd.feed import product
from tests.crowd.ways import opened
from tests.engines import CHROMIUM, CHROMIUM_WORDS, eventually

WATCH = """
(() => {
  window.load = { interactive: null, paint: null, largest: null }
  new PerformanceObserver((list) => { for (const one of list.getEntries()) window.load.largest = one.startTime })
    .observe({ type: 'largest-contentful-paint', buffered: true })
  const look = () => {
    const app = document.querySelector('#app')
    if (app && app.__vue_app__) window.load.interactive = performance.now()
    else requestAnimationFrame(look)
  }
  requestAnimationFrame(look)
})()
"""
LINE = {"offline": False, "latency": 400, "downloadThroughput": 50_000, "uploadThroughput": 50_000}


async def one(browser: Any, address: str, *, slow: bool) -> dict[str, float]:
    """One cold load."""
    context = await browser.new_context(
        viewport={"width": 360, "height": 740}, is_mobile=True, has_touch=True
    )
    page = await context.new_page()
    wire = await context.new_cdp_session(page)
    await wire.send("Network.enable")
    sizes: list[float] = []
    wire.on("Network.loadingFinished", lambda told: sizes.append(told["encodedDataLength"]))
    if slow:
        await wire.send("Emulation.setCPUThrottlingRate", {"rate": 6})
        await wire.send("Network.emulateNetworkConditions", LINE)
    await page.add_init_script(WATCH)
    await page.goto(address, wait_until="commit")
    await eventually(lambda: page.evaluate("window.load.interactive"), 60, what="the application")
    requests, size = len(sizes), sum(sizes)
    told = await page.evaluate(
        "({...window.load, paint: performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0})"
    )
    await context.close()
    return {"requests": requests, "kb": size / 1000} | told


async def run(options: argparse.Namespace, served: dict[str, Any]) -> None:
    await questions(served, 20)
    await opened(served)
    address = f"{served['url']}/room/{served['record'].partition(':')[2]}"
    async with async_playwright() as playwright:
        for slow in (False, True):
            found = []
            for _ in range(options.passes):
                browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_WORDS)
                found.append(await one(browser, address, slow=slow))
                await browser.close()
            print("400 kbit/s, 400 ms, CPU / 6" if slow else "no limits", f"({options.passes} passes)")
            for key in ("requests", "kb", "paint", "largest", "interactive"):
                values = [load[key] or 0.0 for load in found]
                print(
                    f"  {key:<12} median {statistics.median(values):8.1f}  from {min(values):.1f} to {max(values):.1f}"
                )


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--passes", type=int, default=5)
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as folder, product(Path(folder) / "data", None) as served:
        asyncio.run(run(chosen, served))


if __name__ == "__main__":
    main()
