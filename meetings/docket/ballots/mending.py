"""What becomes of papers that are no ballots, and of those a recount finds entered wrongly.

A paper that is turned away is a line of the record with its reason. After an objection to a result an entry is put
right by two of the desk, each from the paper in hand; what stood before stays in the list, and so does the first count.
"""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from meetings.docket.ballots.paper import NUMBER_LIMIT, Paper, papers_of
from meetings.docket.ballots.sealing import code_of, commitment_of, paper_nonce, sealed
from meetings.docket.ballots.urn import CORRECTION, Receipt, Urn, check_fresh, held_of, receipt_of
from meetings.docket.motions import Correction, Motion, change, in_state
from meetings.docket.words import DESK, words
from meetings.kernel import ANYTIME, Command, Entity, Entry, Eye, Fact, Refused, Room, Who
from meetings.text import REASON_LIMIT, check_id, clean, clean_line

UNIT_LIMIT = 40
REFUSED_MOST = 5_000
"""Papers turned away in one vote: the record grows for years."""


class Refuse(Command, frozen=True, tag="paper.refuse"):
    """Write down a ballot paper that came back and is no ballot, and why; never what it says. The unit as the paper
    has it. The count of each reason is public. Once for a number, and after the count in a recount alone.
    """

    may, when = DESK, ANYTIME
    id: str
    motion: str
    unit: str
    number: str
    reason: Literal[
        "after_close",
        "unit_not_in_scope",
        "not_owner",
        "not_representative",
        "no_written_authorisation",
        "duplicate",
        "unsigned",
    ]


class Correct(Command, frozen=True, tag="paper.correct"):
    """Put right in a recount what a paper was entered as, with the reason. Another of the desk agrees, from the paper."""

    may, when = DESK, ANYTIME
    id: str
    paper: str
    choice: Literal["agree", "against", "abstain", "spoiled"]
    reason: str


class Countersign(Command, frozen=True, tag="paper.countersign"):
    """Enter the corrected choice a second time, from the paper itself. Not by who entered it first; where the two
    differ the correction comes to nothing.
    """

    may, when = DESK, ANYTIME
    id: str
    choice: Literal["agree", "against", "abstain", "spoiled"]


class Turned(Fact, frozen=True, tag="paper.refused"):
    id: str
    motion: str
    unit: str
    number: str
    reason: str


class CorrectionEntered(Fact, frozen=True, tag="paper.correction_entered"):
    id: str
    paper: str
    commitment: str
    sealed: str
    reason: str


class CorrectionDiffered(Fact, frozen=True, tag="paper.correction_differed"):
    id: str


class Corrected(Fact, frozen=True, tag="paper.corrected"):
    """The choice stands here in clear: the vote is opened."""

    id: str
    choice: str
    nonce: str


class Mended(Entity, frozen=True):
    """A correction on its way, for the desk. Never the choice."""

    kind = CORRECTION
    id: str
    motion: str
    paper: str
    unit: str
    number: str
    entered_by: str
    entered_at: int
    commitment: str
    sealed: str
    reason: str
    state: str = "entered"
    confirmed_by: str | None = None

    def seen_by(self, eye: Eye) -> dict[str, Any] | None:
        if eye is Eye.PUBLIC:
            return None
        hidden = {"commitment", "sealed"}
        return {name: value for name, value in msgspec.to_builtins(self).items() if name not in hidden}


@words.decides(Refuse)
def _(room: Room, cmd: Refuse, who: Who) -> list[Fact]:
    check_id(cmd.id)
    number = clean_line(cmd.number, NUMBER_LIMIT, "number")
    unit = clean_line(cmd.unit, UNIT_LIMIT, "unit")
    motion = room.need(Motion, cmd.motion)
    held = room.get(Paper, cmd.id)
    if held is not None:
        told = (held.motion, held.unit, held.number, held.state, held.reason)
        if told != (cmd.motion, unit, number, "refused", cmd.reason):
            raise Refused("taken")
        return []
    check_fresh(room, cmd.id)
    if motion.recounting is None:
        in_state(motion, "open", "closed")
    if motion.asked.mode == "anonymous":
        raise Refused("forbidden", why="anonymous")
    others = papers_of(room, cmd.motion)
    if any(one.number == number and one.state not in {"discarded", "replaced"} for one in others):
        raise Refused("taken", why="paper_number")
    if sum(one.state == "refused" for one in others) >= REFUSED_MOST:
        raise Refused("too_large", limit=REFUSED_MOST)
    return [Turned(cmd.id, cmd.motion, unit, number, cmd.reason)]


@words.folds(Turned)
def _(room: Room, fact: Turned, entry: Entry) -> None:
    room.put(
        Paper(
            fact.id,
            fact.motion,
            fact.unit,
            fact.number,
            "",
            entry.by,
            entry.at,
            "",
            "",
            state="refused",
            received_at=entry.at,
            reason=fact.reason,
        )
    )
    motion = room.need(Motion, fact.motion)
    counts = motion.refused | {fact.reason: motion.refused.get(fact.reason, 0) + 1}
    change(room, motion, refused=counts)


