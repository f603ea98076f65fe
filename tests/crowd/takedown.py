"""Take-down: what was public and was taken away is gone from every screen, address, caption, archive and download.

`python -m tests.crowd.takedown`

For each way of taking something away: said, seen by everybody, taken away, and every socket and every public address
asked until none has it; then again in the published archive, and by screens that come back from any number. What is
masked in a recording is tests/server/test_veil.py's.
"""

from __future__ import annotations

import asyncio
import json
import re
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import uvloop

from meetings import Who
from tests.crowd.leaks import ROOMY, SIGNS, name_sign, sign
from tests.crowd.ways import uuid7
from tests.crowd.wire import Line
from tests.server.hall import live_town
from tests.town import Browser, Town

if TYPE_CHECKING:
    from collections.abc import Iterator

DESK = Who("moderator", 0, frozenset({"moderator", "host", "secretary"}), {"real": "柳婷"})
LAWYER = Who("lawyer", 0, frozenset({"lawyer"}), {"real": "纳文慧"})
AGENDA = "01970000-0000-7000-8000-000000000001"
PATIENCE = 20.0
SOONEST = 2
"""Seconds a cache between may keep what was public: what it may keep longer would outlive a take-down."""
_AGE = re.compile(r"max-age=(\d+)")
Give = Callable[..., Any]


@dataclass
class Said:
    """Something everybody can read, and what is under its sign."""

    sign: str
    own_id: str
    who: Who


class Screen(Line):
    """A screen that draws what it is told, over a socket."""

    def __init__(self, url: str, cookie: str = "") -> None:
        super().__init__(url, cookie)
        self.decode = True
        self.on_event = self._on
        self.holds: dict[str, Any] = {}

    def _on(self, name: str, body: Any) -> None:
        if name == "patch":
            self.take(body["set"])

    def take(self, told: dict[str, Any]) -> None:
        """Lay a patch over what is drawn."""
        for name, thing in told.items():
            if thing is None:
                self.holds.pop(name, None)
            else:
                self.holds[name] = thing

    def has(self, text: str) -> bool:
        """Whether somebody before this screen could read it."""
        return text in json.dumps(self.holds, ensure_ascii=False)


