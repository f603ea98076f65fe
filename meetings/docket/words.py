"""The words of a community's docket, who looks through the staff's eyes in it, and how its days are counted.

Knows no noun.
"""

from __future__ import annotations

from meetings.kernel import Vocabulary

words = Vocabulary()
"""The words of a docket: record `docket:<community>`."""

RECORD = "docket:"
"""How the name of a docket begins."""

CHAIR = frozenset({"committee_chair"})
COMMUNITY = frozenset({"secretary", "admin"})
"""The community's own desk. Its administrator is secretary as well (DESIGN 4.2)."""
SUPERVISOR = frozenset({"tally_supervisor"})
DESK = COMMUNITY | {"grid_keeper"}
"""Those who may enter paper ballots, two together (DOMAIN 2.4)."""
STAFF = CHAIR | DESK | SUPERVISOR | {"lawyer"}
"""Those who see a motion before it is noticed. Moderators do not: who moderates does not count (DOMAIN 2.4)."""

HOUR = 3_600_000
DAY = 24 * HOUR
ZONE = 8 * HOUR
"""Asia/Shanghai, which has no summer time."""


def end_of_days(at: int, days: int) -> int:
    """The instant (ms) at which a term of so many days ends: the day of `at` does not count (art. 201 Civil Code).

    Fifteen days from any hour of 24 April end with 9 May. Statutory holidays at the end are not known here.
    """
    return ((at + ZONE) // DAY + 1 + days) * DAY - ZONE


def days_between(earlier: int, later: int) -> int:
    """Whole days of 24 hours between two instants."""
    return (later - earlier) // DAY
