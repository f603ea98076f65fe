"""The ballot box of one vote as the room holds it: who cast for which head, and what each ballot commits to.

Holds no choice. Built from the frozen snapshot when the vote opens; judges with the tally's own box, so that what
is taken is what will be counted.
"""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from meetings.docket.ballots.sealing import code_of, leaf_of_ballot
from meetings.docket.motions import Motion, Opened, change, roll_for, snapshot_of
from meetings.docket.roster import Line
from meetings.docket.words import words
from meetings.kernel import Entity, Entry, Eye, Refused, Room
from meetings.tally import Ballot, BallotBox, Window

Channel = Literal["online", "paper"]
PAPER = "paper"
"""The kind of ballot papers."""
CORRECTION = "correction"
"""The kind of what puts a paper right in a recount."""

CODES = {
    "before_open": "not_open",
    "after_close": "not_open",
    "unit_not_in_scope": "not_found",
    "duplicate": "taken",
}
"""The refusal on the wire for each reason of the tally; the others are `forbidden`. The reason goes along in `why`."""


class Held(msgspec.Struct, frozen=True):
    """One ballot that was taken. `by` is the owner or agent, `person` whose session gave it, "" for a paper: who
    enters a paper did not cast it. `at` is when it was received.
    """

    id: str
    unit: str
    by: str
    channel: Channel
    at: int
    seq: int
    person: str
    commitment: str
    sealed: str
    proxy: str | None
    leaf: str


class Urn(Entity, frozen=True):
    """Everything grows in place: there are thousands, and nobody sees it. `held` is in the order in which ballots were
    taken; `corrected` names those that a recount put right, and what stands for them; `awaited` the
    papers that wait for a second entry, each with its head; `casts` how often a head cast on a phone.
    """

    kind = "urn"
    id: str
    box: BallotBox
    digest: str
    lines: dict[str, Line]
    held: dict[str, Held] = msgspec.field(default_factory=dict)
    standing: dict[str, str] = msgspec.field(default_factory=dict)
    corrected: dict[str, str] = msgspec.field(default_factory=dict)
    awaited: dict[str, str] = msgspec.field(default_factory=dict)
    casts: dict[str, int] = msgspec.field(default_factory=dict)

    def why_not(self, unit: str) -> str | None:
        """Why the owners of a unit do not vote themselves, judged by all units of their head: the remark that an owner
        is under age stands at one of them, maybe.
        """
        head = self.box.roll.head(unit)
        own = self.lines[unit]
        lines = [self.lines[one.number] for one in head.units] if head is not None else [own]
        # A developer's head holds units whose buyers have nothing to do with one another.
        return next((why for line in lines if line.owners == own.owners and (why := line.why_not())), None)

    def seen_by(self, eye: Eye) -> dict[str, Any] | None:
        return None


class Receipt(Entity, frozen=True):
    """A ballot as only its caster sees it: that it is in, when, and the code under which it stands in public.

    The choice is not here: the phone that cast it knows it.
    """

    kind = "ballot"
    id: str
    motion: str
    person: str
    unit: str
    at: int
    seq: int
    commitment: str
    leaf: str
    channel: str
    replaced_by: str | None = None

    @property
    def owner(self) -> str | None:
        return self.person or None

    def seen_by(self, eye: Eye) -> dict[str, Any] | None:
        return None

    def seen_by_owner(self) -> dict[str, Any] | None:
        return {
            "id": self.id,
            "motion": self.motion,
            "unit": self.unit,
            "at": self.at,
            "seq": self.seq,
            "channel": self.channel,
            "commitment": self.commitment,
            "leaf": self.leaf,
            "code": code_of(self.leaf) if self.leaf else "",
            "replaced_by": self.replaced_by,
        }


@words.folds(Opened)
def _(room: Room, fact: Opened, entry: Entry) -> None:
    motion = room.need(Motion, fact.id)
    lines = {line.number: line for line in snapshot_of(room, motion).lines}
    box = BallotBox(roll_for(room, motion), motion.asked.policy)
    room.put(Urn(motion.id, box, motion.digest, lines))


def check_fresh(room: Room, own_id: str) -> None:
    """Refuse `taken` where a ballot, of this vote or another, a paper or a correction has this id: the second would take
    the place of the first in the box, though it is another head's.
    """
    if any(room.named(f"{kind}:{own_id}") is not None for kind in (Receipt.kind, PAPER, CORRECTION)):
        raise Refused("taken")


def open_at(motion: Motion, at: int) -> None:
    """Refuse `not_open` outside the window, both ends of which belong to it, by the server's clock."""
    if motion.state in {"drafted", "checked"}:
        raise Refused("not_found")
    if motion.state == "noticed" or motion.opens_at is None or at < motion.opens_at:
        raise Refused("not_open", why="before_open")
    if motion.state != "open" or motion.closes_at is None or at > motion.closes_at:
        raise Refused("not_open", why="after_close")


def window_of(motion: Motion) -> Window:
    """The window in milliseconds."""
    assert motion.opens_at is not None
    assert motion.closes_at is not None
    return Window(motion.opens_at, motion.closes_at)


def refusal(reason: str, **detail: Any) -> Refused:
    """The refusal of a ballot for a reason of the tally."""
    return Refused(CODES.get(reason, "forbidden"), why=reason, **detail)


def drop_in(room: Room, motion: Motion, held: Held, speaks_for: frozenset[str]) -> None:
    """Put a ballot in that was judged, and tell of it: to its caster, and in the turnout."""
    urn = room.need(Urn, motion.id)
    head = urn.box.roll.head(held.unit)
    assert head is not None
    before = urn.standing.get(head.name)
    # The box judges by who cast; what was chosen it never learns here.
    urn.box.put(len(urn.held), Ballot(held.unit, held.by, "abstain"), speaks_for)
    urn.held[held.id] = held
    urn.standing[head.name] = held.id
    if held.channel == "online":
        urn.casts[head.name] = urn.casts.get(head.name, 0) + 1
    room.put(receipt_of(motion.id, held))
    channels = dict(motion.channels)
    if before is not None:
        replaced = room.need(Receipt, before)
        room.put(msgspec.structs.replace(replaced, replaced_by=held.id))
        channels[urn.held[before].channel] -= 1
    channels[held.channel] = channels.get(held.channel, 0) + 1
    more = before is None
    change(
        room,
        motion,
        channels=channels,
        cast_heads=motion.cast_heads + int(more),
        cast_area_c=motion.cast_area_c + (head.area_c if more else 0),
    )


def receipt_of(motion: str, held: Held) -> Receipt:
    """What its caster sees of a ballot; of a paper nobody's."""
    seen = (held.unit, held.at, held.seq, held.commitment, held.leaf, held.channel)
    return Receipt(held.id, motion, held.person, *seen)


def held_of(
    urn: Urn,
    entry: Entry,
    *,
    own_id: str,
    unit: str,
    by: str,
    channel: Channel,
    commitment: str,
    sealed: str,
    proxy: str | None,
    received_at: int | None = None,
) -> Held:
    """A ballot as the urn holds it, with its leaf in the public list. `received_at` is given for a paper."""
    line = urn.lines.get(unit)
    if line is None:
        raise refusal("unit_not_in_scope")
    leaf = leaf_of_ballot(urn.digest, own_id, line.leaf, commitment) if commitment else ""
    at = entry.at if received_at is None else received_at
    person = entry.by if channel == "online" else ""
    return Held(own_id, unit, by, channel, at, entry.seq, person, commitment, sealed, proxy, leaf)
