"""Which unit people belong to, and the codes by which they prove it. Every method is one transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, func, insert, select, update

from server.store.account_tables import (
    accounts,
    code_tries,
    codes,
    consents,
    links,
    role_grants,
    unit_people,
    units,
)
from server.store.book import Book, changed

if TYPE_CHECKING:
    from collections.abc import Callable


class HomeBook(Book):
    """Who lives or owns where, as far as anybody said or proved."""

    async def person_of_unit(self, unit: str, name: str) -> str | None:
        """A person of this name who is proved for this unit: the browser forgot, the person did not.

        Never one who holds a role or a personal link: a letter on the kitchen table must not open an office.
        """
        office = select(role_grants.c.account).union(select(links.c.account))
        found = (
            select(accounts.c.id)
            .join(unit_people, unit_people.c.account == accounts.c.id)
            .where(unit_people.c.unit == unit, unit_people.c.proved_at.is_not(None))
            .where(accounts.c.name == name, accounts.c.id.not_in(office))
            .order_by(accounts.c.created_at)
        )
        async with self.reading() as db:
            return (await db.execute(found)).scalars().first()

    async def proved_of_unit(self, unit: str) -> int:
        """How many people have proved that they belong to a unit."""
        here = (unit_people.c.unit == unit) & unit_people.c.proved_at.is_not(None)
        async with self.reading() as db:
            return int(
                (await db.execute(select(func.count()).select_from(unit_people).where(here))).scalar_one()
            )

    async def settle(
        self, account: str, unit: str, *, role: str, at: int, how: str | None = None, by: str | None = None
    ) -> None:
        """Say that a person belongs to a unit; with `how` and `by`, that it is proved. What is proved stays proved."""
        async with self.writing() as db:
            here = (unit_people.c.account == account) & (unit_people.c.unit == unit)
            proof = {"proved_how": how, "proved_by": by, "proved_at": at} if how else {}
            there = (await db.execute(select(unit_people.c.proved_at).where(here))).first()
            if there is None:
                row = {"account": account, "unit": unit, "role": role, "said_at": at} | proof
                await db.execute(insert(unit_people).values(**row))
            elif how and there.proved_at is None:
                await db.execute(update(unit_people).where(here).values(role=role, **proof))
            if how == "code":
                mark = update(codes).where(codes.c.unit == unit, codes.c.used_by.is_(None))
                await db.execute(mark.values(used_by=account, used_at=at))
            # A wrong choice of before is corrected by this one; what was proved stays.
            await db.execute(
                delete(unit_people).where(
                    unit_people.c.account == account,
                    unit_people.c.unit != unit,
                    unit_people.c.proved_at.is_(None),
                )
            )
            await changed(db, [account])

    async def agree(self, account: str, *, way: str, version: str, at: int) -> None:
        """Keep how a person wants to be shown and which version of the notice they agreed to, and when first."""
        async with self.writing() as db:
            await db.execute(update(accounts).where(accounts.c.id == account).values(way=way))
            here = select(consents.c.at).where(consents.c.account == account, consents.c.version == version)
            if (await db.execute(here)).first() is None:
                await db.execute(insert(consents).values(account=account, version=version, at=at))
            await changed(db, [account])

    async def try_code(
        self, unit: str, fits: Callable[[int], bool], *, own_id: str, at: int, count: int, seconds: float
    ) -> str:
        """Try a code for a unit: `right`, `wrong` or `locked`. `fits(serial)` compares; wrong ones are counted.

        Under one lock, so that a thousand tries at once are five tries.
        """
        async with self.writing() as db:
            since = at - int(seconds * 1000)
            await db.execute(delete(code_tries).where(code_tries.c.at < since))
            tried = select(func.count()).select_from(code_tries).where(code_tries.c.unit == unit)
            if int((await db.execute(tried)).scalar_one()) >= count:
                return "locked"
            serial = (
                await db.execute(select(codes.c.serial).where(codes.c.unit == unit))
            ).scalar_one_or_none()
            # Units without a code are compared as well: the answer takes as long, and says as little.
            if fits(serial or 0) and serial is not None:
                return "right"
            await db.execute(insert(code_tries).values(id=own_id, unit=unit, at=at))
            return "wrong"

    async def unproved(self, estate: str | None, community: str, *, limit: int = 500) -> list[dict[str, Any]]:
        """People of an estate (None: of the community) whose unit nobody has checked yet: the list at the door."""
        of = units.c.estate == estate if estate else accounts.c.community == community
        async with self.reading() as db:
            rows = await db.execute(
                select(
                    accounts.c.id, accounts.c.name, units.c.number, unit_people.c.unit, unit_people.c.said_at
                )
                .join(unit_people, unit_people.c.account == accounts.c.id)
                .join(units, units.c.id == unit_people.c.unit)
                .where(of, unit_people.c.proved_at.is_(None))
                .order_by(unit_people.c.said_at.desc())
                .limit(limit)
            )
            return [
                {
                    "person": row.id,
                    "name": row.name,
                    "unit": row.number,
                    "unit_id": row.unit,
                    "said_at": row.said_at,
                }
                for row in rows
            ]
