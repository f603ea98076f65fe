"""Behind a media server: its questions are answered by key and secret, its streams are fetched and shown."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from server.media import hook
from tests.engines import eventually
from tests.media.encoder import Encoder, Publisher
from tests.media.nginx import HERE, free_port, nginx, ours
from tests.media.streams import Reel
from tests.server.hall import live_town
from tests.town import Town

pytestmark = pytest.mark.long

SECRET = "between-the-two"
FORM = "application/x-www-form-urlencoded"


@pytest.fixture
async def behind(tmp_path: Path) -> AsyncIterator[tuple[Town, int]]:
    """A council that fetches from a media server on this machine, and that server's port."""
    port = free_port()
    environment = {
        "SUN_MEDIA_SERVER": "rtmp://council.example/live",
        "SUN_MEDIA_SERVER_PULL": f"rtmp://127.0.0.1:{port}/live",
        "SUN_MEDIA_HOOK_FROM": "127.0.0.0/8",
        "SUN_MEDIA_HOOK_SECRET": SECRET,
    }
    async with live_town(tmp_path, environment) as place:
        yield place, port


async def _key(place: Town, *, renew: bool = False) -> dict[str, Any]:
    host = place.browser()
    assert (await host.enter(await place.invited("host", name="柳婷")))[0] == 200
    path = f"/api/records/{place.record}/stream-key"
    status, told = await (host.post(path, {"renew": True}) if renew else host.get(path))
    assert status == 200, told
    return told


async def _ask(place: Town, body: str, kind: str = FORM, secret: str = SECRET) -> int:
    headers = {"Content-Type": kind}
    async with aiohttp.ClientSession() as http:
        address = f"{place.inside}/api/media/hook?secret={secret}"
        async with http.post(address, data=body, headers=headers) as answer:
            return answer.status


async def test_the_right_key_publishes_and_every_other_does_not(behind: tuple[Town, int]):
    place, _ = behind
    told = await _key(place)
    assert told["url"] == "rtmp://council.example/live"
    name, _, key = told["key"].partition("?key=")
    begin = "app=live&call=publish&type=live"
    assert await _ask(place, f"{begin}&name={name}&key={key}") == 200
    assert await _ask(place, f"{begin}&name={name}&key={key}x") == 403
    assert await _ask(place, f"{begin}&name={name}") == 403
    assert await _ask(place, f"{begin}&name=meeting-nobody&key={key}") == 403
    await _key(place, renew=True)
    assert await _ask(place, f"{begin}&name={name}&key={key}") == 403
    health = place.parts.media.health(place.record)
    assert health["encoder"]["refused"]["code"] == "key-old"


async def test_mediamtx_asks_in_json(behind: tuple[Town, int]):
    place, _ = behind
    name, _, key = (await _key(place))["key"].partition("?key=")
    ask = {"action": "publish", "path": f"live/{name}", "protocol": "srt", "ip": "10.0.0.1", "user": ""}
    kind = "application/json"
    assert await _ask(place, json.dumps({**ask, "query": f"key={key}"}), kind) == 200
    assert await _ask(place, json.dumps({**ask, "password": key, "query": ""}), kind) == 200
    assert await _ask(place, json.dumps({**ask, "query": "key=other"}), kind) == 403
    assert await _ask(place, json.dumps({**ask, "action": "read", "query": f"key={key}"}), kind) == 403
    assert await _ask(place, json.dumps({**ask, "action": "api"}), kind) == 403


async def test_only_the_media_server_may_ask(behind: tuple[Town, int], monkeypatch: pytest.MonkeyPatch):
    place, _ = behind
    name, _, key = (await _key(place))["key"].partition("?key=")
    body = f"call=publish&name={name}&key={key}"
    assert await _ask(place, body, secret="guessed") == 404
    object.__setattr__(place.parts.settings, "media_hook_from", "10.0.0.0/8")
    assert await _ask(place, body) == 404


async def test_a_council_without_a_media_server_has_no_hook(tmp_path: Path):
    async with live_town(tmp_path, {}) as place:
        assert await _ask(place, "call=publish") == 404
        told = await _key(place)
        assert (told["url"], told["port"]) == (None, None)


async def test_a_question_that_is_none_lets_nobody_in(behind: tuple[Town, int]):
    for body in ("", "\xff\xfe", "{", "[]", "call=publish&name=" + "&a=b" * 100, "x" * 20_000):
        for kind in (FORM, "application/json", "text/plain"):
            assert await _ask(behind[0], body, kind) in {403, 413, 422}


def test_the_two_forms_say_the_same():
    form = hook.read(FORM, b"app=live&call=publish&name=meeting-7&key=k&addr=1.2.3.4")
    words = {"action": "publish", "path": "live/meeting-7", "query": "key=k"}
    assert hook.read("application/json", json.dumps(words).encode()) == form
    assert "k" not in repr(form).replace("hook", "")


