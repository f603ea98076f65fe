"""A record over HTTP: the same door, the same patches, the first paint, and the raw text behind the masked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from server.live.door import CODES
from tests.crowd.wire import Line
from tests.server.hall import SIGNS, Open, ask, cookie_of, live_town
from tests.town import Town

if TYPE_CHECKING:
    from pathlib import Path


async def test_the_same_door_by_post_and_the_same_patches_by_get(place: Town) -> None:
    browser = await place.joined("3-1-502", code=await place.code("3-1-502"), name="马志成", call="马先生")
    base = f"/api/records/{place.record}"
    since = (await browser.get(f"{base}/changes?since=0"))[1]["to"]
    body = ask(place, "网络不好也能问吗？")
    body.pop("record")
    status, answer = await browser.post(f"{base}/commands", body)
    assert (status, answer["ok"]) == (200, True)
    status, again = await browser.post(f"{base}/commands", body)
    assert again == answer
    changes = (await browser.get(f"{base}/changes?since={since}"))[1]
    assert f"question:{body['id']}" in changes["set"]
    assert changes["own"][f"question:{body['id']}"]["mine"] is True
    status, refused = await browser.post(f"{base}/commands", body | {"text": "换一个"})
    assert (status, refused["code"]) == (409, "taken")


async def test_a_wish_that_names_its_person_is_taken_from_nobody_else(place: Town) -> None:
    one = await place.joined("3-1-502", code=await place.code("3-1-502"), name="马志成")
    other = await place.joined("3-1-501", code=await place.code("3-1-501"), name="任志勇")
    person = (await one.me())["person"]
    path = f"/api/records/{place.record}/commands"
    body = ask(place, "手机借给别人时，这句话算谁的？") | {"as": person}
    before = len(await place.parts.desks.entries(place.record))
    refused = {"ok": False, "code": "forbidden", "field": "as"}
    assert await other.post(path, body) == (403, refused)
    for unclear in (7, True, [person], {"person": person}):
        assert await one.post(path, body | {"as": unclear}) == (403, refused)
    # Whose session is over is nobody: that a role is missing says it already.
    assert (await place.browser().post(path, body))[1] == {"ok": False, "code": "forbidden"}
    assert len(await place.parts.desks.entries(place.record)) == before
    status, answer = await one.post(path, body)
    assert (status, answer["ok"]) == (200, True)
    assert (await one.post(path, body))[1] == answer
    plain = {name: value for name, value in body.items() if name != "as"}
    assert (await one.post(path, plain))[1] == answer
    assert (await other.post(path, ask(place, "旧页面不写名字，照样收下。") | {"as": ""}))[0] == 200


async def test_the_first_paint_is_the_public_room_and_says_when_nothing_is_new(place: Town) -> None:
    browser = place.browser()
    path = f"{place.parts.base_url}/api/records/{place.record}/room"
    async with browser.client.get(path) as answer:
        tag = answer.headers["ETag"]
        assert "max-age=1" in answer.headers["Cache-Control"]
        assert (await answer.json())["set"]["meeting"]["title"] == "更换物业专题议事会"
    async with browser.client.get(path, headers={"If-None-Match": tag}) as answer:
        assert answer.status == 304


async def test_what_a_code_has_opened_is_kept_by_no_cache_for_those_without_it(tmp_path: Path) -> None:
    async with live_town(tmp_path, {}) as place:
        base = f"{place.parts.base_url}/api/records/{place.record}"
        paths = (f"{base}/room", f"{base}/changes?since=0", f"{base}/ledger")
        browser = place.browser()
        for path in paths:
            async with browser.client.get(path) as answer:
                assert answer.headers["Cache-Control"] == "public, max-age=1"
        set_to = {"type": "meeting.set", "watch": "code"}
        assert (await place.parts.desks.give(place.record, set_to, SIGNS))["ok"]
        held = await place.parts.accounts.meeting_of(place.record)
        assert held is not None
        for path in paths:
            async with browser.client.get(path) as answer:
                assert answer.status == 403
            async with browser.client.get(path, headers={"Cookie": f"{CODES}={held.code}"}) as answer:
                assert (answer.status, answer.headers["Cache-Control"]) == (200, "private, max-age=1")


async def test_only_staff_see_who_wrote_and_each_look_is_a_fact(place: Town, open_line: Open) -> None:
    resident = await open_line(await cookie_of(place))
    body = ask(place, "我住3号楼1单元501，电话13900001111")
    assert (await resident.call("do", body))["ok"]
    path = f"/api/records/{place.record}/raw/question/{body['id']}"
    stranger = place.browser()
    assert (await stranger.get(path))[0] == 403
    staff = place.browser()
    assert (await staff.enter(await place.invited("moderator", name="柳婷")))[0] == 200
    status, raw = await staff.get(path)
    assert status == 200
    assert raw["text"] == "我住3号楼1单元501，电话13900001111"
    assert raw["person"]["name"] == "任志勇"
    facts = [entry.fact for entry in await place.parts.desks.entries(place.record)]
    assert any(type(fact).__name__ == "RawSeen" and fact.id == body["id"] for fact in facts)
    # A number draws a reader elsewhere: the text waits until somebody has looked.
    path = f"/api/records/{place.record}/commands"
    assert (await staff.post(path, {"type": "question.approve", "id": body["id"]}))[0] == 200
    public = await stranger.get(f"/api/records/{place.record}/room")
    assert "13900001111" not in str(public)
    assert "501" not in public[1]["set"][f"question:{body['id']}"]["text"]


async def test_a_meeting_behind_a_code_opens_page_picture_and_socket_once_the_code_was_used(
    tmp_path: Path,
) -> None:
    async with live_town(tmp_path, {}) as place:
        assert (await place.parts.desks.give(place.record, {"type": "meeting.set", "watch": "code"}, SIGNS))[
            "ok"
        ]
        stranger, guest = place.browser(), place.browser()
        code = (await place.parts.accounts.meeting_of(place.record)).code
        room, picture = (
            f"/api/records/{place.record}/room",
            f"/media/{place.record.replace(':', '-')}/live.m3u8",
        )
        assert (await stranger.get(room))[0] == 403
        assert (await stranger.get(picture))[0] in {403, 404}
        assert (await guest.get(f"/m/{code}"))[0] == 200
        status, seen = await guest.get(room)
        assert (status, seen["set"]["meeting"]["watch"]) == (200, "code")
        for cookie, may in (
            ("", False),
            ("; ".join(f"{name}={value}" for name, value in guest.cookies.items()), True),
        ):
            line = Line(place.parts.base_url, cookie)
            await line.open()
            assert (await line.join(place.record))["ok"] is may
            line.close()
