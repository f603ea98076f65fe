"""Ballots of an owners' vote: cast on a phone or on paper, sealed until the close, one for each head.

No pair of eyes sees a choice here, before the close or after it: choices by unit are for those who watch the count
(`meetings.docket.counting`), because areas are nearly unique.
"""

from meetings.docket.ballots.casting import BallotCast, CastBallot, Slip, slip_of, standing_of
from meetings.docket.ballots.mending import Corrected, Mended
from meetings.docket.ballots.paper import Paper, papers_wait
from meetings.docket.ballots.proxies import Delivery, Proxy, proxies_for, served_units
from meetings.docket.ballots.sealing import (
    code_of,
    commitment_of,
    leaf_of_ballot,
    opened,
    opened_slip,
    slip_id,
)
from meetings.docket.ballots.urn import Held, Receipt, Urn, window_of

__all__ = [
    "BallotCast",
    "CastBallot",
    "Corrected",
    "Delivery",
    "Held",
    "Mended",
    "Paper",
    "Proxy",
    "Receipt",
    "Slip",
    "Urn",
    "code_of",
    "commitment_of",
    "leaf_of_ballot",
    "opened",
    "opened_slip",
    "papers_wait",
    "proxies_for",
    "served_units",
    "slip_id",
    "slip_of",
    "standing_of",
    "window_of",
]
