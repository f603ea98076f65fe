"""People, the roles they hold in a community, and the check of papers at the door."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from meetings.kernel import Refused
from server.accounts.joining import form_of_address, person_name
from server.web.administration.desk import DOOR, Desk, line_of
from server.web.sessions import told

if TYPE_CHECKING:
    from aiohttp import web

STANDING = frozenset(
    "admin secretary host moderator technician lawyer npc_deputy cppcc_member committee_chair property_manager "
    "official unit_officer grid_keeper resident_rep tally_supervisor auditor".split()
)
"""Roles a person may hold in the community, with a term."""


class NewPerson(msgspec.Struct, forbid_unknown_fields=True):
    """A person of a community with a role there; `since`, `until` in ms."""

    community: str
    name: str
    call: str = ""
    role: str = ""
    badge: str = ""
    title: str = ""
    since: int | None = None
    until: int | None = None
    estate: str | None = None
    unit: str | None = None


class NewGrant(msgspec.Struct, forbid_unknown_fields=True):
    """A further role for a person."""

    role: str
    badge: str = ""
    title: str = ""
    since: int | None = None
    until: int | None = None


class Proof(msgspec.Struct, forbid_unknown_fields=True):
    """The unit a paper at the door shows; left out: the one the person chose."""

    unit: str | None = None


async def people(desk: Desk, request: web.Request) -> web.StreamResponse:
    """People of a community: those with a role, or, with `q`, everybody whose name or unit holds it."""
    community = request.query.get("community") or None
    await desk.within(community)
    query = request.query.get("q", "").strip()[:40]
    book = desk.parts.accounts.people
    found = await book.people(community, query=query) if query else await book.staff(community)
    return told({"people": found})


async def new_person(desk: Desk, request: web.Request) -> web.StreamResponse:
    """A new person, with a role in the community if one is named."""
    wish = await desk.body(request, NewPerson)
    await desk.within(wish.community)
    _standing(desk, wish.role)
    accounts = desk.parts.accounts
    if await accounts.estates.community(wish.community) is None:
        raise Refused("not_found")
    person = await accounts.create_person(
        wish.community,
        person_name(wish.name, "name"),
        call=form_of_address(wish.call),
        unit=wish.unit,
        estate=wish.estate,
        at=desk.at,
    )
    if wish.role:
        await _grant(desk, person, wish)
    return told({"person": person})


async def new_grant(desk: Desk, request: web.Request) -> web.StreamResponse:
    """A further role for a person, with badge, title and term."""
    wish = await desk.body(request, NewGrant)
    known = await desk.person(request.match_info["id"])
    _standing(desk, wish.role or "-")
    return told({"grant": await _grant(desk, known.account, wish)})


async def end_grant(desk: Desk, request: web.Request) -> web.StreamResponse:
    """End a role now."""
    accounts = desk.parts.accounts
    found = await accounts.people.grant_of(request.match_info["id"])
    if found is None:
        raise Refused("not_found")
    await desk.person(found.account)
    if found.account == desk.seen.known.account and found.role == "admin":
        # The last one who could undo it would be the one who did it.
        raise Refused("forbidden")
    await accounts.take_back(found.id, desk.at)
    return told({"grant": found.id})


def _standing(desk: Desk, role: str) -> None:
    if role and role not in STANDING:
        raise Refused("unclear", field="role")
    if role == "admin" and not desk.is_admin:
        raise Refused("forbidden")


async def _grant(desk: Desk, person: str, wish: Any) -> str:
    return await desk.parts.accounts.grant(
        person,
        wish.role,
        badge=line_of(wish.badge, "badge"),
        title=line_of(wish.title, "title"),
        since=wish.since,
        until=wish.until,
        by=desk.seen.known.account,
        at=desk.at,
    )


async def door(desk: Desk, request: web.Request) -> web.StreamResponse:
    """The list at the door: who came in for a meeting, or by the docket, and whose unit nobody has checked."""
    place = await desk.parts.accounts.entrance_of(request.query.get("record", ""))
    if place is None:
        raise Refused("not_found")
    await desk.within(place.community, *DOOR)
    return told({"people": await desk.parts.accounts.homes.unproved(place.estate, place.community)})


async def prove(desk: Desk, request: web.Request) -> web.StreamResponse:
    """A paper was seen at the door: this person belongs to this unit."""
    wish = await desk.body(request, Proof)
    known = await desk.person(request.match_info["id"], *DOOR)
    if known.account == desk.seen.known.account:
        # A second person looks at the paper (promises.md, design behind D5).
        raise Refused("forbidden")
    unit = await desk.parts.accounts.prove_at_door(
        known.account, wish.unit, by=desk.seen.known.account, at=desk.at
    )
    return told({"person": known.account, "unit": unit})
