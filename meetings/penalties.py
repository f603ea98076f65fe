"""The ladder of order: warning, a pause of one's own, mute for minutes or the meeting, and a term beyond the meeting.

Each has its reason, is told at once to whom it meets, may be lifted and, once, appealed against. It takes away the
word and nothing else: whoever is muted goes on looking, supporting and voting. Nobody decides about themselves.
"""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from meetings.kernel import SYSTEM, Command, Entity, Entry, Eye, Fact, Refused, Room, Who
from meetings.masking import masked
from meetings.meeting import DAY, HOUR, UNTIL_ARCHIVED
from meetings.messages import tell
from meetings.people import APPEAL_TERM, DESK, NAMED, STAFF, Person, mine, words
from meetings.text import REASON_LIMIT, check_id, check_person, check_time, clean

MUTE_HOURS_MOST = 12
"""A mute with an end stays within a meeting; what is longer needs a second person (`penalty.propose`)."""
TERM_DAYS_MOST = 366
"""The longest term without speaking. After a year it has to be decided anew."""
SLOW_MOST = 600
OUT_OF_REACH = STAFF | {"technician", "admin", "screen", "auditor", "tally_supervisor", SYSTEM}
"""Those who run the meeting: they are taken off their role, not silenced in it."""

Outcome = Literal["upheld", "dismissed"]
"""What becomes of an appeal (DOMAIN 2.3): upheld, the decision falls; dismissed, it stands."""


class Warn(Command, frozen=True, tag="person.warn"):
    """Warn a person, with the reason; they are told at once. Moderator, host or secretary may."""

    may, when = DESK, UNTIL_ARCHIVED
    person: str
    reason: str


class Slow(Command, frozen=True, tag="person.slow"):
    """Give a person a pause of their own, in seconds, between anything they say; 0 takes it off. With the reason."""

    may, when = DESK, UNTIL_ARCHIVED
    person: str
    seconds: int
    reason: str


class Mute(Command, frozen=True, tag="person.mute"):
    """Let a person not speak until an instant (ms), or for the whole meeting. Told at once, with the reason."""

    may, when = DESK, UNTIL_ARCHIVED
    person: str
    reason: str
    until: int | None = None


class Unmute(Command, frozen=True, tag="person.unmute"):
    """Let somebody muted in this meeting speak again, with the reason. Moderator, host or secretary may."""

    may, when = DESK, UNTIL_ARCHIVED
    person: str
    reason: str


class Propose(Command, frozen=True, tag="penalty.propose"):
    """Propose that a person may not speak in any meeting of the community until an instant (ms), a year at most.

    It needs a written reason, and holds only once another person of the staff has confirmed it.
    """

    may, when = DESK, UNTIL_ARCHIVED
    id: str
    person: str
    reason: str
    until: int


class Confirm(Command, frozen=True, tag="penalty.confirm"):
    """Confirm what somebody else proposed; from now on it holds. Not for who proposed it, nor whom it is about."""

    may, when = DESK, UNTIL_ARCHIVED
    id: str


class Decline(Command, frozen=True, tag="penalty.decline"):
    """Turn down what was proposed, or take back one's own proposal, with the reason."""

    may, when = DESK, UNTIL_ARCHIVED
    id: str
    reason: str


class Lift(Command, frozen=True, tag="penalty.lift"):
    """End a penalty before its time, with the reason its receiver is told."""

    may, when = DESK, UNTIL_ARCHIVED
    id: str
    reason: str


class Carry(Command, frozen=True, tag="penalty.carry"):
    """Make known here a term that was confirmed in another meeting of the community. The platform does."""

    may, when = frozenset({SYSTEM}), UNTIL_ARCHIVED
    id: str
    person: str
    shown: str
    reason: str
    at: int
    until: int
    by: list[str]
    appealed: bool = False


class Appeal(Command, frozen=True, tag="penalty.appeal"):
    """Object, once, to a penalty of mine; somebody who had no hand in it decides and answers in writing."""

    may, when = NAMED, UNTIL_ARCHIVED
    id: str
    text: str


class Decide(Command, frozen=True, tag="penalty.decide"):
    """Decide an appeal against a penalty, with the written answer. Not for who imposed or confirmed it."""

    may, when = DESK, UNTIL_ARCHIVED
    id: str
    outcome: Outcome
    answer: str


class Warned(Fact, frozen=True, tag="person.warned"):
    person: str
    reason: str


