"""The routes of a finished recording: its playlists, its files to take home, and the gate before what is masked.

What is masked is the record's to say: it is asked at every request, so that nothing here can disagree with it.
Sealed files answer 410 by every address they ever had.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any
from weakref import WeakKeyDictionary

from aiohttp import web

from server.media import films, veil
from server.media.films import Caption, Film, Kind, Making, Workshop
from server.media.stream import Stream
from server.media.tracks import Track
from server.media.veil import Veil
from server.media.veil_store import Veiling

Veils = Callable[[str], Awaitable[Sequence[Veil]]]
"""What the record says is masked."""
Captions = Callable[[str], Awaitable[Sequence[Caption]]]
"""The transcript of a record, for the files' text track."""
Watched = Callable[[web.Request], Awaitable[Stream]]

PLAYLIST = {"Content-Type": "application/vnd.apple.mpegurl", "Cache-Control": "no-cache"}
FOREVER = {"Content-Type": "video/mp4", "Cache-Control": "private, max-age=31536000, immutable"}
_NO_STORE = {"Cache-Control": "no-store"}
_TYPES: dict[Kind, str] = {"mp4": "video/mp4", "m4a": "audio/mp4"}
_HEADERS: dict[str, Track] = {"": "picture", "t": "thin", "a": "sound"}


async def _nothing(_: str) -> Sequence[Any]:
    return ()


class Replay:
    """The finished recordings of all meetings. `words` stand on the card that masks a picture."""

    def __init__(self, floor_bytes: int) -> None:
        self.words: tuple[str, ...] = ()
        self.veils: Veils = _nothing
        self.captions: Captions = _nothing
        self._workshop = Workshop(floor_bytes)
        self._veiling: WeakKeyDictionary[Stream, tuple[tuple[int, Sequence[Veil]], Veiling]] = (
            WeakKeyDictionary()
        )

    def of(self, stream: Stream, veils: Sequence[Veil] | None = None) -> Veiling:
        """The recording as it is now; without `veils`, as it was last asked for."""
        known = self._veiling.get(stream)
        told = tuple(veils) if veils is not None else known[1].veils if known else ()
        state = (len(stream.window.public), told)
        if known is None or known[0] != state:
            veiling = known[1] if known else Veiling(stream.recorder.folder, self.words)
            veiling.settle(stream.window.kept(), told)
            known = self._veiling[stream] = (state, veiling)
        return known[1]

    async def asked(self, stream: Stream) -> Veiling:
        """The recording as the record says it is to be shown."""
        return self.of(stream, await self.veils(stream.record))

    async def gate(self, request: web.Request, stream: Stream) -> None:
        """Refuse what is masked, by the name that was asked for."""
        if stream.state in {"live", "offline"}:
            return
        if (await self.asked(stream)).seals(request.path.rpartition("/")[2]):
            raise web.HTTPGone(headers=_NO_STORE)

    def playlist(self, request: web.Request, stream: Stream, track: Track) -> web.Response:
        """The finished playlist of a track, as the gate has just asked."""
        plain, packed = self.of(stream).playlist(track)
        if "gzip" not in request.headers.get("Accept-Encoding", ""):
            return web.Response(body=plain, headers=PLAYLIST)
        headers = {**PLAYLIST, "Content-Encoding": "gzip", "Vary": "Accept-Encoding"}
        return web.Response(body=packed, headers=headers)

    async def segments(self, request: web.Request, stream: Stream) -> web.Response:
        """Several segments as one file, or masked ones."""
        name = veil.parsed(request.path.rpartition("/")[2])
        data = await (await self.asked(stream)).segment(name) if name is not None else None
        return _blob(data)

    async def header(self, request: web.Request, stream: Stream) -> web.Response:
        """The header of masked segments."""
        told = request.match_info
        veiling = await self.asked(stream)
        return _blob(await veiling.header(_HEADERS[told["of"]], int(told["n"]), told["mask"]))

    # files to take home

    def films(self, stream: Stream) -> list[Film]:
        """The files there are of a recording."""
        if not stream.window.public:
            return []
        veiling = self.of(stream)
        return [film for kind in films.KINDS for film in films.films(veiling, kind)]

    async def file(self, request: web.Request, stream: Stream) -> web.StreamResponse:
        """The file itself, with ranges; made first if it is not there."""
        veiling, film = await self._film(request, stream)
        wanted = films.order(veiling, film, await self.captions(stream.record))
        making = self._workshop.begin(wanted, film.size, veiling)
        if making.task is not None:
            await asyncio.shield(making.task)
        if making.failed:
            return web.json_response({"code": making.failed}, status=507, headers=_NO_STORE)
        name = f"{stream.record.replace(':', '-')}{f'-{film.part + 1}' if film.part else ''}.{film.kind}"
        headers = {
            "Content-Disposition": f'attachment; filename="{name}"',
            "Content-Type": _TYPES[film.kind],
            "Cache-Control": "private, no-cache",
        }
        return web.FileResponse(wanted.into, headers=headers)

    async def progress(self, request: web.Request, stream: Stream) -> web.StreamResponse:
        """How far a file is; a POST has it made."""
        veiling, film = await self._film(request, stream)
        wanted = films.order(veiling, film, await self.captions(stream.record))
        begun = request.method == "POST"
        making = self._workshop.begin(wanted, film.size, veiling) if begun else self._workshop.look(wanted)
        return web.json_response(_told(making), headers=_NO_STORE)

    async def _film(self, request: web.Request, stream: Stream) -> tuple[Veiling, Film]:
        if stream.state != "ended":
            raise web.HTTPConflict(text='{"code": "not_open"}', content_type="application/json")
        veiling = await self.asked(stream)
        kind: Kind = "m4a" if request.match_info["kind"] == "m4a" else "mp4"
        found = films.films(veiling, kind)
        asked = request.query.get("part", "0")
        if not asked.isascii() or not asked.isdigit() or len(asked) > 4 or int(asked) >= len(found):
            raise web.HTTPNotFound
        return veiling, found[int(asked)]

    async def ready(self, stream: Stream) -> None:
        """Make what is masked before anybody asks, and take away the files of versions before."""
        veiling = await self.asked(stream)
        captions = await self.captions(stream.record)
        wanted = [films.order(veiling, film, captions) for film in self.films(stream)]
        await asyncio.to_thread(films.tidy, veiling.folder, wanted)
        await asyncio.to_thread(veiling.ready)

    async def close(self) -> None:
        await self._workshop.close()


