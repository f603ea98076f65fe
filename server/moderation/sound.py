"""How a text sounds, in letters without tones. A sound never blocks anything: neighbours who sound alike are many."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import cache
from itertools import islice, product

from pypinyin.constants import PHRASES_DICT, PINYIN_DICT

from server.moderation.skeleton import Skeleton, is_han

_READINGS = 2
"""So many readings of one sign are looked for; the rarer ones of a phrase nobody has in mind."""
_WAYS = 8
"""So many ways to read one phrase are looked for."""
_LONGEST = 6
"""Letters of the longest syllable (zhuang)."""


@dataclass(frozen=True, slots=True)
class Sound:
    """A text in letters. `begins[k]` is the sign of the skeleton that begins at letter k, `ends[k]` the one whose
    last letter stands before k; -1 within a syllable, where nothing may begin or end.
    """

    letters: str
    begins: list[int]
    ends: list[int]


def sound(one: Skeleton) -> Sound:
    """The letters of a skeleton: signs by their first reading, letters as they stand, cut into syllables."""
    plain = one.plain
    letters: list[str] = []
    begins: list[int] = []
    ends = [-1]
    place = 0
    while place < len(plain):
        sign = plain[place]
        if "a" <= sign <= "z":
            until = place
            while until < len(plain) and "a" <= plain[until] <= "z":
                until += 1
            for length in _syllables(plain[place:until]):
                _lay(plain[place : place + length], place, place + length - 1, letters, begins, ends)
                place += length
        else:
            _lay(_first_reading(sign), place, place, letters, begins, ends)
            place += 1
    begins.append(-1)
    return Sound("".join(letters), begins, ends)


def _lay(said: str, first: int, last: int, letters: list[str], begins: list[int], ends: list[int]) -> None:
    letters.append(said)
    begins += [first] + [-1] * (len(said) - 1)
    ends += [-1] * (len(said) - 1) + [last]


def ways(phrase: str) -> list[str]:
    """The ways to say a phrase of Chinese signs, in letters; none where it has other signs."""
    if not phrase or not all(map(is_han, phrase)):
        return []
    each = [_readings(sign) for sign in phrase]
    if not all(each):
        return []
    return ["".join(way) for way in islice(product(*each), _WAYS)]


def initials(phrase: str) -> str:
    """The first letters of a phrase of Chinese signs; empty where it has other signs."""
    if not all(map(is_han, phrase)):
        return ""
    return "".join(_first_reading(sign)[:1] for sign in phrase)


@cache
def is_word(phrase: str) -> bool:
    """Whether this is a word of the language, as far as the dictionary of readings knows."""
    return phrase in PHRASES_DICT


@cache
def _readings(sign: str) -> tuple[str, ...]:
    given = PINYIN_DICT.get(ord(sign), "")
    said = dict.fromkeys(_toneless(one) for one in given.split(",") if one)
    return tuple(islice(said, _READINGS))


@cache
def _first_reading(sign: str) -> str:
    readings = _readings(sign) if is_han(sign) else ()
    return readings[0] if readings else sign


def _toneless(reading: str) -> str:
    """`lǜ` to `lv`, `shuāng` to `shuang`."""
    apart = unicodedata.normalize("NFD", reading).replace("u\u0308", "v")
    return "".join(sign for sign in apart if "a" <= sign <= "z")


@cache
def _all_syllables() -> frozenset[str]:
    return frozenset(_toneless(one) for given in PINYIN_DICT.values() for one in given.split(",") if one)


def _syllables(run: str) -> list[int]:
    """The lengths of the syllables of a run of letters; the whole run as one where it is no pinyin."""
    known = _all_syllables()
    reach: list[int] = [0] + [-1] * len(run)
    for until in range(1, len(run) + 1):
        for length in range(min(_LONGEST, until), 0, -1):
            if reach[until - length] >= 0 and run[until - length : until] in known:
                reach[until] = length
                break
    if reach[len(run)] < 0:
        return [len(run)]
    lengths: list[int] = []
    while (left := len(run) - sum(lengths)) > 0:
        lengths.append(reach[left])
    return lengths[::-1]
