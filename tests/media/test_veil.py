"""Masking a passage: what is hidden is nowhere to be had, everything else is the very same bytes."""

from __future__ import annotations

import io
from pathlib import Path

import av
import pytest

from server.media import Veil, veil_card, veil_segment
from server.media.veil import Name, masks, parsed, sealed
from tests.media.clockwork import entries
from tests.media.hall import RECORD, Hall
from tests.media.streams import Reel
from tests.media.taken import WORDS, Taken, recorded

pytestmark = pytest.mark.long
PICTURE, SOUND, BOTH = (
    Veil(3, 5, sound=False, picture=True),
    Veil(8, 10, sound=True, picture=False),
    Veil(13, 14, sound=True, picture=True),
)


@pytest.fixture
async def taken(hall: Hall, thin: Reel) -> Taken:
    return await recorded(hall, thin)


def within(second: float, *veils: Veil) -> bool:
    return any(veil.from_s <= second < veil.to_s for veil in veils)


async def test_a_masked_picture_is_a_card_and_a_masked_sound_is_silence(taken: Taken):
    taken.veils = (PICTURE, SOUND, BOTH)
    for playlist in ("recording.m3u8", "recording-thin.m3u8", "live.m3u8"):
        pictures, sounds = await taken.shown(playlist)
        for second, bars in pictures.items():
            assert (bars is None) == within(second, PICTURE, BOTH), (playlist, second)
            assert bars is None or bars == round(second * 25)
        for second, loud in sounds.items():
            # A decoder blends each packet with the one before: 21 ms at the passage's edges.
            edge = any(abs(second - end) < 0.05 for veil in (SOUND, BOTH) for end in veil[:2])
            assert edge or second > 19.9 or (loud < 0.001) == within(second, SOUND, BOTH), (
                playlist,
                second,
                loud,
            )
    _, sounds = await taken.shown("recording-sound.m3u8")
    assert all(loud < 0.001 for second, loud in sounds.items() if 8.05 < second < 9.95)
    assert all(loud > 0.1 for second, loud in sounds.items() if 3.1 < second < 4.9)


async def test_what_is_not_masked_is_the_same_bytes(taken: Taken):
    folder = taken.hall.root / "meeting-1"
    before = {path.name: path.read_bytes() for path in folder.glob("*.m?[4s]*")}
    taken.veils = (PICTURE, SOUND)
    await taken.shown()
    assert {path.name: path.read_bytes() for path in folder.glob("*.m?[4s]*")} == before
    assert await taken.get("s2.m4s") == before["s2.m4s"]
    assert await taken.get("s5-3.m4s") == before["s5.m4s"] + before["s6.m4s"] + before["s7.m4s"]
    # The picture beside a masked sound, and the sound beside a masked picture, pass bit for bit.
    for name, kind in (("s8", "video"), ("s3", "audio")):
        mask = "s" if kind == "video" else "p"
        new = packets(await taken.get(f"init0{mask}.mp4"), await taken.get(f"{name}{mask}.m4s"), kind)
        old = packets(before["init0.mp4"], before[f"{name}.m4s"], kind)
        assert new == old


def packets(init: bytes, data: bytes, kind: str) -> list[tuple[int, int, bytes]]:
    with av.open(io.BytesIO(init + data), format="mp4") as source:
        return [(p.pts, p.dts, bytes(p)) for p in source.demux() if p.size and p.stream.type == kind]


async def test_the_masked_bytes_are_gone_by_every_address(taken: Taken):
    assert await taken.status("s3.m4s") == 200
    taken.veils = (PICTURE, SOUND, BOTH)
    gone = "s3 s4 s8 s13 t3 t9 t13 a8 a13 s2-3 s3-2 t12-3 a7-2 s003 s3s s8p a13p s2p p3.0 p13.2".split()
    for name in gone:
        assert await taken.status(f"{name}.m4s") == 410, name
    for name in ("s2", "s3p", "t4p", "s8s", "a9s", "a3", "t13b", "s5-3", "s3-2p"):
        assert await taken.status(f"{name}.m4s") == 200, name
    for name in ("s5-9", "s7-2", "s18-4", "s2-1", "s99p", "s3-99p"):
        assert await taken.status(f"{name}.m4s") in {404, 410}, name
    listed = [await taken.names(f"recording{track}.m3u8") for track in ("", "-thin", "-sound")]
    assert [sealed(name, masks_of(taken)) for names in listed for name in names].count(True) == 0
    status, _ = await taken.hall.get("s3p.m4s", **{"X-Blind": "1"})
    assert status == 403


