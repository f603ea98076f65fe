"""Partial segments, for small rooms that want less delay: the same bytes as the segments, in thirds."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from server.media import PART_US, Limits
from server.media.chunk import SECOND
from server.media.packager import Packager
from server.media.spans import Done, Part, Segment
from tests.engines import eventually
from tests.media.demux import demuxed, opened
from tests.media.hall import Hall, Playlist, published
from tests.media.streams import Reel
from tests.media.test_packager import START
from tests.media.test_tracks_live import T0, landed, on_air, sent

pytestmark = pytest.mark.long

LIMITS = Limits(part_us=PART_US, silent_s=60)


@pytest.fixture
async def small(tmp_path: Path) -> AsyncIterator[Hall]:
    """A hall of a small room."""
    opened_hall = await Hall(tmp_path, LIMITS).open()
    yield opened_hall
    await opened_hall.close()


def finished(reel: Reel) -> list[Done]:
    packager = Packager(limits=LIMITS)
    packager.configure(reel.video, reel.audio)
    done: list[Done] = []
    for chunk in reel.numbered():
        done += packager.feed(chunk, START + chunk.dts_us // 1000)
    return done + packager.finish()


@pytest.mark.parametrize("name", ["thin", "opus"])
def test_the_parts_of_a_segment_are_its_bytes(name: str, request: pytest.FixtureRequest):
    parts: list[Part] = []
    whole: list[Segment] = []
    for one in finished(request.getfixturevalue(name)):
        if isinstance(one, Part):
            assert one.place == len(parts)
            assert one.key == (one.place == 0)
            parts.append(one)
            continue
        assert b"".join(part.data for part in parts) == one.data
        assert sum(part.dur_us for part in parts) == pytest.approx(one.dur_us, abs=50_000)
        assert len(parts) in (3, 4)
        assert all(part.dur_us <= 400_000 for part in parts)
        whole.append(one)
        parts = []
    found = demuxed([(whole[0].init, [segment.data for segment in whole])])
    assert found.problems == []
    assert found.bars == list(range(500))


def test_a_part_is_out_before_the_next_one_is_over(aac: Reel):
    packager = Packager(limits=LIMITS)
    packager.configure(aac.video, aac.audio)
    for chunk in aac.chunks:
        for one in packager.feed(chunk, START):
            if isinstance(one, Part):
                assert chunk.dts_us - (one.start_us + one.dur_us) < 0.1 * SECOND


async def test_a_playlist_of_parts_has_all_that_players_of_parts_need(small: Hall, thin: Reel):
    stream = on_air(small, thin)
    sent(stream, thin, 0, 6.5)
    await landed(stream, 6)
    text = (await small.get("live.m3u8"))[1].decode()
    assert "#EXT-X-PART-INF:PART-TARGET=0.400\n" in text
    assert "CAN-BLOCK-RELOAD=YES,PART-HOLD-BACK=1.199" in text
    listed = re.findall(r'EXT-X-PART:DURATION=([\d.]+),URI="(p(\d+)\.\d+\.m4s)"(,INDEPENDENT=YES)?', text)
    assert {int(n) for _, _, n, _ in listed} == {3, 4, 5, 6}
    assert sum(bool(key) for *_, key in listed) == 4
    assert all(float(length) <= 0.4 for length, *_ in listed)
    segments = Playlist(text).items
    for n in (4, 5):
        pieces = [(await small.get(uri))[1] for _, uri, of, _ in listed if int(of) == n]
        assert b"".join(pieces) == (await small.get(segments[n]["uri"]))[1]
    init = (await small.get("init0.mp4"))[1]
    for _, uri, _, _ in listed:
        with opened(init + (await small.get(uri))[1]) as source:
            assert any(p.size for p in source.demux(video=0))
    assert "DISCONTINUITY" not in text
    for name in ("thin.m3u8", "sound.m3u8", "live.m3u8?dvr=1"):
        assert "PART" not in (await small.get(name))[1].decode()
    assert (await small.get("p0.0.m4s"))[0] == 404


async def test_a_studio_hears_whether_parts_are_shown(small: Hall, aac: Reel, tmp_path: Path):
    studio = await published(small, aac)
    assert studio.heard[0]["parts"] is True
    hall = await Hall(tmp_path / "whole").open()
    other = await published(hall, aac)
    assert "parts" not in other.heard[0]
    await asyncio.gather(studio.leave(), other.leave())
    await hall.close()


async def test_a_reload_waits_for_a_part_and_so_does_the_hinted_part(small: Hall, aac: Reel):
    stream = on_air(small, aac)
    sent(stream, aac, 0, 3.1)
    await landed(stream, 3)
    hint = re.findall(r'PRELOAD-HINT:TYPE=PART,URI="([^"]+)"', (await small.get("live.m3u8"))[1].decode())
    assert hint == ["p3.0.m4s"]
    playlist = asyncio.create_task(small.get("live.m3u8?_HLS_msn=3&_HLS_part=0"))
    part = asyncio.create_task(small.get(hint[0]))
    await eventually(lambda: stream.window.readers == 2)
    sent(stream, aac, 3.1, 3.5)
    status, text = await asyncio.wait_for(playlist, 5)
    assert status == 200
    assert b'URI="p3.0.m4s",INDEPENDENT=YES' in text
    assert b'URI="p3.1.m4s"' in text
    status, data = await asyncio.wait_for(part, 5)
    assert status == 200
    assert data == stream.window.part(3, 0)
    assert (await small.get("live.m3u8?_HLS_msn=3&_HLS_part=x"))[0] == 400


async def test_parts_of_what_is_held_are_nowhere(small: Hall, aac: Reel):
    stream = on_air(small, aac)
    sent(stream, aac, 0, 4.5)
    await landed(stream, 4)
    await eventually(lambda: stream.window.part(4, 0) is not None)
    small.media.hold("meeting:1", T0 + 4_600)
    sent(stream, aac, 4.5, 7.5)
    await eventually(lambda: len(stream.window._all) >= 7)
    text = (await small.get("live.m3u8"))[1].decode()
    assert not re.search(r"p[456]\.\d\.m4s\",|PART:.*p[456]", text)
    assert (await small.get("p4.0.m4s"))[0] == 404


async def test_parts_leave_the_memory_with_the_edge_of_the_stream(small: Hall, aac: Reel):
    stream = on_air(small, aac)
    sent(stream, aac, 0, 20)
    await landed(stream, 19)
    assert {n for n, _ in stream.window._part_data} <= {16, 17, 18, 19}


async def test_without_the_setting_there_are_no_parts(hall: Hall, aac: Reel):
    stream = on_air(hall, aac)
    sent(stream, aac, 0, 3)
    await landed(stream, 2)
    assert "PART" not in (await hall.get("live.m3u8"))[1].decode()
    assert (await hall.get("p2.0.m4s"))[0] == 404


async def test_a_break_stands_before_the_first_part_of_what_follows(small: Hall, aac: Reel):
    stream = on_air(small, aac)
    sent(stream, aac, 0, 4)
    await landed(stream, 3)
    stream.session.configure(None, aac.audio)  # type: ignore[union-attr]
    stream.session.configure(aac.video, aac.audio)  # type: ignore[union-attr]
    sent(stream, aac, 5, 5.9)
    await eventually(lambda: stream.window.part(4, 0) is not None)
    text = (await small.get("live.m3u8"))[1].decode()
    tail = text[text.index("s3.m4s") :].splitlines()
    assert tail[1] == "#EXT-X-DISCONTINUITY"
    assert tail[2].startswith("#EXT-X-MAP")
    assert 'URI="p4.0.m4s"' in tail[4]
    assert 'URI="p4.1.m4s"' in tail[5]
    assert text.count("DISCONTINUITY") == 1
