"""The same encoded stream through our RTMP door and through Debian's nginx with its RTMP module, at the same time.

`python -m tests.crowd.beside_nginx [--seconds 60] [--short] [--write]`

One publisher sends each tag to both in the same breath; both make HLS of one-second segments. Told: how long after a
picture was sent its segment is listed, what a stream costs in CPU, and what is left after both lines were cut for 10 s.
nginx's playlist is read from its folder, ours over HTTP with blocking reload: reading costs nginx nothing here.
"""

from __future__ import annotations

import argparse
import asyncio
import io
import json
import re
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiohttp
import av
import uvloop

from server.media import Limits
from tests.crowd.machine import cpu_seconds, keep
from tests.media.encoder import Encoder, Gate, tags
from tests.media.nginx import HERE, NGINX, free_port
from tests.media.streams import FPS, Reel, read_bars, reel

CUT_S, AFTER_S = 10.0, 8.0
SIZE = (640, 368)
_CONF = """
user root;
load_module /usr/lib/nginx/modules/ngx_rtmp_module.so;
worker_processes 1;
error_log stderr error;
pid {folder}/pid;
events {{ worker_connections 64; }}
rtmp {{ server {{
  listen 127.0.0.1:{port};
  access_log off;
  application live {{
    live on; hls on; hls_path {folder}/hls; hls_fragment 1s; hls_playlist_length 600s;
    hls_cleanup off; hls_continuous on; drop_idle_publisher 15s;
  }}
}} }}
"""


@dataclass
class Side:
    """One of the two: where to publish, its process, and when each segment was first listed."""

    name: str
    url: str
    pid: int
    read: Callable[[], Awaitable[str]]
    fetch: Callable[[str], Awaitable[bytes]]
    listed: dict[str, float] = field(default_factory=dict)
    order: list[str] = field(default_factory=list)
    text: str = ""

    async def follow(self) -> None:
        """Note each new segment at the moment it is listed."""
        while True:
            with suppress(aiohttp.ClientError, FileNotFoundError):
                self.text = await self.read()
            now = time.monotonic()
            for line in self.text.splitlines():
                if line and not line.startswith("#") and line not in self.listed:
                    self.listed[line] = now
                    self.order.append(line)
            await asyncio.sleep(0.004)

    async def frames(self, name: str) -> list[int]:
        """The numbers of the pictures in a segment."""
        data = await self.fetch(name)
        with av.open(io.BytesIO(data)) as source:
            return [read_bars(frame) for frame in source.decode(video=0)]


class Sent:
    """When each picture was handed to the line; the clock of both sides."""

    def __init__(self, stream: Reel) -> None:
        self.stream = stream
        self.at: dict[int, float] = {}
        self.begun = 0.0

    async def publish(self, sides: list[Side], begin_s: float, end_s: float) -> list[Encoder]:
        """Send the span of the reel to every side in real time; the encoders, still on air."""
        encoders = [await Encoder.enter(side.url) for side in sides]
        span = [c for c in self.stream.chunks if begin_s * 1e6 <= c.dts_us < end_s * 1e6]
        begun = time.monotonic() - begin_s
        described = 2
        for i, (kind, said, body) in enumerate(tags(self.stream, span)):
            at = int(begin_s * 1000) if i < described else said
            await asyncio.sleep(max(0.0, begun + at / 1000 - time.monotonic()))
            for encoder in encoders:
                encoder.line.send(kind, at, body)
            if kind == 9 and i >= described:
                self.at[round(at * FPS / 1000)] = time.monotonic()
        return encoders


async def run(seconds: float, folder: Path) -> list[str]:
    stream = reel(int(seconds + CUT_S + AFTER_S), width=SIZE[0], height=SIZE[1])
    async with aiohttp.ClientSession() as http:
        ours, theirs = await _ours(folder / "ours", http), await _theirs(folder / "theirs")
        try:
            return await _measured(seconds, stream, [ours[0], theirs[0]])
        finally:
            for _, process in (ours, theirs):
                process.terminate()
                await process.wait()


async def _measured(seconds: float, stream: Reel, sides: list[Side]) -> list[str]:
    following = [asyncio.create_task(side.follow()) for side in sides]
    sent = Sent(stream)
    spent = [cpu_seconds(side.pid) for side in sides]
    encoders = await sent.publish(sides, 0, seconds)
    costs = [(cpu_seconds(side.pid) - before) / seconds for side, before in zip(sides, spent, strict=True)]
    before = [len(side.order) for side in sides]
    for encoder in encoders:
        await encoder.vanish()
    await asyncio.sleep(CUT_S)
    back = time.monotonic()
    encoders = await sent.publish(sides, seconds + CUT_S, seconds + CUT_S + AFTER_S)
    await asyncio.sleep(0.5)
    lines = []
    for side, cost, known in zip(sides, costs, before, strict=True):
        lines.append(await _told(side, sent, cost, known, back))
    for task in following:
        task.cancel()
    for encoder in encoders:
        await encoder.leave()
    await asyncio.gather(*following, return_exceptions=True)
    return lines


