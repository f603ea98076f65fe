"""Between processes on one port: what is asked of one about a stream that another keeps is passed on to that one.

Players' files and playlists are fetched once for all who ask here at the same time; everything else goes through as
it comes. Nothing is decided here but the way.
"""

from __future__ import annotations

import asyncio
import errno
import re
import socket
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Coroutine
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlencode

import aiohttp
from aiohttp import WSMsgType, web
from multidict import CIMultiDict
from yarl import URL

from server.media.keepers import HTTP, Keepers

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

REMOTE, SCHEME, SEEN = "X-Sun-Remote", "X-Sun-Scheme", "X-Sun-Seen"
"""What one process says to another of a request: from where, by which scheme, and that it was let in already."""
HOLD = "X-Sun-Hold"
"""The keeper says: who passes this answer on may give it again for a moment."""
_OURS = re.compile(
    r"/(?:media/meeting-([0-9A-Za-z_-]{1,80})/.|api/records/meeting:([0-9A-Za-z_-]{1,80})/(?:push|stream-key)$)"
)
_SHARED = re.compile(
    r"(?:(?:live|thin|sound|recording(?:-thin|-sound)?)\.m3u8|[ta]?init\d{1,6}\.mp4|[sta]\d{1,9}\.m4s"
    r"|p\d{1,9}\.\d{1,3}\.m4s)"
)
_FILM = re.compile(r"/recording\.(?:mp4|m4a)$")
_ASKED = ("_HLS_msn", "_HLS_part", "_HLS_skip", "dvr")
_TOLD = (
    "Content-Type",
    "Cache-Control",
    "Content-Encoding",
    "Vary",
    "ETag",
    "Access-Control-Allow-Origin",
    "Retry-After",
)
_HOP = frozenset({
    "connection", "keep-alive", "transfer-encoding", "upgrade", "te", "trailer", "proxy-authorization",
    "proxy-authenticate", "content-length", "date", "server", "expect",
})  # fmt: skip
_HELD_S = 1.0
"""So long an answer that does not change is given again: a hold waits no longer than that here."""
_HELD_BYTES = 32 << 20
_GOING = 512
_FIND_S, _AGAIN_S = 2.0, 0.05
_ANSWER_S, _FILM_S, _GREET_S = 12.0, 300.0, 10.0
_MESSAGE_BYTES = 1 << 20
_PIECE = 1 << 16
_HEARTBEAT_S = 5.0
_NOBODY = {errno.ENOENT, errno.ECONNREFUSED}


class Gone(Exception):
    """Nobody answers where the keeper should be."""


class Answer(NamedTuple):
    """A whole answer of the keeper, for everybody who asked the same."""

    status: int
    headers: dict[str, str]
    body: bytes
    held: bool


