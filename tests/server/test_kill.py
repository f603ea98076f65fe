"""The power cut: a server killed in the middle of a crowd has every acknowledged support, once."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from server.store import open_store
from tests import engines
from tests.crowd.burst import questions, upvote
from tests.crowd.feed import ROOMY, people
from tests.crowd.ways import opened
from tests.crowd.wire import Line

if TYPE_CHECKING:
    from pathlib import Path

ROUNDS = 3
SUPPORTERS = 40


async def support_until_killed(
    served: engines.Served, cookies: list[str], asked: list[str], after: int
) -> set[tuple[int, str]]:
    """Everybody supports everything; the server is killed after so many answers. Returns what was acknowledged."""
    said = served.said
    acknowledged: set[tuple[int, str]] = set()

    async def one(number: int, cookie: str) -> None:
        line = Line(said["url"], cookie)
        try:
            await line.open()
            await line.join(said["record"])
            for own_id in asked:
                answer = await line.call("do", upvote(said, own_id))
                if answer.get("ok") is True and isinstance(answer.get("seq"), int):
                    acknowledged.add((number, own_id))
                if len(acknowledged) >= after and served.process.poll() is None:
                    served.kill()
        except (ConnectionError, TimeoutError, OSError):
            return

    await asyncio.gather(*(one(number, cookie) for number, cookie in enumerate(cookies)))
    return acknowledged


@pytest.mark.long
@pytest.mark.timeout(180)
async def test_nothing_acknowledged_is_lost_or_doubled_by_a_kill(tmp_path: Path) -> None:
    data = tmp_path / "data"
    acknowledged: set[tuple[int, str]] = set()
    with engines.serve(data, settings=ROOMY) as served:
        asked = await questions(served.said, 4)
        await opened(served.said)
        cookies = people(data, SUPPORTERS)
        acknowledged |= await support_until_killed(served, cookies, asked, after=15)
        record = served.record
    for after in (40, 90)[: ROUNDS - 1]:
        with engines.serve(data, settings=ROOMY) as served:
            acknowledged |= await support_until_killed(served, cookies, asked, after)
    store = await open_store(f"sqlite:///{data / 'council.sqlite3'}")
    try:
        await store.records.verify(record)
        supports = [
            (line.by, line.data)
            async for line in store.records.read(record)
            if line.type == "question.upvoted"
        ]
    finally:
        await store.close()
    assert len(supports) == len(set(supports)), "a support was written twice"
    assert len(supports) >= len(acknowledged) > 15, (len(supports), len(acknowledged))