async def _told(side: Side, sent: Sent, cost: float, known: int, back: float) -> str:
    whole: list[float] = []
    last: list[float] = []
    for name in side.order[1:known]:
        frames = [number for number in await side.frames(name) if number in sent.at]
        whole += [side.listed[name] - sent.at[number] for number in frames]
        last += [side.listed[name] - sent.at[max(frames)]] if frames else []
    fresh = [side.listed[name] for name in side.order if side.listed[name] > back]
    kept = sum(1 for name in side.order[:known] if name in side.text.splitlines())
    numbers = re.findall(r"MEDIA-SEQUENCE:(\d+)", side.text) or ["0"]
    return (
        f"| {side.name} | {_ms(whole, 0.5)} / {_ms(whole, 0.95)} ms | {_ms(last, 0.5)} / {_ms(last, 0.95)} ms "
        f"| {cost * 100:.2f} % | {fresh[0] - back:.2f} s | {kept} of {known} kept, sequence from {numbers[0]}, "
        f"{side.text.count('#EXT-X-DISCONTINUITY' + chr(10))} discontinuity |"
        if fresh and whole
        else f"| {side.name} | nothing listed: {len(side.order)} segments, {len(whole)} pictures |"
    )


def _ms(values: list[float], part: float) -> int:
    ordered = sorted(values)
    return round(1000 * ordered[min(len(ordered) - 1, int(len(ordered) * part))]) if ordered else -1


async def _ours(folder: Path, http: aiohttp.ClientSession) -> tuple[Side, Any]:
    folder.mkdir(parents=True)
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.crowd.beside_nginx", "--serve", str(folder), stdout=asyncio.subprocess.PIPE
    )  # fmt: skip
    assert process.stdout is not None
    told = json.loads(await process.stdout.readline())
    inits: dict[str, bytes] = {}

    async def read() -> str:
        async with http.get(f"{told['http']}/live.m3u8?dvr=1") as first:
            text = await first.text() if first.status == 200 else ""
        if not text:
            await asyncio.sleep(0.02)
            return ""
        following = text.count("#EXTINF") + int((re.findall(r"MEDIA-SEQUENCE:(\d+)", text) or ["0"])[0])
        if text.splitlines()[-1] not in side.listed:
            return text
        async with http.get(f"{told['http']}/live.m3u8?dvr=1&_HLS_msn={following}") as answer:
            return await answer.text() if answer.status == 200 else text

    async def fetch(name: str) -> bytes:
        init = re.findall(r'MAP:URI="([^"]+)"', side.text[: side.text.index(f"\n{name}")])[-1]
        for wanted in (init, name):
            if wanted not in inits:
                async with http.get(f"{told['http']}/{wanted}") as answer:
                    inits[wanted] = await answer.read()
        return inits[init] + inits[name]

    side = Side("this server", told["rtmp"], process.pid, read, fetch)
    return side, process


async def _theirs(folder: Path) -> tuple[Side, Any]:
    (folder / "hls").mkdir(parents=True)
    port = free_port()
    (folder / "nginx.conf").write_text(_CONF.format(folder=folder, port=port))
    words = ["-p", str(folder), "-c", str(folder / "nginx.conf"), "-g", "daemon off; master_process off;"]
    process = await asyncio.create_subprocess_exec(NGINX or "", *words)
    for _ in range(200):
        with suppress(OSError):
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.close()
            break
        await asyncio.sleep(0.05)

    async def read() -> str:
        return (folder / "hls" / "film.m3u8").read_text()

    async def fetch(name: str) -> bytes:
        return (folder / "hls" / name).read_bytes()

    return Side(
        "nginx + RTMP module", f"rtmp://127.0.0.1:{port}/live/film", process.pid, read, fetch
    ), process


async def serve(folder: Path) -> None:
    gate = await Gate(folder, Limits(silent_s=60)).open()
    print(json.dumps({"http": gate.address, "rtmp": gate.url()}), flush=True)
    await asyncio.Event().wait()


HEAD = [
    "| server | picture sent → its segment listed, p50 / p95 | its last picture → listed | CPU | back after 10 s | what is left |",
    "|---|---|---|---|---|---|",
]


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    words.add_argument("--seconds", type=float, default=60, help="how long both are published before the cut")
    words.add_argument("--short", action="store_true", help="12 seconds: for trying it out")
    words.add_argument("--write", action="store_true", help="put the figures into docs/measurements.md")
    words.add_argument("--serve", type=Path, help=argparse.SUPPRESS)
    given = words.parse_args()
    if given.serve:
        uvloop.run(serve(given.serve))
        return
    if not HERE:
        sys.exit("nginx with its RTMP module is not on this machine (Debian: nginx, libnginx-mod-rtmp)")
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        seconds = 12 if given.short else given.seconds
        lines = HEAD + asyncio.run(run(seconds, Path(folder)))
    about = (
        f"{datetime.now(UTC):%Y-%m-%d}: {SIZE[0]}x{SIZE[1]} at {FPS} fps with AAC, keyframe each second, "
        f"{seconds:g} s, both at once on one machine."
    )
    print("\n".join([about, "", *lines]))
    if given.write:
        keep("## Beside nginx with its RTMP module", [about, "", *lines])


if __name__ == "__main__":
    main()
