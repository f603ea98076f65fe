"""Entries of an index without a file behind them, for what only reads the index."""

from __future__ import annotations

from collections.abc import Sequence

from server.media.recorder import Entry


def entries(lengths_us: Sequence[int], **fields: int) -> list[Entry]:
    """Segments of these lengths, one after the other."""
    found: list[Entry] = []
    at = 0
    for n, length in enumerate(lengths_us):
        found.append(
            Entry(n=n, init=0, start_us=at, dur_us=length, wall_ms=at // 1000, size=1, msn=n, **fields)
        )
        at += length
    return found
