"""How the tables of people and places are read and changed: in transactions that wait their turn."""

from __future__ import annotations

import time
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from sqlalchemy import insert, update

from server.store.account_tables import account_changes, server_keys

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable

    from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

LOCK = "lock"
"""A row of `server_keys` that every writing transaction touches first."""


class Book:
    """Tables of one database; each method of those who write in it is one transaction."""

    def __init__(self, engine: AsyncEngine) -> None:
        self.engine = engine

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        """A transaction that only looks."""
        async with self.engine.connect() as db:
            yield db

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[AsyncConnection]:
        """A transaction that may change things. Waits its turn: what it reads stays true until it commits.

        SQLite would refuse, and PostgreSQL overlook, a row changed by another between its reading and its writing.
        """
        async with self.engine.begin() as db:
            await db.execute(update(server_keys).where(server_keys.c.name == LOCK).values(name=LOCK))
            yield db


async def changed(db: AsyncConnection, people: Iterable[str]) -> None:
    """Leave a note for the other processes, in the very transaction that changed something about these people."""
    at = time.time_ns() // 1_000_000
    rows = [{"account": person, "at": at} for person in sorted(people)]
    if rows:
        await db.execute(insert(account_changes), rows)
