"""A recording of two hours: how large its playlist is, how soon a seek shows a picture, what its files cost.

`python -m tests.crowd.two_hours [--hours 2] [--seeks 20] [--short] [--write]`

The recording is made through the packager on a simulated clock (640x360, 700 kbit/s, a caption each six seconds),
the council is the real server's, the seeks are Chromium's in the archive's page at 4 Mbit/s and 60 ms. Memory is the
highest of the program that makes the file. Then ten minutes are masked. `--write` keeps the figures in
docs/measurements.md.
"""

from __future__ import annotations

import argparse
import asyncio
import gzip
import random
import statistics
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from playwright.async_api import async_playwright

from server.media import record_file
from tests.crowd.film import film
from tests.crowd.machine import keep
from tests.crowd.ways import uuid7
from tests.engines import CHROMIUM, CHROMIUM_WORDS, eventually
from tests.media.streams import write_mp4
from tests.server.hall import live_town
from tests.server.test_archive import DESK, ROOMY
from tests.town import Town

HEADING = "## A recording of two hours"
KBIT, EVERY_S, REEL_S = 700, 6, 20
LINE = {"offline": False, "latency": 60, "downloadThroughput": 500_000, "uploadThroughput": 500_000}
SEEK = """(at) => new Promise((done) => {
  const video = document.querySelector('#player video')
  const begun = performance.now()
  const shown = (_, frame) => Math.abs(frame.mediaTime - at) < 1
    ? done(performance.now() - begun) : video.requestVideoFrameCallback(shown)
  video.requestVideoFrameCallback(shown)
  setTimeout(() => done(30_000), 30_000)
  video.currentTime = at
})"""


async def held(place: Town, folder: Path, hours: float) -> float:
    """Hold the council on a simulated clock and publish it; its length in seconds."""
    times = round(hours * 3600 / REEL_S)
    length = times * REEL_S
    start = (await place.parts.desks.room(place.record)).at

    async def give(second: float, word: str, **fields: Any) -> None:
        at = start + round(second * 1000)
        answer = await place.parts.desks.give(place.record, {"type": word, **fields}, DESK, at)
        assert answer["ok"], (word, answer)

    for second in range(0, length, EVERY_S):
        text = f"这是第{second}秒说的一句话，关于更换物业要多少户同意才算数。"
        await give(second, "caption.say", id=uuid7(), text=text, speaker_name="柳婷")
    await give(length, "meeting.end")
    mp4 = folder / "film.mp4"
    await asyncio.to_thread(lambda: write_mp4(film(KBIT, thin=False, width=640, height=360), mp4))
    media = folder / "data" / "media"
    begun = time.monotonic()
    await asyncio.to_thread(record_file, media, place.record, mp4, start, times=times)
    print(f"recorded {length} s in {time.monotonic() - begun:.0f} s", flush=True)
    place.parts.media.reload(place.record)
    await give(length + 1, "meeting.publish")
    return float(length)


def children() -> set[str]:
    return {
        child for path in Path("/proc/self/task").glob("*/children") for child in path.read_text().split()
    }


def peak_mb(pid: str) -> float:
    """The most memory a program has had so far."""
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 1000
    return 0.0


async def made(place: Town, media: str, name: str) -> tuple[float, float, float]:
    """Seconds until the file is ready, the highest memory of its maker in MB, and its size in MB."""
    browser, before, peak = place.browser(), children(), 0.0
    begun = time.monotonic()
    await browser.post(f"{media}/{name}.json")
    while True:
        peak = max([peak, *(peak_mb(pid) for pid in children() - before)])
        _, answer = await browser.get(f"{media}/{name}.json")
        if answer["state"] == "ready":
            break
        assert answer["state"] == "making", answer
        await asyncio.sleep(0.05)
    took = time.monotonic() - begun
    folder = place.parts.settings.data / "media" / media.rpartition("/")[2] / "downloads"
    newest = max(folder.glob(f"*.{name[-3:]}"), key=lambda path: path.stat().st_mtime)
    return took, peak, newest.stat().st_size / 1e6


async def sought(url: str, length: float, seeks: int) -> tuple[float, list[float]]:
    """Seconds until the first picture of the archive's page, and of each seek."""
    lot = random.Random(1)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_WORDS)
        page = await (await browser.new_context(locale="zh-CN", bypass_csp=False)).new_page()
        wire = await page.context.new_cdp_session(page)
        await wire.send("Network.enable")
        await wire.send("Network.emulateNetworkConditions", LINE)
        begun = time.monotonic()
        await page.goto(url, wait_until="commit")
        await eventually(
            lambda: page.evaluate("(document.querySelector('#player video')?.readyState ?? 0) >= 2"), 60
        )
        first = time.monotonic() - begun
        await page.evaluate(
            "() => { const v = document.querySelector('#player video'); v.muted = true; return v.play() }"
        )
        found = []
        for _ in range(seeks):
            await asyncio.sleep(1.5)
            found.append(await page.evaluate(SEEK, lot.uniform(0, length - 30)) / 1000)
        await browser.close()
    return first, found


