"""Links people come in by, the sessions of their browsers, and the keys that sign both. One transaction a method.

Keeps digests of secrets, never the secrets.
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

import msgspec
from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from server.store.account_tables import account_changes, accounts, links, server_keys, sessions
from server.store.book import LOCK, Book, changed

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement

LOOKED_BACK = 200
"""Numbers of changes read again: PostgreSQL may show a higher number before a lower one."""


class Session(msgspec.Struct, frozen=True):
    """One browser that came in."""

    id: str
    account: str
    link: str | None
    created_at: int
    seen_at: int
    agent: str
    revoked_at: int | None


class Link(msgspec.Struct, frozen=True):
    """A personal link, without its secret."""

    id: str
    account: str
    role: str
    record: str | None
    repeatable: bool
    created_at: int
    expires_at: int | None
    revoked_at: int | None
    made_by: str


class DoorBook(Book):
    """The ways in of one database."""

    async def keys(self, *names: str) -> dict[str, bytes]:
        """Keys of this installation, drawn when first asked for."""
        made = postgresql.insert if self.engine.dialect.name == "postgresql" else sqlite.insert
        async with self.engine.begin() as db:
            # The first statement writes, so that two processes starting at once draw one key, not two.
            rows = [{"name": name, "key": secrets.token_bytes(32)} for name in (LOCK, *names)]
            await db.execute(made(server_keys).on_conflict_do_nothing(index_elements=["name"]), rows)
            found = await db.execute(select(server_keys.c.name, server_keys.c.key))
            return {row.name: row.key for row in found}

    # Links and sessions

    async def add_link(self, **values: Any) -> None:
        """Keep a new link."""
        async with self.writing() as db:
            await db.execute(insert(links).values(**values))

    async def link_by(self, digest: bytes) -> Link | None:
        """The link whose secret has this digest."""
        return await self._link(links.c.digest == digest)

    async def link(self, own_id: str) -> Link | None:
        """One link."""
        return await self._link(links.c.id == own_id)

    async def _link(self, where: Any) -> Link | None:
        async with self.reading() as db:
            row = (await db.execute(select(links).where(where))).first()
            return (
                None
                if row is None
                else msgspec.convert({str(k): v for k, v in row._mapping.items()}, Link, strict=False)
            )

    async def links_of(self, record: str | None, accounts_of: str | None = None) -> list[dict[str, Any]]:
        """The ordinary links of a meeting, or of one person, with their devices."""
        where = links.c.record == record if accounts_of is None else links.c.account == accounts_of
        async with self.reading() as db:
            found = (
                await db.execute(
                    select(links, accounts.c.name)
                    .join(accounts, accounts.c.id == links.c.account)
                    .where(where, links.c.repeatable.is_(False))
                    .order_by(links.c.created_at)
                )
            ).all()
            devices = (
                await db.execute(
                    select(sessions)
                    .where(sessions.c.link.in_([row.id for row in found]))
                    .order_by(sessions.c.created_at)
                )
            ).all()
        return [
            {
                "id": row.id,
                "person": row.account,
                "name": row.name,
                "role": row.role,
                "record": row.record,
                "created_at": row.created_at,
                "expires_at": row.expires_at,
                "revoked_at": row.revoked_at,
                "devices": [
                    {
                        "id": device.id,
                        "agent": device.agent,
                        "created_at": device.created_at,
                        "seen_at": device.seen_at,
                        "revoked_at": device.revoked_at,
                    }
                    for device in devices
                    if device.link == row.id
                ],
            }
            for row in found
        ]

    async def close_links(
        self, at: int, *, record: str | None = None, own_id: str | None = None, repeatable: bool | None = None
    ) -> list[str]:
        """Revoke links, and with them (but for repeatable ones) the sessions they opened; returns whose these were."""
        where: list[ColumnElement[bool]] = [links.c.revoked_at.is_(None)]
        if record is not None:
            where.append(links.c.record == record)
        if own_id is not None:
            where.append(links.c.id == own_id)
        if repeatable is not None:
            where.append(links.c.repeatable.is_(repeatable))
        async with self.writing() as db:
            gone = list((await db.execute(select(links.c.id).where(*where))).scalars())
            await db.execute(update(links).where(links.c.id.in_(gone)).values(revoked_at=at))
            if repeatable:
                return []
            live = sessions.c.link.in_(gone), sessions.c.revoked_at.is_(None)
            people = set((await db.execute(select(sessions.c.account).where(*live))).scalars())
            await db.execute(update(sessions).where(*live).values(revoked_at=at))
            await changed(db, people)
            return sorted(people)

    async def open_session(
        self,
        *,
        own_id: str,
        digest: bytes,
        account: str,
        link: str | None,
        at: int,
        agent: str,
        devices: int | None,
    ) -> bool:
        """A new session. False: the link already works on as many `devices` as it may (None: any number)."""
        async with self.writing() as db:
            if devices is not None:
                used = (
                    select(func.count())
                    .select_from(sessions)
                    .where(sessions.c.link == link, sessions.c.revoked_at.is_(None))
                )
                if int((await db.execute(used)).scalar_one()) >= devices:
                    return False
            await db.execute(
                insert(sessions).values(
                    id=own_id,
                    digest=digest,
                    account=account,
                    link=link,
                    created_at=at,
                    seen_at=at,
                    agent=agent,
                )
            )
            return True

    async def sessions_by(
        self, digests: list[bytes], at: int, *, seen_after: int
    ) -> dict[bytes, tuple[Session, Link | None]]:
        """The sessions whose secrets have these digests, each with the link it came by.

        Notes that they were seen, not more often than `seen_after` ms.
        """
        async with self.reading() as db:
            rows = (await db.execute(select(sessions).where(sessions.c.digest.in_(digests)))).all()
            came_by = {row.link for row in rows if row.link is not None}
            found = await db.execute(select(links).where(links.c.id.in_(came_by))) if came_by else ()
            by_id = {row.id: _link(row) for row in found}
        stale = [row.id for row in rows if row.revoked_at is None and at - row.seen_at > seen_after]
        if stale:
            async with self.engine.begin() as db:
                await db.execute(update(sessions).where(sessions.c.id.in_(stale)).values(seen_at=at))
        return {row.digest: (_session(row), by_id.get(row.link)) for row in rows}

    async def session(self, own_id: str) -> Session | None:
        """One session."""
        async with self.reading() as db:
            row = (await db.execute(select(sessions).where(sessions.c.id == own_id))).first()
            if row is None:
                return None
            return _session(row)

    async def end_session(self, own_id: str, at: int) -> None:
        """Throw a browser out."""
        async with self.writing() as db:
            here = sessions.c.id == own_id
            account = (await db.execute(select(sessions.c.account).where(here))).scalar_one_or_none()
            if account is not None:
                await db.execute(
                    update(sessions).where(here, sessions.c.revoked_at.is_(None)).values(revoked_at=at)
                )
                await changed(db, [account])

    # What other processes changed

    async def last_change(self) -> int:
        """The highest number of a change so far."""
        async with self.reading() as db:
            return int(
                (await db.execute(select(func.coalesce(func.max(account_changes.c.n), 0)))).scalar_one()
            )

    async def changes(self, after: int) -> list[tuple[int, str]]:
        """Numbered changes, from a little before `after`."""
        async with self.reading() as db:
            rows = await db.execute(
                select(account_changes.c.n, account_changes.c.account)
                .where(account_changes.c.n > after - LOOKED_BACK)
                .order_by(account_changes.c.n)
            )
            return [(row.n, row.account) for row in rows]

    async def forget_changes(self, before: int) -> None:
        """Throw away what every process has heard long ago."""
        async with self.engine.begin() as db:
            await db.execute(delete(account_changes).where(account_changes.c.at < before))


def _session(row: Any) -> Session:
    return Session(**{name: getattr(row, name) for name in Session.__struct_fields__})


def _link(row: Any) -> Link:
    return Link(**{name: getattr(row, name) for name in Link.__struct_fields__})
