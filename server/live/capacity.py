"""How many viewers the line out carries at each quality, and what a newcomer begins with when it is nearly full.

Refuses nobody: beyond the line there is the thin picture, beyond that the sound, and everybody may change it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

WAYS = ("picture", "thin", "sound")
PLANNED = {"picture": 1_570_000, "thin": 190_000, "sound": 70_000}
"""Bits a second before anything was measured: what the studio sends by itself, with its sound."""
_OVERHEAD = 1.06
"""Headers of HTTP, TCP and IP, and playlists, beside the segments."""
_USABLE = 0.9
"""Of the line; the rest is for questions, pages and what else the house does."""
_BPS = 1_000_000


class Crowd(NamedTuple):
    """Those who watch one record: how many, and of how many is known which way."""

    record: str
    watching: int
    ways: Mapping[str, int]


class Capacity:
    """The line out of this installation. `rates` tells the measured bits a second of a record's tracks, 0 or
    nothing where there is none; `crowds` who watches what.
    """

    def __init__(
        self,
        uplink_mbit: float,
        rates: Callable[[str], Mapping[str, int]],
        crowds: Callable[[], Iterable[Crowd]],
    ) -> None:
        self._line = uplink_mbit * _BPS * _USABLE
        self._rates, self._crowds = rates, crowds

    def carries(self, record: str) -> dict[str, int] | None:
        """How many viewers the whole line carries at each quality of this record; None where nobody said how
        much the line is.
        """
        if not self._line:
            return None
        costs = self._costs(record)
        return {way: int(self._line // costs[way]) if costs[way] else 0 for way in WAYS}

    def health(self, record: str) -> dict[str, Any]:
        """The same for the studio."""
        carries = self.carries(record)
        return {} if carries is None else {"carries": carries}

    def begin(self, record: str) -> str:
        """What one more viewer of a record should begin with: the best that still fits, sound where nothing does."""
        if not self._line:
            return "picture"
        left = self._line - sum(map(self._load, self._crowds()))
        costs = self._costs(record)
        return next((way for way in WAYS if costs[way] and costs[way] <= left), "sound")

    def _load(self, crowd: Crowd) -> float:
        """Bits a second that go to a record's viewers; of whom nothing is known yet watches the picture."""
        costs = self._costs(crowd.record)
        known = {way: crowd.ways.get(way, 0) for way in WAYS}
        unknown = max(0, crowd.watching - sum(known.values()) - crowd.ways.get("none", 0))
        return unknown * costs["picture"] + sum(known[way] * costs[way] for way in WAYS)

    def _costs(self, record: str) -> dict[str, float]:
        """Bits a second of one viewer; measured once there is a picture, before that as planned. 0: not sent."""
        measured = self._rates(record)
        rates = measured if any(measured.values()) else PLANNED
        return {way: rates.get(way, 0) * _OVERHEAD for way in WAYS}
