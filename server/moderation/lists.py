"""Word lists: what stands on them, who answers for it, and what may not stand on them. Matches nothing.

*block* and *hold* keep a text for a moderator's eye, block first; *watch* lets it pass and marks it; *allow* names
phrases within which nothing is ever found.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import msgspec

from server.moderation.skeleton import skeleton

BLOCK, HOLD, WATCH, ALLOW = "block", "hold", "watch", "allow"
LISTS = (BLOCK, HOLD, WATCH, ALLOW)
KINDS = ("abuse", "advert", "fraud", "rumour", "unlawful", "other")
LONGEST = 24
"""Signs of the longest phrase: a list holds phrases, not sentences."""
MOST = 20_000
"""Phrases of one community; a list that nobody can read is answered for by nobody."""
_DEFAULT = Path(__file__).parent / "words" / "default.tsv"


class Phrase(msgspec.Struct, frozen=True):
    """One line of a list. `sounds`: hold what sounds like it; `initials`: hold its first letters standing alone.

    `until` (ms) is when it stops to count; `besides` are phrases within which it does not count.
    """

    list: str
    text: str
    kind: str = "other"
    sounds: bool = False
    initials: bool = False
    besides: tuple[str, ...] = ()
    owner: str = ""
    reason: str = ""
    since: int = 0
    until: int | None = None


class Unfit(msgspec.Struct, frozen=True):
    """A line that cannot stand on a list, and why: list, kind, empty, one_sign, too_long, both, twice or too_many."""

    line: int
    text: str
    why: str


def fit(phrases: Iterable[Phrase]) -> tuple[list[Phrase], list[Unfit]]:
    """Those that may stand on a list, and those that may not with the reason; lines count from 1."""
    kept: list[Phrase] = []
    unfit: list[Unfit] = []
    seen: dict[str, str] = {}
    for line, phrase in enumerate(phrases, 1):
        if len(kept) >= MOST:
            unfit.append(Unfit(line, "", "too_many"))
            break
        bones = skeleton(phrase.text).text if len(phrase.text) <= 4 * LONGEST else "x" * (LONGEST + 1)
        why = _unfit(phrase, bones) or _clash(phrase, seen.get(bones))
        if why:
            unfit.append(Unfit(line, phrase.text[:LONGEST], why))
            continue
        seen[bones] = phrase.list
        kept.append(phrase)
    return kept, unfit


def _unfit(phrase: Phrase, bones: str) -> str:
    if phrase.list not in LISTS:
        return "list"
    if phrase.kind not in KINDS:
        return "kind"
    if not bones:
        return "empty"
    if len(bones) == 1:
        return "one_sign"
    return "too_long" if len(bones) > LONGEST else ""


def _clash(phrase: Phrase, other: str | None) -> str:
    if other is None:
        return ""
    return "both" if ALLOW in {other, phrase.list} and other != phrase.list else "twice"


def version(phrases: Iterable[Phrase]) -> str:
    """A short name for exactly these lists, kept beside every decision taken by them."""
    whole = msgspec.json.encode(sorted(phrases, key=lambda one: (one.list, one.text)))
    return hashlib.sha256(whole).hexdigest()[:12]


def read_text(data: bytes) -> str:
    """A file's text. Lists come from office machines: what is not UTF-8 is GB18030. Raises ValueError for neither."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise ValueError("the file is neither UTF-8 nor GB18030 text")


def of_lines(text: str, onto: str = HOLD) -> list[Phrase]:
    """A list of one phrase a line; what sounds like it and its initials are looked for too."""
    phrases = (line.strip() for line in text.splitlines())
    return [Phrase(onto, one, sounds=True, initials=True) for one in phrases if one]


def write_phrases(phrases: Iterable[Phrase]) -> bytes:
    """Lists as they are kept."""
    return msgspec.json.encode(list(phrases))


def read_phrases(kept: bytes) -> list[Phrase]:
    """Kept lists."""
    return msgspec.json.decode(kept, type=list[Phrase])


@cache
def default() -> tuple[Phrase, ...]:
    """The lists every community begins with: few, neutral, theirs to change."""
    phrases = []
    for line in _DEFAULT.read_text(encoding="utf-8").splitlines():
        if not line or line.startswith("#"):
            continue
        onto, kind, text, flags, besides = (line + "\t\t").split("\t")[:5]
        phrases.append(
            Phrase(onto, text, kind, "s" in flags, "i" in flags, tuple(besides.split()), reason="default")
        )
    return tuple(phrases)
