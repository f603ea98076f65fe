"""A poll as everybody sees it: what is asked, until when, and its sums in columns that are never added up."""

from __future__ import annotations

from collections.abc import Sequence
from math import isqrt
from typing import Any

import msgspec

from meetings.kernel import Entity, Eye

OPTIONS_LEAST, OPTIONS_MOST = 2, 8
SCALE_LOWEST, SCALE_HIGHEST = 0, 10
POINTS_LEAST = 3
DELAY_MOST = 60_000
"""Milliseconds a viewer's picture may be late and still be waited for. The live list holds a minute: whoever is further
behind looks back, or says so only.
"""


class Scale(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A scale of whole numbers from `low` to `high`, with words for both ends."""

    low: int
    high: int
    low_words: str
    high_words: str

    @property
    def points(self) -> range:
        """The numbers there are to choose from."""
        return range(self.low, self.high + 1)


class Column(msgspec.Struct, frozen=True):
    """Sums from one source: how often each option was chosen, and by how many (`base`) in all.

    `shares` are tenths of a percent of the base, rounded half up; of several choices they add up to more than all.
    `mean` and `spread` (standard deviation of these answers) are hundredths of a point, on a scale alone.
    """

    counts: list[int]
    base: int
    shares: list[int]
    mean: int | None = None
    spread: int | None = None


def column(counts: Sequence[int], base: int, scale: Scale | None) -> Column:
    """The column of these counts, in whole numbers throughout."""
    shares = [(2_000 * count + base) // (2 * base) if base else 0 for count in counts]
    mean = spread = None
    if scale is not None and base:
        answers = list(zip(scale.points, counts, strict=True))
        first = sum(point * count for point, count in answers)
        second = sum(point * point * count for point, count in answers)
        mean = (200 * first + base) // (2 * base)
        spread = (isqrt(40_000 * (base * second - first * first)) + base) // (2 * base)
    return Column(list(counts), base, shares, mean, spread)


class Voice(msgspec.Struct, frozen=True):
    """One counted answer: whose it is, and the places of what was chosen."""

    person: str
    places: tuple[int, ...]


class Count(msgspec.Struct, frozen=True):
    """The hands one person counted. `present` are those who could raise theirs, where one may choose several."""

    person: str
    hands: tuple[int, ...]
    present: int | None


class Poll(Entity, frozen=True):
    """A poll and its sums. `voices` (by person or by unit) grows in place: there may be thousands.

    `delay_ms` is how late the slowest viewer's picture was, as far as it is waited for. `rounds` are the countings of
    hands, each by at most two.
    """

    kind = "poll"
    id: str
    question: str
    sort: str
    options: list[str]
    most: int
    scale: Scale | None
    per: str
    minutes: int | None
    live: bool
    state: str = "draft"
    opened_at: int | None = None
    closes_at: int | None = None
    closed_at: int | None = None
    delay_ms: int = 0
    counts: tuple[int, ...] = ()
    voices: dict[str, Voice] = msgspec.field(default_factory=dict)
    rounds: tuple[tuple[Count, ...], ...] = ()

    @property
    def stand(self) -> object:
        return self.state, self.asked

    @property
    def was_opened(self) -> bool:
        """Whether it ever was open: until then it is the staff's alone."""
        return self.state not in {"draft", "discarded"}

    @property
    def asked(self) -> tuple[object, ...]:
        """What was settled when it was prepared."""
        terms = self.per, self.minutes, self.live
        return self.question, self.sort, self.options, self.most, self.scale, terms

    @property
    def round(self) -> int:
        """The number of the counting of hands that is going on or comes next, from 1."""
        return len(self.rounds) + (not self.rounds or len(self.rounds[-1]) > 1)

    @property
    def answers(self) -> Column:
        """What came over the phones."""
        return column(self.counts, len(self.voices), self.scale)

    @property
    def hands(self) -> Column | None:
        """What two people counted in the hall and agreed on; None while they have not."""
        settled = [one for one in self.rounds if len(one) > 1]
        if not settled or differing(settled[-1]):
            return None
        count = settled[-1][0]
        return column(count.hands, sum(count.hands) if count.present is None else count.present, self.scale)

    def seen_by(self, eye: Eye) -> dict[str, Any] | None:
        if not self.was_opened and (self.state == "discarded" or eye is not Eye.STAFF):
            return None
        told = self.state == "closed" or (self.live and self.state == "open")
        answers = self.answers
        return {
            "id": self.id,
            "question": self.question,
            "sort": self.sort,
            "options": self.options,
            "most": self.most,
            "scale": msgspec.to_builtins(self.scale),
            "per": self.per,
            "live": self.live,
            "state": self.state,
            "minutes": self.minutes,
            "opened_at": self.opened_at,
            "closes_at": self.closes_at,
            "closed_at": self.closed_at,
            "delay_ms": self.delay_ms,
            "voters": answers.base,
            "counts": answers.counts if told else None,
            "shares": answers.shares if told else None,
            "mean": answers.mean if told else None,
            "spread": answers.spread if told else None,
            "hands": self._hands_seen(told=told),
        }

    def _hands_seen(self, *, told: bool) -> dict[str, Any] | None:
        if not self.rounds:
            return None
        last, agreed = self.rounds[-1], self.hands
        differ = differing(last)
        state = "one" if len(last) == 1 else "differs" if differ else "agreed"
        column = msgspec.to_builtins(agreed) if told and agreed is not None else None
        # Never the numbers of one alone: the other is to count, not to copy.
        return {"state": state, "round": self.round, "differ": differ, "column": column}


def differing(counts: tuple[Count, ...]) -> list[int]:
    """The places two people counted differently; -1 stands for those present."""
    if len(counts) < 2:
        return []
    one, other = counts
    pairs = zip(one.hands, other.hands, strict=True)
    places = [place for place, (mine, theirs) in enumerate(pairs) if mine != theirs]
    return places if one.present == other.present else [-1, *places]
