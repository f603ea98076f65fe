"""How much the real feed delivers for a CPU-second, beside stock python-socketio in the same run.

`python -m tests.crowd.feed [--clients 5000] [--seconds 12] [--passes 3]`

The server under test is the whole product: sample meeting, sessions, record on disk; patches come from real
supports given by real residents. Gaps and dead sockets are counted; servers run on core 0, clients on core 1.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import uvloop

from tests.crowd.machine import busy_seconds, cpu_seconds, rss_mb
from tests.crowd.wire import Line

ROOMY = {
    "SUN_SAMPLE_RECORDING": "0",
    "SUN_LIMIT_HANDSHAKES": "100000/1",
    "SUN_LIMIT_SOCKETS_PER_ADDRESS": "100000",
    "SUN_LIMIT_REQUESTS_PER_ADDRESS": "1000000/1",
    "SUN_LIMIT_SUPPORTS": "1000000/1",
    "SUN_LIMIT_COMMANDS": "1000000/1",
    "SUN_LIMIT_QUESTIONS": "1000000/1",
    "SUN_LIMIT_COMMENTS": "1000000/1",
    "SUN_LIMIT_POLLS": "1000000/1",
}
"""Limits of one address and one person, raised for a crowd that lives behind one address; and
no recording made beside the measurement."""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def pin(pid: int, core: int | None) -> None:
    """Keep a process (0: this one) on one core, where the machine has it."""
    if core is not None and core in os.sched_getaffinity(0):
        os.sched_setaffinity(pid, {core})


@contextmanager
def product(data: Path, core: int | None = 0) -> Iterator[dict[str, Any]]:
    """The product serving its sample; yields the line of --json with the process id as `pid`."""
    words = [sys.executable, "-m", "server", "serve", "--port", "0", "--data", str(data), "--json"]
    process = subprocess.Popen(
        words,
        stdout=subprocess.PIPE,
        stderr=(data.parent / f"{data.name}.log").open("w"),
        env={**os.environ, **ROOMY},
        text=True,
    )
    pin(process.pid, core)
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line, (data.parent / f"{data.name}.log").read_text()[-2000:]
        yield json.loads(line) | {"pid": process.pid}
    finally:
        process.terminate()
        process.wait(30)


@contextmanager
def stock(rate: float, size: int) -> Iterator[dict[str, Any]]:
    """Stock python-socketio sending `rate` events a second."""
    port = free_port()
    words = [sys.executable, "-m", "tests.crowd.stock", str(port), str(rate), str(size)]
    process = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    pin(process.pid, 0)
    try:
        assert process.stdout is not None
        process.stdout.readline()
        yield {"url": f"http://127.0.0.1:{port}", "record": "r", "pid": process.pid}
    finally:
        process.kill()
        process.wait()


def people(data: Path, count: int) -> list[str]:
    """Cookies of fresh proved residents of the sample."""
    words = [sys.executable, "-m", "server", "people", "--sample", str(count), "--data", str(data)]
    printed = subprocess.run(words, check=True, capture_output=True, text=True).stdout
    return [json.loads(line)["cookie"] for line in printed.splitlines() if line.startswith("{")]


async def crowd(url: str, record: str, count: int) -> list[Line]:
    """So many sockets that follow a record, a few hundred handshakes at a time."""
    lines: list[Line] = []
    gate = asyncio.Semaphore(200)

    async def one() -> None:
        async with gate:
            line = Line(url)
            await line.open()
            answer = await line.join(record)
            assert answer.get("ok"), answer
            lines.append(line)

    await asyncio.gather(*(one() for _ in range(count)))
    return lines


async def measure(served: dict[str, Any], count: int, seconds: float) -> dict[str, float]:
    """Deliveries and what they cost the server in a window of so many seconds."""
    lines = await crowd(served["url"], served["record"], count)
    await asyncio.sleep(3)
    before = sum(line.patches for line in lines), sum(line.bytes for line in lines)
    cpu, busy, begun, own = cpu_seconds(served["pid"]), busy_seconds(), time.monotonic(), time.process_time()
    await asyncio.sleep(seconds)
    took = time.monotonic() - begun
    cpu, own = cpu_seconds(served["pid"]) - cpu, time.process_time() - own
    strangers = (busy_seconds() - busy - cpu - own) / took
    delivered = sum(line.patches for line in lines) - before[0]
    size = (sum(line.bytes for line in lines) - before[1]) / max(1, delivered)
    result = {
        "per_cpu_second": delivered / max(cpu, 0.01),
        "per_second": delivered / took,
        "bytes": size,
        "core": cpu / took,
        "strangers": strangers,
        "gaps": float(sum(line.gaps for line in lines)),
        "dead": float(sum(line.closed for line in lines)),
        "rss_mb": rss_mb(served["pid"]),
    }
    for line in lines:
        line.close()
    await asyncio.sleep(0.5)
    return result


async def support(served: dict[str, Any], cookies: list[str], stop: asyncio.Event) -> None:
    """Residents who support two questions in turn, so that every breath has something to say: about 300 bytes."""
    record = served["record"]
    supporters = []
    for cookie in cookies:
        line = Line(served["url"], cookie)
        await line.open()
        await line.join(record)
        supporters.append(line)
    first = supporters[0]
    state = await first.join(record)
    shown = [name for name in state["set"] if name.startswith("score:")][:2]
    on = True
    while not stop.is_set():
        for line in supporters[1:]:
            bodies = [
                {"record": record, "type": "question.upvote", "id": name.partition(":")[2], "on": on}
                for name in shown
            ]
            await asyncio.gather(*(line.call("do", body) for body in bodies))
            await asyncio.sleep(0.2)
        on = not on
    for line in supporters:
        line.close()


async def ask_and_approve(served: dict[str, Any], cookies: list[str]) -> None:
    """Four questions in the queue, let in by the moderator of the sample."""
    from tests.crowd.ways import enter, opened, uuid7

    record = served["record"]
    moderator = Line(served["url"], await enter(served["links"]["moderator"]))
    await moderator.open()
    await moderator.join(record)
    await opened(served)
    for number, cookie in enumerate(cookies[:4]):
        line = Line(served["url"], cookie)
        await line.open()
        own_id = uuid7()
        body = {
            "record": record,
            "type": "question.ask",
            "id": own_id,
            "kind": "ask",
            "text": f"第{number}问，几点开始？",
        }
        for answer in (
            await line.call("do", body),
            await moderator.call("do", {"record": record, "type": "question.approve", "id": own_id}),
        ):
            assert answer["ok"], answer
        line.close()
    moderator.close()


async def run(options: argparse.Namespace) -> None:
    found: dict[str, list[dict[str, float]]] = {"ours": [], "stock": []}
    for number in range(options.passes):
        with tempfile.TemporaryDirectory() as folder, product(Path(folder) / "data") as served:
            cookies = people(Path(folder) / "data", 12)
            await ask_and_approve(served, cookies)
            stop = asyncio.Event()
            supporting = asyncio.create_task(support(served, cookies[4:], stop))
            found["ours"].append(await measure(served, options.clients, options.seconds))
            stop.set()
            await supporting
        size = int(found["ours"][-1]["bytes"])
        with stock(options.rate, size) as served:
            found["stock"].append(await measure(served, options.clients, options.seconds))
        for name in found:
            print(
                f"pass {number + 1} {name:<6}",
                {key: round(value, 2) for key, value in found[name][-1].items()},
            )
    middle = {
        name: statistics.median(result["per_cpu_second"] for result in results)
        for name, results in found.items()
    }
    ratios = [
        ours["per_cpu_second"] / peer["per_cpu_second"]
        for ours, peer in zip(found["ours"], found["stock"], strict=True)
    ]
    print(
        f"{options.clients} sockets: ours {middle['ours']:,.0f}, stock {middle['stock']:,.0f} deliveries a "
        f"CPU-second; ratio median {statistics.median(ratios):.1f} (from {min(ratios):.1f} to {max(ratios):.1f})"
    )


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--clients", type=int, default=5_000)
    options.add_argument("--seconds", type=float, default=12.0)
    options.add_argument("--passes", type=int, default=3)
    options.add_argument("--rate", type=float, default=2.0, help="events a second of the peer")
    chosen = options.parse_args()
    pin(0, 1)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(run(chosen))


if __name__ == "__main__":
    main()
