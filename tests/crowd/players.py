"""How many players one core carries, and what a proxy cache in front of it does.

`python -m tests.crowd.players [--players 2000] [--seconds 20] [--short] [--write]`

The whole product on core 0; on core 1 a studio (600 kbit/s, one-second segments) and players that wait for each
playlist and fetch each segment, as hls.js does, over plain HTTP. Then the same address through Debian's nginx with
deploy/nginx.conf, where it is installed: requests for a second of its CPU.
"""

from __future__ import annotations

import argparse
import asyncio
import getpass
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import uvloop

from server import setup
from tests.crowd.feed import free_port, pin, product
from tests.crowd.film import film, publish
from tests.crowd.glass_to_glass import percentile
from tests.crowd.machine import cpu_seconds, keep, rss_mb
from tests.engines import eventually
from tests.media.publisher import Studio

KBIT = 600
STALL_S = 3.0
"""What a player has in hand: a segment later than this after the one before is a picture that stands still."""
PROXY = setup.ROOT / "deploy" / "nginx.conf"


class Player(asyncio.Protocol):
    """One keep-alive connection: wait for the next segment to be listed, fetch it, and again."""

    def __init__(self, path: str, host: str, cookies: str) -> None:
        self.path, self.host, self.cookies = path, host, cookies
        self.fetched = self.playlists = self.bytes = self.wrong = 0
        self.gaps: list[float] = []
        self._head = bytearray()
        self._body = bytearray()
        self._left = -1
        self._playlist = True
        self._next = -1
        self._at = 0.0

    def connection_made(self, transport: Any) -> None:
        self.transport = transport
        self._ask()

    def data_received(self, data: bytes) -> None:
        if self._left < 0:
            self._head += data
            end = self._head.find(b"\r\n\r\n")
            if end < 0:
                return
            head = bytes(self._head[:end]).lower()
            data = bytes(self._head[end + 4 :])
            self._head.clear()
            self.wrong += b" 200 " not in head[:16]
            self._left = int(head.split(b"content-length:")[1].split(b"\r")[0])
        self._left -= len(data)
        self.bytes += len(data)
        if self._playlist:
            self._body += data
        if self._left == 0:
            self._left = -1
            self._answered()

    def _answered(self) -> None:
        if not self._playlist:
            self.fetched += 1
            now = time.monotonic()
            if self._at:
                self.gaps.append(now - self._at)
            self._at = now
            self._playlist = True
            self._ask()
            return
        self.playlists += 1
        text = bytes(self._body)
        self._body.clear()
        first = int(text.split(b"MEDIA-SEQUENCE:")[1].split(b"\n")[0])
        listed = first + text.count(b"#EXTINF")
        if listed - 1 >= self._next:
            self._next = listed
            self._playlist = False
            self._get(text.rstrip().rsplit(b"\n", 1)[1].decode())
        else:
            self._ask()

    def _ask(self) -> None:
        self._get("live.m3u8" if self._next < 0 else f"live.m3u8?_HLS_msn={self._next}")

    def _get(self, name: str) -> None:
        head = f"Host: {self.host}\r\nCookie: {self.cookies}\r\n"
        self.transport.write(f"GET {self.path}/{name} HTTP/1.1\r\n{head}\r\n".encode())


async def crowd(url: str, path: str, count: int, cookies: str) -> list[Player]:
    parts = urlsplit(url)
    players = [Player(path, parts.netloc, cookies) for _ in range(count)]
    loop = asyncio.get_running_loop()
    for begin in range(0, count, 100):
        some = players[begin : begin + 100]
        await asyncio.gather(
            *(loop.create_connection(lambda p=p: p, parts.hostname, parts.port) for p in some)  # type: ignore[misc]
        )
        await asyncio.sleep(0.05)
    return players


def leave(players: list[Player]) -> None:
    for player in players:
        player.transport.abort()


