"""Ballots through real servers: `python3 -m tests.crowd.polling_day [sqlite] [--heads 500] [--turns 64]`.

Every owner of 500 heads casts 64 times at once, over HTTP, at two `serve` processes on one PostgreSQL (with `sqlite`: at
one on SQLite). Prints figures; fails where a head has two ballots, an acknowledged one is lost, or one was refused that
is in the box.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import secrets
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

import aiohttp
import msgspec

from meetings.docket import Urn
from meetings.docket.rules import DEFAULT, earliest_opening
from server.accounts import Accounts
from server.accounts.ids import digest, fresh_id, fresh_session
from server.config import load
from server.dockets import lines_of
from server.live.bus import LocalBus
from server.live.desk import Desks, now_ms
from server.store import Store, open_store
from tests import engines
from tests.crowd.ways import uuid7
from tests.meetings.cast import DAY
from tests.meetings.docket.assembly import MOTION, Assembly

HEADER = (
    "unit_no,building,stair,floor,room,use,area_m2,area_basis,delivery_status,household_id,owners,"
    "co_owner_count,representative,owner_type,contact_phone,occupancy,grid,remark"
)
ROOMY = {
    f"SUN_LIMIT_{name}": "1000000/1" for name in ("REQUESTS", "REQUESTS_PER_ADDRESS", "COMMANDS", "BALLOTS")
}
AT_ONCE = 500
"""Requests under way at one time."""
CHOICES = ("agree", "against", "abstain")


class Town(NamedTuple):
    """What the crowd needs: the docket's record, and one cookie a unit."""

    record: str
    cookies: dict[str, str]


async def founded(url: str, heads: int) -> Town:
    """A community of so many owners with a vote open now, in this database."""
    store = await open_store(url)
    accounts = Accounts(store, load({"database_url": url}, {}))
    await accounts.start()
    at = now_ms()
    community = await accounts.create_community("投票日", own_id=fresh_id())
    estate = await accounts.create_estate(community, "五百户", own_id=fresh_id(), at=at)
    rows = [
        f"{place // 10 + 1}-1-{place:04},{place // 10 + 1},1,1,{place:04},住宅,{80 + place % 40}.{place % 100:02},"
        f"登记,已交付,H{place},业主{place},1,业主{place},自然人,,自住,,"
        for place in range(heads)
    ]
    report = await accounts.import_roster(estate, "\n".join([HEADER, *rows]).encode(), "roster.csv", at)
    assert report.ok, report.problems[:3]
    units = await accounts.estates.units_of(estate)
    record = f"docket:{community}"
    await _opened(store, record, community, lines_of(units), at)
    cookies = await _owners(accounts, community, units, at)
    await accounts.stop()
    await store.close()
    return Town(record, cookies)


async def _opened(store: Store, record: str, community: str, lines: list[Any], at: int) -> None:
    held = Assembly(lines, at=at - 25 * DAY)
    held.checked().published().frozen()
    opens = earliest_opening(DEFAULT, held.now)
    held.give("p-chair", "motion.notice", **held.notice(opens_at=opens, closes_at=at + 5 * DAY))
    held.at(opens)
    await store.records.create(record, community, held.entries[0].at)
    async with store.records.turn(record) as turn:
        await turn.append(held.entries)


async def _owners(accounts: Accounts, community: str, units: list[dict[str, Any]], at: int) -> dict[str, str]:
    await accounts._load_keys()
    people, homes, ins, cookies = [], [], [], {}
    name = accounts.cookie_name(accounts.settings.secure)
    for unit in units:
        person, secret, owner = fresh_id(), fresh_session(), unit["owners"][0]["name"]
        known = {"id": person, "community": community, "name": owner, "call": owner, "way": "building"}
        people.append(known | {"part": None, "sample": True, "created_at": at})
        proof = {"proved_how": "office", "proved_by": "system", "proved_at": at}
        homes.append({"account": person, "unit": unit["id"], "role": "owner", "said_at": at} | proof)
        inside = {"id": fresh_id(), "digest": digest(secret), "account": person, "link": None}
        ins.append(inside | {"created_at": at, "seen_at": at, "agent": ""})
        cookies[unit["number"]] = f"{name}={accounts._signed(secret)}"
    await accounts.people.add_crowd(people, homes, ins)
    return cookies


