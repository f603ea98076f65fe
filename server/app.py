"""The one place where the parts are made, joined, started and stopped. Holds no rule of its own."""

from __future__ import annotations

import asyncio
import gc
import logging
import multiprocessing
import signal
import sys
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import msgspec
import uvloop
from aiohttp import web

from meetings import Refused, Who
from meetings.kernel import SYSTEM
from meetings.meeting import BEFORE, TALKING, meeting_of
from meetings.people import STAFF
from meetings.stage import seated
from server import dockets, listening, media, sample
from server.accounts import Accounts
from server.accounts.links import issue_links
from server.encoders import Encoders
from server.errands import Errands, steer
from server.live.air import Air
from server.live.attendance import Attendance
from server.live.bus import Bus, LocalBus, RedisBus
from server.live.capacity import Capacity
from server.live.desk import Desks
from server.live.door import Door
from server.live.feed import Feed
from server.live.hearing import Hearing
from server.live.neighbours import Neighbours
from server.live.signals import Signals
from server.live.sockets import Sockets
from server.media.keepers import HTTP, Keepers
from server.moderation.lookout import Lookout
from server.store import Store, UnsafeDatabase, open_store
from server.web import (
    administration,
    archive,
    backstage,
    ballot,
    docket,
    encoders,
    enter,
    exports,
    health,
    ledger,
    letters,
    office,
    pages,
    questionnaire_pages,
    questionnaires,
    records,
    roster_page,
    security,
    sessions,
    veils,
    votes,
    votes_pages,
    words,
)
from server.web.render import Pages

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from server.config import Settings
    from server.media import Media

    Beside = Callable[["Parts", dict[str, Any]], Awaitable[None]]
    """Runs beside the server: the parts, and what the line of `--json` says."""

log = logging.getLogger(__name__)

BACKLOG = 4_096
FINISH_SECONDS = 5.0
"""How long requests under way may take once the server was told to stop."""
VERDICT_SECONDS = 5.0
"""How long a player may go on after it was shut out; sessions are read as seldom."""
PUBLISHERS = frozenset({"host", "technician"})
"""Each of them may hold the picture back too (meetings/stream.py): nobody is on air who could not take it off."""
_STREAM_WORDS: dict[str, dict[str, Any]] = {
    "live": {"type": "stream.live"},
    "resumed": {"type": "stream.live"},
    "interrupted": {"type": "stream.interrupt"},
    "end": {"type": "stream.end"},
    "recorded": {"type": "stream.record", "on": True},
    "unrecorded": {"type": "stream.record", "on": False},
}


@dataclass
class Parts:
    """Everything that was joined. `base_url` is where residents reach us, without a slash at
    the end, `port` where this process listens.
    """

    settings: Settings
    store: Store
    bus: Bus
    desks: Desks
    feed: Feed
    air: Air
    door: Door
    accounts: Accounts
    media: Media
    app: web.Application
    base_url: str
    port: int
    lookout: Lookout
    encoders: Encoders
    neighbours: Neighbours
    attendance: Attendance

    def clock(self) -> int:
        """Now, in milliseconds UTC."""
        return self.desks.clock()


def main(settings: Settings, beside: Beside | None = None) -> int:
    """Serve until told to stop, and once ready let `beside` run too; returns the exit code."""
    _log()
    _collect_seldom()
    if settings.workers > 1:
        return _serve_by_many(settings)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        try:
            return runner.run(_serve(settings, beside))
        except (UnsafeDatabase, OSError) as error:
            sys.stderr.write(f"{error}\n")
            return 2