async def watched(pid: int, players: list[Player], seconds: float) -> dict[str, float]:
    """What so many players got in a while, and what it cost the process."""
    for player in players:
        player.gaps.clear()
    before = [sum(getattr(p, what) for p in players) for what in ("fetched", "playlists", "bytes", "wrong")]
    cpu, begun, own = cpu_seconds(pid), time.monotonic(), time.process_time()
    await asyncio.sleep(seconds)
    took = time.monotonic() - begun
    after = [sum(getattr(p, what) for p in players) for what in ("fetched", "playlists", "bytes", "wrong")]
    fetched, playlists, size, wrong = (b - a for a, b in zip(before, after, strict=True))
    gaps = [gap for player in players for gap in player.gaps]
    return {
        "core": (cpu_seconds(pid) - cpu) / took,
        "own": (time.process_time() - own) / took,
        "segments": fetched / took,
        "requests": (fetched + playlists) / took,
        "mbit": size * 8 / took / 1e6,
        "wrong": wrong,
        "p99": percentile(gaps, 0.99) if gaps else 0,
        "stalls": sum(gap > STALL_S for gap in gaps),
        "mb": rss_mb(pid),
    }


@contextmanager
def proxied(url: str) -> Iterator[tuple[str, int]]:
    """nginx with a cache before the product: its address and the process that answers."""
    with tempfile.TemporaryDirectory() as folder:
        port = free_port()
        conf = Path(folder) / "nginx.conf"
        text = (
            PROXY.read_text().replace("COUNCIL", urlsplit(url).netloc).replace("LISTEN", f"127.0.0.1:{port}")
        )
        text = text.replace("www-data", getpass.getuser()).replace(
            "worker_processes auto", "worker_processes 1"
        )
        conf.write_text(text.replace("/run/", f"{folder}/").replace("/var/cache/", f"{folder}/"))
        words = ["nginx", "-c", str(conf), "-p", folder, "-g", "daemon off;"]
        master = subprocess.Popen(words, stderr=subprocess.DEVNULL)
        try:
            children = Path(f"/proc/{master.pid}/task/{master.pid}/children")
            deadline = time.monotonic() + 10
            while not children.read_text().split() and time.monotonic() < deadline:
                time.sleep(0.05)
            worker = int(children.read_text().split()[0])
            pin(worker, 0)
            yield f"http://127.0.0.1:{port}", worker
        finally:
            master.terminate()
            master.wait(10)


async def hammered(url: str, path: str, worker: int, seconds: float) -> tuple[float, float]:
    """One segment asked for again and again over 32 connections: requests, and requests a CPU-second of nginx."""
    name = f"{url}{path}/live.m3u8"
    async with aiohttp.ClientSession() as http, http.get(name) as answer:
        segment = (await answer.text()).split()[-1]
    done = [0]
    request = f"GET {path}/{segment} HTTP/1.1\r\nHost: x\r\n\r\n".encode()
    parts = urlsplit(url)
    stop = time.monotonic() + seconds + 1

    async def one() -> None:
        reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
        while time.monotonic() < stop:
            writer.write(request)
            head = await reader.readuntil(b"\r\n\r\n")
            await reader.readexactly(int(head.lower().split(b"content-length:")[1].split(b"\r")[0]))
            done[0] += 1
        writer.close()

    asking = [asyncio.create_task(one()) for _ in range(32)]
    await asyncio.sleep(1)
    cpu, before, begun = cpu_seconds(worker), done[0], time.monotonic()
    await asyncio.sleep(seconds)
    spent, answered = cpu_seconds(worker) - cpu, done[0] - before
    took = time.monotonic() - begun
    await asyncio.gather(*asking)
    return answered / took, answered / max(spent, 0.01)


