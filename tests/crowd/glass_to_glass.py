"""How long a picture takes from the host's camera to a resident's screen, through the whole product.

`python -m tests.crowd.glass_to_glass [--seconds 40] [--viewers 2] [--short] [--write]`

A clock is drawn into the picture and read back in the residents' pages (default path: WebCodecs, one-second
segments), once with players three seconds behind and once with the lively setting, two seconds. `--write` puts the
figures into docs/measurements.md.
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

from tests.crowd.machine import busy_seconds, cpu_seconds
from tests.engines import CHROMIUM, CHROMIUM_WORDS, Served, serve
from tests.media.clock import READER, delays, first_picture, go_live, longest_stop, session

HEADING = "## Glass to glass"
PICTURE = ".player video"
SETTLE_S = 12
AIMS = {3: (3.3, 4.0), 2: (2.5, 3.0)}
"""The delay players are told, and what half and nineteen in twenty of the pictures may be late, in seconds."""


def percentile(values: list[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


async def watch(browser: Any, url: str, meeting: str, who: str) -> tuple[Any, float]:
    """A resident's page, and how long after its opening the first picture stood there, in milliseconds."""
    context = await browser.new_context(viewport={"width": 360, "height": 740}, locale="zh-CN")
    page = await context.new_page()
    await session(page, url, who)
    await page.goto(f"{url}/room/{meeting}")
    await page.evaluate(READER, PICTURE)
    return page, await first_picture(page)


async def measure(served: Served, delay: int, seconds: float, viewers: int) -> list[str]:
    url, links, pid = served.url, served.links, served.process.pid
    meeting = served.record.partition(":")[2]
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_WORDS)
        context = await browser.new_context(viewport={"width": 1440, "height": 900}, locale="zh-CN")
        studio = await context.new_page()
        await session(studio, url, links["host"])
        await go_live(studio, url, meeting)
        await asyncio.sleep(4)
        people = ["resident", "resident2", "owner"]
        seen = [await watch(browser, url, meeting, links[people[i % 3]]) for i in range(viewers)]
        await asyncio.sleep(SETTLE_S)
        for page, _ in seen:
            await delays(page)
        begun, busy, server = time.monotonic(), busy_seconds(), cpu_seconds(pid)
        await asyncio.sleep(seconds)
        took = time.monotonic() - begun
        busy_share = (busy_seconds() - busy) / took / (os.cpu_count() or 1)
        server_share = (cpu_seconds(pid) - server) / took
        lines = []
        for number, (page, first) in enumerate(seen, 1):
            stop = await longest_stop(page)
            found = await delays(page)
            lines.append(
                f"| viewer {number} | {statistics.median(found) / 1000:.2f} s | {percentile(found, 0.95) / 1000:.2f} s "
                f"| {len(found) / took:.1f} | {stop / 1000:.2f} s | {first / 1000:.2f} s |"
            )
        quality = await studio.evaluate(
            "document.querySelector('canvas').width + 'x' + document.querySelector('canvas').height"
        )
        health = " ".join((await studio.locator("footer.health").inner_text()).split())
        await browser.close()
    load = " ".join(f"{value:.1f}" for value in os.getloadavg())
    machine = f"{os.cpu_count()} cores, {busy_share:.0%} busy (load {load})"
    return [
        f"Players {delay} s behind, {quality} at 25 frames a second, {viewers} viewers, {took:.0f} s, loopback.",
        f"Server, studio and viewers share {machine}; the server took {server_share:.1%} of a core.",
        "",
        "| | p50 | p95 | frames a second | longest stop | first picture after opening the page |",
        "|---|---|---|---|---|---|",
        *lines,
        f"| aim | {AIMS[delay][0]} s | {AIMS[delay][1]} s | | | |",
        "",
        f"Studio: {health}",
        "",
    ]


def write(lines: list[str]) -> None:
    """Put the newest figures under their heading, at the end of the file when there is none."""
    path = Path(__file__).parents[2] / "docs" / "measurements.md"
    text = path.read_text() if path.exists() else "# Measurements\n"
    before, _, after = text.partition(f"\n{HEADING}\n")
    rest = after[after.index("\n## ") :] if "\n## " in after else ""
    path.write_text(f"{before.rstrip()}\n\n{HEADING}\n\n" + "\n".join(lines) + f"\n{rest}")


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--seconds", type=float, default=40)
    words.add_argument("--viewers", type=int, default=2)
    words.add_argument("--short", action="store_true", help="ten seconds, one viewer")
    words.add_argument("--write", action="store_true", help="keep the figures in docs/measurements.md")
    chosen = words.parse_args()
    seconds, viewers = (10.0, 1) if chosen.short else (chosen.seconds, chosen.viewers)
    lines = [f"{time.strftime('%Y-%m-%d')}, `python -m tests.crowd.glass_to_glass`.", ""]
    for delay in AIMS:
        settings = {"SUN_MEDIA_DELAY_SECONDS": str(delay)}
        with (
            tempfile.TemporaryDirectory() as folder,
            serve(Path(folder), settings=settings, patience=180) as served,
        ):
            lines += asyncio.run(measure(served, delay, seconds, viewers))
    print("\n".join(lines))
    if chosen.write:
        write(lines)


if __name__ == "__main__":
    main()