def _log() -> None:
    """One line an event that somebody may have to act upon, on standard error."""
    logging.basicConfig(
        stream=sys.stderr, level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s"
    )
    # One line a frame and a request is for debugging these libraries, not for a council.
    for noisy in ("engineio", "socketio", "aiohttp.access", "alembic", "libav"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    logging.getLogger("server.access").setLevel(logging.WARNING)


def _collect_seldom() -> None:
    """Let the collector walk what lives as long as the server once, not at every crowd of newcomers."""
    gc.freeze()
    gc.set_threshold(50_000, 50, 100)


def _serve_by_many(settings: Settings) -> int:
    """Several processes on one port; the first seeds the data, the others begin when it is ready."""
    if not settings.redis_url or settings.database_url.startswith("sqlite") or not settings.database_url:
        sys.stderr.write("--workers needs PostgreSQL (SUN_DATABASE_URL) and Redis (SUN_REDIS_URL)\n")
        return 2
    if not settings.port:
        sys.stderr.write("--workers needs a port: --port 0 would give each process another\n")
        return 2
    context = multiprocessing.get_context("spawn")
    ready = context.Event()
    workers = [
        context.Process(target=_work, args=(settings, ready, place), daemon=False)
        for place in range(settings.workers)
    ]
    signal.signal(signal.SIGTERM, lambda *_: [worker.terminate() for worker in workers])  # type: ignore[func-returns-value]
    workers[0].start()
    while not ready.wait(0.2):
        if not workers[0].is_alive():
            return workers[0].exitcode or 1
    for worker in workers[1:]:
        worker.start()
    with suppress(KeyboardInterrupt):
        for worker in workers:
            worker.join()
    return max(worker.exitcode or 0 for worker in workers)


def _work(settings: Settings, ready: Any, place: int) -> None:
    async def first(_parts: Parts, _ready: dict[str, Any]) -> None:
        ready.set()

    _log()
    _collect_seldom()
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        sys.exit(
            runner.run(_serve(settings, first if place == 0 else None, quiet=place > 0, share_port=True))
        )


async def _serve(
    settings: Settings, beside: Beside | None, *, quiet: bool = False, share_port: bool = False
) -> int:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    async with running(settings, share_port=share_port) as parts:
        ready = await _ready(parts, quiet=quiet)
        task = asyncio.ensure_future(beside(parts, ready)) if beside is not None else None
        await stop.wait()
        if task is not None:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
        if not quiet and not settings.empty:
            await sample.stop(parts)
    return 0


class running:  # noqa: N801 - used as `async with running(settings)`
    """The whole server for as long as the block lasts: parts started in order, stopped in the reverse one."""

    def __init__(self, settings: Settings, *, share_port: bool = False) -> None:
        self._settings = settings
        self._share_port = share_port
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Parts:
        try:
            return await self._start()
        except BaseException:
            await self._stack.aclose()
            raise

    async def __aexit__(self, *_: object) -> None:
        await self._stack.aclose()

    async def _start(self) -> Parts:
        settings, stack = self._settings, self._stack
        store = await open_store(settings.database_url, data=settings.data)
        stack.push_async_callback(store.close)
        accounts = Accounts(store, settings)
        bus: Bus = RedisBus(settings.redis_url) if settings.redis_url else LocalBus()
        desks = Desks(store, bus)
        lookout = Lookout(store)
        desks.sift_with(lookout.sift)
        feed = Feed(desks, high=settings.limits.queue_bytes)
        air = Air(desks, feed, bus)
        attendance = Attendance(
            desks, feed, bus, away=settings.duty_away_seconds, alone=not settings.redis_url
        )
        door = Door(desks, accounts, settings.limits)
        signals = Signals(settings, desks, feed, accounts, bus, PUBLISHERS)
        sockets = Sockets(settings, desks, feed, air, door, accounts, signals, Pages().release)
        port = listening.opened(settings, share_port=self._share_port)
        parts = Parts(
            settings, store, bus, desks, feed, air, door, accounts,
            None,  # type: ignore[arg-type]  # made below: it needs the parts to ask who may publish
            web.Application(client_max_size=settings.limits.upload_bytes),
            listening.base_url(settings, port),
            port.getsockname()[1],
            lookout,
            None,  # type: ignore[arg-type]  # made beside the media, which it feeds
            None,  # type: ignore[arg-type]  # the same
            attendance,
        )  # fmt: skip
        _join(parts, sockets, signals)
        errands = Errands(desks, feed, accounts, parts.media, air.slowest)
        runner = web.AppRunner(
            parts.app,
            access_log=None,
            keepalive_timeout=settings.limits.keepalive_seconds,
            shutdown_timeout=FINISH_SECONDS,
        )
        await runner.setup()
        stack.push_async_callback(runner.cleanup)
        neighbours = parts.neighbours

        def breathed(heard: bytes) -> None:
            if (
                not signals.breathed(heard)
                and not neighbours.breathed(heard)
                and not attendance.breathed(heard)
            ):
                air.breathed(heard)

        await dockets.prepare(desks, accounts)
        await bus.start(desks.heard, breathed)
        stack.push_async_callback(bus.stop)
        for part in (accounts, desks, feed, air, attendance, neighbours, sockets, errands):
            await part.start()
            stack.push_async_callback(part.stop)
        await parts.encoders.start(share_port=self._share_port)
        stack.push_async_callback(parts.encoders.stop)
        if parts.media.between is not None:
            within = web.UnixSite(runner, str(parts.media.between.keepers.inside / HTTP), backlog=BACKLOG)
            await within.start()
            stack.push_async_callback(within.stop)
        site = web.SockSite(runner, port, backlog=BACKLOG, ssl_context=listening.tls(settings))
        await site.start()
        stack.push_async_callback(site.stop)
        return parts


def _join(parts: Parts, sockets: Sockets, signals: Signals) -> None:
    """Add every address to the application, and let the parts hear of each other."""
    app, settings = parts.app, parts.settings

    async def allow_publish(request: web.Request, record: str) -> str | None:
        who = await parts.door.may_read(request, record)
        room = await parts.desks.room(record)
        steer(parts.media, room)
        over = room.phase not in BEFORE | TALKING
        return who.person if room.roles(who) & PUBLISHERS and not over else None

    async def allow_watch(request: web.Request, record: str) -> bool:
        try:
            who = await parts.door.may_read(request, record, code=request.query.get("code"))
        except Refused:
            return False
        # Between the end and the publishing the recording is the staff's to look through (DESIGN 4.4).
        room = await parts.desks.room(record)
        return room.phase not in {"ended", "minutes_review"} or bool(room.roles(who) & (STAFF | PUBLISHERS))

    async def open_to_all(record: str) -> bool:
        meeting = meeting_of(await parts.desks.room(record))
        return meeting.watch == "public" and meeting.phase not in {"draft", "ended", "minutes_review"}

    async def on_state(record: str, word: str) -> bool:
        command = _STREAM_WORDS.get(word)
        if command is None:
            return True
        answer = await parts.desks.give(record, command, Who(SYSTEM, 0, frozenset({SYSTEM})))
        return bool(answer.get("ok"))

    parts.media = media.mount(
        app,
        root=settings.data / "media",
        allow_publish=allow_publish,
        allow_watch=allow_watch,
        on_state=on_state,
        limits=media.Limits(
            listed_s=settings.media_window_seconds,
            window_s=settings.media_memory_seconds,
            verdict_s=VERDICT_SECONDS,
            part_us=media.PART_US if settings.media_parts else 0,
            disk_alarm_bytes=settings.media_disk_alarm_bytes,
        ),
        open_to_all=open_to_all,
        elsewhere=_elsewhere(settings),
        keepers=Keepers(settings.data / "keepers") if settings.redis_url else None,
    )

    async def claimed(record: str) -> None:
        steer(parts.media, await parts.desks.room(record))
        await parts.encoders.resume(record)

    parts.media.on_claim = claimed
    recordings = archive.Archives(parts)
    parts.media.replay.words = veils.card_words()
    parts.media.replay.veils = recordings.veils
    parts.media.replay.captions = recordings.captions
    if settings.recogniser:
        hearing = Hearing(parts.desks, parts.air.halves, parts.media)
        parts.media.hear_with(lambda: media.Program(settings.recogniser), hearing.hear)
    parts.encoders = Encoders(parts)
    parts.neighbours = Neighbours(parts.bus, parts.feed, parts.media)
    capacity = Capacity(settings.uplink_mbit, parts.neighbours.rates, parts.air.crowds)
    parts.media.beside = lambda record: parts.encoders.health(record) | capacity.health(record)
    parts.air.newcomers(capacity.begin)
    parts.air.stream_health(parts.neighbours.health)
    app.middlewares.append(security.guard(settings, pages.error_page(parts)))
    app.middlewares.append(sessions.guard(parts))
    if parts.media.between is not None:
        app.middlewares.append(parts.media.between.passing)
    for part in (
        pages, records, backstage, encoders, enter, administration, letters, office, archive,
        exports, health, ledger, votes, votes_pages, docket, roster_page, questionnaires,
        questionnaire_pages, ballot, words,
    ):  # fmt: skip
        app.router.add_routes(part.routes(parts))
    app.router.add_routes(sockets.routes())

    async def allow_seat(request: web.Request, record: str, person: str) -> media.Side | None:
        own = sessions.same_origin(request, settings)
        wanted = request.query.get("side", "guest")
        return await signals.side(request, record, person, wanted) if own else None

    relay = media.Relay(allow_seat)
    parts.media.in_use += [parts.encoders.pushes, relay.carries]
    app.router.add_routes(relay.routes())
    parts.desks.on_change(lambda change: relay.keep(change.room.record, seated(change.room)))


def _elsewhere(settings: Settings) -> media.Elsewhere | None:
    """The other address of live segments, where one was given."""
    base = settings.media_base_url or settings.media_store_url
    if base is None:
        return None
    if not settings.media_store_url:
        return media.Elsewhere(base)
    key, secret = settings.media_store_key or "", settings.media_store_secret or ""
    return media.Elsewhere(
        base, media.S3Shelf(settings.media_store_url, key, secret, settings.media_store_region)
    )


async def _at_hand(parts: Parts) -> tuple[str | None, str | None]:
    """The record of the meeting at hand and of the latest past one; the sample's, where there is one."""
    if not parts.settings.empty:
        record, past = await sample.seed(parts)
        if record or past:
            return record, past
    cards = await parts.store.register.meetings()
    ahead = [card["record"] for card in cards if card["phase"] in {"draft", "announced", "lobby", *TALKING}]
    ended = [card["record"] for card in cards if card["phase"] in {"published", "archived"}]
    return (ahead[-1] if ahead else None), (ended[0] if ended else None)


async def _ready(parts: Parts, *, quiet: bool) -> dict[str, Any]:
    """Find what a newcomer needs, print it unless another process does, and return it."""
    if quiet:
        return {}
    record, past = await _at_hand(parts)
    archived = f"{parts.base_url}/archive/{past.partition(':')[2]}" if past else None
    links = await issue_links(parts.accounts, parts.base_url, record, parts.clock())
    ready = {"url": parts.base_url, "record": record, "archive": archived, "links": links}
    sys.stdout.write(_one_line(ready) if parts.settings.json else _for_people(ready))
    sys.stdout.flush()
    return ready


def _one_line(ready: dict[str, Any]) -> str:
    return msgspec.json.encode(ready).decode() + "\n"


def _for_people(ready: dict[str, Any]) -> str:
    lines = [f"ready: {ready['url']}"]
    lines += [f"  {name:<11} {link}" for name, link in ready["links"].items()]
    if ready["archive"]:
        lines.append(f"  {'archive':<11} {ready['archive']}")
    return "\n".join(lines) + "\n"
