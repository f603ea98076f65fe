"""Who works at the administration's desk, and for which community. Refuses to know of another's things."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from meetings.kernel import Refused
from meetings.text import TITLE_LIMIT, clean_line
from server.web.sessions import body_of

if TYPE_CHECKING:
    from aiohttp import web

    from server.accounts.sessions import Seen
    from server.app import Parts
    from server.store.accounts import Grant

OFFICE = ("admin", "secretary")
DOOR = (*OFFICE, "grid_keeper")


class Desk(NamedTuple):
    """Who works at the administration's desk, and with what."""

    parts: Parts
    seen: Seen
    at: int

    @property
    def is_admin(self) -> bool:
        """Whether an administrator works here."""
        return any(one.role == "admin" and one.holds(self.at) for one in self.seen.known.grants)

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


def may_only_admin(desk: Desk, grants: tuple[Grant, ...]) -> None:
    """Refuse `forbidden` where these roles hold an administrator's and the one at the desk does not."""
    if any(one.role == "admin" and one.holds(desk.at) for one in grants) and not desk.is_admin:
        raise Refused("forbidden")


def line_of(text: str, field: str) -> str:
    """A badge or a title as it is kept; empty if there is none."""
    return clean_line(text, TITLE_LIMIT, field) if text.strip() else ""
