"""The administration's addresses: places, rosters, meetings, people, links, codes, the sample.

Every address names who may use it (ROUTES); one that does not is not there. Administrator and secretary may all of
it within their community, grid keepers only what is done at the door.
"""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec
import segno
from aiohttp import web

from meetings.kernel import Refused
from server import sample
from server.accounts.estates import place_words
from server.accounts.ids import fresh_id
from server.accounts.joining import form_of_address, person_name
from server.accounts.links import PLATED
from server.config import is_loopback
from server.web.sessions import body_of, bytes_of, holder, told

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from server.accounts.sessions import Seen
    from server.app import Parts

    Answer = Callable[["Desk", web.Request], Awaitable[web.StreamResponse]]

OFFICE = ("admin", "secretary")
DOOR = (*OFFICE, "grid_keeper")
LINKED = frozenset(
    "host moderator technician lawyer npc_deputy cppcc_member committee_chair property_manager official unit_officer "
    "grid_keeper resident_rep secretary tally_supervisor screen".split()
)
"""Roles for which a personal link can be made."""
STANDING = frozenset(
    "admin secretary host moderator technician lawyer npc_deputy cppcc_member committee_chair property_manager "
    "official unit_officer grid_keeper resident_rep tally_supervisor auditor".split()
)
"""Roles a person may hold in the community, with a term."""


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


class NewMeeting(msgspec.Struct, forbid_unknown_fields=True):
    """A meeting of an estate; `settings` are further fields of `meeting.set`."""

    estate: str
    title: str
    starts_at: int | None = None
    planned_minutes: int | None = None
    venue: str | None = None
    settings: dict[str, Any] = {}


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


class NewLink(msgspec.Struct, forbid_unknown_fields=True):
    """A personal link: for a person that is there, or for a new one by name; `record` None: for no one meeting."""

    role: str
    record: str | None = None
    community: str | None = None
    person: str | None = None
    name: str = ""
    badge: str = ""
    title: str = ""
    until: int | None = None


class Proof(msgspec.Struct, forbid_unknown_fields=True):
    """The unit a paper at the door shows; left out: the one the person chose."""

    unit: str | None = None


class Renew(msgspec.Struct, forbid_unknown_fields=True):
    """Units (ids) whose letter went astray."""

    renew: list[str] = []


class Nothing(msgspec.Struct, forbid_unknown_fields=True):
    """An empty object."""


class Desk(NamedTuple):
    """Who works at the administration's desk, and with what."""

    parts: Parts
    seen: Seen
    at: int

    async def within(self, community: str | None, *roles: str) -> None:
        """Refuse `not_found` for another community's things: whether they exist is none of this person's business."""
        for grant in self.seen.known.grants:
            here = grant.community is None or grant.community == community
            if grant.role in (roles or OFFICE) and grant.record is None and grant.holds(self.at) and here:
                return
        raise Refused("not_found")

    async def estate(self, request: web.Request) -> dict[str, Any]:
        """The estate of the address."""
        return await self.estate_of(request.match_info["id"])

    async def estate_of(self, own_id: str) -> dict[str, Any]:
        """An estate this person may work for."""
        found = await self.parts.accounts.estates.estate(own_id)
        if found is None:
            raise Refused("not_found")
        await self.within(found["community"])
        return found

    async def person(self, own_id: str, *roles: str) -> Any:
        """A person this person may look after."""
        known = await self.parts.accounts.people.known(own_id)
        if known is None:
            raise Refused("not_found")
        await self.within(known.community, *roles)
        return known

    async def meeting(self, record: str) -> Any:
        """A meeting this person may prepare."""
        place = await self.parts.accounts.meeting_of(record)
        if place is None:
            raise Refused("not_found")
        await self.within(place.community)
        return place

    async def body(self, request: web.Request, kind: Any) -> Any:
        """The request's JSON."""
        return await body_of(request, kind, self.parts.settings.limits.json_bytes)


# Places


async def overview(desk: Desk, _request: web.Request) -> web.StreamResponse:
    """Communities this person works for, with their estates; and whether phones can reach this server."""
    accounts, settings = desk.parts.accounts, desk.parts.settings
    mine = []
    for place in await accounts.estates.overview():
        try:
            await desk.within(place["id"])
        except Refused:
            continue
        mine.append(place)
    base = desk.parts.base_url
    return told(
        {
            "communities": mine,
            "sample": any(place["sample"] for place in mine),
            "whole": any(
                grant.community is None and grant.role in OFFICE for grant in desk.seen.known.grants
            ),
            "reach": {
                "url": base,
                "public_url": settings.public_url,
                "loopback": is_loopback(base),
                "neighbours": [f"http://{address}:{base.rpartition(':')[2]}" for address in own_addresses()],
                "open_to_network": not is_loopback(f"http://{settings.host}"),
            },
        }
    )


