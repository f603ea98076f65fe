"""Questionnaires to the households of an estate before a meeting: one sheet a household, sums with their bases.

They bind nobody. Who answered what is shown to nobody; what is shown are sums of five households or more.
"""

from meetings.docket.questionnaires.answering import Box, Enter, Fill, PaperSheet, own_doors, sheet_name
from meetings.docket.questionnaires.outcome import check_reader, due, to_bring
from meetings.docket.questionnaires.questionnaire import Questionnaire, doors_of
from meetings.docket.questionnaires.sealing import opened, sealed

__all__ = [
    "Box",
    "Enter",
    "Fill",
    "PaperSheet",
    "Questionnaire",
    "check_reader",
    "doors_of",
    "due",
    "opened",
    "own_doors",
    "sealed",
    "sheet_name",
    "to_bring",
]
