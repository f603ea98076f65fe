"""What facts call for outside the record, and what time calls for inside it. Each errand is harmless to repeat.

Results come back as commands of the system. Holds no state that a restart would miss.
"""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from meetings import Room, Who, docket, due, polls
from meetings.docket.counting import OpenSlips, slips_wanted
from meetings.docket.questionnaires import Questionnaire
from meetings.kernel import SYSTEM, Command
from meetings.penalties import terms_since
from meetings.stream import Stream, stream_of
from server.findings import bring
from server.terms import carry
from server.web.veils import silence

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from typing import Any

    from server.accounts import Accounts
    from server.live.desk import Change, Desks
    from server.live.feed import Feed
    from server.media import Media

log = logging.getLogger(__name__)

LOOK_SECONDS = 0.5
DOCKET_LOOKS = 4
"""Dockets are looked at every so many looks, watched or not: a vote opens and closes at its time."""


def steer(media: Media, room: Room) -> None:
    """Let the media part hold back what the desk holds back. Asked at each change and before anybody publishes:
    a process that was started anew, or never had the room, has not seen the change.
    """
    stream = stream_of(room)
    if stream.held_at is not None:
        media.hold(room.record, stream.held_at)
        if not stream.held:
            media.release(room.record, stream.shown_at)


class Errands:
    """The errands of this process."""

    def __init__(
        self,
        desks: Desks,
        feed: Feed,
        accounts: Accounts,
        media: Media,
        slowest: Callable[[str, int], int] = lambda _record, _most: 0,
    ) -> None:
        """`slowest`: how late (ms) the picture is at the slowest viewer of a record, up to so much."""
        self._slowest = slowest
        self._desks = desks
        self._feed = feed
        self._accounts = accounts
        self._media = media
        self._looker: asyncio.Task[None] | None = None
        self._running: set[asyncio.Task[None]] = set()
        self._stuck: list[tuple[str, Command]] = []
        desks.on_change(self._changed)

    async def start(self) -> None:
        """Begin to watch the clock."""
        self._looker = asyncio.create_task(self._look())
        for community in await self._desks.store.terms.communities(self._desks.clock()):
            self._run(self._carry(community))
        for record in await self._dockets():
            self._run(self._bring(record))

    async def stop(self) -> None:
        """Stop watching the clock."""
        if self._looker is not None:
            self._looker.cancel()

    def _changed(self, change: Change) -> None:
        room = change.room
        if any(room.changed_since(held.address, change.since) for held in room.all(Questionnaire)):
            self._run(self._bring(room.record))
        stream = room.get(Stream)
        if stream is not None and room.changed_since("stream", change.since):
            steer(self._media, room)
            if stream.carried == "ended":
                self._run(self._media.end(room.record))
        if room.changed_since("recording", change.since):
            self._run(self._veil(room.record))
        if room.changed_since("meeting", change.since) or terms_since(room, change.since):
            self._run(self._carry_from(room.record))
        if room.changed_since("meeting", change.since):
            if room.phase in {"ended", "cancelled"}:
                self._run(self._media.end(room.record))
            if room.phase == "archived":
                self._run(self._accounts.meeting_archived(room.record))
        if self._waits(room):
            # Told with the opening, so that countdowns start from the right number.
            self._run(self.do_due(room.record))
        people = frozenset(
            person for person in room.granted if room.changed_since(f"person:{person}", change.since)
        )
        if people:
            self._feed.again(room.record, people)

    async def _veil(self, record: str) -> None:
        """What is masked has changed. Whoever asks meanwhile is answered by the record, only not so quickly."""
        await silence(self._desks, self._media, record)
        await self._media.veiled(record)

    async def _bring(self, record: str) -> None:
        try:
            await bring(self._desks, record)
        except Exception:
            log.exception("%s: results could not be brought to its meetings", record)

    async def _carry_from(self, record: str) -> None:
        community = await self._desks.store.records.community_of(record)
        if community is not None:
            await self._carry(community)

    async def _carry(self, community: str) -> None:
        try:
            await carry(self._desks, community)
        except Exception:
            log.exception("%s: terms could not be told to its meetings", community)

    def _run(self, errand: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(errand)
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def _look(self) -> None:
        looks = 0
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            looks += 1
            try:
                dockets = await self._dockets() if looks % DOCKET_LOOKS == 0 else []
            except Exception:
                log.exception("the dockets could not be read")
                continue
            for record in dict.fromkeys([*self._feed.records(), *dockets]):
                try:
                    await self.do_due(record)
                except Exception:
                    log.exception("%s: an errand failed", record)

    async def _dockets(self) -> list[str]:
        return await self._desks.store.records.named(docket.RECORD)

    def _waits(self, room: Room) -> list[Command]:
        late = self._slowest(room.record, polls.DELAY_MOST)
        return polls.waits(room, self._desks.clock(), late) if late else []

    async def do_due(self, record: str) -> None:
        """Give a record the commands the clock calls for, until it calls for none: one may lead to the next."""
        who = Who(SYSTEM, 0, frozenset({SYSTEM}))
        done: list[Command] = []
        while True:
            async with self._desks.reading(record) as room:
                called = [*due(room, self._desks.clock()), *self._waits(room)]
                wishes = [wish for wish in called if wish not in done]
                wanted = slips_wanted(room) if room.words is docket.words else []
            for motion in wanted:
                slips = await self._desks.store.records.slips(record, motion)
                wishes += [wish for wish in [OpenSlips(motion, slips)] if wish not in done]
            if not wishes:
                return
            for wish in wishes:
                answer = await self._desks.give(record, wish, who)
                if answer.get("code") == "unavailable" and (record, wish) not in self._stuck:
                    # A vote whose key is lost is opened by nobody: not to be found out from silence.
                    self._stuck.append((record, wish))
                    log.error("%s: %s is not possible: %s", record, type(wish).__name__, answer.get("why"))
            done += wishes
