"""From chunks to segments: nothing lost, nothing out of step, whatever the publisher's clock does."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from server.media import h264
from server.media.chunk import SECOND, AudioConfig, Chunk
from server.media.packager import Packager
from server.media.spans import Done, Segment
from tests.media.demux import demuxed, opened, runs
from tests.media.streams import Reel, reel

START = 1_700_000_000_000


def packaged(
    stream: Reel, chunks: list[Chunk] | None = None, **settings_: int
) -> tuple[Packager, list[Segment]]:
    packager = Packager(**settings_)
    packager.configure(stream.video, stream.audio)
    done: list[Done] = []
    for chunk in chunks if chunks is not None else stream.numbered():
        done += packager.feed(chunk, START + chunk.dts_us // 1000)
    return packager, segments_of(done + packager.finish())


def segments_of(done: list[Done]) -> list[Segment]:
    return [one for one in done if isinstance(one, Segment)]


def whole_and_even(segments: list[Segment], target: int = 1) -> None:
    at = segments[0].start_us
    for segment in segments:
        assert segment.start_us == at
        assert round(segment.dur_us / SECOND) <= target
        at += segment.dur_us


@pytest.mark.parametrize("name", ["aac", "opus"])
def test_every_picture_and_sound_comes_out_once(name: str, request: pytest.FixtureRequest):
    stream: Reel = request.getfixturevalue(name)
    packager, segments = packaged(stream)
    found = demuxed(runs(segments))
    assert packager.dropped == 0
    assert found.bars == list(range(500))
    assert abs(found.sounds - 20 * 48_000 // 1024) <= 3
    assert found.problems == []
    assert len(segments) == 20
    whole_and_even(segments)


def test_the_sound_of_each_segment_ends_with_its_picture(opus: Reel):
    _, segments = packaged(opus)
    for segment in segments[:-1]:
        with opened(segment.init + segment.data) as source:
            last = max(float((p.pts + p.duration) * p.time_base) for p in source.demux(audio=0) if p.size)
        assert abs(last - (segment.start_us + segment.dur_us) / SECOND) <= 1.01 * 1024 / 48_000


def test_the_clock_of_a_later_publication_goes_on_where_the_recording_ended(aac: Reel):
    _, segments = packaged(aac, start_us=1000 * SECOND)
    assert segments[0].cut
    with opened(segments[0].init + segments[0].data) as source:
        first = next(p for p in source.demux(video=0) if p.size)
        assert float(first.pts * first.time_base) == 1000.0


@pytest.mark.parametrize("by", [3600 * SECOND, -4 * SECOND, 90 * SECOND])
def test_a_jump_of_the_publishers_clock_is_one_discontinuity(aac: Reel, by: int):
    base = aac.moved(10 * SECOND)
    chunks = [
        replace(c, pts_us=c.pts_us + by, dts_us=c.dts_us + by) if c.dts_us >= 16 * SECOND else c for c in base
    ]
    _, segments = packaged(aac, chunks)
    assert [s.cut for s in segments].count(True) == 1
    whole_and_even(segments)
    found = demuxed(runs(segments))
    assert found.problems == []
    assert found.pictures >= 470


def test_a_picture_that_stops_is_shown_still_and_the_sound_goes_on(aac: Reel):
    chunks = [c for c in aac.chunks if c.kind == "audio" or not 2.5 * SECOND < c.dts_us < 7.5 * SECOND]
    packager, segments = packaged(aac, chunks)
    found = demuxed(runs(segments))
    assert not any(s.cut for s in segments)
    whole_and_even(segments)
    assert abs(found.sounds - len([c for c in chunks if c.kind == "audio"])) <= 2
    assert found.bars[63:68] == [50, 50, 50, 50, 50]
    assert found.bars[68:] == list(range(200, 500))
    assert packager.bad == 0


@pytest.mark.parametrize("name", ["aac", "opus"])
def test_a_sound_that_stops_is_filled_with_silence(name: str, request: pytest.FixtureRequest):
    stream: Reel = request.getfixturevalue(name)
    chunks = [c for c in stream.chunks if c.kind == "video" or not 2.5 * SECOND < c.dts_us < 7.5 * SECOND]
    _, segments = packaged(stream, chunks)
    found = demuxed(runs(segments))
    assert not any(s.cut for s in segments)
    assert found.bars == list(range(500))
    assert abs(found.sounds - 20 * 48_000 // 1024) <= 4
    assert found.problems == []


@pytest.mark.parametrize("name", ["aac", "opus"])
def test_segments_come_in_time_while_the_sound_is_silent(name: str, request: pytest.FixtureRequest):
    """Filled only when it is heard again, the silence would hold every segment back until then."""
    stream: Reel = request.getfixturevalue(name)
    packager = Packager()
    packager.configure(stream.video, stream.audio)
    for chunk in stream.chunks:
        if chunk.kind == "audio" and chunk.dts_us > 2.5 * SECOND:
            continue
        for segment in packager.feed(chunk, START):
            assert chunk.dts_us - (segment.start_us + segment.dur_us) < 0.7 * SECOND
    assert packager.end_us >= 19 * SECOND - 1


def test_a_stream_without_sound_gets_a_silent_track(aac: Reel):
    packager = Packager()
    packager.configure(aac.video, None)
    pictures = [c for c in aac.chunks if c.kind == "video"]
    segments = [s for c in pictures for s in packager.feed(c, START)] + packager.finish()
    found = demuxed(runs(segments))
    assert found.pictures == 500
    assert found.sounds >= 20 * 46


def test_both_tracks_silent_for_five_seconds_are_one_discontinuity(aac: Reel):
    chunks = [c for c in aac.chunks if not 2.5 * SECOND < c.dts_us < 7.5 * SECOND]
    _, segments = packaged(aac, chunks)
    assert [s.cut for s in segments].count(True) == 1
    whole_and_even(segments)


def test_another_size_is_a_new_header_and_a_discontinuity(aac: Reel):
    other = reel(3, width=640, height=360)
    chunks = aac.chunks[:200] + other.moved(aac.chunks[199].dts_us + SECOND // 25)
    _, segments = packaged(aac, chunks)
    assert len({s.init for s in segments}) == 2
    assert demuxed(runs(segments)).problems == []


def test_a_publisher_who_gives_no_more_keyframes_is_asked_and_covered(aac: Reel):
    once = list(reel(6, gop=1000).chunks)
    packager, segments = packaged(aac, once)
    assert packager.wants_key
    whole_and_even(segments)
    assert demuxed(runs(segments)).problems == []


def test_what_is_acknowledged_is_in_a_segment(opus: Reel):
    """Sent again from the acknowledged number on, nothing is missing and nothing comes twice."""
    chunks = opus.numbered()
    cut = len(chunks) * 3 // 5
    first = Packager()
    first.configure(opus.video, opus.audio)
    before = [s for c in chunks[:cut] for s in first.feed(c, START)]
    second = Packager(start_us=before[-1].start_us + before[-1].dur_us)
    second.configure(opus.video, opus.audio)
    after = [s for c in chunks[before[-1].acked :] for s in second.feed(c, START)] + second.finish()
    assert demuxed(runs(before + after)).bars == list(range(500))


def test_garbage_is_dropped_and_counted_and_the_stream_goes_on(aac: Reel):
    rng = random.Random(7)
    chunks: list[Chunk] = []
    for chunk in aac.chunks:
        chunks.append(chunk)
        if rng.random() < 0.1:
            size = rng.choice([1, 3, 20, 2000])
            kind = "video" if rng.random() < 0.5 else "audio"
            at = chunk.dts_us + rng.choice([0, 10_000_000, 1 << 50])
            chunks.append(Chunk(kind, at, at, 40_000, rng.random() < 0.3, rng.randbytes(size)))
    packager, segments = packaged(aac, chunks)
    assert packager.bad > 0
    whole_and_even(segments)
    found = demuxed(runs(list(segments)))
    assert found.pictures >= 480


def test_an_access_unit_cut_short_anywhere_raises_nothing(aac: Reel):
    key = next(c for c in aac.chunks if c.key and c.kind == "video")
    for end in range(min(len(key.data), 400)):
        packager = Packager()
        packager.configure(aac.video, aac.audio)
        packager.feed(replace(key, data=key.data[:end]), START)
        packager.finish()


def test_a_picture_of_absurd_size_is_refused(aac: Reel):
    wide = reel(1, width=2560, height=1440)
    packager, segments = packaged(wide)
    assert segments == []
    assert packager.bad > 0


@given(st.binary(max_size=64))
def test_any_parameter_set_gives_a_size_or_nothing(data: bytes):
    found = h264.size(b"\x67" + data)
    assert found is None or (16 <= found[0] <= 16384 and 16 <= found[1] <= 16384)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_no_sequence_of_cuts_and_jumps_breaks_the_timeline(aac: Reel, data: st.DataObject):
    """Lose, double and move stretches of a stream: durations stay legal, the clock has no hole."""
    chunks: list[Chunk] = list(aac.chunks[:360])
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(chunks) - 1))
        length = data.draw(st.integers(1, 120))
        act = data.draw(st.sampled_from(["lose", "double", "move", "lose picture", "lose sound", "swap"]))
        part = chunks[at : at + length]
        if act == "lose":
            chunks[at : at + length] = []
        elif act == "double":
            chunks[at:at] = part
        elif act == "move":
            by = data.draw(st.integers(-20, 20)) * SECOND // 2
            chunks[at:] = [replace(c, pts_us=c.pts_us + by, dts_us=c.dts_us + by) for c in chunks[at:]]
        elif act == "swap":
            chunks[at : at + length] = part[::-1]
        else:
            kind = "video" if act == "lose picture" else "audio"
            chunks[at : at + length] = [c for c in part if c.kind != kind]
        if not chunks:
            return
    _, segments = packaged(aac, chunks)
    if not segments:
        return
    whole_and_even(segments)
    assert demuxed(runs(segments)).problems == []


def test_a_strange_sound_configuration_is_encoded_anew(aac: Reel):
    """HE-AAC and wrong announcements never reach the header untouched."""
    odd = replace(aac, audio=AudioConfig("aac", 44_100, 2, aac.audio.desc))
    _, segments = packaged(odd)
    with opened(segments[0].init + segments[0].data) as source:
        assert source.streams.audio[0].codec_context.sample_rate == 48_000
