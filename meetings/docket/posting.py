"""What follows a count: announced, posted, disputed, counted again, final; or annulled by a court or an authority.

The law does not suspend a decision while it is posted; it is shown as provisional until then (DOMAIN 3.4).
"""

from __future__ import annotations

from typing import Literal

import msgspec

from meetings.docket.ballots import Urn
from meetings.docket.motions import Dispute, Motion, change, check_estate, in_state, is_supervisor
from meetings.docket.roster import own_lines
from meetings.docket.rules import POSTING_DAYS
from meetings.docket.words import CHAIR, COMMUNITY, SUPERVISOR, end_of_days, words
from meetings.kernel import ANYTIME, SYSTEM, Command, Entry, Fact, Refused, Room, Who
from meetings.people import NAMED
from meetings.text import REASON_LIMIT, check_id, clean, clean_line

DISPUTE_LIMIT = 500
DISPUTES_MOST = 500
DISPUTES_EACH = 5
"""Objections of one owner to one result: nobody takes the room of all others, nor keeps it from ever being final."""


class Announce(Command, frozen=True, tag="motion.announce"):
    """Announce a count; the posting begins, for as many days as the rule set says. After a recount, once more."""

    may, when = CHAIR | COMMUNITY, ANYTIME
    id: str
    round: int


class DisputeResult(Command, frozen=True, tag="motion.dispute"):
    """Object to an announced result, as an owner whose unit counts in it, while it is posted; five times at most."""

    may, when = NAMED, ANYTIME
    id: str
    dispute: str
    text: str


class Settle(Command, frozen=True, tag="motion.settle"):
    """Answer an objection to a result: dismissed, with the reason, or a recount. A supervisor of the vote does."""

    may, when = SUPERVISOR, ANYTIME
    id: str
    dispute: str
    outcome: Literal["dismissed", "recount"]
    answer: str


class Finish(Command, frozen=True, tag="motion.finish"):
    """Make a result final: its posting is over and every objection answered. The platform does."""

    may, when = frozenset({SYSTEM}), ANYTIME
    id: str


class Annul(Command, frozen=True, tag="motion.annul"):
    """Annul a final result on a document of a court or an authority, which is named and whose digest is kept."""

    may, when = COMMUNITY, ANYTIME
    id: str
    reason: str
    document: str


class Announced(Fact, frozen=True, tag="motion.announced"):
    id: str
    round: int


class Disputed(Fact, frozen=True, tag="motion.disputed"):
    id: str
    dispute: str
    text: str


class Settled(Fact, frozen=True, tag="motion.settled"):
    id: str
    dispute: str
    outcome: str
    answer: str


class Finished(Fact, frozen=True, tag="motion.finished"):
    id: str


class Annulled(Fact, frozen=True, tag="motion.annulled"):
    id: str
    reason: str
    document: str


@words.decides(Announce)
def _(room: Room, cmd: Announce, who: Who) -> list[Fact]:
    motion = room.need(Motion, cmd.id)
    check_estate(room, motion, who)
    if cmd.round != len(motion.rounds):
        raise Refused("unclear", field="round")
    if motion.state in {"announced", "final"}:
        return []
    in_state(motion, "counted")
    return [Announced(cmd.id, cmd.round)]


@words.folds(Announced)
def _(room: Room, fact: Announced, entry: Entry) -> None:
    motion = room.need(Motion, fact.id)
    days = POSTING_DAYS if motion.rules.posting_days is None else motion.rules.posting_days
    change(
        room,
        motion,
        state="announced",
        announced_at=entry.at,
        announced_rounds=len(motion.rounds),
        posted_until=end_of_days(entry.at, days),
    )