class Slowed(Fact, frozen=True, tag="person.slowed"):
    person: str
    seconds: int
    reason: str


class Muted(Fact, frozen=True, tag="person.muted"):
    person: str
    reason: str
    until: int | None = None


class Unmuted(Fact, frozen=True, tag="person.unmuted"):
    person: str
    reason: str | None = None


class Proposed(Fact, frozen=True, tag="penalty.proposed"):
    id: str
    person: str
    reason: str
    until: int


class Confirmed(Fact, frozen=True, tag="penalty.confirmed"):
    id: str
    person: str


class Declined(Fact, frozen=True, tag="penalty.declined"):
    id: str
    reason: str


class Lifted(Fact, frozen=True, tag="penalty.lifted"):
    id: str
    reason: str


class Carried(Fact, frozen=True, tag="penalty.carried"):
    id: str
    person: str
    shown: str
    reason: str
    at: int
    until: int
    by: list[str]
    appealed: bool = False


class Appealed(Fact, frozen=True, tag="penalty.appealed"):
    id: str
    text: str
    due: int


class Decided(Fact, frozen=True, tag="penalty.decided"):
    id: str
    outcome: str
    answer: str


class Penalty(Entity, frozen=True):
    """One step of the ladder, as staff and its receiver see it; the receiver does not see by whom.

    `sort`: warning, slow, mute, term. `state`: proposed, declined, standing, lifted, replaced (by a later one of its
    sort). A penalty past its `until` still stands as written; who asks looks at the clock. `by` are all who had a
    hand in it, and so do not decide about it. `elsewhere`: it was confirmed in another meeting. `spent`: an appeal
    against it was made there.
    """

    kind = "penalty"
    id: str
    sort: str
    person: str
    shown: str
    reason: str
    at: int
    by: tuple[str, ...] = ()
    until: int | None = None
    seconds: int | None = None
    state: str = "standing"
    elsewhere: bool = False
    spent: bool = False
    why: str | None = None
    ended_at: int | None = None
    appeal: str | None = None
    appealed_at: int | None = None
    due: int | None = None
    outcome: str | None = None
    answer: str | None = None
    decided_by: str | None = None

    @property
    def owner(self) -> str | None:
        # What is only proposed is no penalty yet: there is nothing to bear and nothing to appeal against.
        return None if self.state in {"proposed", "declined"} else self.person

    @property
    def waits(self) -> bool:
        """Whether an appeal against it waits for its answer."""
        return self.appeal is not None and self.outcome is None

    def seen_by(self, eye: Eye) -> dict[str, Any] | None:
        if eye is not Eye.STAFF:
            return None
        more = {
            "person": self.person,
            "shown": self.shown,
            "by": list(self.by),
            "decided_by": self.decided_by,
        }
        return self._card() | more

    def seen_by_owner(self) -> dict[str, Any] | None:
        return self._card() | {"may_appeal": may_appeal(self)}

    def _card(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "sort": self.sort,
            "reason": self.reason,
            "at": self.at,
            "until": self.until,
            "seconds": self.seconds,
            "state": self.state,
            "elsewhere": self.elsewhere,
            "why": self.why,
            "ended_at": self.ended_at,
            "appeal": masked(self.appeal) if self.appeal else None,
            "appealed_at": self.appealed_at,
            "due": self.due,
            "outcome": self.outcome,
            "answer": self.answer,
        }


def may_appeal(penalty: Penalty) -> bool:
    """Whether its receiver may still object to it."""
    return penalty.appeal is None and not penalty.spent and penalty.state in {"standing", "replaced"}


def standing(room: Room, person: str, *sorts: str) -> list[Penalty]:
    """The penalties of these sorts that stand against a person, the oldest first."""
    return [
        one
        for one in room.all(Penalty)
        if one.person == person and one.sort in sorts and one.state == "standing"
    ]


def terms_since(room: Room, since: int) -> list[dict[str, Any]]:
    """The terms beyond this meeting that came to hold or ended after number `since`, as the next meeting needs them."""
    return [
        {
            "id": one.id,
            "person": one.person,
            "shown": one.shown,
            "reason": one.reason,
            "at": one.at,
            "until": one.until,
            "by": list(one.by),
            "appealed": one.appeal is not None or one.spent,
            "lifted_at": one.ended_at if one.state == "lifted" else None,
            "why": one.why or "",
        }
        for one in room.all(Penalty)
        if one.sort == "term"
        and one.state in {"standing", "lifted", "replaced"}
        and room.changed_since(one.address, since)
    ]


