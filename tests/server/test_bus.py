"""The contract of the bus, in one process and over a real Redis; and life without it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from meetings.questions import Score
from server.live.bus import RedisBus
from server.live.desk import Desks
from tests import engines
from tests.server.conftest import RECORD, resident
from tests.server.test_desk import QUESTION, ask, upvote

if TYPE_CHECKING:
    from server.store import Store


class Ear:
    """Keeps what a bus says."""

    def __init__(self) -> None:
        self.bells: list[tuple[str, int]] = []
        self.air: list[bytes] = []
        self.heard_one = asyncio.Event()

    async def heard(self, record: str, seq: int) -> None:
        self.bells.append((record, seq))
        self.heard_one.set()

    def breathed(self, air: bytes) -> None:
        self.air.append(air)
        self.heard_one.set()


async def until_heard(ear: Ear) -> None:
    async with asyncio.timeout(10):
        await ear.heard_one.wait()
    ear.heard_one.clear()


async def test_a_bell_rung_here_is_heard_there(redis_url: str) -> None:
    here, there, ear = RedisBus(redis_url), RedisBus(redis_url), Ear()
    await here.start(Ear().heard, Ear().breathed)
    await there.start(ear.heard, ear.breathed)
    here.ring(RECORD, 3)
    here.ring(RECORD, 4)
    await until_heard(ear)
    assert ear.bells[-1] == (RECORD, 4)
    here.breathe(b"air")
    await until_heard(ear)
    assert ear.air == [b"air"]
    await here.stop()
    await there.stop()


async def test_a_bell_lets_the_other_process_catch_up_at_once(
    store: Store, desks: Desks, redis_url: str
) -> None:
    await ask(desks)
    bus, other_bus = RedisBus(redis_url), RedisBus(redis_url)
    one, other = Desks(store, bus), Desks(store, other_bus)
    caught_up = asyncio.Event()
    other.on_change(lambda _change: caught_up.set())
    await other.room(RECORD)
    await bus.start(one.heard, Ear().breathed)
    await other_bus.start(other.heard, Ear().breathed)
    await one.give(RECORD, upvote(), resident("马志成"))
    async with asyncio.timeout(10):
        await caught_up.wait()
    assert (await other.room(RECORD)).need(Score, QUESTION).voters == {"马志成"}
    await bus.stop()
    await other_bus.stop()


async def test_without_redis_nothing_is_lost_and_news_is_found_by_looking(store: Store, desks: Desks) -> None:
    with engines.redis_server() as url:
        bus = RedisBus(url)
        await bus.start(Ear().heard, Ear().breathed)
    one, other = Desks(store, bus), Desks(store, RedisBus(url))
    await ask(desks)
    caught_up = asyncio.Event()
    other.on_change(lambda _change: caught_up.set())
    await other.room(RECORD)
    await other.start()
    assert (await one.give(RECORD, upvote(), resident("马志成")))["ok"]
    async with asyncio.timeout(10):
        await caught_up.wait()
    assert (await other.room(RECORD)).need(Score, QUESTION).voters == {"马志成"}
    await other.stop()
    await bus.stop()
