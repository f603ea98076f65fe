"""Who counts: units of a frozen roster, gathered into voting heads by interpretation art. 9 on unit ownership.

Refuses to guess: a roster with an unknown area, a unit twice or no area at all has flaws, and is not counted.
"""

from __future__ import annotations

from collections import Counter
from typing import Literal

import msgspec


class Unit(msgspec.Struct, frozen=True, omit_defaults=True):
    """An exclusive unit as the snapshot holds it. `area_c` in 0.01 m², None where nobody knows it.

    Owners are told apart by these texts alone: who keeps the roster makes them differ where two persons share a
    name. `voter` is the co-owner the others elected. Until it is handed over, a unit is its `developer`'s.
    """

    number: str
    area_c: int | None
    owners: tuple[str, ...]
    voter: str | None = None
    status: Literal["delivered", "unsold", "sold_undelivered"] = "delivered"
    developer: str | None = None
    kind: Literal["residential", "shop", "parking"] = "residential"
    building: str | None = None
    stair: str | None = None

    def entitled(self) -> frozenset[str]:
        """Who holds the vote of the unit: its owners, or the developer of one not sold or not handed over."""
        if self.status == "delivered":
            return frozenset(self.owners)
        return frozenset(() if self.developer is None else (self.developer,))


class Policy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the estate's rules settle, frozen at notice. The defaults add nothing to what was cast."""

    nonreturned: Literal["absent", "served_participates", "served_follows_majority"] = "absent"
    spoiled: Literal["excluded", "participates"] = "excluded"
    count_parking: bool = False
    revote: Literal["reject", "last"] = "reject"
    coowner_without_rep: Literal["first_cast"] = "first_cast"


class Scope(msgspec.Struct, frozen=True):
    """Whose matter it is: the whole estate, one building, or one stairway of it."""

    building: str | None = None
    stair: str | None = None

    def holds(self, unit: Unit) -> bool:
        """Whether the unit is concerned."""
        return self.building in {None, unit.building} and self.stair in {None, unit.stair}


class Head(msgspec.Struct, frozen=True):
    """One voter of the count: a set of owners with all their units. Named by the first of these on the roster."""

    name: str
    owners: frozenset[str]
    units: tuple[Unit, ...]
    area_c: int
    elected: frozenset[str]

    def voices(self, unit: Unit) -> frozenset[str]:
        """The owners who may cast: the one elected for this unit, else those elected for the head, else any."""
        if unit.voter in self.elected:
            return frozenset({unit.voter})
        return self.elected or self.owners


class Flaw(msgspec.Struct, frozen=True):
    """Why a roster cannot be counted; `unit` where one unit is the cause."""

    code: Literal["area_unknown", "area_negative", "unit_twice", "voter_not_owner", "no_area"]
    unit: str | None = None


class Roll(msgspec.Struct, frozen=True):
    """The units that count in a vote and the heads they make."""

    units: dict[str, Unit]
    heads: dict[str, Head]
    head_of: dict[str, str]
    flaws: tuple[Flaw, ...]

    def head(self, unit: str) -> Head | None:
        """The head that votes for a unit, by its number; None where the unit does not count."""
        name = self.head_of.get(unit)
        return None if name is None else self.heads[name]


def roll_of(units: tuple[Unit, ...], policy: Policy, scope: Scope) -> Roll:
    """Gather the units that count into heads: equal sets of owners are one, their areas add (art. 9).

    A unit whose owner nobody knows stays a head of its own, which nobody can cast for.
    """
    counted = [
        unit for unit in units if scope.holds(unit) and (policy.count_parking or unit.kind != "parking")
    ]
    together: dict[frozenset[str] | str, list[Unit]] = {}
    for unit in counted:
        together.setdefault(unit.entitled() or unit.number, []).append(unit)
    heads = [_head(held) for held in together.values()]
    return Roll(
        units={unit.number: unit for unit in counted},
        heads={head.name: head for head in heads},
        head_of={unit.number: head.name for head in heads for unit in head.units},
        flaws=_flaws(units, counted),
    )


def _head(units: list[Unit]) -> Head:
    return Head(
        name=units[0].number,
        owners=units[0].entitled(),
        units=tuple(units),
        area_c=sum(unit.area_c or 0 for unit in units),
        elected=frozenset(unit.voter for unit in units if unit.voter in unit.entitled()),
    )


def _flaws(units: tuple[Unit, ...], counted: list[Unit]) -> tuple[Flaw, ...]:
    found = [
        Flaw("unit_twice", number) for number, times in Counter(u.number for u in units).items() if times > 1
    ]
    for unit in counted:
        if unit.area_c is None:
            found.append(Flaw("area_unknown", unit.number))
        elif unit.area_c < 0:
            found.append(Flaw("area_negative", unit.number))
        if unit.status == "delivered" and unit.voter is not None and unit.voter not in unit.owners:
            found.append(Flaw("voter_not_owner", unit.number))
    if not found and sum(unit.area_c or 0 for unit in counted) == 0:
        found.append(Flaw("no_area"))
    return tuple(found)
