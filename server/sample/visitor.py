"""One simulated person at the real door: a session cookie, a websocket, the room as it is told there.

Knows nothing of the server's inside; whoever is refused is refused like anybody else.
"""

import asyncio
import logging
import uuid
from contextlib import suppress
from typing import Any, Self

import aiohttp
import msgspec

log = logging.getLogger(__name__)

_OPEN, _PING, _PONG = "0", "2", "3"
_CONNECTED, _EVENT, _ACK, _REFUSED = "40", "42", "43", "44"
ANSWER_SECONDS = 15.0


class Turned(Exception):
    """The door did not let this visitor in; the text is what it said."""


class Visitor:
    """A browser without a screen, for one record."""

    def __init__(self, base_url: str, record: str, cookie: str, *, insecure: bool = False) -> None:
        self.base_url = base_url.rstrip("/")
        self.record = record
        self.room: dict[str, Any] = {}
        self.own: dict[str, Any] = {}
        self.me: dict[str, Any] = {}
        self.air: dict[str, Any] = {}
        self.seq = 0
        self._headers = {"Origin": self.base_url, "Cookie": cookie}
        self._insecure = insecure
        self._http: aiohttp.ClientSession | None = None
        self._socket: aiohttp.ClientWebSocketResponse | None = None
        self._reader: asyncio.Task[None] | None = None
        self._answers: dict[int, asyncio.Future[Any]] = {}
        self._asked = 0
        self._key = uuid.uuid4().hex
        self._applause = 0

    async def arrive(self) -> None:
        """Open the socket and take the room. Raises Turned."""
        address = f"{self.base_url}/socket.io/?EIO=4&transport=websocket"
        try:
            self._socket = await self._session().ws_connect(
                address, headers=self._headers, compress=0, ssl=not self._insecure
            )
            await self._greet(self._socket)
        except (aiohttp.ClientError, TimeoutError) as error:
            await self.leave()
            raise Turned(str(error)) from error
        self._reader = asyncio.create_task(self._read(self._socket))
        taken = await self._ask("join", {"record": self.record, "since": 0})
        if not taken.get("ok"):
            await self.leave()
            raise Turned(str(taken))
        self.seq, self.me = taken["seq"], taken.get("me") or {}
        self.room, self.own = {}, {}
        self._lay(self.room, taken["set"])
        self._lay(self.own, taken.get("own") or {})

    async def leave(self) -> None:
        """Close the socket; `arrive` comes back."""
        if self._reader is not None:
            self._reader.cancel()
            with suppress(asyncio.CancelledError):
                await self._reader
            self._reader = None
        if self._socket is not None:
            with suppress(Exception):
                await self._socket.close()
            self._socket = None

    async def close(self) -> None:
        """Leave for good."""
        await self.leave()
        if self._http is not None:
            await self._http.close()
            self._http = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    @property
    def here(self) -> bool:
        """Whether the socket is open."""
        return self._socket is not None and not self._socket.closed

    async def do(self, word: str, **fields: Any) -> dict[str, Any]:
        """Give a command; an unanswered one comes back as `{ok: false, code: "unsent"}`."""
        return await self._ask("do", {"record": self.record, "type": word, **fields})

    async def applaud(self, times: int = 1) -> None:
        """Applaud: this visitor's own running total."""
        self._applause += times
        await self._ask(
            "air", {"record": self.record, "applause": {"key": self._key, "total": self._applause}}
        )

    def all(self, kind: str) -> list[dict[str, Any]]:
        """The entities of a kind that this visitor sees."""
        return [thing for name, thing in self.room.items() if name.partition(":")[0] == kind]

    def votes(self, question: str) -> int:
        """The support of a question as seen here."""
        return int((self.room.get(f"score:{question}") or {}).get("votes", 0))

    def _session(self) -> aiohttp.ClientSession:
        if self._http is None:
            self._http = aiohttp.ClientSession(
                headers={"Origin": self.base_url}, cookie_jar=aiohttp.DummyCookieJar()
            )
        return self._http

    async def _greet(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        async with asyncio.timeout(ANSWER_SECONDS):
            first = await socket.receive_str()
            if not first.startswith(_OPEN):
                raise Turned(first)
            await socket.send_str(_CONNECTED)
            said = await socket.receive_str()
            if not said.startswith(_CONNECTED):
                raise Turned(said)

    async def _ask(self, event: str, body: dict[str, Any]) -> dict[str, Any]:
        if self._socket is None:
            return {"ok": False, "code": "unsent"}
        self._asked += 1
        number = self._asked
        answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._answers[number] = answer
        try:
            await self._socket.send_str(f"{_EVENT}{number}{msgspec.json.encode([event, body]).decode()}")
            async with asyncio.timeout(ANSWER_SECONDS):
                said = await answer
        except (TimeoutError, aiohttp.ClientError, ConnectionError):
            return {"ok": False, "code": "unsent"}
        finally:
            self._answers.pop(number, None)
        return said if isinstance(said, dict) else {"ok": False, "code": "unsent"}

    async def _read(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        async for message in socket:
            if message.type is not aiohttp.WSMsgType.TEXT:
                continue
            text: str = message.data
            if text.startswith(_PING):
                await socket.send_str(_PONG)
            elif text.startswith(_ACK):
                self._answered(text.removeprefix(_ACK))
            elif text.startswith(_EVENT):
                event, body = msgspec.json.decode(text.removeprefix(_EVENT))
                self._told(event, body)
        for answer in self._answers.values():
            if not answer.done():
                answer.set_result(None)

    def _answered(self, text: str) -> None:
        number = text[: text.index("[")]
        waiting = self._answers.get(int(number)) if number else None
        if waiting is not None and not waiting.done():
            waiting.set_result(msgspec.json.decode(text[len(number) :])[0])

    def _told(self, event: str, body: dict[str, Any]) -> None:
        if event == "patch" and body["to"] > self.seq:
            self.seq = body["to"]
            self._lay(self.room, body["set"])
        elif event == "own":
            self._lay(self.own, body["set"])
        elif event == "air":
            self.air |= body

    @staticmethod
    def _lay(room: dict[str, Any], news: dict[str, Any]) -> None:
        for name, thing in news.items():
            if thing is None:
                room.pop(name, None)
            else:
                room[name] = thing
