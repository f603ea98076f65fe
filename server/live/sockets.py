"""The names of the wire and nothing else: join, do, air, signal up; patch, own, air, signal, again down.

Websocket only, one namespace, no compression (it costs 100 KB a connection and as much time as a delivery).
Refuses foreign origins, binary events, sockets that never say who they are.
"""

from __future__ import annotations

import asyncio
import logging
import re
import secrets
import time
from collections import Counter
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any

import msgspec
import socketio
from aiohttp import web
from engineio.async_drivers import aiohttp as driver

from meetings import Eye, Refused
from server.live.door import Buckets, Door, codes_of, eye_of, me_of
from server.live.feed import Feed, text_frame
from server.web.proxies import address_of
from server.web.sessions import same_origin

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from server.accounts import Accounts
    from server.config import Settings
    from server.live.air import Air
    from server.live.desk import Desks
    from server.live.signals import Signals

log = logging.getLogger(__name__)

PATH = "/socket.io/"
PING_SECONDS, PATIENCE_SECONDS = 25, 20
CONNECT_SECONDS = 10.0
FAREWELL_SECONDS = 2.0
RECORDS_FOLLOWED = 4
HALL_PAGES = ("screen", "captions", "desk", "studio")
"""Screens of which the studio is told that they are on the line; residents are only counted."""
VISITOR = "sun_visitor"
"""The cookie that tells one browser from another in the count of visitors, and nothing else."""
COMMANDS = "sun.commands"
"""Where a socket's environment holds the function that takes its commands, once it is connected."""
_BINARY = ("45", "46")
_DO = re.compile(r'42(\d{1,9})(\["do"[,\]].*)', re.DOTALL)


class _Plain(driver.WebSocket):  # type: ignore[misc]  # engineio has no types
    """A websocket without permessage-deflate, which engineio leaves on and offers no switch for."""

    async def __call__(self, environ: dict[str, Any]) -> web.WebSocketResponse:
        self._sock = web.WebSocketResponse(compress=False, max_msg_size=self.server.max_http_buffer_size)
        await self._sock.prepare(environ["aiohttp.request"])
        self.environ = environ
        await self.handler(self)
        return self._sock

    async def wait(self) -> str | bytes:
        """The next message for the library. Commands go from here straight to the door and are answered from
        there: the library's way for an acknowledged event costs two tasks, a timer and a queue.
        """
        while True:
            data = (await self._sock.receive()).data
            if not isinstance(data, str | bytes):
                raise OSError("the socket was closed")
            command = self.environ.get(COMMANDS)
            if command is None or not isinstance(data, str) or not await command(data):
                return data


class _Server(socketio.AsyncServer):  # type: ignore[misc]  # socketio has no types
    """Socket.IO that drops whoever announces binary attachments: up to ten thousand million of them."""

    async def _handle_eio_message(self, eio_sid: str, data: str | bytes) -> None:
        if isinstance(data, bytes) or data.startswith(_BINARY):
            await self.eio.disconnect(eio_sid)
            return
        try:
            await super()._handle_eio_message(eio_sid, data)
        except (ValueError, TypeError, IndexError, KeyError, RecursionError):
            # Stock writes a traceback a frame: a cheap way to fill a disk.
            log.info("a frame that is no event: socket closed")
            await self.eio.disconnect(eio_sid)


class _Caller:
    """One socket: who came in by which cookie, and what it follows."""

    __slots__ = ("codes", "cookie", "following", "transport", "visitor")

    def __init__(self, request: web.Request, cookie: str | None) -> None:
        self.cookie = cookie
        self.codes = codes_of(request)
        self.visitor = request.cookies.get(VISITOR, "")[:64]
        self.transport = request.transport
        self.following: dict[str, str] = {}


