"""How well like questions are told from those that only look alike: `python -m tests.corpus.likeness [--misses]`.

Odd lines were looked at while the words of likeness were chosen, even lines only counted.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import NamedTuple

from server.moderation.likeness import LIKE, likeness

HERE = Path(__file__).parent


class Figures(NamedTuple):
    """Of those called like, how many are; of those that are, how many are called so."""

    precision: float
    recall: float
    pairs: int


def pairs(which: slice = slice(None)) -> list[tuple[str, str, bool]]:
    """One text, the other, whether they ask the same."""
    found = []
    for name, same in (("alike", True), ("different", False)):
        lines = (HERE / f"{name}.txt").read_text(encoding="utf-8").splitlines()
        split = [line.split("|") for line in lines if line and not line.startswith("#")]
        found += [(one, other, same) for one, other in split[which]]
    return found


def figures(which: slice = slice(None), threshold: float = LIKE) -> Figures:
    """Precision and recall over these pairs."""
    answers = [(likeness(one, other) >= threshold, same) for one, other, same in pairs(which)]
    right = answers.count((True, True))
    return Figures(
        right / max(1, sum(called for called, _ in answers)),
        right / sum(same for _, same in answers),
        len(answers),
    )


def main() -> None:
    for name, which in (
        ("all", slice(None)),
        ("looked at", slice(0, None, 2)),
        ("only counted", slice(1, None, 2)),
    ):
        print(f"{name:13} precision {{0:.1%}}  recall {{1:.1%}}  of {{2}} pairs".format(*figures(which)))
    for tenth in range(20, 80, 5):
        print(f"threshold {tenth / 100:.2f}: {{0:.1%}} {{1:.1%}}".format(*figures(threshold=tenth / 100)))
    if "--misses" in sys.argv:
        for one, other, same in pairs(slice(0, None, 2)):
            score = likeness(one, other)
            if (score >= LIKE) != same:
                print(f"{score:.2f} {'missed ' if same else 'mistook'} {one} | {other}")


if __name__ == "__main__":
    main()
