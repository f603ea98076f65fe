"""Signalling between guests and studio, on the real server over real sockets: who may say what to whom."""

from __future__ import annotations

import base64
import hashlib
import hmac
import time
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Any

import pytest

from meetings import Who
from tests.engines import eventually
from tests.server.hall import Open, cookie_of, live_town
from tests.town import Browser, Town

if TYPE_CHECKING:
    pass

SECRET = "a-secret-of-the-town"
SETTINGS = {
    "SUN_TURN_URLS": "turn:turn.example:3478, turns:turn.example:443",
    "SUN_TURN_SECRET": SECRET,
    "SUN_STUN_URLS": "stun:stun.example:3478",
    "SUN_LIMIT_COMMANDS": "1000/1",
}
HERE = {"kind": "here", "call": "c1", "picture": True}
OFFER = {"kind": "sdp", "call": "c1", "type": "offer", "sdp": "v=0"}
ANSWER = OFFER | {"type": "answer"}


@pytest.fixture(scope="module")
async def place(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Town]:
    async with live_town(tmp_path_factory.mktemp("stage"), SETTINGS) as made:
        yield made


async def person(place: Town, role: str, name: str) -> tuple[Browser, str]:
    browser = place.browser()
    assert (await browser.enter(await place.invited(role, name=name)))[0] == 200
    return browser, "; ".join(f"{key}={value}" for key, value in browser.cookies.items())


async def do(line: Any, place: Town, word: str, **fields: Any) -> dict[str, Any]:
    answer: dict[str, Any] = await line.call("do", {"record": place.record, "type": word, **fields})
    return answer


async def signal(line: Any, place: Town, data: dict[str, Any], to: str = "studio") -> dict[str, Any]:
    answer: dict[str, Any] = await line.call("signal", {"record": place.record, "to": to, "data": data})
    return answer


def signals(line: Any) -> list[tuple[str, dict[str, Any]]]:
    return [(body["from"], body["data"]) for name, body in line.heard if name == "signal"]


class Show:
    """A studio and a lawyer who waits behind the scene."""

    def __init__(self, place: Town, host: Any, lawyer: Any, lawyer_id: str) -> None:
        self.place, self.host, self.lawyer, self.lawyer_id = place, host, lawyer, lawyer_id


@pytest.fixture
async def show(place: Town, open_line: Open) -> AsyncIterator[Show]:
    _, host_cookie = await person(place, "host", "苏敏")
    browser, lawyer_cookie = await person(place, "lawyer", "纳文慧")
    host, lawyer = await open_line(host_cookie), await open_line(lawyer_cookie)
    assert (await do(lawyer, place, "stage.wait"))["ok"]
    own_id = (await browser.me(place.record))["person"]
    yield Show(place, host, lawyer, own_id)
    # By the desk: some tests cut the lawyer's own line.
    leaves = Who(own_id, 0, frozenset({"resident"}))
    assert (await place.parts.desks.give(place.record, {"type": "stage.lower"}, leaves))["ok"]


async def meet(show: Show) -> None:
    assert (await signal(show.host, show.place, {"kind": "studio"}))["ok"]
    assert (await signal(show.lawyer, show.place, HERE))["ok"]
    await eventually(lambda: (show.lawyer_id, HERE | {"relays": True}) in signals(show.host))


async def test_studio_and_guest_find_each_other(show: Show) -> None:
    await meet(show)
    assert (await signal(show.host, show.place, OFFER, show.lawyer_id))["ok"]
    await eventually(lambda: ("studio", OFFER) in signals(show.lawyer))
    assert (await signal(show.lawyer, show.place, ANSWER))["ok"]
    await eventually(lambda: (show.lawyer_id, ANSWER) in signals(show.host))


async def test_the_studio_hears_of_seats_as_they_change(show: Show) -> None:
    opened = await signal(show.host, show.place, {"kind": "studio"})
    assert [(seat["name"], seat["state"]) for seat in opened["seats"]] == [("纳文慧", "waiting")]
    assert opened["most"] == 3
    assert (await do(show.host, show.place, "stage.take", person=show.lawyer_id))["ok"]
    await eventually(lambda: signals(show.host) and signals(show.host)[-1][1]["seats"][0]["state"] == "on")


