"""A community's word lists on the real server: tried, put in force in one step, and what residents write is held by them."""

from __future__ import annotations

import asyncio
import io
import json

import pytest

from meetings import Eye
from server.moderation.lists import MOST, Phrase, write_phrases
from tests.crowd.ways import uuid7
from tests.server.hall import SIGNS, WATCHES, ask
from tests.town import town

HELD = {"list": "hold", "text": "跳蚤市场", "kind": "advert", "sounds": True, "reason": "摊贩天天刷"}


@pytest.fixture
async def place(tmp_path):
    async with town(tmp_path, {"SUN_LIMIT_QUESTIONS": "50/1", "SUN_LIMIT_COMMENTS": "50/1"}) as made:
        looser = {"review_questions": "after", "review_comments": "after", "lobby_minutes": None}
        for command in (
            {"type": "meeting.set", **looser},
            {"type": "meeting.open_lobby"},
            {"type": "meeting.start"},
        ):
            assert (await made.parts.desks.give(made.record, command, SIGNS))["ok"]
        assert (await made.parts.desks.give(made.record, {"type": "duty.begin"}, WATCHES))["ok"]
        yield made


async def words(admin, place, method="GET", tail="", body=None):
    return await admin.send(method, f"/api/admin/communities/{place.community}/words{tail}", body)


async def asked(place, resident, text):
    """The question as the public and as the staff see it."""
    wish = ask(place, text)
    status, answer = await resident.post(f"/api/records/{place.record}/commands", wish)
    assert (status, answer["ok"]) == (200, True), answer
    room = await place.parts.desks.room(place.record)
    name = f"question:{wish['id']}"
    return room.patch(0, Eye.PUBLIC).get(name), room.patch(0, Eye.STAFF)[name]


async def test_what_residents_write_is_held_by_the_default_lists_with_the_version(place):
    resident = await place.joined(code=await place.code("3-1-501"))
    public, staff = await asked(place, resident, "代·开發票找我")
    assert public is None
    assert (staff["verdict"], staff["held"]) == ("block", ["代·开發票"])
    entry = (await place.parts.desks.entries(place.record))[-1]
    assert entry.fact.found.version == (await place.parts.lookout.of(place.community, 0)).version
    public, staff = await asked(place, resident, "清真餐厅几点开门？")
    assert public is not None
    assert "held" not in staff


async def test_a_list_counts_from_the_next_word_on(place):
    admin = await place.admin()
    resident = await place.joined(code=await place.code("3-1-501"))
    assert (await asked(place, resident, "跳蚤市场在哪？"))[0] is not None
    status, told = await words(admin, place)
    assert (status, told["own"], told["n"]) == (200, False, 0)
    status, saved = await words(admin, place, "PUT", body={"after": 0, "phrases": [*told["phrases"], HELD]})
    assert status == 200, saved
    assert (await asked(place, resident, "跳 蚤 市 场 几点开？"))[0] is None
    _, told = await words(admin, place)
    assert (told["own"], told["version"]) == (True, saved["version"])
    mine = next(one for one in told["phrases"] if one["text"] == "跳蚤市场")
    assert mine["owner"]
    assert mine["since"] > 0


async def test_two_who_change_the_lists_at_once_do_not_undo_each_other(place):
    admin = await place.admin()
    assert (await words(admin, place, "PUT", body={"after": 0, "phrases": [HELD]}))[0] == 200
    status, answer = await words(admin, place, "PUT", body={"after": 0, "phrases": []})
    assert (status, answer["code"]) == (409, "taken")
    assert len((await words(admin, place))[1]["phrases"]) == 1


async def test_nobody_signs_a_phrase_in_anothers_name(place):
    admin = await place.admin()
    forged = HELD | {"owner": "马志诚", "since": 1}
    assert (await words(admin, place, "PUT", body={"after": 0, "phrases": [forged]}))[0] == 200
    kept = (await words(admin, place))[1]["phrases"][0]
    assert kept["owner"] != "马志诚"
    assert kept["since"] > 1


@pytest.mark.parametrize(
    ("text", "why"), [("骂", "one_sign"), ("。", "empty"), ("长" + "句子" * 20, "too_long")]
)
async def test_a_list_with_a_bad_line_is_refused_whole_with_the_reason(place, text, why):
    admin = await place.admin()
    status, answer = await words(
        admin, place, "PUT", body={"after": 0, "phrases": [HELD, HELD | {"text": text}]}
    )
    assert (status, answer["code"]) == (422, "unclear")
    assert [(one["line"], one["why"]) for one in answer["unfit"]] == [(2, why)]
    assert (await words(admin, place))[1]["own"] is False


