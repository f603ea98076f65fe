"""The council beside its picture: it goes on when the picture's folder is gone, remembers what is held back, writes
down what a recogniser hears, and passes half-typed lines on.
"""

from __future__ import annotations

import asyncio
import json
import shutil
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from meetings import Eye
from meetings.stream import stream_of
from meetings.transcript import Caption
from server import config
from server.app import running
from server.live.half import AIR, KEPT_SECONDS
from server.media.chunk import SECOND
from server.media.session import wall_ms
from server.media.stream import Stream
from tests.crowd.ways import uuid7
from tests.crowd.wire import Line
from tests.engines import eventually
from tests.media.streams import Reel, reel
from tests.media.test_tap import BURSTS, bursts
from tests.server.hall import SIGNS, ask, cookie_of, live_town, moderator_cookie
from tests.town import Town

BURST_S = BURSTS[0]
NEAR_MS = 200


@pytest.fixture(scope="module")
def pictures() -> Reel:
    return reel(20)


@pytest.fixture
async def place(tmp_path: Path) -> AsyncIterator[Town]:
    async with live_town(tmp_path, {}) as made:
        yield made


def published(place: Town, pictures: Reel) -> Stream:
    place.parts.media.publisher(place.record, "host").configure(pictures.video, pictures.audio)
    return place.parts.media.stream(place.record)


def sent(stream: Stream, pictures: Reel, begin: float, end: float) -> None:
    for chunk in pictures.numbered():
        if begin * SECOND <= chunk.dts_us < end * SECOND:
            stream.push(chunk, wall_ms())


async def seen(place: Town) -> dict[str, Any]:
    """The stream as everybody sees it."""
    room = await place.parts.desks.room(place.record)
    return dict(room.patch(0, Eye.PUBLIC).get("stream") or {})


async def holds_council(place: Town, resident: str) -> None:
    """Somebody asks and is supported, is answered, and a poll is held."""
    line, desk = Line(place.inside, resident), Line(place.inside, await moderator_cookie(place))
    for one in (line, desk):
        await one.open()
    own, poll = uuid7(), uuid7()
    record = place.record

    async def do(socket: Line, **fields: Any) -> None:
        answer = await socket.call("do", {"record": record, **fields})
        assert answer["ok"], answer

    await do(line, **ask(place, own_id=own))
    await do(desk, type="question.call", id=own)
    await do(desk, type="answer.start", id=uuid7(), question=own, by=await lawyer(place))
    await do(desk, type="question.finish", id=own)
    options = {"question": "同意下周再议吗？", "options": ["同意", "不同意"]}
    await do(desk, type="poll.draft", id=poll, **options)
    await do(desk, type="poll.open", id=poll)
    await do(line, type="poll.answer", id=poll, choice=0)
    await do(desk, type="poll.close", id=poll)
    line.close()
    desk.close()


async def lawyer(place: Town) -> str:
    browser = place.browser()
    assert (await browser.enter(await place.invited("lawyer", name="纳文慧")))[0] == 200
    return str((await browser.me(place.record))["person"])


async def test_the_council_goes_on_with_the_folder_of_the_picture_unwritable(place: Town, pictures: Reel):
    folder = place.parts.settings.data / "media"
    shutil.rmtree(folder, ignore_errors=True)
    folder.write_text("a file where the folder should be")
    stream = published(place, pictures)
    sent(stream, pictures, 0, 6.1)
    await eventually(lambda: len(stream.window.public) >= 6, what="a picture without a disk")

    async def told() -> bool:
        return (await seen(place)).get("state") == "live" and not (await seen(place))["recorded"]

    await eventually(told, what="everybody told that nothing is recorded")
    await holds_council(place, await cookie_of(place))

    folder.unlink()
    sent(stream, pictures, 6.1, 12.1)

    async def back() -> bool:
        return bool((await seen(place))["recorded"])

    await eventually(back, what="the recording again")
    await eventually(lambda: len(list(folder.rglob("s*.m4s"))) >= 4, what="segments on disk")


async def test_a_folder_taken_away_in_mid_stream_is_begun_anew_and_can_be_read_after_a_restart(
    place: Town, pictures: Reel
):
    stream = published(place, pictures)
    sent(stream, pictures, 0, 5.1)
    await eventually(lambda: len(stream.window.public) >= 5)
    shutil.rmtree(place.parts.settings.data / "media")
    await holds_council(place, await cookie_of(place))
    sent(stream, pictures, 5.1, 12.1)
    await eventually(lambda: len(stream.window.public) >= 12)
    known = stream.recorder.load()
    assert [entry.n for entry in known.entries] == list(range(5, 12))
    assert known.inits["picture"].keys() == {0}


