"""Personal links: who holds one is that person, on up to three devices, until it is revoked or its meeting archived.

A link is never spent by being opened, only by 确认是我. Its secret is shown once, when it is made.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from typing import TYPE_CHECKING, Any

from meetings.kernel import Refused
from meetings.people import BADGES, ROLES
from server.accounts.estates import Estates
from server.accounts.ids import digest, fresh_id, fresh_token
from server.accounts.labels import LANGUAGE, WAYS
from server.accounts.sessions import BY_GRANT
from server.web import language

if TYPE_CHECKING:
    from server.accounts import Accounts
    from server.accounts.sessions import Source
    from server.config import Settings
    from server.store.doors import Link

PARTS = {
    "admin": "admin",
    "secretary": "secretary",
    "host": "host",
    "moderator": "moderator",
    "moderator2": "moderator",
    "technician": "technician",
    "lawyer": "lawyer",
    "deputy": "npc_deputy",
    "owner": "owner",
    "resident": "resident",
    "resident2": "resident",
    "screen": "screen",
    "chair": "committee_chair",
    "clerk": "grid_keeper",
    "supervisor": "tally_supervisor",
    "supervisor2": "tally_supervisor",
    "owner2": "owner",
    "couple": "owner",
    "couple2": "owner",
    "proxy": "resident",
}
"""The links a start prints, and the role each stands for."""
PLATED = ROLES - {"admin", "screen", "guest", "auditor", "resident", "owner", "tenant", "system"}
"""Roles a meeting knows by a plate: given by `person.appoint` besides."""
ADMIN_LINK_MS = 86_400_000
ADDRESS = "address"
"""The file of the data folder with the address of the last start: `--port 0` and `--public-url` stand nowhere else."""
_ENDLESS_MS = 400 * 86_400_000


class Links(Estates):
    """The personal links of this installation."""

    _printed = False

    async def stop(self) -> None:
        """End the links this start printed, then stop listening."""
        if self._printed:
            await self.doors.close_links(time.time_ns() // 1_000_000, repeatable=True)
        await super().stop()

    async def create_person(
        self,
        community: str | None,
        name: str,
        *,
        call: str = "",
        own_id: str | None = None,
        part: str | None = None,
        unit: str | None = None,
        estate: str | None = None,
        proved: bool = True,
        way: str = WAYS[0],
        sample: bool = False,
        at: int = 0,
    ) -> str:
        """A new person, named as staff or the sample say; `unit` is a number of `estate` (None: any of the community).

        Returns the person id. Refuses `not_found` for a unit nobody knows.
        """
        home = await self._unit_numbered(community, estate, unit) if unit else None
        own_id = own_id or fresh_id()
        await self.people.add_account(
            id=own_id,
            community=community,
            name=name,
            call=call,
            way=way,
            part=part,
            sample=sample,
            created_at=at,
        )
        if home is not None:
            await self.homes.settle(
                own_id,
                home,
                role=await self.role_at(home, name, proved=proved),
                at=at,
                how="office" if proved else None,
                by="system" if proved else None,
            )
        return own_id

    async def _unit_numbered(self, community: str | None, estate: str | None, number: str) -> str:
        for place in await self.estates.overview():
            for part in place["estates"]:
                if place["id"] == community and estate in {None, part["id"]}:
                    found = await self.estates.unit_by_number(part["id"], number)
                    if found is not None:
                        return str(found["id"])
        raise Refused("not_found", field="unit")

    async def role_at(self, unit: str, name: str, *, proved: bool) -> str:
        """`owner` for who is proved and named in the roster of this unit, else `resident`."""
        return "owner" if proved and name in await self.estates.owner_names(unit) else "resident"

    async def grant(
        self,
        person: str,
        role: str,
        *,
        badge: str = "",
        title: str = "",
        community: str | None = None,
        record: str | None = None,
        since: int | None = None,
        until: int | None = None,
        by: str = "system",
        at: int = 0,
    ) -> str:
        """Give a person a role with its term; returns the grant's id. Of one record: for the list; see `roles_of`."""
        if role not in ROLES or role in {"guest", "system"}:
            raise Refused("unclear", field="role")
        if until is not None and until <= (at if since is None else since):
            raise Refused("unclear", field="until")
        known = await self.people.known(person)
        if known is None:
            raise Refused("not_found")
        own_id = fresh_id()
        await self.people.grant(
            id=own_id,
            account=person,
            # Nobody works outside the community they belong to; who belongs to none works for all.
            community=known.community or community,
            record=record,
            role=role,
            badge=badge,
            title=title,
            since=at if since is None else since,
            until=until,
            granted_by=by,
            granted_at=at,
        )
        self.heard([person])
        return own_id

    async def take_back(self, grant: str, at: int) -> None:
        """End a role now."""
        found = await self.people.grant_of(grant)
        if found is None:
            raise Refused("not_found")
        await self.people.take_back(grant, at)
        self.heard([found.account])

    async def make_link(
        self,
        person: str,
        role: str,
        record: str | None,
        *,
        by: str,
        at: int,
        until: int | None = None,
        repeatable: bool = False,
    ) -> tuple[str, str]:
        """A new link: its id, and the token that stands behind `#`. The token is nowhere kept."""
        if role in BY_GRANT and record is not None:
            await self._grant_once(person, role, record, by=by, at=at, until=until)
        token = fresh_token()
        own_id = fresh_id()
        await self.doors.add_link(
            id=own_id,
            digest=digest(token),
            account=person,
            role=role,
            record=record,
            repeatable=repeatable,
            created_at=at,
            expires_at=until or at + _ENDLESS_MS,
            made_by=by,
        )
        return own_id, token

    async def _grant_once(
        self, person: str, role: str, record: str, *, by: str, at: int, until: int | None
    ) -> None:
        known = await self.people.known(person)
        held = () if known is None else known.grants
        if not any(grant.role == role and grant.record == record and grant.holds(at) for grant in held):
            await self.grant(person, role, record=record, until=until, by=by, at=at)

    async def enter(self, token: str, source: Source, at: int, *, agent: str = "") -> tuple[Link, str | None]:
        """Come in by a link: the link, and the new cookie (None: this browser is in by it already).

        Refuses `not_found`, `link_gone` (revoked, expired, meeting archived), `devices_full`.
        """
        link = await self.doors.link_by(digest(token)) if 8 <= len(token) <= 100 else None
        if link is None:
            raise Refused("not_found")
        expired = link.expires_at is not None and at >= link.expires_at
        place = await self.places.place(record=link.record) if link.record else None
        if link.revoked_at is not None or expired or (place is not None and place.archived_at is not None):
            raise Refused("link_gone")
        here = await self.seen(source, at)
        if here is not None and here.session.link == link.id:
            return link, None
        devices = None if link.repeatable else self.settings.limits.link_devices
        cookie = await self.open_session(link.account, at, agent=agent, link=link.id, devices=devices)
        if cookie is None:
            raise Refused("devices_full", limit=devices)
        return link, cookie

    async def revoke_link(self, link: str, at: int) -> None:
        """End a link and throw out every device it let in."""
        found = await self.doors.link(link)
        if found is None:
            raise Refused("not_found")
        self.heard(await self.doors.close_links(at, own_id=link))

    async def revoke_device(self, session: str, at: int) -> None:
        """Throw one device out; its place is free for another."""
        found = await self.doors.session(session)
        if found is None:
            raise Refused("not_found")
        await self.doors.end_session(session, at)
        self.heard([found.account])

    async def meeting_archived(self, record: str) -> None:
        """End the personal links of a meeting: its archive needs none."""
        at = time.time_ns() // 1_000_000
        await self.places.archive(record, at)
        self._place_of.pop(record, None)
        self.heard(await self.doors.close_links(at, record=record, repeatable=False))

    async def administrator(self, at: int) -> str:
        """The installation's own administrator, made when first needed; also its secretary."""
        person = (await self.people.with_parts()).get("admin")
        if person is None:
            name = language.words(LANGUAGE)("letters-admin")
            person = await self.create_person(None, name, part="admin", at=at)
        known = await self.people.known(person)
        if known is not None and any(grant.role == "admin" and grant.holds(at) for grant in known.grants):
            return person
        # Whoever can read the data folder is the last way in once the role was ended, by another administrator or a date.
        for role in ("admin", "secretary"):
            await self.grant(person, role, at=at)
        return person

    async def crowd(self, record: str, count: int, at: int) -> list[str]:
        """So many fresh proved sample residents of a meeting's estate: the text of each one's cookie."""
        place = await self.meeting_of(record)
        if place is None or place.estate is None:
            raise Refused("not_found")
        await self._load_keys()
        units = [unit for unit in await self.estates.units_of(place.estate) if unit["use"] != "parking"]
        if not units:
            raise Refused("not_found", field="unit")
        from server.accounts.ids import fresh_session

        people, homes, ins, cookies = [], [], [], []
        for number in range(count):
            person, secret = fresh_id(), fresh_session()
            people.append(
                {
                    "id": person,
                    "community": place.community,
                    "name": f"sample-{number + 1}",
                    "call": f"sample-{number + 1}",
                    "way": WAYS[0],
                    "part": None,
                    "sample": True,
                    "created_at": at,
                }
            )
            homes.append(
                {
                    "account": person,
                    "unit": units[number % len(units)]["id"],
                    "role": "resident",
                    "said_at": at,
                    "proved_how": "office",
                    "proved_by": "system",
                    "proved_at": at,
                }
            )
            ins.append(
                {
                    "id": fresh_id(),
                    "digest": digest(secret),
                    "account": person,
                    "link": None,
                    "created_at": at,
                    "seen_at": at,
                    "agent": "",
                }
            )
            cookies.append(self._signed(secret))
        await self.people.add_crowd(people, homes, ins)
        return cookies