class Sockets:
    """Socket.IO, joined to the door and the feed."""

    def __init__(
        self,
        settings: Settings,
        desks: Desks,
        feed: Feed,
        air: Air,
        door: Door,
        accounts: Accounts,
        signals: Signals,
        build: Callable[[], str],
    ) -> None:
        """`build` tells the release of the screens, so that an open page learns of a new one."""
        self._settings = settings
        self._desks = desks
        self._feed = feed
        self._air = air
        self._door = door
        self._accounts = accounts
        self._signals = signals
        self._build = build
        self._callers: dict[str, _Caller] = {}
        self._addresses: dict[str, int] = {}
        self._sessions: Counter[str] = Counter()
        self._handshakes = Buckets(1)
        self._unnamed: dict[str, float] = {}
        self._sweeper: asyncio.Task[None] | None = None
        self._io = _Server(
            async_mode="aiohttp",
            cors_allowed_origins="*",  # judged in `shake`, before the library sees the request
            transports=["websocket"],
            namespaces=["/"],
            ping_interval=PING_SECONDS,
            ping_timeout=PATIENCE_SECONDS,
            max_http_buffer_size=4 * settings.limits.event_bytes,
            http_compression=False,
            async_handlers=False,
            always_connect=False,
            allow_upgrades=False,
            cookie=None,
        )
        self._io.eio._async = {**self._io.eio._async, "websocket": _Plain}
        self._io.on("connect", self._connect)
        self._io.on("disconnect", self._disconnect)
        for name, handle in (("join", self._join), ("air", self._breath), ("signal", self._signal)):
            self._io.on(name, _answering(handle))
        accounts.on_change(self._changed_people)

    def routes(self) -> list[web.RouteDef]:
        """The one address of the sockets."""
        return [web.get(PATH, self._shake)]

    async def start(self) -> None:
        """Begin to look after sockets that never say who they are."""
        self._sweeper = asyncio.create_task(self._sweep())

    async def stop(self) -> None:
        """Close every socket; one that does not take its farewell is cut."""
        if self._sweeper is not None:
            self._sweeper.cancel()
        farewells = [self._io.eio.disconnect(eio_sid) for eio_sid in list(self._io.eio.sockets)]
        with suppress(TimeoutError):
            async with asyncio.timeout(FAREWELL_SECONDS):
                await asyncio.gather(*farewells, return_exceptions=True)
        for caller in self._callers.values():
            if caller.transport is not None:
                caller.transport.abort()

    async def _shake(self, request: web.Request) -> web.StreamResponse:
        """The handshake: own origin, websocket, not too many; all before any work is done."""
        asked = request.query
        if request.headers.get("Origin") is None or not same_origin(request, self._settings):
            return web.json_response({"ok": False, "code": "forbidden"}, status=403)
        if asked.get("transport") != "websocket" or asked.get("EIO") != "4" or "sid" in asked or "j" in asked:
            return web.json_response({"ok": False, "code": "unclear"}, status=400)
        limits = self._settings.limits
        wait = self._handshakes.wait("all", "", limits.handshakes, time.monotonic())
        address = address_of(request, self._settings.trusted_proxies)
        if wait or self._addresses.get(address, 0) >= limits.sockets_per_address:
            later = str(2 + secrets.randbelow(6))
            return web.json_response(
                {"ok": False, "code": "busy"}, status=503, headers={"Retry-After": later}
            )
        self._addresses[address] = self._addresses.get(address, 0) + 1
        try:
            response: web.StreamResponse = await self._io.handle_request(request)
        finally:
            self._addresses[address] -= 1
            if not self._addresses[address]:
                del self._addresses[address]
        return response

    async def _connect(self, sid: str, environ: dict[str, Any]) -> None:
        request: web.Request = environ["aiohttp.request"]
        cookie = self._accounts.cookie_of(request)
        if cookie and self._sessions[cookie] >= self._settings.limits.sockets_per_session:
            raise ConnectionRefusedError("busy")
        self._sessions[cookie or ""] += 1
        caller = self._callers[sid] = _Caller(request, cookie)
        environ[COMMANDS] = partial(self._take, caller)

    async def _disconnect(self, sid: str, *_reason: str) -> None:
        caller = self._callers.pop(sid, None)
        if caller is None:
            return
        self._sessions[caller.cookie or ""] -= 1
        if not self._sessions[caller.cookie or ""]:
            del self._sessions[caller.cookie or ""]
        for record, person in caller.following.items():
            self._feed.leave(sid, record)
            self._signals.left(sid, record)
            self._air.left(record, sid)
            if person:
                self._air.look(record, person, None)

    async def _join(self, sid: str, body: dict[str, Any]) -> dict[str, Any]:
        caller = self._callers[sid]
        record, since = body.get("record"), body.get("since", 0)
        if not isinstance(record, str) or not isinstance(since, int) or not 0 <= since < 2**53:
            raise Refused("unclear")
        if len(caller.following) >= RECORDS_FOLLOWED and record not in caller.following:
            raise Refused("busy")
        code = body.get("code")
        code = code if isinstance(code, str) and code else caller.codes
        who = await self._door.may_read(caller.cookie, record, code=code)
        at = self._desks.clock()
        known = await self._accounts.me(caller.cookie, record, at)
        assert caller.transport is not None
        async with self._desks.reading(record) as room:
            eye = eye_of(room, who)
            whole = since < room.floor or since > room.seq
            answer = {
                "ok": True,
                "seq": room.seq,
                "set": room.patch(0 if whole else since, eye),
                "own": room.own(who.person, 0),
                "me": me_of(room, who, known),
                "now": at,
                "build": self._build(),
                "floor": room.floor,
                "again": whole and since > 0,
            }
            page = body.get("page")
            page = page if page in HALL_PAGES else ""
            self._feed.enter(sid, caller.transport, room, who.person, eye, page)
            caller.following[record] = who.person
            known_as = room.roles(who)
        visitor = caller.visitor or who.person or sid
        answer["air"] = await self._air.arrive(record, visitor)
        answer["how"] = self._air.begin(record)
        if eye is not Eye.STAFF and "technician" in known_as:
            self._air.attend(record, sid)
        return answer

    async def _take(self, caller: _Caller, text: str) -> bool:
        """Take a message if it is a command, and write its answer once there is one; False: it is none."""
        found = _DO.fullmatch(text)
        if found is None:
            return False
        try:
            given = msgspec.json.decode(found[2])
        except (msgspec.DecodeError, UnicodeEncodeError, RecursionError):
            given = []
        body = given[1] if len(given) == 2 and isinstance(given[1], dict) else None
        record = body.get("record") if body is not None else None
        answer = await self._door.submit(caller.cookie, record, body)
        answer.add_done_callback(partial(self._acknowledge, caller, found[1]))
        return True

    def _acknowledge(self, caller: _Caller, number: str, answer: asyncio.Future[dict[str, Any]]) -> None:
        transport = caller.transport
        if transport is None or transport.is_closing() or answer.cancelled():
            return
        if transport.get_write_buffer_size() > self._settings.limits.queue_bytes:
            transport.abort()
            return
        transport.write(text_frame(b"43" + number.encode() + msgspec.json.encode([answer.result()])))

    async def _breath(self, sid: str, body: dict[str, Any]) -> dict[str, Any]:
        caller = self._callers[sid]
        record = body.get("record")
        if not isinstance(record, str) or record not in caller.following:
            raise Refused("not_found")
        if "applause" in body:
            told = body["applause"]
            key = told.get("key") if isinstance(told, dict) else None
            total = told.get("total") if isinstance(told, dict) else None
            counted = (
                isinstance(key, str) and type(total) is int and await self._air.applaud(record, key, total)
            )
            if not counted:
                raise Refused("unclear", field="applause")
        if "quality" in body and not self._air.report(record, sid, body["quality"]):
            raise Refused("unclear", field="quality")
        if "looking" in body:
            await self._looking(caller, record, body["looking"])
        if "captions" in body:
            who = await self._accounts.who(caller.cookie, record, self._desks.clock())
            await self._air.halves.type(record, who, body["captions"])
        return {"ok": True}

    async def _signal(self, sid: str, body: dict[str, Any]) -> dict[str, Any]:
        caller = self._callers[sid]
        record = body.get("record")
        if not isinstance(record, str) or record not in caller.following:
            raise Refused("not_found")
        return await self._signals.take(sid, caller.cookie, record, body)

    async def _looking(self, caller: _Caller, record: str, name: object) -> None:
        if name is not None and (not isinstance(name, str) or len(name) > 80):
            raise Refused("unclear", field="looking")
        who = await self._accounts.who(caller.cookie, record, self._desks.clock())
        room = await self._desks.room(record)
        if eye_of(room, who).value != "staff":
            raise Refused("forbidden")
        self._air.look(record, who.person, name)

    def _changed_people(self, people: frozenset[str]) -> None:
        self._feed.again(people=people)

    async def _sweep(self) -> None:
        """Close sockets that opened and never connected, and those whose answers pile up unread."""
        while True:
            await asyncio.sleep(CONNECT_SECONDS / 2)
            now = time.monotonic()
            named = {self._io.manager.eio_sid_from_sid(sid, "/") for sid in self._callers}
            unnamed = [eio_sid for eio_sid in self._io.eio.sockets if eio_sid not in named]
            self._unnamed = {eio_sid: self._unnamed.get(eio_sid, now) for eio_sid in unnamed}
            late = [eio_sid for eio_sid, since in self._unnamed.items() if now - since > CONNECT_SECONDS]
            # Acknowledgements wait in a queue of the library's that has no bound of its own.
            most = self._settings.limits.queue_events
            full = [eio_sid for eio_sid, one in self._io.eio.sockets.items() if one.queue.qsize() > most]
            for eio_sid in [*late, *full]:
                with suppress(KeyError):
                    await self._io.eio.disconnect(eio_sid)


def _answering(
    handle: Callable[[str, dict[str, Any]], Awaitable[dict[str, Any]]],
) -> Callable[..., Awaitable[dict[str, Any]]]:
    """Always answer: a handler that raises would leave the client waiting for its time limit."""

    async def answer(sid: str, *given: Any) -> dict[str, Any]:
        body = given[0] if len(given) == 1 else None
        if not isinstance(body, dict):
            return {"ok": False, "code": "unclear"}
        try:
            return await handle(sid, body)
        except Refused as refused:
            return {"ok": False, "code": refused.code, **refused.detail}
        except KeyError:
            return {"ok": False, "code": "busy"}
        except Exception:
            log.exception("a socket event failed")
            return {"ok": False, "code": "unavailable"}

    return answer
