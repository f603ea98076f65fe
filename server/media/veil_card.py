"""The still card that stands where a picture is masked: drawn with words from outside, encoded for the recording's
size. It shows nobody.
"""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import Any

import av
from PIL import Image, ImageDraw, ImageFont

SETS = 31
"""Number of the card's parameter sets: encoders count theirs from 0, so both fit one header (ISO 14496-15)."""
SPARE_SETS = 30
PICTURES = 64
"""Pictures of one card until it begins anew with a keyframe."""

_GROUND, _INK, _FAINT = (28, 18, 10), (246, 236, 216), (196, 178, 150)
_LARGE, _SMALL = 11, 20
"""The lines' heights, as parts of the picture's."""
_PLACES = (
    "/usr/share/fonts",
    "/usr/local/share/fonts",
    "/System/Library/Fonts",
    "/Library/Fonts",
    "C:/Windows/Fonts",
)
_FACES = (
    "NotoSansCJK*",
    "SourceHanSans*",
    "NotoSansSC*",
    "wqy-*",
    "PingFang*",
    "Hiragino Sans GB*",
    "msyh*",
    "simhei*",
    "NotoSerifCJK*",
    "DroidSansFallback*",
)


@lru_cache(maxsize=4)
def pictures(width: int, height: int, words: tuple[str, ...], sets: int = SETS) -> tuple[bytes, ...]:
    """The card as H.264, Annex B: a keyframe with its parameter sets, then pictures in which nothing moves."""
    coder: Any = av.CodecContext.create("libx264", "w")
    coder.width, coder.height, coder.pix_fmt = width, height, "yuv420p"
    coder.time_base, coder.framerate = Fraction(1, 25), Fraction(25)
    coder.options = {
        "preset": "veryfast",
        "tune": "zerolatency",
        "profile": "baseline",
        "x264-params": f"annexb=1:repeat-headers=1:sliced-threads=0:threads=1:crf=26:scenecut=0:"
        f"keyint={PICTURES + 1}:sps-id={sets}",
    }
    frames: Any = av.VideoFrame
    shown = frames.from_image(drawn(width, height, words)).reformat(format="yuv420p")
    found: list[bytes] = []
    for number in range(PICTURES):
        shown.pts = number
        found += [bytes(packet) for packet in coder.encode(shown)]
    found += [bytes(packet) for packet in coder.encode(None)]
    return tuple(found)


def drawn(width: int, height: int, words: tuple[str, ...]) -> Image.Image:
    """The card: the first line large, the others below it. Without a font that has the words, it is plain."""
    image = Image.new("RGB", (width, height), _GROUND)
    face = _face()
    if face is None or not words:
        return image
    paint = ImageDraw.Draw(image)
    lines = [(text, _LARGE if place == 0 else _SMALL) for place, text in enumerate(words)]
    total = sum(height // part * 3 // 2 for _, part in lines)
    top = (height - total) // 2
    for text, part in lines:
        room = height // part * 3 // 2
        font = _fitting(face, text, height // part, width * 9 // 10)
        paint.text((width / 2, top + room / 2), text, _INK if part == _LARGE else _FAINT, font, anchor="mm")
        top += room
    return image


def _fitting(face: Path, text: str, size: int, width: int) -> ImageFont.FreeTypeFont:
    while True:
        font = ImageFont.truetype(str(face), max(8, size))
        if font.getlength(text) <= width or size <= 8:
            return font
        size = size * 9 // 10


@lru_cache(maxsize=1)
def _face() -> Path | None:
    """A font of this machine that has Chinese; none is brought along (16 MB for two lines)."""
    for pattern in _FACES:
        for place in _PLACES:
            found = sorted(Path(place).rglob(f"{pattern}.[to]t[cf]")) if Path(place).is_dir() else []
            regular = [path for path in found if "Regular" in path.name or "-" not in path.name]
            if found:
                return (regular or found)[0]
    return None
