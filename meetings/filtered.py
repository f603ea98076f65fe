"""What follows from what was found, by the filter or by readers: words the staff see marked, kinds of reports, and a
reason where a text was blocked.
"""

from __future__ import annotations

from typing import Any

from meetings.kernel import Finding, Refused
from meetings.masking import masked
from meetings.text import REASON_LIMIT, clean_line


def held_words(raw: str, found: Finding | None) -> dict[str, Any]:
    """`held`: the pieces of the text to mark, as they stand in its public form; `verdict` and `kinds`; nothing where
    nothing was found.
    """
    if found is None or found.verdict == "publish":
        return {}
    pieces = dict.fromkeys(masked(raw[hit.start : hit.end]) for hit in found.hits)
    return {
        "held": [piece for piece in pieces if piece],
        "verdict": found.verdict,
        "kinds": sorted({hit.kind for hit in found.hits}),
    }


def report_kinds(reports: tuple[tuple[str, str], ...]) -> dict[str, int]:
    """How many reported for which reason; by whom is nobody's to read."""
    kinds: dict[str, int] = {}
    for _, reason in reports:
        kinds[reason] = kinds.get(reason, 0) + 1
    return dict(sorted(kinds.items()))


def why_all_the_same(found: Finding | None, reason: str | None) -> str | None:
    """The reason for showing what the filter blocked; refused without one (DESIGN 4.4)."""
    why = clean_line(reason, REASON_LIMIT, "reason") if reason else None
    if found is not None and found.verdict == "block" and why is None:
        raise Refused("unclear", field="reason")
    return why
