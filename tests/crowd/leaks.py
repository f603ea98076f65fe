"""The leak scan: thousands of messages under review, and every byte that reached anybody but their author.

`python -m tests.crowd.leaks [--messages 10000] [--people 60]`

Residents write in every way there is (socket and POST; questions, comments, appeals; raised hands), each text and each
name with a sign of its own. Sockets of residents, a guest, the projector and a lawyer, every public address, every
refusal, what is joined again from any number, the archive, the downloads and the log are searched for signs of what
no moderator let in: while it happens, after the end, and after the server was started anew.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import re
import tempfile
import time
from collections import Counter
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import uvloop

from meetings.kernel import SYSTEM, Who
from server import config
from server.app import running
from server.sample.programme import ROSTER
from tests.crowd.ways import uuid7
from tests.crowd.wire import Line
from tests.town import Browser, Town, town

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

ROOMY = {
    f"SUN_LIMIT_{name}": "1000000/1"
    for name in "COMMENTS QUESTIONS SUPPORTS COMMANDS REQUESTS REQUESTS_PER_ADDRESS JOINS_PER_ADDRESS".split()
}
SIGNS = Who(SYSTEM, 0, frozenset({SYSTEM}))
_SIGN = re.compile(rb"mka(\d{3})b(\d{5})k")
_NAME = re.compile(rb"[nr]kz([a-j]{3})z")
_LETTERS = str.maketrans("0123456789", "abcdefghij")
_DIGITS = bytes.maketrans(b"abcdefghij", b"0123456789")
ALL = -1
"""As the author of a listener: the desk, who may read everything."""
PATIENCE = 60.0


def sign(author: int, number: int) -> str:
    """What marks one text: plain letters, the same in every encoding."""
    return f"mka{author:03d}b{number:05d}k"


def name_sign(author: int, kind: str) -> str:
    """What marks a name: `n` the form of address, `r` the real name."""
    return f"{kind}kz{f'{author:03d}'.translate(_LETTERS)}z"


class Search:
    """What reached whom: bytes looked at, signs that may be read and were, signs that may not."""

    def __init__(self) -> None:
        self.let_in: set[tuple[int, int]] = set()
        self.leaks: list[str] = []
        self.bytes: Counter[str] = Counter()
        self.read: set[tuple[int, int]] = set()
        self.at_the_desk: set[tuple[int, int]] = set()

    def look(self, where: str, author: int | None, heard: bytes) -> None:
        """Search what reached a listener, who wrote as `author` or not at all."""
        self.bytes[where.partition(" ")[0]] += len(heard)
        for found in _SIGN.finditer(heard):
            of = (int(found[1]), int(found[2]))
            if author == ALL:
                self.at_the_desk.add(of)
            elif of in self.let_in:
                self.read.add(of)
            elif of[0] != author:
                self.leaks.append(f"{where}: {found[0].decode()}")
        if author == ALL:
            return
        named = {one for one, _ in self.let_in}
        for found in _NAME.finditer(heard):
            of_name = int(found[1].translate(_DIGITS))
            if of_name != author and of_name not in named:
                self.leaks.append(f"{where}: {found[0].decode()}")


class Ear(Line):
    """A socket of which every byte is searched."""

    def __init__(self, place: Town, search: Search, where: str, author: int | None, cookie: str = "") -> None:
        super().__init__(place.parts.base_url, cookie)
        self._hears = search, where, author

    def _take(self, payload: bytes) -> None:
        search, where, author = self._hears
        search.look(where, author, payload)
        super()._take(payload)


class Log(logging.Handler):
    """The server's log as it would be written."""

    def __init__(self, search: Search) -> None:
        super().__init__(logging.INFO)
        self._search = search

    def emit(self, record: logging.LogRecord) -> None:
        """Search one line."""
        text = self.format(record)
        self._search.look("log", None, text.encode(errors="replace"))


