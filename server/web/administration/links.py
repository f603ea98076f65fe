"""Personal links: made once, listed with their devices, ended."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import segno

from meetings.kernel import Refused
from server.accounts.joining import person_name
from server.accounts.links import PLATED
from server.web.administration.desk import Desk, line_of, may_only_admin
from server.web.administration.people import STANDING
from server.web.sessions import told

if TYPE_CHECKING:
    from aiohttp import web

    from server.app import Parts

LINKED = frozenset(
    "host moderator technician lawyer npc_deputy cppcc_member committee_chair property_manager official unit_officer "
    "grid_keeper resident_rep secretary tally_supervisor screen".split()
)
"""Roles for which a personal link can be made."""


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
        # A link is the whole person: nobody becomes an administrator by making one for an administrator.
        may_only_admin(desk, known.grants)
        person, name = known.account, known.name
        if wish.record is None and not any(g.role == wish.role and g.holds(desk.at) for g in known.grants):
            raise Refused("unclear", field="role")
    else:
        name = person_name(wish.name, "name")
        person = await accounts.create_person(community, name, at=desk.at)
    badge, title = line_of(wish.badge, "badge"), line_of(wish.title, "title")
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
