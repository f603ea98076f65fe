"""Ballot papers: entered by one of the desk, and entered again by another who does not see the first entry.

Until both agree it is no ballot. The choice is nowhere to be read: the two entries are compared by commitment, once.
A paper came in when it was first entered; what came in by the close is settled before the ballots are opened.
"""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from meetings.docket.ballots.casting import judged_with, put_in
from meetings.docket.ballots.proxies import Proxy
from meetings.docket.ballots.sealing import code_of, commitment_of, paper_nonce, sealed
from meetings.docket.ballots.urn import PAPER, Urn, check_fresh, held_of, open_at, refusal
from meetings.docket.motions import Closed, Motion, change
from meetings.docket.words import DESK, words
from meetings.kernel import ANYTIME, Command, Entity, Entry, Eye, Fact, Refused, Room, Who
from meetings.tally import Ballot
from meetings.text import REASON_LIMIT, check_id, clean, clean_line

NUMBER_LIMIT = 24
PAPERS_MOST = 50_000
GONE = frozenset({"discarded", "differs", "anew", "replaced", "refused"})
"""States of an entry that is none any more: the paper may be entered anew."""
WAITING = frozenset({"entered", "differs", "anew"})
"""States of a paper that came in and is not settled."""
ANEW = frozenset({"differs", "anew"})
"""States of an entry that waits for another in its place."""
PAPERS = "papers"
"""What a closed vote waits for before its ballots are opened."""


class Enter(Command, frozen=True, tag="paper.enter"):
    """Enter a ballot paper that came back: its number, the unit, the owner or the letter that signed it, the choice.

    `by` is the owner as the roster writes them; `proxy` the letter where an agent signed. One of the desk enters,
    another confirms. Until the close; after it only anew, where an entry of the same paper that was made in time came
    to nothing: for the same unit, or for another and under another number `instead_of` the entry that was wrong.
    """

    may, when = DESK, ANYTIME
    id: str
    motion: str
    unit: str
    number: str
    choice: Literal["agree", "against", "abstain", "spoiled"]
    by: str | None = None
    proxy: str | None = None
    instead_of: str | None = None


class Confirm(Command, frozen=True, tag="paper.confirm"):
    """Enter the choice of a paper a second time, from the paper itself. Not by who entered it first.

    Where the two differ, neither stands (`differs`) and the paper is entered anew under another id. Possible until
    the ballots are opened: a paper that was entered by the close was received in time.
    """

    may, when = DESK, ANYTIME
    id: str
    choice: Literal["agree", "against", "abstain", "spoiled"]


class Discard(Command, frozen=True, tag="paper.discard"):
    """Take back an entry that was wrong, with the reason, before it is confirmed; the paper may be entered anew. Also
    one whose two entries differ, where the paper cannot be read for certain.

    After the close `outcome` has to be said: `void`, or `anew`: then the count waits until the paper is entered in
    place of this entry, or is void.
    """

    may, when = DESK, ANYTIME
    id: str
    reason: str
    outcome: Literal["void", "anew"] | None = None


class Entered(Fact, frozen=True, tag="paper.entered"):
    id: str
    motion: str
    unit: str
    number: str
    by: str
    commitment: str
    sealed: str
    proxy: str | None = None
    received_at: int | None = None
    instead_of: str | None = None


class Confirmed(Fact, frozen=True, tag="paper.confirmed"):
    id: str


class Differed(Fact, frozen=True, tag="paper.differed"):
    id: str


class Discarded(Fact, frozen=True, tag="paper.discarded"):
    id: str
    reason: str
    anew: bool = False


class Paper(Entity, frozen=True):
    """A ballot paper on its way into the box, for the desk: which paper, of which unit, how far. Never the choice."""

    kind = PAPER
    id: str
    motion: str
    unit: str
    number: str
    by: str
    entered_by: str
    entered_at: int
    commitment: str
    sealed: str
    proxy: str | None = None
    state: str = "entered"
    confirmed_by: str | None = None
    received_at: int = 0
    leaf: str = ""
    reason: str | None = None
    instead_of: str | None = None

    def seen_by(self, eye: Eye) -> dict[str, Any] | None:
        if eye is Eye.PUBLIC:
            return None
        return {
            "id": self.id,
            "motion": self.motion,
            "unit": self.unit,
            "number": self.number,
            "entered_by": self.entered_by,
            "entered_at": self.entered_at,
            "state": self.state,
            "confirmed_by": self.confirmed_by,
            "received_at": self.received_at,
            "code": code_of(self.leaf) if self.leaf else None,
            "reason": self.reason,
        }


def papers_of(room: Room, motion: str) -> list[Paper]:
    """The papers of a vote, in the order in which they were entered."""
    return [one for one in room.all(Paper) if one.motion == motion]


def papers_wait(room: Room, motion: str) -> bool:
    """Whether a paper came in and is neither confirmed nor taken back."""
    return any(one.state in WAITING for one in papers_of(room, motion))


