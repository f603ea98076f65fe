"""The contract of the store: one suite for SQLite and PostgreSQL."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text, update

from meetings import Entry, Refused, words
from meetings.questions import Upvoted
from server.store import Store, open_store
from server.store.tables import facts

if TYPE_CHECKING:
    from pathlib import Path

RECORD = "meeting:m1"


def upvotes(first: int, count: int, by: str = "tian") -> list[Entry]:
    return [Entry(seq, 1_000 + seq, by, Upvoted(f"q{seq}", on=True)) for seq in range(first, first + count)]


async def append(store: Store, count: int, by: str = "tian") -> None:
    async with store.records.turn(RECORD) as turn:
        await turn.append(upvotes(turn.head + 1, count, by))


async def numbers(store: Store, record: str = RECORD) -> list[int]:
    return [line.seq async for line in store.records.read(record)]


async def test_what_was_appended_is_read_back_in_order(store: Store) -> None:
    await store.records.create(RECORD, "c1", 1)
    await append(store, 3)
    lines = [line async for line in store.records.read(RECORD, since=1)]
    assert [line.seq for line in lines] == [2, 3]
    assert lines[0].entry(words) == Entry(2, 1_002, "tian", Upvoted("q2", on=True))


async def test_a_turn_that_fails_leaves_nothing_and_no_gap(store: Store) -> None:
    await store.records.create(RECORD, "c1", 1)
    await append(store, 2)
    with pytest.raises(RuntimeError, match="power"):
        async with store.records.turn(RECORD) as turn:
            await turn.append(upvotes(3, 5))
            raise RuntimeError("power")
    await append(store, 1)
    assert await numbers(store) == [1, 2, 3]


async def test_two_writers_leave_no_gap_and_no_double(store: Store) -> None:
    await store.records.create(RECORD, "c1", 1)
    await asyncio.gather(*(append(store, 3, f"p{place}") for place in range(20)))
    assert await numbers(store) == list(range(1, 61))


async def test_writers_with_engines_of_their_own_leave_no_gap(database_url: str, store: Store) -> None:
    await store.records.create(RECORD, "c1", 1)
    other = await open_store(database_url)
    try:
        await asyncio.gather(*(append(which, 2) for which in (store, other) for _ in range(10)))
    finally:
        await other.close()
    assert await numbers(store) == list(range(1, 41))


async def test_records_do_not_see_each_other(store: Store) -> None:
    await store.records.create(RECORD, "c1", 1)
    await store.records.create("meeting:other", "c2", 1)
    await append(store, 2)
    assert await numbers(store, "meeting:other") == []
    assert await store.records.heads([RECORD, "meeting:other"]) == {RECORD: 2, "meeting:other": 0}


async def test_a_record_is_made_once_and_belongs_to_one_community(store: Store) -> None:
    await store.records.create(RECORD, "c1", 1)
    await store.records.create(RECORD, "c1", 2)
    with pytest.raises(Exception, match="(?i)unique|duplicate"):
        await store.records.create(RECORD, "c2", 3)
    assert await store.records.community_of(RECORD) == "c1"


async def test_a_record_that_is_not_there_is_refused(store: Store) -> None:
    with pytest.raises(Refused, match="not_found"):
        async with store.records.turn("meeting:none"):
            pass


async def test_the_chain_verifies(store: Store) -> None:
    await store.records.create(RECORD, "c1", 1)
    await append(store, 4)
    await append(store, 4)
    assert await store.records.verify(RECORD) == 8


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE facts SET data = x'7b7d' WHERE seq = 3",
        "UPDATE facts SET \"by\" = 'somebody' WHERE seq = 3",
        "UPDATE facts SET at = at + 1 WHERE seq = 3",
        "DELETE FROM facts WHERE seq = 3",
        "DELETE FROM facts WHERE seq = 5",
    ],
)
async def test_a_changed_line_is_noticed(store: Store, damage: str) -> None:
    await store.records.create(RECORD, "c1", 1)
    await append(store, 5)
    async with store.engine.begin() as connection:
        if store.engine.dialect.name == "postgresql":
            damage = damage.replace("x'7b7d'", "decode('7b7d', 'hex')")
        await connection.execute(text(damage))
    with pytest.raises(ValueError, match=r"line [35]|lines after 4"):
        await store.records.verify(RECORD)


async def test_an_erased_line_keeps_the_chain_whole_and_says_nothing(store: Store) -> None:
    await store.records.create(RECORD, "c1", 1)
    await append(store, 3)
    async with store.engine.begin() as connection:
        await connection.execute(update(facts).where(facts.c.seq == 2).values(data=b"", salt=b""))
    assert await store.records.verify(RECORD) == 3
    lines = [line.entry(words) async for line in store.records.read(RECORD)]
    assert type(lines[1].fact).__name__ == "Erased"


async def test_every_connection_of_sqlite_writes_through(tmp_path: Path) -> None:
    store = await open_store(f"sqlite:///{tmp_path / 'council.db'}")
    try:
        for _ in range(3):
            async with store.engine.connect() as one, store.engine.connect() as two:
                for connection in (one, two):
                    assert (await connection.execute(text("PRAGMA journal_mode"))).scalar_one() == "wal"
                    assert (await connection.execute(text("PRAGMA synchronous"))).scalar_one() == 2
    finally:
        await store.close()


async def test_applause_counts_the_highest_total_of_each_key(store: Store) -> None:
    await store.audience.keep(RECORD, {"a": 5, "b": 2}, {"v1": 1})
    await store.audience.keep(RECORD, {"a": 3, "c": 1}, {"v1": 9, "v2": 9})
    assert await store.audience.keep(RECORD, {"b": 4}, {}) == (10, 2)
    assert await store.audience.totals(RECORD) == {"a": 5, "b": 4, "c": 1}


async def test_only_a_sample_can_be_removed(store: Store) -> None:
    from server.store import note

    await store.records.create(RECORD, "c1", 1)
    card = {"phase": "draft", "starts_at": None, "sample": False}
    async with store.records.turn(RECORD) as turn:
        await turn.append(upvotes(1, 1))
        await note(turn.connection, RECORD, "c1", card)
    with pytest.raises(ValueError, match="no sample"):
        await store.register.remove(RECORD)
    async with store.records.turn(RECORD) as turn:
        await turn.append(upvotes(2, 1))
        await note(turn.connection, RECORD, "c1", card | {"sample": True})
    await store.register.remove(RECORD)
    assert await store.records.community_of(RECORD) is None
