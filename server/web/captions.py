"""A transcript as a WebVTT track, for the browser's own player."""

from __future__ import annotations

from collections.abc import Iterable

SHORTEST = 1.5
LONGEST = 12.0
"""Seconds a line stays: until the next one, but no shorter and no longer than a reader needs."""


def track(spoken: Iterable[tuple[float, str | None, str]]) -> str:
    """The track of lines (second, speaker, text) in order of time."""
    lines = list(spoken)
    cues = ["WEBVTT"]
    for place, (second, name, text) in enumerate(lines):
        after = lines[place + 1][0] if place + 1 < len(lines) else second + LONGEST
        until = min(max(after, second + SHORTEST), second + LONGEST)
        voice = f"<v {_inert(name)}>" if name else ""
        cues.append(f"{_time(second)} --> {_time(until)}\n{voice}{_inert(text)}")
    return "\n\n".join(cues) + "\n"


def _inert(text: str) -> str:
    """Text that is no markup of the track and cannot end its cue."""
    plain = " ".join(text.split())
    return plain.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _time(second: float) -> str:
    whole = round(second * 1_000)
    return (
        f"{whole // 3_600_000:02d}:{whole // 60_000 % 60:02d}:{whole // 1_000 % 60:02d}.{whole % 1_000:03d}"
    )
