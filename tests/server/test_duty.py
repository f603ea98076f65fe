"""Duty over the wire: a desk that is gone too long loosens nothing, a restart and another process know it as well."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, Any

import pytest

from meetings import Eye, Who
from meetings.duty import review_of
from server import config
from server.app import running
from server.live.attendance import Attendance
from server.live.bus import RedisBus
from server.live.desk import Desks
from server.live.feed import Feed
from tests.crowd.ways import uuid7
from tests.crowd.wire import Line
from tests.engines import eventually
from tests.server.conftest import RECORD, SECRETARY
from tests.server.hall import WATCHES, cookie_of, live_town, moderator_cookie
from tests.town import Town

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from server.store import Store

AWAY = 1.5
TALKS = Who("r-tian", 0, frozenset({"resident"}), {"real": "田秀兰"})
LOOSE = {"type": "review.switch", "texts": "comments", "voice": "resident", "mode": "after"}


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[Town]:
    async with live_town(tmp_path, {"SUN_DUTY_AWAY_SECONDS": str(AWAY)}) as made:
        yield made


@asynccontextmanager
async def desk(place: Town, page: str = "desk") -> AsyncIterator[Line]:
    """A moderator's socket that draws this screen."""
    line = Line(place.parts.base_url, await moderator_cookie(place))
    line.decode = True
    await line.open()
    assert (await line.call("join", {"record": place.record, "since": 0, "page": page}))["ok"]
    yield line
    line.close()


async def reviewing(place: Town) -> dict[str, Any]:
    room = await place.parts.desks.room(place.record)
    return review_of(room).seen_by(Eye.STAFF) or {}


async def watchers(place: Town) -> list[str]:
    return [one["person"] for one in (await reviewing(place)).get("watch", [])]


def comment(place: Town) -> dict[str, Any]:
    return {"record": place.record, "type": "comment.post", "id": uuid7(), "text": "画面清楚"}


async def test_whoever_has_no_desk_open_is_off_duty_after_the_stated_time_and_whoever_has_stays(
    town: Town,
) -> None:
    assert await watchers(town) == ["watches"]
    async with desk(town) as line:
        assert (await line.call("do", {"record": town.record, "type": "duty.begin"}))["ok"]
        me = next(person for person in await watchers(town) if person != "watches")
        assert (await line.call("do", {"record": town.record, **LOOSE}))["ok"]
        await eventually(lambda: _is(watchers(town), [me]), what="the absent one going off duty")
        assert (await reviewing(town))["comments"]["resident"] == "after"
    await eventually(lambda: _is(watchers(town), []), what="the other one going off duty")
    told = await reviewing(town)
    assert (told["comments"]["resident"], told["cause"], told["name"]) == ("before", "away", "")
    resident = Line(town.parts.base_url, await cookie_of(town))
    await resident.open()
    assert (await resident.call("do", comment(town)))["ok"]
    assert (await town.parts.desks.entries(town.record))[-1].fact.review is True
    resident.close()


async def test_another_page_of_the_same_person_is_no_desk(town: Town) -> None:
    async with desk(town, page="") as line:
        assert (await line.call("do", {"record": town.record, "type": "duty.begin"}))["ok"]
        await eventually(lambda: _is(watchers(town), []), what="going off duty")


async def test_duty_ended_in_another_tab_is_ended_in_this_one(town: Town) -> None:
    async with desk(town) as one:
        cookie = one.cookie
        other = Line(town.parts.base_url, cookie)
        await other.open()
        assert (await one.call("do", {"record": town.record, "type": "duty.begin"}))["ok"]
        await eventually(lambda: _few(watchers(town)), what="the absent one going")
        assert (await other.call("do", {"record": town.record, "type": "duty.end"}))["ok"]
        assert await watchers(town) == []
        again = await one.call("do", {"record": town.record, "type": "duty.end"})
        assert again["ok"], "ending twice is ending once"
        other.close()


