"""After the close: the seal is opened, the count is made from the document, and signed by those who watch it.

The count itself is `meetings.tally`. Nothing is opened before the close, and a confidential vote only after two of
its supervisors said so.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

from meetings.docket.ballots import (
    Corrected,
    Mended,
    Slip,
    Urn,
    commitment_of,
    opened,
    opened_slip,
    papers_wait,
)
from meetings.docket.digests import digest_of
from meetings.docket.document import (
    OpenedSlip,
    Opening,
    document_of,
    poll_document,
    poll_result,
    receipts_of,
    result_of,
    slips_of,
)
from meetings.docket.motions import Motion, Round, change, in_state, is_supervisor
from meetings.docket.words import COMMUNITY, SUPERVISOR, words
from meetings.kernel import ANYTIME, SYSTEM, Command, Entity, Entry, Eye, Fact, Refused, Room, Who
from meetings.text import check_person

SIGNATURES_LEAST = 2
"""Who watch a count, and who open a confidential one: two together (DOMAIN 2.3)."""


class BreakSeal(Command, frozen=True, tag="motion.break_seal"):
    """Say that a confidential vote be opened for counting. Two of its supervisors must, after the close."""

    may, when = SUPERVISOR, ANYTIME
    id: str


class Unseal(Command, frozen=True, tag="motion.unseal"):
    """Open the sealed ballots of a closed vote. The platform does: of a named vote at once, of a confidential one
    after two supervisors broke the seal.
    """

    may, when = frozenset({SYSTEM}), ANYTIME
    id: str


class OpenSlips(Command, frozen=True, tag="motion.open_slips"):
    """Open the slips of an anonymous poll after its close. The platform brings them: one for each head that took part."""

    may, when = frozenset({SYSTEM}), ANYTIME
    id: str
    slips: list[Slip]


class Sign(Command, frozen=True, tag="motion.sign"):
    """Sign a count: the digest of the document as this supervisor counted it. Two of the named ones sign."""

    may, when = SUPERVISOR, ANYTIME
    id: str
    round: int
    digest: str


class Count(Command, frozen=True, tag="motion.count"):
    """Write down the count that two supervisors signed. The community's desk may."""

    may, when = COMMUNITY, ANYTIME
    id: str
    round: int


class SeeBallots(Command, frozen=True, tag="ballots.see"):
    """Look at who chose what. The supervisors of this vote may; each look is a line of the record."""

    may, when = SUPERVISOR, ANYTIME
    id: str


class SealBroken(Fact, frozen=True, tag="motion.seal_broken"):
    id: str


class Unsealed(Fact, frozen=True, tag="motion.unsealed"):
    id: str
    openings: tuple[Opening, ...]


class SlipsOpened(Fact, frozen=True, tag="motion.slips_opened"):
    id: str
    slips: tuple[OpenedSlip, ...]


class Signed(Fact, frozen=True, tag="motion.signed"):
    id: str
    round: int
    digest: str


class Counted(Fact, frozen=True, tag="motion.counted"):
    id: str
    round: int
    digest: str
    root: str
    result: dict[str, Any]
    signed_by: tuple[str, ...]
    reason: str | None = None


class BallotsSeen(Fact, frozen=True, tag="ballots.seen"):
    id: str


class Opened(Entity, frozen=True):
    """The opened ballots of a closed vote, or the slips of a poll. For no pair of eyes."""

    kind = "opened"
    id: str
    openings: dict[str, Opening] = {}
    slips: tuple[OpenedSlip, ...] = ()

    def seen_by(self, eye: Eye) -> dict[str, Any] | None:
        return None


def counted_document(room: Room, motion: Motion) -> dict[str, Any]:
    """The document of a vote whose ballots are opened. Refuses `not_open` before."""
    found = opened_of(room, motion)
    if motion.asked.mode == "anonymous":
        return poll_document(motion, found.slips)
    return document_of(room, motion, found.openings)


def opened_of(room: Room, motion: Motion) -> Opened:
    """What was opened of a vote. Refuses `not_open` before."""
    found = room.get(Opened, motion.id)
    if found is None:
        raise Refused("not_open", why="sealed")
    return found