async def issue_links(accounts: Accounts, base_url: str, record: str | None, at: int) -> dict[str, str]:
    """The links a start prints: fresh ones for everybody with a part, `admin` always; those of the last start end."""
    await accounts.doors.close_links(at, repeatable=True)
    accounts._printed = True
    await asyncio.to_thread(_remember, accounts.settings, base_url)
    people = await accounts.people.with_parts() | {"admin": await accounts.administrator(at)}
    links = {}
    for part, role in PARTS.items():
        if part in people:
            here = None if part == "admin" else record
            _, token = await accounts.make_link(people[part], role, here, by="system", at=at, repeatable=True)
            links[part] = f"{base_url}/enter#{token}"
    return links


def print_admin_link(settings: Settings) -> str:
    """A fresh administrator's link, good for a day and three devices. Opens the store by itself; for the command line."""
    return asyncio.run(_admin_link(settings))


async def _admin_link(settings: Settings) -> str:
    from server.accounts import Accounts
    from server.store import open_store

    store = await open_store(settings.database_url, data=settings.data)
    try:
        accounts = Accounts(store, settings)
        at = time.time_ns() // 1_000_000
        person = await accounts.administrator(at)
        _, token = await accounts.make_link(
            person, "admin", None, by="system", at=at, until=at + ADMIN_LINK_MS
        )
    finally:
        await store.close()
    return f"{_address(settings)}/enter#{token}"


