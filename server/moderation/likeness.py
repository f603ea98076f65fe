"""How like two short Chinese questions are. Numbers and yes/no must agree: 2号楼 is not 3号楼.

Knows no meeting; it compares texts.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable

LIKE = 0.3
"""From here on two questions are shown as like each other."""
LEAST_LENGTH = 4
_NOISE = re.compile(r"[^\w]|[的了吗呢啊吧呀么嘛]")
_NUMBERS = re.compile(r"\d+(?=号楼|栋|幢|单元|层|楼)")
_NOT = re.compile(r"不|没|未|别")


def likeness(one: str, other: str) -> float:
    """From 0, nothing in common, to 1, the same but for particles and signs."""
    first, second = _plain(one), _plain(other)
    if not first or not second:
        return 0.0
    numbers = _numbers(first), _numbers(second)
    other_place = all(numbers) and numbers[0] != numbers[1]
    other_answer = bool(_NOT.search(first)) != bool(_NOT.search(second))
    return _common(first, second) * (0.3 if other_place or other_answer else 1.0)


def most_like(text: str, others: Iterable[tuple[str, str]], *, most: int = 3) -> list[tuple[str, float]]:
    """The ids of those like a text, the likest first, from pairs of id and text."""
    if len(_plain(text)) < LEAST_LENGTH:
        return []
    scored = [(own_id, likeness(text, other)) for own_id, other in others]
    return sorted((pair for pair in scored if pair[1] >= LIKE), key=lambda pair: -pair[1])[:most]


def _plain(text: str) -> str:
    return _NOISE.sub("", unicodedata.normalize("NFKC", text).lower())


def _numbers(text: str) -> set[str]:
    return set(_NUMBERS.findall(text))


def _common(first: str, second: str) -> float:
    """Half Dice's coefficient over single signs and pairs, half how much of the shorter is in the longer.

    The second half, because one neighbour asks in ten signs what another tells in sixty.
    """
    a, b = _pieces(first), _pieces(second)
    shared = (a & b).total()
    return shared / (a.total() + b.total()) + shared / (2 * min(a.total(), b.total()))


def _pieces(text: str) -> Counter[str]:
    pieces = Counter(text)
    for place in range(len(text) - 1):
        pieces[text[place : place + 2]] += 2
    return pieces
