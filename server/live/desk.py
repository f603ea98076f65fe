"""One desk a record a process: takes commands, holds the room, writes facts, answers after the commit.

Everything waiting in the tray shares one transaction. After any failed write the room is forgotten and read
anew: the way to recover is the way to start.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import OrderedDict
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any, NamedTuple

import msgspec

from meetings import Entry, Refused, Room, Who, docket, new_room
from meetings.docket.motions import opening
from meetings.kernel import SYSTEM, Command, Finding
from meetings.meeting import Meeting
from meetings.penalties import terms_since
from server.live.bus import Bus
from server.store import Store, is_full, note, note_term

log = logging.getLogger(__name__)

TRAY = 500
"""Commands that share one transaction."""
WAITING = 20_000
"""Commands that may wait; beyond it the answer is `busy`."""
HELD = 64
"""Rooms held in memory while nobody watches them."""
LOOK_SECONDS = 2.0
"""How often a process looks at the heads of its records, bell or no bell."""
_RELOAD_PAUSES = (0.0, 0.1, 0.5, 2.0)
UNREAD = Finding("hold", (), "")
"""What is said of words nobody could read."""

Answer = dict[str, Any]
Clock = Callable[[], int]
Sift = Callable[[str, list[tuple[Command, Who]]], Awaitable[list[Finding | None]]]
"""Asked of a record what its filter says of the words in these commands; None where nothing is said."""


def now_ms() -> int:
    """Milliseconds since 1970, UTC."""
    return time.time_ns() // 1_000_000


class Change(NamedTuple):
    """What one turn changed: the numbers it reaches from and to, and who had a hand in it."""

    room: Room
    since: int
    actors: frozenset[str]


class _Wish(NamedTuple):
    command: Command
    who: Who
    at: int | None
    answer: asyncio.Future[Answer]


class Desk:
    """The desk of one record."""

    def __init__(
        self,
        record: str,
        store: Store,
        bus: Bus,
        clock: Clock,
        changed: Callable[[Change], None],
        sift: Sift | None = None,
        seal: bytes = b"",
    ) -> None:
        self.record = record
        self._sift = sift
        self._seal = seal
        self._store = store
        self._bus = bus
        self._clock = clock
        self._changed = changed
        self._room: Room | None = None
        self._lock = asyncio.Lock()
        self._tray: list[_Wish] = []
        self._worker: asyncio.Task[None] | None = None

    async def give(self, command: Command, who: Who, at: int | None = None) -> Answer:
        """Give a command; answers `{ok: true, seq}` once it is on disk, or `{ok: false, code, …}`.

        `at` (ms) is only for records made afterwards from what was written down at the time.
        """
        # Whoever asked may leave; what was taken from the tray is finished all the same.
        return await asyncio.shield(self.put(command, who, at))

    def put(self, command: Command, who: Who, at: int | None = None) -> asyncio.Future[Answer]:
        """Put a command into the tray; the future is its answer."""
        answer: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        if len(self._tray) >= WAITING:
            answer.set_result({"ok": False, "code": "busy"})
            return answer
        self._tray.append(_Wish(command, who, at, answer))
        if self._worker is None or self._worker.done():
            self._worker = asyncio.create_task(self._work())
        return answer

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Room]:
        """The room as committed. Nothing may be awaited inside but what belongs to the reading."""
        async with self._lock:
            yield await self._loaded()

    async def catch_up(self) -> None:
        """Fold what other processes wrote, and tell of it."""
        async with self._lock:
            room = await self._loaded()
            since = room.seq
            actors = set()
            async for line in self._store.records.read(self.record, since):
                room.apply(line.entry(room.words))
                actors.add(line.by)
            if room.seq > since:
                self._changed(Change(room, since, frozenset(actors)))

    @property
    def seq(self) -> int:
        """The number this process has folded to; 0 before it has read the record."""
        return self._room.seq if self._room else 0

    @property
    def idle(self) -> bool:
        """Whether nothing waits here."""
        return not self._tray and not self._lock.locked()

    async def _loaded(self) -> Room:
        if self._room is None:
            room = new_room(self.record)
            async for line in self._store.records.read(self.record):
                room.apply(line.entry(room.words))
            self._room = room
        return self._room

    async def _work(self) -> None:
        while self._tray:
            wishes, self._tray = self._tray[:TRAY], self._tray[TRAY:]
            wishes = await self._sifted(wishes)
            async with self._lock:
                answers = await self._turn(wishes)
            for wish, answer in zip(wishes, answers, strict=True):
                if not wish.answer.done():
                    wish.answer.set_result(answer)

    async def _sifted(self, wishes: list[_Wish]) -> list[_Wish]:
        """The wishes with what the filter found. Where the filter itself fails, words are held, not let through."""
        if self._sift is None:
            return wishes
        try:
            found = await self._sift(self.record, [(wish.command, wish.who) for wish in wishes])
        except Exception:
            log.exception("%s: the filter failed; what was said waits for a moderator", self.record)
            found = [UNREAD] * len(wishes)
        return [
            wish
            if one is None or wish.at is not None
            else wish._replace(who=msgspec.structs.replace(wish.who, found=one))
            for wish, one in zip(wishes, found, strict=True)
        ]

    async def _turn(self, wishes: list[_Wish]) -> list[Answer]:
        try:
            room = await self._loaded()
            since = room.seq
            entries: list[Entry] = []
            slips: list[docket.Slip] = []
            actors: set[str] = set()
            async with self._store.records.turn(self.record) as turn:
                for line in await turn.news(room.seq):
                    room.apply(line.entry(room.words))
                    actors.add(line.by)
                self._open_votes(room, wishes, entries)
                answers = [self._decide(room, wish, entries, slips) for wish in wishes]
                await turn.append(entries)
                await turn.put_by(slips, docket.slips_opened(entry.fact for entry in entries))
                card = room.get(Meeting)
                if card is not None and room.changed_since(card.address, since):
                    await note(turn.connection, self.record, turn.community, msgspec.to_builtins(card))
                for term in terms_since(room, since):
                    await note_term(turn.connection, turn.community, self.record, term)
        except Refused as refused:
            return [_refusal(refused)] * len(wishes)
        except Exception as error:
            log.exception("%s: a turn of %d commands failed", self.record, len(wishes))
            self._room = None
            code = "storage_full" if is_full(error) else "busy"
            if not await self._reloaded():
                code = "unavailable"
            return [{"ok": False, "code": code}] * len(wishes)
        if room.seq > since:
            self._bus.ring(self.record, room.seq)
            actors.update(entry.by for entry in entries)
            self._changed(Change(room, since, frozenset(actors)))
        return answers

    def _open_votes(self, room: Room, wishes: list[_Wish], entries: list[Entry]) -> None:
        """Open the votes whose time has come before ballots are decided: the errand that does looks only now and then.

        Where a command brings a time of its own, a record is being made afterwards, and so are its openings.
        """
        if room.words is not docket.words or any(wish.at is not None for wish in wishes):
            return
        who = Who(SYSTEM, max(room.at, self._clock()), frozenset({SYSTEM}), seal=self._seal)
        for command in opening(room, who.at):
            for fact in room.decide(command, who):
                entry = Entry(room.seq + 1, who.at, SYSTEM, fact)
                room.apply(entry)
                entries.append(entry)

    def _decide(self, room: Room, wish: _Wish, entries: list[Entry], slips: list[docket.Slip]) -> Answer:
        at = max(room.at, self._clock() if wish.at is None else wish.at)
        try:
            facts = room.decide(wish.command, msgspec.structs.replace(wish.who, at=at, seal=self._seal))
            slip = docket.slip_of(room, wish.command, facts, self._seal)
            if slip is not None:
                slips.append(slip)
            for fact in facts:
                entry = Entry(room.seq + 1, at, wish.who.person, fact)
                room.apply(entry)
                entries.append(entry)
        except Refused as refused:
            return _refusal(refused)
        return {"ok": True, "seq": room.seq}

    async def _reloaded(self) -> bool:
        for pause in _RELOAD_PAUSES:
            await asyncio.sleep(pause)
            with suppress(Exception):
                await self._loaded()
                return True
        log.error("%s: cannot be read; commands are refused until it can", self.record)
        return False


def _refusal(refused: Refused) -> Answer:
    return {"ok": False, "code": refused.code, **refused.detail}


class Desks:
    """The desks of this process."""

    def __init__(self, store: Store, bus: Bus, clock: Clock = now_ms) -> None:
        self.store = store
        self.clock = clock
        self._bus = bus
        self._desks: OrderedDict[str, Desk] = OrderedDict()
        self._listeners: list[Callable[[Change], None]] = []
        self._sift: Sift | None = None
        self._seal = b""
        self._watched: Callable[[str], bool] = lambda _record: False
        self._looker: asyncio.Task[None] | None = None

    def on_change(self, listener: Callable[[Change], None]) -> None:
        """Tell this listener of every committed change, at once and in order; it must not wait."""
        self._listeners.append(listener)

    def sift_with(self, sift: Sift) -> None:
        """Have the words in every command looked at first. To be said before the first desk is asked for."""
        self._sift = sift

    def seal_with(self, key: bytes) -> None:
        """Seal ballots with this key. To be said before the first docket is asked for."""
        self._seal = key

    def keep_while(self, watched: Callable[[str], bool]) -> None:
        """Keep rooms in memory while this says somebody watches."""
        self._watched = watched

    async def start(self) -> None:
        """Begin to look at the heads of the records by ourselves."""
        self._looker = asyncio.create_task(self._look())

    async def stop(self) -> None:
        """Stop looking. What is in the trays is finished by those who wait for it."""
        if self._looker is not None:
            self._looker.cancel()
            with suppress(asyncio.CancelledError):
                await self._looker

    async def create(self, record: str, community: str, at: int | None = None) -> None:
        """Make an empty record; making it again changes nothing."""
        await self.store.records.create(record, community, self.clock() if at is None else at)

    async def desk(self, record: str) -> Desk:
        """The desk of a record. Refuses `not_found`."""
        held = self._desks.get(record)
        if held is None:
            if (
                not record.startswith(("meeting:", docket.RECORD))
                or await self.store.records.community_of(record) is None
            ):
                raise Refused("not_found")
            # Another task may have made it while this one asked.
            seal = self._seal if record.startswith(docket.RECORD) else b""
            held = self._desks.get(record) or Desk(
                record, self.store, self._bus, self.clock, self._tell, self._sift, seal
            )
            self._desks[record] = held
            self._forget_idle()
        self._desks.move_to_end(record)
        return held

    async def give(
        self, record: str, command: Command | dict[str, Any], who: Who, at: int | None = None
    ) -> Answer:
        """Give a command to a record's desk. Refusals are answers; nothing is raised for them."""
        try:
            desk = await self.desk(record)
            decoded = command if isinstance(command, Command) else new_room(record).words.command(command)
        except Refused as refused:
            return _refusal(refused)
        return await desk.give(decoded, who, at)

    @asynccontextmanager
    async def reading(self, record: str) -> AsyncIterator[Room]:
        """The committed room of a record, for as long as the block lasts. Refuses `not_found`."""
        async with (await self.desk(record)).reading() as room:
            yield room

    async def room(self, record: str) -> Room:
        """The committed room of a record, to be read before anything else is awaited. Refuses `not_found`."""
        async with self.reading(record) as room:
            return room

    async def entries(self, record: str) -> list[Entry]:
        """All lines of a record, read; for the archive and for replay."""
        await self.desk(record)
        words = new_room(record).words
        return [line.entry(words) async for line in self.store.records.read(record)]

    async def heard(self, record: str, seq: int) -> None:
        """A bell rang: catch up if the record is held here and behind."""
        held = self._desks.get(record)
        if held is not None and held.seq < seq:
            await held.catch_up()

    async def remove(self, record: str) -> None:
        """Remove a sample record and forget its room."""
        await self.store.register.remove(record)
        self._desks.pop(record, None)

    def _tell(self, change: Change) -> None:
        for listener in self._listeners:
            listener(change)

    def _forget_idle(self) -> None:
        idle = [name for name, desk in self._desks.items() if desk.idle and not self._watched(name)]
        for name in idle[: max(0, len(self._desks) - HELD)]:
            del self._desks[name]

    async def _look(self) -> None:
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            try:
                heads = await self.store.records.heads(list(self._desks))
                for record, seq in heads.items():
                    await self.heard(record, seq)
            except Exception:
                log.exception("could not look at the heads of the records")
