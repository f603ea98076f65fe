"""Results of questionnaires go from a community's docket to the meetings they were meant for. Harmless to repeat.

Decides nothing: what the docket counted becomes a line of the meeting, by the person `system`, and how the meeting
took it a line of the docket.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from meetings import Who
from meetings.docket import RECORD
from meetings.docket.questionnaires import to_bring
from meetings.findings import Findings
from meetings.kernel import SYSTEM
from meetings.meeting import BEFORE, TALKING

if TYPE_CHECKING:
    from server.live.desk import Desks

NOT_NOW = frozenset({"busy", "unavailable", "storage_full"})
"""Answers that say nothing yet: it is brought again at the next change."""


async def bring(desks: Desks, docket: str) -> None:
    """Bring every meeting of a docket's community what stands counted for it."""
    async with desks.reading(docket) as room:
        wanted = to_bring(room)
    who = Who(SYSTEM, 0, frozenset({SYSTEM}))
    for meeting, command, texts in wanted:
        if await desks.store.records.community_of(meeting) == docket.removeprefix(RECORD):
            async with desks.reading(meeting) as room:
                held = room.get(Findings, command["id"]) if room.phase not in BEFORE | TALKING else None
            answer: dict[str, Any]
            if held is not None and held.item == command["item"]:
                await _take_down(desks, meeting, held, texts)
                answer = {"ok": True}
            else:
                answer = await desks.give(meeting, command, who)
        else:
            answer = {"ok": False, "code": "not_found"}
        if answer.get("code") in NOT_NOW:
            continue
        told = {"type": "questionnaire.arrive", "id": command["id"], "meeting": meeting}
        await desks.give(docket, told | {"item": command["item"], "refused": answer.get("code")}, who)


async def _take_down(desks: Desks, meeting: str, held: Findings, texts: list[dict[str, Any]]) -> None:
    """Of a meeting that is over only those texts go that the desk has taken back since; nothing is brought to it."""
    wanted = {(one["question"], one["text"]) for one in texts}
    who = Who(SYSTEM, 0, frozenset({SYSTEM}))
    for question, text in dict.fromkeys((one.question, one.text) for one in held.texts):
        if (question, text) not in wanted:
            told = {"type": "findings.take_down", "id": held.id, "question": question, "text": text}
            await desks.give(meeting, told, who)
