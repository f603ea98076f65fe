"""The routes: playlists, segments, recording, the publishing socket. `mount` is the one way in.

What players ask for while a stream is on is in watching.py.
"""

from __future__ import annotations

import asyncio
import re
import secrets
import shutil
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

from aiohttp import web

from server.media import ingest, replay
from server.media.between import Between, inside, let_in
from server.media.chunk import SECOND, Limits
from server.media.elsewhere import Elsewhere
from server.media.films import Film
from server.media.keepers import Keepers
from server.media.recogniser import Heard, Hears
from server.media.recorder import INDEX
from server.media.replay import Replay
from server.media.session import Session, wall_ms
from server.media.stream import Notify, Stream
from server.media.tap import Tap
from server.media.tokens import Tokens
from server.media.tracks import TRACKS, Track
from server.media.verdicts import AllowWatch, OpenToAll, Verdicts, settled
from server.media.watching import Watching

_LEAVE_S = 60.0
_LOOKED_AT = 16
AllowPublish = Callable[[web.Request, str], Awaitable[str | None] | str | None]

_NAME = r"{name:meeting-[0-9A-Za-z_-]{1,80}}"
_RECORD = re.compile(r"meeting:[0-9A-Za-z_-]{1,80}")
_RECORDINGS: dict[str, Track] = {"": "picture", "-thin": "thin", "-sound": "sound"}
T = TypeVar("T")


