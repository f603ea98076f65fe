"""Many ballots at once: `python3 -m tests.crowd.ballots race|burst|closings`. Prints figures, and fails on a wrong count.

race: 64 casts for each of 500 heads, half by each of two processes on one PostgreSQL (with `sqlite`: on one SQLite
file, where SQLite lets them in one after the other). burst: 2,000 ballots within 5 s on SQLite FULL. closings: 1,000
closings with ballots racing them while the clock steps.
"""

from __future__ import annotations

import asyncio
import json
import multiprocessing
import sys
import tempfile
import time
from pathlib import Path
from random import Random
from typing import Any

from meetings import Room, Who
from meetings.docket import Urn
from server.live.bus import LocalBus
from server.live.desk import Desks
from server.store import open_store
from tests.engines import fresh_database, postgres_server
from tests.meetings.cast import uid
from tests.meetings.docket.assembly import KEY, MOTION, OPENS, RECORD, Assembly, line
from tests.meetings.docket.test_votes_hold import (
    test_ballots_racing_the_close_count_exactly_if_they_came_in_the_window as one_closing,
)

HEADS, TURNS = 500, 64
BURST, BURST_SECONDS = 2_000, 5.0
CLOSINGS = 1_000
CHOICES = ("agree", "against", "abstain")


def units(count: int) -> list[Any]:
    return [line(f"u{place}", 8_000 + place) for place in range(count)]


async def prepared(url: str, count: int) -> None:
    """A vote of so many heads, open, in this database."""
    held = Assembly(units(count)).open()
    store = await open_store(url)
    await store.records.create(RECORD, "c1", held.entries[0].at)
    async with store.records.turn(RECORD) as turn:
        await turn.append(held.entries)
    await store.close()


def ballot(place: int, number: int, lot: Random) -> tuple[dict[str, Any], Who]:
    """A ballot for a head, and its owner."""
    told = {"type": "ballot.cast", "id": uid(number), "motion": MOTION, "unit": f"u{place}"}
    who = Who(
        f"p-业主u{place}",
        0,
        frozenset({"owner"}),
        {"real": f"业主u{place}"},
        homes=frozenset({f"place-u{place}"}),
    )
    return told | {"choice": lot.choice(CHOICES), "nonce": f"{lot.getrandbits(128):032x}"}, who


def cast_by(url: str, part: int, parts: int, answers: str) -> None:
    """One process: its share of the casts, all at once; writes which were acknowledged."""

    async def run() -> None:
        store = await open_store(url)
        desks = Desks(store, LocalBus(), lambda: OPENS + 1)
        desks.seal_with(KEY)
        # As a room that somebody follows: it is read before the crowd casts.
        await desks.room(RECORD)
        lot = Random(part)
        orders = [
            ballot(place, 0x100000 + turn * HEADS + place, lot)
            for turn in range(part, TURNS, parts)
            for place in lot.sample(range(HEADS), HEADS)
        ]
        said = []
        for start in range(0, len(orders), 4_000):
            chunk = orders[start : start + 4_000]
            given = [desks.give(RECORD, told, who) for told, who in chunk]
            said += zip(chunk, await asyncio.gather(*given), strict=True)
        told = [(order["id"], order["unit"], answer) for (order, _), answer in said]
        Path(answers).write_text(json.dumps(told))
        await store.close()

    asyncio.run(run())


async def room_of(url: str) -> Room:
    store = await open_store(url)
    desks = Desks(store, LocalBus(), lambda: OPENS + 1)
    desks.seal_with(KEY)
    assert await store.records.verify(RECORD) > 0
    room = await desks.room(RECORD)
    await store.close()
    return room


async def race(url: str, folder: Path) -> None:
    """64 casts for each head by two processes at once: one ballot a head, and every acknowledgement true."""
    await prepared(url, HEADS)
    context, begun = multiprocessing.get_context("spawn"), time.monotonic()
    files = [folder / f"{part}.json" for part in range(2)]
    workers = [
        context.Process(target=cast_by, args=(url, part, 2, str(file))) for part, file in enumerate(files)
    ]
    for worker in workers:
        worker.start()
    await asyncio.to_thread(lambda: [worker.join() for worker in workers])
    seconds = time.monotonic() - begun
    said = [one for file in files for one in json.loads(file.read_text())]
    taken = {own_id: unit for own_id, unit, answer in said if answer["ok"]}
    others = {answer.get("why", answer["code"]) for _, _, answer in said if not answer["ok"]}
    urn = (await room_of(url)).need(Urn, MOTION)
    lost = taken.keys() - urn.held.keys()
    double = len(urn.held) - len(urn.standing)
    print(f"{len(said)} casts for {HEADS} heads by 2 processes in {seconds:.1f} s: {len(urn.held)} ballots,")
    print(
        f"{double} double, {len(lost)} lost, {len(urn.held.keys() - taken.keys())} unacknowledged, refused: {others}"
    )
    assert (len(urn.standing), double, len(lost)) == (HEADS, 0, 0)
    assert urn.held.keys() == taken.keys()
    assert others == {"duplicate"}


async def burst(url: str) -> None:
    """2,000 ballots evenly within 5 s: how long each waits for its acknowledgement."""
    await prepared(url, BURST)
    store = await open_store(url)
    desks = Desks(store, LocalBus(), lambda: OPENS + 1)
    desks.seal_with(KEY)
    await desks.room(RECORD)
    lot, waits, begun = Random(1), list[float](), time.monotonic()

    async def one(place: int) -> None:
        due = begun + place * BURST_SECONDS / BURST
        await asyncio.sleep(max(0.0, due - time.monotonic()))
        told, who = ballot(place, 0x100000 + place, lot)
        answer = await desks.give(RECORD, told, who)
        assert answer["ok"], answer
        waits.append(time.monotonic() - due)

    await asyncio.gather(*(one(place) for place in range(BURST)))
    waits.sort()
    print(
        f"{BURST} ballots in {BURST_SECONDS:g} s, SQLite FULL: all acknowledged after {time.monotonic() - begun:.2f} s;"
    )
    print(
        f"wait p50 {waits[BURST // 2] * 1000:.0f} ms, p99 {waits[BURST * 99 // 100] * 1000:.0f} ms, longest {waits[-1] * 1000:.0f} ms"
    )
    await store.close()


def closings() -> None:
    """1,000 closings: what came in the window counts, nothing else does."""
    begun = time.monotonic()
    for seed in range(CLOSINGS):
        one_closing(10_000 + seed)
    print(f"{CLOSINGS} closings in {time.monotonic() - begun:.1f} s: 0 counted late, 0 valid refused")


async def main(which: str, engine: str) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        file = f"sqlite:///{folder}/council.db"
        if which == "race" and engine != "sqlite":
            with postgres_server() as server:
                async with fresh_database(server) as url:
                    await race(url, folder)
        elif which == "race":
            await race(file, folder)
        elif which == "burst":
            await burst(file)
        else:
            closings()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else "postgres"))
