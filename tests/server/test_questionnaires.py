"""A questionnaire over the wire: who may read what, from the letter's code to the item of the meeting."""

from __future__ import annotations

import asyncio
import json
import re
from typing import TYPE_CHECKING, Any

import pytest

from meetings.docket.questionnaires import Questionnaire
from meetings.findings import Findings
from server import dockets
from server.errands import Errands
from server.findings import bring
from tests.crowd.ways import uuid7
from tests.meetings.cast import DAY
from tests.meetings.docket.asked import QUESTIONS, of_every_kind
from tests.server.hall import SIGNS
from tests.server.test_votes import Vote, frozen, owner, published
from tests.town import Browser, town

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

ITEM = "01970000-0000-7000-8000-000000000001"
FLAT = "3-1-501"


class Asking(Vote):
    """A town whose desk asks its households."""

    own_id = ""

    async def opened(self) -> Browser:
        """A questionnaire open to the households of the frozen roster; the secretary."""
        secretary = await self.place.admin()
        await published(self, secretary)
        self.hour.at += 8 * DAY
        await frozen(self, secretary)
        self.own_id = uuid7()
        told = {"estate": self.place.estate, "title": "入户征求意见", "text": "为议事会准备。"}
        await self.done(secretary, "questionnaire.draft", id=self.own_id, questions=QUESTIONS, **told)
        opening = {"roster": self.roster, "closes_at": self.hour() + 3 * DAY}
        await self.done(secretary, "questionnaire.open", id=self.own_id, **opening)
        return secretary

    def sheet(self, unit: str, answers: list[Any]) -> dict[str, Any]:
        return {"id": uuid7(), "questionnaire": self.own_id, "unit": unit, "answers": answers}

    async def papers(self, clerk: Browser, *sheets: list[Any]) -> None:
        """Sheets of paper of as many households."""
        units = await self.households(clerk)
        free = [one["unit"] for one in units if one["answered"] is None]
        for number, (unit, answers) in enumerate(zip(free, sheets, strict=False)):
            told = self.sheet(unit, answers)
            await self.done(clerk, "questionnaire.enter", number=f"W-{number}", **told)

    async def households(self, clerk: Browser) -> list[dict[str, Any]]:
        status, told = await self.get(clerk, f"questionnaires/{self.own_id}/households")
        assert status == 200, told
        return list(told["households"])

    async def counted(self) -> None:
        """The window is over, and the platform has counted."""
        async with self.parts.desks.reading(self.record) as room:
            closes_at = room.need(Questionnaire, self.own_id).closes_at
        assert closes_at is not None
        self.hour.at = closes_at + 1
        await self.look()

    async def page(self, path: str = "", browser: Browser | None = None) -> tuple[int, str]:
        asker = browser or self.place.browser()
        found = await asker.get(f"/questionnaire/{self.place.community}{path}")
        return found[0], found[1].get("text", "")


@pytest.fixture
async def asking(tmp_path: Path) -> AsyncIterator[Asking]:
    async with town(tmp_path) as place:
        await dockets.open_docket(place.parts.desks, place.community)
        yield Asking(place)


async def test_a_household_answers_with_its_letters_code_and_sees_its_own_answers_alone(
    asking: Asking,
) -> None:
    await asking.opened()
    mine = await owner(asking, FLAT, "任志勇")
    path = f"questionnaires/{asking.own_id}/mine"
    assert (await asking.get(mine, path))[1]["doors"] == [{"unit": FLAT, "answered": None}]
    told = asking.sheet(FLAT, of_every_kind(1, text="晚上太吵。"))
    first = await asking.done(mine, "questionnaire.answer", **told)
    assert await asking.done(mine, "questionnaire.answer", **told) == first
    answered = (await asking.get(mine, path))[1]["doors"][0]["answered"]
    assert (answered["mine"], answered["answers"]) == (True, of_every_kind(1, text="晚上太吵。"))
    housemate = await asking.place.joined(FLAT, name="家人甲", code=await asking.place.code(FLAT))
    seen = (await asking.get(housemate, path))[1]["doors"][0]["answered"]
    assert (seen["mine"], seen["answers"]) == (False, None)
    status, refused = await asking.do(housemate, "questionnaire.answer", **told | {"id": uuid7()})
    assert (status, refused["why"]) == (409, "household_answered")