class Media:
    """The media of all meetings. Everything public here is called in the event loop."""

    def __init__(
        self,
        root: Path,
        allow_publish: AllowPublish,
        allow_watch: AllowWatch,
        on_state: Notify,
        limits: Limits,
        open_to_all: OpenToAll = lambda _: False,
        elsewhere: Elsewhere | None = None,
        keepers: Keepers | None = None,
    ) -> None:
        self.elsewhere = elsewhere
        self._leaving: set[asyncio.Task[None]] = set()
        self.root, self.limits = root, limits
        self._verdicts = Verdicts(allow_watch, open_to_all, limits.verdict_s)
        self._allow_publish, self._notify = allow_publish, on_state
        self._streams: OrderedDict[str, Stream] = OrderedDict()
        self._pool = ThreadPoolExecutor(2, "recorder")
        self._tokens = Tokens()
        self.beside: Callable[[str], dict[str, Any]] = lambda _record: {}
        self.between: Between | None = None
        if keepers is not None:
            self.between = Between(
                keepers,
                self._verdicts.open_to_all,
                self._verdicts.may_watch,
                self._claim,
                limits.waiting_readers,
            )
        self.on_claim: Callable[[str], Awaitable[None]] | None = None
        self.in_use: list[Callable[[str], bool]] = []
        self._looked_at: OrderedDict[str, tuple[tuple[int, int] | None, Stream]] = OrderedDict()
        self.replay = Replay(limits.disk_floor_bytes)
        self._hearing: tuple[Callable[[], Hears], Callable[[str, Heard, int], None]] | None = None

    def stream(self, record: str) -> Stream:
        """The stream of a record, read from its index when first asked for; where another process keeps it, what
        can be read of it there. Raises KeyError for other names.
        """
        if not self.keeps(record):
            return self._look_at(record)
        found = self._streams.get(record)
        if found is None:
            found = Stream(record, folder(self.root, record), self.limits, self._notify, self._pool)
            if self._hearing is not None:
                hears, heard = self._hearing
                found.tap = Tap(hears, partial(heard, record))
            if self.elsewhere is not None and self.elsewhere.puts:
                found.landing.shelve = partial(self._shelve, record)
            self._streams[record] = found
            found.wake()
            self._forget()
        self._streams.move_to_end(record)
        return found

    def keeps(self, record: str) -> bool:
        """Whether this process keeps the record's media; alone it keeps all."""
        return self.between is None or self.between.keepers.keeps(record)

    def kept(self) -> list[str]:
        """The records with a stream in this process."""
        return list(self._streams)

    async def keeper(self, record: str) -> Path | None:
        """Where the process is that keeps this record; None: here, from now on if it was nowhere."""
        return None if self.between is None else await self.between.way(record)

    async def _claim(self, record: str) -> None:
        """This process begins to keep a record: what is held back is known before anything can be listed."""
        self._looked_at.pop(record, None)
        self._streams.pop(record, None)
        stream = self.stream(record)
        if self.on_claim is not None:
            await self.on_claim(record)
        self._streams.setdefault(record, stream)

    def _look_at(self, record: str) -> Stream:
        place = folder(self.root, record)
        try:
            about = (place / INDEX).stat()
            stamp = (about.st_mtime_ns, about.st_size)
        except FileNotFoundError:
            stamp = None
        known = self._looked_at.get(record)
        if known is None or known[0] != stamp:
            known = self._looked_at[record] = (
                stamp,
                Stream(record, place, self.limits, self._notify, self._pool),
            )
            while len(self._looked_at) > _LOOKED_AT:
                self._looked_at.popitem(last=False)
        self._looked_at.move_to_end(record)
        return known[1]

    def hear_with(self, hears: Callable[[], Hears], heard: Callable[[str, Heard, int], None]) -> None:
        """Let every stream be heard: `heard` is told, in the loop, record, words, and when they were said."""
        self._hearing = (hears, heard)

    def hidden(self, record: str, at_ms: int) -> bool:
        """Whether what happened then was held back."""
        return self.stream(record).landing.hides(at_ms, at_ms)

    def reload(self, record: str) -> None:
        """Read the index again: somebody wrote a recording beside this process."""
        if record in self._streams and self._streams[record].idle:
            del self._streams[record]

    def publisher(self, record: str, owner: str, *, target: int = 1) -> Session:
        """Publish from inside this process. Raises Taken when somebody else does."""
        return self.stream(record).offer(owner, secrets.token_hex(8), lambda _: None, target=target)

    def publishing_token(self, record: str, person: str) -> str:
        """A short-lived key for a publisher without a session cookie; it dies with the process."""
        return self._tokens.issue(record, person)

    def hold(self, record: str, since_ms: int | None = None) -> None:
        """Stop listing segments at once; recording goes on, the span (from now, or since then) is not public.
        Every process is told by the record: it concerns the one that keeps this stream.
        """
        if self.keeps(record):
            self.stream(record).hold(since_ms)

    def release(self, record: str, at_ms: int | None = None) -> None:
        if self.keeps(record):
            self.stream(record).release(at_ms)

    async def end(self, record: str) -> None:
        """The stream ends by command; its address serves the recording from now on."""
        self._verdicts.forget()
        if await self.keeper(record) is not None:
            return
        await self.stream(record).end()
        self._verdicts.forget()
        if self.elsewhere is not None:
            # What is replayed comes from us; players take their last segments first.
            task = asyncio.create_task(self._leave(record))
            self._leaving.add(task)
            task.add_done_callback(self._leaving.discard)

    async def _shelve(self, record: str, files: Mapping[str, bytes]) -> None:
        assert self.elsewhere is not None
        if await self._verdicts.open_to_all(record):
            await self.elsewhere.land(record, files)

    async def _leave(self, record: str) -> None:
        assert self.elsewhere is not None
        await asyncio.sleep(_LEAVE_S)
        await self.elsewhere.forget(record)

    def hand_over(self, record: str) -> None:
        """Take the stream from its publisher, so that somebody else may begin."""
        self.stream(record).hand_over()

    def health(self, record: str) -> dict[str, Any]:
        """How a stream is, and what stands `beside` it: encoders, a push outside."""
        return {**self.stream(record).health(), **self.beside(record)}

    def offset_of(self, record: str, at_ms: int) -> float | None:
        """Where a moment is on the clock of the public recording, in seconds; None when there is none."""
        window = self.stream(record).window
        return window.seconds_at(at_ms) if window.kept() else None

    def clock_of(self, record: str) -> Callable[[int], float] | None:
        """`offset_of` for many moments; None when there is no recording."""
        window = self.stream(record).window
        return window.clock() if window.kept() else None

    def rates(self, record: str) -> dict[str, int]:
        """Bits a second of each track that is on now; 0 for those that are not."""
        stream = self._streams.get(record)
        on = stream is not None and stream.state == "live"
        return {track: stream.window.rate(track) if on and stream else 0 for track in TRACKS}

    def recorded(self, record: str) -> float:
        """Length of the public recording in seconds, 0 when there is none."""
        return sum(entry.dur_us for entry in self.stream(record).window.kept()) / SECOND

    def films(self, record: str) -> list[Film]:
        """The files there are to take home."""
        return self.replay.films(self.stream(record))

    async def veiled(self, record: str) -> None:
        """What is masked has changed: make the new version before anybody asks. Harmless to repeat."""
        if await self.keeper(record) is None:
            if self.elsewhere is not None:
                # A store keeps the last of it for a minute: not what must not be seen.
                await self.elsewhere.forget(record)
            await self.replay.ready(self.stream(record))
        else:
            await self.replay.asked(self.stream(record))

    async def remove(self, record: str) -> None:
        """Take the media of a sample record away; where there are none nothing happens."""
        stream = self._streams.pop(record, None)
        if stream is not None:
            await stream.close()
        await asyncio.to_thread(shutil.rmtree, folder(self.root, record), ignore_errors=True)

    async def close(self) -> None:
        await self.replay.close()
        for task in self._leaving:
            task.cancel()
        if self.elsewhere is not None:
            await self.elsewhere.close()
        for stream in self._streams.values():
            await stream.close()
        await asyncio.to_thread(self._pool.shutdown)
        if self.between is not None:
            await self.between.close()

    def _forget(self) -> None:
        idle = [
            record
            for record, stream in self._streams.items()
            if stream.idle and not any(uses(record) for uses in self.in_use)
        ]
        for record in idle[: max(0, len(self._streams) - self.limits.records_in_memory)]:
            del self._streams[record]
            if self.between is not None:
                self.between.leave(record)

    # routes

    async def recording(self, request: web.Request) -> web.StreamResponse:
        stream = await self._watched(request)
        track = _RECORDINGS[request.match_info["track"]]
        if not stream.window.tells(track) or not stream.window.public:
            raise web.HTTPNotFound
        return self.replay.playlist(request, stream, track)

    async def state(self, request: web.Request) -> web.StreamResponse:
        record = _record(request)
        if await settled(self._allow_publish(request, record)) is None:
            raise web.HTTPForbidden
        return web.json_response(self.health(record), headers={"Cache-Control": "no-store"})

    async def publish(self, request: web.Request) -> web.StreamResponse:
        record = _record(request)
        if not _same_origin(request):
            raise web.HTTPForbidden
        person = await settled(self._allow_publish(request, record))
        return await ingest.publish(
            request,
            self.stream(record),
            person,
            lambda token, epoch: self._tokens.spend(token, record, epoch),
            self.limits,
        )

    async def _watched(self, request: web.Request) -> Stream:
        record = _record(request)
        if not let_in(request) and not await self._verdicts.may_watch(request, record):
            raise web.HTTPForbidden
        stream = self.stream(record)
        await self.replay.gate(request, stream)
        return stream

    async def _shared(self, request: web.Request) -> bool:
        """Whether a proxy may keep what this request is answered."""
        return await self._verdicts.open_to_all(_record(request))


