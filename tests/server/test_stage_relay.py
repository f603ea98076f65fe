"""The way through the server for guests without a direct one: whose it is, what passes, and what a slow reader costs."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from itertools import pairwise
from typing import Any
from urllib.parse import quote

import aiohttp
import pytest

from meetings import Who
from server.media import relay
from server.media.wire import AUDIO, HEADER, KEY, VIDEO
from tests.engines import eventually
from tests.server.hall import cookie_of, live_town
from tests.town import Town


@pytest.fixture(scope="module")
async def place(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Town]:
    async with live_town(tmp_path_factory.mktemp("relay"), {}) as made:
        yield made


def packet(kind: int, seq: int, size: int = 100, *, key: bool = False) -> bytes:
    return HEADER.pack(kind, KEY if key else 0, 0, seq, seq * 20_000, 20_000) + bytes(size)


def numbers(messages: list[bytes], kind: int) -> list[int]:
    return [HEADER.unpack_from(one)[3] for one in messages if one[0] == kind]


class Way:
    """A lawyer's way to the studio, and who tries it."""

    def __init__(self, place: Town, stack: AsyncExitStack) -> None:
        self.place, self.stack = place, stack
        self.person, self.guest, self.host, self.resident = "", "", "", ""

    async def give(self, word: str) -> None:
        who = Who(self.person, 0, frozenset({"lawyer"}))
        assert (await self.place.parts.desks.give(self.place.record, {"type": word}, who))["ok"]

    async def open(
        self, cookie: str, side: str, *, origin: str = "", person: str = "", rcvbuf: int = 0
    ) -> Any:
        def small(about: Any) -> socket.socket:
            made = socket.socket(about[0], about[1], about[2])
            made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, rcvbuf)
            return made

        base = self.place.parts.base_url
        path = (
            f"/media/{self.place.record.replace(':', '-')}/stage/{quote(person or self.person)}?side={side}"
        )
        connector = aiohttp.TCPConnector(socket_factory=small) if rcvbuf else None
        client = await self.stack.enter_async_context(
            aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar(), connector=connector)
        )
        return await client.ws_connect(
            base + path,
            headers={"Cookie": cookie, "Origin": origin or base},
            max_msg_size=relay.MESSAGE_BYTES,
        )

    async def refused(self, cookie: str, side: str, **more: str) -> bool:
        try:
            await self.open(cookie, side, **more)
        except aiohttp.WSServerHandshakeError as error:
            return error.status == 403
        return False

    async def pair(self) -> tuple[Any, Any]:
        """Guest and studio, each told of the other."""
        guest = await self.open(self.guest, "guest")
        assert json.loads(await guest.receive_str()) == {"peer": False}
        studio = await self.open(self.host, "studio")
        for one in (guest, studio):
            assert json.loads(await one.receive_str(timeout=5)) == {"peer": True}
        return guest, studio


@pytest.fixture
async def way(place: Town) -> AsyncIterator[Way]:
    async with AsyncExitStack() as stack:
        made = Way(place, stack)
        for field, role in (("host", "host"), ("guest", "lawyer")):
            browser = place.browser()
            assert (await browser.enter(await place.invited(role, name="纳文慧")))[0] == 200
            setattr(made, field, "; ".join(f"{key}={value}" for key, value in browser.cookies.items()))
        made.person = (await browser.me(place.record))["person"]
        made.resident = await cookie_of(place)
        await made.give("stage.wait")
        yield made
        await made.give("stage.lower")


async def closed(line: Any) -> int:
    """The code a socket is closed with, whatever came before."""
    while True:
        message = await line.receive(timeout=5)
        if message.type in {aiohttp.WSMsgType.CLOSE, aiohttp.WSMsgType.CLOSED, aiohttp.WSMsgType.CLOSING}:
            return int(line.close_code)


async def test_sound_and_picture_pass_both_ways_as_they_are(way: Way) -> None:
    guest, studio = await way.pair()
    for mine, theirs in ((guest, studio), (studio, guest)):
        for message in (packet(VIDEO, 1, 20_000, key=True), packet(AUDIO, 2), packet(VIDEO, 3)):
            await mine.send_bytes(message)
            assert await theirs.receive_bytes(timeout=5) == message


