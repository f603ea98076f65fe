"""What a player asks for while a stream is on: playlists of the three tracks, headers, segments, parts.

Names of files keep their content for ever; only playlists change. Whatever is held or absent is 404.
"""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Protocol

from aiohttp import web

from server.media.between import HOLD, let_in
from server.media.elsewhere import Elsewhere
from server.media.tracks import Track, has, of_letter
from server.media.window import Crowded, Window

if TYPE_CHECKING:
    from server.media.stream import Stream

_TYPE = "application/vnd.apple.mpegurl"
_FRESH = "no-cache"
_SETTLED_S = 6
"""A playlist that was waited for is the same for whoever waits for that segment: a proxy asks once."""
_KEPT = "max-age=31536000, immutable"
_SHARED_S = 1
"""Proxies keep a segment for the second in which everybody asks for it, and nothing of a stream that has ended: when a
passage is masked after the meeting, none has it any more."""
_PASSING = f"max-age={_SHARED_S}"
"""Parts are listed before they are on disk: a server killed in between may give their names to other bytes."""
_OFFLINE, _ABSENT = {"state": "offline"}, {"state": "absent"}
_LONGEST_NUMBER = 12
_TRACKS: dict[str, Track] = {"live": "picture", "thin": "thin", "sound": "sound"}
_HEADERS: dict[str, Track] = {"": "picture", "t": "thin", "a": "sound"}

Finished = Callable[[web.Request, "Stream", Track], web.StreamResponse]


class Gate(Protocol):
    """Lets a request through to its stream, or raises; and whether anybody at all would be let through."""

    async def __call__(self, request: web.Request) -> Stream: ...


class Watching:
    """The routes. `gate` is asked for every one of them, `shared` whether a proxy may keep what is answered,
    `finished` answers for a stream that has ended, `elsewhere` knows the other address of files, if there is one.
    """

    def __init__(
        self,
        gate: Gate,
        shared: Callable[[web.Request], Awaitable[bool]],
        finished: Finished,
        block_s: float,
        elsewhere: Elsewhere | None = None,
    ) -> None:
        self._gate, self._shared, self._finished, self._block_s = gate, shared, finished, block_s
        self._elsewhere = elsewhere

    def routes(self, base: str) -> list[web.RouteDef]:
        return [
            web.get(base + "/{track:live|thin|sound}.m3u8", self.playlist),
            web.get(base + r"/{track:|t|a}init{n:\d{1,6}}.mp4", self.header),
            web.get(base + r"/{track:[sta]}{n:\d{1,9}}.m4s", self.segment),
            web.get(base + r"/p{n:\d{1,9}}.{place:\d{1,3}}.m4s", self.part),
        ]

    async def playlist(self, request: web.Request) -> web.StreamResponse:
        stream = await self._gate(request)
        track, query, window = _TRACKS[request.match_info["track"]], request.query, stream.window
        if not window.public:
            return web.json_response(_OFFLINE, status=404, headers={"Cache-Control": _FRESH})
        if not window.tells(track):
            return web.json_response(_ABSENT, status=404, headers={"Cache-Control": _FRESH})
        settled = False
        if stream.state != "ended" and "_HLS_msn" in query:
            settled = await self._block(window, query["_HLS_msn"], query.get("_HLS_part"))
        if stream.state == "ended":
            return self._finished(request, stream, track)
        if query.get("dvr") != "1":
            text = window.text(track)
        else:
            text = window.delta(track) if "_HLS_skip" in query else window.whole(track)
        if self._elsewhere is not None and await self._shared(request):
            text = self._elsewhere.rewritten(stream.record, text)
        cache = f"{await self._scope(request)}, max-age={_SETTLED_S}" if settled else _FRESH
        headers = {"Content-Type": _TYPE, "Cache-Control": cache}
        if settled and let_in(request):
            headers[HOLD] = "1"
        return web.Response(body=text, headers=headers)

    async def header(self, request: web.Request) -> web.StreamResponse:
        stream = await self._gate(request)
        track = _HEADERS[request.match_info["track"]]
        data = stream.landing.inits[track].get(int(request.match_info["n"]))
        return await self._file(request, stream, data)

    async def segment(self, request: web.Request) -> web.StreamResponse:
        stream = await self._gate(request)
        track = of_letter(request.match_info["track"])
        entry = stream.window.public_entry(int(request.match_info["n"]))
        if entry is None or not has(entry, track):
            raise web.HTTPNotFound
        data = stream.window.blob(entry.n, track)
        if data is None:
            try:
                data = await asyncio.to_thread(stream.recorder.read, entry, track)
            except FileNotFoundError:
                raise web.HTTPNotFound from None
        return await self._file(request, stream, data)

    async def part(self, request: web.Request) -> web.StreamResponse:
        """A partial segment; the one that is hinted at is waited for."""
        stream = await self._gate(request)
        window = stream.window
        n, place = int(request.match_info["n"]), int(request.match_info["place"])
        data = window.part(n, place)
        msn = window.expects(n, place) if data is None else None
        if msn is not None:
            try:
                await window.wait(msn, self._block_s, place)
            except Crowded:
                raise _crowded() from None
            data = window.part(n, place)
        return await self._file(request, stream, data, kept=_PASSING)

    async def _file(
        self, request: web.Request, stream: Stream, data: bytes | None, *, kept: str = _KEPT
    ) -> web.Response:
        if data is None:
            raise web.HTTPNotFound
        live = stream.state != "ended"
        scope = await self._scope(request) if live else "private"
        sooner = f", s-maxage={_SHARED_S}" if scope == "public" else ""
        headers = {
            "Content-Type": "video/mp4",
            "Cache-Control": f"{scope}, {kept}{sooner}",
            "ETag": _etag(data),
        }
        if live and let_in(request):
            headers[HOLD] = "1"
        if headers["ETag"] in request.headers.get("If-None-Match", ""):
            return web.Response(status=304, headers=headers)
        if self._elsewhere is not None and scope == "public":
            # A cache under another address hands this on: our page must be allowed to read it there.
            headers["Access-Control-Allow-Origin"] = "*"
        return web.Response(body=data, headers=headers)

    async def _scope(self, request: web.Request) -> str:
        return "public" if await self._shared(request) else "private"

    async def _block(self, window: Window, asked: str, part: str | None) -> bool:
        """Wait for the segment, or the part of it, that a player asks for; whether it is there."""
        msn, place = _number(asked), -1 if part is None else _number(part)
        if msn > window.next_msn + 2:
            raise web.HTTPBadRequest
        try:
            return await window.wait(msn, self._block_s, place)
        except Crowded:
            raise _crowded() from None


def _etag(data: bytes) -> str:
    """Tells two contents of one name apart: length and end. A proxy asks by it whether it may go on serving."""
    return f'"{len(data):x}-{zlib.crc32(data[-256:]):x}"'


def _number(text: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > _LONGEST_NUMBER:
        raise web.HTTPBadRequest
    return int(text)


def _crowded() -> web.HTTPException:
    return web.HTTPServiceUnavailable(headers={"Retry-After": "3"})