class Hall:
    """A live council, screens before it, and every address of it."""

    def __init__(self, place: Town) -> None:
        self.place = place
        self.record = place.record
        self.id = place.record.partition(":")[2]
        self.count = 0
        self.screens: dict[str, Screen] = {}
        self.cookies: dict[str, str] = {}
        self.code = ""

    async def give(self, who: Who, word: str, **fields: Any) -> None:
        """Give a command to the desk; it must be taken."""
        answer = await self.place.parts.desks.give(self.record, {"type": word, **fields}, who)
        assert answer["ok"], (word, answer)

    async def begin(self) -> None:
        """Let people in and open the screens."""
        await self.give(SIGNS, "person.appoint", person="lawyer", role="lawyer", name="纳文慧", badge="律师")
        await self.give(SIGNS, "agenda.open", id=AGENDA)
        self.code = (await self.place.parts.accounts.meeting_of(self.record)).code
        for role in ("lawyer", "screen"):
            browser = self.place.browser()
            assert (await browser.enter(await self.place.invited(role, name="丁永康")))[0] == 200
            self.cookies[role] = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
        for who in ("guest", "lawyer", "screen"):
            screen = self.screens[who] = Screen(self.place.parts.base_url, self.cookies.get(who, ""))
            await screen.open()
            screen.take((await screen.join(self.record))["set"])

    def close(self) -> None:
        """Hang up."""
        for screen in self.screens.values():
            screen.close()

    # Saying things

    def resident(self) -> Who:
        """Somebody new, whose name has a sign of its own."""
        self.count += 1
        call = f"3号楼任{name_sign(self.count, 'n')}"
        labels = {"real": "任志勇", "building": call, "anonymous": "居民"}
        return Who(f"p-{self.count}", 0, frozenset({"resident"}), labels, unit=f"u-{self.count}")

    async def asked(self) -> Said:
        """A question in the queue."""
        who, own_id = self.resident(), uuid7()
        mark = sign(self.count, 0)
        await self.give(who, "question.ask", id=own_id, kind="ask", text=f"这件事{mark}怎么办？")
        await self.give(DESK, "question.approve", id=own_id)
        return Said(mark, own_id, who)

    async def said(self) -> Said:
        """A comment."""
        who, own_id = self.resident(), uuid7()
        mark = sign(self.count, 0)
        await self.give(who, "comment.post", id=own_id, text=f"我说{mark}一句")
        await self.give(DESK, "comment.approve", id=own_id)
        return Said(mark, own_id, who)

    async def named(self) -> Said:
        """A question whose asker's name should not stand."""
        question = await self.asked()
        return Said(name_sign(self.count, "n"), question.own_id, question.who)

    async def answered(self) -> Said:
        """An answer in writing."""
        question = await self.asked()
        own_id, mark = uuid7(), sign(self.count, 1)
        await self.give(DESK, "question.call", id=question.own_id)
        await self.give(LAWYER, "answer.write", id=own_id, question=question.own_id, text=f"答{mark}复")
        await self.give(DESK, "question.finish", id=question.own_id)
        return Said(mark, own_id, LAWYER)

    async def captioned(self) -> Said:
        """A line of the transcript."""
        self.count += 1
        own_id, mark = uuid7(), sign(self.count, 0)
        await self.give(DESK, "caption.say", id=own_id, text=f"说到{mark}这里", speaker="lawyer")
        return Said(mark, own_id, DESK)

    async def handed(self) -> Said:
        """The result of a question handed over."""
        question = await self.asked()
        mark = sign(self.count, 2)
        await self.give(DESK, "question.convert", id=question.own_id)
        await self.give(DESK, "question.resolve", id=question.own_id, result="task", text=f"办{mark}结")
        return Said(mark, question.own_id, question.who)

    # Looking

    def addresses(self, mark: str) -> Iterator[tuple[str, str]]:
        """Every public address where something may stand, and as whom to ask for it."""
        held, seq = f"/api/records/{self.record}", self.screens["guest"].seq
        tables = "questions answers comments transcript outcomes acts ledger".split()
        for path in (
            *("/", f"/m/{self.code}", f"/room/{self.id}", f"{held}/room", f"{held}/ledger"),
            *(f"{held}/changes?since={since}" for since in (0, max(0, seq - 3), seq)),
            f"{held}/similar?text={quote(f'这件事{mark}怎么办？')}",
            *(f"/archive/{self.id}{rest}" for rest in ("", f"?q={mark}", "/captions.vtt", "/export.json")),
            *(f"/archive/{self.id}/{table}.csv" for table in tables),
        ):
            yield "guest", path
        yield "screen", f"/screen/{self.id}"
        yield "lawyer", f"/answer/{self.id}"
        yield "lawyer", f"{held}/changes?since=0"

    async def where(self, mark: str) -> list[str]:
        """Where it can be read now. Refuses answers that a cache could keep for longer than a take-down takes."""
        found = [f"{who} socket" for who, screen in self.screens.items() if screen.has(mark)]
        client: Browser = self.place.browser()
        for who, path in self.addresses(mark):
            headers = {"Cookie": self.cookies[who]} if who in self.cookies else {}
            async with client.client.get(client.inside + path, headers=headers) as answer:
                text = (await answer.read()).decode()
                kept = _AGE.search(answer.headers.get("Cache-Control", "no-store"))
                assert kept is None or int(kept[1]) < SOONEST, (path, kept[0])
            # What was searched for stands in the field it was typed into, and in no line found.
            typed = text.replace(f'value="{mark}"', "")
            if mark in typed:
                found.append(f"{who} {path}")
        await client.client.close()
        return found

    async def gone(self, mark: str) -> float:
        """Seconds until nobody can read it."""
        begun = time.perf_counter()
        left = await self.where(mark)
        while left:
            assert time.perf_counter() - begun < PATIENCE, f"{mark} still at {left}"
            await asyncio.sleep(0.02)
            left = await self.where(mark)
        return time.perf_counter() - begun

    async def comes_back(self, mark: str, before: int) -> list[str]:
        """Which screens that slept or are new would read it again."""
        found = []
        for since in (0, before - 1, before, self.screens["guest"].seq):
            late = Screen(self.place.parts.base_url)
            await late.open()
            told = await late.join(self.record, max(0, since))
            if mark in json.dumps(told, ensure_ascii=False):
                found.append(f"joined from {since}")
            late.close()
        return found