def check_number(room: Room, motion: str, number: str) -> None:
    """Refuse a number under which another paper of this vote stands."""
    others = [one for one in papers_of(room, motion) if one.state not in GONE]
    if any(one.number == number for one in others):
        raise Refused("taken", why="paper_number")
    if len(others) >= PAPERS_MOST:
        raise Refused("too_large", limit=PAPERS_MOST)


@words.decides(Enter)
def _(room: Room, cmd: Enter, who: Who) -> list[Fact]:
    check_id(cmd.id)
    number = clean_line(cmd.number, NUMBER_LIMIT, "number")
    motion = room.need(Motion, cmd.motion)
    urn = room.get(Urn, cmd.motion)
    if urn is None:
        open_at(motion, who.at)
        raise Refused("not_open", why="before_open")
    line = urn.lines.get(cmd.unit)
    if line is None or urn.box.roll.head(cmd.unit) is None:
        raise refusal("unit_not_in_scope")
    if motion.asked.mode == "anonymous":
        # Whoever enters a paper has read it: on paper nobody is anonymous.
        raise Refused("forbidden", why="anonymous")
    nonce = paper_nonce(who.seal, urn.digest, cmd.id)
    commitment = commitment_of(urn.digest, line.leaf, cmd.choice, nonce)
    by, letter = _signed(room, cmd)
    held = room.get(Paper, cmd.id)
    if held is not None:
        told = (
            held.motion,
            held.unit,
            held.number,
            held.by,
            held.commitment,
            held.instead_of,
            held.entered_by,
        )
        if told != (cmd.motion, cmd.unit, number, by, commitment, cmd.instead_of, who.person):
            raise Refused("taken")
        return []
    check_fresh(room, cmd.id)
    if cmd.instead_of is None:
        received = _received(room, motion, cmd.unit, number, who.at)
    else:
        received = _received_before(room, motion, cmd.instead_of, number)
    check_number(room, cmd.motion, number)
    _judged(urn, cmd.unit, by, letter, received)
    secret = sealed(who.seal, cmd.id, commitment, cmd.choice, nonce)
    return [
        Entered(
            cmd.id, cmd.motion, cmd.unit, number, by, commitment, secret, cmd.proxy, received, cmd.instead_of
        )
    ]


def _received(room: Room, motion: Motion, unit: str, number: str, at: int) -> int:
    """When a paper came in: at its first entry for this unit. Refuses one that comes outside the window."""
    before = [
        one.received_at
        for one in papers_of(room, motion.id)
        if (one.number, one.unit) == (number, unit) and one.received_at <= (motion.closes_at or 0)
    ]
    if not before or motion.unsealed_at is not None or motion.state not in {"open", "closed"}:
        open_at(motion, at)
    return min([*before, at])


def _received_before(room: Room, motion: Motion, entry: str, number: str) -> int:
    """When a paper came in that is entered in place of a wrong entry: with that entry. Refuses one that waits for none."""
    wrong = room.need(Paper, entry)
    if wrong.motion != motion.id:
        raise Refused("not_found", field="instead_of")
    if motion.unsealed_at is not None or motion.state not in {"open", "closed"}:
        raise Refused("not_open", why="unsealed")
    if wrong.state not in ANEW:
        raise Refused("wrong_state", state=wrong.state)
    if any(
        one.number == number and one.state in ANEW and one.id != entry for one in papers_of(room, motion.id)
    ):
        # That number waits for a paper of its own: one entry must not settle two.
        raise Refused("taken", why="paper_number")
    return wrong.received_at


def _signed(room: Room, cmd: Enter) -> tuple[str, Proxy | None]:
    """Who signed the paper, as a text of the count, and the letter they showed."""
    if (cmd.by is None) == (cmd.proxy is None):
        raise Refused("unclear", field="by")
    if cmd.proxy is None:
        return cmd.by or "", None
    letter = room.need(Proxy, cmd.proxy)
    if letter.motion != cmd.motion:
        raise Refused("not_found", field="proxy")
    return letter.by, letter


def _judged(urn: Urn, unit: str, by: str, letter: Proxy | None, at: int) -> None:
    """Refuse a paper that would not count now, with the tally's reason."""
    found: frozenset[str] | str
    if letter is None:
        found = urn.why_not(unit) or urn.box.judge(Ballot(unit, by, "abstain"), ())
    else:
        found = letter.why_not(at) or judged_with(urn, unit, letter)
    if isinstance(found, str):
        raise refusal(found)


@words.folds(Entered)
def _(room: Room, fact: Entered, entry: Entry) -> None:
    room.put(
        Paper(
            fact.id,
            fact.motion,
            fact.unit,
            fact.number,
            fact.by,
            entry.by,
            entry.at,
            fact.commitment,
            fact.sealed,
            fact.proxy,
            received_at=entry.at if fact.received_at is None else fact.received_at,
            instead_of=fact.instead_of,
        )
    )
    urn = room.need(Urn, fact.motion)
    for one in papers_of(room, fact.motion):
        same = (one.number, one.unit) == (fact.number, fact.unit) or one.id == fact.instead_of
        if same and one.state in ANEW:
            room.put(msgspec.structs.replace(one, state="replaced"))
            urn.awaited.pop(one.id, None)
    urn.awaited[fact.id] = urn.box.roll.head_of.get(fact.unit, "")
    _wait(room, fact.motion)