async def new_community(desk: Desk, request: web.Request) -> web.StreamResponse:
    """A new community: for who works for the whole installation."""
    wish = await desk.body(request, NewCommunity)
    await desk.within(None)
    own_id = await desk.parts.accounts.create_community(
        wish.name, city=wish.city, district=wish.district, street=wish.street, phone=wish.phone, at=desk.at
    )
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


# Meetings


async def meetings(desk: Desk, _request: web.Request) -> web.StreamResponse:
    """The meetings of this person's communities, the newest first."""
    found = []
    for place in await desk.parts.accounts.places.places():
        try:
            await desk.within(place.community)
        except Refused:
            continue
        found.append(place)
    cards = {card["record"]: card for card in await desk.parts.store.register.meetings()}
    return told(
        {"meetings": [{"card": cards.get(place.record), **msgspec.structs.asdict(place)} for place in found]}
    )


async def new_meeting(desk: Desk, request: web.Request) -> web.StreamResponse:
    """Make the record of a new meeting and set what is known of it."""
    wish = await desk.body(request, NewMeeting)
    estate = await desk.estate_of(wish.estate)
    parts = desk.parts
    record = f"meeting:{fresh_id()}"
    given = {"title": wish.title, "estate": estate["name"], "convener": estate["community_name"]}
    for field in ("starts_at", "planned_minutes", "venue"):
        if getattr(wish, field) is not None:
            given[field] = getattr(wish, field)
    code = await parts.accounts.place_meeting(record, estate["community"], estate["id"], desk.at)
    await parts.desks.create(record, estate["community"], desk.at)
    who = await parts.accounts.who(request, record, desk.at)
    answer = await parts.desks.give(
        record, {"type": "meeting.set", **given, **wish.settings, "code": code}, who
    )
    if not answer.get("ok"):
        refused = dict(answer)
        refused.pop("ok")
        raise Refused(refused.pop("code"), **refused)
    return told({"record": record, "id": record.partition(":")[2], "code": code})


# People


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
    if role == "admin" and not any(g.role == "admin" and g.holds(desk.at) for g in desk.seen.known.grants):
        raise Refused("forbidden")


async def _grant(desk: Desk, person: str, wish: Any) -> str:
    return await desk.parts.accounts.grant(
        person,
        wish.role,
        badge=_line(wish.badge, "badge"),
        title=_line(wish.title, "title"),
        since=wish.since,
        until=wish.until,
        by=desk.seen.known.account,
        at=desk.at,
    )


def _line(text: str, field: str) -> str:
    return place_words(name=text)["name"] if text.strip() else ""


async def door(desk: Desk, request: web.Request) -> web.StreamResponse:
    """The list at the door: who came in for a meeting and whose unit nobody has checked."""
    place = await desk.parts.accounts.meeting_of(request.query.get("record", ""))
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


# Personal links


async def links(desk: Desk, request: web.Request) -> web.StreamResponse:
    """Personal links of a meeting (`record`) or of a person (`person`), with the devices they work on."""
    person = request.query.get("person")
    if person:
        await desk.person(person)
        return told({"invitations": await desk.parts.accounts.doors.links_of(None, person)})
    place = await desk.meeting(request.query.get("record", ""))
    return told({"invitations": await desk.parts.accounts.doors.links_of(place.record)})


async def new_link(desk: Desk, request: web.Request) -> web.StreamResponse:
    """Make a personal link; its address is shown this once. In a meeting the person gets plate and role there."""
    wish = await desk.body(request, NewLink)
    if wish.role not in (LINKED if wish.record else STANDING):
        raise Refused("unclear", field="role")
    accounts, parts = desk.parts.accounts, desk.parts
    community = wish.community
    if wish.record is not None:
        community = (await desk.meeting(wish.record)).community
    elif wish.person is None:
        raise Refused("unclear", field="person")
    if wish.until is not None and wish.until <= desk.at:
        raise Refused("unclear", field="until")
    if wish.person is not None:
        known = await desk.person(wish.person)
        if known.community not in {None, community} and wish.record is not None:
            raise Refused("not_found")
        person, name = known.account, known.name
        if wish.record is None and not any(g.role == wish.role and g.holds(desk.at) for g in known.grants):
            raise Refused("unclear", field="role")
    else:
        name = person_name(wish.name, "name")
        person = await accounts.create_person(community, name, at=desk.at)
    badge, title = _line(wish.badge, "badge"), _line(wish.title, "title")
    if wish.record is not None and wish.role in PLATED:
        await appoint(parts, request, wish.record, person, wish.role, name, badge, title)
        await accounts.grant(
            person, wish.role, badge=badge, title=title, record=wish.record, until=wish.until,
            by=desk.seen.known.account, at=desk.at,
        )  # fmt: skip
    own_id, token = await accounts.make_link(
        person, wish.role, wish.record, by=desk.seen.known.account, at=desk.at, until=wish.until
    )
    url = f"{parts.base_url}/enter#{token}"
    qr = ["".join(map(str, row)) for row in segno.make(url, error="m", micro=False).matrix]
    return told({"id": own_id, "person": person, "url": url, "qr": qr})