def public_list(room: Room, motion: Motion) -> dict[str, Any]:
    """What everybody gets to check the count by: receipts of a vote once its ballots are opened, slips of a poll once announced."""
    if motion.asked.mode != "anonymous":
        told = receipts_of(room, motion)
        if motion.unsealed_at is None:
            # The list is told once, whole: lines that come one by one would each say when.
            raise Refused("not_open", why="papers_wait" if papers_wait(room, motion.id) else "sealed")
        return told
    if motion.announced_at is None:
        raise Refused("not_open", why="vote_open")
    return slips_of(motion, opened_of(room, motion).slips)


def slips_wanted(room: Room) -> list[str]:
    """The anonymous polls that have closed and whose slips the platform has to bring."""
    return [
        motion.id
        for motion in room.all(Motion)
        if motion.asked.mode == "anonymous" and motion.state == "closed" and motion.unsealed_at is None
    ]


def slips_opened(facts: Iterable[Fact]) -> list[str]:
    """The anonymous polls whose slips stand in the record from these facts on."""
    return [fact.id for fact in facts if isinstance(fact, SlipsOpened)]


def next_round(motion: Motion) -> int:
    """The number of the count that can be signed now; refuses `wrong_state` where none can."""
    if motion.state == "closed" or motion.recounting is not None:
        return len(motion.rounds) + 1
    raise Refused("wrong_state", state=motion.state)


@words.decides(BreakSeal)
def _(room: Room, cmd: BreakSeal, who: Who) -> list[Fact]:
    motion = room.need(Motion, cmd.id)
    is_supervisor(motion, who)
    if who.person in motion.seal_breakers:
        return []
    in_state(motion, "closed")
    if motion.asked.mode != "confidential" or motion.unsealed_at is not None:
        raise Refused("wrong_state", state=motion.state, why="not_sealed")
    return [SealBroken(cmd.id)]


@words.folds(SealBroken)
def _(room: Room, fact: SealBroken, entry: Entry) -> None:
    motion = room.need(Motion, fact.id)
    change(room, motion, seal_breakers=(*motion.seal_breakers, entry.by))


def may_unseal(room: Room, motion: Motion) -> bool:
    """Whether the platform opens the ballots now: every paper that came in time is settled first."""
    if motion.state != "closed" or motion.unsealed_at is not None or motion.asked.mode == "anonymous":
        return False
    broken = motion.asked.mode == "named" or len(motion.seal_breakers) >= SIGNATURES_LEAST
    return broken and not papers_wait(room, motion.id)


@words.decides(Unseal)
def _(room: Room, cmd: Unseal, who: Who) -> list[Fact]:
    motion = room.need(Motion, cmd.id)
    if motion.unsealed_at is not None:
        return []
    if not may_unseal(room, motion):
        raise Refused("not_open", why="papers_wait" if papers_wait(room, motion.id) else "sealed")
    urn = room.need(Urn, cmd.id)
    found = []
    for held in urn.held.values():
        told = opened(who.seal, held.id, held.commitment, held.sealed)
        unit = urn.lines[held.unit].leaf
        if told is None or commitment_of(urn.digest, unit, *told) != held.commitment:
            # The server's key is not the one the vote was held with: nothing is guessed, nothing is counted.
            raise Refused("unavailable", why="wrong_key", ballot=held.id)
        found.append(Opening(held.id, *told))
    return [Unsealed(cmd.id, tuple(found))]


@words.folds(Unsealed)
def _(room: Room, fact: Unsealed, entry: Entry) -> None:
    room.put(Opened(fact.id, {one.ballot: one for one in fact.openings}))
    change(room, room.need(Motion, fact.id), unsealed_at=entry.at)


@words.folds(Corrected)
def _(room: Room, fact: Corrected, entry: Entry) -> None:
    motion = room.need(Motion, room.need(Mended, fact.id).motion)
    found = room.need(Opened, motion.id)
    told = Opening(fact.id, fact.choice, fact.nonce)
    room.put(msgspec.structs.replace(found, openings={**found.openings, fact.id: told}))


