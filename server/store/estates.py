"""Communities, estates, buildings, stairs and units; who owns what. Every method is one transaction.

A roster is taken whole or not at all. Phone numbers are hashed before they come here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, func, insert, select, update

from server.store.account_tables import (
    buildings,
    codes,
    communities,
    estates,
    owners,
    stairs,
    unit_people,
    units,
)
from server.store.book import Book

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine


class EstateBook(Book):
    """The places of one database."""

    def __init__(self, engine: AsyncEngine, fresh_id: Callable[[], str]) -> None:
        super().__init__(engine)
        self.fresh_id = fresh_id

    # Communities and estates

    async def add_community(self, **values: Any) -> None:
        """A new community."""
        async with self.writing() as db:
            await db.execute(insert(communities).values(**values))

    async def change_community(self, own_id: str, **values: Any) -> bool:
        """Change its name, address or telephone. False: there is none of this id."""
        async with self.writing() as db:
            done = await db.execute(update(communities).where(communities.c.id == own_id).values(**values))
            return bool(done.rowcount)

    async def add_estate(self, **values: Any) -> None:
        """A new estate of a community."""
        async with self.writing() as db:
            await db.execute(insert(estates).values(**values))

    async def community(self, own_id: str) -> dict[str, Any] | None:
        """One community."""
        async with self.reading() as db:
            row = (await db.execute(select(communities).where(communities.c.id == own_id))).first()
            return None if row is None else dict(row._mapping)

    async def estate(self, own_id: str) -> dict[str, Any] | None:
        """One estate, with its community's name, telephone and sample mark."""
        async with self.reading() as db:
            row = (
                await db.execute(
                    select(
                        estates,
                        communities.c.name.label("community_name"),
                        communities.c.phone,
                        communities.c.sample,
                    )
                    .join(communities, communities.c.id == estates.c.community)
                    .where(estates.c.id == own_id)
                )
            ).first()
            return None if row is None else dict(row._mapping)

    async def overview(self) -> list[dict[str, Any]]:
        """All communities with their estates and what these add up to."""
        async with self.reading() as db:
            places = (await db.execute(select(communities).order_by(communities.c.created_at))).all()
            parts = (await db.execute(select(estates).order_by(estates.c.created_at))).all()
            sums = await _sums(db)
        return [
            dict(place._mapping)
            | {
                "estates": [
                    dict(part._mapping) | sums.get(part.id, _NOTHING)
                    for part in parts
                    if part.community == place.id
                ]
            }
            for place in places
        ]

    async def totals(self, estate: str) -> dict[str, Any]:
        """Units, heads and area (0.01 m²) of an estate, counted units only."""
        async with self.reading() as db:
            return (await _sums(db)).get(estate, _NOTHING)

    # Units

    async def unit(self, own_id: str) -> dict[str, Any] | None:
        """One unit, with its community."""
        return await self._unit(units.c.id == own_id)

    async def unit_by_number(self, estate: str, number: str) -> dict[str, Any] | None:
        """One unit by its number in an estate."""
        return await self._unit((units.c.estate == estate) & (units.c.number == number))

    async def _unit(self, where: Any) -> dict[str, Any] | None:
        async with self.reading() as db:
            row = (
                await db.execute(
                    select(
                        units,
                        estates.c.community,
                        buildings.c.name.label("building_name"),
                        stairs.c.name.label("stair_name"),
                    )
                    .join(estates, estates.c.id == units.c.estate)
                    .outerjoin(buildings, buildings.c.id == units.c.building)
                    .outerjoin(stairs, stairs.c.id == units.c.stair)
                    .where(where)
                )
            ).first()
            return None if row is None else dict(row._mapping)

    async def owner_names(self, unit: str) -> frozenset[str]:
        """Names of the owners of a unit. For comparing with a name given; not to be shown."""
        async with self.reading() as db:
            return frozenset((await db.execute(select(owners.c.name).where(owners.c.unit == unit))).scalars())

    async def chooser(self, estate: str) -> list[dict[str, Any]]:
        """Buildings, stairs and rooms where people live or trade: for choosing where one belongs. No names."""
        async with self.reading() as db:
            rows = await db.execute(
                select(
                    units.c.id,
                    units.c.room,
                    buildings.c.id.label("building"),
                    buildings.c.name.label("building_name"),
                    stairs.c.id.label("stair"),
                    stairs.c.name.label("stair_name"),
                )
                .join(buildings, buildings.c.id == units.c.building)
                .join(stairs, stairs.c.id == units.c.stair)
                .where(units.c.estate == estate, units.c.listed.is_(True), units.c.use != "parking")
                .order_by(buildings.c.position, stairs.c.position, units.c.position)
            )
            found: dict[str, dict[str, Any]] = {}
            for row in rows:
                building = found.setdefault(
                    row.building, {"id": row.building, "name": row.building_name, "stairs": {}}
                )
                stair = building["stairs"].setdefault(
                    row.stair, {"id": row.stair, "name": row.stair_name, "rooms": []}
                )
                stair["rooms"].append({"unit": row.id, "room": row.room})
        return [building | {"stairs": list(building["stairs"].values())} for building in found.values()]

    async def units_of(self, estate: str) -> list[dict[str, Any]]:
        """Every unit of an estate as staff see it: owners by name, telephone by its last four digits."""
        async with self.reading() as db:
            rows = (
                await db.execute(
                    select(
                        units,
                        buildings.c.name.label("building_name"),
                        stairs.c.name.label("stair_name"),
                        codes.c.serial,
                        codes.c.made_at,
                        codes.c.used_at,
                    )
                    .outerjoin(buildings, buildings.c.id == units.c.building)
                    .outerjoin(stairs, stairs.c.id == units.c.stair)
                    .outerjoin(codes, codes.c.unit == units.c.id)
                    .where(units.c.estate == estate, units.c.listed.is_(True))
                    .order_by(units.c.position)
                )
            ).all()
            named = await db.execute(
                select(owners)
                .join(units, units.c.id == owners.c.unit)
                .where(units.c.estate == estate)
                .order_by(owners.c.position)
            )
            of: dict[str, list[dict[str, Any]]] = {}
            for row in named:
                of.setdefault(row.unit, []).append(
                    {"name": row.name, "representative": row.representative, "phone_last4": row.phone_last4}
                )
            joined = await db.execute(
                select(
                    unit_people.c.unit,
                    func.count().label("people"),
                    func.count(unit_people.c.proved_at).label("proved"),
                )
                .join(units, units.c.id == unit_people.c.unit)
                .where(units.c.estate == estate)
                .group_by(unit_people.c.unit)
            )
            counts = {row.unit: (row.people, row.proved) for row in joined}
        return [
            {
                "id": row.id,
                "number": row.number,
                "building": row.building_name or "",
                "stair": row.stair_name or "",
                "floor": row.floor,
                "room": row.room,
                "use": row.use,
                "area_c": row.area_c,
                "area_basis": row.area_basis,
                "delivery_status": row.delivery_status,
                "household": row.household,
                "owner_type": row.owner_type,
                "occupancy": row.occupancy,
                "grid": row.grid,
                "remark": row.remark,
                "counted": row.counted,
                "owners": of.get(row.id, []),
                "people": counts.get(row.id, (0, 0))[0],
                "proved": counts.get(row.id, (0, 0))[1],
                "code": None
                if row.serial is None
                else {"serial": row.serial, "made_at": row.made_at, "used_at": row.used_at},
            }
            for row in rows
        ]

    # Rosters

    async def take_roster(
        self, estate: str, rows: Sequence[dict[str, Any]], *, digest: str, at: int
    ) -> list[str]:
        """Replace an estate's units by these, whole. Returns numbers of units that are gone but had people.

        A unit of the same number stays the same unit: its people, code and proof stay with it.
        """
        async with self.writing() as db:
            known = {
                row.number: row.id
                for row in await db.execute(
                    select(units.c.number, units.c.id).where(units.c.estate == estate)
                )
            }
            given = {row["number"] for row in rows}
            gone = {known[number] for number in known if number not in given}
            found = await db.execute(
                select(units.c.id, units.c.number).where(
                    units.c.id.in_(gone), units.c.id.in_(select(unit_people.c.unit))
                )
            )
            kept = {row.id: row.number for row in found}
            await db.execute(
                update(units).where(units.c.estate == estate, units.c.id.in_(kept)).values(listed=False)
            )
            await db.execute(delete(units).where(units.c.estate == estate, units.c.id.in_(gone - set(kept))))
            houses, steps = await self._buildings(db, estate, rows)
            of_estate = select(units.c.id).where(units.c.estate == estate)
            await db.execute(delete(owners).where(owners.c.unit.in_(of_estate)))
            new, named = [], []
            for position, row in enumerate(rows):
                plain = {
                    key: value for key, value in row.items() if key not in {"building", "stair", "owners"}
                }
                plain |= {
                    "estate": estate,
                    "building": houses.get(row["building"]),
                    "stair": steps.get((row["building"], row["stair"])) if row["building"] else None,
                    "position": position,
                    "listed": True,
                }
                own_id = known.get(row["number"])
                if own_id is None:
                    own_id = self.fresh_id()
                    new.append(plain | {"id": own_id})
                else:
                    await db.execute(update(units).where(units.c.id == own_id).values(**plain))
                named += [
                    owner | {"id": self.fresh_id(), "unit": own_id, "position": place}
                    for place, owner in enumerate(row["owners"])
                ]
            if new:
                await db.execute(insert(units), new)
            if named:
                await db.execute(insert(owners), named)
            await db.execute(
                update(estates).where(estates.c.id == estate).values(roster_at=at, roster_digest=digest)
            )
            return sorted(kept.values())

    async def _buildings(
        self, db: AsyncConnection, estate: str, rows: Sequence[dict[str, Any]]
    ) -> tuple[dict[str, str], dict[tuple[str, str], str]]:
        """Ids of buildings by name and of stairs by both names; what is not there yet is made, in the file's order."""
        houses = {
            row.name: row.id
            for row in await db.execute(
                select(buildings.c.name, buildings.c.id).where(buildings.c.estate == estate)
            )
        }
        wanted = list(dict.fromkeys(row["building"] for row in rows if row["building"]))
        fresh = [
            {"id": self.fresh_id(), "estate": estate, "name": name, "position": place}
            for place, name in enumerate(wanted)
            if name not in houses
        ]
        if fresh:
            await db.execute(insert(buildings), fresh)
        houses |= {row["name"]: row["id"] for row in fresh}
        found = await db.execute(
            select(stairs.c.building, stairs.c.name, stairs.c.id).where(
                stairs.c.building.in_(houses.values())
            )
        )
        name_of = {own_id: name for name, own_id in houses.items()}
        steps = {(name_of[row.building], row.name): row.id for row in found}
        pairs = list(dict.fromkeys((row["building"], row["stair"]) for row in rows if row["building"]))
        fresh = [
            {"id": self.fresh_id(), "building": houses[house], "name": name, "position": place}
            for place, (house, name) in enumerate(pairs)
            if (house, name) not in steps
        ]
        if fresh:
            await db.execute(insert(stairs), fresh)
        steps |= {(name_of[row["building"]], row["name"]): row["id"] for row in fresh}
        return houses, steps

    # Invitation codes

    async def make_codes(self, estate: str, *, by: str, at: int, renew: frozenset[str] = frozenset()) -> int:
        """Codes for every home and shop that has none, and new ones in place of those of `renew` (unit ids)."""
        async with self.writing() as db:
            here = (units.c.estate == estate) & units.c.listed.is_(True) & (units.c.use != "parking")
            rows = (
                await db.execute(
                    select(units.c.id, codes.c.serial)
                    .outerjoin(codes, codes.c.unit == units.c.id)
                    .where(here)
                )
            ).all()
            made = 0
            for row in rows:
                if row.serial is None:
                    await db.execute(insert(codes).values(unit=row.id, serial=1, made_at=at, made_by=by))
                elif row.id in renew:
                    await db.execute(
                        update(codes)
                        .where(codes.c.unit == row.id)
                        .values(serial=row.serial + 1, made_at=at, made_by=by, used_by=None, used_at=None)
                    )
                else:
                    continue
                made += 1
            return made


