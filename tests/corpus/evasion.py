"""How much gets past the word lists: every word in every disguise, and how many ordinary lines are held.

`python -m tests.corpus.evasion [--write]` prints the figures. The disguises are made here, from Unicode, OpenCC and
the readings of signs, not from the tables the filter undoes them with, except the pieces of signs.
"""

from __future__ import annotations

import random
import statistics
import sys
import time
from collections import Counter
from functools import cache
from pathlib import Path

from opencc import OpenCC
from pypinyin import Style, lazy_pinyin, pinyin

from server.moderation.lists import default, of_lines
from server.moderation.sieve import Sieve
from tests.corpus import benign

WORDS = (Path(__file__).parent / "words.txt").read_text(encoding="utf-8").split()
_TO_TRADITIONAL = OpenCC("s2t")
_LOOK = str.maketrans("aceopxyiABCEHIKMOPTX", "асеорхуіАВСЕНІКМОРТХ")
_SEED = 7


@cache
def _level_one() -> dict[str, list[str]]:
    """The 3,755 commonest signs by their sound."""
    by_sound: dict[str, list[str]] = {}
    for row in range(0xB0, 0xD8):
        for cell in range(0xA1, 0xFF):
            try:
                sign = bytes((row, cell)).decode("gb2312")
            except UnicodeDecodeError:
                continue
            by_sound.setdefault(lazy_pinyin(sign)[0], []).append(sign)
    return by_sound


@cache
def _pieces() -> dict[str, str]:
    path = Path(__file__).parents[2] / "server" / "moderation" / "words" / "splits.txt"
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    return {pair[0]: pair[1:] for line in lines for pair in line.split()}


def _between(sign: str):
    return lambda word, _: sign.join(word)


def _homophone(word: str, chance: random.Random) -> str:
    def other(sign: str) -> str:
        same = [one for one in _level_one().get(lazy_pinyin(sign)[0], []) if one != sign]
        return chance.choice(same) if same else sign

    return "".join(map(other, word))


def _half(word: str, chance: random.Random) -> str:
    place = chance.randrange(len(word))
    return word[:place] + lazy_pinyin(word[place])[0] + word[place + 1 :]


def _full_width(word: str, _: random.Random) -> str:
    return "".join(chr(ord(sign) + 0xFEE0) if "!" <= sign <= "~" else sign + "\u3000" for sign in word)


def _mixed(word: str, chance: random.Random) -> str:
    signs = [_TO_TRADITIONAL.convert(sign) + chance.choice(["", " ", ".", "😀", "\u200b"]) for sign in word]
    return "".join(signs)


def _initials(word: str, _: random.Random) -> str:
    return "".join(one[0] for one in pinyin(word, style=Style.FIRST_LETTER) for one in one)


CHARACTER = {
    "spaces": _between(" "),
    "dots": _between("·"),
    "emoji": _between("😀"),
    "zero width": _between("\u200b"),
    "full width": _full_width,
    "traditional": lambda word, _: _TO_TRADITIONAL.convert(word),
    "mixed": _mixed,
    "variation selector": _between("\ufe0f"),
    "combining": _between("\u0336"),
    "repeat": lambda word, chance: "".join(
        sign * (5 if k == len(word) // 2 else 1) for k, sign in enumerate(word)
    ),
    "right to left": lambda word, _: f"\u202e{word[::-1]}\u202c",
    "pieces": lambda word, _: "".join(_pieces().get(sign, sign) for sign in word),
    "look-alikes": lambda word, _: word.translate(_LOOK),
    "line breaks": _between("\n"),
    "brackets": lambda word, _: "".join(f"【{sign}】" for sign in word),
}
OTHER = {
    "pinyin": lambda word, _: "".join(lazy_pinyin(word)),
    "half pinyin": _half,
    "initials": _initials,
    "homophone": _homophone,
    "two messages": None,
}
FRAMES = ("{}", "大家看看{}怎么样", "，{}！", "楼上的{}")


def caught() -> dict[str, Counter[bool]]:
    """For each disguise, how many were held or blocked, and how many were not. A disguise that changes nothing
    in a word does not count.
    """
    sieve = Sieve([*default(), *of_lines("\n".join(WORDS))])
    found: dict[str, Counter[bool]] = {}
    chance = random.Random(_SEED)
    for name, disguise in {**CHARACTER, **OTHER}.items():
        counts = found[name] = Counter()
        for word in WORDS:
            if disguise is None:
                half = max(1, len(word) // 2)
                verdict = sieve.look(word[half:], [word[:half]]).verdict
            else:
                other = disguise(word, chance)
                if other == word:
                    continue
                verdict = sieve.look(chance.choice(FRAMES).format(other)).verdict
            counts[verdict in {"hold", "block"}] += 1
    return found


def ordinary() -> Counter[str]:
    """What becomes of ordinary lines."""
    sieve = Sieve([*default(), *of_lines("\n".join(WORDS))])
    return Counter(sieve.look(line).verdict for line in benign.lines())


def pace() -> tuple[float, float]:
    """Median milliseconds a comment, without sounds and with everything."""
    lines = benign.lines(2_000)
    medians = []
    for sounds in (False, True):
        phrases = of_lines("\n".join(WORDS))
        if not sounds:
            phrases = [type(one)(one.list, one.text) for one in phrases]
        sieve = Sieve(phrases)
        times = []
        for line in lines:
            since = time.perf_counter()
            sieve.look(line)
            times.append((time.perf_counter() - since) * 1_000)
        medians.append(statistics.median(times))
    return medians[0], medians[1]


def main() -> None:
    found = caught()
    for name, counts in found.items():
        print(f"{name:20} {counts[True]:4} of {counts.total():4}  {counts[True] / counts.total():7.2%}")
    for title, names in (("character level", CHARACTER), ("the other five", OTHER), ("all together", found)):
        total = sum((found[name] for name in names), Counter())
        print(f"{title:20} {total[True]:4} of {total.total():4}  {total[True] / total.total():7.2%}")
    verdicts = ordinary()
    print(
        "ordinary lines      ", {name: f"{count / verdicts.total():.2%}" for name, count in verdicts.items()}
    )
    plain, full = pace()
    print(f"median a comment     {plain:.3f} ms without sounds, {full:.3f} ms with all")


if __name__ == "__main__":
    sys.exit(main())