async def test_without_a_seat_nobody_reaches_the_studio(show: Show, open_line: Open) -> None:
    await meet(show)
    resident = await open_line(await cookie_of(show.place))
    heard = len(signals(show.host))
    for line in (resident, await open_line()):
        answer = await signal(line, show.place, HERE)
        assert answer["code"] == "forbidden"
        assert "ice" not in answer
    assert (await do(resident, show.place, "stage.raise"))["ok"]
    assert (await signal(resident, show.place, HERE))["code"] == "forbidden", "a raised hand is no seat yet"
    assert (await do(resident, show.place, "stage.lower"))["ok"]
    assert [one for one in signals(show.host)[heard:] if one[1]["kind"] != "seats"] == []


async def test_a_guest_is_no_studio_and_the_studio_talks_to_seats_alone(show: Show) -> None:
    assert (await signal(show.lawyer, show.place, {"kind": "studio"}))["code"] == "forbidden"
    await meet(show)
    assert (await signal(show.host, show.place, OFFER, "p-nobody"))["code"] == "not_found"
    assert (await signal(show.host, show.place, ANSWER, show.lawyer_id))["code"] == "unclear"
    assert (await signal(show.lawyer, show.place, OFFER))["code"] == "unclear"


async def test_off_the_stage_and_out_a_guest_is_heard_no_more(show: Show) -> None:
    await meet(show)
    assert (await do(show.lawyer, show.place, "stage.lower"))["ok"]
    assert (await signal(show.lawyer, show.place, ANSWER))["code"] == "forbidden"
    assert (await signal(show.host, show.place, OFFER, show.lawyer_id))["code"] == "not_found"


async def test_whoever_goes_is_told_to_the_other_side(show: Show) -> None:
    await meet(show)
    show.lawyer.close()
    await eventually(lambda: (show.lawyer_id, {"kind": "gone"}) in signals(show.host))


async def test_a_guest_hears_of_the_studio_going_and_coming(show: Show, open_line: Open) -> None:
    await meet(show)
    _, other = await person(show.place, "technician", "贾一鸣")
    second = await open_line(other)
    assert (await signal(second, show.place, {"kind": "studio"}))["seats"][0]["person"] == show.lawyer_id
    await eventually(lambda: ("", {"kind": "taken"}) in signals(show.host))
    await eventually(lambda: ("studio", {"kind": "studio"}) in signals(show.lawyer))
    second.close()
    await eventually(lambda: ("studio", {"kind": "gone"}) in signals(show.lawyer))


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (None, "unclear"),
        ([], "unclear"),
        ({"kind": "shout"}, "unclear"),
        (HERE | {"more": 1}, "unclear"),
        ({"kind": "here"}, "unclear"),
        (ANSWER | {"sdp": "v" * 16_001}, "too_large"),
        (ANSWER | {"call": "c" * 41}, "too_large"),
        ({"kind": "ice", "call": "c1", "candidate": "c" * 1_001}, "too_large"),
    ],
)
async def test_what_is_no_signal_or_too_long_is_refused(show: Show, data: Any, code: str) -> None:
    assert (await signal(show.lawyer, show.place, data))["code"] == code


async def test_nobody_signals_without_end(show: Show) -> None:
    await meet(show)
    candidate = {"kind": "ice", "call": "c1", "candidate": "candidate:1"}
    codes = [(await signal(show.lawyer, show.place, candidate)).get("code") for _ in range(300)]
    assert "too_fast" in codes


async def test_a_record_that_is_not_followed_has_no_signals(show: Show, open_line: Open) -> None:
    line = await open_line(join=False)
    assert (await signal(line, show.place, HERE))["code"] == "not_found"


async def test_keys_to_the_turn_servers_last_an_hour_and_name_nobody(show: Show) -> None:
    servers = (await signal(show.host, show.place, {"kind": "studio"}))["ice"]
    assert servers[0] == {"urls": ["stun:stun.example:3478"]}
    turn = servers[1]
    assert turn["urls"] == ["turn:turn.example:3478", "turns:turn.example:443"]
    until, _, digest = turn["username"].partition(":")
    assert 3_500 < int(until) - time.time() <= 3_600
    assert show.lawyer_id not in digest
    mac = hmac.new(SECRET.encode(), turn["username"].encode(), hashlib.sha1).digest()
    assert turn["credential"] == base64.b64encode(mac).decode()
    guest = (await signal(show.lawyer, show.place, HERE))["ice"][1]
    assert guest["username"].partition(":")[2] != digest
