"""The files to take home: whole, in step, with their captions, following what is masked; made beside the server."""

from __future__ import annotations

import asyncio
import io
import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import av
import pytest

from server.media import Caption, Veil, films
from server.media.chunk import SECOND
from tests.engines import eventually
from tests.media.hall import RECORD, Hall, published
from tests.media.streams import Reel, read_bars, reel
from tests.media.taken import Taken, heard, recorded, seen

pytestmark = pytest.mark.long
LINES = [
    Caption(0.5, 2.5, "柳婷: 现在开会。"),
    Caption(2.0, 4.0, "田女士: 灯坏了 <b>"),
    Caption(19.0, 25.0, "散会。"),
]


@pytest.fixture
async def taken(hall: Hall, thin: Reel) -> Taken:
    return await recorded(hall, thin)


def captioned(taken: Taken, lines: Sequence[Caption]) -> None:
    async def captions(_record: str) -> Sequence[Caption]:
        return lines

    taken.hall.media.replay.captions = captions


def opened(data: bytes) -> Any:
    return av.open(io.BytesIO(data))


async def test_the_mp4_has_every_picture_and_sound_and_its_index_in_front(taken: Taken):
    data = await taken.get("recording.mp4")
    assert data.index(b"moov") < data.index(b"mdat")
    with opened(data) as source:
        assert [stream.type for stream in source.streams] == ["video", "audio"]
        packets = [(p.stream.type, p.dts) for p in source.demux() if p.size]
    assert sum(kind == "video" for kind, _ in packets) == 500
    for track in ("video", "audio"):
        clock = [dts for kind, dts in packets if kind == track]
        assert clock == sorted(set(clock))
    assert [bars for _, bars in sorted(seen([data]).items())] == list(range(500))
    assert min(loud for second, loud in heard([data]).items() if 0.1 < second < 19.5) > 0.1


async def test_it_is_served_in_ranges_and_by_a_name_for_people(taken: Taken):
    whole = await taken.get("recording.mp4")
    status, part = await taken.hall.get("recording.mp4", Range="bytes=1000-1999")
    assert (status, part) == (206, whole[1000:2000])
    async with taken.hall.http.get(f"{taken.hall.address}/recording.m4a") as answer:
        assert answer.headers["Content-Type"] == "audio/mp4"
        assert 'filename="meeting-1.m4a"' in answer.headers["Content-Disposition"]


async def test_the_sound_alone_is_a_file_of_its_own(taken: Taken):
    data = await taken.get("recording.m4a")
    assert data[4:12] == b"ftypM4A "
    with opened(data) as source:
        assert [stream.type for stream in source.streams] == ["audio"]
    sounds = heard([data])
    assert max(sounds) == pytest.approx(20, abs=0.1)
    assert len(data) < 300_000


async def test_captions_are_in_the_mp4_as_a_track_of_text(taken: Taken):
    captioned(taken, LINES)
    with opened(await taken.get("recording.mp4")) as source:
        track = source.streams.subtitles[0]
        assert (track.codec_context.name, track.language) == ("mov_text", "chi")
        packets = [
            (p.pts / 1000, p.duration / 1000, bytes(p)[2:].decode()) for p in source.demux(track) if p.size
        ]
    told = [packet for packet in packets if packet[2]]
    assert told == [
        (0.5, 1.5, "柳婷: 现在开会。"),
        (2.0, 2.0, "田女士: 灯坏了 <b>"),
        (19.0, pytest.approx(1, abs=0.1), "散会。"),
    ]


async def test_a_corrected_caption_gives_another_file_and_the_old_one_goes(taken: Taken):
    captioned(taken, LINES)
    first = await taken.get("recording.mp4")
    assert await taken.get("recording.mp4") == first
    captioned(taken, [LINES[0]._replace(text="改过的话。"), *LINES[1:]])
    assert "改过的话".encode() in await taken.get("recording.mp4")
    await taken.hall.media.veiled(RECORD)
    kept = [path.suffix for path in (taken.hall.root / "meeting-1" / "downloads").iterdir()]
    assert kept == [".mp4"]


async def test_what_is_masked_is_masked_in_the_files(taken: Taken):
    plain = await taken.get("recording.mp4")
    taken.veils = (
        Veil(3, 5, sound=False, picture=True),
        Veil(8, 10, sound=True, picture=False),
        Veil(13, 14, sound=True, picture=True),
    )
    masked = await taken.get("recording.mp4")
    for second, bars in seen([masked]).items():
        hidden = 3 <= second < 5 or 13 <= second < 14
        assert (bars is None) == hidden, second
        assert bars is None or bars == round(second * 25)
    for data in (masked, await taken.get("recording.m4a")):
        sounds = heard([data])
        assert all(loud < 0.001 for at, loud in sounds.items() if 8.05 < at < 9.95 or 13.05 < at < 13.95)
        assert all(loud > 0.1 for at, loud in sounds.items() if 3.1 < at < 7.9 or 10.1 < at < 12.9)
    folder = taken.hall.root / "meeting-1"
    with opened((folder / "init0.mp4").read_bytes() + (folder / "s3.m4s").read_bytes()) as source:
        secret = bytes(next(source.demux(video=0)))
    assert secret in plain
    assert secret not in masked
    await taken.hall.media.veiled(RECORD)
    assert not any(secret in path.read_bytes() for path in (folder / "downloads").iterdir())


