"""Owners' motions on the matters of art. 278: from the draft to the posted result (DOMAIN 2.3).

What everybody sees of a motion before its vote is closed is who took part, in sums; never how.
"""

from meetings.docket.motions.drafting import Check, Checked, Draft, Drafted, Withdraw, Withdrawn, check_estate
from meetings.docket.motions.motion import (
    OPTIONS,
    Asked,
    Correction,
    Dispute,
    Motion,
    Round,
    Supervisor,
    change,
    in_state,
    is_supervisor,
)
from meetings.docket.motions.window import (
    Close,
    Closed,
    Extend,
    Extended,
    Notice,
    Noticed,
    Open,
    Opened,
    opening,
    roll_for,
    snapshot_of,
)

__all__ = [
    "OPTIONS",
    "Asked",
    "Check",
    "Checked",
    "Close",
    "Closed",
    "Correction",
    "Dispute",
    "Draft",
    "Drafted",
    "Extend",
    "Extended",
    "Motion",
    "Notice",
    "Noticed",
    "Open",
    "Opened",
    "Round",
    "Supervisor",
    "Withdraw",
    "Withdrawn",
    "change",
    "check_estate",
    "in_state",
    "is_supervisor",
    "opening",
    "roll_for",
    "snapshot_of",
]