# How to say it, how to take it away, where the archive has it, if there.
WAYS: dict[str, tuple[str, Callable[[Said], tuple[Who, dict[str, Any]]]]] = {
    "comment removed": ("said", lambda one: (DESK, {"type": "comment.remove", "reason": "rude"})),
    "question handed back": ("asked", lambda one: (DESK, {"type": "question.hide", "reason": "rude"})),
    "question refused": ("asked", lambda one: (DESK, {"type": "question.reject", "reason": "unlawful"})),
    "question edited": ("asked", lambda one: (DESK, {"type": "question.approve", "text": "这件事怎么办？"})),
    "name corrected": (
        "named",
        lambda one: (
            DESK,
            {"type": "person.correct_name", "person": one.who.person, "shown": "居民", "reason": "rude"},
        ),
    ),
    "answer corrected": (
        "answered",
        lambda one: (LAWYER, {"type": "answer.correct", "text": "更正后的答复"}),
    ),
    "caption corrected": (
        "captioned",
        lambda one: (DESK, {"type": "caption.correct", "text": "更正后的字幕"}),
    ),
    "result corrected": (
        "handed",
        lambda one: (DESK, {"type": "question.resolve", "result": "task", "text": "更正后的结果"}),
    ),
}
ONLY_LIVE: dict[str, tuple[str, Callable[[Said], tuple[Who, dict[str, Any]]]]] = {
    "comment taken back": ("said", lambda one: (one.who, {"type": "comment.delete"})),
    "question withdrawn": ("asked", lambda one: (one.who, {"type": "question.withdraw"})),
}


async def take(hall: Hall, one: Said, how: Callable[[Said], tuple[Who, dict[str, Any]]]) -> float:
    """Take it away; the seconds until nobody can read it."""
    who, command = how(one)
    named = {} if "person" in command else {"id": one.own_id}
    before = hall.screens["guest"].seq
    await hall.give(who, command.pop("type"), **named, **command)
    took = await hall.gone(one.sign)
    assert await hall.comes_back(one.sign, before) == []
    return took


async def seen(hall: Hall, one: Said, *, by: str) -> None:
    """Wait until it can be read, else its absence would prove nothing."""
    begun = time.perf_counter()
    while not any(by in where for where in await hall.where(one.sign)):
        assert time.perf_counter() - begun < PATIENCE, f"{one.sign} was never seen by {by}"
        await asyncio.sleep(0.05)


async def measure(data: Path) -> dict[str, float]:
    """The seconds each way took, live and in the archive."""
    took: dict[str, float] = {}
    async with live_town(data, ROOMY) as place:
        hall = Hall(place)
        await hall.begin()
        for name, (say, how) in (WAYS | ONLY_LIVE).items():
            one = await getattr(hall, say)()
            await seen(hall, one, by="socket")
            took[f"live: {name}"] = await take(hall, one, how)
        kept = {name: await getattr(hall, say)() for name, (say, _) in WAYS.items() if say != "asked"}
        kept["question edited"] = await hall.asked()
        await hall.give(SIGNS, "meeting.end")
        await hall.give(SIGNS, "meeting.publish")
        for name, one in kept.items():
            await seen(hall, one, by="/archive/")
            took[f"archive: {name}"] = await take(hall, one, WAYS[name][1])
        hall.close()
    return took


def main() -> None:
    """Print the seconds."""
    with (
        tempfile.TemporaryDirectory() as folder,
        asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner,
    ):
        took = runner.run(measure(Path(folder)))
    for name, seconds in took.items():
        print(f"{name}: {seconds:.2f} s")
    print(f"slowest {max(took.values()):.2f} s (promised: 2)")


if __name__ == "__main__":
    main()