async def test_how_far_it_is_can_be_asked(taken: Taken):
    assert await progress(taken, "recording.mp4") == {"state": "absent", "percent": 0}
    begun = await progress(taken, "recording.mp4", post=True)
    assert begun["state"] == "making"
    await eventually(lambda: ready(taken, "recording.mp4"))
    assert (await progress(taken, "recording.mp4", post=True))["state"] == "ready"
    assert (await progress(taken, "recording.m4a"))["state"] == "absent"


async def ready(taken: Taken, name: str) -> bool:
    return (await progress(taken, name))["state"] == "ready"


async def progress(taken: Taken, name: str, *, post: bool = False) -> Any:
    address = f"{taken.hall.address}/{name}.json"
    asked = taken.hall.http.post(address) if post else taken.hall.http.get(address)
    async with asked as answer:
        assert answer.status == 200
        return await answer.json()


async def test_it_is_made_once_however_many_ask_and_out_of_the_servers_way(taken: Taken):
    programs: list[Any] = []
    real = asyncio.create_subprocess_exec

    async def counted(*args: Any, **more: Any) -> Any:
        programs.append(await real(*args, **more))
        return programs[-1]

    asyncio.create_subprocess_exec = counted  # type: ignore[assignment]
    try:
        answers = await asyncio.gather(*(taken.get("recording.mp4") for _ in range(5)))
    finally:
        asyncio.create_subprocess_exec = real
    assert len({len(data) for data in answers}) == 1
    assert len(programs) == 1


async def test_without_room_on_the_disk_it_is_not_made_and_says_so(tmp_path: Path, thin: Reel):
    hall = await Hall(tmp_path).open()
    taken = await recorded(hall, thin)
    hall.media.replay._workshop._floor = 1 << 60
    status, body = await hall.get("recording.mp4")
    assert (status, json.loads(body)) == (507, {"code": "storage_full"})
    assert (await progress(taken, "recording.mp4"))["code"] == "storage_full"
    hall.media.replay._workshop._floor = 0
    assert (await progress(taken, "recording.mp4", post=True))["state"] == "making"
    await eventually(lambda: ready(taken, "recording.mp4"))
    await hall.close()


async def test_pictures_of_two_sizes_are_two_files_each_with_its_own_captions(hall: Hall, aac: Reel):
    studio = await published(hall, aac)
    await eventually(lambda: len(hall.media.stream(RECORD).window.public) >= 19)
    await studio.leave()
    small = reel(6, width=160, height=90)
    again = await published(hall, replace(small, chunks=small.moved(0)))
    await eventually(lambda: len(hall.media.stream(RECORD).window.public) >= 24)
    await hall.media.end(RECORD)
    await again.leave()
    taken = Taken(hall)
    captioned(taken, [Caption(1, 2, "大"), Caption(21, 22, "小")])
    told = [film.address for film in hall.media.films(RECORD)]
    assert told == ["recording.mp4", "recording.mp4?part=1", "recording.m4a"]
    for address, size, text, begin in (
        ("recording.mp4", (320, 180), "大", 1.0),
        ("recording.mp4?part=1", (160, 90), "小", pytest.approx(1.0, abs=0.1)),
    ):
        data = await taken.get(address)
        with opened(data) as source:
            coder = source.streams.video[0].codec_context
            assert (coder.width, coder.height) == size
            cues = [(p.pts / 1000, bytes(p)[2:].decode()) for p in source.demux(subtitles=0) if p.size > 2]
        assert cues == [(begin, text)]
        with opened(data) as source:
            assert read_bars(next(source.decode(video=0))) == 0
    assert max(heard([await taken.get("recording.m4a")])) == pytest.approx(26, abs=0.2)
    for wrong in ("part=2", "part=-1", "part=x", "part=99999999", "part=%D9%A1"):
        assert await taken.status(f"recording.mp4?{wrong}") == 404


async def test_before_the_end_there_is_no_file(hall: Hall, aac: Reel):
    studio = await published(hall, aac)
    await eventually(lambda: len(hall.media.stream(RECORD).window.public) >= 5)
    for name in ("recording.mp4", "recording.m4a", "recording.mp4.json"):
        assert (await hall.get(name))[0] == 409
    await studio.leave()


async def test_a_program_that_dies_leaves_nothing_half_made(taken: Taken, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(films.sys, "executable", "/bin/false")
    status, body = await taken.hall.get("recording.mp4")
    assert (status, json.loads(body)) == (507, {"code": "unavailable"})
    monkeypatch.undo()
    assert len(seen([await taken.get("recording.mp4")])) == 500


def test_captions_are_cut_to_the_file_they_are_in():
    film = films.Film("mp4", 0, (), 10 * SECOND, 5 * SECOND, 1)
    lines = [Caption(8, 10, "before"), Caption(9, 11, "in"), Caption(14, 20, "out"), Caption(15, 16, "after")]
    assert [(cue.from_ms, cue.to_ms, cue.text) for cue in films._cues(film, lines)] == [
        (0, 1000, "in"),
        (4000, 5000, "out"),
    ]
