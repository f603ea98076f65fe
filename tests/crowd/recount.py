"""Counts many votes made up by lot twice, by the council's tally and slowly by the law, and prints differences.

python -m tests.crowd.recount --votes 10000
"""

import argparse
import json
import sys
import time
from collections import Counter
from collections.abc import Iterable

from meetings.tally import document
from tests.meetings.tally.by_law import by_law
from tests.meetings.tally.votes import vote


def differences(seeds: Iterable[int], outcomes: Counter[str] | None = None) -> list[str]:
    """One line for each field in which the two counts differ, with the number that makes the vote again."""
    found = []
    for seed in seeds:
        made = vote(seed)
        (case,) = document.read(json.dumps(made).encode())
        ours = document.answer(case, case.count())
        law = {"id": None, **by_law(made)}
        if outcomes is not None:
            outcomes[law["outcome"]] += 1
        found += [
            f"vote {seed}: {name}: {ours.get(name)!r}, by law {law.get(name)!r}"
            for name in {**law, **ours}
            if ours.get(name) != law.get(name)
        ]
    return found


def main() -> int:
    """Print the differences, and how the votes ended; exit code 1 where the counts differ."""
    asked = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    asked.add_argument("--votes", type=int, default=10_000)
    asked.add_argument("--first", type=int, default=0, help="the number of the first vote")
    given = asked.parse_args()
    outcomes: Counter[str] = Counter()
    begun = time.process_time()
    found = differences(range(given.first, given.first + given.votes), outcomes)
    for line in found:
        print(line)
    print(f"{given.votes} votes, {len(found)} differences, {time.process_time() - begun:.1f} s of one core")
    print(", ".join(f"{outcome} {times}" for outcome, times in sorted(outcomes.items())))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