def mount(
    app: web.Application,
    *,
    root: Path,
    allow_publish: AllowPublish,
    allow_watch: AllowWatch,
    on_state: Notify,
    limits: Limits | None = None,
    open_to_all: OpenToAll = lambda _: False,
    elsewhere: Elsewhere | None = None,
    keepers: Keepers | None = None,
) -> Media:
    """Give `app` the media routes. `allow_publish` says who publishes (None: nobody), `allow_watch` whether
    this request may see, `open_to_all` whether anybody may see this record (then proxies may keep its files);
    `on_state` is told the state's words as they happen; `elsewhere` is another address for live files, `keepers`
    say which of several processes keeps which record.
    """
    media = Media(
        root, allow_publish, allow_watch, on_state, limits or Limits(), open_to_all, elsewhere, keepers
    )
    if media.between is not None:
        app.middlewares.append(inside)
    base = f"/media/{_NAME}"
    app.router.add_routes(
        Watching(
            media._watched, media._shared, media.replay.playlist, media.limits.block_s, elsewhere
        ).routes(base)
    )
    app.router.add_get(base + "/recording{track:|-thin|-sound}.m3u8", media.recording)
    replay.routes(app, base, media.replay, media._watched)
    app.router.add_get(f"{base}/health", media.state)
    app.router.add_get(f"{base}/publish", media.publish)

    async def closing(_: web.Application) -> None:
        await media.close()

    app.on_cleanup.append(closing)
    return media


def folder(root: Path, record: str) -> Path:
    """Where a record's media are. Raises KeyError for what is no meeting."""
    if _RECORD.fullmatch(record) is None:
        raise KeyError(record)
    return root / record.replace(":", "-", 1)


def _record(request: web.Request) -> str:
    return request.match_info["name"].replace("-", ":", 1)


def _same_origin(request: web.Request) -> bool:
    """A foreign page must not publish with a visitor's cookie; programs send no Origin."""
    origin = request.headers.get("Origin")
    return origin is None or urlsplit(origin).netloc == request.host


__all__ = ["Media", "folder", "mount", "wall_ms"]
