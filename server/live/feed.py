"""Turns changes into patches and breathes them out to every connection. Decides nothing, keeps no history.

A patch is encoded once for each pair of eyes, into the very websocket frame, and that frame is written to the
transports themselves. How it is sent is known here alone. Acknowledgements and own patches may overtake a
public patch: numbers, not arrival, give the order.
"""

from __future__ import annotations

import asyncio
import logging
import random
import time
from collections.abc import Iterable
from typing import Any

import msgspec
from prometheus_client import Counter, Gauge, Histogram

from meetings import Eye, Room
from server.live.desk import Change, Desks

log = logging.getLogger(__name__)

SLICE_SECONDS = 0.002
"""How long one slice of a round may hold the loop; pings and commands of others go between slices."""
SLICE = 64
PACE_LEAST, PACE_MOST = 0.25, 2.0
"""Seconds between two public patches: at least, and at most however costly a round was."""
PACE_SHARE = 0.2
"""The share of the loop that public rounds may take; it sets the pace between the bounds."""
STALE_SECONDS = 45.0
AGAIN_SPREAD_MS = 4_000

DELIVERED = Counter("sun_feed_delivered_total", "Frames written to sockets")
SKIPPED = Counter("sun_feed_skipped_total", "Frames not written because a socket could not take them")
CUT = Counter("sun_feed_cut_total", "Sockets cut because they did not read")
ROUND = Histogram("sun_feed_round_seconds", "Length of one public round")
CONNECTIONS = Gauge("sun_feed_connections", "Connections in a room")


def frame(name: str, body: dict[str, Any]) -> bytes:
    """An event as a whole websocket frame: Engine.IO message, Socket.IO event; the server's are unmasked."""
    return text_frame(b"42" + msgspec.json.encode([name, body]))


def text_frame(payload: bytes) -> bytes:
    """A text as a whole websocket frame."""
    size = len(payload)
    if size < 126:
        return bytes((0x81, size)) + payload
    if size < 65_536:
        return bytes((0x81, 126, size >> 8, size & 255)) + payload
    return bytes((0x81, 127)) + size.to_bytes(8, "big") + payload


class Connection:
    """One socket in one record. Visited exactly once a round; what it cannot take it is told to come again for."""

    __slots__ = ("eye", "high", "page", "person", "record", "sid", "stale_since", "transport")

    def __init__(
        self,
        sid: str,
        transport: asyncio.Transport,
        record: str,
        person: str,
        eye: Eye,
        high: int,
        page: str,
    ) -> None:
        self.sid = sid
        self.page = page
        self.transport = transport
        self.record = record
        self.person = person
        self.eye = eye
        self.high = high
        self.stale_since = 0.0

    def offer(self, buffer: bytes) -> bool:
        """Write a frame if the connection can take it; else remember that it must come again."""
        transport = self.transport
        if transport.is_closing():
            return False
        if self.stale_since or transport.get_write_buffer_size() + len(buffer) > self.high:
            self.stale_since = self.stale_since or time.monotonic()
            return False
        transport.write(buffer)
        return True


class _Watched:
    """What the feed knows of one record: who looks on, and what each pair of eyes was sent last."""

    def __init__(self) -> None:
        self.by_eye: dict[Eye, dict[str, Connection]] = {eye: {} for eye in Eye}
        self.by_person: dict[str, set[Connection]] = {}
        self.sent: dict[Eye, int] = dict.fromkeys(Eye, 0)
        self.breath: asyncio.Task[None] | None = None
        self.cost = 0.0
        self.breathed_at = 0.0

    def everybody(self) -> Iterable[Connection]:
        for connections in self.by_eye.values():
            yield from list(connections.values())