_NOTHING = {"units": 0, "not_counted": 0, "heads": 0, "area_c": 0, "buildings": 0, "codes": 0}


async def _sums(db: AsyncConnection) -> dict[str, dict[str, Any]]:
    """Per estate, what its listed units add up to."""
    counted = (units.c.counted.is_(True)) & (units.c.listed.is_(True))
    rows = await db.execute(
        select(
            units.c.estate,
            func.count().label("units"),
            func.count(func.distinct(units.c.household)).label("heads"),
            func.coalesce(func.sum(units.c.area_c), 0).label("area_c"),
            func.count(func.distinct(units.c.building)).label("buildings"),
        )
        .where(counted)
        .group_by(units.c.estate)
    )
    sums = {row.estate: dict(row._mapping) for row in rows}
    others = await db.execute(
        select(units.c.estate, func.count().label("n"))
        .where(units.c.counted.is_(False), units.c.listed.is_(True))
        .group_by(units.c.estate)
    )
    for row in others:
        sums.setdefault(row.estate, dict(_NOTHING))["not_counted"] = row.n
    coded = await db.execute(
        select(units.c.estate, func.count().label("n"))
        .join(codes, codes.c.unit == units.c.id)
        .group_by(units.c.estate)
    )
    for row in coded:
        sums.setdefault(row.estate, dict(_NOTHING))["codes"] = row.n
    return {
        estate: {key: int(value) for key, value in (_NOTHING | found).items() if key != "estate"}
        for estate, found in sums.items()
    }
