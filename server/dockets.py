"""A community's docket and the accounts: makes the record, brings an estate's units into it as a vote needs them.

The accounts tell people apart by household; a vote tells owners apart by text. What goes over is decided here once.
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any, Literal

import msgspec

from meetings import Refused, Who
from meetings.docket import RECORD, Line
from meetings.docket.roster import SAME_NAME, Roster
from meetings.kernel import SYSTEM
from server.accounts.roster_words import is_minors

if TYPE_CHECKING:
    from server.accounts import Accounts
    from server.app import Parts
    from server.live.desk import Answer, Desks

Status = Literal["delivered", "unsold", "sold_undelivered"]
Kind = Literal["residential", "shop", "parking"]

SALT_BYTES = 16
DEVELOPER = "developer"
_KINDS: dict[str, Kind] = {"dwelling": "residential", "parking": "parking"}
_STATUS: dict[str, Status] = {"unsold": "unsold", "sold_undelivered": "sold_undelivered"}


async def prepare(desks: Desks, accounts: Accounts) -> None:
    """Have the key for ballots at hand, and a docket for every community there is."""
    desks.seal_with(await accounts.ballot_key())
    for place in await accounts.estates.overview():
        await open_docket(desks, place["id"])


async def open_docket(desks: Desks, community: str) -> str:
    """A community's docket, made if it is not there; its name."""
    record = RECORD + community
    await desks.create(record, community)
    return record


async def publish(parts: Parts, estate: dict[str, Any], own_id: str, *, until: int, asked_by: str) -> Answer:
    """Publish an estate's roster for correction; the docket's answer."""
    lines = await _lines(parts, estate)
    command = {"type": "roster.publish", "id": own_id, "estate": estate["id"], "lines": lines}
    return await _give(parts, estate, command | {"until": until, "asked_by": asked_by})


async def freeze(parts: Parts, estate: dict[str, Any], own_id: str, *, version: int, asked_by: str) -> Answer:
    """Freeze a published roster with the units as they stand now; the docket's answer."""
    async with parts.desks.reading(RECORD + estate["community"]) as room:
        if room.need(Roster, own_id).estate != estate["id"]:
            raise Refused("not_found")
    command = {"type": "roster.freeze", "id": own_id, "version": version}
    return await _give(parts, estate, command | {"lines": await _lines(parts, estate), "asked_by": asked_by})


async def _give(parts: Parts, estate: dict[str, Any], command: dict[str, Any]) -> Answer:
    who = Who(SYSTEM, 0, frozenset({SYSTEM}))
    return await parts.desks.give(RECORD + estate["community"], command, who)


async def _lines(parts: Parts, estate: dict[str, Any]) -> list[Any]:
    if estate["roster"] != "owners" or estate["roster_at"] is None:
        raise Refused("wrong_state", why="no_owners")
    units = await parts.accounts.estates.units_of(estate["id"])
    lines: list[Any] = msgspec.to_builtins(lines_of(units))
    return lines


def lines_of(units: list[dict[str, Any]]) -> list[Line]:
    """The units of an estate's roster as a vote needs them, each with a salt drawn for it.

    Two households of the same names are two: all but the first get a number (art. 9 of the interpretation on unit
    ownership joins flats of one buyer, not of two people who share a name). A developer is one whatever household its
    units were given. Refuses `developer_unknown` where a unit that is sold and not handed over names its buyer: its
    vote is the developer's, and nobody says who that is.
    """
    households: dict[frozenset[str], list[str]] = {}
    return [_line(unit, households) for unit in units]


def _line(unit: dict[str, Any], households: dict[frozenset[str], list[str]]) -> Line:
    names = [owner["name"] for owner in unit["owners"]]
    known = households.setdefault(frozenset(names), [])
    if unit["household"] not in known:
        known.append(unit["household"])
    status: Status = _STATUS.get(unit["delivery_status"], "delivered")
    built = unit["owner_type"] == DEVELOPER
    if status == "sold_undelivered" and not built:
        raise Refused("unclear", why="developer_unknown", unit=unit["number"])
    number = 1 if built or status == "unsold" else known.index(unit["household"]) + 1
    owners = {name: name if number == 1 else f"{name}{SAME_NAME}{number}" for name in names}
    chosen = [owner["name"] for owner in unit["owners"] if owner["representative"] and len(names) > 1]
    return Line(
        number=unit["number"],
        place=unit["id"],
        salt=secrets.token_hex(SALT_BYTES),
        area_c=unit["area_c"],
        area_basis=unit["area_basis"],
        owners=tuple(owners.values()),
        voter=owners[chosen[0]] if chosen and status == "delivered" else None,
        status=status,
        developer=names[0] if status != "delivered" and names else None,
        kind=_KINDS.get(unit["use"], "shop"),
        building=unit["building"] or None,
        stair=unit["stair"] or None,
        minor=is_minors(unit["remark"]),
    )
