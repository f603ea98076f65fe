"""Polls over the wire: who answers what, and until when, with viewers who tell how late their picture is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from meetings import Eye
from meetings.polls import DELAY_MOST
from server.live.quality import FORGET_SECONDS, Quality, Reports
from tests.crowd.ways import uuid7
from tests.engines import eventually
from tests.server.hall import Open, cookie_of, moderator_cookie

if TYPE_CHECKING:
    from tests.crowd.wire import Line
    from tests.town import Town

MINUTE = 60_000


def watching(behind_ms: int, how: str = "picture") -> dict[str, Any]:
    """What a player tells of itself."""
    return {"how": how, "stalls": 0, "behind_ms": behind_ms, "buffer_s": 3.0}


class Hall:
    """A council on the wire and its moderator's line."""

    def __init__(self, place: Town, desk: Line) -> None:
        self.place, self.desk = place, desk

    async def do(self, line: Line, word: str, **fields: Any) -> dict[str, Any]:
        return await line.call("do", {"record": self.place.record, "type": word} | fields)

    async def poll(self, **fields: Any) -> str:
        """Prepare and open one."""
        own_id = uuid7()
        asked = {"id": own_id, "question": "车棚放北侧好不好？", "options": ["好", "不好"]} | fields
        assert (await self.do(self.desk, "poll.draft", **asked))["ok"]
        assert (await self.do(self.desk, "poll.open", id=own_id))["ok"]
        return own_id

    async def sees(self, own_id: str) -> dict[str, Any]:
        seen = (await self.place.parts.desks.room(self.place.record)).patch(0, Eye.PUBLIC)[f"poll:{own_id}"]
        assert seen is not None
        return seen

    async def tells(self, line: Line, behind_ms: int, how: str = "picture") -> None:
        answer = await line.call("air", {"record": self.place.record, "quality": watching(behind_ms, how)})
        assert answer == {"ok": True}

    async def waits(self, own_id: str, minutes: int, delay_ms: int) -> None:
        """The poll closes after its minutes and this delay."""

        async def settled() -> bool:
            seen = await self.sees(own_id)
            return bool(seen["closes_at"] == seen["opened_at"] + minutes * MINUTE + delay_ms)

        await eventually(settled)


async def hall_of(place: Town, open_line: Open) -> Hall:
    return Hall(place, await open_line(await moderator_cookie(place)))


async def test_a_timed_poll_waits_for_the_slowest_viewer_and_tells_everybody_until_when(
    place: Town, open_line: Open
) -> None:
    hall = await hall_of(place, open_line)
    near, far = await open_line(), await open_line()
    await hall.tells(near, 2_500)
    await hall.tells(far, 9_400)
    own_id = await hall.poll(minutes=3)
    await hall.waits(own_id, 3, 10_000)
    closes_at = (await hall.sees(own_id))["closes_at"]

    def told(line: Line) -> bool:
        patches = [body["set"].get(f"poll:{own_id}") for name, body in line.heard if name == "patch"]
        return any(one and one["closes_at"] == closes_at for one in patches)

    for line in (near, far, hall.desk):
        await eventually(lambda line=line: told(line))


async def test_who_falls_behind_just_after_the_opening_is_waited_for(place: Town, open_line: Open) -> None:
    hall = await hall_of(place, open_line)
    viewer = await open_line()
    own_id = await hall.poll(minutes=1)
    assert (await hall.sees(own_id))["delay_ms"] == 0
    await hall.tells(viewer, 20_100)
    await hall.waits(own_id, 1, 21_000)


async def test_a_viewer_who_lies_or_looks_back_or_is_gone_holds_nothing_open(
    place: Town, open_line: Open
) -> None:
    hall = await hall_of(place, open_line)
    honest, liar, still, gone = [await open_line() for _ in range(4)]
    await hall.tells(honest, 3_000)
    await hall.tells(liar, 86_400_000)
    await hall.tells(still, 50_000, "none")
    await hall.tells(gone, 40_000)
    gone.close()
    slowest = hall.place.parts.air.slowest
    await eventually(lambda: slowest(hall.place.record, DELAY_MOST) == 3_000)
    own_id = await hall.poll(minutes=2)
    await hall.waits(own_id, 2, 3_000)