@words.decides(Correct)
def _(room: Room, cmd: Correct, who: Who) -> list[Fact]:
    check_id(cmd.id)
    reason = clean(cmd.reason, REASON_LIMIT, "reason")
    paper = room.need(Paper, cmd.paper)
    motion, urn = room.need(Motion, paper.motion), room.need(Urn, paper.motion)
    nonce, commitment = _commitment(urn, paper, cmd.id, cmd.choice, who)
    held = room.get(Mended, cmd.id)
    if held is not None:
        told = (held.paper, held.commitment, held.reason, held.entered_by)
        if told != (cmd.paper, commitment, reason, who.person):
            raise Refused("taken")
        return []
    check_fresh(room, cmd.id)
    _recounted(motion)
    _stands(urn, paper)
    secret = sealed(who.seal, cmd.id, commitment, cmd.choice, nonce)
    return [CorrectionEntered(cmd.id, cmd.paper, commitment, secret, reason)]


def _commitment(urn: Urn, paper: Paper, own_id: str, choice: str, who: Who) -> tuple[str, str]:
    nonce = paper_nonce(who.seal, urn.digest, own_id)
    leaf = urn.lines[paper.unit].leaf if paper.unit in urn.lines else ""
    return nonce, commitment_of(urn.digest, leaf, choice, nonce)


def _recounted(motion: Motion) -> None:
    if motion.recounting is None:
        raise Refused("wrong_state", state=motion.state, why="no_recount")


def _stands(urn: Urn, paper: Paper) -> None:
    """Refuse to correct what is no ballot, or is one no more."""
    if paper.state != "confirmed":
        raise Refused("wrong_state", state=paper.state)
    if urn.standing.get(urn.box.roll.head_of[paper.unit]) != paper.id:
        raise Refused("wrong_state", state="replaced")


@words.folds(CorrectionEntered)
def _(room: Room, fact: CorrectionEntered, entry: Entry) -> None:
    paper = room.need(Paper, fact.paper)
    made = (fact.id, paper.motion, paper.id, paper.unit, paper.number, entry.by, entry.at)
    room.put(Mended(*made, fact.commitment, fact.sealed, fact.reason))


@words.decides(Countersign)
def _(room: Room, cmd: Countersign, who: Who) -> list[Fact]:
    mended = room.need(Mended, cmd.id)
    paper = room.need(Paper, mended.paper)
    motion, urn = room.need(Motion, paper.motion), room.need(Urn, paper.motion)
    if mended.entered_by == who.person:
        raise Refused("forbidden", why="own_entry")
    if mended.state != "entered":
        if mended.confirmed_by == who.person:
            return []
        raise Refused("wrong_state", state=mended.state)
    _recounted(motion)
    _stands(urn, paper)
    nonce, again = _commitment(urn, paper, mended.id, cmd.choice, who)
    if again != mended.commitment:
        return [CorrectionDiffered(cmd.id)]
    return [Corrected(cmd.id, cmd.choice, nonce)]


@words.folds(CorrectionDiffered)
def _(room: Room, fact: CorrectionDiffered, entry: Entry) -> None:
    mended = room.need(Mended, fact.id)
    room.put(msgspec.structs.replace(mended, state="differs", confirmed_by=entry.by))


@words.folds(Corrected)
def _(room: Room, fact: Corrected, entry: Entry) -> None:
    mended = room.need(Mended, fact.id)
    room.put(msgspec.structs.replace(mended, state="confirmed", confirmed_by=entry.by))
    urn = room.need(Urn, mended.motion)
    before = urn.held[mended.paper]
    held = held_of(
        urn,
        entry,
        own_id=mended.id,
        unit=before.unit,
        by=before.by,
        channel="paper",
        commitment=mended.commitment,
        sealed=mended.sealed,
        proxy=before.proxy,
        received_at=before.at,
    )
    urn.held[held.id] = held
    urn.standing[urn.box.roll.head_of[held.unit]] = held.id
    urn.corrected[before.id] = held.id
    room.put(receipt_of(mended.motion, held))
    room.put(msgspec.structs.replace(room.need(Receipt, before.id), replaced_by=held.id))
    # The corrected paper answers under its new leaf, and may be corrected again under it.
    paper = room.need(Paper, mended.paper)
    room.put(msgspec.structs.replace(paper, state="corrected"))
    room.put(msgspec.structs.replace(paper, id=held.id, leaf=held.leaf, confirmed_by=entry.by))
    motion = room.need(Motion, mended.motion)
    made = Correction(entry.at, code_of(before.leaf), code_of(held.leaf), mended.reason)
    # Whoever had signed the recount had counted something else.
    change(room, motion, corrections=(*motion.corrections, made), signatures=())
