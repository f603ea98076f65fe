"""Communities, estates, rosters, codes, and the sample that can be taken away."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from meetings.kernel import Refused
from server import dockets, sample
from server.accounts.estates import place_words
from server.web.administration.desk import OFFICE, Desk
from server.web.administration.reach import reach
from server.web.records import answer
from server.web.sessions import bytes_of, told

if TYPE_CHECKING:
    from aiohttp import web


class NewCommunity(msgspec.Struct, forbid_unknown_fields=True):
    """A community, or what changes about one."""

    name: str
    city: str = ""
    district: str = ""
    street: str = ""
    phone: str = ""


class NewEstate(msgspec.Struct, forbid_unknown_fields=True):
    """An estate; `roster` is `owners` or `households`."""

    community: str
    name: str
    roster: str = "owners"


class Renew(msgspec.Struct, forbid_unknown_fields=True):
    """Units (ids) whose letter went astray."""

    renew: list[str] = []


async def overview(desk: Desk, _request: web.Request) -> web.StreamResponse:
    """Communities this person works for, with their estates; and whether phones can reach this server."""
    accounts = desk.parts.accounts
    mine = []
    for place in await accounts.estates.overview():
        try:
            await desk.within(place["id"])
        except Refused:
            continue
        mine.append(place)
    return told(
        {
            "communities": mine,
            "sample": any(place["sample"] for place in mine),
            "whole": any(
                grant.community is None and grant.role in OFFICE for grant in desk.seen.known.grants
            ),
            "reach": reach(desk.parts),
        }
    )


async def new_community(desk: Desk, request: web.Request) -> web.StreamResponse:
    """A new community: for who works for the whole installation."""
    wish = await desk.body(request, NewCommunity)
    await desk.within(None)
    own_id = await desk.parts.accounts.create_community(
        wish.name, city=wish.city, district=wish.district, street=wish.street, phone=wish.phone, at=desk.at
    )
    await dockets.open_docket(desk.parts.desks, own_id)
    return told({"id": own_id})


async def change_community(desk: Desk, request: web.Request) -> web.StreamResponse:
    """A community's name, address and telephone."""
    own_id = request.match_info["id"]
    await desk.within(own_id)
    words = place_words(**msgspec.structs.asdict(await desk.body(request, NewCommunity)))
    if not await desk.parts.accounts.estates.change_community(own_id, **words):
        raise Refused("not_found")
    return told({"id": own_id})


async def new_estate(desk: Desk, request: web.Request) -> web.StreamResponse:
    """A new estate of a community."""
    wish = await desk.body(request, NewEstate)
    await desk.within(wish.community)
    own_id = await desk.parts.accounts.create_estate(
        wish.community, wish.name, roster=wish.roster, at=desk.at
    )
    return told({"id": own_id})


async def one_estate(desk: Desk, request: web.Request) -> web.StreamResponse:
    """An estate, its sums, buildings and stairs."""
    estate = await desk.estate(request)
    accounts = desk.parts.accounts
    totals = await accounts.estates.totals(estate["id"])
    return told(
        {"estate": estate | {"buildings": await accounts.estates.chooser(estate["id"])}, "totals": totals}
    )


async def units(desk: Desk, request: web.Request) -> web.StreamResponse:
    """Every unit of an estate, with owners by name."""
    estate = await desk.estate(request)
    return told({"units": await desk.parts.accounts.estates.units_of(estate["id"])})


async def check_roster(desk: Desk, request: web.Request) -> web.StreamResponse:
    """Read a roster file and say what would be taken, and line by line what must be corrected. Keeps nothing."""
    estate = await desk.estate(request)
    data = await bytes_of(request, desk.parts.settings.limits.upload_bytes)
    report, _ = await desk.parts.accounts.check_roster(estate["id"], data, request.query.get("name", ""))
    return told(
        {
            "report": msgspec.to_builtins(report),
            "before": await desk.parts.accounts.estates.totals(estate["id"]),
        }
    )


async def take_roster(desk: Desk, request: web.Request) -> web.StreamResponse:
    """Take a roster file that was checked: `digest` of the report must be that of these bytes."""
    estate = await desk.estate(request)
    data = await bytes_of(request, desk.parts.settings.limits.upload_bytes)
    accounts = desk.parts.accounts
    name = request.query.get("name", "")
    report, _ = await accounts.check_roster(estate["id"], data, name)
    if request.query.get("digest") != report.digest:
        raise Refused("wrong_state", why="digest")
    report = await accounts.import_roster(estate["id"], data, name, desk.at)
    if not report.ok:
        raise Refused("unclear", report=msgspec.to_builtins(report))
    return told(
        {"report": msgspec.to_builtins(report), "totals": await accounts.estates.totals(estate["id"])}
    )


class Publication(msgspec.Struct, forbid_unknown_fields=True):
    """A roster to be published for correction until an instant (ms). Who asks makes the id."""

    id: str
    until: int


class Version(msgspec.Struct, forbid_unknown_fields=True):
    """The version a published roster (id) is to be frozen as, counted from 1."""

    id: str
    version: int


async def publish_roster(desk: Desk, request: web.Request) -> web.StreamResponse:
    """Publish an estate's roster for correction, to its own proved owners."""
    wish = await desk.body(request, Publication)
    estate = await desk.estate(request)
    asked_by = desk.seen.known.account
    said = await dockets.publish(desk.parts, estate, wish.id, until=wish.until, asked_by=asked_by)
    return told(said) if said["ok"] else answer(said)


async def freeze_roster(desk: Desk, request: web.Request) -> web.StreamResponse:
    """Freeze a published roster as it stands now, under a root."""
    wish = await desk.body(request, Version)
    estate = await desk.estate(request)
    asked_by = desk.seen.known.account
    said = await dockets.freeze(desk.parts, estate, wish.id, version=wish.version, asked_by=asked_by)
    return told(said) if said["ok"] else answer(said)


async def codes(desk: Desk, request: web.Request) -> web.StreamResponse:
    """Make invitation codes for units that have none, and new ones for those in `renew`."""
    wish = await desk.body(request, Renew)
    estate = await desk.estate(request)
    made = await desk.parts.accounts.estates.make_codes(
        estate["id"], by=desk.seen.known.account, at=desk.at, renew=frozenset(wish.renew)
    )
    return told({"made": made, "letters": f"/admin/letters?estate={estate['id']}"})


async def remove_sample(desk: Desk, _request: web.Request) -> web.StreamResponse:
    """Remove the sample community, its meetings and their recordings, in one step."""
    await desk.within(None)
    records = [place.record for place in await desk.parts.accounts.places.places() if place.sample]
    await sample.remove(desk.parts)
    return told({"records": records})
