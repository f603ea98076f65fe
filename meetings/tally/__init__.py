"""The count of owners' votes by area and by heads: pure, exact, the same digits years later.

Takes a frozen roster, ballots in order of receipt and a rule set; gives sums, thresholds, the outcome, and a
reason for every ballot refused. Knows no clock, no file and no words of a language, and never divides.
"""

from meetings.tally.ballots import REASONS, Authorisation, Ballot, BallotBox, Choice, Reason, Window
from meetings.tally.counting import Refusal, Sums, Tally, count
from meetings.tally.exact import area_text, fraction_text, percent_text, read_area
from meetings.tally.roster import Flaw, Head, Policy, Roll, Scope, Unit, roll_of
from meetings.tally.rules import CIVIL_CODE, ITEMS, ItemClass, Rules, Threshold

__all__ = [
    "CIVIL_CODE",
    "ITEMS",
    "REASONS",
    "Authorisation",
    "Ballot",
    "BallotBox",
    "Choice",
    "Flaw",
    "Head",
    "ItemClass",
    "Policy",
    "Reason",
    "Refusal",
    "Roll",
    "Rules",
    "Scope",
    "Sums",
    "Tally",
    "Threshold",
    "Unit",
    "Window",
    "area_text",
    "count",
    "fraction_text",
    "percent_text",
    "read_area",
    "roll_of",
]
