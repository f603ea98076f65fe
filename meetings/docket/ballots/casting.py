"""Casting on a phone: for which head, by whom, inside the window, once; the choice sealed inside the fact."""

from __future__ import annotations

from typing import Literal

import msgspec

from meetings.docket.ballots.proxies import Proxy, proxies_for
from meetings.docket.ballots.sealing import check_nonce, commitment_of, sealed, sealed_slip, slip_id
from meetings.docket.ballots.urn import Held, Urn, check_fresh, drop_in, held_of, open_at, refusal
from meetings.docket.motions import Motion
from meetings.docket.roster import own_lines
from meetings.docket.words import words
from meetings.kernel import ANYTIME, Command, Entry, Fact, Refused, Room, Who
from meetings.people import NAMED
from meetings.tally import Ballot
from meetings.text import check_id

CHANGES_MOST = 20
"""How often a head may change its ballot on a phone, where the rules let it: the record is kept for good."""


class CastBallot(Command, frozen=True, tag="ballot.cast"):
    """Cast the ballot of a unit's head, as an owner of the unit or with a letter of authority.

    `nonce` is 128 bits in hex chosen by this device: with it and the choice anybody can check the receipt. Sent
    again with the same id it is the same ballot. It carries no weight: areas come from the frozen roster.
    """

    may, when = NAMED, ANYTIME
    id: str
    motion: str
    unit: str
    choice: Literal["agree", "against", "abstain"]
    nonce: str


class BallotCast(Fact, frozen=True, tag="ballot.cast"):
    id: str
    motion: str
    unit: str
    by: str
    commitment: str
    sealed: str
    proxy: str | None = None


class TookPart(Fact, frozen=True, tag="ballot.took_part"):
    """In an anonymous poll the record holds that a head took part, and nothing that its choice follows from."""

    id: str
    motion: str
    unit: str
    by: str
    proxy: str | None = None


class Slip(msgspec.Struct, frozen=True):
    """A choice of an anonymous poll, kept beside the record: under a name that says nothing, without time or number."""

    id: str
    motion: str
    sealed: str


def slip_of(room: Room, command: Command, facts: list[Fact], key: bytes) -> Slip | None:
    """What has to be kept beside the record of the facts that came of a command; None: nothing."""
    if not isinstance(command, CastBallot) or not any(isinstance(fact, TookPart) for fact in facts):
        return None
    own_id = slip_id(room.need(Urn, command.motion).digest, command.id, command.nonce)
    return Slip(own_id, command.motion, sealed_slip(key, own_id, command.choice))


@words.decides(CastBallot)
def _(room: Room, cmd: CastBallot, who: Who) -> list[Fact]:
    check_id(cmd.id)
    check_nonce(cmd.nonce)
    motion = room.need(Motion, cmd.motion)
    urn = room.get(Urn, cmd.motion)
    if urn is None:
        open_at(motion, who.at)
        raise Refused("not_open", why="before_open")
    line = urn.lines.get(cmd.unit)
    if line is None or urn.box.roll.head(cmd.unit) is None:
        raise refusal("unit_not_in_scope")
    anonymous = motion.asked.mode == "anonymous"
    commitment = "" if anonymous else commitment_of(urn.digest, line.leaf, cmd.choice, cmd.nonce)
    held = urn.held.get(cmd.id)
    if held is not None:
        # A ballot sent again after a lost answer is answered well, also when the vote has closed meanwhile.
        if (held.person, held.unit, held.commitment) != (who.person, cmd.unit, commitment):
            raise Refused("taken")
        return []
    check_fresh(room, cmd.id)
    open_at(motion, who.at)
    by, proxy, _speaks_for = standing_of(room, urn, cmd.unit, who)
    if anonymous:
        return [TookPart(cmd.id, cmd.motion, cmd.unit, by, proxy)]
    secret = sealed(who.seal, cmd.id, commitment, cmd.choice, cmd.nonce)
    return [BallotCast(cmd.id, cmd.motion, cmd.unit, by, commitment, secret, proxy)]


