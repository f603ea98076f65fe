"""What the archive's page says of polls, of articles cited and of figures, as the template draws it. Reads no record."""

from __future__ import annotations

from typing import Any

import msgspec

from meetings import archive
from server.web import language


def leaning(poll: archive.Leaning) -> dict[str, Any]:
    """A poll: a row for each option, the hall's hands beside it."""
    hall = poll.hands
    raised = (
        list(zip(hall.counts, hall.shares, strict=True)) if hall is not None else [None] * len(poll.options)
    )
    rows = [
        {
            "option": option,
            "count": count,
            "share": share / 10,
            "hands": hands and {"count": hands[0], "share": hands[1] / 10},
        }
        for option, count, share, hands in zip(poll.options, poll.counts, poll.shares, raised, strict=True)
    ]
    return {
        **msgspec.structs.asdict(poll),
        "rows": rows,
        "marks": _marks(poll.mean, poll.spread),
        "hall": hall and {"base": hall.base, "marks": _marks(hall.mean, hall.spread)},
    }


def _marks(mean: int | None, spread: int | None) -> dict[str, str] | None:
    """Mean and spread on a scale, with two digits after the point."""
    if mean is None or spread is None:
        return None
    return {"mean": f"{mean / 100:.2f}", "spread": f"{spread / 100:.2f}"}


def cited(matters: list[archive.Matter]) -> list[dict[str, Any]]:
    """Each article cited, once, with the numbers of the questions in whose answers it stands."""
    found: dict[tuple[str, str], list[int]] = {}
    for matter in matters:
        for reply in matter.answers:
            for cite in reply.cites:
                numbers = found.setdefault((cite.law, cite.article), [])
                if matter.number not in numbers:
                    numbers.append(matter.number)
    return [
        {"law": law, "article": article, "numbers": sorted(numbers)}
        for (law, article), numbers in found.items()
    ]


def figure(one: archive.Figure, t: language.Translate) -> dict[str, Any]:
    """A figure of the council with its parts in words."""
    parts = [t(f"archive-part-{one.key}-{name}", n=count) for name, count in one.parts.items() if count]
    minutes = round(one.value / 60_000)
    value = t("archive-minutes", n=minutes) if one.unit == "ms" else str(one.value)
    return {"key": one.key, "value": value, "parts": parts}
