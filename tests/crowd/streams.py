"""What a stream costs the server: CPU of one and of each of eight, AAC and Opus, and the memory it holds.

`python -m tests.crowd.streams [--seconds 40] [--short] [--write]`

Studios at 1.6 Mbit/s with a thin picture beside publish over WebSockets from core 1; the media server (packager, disk,
window, nothing else) stands on core 0. Nobody watches: what players cost is measured by `players`.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import aiohttp
import uvloop

from tests.crowd.feed import pin
from tests.crowd.film import film, publish
from tests.crowd.machine import cpu_seconds, keep, rss_mb
from tests.engines import eventually
from tests.media.publisher import Studio
from tests.media.streams import Reel

KBIT = 1_600
MANY = 8
WINDOW_S = 32
"""After so long the window is full, and memory stands still."""


@contextmanager
def media(folder: Path, core: int | None) -> Iterator[tuple[str, int]]:
    """A media server: its address and process."""
    words = [sys.executable, "-m", "tests.media.serve", str(folder)]
    process = subprocess.Popen(words, stdout=subprocess.PIPE, text=True)
    pin(process.pid, core)
    try:
        assert process.stdout is not None
        yield f"http://127.0.0.1:{int(process.stdout.readline())}", process.pid
    finally:
        process.terminate()
        process.wait(20)


async def cost(url: str, pid: int, stream: Reel, count: int, seconds: float, settle_s: float) -> list[float]:
    """CPU share and memory of so many streams together, and the bytes a second they send."""
    async with aiohttp.ClientSession() as http:
        idle = rss_mb(pid)
        studios = [Studio(http, f"{url}/media/meeting-{n}", stream) for n in range(count)]
        sending = []
        for studio in studios:
            sending.append(await publish(studio, stream))
            await asyncio.sleep(1 / count)
        await eventually(lambda: all(studio.acked for studio in studios), 30, what="every stream on disk")
        await asyncio.sleep(settle_s)
        spent, begun = cpu_seconds(pid), time.monotonic()
        before = sum(studio.acked for studio in studios)
        await asyncio.sleep(seconds)
        share = (cpu_seconds(pid) - spent) / (time.monotonic() - begun)
        kept_up = (sum(studio.acked for studio in studios) - before) / seconds / count
        held = rss_mb(pid)
        for task in sending:
            task.cancel()
        await asyncio.gather(*sending, return_exceptions=True)
    return [share, held, held - idle, kept_up]


def measure(folder: Path, seconds: float, settle_s: float, core: int | None) -> list[str]:
    lines = [
        "| | streams | of a core, all | of a core, each | memory, all | memory, each more | chunks/s on disk |",
        "|---|---|---|---|---|---|---|",
    ]
    for codec, aims in (("aac", ("2 %", "0.5 %")), ("opus", ("5 %", "2 %"))):
        stream = film(KBIT, codec=codec, width=640, height=360)
        alone = 0.0
        for count in (1, MANY):
            with media(folder / f"{codec}{count}", core) as (url, pid):
                share, held, _, kept_up = uvloop.run(cost(url, pid, stream, count, seconds, settle_s))
            each = (held - alone) / (count - 1) if count > 1 else 0.0
            alone = held if count == 1 else alone
            aim = aims[count > 1]
            lines.append(
                f"| {codec} in | {count} | {share:.2%} | **{share / count:.2%}** (aim {aim}) | {held:.0f} MB "
                f"| {f'{each:.1f} MB' if each else ''} | {kept_up:.0f} |"
            )
    return lines


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--seconds", type=float, default=40)
    words.add_argument("--short", action="store_true", help="eight seconds each; memory is not full then")
    words.add_argument("--write", action="store_true", help="keep the figures in docs/measurements.md")
    chosen = words.parse_args()
    seconds, settle_s = (8.0, 2.0) if chosen.short else (chosen.seconds, float(WINDOW_S))
    # On a busy machine one core has too little time for eight streams: the short run is for a look, beside others.
    pin(0, None if chosen.short else 1)
    with tempfile.TemporaryDirectory() as folder:
        found = measure(Path(folder), seconds, settle_s, None if chosen.short else 0)
    load = " ".join(f"{value:.1f}" for value in os.getloadavg())
    lines = [
        f"{time.strftime('%Y-%m-%d')}, `python -m tests.crowd.streams`, {KBIT / 1000} Mbit/s and a thin picture of 120 kbit/s,",
        f"{seconds:.0f} s each; load {load}.",
        "",
        *found,
        "",
        "Aim for memory: 6 MB a stream with 30 s of all tracks.",
    ]
    print("\n".join(lines))
    if chosen.write:
        keep("## Streams", lines)


if __name__ == "__main__":
    main()
