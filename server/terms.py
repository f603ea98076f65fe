"""A term without the word holds in every meeting of its community: told to each that takes words. Harmless to repeat.

Decides nothing: what two people confirmed in one record becomes a line of the others, by the person `system`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from meetings import Who
from meetings.kernel import SYSTEM
from meetings.penalties import Carry, Lift, Penalty
from meetings.questions import COLLECTING

if TYPE_CHECKING:
    from meetings import Room
    from meetings.kernel import Command
    from server.live.desk import Desks
    from server.store.terms import Term


async def carry(desks: Desks, community: str) -> None:
    """Bring every meeting of a community that takes words up to what stands, and a lifted term's own meeting too."""
    terms = await desks.store.terms.known(community, desks.clock())
    if not terms:
        return
    cards = await desks.store.register.meetings(community)
    collecting = {card["record"] for card in cards if card["phase"] in COLLECTING}
    own = {term.record for term in terms if term.lifted_at is not None or term.appealed}
    who = Who(SYSTEM, 0, frozenset({SYSTEM}))
    for record in sorted(collecting | (own & {card["record"] for card in cards})):
        async with desks.reading(record) as room:
            wishes = [wish for term in terms if (wish := _wish(room, term, record in collecting)) is not None]
        for wish in wishes:
            await desks.give(record, wish, who)


def _wish(room: Room, term: Term, collecting: bool) -> Command | None:
    held = room.get(Penalty, term.id)
    if term.lifted_at is not None:
        return Lift(term.id, term.why) if held is not None and held.state == "standing" else None
    known = held is not None and (held.spent or held.appeal is not None or not term.appealed)
    if known or (held is None and not collecting):
        return None
    told = (term.id, term.person, term.shown, term.reason, term.at, term.until, list(term.by), term.appealed)
    return Carry(*told)