class Between:
    """The way to whoever keeps a record. `known` raises for what is no record, `may_watch` says who may be answered
    together with others, `claimed` is awaited when this process begins to keep a record, before anything else is.
    """

    def __init__(
        self,
        keepers: Keepers,
        known: Callable[[str], Awaitable[object]],
        may_watch: Callable[[web.Request, str], Awaitable[bool]],
        claimed: Callable[[str], Coroutine[Any, Any, None]],
        most: int,
    ) -> None:
        self.keepers = keepers
        self._known, self._may_watch, self._claimed = known, may_watch, claimed
        self._claims: dict[str, asyncio.Task[None]] = {}
        self._clients: dict[Path, aiohttp.ClientSession] = {}
        self._going: dict[str, asyncio.Task[Answer]] = {}
        self._held: OrderedDict[str, tuple[float, Answer]] = OrderedDict()
        self._held_bytes = 0
        self._waiting, self._most = 0, most

    async def way(self, record: str) -> Path | None:
        """Where the keeper of a record is; None: it is this process, from now on if it was nobody."""
        if record not in self._claims and not self.keepers.take(record):
            return self.keepers.where(record) or Path()
        if record not in self._claims:
            self._claims[record] = asyncio.create_task(self._claimed(record))
        claim = self._claims[record]
        try:
            await asyncio.shield(claim)
        except Exception:
            self.leave(record)
            raise
        return None

    def leave(self, record: str) -> None:
        """Keep a record no longer."""
        self._claims.pop(record, None)
        self.keepers.leave(record)

    async def close(self) -> None:
        for task in [*self._claims.values(), *self._going.values()]:
            task.cancel()
        for client in self._clients.values():
            await client.close()
        self.keepers.close()

    @web.middleware
    async def passing(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Answer here what is kept here; pass on what is not."""
        found = _OURS.match(request.path)
        if found is None:
            return await handler(request)
        record = f"meeting:{found[1] or found[2]}"
        if came_inside(request):
            # Whoever sent it took us for the keeper. Passed on once more it could go round for ever.
            if await self.way(record) is not None:
                raise _later()
            return await handler(request)
        await self._known(record)
        answer = await self.pass_on(request, record)
        return await handler(request) if answer is None else answer

    async def pass_on(
        self, request: web.Request, record: str, body: bytes | None = None
    ) -> web.StreamResponse | None:
        """The keeper's answer; None where that is this process. `body` is the request's, where it was read."""
        until = time.monotonic() + _FIND_S
        while (way := await self.way(record)) is not None:
            try:
                return await self._asked(way, request, record, body)
            except Gone:
                if time.monotonic() > until:
                    raise _later() from None
                await asyncio.sleep(_AGAIN_S)
        return None

    async def _asked(
        self, way: Path, request: web.Request, record: str, body: bytes | None
    ) -> web.StreamResponse:
        if request.headers.get("Upgrade", "").lower() == "websocket":
            return await self._talked(way, request)
        if request.method == "GET" and _SHARED.fullmatch(request.path.rpartition("/")[2]):
            return await self._shared(way, request, record)
        return await self._streamed(way, request, body)

    # what many ask for

    async def _shared(self, way: Path, request: web.Request, record: str) -> web.Response:
        if not await self._may_watch(request, record):
            raise web.HTTPForbidden
        told = {name: request.query[name][:20] for name in _ASKED if name in request.query}
        packed = "gzip" in request.headers.get("Accept-Encoding", "") and request.path.endswith(".m3u8")
        path = f"{request.rel_url.raw_path}{'?' if told else ''}{urlencode(told)}"
        answer = await self._answer(way, path, packed=packed)
        etag = answer.headers.get("ETag")
        if etag and etag in request.headers.get("If-None-Match", ""):
            return web.Response(status=304, headers=answer.headers)
        return web.Response(status=answer.status, headers=answer.headers, body=answer.body)

    async def _answer(self, way: Path, path: str, *, packed: bool) -> Answer:
        """The keeper's answer: asked once for all who wait for the same, and given again for a moment."""
        key = f"{packed:d}{path}"
        held = self._held.get(key)
        if held is not None and held[0] > time.monotonic():
            return held[1]
        task = self._going.get(key)
        if task is None:
            if len(self._going) >= _GOING:
                raise _later()
            task = self._going[key] = asyncio.create_task(self._fetch(way, path, packed=packed))
            task.add_done_callback(lambda done: self._came(key, done))
        if self._waiting >= self._most:
            raise _later()
        self._waiting += 1
        try:
            return await asyncio.shield(task)
        finally:
            self._waiting -= 1

    async def _fetch(self, way: Path, path: str, *, packed: bool) -> Answer:
        headers = {SEEN: "1", "Accept-Encoding": "gzip" if packed else "identity"}
        try:
            async with asyncio.timeout(_ANSWER_S), self._client(way).get(_url(path), headers=headers) as came:
                told = {name: came.headers[name] for name in _TOLD if name in came.headers}
                return Answer(came.status, told, await came.read(), HOLD in came.headers)
        except TimeoutError:
            raise _later() from None
        except (aiohttp.ClientError, OSError) as error:
            await self._forget(way, error)
            raise Gone from None

    def _came(self, key: str, task: asyncio.Task[Answer]) -> None:
        del self._going[key]
        if task.cancelled() or task.exception() is not None:
            return
        answer, now = task.result(), time.monotonic()
        if answer.status != 200 or not answer.held:
            return
        self._drop(key)
        self._held[key] = (now + _HELD_S, answer)
        self._held_bytes += len(answer.body)
        while self._held and (self._held_bytes > _HELD_BYTES or next(iter(self._held.values()))[0] <= now):
            self._drop(next(iter(self._held)))

    def _drop(self, key: str) -> None:
        known = self._held.pop(key, None)
        if known is not None:
            self._held_bytes -= len(known[1].body)

    # what one asks for

    async def _streamed(self, way: Path, request: web.Request, body: bytes | None) -> web.StreamResponse:
        """A request and its answer as they come, in pieces."""
        data: Any = body if body is not None else request.content if request.can_read_body else None
        try:
            # A file to take home is made before its answer begins; nothing else may take so long.
            async with asyncio.timeout(_FILM_S if _FILM.search(request.path) else _ANSWER_S):
                came = await self._client(way).request(
                    request.method,
                    _url(request.rel_url),
                    headers=_handed(request),
                    data=data,
                    allow_redirects=False,
                )
        except aiohttp.ClientConnectorError as error:
            await self._forget(way, error)
            raise Gone from None
        except (aiohttp.ClientError, OSError, TimeoutError):
            raise _later() from None
        async with came:
            kept = CIMultiDict(
                (name, value) for name, value in came.headers.items() if name.lower() not in _HOP
            )
            response = web.StreamResponse(status=came.status, reason=came.reason, headers=kept)
            response.content_length = came.content_length
            await response.prepare(request)
            async for piece in came.content.iter_chunked(_PIECE):
                await response.write(piece)
            await response.write_eof()
            return response

    async def _talked(self, way: Path, request: web.Request) -> web.StreamResponse:
        """A websocket: what either side says goes to the other, and no faster than it is read there."""
        headers = CIMultiDict(
            (name, value) for name, value in _handed(request).items() if not name.lower().startswith("sec-w")
        )
        try:
            async with asyncio.timeout(_GREET_S):
                there = await self._client(way).ws_connect(
                    _url(request.rel_url), headers=headers, max_msg_size=_MESSAGE_BYTES, compress=0
                )
        except aiohttp.WSServerHandshakeError as error:
            return web.Response(status=error.status)
        except TimeoutError:
            raise _later() from None
        except (aiohttp.ClientError, OSError) as error:
            await self._forget(way, error)
            raise Gone from None
        here = web.WebSocketResponse(max_msg_size=_MESSAGE_BYTES, heartbeat=_HEARTBEAT_S, compress=False)
        try:
            await here.prepare(request)
            ways = [asyncio.create_task(_said(*pair)) for pair in ((here, there), (there, here))]
            try:
                await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for task in ways:
                    task.cancel()
                await asyncio.gather(*ways, return_exceptions=True)
        except ConnectionResetError:
            pass
        finally:
            await there.close(code=_code(here))
        await here.close(code=_code(there))
        return here

    def _client(self, way: Path) -> aiohttp.ClientSession:
        found = self._clients.get(way)
        if found is None or found.closed:
            found = self._clients[way] = aiohttp.ClientSession(
                connector=aiohttp.UnixConnector(str(way / HTTP), limit=0),
                timeout=aiohttp.ClientTimeout(total=None, sock_connect=2, sock_read=_FILM_S),
                cookie_jar=aiohttp.DummyCookieJar(),
                auto_decompress=False,
            )
        return found

    async def _forget(self, way: Path, error: Exception) -> None:
        """Where nobody listens any more. One line that broke, or found no room, says nothing of the others: a studio
        may be on one of them.
        """
        if not isinstance(error, aiohttp.ClientConnectorError) or error.errno not in _NOBODY:
            return
        client = self._clients.pop(way, None)
        if client is not None:
            await client.close()


@web.middleware
async def inside(request: web.Request, handler: Handler) -> web.StreamResponse:
    """A request of another process, as that one got it. What a stranger says in those words counts nothing."""
    if came_inside(request):
        said = request.headers
        request = request.clone(
            scheme=said.get(SCHEME, request.scheme), remote=said.get(REMOTE, request.remote or "")
        )
    return await handler(request)


def came_inside(request: web.BaseRequest) -> bool:
    """Whether it came over the socket in our own folder, which only our own processes reach."""
    line = request.transport.get_extra_info("socket") if request.transport is not None else None
    return line is not None and line.family == socket.AF_UNIX


def let_in(request: web.BaseRequest) -> bool:
    """Whether another process of ours looked already whether this may be seen."""
    return SEEN in request.headers and came_inside(request)


def _handed(request: web.Request) -> CIMultiDict[str]:
    headers = CIMultiDict(
        (name, value)
        for name, value in request.headers.items()
        if name.lower() not in _HOP and not name.lower().startswith("x-sun-")
    )
    headers[REMOTE], headers[SCHEME] = request.remote or "", request.scheme
    return headers


async def _said(source: Any, target: Any) -> None:
    async for message in source:
        try:
            if message.type is WSMsgType.BINARY:
                await target.send_bytes(message.data)
            elif message.type is WSMsgType.TEXT:
                await target.send_str(message.data)
            else:
                return
        except (ConnectionResetError, aiohttp.ClientError):
            return


def _code(ended: Any) -> int:
    """How to close the other side when this one closed: what may not be sent becomes "going away"."""
    code = ended.close_code
    return (
        code
        if isinstance(code, int) and (code in {1000, 1001, 1007, 1008, 1009, 1011, 1013} or code >= 3000)
        else 1001
    )


def _url(path: str | URL) -> URL:
    whole = str(path.relative()) if isinstance(path, URL) and path.is_absolute() else str(path)
    return URL(f"http://inside{whole}", encoded=True)


def _later() -> web.HTTPException:
    return web.HTTPServiceUnavailable(headers={"Retry-After": "1"})