def _within_reach(room: Room, person: str, who: Who) -> str:
    """Whom the ladder may meet: not oneself, not those who run the meeting."""
    check_person(person)
    if person == who.person:
        raise Refused("forbidden", why="self")
    if (
        room.granted.get(person, frozenset()) | (who.about or frozenset())
    ) & OUT_OF_REACH or person == SYSTEM:
        raise Refused("forbidden", why="staff")
    return person


def _of_another(penalty: Penalty, who: Who) -> Penalty:
    if penalty.person == who.person:
        raise Refused("forbidden", why="self")
    return penalty


# Imposing


@words.decides(Warn)
def _(room: Room, cmd: Warn, who: Who) -> list[Fact]:
    person, reason = _within_reach(room, cmd.person, who), clean(cmd.reason, REASON_LIMIT, "reason")
    last = standing(room, person, "warning")[-1:]
    return [] if last and last[0].reason == reason else [Warned(person, reason)]


@words.decides(Slow)
def _(room: Room, cmd: Slow, who: Who) -> list[Fact]:
    person, reason = _within_reach(room, cmd.person, who), clean(cmd.reason, REASON_LIMIT, "reason")
    if not 0 <= cmd.seconds <= SLOW_MOST:
        raise Refused("unclear", field="seconds")
    own = mine(room, person)
    same = own.pause_seconds == cmd.seconds and (not cmd.seconds or own.pause_reason == reason)
    return [] if same else [Slowed(person, cmd.seconds, reason)]


@words.decides(Mute)
def _(room: Room, cmd: Mute, who: Who) -> list[Fact]:
    person, reason = _within_reach(room, cmd.person, who), clean(cmd.reason, REASON_LIMIT, "reason")
    own = mine(room, person)
    if own.muted and (own.muted_until, own.mute_reason) == (cmd.until, reason):
        return []
    if cmd.until is not None:
        _between(cmd.until, who.at, MUTE_HOURS_MOST * HOUR)
    return [Muted(person, reason, cmd.until)]


def _between(until: int, now: int, longest: int) -> None:
    if not now < check_time(until, "until") <= now + longest:
        raise Refused("unclear", field="until")


@words.decides(Unmute)
def _(room: Room, cmd: Unmute, who: Who) -> list[Fact]:
    reason = clean(cmd.reason, REASON_LIMIT, "reason")
    if cmd.person == who.person:
        raise Refused("forbidden", why="self")
    return [Unmuted(cmd.person, reason)] if mine(room, cmd.person).muted else []


@words.folds(Warned)
def _(room: Room, fact: Warned, entry: Entry) -> None:
    _impose(room, entry, "warning", fact.person, fact.reason)


@words.folds(Slowed)
def _(room: Room, fact: Slowed, entry: Entry) -> None:
    if fact.seconds:
        _impose(room, entry, "slow", fact.person, fact.reason, seconds=fact.seconds)
    else:
        _end(room, entry, standing(room, fact.person, "slow"), "lifted", fact.reason)


@words.folds(Muted)
def _(room: Room, fact: Muted, entry: Entry) -> None:
    _impose(room, entry, "mute", fact.person, fact.reason, until=fact.until)


@words.folds(Unmuted)
def _(room: Room, fact: Unmuted, entry: Entry) -> None:
    _end(room, entry, standing(room, fact.person, "mute"), "lifted", fact.reason)


def _impose(room: Room, entry: Entry, sort: str, person: str, reason: str, **more: Any) -> None:
    """A new step: an earlier one of its sort gives way, except that warnings add up."""
    if sort != "warning":
        _end(room, entry, standing(room, person, sort), "replaced", None)
    shown = mine(room, person).called or _plate(room, person)
    penalty = Penalty(str(entry.seq), sort, person, shown, reason, entry.at, (entry.by,), **more)
    room.put(penalty)
    tell(room, entry, person, sort, penalty, reason=reason, **more)
    _settle(room, person)


def _plate(room: Room, person: str) -> str:
    plate = room.get(Person, person)
    return plate.name if plate is not None else mine(room, person).shown or ""