async def appoint(
    parts: Parts, request: web.Request, record: str, person: str, role: str, name: str, badge: str, title: str
) -> None:
    """Give a role in a meeting by its own command, in the name of who asks."""
    who = await parts.accounts.who(request, record, parts.clock())
    plate = {"badge": badge or None, "title": title or None}
    answer = await parts.desks.give(
        record, {"type": "person.appoint", "person": person, "role": role, "name": name, **plate}, who
    )
    if not answer.get("ok"):
        refused = {key: value for key, value in answer.items() if key != "ok"}
        raise Refused(refused.pop("code"), **refused)


async def end_link(desk: Desk, request: web.Request) -> web.StreamResponse:
    """End a personal link; every device it let in is out."""
    accounts = desk.parts.accounts
    found = await accounts.doors.link(request.match_info["id"])
    if found is None:
        raise Refused("not_found")
    await desk.person(found.account)
    await accounts.revoke_link(found.id, desk.at)
    return told({"id": found.id})


async def end_device(desk: Desk, request: web.Request) -> web.StreamResponse:
    """Throw one device out."""
    accounts = desk.parts.accounts
    found = await accounts.doors.session(request.match_info["id"])
    if found is None:
        raise Refused("not_found")
    await desk.person(found.account)
    await accounts.revoke_device(found.id, desk.at)
    return told({"id": found.id})


# Codes and sample


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


class Route(NamedTuple):
    """An address, what answers it, and the standing roles that may ask."""

    method: str
    path: str
    answer: Answer
    roles: tuple[str, ...]


ROUTES = (
    Route("GET", "/api/admin/overview", overview, OFFICE),
    Route("POST", "/api/admin/communities", new_community, OFFICE),
    Route("PUT", "/api/admin/communities/{id}", change_community, OFFICE),
    Route("POST", "/api/admin/estates", new_estate, OFFICE),
    Route("GET", "/api/admin/estates/{id}", one_estate, OFFICE),
    Route("GET", "/api/admin/estates/{id}/units", units, OFFICE),
    Route("POST", "/api/admin/estates/{id}/roster/check", check_roster, OFFICE),
    Route("POST", "/api/admin/estates/{id}/roster", take_roster, OFFICE),
    Route("POST", "/api/admin/estates/{id}/codes", codes, OFFICE),
    Route("GET", "/api/admin/meetings", meetings, OFFICE),
    Route("POST", "/api/admin/meetings", new_meeting, OFFICE),
    Route("GET", "/api/admin/people", people, OFFICE),
    Route("POST", "/api/admin/people", new_person, OFFICE),
    Route("POST", "/api/admin/people/{id}/grants", new_grant, OFFICE),
    Route("POST", "/api/admin/people/{id}/prove", prove, DOOR),
    Route("DELETE", "/api/admin/grants/{id}", end_grant, OFFICE),
    Route("GET", "/api/admin/door", door, DOOR),
    Route("GET", "/api/admin/invitations", links, OFFICE),
    Route("POST", "/api/admin/invitations", new_link, OFFICE),
    Route("POST", "/api/admin/invitations/{id}/revoke", end_link, OFFICE),
    Route("POST", "/api/admin/devices/{id}/revoke", end_device, OFFICE),
    Route("DELETE", "/api/admin/sample", remove_sample, OFFICE),
)


def routes(parts: Parts) -> list[web.RouteDef]:
    """The addresses of ROUTES, each behind its roles."""

    def guarded(route: Route) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        async def answer(request: web.Request) -> web.StreamResponse:
            seen = await holder(parts, request, *route.roles)
            return await route.answer(Desk(parts, seen, parts.clock()), request)

        return answer

    return [web.route(route.method, route.path, guarded(route)) for route in ROUTES]


def own_addresses() -> list[str]:
    """Addresses of this machine in its own network, by which phones in the same WLAN reach it."""
    found = []
    for target in ("192.168.255.255", "10.255.255.255", "172.31.255.255"):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            try:
                # A datagram socket sends nothing when it connects: it only learns which address it would send from.
                probe.connect((target, 9))
            except OSError:
                continue
            address = probe.getsockname()[0]
        if not address.startswith("127.") and address not in found:
            found.append(address)
    return found