async def test_each_side_hears_when_the_other_goes(way: Way) -> None:
    guest, studio = await way.pair()
    await guest.close()
    assert json.loads(await studio.receive_str(timeout=5)) == {"peer": False}
    again = await way.open(way.guest, "guest")
    assert json.loads(await again.receive_str()) == {"peer": True}


async def test_a_page_opened_again_takes_the_old_ones_place(way: Way) -> None:
    guest, studio = await way.pair()
    again = await way.open(way.guest, "guest")
    assert await closed(guest) == relay.TAKEN
    await again.send_bytes(packet(AUDIO, 7))
    await eventually(lambda: _passed(studio))


async def _passed(line: Any) -> bool:
    return bool((await line.receive(timeout=5)).type == aiohttp.WSMsgType.BINARY)


async def test_only_the_person_and_the_studio_have_the_way(way: Way) -> None:
    assert await way.refused(way.resident, "guest")
    assert await way.refused(way.resident, "studio")
    assert await way.refused(way.guest, "studio")
    assert await way.refused("", "guest")
    assert await way.refused(way.guest, "guest", person="p-nobody")
    assert await way.refused(way.guest, "guest", origin="https://evil.example")


async def test_off_the_seat_the_way_is_closed(way: Way) -> None:
    guest, studio = await way.pair()
    await way.give("stage.lower")
    assert await closed(guest) == relay.GONE
    assert await closed(studio) == relay.GONE
    assert await way.refused(way.guest, "guest")


@pytest.mark.parametrize("rubbish", [b"", b"short", bytes(40), b"\xff" * 400, packet(4, 1)])
async def test_what_is_no_chunk_closes_the_line(way: Way, rubbish: bytes) -> None:
    guest, studio = await way.pair()
    await guest.send_bytes(rubbish)
    assert await closed(guest) == relay.BAD
    assert json.loads(await studio.receive_str(timeout=5)) == {"peer": False}


async def test_words_from_a_guest_close_the_line(way: Way) -> None:
    guest, _ = await way.pair()
    await guest.send_str('{"peer": true}')
    assert await closed(guest) == relay.BAD


async def test_a_message_beyond_the_limit_and_a_flood_close_the_line(way: Way) -> None:
    guest, _ = await way.pair()
    await guest.send_bytes(packet(VIDEO, 1, relay.MESSAGE_BYTES, key=True))
    assert await closed(guest) == 1009
    guest = await way.open(way.guest, "guest")
    for seq in range(relay.PER_SECOND * relay.BURST_SECONDS + 100):
        await guest.send_bytes(packet(AUDIO, seq + 1))
    assert await closed(guest) == relay.BUSY


async def test_a_slow_studio_misses_pictures_up_to_a_keyframe_and_no_sound(way: Way) -> None:
    """More pictures than kernel and server hold for a reader who does not read; sound goes between them."""
    guest = await way.open(way.guest, "guest")
    studio = await way.open(way.host, "studio", rcvbuf=4_096)
    line = studio._conn.transport
    line.pause_reading()
    sent = 0
    for turn in range(1, 31):
        await guest.send_bytes(packet(VIDEO, 2 * turn, 24_000, key=turn % 10 == 1))
        await guest.send_bytes(packet(AUDIO, 2 * turn + 1))
        sent += 1
        await asyncio.sleep(0.01)
    line.resume_reading()
    got: list[bytes] = []
    while True:
        try:
            message = await studio.receive(timeout=1)
        except TimeoutError:
            break
        if message.type == aiohttp.WSMsgType.BINARY:
            got.append(message.data)
    assert numbers(got, AUDIO) == [2 * turn + 1 for turn in range(1, 31)]
    pictures = numbers(got, VIDEO)
    assert 0 < len(pictures) < sent
    after_gap = [now for before, now in pairwise(pictures) if now - before > 2]
    assert all((now // 2) % 10 == 1 for now in after_gap)
    await guest.send_bytes(packet(VIDEO, 62, 100, key=True))
    assert HEADER.unpack_from(await studio.receive_bytes(timeout=5))[3] == 62