async def test_after_a_restart_nobody_who_stays_away_is_on_duty(tmp_path: Path) -> None:
    words = {"SUN_DUTY_AWAY_SECONDS": str(AWAY)}
    async with live_town(tmp_path, words) as place:
        # Before anybody could be missed: the process goes down with a moderator on duty.
        record = place.record
        assert await watchers(place) == ["watches"]
        port = place.parts.port
    async with running(config.load({"data": tmp_path, "port": port, "empty": True}, words)) as parts:
        line = Line(parts.base_url)
        await line.open()
        await line.join(record)
        assert review_of(await parts.desks.room(record)).on_duty

        async def gone() -> bool:
            return not review_of(await parts.desks.room(record)).on_duty

        await eventually(gone, what="falling back")
        assert review_of(await parts.desks.room(record)).cause == "away"
        line.close()


async def test_a_process_without_the_desk_hears_of_it_from_the_one_that_has_it(
    store: Store, redis_url: str
) -> None:
    here, there = RedisBus(redis_url), RedisBus(redis_url)
    desks = [Desks(store, here), Desks(store, there)]
    halls = [
        Attendance(one, Feed(one, high=10_000), bus, away=AWAY, alone=False)
        for one, bus in zip(desks, (here, there), strict=True)
    ]
    for bus, one, hall in zip((here, there), desks, halls, strict=True):
        await bus.start(one.heard, hall.breathed)
        await hall.start()
    await desks[0].create(RECORD, "c1")
    opening = ({"type": "meeting.set", "title": "议事会"}, {"type": "duty.begin"})
    for command in opening:
        assert (await desks[0].give(RECORD, command, SECRETARY))["ok"]
    assert (await desks[1].give(RECORD, {"type": "duty.begin"}, WATCHES))["ok"]

    async def at_the_desk() -> None:
        while True:
            halls[0].seen(RECORD, SECRETARY.person)
            await asyncio.sleep(0.1)

    sitting = asyncio.create_task(at_the_desk())

    async def on_duty() -> list[str]:
        return [one.person for one in review_of(await desks[1].room(RECORD)).on_duty]

    try:
        await eventually(lambda: _is(on_duty(), [SECRETARY.person]), what="the absent one going off duty")
        sitting.cancel()
        await eventually(lambda: _is(on_duty(), []), what="the other one going off duty")
    finally:
        sitting.cancel()
        with suppress(asyncio.CancelledError):
            await sitting
        for bus, one, hall in zip((here, there), desks, halls, strict=True):
            await hall.stop()
            await one.stop()
            await bus.stop()


async def test_without_the_others_word_nobody_is_judged(store: Store) -> None:
    deaf = RedisBus("redis://127.0.0.1:1/0")
    made = Desks(store, deaf)
    hall = Attendance(made, Feed(made, high=10_000), deaf, away=0.01, alone=False)
    await made.create(RECORD, "c1")
    who: Who = SECRETARY
    for command in ({"type": "meeting.set", "title": "议事会"}, {"type": "duty.begin"}):
        assert (await made.give(RECORD, command, who))["ok"]
    for _ in range(3):
        async with made.reading(RECORD) as room:
            assert hall._gone(room) == []
        await asyncio.sleep(0.02)


async def test_a_meeting_removed_under_duty_keeps_nobody_else_from_being_judged_and_only_the_watch_is_remembered(
    store: Store,
) -> None:
    bus = RedisBus("redis://127.0.0.1:1/0")
    made = Desks(store, bus)
    hall = Attendance(made, Feed(made, high=10_000), bus, away=0.4, alone=True)
    records = [RECORD, "meeting:01890000-0000-7000-8000-0000000000ee"]
    for record in records:
        await made.create(record, "c1")
        sample = record == records[1]
        for command in ({"type": "meeting.set", "title": "议事会", "sample": sample}, {"type": "duty.begin"}):
            assert (await made.give(record, command, SECRETARY))["ok"]
    assert (await made.give(RECORD, {"type": "person.show_as", "way": "real"}, TALKS))["ok"]
    assert {person for _, person in hall._here} == {SECRETARY.person}
    await made.remove(records[1])

    async def on_duty() -> list[str]:
        return [one.person for one in review_of(await made.room(RECORD)).on_duty]

    await hall.start()
    try:
        await eventually(lambda: _is(on_duty(), []), what="the one left being judged")
        await eventually(lambda: _is(_records(hall), set()), what="the removed meeting being forgotten")
    finally:
        await hall.stop()


async def _records(hall: Attendance) -> set[str]:
    return hall._watched


async def _is(asked: Any, expected: object) -> bool:
    return bool(await asked == expected)


async def _few(asked: Any) -> bool:
    return len(await asked) == 1