@words.folds(Closed)
def _(room: Room, fact: Closed, entry: Entry) -> None:
    _wait(room, fact.id)


def _wait(room: Room, own_id: str) -> None:
    """Say whether a closed vote waits for its papers."""
    motion = room.need(Motion, own_id)
    if motion.state == "closed":
        change(room, motion, waiting_for=(PAPERS,) if papers_wait(room, own_id) else ())


@words.decides(Confirm)
def _(room: Room, cmd: Confirm, who: Who) -> list[Fact]:
    paper = room.need(Paper, cmd.id)
    motion, urn = room.need(Motion, paper.motion), room.need(Urn, paper.motion)
    if paper.entered_by == who.person:
        raise Refused("forbidden", why="own_entry")
    if paper.state == "differs" and paper.confirmed_by == who.person:
        return []
    nonce = paper_nonce(who.seal, urn.digest, paper.id)
    again = commitment_of(urn.digest, urn.lines[paper.unit].leaf, cmd.choice, nonce)
    if paper.state == "confirmed" and paper.confirmed_by == who.person and again == paper.commitment:
        return []
    if paper.state != "entered":
        raise Refused("wrong_state", state=paper.state)
    if motion.state not in {"open", "closed"} or motion.unsealed_at is not None:
        raise Refused("not_open", why="unsealed")
    if again != paper.commitment:
        # A refusal could be tried until it yields: whoever has no paper in hand would learn what the first one read.
        return [Differed(cmd.id)]
    letter = room.need(Proxy, paper.proxy) if paper.proxy is not None else None
    _judged(urn, paper.unit, paper.by, letter, paper.received_at)
    head = urn.box.roll.head_of[paper.unit]
    standing = urn.standing.get(head)
    if standing is not None and urn.held[standing].at > paper.received_at:
        # Where ballots may be changed the last word stands, and the paper came before it.
        raise refusal("duplicate", at=urn.held[standing].at)
    return [Confirmed(cmd.id)]


@words.folds(Confirmed)
def _(room: Room, fact: Confirmed, entry: Entry) -> None:
    paper = room.need(Paper, fact.id)
    held = held_of(
        room.need(Urn, paper.motion),
        entry,
        own_id=paper.id,
        unit=paper.unit,
        by=paper.by,
        channel="paper",
        commitment=paper.commitment,
        sealed=paper.sealed,
        proxy=paper.proxy,
        received_at=paper.received_at,
    )
    confirmed = msgspec.structs.replace(paper, state="confirmed", confirmed_by=entry.by, leaf=held.leaf)
    room.put(confirmed)
    room.need(Urn, paper.motion).awaited.pop(paper.id, None)
    put_in(room, held, paper.motion)
    _take_in(room, confirmed)
    _wait(room, paper.motion)


def _take_in(room: Room, paper: Paper) -> None:
    """A paper that was turned away and is a ballot after all is no longer among those turned away."""
    motion = room.need(Motion, paper.motion)
    counts = dict(motion.refused)
    for one in papers_of(room, paper.motion):
        if (one.number, one.state) == (paper.number, "refused"):
            room.put(msgspec.structs.replace(one, state="replaced", reason=None))
            counts[one.reason or ""] = counts.get(one.reason or "", 0) - 1
    if counts != motion.refused:
        change(room, motion, refused={reason: n for reason, n in counts.items() if n > 0})


@words.folds(Differed)
def _(room: Room, fact: Differed, entry: Entry) -> None:
    paper = room.need(Paper, fact.id)
    room.put(msgspec.structs.replace(paper, state="differs", confirmed_by=entry.by))


@words.decides(Discard)
def _(room: Room, cmd: Discard, who: Who) -> list[Fact]:
    paper = room.need(Paper, cmd.id)
    reason = clean(cmd.reason, REASON_LIMIT, "reason")
    anew = cmd.outcome == "anew"
    if paper.state == ("anew" if anew else "discarded"):
        return []
    if paper.state not in WAITING:
        raise Refused("wrong_state", state=paper.state)
    if cmd.outcome is None and room.need(Motion, paper.motion).state != "open":
        # Nothing new comes in any more: a paper taken back without a word would be lost by it.
        raise Refused("unclear", field="outcome", why="void_or_anew")
    return [Discarded(cmd.id, reason, anew)]


@words.folds(Discarded)
def _(room: Room, fact: Discarded, entry: Entry) -> None:
    paper = room.need(Paper, fact.id)
    room.put(msgspec.structs.replace(paper, state="anew" if fact.anew else "discarded", reason=fact.reason))
    room.need(Urn, paper.motion).awaited.pop(paper.id, None)
    _wait(room, paper.motion)