async def test_nobody_but_the_platform_moves_a_close(place: Town, open_line: Open) -> None:
    hall = await hall_of(place, open_line)
    resident = await open_line(await cookie_of(place))
    own_id = await hall.poll(minutes=2)
    for line in (resident, hall.desk):
        assert (await hall.do(line, "poll.allow", id=own_id, ms=60_000))["code"] == "forbidden"


async def test_an_answer_of_several_and_one_on_a_scale_come_over_the_wire(
    place: Town, open_line: Open
) -> None:
    hall = await hall_of(place, open_line)
    resident = await open_line(await cookie_of(place))
    several = await hall.poll(options=["灯", "门", "井盖"], sort="multiple", most=2)
    for wrong in ([0, 0], [0, 1, 2], [3], 0, [], ["0"], None, [0.5], [True]):
        answer = await hall.do(resident, "poll.answer", id=several, choice=wrong)
        assert answer["code"] in {"unclear", "too_large", "too_fast"}, (wrong, answer)
    stars = {"low": 1, "high": 5, "low_words": "很不满意", "high_words": "很满意"}
    scale = await hall.poll(options=[], sort="scale", scale=stars)
    neighbour = await open_line(await cookie_of(place, "1-1-102"))
    assert (await hall.do(neighbour, "poll.answer", id=several, choice=[2, 0]))["ok"]
    assert (await hall.do(neighbour, "poll.answer", id=scale, choice=6))["code"] == "unclear"
    assert (await hall.do(neighbour, "poll.answer", id=scale, choice=5))["ok"]
    for own_id in (several, scale):
        assert (await hall.do(hall.desk, "poll.close", id=own_id))["ok"]
    assert (await hall.sees(several))["counts"] == [1, 0, 1]
    assert (await hall.sees(scale))["mean"] == 500


async def test_a_poll_of_another_meeting_is_not_found(place: Town, open_line: Open) -> None:
    hall = await hall_of(place, open_line)
    resident = await open_line(await cookie_of(place, "2-1-301"))
    assert (await hall.do(resident, "poll.answer", id=uuid7(), choice=0))["code"] == "not_found"
    hands = await hall.do(hall.desk, "poll.count_hands", id=uuid7(), round=1, hands=[1, 2])
    assert hands["code"] == "not_found"


async def test_one_persons_count_of_hands_is_told_to_nobody(place: Town, open_line: Open) -> None:
    hall = await hall_of(place, open_line)
    other = await open_line(await moderator_cookie(place))
    own_id = await hall.poll(live=True)
    hands = {"id": own_id, "round": 1, "hands": [1234, 7]}
    assert (await hall.do(hall.desk, "poll.count_hands", **hands))["ok"]
    await eventually(lambda: any(f"poll:{own_id}" in str(body) for _, body in other.heard))
    assert not any("1234" in str(body) for _, body in other.heard)
    assert (await hall.do(other, "poll.count_hands", **hands))["ok"]
    assert (await hall.sees(own_id))["hands"]["column"]["counts"] == [1234, 7]
    assert (await hall.sees(own_id))["counts"] == [0, 0]


def test_a_dead_viewer_is_forgotten_and_a_late_one_is_known() -> None:
    reports = Reports()
    reports.take("dead", Quality("picture", 0, 50_000, 1), 0)
    reports.take("late", Quality("sound", 0, 8_000, 1), FORGET_SECONDS)
    reports.take("far", Quality("picture", 0, DELAY_MOST + 1, 1), FORGET_SECONDS)
    assert reports.slowest(FORGET_SECONDS - 1, DELAY_MOST) == 50_000
    assert reports.slowest(FORGET_SECONDS + 1, DELAY_MOST) == 8_000
    assert Reports().slowest(0, DELAY_MOST) == 0
