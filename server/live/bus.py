"""Rings the bell between processes and passes the air. Never carries data of a record.

A lost bell costs a second, since every process looks at the heads of its records by itself too.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Protocol

import msgspec
from redis import asyncio as redis
from redis.exceptions import RedisError

log = logging.getLogger(__name__)

BELL = "sun:bell"
AIR = "sun:air"
_PAUSES = (0.2, 0.5, 1.0, 2.0, 5.0)

Heard = Callable[[str, int], Awaitable[None]]
Breathed = Callable[[bytes], None]


class Bus(Protocol):
    """What the live room asks of a bus."""

    def ring(self, record: str, seq: int) -> None:
        """Say that a record is at this number."""

    def breathe(self, air: bytes) -> None:
        """Pass a message that may be lost."""

    async def start(self, heard: Heard, breathed: Breathed) -> None:
        """Begin to listen."""

    async def stop(self) -> None:
        """Stop listening and sending."""


class LocalBus:
    """The bus of a single process: everybody who must hear is here already."""

    def ring(self, record: str, seq: int) -> None:
        """Nobody else listens."""

    def breathe(self, air: bytes) -> None:
        """Nobody else listens."""

    async def start(self, heard: Heard, breathed: Breathed) -> None:
        """Nothing to listen to."""

    async def stop(self) -> None:
        """Nothing to stop."""


class RedisBus:
    """The bus of several processes. Without Redis it falls silent, and nothing else happens."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._bells: dict[str, int] = {}
        self._airs: list[bytes] = []
        self._stirred = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    def ring(self, record: str, seq: int) -> None:
        """Say that a record is at this number; bells of one turn are one bell."""
        self._bells[record] = max(seq, self._bells.get(record, 0))
        self._stirred.set()

    def breathe(self, air: bytes) -> None:
        """Pass a message that may be lost."""
        self._airs.append(air)
        self._stirred.set()

    async def start(self, heard: Heard, breathed: Breathed) -> None:
        """Begin to send and to listen; returns once Redis listens or has been found away."""
        ready = asyncio.Event()
        self._tasks = [
            asyncio.create_task(self._again_and_again(self._send, ready=None)),
            asyncio.create_task(
                self._again_and_again(lambda: self._listen(heard, breathed, ready), ready=ready)
            ),
        ]
        await ready.wait()

    async def stop(self) -> None:
        """Stop sending and listening."""
        for task in self._tasks:
            task.cancel()
        for task in self._tasks:
            with suppress(asyncio.CancelledError):
                await task

    async def _again_and_again(
        self, work: Callable[[], Awaitable[None]], *, ready: asyncio.Event | None
    ) -> None:
        tries = 0
        while True:
            try:
                await work()
            except (RedisError, OSError) as error:
                if tries == 0:
                    log.warning("Redis is away (%s); other processes hear of news by looking", error)
                tries += 1
                if ready is not None:
                    ready.set()
                await asyncio.sleep(_PAUSES[min(tries, len(_PAUSES)) - 1])
            else:
                tries = 0

    async def _send(self) -> None:
        # One connection and one writer: a pool of connections reorders what it publishes.
        async with redis.Redis.from_url(self._url, single_connection_client=True) as client:
            while True:
                await self._stirred.wait()
                self._stirred.clear()
                bells, self._bells = self._bells, {}
                airs, self._airs = self._airs, []
                async with client.pipeline(transaction=False) as pipe:
                    for record, seq in bells.items():
                        pipe.publish(BELL, msgspec.json.encode([record, seq]))
                    for air in airs:
                        pipe.publish(AIR, air)
                    await pipe.execute()

    async def _listen(self, heard: Heard, breathed: Breathed, ready: asyncio.Event) -> None:
        async with redis.Redis.from_url(self._url) as client, client.pubsub() as channel:
            await channel.subscribe(BELL, AIR)
            ready.set()
            async for message in channel.listen():
                if message["type"] != "message":
                    continue
                if message["channel"] == AIR.encode():
                    breathed(message["data"])
                else:
                    record, seq = msgspec.json.decode(message["data"], type=tuple[str, int])
                    await heard(record, seq)
