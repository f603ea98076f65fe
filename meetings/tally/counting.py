"""The count itself: sums by area and by heads, both quorums, both approvals, the outcome.

Judged in this order: invalid_roster, no_quorum, passed or rejected. Whoever wants a share takes it from the sums.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

import msgspec

from meetings.tally.ballots import Authorisation, Ballot, BallotBox, Choice, Reason, Window
from meetings.tally.roster import Flaw, Head, Policy, Roll, Scope, Unit, roll_of
from meetings.tally.rules import CIVIL_CODE, ItemClass, Rules

Outcome = Literal["passed", "rejected", "no_quorum", "invalid_roster"]


class Sums(msgspec.Struct, frozen=True):
    """Some heads, and their exclusive area in 0.01 m²."""

    area_c: int = 0
    heads: int = 0

    def __add__(self, other: Sums) -> Sums:
        return Sums(self.area_c + other.area_c, self.heads + other.heads)


class Refusal(msgspec.Struct, frozen=True):
    """A ballot that does not count, by its place among those received."""

    index: int
    reason: Reason


class Tally(msgspec.Struct, frozen=True):
    """What was counted. Agree, against, abstain and spoiled-but-taking-part add up to `participating`, exactly.

    `presumed` are silent heads that a rule of the estate lets take part; they are within the sums of `presumed_as`
    and are shown apart from what was cast. `counted` are the ballots that stand, by index; one that its caster
    replaced is neither there nor among the refused. Of a roster with flaws nothing is counted.
    """

    item: int
    item_class: ItemClass
    outcome: Outcome
    total: Sums = Sums()
    participating: Sums = Sums()
    agree: Sums = Sums()
    against: Sums = Sums()
    abstain: Sums = Sums()
    spoiled: Sums = Sums()
    presumed: Sums = Sums()
    presumed_as: Literal["agree", "against", "abstain"] | None = None
    quorum_area_met: bool = False
    quorum_heads_met: bool = False
    approval_area_met: bool = False
    approval_heads_met: bool = False
    counted: tuple[int, ...] = ()
    refused: tuple[Refusal, ...] = ()
    flaws: tuple[Flaw, ...] = ()


def count(
    item: int,
    units: Iterable[Unit],
    ballots: Iterable[Ballot],
    *,
    policy: Policy | None = None,
    window: Window | None = None,
    authorisations: Iterable[Authorisation] = (),
    served_units: Iterable[str] = (),
    scope: Scope | None = None,
    rules: Rules = CIVIL_CODE,
) -> Tally:
    """Count a vote on one matter of art. 278. `ballots` in order of receipt; ValueError for an item unknown."""
    policy = policy or Policy()
    item_class = rules.class_of(item)
    roll = roll_of(tuple(units), policy, scope or Scope())
    if roll.flaws:
        return Tally(item, item_class, "invalid_roster", flaws=roll.flaws)
    box = BallotBox(roll, policy, window, authorisations)
    refused = _fill(box, ballots)
    silent = _silent(roll, box, policy, served_units)
    sums = _sums(roll, box, policy)
    presumed_as = _presumed_as(sums, policy) if silent.heads else None
    if presumed_as is not None:
        sums[presumed_as] += silent
    taking_part = sums["agree"] + sums["against"] + sums["abstain"] + sums["spoiled"]
    total = _whole(roll.heads.values())
    return _judged(
        Tally(
            item=item,
            item_class=item_class,
            outcome="rejected",
            total=total,
            participating=taking_part,
            agree=sums["agree"],
            against=sums["against"],
            abstain=sums["abstain"],
            spoiled=sums["spoiled"],
            presumed=silent,
            presumed_as=presumed_as,
            counted=tuple(sorted(cast.index for cast in box.cast.values())),
            refused=refused,
        ),
        rules,
    )


def _fill(box: BallotBox, ballots: Iterable[Ballot]) -> tuple[Refusal, ...]:
    refused = []
    for index, ballot in enumerate(ballots):
        reason = box.take(index, ballot)
        if reason is not None:
            refused.append(Refusal(index, reason))
    return tuple(refused)


def _sums(roll: Roll, box: BallotBox, policy: Policy) -> dict[Choice, Sums]:
    """What was cast and takes part, by choice."""
    sums: dict[Choice, Sums] = dict.fromkeys(("agree", "against", "abstain", "spoiled"), Sums())
    for name, cast in box.cast.items():
        if cast.choice != "spoiled" or policy.spoiled == "participates":
            sums[cast.choice] += Sums(roll.heads[name].area_c, 1)
    return sums


def _silent(roll: Roll, box: BallotBox, policy: Policy, served_units: Iterable[str]) -> Sums:
    """Heads that returned nothing, though a ballot paper reached one of their units, where the rules count them.

    A spoiled paper was returned: its own policy speaks for it, not this one.
    """
    if policy.nonreturned == "absent":
        return Sums()
    served = {roll.head_of[unit] for unit in served_units if unit in roll.head_of}
    return _whole(roll.heads[name] for name in served - box.cast.keys())


def _presumed_as(sums: dict[Choice, Sums], policy: Policy) -> Literal["agree", "against", "abstain"]:
    """The side silent heads are added to: that of both majorities; none where they differ, or one of them ties."""
    agree, against = sums["agree"], sums["against"]
    if policy.nonreturned == "served_follows_majority":
        if agree.area_c > against.area_c and agree.heads > against.heads:
            return "agree"
        if agree.area_c < against.area_c and agree.heads < against.heads:
            return "against"
    return "abstain"


def _whole(heads: Iterable[Head]) -> Sums:
    return sum((Sums(head.area_c, 1) for head in heads), Sums())


def _judged(tally: Tally, rules: Rules) -> Tally:
    """The tally with its four verdicts and the outcome that follows from them."""
    line = rules.approval(tally.item)
    there, agree = tally.participating, tally.agree
    quorum = (
        rules.quorum.met(there.area_c, tally.total.area_c),
        rules.quorum.met(there.heads, tally.total.heads),
    )
    approval = (line.met(agree.area_c, there.area_c), line.met(agree.heads, there.heads))
    outcome: Outcome = "no_quorum" if not all(quorum) else "passed" if all(approval) else "rejected"
    return msgspec.structs.replace(
        tally,
        outcome=outcome,
        quorum_area_met=quorum[0],
        quorum_heads_met=quorum[1],
        approval_area_met=approval[0],
        approval_heads_met=approval[1],
    )
