"""The sliding playlist as a player sees it over time: a segment's numbers never change, nothing falls back."""

from __future__ import annotations

import asyncio
import threading
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.media import recorder as disk
from server.media.chunk import SECOND, Limits
from server.media.mux import Piece
from server.media.recorder import Entry, Opened, Recorder
from server.media.tracks import TRACKS
from server.media.window import Crowded, Window
from tests.media.hall import Playlist

# What befalls a segment on its way: nothing, a break before it, held back, not written, the server started anew.
FATES = st.lists(
    st.sampled_from(["plain", "plain", "plain", "break", "held", "lost", "restart"]), max_size=60
)


class Landing:
    """Gives a window its entries as a stream does, and survives its restart."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.kept: list[Entry] = []
        self.last: Entry | None = None
        self.window = Window(limits)

    def land(self, fate: str) -> None:
        last, window = self.last, self.window
        if fate == "restart":
            self.last = self.kept[-1] if self.kept else None
            self.window = Window(self.limits, 1, self.kept)
            return
        shown = fate != "held"
        broken = fate == "break" or (last is not None and last.msn < 0)
        cut = shown and broken and bool(window.public)
        entry = Entry(
            n=last.n + 1 if last else 0,
            init=0,
            start_us=last.end_us if last else 0,
            dur_us=SECOND,
            wall_ms=1_700_000_000_000,
            size=1,
            cut=cut,
            msn=window.next_msn if shown else -1,
            parts=window.parts + cut,
            thin=0,
            sound=0,
        )
        self.last = entry
        window.add(entry, {"picture": b"x", "thin": b"x", "sound": b"x"}, recorded=fate != "lost")
        if fate != "lost":
            self.kept.append(entry)


@given(FATES)
def test_the_numbers_of_a_segment_are_the_same_in_every_playlist(fates: list[str]):
    landing = Landing(Limits(window_s=3, listed_s=6))
    seen: dict[str, tuple[int, int]] = {}
    before = 0
    for fate in fates:
        landing.land(fate)
        if fate == "restart":
            # What was not written is gone with the process, its numbers with it: only that may be given again.
            seen = {f"s{e.n}.m4s": seen[f"s{e.n}.m4s"] for e in landing.kept if f"s{e.n}.m4s" in seen}
            before = min(before, landing.window.public[0].msn if landing.window.public else 0)
        listed = Playlist(landing.window.text().decode())
        assert listed.sequence >= before
        before = listed.sequence
        part = listed.discontinuities
        for place, item in enumerate(listed.items):
            part += item["cut"]
            numbers = (listed.sequence + place, part)
            assert seen.setdefault(item["uri"], numbers) == numbers
        assert sum(item["length"] for item in listed.items) <= 6


@given(FATES)
def test_held_and_unwritten_segments_are_not_in_the_recording(fates: list[str]):
    landing = Landing(Limits())
    for fate in fates:
        landing.land(fate)
    public = {f"s{e.n}.m4s" for e in landing.kept if e.msn >= 0}
    assert {item["uri"] for item in Playlist(landing.window.vod().decode()).items} == public


def test_twelve_hours_of_segments_are_listed_in_no_time():
    landing = Landing(Limits())
    window = landing.window
    for _ in range(12 * 3600):
        landing.land("plain")
    texts = {track: (window.text(track), window.whole(track)) for track in TRACKS}
    begun = time.process_time()
    for _ in range(100):
        landing.land("plain")
        texts = {track: (window.text(track), window.whole(track), window.delta(track)) for track in TRACKS}
    assert time.process_time() - begun < 2.0
    for sliding, whole, *short in texts.values():
        assert sliding.count(b"#EXTINF") == 60
        assert whole.count(b"#EXTINF") == 12 * 3600 + 100
        assert len(short[0]) < 1_000
    assert sum(len(files) for files in window._memory.values()) == 30 * 3
    assert landing.window.seconds_at(0) == 0
    assert len(landing.window.vod_packed()) < 12_000 * 12


async def test_no_more_readers_wait_than_may():
    window = Window(Limits(waiting_readers=3))
    waiting = [asyncio.create_task(window.wait(0, 5)) for _ in range(3)]
    await asyncio.sleep(0)
    with pytest.raises(Crowded):
        await window.wait(0, 5)
    window.wake()
    assert await asyncio.gather(*waiting) == [True] * 3


def test_a_name_once_written_is_never_half_there(tmp_path: Path):
    recorder = Recorder(tmp_path)
    recorder.write(Entry(0, 0, 0, SECOND, 0, 4), {"picture": Piece(b"init", b"data")})
    assert {path.name for path in tmp_path.iterdir()} == {"init0.mp4", "s0.m4s", "index.jsonl"}
    assert '"sha256":"' in (tmp_path / "index.jsonl").read_text()


def test_a_line_that_fails_late_takes_no_other_from_the_index(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """A disk that answers late leaves two threads with a line each; the one of a segment was acknowledged."""
    recorder, real = Recorder(tmp_path), disk._write
    begun, other = threading.Event(), threading.Event()

    def late(path: Path, how: int, data: bytes, durable: bool) -> None:
        if b'"opened"' in data:
            begun.set()
            other.wait(0.5)
            raise OSError(28, "No space left on device")
        real(path, how, data, durable)

    def opening() -> None:
        with pytest.raises(OSError, match="No space"):
            recorder.note(Opened(0, 1))

    recorder.write(Entry(0, 0, 0, SECOND, 0, 4), {"picture": Piece(b"init", b"data")})
    monkeypatch.setattr(disk, "_write", late)
    thread = threading.Thread(target=opening)
    thread.start()
    assert begun.wait(5)
    recorder.write(Entry(1, 0, SECOND, SECOND, 0, 4), {"picture": Piece(b"init", b"data")})
    other.set()
    thread.join()
    assert [entry.n for entry in Recorder(tmp_path).load().entries] == [0, 1]


def test_the_clock_of_a_recording_tells_each_moments_second_over_gaps():
    """Three seconds, ten in which nothing was public, three more; one of them after the clock was set back."""
    window = Window(Limits())
    for n, wall_s in enumerate([100, 101, 102, 112, 111, 114]):
        window.add(
            Entry(
                n=n, init=0, start_us=n * SECOND, dur_us=SECOND, wall_ms=wall_s * 1_000,
                size=1, cut=False, msn=n, parts=0,
            ),
            {"picture": b"x"},
            recorded=True,
        )  # fmt: skip
    second = window.clock()
    told = [second(at) for at in (99_000, 100_500, 102_999, 105_000, 114_250, 200_000)]
    assert told == [0, 0.5, 2.999, 3, 5.25, 6]
