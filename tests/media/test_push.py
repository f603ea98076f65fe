"""The push outside, at real RTMP receivers: our own door and Debian's nginx. It never disturbs the stream."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from pathlib import Path

import av
import pytest

from server.media.chunk import SECOND
from server.media.push import Push
from server.media.rtmp import Turned, address_of
from server.media.rtmp.client import found
from tests.engines import eventually
from tests.media.demux import opened
from tests.media.encoder import KEY, Gate
from tests.media.hall import RECORD, Hall, published
from tests.media.nginx import HERE, free_port, nginx
from tests.media.publisher import Studio
from tests.media.streams import Reel, read_bars

pytestmark = pytest.mark.long

RECORDS = """
user root;
load_module /usr/lib/nginx/modules/ngx_rtmp_module.so;
worker_processes 1;
error_log stderr error;
pid {folder}/pid;
events {{ worker_connections 64; }}
rtmp {{ server {{ listen 127.0.0.1:{port}; access_log off;
  application live {{ live on; record all; record_path {folder}/films; }} }} }}
"""


@pytest.fixture
async def platform(tmp_path: Path) -> AsyncIterator[Gate]:
    """Somebody else's server: another of our doors."""
    opened_gate = await Gate(tmp_path / "platform").open()
    yield opened_gate
    await opened_gate.close()


async def test_the_same_pictures_and_sound_arrive_outside(hall: Hall, platform: Gate, opus: Reel):
    push = Push(hall.media.stream(RECORD), address_of(platform.url()), private=True)
    push.start()
    studio = Studio(hall.http, hall.address, opus)
    await studio.connect()
    await studio.send(opus.numbered(), pace=8)
    await eventually(lambda: len(platform.media.stream(RECORD).window.public) >= 16)
    assert push.state == "on"
    there = await platform.watched("live.m3u8?dvr=1")
    assert there.problems == []
    assert there.bars == list(range(there.bars[0], there.bars[0] + len(there.bars)))
    sent = await _packets(hall, "s10.m4s", "init0.mp4")
    arrived = [p for n in range(16) for p in await _packets(platform, f"s{n}.m4s", "init0.mp4")]
    assert set(sent) <= set(arrived)
    await push.stop()
    await studio.leave()


@pytest.mark.skipif(not HERE, reason="no nginx with its RTMP module on this machine")
async def test_a_server_of_another_make_records_what_we_push(hall: Hall, tmp_path: Path, aac: Reel):
    port, folder = free_port(), tmp_path / "nginx"
    (folder / "films").mkdir(parents=True)
    text = RECORDS.format(port=port, folder=folder)
    async with nginx(folder, text, port):
        push = Push(
            hall.media.stream(RECORD), address_of(f"rtmp://127.0.0.1:{port}/live/film?key=k"), private=True
        )
        push.start()
        studio = Studio(hall.http, hall.address, aac)
        await studio.connect()
        await studio.send(aac.numbered(), pace=8)
        await eventually(lambda: push.sent_us >= 14 * SECOND)
        await push.stop()
        await studio.leave()
        (film,) = (folder / "films").iterdir()
        with av.open(str(film)) as source:
            bars = [read_bars(frame) for frame in source.decode(video=0)]
        with av.open(str(film)) as source:
            sounds = [bytes(p) for p in source.demux(audio=0) if p.size]
    assert len(bars) >= 14 * 25
    assert bars == list(range(bars[0], bars[0] + len(bars)))
    assert set(sounds) <= {chunk.data for chunk in aac.chunks if chunk.kind == "audio"}


async def test_a_platform_that_is_away_is_tried_again_and_the_stream_goes_on(
    hall: Hall, tmp_path: Path, aac: Reel, caplog: pytest.LogCaptureFixture
):
    caplog.set_level(logging.DEBUG)
    gate = await Gate(tmp_path / "platform").open()
    port, url = gate.door.port, gate.url()
    await gate.door.stop()
    push = Push(hall.media.stream(RECORD), address_of(url), private=True)
    push.start()
    studio = Studio(hall.http, hall.address, aac)
    await studio.connect()
    chunks = [c for c in aac.numbered() if c.dts_us < 13 * SECOND]
    sending = asyncio.create_task(studio.send(chunks, pace=1.5))
    await eventually(lambda: push.state == "waiting" and push.why == "line")
    await gate.door.start("127.0.0.1", port)
    await eventually(lambda: push.state == "on")
    await eventually(lambda: gate.media.stream(RECORD).window.public != [])
    await sending
    await eventually(lambda: studio.acked >= 800)
    assert (await hall.watched("live.m3u8?dvr=1")).problems == []
    assert KEY not in caplog.text
    await push.stop()
    await studio.leave()
    await gate.close()


