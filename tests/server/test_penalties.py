"""Order over the wire: who can be reached, many at once, and a term that the next meeting knows."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from meetings import Eye
from server.terms import carry
from tests.crowd.ways import uuid7
from tests.engines import eventually
from tests.server.hall import ask
from tests.town import town

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from tests.town import Browser, Town

DAY = 86_400_000
ROOMY = dict.fromkeys(
    ("SUN_LIMIT_QUESTIONS", "SUN_LIMIT_COMMANDS", "SUN_LIMIT_REQUESTS", "SUN_LIMIT_COMMENTS"), "1000/1"
)


@pytest.fixture(scope="module")
async def place(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Town]:
    """A town whose meeting takes questions and comments unreviewed."""
    from tests.server.hall import live_town

    async with live_town(tmp_path_factory.mktemp("order"), ROOMY) as made:
        yield made


async def at_home(place: Town, number: str) -> Browser:
    """A browser of a resident whose unit is proved."""
    return await place.joined(number, code=await place.code(number))


async def staff(
    place: Town, role: str = "moderator", name: str = "柳婷", record: str | None = None
) -> Browser:
    """A browser of somebody of the staff."""
    browser = place.browser()
    url = await place.invited(role, name=name, **({"record": record} if record else {}))
    assert (await browser.enter(url))[0] == 200
    return browser


async def give(place: Town, browser: Browser, word: str, record: str | None = None, **fields: Any) -> Any:
    """A command by POST; its answer."""
    path = f"/api/records/{record or place.record}/commands"
    return (await browser.post(path, {"type": word, **fields}))[1]


async def own(place: Town, browser: Browser, record: str | None = None) -> dict[str, Any]:
    """What a browser is told of its own."""
    return dict((await browser.get(f"/api/records/{record or place.record}/changes?since=0"))[1]["own"])


def told(own_things: dict[str, Any]) -> list[str]:
    """The words of somebody's 消息, the oldest first."""
    found = [one for name, one in own_things.items() if name.startswith("message:")]
    return [one["word"] for one in sorted(found, key=lambda one: (one["at"], one["id"]))]


async def asked(place: Town, browser: Browser) -> str:
    own_id = uuid7()
    body = {name: value for name, value in ask(place, own_id=own_id).items() if name != "record"}
    assert (await browser.post(f"/api/records/{place.record}/commands", body))[1]["ok"]
    return own_id


async def second_meeting(place: Town) -> str:
    """Another meeting of the same community, announced."""
    admin = await place.admin()
    wish = {
        "estate": place.estate,
        "title": "第二轮议事会",
        "starts_at": place.parts.clock() + 600_000,
        "venue": "三楼",
    }
    status, made = await admin.post("/api/admin/meetings", wish | {"settings": {"notice": "本场直播。"}})
    assert status == 200, made
    record = str(made["record"])
    agenda = {"id": uuid7(), "kind": "opening", "title": "开场", "minutes": 5}
    for word, fields in (
        ("agenda.add", agenda),
        ("meeting.set", {"review_questions": "before"}),
        ("meeting.announce", {}),
    ):
        answer = await give(place, admin, word, record, **fields)
        assert answer["ok"], answer
    return record


async def test_only_people_of_the_community_are_in_reach_and_no_standing_roles(place: Town) -> None:
    moderator, admin = await staff(place), await place.admin()
    nobody = await give(place, moderator, "person.mute", person="nobody-at-all", reason="rude")
    assert nobody["code"] == "not_found"
    about = (await admin.me(place.record))["person"]
    for word, more in (("person.mute", {}), ("person.warn", {}), ("person.slow", {"seconds": 9})):
        refused = await give(place, moderator, word, person=about, reason="rude", **more)
        assert (refused["code"], refused.get("why")) == ("forbidden", "staff"), word


async def test_the_muted_hear_it_at_once_go_on_voting_and_find_it_under_their_messages(
    place: Town, open_line: Any
) -> None:
    resident, moderator = await at_home(place, "1-1-101"), await staff(place)
    other = await asked(place, await at_home(place, "1-1-102"))
    line = await open_line("; ".join(f"{name}={value}" for name, value in resident.cookies.items()))
    person = (await resident.me(place.record))["person"]
    answer = await give(place, moderator, "person.mute", person=person, reason="flooding", until=None)
    assert answer["ok"]
    await eventually(
        lambda: any(name == "own" and body["set"].get("mine", {}).get("muted") for name, body in line.heard),
        what="the mute",
    )
    refused = await give(place, resident, "comment.post", id=uuid7(), text="凭什么")
    assert (refused["code"], refused["reason"], refused["until"]) == ("muted", "flooding", None)
    assert (await give(place, resident, "question.upvote", id=other))["ok"]
    assert told(await own(place, resident)) == ["mute"]
    penalty = next(name for name in await own(place, resident) if name.startswith("penalty:")).partition(":")[
        2
    ]
    assert (await give(place, resident, "penalty.appeal", id=penalty, text="没有刷屏"))["ok"]
    assert (await give(place, moderator, "penalty.decide", id=penalty, outcome="upheld", answer="好"))[
        "why"
    ] == "appeal"
    other_one = await staff(place, name="白宇")
    assert (await give(place, other_one, "penalty.decide", id=penalty, outcome="upheld", answer="误判"))["ok"]
    assert told(await own(place, resident)) == ["mute", "appealed", "appeal_upheld"]
    assert (await give(place, resident, "comment.post", id=uuid7(), text="谢谢"))["ok"]


