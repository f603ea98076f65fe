"""Where everything is kept. The only part that knows SQLAlchemy; hands out plain values."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from server.store.audience import Audience
from server.store.engine import UnsafeDatabase, connect, is_full, refuse_unsafe
from server.store.record import Line, Records, Turn
from server.store.register import Register, note
from server.store.stream_lines import StreamLine, StreamLines
from server.store.terms import Term, Terms, note_term
from server.store.word_lists import Changed, WordLists

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncEngine

__all__ = [
    "Audience",
    "Changed",
    "Line",
    "Records",
    "Register",
    "Store",
    "StreamLine",
    "StreamLines",
    "Term",
    "Terms",
    "Turn",
    "UnsafeDatabase",
    "WordLists",
    "is_full",
    "note",
    "note_term",
    "open_store",
]


class Store:
    """One open database: its records, its register of meetings, its audience figures, its word lists, its terms."""

    def __init__(self, engine: AsyncEngine) -> None:
        self.engine = engine
        self.records = Records(engine)
        self.register = Register(engine)
        self.audience = Audience(engine)
        self.word_lists = WordLists(engine)
        self.stream_lines = StreamLines(engine)
        self.terms = Terms(engine)

    async def close(self) -> None:
        """Close every connection."""
        await self.engine.dispose()


async def open_store(url: str, *, data: Path | None = None) -> Store:
    """Open the database, bring its tables up to date, refuse one that may lose what it acknowledged."""
    from server.store.migrations import upgrade

    engine = connect(url, data=data)
    await refuse_unsafe(engine)
    await upgrade(engine)
    return Store(engine)
