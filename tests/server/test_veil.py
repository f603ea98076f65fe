"""A passage masked by the secretary, from the command to what a resident can still fetch, within two seconds."""

from __future__ import annotations

import asyncio
import itertools
import time

import pytest

from server.media import record_file
from tests import engines
from tests.crowd.ways import uuid7
from tests.media.streams import reel, write_mp4
from tests.server.hall import live_town
from tests.server.test_archive import DESK, ROOMY

pytestmark = pytest.mark.long
LONG, EVERY = 40, 4
SECRET = "第12秒念出的电话"


@pytest.fixture(scope="module")
async def council(tmp_path_factory):
    """A published council of forty seconds with a real recording and a caption each four."""
    data = tmp_path_factory.mktemp("veil")
    async with live_town(data, ROOMY) as place:
        start = (await place.parts.desks.room(place.record)).at
        ticks = itertools.count()

        async def give(second, word, who=DESK, **fields):
            at = start + second * 1_000 + next(ticks) % 100
            answer = await place.parts.desks.give(place.record, {"type": word, **fields}, who, at)
            assert answer["ok"], (word, answer)

        for second in range(0, LONG, EVERY):
            text = SECRET if second == 12 else f"第{second}秒说的话。"
            await give(second, "caption.say", id=uuid7(), text=text, speaker_name="柳婷")
        await give(LONG, "meeting.end")
        film = data / "film.mp4"
        await asyncio.to_thread(lambda: write_mp4(reel(LONG), film))
        await asyncio.to_thread(record_file, data / "media", place.record, film, start)
        place.parts.media.reload(place.record)
        await give(LONG, "meeting.publish")
        yield place


def addresses(place):
    own_id = place.record.partition(":")[2]
    return f"/archive/{own_id}", f"/media/meeting-{own_id}"


async def text(place, path):
    status, answer = await place.browser().get(path)
    assert status == 200, path
    return answer.get("text") or str(answer)


async def status(place, path):
    async with place.browser().client.get(place.inside + path) as answer:
        return answer.status


async def test_everything_follows_a_mask_within_two_seconds_and_back(council):
    archive, media = addresses(council)
    readings = [archive, f"{archive}/captions.vtt", f"{archive}/transcript.csv", f"{archive}/export.json"]
    room = f"/api/records/{council.record}/room"
    assert all([SECRET in await text(council, path) for path in [*readings, room]])
    assert await status(council, f"{media}/s12.m4s") == 200
    veil = {"id": uuid7(), "from_s": 12, "to_s": 15, "what": "both", "reason": "念出了电话"}
    begun = time.monotonic()
    answer = await council.parts.desks.give(council.record, {"type": "recording.veil", **veil}, DESK)
    assert answer["ok"]
    # The recording itself at once: the record is asked at every request.
    for name in ("s12.m4s", "s14.m4s", "a12.m4s", "s12-3.m4s"):
        assert await status(council, f"{media}/{name}") == 410, name
    assert "s12-3b.m4s" in await text(council, f"{media}/recording.m3u8")

    async def nowhere():
        return not any([SECRET in await text(council, path) for path in [*readings, room]])

    await engines.eventually(nowhere)
    assert time.monotonic() - begun < 2
    page = await text(council, archive)
    assert "遮盖的段落" in page
    assert "念出了电话" in page
    assert "0:12" in page
    assert 'id="veil"' not in page
    lines = await text(council, f"{archive}/captions.vtt")
    # A line that reaches into the passage goes with it; its neighbours keep their second.
    assert "第8秒" in lines
    assert "00:00:16.0" in lines
    told = await council.browser().get(f"{archive}/export.json")
    assert told[1]["recording"]["veils"][0]["what"] == "both"

    lift = {"type": "recording.unveil", "id": veil["id"]}
    assert (await council.parts.desks.give(council.record, lift, DESK))["ok"]
    assert await status(council, f"{media}/s12.m4s") == 200
    assert all([SECRET in await text(council, path) for path in [*readings, room]])


async def test_what_a_kill_left_untold_is_told_when_the_archive_is_opened(council, monkeypatch):
    async def killed(*_):
        return

    monkeypatch.setattr("server.errands.silence", killed)
    veil = {"id": uuid7(), "from_s": 12, "to_s": 13, "what": "sound", "reason": "电话"}
    assert (await council.parts.desks.give(council.record, {"type": "recording.veil", **veil}, DESK))["ok"]
    archive, _ = addresses(council)
    assert SECRET not in await text(council, archive)
    assert SECRET not in await text(council, f"/api/records/{council.record}/room")
    await council.parts.desks.give(council.record, {"type": "recording.unveil", "id": veil["id"]}, DESK)


async def test_the_secretary_has_the_form_and_nobody_else(council):
    archive, _ = addresses(council)
    for role, sees in (("secretary", True), ("host", True), ("moderator", False), ("technician", False)):
        browser = council.browser()
        assert (await browser.enter(await council.invited(role, name="石岚")))[0] == 200
        _, answer = await browser.get(archive)
        assert ('id="veil"' in answer["text"]) == sees, role
