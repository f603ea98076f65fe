"""Advisory polls held on the spot. They bind nobody, know no threshold and never become an owners' decision.

What somebody chose is shown to that person alone; everybody else reads sums. Hands raised in the hall stand in a
column of their own and are added to nothing: whoever raises one may have answered on the phone as well.
"""

from meetings.polls.answering import Answer, Answered
from meetings.polls.card import DELAY_MOST, OPTIONS_LEAST, OPTIONS_MOST, Column, Poll, Scale
from meetings.polls.hands import COUNTERS, HANDS_MOST, CountHands, HandsCounted
from meetings.polls.holding import (
    Allow,
    Allowed,
    Close,
    Closed,
    Closing,
    Open,
    Opened,
    due,
    waits,
)
from meetings.polls.preparing import (
    OPTION_LIMIT,
    POLL_MINUTES_MOST,
    POLLS_MOST,
    SCALE_WORDS_LIMIT,
    Discard,
    Discarded,
    Draft,
    Drafted,
    Edit,
    Edited,
)

__all__ = [
    "COUNTERS",
    "DELAY_MOST",
    "HANDS_MOST",
    "OPTIONS_LEAST",
    "OPTIONS_MOST",
    "OPTION_LIMIT",
    "POLLS_MOST",
    "POLL_MINUTES_MOST",
    "SCALE_WORDS_LIMIT",
    "Allow",
    "Allowed",
    "Answer",
    "Answered",
    "Close",
    "Closed",
    "Closing",
    "Column",
    "CountHands",
    "Discard",
    "Discarded",
    "Draft",
    "Drafted",
    "Edit",
    "Edited",
    "HandsCounted",
    "Open",
    "Opened",
    "Poll",
    "Scale",
    "due",
    "waits",
]
