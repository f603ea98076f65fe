"""The sample's films: what is in them, when, and what happens when their making is cut off."""

import asyncio
import copy
import json
import os
import signal
import subprocess
import sys
import time
from array import array
from itertools import pairwise
from pathlib import Path
from typing import Any

import av
import pytest

from server.sample import lettering
from server.sample.keeping import keep, keep_in_background
from server.sample.lettering import Lettering, chinese_font
from server.sample.programme import gaps, programme, read_council
from server.sample.recording import make, make_loop
from server.sample.voices import speak, voice_of

pytestmark = pytest.mark.long

ROOT = Path(__file__).parents[2]
SHORT = 75


@pytest.fixture(scope="module")
def council() -> dict[str, Any]:
    return read_council()


@pytest.fixture(scope="module")
def short_council(council: dict[str, Any]) -> dict[str, Any]:
    """The first 75 seconds, with the picture lost from second 60 to 70."""
    short = copy.deepcopy(council)
    meeting = short["meeting"]
    meeting["actual_end"] = "2026-05-16T19:32:15+08:00"
    meeting["states"] = [
        {"state": "live", "at": "2026-05-16T19:31:00+08:00"},
        {"state": "paused", "at": "2026-05-16T19:32:00+08:00"},
        {"state": "live", "at": "2026-05-16T19:32:10+08:00"},
        {"state": "ended", "at": "2026-05-16T19:32:15+08:00"},
    ]
    short["transcript"] = [line for line in short["transcript"] if line["offset_s"] < SHORT]
    return short


