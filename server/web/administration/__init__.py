"""The administration's addresses: places, rosters, meetings, people, links, codes, word lists, the
sample.

Every address names who may use it (ROUTES); one that does not is not there. Administrator and secretary may all of
it within their community, grid keepers only what is done at the door.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, NamedTuple

from aiohttp import web

from server.web.administration import links, meetings, people, places, word_lists
from server.web.administration.desk import DOOR, OFFICE, Desk
from server.web.sessions import holder

if TYPE_CHECKING:
    from server.app import Parts

__all__ = ["DOOR", "OFFICE", "ROUTES", "Desk", "Route", "routes"]

Answer = Callable[[Desk, web.Request], Awaitable[web.StreamResponse]]


class Route(NamedTuple):
    """An address, what answers it, and the standing roles that may ask."""

    method: str
    path: str
    answer: Answer
    roles: tuple[str, ...]


ROUTES = (
    Route("GET", "/api/admin/overview", places.overview, OFFICE),
    Route("POST", "/api/admin/communities", places.new_community, OFFICE),
    Route("PUT", "/api/admin/communities/{id}", places.change_community, OFFICE),
    Route("GET", "/api/admin/communities/{id}/words", word_lists.word_lists, OFFICE),
    Route("PUT", "/api/admin/communities/{id}/words", word_lists.save_word_lists, OFFICE),
    Route("POST", "/api/admin/communities/{id}/words/read", word_lists.read_word_list, OFFICE),
    Route("POST", "/api/admin/communities/{id}/words/try", word_lists.try_word_lists, OFFICE),
    Route("POST", "/api/admin/estates", places.new_estate, OFFICE),
    Route("GET", "/api/admin/estates/{id}", places.one_estate, OFFICE),
    Route("GET", "/api/admin/estates/{id}/units", places.units, OFFICE),
    Route("POST", "/api/admin/estates/{id}/roster/check", places.check_roster, OFFICE),
    Route("POST", "/api/admin/estates/{id}/roster", places.take_roster, OFFICE),
    Route("POST", "/api/admin/estates/{id}/rosters", places.publish_roster, OFFICE),
    Route("POST", "/api/admin/estates/{id}/rosters/freeze", places.freeze_roster, OFFICE),
    Route("POST", "/api/admin/estates/{id}/codes", places.codes, OFFICE),
    Route("GET", "/api/admin/meetings", meetings.meetings, OFFICE),
    Route("POST", "/api/admin/meetings", meetings.new_meeting, OFFICE),
    Route("GET", "/api/admin/people", people.people, OFFICE),
    Route("POST", "/api/admin/people", people.new_person, OFFICE),
    Route("POST", "/api/admin/people/{id}/grants", people.new_grant, OFFICE),
    Route("POST", "/api/admin/people/{id}/prove", people.prove, DOOR),
    Route("DELETE", "/api/admin/grants/{id}", people.end_grant, OFFICE),
    Route("GET", "/api/admin/door", people.door, DOOR),
    Route("GET", "/api/admin/invitations", links.links, OFFICE),
    Route("POST", "/api/admin/invitations", links.new_link, OFFICE),
    Route("POST", "/api/admin/invitations/{id}/revoke", links.end_link, OFFICE),
    Route("POST", "/api/admin/devices/{id}/revoke", links.end_device, OFFICE),
    Route("DELETE", "/api/admin/sample", places.remove_sample, OFFICE),
)


def routes(parts: Parts) -> list[web.RouteDef]:
    """The addresses of ROUTES, each behind its roles."""

    def guarded(route: Route) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        async def answer(request: web.Request) -> web.StreamResponse:
            seen = await holder(parts, request, *route.roles)
            return await route.answer(Desk(parts, seen, parts.clock()), request)

        return answer

    return [web.route(route.method, route.path, guarded(route)) for route in ROUTES]
