"""Terms without the word that outlive their meeting: written beside the facts that made them, read by the next meeting.

Holds nothing that is not in a record; decides nothing about it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Index,
    LargeBinary,
    String,
    Table,
    Text,
    insert,
    select,
    update,
)

from server.store.tables import metadata

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

terms = Table(
    "terms",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("community", String(64), nullable=False),
    # The meeting in which two people decided it.
    Column("record", String(80), nullable=False, index=True),
    Column("person", String(64), nullable=False),
    Column("shown", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("until", BigInteger, nullable=False),
    Column("by", LargeBinary, nullable=False),
    Column("appealed", Boolean, nullable=False),
    Column("lifted_at", BigInteger),
    Column("why", Text, nullable=False, default=""),
    Index("ix_terms_community_until", "community", "until"),
)


class Term(msgspec.Struct, frozen=True):
    """One term: who, why, from when until when (ms), decided by whom in which record; `lifted_at` where it ended early."""

    id: str
    record: str
    person: str
    shown: str
    reason: str
    at: int
    until: int
    by: tuple[str, ...]
    appealed: bool
    lifted_at: int | None
    why: str


async def note_term(connection: AsyncConnection, community: str, record: str, term: dict[str, Any]) -> None:
    """Write down how a term stands, in the transaction of its facts.

    Several meetings may know one term: what was lifted or appealed in one of them stays so, whatever another says.
    """
    held = (await connection.execute(select(terms).where(terms.c.id == term["id"]))).first()
    if held is None:
        own = {"community": community, "record": record, "by": msgspec.json.encode(term["by"])}
        await connection.execute(insert(terms).values(**term | own))
        return
    news: dict[str, Any] = {"appealed": held.appealed or term["appealed"]}
    if held.lifted_at is None:
        news |= {"lifted_at": term["lifted_at"], "why": term["why"]}
    await connection.execute(update(terms).where(terms.c.id == term["id"]).values(**news))


class Terms:
    """The terms of one database."""

    def __init__(self, engine: AsyncEngine) -> None:
        self.engine = engine

    async def known(self, community: str, at: int) -> list[Term]:
        """The terms of a community that are not over yet, the lifted ones among them."""
        asked = select(*(terms.c[name] for name in Term.__struct_fields__))
        asked = asked.where(terms.c.community == community, terms.c.until > at).order_by(terms.c.id)
        async with self.engine.connect() as connection:
            rows = await connection.execute(asked)
            return [
                Term(**dict(row._mapping) | {"by": msgspec.json.decode(row.by, type=tuple[str, ...])})
                for row in rows
            ]

    async def communities(self, at: int) -> list[str]:
        """The communities in which some term is not over yet."""
        async with self.engine.connect() as connection:
            asked = select(terms.c.community).where(terms.c.until > at).distinct()
            return list((await connection.execute(asked)).scalars())
