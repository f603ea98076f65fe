"""Append and read facts: the only code that writes the table `facts`.

One transaction for a turn of the desk; its first statement takes the record's row lock, so numbers have no gaps
and become visible in order. Refuses nothing about a fact's meaning.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, NamedTuple

import msgspec
from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from meetings.docket import Slip
from meetings.kernel import Entry, Refused, Vocabulary, word_of
from server.store.tables import facts, records, slips

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

START = bytes(32)
"""The link before the first line."""
_SALT = 16
_PAGE = 5_000


class Line(NamedTuple):
    """One row of a record. `data` is canonical JSON, or empty when it was erased."""

    seq: int
    at: int
    by: str
    type: str
    data: bytes

    def entry(self, words: Vocabulary) -> Entry:
        """The line read with a record's vocabulary."""
        return Entry(self.seq, self.at, self.by, words.fact(self.type, self.data))


def canonical(value: object) -> bytes:
    """JSON with sorted keys, without spaces, in UTF-8: the same bytes for the same value everywhere."""
    return msgspec.json.encode(value, order="sorted")


def data_of(entry: Entry) -> bytes:
    """The canonical data of a fact. Its word stands in the line's own column."""
    plain = msgspec.to_builtins(entry.fact)
    plain.pop("type", None)
    return canonical(plain)


def digest_of(salt: bytes, data: bytes) -> bytes:
    """Digest of a line's data. The salt keeps short texts from being guessed after they were erased."""
    return hashlib.sha256(b"\x00" + salt + data).digest()


def link_of(record: str, entry: Entry | Line, word: str, previous: bytes, digest: bytes) -> bytes:
    """The link that ties a line to all before it (DESIGN 4.4)."""
    header = canonical({"record": record, "seq": entry.seq, "at": entry.at, "by": entry.by, "type": word})
    return hashlib.sha256(b"\x02" + header + previous + digest).digest()


class Turn:
    """One transaction that holds a record's lock."""

    def __init__(
        self, connection: AsyncConnection, record: str, community: str, head: int, link: bytes, at: int
    ) -> None:
        self.connection = connection
        self.record = record
        self.community = community
        self.head = head
        self.at = at
        self._link = link

    async def news(self, known: int) -> list[Line]:
        """The lines other processes wrote after number `known`."""
        return await _lines(self.connection, self.record, known, self.head) if known < self.head else []

    async def append(self, entries: Sequence[Entry]) -> None:
        """Write entries that follow the head; they are there once the turn ends well."""
        if not entries:
            return
        rows = []
        for entry in entries:
            salt, data, word = os.urandom(_SALT), data_of(entry), word_of(type(entry.fact))
            digest = digest_of(salt, data)
            self._link = link_of(self.record, entry, word, self._link, digest)
            rows.append(
                {
                    "record": self.record,
                    "seq": entry.seq,
                    "at": entry.at,
                    "by": entry.by,
                    "type": word,
                    "data": data,
                    "salt": salt,
                    "digest": digest,
                    "link": self._link,
                }
            )
        self.head, self.at = entries[-1].seq, entries[-1].at
        await self.connection.execute(insert(facts), rows)
        await self.connection.execute(
            update(records)
            .where(records.c.record == self.record)
            .values(head=self.head, link=self._link, at=self.at)
        )

    async def put_by(self, kept: Sequence[Slip], opened: Sequence[str] = ()) -> None:
        """Keep slips beside the record, in the very transaction that says who took part; and throw away those of the
        motions whose slips the record now holds, opened.

        A row knows more than its columns: PostgreSQL keeps with each the transaction that wrote it, and so the voter.
        """
        if opened:
            done = slips.c.record == self.record, slips.c.motion.in_(opened)
            await self.connection.execute(delete(slips).where(*done))
        if kept:
            rows = [
                {"id": one.id, "record": self.record, "motion": one.motion, "sealed": one.sealed}
                for one in kept
            ]
            await self.connection.execute(insert(slips), rows)


async def _lines(connection: AsyncConnection, record: str, since: int, until: int) -> list[Line]:
    found = await connection.execute(
        select(facts.c.seq, facts.c.at, facts.c.by, facts.c.type, facts.c.data)
        .where(facts.c.record == record, facts.c.seq > since, facts.c.seq <= until)
        .order_by(facts.c.seq)
    )
    return [Line(*row) for row in found]