@pytest.mark.skipif(not HERE, reason="no nginx with its RTMP module on this machine")
async def test_a_stream_published_at_nginx_is_fetched_and_shown_and_its_key_is_in_no_log(
    behind: tuple[Town, int], tmp_path: Path, aac: Reel
):
    place, port = behind
    name = (await _key(place))["key"]
    council = place.inside.removeprefix("http://")
    folder = tmp_path / "nginx"
    stream = place.parts.media.stream(place.record)
    async with nginx(folder, ours(folder, port, council, SECRET), port) as log:
        wrong = await Publisher(f"rtmp://127.0.0.1:{port}/live/{name}x", aac, tmp_path, pace=4).start()
        assert (await wrong.done())[0] != 0
        assert place.parts.media.health(place.record)["encoder"]["refused"]["code"] == "key-wrong"
        right = await Publisher(f"rtmp://127.0.0.1:{port}/live/{name}", aac, tmp_path, pace=2).start()
        await eventually(lambda: len(stream.window.public) >= 4)
        assert place.parts.media.health(place.record)["encoder"]["state"] == "on"
        with pytest.raises(Exception, match="refused-there"):
            await Encoder.enter(f"rtmp://127.0.0.1:{port}/live/{name}")
        # A key that was renewed takes the picture off the air at once, and nginx lets its publisher go.
        await _key(place, renew=True)
        await eventually(lambda: stream.session is None)
        assert (await right.done())[0] != 0
        text = log.read_text(errors="replace")
    assert name.partition("=")[2] not in text
    assert SECRET not in text


async def test_an_encoder_publishes_at_our_own_door_with_the_key_the_studio_shows(tmp_path: Path, aac: Reel):
    async with live_town(tmp_path, {"SUN_RTMP_PORT": "0"}) as place:
        told = await _key(place)
        assert told["url"] == f"rtmp://127.0.0.1:{place.parts.encoders.door.port}/live"
        encoder = await Encoder.enter(f"{told['url']}/{told['key']}")
        await encoder.send(aac, aac.chunks)
        stream = place.parts.media.stream(place.record)
        await eventually(lambda: len(stream.window.public) >= 19)
        health = place.parts.media.health(place.record)
        assert health["holder"] == "encoder"
        assert health["encoder"] == {"state": "on", "keyframes_s": 1.0, "refused": None}
        await _key(place, renew=True)
        await eventually(lambda: encoder.line.lost, 8)
        assert place.parts.media.health(place.record)["encoder"]["refused"]["code"] == "key-old"
        await encoder.leave()


async def test_a_stopped_broadcast_is_not_begun_again_by_an_encoder_that_tries(tmp_path: Path, aac: Reel):
    async with live_town(tmp_path, {"SUN_RTMP_PORT": "0"}) as place:
        told = await _key(place)
        encoder = await Encoder.enter(f"{told['url']}/{told['key']}")
        await encoder.send(aac, aac.chunks)
        host = place.browser()
        assert (await host.enter(await place.invited("host", name="柳婷")))[0] == 200
        path = f"/api/records/{place.record}/commands"
        await eventually(lambda: place.parts.media.stream(place.record).state == "live")

        async def stopped() -> bool:
            return bool((await host.post(path, {"type": "stream.end"}))[1].get("seq"))

        await eventually(stopped)
        await eventually(lambda: encoder.line.lost)
        with pytest.raises(Exception, match="refused-there"):
            await Encoder.enter(f"{told['url']}/{told['key']}")
        fresh = await _key(place, renew=True)
        again = await Encoder.enter(f"{fresh['url']}/{fresh['key']}")
        await again.leave()
        await encoder.leave()


async def test_the_key_and_the_push_are_the_studios_alone(tmp_path: Path):
    async with live_town(tmp_path, {"SUN_RTMP_PORT": "0"}) as place:
        resident, base = await place.joined(), f"/api/records/{place.record}"
        for path in ("stream-key", "push"):
            assert (await resident.get(f"{base}/{path}"))[0] == 403
            assert (await resident.post(f"{base}/{path}", {}))[0] == 403
        host = place.browser()
        assert (await host.enter(await place.invited("host", name="柳婷")))[0] == 200
        assert (await host.get(f"{base}/push"))[1]["push"] is None
        told = (await host.post(f"{base}/push", {"address": "http://x/live/k"}))[1]
        assert (told["code"], told["why"]) == ("unclear", "no-address")
        secret = "rtmp://push.example/live/abc?txSecret=s3cret"
        status, told = await host.post(f"{base}/push", {"address": secret, "on": True})
        assert status == 200
        assert told["push"]["to"] == "rtmp://push.example/live/…"
        assert told["push"]["on"] is True
        told = (await host.post(f"{base}/push", {"viewers": 1200}))[1]
        assert told["push"]["viewers"] == 1200
        assert "s3cret" not in json.dumps(told) + json.dumps(place.parts.media.health(place.record))
        told = (await host.post(f"{base}/push", {"on": False}))[1]
        assert told["push"]["state"] == "off"
        await asyncio.sleep(0)


async def test_a_push_goes_on_after_the_server_was_started_again(tmp_path: Path):
    async with live_town(tmp_path, {}) as place:
        record = place.record
        await place.parts.encoders.push(record, address="rtmp://93.184.215.14/live/k", on=True, viewers=7)
    from tests.town import config, running

    async with running(config.load({"data": tmp_path, "port": 0, "empty": True}, {})) as parts:
        pushed = await parts.encoders.pushed(record)
        assert pushed is not None
        assert (pushed["on"], pushed["viewers"]) == (True, 7)
