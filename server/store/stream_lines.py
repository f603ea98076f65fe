"""The lines of a meeting's picture to machines: the key encoders come in by, the address it is pushed on to.

Both are secrets of their meeting, kept in the clear because they must be shown or dialled again; no other table,
log or export has them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
from sqlalchemy import BigInteger, Boolean, Column, Integer, LargeBinary, String, Table, Text, select, update
from sqlalchemy.dialects import postgresql, sqlite

from server.store.tables import metadata

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncEngine

stream_lines = Table(
    "stream_lines",
    metadata,
    Column("record", String(80), primary_key=True),
    Column("key", String(64), nullable=False),
    # SHA-256 of the key before, so that an encoder left on it is told so.
    Column("old", LargeBinary(32)),
    Column("renewed_at", BigInteger, nullable=False),
    Column("address", Text, nullable=False, default=""),
    Column("pushed", Boolean, nullable=False, default=False),
    # How many watch outside, as somebody read it there and typed it in.
    Column("viewers", Integer),
    sqlite_with_rowid=False,
)


class StreamLine(msgspec.Struct, frozen=True):
    """The lines of one meeting. Times in ms UTC."""

    record: str
    key: str
    old: bytes | None
    renewed_at: int
    address: str
    pushed: bool
    viewers: int | None


class StreamLines:
    """The lines of every meeting in one database."""

    def __init__(self, engine: AsyncEngine) -> None:
        self.engine = engine
        self._insert = postgresql.insert if engine.dialect.name == "postgresql" else sqlite.insert

    async def of(self, record: str) -> StreamLine | None:
        """The lines of a meeting; None where nobody asked for any."""
        query = select(stream_lines).where(stream_lines.c.record == record)
        async with self.engine.connect() as connection:
            row = (await connection.execute(query)).first()
        return (
            None if row is None else StreamLine(**{str(name): value for name, value in row._mapping.items()})
        )

    async def pushed(self) -> list[str]:
        """The records that are to be pushed outside."""
        query = select(stream_lines.c.record).where(stream_lines.c.pushed)
        async with self.engine.connect() as connection:
            return list((await connection.execute(query)).scalars())

    async def begin(self, record: str, key: str, at: int) -> None:
        """Keep the first key of a meeting; where there is one, it stays."""
        made = self._insert(stream_lines).values(
            record=record, key=key, renewed_at=at, address="", pushed=False
        )
        async with self.engine.begin() as connection:
            await connection.execute(made.on_conflict_do_nothing(index_elements=["record"]))

    async def change(self, record: str, **changes: Any) -> None:
        """Change columns of a meeting's lines."""
        async with self.engine.begin() as connection:
            await connection.execute(
                update(stream_lines).where(stream_lines.c.record == record).values(**changes)
            )
