"""One evening: 1,600 residents, 7,300 claps, 40 questions of which 10 are merged, 500 comments; then the archive.

`python -m tests.crowd.evening [--people 1600] [--seconds 60]`

Residents arrive within so many seconds, each with a socket and a session of its own. At the end the host ends the
meeting, the secretary publishes it, and the archive's figures are compared with what was sent and acknowledged.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

import aiohttp
import uvloop

from tests.crowd.burst import until_acknowledged
from tests.crowd.feed import people, pin, product
from tests.crowd.machine import cpu_seconds, rss_mb
from tests.crowd.ways import enter, opened, uuid7
from tests.crowd.wire import Line

CLAPS, QUESTIONS, DUPLICATES, COMMENTS = 7_300, 40, 10, 500
THEMES = (
    "换物业要多少户同意", "合同到期还能收费吗", "停水停电怎么办", "车库地面谁来铺", "维修资金怎么用", "电梯多久修一次",
    "公共收益去哪了", "新物业怎么选", "保安换了没有", "路灯什么时候亮",
)  # fmt: skip


class Evening:
    """What was sent and acknowledged, to be held against the archive."""

    def __init__(self, served: dict[str, Any], cookies: list[str], seconds: float) -> None:
        self.served = served
        self.record = served["record"]
        self.cookies = cookies
        self.seconds = seconds
        self.lots = random.Random(278)
        self.lines: list[Line] = []
        self.asked: list[str] = []
        self.sent: Counter[str] = Counter()
        self.joins: list[float] = []

    def wish(self, word: str, **fields: Any) -> dict[str, Any]:
        return {"record": self.record, "type": word} | fields

    async def attend(self, number: int, cookie: str) -> None:
        """One resident: arrives, claps, perhaps asks, comments, supports."""
        await asyncio.sleep(self.lots.random() * self.seconds)
        begun = time.perf_counter()
        line = Line(self.served["url"], cookie)
        await line.open()
        answer = await line.join(self.record)
        assert answer["ok"], answer
        self.joins.append(time.perf_counter() - begun)
        self.lines.append(line)
        claps = CLAPS // len(self.cookies) + (number < CLAPS % len(self.cookies))
        for total in range(1, claps + 1):
            body = {"record": self.record, "applause": {"key": f"page-{number}", "total": total}}
            assert (await line.call("air", body))["ok"]
            await asyncio.sleep(self.lots.random())
        self.sent["applause"] += claps
        if number < QUESTIONS:
            await self.ask(line, number)
        if number % max(1, len(self.cookies) // COMMENTS) == 0 and self.sent["comments"] < COMMENTS:
            self.sent["comments"] += 1
            await until_acknowledged(
                line, self.wish("comment.post", id=uuid7(), text=f"第{number}位邻居：讲得明白")
            )
        for own_id in self.lots.sample(self.asked, min(2, len(self.asked))):
            said = await line.call("do", self.wish("question.upvote", id=own_id))
            assert said["ok"] or said["code"] in {"not_found", "own_question"}, said

    async def ask(self, line: Line, number: int) -> None:
        own_id = uuid7()
        theme = THEMES[number % len(THEMES)]
        text = f"{theme}，{number}号楼想知道" if number < QUESTIONS - DUPLICATES else f"请问{theme}？"
        await until_acknowledged(line, self.wish("question.ask", id=own_id, kind="ask", text=text))
        self.asked.append(own_id)
        self.sent["questions"] += 1

    async def moderate(self, line: Line) -> None:
        """The moderator lets every question in and merges the duplicates."""
        done: list[str] = []
        while len(done) < QUESTIONS:
            for own_id in [own_id for own_id in self.asked if own_id not in done]:
                await until_acknowledged(line, self.wish("question.approve", id=own_id))
                done.append(own_id)
            await asyncio.sleep(0.2)
        for own_id, into in zip(done[-DUPLICATES:], done[:DUPLICATES], strict=True):
            await until_acknowledged(line, self.wish("question.merge", id=own_id, into=into))
            self.sent["merged"] += 1

    async def staff(self, name: str) -> tuple[Line, str]:
        cookie = await enter(self.served["links"][name])
        line = Line(self.served["url"], cookie)
        await line.open()
        assert (await line.join(self.record))["ok"]
        return line, cookie


async def run(options: argparse.Namespace, data: Path, served: dict[str, Any]) -> None:
    evening = Evening(served, people(data, options.people), options.seconds)
    await opened(served)
    moderator, _ = await evening.staff("moderator")
    host, _ = await evening.staff("host")
    secretary, cookie = await evening.staff("secretary")
    begun, cpu = time.perf_counter(), cpu_seconds(served["pid"])
    await asyncio.gather(
        evening.moderate(moderator),
        *(evening.attend(number, one) for number, one in enumerate(evening.cookies)),
    )
    took = time.perf_counter() - begun
    evening.joins.sort()
    print(
        f"{len(evening.lines)} residents in {took:.0f} s; a join p50 {evening.joins[len(evening.joins) // 2] * 1000:.0f} ms, "
        f"p99 {evening.joins[int(len(evening.joins) * 0.99)] * 1000:.0f} ms; server "
        f"{(cpu_seconds(served['pid']) - cpu) / took:.2f} of a core, {rss_mb(served['pid']):.0f} MB"
    )
    print(
        "gaps", sum(line.gaps for line in evening.lines), "closed", sum(line.closed for line in evening.lines)
    )
    await asyncio.sleep(1)
    await until_acknowledged(host, evening.wish("meeting.end"))
    await asyncio.sleep(2)
    await until_acknowledged(secretary, evening.wish("meeting.publish"))
    figures = await archived(served, cookie)
    compare(figures, evening)
    for line in [*evening.lines, moderator, host, secretary]:
        line.close()


async def archived(served: dict[str, Any], cookie: str) -> dict[str, Any]:
    """The statistics of the archive's own export."""
    address = f"{served['url']}/archive/{served['record'].partition(':')[2]}/export.json"
    async with aiohttp.ClientSession(headers={"Cookie": cookie}) as session, session.get(address) as answer:
        assert answer.status == 200, answer.status
        told = await answer.json()
    return {figure["key"]: figure for figure in told["statistics"]}


def compare(figures: dict[str, Any], evening: Evening) -> None:
    """Hold the archive's figures against what was sent; any difference ends the program badly."""
    # Everybody came with a session of their own; moderator, host and secretary watched too.
    expected = {
        "viewers": len(evening.cookies) + 3,
        "applause": evening.sent["applause"],
        "questions": evening.sent["questions"],
        "comments": evening.sent["comments"],
    }
    for key, value in expected.items():
        print(f"{key:<10} sent {value:>6}  archive {figures[key]['value']:>6}")
    merged = figures["questions"]["parts"].get("merged", 0)
    print(
        f"{'merged':<10} sent {evening.sent['merged']:>6}  archive {merged:>6}; peak {figures['peak']['value']}"
    )
    found = {key: figures[key]["value"] for key in expected}
    assert found == expected, (found, expected)
    assert merged == evening.sent["merged"]


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--people", type=int, default=1_600)
    options.add_argument("--seconds", type=float, default=60.0)
    chosen = options.parse_args()
    pin(0, 1)
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        with product(data) as served, asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(run(chosen, data, served))


if __name__ == "__main__":
    main()
