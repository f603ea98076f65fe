"""A picture held back: what happened meanwhile is public nowhere, however late it comes and whoever starts anew."""

from __future__ import annotations

from pathlib import Path

import pytest

from server.media.chunk import SECOND
from server.media.stream import Stream
from tests.engines import eventually
from tests.media.hall import RECORD, Hall
from tests.media.streams import Reel

pytestmark = pytest.mark.long

T0 = 1_778_931_000_000
PLAYLISTS = ("live.m3u8", "live.m3u8?dvr=1")


def on_air(hall: Hall, reel: Reel) -> Stream:
    """Somebody publishes from inside; what they send is given with the time at which it happened."""
    hall.media.publisher(RECORD, "host").configure(reel.video, reel.audio)
    return hall.media.stream(RECORD)


def sent(stream: Stream, reel: Reel, begin: float, end: float) -> None:
    for chunk in reel.numbered():
        if begin * SECOND <= chunk.dts_us < end * SECOND:
            stream.push(chunk, T0 + chunk.dts_us // 1000)


async def landed(stream: Stream, count: int) -> None:
    await eventually(lambda: len(stream.window._all) >= count, what=f"{count} segments")


async def listed(hall: Hall, name: str) -> list[int]:
    return [int(item["uri"][1:-4]) for item in (await hall.playlist(name)).items]


async def test_what_lands_after_the_hold_is_lifted_but_happened_before_stays_hidden(hall: Hall, aac: Reel):
    stream = on_air(hall, aac)
    sent(stream, aac, 0, 5.3)
    await landed(stream, 5)
    hall.media.hold(RECORD, T0 + 5_300)
    sent(stream, aac, 5.3, 10.3)
    await landed(stream, 10)
    hall.media.release(RECORD, T0 + 10_300)
    sent(stream, aac, 10.3, 19.5)
    await landed(stream, 19)
    for name in PLAYLISTS:
        assert await listed(hall, name) == [*range(5), *range(11, 19)]
    # The eleventh second was half held: no address of it, no second of it in the recording.
    assert [(await hall.get(f"s{n}.m4s"))[0] for n in (4, 5, 10, 11)] == [200, 404, 404, 200]
    await hall.media.end(RECORD)
    assert (await hall.watched("recording.m3u8")).bars == [*range(125), *range(275, 488)]


async def test_what_a_studio_sends_late_was_held_when_it_happened(hall: Hall, aac: Reel):
    """The line of the studio is cut, the desk holds and lifts, then the studio sends its replay buffer."""
    stream = on_air(hall, aac)
    sent(stream, aac, 0, 3.1)
    await landed(stream, 3)
    hall.media.hold(RECORD, T0 + 6_000)
    hall.media.release(RECORD, T0 + 9_000)
    sent(stream, aac, 3.1, 19.5)
    await landed(stream, 19)
    assert await listed(hall, "live.m3u8?dvr=1") == [*range(5), *range(10, 19)]


async def test_after_a_restart_it_is_still_held(tmp_path: Path, aac: Reel):
    hall = await Hall(tmp_path).open()
    stream = on_air(hall, aac)
    sent(stream, aac, 0, 5.1)
    await landed(stream, 5)
    hall.media.hold(RECORD, T0 + 5_100)
    await hall.close()

    hall = await Hall(tmp_path).open()
    hall.media.hold(RECORD, T0 + 5_100)
    stream = on_air(hall, aac)
    sent(stream, aac, 6, 12.1)
    await landed(stream, 12)
    hall.media.release(RECORD, T0 + 12_100)
    sent(stream, aac, 12.1, 19.5)
    await eventually(lambda: len(stream.window.public) >= 11)
    assert (await hall.playlist("live.m3u8?dvr=1")).text.count("s4.m4s") == 1
    hidden = [entry for entry in stream.window._all.values() if entry.msn < 0]
    assert len(hidden) >= 7
    await hall.close()


async def test_holding_twice_is_holding_once_and_lifting_what_is_not_held_is_nothing(hall: Hall, aac: Reel):
    stream = on_air(hall, aac)
    hall.media.release(RECORD, T0)
    hall.media.hold(RECORD, T0 + 2_000)
    hall.media.hold(RECORD, T0 + 3_000)
    assert stream.landing.held
    hall.media.release(RECORD, T0 + 4_000)
    hall.media.release(RECORD, T0 + 5_000)
    sent(stream, aac, 0, 10.1)
    await landed(stream, 9)
    assert (await listed(hall, "live.m3u8"))[:4] == [0, 5, 6, 7]
