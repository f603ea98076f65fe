"""What is left of a text when everything is taken off that a reader's eye passes over: the ground a word list is
laid upon. Every sign of it knows where it stood in the original. Judges nothing.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from opencc import OpenCC

_WORDS = Path(__file__).parent / "words"
_REVERSE, _RESTORE = "\u202e", "\u202c"
_RUN = 3
"""So many equal signs and more are written for emphasis, or to get past a list: one is kept."""
_SIMPLIFIED = OpenCC("t2s")
_LEET = str.maketrans("oil", "011")


@dataclass(frozen=True, slots=True)
class Skeleton:
    """`text` is matched; `plain` is the same with letters left letters, for sounds. `spans[k]` is where sign k
    stood in the original, from and to.
    """

    text: str
    plain: str
    spans: list[tuple[int, int]]

    def where(self, first: int, last: int) -> tuple[int, int]:
        """The place in the original of signs `first` to `last`, both included, as from and to."""
        return min(self.spans[first][0], self.spans[last][0]), max(self.spans[first][1], self.spans[last][1])


def skeleton(text: str) -> Skeleton:
    """The skeleton of a text: one width, one case, one script, no marks, no spaces, no signs, no repeats."""
    plain: list[str] = []
    spans: list[tuple[int, int]] = []
    for place in _order(text):
        for sign in _sign(text[place]):
            plain.append(sign)
            spans.append((place, place + 1))
    _unrepeat(plain, spans)
    whole = "".join(plain)
    return Skeleton(whole.translate(_LEET), whole, spans)


def composed(one: Skeleton) -> Skeleton | None:
    """The skeleton with signs that were taken apart (氵去) put together again; None when there are none."""
    splits, longest = _splits()
    text = one.plain
    if not any(sign in _first_pieces() for sign in text):
        return None
    plain: list[str] = []
    spans: list[tuple[int, int]] = []
    place, found = 0, False
    while place < len(text):
        for length in range(min(longest, len(text) - place), 1, -1):
            whole = splits.get(text[place : place + length])
            if whole is not None:
                plain.append(whole)
                spans.append((one.spans[place][0], one.spans[place + length - 1][1]))
                place += length
                found = True
                break
        else:
            plain.append(text[place])
            spans.append(one.spans[place])
            place += 1
    whole_text = "".join(plain)
    return Skeleton(whole_text.translate(_LEET), whole_text, spans) if found else None


def is_han(sign: str) -> bool:
    """Whether a sign is a Chinese character."""
    return "\u3400" <= sign <= "\u9fff" or "\U00020000" <= sign <= "\U0003ffff"


def _order(text: str) -> list[int]:
    """Places in the order in which they are read: a right-to-left override shows what it holds backwards."""
    if _REVERSE not in text:
        return list(range(len(text)))
    order: list[int] = []
    turned: list[int] | None = None
    for place, sign in enumerate(text):
        if sign == _REVERSE:
            turned = turned if turned is not None else []
        elif sign == _RESTORE and turned is not None:
            order += reversed(turned)
            turned = None
        elif turned is not None:
            turned.append(place)
        else:
            order.append(place)
    return order + list(reversed(turned or []))


@cache
def _sign(sign: str) -> str:
    """What one sign of the original becomes: mostly one, sometimes none or several."""
    known = _confusables().get(sign) or _confusables().get(sign.lower())
    if known is not None:
        return known
    if "\U0001f1e6" <= sign <= "\U0001f1ff":
        return chr(ord("a") + ord(sign) - 0x1F1E6)
    # A stroke sign that NFKC keeps (㇏) or a letter with its marks: take the marks off, keep the letter.
    kept = [
        one
        for one in unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", sign)).casefold()
        if unicodedata.category(one)[0] in "LN" and one not in "\u3164\uffa0\u115f\u1160"
    ]
    return "".join(_confusables().get(one) or _simple(one) for one in kept)


def _simple(sign: str) -> str:
    return _SIMPLIFIED.convert(sign) if is_han(sign) else sign


def _unrepeat(plain: list[str], spans: list[tuple[int, int]]) -> None:
    """Keep one of three and more equal signs; digits stay, 1000 is not 10."""
    read = write = 0
    while read < len(plain):
        until = read + 1
        while until < len(plain) and plain[until] == plain[read]:
            until += 1
        keep = 1 if until - read >= _RUN and not plain[read].isdigit() else until - read
        for _ in range(keep):
            plain[write] = plain[read]
            spans[write] = (spans[read][0], spans[until - 1][1]) if keep == 1 else spans[read]
            read, write = read + 1, write + 1
        read = until
    del plain[write:]
    del spans[write:]


@cache
def _confusables() -> dict[str, str]:
    pairs = (line.split() for line in _lines("confusables.txt"))
    return {other: plain for plain, others in pairs for other in others if other != plain}


@cache
def _splits() -> tuple[dict[str, str], int]:
    """Pieces to the whole sign, and the most pieces there are."""
    pairs = (pair for line in _lines("splits.txt") for pair in line.split())
    table = {"".join(map(_sign, pair[1:])): pair[0] for pair in pairs}
    return table, max(map(len, table))


@cache
def _first_pieces() -> frozenset[str]:
    return frozenset(pieces[0] for pieces in _splits()[0])


def _lines(name: str) -> list[str]:
    lines = (_WORDS / name).read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]
