"""People and the roles they hold. Every method is one transaction.

Knows no rule of who may do what.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
from sqlalchemy import insert, or_, select, update

from server.store.account_tables import (
    accounts,
    buildings,
    communities,
    consents,
    links,
    role_grants,
    sessions,
    stairs,
    unit_people,
    units,
)
from server.store.book import Book, changed

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection


class Grant(msgspec.Struct, frozen=True):
    """A role somebody holds, with its term (ms; `until` None: open). No community: the whole installation."""

    id: str
    account: str
    role: str
    community: str | None
    record: str | None
    badge: str
    title: str
    since: int
    until: int | None
    revoked_at: int | None

    def holds(self, at: int) -> bool:
        """Whether it holds at this moment."""
        return self.revoked_at is None and self.since <= at and (self.until is None or at < self.until)


class Home(msgspec.Struct, frozen=True):
    """A unit somebody said they belong to; `proved` once a code or a person at the door confirmed it."""

    unit: str
    estate: str
    number: str
    building: str
    stair: str
    room: str
    role: str
    proved: bool


class Known(msgspec.Struct, frozen=True):
    """All that is asked about a person at each command."""

    account: str
    community: str | None
    community_name: str
    name: str
    call: str
    way: str
    sample: bool
    grants: tuple[Grant, ...]
    homes: tuple[Home, ...]
    consents: frozenset[str]


class AccountBook(Book):
    """The people of one database."""

    # People

    async def known(self, account: str) -> Known | None:
        """Everything about one person, or None."""
        return (await self.known_many([account])).get(account)

    async def known_many(self, ids: list[str]) -> dict[str, Known]:
        """The same about many at once: a whole hall comes back in one moment."""
        async with self.reading() as db:
            rows = await db.execute(
                select(accounts, communities.c.name.label("community_name"))
                .outerjoin(communities, communities.c.id == accounts.c.community)
                .where(accounts.c.id.in_(ids))
            )
            grants: dict[str, list[Grant]] = {}
            for grant in await db.execute(select(role_grants).where(role_grants.c.account.in_(ids))):
                grants.setdefault(grant.account, []).append(_grant(grant))
            homes = await _homes(db, ids)
            given: dict[str, set[str]] = {}
            for consent in await db.execute(select(consents).where(consents.c.account.in_(ids))):
                given.setdefault(consent.account, set()).add(consent.version)
            return {
                row.id: Known(
                    account=row.id,
                    community=row.community,
                    community_name=row.community_name or "",
                    name=row.name,
                    call=row.call,
                    way=row.way,
                    sample=row.sample,
                    grants=tuple(grants.get(row.id, ())),
                    homes=tuple(homes.get(row.id, ())),
                    consents=frozenset(given.get(row.id, ())),
                )
                for row in rows
            }

    async def add_account(self, **values: Any) -> None:
        """A new person."""
        async with self.writing() as db:
            await db.execute(insert(accounts).values(**values))

    async def add_crowd(
        self, people: list[dict[str, Any]], homes: list[dict[str, Any]], ins: list[Any]
    ) -> None:
        """Many people at once, with their units and sessions: for sample residents and crowd programs."""
        async with self.writing() as db:
            for table, rows in ((accounts, people), (unit_people, homes), (sessions, ins)):
                if rows:
                    await db.execute(insert(table), rows)

    async def change_account(self, account: str, **values: Any) -> None:
        """Change what a person is called or how they are shown."""
        async with self.writing() as db:
            await db.execute(update(accounts).where(accounts.c.id == account).values(**values))
            await changed(db, [account])

    async def with_parts(self) -> dict[str, str]:
        """The people whose links a start prints: part → person id."""
        async with self.reading() as db:
            rows = await db.execute(
                select(accounts.c.part, accounts.c.id)
                .where(accounts.c.part.is_not(None))
                .order_by(accounts.c.created_at.desc())
            )
            return {row.part: row.id for row in rows}

    async def people(
        self, community: str | None, *, query: str = "", limit: int = 200
    ) -> list[dict[str, Any]]:
        """People of a community (None: of the installation) with roles and units; `query` looks in names and units."""
        wanted = select(accounts).where(
            accounts.c.community == community if community else accounts.c.community.is_(None)
        )
        if query:
            like = f"%{query.replace('%', '').replace('_', '')}%"
            at_home = (
                select(unit_people.c.account)
                .join(units, units.c.id == unit_people.c.unit)
                .where(units.c.number.like(like))
            )
            wanted = wanted.where(or_(accounts.c.name.like(like), accounts.c.id.in_(at_home)))
        async with self.reading() as db:
            rows = (await db.execute(wanted.order_by(accounts.c.created_at.desc()).limit(limit))).all()
            return await _with_doings(db, rows)

    async def staff(self, community: str | None) -> list[dict[str, Any]]:
        """People who hold or held a role here, or got a personal link."""
        granted = select(role_grants.c.account).where(
            or_(role_grants.c.community == community, role_grants.c.community.is_(None))
        )
        linked = select(links.c.account)
        wanted = select(accounts).where(
            or_(accounts.c.id.in_(granted), accounts.c.id.in_(linked)),
            or_(accounts.c.community == community, accounts.c.community.is_(None)),
        )
        async with self.reading() as db:
            rows = (await db.execute(wanted.order_by(accounts.c.created_at))).all()
            return await _with_doings(db, rows)

    # Roles

    async def grant(self, **values: Any) -> None:
        """Give a role."""
        async with self.writing() as db:
            await db.execute(insert(role_grants).values(**values))
            await changed(db, [values["account"]])

    async def grant_of(self, own_id: str) -> Grant | None:
        """One grant."""
        async with self.reading() as db:
            row = (await db.execute(select(role_grants).where(role_grants.c.id == own_id))).first()
            return None if row is None else _grant(row)

    async def take_back(self, own_id: str, at: int) -> None:
        """End a role now. What was done with it stays done."""
        async with self.writing() as db:
            here = role_grants.c.id == own_id
            account = (await db.execute(select(role_grants.c.account).where(here))).scalar_one_or_none()
            if account is not None:
                await db.execute(
                    update(role_grants).where(here, role_grants.c.revoked_at.is_(None)).values(revoked_at=at)
                )
                await changed(db, [account])


def _grant(row: Any) -> Grant:
    return Grant(**{name: getattr(row, name) for name in Grant.__struct_fields__})


async def _homes(db: AsyncConnection, ids: list[str]) -> dict[str, list[Home]]:
    rows = await db.execute(
        select(
            unit_people.c.account,
            unit_people.c.unit,
            unit_people.c.role,
            unit_people.c.proved_at,
            units.c.estate,
            units.c.number,
            units.c.room,
            buildings.c.name.label("building"),
            stairs.c.name.label("stair"),
        )
        .join(units, units.c.id == unit_people.c.unit)
        .outerjoin(buildings, buildings.c.id == units.c.building)
        .outerjoin(stairs, stairs.c.id == units.c.stair)
        .where(unit_people.c.account.in_(ids))
        .order_by(unit_people.c.proved_at.is_(None), unit_people.c.said_at)
    )
    homes: dict[str, list[Home]] = {}
    for row in rows:
        home = Home(
            unit=row.unit,
            estate=row.estate,
            number=row.number,
            building=row.building or "",
            stair=row.stair or "",
            room=row.room,
            role=row.role,
            proved=row.proved_at is not None,
        )
        homes.setdefault(row.account, []).append(home)
    return homes


async def _with_doings(db: AsyncConnection, rows: Any) -> list[dict[str, Any]]:
    """People with their roles and units, as a list for staff."""
    ids = [row.id for row in rows]
    grants = (
        await db.execute(
            select(role_grants).where(role_grants.c.account.in_(ids)).order_by(role_grants.c.granted_at)
        )
    ).all()
    homes = (
        await db.execute(
            select(unit_people, units.c.number)
            .join(units, units.c.id == unit_people.c.unit)
            .where(unit_people.c.account.in_(ids))
        )
    ).all()
    return [
        {
            "person": row.id,
            "name": row.name,
            "call": row.call,
            "sample": row.sample,
            "created_at": row.created_at,
            "roles": [
                {
                    "id": grant.id,
                    "role": grant.role,
                    "badge": grant.badge,
                    "title": grant.title,
                    "record": grant.record,
                    "since": grant.since,
                    "until": grant.until,
                    "revoked_at": grant.revoked_at,
                }
                for grant in grants
                if grant.account == row.id
            ],
            "units": [
                {
                    "id": home.unit,
                    "number": home.number,
                    "proved": home.proved_at is not None,
                    "how": home.proved_how,
                }
                for home in homes
                if home.account == row.id
            ],
        }
        for row in rows
    ]
