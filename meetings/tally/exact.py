"""Areas and shares in writing. An area is an integer of 0.01 m²; a percentage is for the eye, never compared."""

from __future__ import annotations

import re

_AREA = re.compile(r"([0-9]{1,12})(?:\.([0-9]{1,2}))?", re.ASCII)


def read_area(text: str) -> int:
    """The area in 0.01 m² of a text such as `89.36`. ValueError for anything else: nothing is guessed or rounded."""
    found = _AREA.fullmatch(text)
    if found is None:
        raise ValueError(
            f"{text!r} is no area: digits, and up to two after a point, without a sign or a unit"
        )
    whole, part = found.groups(default="")
    return int(whole) * 100 + int(part.ljust(2, "0"))


def area_text(area_c: int) -> str:
    """The area in m², with two decimals."""
    whole, part = divmod(area_c, 100)
    return f"{whole}.{part:02d}"


def percent_text(part: int, whole: int) -> str | None:
    """A share with two decimals, halves rounded up, computed in integers; None where there is no whole.

    `66.67%` may stand for less than two thirds: beside it belong the fraction and the verdict of the tally.
    """
    if whole <= 0:
        return None
    return area_text((part * 20_000 + whole) // (2 * whole)) + "%"


def fraction_text(part: int, whole: int, *, area: bool) -> str:
    """The exact share, `4386.34/6424.49` m² or `38/52` heads."""
    return f"{area_text(part)}/{area_text(whole)}" if area else f"{part}/{whole}"
