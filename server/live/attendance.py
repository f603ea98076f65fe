"""Whether those on duty are at their desks: whoever's desk has been away for too long goes off duty, by the platform.

Who is on duty stands in the record; whether a desk is open is seen here, in every process, and told between them.
A process that hears nothing of the others judges nobody.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from typing import TYPE_CHECKING

import msgspec

from meetings import Refused, Who
from meetings.duty import End, review_of
from meetings.kernel import SYSTEM
from meetings.meeting import meeting_of

if TYPE_CHECKING:
    from meetings import Room
    from server.live.bus import Bus
    from server.live.desk import Change, Desks
    from server.live.feed import Feed

log = logging.getLogger(__name__)

AIR = b"desk:"
PAGE = "desk"
LOOK_SECONDS = 1.0
TELL_SECONDS = 5.0


class Attendance:
    """Who was last at which desk, as far as this process knows. Times are monotonic seconds."""

    def __init__(self, desks: Desks, feed: Feed, bus: Bus, *, away: float, alone: bool) -> None:
        """`away`: seconds a desk may be gone; `alone`: there is no other process to hear of."""
        self._desks = desks
        self._feed = feed
        self._bus = bus
        self._away = away
        self._alone = alone
        self._look_every = min(LOOK_SECONDS, away / 8)
        self._tell_every = min(TELL_SECONDS, away / 4)
        self._process = secrets.token_hex(6)
        self._here: dict[tuple[str, str], float] = {}
        self._elsewhere: dict[tuple[str, str], float] = {}
        self._since: dict[tuple[str, str], float] = {}
        self._watched: set[str] = set()
        self._heard_self = 0.0
        self._deaf_until = 0.0
        self._told = 0.0
        self._task: asyncio.Task[None] | None = None
        desks.on_change(self._changed)

    async def start(self) -> None:
        """Begin to look."""
        self._task = asyncio.create_task(self._look())

    async def stop(self) -> None:
        """Stop looking."""
        if self._task is not None:
            self._task.cancel()

    def seen(self, record: str, person: str) -> None:
        """Somebody at the desk has asked or done something."""
        if record in self._watched:
            self._here[record, person] = _now()

    def breathed(self, air: bytes) -> bool:
        """Take what a process tells of its desks, this one's own words too; False: it is something else."""
        if not air.startswith(AIR):
            return False
        process, here = msgspec.json.decode(air[len(AIR) :], type=tuple[str, list[tuple[str, str]]])
        now = _now()
        if process == self._process:
            if now - self._heard_self > 3 * self._tell_every:
                self._deaf_until = now + self._away
            self._heard_self = now
        else:
            # Never told on: two processes would keep somebody at a desk for ever by telling each other.
            for record, person in here:
                self._elsewhere[record, person] = now
        return True

    def _changed(self, change: Change) -> None:
        room = change.room
        on_duty = {one.person for one in review_of(room).on_duty}
        if on_duty:
            self._watched.add(room.record)
            for person in change.actors & on_duty:
                self.seen(room.record, person)
        else:
            self._watched.discard(room.record)

    async def _look(self) -> None:
        while True:
            await asyncio.sleep(self._look_every)
            for record in {*self._watched, *self._feed.records()}:
                try:
                    await self._judge(record)
                except Refused:
                    # A sample may be removed while somebody is on duty in it.
                    self._forget(record)
                except Exception:
                    log.exception("%s: who is at the desk could not be looked at", record)
            try:
                self._tell()
            except Exception:
                log.exception("who is at the desks could not be told")

    def _forget(self, record: str) -> None:
        self._watched.discard(record)
        for places in (self._since, self._here, self._elsewhere):
            for place in [place for place in places if place[0] == record]:
                del places[place]

    async def _judge(self, record: str) -> None:
        async with self._desks.reading(record) as room:
            gone = self._gone(room)
        for person in gone:
            log.info("%s: a desk was away for %g s: off duty", record, self._away)
            await self._desks.give(record, End(person, away=True), Who(SYSTEM, 0, frozenset({SYSTEM})))

    def _gone(self, room: Room) -> list[str]:
        """Those on duty whose desk nobody has seen for too long, reckoned from when this process first asked."""
        record, now = room.record, _now()
        on_duty = {one.person for one in review_of(room).on_duty}
        if on_duty:
            self._watched.add(record)
        else:
            self._watched.discard(record)
        for person in self._feed.at_page(record, PAGE) & on_duty:
            self._here[record, person] = now
        for place in [place for place in self._since if place[0] == record and place[1] not in on_duty]:
            self._since.pop(place)
            self._here.pop(place, None)
            self._elsewhere.pop(place, None)
        waited = {person: self._since.setdefault((record, person), now) for person in on_duty}
        if not self._hears(now):
            return []
        # The sample's moderator has no desk to be away from until somebody takes that seat.
        sample = meeting_of(room).sample
        return [
            person
            for person, since in waited.items()
            if now - max(since, self._last((record, person))) > self._away
            and not (sample and not self._last((record, person)))
        ]

    def _last(self, place: tuple[str, str]) -> float:
        """When this person was last seen at a desk of this record, here or elsewhere; 0: never."""
        return max(self._here.get(place, 0.0), self._elsewhere.get(place, 0.0))

    def _hears(self, now: float) -> bool:
        return self._alone or (now - self._heard_self < 3 * self._tell_every and now >= self._deaf_until)

    def _tell(self) -> None:
        now = _now()
        if self._alone or now - self._told < self._tell_every:
            return
        self._told = now
        here = [place for place, at in self._here.items() if now - at < self._tell_every + self._look_every]
        self._bus.breathe(AIR + msgspec.json.encode((self._process, here)))


def _now() -> float:
    return asyncio.get_running_loop().time()