def routes(app: web.Application, base: str, replay: Replay, watched: Watched) -> None:
    """Add the addresses of finished recordings; `watched` lets in and finds the stream."""

    def seen(answer: Callable[[web.Request, Stream], Awaitable[web.StreamResponse]]) -> Any:
        async def route(request: web.Request) -> web.StreamResponse:
            return await answer(request, await watched(request))

        return route

    app.router.add_get(base + r"/{file:[sta]\d{1,9}(?:-[2-9][psb]?|[psb])\.m4s}", seen(replay.segments))
    app.router.add_get(
        base + r"/{of:[ta]?}init{n:\d{1,6}}{mask:[psb]}.mp4",
        seen(replay.header),
    )
    app.router.add_get(base + r"/recording.{kind:mp4|m4a}", seen(replay.file))
    app.router.add_get(base + r"/recording.{kind:mp4|m4a}.json", seen(replay.progress))
    app.router.add_post(base + r"/recording.{kind:mp4|m4a}.json", seen(replay.progress))


def _blob(data: bytes | None) -> web.Response:
    if data is None:
        raise web.HTTPNotFound
    return web.Response(body=data, headers=FOREVER)


def _told(making: Making | None) -> dict[str, Any]:
    if making is None:
        return {"state": "absent", "percent": 0}
    if making.failed:
        return {"state": "failed", "percent": making.percent, "code": making.failed}
    state = "ready" if making.percent == 100 and making.task is None else "making"
    return {"state": state, "percent": making.percent}


__all__ = ["Caption", "Captions", "Replay", "Veil", "Veils", "routes"]