@pytest.fixture(scope="module")
def film(short_council: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("film") / "meeting.mp4"
    make(out, short_council)
    return out


def loudness(film: Path) -> list[int]:
    """Give the loudest sample of each second."""
    samples: array[int] = array("h")
    with av.open(str(film)) as container:
        resampler = av.AudioResampler(format="s16", layout="mono", rate=48_000)
        for frame in container.decode(audio=0):
            for part in resampler.resample(frame):
                samples.frombytes(bytes(part.planes[0])[: part.samples * 2])
    seconds = range(len(samples) // 48_000)
    return [max(map(abs, samples[second * 48_000 : (second + 1) * 48_000])) for second in seconds]


def test_the_recording_covers_the_meeting_from_start_to_end(council: dict[str, Any], film: Path) -> None:
    assert programme(council).seconds == 101 * 60
    with av.open(str(film)) as container:
        assert container.duration is not None
        assert container.duration / 1_000_000 == pytest.approx(SHORT, abs=0.1)


def test_it_is_h264_baseline_and_aac(film: Path) -> None:
    with av.open(str(film)) as container:
        picture, sound = container.streams.video[0], container.streams.audio[0]
        assert (picture.codec_context.name, sound.codec_context.name) == ("h264", "aac")
        assert picture.profile in {"Baseline", "Constrained Baseline"}
        assert (picture.width, picture.height) == (480, 270)


def test_a_segment_can_begin_at_every_second(film: Path) -> None:
    with av.open(str(film)) as container:
        stream = container.streams.video[0]
        keys = [
            float(packet.pts * packet.time_base) for packet in container.demux(stream) if packet.is_keyframe
        ]
    assert keys == [float(second) for second in range(SHORT)]


def test_words_are_heard_where_the_transcript_has_them_and_silence_between(film: Path) -> None:
    peaks = loudness(film)
    assert min(peaks[1:11]) > 3_000
    assert max(peaks[16:37]) < 50
    assert min(peaks[39:49]) > 3_000
    assert max(peaks[55:]) < 50


def test_every_spoken_line_ends_before_the_next_begins(council: dict[str, Any]) -> None:
    lines = programme(council).lines
    for line, following in pairwise(lines):
        assert line.at + speak(line.text, voice_of(line.speaker)).seconds < following.at, line


def test_no_two_speakers_sound_alike(council: dict[str, Any]) -> None:
    speakers = {line.speaker for line in programme(council).lines}
    assert len(speakers) == 9
    assert len({voice_of(speaker) for speaker in speakers}) == len(speakers)


def test_a_typed_line_about_the_lost_picture_is_not_spoken(council: dict[str, Any]) -> None:
    assert not [line for line in programme(council).lines if "推流中断" in line.text]


def test_the_lost_picture_is_covered_by_a_card(council: dict[str, Any], film: Path) -> None:
    assert gaps(council) == [(2460, 2580)]
    pixels = {}
    with av.open(str(film)) as container:
        for frame in container.decode(video=0):
            second = frame.time
            if second in {50.0, 65.0, 72.0}:
                pixels[second] = frame.to_image().getpixel((20, 250))
    plate, wall = pixels[50.0], pixels[65.0]
    assert sum(wall) > sum(plate) + 40
    assert sum(pixels[72.0]) == pytest.approx(sum(plate), abs=30)


def test_the_same_council_makes_the_same_file(
    short_council: dict[str, Any], film: Path, tmp_path: Path
) -> None:
    again = tmp_path / "again.mp4"
    fresh = (
        "import json, sys; from pathlib import Path; from server.sample.recording import make;"
        "make(Path(sys.argv[1]), json.load(sys.stdin))"
    )
    subprocess.run(
        [sys.executable, "-c", fresh, str(again)],
        input=json.dumps(short_council),
        text=True,
        cwd=ROOT,
        check=True,
    )
    assert again.read_bytes() == film.read_bytes()


def test_a_killed_making_leaves_no_recording_and_the_next_one_succeeds(
    short_council: dict[str, Any], tmp_path: Path
) -> None:
    out = tmp_path / "meeting.mp4"
    maker = subprocess.Popen(
        [sys.executable, "-m", "server.sample.keeping", str(out), str(tmp_path / "media"), "meeting:past"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
    )
    assert maker.stdout is not None
    maker.stdout.readline()
    os.kill(maker.pid, signal.SIGKILL)
    maker.wait()
    maker.stdout.close()
    assert not out.exists()
    assert out.with_name("meeting.mp4.part").exists()
    make(out, short_council)
    assert out.exists()
    assert not out.with_name("meeting.mp4.part").exists()


async def test_making_in_the_background_ends_when_it_is_cancelled(tmp_path: Path) -> None:
    begun = asyncio.Event()
    task = asyncio.create_task(
        keep_in_background(
            tmp_path / "film.mp4", tmp_path / "media", "meeting:past", lambda done, total: begun.set()
        )
    )
    await asyncio.wait_for(begun.wait(), 30)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    size = (tmp_path / "film.mp4.part").stat().st_size
    deadline = time.monotonic() + 2
    while time.monotonic() < deadline:
        assert (tmp_path / "film.mp4.part").stat().st_size == size
        await asyncio.sleep(0.2)


async def test_a_failed_making_says_why(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="No such file or directory"):
        await keep_in_background(tmp_path / "missing" / "film.mp4", tmp_path / "media", "meeting:past")


def test_progress_reaches_the_end(short_council: dict[str, Any], tmp_path: Path) -> None:
    heard: list[tuple[float, float]] = []
    make(tmp_path / "film.mp4", short_council, lambda done, total: heard.append((done, total)))
    assert heard == [(0, SHORT), (30, SHORT), (60, SHORT), (SHORT, SHORT)]


def test_the_loop_has_its_exact_length_and_silence_at_its_seam(tmp_path: Path) -> None:
    out = tmp_path / "loop.mp4"
    make_loop(out, 30)
    with av.open(str(out)) as container:
        video = [packet for packet in container.demux(video=0) if packet.pts is not None]
        keys = [float(packet.pts * packet.time_base) for packet in video if packet.is_keyframe]
        assert len(video) == 30 * 15
        assert keys == [float(second) for second in range(30)]
    peaks = loudness(out)
    assert max(peaks) > 3_000
    assert peaks[0] < 50
    assert peaks[-1] < 50


def test_without_a_chinese_font_names_are_drawn_in_pinyin() -> None:
    assert Lettering(None).words("佟建，物业项目经理") == "Tong jian, wu ye xiang mu jing li"


def test_with_a_chinese_font_names_are_drawn_as_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    assert chinese_font() is not None
    assert Lettering(chinese_font()).words("佟建") == "佟建"
    chinese_font.cache_clear()
    monkeypatch.setattr(lettering, "_folders", list)
    assert chinese_font() is None
    chinese_font.cache_clear()


def test_the_film_becomes_the_recording_and_half_a_recording_is_replaced(film: Path, tmp_path: Path) -> None:
    from server.media.playback import folder
    from server.media.recorder import Recorder

    root, record = tmp_path / "media", "meeting:past"
    made = tmp_path / "film.mp4"
    half = folder(root, record)
    half.mkdir(parents=True)
    (half / "s0.m4s").write_bytes(b"half")
    made.write_bytes(film.read_bytes())
    keep(made, root, record)
    recording = Recorder(folder(root, record)).load()
    assert recording.ended
    assert len(recording.entries) == SHORT
    assert not made.exists()


def test_a_second_maker_finds_the_recording_done(film: Path, tmp_path: Path) -> None:
    from server.media.playback import folder

    root, record, made = tmp_path / "media", "meeting:past", tmp_path / "film.mp4"
    made.write_bytes(film.read_bytes())
    keep(made, root, record)
    before = {path: path.stat().st_mtime_ns for path in folder(root, record).iterdir()}
    keep(made, root, record)
    assert {path: path.stat().st_mtime_ns for path in folder(root, record).iterdir()} == before
    assert not made.exists()
