"""Supports: one alone, and twenty thousand at once by two thousand people.

`python -m tests.crowd.burst [--people 2000] [--each 10]`

Every support goes over its own socket through the real door and desk to the disk (SQLite FULL, or the database
named). Counted: acknowledgements, votes shown, lines in the record; its chain is verified at the end.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

import uvloop

from server.store import open_store
from tests.crowd.feed import people, pin, product
from tests.crowd.machine import cpu_seconds
from tests.crowd.ways import enter, opened, uuid7
from tests.crowd.wire import Line

ALONE = 200


async def questions(served: dict[str, Any], count: int) -> list[str]:
    """So many questions in the queue, handed in on paper by the moderator."""
    moderator = Line(served["url"], await enter(served["links"]["moderator"]))
    await moderator.open()
    await moderator.join(served["record"])
    made = []
    for number in range(count):
        body = {"record": served["record"], "type": "question.ask", "id": uuid7(), "kind": "ask"}
        asked = body | {"text": f"第{number}个问题，要多少户同意？", "channel": "paper", "for_name": "马奶奶"}
        for wish in (asked, {"record": served["record"], "type": "question.approve", "id": body["id"]}):
            answer = await moderator.call("do", wish)
            assert answer["ok"], answer
        made.append(str(body["id"]))
    moderator.close()
    return made


def upvote(served: dict[str, Any], own_id: str, *, on: bool = True) -> dict[str, Any]:
    return {"record": served["record"], "type": "question.upvote", "id": own_id, "on": on}


async def until_acknowledged(line: Line, body: dict[str, Any]) -> int:
    """Send until it is acknowledged; returns how often it had to be sent."""
    for tries in range(1, 20):
        answer = await line.call("do", body, wait=60)
        if isinstance(answer, dict) and answer.get("ok") is True:
            return tries
        assert answer is None or answer["code"] in {"busy", "unavailable"}, answer
    raise AssertionError("never acknowledged")


async def gathered(cookies: list[str], served: dict[str, Any]) -> list[Line]:
    gate = asyncio.Semaphore(100)

    async def one(cookie: str) -> Line:
        async with gate:
            line = Line(served["url"], cookie)
            await line.open()
            await line.join(served["record"])
            return line

    return await asyncio.gather(*(one(cookie) for cookie in cookies))


async def run(options: argparse.Namespace, data: Path, served: dict[str, Any]) -> None:
    asked = await questions(served, options.each + 1)
    await opened(served)
    lines = await gathered(people(data, options.people), served)
    alone = []
    for number in range(ALONE):
        begun = time.perf_counter()
        await until_acknowledged(lines[0], upvote(served, asked[0], on=number % 2 == 0))
        alone.append((time.perf_counter() - begun) * 1000)
        await asyncio.sleep(0.01)
    alone.sort()
    print(
        f"one support alone, {ALONE} times: median {statistics.median(alone):.1f} ms, "
        f"p95 {alone[int(ALONE * 0.95)]:.1f} ms, worst {alone[-1]:.1f} ms"
    )
    await asyncio.sleep(2)
    cpu, begun = cpu_seconds(served["pid"]), time.perf_counter()
    volleys = [line.volley("do", [upvote(served, own_id) for own_id in asked[1:]]) for line in lines]
    came = [at for volley in await asyncio.gather(*volleys) for at in volley]
    took = max(came) - begun
    cpu = cpu_seconds(served["pid"]) - cpu
    waits = sorted(at - begun for at in came)
    total = len(came)
    print(
        f"{total} supports by {len(lines)} people: {took:.2f} s, {total / took:,.0f} a second, "
        f"server {cpu:.2f} CPU-seconds, answer p50 {waits[len(waits) // 2]:.2f} s, p99 {waits[int(len(waits) * 0.99)]:.2f} s"
    )
    state = await lines[0].join(served["record"])
    shown = [state["set"][f"score:{own_id}"]["votes"] for own_id in asked]
    assert shown == [0] + [len(lines)] * (len(asked) - 1), shown
    for line in lines:
        line.close()


async def recount(url: str, data: Path, record: str, expected: int) -> None:
    """Count the lines of the record itself, after the server has gone."""
    store = await open_store(url, data=data)
    seq = await store.records.verify(record)
    found = [line async for line in store.records.read(record) if line.type == "question.upvoted"]
    await store.close()
    print(f"record of {seq} lines, chain whole, {len(found)} supports in it")
    assert len(found) == expected, (len(found), expected)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--people", type=int, default=2_000)
    options.add_argument("--each", type=int, default=10)
    chosen = options.parse_args()
    pin(0, 1)
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        with product(data) as served, asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(run(chosen, data, served))
        # The lone supports, the last of them taken back again, and one line for each of the crowd.
        asyncio.run(
            recount(
                f"sqlite:///{data / 'council.sqlite3'}",
                data,
                served["record"],
                ALONE + chosen.people * chosen.each,
            )
        )


if __name__ == "__main__":
    main()