def masks_of(taken: Taken) -> dict[int, str]:
    return masks(taken.hall.media.stream(RECORD).window.kept(), taken.veils)


async def test_lifting_it_gives_back_the_very_same_and_seals_the_card(taken: Taken):
    before, listed = await taken.get("s3.m4s"), await taken.names()
    taken.veils = (PICTURE,)
    assert await taken.names() != listed
    assert await taken.status("s3p.m4s") == 200
    taken.veils = ()
    assert await taken.names() == listed
    assert await taken.get("s3.m4s") == before
    assert await taken.status("s3p.m4s") == 410


async def test_a_masked_name_keeps_its_content_over_a_restart(taken: Taken):
    taken.veils = (PICTURE,)
    first = await taken.get("s3p.m4s"), await taken.get("init0p.mp4")
    again = Taken(await Hall(taken.hall.root).open())
    again.veils = taken.veils
    assert (await again.get("s3p.m4s"), await again.get("init0p.mp4")) == first
    assert await again.status("s3.m4s") == 410
    await again.hall.close()


async def test_the_clock_of_the_recording_does_not_move(taken: Taken):
    def told() -> list[float | None]:
        first = taken.hall.media.stream(RECORD).window.public[0].wall_ms
        return [taken.hall.media.offset_of(RECORD, first + second * 1000) for second in range(20)]

    before = told(), taken.hall.media.recorded(RECORD)
    taken.veils = (PICTURE, SOUND, BOTH)
    await taken.names()
    assert (told(), taken.hall.media.recorded(RECORD)) == before
    lengths = [item["length"] for item in (await taken.hall.playlist("recording.m3u8")).items]
    assert sum(lengths) == pytest.approx(taken.hall.media.recorded(RECORD), abs=0.01)


async def test_a_disk_without_room_for_the_card_still_hides(taken: Taken, monkeypatch: pytest.MonkeyPatch):
    def full(path: Path, data: bytes) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("server.media.veil_store._put", full)
    taken.veils = (PICTURE,)
    assert await taken.status("s3.m4s") == 410
    pictures, _ = await taken.shown()
    assert pictures[3.0] is None
    assert pictures[2.0] == 50
    assert not (taken.hall.root / "meeting-1" / "veiled" / "s3p.m4s").exists()


def test_a_passage_takes_whole_segments_and_touches_no_other():
    kept = entries([1_000_000] * 5 + [1_400_000] * 3)
    assert masks(kept, [Veil(1, 2, sound=True, picture=False)]) == {1: "s"}
    assert masks(kept, [Veil(6, 7, sound=True, picture=True)]) == {5: "b", 6: "b"}
    overlapping = [Veil(0, 2, sound=True, picture=False), Veil(1, 3, sound=False, picture=True)]
    assert masks(kept, overlapping) == {0: "s", 1: "b", 2: "p"}
    assert masks(kept, [Veil(100, 200, sound=True, picture=True)]) == {}
    assert masks([], [PICTURE]) == {}


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("s12.m4s", Name("picture", 12)),
        ("t3-2p.m4s", Name("thin", 3, 2, "p")),
        ("a7s.m4s", Name("sound", 7, 1, "s")),
        ("p5.2.m4s", Name("picture", 5)),
        ("init0.mp4", None),
        ("recording.m3u8", None),
        ("s.m4s", None),
    ],
)
def test_names_are_taken_apart(text: str, name: Name | None):
    assert parsed(text) == name


def test_the_card_is_encoded_once_for_each_size_and_takes_another_number_where_its_own_is_used():
    one, other = veil_card.pictures(160, 90, WORDS), veil_card.pictures(160, 90, WORDS, veil_card.SPARE_SETS)
    assert veil_card.pictures(160, 90, WORDS) is one
    assert one[0] != other[0]
    assert len(one) == veil_card.PICTURES


def test_headers_that_are_none_are_left_alone():
    assert veil_segment.parameters(b"") is None
    assert veil_segment.parameter_ids(b"\x01\x42\xc0\x0c\xff\xe1\x00") in (set(), {0})
    assert veil_segment.joined([b"nothing"]) == b"nothing"


def test_without_a_font_the_card_is_plain(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(veil_card, "_face", lambda: None)
    assert len(set(veil_card.drawn(160, 90, WORDS).getdata())) == 1
    monkeypatch.undo()
    assert len(set(veil_card.drawn(160, 90, WORDS).getdata())) > 1
