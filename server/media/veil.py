"""Which segments of a finished recording are masked, and under which names anybody may have them.

Pure. A masked segment has a name of its own (`s12p.m4s`), because names never change their content; the name of
what it stands for is sealed from then on, however it is asked for. Nothing is ever taken from the disk.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from server.media.chunk import SECOND
from server.media.recorder import Entry
from server.media.tracks import Track, of_letter, segment_name

PICTURE, SOUND, BOTH = "p", "s", "b"
_NAME = re.compile(r"([stap])(\d{1,9})(?:-(\d{1,3}))?([psb]?)(\D.*)")
_TRIFLE_US = 1_000
"""Rounding of clocks: a segment that a passage touches by less is not in it."""


class Veil(NamedTuple):
    """A masked passage in seconds of the public recording's clock."""

    from_s: int
    to_s: int
    sound: bool
    picture: bool


Masks = Mapping[int, str]
"""Numbers of segments and what of them is masked: `p`, `s` or `b`."""


@dataclass(frozen=True, slots=True)
class Name:
    """A file of segments: of which track, first number, how many, mask."""

    track: Track
    first: int
    count: int = 1
    mask: str = ""

    @property
    def members(self) -> range:
        return range(self.first, self.first + self.count)

    def __str__(self) -> str:
        more = f"-{self.count}" if self.count > 1 else ""
        return segment_name(self.track, self.first).replace(".", f"{more}{self.mask}.")


def masks(kept: Sequence[Entry], veils: Sequence[Veil]) -> dict[int, str]:
    """What is masked of which segment: whole segments, however little of one a passage touches."""
    found: dict[int, str] = {}
    if not veils:
        return found
    at = 0
    for entry in kept:
        end = at + entry.dur_us
        touching = [
            veil
            for veil in veils
            if at + _TRIFLE_US < veil.to_s * SECOND and end - _TRIFLE_US > veil.from_s * SECOND
        ]
        mask = _mask(any(one.sound for one in touching), any(one.picture for one in touching))
        if mask:
            found[entry.n] = mask
        at = end
    return found


def _mask(sound: bool, picture: bool) -> str:
    if sound and picture:
        return BOTH
    return SOUND if sound else PICTURE if picture else ""


def of_track(mask: str, track: Track) -> str:
    """What a mask comes to in one track: sound alone has no picture to hide."""
    if track != "sound":
        return mask
    return SOUND if mask in {SOUND, BOTH} else ""


def parsed(text: str) -> Name | None:
    """The name of a file of segments taken apart; None for other files."""
    found = _NAME.fullmatch(text)
    if found is None:
        return None
    letter, first, count, mask, _ = found.groups()
    track: Track = "picture" if letter == "p" else of_letter(letter)
    return Name(track, int(first), int(count or 1), mask)


def sealed(text: str, masked: Masks) -> bool:
    """Whether a file may not be had: it shows what is masked, or masks what is shown again.

    Judged by the numbers in the name alone, so that no other spelling of it (a part, a group) goes around this.
    """
    name = parsed(text)
    if name is None:
        return False
    return any(of_track(masked.get(n, ""), name.track) != name.mask for n in name.members)
