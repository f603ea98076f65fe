"""Where meetings belong, by record and by the public code on the poster. Every method is one transaction."""

from __future__ import annotations

from typing import Any

import msgspec
from sqlalchemy import delete, insert, or_, select, update

from server.store.account_tables import accounts, communities, meeting_places
from server.store.book import Book, changed
from server.store.stream_lines import stream_lines
from server.store.tables import records


class Place(msgspec.Struct, frozen=True):
    """Where a meeting belongs, and its public six-digit code."""

    record: str
    community: str
    estate: str | None
    code: str
    sample: bool
    archived_at: int | None


class PlaceBook(Book):
    """The meetings of one database, as far as accounts need to know them."""

    async def place(self, *, record: str | None = None, code: str | None = None) -> Place | None:
        """A meeting by record or by public code."""
        where = meeting_places.c.record == record if code is None else meeting_places.c.code == code
        async with self.reading() as db:
            row = (await db.execute(select(meeting_places).where(where))).first()
            if row is None:
                return None
            values = {str(k): v for k, v in row._mapping.items() if k != "created_at"}
            return msgspec.convert(values, Place, strict=False)

    async def community_of(self, record: str) -> str | None:
        """The community a record belongs to, whether or not accounts were told where its meeting is held."""
        async with self.reading() as db:
            asked = select(records.c.community).where(records.c.record == record)
            return (await db.execute(asked)).scalar_one_or_none()

    async def places(self) -> list[Place]:
        """All meetings, the newest first."""
        async with self.reading() as db:
            rows = await db.execute(select(meeting_places).order_by(meeting_places.c.created_at.desc()))
            return [
                msgspec.convert(
                    {str(k): v for k, v in row._mapping.items() if k != "created_at"}, Place, strict=False
                )
                for row in rows
            ]

    async def add_place(self, **values: Any) -> bool:
        """Keep where a meeting belongs. False: its code is taken."""
        async with self.writing() as db:
            taken = select(meeting_places.c.record).where(meeting_places.c.code == values["code"])
            if (await db.execute(taken)).first() is not None:
                return False
            await db.execute(insert(meeting_places).values(**values))
            return True

    async def archive(self, record: str, at: int) -> None:
        """Note that a meeting is in the archive for good."""
        async with self.writing() as db:
            await db.execute(
                update(meeting_places).where(meeting_places.c.record == record).values(archived_at=at)
            )

    async def remove_sample(self) -> list[str]:
        """Remove everything that was marked as sample; returns the records that belonged to it."""
        async with self.writing() as db:
            fake = select(communities.c.id).where(communities.c.sample.is_(True))
            found = await db.execute(
                select(meeting_places.c.record).where(
                    or_(meeting_places.c.sample.is_(True), meeting_places.c.community.in_(fake))
                )
            )
            records = list(found.scalars())
            people = or_(accounts.c.sample.is_(True), accounts.c.community.in_(fake))
            await changed(db, set((await db.execute(select(accounts.c.id).where(people))).scalars()))
            await db.execute(delete(accounts).where(people))
            await db.execute(delete(meeting_places).where(meeting_places.c.record.in_(records)))
            await db.execute(delete(stream_lines).where(stream_lines.c.record.in_(records)))
            await db.execute(delete(communities).where(communities.c.sample.is_(True)))
            return records
