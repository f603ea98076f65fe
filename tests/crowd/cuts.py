"""What residents miss when the host's line or the server breaks, through the whole product in real browsers.

`python -m tests.crowd.cuts [--short] [--light] [--write]`

The host's studio reaches the server over a line that is cut for 3, 10 and 30 s, made deaf for 14 s, narrowed; its tab
is reloaded; a standby takes the air; the server is killed (SIGKILL) and started again; the picture is held. Printed for
each: how long no new picture came to a resident's page, how soon one came after the trouble was over, the largest hole
in the recording by the clock in its pictures, and new discontinuities. `--short` leaves out the long ones, `--light`
encodes 640x360, `--write` appends to docs/measurements.md.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import os
import tempfile
import time
from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any

from playwright.async_api import async_playwright

from tests.crowd.alone import alone, led
from tests.crowd.machine import busy_seconds, keep
from tests.engines import CHROMIUM, CHROMIUM_WORDS, Served, eventually, free_port, serve
from tests.media.clock import CAMERA, LIGHT, READER, first_picture, go_live, hole, segments, session
from tests.media.line import Line

HEADING = "## Cuts"
PICTURE = ".player video"
WIDE = {"viewport": {"width": 1440, "height": 900}, "locale": "zh-CN"}
SETTLE_S, AFTER_S = 6.0, 8.0

Trouble = Callable[[], Awaitable[float]]
"""Makes it and says when it was over, on the monotonic clock."""


class Evening:
    """One server, one host behind a line, one resident with a line of their own."""

    def __init__(self, browser: Any, data: Path, *, light: bool) -> None:
        self.browser, self.data, self.light = browser, data, light
        self.port = free_port()
        self.line = Line(self.port)
        self.servers, self.browsers = ExitStack(), ExitStack()
        self.hall = self.browsers.enter_context(alone("--window-size=1440,900"))
        self.rows: list[str] = []
        self.served: Served = self.serve()
        self.meeting = self.served.record.partition(":")[2]
        self.media = data / "media" / f"meeting-{self.meeting}"

    def serve(self) -> Served:
        self.served = self.servers.enter_context(serve(self.data, "--port", str(self.port), patience=180))
        return self.served

    async def page(self, url: str, who: str, *scripts: str) -> Any:
        context = await self.browser.new_context(**WIDE)
        page = await context.new_page()
        page.on("dialog", lambda dialog: asyncio.ensure_future(dialog.accept()))
        for script in (*scripts, *([LIGHT] if self.light else [])):
            await page.add_init_script(script)
        await session(page, url, self.served.links[who])
        return page

    async def begin(self) -> None:
        far = await self.line.open()
        async with led(self.hall) as studio:
            if self.light:
                await studio.add_init_script(LIGHT)
            await session(studio, far, self.served.links["host"])
            await go_live(studio, far, self.meeting)
        await self.landed(4)
        self.viewer = await self.page(self.served.url, "resident")
        await self.viewer.goto(f"{self.served.url}/room/{self.meeting}")
        await self.viewer.evaluate(READER, PICTURE)
        await first_picture(self.viewer)
        await asyncio.sleep(SETTLE_S)

    async def landed(self, count: int) -> None:
        await eventually(lambda: len(segments(self.media)) >= count, 60, "segments")

    async def measure(self, name: str, trouble: Trouble) -> None:
        """Make trouble and see what it cost."""
        before = len(segments(self.media))
        await self.viewer.evaluate("(glass.delays = [], glass.at = [], 0)")
        over = await trouble()
        over_ms = (time.time() - (time.monotonic() - over)) * 1000
        await self.landed(len(segments(self.media)) + 3)
        await asyncio.sleep(AFTER_S)
        at: list[float] = await self.viewer.evaluate("glass.at")
        stops = sorted((b - a for a, b in itertools.pairwise(at)), reverse=True) or [0.0]
        back = next((one - over_ms for one in at if one >= over_ms), float("nan"))
        cuts = sum(bool(one.get("cut")) for one in segments(self.media)[before:])
        missing = hole(self.media, before)
        self.rows.append(
            f"| {name} | {stops[0] / 1000:.1f} s | {max(0.0, back) / 1000:.1f} s | {missing:.2f} s | {cuts} |"
        )
        print(self.rows[-1], flush=True)

    # the troubles

    def troubles(self, *, short: bool) -> dict[str, Trouble]:
        """All of them by name, in the order in which they are made."""
        found: dict[str, Trouble] = {
            f"line cut for {seconds} s": partial(self.cut, seconds)
            for seconds in ((3, 10) if short else (3, 10, 30))
        }
        if not short:
            found["line deaf for 14 s"] = partial(self.deaf, 14)
            found["line of 400 kbit/s for 20 s"] = partial(self.narrow, 400_000, 20)
        return found | {
            "tab reloaded": self.reload,
            "server killed and started": self.kill,
            "held and shown again": self.hold,
            "standby takes the air": self.take,
        }

    async def cut(self, seconds: float) -> float:
        self.line.cut()
        await asyncio.sleep(seconds)
        self.line.mend()
        return time.monotonic()

    async def deaf(self, seconds: float) -> float:
        self.line.deaf()
        await asyncio.sleep(seconds)
        self.line.mend()
        return time.monotonic()

    async def narrow(self, bits: float, seconds: float) -> float:
        self.line.up_bits = bits
        await asyncio.sleep(seconds)
        async with led(self.hall) as studio:
            health = " ".join((await studio.locator("footer.health").inner_text()).split())
        self.rows.append(f"| (studio on {bits / 1000:.0f} kbit/s: {health}) | | | | |")
        self.line.up_bits = None
        return time.monotonic()

    async def reload(self) -> float:
        async with led(self.hall) as studio:
            studio.on("dialog", lambda dialog: asyncio.ensure_future(dialog.accept()))
            # What was given to the page before it was let go is not given to the next one.
            await studio.add_init_script(CAMERA)
            if self.light:
                await studio.add_init_script(LIGHT)
            begun = time.monotonic()
            await studio.reload()
        return begun

    async def take(self) -> float:
        """Another person's studio stands by and takes the air."""
        other = await self.page(self.served.url, "technician", CAMERA)
        await other.goto(f"{self.served.url}/studio/{self.meeting}")
        await other.locator(".stand-by:not([disabled])").click()
        await other.locator(".take").wait_for()
        await asyncio.sleep(2)
        await self.viewer.evaluate("(glass.delays = [], glass.at = [], 0)")
        begun = time.monotonic()
        await other.locator(".take").click()
        async with led(self.hall) as studio:
            await studio.locator(".take").wait_for(timeout=30_000)
        return begun

    async def kill(self) -> float:
        self.served.kill()
        self.servers.close()
        self.serve()
        return time.monotonic()

    async def hold(self) -> float:
        """How long until a resident sees nothing of it, then the picture again."""
        async with led(self.hall) as studio:
            begun = time.monotonic()
            await studio.locator(".cut").click()
            await self.viewer.locator(".player[data-state=held]").wait_for(timeout=30_000)
            self.rows.append(
                f"| (held: covered in the resident's page after {time.monotonic() - begun:.1f} s) | | | | |"
            )
            await asyncio.sleep(3)
            await studio.locator(".cut.held").click()
        return time.monotonic()


