"""A small town for tests: the whole server on a free port, one estate with a real roster, a meeting, and browsers."""

from __future__ import annotations

import socket
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import aiohttp

from server import config
from server.accounts.codes import code_of
from server.accounts.links import issue_links
from server.app import running
from server.sample.programme import ROSTER

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

CONSENT = "2026-11"


@dataclass
class Browser:
    """One browser with its own cookies. `base` is the address it believes in, `inside` the one it can reach."""

    base: str
    inside: str
    client: aiohttp.ClientSession
    headers: dict[str, str] = field(default_factory=dict)
    cookies: dict[str, str] = field(default_factory=dict)

    @property
    def session(self) -> str:
        """The cookie's text."""
        return next(value for name, value in self.cookies.items() if name.endswith("sun"))

    async def send(
        self, method: str, path: str, body: Any = None, **options: Any
    ) -> tuple[int, dict[str, Any]]:
        headers = {"Origin": self.base, "Content-Type": "application/json"} | self.headers
        headers |= options.pop("headers", {})
        data = options.pop("data", None)
        if body is not None:
            options["json"] = body
            headers.pop("Content-Type")
        headers.setdefault("Cookie", "; ".join(f"{name}={value}" for name, value in self.cookies.items()))
        kept = {name: value for name, value in headers.items() if value}
        async with self.client.request(
            method, self.inside + path, headers=kept, data=data, **options
        ) as answer:
            for line in answer.headers.getall("Set-Cookie", []):
                name, _, value = line.partition(";")[0].partition("=")
                self.cookies[name] = value
            if answer.content_type == "application/json":
                return answer.status, await answer.json()
            return answer.status, {"text": await answer.text()}

    async def post(self, path: str, body: Any = None, **options: Any) -> tuple[int, dict[str, Any]]:
        return await self.send(
            "POST", path, {} if body is None and "data" not in options else body, **options
        )

    async def get(self, path: str, **options: Any) -> tuple[int, dict[str, Any]]:
        return await self.send("GET", path, **options)

    async def enter(self, url: str) -> tuple[int, dict[str, Any]]:
        return await self.post("/api/enter", {"token": url.partition("#")[2]})

    async def me(self, record: str = "") -> dict[str, Any]:
        return (await self.get(f"/api/me?record={record}" if record else "/api/me"))[1]


@dataclass
class Town:
    """The server and what stands in it."""

    parts: Any
    links: dict[str, str]
    inside: str
    community: str = ""
    estate: str = ""
    record: str = ""
    browsers: list[aiohttp.ClientSession] = field(default_factory=list)

    def browser(self, **headers: str) -> Browser:
        client = aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar())
        self.browsers.append(client)
        return Browser(self.parts.base_url, self.inside, client, headers)

    async def admin(self) -> Browser:
        browser = self.browser()
        assert (await browser.enter(self.links["admin"]))[0] == 200
        return browser

    async def close(self) -> None:
        for client in self.browsers:
            await client.close()

    async def unit(self, number: str) -> str:
        return (await self.parts.accounts.estates.unit_by_number(self.estate, number))["id"]

    async def code(self, number: str, serial: int = 1) -> str:
        """The code that stands on the letter of a unit."""
        keys = await self.parts.accounts.doors.keys()
        return code_of(keys["code"], await self.unit(number), serial)

    async def wish(self, number: str = "3-1-501", **fields: Any) -> dict[str, Any]:
        """What somebody sends who joins."""
        wish = {"record": self.record, "consent": CONSENT, "name": "任志勇", "call": "任师傅"}
        return wish | {"unit": await self.unit(number), "way": "building"} | fields

    async def joined(self, number: str = "3-1-501", **fields: Any) -> Browser:
        """A browser whose person came in by name and unit."""
        browser = self.browser()
        status, answer = await browser.post("/api/join", await self.wish(number, **fields))
        assert status == 200, answer
        return browser

    async def invited(self, role: str, **fields: Any) -> str:
        """A personal link's address."""
        admin = await self.admin()
        wish = {"record": self.record, "role": role, "name": "纳文慧"} | fields
        status, answer = await admin.post("/api/admin/invitations", wish)
        assert status == 200, answer
        return str(answer["url"])


@asynccontextmanager
async def town(data: Path, environment: dict[str, str] | None = None, **settings: Any) -> AsyncIterator[Town]:
    """An estate of 77 units with its codes, and an announced meeting, on a fresh database."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    wanted = {"data": data, "port": port, "empty": True} | settings
    async with running(config.load(wanted, environment or {})) as parts, AsyncExitStack() as leaving:
        accounts, at = parts.accounts, parts.clock()
        inside = f"http://127.0.0.1:{port}"
        place = Town(parts, await issue_links(accounts, parts.base_url, None, at), inside)
        leaving.push_async_callback(place.close)
        place.community = await accounts.create_community("阳光里社区", phone="0951-000 0000", at=at)
        place.estate = await accounts.create_estate(place.community, "梧桐里小区", at=at)
        assert (await accounts.import_roster(place.estate, ROSTER.read_bytes(), "roster.csv", at)).ok
        await accounts.estates.make_codes(place.estate, by="system", at=at)
        admin = await place.admin()
        wish = {
            "estate": place.estate,
            "title": "更换物业专题议事会",
            "starts_at": at + 600_000,
            "venue": "三楼议事厅",
        }
        status, made = await admin.post("/api/admin/meetings", wish | {"settings": {"notice": "本场直播。"}})
        assert status == 200, made
        place.record = made["record"]
        for command in (
            {
                "type": "agenda.add",
                "id": "01970000-0000-7000-8000-000000000001",
                "kind": "opening",
                "title": "开场",
                "minutes": 5,
            },
            {"type": "meeting.announce"},
        ):
            status, answer = await admin.post(f"/api/records/{place.record}/commands", command)
            assert status == 200, answer
        yield place
