"""The wire: one test a name and a hostile input, on the real server over real sockets."""

from __future__ import annotations

import asyncio
import base64
import os
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
import socketio

from meetings.kernel import SYSTEM
from tests.crowd.ways import uuid7
from tests.crowd.wire import Line
from tests.engines import eventually
from tests.server.hall import SIGNS, Open, ask, cookie_of, live_town, moderator_cookie
from tests.town import Town

if TYPE_CHECKING:
    from pathlib import Path


def heard(line: Any, name: str) -> list[dict[str, Any]]:
    return [body for told, body in line.heard if told == name]


async def test_join_gives_the_room_who_i_am_and_what_is_in_the_air(place: Town, open_line: Open) -> None:
    line = await open_line(join=False)
    answer = await line.join(place.record)
    assert answer["ok"] is True
    assert answer["set"]["meeting"]["phase"] == "live"
    assert answer["me"]["eye"] == "public"
    assert answer["me"]["named"] is False
    assert answer["air"]["watching"] >= 1
    assert answer["own"] == {}
    assert isinstance(answer["now"], int)


async def test_join_since_a_number_gives_only_what_is_new(place: Town, open_line: Open) -> None:
    line = await open_line()
    known = (await line.join(place.record))["seq"]
    assert (await line.join(place.record, since=known))["set"] == {}


async def test_do_is_acknowledged_with_its_number_and_told_to_everybody(place: Town, open_line: Open) -> None:
    resident, reader = await open_line(await cookie_of(place)), await open_line()
    body = ask(place)
    answer = await resident.call("do", body)
    assert answer == {"ok": True, "seq": answer["seq"]}
    name = f"question:{body['id']}"
    await eventually(lambda: any(name in patch["set"] for patch in heard(reader, "patch")))
    patch = next(patch for patch in heard(reader, "patch") if name in patch["set"])
    assert patch["record"] == place.record
    assert patch["from"] < answer["seq"] <= patch["to"]
    await eventually(lambda: any(name in own["set"] for own in heard(resident, "own")))


async def test_staff_hear_at_once_what_the_public_must_not_hear(place: Town, open_line: Open) -> None:
    await place.parts.desks.give(place.record, {"type": "meeting.set", "review_questions": "before"}, SIGNS)
    try:
        resident, reader = await open_line(await cookie_of(place)), await open_line()
        moderator = await open_line(await moderator_cookie(place))
        body = ask(place, "先审后发的话，别人看不见")
        answer = await resident.call("do", body)
        assert answer["ok"], answer
        name = f"question:{body['id']}"
        await eventually(lambda: any(name in patch["set"] for patch in heard(moderator, "patch")))
        approved = await moderator.call("do", ask_nothing(place, "question.approve", body["id"]))
        await eventually(lambda: any(patch["to"] >= approved["seq"] for patch in heard(reader, "patch")))
        before = [patch for patch in heard(reader, "patch") if patch["to"] < approved["seq"]]
        assert name not in str(before)
    finally:
        await place.parts.desks.give(
            place.record, {"type": "meeting.set", "review_questions": "after"}, SIGNS
        )


def ask_nothing(place: Town, word: str, own_id: str, **fields: Any) -> dict[str, Any]:
    return {"record": place.record, "type": word, "id": own_id} | fields


async def test_patches_leave_no_gap(place: Town, open_line: Open) -> None:
    resident, reader = await open_line(await cookie_of(place)), await open_line()
    for number in range(8):
        assert (await resident.call("do", ask(place, f"第{number}个问题？")))["ok"]
    last = (await place.parts.desks.room(place.record)).seq
    await eventually(lambda: reader.seq >= last)
    assert reader.gaps == 0


async def test_applause_counts_the_highest_total_of_a_page(place: Town, open_line: Open) -> None:
    line, reader = await open_line(), await open_line()
    for total in (3, 7, 5):
        body = {"record": place.record, "applause": {"key": "page-1", "total": total}}
        assert await line.call("air", body) == {"ok": True}
    await eventually(lambda: any(air.get("applause") == 7 for air in heard(reader, "air")))