async def test_a_stranger_and_an_unproved_neighbour_answer_for_nobody(asking: Asking) -> None:
    await asking.opened()
    unproved = await asking.place.joined(FLAT, name="任志勇")
    guest = asking.place.browser()
    told = asking.sheet(FLAT, of_every_kind(1))
    for browser, code in ((unproved, "unverified"), (guest, "forbidden")):
        assert (await asking.do(browser, "questionnaire.answer", **told))[1]["code"] == code
        assert (await asking.get(browser, f"questionnaires/{asking.own_id}/mine"))[1]["doors"] == []


async def test_no_answer_leaves_the_server_before_the_close_for_anybody(asking: Asking) -> None:
    secretary = await asking.opened()
    mine = await owner(asking, FLAT, "任志勇")
    secret = "只有我家知道的话"
    await asking.done(mine, "questionnaire.answer", **asking.sheet(FLAT, of_every_kind(1, text=secret)))
    for browser in (secretary, asking.place.browser()):
        for path in ("room", "changes", f"questionnaires/{asking.own_id}/mine"):
            assert secret not in json.dumps((await asking.get(browser, path))[1], ensure_ascii=False)
        assert secret not in (await asking.page(f"/{asking.own_id}", browser))[1]
    assert (await asking.get(secretary, f"questionnaires/{asking.own_id}/texts"))[0] == 409
    lines = [line async for line in asking.parts.desks.store.records.read(asking.record)]
    assert not any(secret.encode() in line.data for line in lines)


async def test_the_desks_list_says_whether_and_never_what_and_each_look_is_a_line(asking: Asking) -> None:
    secretary = await asking.opened()
    clerk = await asking.officer("grid_keeper", "马小川")
    mine = await owner(asking, FLAT, "任志勇")
    await asking.done(mine, "questionnaire.answer", **asking.sheet(FLAT, of_every_kind(2)))
    found = {one["unit"]: one["answered"] for one in await asking.households(clerk)}
    assert (found[FLAT], len(found)) == ("online", 69)
    assert all(set(one) == {"unit", "answered"} for one in await asking.households(secretary))
    words = [type(entry.fact).__name__ for entry in await asking.parts.desks.entries(asking.record)]
    assert words.count("SheetsSeen") == 2
    assert (await asking.get(mine, f"questionnaires/{asking.own_id}/households"))[0] == 403


async def test_thirty_parallel_sheets_of_one_household_are_one(asking: Asking) -> None:
    await asking.opened()
    mine = await owner(asking, FLAT, "任志勇")
    housemate = await asking.place.joined(FLAT, name="家人甲", code=await asking.place.code(FLAT))
    wishes = [
        asking.do(browser, "questionnaire.answer", **asking.sheet(FLAT, of_every_kind(number % 3)))
        for number in range(15)
        for browser in (mine, housemate)
    ]
    answers = [answer for _status, answer in await asyncio.gather(*wishes)]
    assert any(answer["ok"] for answer in answers)
    async with asking.parts.desks.reading(asking.record) as room:
        held = room.need(Questionnaire, asking.own_id)
    assert (held.answered, held.channels) == (1, {"online": 1, "paper": 0})