def standing_of(room: Room, urn: Urn, unit: str, who: Who) -> tuple[str, str | None, frozenset[str]]:
    """As whom a person casts for a unit: the text of the count, the letter shown, the owners spoken for.

    Refuses with the tally's own reason, because a letter has expired, or because a paper of this head came first.
    """
    found = _spoken_for(room, urn, unit, who)
    head, policy = urn.box.roll.head_of[unit], room.need(Motion, urn.id).asked.policy
    if policy.revote == "reject" and head in urn.awaited.values():
        raise refusal("paper_waits")
    if urn.casts.get(head, 0) > CHANGES_MOST:
        raise Refused("too_large", limit=CHANGES_MOST, why="changes_each")
    return found


def _spoken_for(room: Room, urn: Urn, unit: str, who: Who) -> tuple[str, str | None, frozenset[str]]:
    refusals: list[str] = []
    for line in own_lines([urn.lines[unit]], who):
        if hindrance := urn.why_not(unit):
            refusals.append(hindrance)
            continue
        owner = line.owner_called(who.labels.get("real", ""))
        assert owner is not None
        found = urn.box.judge(Ballot(unit, owner, "abstain"), ())
        if not isinstance(found, str):
            return owner, None, found
        refusals.append(found)
    head = urn.box.roll.head_of[unit]
    for proxy in proxies_for(room, urn.id, agent=who.person):
        if urn.box.roll.head_of.get(proxy.unit) != head:
            continue
        judged = proxy.why_not(who.at) or judged_with(urn, unit, proxy)
        if not isinstance(judged, str):
            return proxy.by, proxy.id, judged
        refusals.append(judged)
    # What speaks of a second ballot or of another's turn says more than that a letter was no good.
    best = next((one for one in ("duplicate", "not_representative") if one in refusals), None)
    reason = best or (refusals[-1] if refusals else "not_owner")
    raise refusal(reason, **_when(urn, head, reason))


def judged_with(urn: Urn, unit: str, proxy: Proxy) -> frozenset[str] | str:
    """The owners spoken for with this letter, or the reason why none."""
    return urn.box.judge(Ballot(unit, proxy.by, "abstain"), (proxy.given(),))


def _when(urn: Urn, head: str, reason: str) -> dict[str, int]:
    """When the ballot that stands was cast, for those who find it cast already."""
    before = urn.standing.get(head)
    return {"at": urn.held[before].at} if before is not None and reason == "duplicate" else {}


@words.folds(BallotCast)
def _(room: Room, fact: BallotCast, entry: Entry) -> None:
    _taken(room, fact, entry, fact.commitment, fact.sealed)


@words.folds(TookPart)
def _(room: Room, fact: TookPart, entry: Entry) -> None:
    _taken(room, fact, entry)


def _taken(
    room: Room, fact: BallotCast | TookPart, entry: Entry, commitment: str = "", secret: str = ""
) -> None:
    """A ballot that came by phone; one without a name is of a person who took part, and says no more here."""
    held = held_of(
        room.need(Urn, fact.motion),
        entry,
        own_id=fact.id,
        unit=fact.unit,
        by=fact.by,
        channel="online",
        commitment=commitment,
        sealed=secret,
        proxy=fact.proxy,
    )
    put_in(room, held, fact.motion)


def put_in(room: Room, held: Held, motion: str) -> None:
    """Judge a ballot of the record again, as it was judged when it came, and put it in."""
    urn = room.need(Urn, motion)
    proxy = room.need(Proxy, held.proxy) if held.proxy is not None else None
    letters = (proxy.given(),) if proxy is not None else ()
    found = urn.box.judge(Ballot(held.unit, held.by, "abstain"), letters)
    if isinstance(found, str):
        # Only where a line before it was erased by law: see `Room.apply`.
        raise refusal(found)
    drop_in(room, room.need(Motion, motion), held, found)
