"""The word lists of every community, each version for ever: a decision names the version it was taken by.

Keeps bytes; what stands in them is the moderation's business.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, String, Table, insert, select

from server.store.tables import metadata

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncEngine

word_lists = Table(
    "word_lists",
    metadata,
    Column("n", Integer, primary_key=True, autoincrement=True),
    Column("community", String(64), nullable=False),
    Column("version", String(16), nullable=False),
    Column("phrases", LargeBinary, nullable=False),
    Column("changed_at", BigInteger, nullable=False),
    Column("changed_by", String(64), nullable=False),
    Index("ix_word_lists_community_n", "community", "n"),
    sqlite_autoincrement=True,
)


class Changed(Exception):
    """Somebody else changed the lists meanwhile."""


class Lists(msgspec.Struct, frozen=True):
    """One version of a community's lists; `n` rises with every change anywhere."""

    n: int
    version: str
    phrases: bytes
    changed_at: int
    changed_by: str


class WordLists:
    """The word lists in one database."""

    def __init__(self, engine: AsyncEngine) -> None:
        self.engine = engine

    async def latest(self, community: str, *, after: int = 0) -> Lists | None:
        """The lists as they are now; None where there are none, or none newer than number `after`."""
        columns = [word_lists.c[name] for name in Lists.__struct_fields__]
        query = select(*columns).where(word_lists.c.community == community, word_lists.c.n > after)
        async with self.engine.connect() as connection:
            row = (await connection.execute(query.order_by(word_lists.c.n.desc()).limit(1))).first()
        return None if row is None else Lists(**{str(name): value for name, value in row._mapping.items()})

    async def save(
        self, community: str, version: str, phrases: bytes, *, at: int, by: str, after: int
    ) -> None:
        """Keep a new version made from number `after`. Raises Changed where that is no longer the latest."""
        newest = select(word_lists.c.n).where(word_lists.c.community == community)
        async with self.engine.begin() as connection:
            held = (await connection.execute(newest.order_by(word_lists.c.n.desc()).limit(1))).scalar()
            if (held or 0) != after:
                raise Changed
            row = {"community": community, "version": version, "phrases": phrases}
            await connection.execute(insert(word_lists).values(**row, changed_at=at, changed_by=by))
