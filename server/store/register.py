"""The list of meetings across communities: written beside the facts, rebuilt from them at will.

Holds nothing that is not in a record.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
from sqlalchemy import delete, insert, select

from server.store.tables import applause as applause_table
from server.store.tables import facts, records, register, slips, visits
from server.store.terms import terms

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine


async def note(connection: AsyncConnection, record: str, community: str, card: dict[str, Any]) -> None:
    """Write down how a meeting's card looks now."""
    await connection.execute(delete(register).where(register.c.record == record))
    await connection.execute(
        insert(register).values(
            record=record,
            community=community,
            phase=card["phase"],
            starts_at=card["starts_at"],
            sample=int(card["sample"]),
            card=msgspec.json.encode(card),
        )
    )


class Register:
    """The meetings of one database."""

    def __init__(self, engine: AsyncEngine) -> None:
        self.engine = engine

    async def meetings(self, community: str | None = None) -> list[dict[str, Any]]:
        """Cards of all meetings, the latest first, each with `record` and `community`."""
        asked = select(register.c.record, register.c.community, register.c.card)
        if community is not None:
            asked = asked.where(register.c.community == community)
        async with self.engine.connect() as connection:
            rows = await connection.execute(asked.order_by(register.c.starts_at.desc(), register.c.record))
            return [
                msgspec.json.decode(row.card) | {"record": row.record, "community": row.community}
                for row in rows
            ]

    async def remove(self, record: str) -> None:
        """Remove a sample record altogether. A real one is never removed."""
        async with self.engine.begin() as connection:
            found = await connection.execute(select(register.c.sample).where(register.c.record == record))
            if found.scalar_one_or_none() == 0:
                raise ValueError(f"{record} is no sample: it is kept")
            for table in (facts, register, applause_table, visits, terms, slips, records):
                await connection.execute(delete(table).where(table.c.record == record))