async def entered(url: str, link: str) -> str:
    """The cookies of a person who opens a link."""
    token = link.partition("#")[2]
    async with (
        aiohttp.ClientSession() as http,
        http.post(f"{url}/api/enter", json={"token": token}, headers={"Origin": url}) as answer,
    ):
        assert answer.status == 200, await answer.text()
        return "; ".join(f"{one.key}={one.value}" for one in answer.cookies.values())


async def go_live(url: str, served: dict[str, Any], http: aiohttp.ClientSession) -> asyncio.Task[None]:
    http.headers["Cookie"] = await entered(url, served["links"]["host"])
    stream = film(KBIT, width=640, height=360)
    studio = Studio(http, f"{url}/media/{served['record'].replace(':', '-', 1)}", stream)
    sending = await publish(studio, stream)
    await eventually(lambda: studio.acked > 0, 20, what="a picture on air")
    return sending


def told(what: str, found: dict[str, float], count: int) -> str:
    return (
        f"| {what} | {count} | {found['core']:.1%} | **{count / max(found['core'], 0.001):,.0f}** "
        f"| {found['requests']:,.0f} | {found['mbit']:,.0f} | {found['p99']:.2f} s | {found['stalls']:.0f} "
        f"| {found['wrong']:.0f} | {found['mb']:.0f} MB |"
    )


async def measure(served: dict[str, Any], count: int, seconds: float) -> list[str]:
    url, path = served["url"], f"/media/{served['record'].replace(':', '-', 1)}"
    lines = [
        "| | players | of a core | players a core | requests/s | Mbit/s | segment to segment, p99 | stalls | refused | memory |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    async with aiohttp.ClientSession() as http:
        sending = await go_live(url, served, http)
        cookies = await entered(url, served["links"]["resident"])
        await asyncio.sleep(3)
        lines.append(told("nobody watches", await watched(served["pid"], [], 5), 0))
        players = await crowd(url, path, count, cookies)
        await asyncio.sleep(4)
        lines.append(told("in process", await watched(served["pid"], players, seconds), count))
        leave(players)
        if shutil.which("nginx") is None:
            lines += ["", "nginx is not installed: not measured behind a proxy."]
        else:
            with proxied(url) as (front, worker):
                players = await crowd(front, path, count, cookies)
                await asyncio.sleep(4)
                behind = asyncio.create_task(watched(served["pid"], [], seconds))
                lines.append(told("nginx `proxy_cache`", await watched(worker, players, seconds), count))
                cost = (await behind)["core"]
                leave(players)
                rate, each = await hammered(front, path, worker, seconds / 2)
                again = f"{rate:,.0f} requests/s, **{each:,.0f} for a CPU-second** of nginx"
                lines += [
                    "",
                    f"The product behind the proxy: {cost:.1%} of a core. One segment again and again: {again}.",
                ]
        sending.cancel()
        await asyncio.gather(sending, return_exceptions=True)
    return lines


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--players", type=int, default=2_000)
    words.add_argument("--seconds", type=float, default=20)
    words.add_argument("--short", action="store_true", help="400 players, 6 seconds")
    words.add_argument("--write", action="store_true", help="keep the figures in docs/measurements.md")
    chosen = words.parse_args()
    count, seconds = (400, 6.0) if chosen.short else (chosen.players, chosen.seconds)
    pin(0, 1)
    with tempfile.TemporaryDirectory() as folder, product(Path(folder) / "data") as served:
        found = uvloop.run(measure(served, count, seconds))
    load = " ".join(f"{value:.1f}" for value in os.getloadavg())
    lines = [
        f"{time.strftime('%Y-%m-%d')}, `python -m tests.crowd.players`, {KBIT} kbit/s and a thin picture,",
        f"{seconds:.0f} s, loopback without TLS; load {load}.",
        "",
        *found,
        "",
        "Aim: 2,000 players a core in process; 20,000 segment requests a CPU-second behind a proxy cache.",
    ]
    print("\n".join(lines))
    if chosen.write:
        keep("## Players", lines)


if __name__ == "__main__":
    main()