async def masked(place: Town, media: str, length: float) -> tuple[float, float]:
    """Seconds until nobody can have a masked passage of ten minutes, and until its whole new version stands."""
    long = int(min(600, length / 4))
    veil = {"id": uuid7(), "from_s": 60, "to_s": 60 + long, "what": "both", "reason": "measured"}
    begun = time.monotonic()
    answer = await place.parts.desks.give(place.record, {"type": "recording.veil", **veil}, DESK)
    assert answer["ok"], answer
    client = place.browser().client
    async with client.get(f"{place.inside}{media}/s60.m4s") as got:
        assert got.status == 410
    async with client.get(f"{place.inside}{media}/recording.m3u8") as got:
        assert "s60-3b.m4s" in await got.text()
    at_once = time.monotonic() - begun
    folder = place.parts.settings.data / "media" / media.rpartition("/")[2] / "veiled"
    await eventually(lambda: len(list(folder.glob("[sa]*[bs].m4s"))) >= 2 * long, 60, "the new version")
    return at_once, time.monotonic() - begun


async def run(hours: float, seeks: int, folder: Path) -> list[str]:
    (folder / "data").mkdir()
    async with live_town(folder / "data", ROOMY) as place:
        length = await held(place, folder, hours)
        own_id = place.record.partition(":")[2]
        media, archive = f"/media/meeting-{own_id}", f"{place.parts.base_url}/archive/{own_id}"
        async with place.browser().client.get(f"{place.inside}{media}/recording.m3u8") as answer:
            text = await answer.text()
        first, found = await sought(archive, length, seeks)
        print("sought", first, found, flush=True)
        mp4, m4a = await made(place, media, "recording.mp4"), await made(place, media, "recording.m4a")
        print("made", mp4, m4a, flush=True)
        at_once, whole = await masked(place, media, length)
        again = await made(place, media, "recording.mp4")
    late = sorted(found)[int(len(found) * 0.95)] if found else 0.0
    return [
        (
            f"{time.strftime('%Y-%m-%d')}, `python -m tests.crowd.two_hours`, {length / 3600:.1f} h of 640x360 at {KBIT} kbit/s, "
            f"{round(length / EVERY_S)} captions, two cores shared with Chromium."
        ),
        "",
        "| what | measured | aim |",
        "|---|---|---|",
        (
            f"| playlist, gzipped ({len(text) / 1000:.0f} kB plain, {text.count('#EXTINF')} lines) "
            f"| {len(gzip.compress(text.encode(), 9)) / 1000:.1f} kB | 12 kB |"
        ),
        (
            f"| seek at 4 Mbit/s and 60 ms: median of {seeks}, 19 in 20, slowest "
            f"| {statistics.median(found):.2f}, {late:.2f}, {max(found):.2f} s | 1.2 s |"
        ),
        f"| first picture of the archive's page on that line | {first:.2f} s | |",
        f"| MP4 with captions ({mp4[2]:.0f} MB): time, highest memory | {mp4[0]:.1f} s, {mp4[1]:.0f} MB | 10 s, 200 MB |",
        f"| sound alone ({m4a[2]:.0f} MB) | {m4a[0]:.1f} s, {m4a[1]:.0f} MB | |",
        f"| ten minutes masked: sealed and listed anew | {at_once:.2f} s | 2 s |",
        f"| ten minutes masked: every new segment on disk | {whole:.1f} s | |",
        f"| MP4 of the masked version | {again[0]:.1f} s, {again[1]:.0f} MB | 10 s, 200 MB |",
    ]


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--hours", type=float, default=2.0)
    words.add_argument("--seeks", type=int, default=20)
    words.add_argument("--short", action="store_true", help="ten minutes, five seeks")
    words.add_argument("--write", action="store_true", help="keep the figures in docs/measurements.md")
    chosen = words.parse_args()
    hours, seeks = (1 / 6, 5) if chosen.short else (chosen.hours, chosen.seeks)
    with tempfile.TemporaryDirectory() as folder:
        lines = asyncio.run(run(hours, seeks, Path(folder)))
    print("\n".join(lines))
    if chosen.write:
        keep(HEADING, lines)


if __name__ == "__main__":
    main()