async def test_which_card_a_moderator_looks_at_is_told_to_staff_alone(place: Town, open_line: Open) -> None:
    one, other = (
        await open_line(await moderator_cookie(place)),
        await open_line(await moderator_cookie(place)),
    )
    reader = await open_line()
    answer = await one.call("air", {"record": place.record, "looking": "question:x"})
    assert answer == {"ok": True}
    await eventually(lambda: any("looking" in air for air in heard(other, "air")))
    assert not any("looking" in air for air in heard(reader, "air"))
    refused = await reader.call("air", {"record": place.record, "looking": "question:x"})
    assert refused == {"ok": False, "code": "forbidden"}


async def test_a_changed_role_is_told_to_come_again(place: Town, open_line: Open) -> None:
    cookie = await cookie_of(place)
    line = await open_line(cookie)
    me = (await line.join(place.record))["me"]
    appoint = {"type": "person.appoint", "person": me["person"], "role": "resident_rep", "name": "任志勇"}
    assert (await place.parts.desks.give(place.record, appoint, SIGNS))["ok"]
    await eventually(lambda: heard(line, "again"))
    dismiss = {"type": "person.dismiss", "person": me["person"], "role": "resident_rep"}
    assert (await place.parts.desks.give(place.record, dismiss, SIGNS))["ok"]


async def test_who_left_no_longer_hears(place: Town, open_line: Open) -> None:
    await eventually(lambda: place.parts.feed.watching(place.record) == 0)
    line = await open_line()
    assert place.parts.feed.watching(place.record) == 1
    line.close()
    await eventually(lambda: place.parts.feed.watching(place.record) == 0)


async def test_the_official_client_is_understood(place: Town) -> None:
    patches: list[dict[str, Any]] = []
    client = socketio.AsyncClient()
    client.on("patch", patches.append)
    headers = {"Origin": place.parts.base_url, "Cookie": await cookie_of(place)}
    await client.connect(place.parts.base_url, headers=headers, transports=["websocket"])
    assert (await client.call("join", {"record": place.record, "since": 0}))["ok"]
    body = ask(place, "官方客户端也能问吗")
    assert (await client.call("do", body))["ok"]
    await eventually(lambda: any(f"question:{body['id']}" in patch["set"] for patch in patches))
    await client.disconnect()


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"type": "question.vanish"}, "unclear"),
        ({"type": 7}, "unclear"),
        ({}, "unclear"),
        ({"type": "question.upvote"}, "unclear"),
        ({"type": "question.upvote", "id": 7}, "unclear"),
        ({"type": "question.upvote", "id": "x", "extra": 1}, "unclear"),
        ({"type": "question.upvote", "id": "x", "on": "yes"}, "unclear"),
        ({"type": "question.upvote", "id": "01890000-0000-7000-8000-000000000999"}, "not_found"),
        ({"type": "question.upvote", "id": "x" * 20_000}, "too_large"),
        ({"type": "question.ask", "id": "1", "kind": "ask", "text": "a"}, "unclear"),
        ({"type": "question.ask", "id": uuid7(), "kind": "shout", "text": "a"}, "unclear"),
        ({"type": "question.ask", "id": uuid7(), "kind": "ask", "text": "字" * 201}, "too_large"),
        ({"type": "question.ask", "id": uuid7(), "kind": "ask", "text": "turn \u202e around"}, "unclear"),
        ({"type": "question.ask", "id": uuid7(), "kind": "ask", "text": "half \ud800 a sign"}, "unclear"),
        ({"type": "question.ask", "id": uuid7(), "kind": "ask", "text": "\x00"}, "unclear"),
        (
            {"type": "question.ask", "id": uuid7(), "kind": "ask", "text": "代问", "channel": "paper"},
            "forbidden",
        ),
        ({"type": "question.approve", "id": "x"}, "forbidden"),
        ({"type": "meeting.end"}, "forbidden"),
        ({"type": "audience.count", "applause": 9, "unique": 9, "peak": 9}, "forbidden"),
    ],
)
async def test_what_cannot_be_is_refused_and_stores_nothing(
    place: Town, open_line: Open, body: dict[str, Any], code: str
) -> None:
    line = await open_line(await cookie_of(place))
    before = len([1 for entry in await place.parts.desks.entries(place.record) if entry.by != SYSTEM])
    answer = await line.call("do", {"record": place.record} | body)
    assert (answer["ok"], answer["code"]) == (False, code)
    after = len([1 for entry in await place.parts.desks.entries(place.record) if entry.by != SYSTEM])
    assert after == before
    assert (await line.join(place.record))["ok"]