def _end(room: Room, entry: Entry, penalties: list[Penalty], state: str, why: str | None) -> None:
    """End penalties. Who is let off is told; an appeal that still waited has come to what it asked for."""
    for one in penalties:
        changes: dict[str, Any] = {"state": state, "why": why, "ended_at": entry.at}
        if state == "lifted" and one.waits:
            changes |= {"outcome": "upheld", "answer": why, "decided_by": entry.by}
        room.put(msgspec.structs.replace(one, **changes))
        if state == "lifted":
            tell(room, entry, one.person, f"{one.sort}_lifted", one, reason=why)
        _settle(room, one.person)


def _settle(room: Room, person: str) -> None:
    """Leave with the person what stands against them, for all who ask whether they may speak."""
    own = mine(room, person)
    mute, term, slow = (
        next(iter(standing(room, person, sort)[-1:]), None) for sort in ("mute", "term", "slow")
    )
    seconds = slow.seconds or 0 if slow else 0
    # Only a pause that begins or ends moves the hour; the one of the whole room is kept by the comments.
    slow_until = own.slow_until
    if seconds != own.pause_seconds:
        slow_until = own.said_at + seconds * 1_000 if seconds and own.said_at is not None else None
    muting = {
        "muted": mute is not None,
        "muted_until": mute.until if mute else None,
        "mute_reason": mute.reason if mute else None,
    }
    room.put(
        msgspec.structs.replace(
            own,
            **muting,
            suspended_until=term.until if term else None,
            suspend_reason=term.reason if term else None,
            pause_seconds=seconds,
            pause_reason=slow.reason if slow else None,
            slow_until=slow_until,
        )
    )
    plate = room.get(Person, person) or Person(id=person)
    if (plate.muted, plate.muted_until, plate.mute_reason) != tuple(muting.values()):
        room.put(msgspec.structs.replace(plate, **muting, shown=own.called or own.shown or plate.shown))


# A term beyond the meeting: two persons


@words.decides(Propose)
def _(room: Room, cmd: Propose, who: Who) -> list[Fact]:
    check_id(cmd.id)
    person, reason = _within_reach(room, cmd.person, who), clean(cmd.reason, REASON_LIMIT, "reason")
    held = room.get(Penalty, cmd.id)
    if held is not None:
        if (held.person, held.reason, held.until, held.by[0]) != (person, reason, cmd.until, who.person):
            raise Refused("taken")
        return []
    _between(cmd.until, who.at, TERM_DAYS_MOST * DAY)
    for one in room.all(Penalty):
        open_term = one.sort == "term" and one.person == person and one.state in {"proposed", "standing"}
        if open_term and one.until is not None and one.until > who.at:
            raise Refused("wrong_state", state=one.state, term=one.id)
    return [Proposed(cmd.id, person, reason, cmd.until)]


@words.folds(Proposed)
def _(room: Room, fact: Proposed, entry: Entry) -> None:
    shown = mine(room, fact.person).called or _plate(room, fact.person)
    room.put(
        Penalty(
            fact.id,
            "term",
            fact.person,
            shown,
            fact.reason,
            entry.at,
            (entry.by,),
            fact.until,
            state="proposed",
        )
    )


def _term(room: Room, own_id: str, who: Who, *states: str) -> Penalty:
    penalty = room.need(Penalty, own_id)
    if penalty.state not in states:
        raise Refused("wrong_state", state=penalty.state)
    return _of_another(penalty, who)


@words.decides(Confirm)
def _(room: Room, cmd: Confirm, who: Who) -> list[Fact]:
    penalty = _term(room, cmd.id, who, "proposed", "standing")
    if penalty.sort != "term":
        raise Refused("not_found")
    if penalty.state == "standing":
        return []
    if who.person in penalty.by:
        raise Refused("forbidden", why="second")
    _within_reach(room, penalty.person, who)
    if penalty.until is None or penalty.until <= who.at:
        raise Refused("unclear", field="until")
    return [Confirmed(cmd.id, penalty.person)]


@words.folds(Confirmed)
def _(room: Room, fact: Confirmed, entry: Entry) -> None:
    penalty = room.need(Penalty, fact.id)
    _end(room, entry, standing(room, penalty.person, "term"), "replaced", None)
    penalty = msgspec.structs.replace(penalty, state="standing", at=entry.at, by=(*penalty.by, entry.by))
    room.put(penalty)
    tell(room, entry, penalty.person, "term", penalty, reason=penalty.reason, until=penalty.until)
    _settle(room, penalty.person)


