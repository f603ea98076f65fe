"""The simulated evening: drawn from a seed, played through the real door."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest

from server import sample
from server.app import running
from server.config import load
from server.ids import new_id
from server.sample import crew as crew_module
from server.sample import demo
from server.sample.cast import Cast
from server.sample.community import AT_HAND, PAST
from server.sample.evening import COMMENTS, QUESTIONS, ROUND_SECONDS, SAME, plan
from server.sample.programme import read_council
from server.sample.visitor import Turned, Visitor

pytestmark = pytest.mark.long

WAIT_SECONDS = 30.0


def test_the_same_seed_gives_the_same_evening() -> None:
    assert plan(7, 20) == plan(7, 20)
    assert plan(7, 20) != plan(8, 20)


def test_nobody_does_anything_before_arriving_or_after_leaving() -> None:
    here: set[int] = set()
    for act in plan(2026, 24):
        if act.what == "arrive":
            here.add(act.person)
        elif act.what == "leave":
            here.remove(act.person)
        else:
            assert act.person in here, act
    assert not here


def test_people_leave_and_come_back_and_do_all_there_is_to_do() -> None:
    acts = plan(2026, 24)
    arrivals = [act.person for act in acts if act.what == "arrive"]
    assert len(arrivals) > len(set(arrivals))
    assert {act.what for act in acts} == {
        "arrive",
        "leave",
        "ask",
        "support",
        "waver",
        "comment",
        "applaud",
        "answer",
    }
    assert sorted(act.number for act in acts if act.what == "ask") == list(range(len(QUESTIONS)))
    assert acts == sorted(acts)
    assert acts[-1].at <= ROUND_SECONDS


def test_two_of_the_questions_ask_the_same_and_all_fit_the_rules() -> None:
    assert all(earlier < later < len(QUESTIONS) for earlier, later in SAME)
    assert max(map(len, (*QUESTIONS, *COMMENTS))) <= 200


@pytest.fixture
async def parts(tmp_path: Path) -> AsyncIterator[Any]:
    """The whole server on a free port with the sample in it, its recording left out."""
    settings = load({"data": tmp_path, "port": 0}, {})
    async with running(settings) as made:
        await sample.seed(made)
        await sample.stop(made)
        yield made


async def visitor(parts: Any, person: str) -> Visitor:
    value = await parts.accounts.open_session(person, parts.clock())
    return Visitor(parts.base_url, AT_HAND, f"{parts.accounts.cookie_name(False)}={value}")


async def until(what: Any) -> None:
    async with asyncio.timeout(WAIT_SECONDS):
        while not what():  # noqa: ASYNC110 - the room changes by patches
            await asyncio.sleep(0.05)


async def test_a_visitor_asks_and_others_see_it_once_it_is_approved(parts: Any) -> None:
    cast = Cast(read_council())
    async with AsyncExitStack() as stack:
        asker, other, moderator = [
            await stack.enter_async_context(await visitor(parts, cast.id_of(name)))
            for name in ("小陈", "三宝妈", "P02")
        ]
        for one in (asker, other, moderator):
            await one.arrive()
        own = new_id()
        name = f"question:{own}"
        asked = await asker.do("question.ask", id=own, kind="ask", text="合同草案在哪里能看到？")
        assert asked["ok"]
        await until(lambda: name in moderator.room)
        assert name not in other.room
        assert (await moderator.do("question.approve", id=own))["ok"]
        await until(lambda: name in other.room)
        assert (await other.do("question.upvote", id=own, on=True))["ok"]
        await until(lambda: asker.votes(own) == 1)
        refused = await asker.do("question.upvote", id=own, on=True)
        assert refused == {"ok": False, "code": "own_question"}


async def test_a_visitor_leaves_and_comes_back_to_the_same_room(parts: Any) -> None:
    async with await visitor(parts, Cast(read_council()).id_of("小陈")) as one:
        await one.arrive()
        before = dict(one.room)
        await one.leave()
        assert not one.here
        assert (await one.do("comment.post", id=new_id(), text="在吗"))["code"] == "unsent"
        await one.arrive()
        assert one.room == before


async def test_a_visitor_without_a_session_watches_and_may_not_speak(parts: Any) -> None:
    async with Visitor(parts.base_url, AT_HAND, "") as guest:
        await guest.arrive()
        assert guest.room["meeting"]["phase"] == "announced"
        assert (await guest.do("comment.post", id=new_id(), text="在吗"))["code"] == "forbidden"


async def test_a_visitor_to_a_record_that_is_not_there_is_turned_away(parts: Any) -> None:
    async with Visitor(parts.base_url, f"meeting:{new_id()}", "") as guest:
        with pytest.raises(Turned, match="not_found"):
            await guest.arrive()


async def test_the_demo_opens_the_meeting_and_keeps_it_going_until_it_is_ended(
    parts: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Thirty times as fast as for people, with a short loop; the same parts."""
    for name in ("REVIEW_SECONDS", "BETWEEN_SECONDS", "ANSWER_SECONDS"):
        monkeypatch.setattr(crew_module, name, getattr(crew_module, name) / 30)
    monkeypatch.setattr(demo, "LOOP_SECONDS", 15)
    slow = demo.live
    monkeypatch.setattr(demo, "live", lambda audience: slow(audience, 30.0))
    playing = asyncio.create_task(demo.play(parts, {"record": AT_HAND}))
    async with await visitor(parts, Cast(read_council()).id_of("P01")) as host:
        await host.arrive()

        def states() -> set[str]:
            return {question["state"] for question in host.all("question")}

        await until(lambda: host.room["meeting"]["phase"] == "live")
        await until(lambda: (host.room.get("stream") or {}).get("state") == "live")
        await until(lambda: "answered" in states())
        await until(lambda: host.all("comment") and host.all("answer"))
        assert (await host.do("meeting.end"))["ok"]
        await asyncio.wait_for(playing, WAIT_SECONDS)


async def test_the_demo_does_not_touch_a_meeting_that_is_not_the_samples(parts: Any) -> None:
    await asyncio.wait_for(demo.play(parts, {"record": f"meeting:{new_id()}"}), 1)
    async with parts.desks.reading(AT_HAND) as room:
        assert room.phase == "announced"


async def test_a_demo_after_one_that_was_ended_begins_again_and_keeps_the_past(tmp_path: Path) -> None:
    settings = load({"data": tmp_path, "port": 0}, {})
    async with running(settings) as parts:
        await sample.seed(parts)
        await sample.stop(parts)
        host = Cast(read_council())["P01"]
        for word in ("meeting.open_lobby", "meeting.start", "meeting.end"):
            assert (await parts.desks.give(AT_HAND, {"type": word}, host.who(parts.clock())))["ok"]
    await demo.renew(settings)
    async with running(settings) as parts:
        assert await sample.seed(parts) == (AT_HAND, PAST)
        await sample.stop(parts)
        async with parts.desks.reading(AT_HAND) as room:
            assert room.phase == "announced"
        async with parts.desks.reading(PAST) as room:
            assert room.phase == "published"


async def test_a_demo_begun_and_not_ended_goes_on(tmp_path: Path) -> None:
    settings = load({"data": tmp_path, "port": 0}, {})
    async with running(settings) as parts:
        await sample.seed(parts)
        await sample.stop(parts)
        host = Cast(read_council())["P01"]
        await parts.desks.give(AT_HAND, {"type": "meeting.open_lobby"}, host.who(parts.clock()))
    await demo.renew(settings)
    async with running(settings) as parts, parts.desks.reading(AT_HAND) as room:
        assert room.phase == "lobby"