def _remember(settings: Settings, base_url: str) -> None:
    settings.data.mkdir(parents=True, exist_ok=True)
    (settings.data / ADDRESS).write_text(f"{base_url}\n", "utf-8")


def _address(settings: Settings) -> str:
    """Where the server is reached: as said now, else as its last start over this folder was, else as usual."""
    if settings.public_url:
        return settings.public_url.rstrip("/")
    if settings.port in {0, type(settings)().port}:
        with contextlib.suppress(OSError):
            if last := (settings.data / ADDRESS).read_text("utf-8").strip():
                return last
    scheme = "https" if settings.secure else "http"
    host = "127.0.0.1" if settings.host in {"0.0.0.0", "::"} else settings.host  # noqa: S104 - compared, not bound
    return f"{scheme}://{host}:{settings.port}"


def screen_of(role: str, record: str | None) -> str:
    """The address of the screen a role works at."""
    own_id = record.partition(":")[2] if record else ""
    if role in {"admin", "secretary"}:
        return "/admin"
    if not own_id:
        return "/"
    if role in {"host", "technician"}:
        return f"/studio/{own_id}"
    if role == "moderator":
        return f"/desk/{own_id}"
    if role == "screen":
        return f"/screen/{own_id}"
    if role in BADGES - {"grid_keeper", "resident_rep"}:
        return f"/answer/{own_id}"
    return f"/room/{own_id}"


def link_view(link: Link, me: dict[str, Any]) -> dict[str, Any]:
    """What a browser is told after it came in."""
    return {
        "ok": True,
        "me": me,
        "role": link.role,
        "record": link.record,
        "screen": screen_of(link.role, link.record),
    }
