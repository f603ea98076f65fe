"""How the picture arrives at those who watch, told by their players four times a minute and added up for the staff.

Air: lost without harm, one report a connection, forgotten after half a minute. Knows nobody's name.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

import msgspec

WAYS = ("picture", "thin", "sound", "none")
"""How somebody watches; `none`: nothing moves there now."""
FORGET_SECONDS = 30.0
SOONEST_SECONDS = 5.0
"""Between two reports of one connection; what comes sooner is not counted."""
_STALLS, _BEHIND_MS, _BUFFER_S = 100, 86_400_000, 3_600.0


class Quality(msgspec.Struct, frozen=True):
    """One report: stalls since the last one, how late the picture is, how much of it is there in store."""

    how: str
    stalls: int
    behind_ms: int
    buffer_s: float


Sums = list[int]
"""How many watch in each of `WAYS`, their stalls, and their delays (ms) added up: sums of processes add."""

NOTHING: Sums = [0] * (len(WAYS) + 2)


def quality_of(told: object) -> Quality | None:
    """A viewer's report, or None for what is none."""
    try:
        one = msgspec.convert(told, Quality)
    except msgspec.ValidationError:
        return None
    within = (
        0 <= one.stalls <= _STALLS and 0 <= one.behind_ms <= _BEHIND_MS and 0 <= one.buffer_s <= _BUFFER_S
    )
    return one if one.how in WAYS and within else None


class Reports:
    """What the connections of one record told lately, in this process. Monotonic seconds come in."""

    def __init__(self) -> None:
        self._heard: dict[str, tuple[float, Quality]] = {}

    def take(self, sid: str, quality: Quality, now: float) -> None:
        """The newest report of a connection takes the place of the one before."""
        at, _ = self._heard.get(sid, (now - SOONEST_SECONDS, quality))
        if now - at >= SOONEST_SECONDS:
            self._heard[sid] = (now, quality)

    def forget(self, sid: str) -> None:
        """The connection is gone."""
        self._heard.pop(sid, None)

    def sums(self, now: float) -> Sums:
        """What is not older than half a minute, added up."""
        self._heard = {sid: one for sid, one in self._heard.items() if one[0] > now - FORGET_SECONDS}
        told = [quality for _, quality in self._heard.values()]
        ways = Counter(one.how for one in told)
        moving = (one.behind_ms for one in told if one.how != "none")
        return [*(ways[way] for way in WAYS), sum(one.stalls for one in told), sum(moving)]

    def slowest(self, now: float, most_ms: int) -> int:
        """How late (ms) the latest picture is that moves and is no later than `most_ms`; 0: there is none."""
        told = (one for at, one in self._heard.values() if at > now - FORGET_SECONDS)
        moving = (one.behind_ms for one in told if one.how != "none")
        return max((behind for behind in moving if behind <= most_ms), default=0)


def added(sums: Iterable[Sums]) -> dict[str, int]:
    """What the staff is told: viewers by way, stalls in half a minute, the mean delay in milliseconds."""
    *ways, stalls, delays = (sum(column) for column in zip(*sums, strict=True))
    told = dict(zip(WAYS, ways, strict=True))
    moving = sum(ways) - told["none"]
    return told | {"stalls": stalls, "behind_ms": delays // moving if moving else 0}