async def evening(data: Path, *, short: bool, light: bool, only: str) -> list[str]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_WORDS)
        here = Evening(browser, data, light=light)
        try:
            begun, busy = time.monotonic(), busy_seconds()
            await here.begin()
            for name, trouble in here.troubles(short=short).items():
                if not only or only in name:
                    await here.measure(name, trouble)
            share = (busy_seconds() - busy) / (time.monotonic() - begun) / (os.cpu_count() or 1)
        finally:
            here.browsers.close()
            here.servers.close()
            await here.line.close()
            await browser.close()
    load = " ".join(f"{value:.1f}" for value in os.getloadavg())
    size = "640x360" if light else "1280x720"
    machine = f"{os.cpu_count()} cores, {share:.0%} busy (load {load})"
    return [
        f"{time.strftime('%Y-%m-%d')}, {size}, host behind a line of its own.",
        f"Server, studio and resident share {machine}.",
        "",
        "| | longest without a new picture | picture after the trouble | largest hole recorded | discontinuities |",
        "|---|---|---|---|---|",
        *here.rows,
        "",
        "Aims: after a cut of 3, 10 or 30 s no hole, no discontinuity, a picture within 1 s (what was missed is shown",
        "late, not lost); reload at most 3 s and standby at most 5 s without a picture; after SIGKILL a picture within",
        "5 s of the server being up; held at most 5 s.",
    ]


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--short", action="store_true", help="leave out the long troubles")
    words.add_argument("--light", action="store_true", help="640x360: for a machine that cannot encode more")
    words.add_argument("--only", default="", help="those troubles whose name has this in it")
    words.add_argument("--data", type=Path, help="a folder to keep")
    words.add_argument("--write", action="store_true", help="keep the figures in docs/measurements.md")
    chosen = words.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        data = chosen.data or Path(folder)
        lines = asyncio.run(evening(data, short=chosen.short, light=chosen.light, only=chosen.only))
    print("\n".join(lines))
    if chosen.write:
        keep(HEADING, lines)


if __name__ == "__main__":
    main()
