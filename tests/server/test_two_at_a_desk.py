"""Two moderators at one record, in one process and in two: one act counts, the other is told, and takes nothing back."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from meetings import Who
from meetings.questions import Question, Score
from server.live.bus import LocalBus
from server.live.desk import Desks
from tests.server.conftest import RECORD, resident, uuid7

if TYPE_CHECKING:
    from server.store import Store

LIU_TING = Who("liu", 0, frozenset({"moderator"}))
BAI_YU = Who("bai", 0, frozenset({"moderator"}))
QUESTION = uuid7(100)


async def asked(desks: Desks) -> int:
    body = {"type": "question.ask", "id": QUESTION, "kind": "ask", "text": "换物业要多少户同意？"}
    answer = await desks.give(RECORD, body, resident("田秀兰"))
    return int(answer["seq"])


def act(verb: str, **more: Any) -> dict[str, Any]:
    return {"type": f"question.{verb}", "id": QUESTION, **more}


async def test_sixty_four_supports_of_one_person_at_once_count_once(desks: Desks) -> None:
    await asked(desks)
    await desks.give(RECORD, act("approve"), LIU_TING)
    answers = await asyncio.gather(
        *(desks.give(RECORD, act("upvote", on=True), resident("马志成")) for _ in range(64))
    )
    assert all(answer["ok"] for answer in answers)
    assert (await desks.room(RECORD)).need(Score, QUESTION).voters == {"马志成"}
    await asyncio.gather(
        *(desks.give(RECORD, act("upvote", on=place % 2 == 0), resident("马志成")) for place in range(64))
    )
    facts = [type(entry.fact).__name__ for entry in await desks.entries(RECORD)]
    voters = (await desks.room(RECORD)).need(Score, QUESTION).voters
    assert len(voters) == facts.count("Upvoted") % 2


async def test_in_two_processes_one_act_counts_and_the_other_is_told(store: Store, desks: Desks) -> None:
    seen = await asked(desks)
    other = Desks(store, LocalBus())
    answers = await asyncio.gather(
        desks.give(RECORD, act("pin", seen=seen), LIU_TING),
        other.give(RECORD, act("hide", reason="rude", seen=seen), BAI_YU),
    )
    won = [answer["ok"] for answer in answers]
    assert sorted(won) == [False, True]
    refused = answers[won.index(False)]
    assert (refused["code"], refused["thing"]) == ("changed", f"question:{QUESTION}")
    await other.heard(RECORD, 10_000)
    for one in (desks, other):
        state = (await one.room(RECORD)).need(Question, QUESTION).state
        assert state == ("hidden" if won[1] else "queued")


async def test_what_one_process_wrote_another_takes_back_for_who_did_it(store: Store, desks: Desks) -> None:
    await asked(desks)
    answer = await desks.give(RECORD, act("hide", reason="rude"), LIU_TING)
    other = Desks(store, LocalBus())
    undo = {"type": "desk.undo", "thing": f"question:{QUESTION}", "of": answer["seq"]}
    assert (await other.give(RECORD, undo, BAI_YU))["code"] == "forbidden"
    first = await other.give(RECORD, undo, LIU_TING)
    assert first["ok"], first
    assert await other.give(RECORD, undo, LIU_TING) == first
    assert (await other.room(RECORD)).need(Question, QUESTION).state != "hidden"