@pytest.mark.parametrize("given", [(), ("text",), (7,), ([],), (None,), ({}, {})])
async def test_an_event_that_is_no_object_is_refused(
    place: Town, open_line: Open, given: tuple[Any, ...]
) -> None:
    client = socketio.AsyncClient()
    await client.connect(
        place.parts.base_url, headers={"Origin": place.parts.base_url}, transports=["websocket"]
    )
    for name in ("join", "do", "air"):
        assert (await client.call(name, given))["ok"] is False
    await client.disconnect()


async def test_a_guest_may_watch_and_not_speak(place: Town, open_line: Open) -> None:
    line = await open_line()
    assert (await line.call("do", ask(place)))["code"] == "forbidden"


@pytest.mark.parametrize("record", ["meeting:none", "docket:c1", "", "x" * 500, None, 7, ["meeting:none"]])
async def test_another_record_is_not_found_or_unclear(place: Town, open_line: Open, record: object) -> None:
    line = await open_line(await cookie_of(place))
    assert (await line.call("join", {"record": record, "since": 0}))["code"] in {"not_found", "unclear"}
    assert (await line.call("do", ask(place) | {"record": record}))["code"] in {"not_found", "unclear"}
    refused = await line.call("air", {"record": record, "applause": {"key": "k", "total": 1}})
    assert refused["code"] in {"not_found", "unclear"}


@pytest.mark.parametrize("since", [-1, 2**60, "3", None, 1.5, True])
async def test_a_strange_number_to_begin_from_is_refused_or_given_everything(
    place: Town, open_line: Open, since: object
) -> None:
    line = await open_line(join=False)
    answer = await line.call("join", {"record": place.record, "since": since})
    assert answer.get("code") == "unclear" or "meeting" in answer["set"]


@pytest.mark.parametrize(
    "told",
    [
        None,
        {},
        {"key": "", "total": 1},
        {"key": "k", "total": -1},
        {"key": "k", "total": True},
        {"key": "k" * 65, "total": 1},
        {"key": "k", "total": 10**9},
        {"key": "k", "total": "1"},
    ],
)
async def test_applause_that_is_none_is_refused(place: Town, open_line: Open, told: object) -> None:
    line = await open_line()
    assert (await line.call("air", {"record": place.record, "applause": told}))["code"] == "unclear"


async def handshake(place: Town, query: str = "EIO=4&transport=websocket", **headers: str | None) -> bytes:
    """The first line of the answer to a hand-made upgrade request."""
    parts = urlsplit(place.parts.base_url)
    reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
    wanted: dict[str, str | None] = {
        "Host": parts.netloc,
        "Upgrade": "websocket",
        "Connection": "Upgrade",
        "Sec-WebSocket-Key": base64.b64encode(os.urandom(16)).decode(),
        "Sec-WebSocket-Version": "13",
        "Origin": place.parts.base_url,
    }
    wanted |= {name.replace("_", "-"): value for name, value in headers.items()}
    lines = [
        f"GET /socket.io/?{query} HTTP/1.1",
        *(f"{name}: {value}" for name, value in wanted.items() if value),
    ]
    writer.write(("\r\n".join(lines) + "\r\n\r\n").encode())
    head = await reader.readuntil(b"\r\n\r\n")
    writer.close()
    return head