async def test_a_server_started_anew_holds_back_what_the_desk_holds_back(tmp_path: Path):
    async with live_town(tmp_path, {}) as place:
        for word in ("stream.live", "stream.hold"):
            assert (await place.parts.desks.give(place.record, {"type": word}, SIGNS))["ok"]
        record = place.record
        held_at = stream_of(await place.parts.desks.room(record)).held_at
    settings = config.load({"data": tmp_path, "port": 0, "empty": True}, {})
    async with running(settings) as parts:
        landing = parts.media.stream(record).landing
        assert not landing.held
        again = Town(parts, {}, f"http://127.0.0.1:{parts.port}", record=record)
        browser = again.browser()
        await browser.get(f"/media/{record.replace(':', '-')}/publish")
        assert landing.held
        assert landing.hides(held_at, held_at)
        await parts.desks.give(record, {"type": "stream.resume"}, SIGNS)
        await eventually(lambda: not landing.held, what="the release")
        assert landing.hides(held_at, held_at)
        await again.close()


async def test_what_is_heard_is_a_caption_of_the_platform_and_typed_ones_win(tmp_path: Path, pictures: Reel):
    ear = f"{sys.executable} -m tests.media.ear"
    async with live_town(tmp_path, {"SUN_RECOGNISER": ear}) as place:
        desks, record = place.parts.desks, place.record
        await desks.give(record, {"type": "stream.live"}, SIGNS)
        chunks, audio = bursts("opus")
        place.parts.media.publisher(record, "host").configure(pictures.video, audio)
        stream = place.parts.media.stream(record)
        video = [chunk for chunk in pictures.chunks if chunk.kind == "video"]
        begun = wall_ms()
        for chunk in sorted(video + chunks, key=lambda c: c.dts_us):
            if chunk.dts_us > 3.5 * SECOND:
                break
            await asyncio.sleep(max(0.0, (begun - wall_ms()) / 1000 + chunk.dts_us / SECOND))
            stream.push(chunk, begun + chunk.dts_us // 1000)

        async def heard() -> list[Caption]:
            room = await desks.room(record)
            return [caption for caption in room.all(Caption) if caption.heard]

        caption = (await eventually(heard, what="what was heard"))[0]
        assert caption.text.startswith("tone")
        assert abs(caption.at - begun - BURST_S * 1000) < NEAR_MS
        typed = {"type": "caption.say", "id": uuid7(), "text": "各位好", "at": caption.at + 1_000}
        assert (await desks.give(record, typed, SIGNS))["ok"]
        assert (await heard())[0].covered


async def test_half_lines_reach_everybody_masked_and_only_from_scribes(place: Town):
    desk = Line(place.inside, await moderator_cookie(place))
    reader = Line(place.inside, await cookie_of(place))
    told: list[Any] = []
    reader.decode = True
    reader.on_event = lambda name, body: told.append(body["captions"]) if "captions" in body else None
    for one in (desk, reader):
        await one.open()
        await one.join(place.record)
    at = place.parts.clock()

    def said(text: str, **more: Any) -> dict[str, Any]:
        return {"record": place.record, "captions": {"text": text, "at": at, **more}}

    for wrong in ("x", {"text": 3, "at": at}, {"text": "x" * 501, "at": at}, {"text": "x"}, []):
        assert (await desk.call("air", {"record": place.record, "captions": wrong}))["code"] == "unclear"
    assert (await reader.call("air", said("我来打")))["code"] == "forbidden"

    assert (await desk.call("air", said("他的电话是13800138000", speaker_name="马奶奶")))["ok"]
    await eventually(lambda: told, what="the half line")
    assert told[0] == {"text": told[0]["text"], "at": at, "speaker_name": "马奶奶", "heard": False}
    assert "13800138000" not in told[0]["text"]
    for text in ("他", "他说", "他说的", "他说的对"):
        await desk.call("air", said(text))
    await eventually(lambda: told[-1]["text"] == "他说的对", what="the newest")
    assert len(told) <= 3
    # A recogniser's guess does not push the typist aside; the line is taken back when it is sent.
    place.parts.air.halves.hear(place.record, "它说的对", at)
    await desk.call("air", {"record": place.record, "captions": None})
    await eventually(lambda: told[-1] is None, what="the end of the line")
    assert not any(line and line["heard"] for line in told)
    desk.close()
    reader.close()


async def test_a_half_line_that_is_not_renewed_is_taken_back(place: Town, monkeypatch: pytest.MonkeyPatch):
    assert KEPT_SECONDS > 1
    monkeypatch.setattr("server.live.half.KEPT_SECONDS", 0.7)
    reader = Line(place.inside, await cookie_of(place))
    told: list[Any] = []
    reader.decode = True
    reader.on_event = lambda name, body: told.append(body["captions"]) if "captions" in body else None
    await reader.open()
    await reader.join(place.record)
    halves = place.parts.air.halves
    halves.hear(place.record, "说到一半", place.parts.clock())
    await eventually(lambda: len(told) == 2, what="the line and its end")
    assert told[0]["heard"]
    assert told[1] is None
    # What another process has is passed on; what comes back to its own is not told twice.
    for process in ("another", halves._process):
        place.parts.air.breathed(AIR + json.dumps([process, place.record, {"text": process}]).encode())
    await reader.call("air", {"record": place.record})
    assert told[2:] == [{"text": "another"}]
    reader.close()
