"""The three ways to follow a stream, and the names of their files.

A span of time is one entry of the index with up to three files: `s` the programme's picture with its sound,
`t` the thin picture with the same sound, `a` the sound alone. Every name keeps its content for ever.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from server.media.recorder import Entry

Track = Literal["picture", "thin", "sound"]
TRACKS: tuple[Track, ...] = ("picture", "thin", "sound")
LETTERS: dict[Track, tuple[str, str]] = {
    "picture": ("s", "init"),
    "thin": ("t", "tinit"),
    "sound": ("a", "ainit"),
}
_OF_LETTER: dict[str, Track] = {letter: track for track, (letter, _) in LETTERS.items()}


def of_letter(letter: str) -> Track:
    """The track whose segments begin with this letter."""
    return _OF_LETTER[letter]


def segment_name(track: Track, number: int) -> str:
    return f"{LETTERS[track][0]}{number}.m4s"


def header_name(track: Track, number: int) -> str:
    return f"{LETTERS[track][1]}{number}.mp4"


def filed(entry: Entry, track: Track) -> tuple[Track, int]:
    """Where a span's file for a track is, and the number of its header. A span without a thin picture (or, in
    recordings of before, without a file of its sound) is followed by the programme's picture.
    """
    own = entry.thin if track == "thin" else entry.sound if track == "sound" else entry.init
    return (track, own) if own >= 0 else ("picture", entry.init)


def has(entry: Entry, track: Track) -> bool:
    return filed(entry, track)[0] == track


def broken(entry: Entry, track: Track) -> bool:
    """Whether a discontinuity stands before this span in the track's playlists."""
    return {"picture": entry.cut, "thin": entry.thin_cut, "sound": entry.sound_cut}[track]


def breaks(entry: Entry, track: Track) -> int:
    """How many discontinuities the track's public playlist has had up to and with this span."""
    return {"picture": entry.parts, "thin": entry.thin_parts, "sound": entry.sound_parts}[track]
