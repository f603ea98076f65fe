"""The `moof` and `mdat` of a fragment, from the pictures and the sound in it, and back to the sound (ISO 14496-12,
8.8). Pure.

Written by hand: a muxer that is given every packet by itself costs several times as much (decision 28). The headers,
which say what is inside, are PyAV's (mux.py).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from server.media.sound import FRAME, Frame

PICTURE, SOUND = 1, 2
"""Numbers of the tracks in a file of both."""
_BASE_IS_MOOF, _LENGTH, _FLAGS = 0x020000, 0x08, 0x20
"""`tfhd`: places count from the `moof`; one length, one set of flags for all samples."""
_PLACE, _FIRST_FLAGS, _LENGTHS, _SIZES, _LATE = 0x001, 0x004, 0x100, 0x200, 0x800
"""`trun`: where the data begin; flags of the first sample; length, size, delay of each."""
_WHOLE, _REFERS = 0x02000000, 0x01010000
"""Flags of a sample that stands alone, and of one that needs others and is no place to begin."""
_MOOF = struct.Struct(">I4sI4sII")
_TIME = struct.Struct(">I4sIQ")
_RUN = struct.Struct(">I4sII")
_BOX, _WORD = 8, 4
_NUMBERS = 1 << 30


@dataclass(slots=True)
class Picture:
    """One picture, each of its units behind its size. Times in ticks of the track; `late`: so much later than it is
    decoded it shows.
    """

    data: bytes
    at: int
    late: int
    length: int
    key: bool


def fragment(
    number: int, pictures: Sequence[Picture], frames: Sequence[Frame], sound_track: int = SOUND
) -> bytes:
    """Pictures in the order of decoding, then sound without holes. Either may be empty."""
    tracks: list[tuple[bytes, bytes, list[bytes]]] = []
    if pictures:
        tracks.append((*_of_pictures(pictures), [picture.data for picture in pictures]))
    if frames:
        tracks.append((*_of_sound(frames, sound_track), [frame.data for frame in frames]))
    size = _MOOF.size + sum(len(head) + _WORD + len(table) for head, table, _ in tracks)
    boxes = [_MOOF.pack(size, b"moof", _MOOF.size - _BOX, b"mfhd", 0, number)]
    place = size + _BOX
    for head, table, data in tracks:
        boxes += (head, place.to_bytes(_WORD, "big"), table)
        place += sum(map(len, data))
    boxes.append((place - size).to_bytes(_WORD, "big") + b"mdat")
    return b"".join(boxes + [one for _, _, data in tracks for one in data])


def _of_pictures(pictures: Sequence[Picture]) -> tuple[bytes, bytes]:
    flags, words = _PLACE | _LENGTHS | _SIZES, []
    if pictures[0].key:
        flags |= _FIRST_FLAGS
        words.append(_WHOLE)
    if any(picture.late for picture in pictures):
        flags |= _LATE
        words += [word for one in pictures for word in (one.length, len(one.data), one.late)]
    else:
        words += [word for one in pictures for word in (one.length, len(one.data))]
    same = struct.pack(">II", PICTURE, _REFERS)
    return _track(_FLAGS, same, pictures[0].at, flags, len(pictures), words)


def _of_sound(frames: Sequence[Frame], track: int) -> tuple[bytes, bytes]:
    same = struct.pack(">III", track, FRAME, _WHOLE)
    sizes = [len(frame.data) for frame in frames]
    return _track(_LENGTH | _FLAGS, same, frames[0].position, _PLACE | _SIZES, len(frames), sizes)


def _track(said: int, same: bytes, at: int, flags: int, count: int, words: list[int]) -> tuple[bytes, bytes]:
    """A `traf` in two pieces: between them belongs where in the file its data begin."""
    table = struct.pack(f">{len(words)}I", *words)
    header = struct.pack(">I4sI", 12 + len(same), b"tfhd", _BASE_IS_MOOF | said) + same
    time = _TIME.pack(_TIME.size, b"tfdt", 1 << 24, at)
    run = _RUN.pack(_RUN.size + _WORD + len(table), b"trun", flags, count)
    size = _BOX + len(header) + len(time) + len(run) + _WORD + len(table)
    return struct.pack(">I4s", size, b"traf") + header + time + run, table


def sound_alone(data: bytes, number: int) -> bytes:
    """The sound of a file of both as a file of its own. The same whenever it is made: nobody has to keep it."""
    return fragment(number % _NUMBERS + 1, (), sound_of(data), sound_track=1)


def sound_of(data: bytes) -> list[Frame]:
    """The sound in a file that was written here."""
    found: list[Frame] = []
    for kind, at, end in _boxes(data, 0, len(data)):
        if kind != b"moof":
            continue
        for track, begin, until in _boxes(data, at, end):
            if track == b"traf":
                found += _heard(data, at - _BOX, begin, until)
    return found


def _heard(data: bytes, moof: int, at: int, end: int) -> Iterator[Frame]:
    told = {kind: begin for kind, begin, _ in _boxes(data, at, end)}
    if int.from_bytes(data[told[b"tfhd"] + 4 : told[b"tfhd"] + 8], "big") != SOUND:
        return
    position = int.from_bytes(data[told[b"tfdt"] + 4 : told[b"tfdt"] + 12], "big")
    count, place = struct.unpack_from(">II", data, told[b"trun"] + 4)
    place += moof
    for size in struct.unpack_from(f">{count}I", data, told[b"trun"] + 12):
        yield Frame(data[place : place + size], position)
        place, position = place + size, position + FRAME


def _boxes(data: bytes, at: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    """Each box between two places: its kind, where its content begins and ends."""
    while end - at >= _BOX:
        size, kind = struct.unpack_from(">I4s", data, at)
        yield kind, at + _BOX, at + size
        at += max(_BOX, size)