class Crowd:
    """The authors and listeners of one scan."""

    def __init__(self, place: Town, messages: int, people: int) -> None:
        self.place = place
        self.record = place.record
        self.search = Search()
        self.people = people
        self.each = max(4, messages // people)
        self.browsers: dict[int, Browser] = {}
        self.ears: dict[str, Ear] = {}
        self.cookies: dict[str, str] = {}
        self.sent: dict[tuple[int, int], tuple[str, str]] = {}
        self.code = ""

    async def gather(self) -> None:
        """Let everybody in: the authors, and those who only listen."""
        place = self.place
        numbers = [line.split(",")[0] for line in ROSTER.read_text("utf-8-sig").splitlines()[1:]]
        self.code = (await place.parts.accounts.meeting_of(self.record)).code
        ways = ("building", "real", "anonymous")
        for author in range(self.people):
            number = numbers[author % len(numbers)]
            self.browsers[author] = await place.joined(
                number,
                code=await place.code(number),
                name=f"任{name_sign(author, 'r')}",
                call=f"任{name_sign(author, 'n')}",
                way=ways[author % 3],
            )
        reader = await place.joined(numbers[0], code=await place.code(numbers[0]), name="石岚", call="石女士")
        self.cookies["resident"] = _header(reader)
        for role in ("moderator", "lawyer", "screen", "technician"):
            browser = place.browser()
            assert (await browser.enter(await place.invited(role, name="柳婷")))[0] == 200
            self.cookies[role] = _header(browser)

    async def listen(self) -> None:
        """Open the sockets."""
        for who in ("guest", "resident", "lawyer", "screen", "technician", "moderator"):
            author = ALL if who == "moderator" else None
            ear = self.ears[who] = Ear(
                self.place, self.search, f"{who} socket", author, self.cookies.get(who, "")
            )
            await ear.open()
            assert (await ear.join(self.record))["ok"]
        for author, browser in self.browsers.items():
            ear = Ear(self.place, self.search, f"author{author} socket", author, _header(browser))
            self.ears[f"author{author}"] = ear
            await ear.open()
            assert (await ear.join(self.record))["ok"]

    async def write(self) -> None:
        """Everybody writes, all at once; the desk lets some in, hands some back."""
        await asyncio.gather(*(self._author(author) for author in self.browsers))

    async def _author(self, author: int) -> None:
        ear, browser = self.ears[f"author{author}"], self.browsers[author]
        await ear.call("do", {"record": self.record, "type": "stage.raise"})
        for number in range(self.each):
            kind = "question" if number % 2 else "comment"
            own_id, text = uuid7(), f"请看看这件事{sign(author, number)}该怎么办"
            word = {"type": "question.ask", "kind": ("ask", "report", "suggest")[number % 3]}
            wish = {"id": own_id, "text": text, **(word if kind == "question" else {"type": "comment.post"})}
            if number % 4 < 2:
                answer = await ear.call("do", {"record": self.record, **wish}, wait=PATIENCE)
            else:
                _, answer = await browser.post(f"/api/records/{self.record}/commands", wish)
                self.search.look("author post", author, repr(answer).encode())
            assert answer.get("ok"), answer
            self.sent[author, number] = (kind, own_id)
            # Half of the authors are let in now and then, so that their names may be read and the others' not.
            if author % 2 and number % 20 == 3:
                self.search.let_in.add((author, number))
                await self._give(f"{kind}.approve", id=own_id, reason="看过")
            elif number % 20 == 7:
                await self._hand_back(author, kind, own_id)

    async def _hand_back(self, author: int, kind: str, own_id: str) -> None:
        await self._give(
            "question.hide" if kind == "question" else "comment.remove", id=own_id, reason="rude"
        )
        appeal = {"record": self.record, "type": f"{kind}.appeal", "id": own_id}
        await self.ears[f"author{author}"].call("do", appeal | {"text": f"我不同意{sign(author, 99_999)}"})

    async def _give(self, word: str, **fields: Any) -> None:
        wish = {"record": self.record, "type": word, **fields}
        answer = await self.ears["moderator"].call("do", wish, wait=PATIENCE)
        assert answer.get("ok"), (word, answer)

    async def again(self) -> None:
        """Come back from any number, as fresh screens do and those that slept; as somebody with another role."""
        for who in ("guest", "resident", "lawyer", "screen"):
            ear = self.ears[who]
            for since in (0, 1, ear.seq // 3, ear.seq - 1, ear.seq):
                late = Ear(self.place, self.search, f"{who} again", None, self.cookies.get(who, ""))
                await late.open()
                assert (await late.join(self.record, since))["ok"]
                late.close()

    async def ask_everything(self, place: Town | None = None) -> None:
        """Every public address, as everybody who has no business reading what is under review."""
        place = place or self.place
        samples = [one for one in sorted(self.sent) if one not in self.search.let_in][
            :: max(1, len(self.sent) // 6)
        ]
        for who in ("guest", "resident", "lawyer", "screen"):
            browser = place.browser(Cookie=self.cookies.get(who, ""))
            for path in self._addresses(samples):
                await self._get(browser, who, path)
            for (author, number), (kind, own_id) in ((one, self.sent[one]) for one in samples):
                for wish in _prying(kind, own_id):
                    _, answer = await browser.post(f"/api/records/{self.record}/commands", wish)
                    assert not answer.get("ok"), (who, wish, answer, author, number)
                    self.search.look(f"{who} refusal", None, repr(answer).encode())

    async def _get(self, browser: Browser, who: str, path: str) -> None:
        headers = {"Cookie": browser.headers["Cookie"]} if browser.headers["Cookie"] else {}
        async with browser.client.get(browser.inside + path, headers=headers) as answer:
            told = repr(dict(answer.headers)).encode() + await answer.read()
        self.search.look(f"{who} {path.partition('?')[0]}", None, told)

    def _addresses(self, samples: list[tuple[int, int]]) -> list[str]:
        held, own_id = f"/api/records/{self.record}", self.record.partition(":")[2]
        seq = self.ears["guest"].seq
        media = f"/media/{self.record.replace(':', '-', 1)}"
        tables = "questions answers comments polls outcomes transcript statistics ledger acts".split()
        found = [
            *(
                "/",
                "/m",
                f"/m/{self.code}",
                f"/m/{self.code}/calendar.ics",
                "/enter",
                "/healthz",
                "/readyz",
                "/metrics",
            ),
            *(
                f"/{screen}/{own_id}"
                for screen in ("room", "screen", "answer", "stage", "studio", "captions", "desk")
            ),
            *(f"{held}/{name}" for name in ("room", "ledger", "backstage", "changes?since=0")),
            *(f"{held}/changes?since={since}" for since in (1, seq // 2, max(0, seq - 5), seq)),
            *(
                f"/api/{name}"
                for name in ("me", f"me?record={self.record}", "words", "openapi.json", "consent")
            ),
            *(f"/archive/{own_id}{name}" for name in ("", "?q=mka", "/captions.vtt", "/export.json")),
            *(f"/archive/{own_id}/{table}.csv" for table in tables),
            *(f"{media}/{name}" for name in ("live.m3u8", "recording.m3u8", "recording.mp4")),
            *(f"/qr/{own_id}.svg", "/nowhere", f"/api/records/{self.record}/nothing"),
        ]
        for author, number in samples:
            kind, thing = self.sent[author, number]
            # What somebody else types while writing, word for word.
            found.append(f"{held}/similar?text={quote(f'请看看这件事该怎么办{author}')}")
            found.append(f"{held}/raw/{kind}/{thing}")
        return found

    def close(self) -> None:
        """Hang up."""
        for ear in self.ears.values():
            ear.close()


@contextmanager
def log_searched(search: Search) -> Iterator[None]:
    """Search what the server writes down of itself, as much of it as it does by default."""
    root, log = logging.getLogger(), Log(search)
    level = root.level
    root.addHandler(log)
    root.setLevel(logging.INFO)
    try:
        yield
    finally:
        root.setLevel(level)
        root.removeHandler(log)


def _header(browser: Browser) -> str:
    return "; ".join(f"{name}={value}" for name, value in browser.cookies.items())


def _prying(kind: str, own_id: str) -> list[dict[str, Any]]:
    """Commands by which somebody might learn what is under an id."""
    other = {"id": own_id, "text": "别的话"}
    made = {"type": "question.ask", "kind": "ask"} if kind == "question" else {"type": "comment.post"}
    told = [{"type": f"{kind}.{verb}", "id": own_id} for verb in ("approve",)]
    more = (
        [{"type": "question.upvote", "id": own_id}, {"type": "question.withdraw", "id": own_id}]
        if kind == "question"
        else [{"type": "comment.delete", "id": own_id}]
    )
    return [
        made | other,
        *told,
        *more,
        {"type": f"{kind}.report", "id": own_id, "reason": "other"},
        {"type": f"{kind}.appeal", **other},
    ]


@asynccontextmanager
async def started_anew(data: Path, port: int, record: str) -> AsyncIterator[Town]:
    """The same server after it was ended and started again."""
    wanted = {"data": data, "port": port, "empty": True}
    async with running(config.load(wanted, ROOMY)) as parts:
        place = Town(parts, {}, f"http://127.0.0.1:{port}", record=record)
        yield place
        await place.close()


async def scan(data: Path, messages: int, people: int) -> Search:
    """One council in pre-review from its lobby to its published archive, and the server started anew."""
    async with town(data, environment=ROOMY) as place:
        crowd = Crowd(place, messages, people)
        with log_searched(crowd.search):
            await crowd.gather()
            await _give_all(place, {"type": "meeting.set", "lobby_minutes": None})
            await _give_all(place, {"type": "meeting.open_lobby"}, {"type": "meeting.start"})
            await crowd.listen()
            await crowd.write()
            await crowd.again()
            await crowd.ask_everything()
            await _give_all(place, {"type": "meeting.end"}, {"type": "meeting.publish"})
            await crowd.again()
            await crowd.ask_everything()
        crowd.close()
        port = int(place.inside.rpartition(":")[2])
    async with started_anew(data, port, place.record) as anew:
        crowd.place = anew
        with log_searched(crowd.search):
            await crowd.again()
            await crowd.ask_everything(anew)
    assert crowd.search.at_the_desk >= crowd.sent.keys(), "the desk did not get everything"
    return crowd.search


async def _give_all(place: Town, *commands: dict[str, Any]) -> None:
    for command in commands:
        answer = await place.parts.desks.give(place.record, command, SIGNS)
        assert answer["ok"], answer


def main() -> int:
    """Print what was looked at and what leaked; 1 where anything did."""
    asked = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    asked.add_argument("--messages", type=int, default=10_000)
    asked.add_argument("--people", type=int, default=60)
    given = asked.parse_args()
    begun = time.perf_counter()
    with (
        tempfile.TemporaryDirectory() as folder,
        asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner,
    ):
        search = runner.run(scan(Path(folder), given.messages, given.people))
    print(
        f"{len(search.at_the_desk)} texts at the desk, {len(search.let_in)} let in, {len(search.read)} of them read"
    )
    for where, size in sorted(search.bytes.items()):
        if not where.startswith("author"):
            print(f"  {where}: {size:,} bytes")
    authors = sum(size for where, size in search.bytes.items() if where.startswith("author"))
    print(f"  authors, their own apart: {authors:,} bytes")
    print(f"{len(search.leaks)} leaks in {search.bytes.total():,} bytes, {time.perf_counter() - begun:.0f} s")
    for leak in search.leaks[:20]:
        print(f"  {leak}")
    return 1 if search.leaks else 0


if __name__ == "__main__":
    raise SystemExit(main())
