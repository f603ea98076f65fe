"""A community's long memory: record `docket:<community>`. Votes of owners and questionnaires.

Knows no noun of a meeting, and no meeting knows it; what passes between them an errand carries.
"""

from meetings.docket import counting, posting, questionnaires
from meetings.docket.ballots import Delivery, Held, Paper, Proxy, Receipt, Slip, Urn, slip_of
from meetings.docket.counting import slips_opened
from meetings.docket.motions import Motion, window
from meetings.docket.questionnaires import PaperSheet, Questionnaire
from meetings.docket.roster import Line, Objection, Roster
from meetings.docket.rules import EstateRules
from meetings.docket.words import RECORD, STAFF, words
from meetings.kernel import Command, Room

__all__ = [
    "RECORD",
    "STAFF",
    "Delivery",
    "EstateRules",
    "Held",
    "Line",
    "Motion",
    "Objection",
    "Paper",
    "PaperSheet",
    "Proxy",
    "Questionnaire",
    "Receipt",
    "Roster",
    "Slip",
    "Urn",
    "due",
    "slip_of",
    "slips_opened",
    "words",
]


def due(room: Room, at: int) -> list[Command]:
    """The commands the platform gives of itself by this instant (ms)."""
    return [*window.due(room, at), *counting.due(room), *posting.due(room, at), *questionnaires.due(room, at)]
