"""What a text is held for: the word lists laid upon its skeleton, its sound and what its writer said just before.

It finds and explains; what becomes of the text is the record's and a moderator's business. Nothing here waits:
a look costs a tenth of a millisecond, and a new list is made elsewhere and put in place in one step.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import ahocorasick

from meetings.kernel import Finding, Hit
from server.moderation.bait import baits
from server.moderation.lists import ALLOW, BLOCK, HOLD, WATCH, Phrase, version
from server.moderation.skeleton import Skeleton, composed, is_han, skeleton
from server.moderation.sound import Sound, initials, is_word, sound, ways

PUBLISH = "publish"
REMEMBERED = 5
"""So many messages of one person are read as one with the next."""
REMEMBERED_MS = 60_000
_TAIL = 24
_SAME_AGAIN = 2
_EVERYDAY = frozenset(
    "aed am app cm dj etc gps id kg km led mm ok pc pdf pm ppt qq sos tv up vip wc wifi".split()
)
"""Short letters that mean themselves."""
_LEAST_REPEATED = 6
_ORDER = {PUBLISH: 0, WATCH: 1, HOLD: 2, BLOCK: 3}


class Sieve:
    """Compiled word lists. Never changed: a new list is a new sieve."""

    def __init__(self, phrases: Iterable[Phrase], at: int | None = None) -> None:
        """`at` (ms) leaves out what has expired by then."""
        alive = [one for one in phrases if at is None or one.until is None or one.until > at]
        self.version = version(alive)
        self._phrases = [one for one in alive if one.list != ALLOW]
        self._texts = _Automaton()
        self._allowed = _Automaton()
        self._sounds = _Automaton()
        self._initials: dict[str, list[int]] = {}
        self._besides: dict[int, _Automaton] = {}
        for one in alive:
            if one.list == ALLOW:
                self._allowed.add(skeleton(one.text).text, 0)
        for index, one in enumerate(self._phrases):
            self._add(index, one)
        for automaton in (self._texts, self._allowed, self._sounds, *self._besides.values()):
            automaton.close()

    def look(self, text: str, before: Sequence[str] = ()) -> Finding:
        """What speaks against a text. `before` is what the same person wrote in the last minute, oldest first."""
        bones = skeleton(text)
        hits = list(self._in_text(bones, "text"))
        whole = composed(bones)
        if whole is not None:
            hits += self._in_text(whole, "pieces")
        if self._sounds.full:
            hits += self._in_sound(bones)
        if self._initials:
            hits += self._in_letters(bones)
        if before:
            hits += self._in_joined(bones, before, len(text))
        hits += (Hit(HOLD, text[start:end], "advert", "bait", start, end) for _, start, end in baits(text))
        kept = _best(hits)
        verdict = max((one.list for one in kept), key=_ORDER.__getitem__, default=PUBLISH)
        return Finding(verdict, tuple(kept), self.version)

    # making

    def _add(self, index: int, one: Phrase) -> None:
        bones = skeleton(one.text)
        self._texts.add(bones.text, index)
        if one.sounds:
            for way in ways(bones.plain):
                self._sounds.add(way, index)
        if one.initials and (letters := initials(bones.plain)):
            self._initials.setdefault(letters, []).append(index)
        if one.besides:
            automaton = self._besides[index] = _Automaton()
            for phrase in one.besides:
                automaton.add(skeleton(phrase).text, 0)

    # looking

    def _in_text(self, bones: Skeleton, by: str) -> Iterator[Hit]:
        allowed: list[tuple[int, int]] | None = None
        for index, first, last in self._texts.found(bones.text):
            if not _stands_alone(bones, first, last):
                continue
            if allowed is None:
                allowed = [(a, b) for _, a, b in self._allowed.found(bones.text)]
            if _within(first, last, allowed) or self._excepted(index, bones, first, last):
                continue
            yield self._hit(index, by, bones.where(first, last))

    def _in_sound(self, bones: Skeleton) -> Iterator[Hit]:
        heard = sound(bones)
        for index, first, last in self._said(heard):
            span = bones.plain[first : last + 1]
            if self._is_meant(index, span) and not self._allowed_near(bones, first, last):
                yield self._hit(index, "sound", bones.where(first, last))

    def _said(self, heard: Sound) -> Iterator[tuple[int, int, int]]:
        for index, first, last in self._sounds.found(heard.letters):
            begin, end = heard.begins[first], heard.ends[last + 1]
            if begin >= 0 and end >= 0:
                yield index, begin, end

    def _is_meant(self, index: int, span: str) -> bool:
        """Whether something that sounds like a phrase is likely to mean it.

        Two signs that sound like two others are everywhere in Chinese: they must share one, or letters must
        stand among them; and whatever is a word of its own means itself.
        """
        phrase = skeleton(self._phrases[index].text).plain
        if span == phrase:
            return False
        if not all(map(is_han, span)):
            return True
        if is_word(span):
            return False
        return len(span) > 2 or any(a == b for a, b in zip(span, phrase, strict=False))

    def _in_letters(self, bones: Skeleton) -> Iterator[Hit]:
        for first, last in _runs(bones.plain):
            run = bones.plain[first : last + 1]
            for index in self._initials.get(run, ()) if run not in _EVERYDAY else ():
                yield self._hit(index, "initials", bones.where(first, last))

    def _in_joined(self, bones: Skeleton, before: Sequence[str], length: int) -> Iterator[Hit]:
        earlier = [skeleton(one).text for one in before[-REMEMBERED:]]
        head = "".join(one[-_TAIL:] for one in earlier)
        for index, first, last in self._texts.found(head + bones.text[:_TAIL]):
            if first < len(head) <= last:
                yield self._hit(index, "joined", (0, bones.where(0, last - len(head))[1]))
        if len(bones.text) >= _LEAST_REPEATED and earlier.count(bones.text) >= _SAME_AGAIN:
            yield Hit(HOLD, "", "advert", "repeat", 0, length)

    def _allowed_near(self, bones: Skeleton, first: int, last: int) -> bool:
        return _within(first, last, [(a, b) for _, a, b in self._allowed.found(bones.text)])

    def _excepted(self, index: int, bones: Skeleton, first: int, last: int) -> bool:
        besides = self._besides.get(index)
        return besides is not None and _within(first, last, [(a, b) for _, a, b in besides.found(bones.text)])

    def _hit(self, index: int, by: str, where: tuple[int, int]) -> Hit:
        """What is only heard or pieced together over messages is a guess: it holds, it never blocks."""
        one = self._phrases[index]
        onto = HOLD if one.list == BLOCK and by in {"sound", "initials", "joined"} else one.list
        return Hit(onto, one.text, one.kind, by, *where)


class _Automaton:
    """Many phrases looked for at once."""

    def __init__(self) -> None:
        self._inner = ahocorasick.Automaton()
        self._values: dict[str, list[int]] = {}

    @property
    def full(self) -> bool:
        return bool(self._values)

    def add(self, phrase: str, value: int) -> None:
        self._values.setdefault(phrase, []).append(value)

    def close(self) -> None:
        for phrase, values in self._values.items():
            self._inner.add_word(phrase, (len(phrase), tuple(values)))
        if self._values:
            self._inner.make_automaton()

    def found(self, text: str) -> Iterator[tuple[int, int, int]]:
        """Value, first and last place of every phrase in a text."""
        if not self._values:
            return
        for last, (length, values) in self._inner.iter(text):
            for value in values:
                yield value, last - length + 1, last


def _stands_alone(bones: Skeleton, first: int, last: int) -> bool:
    """A phrase of letters or digits is not found inside a longer word or number."""
    text = bones.plain
    for edge, beyond in ((first, first - 1), (last, last + 1)):
        if 0 <= beyond < len(text) and not is_han(text[edge]):
            same = text[edge].isdigit() == text[beyond].isdigit() and not is_han(text[beyond])
            # Signs that stood apart in the original (v x) were brought together by us, not by a longer word.
            beside = abs(bones.spans[edge][0] - bones.spans[beyond][0]) == 1
            if same and beside:
                return False
    return True


def _runs(text: str) -> Iterator[tuple[int, int]]:
    """The runs of letters in a text, first and last place."""
    first = -1
    for place, sign in enumerate(text + " "):
        if "a" <= sign <= "z":
            first = place if first < 0 else first
        elif first >= 0:
            yield first, place - 1
            first = -1


def _within(first: int, last: int, spans: list[tuple[int, int]]) -> bool:
    return any(a <= first and last <= b for a, b in spans)


def _best(hits: list[Hit]) -> list[Hit]:
    """One hit for one phrase at one place, the strongest; in the order of the text."""
    kept: dict[tuple[str, int, int], Hit] = {}
    for one in hits:
        key = (one.phrase, one.start, one.end)
        if key not in kept or _ORDER[one.list] > _ORDER[kept[key].list]:
            kept[key] = one
    return sorted(kept.values(), key=lambda one: (one.start, one.end))