@words.decides(OpenSlips)
def _(room: Room, cmd: OpenSlips, who: Who) -> list[Fact]:
    motion = room.need(Motion, cmd.id)
    if motion.unsealed_at is not None:
        return []
    if cmd.id not in slips_wanted(room):
        raise Refused("not_open", why="sealed")
    choices = {one.id: opened_slip(who.seal, one.id, one.sealed) for one in cmd.slips if one.motion == cmd.id}
    held = len(room.need(Urn, cmd.id).held)
    # A line that says who took part may have been erased by law; the slip it came with names nobody and stays.
    if len(choices) < held or (len(choices) > held and not room.erased):
        raise Refused("unavailable", why="slips_missing", found=len(choices))
    found = [OpenedSlip(own_id, choice) for own_id, choice in sorted(choices.items()) if choice is not None]
    if len(found) < len(choices):
        raise Refused("unavailable", why="wrong_key")
    return [SlipsOpened(cmd.id, tuple(found))]


@words.folds(SlipsOpened)
def _(room: Room, fact: SlipsOpened, entry: Entry) -> None:
    room.put(Opened(fact.id, slips=fact.slips))
    change(room, room.need(Motion, fact.id), unsealed_at=entry.at)


@words.decides(Sign)
def _(room: Room, cmd: Sign, who: Who) -> list[Fact]:
    motion = room.need(Motion, cmd.id)
    is_supervisor(motion, who)
    check_person(cmd.digest, "digest")
    last = motion.rounds[-1] if motion.rounds else None
    if last is not None and cmd.round == last.number and who.person in last.signed_by:
        return []
    if cmd.round != next_round(motion):
        raise Refused("unclear", field="round")
    if digest_of(counted_document(room, motion)) != cmd.digest:
        raise Refused("unclear", field="digest", why="differs")
    return [] if who.person in motion.signatures else [Signed(cmd.id, cmd.round, cmd.digest)]


@words.folds(Signed)
def _(room: Room, fact: Signed, entry: Entry) -> None:
    motion = room.need(Motion, fact.id)
    change(room, motion, signatures=(*motion.signatures, entry.by))


@words.decides(Count)
def _(room: Room, cmd: Count, who: Who) -> list[Fact]:
    motion = room.need(Motion, cmd.id)
    if 1 <= cmd.round <= len(motion.rounds):
        return []
    if cmd.round != next_round(motion):
        raise Refused("unclear", field="round")
    if len(motion.signatures) < SIGNATURES_LEAST:
        raise Refused("wrong_state", why="signatures", signed=len(motion.signatures))
    told = counted_document(room, motion)
    if motion.asked.mode == "anonymous":
        slips = opened_of(room, motion).slips
        result, root = poll_result(motion, slips), slips_of(motion, slips)["root"]
    else:
        result, root = result_of(told), receipts_of(room, motion)["root"]
    return [
        Counted(
            cmd.id,
            cmd.round,
            digest_of(told),
            root,
            result,
            motion.signatures,
            motion.recounting,
        )
    ]


@words.folds(Counted)
def _(room: Room, fact: Counted, entry: Entry) -> None:
    motion = room.need(Motion, fact.id)
    told = (fact.round, entry.at, fact.digest, fact.root, fact.result, fact.signed_by, fact.reason)
    made = Round(*told, corrections=len(motion.corrections))
    for mended in [one for one in room.all(Mended) if (one.motion, one.state) == (fact.id, "entered")]:
        # The recount it was begun in is over; a later one begins with the paper again.
        room.put(msgspec.structs.replace(mended, state="lapsed"))
    change(
        room,
        motion,
        state="counted",
        rounds=(*motion.rounds, made),
        signatures=(),
        recounting=None,
    )


@words.decides(SeeBallots)
def _(room: Room, cmd: SeeBallots, who: Who) -> list[Fact]:
    motion = room.need(Motion, cmd.id)
    is_supervisor(motion, who)
    counted_document(room, motion)
    return [BallotsSeen(cmd.id)]


@words.folds(BallotsSeen)
def _(room: Room, fact: BallotsSeen, entry: Entry) -> None:
    """A look changes nothing; the line itself is what is kept."""


def due(room: Room) -> list[Command]:
    """The votes whose ballots the platform opens now."""
    return [Unseal(motion.id) for motion in room.all(Motion) if may_unseal(room, motion)]
