"""The ladder of order: warning, a pause of one's own, mute for minutes or the meeting, and a term beyond the meeting.

Each has its reason, is told at once to whom it meets, may be lifted and, once, appealed against. It takes away the
word and nothing else: whoever is muted goes on looking, supporting and voting. Nobody decides about themselves.
"""

from meetings.penalties.appeal import Appeal, Appealed, Decide, Decided
from meetings.penalties.card import (
    MUTE_HOURS_MOST,
    OUT_OF_REACH,
    SLOW_MOST,
    TERM_DAYS_MOST,
    Penalty,
    may_appeal,
    standing,
    terms_since,
)
from meetings.penalties.ladder import Lift, Lifted, Mute, Muted, Slow, Slowed, Unmute, Unmuted, Warn, Warned
from meetings.penalties.term import Carried, Carry, Confirm, Confirmed, Decline, Declined, Propose, Proposed

__all__ = [
    "MUTE_HOURS_MOST",
    "OUT_OF_REACH",
    "SLOW_MOST",
    "TERM_DAYS_MOST",
    "Appeal",
    "Appealed",
    "Carried",
    "Carry",
    "Confirm",
    "Confirmed",
    "Decide",
    "Decided",
    "Decline",
    "Declined",
    "Lift",
    "Lifted",
    "Mute",
    "Muted",
    "Penalty",
    "Propose",
    "Proposed",
    "Slow",
    "Slowed",
    "Unmute",
    "Unmuted",
    "Warn",
    "Warned",
    "may_appeal",
    "standing",
    "terms_since",
]
