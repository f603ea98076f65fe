"""What is in the air: who watches, who applauds, which card a moderator looks at, how the stream is and arrives.

Lossy and unnumbered; healed by the next. At intervals, and at the end, the audience's figures are written into
the record, and only those does the archive read.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Callable, Iterator
from typing import Any

import msgspec

from meetings import Eye, Who, docket
from meetings.audience import Count
from meetings.kernel import SYSTEM
from server.live.bus import Bus
from server.live.capacity import Crowd
from server.live.desk import Change, Desks
from server.live.feed import Feed
from server.live.half import Halves
from server.live.quality import NOTHING, Reports, Sums, added, quality_of

log = logging.getLogger(__name__)

BREATH_SECONDS = 1.0
PRESENCE_SECONDS = 10.0
KEEP_SECONDS = 10.0
MOST_APPLAUSE = 100_000
"""The highest running total of one page load: more is a script, and tells nobody anything."""
KEY_LENGTH = 64
_FORGET_SECONDS = 30.0
QUALITY_SECONDS = 5.0
"""How often the staff hears how the picture arrives, where that has changed."""


class _Hall:
    """The air of one record in this process."""

    def __init__(self) -> None:
        self.kept: dict[str, int] = {}
        self.fresh: dict[str, int] = {}
        self.kept_total = 0
        self.visitors: dict[str, int] = {}
        self.unique = 0
        self.peak = 0
        self.looking: dict[str, str] = {}
        self.elsewhere: dict[str, tuple[float, int, int, Sums]] = {}
        self.reports = Reports()
        self.technicians: set[str] = set()
        self.quality: dict[str, int] = {}
        self.quality_at = 0.0
        self.told: dict[str, Any] = {}
        self.told_at = 0.0
        self.stream: object = None
        self.loaded = False

    @property
    def fresh_applause(self) -> int:
        """Applause heard here and not yet kept."""
        return sum(max(0, total - self.kept.get(key, 0)) for key, total in self.fresh.items())


class Air:
    """The air of every record followed in this process."""

    def __init__(self, desks: Desks, feed: Feed, bus: Bus) -> None:
        self._desks = desks
        self._feed = feed
        self._bus = bus
        self.halves = Halves(desks, feed, bus)
        self._halls: dict[str, _Hall] = {}
        self._process = secrets.token_hex(6)
        self._health: Callable[[str], dict[str, Any] | None] = lambda _record: None
        self._begin: Callable[[str], str] = lambda _record: "picture"
        self._tasks: list[asyncio.Task[None]] = []
        desks.on_change(self._changed)

    def newcomers(self, begin: Callable[[str], str]) -> None:
        """Say who knows what a newcomer should begin with, while the line is short."""
        self._begin = begin

    def crowds(self) -> Iterator[Crowd]:
        """Who watches what, in all processes."""
        for record, hall in self._halls.items():
            yield Crowd(record, self._watching(record, hall), hall.quality)

    def begin(self, record: str) -> str:
        """What a newcomer should begin with: `picture`, `thin` or `sound`."""
        return self._begin(record)

    def stream_health(self, health: Callable[[str], dict[str, Any] | None]) -> None:
        """Say where the health of a stream is to be had."""
        self._health = health

    async def start(self) -> None:
        """Begin to breathe and to keep."""
        self._tasks = [asyncio.create_task(self._breathe()), asyncio.create_task(self._keep_on())]

    async def stop(self) -> None:
        """Keep what is known, then stop."""
        for task in self._tasks:
            task.cancel()
        for record in list(self._halls):
            await self._keep(record)

    async def arrive(self, record: str, visitor: str) -> dict[str, Any]:
        """Somebody begins to watch; answers what is in the air."""
        hall = await self._hall(record)
        hall.visitors.setdefault(visitor, self._desks.clock())
        hall.peak = max(hall.peak, self._watching(record, hall))
        return self._public(record, hall)

    async def applaud(self, record: str, key: str, total: int) -> bool:
        """Somebody's running total; the highest counts. False: it is none."""
        if not key or len(key) > KEY_LENGTH or not 0 <= total <= MOST_APPLAUSE:
            return False
        hall = await self._hall(record)
        hall.fresh[key] = max(total, hall.fresh.get(key, 0))
        return True

    def look(self, record: str, person: str, name: str | None) -> None:
        """A member of staff looks at a card; None: at none any more."""
        hall = self._halls.get(record)
        if hall is None or hall.looking.get(person) == name:
            return
        if name is None:
            hall.looking.pop(person, None)
        else:
            hall.looking[person] = name
        self._feed.say(record, "air", {"looking": dict(hall.looking)}, eye=Eye.STAFF)

    def report(self, record: str, sid: str, told: object) -> bool:
        """How the picture arrives at one connection. False: that is no report."""
        quality = quality_of(told)
        hall = self._halls.get(record)
        if quality is not None and hall is not None:
            hall.reports.take(sid, quality, asyncio.get_running_loop().time())
        return quality is not None

    def slowest(self, record: str, most_ms: int) -> int:
        """How late (ms) the picture is at the slowest viewer of this process who is not later than `most_ms`."""
        hall = self._halls.get(record)
        return 0 if hall is None else hall.reports.slowest(asyncio.get_running_loop().time(), most_ms)

    def attend(self, record: str, sid: str) -> None:
        """A technician hears of the picture what the staff hears, without their eyes for the rest."""
        if record in self._halls:
            self._halls[record].technicians.add(sid)

    def left(self, record: str, sid: str) -> None:
        """A connection is gone."""
        hall = self._halls.get(record)
        if hall is not None:
            hall.reports.forget(sid)
            hall.technicians.discard(sid)

    def breathed(self, air: bytes) -> None:
        """What another process says of its own hall."""
        if self.halves.breathed(air):
            return
        process, record, watching, fresh, sums = msgspec.json.decode(
            air, type=tuple[str, str, int, int, Sums]
        )
        hall = self._halls.get(record)
        if hall is not None and process != self._process and len(sums) == len(NOTHING):
            hall.elsewhere[process] = (asyncio.get_running_loop().time(), watching, fresh, sums)

    async def _hall(self, record: str) -> _Hall:
        hall = self._halls.setdefault(record, _Hall())
        if not hall.loaded:
            hall.loaded = True
            hall.kept = await self._desks.store.audience.totals(record)
            hall.kept_total = sum(hall.kept.values())
        return hall

    def _watching(self, record: str, hall: _Hall) -> int:
        since = asyncio.get_running_loop().time() - _FORGET_SECONDS
        return self._feed.watching(record) + sum(
            watching for heard_at, watching, _fresh, _sums in hall.elsewhere.values() if heard_at > since
        )

    def _public(self, record: str, hall: _Hall) -> dict[str, Any]:
        elsewhere = sum(fresh for _at, _watching, fresh, _sums in hall.elsewhere.values())
        applause = hall.kept_total + hall.fresh_applause + elsewhere
        return {"watching": self._watching(record, hall), "applause": applause}

    async def _breathe(self) -> None:
        while True:
            await asyncio.sleep(BREATH_SECONDS)
            for record, hall in list(self._halls.items()):
                self._say(record, hall)

    def _say(self, record: str, hall: _Hall) -> None:
        now = asyncio.get_running_loop().time()
        news = self._public(record, hall)
        hall.peak = max(hall.peak, news["watching"])
        if now - hall.told_at >= PRESENCE_SECONDS or news["applause"] != hall.told.get("applause"):
            here = self._feed.watching(record)
            air = msgspec.json.encode(
                [self._process, record, here, hall.fresh_applause, hall.reports.sums(now)]
            )
            self._bus.breathe(air)
        if news != hall.told:
            hall.told, hall.told_at = news, now
            self._feed.say(record, "air", news)
        health = self._health(record)
        # An encoder is refused, a push waits, before anything is live.
        stands = health and (health["state"], health.get("encoder"), health.get("push"))
        if health is not None and (health["state"] == "live" or stands != hall.stream):
            hall.stream = stands
            self._feed.say(record, "air", {"stream": health}, eye=Eye.STAFF)
        if now - hall.quality_at >= QUALITY_SECONDS:
            hall.quality_at = now
            self._say_quality(record, hall, now)

    def _say_quality(self, record: str, hall: _Hall, now: float) -> None:
        heard = [sums for at, *_, sums in hall.elsewhere.values() if at > now - _FORGET_SECONDS]
        quality = added([hall.reports.sums(now), *heard])
        if quality == (hall.quality or added([NOTHING])):
            return
        hall.quality = quality
        self._feed.say(record, "air", {"quality": quality}, eye=Eye.STAFF)
        for sid in hall.technicians:
            self._feed.tell(record, sid, "air", {"quality": quality})

    async def _keep_on(self) -> None:
        while True:
            await asyncio.sleep(KEEP_SECONDS)
            for record, hall in list(self._halls.items()):
                try:
                    await self._keep(record)
                except Exception:
                    log.exception("%s: the audience could not be written down", record)
                if not self._feed.watching(record) and not hall.fresh and not hall.visitors:
                    del self._halls[record]

    async def _keep(self, record: str) -> None:
        hall = self._halls.get(record)
        if hall is None:
            return
        if record.startswith(docket.RECORD):
            # A docket is read for years by whoever likes: it has no audience to write down, and no word for one.
            hall.fresh, hall.visitors = {}, {}
            return
        fresh, hall.fresh = hall.fresh, {}
        visitors, hall.visitors = hall.visitors, {}
        try:
            total, unique = await self._desks.store.audience.keep(record, fresh, visitors)
        except Exception:
            hall.fresh = {
                key: max(total, hall.fresh.get(key, 0)) for key, total in fresh.items()
            } | hall.fresh
            hall.visitors = visitors | hall.visitors
            raise
        for key, own in fresh.items():
            hall.kept[key] = max(own, hall.kept.get(key, 0))
        hall.kept_total, hall.unique = total, unique
        who = Who(SYSTEM, 0, frozenset({SYSTEM}))
        await self._desks.give(record, Count(total, unique, hall.peak), who)

    def _changed(self, change: Change) -> None:
        if change.room.phase == "ended" and change.room.changed_since("meeting", change.since):
            task = asyncio.create_task(self._keep(change.room.record))
            self._tasks.append(task)
