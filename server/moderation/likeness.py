"""How like two short Chinese questions are: whether they are about the same thing and want to know the same of it.

Knows no meeting; it compares texts. What neighbours call a thing is in `words/concepts.txt`, for each place to add
to. Numbers, places and yes or no must agree: 2号楼 is not 3号楼.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from functools import cache, lru_cache
from pathlib import Path
from typing import NamedTuple

import ahocorasick

from server.moderation.skeleton import skeleton

LIKE = 0.5
"""From here on two questions are shown as like each other; tests/corpus/likeness.py says what that is worth."""
LEAST_LENGTH = 4
_WEIGHT = {"thing": 3.0, "part": 2.0, "act": 2.0, "wants": 1.0}
_REST = 0.5
"""Weight of a sign that belongs to no known word."""
_OTHER_NUMBER, _OTHER_ANSWER, _OTHER_THING, _OTHER_PART, _OTHER_ACT = 0.3, 0.4, 0.4, 0.5, 0.6
_OTHER_WISH, _OTHER_MOOD, _THINGS_BESIDES = 0.45, 0.8, 0.6
_NOISE = re.compile(
    "[的了吗呢啊吧呀么嘛咧哈就也还又都是有在请问我们咱你大家个人到这那么一下这个那个现在小区]"
)
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_HAN_DIGITS = {sign: str(value) for value, sign in enumerate("零一二三四五六七八九")} | {"两": "2", "〇": "0"}
_HAN_NUMBER = re.compile(
    r"(?:[二三四五六七八九]?十[一二三四五六七八九]?|[一二两三四五六七八九])(?=号楼|栋|幢|单元|楼|层|月|次|户|度|块|元|次会)"
)
_ANSWERS = ("同意", "反对")
_MOODS = frozenset("谁管 怎么办 为什么 可以吗 合理 要不要".split())
"""Ways of asking that stand for each other: why is nobody doing it, who does it, can it be done."""
_CONCEPTS = Path(__file__).parent / "words" / "concepts.txt"


class _Meant(NamedTuple):
    """What a text says: its concepts by slot, its numbers, and the signs that belong to none."""

    slots: dict[str, frozenset[str]]
    numbers: frozenset[str]
    rest: Counter[str]


def likeness(one: str, other: str) -> float:
    """From 0, nothing in common, to 1, the same but for particles and signs."""
    first, second = _meant(one), _meant(other)
    if not any((first.rest, *first.slots.values())) or not any((second.rest, *second.slots.values())):
        return 0.0
    return _common(first, second) * _discord(first, second)


def most_like(text: str, others: Iterable[tuple[str, str]], *, most: int = 3) -> list[tuple[str, float]]:
    """The ids of those like a text, the likest first, from pairs of id and text."""
    if len(skeleton(text).text) < LEAST_LENGTH:
        return []
    scored = [(own_id, likeness(text, other)) for own_id, other in others]
    return sorted((pair for pair in scored if pair[1] >= LIKE), key=lambda pair: -pair[1])[:most]


def _common(first: _Meant, second: _Meant) -> float:
    """Half Dice's coefficient, half how much of the shorter is in the longer.

    The second half, because one neighbour asks in ten signs what another tells in sixty.
    """
    shared = (first.rest & second.rest).total() * _REST
    weights = [first.rest.total() * _REST, second.rest.total() * _REST]
    for slot, weight in _WEIGHT.items():
        shared += len(first.slots[slot] & second.slots[slot]) * weight
        for k, meant in enumerate((first, second)):
            weights[k] += len(meant.slots[slot]) * weight
    return shared / sum(weights) + shared / (2 * min(weights))


def _discord(first: _Meant, second: _Meant) -> float:
    """What is left where both say something, and not the same."""
    left = 1.0
    if first.numbers and second.numbers and not (first.numbers & second.numbers):
        left *= _OTHER_NUMBER
    answers = [{one for one in _ANSWERS if one in meant.slots["act"]} for meant in (first, second)]
    if answers[0] != answers[1] and all(answers):
        left *= _OTHER_ANSWER
    for slot, part in (("thing", _OTHER_THING), ("part", _OTHER_PART), ("act", _OTHER_ACT)):
        if _apart(first.slots[slot], second.slots[slot]):
            left *= part
    if _apart(first.slots["wants"] - _MOODS, second.slots["wants"] - _MOODS):
        left *= _OTHER_WISH
    elif _apart(first.slots["wants"], second.slots["wants"]):
        left *= _OTHER_MOOD
    things = first.slots["thing"], second.slots["thing"]
    if things[0] & things[1] and things[0] - things[1] and things[1] - things[0]:
        left *= _THINGS_BESIDES
    return left


def _apart(one: frozenset[str], other: frozenset[str]) -> bool:
    return bool(one and other and not one & other)


@lru_cache(maxsize=4_096)
def _meant(text: str) -> _Meant:
    plain = _plain(text)
    taken = [False] * len(plain)
    slots: dict[str, set[str]] = {slot: set() for slot in _WEIGHT}
    for first, last, slot, name in _found(plain):
        if not any(taken[first : last + 1]):
            taken[first : last + 1] = [True] * (last - first + 1)
            slots[slot].add(name)
    rest = "".join(sign for sign, gone in zip(plain, taken, strict=True) if not gone)
    numbers = frozenset(_NUMBER.findall(plain))
    rest = _NUMBER.sub("", _NOISE.sub("", rest))
    return _Meant({slot: frozenset(names) for slot, names in slots.items()}, numbers, Counter(rest))


def _found(plain: str) -> list[tuple[int, int, str, str]]:
    """Every known word in a text, the longest first, then from the left."""
    found = [(last - length + 1, last, slot, name) for last, (length, slot, name) in _concepts().iter(plain)]
    return sorted(found, key=lambda one: (one[0] - one[1], one[0]))


def _plain(text: str) -> str:
    return _HAN_NUMBER.sub(lambda found: _digits(found[0]), skeleton(text).plain)


def _digits(text: str) -> str:
    """三 to 3, 十二 to 12."""
    tens, ten, ones = text.rpartition("十")
    if not ten:
        return _HAN_DIGITS[text]
    return f"{_HAN_DIGITS[tens] if tens else '1'}{_HAN_DIGITS[ones] if ones else '0'}"


@cache
def _concepts() -> ahocorasick.Automaton:
    automaton = ahocorasick.Automaton()
    for line in _CONCEPTS.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            slot, name, *others = line.split()
            for word in (name, *others):
                plain = _plain(word)
                automaton.add_word(plain, (len(plain), slot, name))
    automaton.make_automaton()
    return automaton
