"""Which ballot counts: the same judgement for the box that takes one and for the count that goes over all.

A ballot names one unit and casts for its whole head. It carries no weight: areas come from the roster alone.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, get_args

import msgspec

from meetings.tally.roster import Head, Policy, Roll, Unit

Choice = Literal["agree", "against", "abstain", "spoiled"]
Reason = Literal[
    "unit_not_in_scope",
    "before_open",
    "after_close",
    "not_owner",
    "not_representative",
    "no_written_authorisation",
    "duplicate",
]
REASONS: tuple[Reason, ...] = get_args(Reason)
"""In the order in which they are looked for: a ballot is refused for the first that holds."""


class Ballot(msgspec.Struct, frozen=True, omit_defaults=True):
    """One ballot as it was received. `at` is an instant on the scale of the window; only a window looks at it."""

    unit: str
    by: str
    choice: Choice
    at: int = 0


class Authorisation(msgspec.Struct, frozen=True):
    """`principal`, an owner of the unit, lets `agent` vote; a guardian stands in the place of a ward."""

    unit: str
    principal: str
    agent: str
    kind: Literal["proxy", "guardian"]
    written: bool


class Window(msgspec.Struct, frozen=True):
    """When ballots are taken, both ends included, by the server's clock; whole numbers on one scale."""

    open: int
    close: int


class Cast(msgspec.Struct, frozen=True):
    """The ballot that stands for a head. `speaks_for`: the owners in whose name it may have been cast."""

    index: int
    choice: Choice
    speaks_for: frozenset[str]


class BallotBox:
    """Takes ballots in order of receipt; holds at most one for each head."""

    def __init__(
        self,
        roll: Roll,
        policy: Policy,
        window: Window | None = None,
        authorisations: Iterable[Authorisation] = (),
    ) -> None:
        self.roll = roll
        self.policy = policy
        self.window = window
        self.cast: dict[str, Cast] = {}
        self._given: dict[tuple[str, str], list[Authorisation]] = {}
        for given in authorisations:
            head = roll.head(given.unit)
            if head is not None and given.principal in head.owners:
                self._given.setdefault((head.name, given.agent), []).append(given)

    def take(self, index: int, ballot: Ballot) -> Reason | None:
        """Put a ballot in, numbered `index`; or say why it is refused, and stay as it was."""
        found = self.judge(ballot)
        if isinstance(found, str):
            return found
        self.put(index, ballot, found)
        return None

    def judge(self, ballot: Ballot, given: Iterable[Authorisation] | None = None) -> frozenset[str] | Reason:
        """The owners in whose name a ballot may be cast now, or why it is refused. Its choice plays no part.

        `given`: the letters this very caster shows; left out, those the box was made with.
        """
        head = self.roll.head(ballot.unit)
        if head is None:
            return "unit_not_in_scope"
        if self.window is not None and ballot.at < self.window.open:
            return "before_open"
        if self.window is not None and ballot.at > self.window.close:
            return "after_close"
        shown = self._given.get((head.name, ballot.by), ()) if given is None else given
        letters = [one for one in shown if one.principal in head.owners]
        speaks_for, reason = _standing(head, self.roll.units[ballot.unit], ballot.by, letters)
        if reason is not None:
            return reason
        before = self.cast.get(head.name)
        if before is not None:
            if self.policy.revote == "reject":
                return "duplicate"
            # Where none was elected, the first co-owner to vote is the representative: another does not overwrite.
            speaks_for &= before.speaks_for
            if not speaks_for:
                return "not_representative"
        return speaks_for

    def put(self, index: int, ballot: Ballot, speaks_for: frozenset[str]) -> None:
        """Put in a ballot that was judged, in place of an earlier one of its head."""
        self.cast[self.roll.head_of[ballot.unit]] = Cast(index, ballot.choice, speaks_for)


def _standing(
    head: Head, unit: Unit, by: str, given: list[Authorisation]
) -> tuple[frozenset[str], Reason | None]:
    """The owners a person may speak for with this unit's ballot; for nobody, the reason."""
    voices = head.voices(unit)
    speaks_for = {one.principal for one in given if one.written} | ({by} & head.owners)
    if speaks_for & voices:
        return frozenset(speaks_for & voices), None
    if speaks_for or any(one.principal not in voices for one in given):
        return frozenset(), "not_representative"
    return frozenset(), "no_written_authorisation" if given else "not_owner"
