"""The drawn picture of the sample's recording and loop: who speaks, about what, at which time.

Flat colours and few shapes: a keyframe of it is a few kilobytes. It shows invented people only.
"""

import math
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from PIL import Image, ImageDraw

from server.sample.lettering import Lettering

_PAPER, _SURFACE, _TINT = "#fff9ee", "#ffffff", "#fff1d6"
_INK, _INK_2, _NIGHT = "#2b2017", "#5c4d3e", "#2b1d12"
_BRAND, _SUN, _LIVE, _OK = "#b34700", "#ffb020", "#c8102e", "#7ddc9a"
_WALL, _DESK, _DESK_EDGE = "#7a4a20", "#5b3412", "#8a5a2c"
_HAIR = ("#231a14", "#3a2a1c", "#6b6055", "#1b1b22", "#8c8378")
_SKIN = ("#f0c49b", "#e6b48a", "#f4cfae")
_JACKET = ("#1f3358", "#2c6670", "#943a2c", "#4a5568", "#5a3a6e", "#2f5d3a")
# Drawn at twice the size and shrunk: Pillow's shapes have no smooth edges of their own.
_FINE = 2
_WIDE, _HIGH = 480, 270

_Box = Callable[[float, float, float, float], list[int]]


@dataclass(frozen=True)
class Person:
    """Who is shown: the id decides the colours of the figure."""

    id: str
    name: str
    badge: str
    woman: bool = False


@dataclass(frozen=True)
class Scene:
    """What stays in the picture for a while; everything but the clock, the mouth and the sound bars."""

    title: str
    item: str
    item_number: int
    items: int
    person: Person | None
    card: str = ""