async def test_lists_are_tried_without_being_put_in_force(place):
    admin = await place.admin()
    body = {"lines": ["跳蚤市场", "电话13800138000"], "phrases": [HELD]}
    status, told = await words(admin, place, "POST", "/try", body)
    assert status == 200
    assert [one["verdict"] for one in told["answers"]] == ["hold", "hold"]
    assert told["answers"][1]["public"] == "电话138****8000"
    status, told = await words(admin, place, "POST", "/try", {"lines": ["跳蚤市场"]})
    assert told["answers"][0]["verdict"] == "publish"


async def test_a_file_of_an_office_machine_is_read_and_its_bad_lines_named(place):
    admin = await place.admin()
    path = f"/api/admin/communities/{place.community}/words/read?list=block"
    data, headers = "代开发票\n骂\n".encode("gb18030"), {"Content-Type": "application/octet-stream"}
    status, told = await admin.send("POST", path, data=data, headers=headers)
    assert status == 200
    assert [(one["list"], one["text"]) for one in told["phrases"]] == [("block", "代开发票")]
    assert [one["why"] for one in told["unfit"]] == ["one_sign"]
    status, answer = await admin.send("POST", path, data=b"\xff\xfe\x00\x80", headers=headers)
    assert (status, answer["code"]) == (422, "unclear")


async def test_where_the_filter_fails_words_are_held_and_nothing_is_lost(place, monkeypatch):
    resident = await place.joined(code=await place.code("3-1-501"))

    async def broken(community, at):
        raise RuntimeError("lists unreadable")

    monkeypatch.setattr(place.parts.lookout, "of", broken)
    public, staff = await asked(place, resident, "电梯什么时候修？")
    assert public is None
    assert staff["verdict"] == "hold"


@pytest.mark.parametrize("call", ["代开发票", "加vx abc123", "王八蛋"])
async def test_a_name_that_carries_what_is_stopped_is_refused(place, call):
    browser = place.browser()
    status, answer = await browser.post("/api/join", await place.wish("3-1-501", call=call))
    assert (status, answer["field"], answer["why"]) == (422, "call", "words")
    assert not browser.cookies
    status, _ = await browser.post("/api/join", await place.wish("3-1-501", call="阿依古丽·买买提"))
    assert status == 200


async def test_a_phrase_over_two_comments_is_held(place):
    kept = write_phrases([Phrase("block", "跳蚤市场")])
    await place.parts.store.word_lists.save(place.community, "y", kept, at=1, by="system", after=0)
    resident = await place.joined(code=await place.code("3-1-501"))
    for text, state in (("周末跳蚤", "visible"), ("市场见", "pending")):
        own_id = uuid7()
        wish = {"type": "comment.post", "id": own_id, "text": text}
        status, answer = await resident.post(f"/api/records/{place.record}/commands", wish)
        assert (status, answer["ok"]) == (200, True), answer
        room = await place.parts.desks.room(place.record)
        assert room.patch(0, Eye.STAFF)[f"comment:{own_id}"]["state"] == state


async def test_a_list_without_end_neither_comes_in_force_nor_stops_the_meeting(place):
    """The first half million lines of a million fill the largest upload; more is refused unread."""
    admin, resident = await place.admin(), await place.joined(code=await place.code("3-1-501"))
    before = (await words(admin, place))[1]
    lines = "\n".join(f"词条{n}号" for n in range(500_000)).encode("gb18030")
    path = f"/api/admin/communities/{place.community}/words/read"
    headers = {"Content-Type": "application/octet-stream"}
    reading = asyncio.create_task(admin.send("POST", path, data=io.BytesIO(lines), headers=headers))
    asked_meanwhile = 0
    while not reading.done():
        assert (await place.browser().get("/healthz"))[0] == 200
        asked_meanwhile += 1
        await asyncio.sleep(0.02)
    status, answer = await reading
    assert (status, len(answer["phrases"]), answer["unfit"][-1]["why"]) == (200, MOST, "too_many")
    assert asked_meanwhile > 3
    status, answer = await admin.send("POST", path, data=io.BytesIO(lines * 2), headers=headers)
    assert (status, answer["code"]) == (413, "too_large")
    many = [{"list": "hold", "text": f"词条{n}号"} for n in range(MOST + 1)]
    saved = io.BytesIO(json.dumps({"after": before["n"], "phrases": many}).encode())
    status, answer = await admin.send("PUT", path.removesuffix("/read"), data=saved)
    assert (status, answer["unfit"][-1]["why"]) == (422, "too_many")
    assert (await words(admin, place))[1] == before
    assert (await asked(place, resident, "词条77号在哪里？"))[0] is not None