class Records:
    """The records of one database."""

    def __init__(self, engine: AsyncEngine) -> None:
        self.engine = engine

    async def slips(self, record: str, motion: str) -> list[Slip]:
        """The slips of an anonymous poll, by their names."""
        asked = select(slips).where(slips.c.record == record, slips.c.motion == motion)
        async with self.engine.connect() as connection:
            rows = await connection.execute(asked.order_by(slips.c.id))
            return [Slip(row.id, row.motion, row.sealed) for row in rows]

    async def named(self, beginning: str) -> list[str]:
        """The records whose name begins so, in the order of their names."""
        asked = select(records.c.record).where(records.c.record.startswith(beginning, autoescape=True))
        async with self.engine.connect() as connection:
            return list((await connection.execute(asked.order_by(records.c.record))).scalars())

    async def create(self, record: str, community: str, at: int) -> None:
        """Make an empty record. Making it again changes nothing."""
        try:
            async with self.engine.begin() as connection:
                await connection.execute(
                    insert(records).values(
                        record=record, community=community, created_at=at, head=0, link=START, at=at
                    )
                )
        except IntegrityError:
            if await self.community_of(record) != community:
                raise

    async def community_of(self, record: str) -> str | None:
        """The community a record belongs to; None: there is no such record."""
        async with self.engine.connect() as connection:
            found = await connection.execute(select(records.c.community).where(records.c.record == record))
            return found.scalar_one_or_none()

    async def heads(self, names: Sequence[str]) -> dict[str, int]:
        """The last number of each of these records."""
        async with self.engine.connect() as connection:
            found = await connection.execute(
                select(records.c.record, records.c.head).where(records.c.record.in_(names))
            )
            return {row.record: row.head for row in found}

    async def tip(self, record: str) -> tuple[int, bytes]:
        """The last number of a record and its link. Raises Refused("not_found") where there is no such record."""
        async with self.engine.connect() as connection:
            found = await connection.execute(
                select(records.c.head, records.c.link).where(records.c.record == record)
            )
            row = found.one_or_none()
        if row is None:
            raise Refused("not_found")
        return row.head, bytes(row.link)

    async def read(self, record: str, since: int = 0) -> AsyncIterator[Line]:
        """The lines after number `since`, in order, a page at a time."""
        async with self.engine.connect() as connection:
            while True:
                page = await _lines(connection, record, since, since + _PAGE)
                for line in page:
                    yield line
                if len(page) < _PAGE:
                    return
                since = page[-1].seq

    @asynccontextmanager
    async def turn(self, record: str) -> AsyncIterator[Turn]:
        """Hold the record's lock for one transaction; committed when the block ends well and added something.

        Raises Refused("not_found") where there is no such record.
        """
        async with self.engine.connect() as connection:
            transaction = await connection.begin()
            row = (
                await connection.execute(
                    update(records)
                    .where(records.c.record == record)
                    .values(head=records.c.head)
                    .returning(records.c.head, records.c.link, records.c.at, records.c.community)
                )
            ).one_or_none()
            if row is None:
                raise Refused("not_found")
            turn = Turn(connection, record, row.community, row.head, bytes(row.link), row.at)
            yield turn
            # A turn that added nothing holds nothing that could be lost: no reason to wait for the disk.
            await (transaction.commit() if turn.head > row.head else transaction.rollback())

    async def verify(self, record: str) -> int:
        """Walk the chain of a record and return its last number. Raises ValueError naming the broken line."""
        previous, seq = START, 0
        async with self.engine.connect() as connection:
            rows = await connection.stream(
                select(facts).where(facts.c.record == record).order_by(facts.c.seq)
            )
            async for row in rows:
                if row.seq != seq + 1:
                    raise ValueError(f"{record}: line {seq + 1} is missing")
                line = Line(row.seq, row.at, row.by, row.type, row.data)
                if row.data and digest_of(row.salt, row.data) != row.digest:
                    raise ValueError(f"{record}: the data of line {row.seq} was changed")
                if link_of(record, line, row.type, previous, row.digest) != row.link:
                    raise ValueError(f"{record}: line {row.seq} does not follow from those before it")
                previous, seq = row.link, row.seq
            head = await connection.execute(
                select(records.c.head, records.c.link).where(records.c.record == record)
            )
            known = head.one_or_none()
        if known is None or (known.head, bytes(known.link)) != (seq, previous):
            raise ValueError(f"{record}: lines after {seq} are missing")
        return seq
