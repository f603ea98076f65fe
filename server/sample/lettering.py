"""Chinese words in a drawn picture, on any machine.

With a Chinese font on the system the words are drawn as they are; without one they are drawn in pinyin with the
Latin font that Pillow carries. No font is fetched from anywhere.
"""

import os
import sys
from functools import cache
from pathlib import Path

from PIL import ImageFont
from PIL.ImageDraw import ImageDraw
from PIL.ImageFont import FreeTypeFont
from PIL.ImageFont import ImageFont as BitmapFont
from pypinyin import lazy_pinyin

# File names of common Chinese fonts, best first; the number is the face inside a collection.
_KNOWN: tuple[tuple[str, int], ...] = (
    ("NotoSansCJK-Regular.ttc", 2),
    ("NotoSansCJKsc-Regular.otf", 0),
    ("NotoSansSC-Regular.otf", 0),
    ("NotoSansSC-Regular.ttf", 0),
    ("SourceHanSansSC-Regular.otf", 0),
    ("SourceHanSansCN-Regular.otf", 0),
    ("wqy-microhei.ttc", 0),
    ("wqy-zenhei.ttc", 0),
    ("DroidSansFallbackFull.ttf", 0),
    ("DroidSansFallback.ttf", 0),
    ("uming.ttc", 0),
    ("PingFang.ttc", 0),
    ("Hiragino Sans GB.ttc", 0),
    ("STHeiti Light.ttc", 0),
    ("msyh.ttc", 0),
    ("simhei.ttf", 0),
)
# May not begin a line of Chinese text.
_NOT_FIRST = "，。、；：？！）”》〕"

Font = FreeTypeFont | BitmapFont


def _folders() -> list[Path]:
    home = Path.home()
    if sys.platform == "darwin":
        return [home / "Library/Fonts", Path("/Library/Fonts"), Path("/System/Library/Fonts")]
    if sys.platform == "win32":
        return [Path(os.environ.get("WINDIR", "C:/Windows"), "Fonts")]
    data = os.environ.get("XDG_DATA_HOME") or str(home / ".local/share")
    return [
        home / ".fonts",
        Path(data, "fonts"),
        Path("/usr/local/share/fonts"),
        Path("/usr/share/fonts"),
    ]


@cache
def chinese_font() -> tuple[Path, int] | None:
    """The best Chinese font file of this system and its face, or None where there is none."""
    wanted = {name: (order, face) for order, (name, face) in enumerate(_KNOWN)}
    found: list[tuple[int, Path, int]] = []
    for folder in _folders():
        for path, _, names in os.walk(folder):
            found += [
                (wanted[name][0], Path(path, name), wanted[name][1]) for name in names if name in wanted
            ]
    if not found:
        return None
    _, file, face = min(found)
    return file, face


class Lettering:
    """Draws words at whole pixel sizes, in Chinese where `font` is given and in pinyin where it is None."""

    def __init__(self, font: tuple[Path, int] | None) -> None:
        self._file = font
        self._sizes: dict[int, Font] = {}

    @property
    def chinese(self) -> bool:
        """Whether words are drawn in Chinese."""
        return self._file is not None

    def _font(self, size: int) -> Font:
        if size not in self._sizes:
            if self._file is None:
                self._sizes[size] = ImageFont.load_default(size)
            else:
                self._sizes[size] = ImageFont.truetype(str(self._file[0]), size, index=self._file[1])
        return self._sizes[size]

    def words(self, text: str) -> str:
        """The text as it can be drawn here."""
        if self.chinese:
            return text
        spelled = " ".join(part.strip() for part in lazy_pinyin(text) if part.strip())
        for mark, latin in zip("，。、；：？！（）“”", ",.,;:?!()''", strict=True):
            spelled = spelled.replace(f" {mark}", latin).replace(mark, latin)
        return spelled[:1].upper() + spelled[1:]

    def width(self, text: str, size: int) -> int:
        """Pixels from the first to the last letter."""
        return int(self._font(size).getlength(text))

    def write(
        self,
        draw: ImageDraw,
        at: tuple[int, int],
        text: str,
        size: int,
        colour: str,
        *,
        room: int = 0,
        anchor: str = "lm",
    ) -> None:
        """Draw one line at `at`, cut with an ellipsis where it is wider than `room` pixels."""
        shown = self.words(text)
        if room and self.width(shown, size) > room:
            while shown and self.width(shown + "…", size) > room:
                shown = shown[:-1]
            shown += "…"
        draw.text(at, shown, font=self._font(size), fill=colour, anchor=anchor)

    def lines(self, text: str, size: int, room: int, most: int) -> list[str]:
        """Break a text into at most `most` lines of `room` pixels; what does not fit is cut with an ellipsis."""
        shown = self.words(text)
        pieces = list(shown) if self.chinese else [word + " " for word in shown.split()]
        lines = [""]
        for piece in pieces:
            fits = self.width(lines[-1] + piece.rstrip(), size) <= room or piece in _NOT_FIRST
            if fits or not lines[-1]:
                lines[-1] += piece
            else:
                lines.append(piece)
        if len(lines) > most:
            kept = lines[most - 1].rstrip()
            while kept and self.width(kept + "…", size) > room:
                kept = kept[:-1]
            lines = [*lines[: most - 1], kept + "…"]
        return [line.rstrip() for line in lines]

    def write_lines(
        self,
        draw: ImageDraw,
        at: tuple[int, int],
        lines: list[str],
        size: int,
        colour: str,
        *,
        anchor: str = "la",
    ) -> None:
        """Draw lines made by `lines` below each other, with one and a half times the size between them."""
        for row, line in enumerate(lines):
            place = (at[0], at[1] + row * round(size * 1.45))
            draw.text(place, line, font=self._font(size), fill=colour, anchor=anchor)