async def test_after_the_close_the_page_tells_sums_with_bases_and_only_read_texts(asking: Asking) -> None:
    secretary = await asking.opened()
    await asking.papers(secretary, *(of_every_kind(0, text=f"第{n}条意见") for n in range(6)))
    status, drawn = await asking.page(f"/{asking.own_id}")
    assert status == 200
    assert "您最希望先办哪一件" in drawn
    assert "100.0%" not in drawn
    await asking.counted()
    _status, drawn = await asking.page(f"/{asking.own_id}")
    assert "100.0%（6/6 户）" in drawn
    assert "收回 6 户，名册共 69 户" in drawn
    assert "条意见" not in drawn
    texts = (await asking.get(secretary, f"questionnaires/{asking.own_id}/texts"))[1]["texts"]
    assert len(texts) == 6
    # Of the estate, and proved: a resident all the same.
    mine = await owner(asking, FLAT, "任志勇")
    assert (await asking.get(mine, f"questionnaires/{asking.own_id}/texts"))[0] == 403
    stranger = await asking.officer("committee_chair", "主任")
    assert (await asking.get(stranger, f"questionnaires/{asking.own_id}/texts"))[0] == 403
    told = {"id": asking.own_id, "text": texts[0]["id"]}
    await asking.done(secretary, "questionnaire.read", shown=True, **told)
    assert (await asking.page(f"/{asking.own_id}"))[1].count("条意见") == 1
    left = (await asking.get(secretary, f"questionnaires/{asking.own_id}/texts"))[1]["texts"]
    assert len(left) == 5


async def test_of_four_households_the_page_tells_their_number_alone(asking: Asking) -> None:
    secretary = await asking.opened()
    await asking.papers(secretary, *(of_every_kind(0) for _ in range(4)))
    await asking.counted()
    drawn = (await asking.page(f"/{asking.own_id}"))[1]
    assert "4 户答了这一题" in drawn
    assert "%（" not in drawn


async def test_lists_and_paper_are_drawn_and_what_is_not_there_is_not(asking: Asking) -> None:
    await asking.opened()
    assert "入户征求意见" in (await asking.page())[1]
    paper = (await asking.page(f"/{asking.own_id}/paper"))[1]
    assert "户号" in paper
    for path in (f"/{uuid7()}", "/x", f"/{uuid7()}/paper"):
        assert (await asking.page(path))[0] == 404
    assert (await asking.place.browser().get("/questionnaire/nowhere"))[0] == 404


async def test_results_are_brought_to_the_meetings_item_and_again_as_texts_are_read(asking: Asking) -> None:
    secretary = await asking.opened()
    meeting = asking.place.record
    choices = (await asking.get(secretary, "questionnaires/meetings"))[1]["meetings"]
    assert [(one["record"], one["items"][0]["id"]) for one in choices] == [(meeting, ITEM)]
    goes = {"id": asking.own_id, "meeting": meeting, "item": ITEM}
    await asking.done(secretary, "questionnaire.carry", **goes)
    await asking.papers(secretary, *(of_every_kind(0, text="电梯先修。") for _ in range(5)))
    await asking.counted()
    await bring(asking.parts.desks, asking.record)
    async with asking.parts.desks.reading(meeting) as room:
        held = room.need(Findings, asking.own_id)
        assert (held.item, held.answered, held.paper, held.texts) == (ITEM, 5, 5, ())
    texts = (await asking.get(secretary, f"questionnaires/{asking.own_id}/texts"))[1]["texts"]
    for number, text in enumerate(texts):
        told = {"id": asking.own_id, "text": text["id"], "shown": number == 0}
        await asking.done(secretary, "questionnaire.read", **told)
    parts = asking.parts
    await Errands(parts.desks, parts.feed, parts.accounts, parts.media)._bring(asking.record)
    async with asking.parts.desks.reading(meeting) as room:
        assert [said.text for said in room.need(Findings, asking.own_id).texts] == ["电梯先修。"]
    shown = (await asking.get(secretary, "changes"))[1]["set"][f"questionnaire:{asking.own_id}"]
    assert shown["carried"] == [{"meeting": meeting, "item": ITEM, "state": "brought"}]
    at_item = (await asking.place.browser().get(f"/api/records/{meeting}/room"))[1]["set"]
    assert at_item[f"findings:{asking.own_id}"]["results"][0]["percents"][0] == "100.0"


