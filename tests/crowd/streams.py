"""What a stream costs the server: CPU of one and of each of eight, AAC and Opus, and the memory it holds.

`python -m tests.crowd.streams [--seconds 40] [--short] [--write]`

Studios at 1.6 Mbit/s, without and with a thin picture beside, publish over WebSockets from core 1 as the real one does
(what comes within 600 ms is one message); the media server (packager, disk, window, nothing else) stands on core 0.
Nobody watches: what players cost is measured by `players`. Memory is looked at with the thin picture, when the window
is full.
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
_WARM_S = 5.0


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
    return [share, held, kept_up]


def measure(folder: Path, seconds: float, settle_s: float, core: int | None) -> list[str]:
    lines = [
        "| | streams | of a core, all | of a core, each | memory, all | memory, each more | chunks/s on disk |",
        "|---|---|---|---|---|---|---|",
    ]
    for codec, aims in (("aac", ("2 %", "0.5 %")), ("opus", ("5 %", "2 %"))):
        for thin in (False, True):
            stream = film(KBIT, codec=codec, thin=thin, width=640, height=360)
            alone = 0.0
            for count in (1, MANY):
                settle = settle_s if thin else min(settle_s, _WARM_S)
                with media(folder / f"{codec}{thin}{count}", core) as (url, pid):
                    share, held, kept_up = uvloop.run(cost(url, pid, stream, count, seconds, settle))
                each = f"{(held - alone) / (count - 1):.1f} MB" if count > 1 and thin else ""
                alone = held if count == 1 else alone
                name = f"{codec} in, thin picture beside" if thin else f"{codec} in"
                lines.append(
                    f"| {name} | {count} | {share:.2%} | **{share / count:.2%}** (aim {aims[count > 1]}) "
                    f"| {f'{held:.0f} MB' if thin else ''} | {each} | {kept_up:.0f} |"
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
        f"{time.strftime('%Y-%m-%d')}, `python -m tests.crowd.streams`, {KBIT / 1000} Mbit/s, {seconds:.0f} s each;",
        f"the thin picture has 120 kbit/s; load {load}.",
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
