"""A council served by several processes on one port, with a real PostgreSQL and Redis; for tests of what passes between
them. Nobody can choose the process a new connection lands on: whatever holds for all is asked often enough to meet all.
"""

from __future__ import annotations

import asyncio
import json
import os
import socket
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import aiohttp

from tests import engines
from tests.crowd.ways import enter, opened
from tests.crowd.wire import Line
from tests.engines import eventually, until
from tests.media.publisher import Studio

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.media.streams import Reel

ROOMY = {"SUN_LIMIT_REQUESTS": "100000/1", "SUN_LIMIT_REQUESTS_PER_ADDRESS": "100000/1"}
WORKERS = 3
OFTEN = 18
"""Eighteen connections all land on one of three processes once in a hundred million times."""


class Crew:
    """The processes and a way to each of them."""

    def __init__(self, served: engines.Served, cookies: dict[str, str]) -> None:
        self.served, self.cookies = served, cookies
        self.record = served.record
        self.name = self.record.replace(":", "-", 1)
        self.address = f"{served.url}/media/{self.name}"
        self.studios: list[tuple[aiohttp.ClientSession, Studio]] = []

    @contextmanager
    def fresh(self, cookie: str = "") -> Iterator[aiohttp.ClientSession]:
        """A browser whose every request is a new connection."""
        headers = {"Origin": self.served.url, "Accept-Encoding": "identity"}
        headers |= {"Cookie": cookie} if cookie else {}
        yield aiohttp.ClientSession(
            headers=headers,
            connector=aiohttp.TCPConnector(force_close=True),
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
        )

    async def ask(
        self, path: str, cookie: str = "", method: str = "GET", **more: Any
    ) -> tuple[int, dict[str, str], bytes]:
        with self.fresh(cookie) as http:
            async with http, http.request(method, path, **more) as answer:
                return answer.status, dict(answer.headers), await answer.read()

    async def get(self, name: str, cookie: str = "", **more: Any) -> tuple[int, dict[str, str], bytes]:
        return await self.ask(f"{self.address}/{name}", cookie, **more)

    async def all_get(
        self, name: str, cookie: str = "", **more: Any
    ) -> list[tuple[int, dict[str, str], bytes]]:
        """The same asked so often that every process was asked."""
        return list(await asyncio.gather(*(self.get(name, cookie, **more) for _ in range(OFTEN))))

    async def listed(self) -> list[str]:
        status, _, body = await self.get("live.m3u8?dvr=1")
        return files(body) if status == 200 else []

    async def studio(self, reel: Reel, cookie: str = "") -> Studio:
        """A studio that is not connected yet; each time it connects it lands anywhere."""
        with self.fresh(cookie or self.cookies["host"]) as http:
            made = Studio(http, self.address, reel)
            self.studios.append((http, made))
            return made

    async def give(self, who: str, word: str, **fields: Any) -> dict[str, Any]:
        """A command over HTTP, at whichever process."""
        path = f"{self.served.url}/api/records/{self.record}/commands"
        _, _, body = await self.ask(path, self.cookies[who], "POST", json={"type": word, **fields})
        return dict(json.loads(body))

    async def line(self, who: str, **more: Any) -> Line:
        """A socket at whichever process, joined, its events kept in `.heard`."""
        line = Line(self.served.url, self.cookies[who])
        line.decode = True
        line.heard = []  # type: ignore[attr-defined]
        line.on_event = lambda name, body: line.heard.append((name, body))  # type: ignore[attr-defined]
        await line.open()
        assert (await line.call("join", {"record": self.record, "since": 0, **more}))["ok"]
        return line

    def workers(self) -> set[int]:
        """The processes that serve."""
        own = self.served.process.pid
        return {
            int(pid)
            for pid in Path(f"/proc/{own}/task/{own}/children").read_text().split()
            if b"spawn_main" in Path(f"/proc/{pid}/cmdline").read_bytes()
        }

    def keeper(self) -> int | None:
        """The process that keeps the stream; None when it is gone."""
        told = self.served.data / "keepers" / self.name
        if not told.exists():
            return None
        with socket.socket(socket.AF_UNIX) as line:
            try:
                line.connect(f"{told.read_text()}/http")
            except OSError:
                return None
            about = line.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12)
            return int(struct.unpack("3i", about)[0])

    async def leave(self) -> None:
        for http, studio in self.studios:
            await studio.leave()
            await http.close()
        self.studios.clear()


def files(playlist: bytes) -> list[str]:
    """The names a playlist lists."""
    return [line for line in playlist.decode().splitlines() if line and not line.startswith("#")]


def listening(port: int) -> int:
    """How many sockets of this machine listen on that port."""
    rows = Path("/proc/net/tcp").read_text().splitlines()[1:]
    return sum(row.split()[1].endswith(f":{port:04X}") and row.split()[3] == "0A" for row in rows)


@asynccontextmanager
async def crew(data: Path, database: str, redis: str, **settings: str) -> AsyncIterator[Crew]:
    """Three processes; their meeting has begun."""
    port = engines.free_port()
    wanted = ROOMY | {"SUN_DATABASE_URL": database, "SUN_REDIS_URL": redis} | settings
    words = ("--workers", str(WORKERS), "--port", str(port))
    with engines.serve(data, *words, settings=wanted, patience=90) as served:
        until(lambda: listening(port) == WORKERS, 150, "three processes")
        await opened(served.said)
        roles = ("host", "technician", "moderator", "lawyer", "screen", "secretary")
        made = Crew(served, {role: await enter(served.links[role]) for role in roles})
        try:
            yield made
        finally:
            await made.leave()


async def kept_elsewhere(made: Crew) -> None:
    """Somebody keeps the stream, before anybody publishes."""
    await made.get("live.m3u8")
    await eventually(made.keeper, what="a keeper")


def kill(pid: int) -> None:
    os.kill(pid, 9)