async def test_a_socket_of_our_own_page_is_let_in_without_compression(place: Town) -> None:
    head = await handshake(place, Sec_WebSocket_Extensions="permessage-deflate")
    assert b" 101 " in head
    assert b"Sec-WebSocket-Extensions" not in head


@pytest.mark.parametrize(
    "origin", [None, "null", "http://evil.example", "http://127.0.0.1.evil.example", "https://127.0.0.1"]
)
async def test_a_socket_without_or_with_a_foreign_origin_is_refused(place: Town, origin: str | None) -> None:
    assert b" 403 " in await handshake(place, Origin=origin, X_Forwarded_Host="evil.example")


@pytest.mark.parametrize(
    "query",
    [
        "EIO=4&transport=polling",
        "EIO=3&transport=websocket",
        "transport=websocket",
        "EIO=4&transport=websocket&sid=x",
        "EIO=4&transport=websocket&j=0",
        "EIO=4&transport=foo",
    ],
)
async def test_no_other_transport_is_offered(place: Town, query: str) -> None:
    assert b" 400 " in await handshake(place, query)


@pytest.mark.parametrize(
    "frame",
    [
        '451-["do",{"_placeholder":true,"num":0}]',
        "42",
        "42{",
        "429" * 400,
        "42[7]",
        "43999[1]",
        "9x",
        "4" + "9" * 60,
    ],
)
async def test_a_hostile_frame_disturbs_nobody_else(place: Town, open_line: Open, frame: str) -> None:
    other, line = await open_line(), await open_line()
    line._send(frame)
    assert (await other.join(place.record))["ok"]


async def test_an_over_long_frame_closes_only_its_own_socket(place: Town, open_line: Open) -> None:
    other, line = await open_line(), await open_line()
    line._send("42" + "x" * 200_000)
    await eventually(lambda: line.closed)
    assert (await other.join(place.record))["ok"]


async def test_who_asks_too_fast_is_told_how_long_to_wait(tmp_path: Path) -> None:
    async with live_town(tmp_path, {"SUN_LIMIT_QUESTIONS": "1/30"}) as place:
        line = Line(place.parts.base_url, await cookie_of(place))
        await line.open()
        await line.join(place.record)
        assert (await line.call("do", ask(place)))["ok"]
        answer = await line.call("do", ask(place, "再问一个"))
        assert answer["code"] == "too_fast"
        assert 0 < answer["wait_ms"] <= 30_001
        line.close()


async def test_how_the_picture_arrives_is_added_up_for_staff_and_technician_alone(
    place: Town, open_line: Open
) -> None:
    desk, reader = await open_line(await moderator_cookie(place)), await open_line()
    good = {"how": "picture", "stalls": 1, "behind_ms": 3_000, "buffer_s": 2.5}
    assert await reader.call("air", {"record": place.record, "quality": good}) == {"ok": True}
    wrong = {"record": place.record, "quality": good | {"stalls": -1}}
    assert (await reader.call("air", wrong))["code"] == "unclear"
    await eventually(lambda: any("quality" in air for air in heard(desk, "air")))
    told = next(air["quality"] for air in heard(desk, "air") if "quality" in air)
    assert told == {"picture": 1, "thin": 0, "sound": 0, "none": 0, "stalls": 1, "behind_ms": 3_000}
    assert not any("quality" in air for air in heard(reader, "air"))


async def test_a_newcomer_is_told_what_to_begin_with(place: Town, open_line: Open) -> None:
    line = await open_line(join=False)
    assert (await line.call("join", {"record": place.record, "since": 0}))["how"] == "picture"
    place.parts.air.newcomers(lambda _record: "thin")
    assert (await line.call("join", {"record": place.record, "since": 0}))["how"] == "thin"
    place.parts.air.newcomers(lambda _record: "picture")