@words.decides(Decline)
def _(room: Room, cmd: Decline, who: Who) -> list[Fact]:
    reason = clean(cmd.reason, REASON_LIMIT, "reason")
    penalty = _term(room, cmd.id, who, "proposed", "declined")
    return [] if penalty.state == "declined" else [Declined(cmd.id, reason)]


@words.folds(Declined)
def _(room: Room, fact: Declined, entry: Entry) -> None:
    penalty = room.need(Penalty, fact.id)
    room.put(msgspec.structs.replace(penalty, state="declined", why=fact.reason, ended_at=entry.at))


@words.decides(Lift)
def _(room: Room, cmd: Lift, who: Who) -> list[Fact]:
    reason = clean(cmd.reason, REASON_LIMIT, "reason")
    penalty = _term(room, cmd.id, who, "standing", "lifted", "replaced")
    return [Lifted(cmd.id, reason)] if penalty.state == "standing" else []


@words.folds(Lifted)
def _(room: Room, fact: Lifted, entry: Entry) -> None:
    _end(room, entry, [room.need(Penalty, fact.id)], "lifted", fact.reason)


@words.decides(Carry)
def _(room: Room, cmd: Carry, who: Who) -> list[Fact]:
    check_id(cmd.id)
    check_person(cmd.person)
    held = room.get(Penalty, cmd.id)
    known = held is not None and (held.spent or held.appeal is not None or not cmd.appealed)
    if known or cmd.until <= who.at or (held is not None and held.state != "standing"):
        return []
    if held is not None and held.person != cmd.person:
        raise Refused("taken")
    return [Carried(**msgspec.structs.asdict(cmd))]


@words.folds(Carried)
def _(room: Room, fact: Carried, entry: Entry) -> None:
    held = room.get(Penalty, fact.id)
    if held is not None:
        room.put(msgspec.structs.replace(held, spent=fact.appealed))
        return
    penalty = Penalty(
        fact.id,
        "term",
        fact.person,
        fact.shown,
        fact.reason,
        fact.at,
        tuple(fact.by),
        fact.until,
        elsewhere=True,
        spent=fact.appealed,
    )
    room.put(penalty)
    tell(room, entry, penalty.person, "term", penalty, reason=penalty.reason, until=penalty.until)
    _settle(room, penalty.person)


# Appeals


@words.decides(Appeal)
def _(room: Room, cmd: Appeal, who: Who) -> list[Fact]:
    text = clean(cmd.text, REASON_LIMIT)
    penalty = room.need(Penalty, cmd.id)
    if penalty.owner != who.person:
        raise Refused("not_found")
    if penalty.appeal == text:
        return []
    if not may_appeal(penalty):
        raise Refused(
            "wrong_state", state=penalty.state, appealed=penalty.appeal is not None or penalty.spent
        )
    return [Appealed(cmd.id, text, who.at + APPEAL_TERM)]


@words.folds(Appealed)
def _(room: Room, fact: Appealed, entry: Entry) -> None:
    penalty = room.need(Penalty, fact.id)
    penalty = msgspec.structs.replace(penalty, appeal=fact.text, appealed_at=entry.at, due=fact.due)
    room.put(penalty)
    tell(room, entry, penalty.person, "appealed", penalty, text=masked(fact.text), until=fact.due)


@words.decides(Decide)
def _(room: Room, cmd: Decide, who: Who) -> list[Fact]:
    answer = clean(cmd.answer, REASON_LIMIT, "answer")
    penalty = _of_another(room.need(Penalty, cmd.id), who)
    if penalty.appeal is not None and (penalty.outcome, penalty.answer) == (cmd.outcome, answer):
        return []
    if not penalty.waits:
        raise Refused("wrong_state", state=penalty.state)
    if who.person in penalty.by:
        raise Refused("forbidden", why="appeal")
    return [Decided(cmd.id, cmd.outcome, answer)]


@words.folds(Decided)
def _(room: Room, fact: Decided, entry: Entry) -> None:
    penalty = room.need(Penalty, fact.id)
    changes: dict[str, Any] = {"outcome": fact.outcome, "answer": fact.answer, "decided_by": entry.by}
    if fact.outcome == "upheld":
        changes |= {"state": "lifted", "why": fact.answer, "ended_at": entry.at}
    penalty = msgspec.structs.replace(penalty, **changes)
    room.put(penalty)
    tell(room, entry, penalty.person, f"appeal_{fact.outcome}", penalty, answer=fact.answer)
    _settle(room, penalty.person)
