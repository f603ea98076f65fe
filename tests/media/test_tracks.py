"""Thin picture and sound alone beside the programme: the same spans, the same clock, nothing encoded twice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from server.media.chunk import SECOND, AudioConfig, Chunk
from server.media.mux import Piece
from server.media.packager import Packager
from server.media.spans import Done, Segment
from tests.media.demux import demuxed, opened
from tests.media.streams import FPS, Reel, reel, thin_of, with_thin
from tests.media.test_packager import START, packaged, segments_of, whole_and_even


def runs_of(pieces: Sequence[tuple[Piece, bool]]) -> list[tuple[bytes, list[bytes]]]:
    """Files of one track, split where the header changes or a discontinuity stands."""
    found: list[tuple[bytes, list[bytes]]] = []
    for piece, cut in pieces:
        if not found or cut or piece.init != found[-1][0]:
            found.append((piece.init, []))
        found[-1][1].append(piece.data)
    return found


def thin_runs(segments: Sequence[Segment]) -> list[tuple[bytes, list[bytes]]]:
    return runs_of([(s.thin, s.cut) for s in segments if s.thin is not None])


def packets(piece: Piece, kind: str) -> list[Any]:
    with opened(piece.init + piece.data) as source:
        streams = source.streams.audio if kind == "audio" else source.streams.video
        return [(bytes(p), float(p.pts * p.time_base)) for p in source.demux(streams[0]) if p.size]


def test_the_thin_picture_has_every_one_of_its_pictures_and_all_the_sound(thin: Reel):
    packager, segments = packaged(thin)
    assert packager.dropped == 0
    assert len(segments) == 20
    assert all(s.thin is not None for s in segments)
    found = demuxed(thin_runs(segments))
    assert found.problems == []
    assert found.bars == [n for n in range(500) if n % 2 == 0 or n % FPS == 0]
    assert abs(found.sounds - 20 * 48_000 // 1024) <= 3


def test_every_track_of_a_span_begins_at_the_same_instant(thin: Reel):
    _, segments = packaged(thin, start_us=1000 * SECOND)
    for segment in segments:
        begin = segment.start_us / SECOND
        assert segment.thin is not None
        assert packets(segment.picture, "video")[0][1] == pytest.approx(begin, abs=0.001)
        assert packets(segment.thin, "video")[0][1] == pytest.approx(begin, abs=0.001)
        heard = [packets(piece, "audio") for piece in (segment.picture, segment.thin, segment.sound)]
        assert heard[0] == heard[1] == heard[2]
        assert abs(heard[2][0][1] - begin) <= 1024 / 48_000


def test_sound_alone_is_the_publishers_own_packets(aac: Reel):
    """No second encoding: what went in comes out, byte for byte."""
    _, segments = packaged(aac)
    sent = [c.data for c in aac.chunks if c.kind == "audio"]
    heard = [data for s in segments for data, _ in packets(s.sound, "audio")]
    assert heard[: len(sent)] == sent
    assert len(heard) - len(sent) <= 2
    assert len({s.sound.init for s in segments}) == 1
    with opened(segments[0].sound.init + segments[0].sound.data) as source:
        assert [s.type for s in source.streams] == ["audio"]
    assert sum(len(s.sound.data) for s in segments) < 1.12 * sum(map(len, heard))


@pytest.mark.parametrize("late_us", [-100_000, 60_000, 220_000])
def test_thin_chunks_may_come_before_or_after_the_programmes(aac: Reel, late_us: int):
    packager, segments = packaged(with_thin(aac, late_us=late_us))
    assert all(s.thin is not None for s in segments)
    found = demuxed(thin_runs(segments))
    assert found.problems == []
    assert len(found.bars) >= 250
    whole_and_even(segments)
    assert packager.bad == 0


def test_a_thin_picture_that_stops_holds_no_segment_back_and_comes_again(aac: Reel):
    chunks = [c for c in with_thin(aac).chunks if not c.track or not 4.5 * SECOND < c.dts_us < 9.5 * SECOND]
    packager = Packager()
    packager.configure(aac.video, aac.audio)
    segments: list[Segment] = []
    for chunk in chunks:
        for segment in segments_of(packager.feed(chunk, START)):
            segments.append(segment)
            assert chunk.dts_us - (segment.start_us + segment.dur_us) < 0.4 * SECOND
    segments += segments_of(packager.finish())
    whole_and_even(segments)
    there = [s.thin is not None for s in segments]
    assert there == [*[True] * 5, *[False] * 5, *[True] * 10]
    assert demuxed(thin_runs(segments)).problems == []
    assert not any(s.cut for s in segments)


def test_a_thin_keyframe_that_is_missing_is_stood_in_for(aac: Reel):
    chunks = [c for c in with_thin(aac).chunks if not (c.track and c.key and c.dts_us == 5 * SECOND)]
    _, segments = packaged(aac, chunks)
    assert all(s.thin is not None for s in segments)
    whole_and_even(segments)
    found = demuxed(thin_runs(segments))
    assert found.problems == []
    assert 100 in found.bars
    assert 126 not in found.bars


def test_a_thin_picture_of_another_size_begins_a_header_of_its_own(aac: Reel):
    first = [c for c in thin_of(aac) if c.dts_us < 6 * SECOND]
    other = [c for c in thin_of(aac, 192, 108) if c.dts_us >= 6 * SECOND]
    chunks = sorted(aac.chunks + first + other, key=lambda c: (c.dts_us, c.kind == "audio", c.track))
    _, segments = packaged(aac, chunks)
    assert len({s.thin.init for s in segments if s.thin is not None}) == 2
    assert len({s.init for s in segments}) == 1
    assert demuxed(thin_runs(segments)).problems == []


def test_trouble_of_the_thin_picture_is_none_of_the_programmes(aac: Reel):
    """Garbage, absurd times and a picture far too large on track 1."""
    large = [replace(c, track=1) for c in reel(2, width=1280, height=720).chunks if c.kind == "video"]
    chunks: list[Chunk] = []
    for place, chunk in enumerate(with_thin(aac).chunks):
        chunks.append(chunk)
        if place % 30 == 7:
            chunks.append(
                Chunk("video", chunk.dts_us, chunk.dts_us, 40_000, True, b"\x00\x00\x01\x65", track=1)
            )
            chunks.append(replace(chunk, dts_us=chunk.dts_us + 3600 * SECOND, kind="video", track=1))
            chunks.append(replace(large[place % len(large)], dts_us=chunk.dts_us, pts_us=chunk.dts_us))
    packager, segments = packaged(aac, chunks)
    assert packager.bad > 0
    assert demuxed(runs_of([(s.picture, s.cut) for s in segments])).bars == list(range(500))
    assert demuxed(thin_runs(segments)).problems == []


# sound without a picture


def alone(stream: Reel, **more: Any) -> tuple[Packager, list[Segment]]:
    packager = Packager(**more)
    packager.configure(None, stream.audio)
    done: list[Done] = []
    for chunk in stream.chunks:
        if chunk.kind == "audio":
            done += packager.feed(chunk, START + chunk.dts_us // 1000)
    return packager, segments_of(done + packager.finish())


@pytest.mark.parametrize("name", ["aac", "opus"])
def test_a_publisher_of_sound_alone_is_heard_over_a_still_card(name: str, request: pytest.FixtureRequest):
    stream: Reel = request.getfixturevalue(name)
    packager, segments = alone(stream)
    assert packager.dropped == 0
    assert not packager.wants_key
    whole_and_even(segments)
    assert 20 <= len(segments) <= 21
    found = demuxed(runs_of([(s.picture, s.cut) for s in segments]))
    assert found.problems == []
    assert len(segments) <= found.pictures <= len(segments) + 1
    shown = packets(segments[-1].picture, "video")
    assert shown[-1][1] == pytest.approx(packager.end_us / SECOND, abs=0.06)
    assert abs(found.sounds - 20 * 48_000 // 1024) <= 3
    assert sum(len(s.data) - len(s.sound.data) for s in segments) < 20 * 3_000


def test_a_picture_announced_and_not_sent_is_waited_for_three_seconds(aac: Reel):
    sounds = [c for c in aac.chunks if c.kind == "audio"]
    packager, segments = packaged(aac, sounds)
    assert segments[0].wall_ms == pytest.approx(START + 3_000, abs=30)
    assert packager.end_us == pytest.approx(17 * SECOND, abs=SECOND // 10)
    assert packager.wants_key


def test_the_picture_comes_back_after_a_discontinuity_and_goes_again(aac: Reel):
    packager = Packager()
    done: list[Done] = []
    for begin, end, video in ((0, 5, None), (5, 10, aac.video), (10, 20, None)):
        done += packager.configure(video, aac.audio)
        for chunk in aac.chunks:
            if begin * SECOND <= chunk.dts_us < end * SECOND and (video or chunk.kind == "audio"):
                done += packager.feed(chunk, START + chunk.dts_us // 1000)
    segments = segments_of(done + packager.finish())
    whole_and_even(segments)
    assert [s.cut for s in segments].count(True) == 2
    assert len({s.init for s in segments}) == 2
    assert len({s.sound.init for s in segments}) == 1
    assert demuxed(runs_of([(s.picture, s.cut) for s in segments])).problems == []
    assert packager.end_us == pytest.approx(20 * SECOND, abs=SECOND // 5)


@pytest.mark.parametrize("by", [3600 * SECOND, -3600 * SECOND, 5 * SECOND])
def test_a_jump_of_the_clock_in_sound_alone_is_one_discontinuity(aac: Reel, by: int):
    base = [c for c in aac.moved(2 * 3600 * SECOND) if c.kind == "audio"]
    leap = [
        replace(c, pts_us=c.pts_us + by, dts_us=c.dts_us + by) if c.dts_us >= (2 * 3600 + 8) * SECOND else c
        for c in base
    ]
    _, segments = alone(replace(aac, chunks=leap))
    assert [s.cut for s in segments].count(True) == 1
    whole_and_even(segments)


# bad input that touches all tracks


def test_empty_pictures_and_sounds_are_dropped(aac: Reel):
    empty = [replace(c, data=b"") if n % 40 == 39 else c for n, c in enumerate(aac.chunks)]
    packager, segments = packaged(aac, empty)
    assert packager.trouble == "large"
    whole_and_even(segments)
    assert demuxed(runs_of([(s.picture, s.cut) for s in segments])).problems == []


def test_eight_thousand_lines_in_mid_stream_leave_the_sound_over_the_card(aac: Reel):
    """The parameter sets say 7680x4320 (real ones of x264, cheap: two pictures of one grey)."""
    huge = [c for c in reel(1, width=7680, height=4320, pictures=2).chunks if c.kind == "video"]
    chunks = [c for c in aac.chunks if c.kind == "audio" or c.dts_us < 5 * SECOND]
    chunks += [
        replace(huge[min(n, 1)], pts_us=at, dts_us=at)
        for n, at in enumerate(range(5 * SECOND, 20 * SECOND, SECOND // FPS))
    ]
    chunks.sort(key=lambda c: c.dts_us)
    packager, segments = packaged(aac, chunks)
    assert packager.bad > 0
    whole_and_even(segments)
    assert demuxed(runs_of([(s.picture, s.cut) for s in segments])).problems == []
    # What is lost are the three seconds in which a picture was waited for.
    assert packager.end_us == pytest.approx(17 * SECOND, abs=SECOND // 5)


def test_sound_that_changes_its_codec_in_mid_stream_is_a_discontinuity(aac: Reel, opus: Reel):
    packager = Packager()
    done: list[Done] = list(packager.configure(aac.video, aac.audio))
    for chunk in aac.chunks:
        if chunk.dts_us < 5 * SECOND:
            done += packager.feed(chunk, START)
    done += packager.configure(opus.video, opus.audio)
    for chunk in opus.chunks:
        if chunk.dts_us >= 5 * SECOND:
            done += packager.feed(chunk, START)
    segments = segments_of(done + packager.finish())
    assert [s.cut for s in segments].count(True) == 1
    whole_and_even(segments)
    assert demuxed(runs_of([(s.picture, s.cut) for s in segments])).bars == list(range(500))


def test_the_clock_of_a_recording_passes_thirty_two_bits(thin: Reel):
    """2^32 ticks of 90 kHz are thirteen hours and a quarter."""
    _, segments = packaged(thin, start_us=47_712 * SECOND)
    last = segments[-1]
    assert last.thin is not None
    for piece in (last.picture, last.thin):
        assert packets(piece, "video")[0][1] == pytest.approx(47_731.0, abs=0.001)
    assert packets(last.sound, "audio")[0][1] == pytest.approx(47_731.0, abs=0.03)


def test_a_strange_rate_of_sound_keeps_the_tracks_together(aac: Reel):
    slow = with_thin(reel(6, rate=44_100))
    _, segments = packaged(slow)
    assert all(abs(packets(s.sound, "audio")[0][1] - s.start_us / SECOND) < 0.03 for s in segments)
    assert isinstance(slow.audio, AudioConfig)