async def test_sixty_four_reports_of_one_person_at_once_are_one(place: Town) -> None:
    author, reader = await at_home(place, "1-1-201"), await at_home(place, "1-1-202")
    moderator = await staff(place)
    question, comment = await asked(place, author), uuid7()
    assert (await give(place, author, "comment.post", id=comment, text="大家都来看看我家的店"))["ok"]
    for noun, own_id in (("question", question), ("comment", comment)):
        wishes = [give(place, reader, f"{noun}.report", id=own_id, reason="advert") for _ in range(64)]
        answers = await asyncio.gather(*wishes)
        assert all(answer["ok"] for answer in answers), answers[0]
        room = await place.parts.desks.room(place.record)
        seen = room.patch(0, Eye.STAFF)[f"{noun}:{own_id}"]
        assert (seen["reports"], seen["report_kinds"]) == (1, {"advert": 1})
    assert (await give(place, moderator, "question.keep", id=question))["ok"]
    assert told(await own(place, reader)) == ["report_kept"]


async def test_of_sixty_four_appeals_at_once_one_counts(place: Town) -> None:
    author, moderator = await at_home(place, "1-1-301"), await staff(place)
    question = await asked(place, author)
    assert (await give(place, moderator, "question.hide", id=question, reason="rude"))["ok"]
    wishes = [give(place, author, "question.appeal", id=question, text=f"没骂人 {n}") for n in range(64)]
    answers = await asyncio.gather(*wishes)
    assert sum(answer["ok"] for answer in answers) == 1
    assert {answer.get("code") for answer in answers} == {None, "wrong_state"}
    assert told(await own(place, author)) == ["question_hidden", "appealed"]


async def test_a_term_is_known_to_the_next_meeting_its_desk_and_its_door(tmp_path: Path) -> None:
    async with town(tmp_path, environment=ROOMY) as place:
        first, second = place.record, await second_meeting(place)
        resident = await at_home(place, "3-1-501")
        person = (await resident.me(first))["person"]
        one, two = await staff(place), await staff(place, "host", "苏敏")
        term, until = uuid7(), place.parts.clock() + 30 * DAY
        propose = {"id": term, "person": person, "reason": "多场辱骂他人，提醒、禁言后仍不改", "until": until}
        assert (await give(place, one, "penalty.propose", **propose))["ok"]
        assert (await give(place, one, "penalty.confirm", id=term))["why"] == "second"
        assert (await give(place, resident, "question.ask", second, **wish_to_ask()))["ok"]
        assert (await give(place, two, "penalty.confirm", id=term))["ok"]

        async def knows(record: str) -> bool:
            return f"penalty:{term}" in await own(place, resident, record)

        await eventually(lambda: knows(second), what="the other meeting's knowledge of the term")
        refused = await give(place, resident, "question.ask", second, **wish_to_ask())
        assert (refused["code"], refused["until"]) == ("muted", until)
        assert told(await own(place, resident, second)) == ["term"]

        third = await second_meeting(place)
        await eventually(lambda: knows(third), what="a meeting announced later")
        desk = await staff(place, "moderator", "白宇", third)
        seen = (await desk.get(f"/api/records/{third}/changes?since=0"))[1]["set"][f"penalty:{term}"]
        assert (seen["elsewhere"], seen["reason"], len(seen["by"])) == (True, propose["reason"], 2)

        assert (await give(place, resident, "penalty.appeal", second, id=term, text="期限太长"))["ok"]

        async def spent(record: str) -> bool:
            return not (await own(place, resident, record))[f"penalty:{term}"]["may_appeal"]

        await eventually(lambda: spent(third), what="one appeal for all meetings")
        assert (await give(place, resident, "penalty.appeal", first, id=term, text="再说一次"))[
            "code"
        ] == "wrong_state"
        assert (await give(place, desk, "penalty.lift", third, id=term, reason="已当面道歉"))["ok"]

        async def free(record: str) -> bool:
            return bool((await give(place, resident, "question.ask", record, **wish_to_ask()))["ok"])

        for record in (first, second, third):
            await eventually(lambda record=record: free(record), what="the word given back")
        before = {record: (await place.parts.desks.room(record)).seq for record in (first, second, third)}
        await carry(place.parts.desks, place.community)
        assert before == {record: (await place.parts.desks.room(record)).seq for record in before}


async def test_a_term_is_told_at_the_next_start_where_nobody_could_be_told_before(tmp_path: Path) -> None:
    async with town(tmp_path, environment=ROOMY) as place:
        first, second = place.record, await second_meeting(place)
        resident = await at_home(place, "3-1-501")
        person = (await resident.me(first))["person"]
        one, two = await staff(place), await staff(place, "host", "苏敏")
        term, until = uuid7(), place.parts.clock() + 30 * DAY
        propose = {"id": term, "person": person, "reason": "多场辱骂他人", "until": until}
        assert (await give(place, one, "penalty.propose", **propose))["ok"]
        desks = place.parts.desks
        # A process that dies between the commit and the errand: nobody hears of the change.
        desks._listeners.clear()
        assert (await give(place, two, "penalty.confirm", id=term))["ok"]
        assert f"penalty:{term}" not in await own(place, resident, second)
        assert await place.parts.store.terms.communities(place.parts.clock()) == [place.community]
        await carry(desks, place.community)
        assert f"penalty:{term}" in await own(place, resident, second)


def wish_to_ask() -> dict[str, Any]:
    """A fresh question, as the fields of a command."""
    return {"id": uuid7(), "kind": "ask", "text": "换物业要多少户同意？"}
