"""Every playlist is as long as what its files hold: a player that trusts either of the two misses nothing."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import av
import pytest

from server.media import Limits
from server.media.chunk import SECOND
from tests.media.hall import RECORD, Hall
from tests.media.streams import Reel
from tests.media.test_tracks_in_hls import switching
from tests.media.test_tracks_live import landed, on_air, sent

pytestmark = pytest.mark.long

NEAR_S = 0.1
"""A thin keyframe may stand so far from the cut of its span (spans.THIN_NEAR_US); sound ends within a frame of it."""
PLAYLISTS = ("recording.m3u8", "recording-thin.m3u8", "recording-sound.m3u8")


def spans(init: bytes, data: bytes) -> dict[str, tuple[float, float]]:
    """From where to where each kind in a file reaches."""
    found: dict[str, tuple[float, float]] = {}
    with av.open(io.BytesIO(init + data), format="mp4") as source:
        for packet in source.demux():
            if packet.pts is None or not packet.size:
                continue
            begin = float(packet.pts * packet.time_base)
            end = begin + float((packet.duration or 0) * packet.time_base)
            before = found.get(packet.stream.type, (begin, end))
            found[packet.stream.type] = (min(before[0], begin), max(before[1], end))
    return found


async def differences(hall: Hall, name: str) -> list[tuple[str, str, float, float]]:
    """Files whose picture or sound begins or ends elsewhere than their line says, and by how much."""
    wrong: list[tuple[str, str, float, float]] = []
    listed: list[dict[str, Any]] = (await hall.playlist(name)).items
    at = 0.0
    for item in listed:
        init, data = (await hall.get(item["init"]))[1], (await hall.get(item["uri"]))[1]
        for kind, (begin, end) in spans(init, data).items():
            early, late = begin - at, end - at - item["length"]
            if abs(early) > NEAR_S or abs(late) > NEAR_S:
                wrong.append((item["uri"], kind, round(early, 3), round(late, 3)))
        at += item["length"]
    return wrong


async def test_every_file_is_as_long_as_its_line_over_every_break(tmp_path: Path, thin: Reel):
    hall = await Hall(tmp_path, Limits(silent_s=60)).open()
    stream = on_air(hall, thin, video=False)
    switching(stream, thin)
    await landed(stream, 14)
    await hall.media.end(RECORD)
    assert {name: await differences(hall, name) for name in PLAYLISTS} == {name: [] for name in PLAYLISTS}
    await hall.close()


@pytest.mark.parametrize("from_s", [0.0, 0.1, 0.5, 0.9, 3.4])
@pytest.mark.parametrize("end_s", [12.0, 12.3, 12.9])
async def test_a_thin_picture_that_comes_late_leaves_no_hole(
    tmp_path: Path, thin: Reel, from_s: float, end_s: float
):
    hall = await Hall(tmp_path, Limits(silent_s=60)).open()
    stream = on_air(hall, thin)
    late = [chunk for chunk in thin.numbered() if not (chunk.track and chunk.dts_us < from_s * SECOND)]
    sent(stream, Reel(thin.video, thin.audio, late, None), 0, end_s)
    await landed(stream, int(end_s) - 1)
    await hall.media.end(RECORD)
    assert {name: await differences(hall, name) for name in PLAYLISTS} == {name: [] for name in PLAYLISTS}
    await hall.close()
