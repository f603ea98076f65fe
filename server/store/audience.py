"""Who applauded how often and who came to watch, so that neither counts twice after a restart.

Holds running totals by a random key of the page or browser; knows no person.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from sqlalchemy import func, select
from sqlalchemy.dialects import postgresql, sqlite

from server.store.tables import applause, visits

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncEngine


class Audience:
    """The audience's figures in one database."""

    def __init__(self, engine: AsyncEngine) -> None:
        self.engine = engine
        self._insert = postgresql.insert if engine.dialect.name == "postgresql" else sqlite.insert

    async def totals(self, record: str) -> dict[str, int]:
        """The running total kept for each key of this record."""
        async with self.engine.connect() as connection:
            rows = await connection.execute(
                select(applause.c.key, applause.c.total).where(applause.c.record == record)
            )
            return {row.key: row.total for row in rows}

    async def keep(
        self, record: str, totals: Mapping[str, int], visitors: Mapping[str, int]
    ) -> tuple[int, int]:
        """Keep the highest total of each key and the first visit of each visitor (ms).

        Returns applause and unique visitors of the record so far.
        """
        async with self.engine.begin() as connection:
            # Sorted, so that two processes never wait for each other's rows in turn.
            if totals:
                made = self._insert(applause)
                greater = func.greatest if self.engine.dialect.name == "postgresql" else func.max
                await connection.execute(
                    made.on_conflict_do_update(
                        index_elements=["record", "key"],
                        set_={"total": greater(applause.c.total, made.excluded.total)},
                    ),
                    [{"record": record, "key": key, "total": totals[key]} for key in sorted(totals)],
                )
            if visitors:
                await connection.execute(
                    self._insert(visits).on_conflict_do_nothing(index_elements=["record", "visitor"]),
                    [{"record": record, "visitor": key, "at": visitors[key]} for key in sorted(visitors)],
                )
            total = await connection.execute(
                select(func.coalesce(func.sum(applause.c.total), 0)).where(applause.c.record == record)
            )
            unique = await connection.execute(
                select(func.count()).select_from(visits).where(visits.c.record == record)
            )
            return int(total.scalar_one()), int(unique.scalar_one())
