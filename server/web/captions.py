"""A transcript as captions on the recording's clock: when each line stands, and a WebVTT track of them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

SHORTEST = 1.5
LONGEST = 12.0
"""Seconds a line stays: until the next one, but no shorter and no longer than a reader needs."""

Spoken = tuple[float, str | None, str]
"""Second, speaker, text."""


class Cue(NamedTuple):
    """A line and when it stands."""

    from_s: float
    to_s: float
    name: str | None
    text: str


def cues(spoken: Iterable[Spoken]) -> list[Cue]:
    """Lines in order of time, each until the next."""
    lines = list(spoken)
    found: list[Cue] = []
    for place, (second, name, text) in enumerate(lines):
        after = lines[place + 1][0] if place + 1 < len(lines) else second + LONGEST
        until = min(max(after, second + SHORTEST), second + LONGEST)
        found.append(Cue(second, until, name, text))
    return found


def track(spoken: Iterable[Spoken]) -> str:
    """The WebVTT track of lines in order of time."""
    told = ["WEBVTT"]
    for cue in cues(spoken):
        voice = f"<v {_inert(cue.name)}>" if cue.name else ""
        told.append(f"{_time(cue.from_s)} --> {_time(cue.to_s)}\n{voice}{_inert(cue.text)}")
    return "\n\n".join(told) + "\n"


def _inert(text: str) -> str:
    """Text that is no markup of the track and cannot end its cue."""
    plain = " ".join(text.split())
    return plain.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _time(second: float) -> str:
    whole = round(second * 1_000)
    return (
        f"{whole // 3_600_000:02d}:{whole // 60_000 % 60:02d}:{whole // 1_000 % 60:02d}.{whole % 1_000:03d}"
    )