async def test_after_the_meetings_end_nothing_is_brought_and_a_text_taken_back_goes_from_its_archive(
    asking: Asking,
) -> None:
    secretary = await asking.opened()
    desks, meeting = asking.parts.desks, asking.place.record
    await asking.done(secretary, "questionnaire.carry", id=asking.own_id, meeting=meeting, item=ITEM)
    await asking.papers(secretary, *(of_every_kind(0, text=f"第{n}条意见") for n in range(5)))
    await asking.counted()
    texts = (await asking.get(secretary, f"questionnaires/{asking.own_id}/texts"))[1]["texts"]
    for text in texts:
        await asking.done(secretary, "questionnaire.read", id=asking.own_id, text=text["id"], shown=True)
    await bring(desks, asking.record)
    async with desks.reading(meeting) as room:
        assert len(room.need(Findings, asking.own_id).texts) == 5
    brought = [type(entry.fact).__name__ for entry in await desks.entries(meeting)].count("Brought")
    for word in ("open_lobby", "start", "end"):
        ended = await desks.give(meeting, {"type": f"meeting.{word}"}, SIGNS)
        assert ended["ok"], ended
    for number in (0, 1):
        told = {"id": asking.own_id, "text": texts[number]["id"], "shown": False}
        await asking.done(secretary, "questionnaire.read", **told)
        await bring(desks, asking.record)
    async with desks.reading(meeting) as room:
        left = [said.text for said in room.need(Findings, asking.own_id).texts]
        assert sorted(left) == sorted(text["text"] for text in texts[2:])
    lines = [type(entry.fact).__name__ for entry in await desks.entries(meeting)]
    assert (lines.count("Brought"), lines.count("TakenDown")) == (brought, 2)
    shown = (await asking.get(secretary, "changes"))[1]["set"][f"questionnaire:{asking.own_id}"]
    assert [one["state"] for one in shown["carried"]] == ["brought"]
    page = (await secretary.get(f"/archive/{meeting.partition(':')[2]}"))[1]["text"]
    tabs, results = page.partition('id="tabs"')[2].partition("</nav>")[0], page.partition('id="asked"')[2]
    assert '<a href="#asked">问卷结果</a>' in tabs
    headings = re.findall("<h([34])>(.*?)</h", results.partition("</section>")[0])
    assert headings[:2] == [("3", "入户征求意见"), ("4", f"1. {QUESTIONS[0]['text']}")]
    assert [text["text"] in results for text in texts] == [False, False, True, True, True]


async def test_results_go_to_no_meeting_of_others_and_the_desk_hears_of_it(asking: Asking) -> None:
    secretary = await asking.opened()
    accounts = asking.parts.accounts
    other = await accounts.create_community("月亮里社区", phone="0951-111 1111", at=asking.hour())
    foreign = f"meeting:{uuid7()}"
    await asking.parts.desks.create(foreign, other)
    for meeting, item in ((foreign, ITEM), (f"meeting:{uuid7()}", ITEM), (asking.place.record, uuid7())):
        await asking.done(secretary, "questionnaire.carry", id=asking.own_id, meeting=meeting, item=item)
    await asking.counted()
    await bring(asking.parts.desks, asking.record)
    shown = (await asking.get(secretary, "changes"))[1]["set"][f"questionnaire:{asking.own_id}"]
    assert [one["state"] for one in shown["carried"]] == ["not_found"] * 3
    mine = await owner(asking, FLAT, "任志勇")
    assert (await asking.get(mine, "questionnaires/meetings"))[0] == 403
    for path in ("mine", "households", "texts"):
        status, _ = await mine.get(
            f"/api/records/{asking.place.record}/questionnaires/{asking.own_id}/{path}"
        )
        assert status == 404
