"""A running media server with a client of it, and a playlist read as a player reads it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web

from server.media import Limits
from tests.media.demux import demuxed
from tests.media.publisher import Studio
from tests.media.serve import app_of
from tests.media.streams import Reel

RECORD = "meeting:1"


class Hall:
    """A running server and a client of it."""

    def __init__(self, root: Path, limits: Limits | None = None) -> None:
        self.root, self.words = root, []  # type: Path, list[tuple[str, str]]
        self.deaf: set[str] = set()
        # Unless a test is about silence, a busy machine must not look like one.
        limits = limits or Limits(silent_s=60)
        self.app, self.media = app_of(root, self.words, limits, self.deaf)

    async def open(self) -> Hall:
        self.runner = web.AppRunner(self.app)
        await self.runner.setup()
        site = web.TCPSite(self.runner, "127.0.0.1", 0)
        await site.start()
        self.address = f"http://127.0.0.1:{self.runner.addresses[0][1]}/media/meeting-1"
        self.http = aiohttp.ClientSession()
        return self

    async def close(self) -> None:
        await self.http.close()
        await self.runner.cleanup()

    async def get(self, name: str, **headers: str) -> tuple[int, bytes]:
        async with self.http.get(f"{self.address}/{name}", headers=headers) as answer:
            return answer.status, await answer.read()

    async def playlist(self, name: str = "live.m3u8") -> Playlist:
        status, body = await self.get(name)
        assert status == 200, (status, body)
        return Playlist(body.decode())

    async def watched(self, name: str) -> Any:
        """Everything a playlist lists, fetched and demuxed."""
        listed = await self.playlist(name)
        runs: list[tuple[bytes, list[bytes]]] = []
        for item in listed.items:
            if not runs or item["cut"]:
                runs.append(((await self.get(item["init"]))[1], []))
            status, data = await self.get(item["uri"])
            assert status == 200
            runs[-1][1].append(data)
        return demuxed(runs)

    def state(self) -> list[str]:
        return [word for _, word in self.words]


class Playlist:
    """A playlist read as a player does."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.ended = "#EXT-X-ENDLIST" in text
        self.sequence = int((re.findall(r"MEDIA-SEQUENCE:(\d+)", text) or ["0"])[0])
        self.discontinuities = int((re.findall(r"DISCONTINUITY-SEQUENCE:(\d+)", text) or ["0"])[0])
        self.target = int(re.findall(r"TARGETDURATION:(\d+)", text)[0])
        self.items: list[dict[str, Any]] = []
        cut, init, length, date = False, "", 0.0, None
        for line in text.splitlines():
            if line == "#EXT-X-DISCONTINUITY":
                cut = True
            elif line.startswith("#EXT-X-MAP"):
                init = line.split('"')[1]
            elif line.startswith("#EXT-X-PROGRAM-DATE-TIME:"):
                date = line.split(":", 1)[1]
            elif line.startswith("#EXTINF:"):
                length = float(line[8:].rstrip(","))
                assert round(length) <= self.target
            elif line and not line.startswith("#"):
                self.items.append({"uri": line, "cut": cut, "init": init, "length": length, "date": date})
                cut, date = False, None


async def published(hall: Hall, stream: Reel, **more: Any) -> Studio:
    studio = Studio(hall.http, hall.address, stream, **more)
    await studio.connect()
    await studio.send(stream.numbered())
    return studio
