"""The desk: every command once, however writing fails; the room is what the record says."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import pytest

from meetings import Eye, new_room
from meetings.questions import Score
from server.live.bus import LocalBus
from server.live.desk import Change, Desks
from server.store import Store
from tests.server.conftest import RECORD, SECRETARY, resident, uuid7

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

ASKER = resident("田秀兰")
QUESTION = uuid7(100)


async def ask(desks: Desks, number: int = 100) -> None:
    body = {
        "type": "question.ask",
        "id": uuid7(number),
        "kind": "ask",
        "text": f"第{number}个问题，要多少户同意？",
    }
    answer = await desks.give(RECORD, body, ASKER)
    assert answer["ok"], answer


def upvote(on: bool = True) -> dict[str, Any]:
    return {"type": "question.upvote", "id": QUESTION, "on": on}


async def replayed(desks: Desks) -> dict[str, Any]:
    room = new_room(RECORD)
    for entry in await desks.entries(RECORD):
        room.apply(entry)
    return room.patch(0, Eye.STAFF)


async def test_a_command_is_answered_with_the_number_it_made_true(desks: Desks) -> None:
    before = (await desks.room(RECORD)).seq
    await ask(desks)
    assert (await desks.give(RECORD, upvote(), resident("马志成"))) == {"ok": True, "seq": before + 2}


async def test_a_command_sent_again_changes_nothing(desks: Desks) -> None:
    await ask(desks)
    first = await desks.give(RECORD, upvote(), resident("马志成"))
    again = await desks.give(RECORD, upvote(), resident("马志成"))
    assert first == again
    assert (await desks.room(RECORD)).need(Score, QUESTION).voters == {"马志成"}


async def test_a_refusal_is_an_answer_and_stores_nothing(desks: Desks) -> None:
    await ask(desks)
    before = len(await desks.entries(RECORD))
    assert await desks.give(RECORD, upvote(), ASKER) == {"ok": False, "code": "own_question"}
    assert (await desks.give(RECORD, {"type": "question.vanish"}, ASKER))["code"] == "unclear"
    assert (await desks.give("meeting:none", upvote(), ASKER))["code"] == "not_found"
    assert len(await desks.entries(RECORD)) == before


async def test_a_thousand_supports_at_once_count_once_each(desks: Desks) -> None:
    await ask(desks)
    people = [resident(f"p{place}") for place in range(500)]
    answers = await asyncio.gather(*(desks.give(RECORD, upvote(), who) for who in people for _ in range(2)))
    assert all(answer["ok"] for answer in answers)
    assert len((await desks.room(RECORD)).need(Score, QUESTION).voters) == 500
    assert await desks.store.records.verify(RECORD) == (await desks.room(RECORD)).seq


async def test_two_processes_share_one_record(store: Store, desks: Desks) -> None:
    await ask(desks)
    other = Desks(store, LocalBus())
    wishes = [
        which.give(RECORD, upvote(), resident(f"p{place}"))
        for place in range(200)
        for which in (desks, other)
    ]
    assert all(answer["ok"] for answer in await asyncio.gather(*wishes))
    for which in (desks, other):
        await (await which.desk(RECORD)).catch_up()
        assert len((await which.room(RECORD)).need(Score, QUESTION).voters) == 200
        assert (await which.room(RECORD)).patch(0, Eye.STAFF) == await replayed(desks)


@asynccontextmanager
async def failing(store: Store, *, after_commit: bool, at: int) -> AsyncIterator[None]:
    """Let the turns numbered `at` and above fail once, before or after what they wrote is committed."""
    honest = store.records.turn
    turns = 0

    @asynccontextmanager
    async def turn(record: str) -> AsyncIterator[Any]:
        nonlocal turns
        turns += 1
        if turns != at:
            async with honest(record) as held:
                yield held
            return
        async with honest(record) as held:
            yield held
            if not after_commit:
                raise OSError("the disk went away")
        raise OSError("the answer went away")

    store.records.turn = turn  # type: ignore[method-assign]
    try:
        yield
    finally:
        store.records.turn = honest  # type: ignore[method-assign]


@pytest.mark.parametrize("after_commit", [False, True], ids=["before commit", "after commit"])
@pytest.mark.parametrize("at", [1, 2, 3, 5])
async def test_a_failed_write_loses_and_doubles_nothing(
    store: Store, desks: Desks, at: int, *, after_commit: bool
) -> None:
    await ask(desks)

    async def support(who: Any) -> None:
        for _ in range(20):
            if (await desks.give(RECORD, upvote(), who))["ok"]:
                return
        raise AssertionError("never answered well")

    async with failing(store, after_commit=after_commit, at=at):
        for turn in range(5):
            await asyncio.gather(*(support(resident(f"t{turn}p{place}")) for place in range(8)))
    room = await desks.room(RECORD)
    assert len(room.need(Score, QUESTION).voters) == 40
    assert len([1 for entry in await desks.entries(RECORD) if type(entry.fact).__name__ == "Upvoted"]) == 40
    assert room.patch(0, Eye.STAFF) == await replayed(desks)


async def test_nothing_is_told_before_it_is_committed(store: Store, desks: Desks) -> None:
    told: list[Change] = []
    desks.on_change(told.append)
    async with failing(store, after_commit=False, at=1):
        answer = await desks.give(
            RECORD, {"type": "question.ask", "id": QUESTION, "kind": "ask", "text": "会丢吗"}, ASKER
        )
    assert answer == {"ok": False, "code": "busy"}
    assert told == []
    assert await replayed(desks) == (await desks.room(RECORD)).patch(0, Eye.STAFF)


async def test_a_full_disk_is_said_to_be_full(store: Store, desks: Desks) -> None:
    honest = store.records.turn

    @asynccontextmanager
    async def turn(record: str) -> AsyncIterator[Any]:
        async with honest(record) as held:
            yield held
            raise OSError(28, "No space left on device")

    store.records.turn = turn  # type: ignore[method-assign]
    answer = await desks.give(RECORD, {"type": "meeting.set", "venue": "广场"}, SECRETARY)
    assert answer == {"ok": False, "code": "storage_full"}
    store.records.turn = honest  # type: ignore[method-assign]
    assert (await desks.give(RECORD, {"type": "meeting.set", "venue": "广场"}, SECRETARY))["ok"]


async def test_time_never_goes_back_within_a_record(store: Store) -> None:
    clock = [5_000]
    desks = Desks(store, LocalBus(), clock=lambda: clock[0])
    await desks.create(RECORD, "c1")
    await desks.give(RECORD, {"type": "meeting.set", "title": "一"}, SECRETARY)
    clock[0] = 1_000
    await desks.give(RECORD, {"type": "meeting.set", "title": "二"}, SECRETARY)
    assert [entry.at for entry in await desks.entries(RECORD)] == [5_000, 5_000]


async def test_who_leaves_before_the_answer_does_not_stop_the_command(desks: Desks) -> None:
    await ask(desks)
    leaving = asyncio.create_task(desks.give(RECORD, upvote(), resident("马志成")))
    await asyncio.sleep(0)
    leaving.cancel()
    with pytest.raises(asyncio.CancelledError):
        await leaving
    await desks.give(RECORD, upvote(), resident("纳秀芳"))
    assert (await desks.room(RECORD)).need(Score, QUESTION).voters == {"马志成", "纳秀芳"}


async def test_the_list_of_meetings_follows_the_record(desks: Desks) -> None:
    await desks.give(RECORD, {"type": "meeting.set", "title": "第二次议事会"}, SECRETARY)
    cards = await desks.store.register.meetings("c1")
    assert [(card["record"], card["title"], card["phase"]) for card in cards] == [
        (RECORD, "第二次议事会", "lobby")
    ]