async def test_a_key_the_platform_refuses_is_said_without_being_shown(
    hall: Hall, platform: Gate, aac: Reel, caplog: pytest.LogCaptureFixture
):
    caplog.set_level(logging.DEBUG)
    address = address_of(platform.url("a-secret-elsewhere"))
    push = Push(hall.media.stream(RECORD), address, private=True)
    push.start()
    studio = await published(hall, aac)
    await eventually(lambda: push.why == "refused-there")
    assert push.state == "waiting"
    assert "a-secret-elsewhere" not in caplog.text + repr(address) + address.shown + repr(push.__dict__)
    await push.stop()
    await studio.leave()


async def test_a_platform_that_reads_nothing_holds_nobody_up(
    hall: Hall, aac: Reel, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("server.media.push._STUCK_S", 0.5)

    async def greet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(60)

    deaf = await asyncio.start_server(greet, "127.0.0.1", 0)
    port = deaf.sockets[0].getsockname()[1]
    push = Push(hall.media.stream(RECORD), address_of(f"rtmp://127.0.0.1:{port}/live/x"), private=True)
    push.start()
    studio = await published(hall, aac)
    await eventually(lambda: push.state == "connecting")
    await eventually(lambda: studio.acked >= 1_300)
    await push.stop()
    await studio.leave()
    deaf.close()


async def test_what_is_held_back_never_goes_out(hall: Hall, platform: Gate, aac: Reel):
    push = Push(hall.media.stream(RECORD), address_of(platform.url()), private=True)
    push.start()
    studio = Studio(hall.http, hall.address, aac)
    await studio.connect()
    chunks = aac.numbered()
    await studio.send((c for c in chunks if c.dts_us < 4 * SECOND), pace=1)
    await eventually(lambda: push.state == "on")
    hall.media.hold(RECORD)
    await studio.send((c for c in chunks if 4 * SECOND <= c.dts_us < 7 * SECOND), pace=1)
    await eventually(lambda: push.state == "held")
    hall.media.release(RECORD)
    await studio.send((c for c in chunks if 7 * SECOND <= c.dts_us < 13 * SECOND), pace=1)
    await eventually(lambda: len(platform.media.stream(RECORD).window.public) >= 6)
    bars = (await platform.watched("live.m3u8?dvr=1")).bars
    assert not set(bars) & set(range(110, 160))
    assert max(bars) > 200
    await push.stop()
    await studio.leave()


@pytest.mark.parametrize(
    "text",
    ["", "http://platform.example/live/x", "rtmp://", "rtmp://platform.example", "rtmp://platform.example/live",
     "rtmp://a b/live/x", "rtmp://me:pass@platform.example/live/x", "rtmp://h:99999/live/x", "file:///etc/passwd",
     "rtmp://platform.example/live/x\nHost: y", "gopher://127.0.0.1/live/x", "rtmp://h/live/" + "x" * 1000],
)  # fmt: skip
def test_what_is_no_rtmp_address_is_refused(text: str):
    with pytest.raises(Turned, match="no-address"):
        address_of(text)


def test_an_address_is_shown_without_its_key():
    for text in (
        "rtmp://push.example/live/k?txSecret=s3cret",
        "rtmps://push.example/a/b/s3cret",
        "rtmp://push.example/live-bvc/?streamname=live_1&key=s3cret",
    ):
        address = address_of(text)
        assert "s3cret" not in address.shown + repr(address) + str(address)
        assert address.shown.startswith(text.partition(":")[0] + "://push.example")
        assert address_of(address.whole) == address


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "localhost", "10.1.2.3", "192.168.1.1", "172.16.0.1", "169.254.169.254", "[::1]", "[fe80::1]",
     "[fd00::1]", "0.0.0.0", "[::ffff:127.0.0.1]", "[::ffff:10.0.0.1]", "224.0.0.1", "100.64.0.1", "2130706433",
     "0x7f.1", "[2002:7f00:1::]"],
)  # fmt: skip
async def test_an_address_inside_is_not_pushed_to(host: str):
    with pytest.raises(Turned) as turned:
        await found(address_of(f"rtmp://{host}/live/x"), private=False)
    assert turned.value.code in {"private-address", "unknown-host"}


async def test_an_address_outside_may_be_pushed_to():
    assert await found(address_of("rtmp://93.184.215.14/live/x"), private=False) == "93.184.215.14"


async def _packets(hall: Hall, segment: str, init: str) -> list[bytes]:
    """The pictures of a segment, parameter sets aside, and its sound."""
    data = (await hall.get(init))[1] + (await hall.get(segment))[1]
    with opened(data) as source:
        return [_bare(bytes(p)) for p in source.demux() if p.size and p.stream.type == "video"] + []


def _bare(data: bytes) -> bytes:
    kept, at = b"", 0
    while at + 4 < len(data):
        size = int.from_bytes(data[at : at + 4], "big")
        unit = data[at + 4 : at + 4 + size]
        kept += b"" if unit[0] & 31 in (6, 7, 8, 9) else unit
        at += 4 + size
    return kept
