"""What comes all at once, as after a cut: others have their turn meanwhile, and nothing of it is lost."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from aiohttp import WSMessage, WSMsgType

from server.media import ingest
from server.media.chunk import SECOND
from tests.engines import eventually
from tests.media.hall import RECORD, Hall, published
from tests.media.streams import Reel

pytestmark = pytest.mark.long


async def test_half_a_minute_sent_at_once_lets_others_have_their_turn():
    """Whose messages are all there already never waits: without a turn, no segment lands before the last is read."""

    async def ready() -> AsyncIterator[WSMessage]:
        for _ in range(2_000):
            yield WSMessage(WSMsgType.BINARY, b"", None)

    turns = 0

    async def other() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    class Read:
        count = 0

        def came(self, data: bytes) -> None:
            self.count += 1

        def hurried(self) -> None:
            pass

    read, working = Read(), asyncio.create_task(other())
    await ingest._listen(ready(), read)  # type: ignore[arg-type]
    working.cancel()
    assert read.count == 2_000
    assert turns >= 100


async def test_an_end_while_half_a_minute_is_read_loses_nothing_of_it(hall: Hall, aac: Reel):
    stream = hall.media.stream(RECORD)
    publishing = asyncio.create_task(published(hall, aac))
    await eventually(lambda: stream._received > 100, what="the first of it")
    assert stream._received < len(aac.chunks) // 2
    await hall.media.end(RECORD)
    assert stream._received == len(aac.chunks)
    assert stream.landing.end_us == pytest.approx(20 * SECOND, abs=100_000)
    await (await publishing).leave()
