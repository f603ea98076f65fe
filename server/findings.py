"""Results of questionnaires go from a community's docket to the meetings they were meant for. Harmless to repeat.

Decides nothing: what the docket counted becomes a line of the meeting, by the person `system`, and how the meeting
took it a line of the docket.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from meetings import Who
from meetings.docket import RECORD
from meetings.docket.questionnaires import to_bring
from meetings.kernel import SYSTEM

if TYPE_CHECKING:
    from server.live.desk import Desks

NOT_NOW = frozenset({"busy", "unavailable", "storage_full"})
"""Answers that say nothing yet: it is brought again at the next change."""


async def bring(desks: Desks, docket: str) -> None:
    """Bring every meeting of a docket's community what stands counted for it."""
    async with desks.reading(docket) as room:
        wanted = to_bring(room)
    who = Who(SYSTEM, 0, frozenset({SYSTEM}))
    for meeting, command in wanted:
        if await desks.store.records.community_of(meeting) == docket.removeprefix(RECORD):
            answer: dict[str, Any] = await desks.give(meeting, command, who)
        else:
            answer = {"ok": False, "code": "not_found"}
        if answer.get("code") in NOT_NOW:
            continue
        told = {"type": "questionnaire.arrive", "id": command["id"], "meeting": meeting}
        await desks.give(docket, told | {"item": command["item"], "refused": answer.get("code")}, who)
