"""The thresholds of art. 278 of the Civil Code, as data: what must be reached, and what must be exceeded.

The estate's rules may settle how ballots are treated (`Policy`), never these lines: the law, later and higher,
stands over the regulation of 2018 that still prints other ones.
"""

from __future__ import annotations

from typing import Literal

import msgspec

ItemClass = Literal["general", "special"]

ITEMS = range(1, 10)
"""The nine matters of art. 278."""


class Threshold(msgspec.Struct, frozen=True):
    """A share to compare with. `inclusive`: reaching it is enough (以上, art. 1259); else more is needed (过半数)."""

    part: int
    whole: int
    inclusive: bool

    def met(self, part: int, whole: int) -> bool:
        """Whether `part` of `whole` meets the line; of nothing, nothing is met."""
        left, right = part * self.whole, whole * self.part
        return whole > 0 and (left >= right if self.inclusive else left > right)


class Rules(msgspec.Struct, frozen=True):
    """The lines both counts must meet: taking part, measured on the roster; agreeing, on those taking part."""

    quorum: Threshold
    general: Threshold
    special: Threshold
    special_items: frozenset[int]

    def class_of(self, item: int) -> ItemClass:
        """The class of a matter; ValueError for none of the nine."""
        if item not in ITEMS:
            raise ValueError(f"item {item} is none of the nine matters of art. 278")
        return "special" if item in self.special_items else "general"

    def approval(self, item: int) -> Threshold:
        """The line those who agree must meet."""
        return self.special if self.class_of(item) == "special" else self.general


CIVIL_CODE = Rules(
    quorum=Threshold(2, 3, inclusive=True),
    general=Threshold(1, 2, inclusive=False),
    special=Threshold(3, 4, inclusive=True),
    # Using the maintenance fund (5) became general; raising it (6) stayed special: the commonest mix-up.
    special_items=frozenset({6, 7, 8}),
)