class Painter:
    """Draws scenes `width` pixels wide in 16 to 9; the same scene, time and beat give the same picture."""

    def __init__(self, lettering: Lettering, width: int = _WIDE, height: int = _HIGH) -> None:
        self.size = (width, height)
        self._letters = lettering
        self._scale = width / _WIDE
        self._still = lru_cache(maxsize=4)(self._draw_still)

    def _at(self, *numbers: float) -> tuple[int, ...]:
        return tuple(round(number * self._scale) for number in numbers)

    def _px(self, number: float) -> int:
        return round(number * self._scale)

    def picture(self, scene: Scene, clock: datetime, beat: float | None) -> Image.Image:
        """The scene with its clock; `beat` in seconds moves mouth and sound bars, None is silence."""
        picture = self._still(scene).copy()
        draw = ImageDraw.Draw(picture)
        self._letters_clock(draw, clock)
        if scene.card:
            return picture
        if scene.person is not None:
            self._mouth(draw, beat)
        self._bars(draw, beat)
        return picture

    def _letters_clock(self, draw: ImageDraw.ImageDraw, clock: datetime) -> None:
        self._letters.write(
            draw,
            (self._px(470), self._px(16)),
            clock.strftime("%H:%M:%S"),
            self._px(16),
            _SURFACE,
            anchor="rm",
        )

    def _draw_still(self, scene: Scene) -> Image.Image:
        fine = Image.new("RGB", (self.size[0] * _FINE, self.size[1] * _FINE), _PAPER)
        self._shapes(ImageDraw.Draw(fine), scene)
        still = fine.resize(self.size, Image.Resampling.LANCZOS)
        self._words(ImageDraw.Draw(still), scene)
        return still

    def _shapes(self, draw: ImageDraw.ImageDraw, scene: Scene) -> None:
        def box(left: float, top: float, right: float, bottom: float) -> list[int]:
            return [round(number * self._scale * _FINE) for number in (left, top, right, bottom)]

        draw.rectangle(box(0, 0, 480, 32), fill=_NIGHT)
        draw.ellipse(box(10, 8, 26, 24), fill=_SUN)
        if scene.card:
            draw.rectangle(box(0, 32, 480, 270), fill=_WALL)
            draw.rounded_rectangle(box(60, 90, 420, 200), radius=12 * _FINE, fill=_PAPER)
            return
        draw.rectangle(box(0, 32, 250, 228), fill=_WALL)
        draw.rectangle(box(30, 44, 220, 68), fill="#a32a18")
        if scene.person is not None:
            _figure(draw, box, scene.person)
        draw.rectangle(box(0, 226, 250, 270), fill=_DESK)
        draw.rectangle(box(0, 226, 250, 229), fill=_DESK_EDGE)
        draw.rectangle(box(250, 32, 480, 270), fill=_PAPER)
        draw.rounded_rectangle(box(262, 44, 468, 62), radius=6 * _FINE, fill=_TINT)
        for index in range(scene.items):
            left = 262 + index * (206 / scene.items)
            colour = _BRAND if index < scene.item_number else "#ebddc4"
            draw.rectangle(box(left, 248, left + 206 / scene.items - 3, 253), fill=colour)

    def _words(self, draw: ImageDraw.ImageDraw, scene: Scene) -> None:
        write, px = self._letters.write, self._px
        write(draw, (px(34), px(16)), scene.title, px(14), _SURFACE, room=px(350))
        if scene.card:
            lines = self._letters.lines(scene.card, px(22), px(330), 2)
            top = px(145) - (len(lines) - 1) * px(16)
            for row, line in enumerate(lines):
                write(draw, (px(240), top + row * px(32)), line, px(22), _INK, anchor="mm")
            return
        write(draw, (px(125), px(56)), "阳光里社区阳光议事会", px(14), "#ffe9a8", room=px(184), anchor="mm")
        number = f"{scene.item_number} / {scene.items}"
        write(draw, (px(270), px(53)), number, px(12), _BRAND)
        write(draw, (px(460), px(53)), "示例", px(12), _INK_2, anchor="rm")
        lines = self._letters.lines(scene.item, px(18), px(200), 4)
        self._letters.write_lines(draw, (px(264), px(74)), lines, px(18), _INK)
        if scene.person is not None:
            name_room = 110 if self._letters.chinese else 90
            write(draw, (px(14), px(249)), scene.person.name, px(18), _SURFACE, room=px(name_room))
            name = min(self._letters.width(self._letters.words(scene.person.name), px(18)), px(name_room))
            write(draw, (px(22) + name, px(250)), scene.person.badge, px(14), "#ffcf7a", room=px(185) - name)

    def _mouth(self, draw: ImageDraw.ImageDraw, beat: float | None) -> None:
        opened = 0.0 if beat is None else 2.2 + 2.2 * math.sin(beat * 17) * math.sin(beat * 5.3)
        draw.ellipse(self._at(118, 176 - opened, 132, 179 + opened), fill="#9a3b2b")

    def _bars(self, draw: ImageDraw.ImageDraw, beat: float | None) -> None:
        for bar in range(5):
            swing = 0.0 if beat is None else abs(math.sin(beat * (3.1 + bar) + bar * 1.7))
            height = 2 + 14 * swing
            left = 214 + bar * 6
            draw.rectangle(
                self._at(left, 256 - height, left + 3, 256), fill=_OK if beat is not None else "#8f7a5c"
            )


def _figure(draw: ImageDraw.ImageDraw, box: _Box, person: Person) -> None:
    key = zlib.crc32(person.id.encode())
    hair, skin = _HAIR[key % len(_HAIR)], _SKIN[key // 7 % len(_SKIN)]
    jacket = _JACKET[key // 11 % len(_JACKET)]
    if person.woman:
        draw.rounded_rectangle(box(80, 98, 170, 208), radius=34 * _FINE, fill=hair)
    draw.rounded_rectangle(box(48, 198, 202, 290), radius=36 * _FINE, fill=jacket)
    draw.rectangle(box(112, 178, 138, 212), fill=skin)
    draw.polygon([*box(101, 200, 125, 228), *box(149, 200, 125, 207)], fill=_SURFACE)
    draw.ellipse(box(92, 108, 158, 192), fill=skin)
    draw.pieslice(box(90, 98, 160, 172), 180, 360, fill=hair)
    for left in (109, 135):
        draw.ellipse(box(left, 143, left + 6, 149), fill=_INK)