class Feed:
    """Everybody who follows a record in this process."""

    def __init__(self, desks: Desks, *, high: int) -> None:
        self._desks = desks
        self._high = high
        self._records: dict[str, _Watched] = {}
        self._sweeper: asyncio.Task[None] | None = None
        desks.on_change(self.changed)
        desks.keep_while(lambda record: record in self._records)

    async def start(self) -> None:
        """Begin to look after connections that do not read."""
        self._sweeper = asyncio.create_task(self._sweep())

    async def stop(self) -> None:
        """Tell everybody to come again, each after a pause of its own, and stop."""
        for watched in self._records.values():
            if watched.breath is not None:
                watched.breath.cancel()
            for connection in watched.everybody():
                self._say_again(connection)
        if self._sweeper is not None:
            self._sweeper.cancel()

    # Coming and going

    def enter(
        self, sid: str, transport: asyncio.Transport, room: Room, person: str, eye: Eye, page: str = ""
    ) -> Connection:
        """Let a connection follow a room from the number it now has. Call it with the room being read.

        `page` is the screen it says it draws.
        """
        self.leave(sid, room.record)
        watched = self._records.setdefault(room.record, _Watched())
        connection = Connection(sid, transport, room.record, person, eye, self._high, page)
        if not watched.by_eye[eye]:
            watched.sent[eye] = room.seq
        watched.by_eye[eye][sid] = connection
        if person:
            watched.by_person.setdefault(person, set()).add(connection)
        CONNECTIONS.inc()
        return connection

    def leave(self, sid: str, record: str) -> None:
        """Let a connection go. Going twice is going once."""
        watched = self._records.get(record)
        if watched is None:
            return
        for connections in watched.by_eye.values():
            gone = connections.pop(sid, None)
            if gone is None:
                continue
            CONNECTIONS.dec()
            theirs = watched.by_person.get(gone.person)
            if theirs is not None:
                theirs.discard(gone)
                if not theirs:
                    del watched.by_person[gone.person]
        if not any(watched.by_eye.values()):
            if watched.breath is not None:
                watched.breath.cancel()
            del self._records[record]

    def watching(self, record: str) -> int:
        """How many connections follow a record here."""
        watched = self._records.get(record)
        return sum(len(connections) for connections in watched.by_eye.values()) if watched else 0

    def pages(self, record: str) -> dict[str, int]:
        """How many connections here draw which of the hall's own screens."""
        watched = self._records.get(record)
        found: dict[str, int] = {}
        for connection in watched.everybody() if watched else ():
            if connection.page:
                found[connection.page] = found.get(connection.page, 0) + 1
        return found

    def at_page(self, record: str, page: str) -> set[str]:
        """The staff whose connections here draw this screen."""
        watched = self._records.get(record)
        staff = watched.by_eye[Eye.STAFF].values() if watched else ()
        return {connection.person for connection in staff if connection.page == page}

    def records(self) -> list[str]:
        """The records followed here."""
        return list(self._records)

    # Telling

    def changed(self, change: Change) -> None:
        """Tell staff and those who acted at once; the public at the next breath."""
        watched = self._records.get(change.room.record)
        if watched is None:
            return
        room = change.room
        for person in room.owners_since(change.since) | change.actors:
            self._tell_own(watched, room, person, change.since)
        self._tell_eye(watched, room, Eye.STAFF)
        if watched.by_eye[Eye.PUBLIC] and (watched.breath is None or watched.breath.done()):
            watched.breath = asyncio.create_task(self._breathe(room.record, watched))

    def say(self, record: str, name: str, body: dict[str, Any], *, eye: Eye | None = None) -> None:
        """Pass air to everybody in a record, or to one pair of eyes; lost where a connection is full."""
        watched = self._records.get(record)
        if watched is None:
            return
        buffer = frame(name, {"record": record, **body})
        for connection in watched.everybody():
            if eye is None or connection.eye is eye:
                connection.offer(buffer)

    def tell(self, record: str, sid: str, name: str, body: dict[str, Any]) -> None:
        """Say something to one socket that follows a record; lost where it is gone or full."""
        watched = self._records.get(record)
        for connections in watched.by_eye.values() if watched is not None else ():
            if sid in connections:
                connections[sid].offer(frame(name, {"record": record, **body}))

    def again(self, record: str | None = None, people: frozenset[str] | None = None) -> None:
        """Tell connections to take the room afresh: roles changed, or the sample was removed."""
        for name, watched in self._records.items():
            if record in {None, name}:
                for connection in watched.everybody():
                    if people is None or connection.person in people:
                        self._say_again(connection)

    def _say_again(self, connection: Connection) -> None:
        wait_ms = random.randrange(AGAIN_SPREAD_MS)  # noqa: S311 - spreads a crowd, keeps no secret
        connection.offer(frame("again", {"record": connection.record, "wait_ms": wait_ms}))

    def _tell_own(self, watched: _Watched, room: Room, person: str, since: int) -> None:
        connections = watched.by_person.get(person)
        if not connections:
            return
        things = room.own(person, since) if since else room.own(person, 0)
        if things:
            buffer = frame("own", {"record": room.record, "at": room.seq, "set": things})
            for connection in connections:
                connection.offer(buffer)

    def _tell_eye(self, watched: _Watched, room: Room, eye: Eye) -> None:
        buffer = self._patch(watched, room, eye)
        if buffer:
            staff = list(watched.by_eye[eye].values())
            _count(sum(connection.offer(buffer) for connection in staff), len(staff))

    def _patch(self, watched: _Watched, room: Room, eye: Eye) -> bytes:
        """The next patch for this eye as a frame; empty when nothing it can see has changed."""
        if not watched.by_eye[eye]:
            return b""
        since = watched.sent[eye]
        things = room.patch(since, eye)
        if not things:
            return b""
        watched.sent[eye] = room.seq
        return frame("patch", {"record": room.record, "from": since, "to": room.seq, "set": things})

    async def _breathe(self, record: str, watched: _Watched) -> None:
        pace = min(PACE_MOST, max(PACE_LEAST, watched.cost / PACE_SHARE))
        await asyncio.sleep(max(0.0, watched.breathed_at + pace - time.monotonic()))
        try:
            async with self._desks.reading(record) as room:
                buffer = self._patch(watched, room, Eye.PUBLIC)
                round_of = list(watched.by_eye[Eye.PUBLIC].values())
                seq = room.seq
            watched.cost = await _write_round(round_of, buffer) if buffer else 0.0
        except Exception:
            log.exception("%s: a breath failed", record)
            return
        finally:
            watched.breathed_at = time.monotonic()
        if (await self._desks.desk(record)).seq > seq:
            watched.breath = asyncio.create_task(self._breathe(record, watched))

    async def _sweep(self) -> None:
        """Tell those who read again to come again; cut those who do not read for too long."""
        while True:
            await asyncio.sleep(1.0)
            now = time.monotonic()
            for watched in list(self._records.values()):
                for connection in watched.everybody():
                    if not connection.stale_since:
                        continue
                    if connection.transport.get_write_buffer_size() == 0:
                        connection.stale_since = 0.0
                        self._say_again(connection)
                    elif now - connection.stale_since > STALE_SECONDS:
                        # close() would wait for the buffer to drain, for ever if the peer never reads.
                        connection.transport.abort()
                        CUT.inc()


async def _write_round(connections: list[Connection], buffer: bytes) -> float:
    """Write one frame to each connection, in slices; returns the seconds the loop was held."""
    held = 0.0
    begun = time.perf_counter()
    written = 0
    for place, connection in enumerate(connections):
        written += connection.offer(buffer)
        if place % SLICE == SLICE - 1 and time.perf_counter() - begun > SLICE_SECONDS:
            held += time.perf_counter() - begun
            await asyncio.sleep(0)
            begun = time.perf_counter()
    held += time.perf_counter() - begun
    ROUND.observe(held)
    _count(written, len(connections))
    return held


def _count(written: int, offered: int) -> None:
    DELIVERED.inc(written)
    SKIPPED.inc(offered - written)