class Cast(NamedTuple):
    """One answer: the ballot's id, its unit, what was said, and how long it took (s)."""

    own_id: str
    unit: str
    answer: dict[str, Any]
    waited: float


async def day(town: Town, addresses: list[str], turns: int) -> list[Cast]:
    """Every owner casts so many times, another ballot each time, in any order, at any of the servers."""
    lot = Random(1)
    wanted = [unit for unit in town.cookies for _ in range(turns)]
    lot.shuffle(wanted)
    gate, said = asyncio.Semaphore(AT_ONCE), list[Cast]()
    connector = aiohttp.TCPConnector(limit=0)

    async with aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar()) as http:

        async def one(unit: str) -> None:
            async with gate:
                own_id, base, begun = uuid7(), lot.choice(addresses), time.monotonic()
                told = {"type": "ballot.cast", "id": own_id, "motion": MOTION, "unit": unit}
                told |= {"choice": lot.choice(CHOICES), "nonce": secrets.token_hex(16)}
                head = {"Cookie": town.cookies[unit], "Origin": base}
                path = f"{base}/api/records/{town.record}/commands"
                async with http.post(path, json=told, headers=head) as answer:
                    body = msgspec.json.decode(await answer.read())
                said.append(Cast(own_id, unit, body, time.monotonic() - begun))

        await asyncio.gather(*(one(unit) for unit in wanted))
    return said


async def recount(url: str, town: Town, said: list[Cast], seconds: float, servers: int) -> None:
    """Compare what was said with what stands in the record."""
    store = await open_store(url)
    desks = Desks(store, LocalBus())
    lines = await store.records.verify(town.record)
    urn = (await desks.room(town.record)).need(Urn, MOTION)
    await store.close()
    taken = {one.own_id for one in said if one.answer.get("ok") is True}
    refused = Counter(
        one.answer.get("why", one.answer.get("code")) for one in said if not one.answer.get("ok")
    )
    lost, double = taken - urn.held.keys(), len(urn.held) - len(urn.standing)
    waits = sorted(one.waited for one in said)
    print(
        f"{len(said):,} casts for {len(town.cookies)} heads at {servers} serve process(es) in {seconds:.1f} s "
        f"({len(said) / seconds:,.0f}/s): {len(urn.held)} ballots, {double} double, {len(lost)} lost, "
        f"{len(urn.held.keys() - taken)} unacknowledged, refused {dict(refused)}"
    )
    print(
        f"answer p50 {waits[len(waits) // 2] * 1000:.0f} ms, p99 {waits[len(waits) * 99 // 100] * 1000:.0f} ms, "
        f"longest {waits[-1] * 1000:.0f} ms; record of {lines} lines, chain whole"
    )
    assert (len(urn.standing), double, len(lost)) == (len(town.cookies), 0, 0)
    assert urn.held.keys() == taken
    assert set(refused) == {"duplicate"}


@contextlib.contextmanager
def served(folder: Path, url: str, count: int) -> Iterator[list[str]]:
    """So many servers on one database, each a process of its own with a folder of its own."""
    with contextlib.ExitStack() as stack:
        yield [
            stack.enter_context(
                engines.serve(folder / str(number), settings=ROOMY | {"SUN_DATABASE_URL": url}, patience=120)
            ).url
            for number in range(count)
        ]


async def held(folder: Path, url: str, servers: int, heads: int, turns: int) -> None:
    town = await founded(url, heads)
    with served(folder, url, servers) as addresses:
        begun = time.monotonic()
        said = await day(town, addresses, turns)
        seconds = time.monotonic() - begun
    await recount(url, town, said, seconds, servers)


async def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    asked.add_argument("engine", nargs="?", default="postgres", choices=["postgres", "sqlite"])
    asked.add_argument("--heads", type=int, default=500)
    asked.add_argument("--turns", type=int, default=64)
    given = asked.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if given.engine == "sqlite":
            await held(folder, f"sqlite:///{folder}/council.db", 1, given.heads, given.turns)
            return
        with engines.postgres_server() as server:
            async with engines.fresh_database(server) as url:
                await held(folder, url, 2, given.heads, given.turns)


if __name__ == "__main__":
    asyncio.run(main())
