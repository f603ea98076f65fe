"""A studio written in Python: the same messages, the same ring of what is not yet acknowledged."""

from __future__ import annotations

import asyncio
import json
import secrets
import time
from collections.abc import Iterable, Sequence
from typing import Any

import aiohttp

from server.media import wire
from server.media.chunk import SECOND, Chunk
from tests.engines import eventually
from tests.media.streams import Reel

BUNDLE_US = 600_000
"""What comes within so long the studio sends as one message (publisher.ts)."""
_HEARD_US = 60_000
"""So much later the sound is known with which a keyframe's segment ends (publisher.ts)."""


class Studio:
    """Publishes chunks; keeps those whose safety the server has not confirmed."""

    def __init__(
        self, http: aiohttp.ClientSession, address: str, stream: Reel, person: str = "person:host"
    ) -> None:
        self.http, self.address, self.stream, self.person = http, address, stream, person
        self.epoch = secrets.token_hex(8)
        self.config: dict[str, Any] | None = None
        self.ring: list[Chunk] = []
        self.acked = 0
        self.have = 0
        self.heard: list[dict[str, Any]] = []
        self.socket: Any = None
        self._listening: asyncio.Task[None] | None = None

    def announced(self) -> dict[str, Any]:
        """What it says is to come; `config` stands in its place where a test sets it."""
        if self.config is not None:
            return self.config
        audio = self.stream.audio
        return {
            "video": {"w": self.stream.video.width, "h": self.stream.video.height, "fps": 25},
            "audio": {
                "codec": audio.codec,
                "rate": audio.rate,
                "ch": audio.channels,
                "desc": audio.desc.hex(),
            },
        }

    def hello(self, **more: Any) -> str:
        return json.dumps({"epoch": self.epoch, "config": self.announced(), **more})

    async def connect(self, *, cookie: bool = True, **more: Any) -> None:
        """Connect, or come back: what the server does not have is sent again."""
        headers = {"X-Person": self.person} if cookie else {}
        self.socket = await self.http.ws_connect(f"{self.address}/publish", headers=headers)
        await self.socket.send_str(self.hello(**more))
        first = await self.socket.receive_json(timeout=5)
        self.heard.append(first)
        if "have" not in first:
            return
        self.have = first["have"]
        self.listen()
        for chunk in self.ring:
            if chunk.seq > self.have:
                await self.socket.send_bytes(wire.write(chunk))

    async def stand_by(self) -> None:
        """Wait beside whoever is on air."""
        headers = {"X-Person": self.person}
        self.socket = await self.http.ws_connect(f"{self.address}/publish", headers=headers)
        await self.socket.send_str(json.dumps({"epoch": self.epoch, "standby": True}))
        self.listen()

    async def take(self) -> None:
        """From standby on air."""
        await self.socket.send_str(json.dumps({"take": True, "config": self.announced()}))
        await eventually(lambda: self.said("have"))

    def listen(self) -> None:
        self._listening = asyncio.create_task(self._listen())

    async def send(self, chunks: Iterable[Chunk], *, pace: float = 0.0, bundled_us: int = 0) -> None:
        """Send, at `pace` times real time (0: as fast as the line takes); what comes within `bundled_us` as one
        message, but for the sound that ends a segment, as the studio does.
        """
        begin, origin, heard_us = time.monotonic(), None, float("inf")
        waiting: list[Chunk] = []
        for chunk in chunks:
            origin = chunk.dts_us if origin is None else origin
            if pace:
                await asyncio.sleep(
                    max(0.0, begin + (chunk.dts_us - origin) / SECOND / pace - time.monotonic())
                )
            self.ring.append(chunk)
            waiting.append(chunk)
            heard = chunk.kind == "audio" and chunk.dts_us >= heard_us
            key = chunk.kind == "video" and chunk.key
            if key and not chunk.track:
                heard_us = chunk.dts_us + _HEARD_US
            elif heard:
                heard_us = float("inf")
            ends = heard or (key and heard_us == float("inf"))
            if ends or not bundled_us or chunk.dts_us - waiting[0].dts_us >= bundled_us:
                await self._out(waiting)
                waiting = []
        if waiting:
            await self._out(waiting)

    async def _out(self, chunks: Sequence[Chunk]) -> None:
        messages = [wire.write(chunk) for chunk in chunks]
        await self.socket.send_bytes(messages[0] if len(messages) == 1 else wire.bundle(messages))

    async def record(self, pieces: Iterable[bytes], first: int = 1) -> None:
        """Send what a browser's recorder wrote, piece by piece."""
        for seq, piece in enumerate(pieces, first):
            await self.socket.send_bytes(wire.HEADER.pack(wire.RECORDED, 0, 0, seq, 0, 0) + piece)

    async def _listen(self) -> None:
        async for message in self.socket:
            if message.type != aiohttp.WSMsgType.TEXT:
                break
            said = json.loads(message.data)
            self.heard.append(said)
            if "ack" in said:
                self.acked = max(self.acked, said["ack"])
                self.ring = [chunk for chunk in self.ring if chunk.seq > self.acked]

    def cut(self) -> None:
        """The line is gone without a word."""
        self.socket._response.connection.transport.abort()

    async def leave(self) -> None:
        if self._listening is not None:
            self._listening.cancel()
            await asyncio.gather(self._listening, return_exceptions=True)
        if self.socket is not None:
            await self.socket.close()

    def said(self, word: str) -> list[Any]:
        return [message[word] for message in self.heard if word in message]