@words.decides(DisputeResult)
def _(room: Room, cmd: DisputeResult, who: Who) -> list[Fact]:
    check_id(cmd.dispute, "dispute")
    motion = room.need(Motion, cmd.id)
    text = clean(cmd.text, DISPUTE_LIMIT)
    held = next((one for one in motion.disputes if one.id == cmd.dispute), None)
    if held is not None:
        if (held.by, held.text) != (who.person, text):
            raise Refused("taken")
        return []
    in_state(motion, "announced")
    urn = room.need(Urn, cmd.id)
    mine = [line for line in own_lines(urn.lines.values(), who) if line.number in urn.box.roll.head_of]
    if not mine:
        raise Refused("forbidden", why="not_owner")
    if motion.posted_until is None or who.at >= motion.posted_until:
        raise Refused("not_open", why="posting_over")
    if sum(one.by == who.person for one in motion.disputes) >= DISPUTES_EACH:
        raise Refused("too_large", limit=DISPUTES_EACH, why="disputes_each")
    if len(motion.disputes) >= DISPUTES_MOST:
        raise Refused("too_large", limit=DISPUTES_MOST)
    return [Disputed(cmd.id, cmd.dispute, text)]


@words.folds(Disputed)
def _(room: Room, fact: Disputed, entry: Entry) -> None:
    motion = room.need(Motion, fact.id)
    made = Dispute(fact.dispute, entry.by, fact.text, entry.at)
    change(room, motion, disputes=(*motion.disputes, made))


@words.decides(Settle)
def _(room: Room, cmd: Settle, who: Who) -> list[Fact]:
    motion = room.need(Motion, cmd.id)
    is_supervisor(motion, who)
    answer = clean(cmd.answer, REASON_LIMIT, "answer")
    held = next((one for one in motion.disputes if one.id == cmd.dispute), None)
    if held is None:
        raise Refused("not_found", field="dispute")
    if held.outcome is not None:
        if (held.outcome, held.answer) != (cmd.outcome, answer):
            raise Refused("wrong_state", state=held.outcome)
        return []
    if held.by == who.person:
        raise Refused("forbidden", why="own_objection")
    return [Settled(cmd.id, cmd.dispute, cmd.outcome, answer)]


@words.folds(Settled)
def _(room: Room, fact: Settled, entry: Entry) -> None:
    motion = room.need(Motion, fact.id)
    disputes = tuple(
        msgspec.structs.replace(one, outcome=fact.outcome, answer=fact.answer)
        if one.id == fact.dispute
        else one
        for one in motion.disputes
    )
    recounting = fact.answer if fact.outcome == "recount" else motion.recounting
    change(room, motion, disputes=disputes, recounting=recounting)


def may_finish(motion: Motion, at: int) -> bool:
    """Whether a posted result becomes final now."""
    over = motion.posted_until is not None and at >= motion.posted_until
    waiting = any(one.outcome is None for one in motion.disputes)
    return motion.state == "announced" and over and not waiting and motion.recounting is None


@words.decides(Finish)
def _(room: Room, cmd: Finish, who: Who) -> list[Fact]:
    motion = room.need(Motion, cmd.id)
    if motion.final_at is not None:
        return []
    if not may_finish(motion, who.at):
        raise Refused("wrong_state", state=motion.state)
    return [Finished(cmd.id)]


@words.folds(Finished)
def _(room: Room, fact: Finished, entry: Entry) -> None:
    change(room, room.need(Motion, fact.id), state="final", final_at=entry.at)


@words.decides(Annul)
def _(room: Room, cmd: Annul, who: Who) -> list[Fact]:
    motion = room.need(Motion, cmd.id)
    reason = clean(cmd.reason, REASON_LIMIT, "reason")
    document = clean_line(cmd.document, REASON_LIMIT, "document")
    if motion.state == "annulled":
        return []
    in_state(motion, "final")
    return [Annulled(cmd.id, reason, document)]


@words.folds(Annulled)
def _(room: Room, fact: Annulled, entry: Entry) -> None:
    motion = room.need(Motion, fact.id)
    change(room, motion, state="annulled", ended_because=fact.reason, document=fact.document)


def due(room: Room, at: int) -> list[Command]:
    """The results whose posting is over."""
    return [Finish(motion.id) for motion in room.all(Motion) if may_finish(motion, at)]
