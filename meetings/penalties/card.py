"""A step of the ladder as a thing: who sees what of it, how it begins, ends, and what it leaves with the person.

Decides no command.
"""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from meetings.kernel import SYSTEM, Entity, Entry, Eye, Refused, Room, Who
from meetings.masking import masked
from meetings.messages import tell
from meetings.people import STAFF, Person, mine
from meetings.text import check_person, check_time

MUTE_HOURS_MOST = 12
"""A mute with an end stays within a meeting; what is longer needs a second person (`penalty.propose`)."""
TERM_DAYS_MOST = 366
"""The longest term without speaking. After a year it has to be decided anew."""
SLOW_MOST = 600
OUT_OF_REACH = STAFF | {"technician", "admin", "screen", "auditor", "tally_supervisor", SYSTEM}
"""Those who run the meeting: they are taken off their role, not silenced in it."""
Outcome = Literal["upheld", "dismissed"]
"""What becomes of an appeal (DOMAIN 2.3): upheld, the decision falls; dismissed, it stands."""


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


def within_reach(room: Room, person: str, who: Who) -> str:
    """Whom the ladder may meet: not oneself, not those who run the meeting."""
    check_person(person)
    if person == who.person:
        raise Refused("forbidden", why="self")
    if (
        room.granted.get(person, frozenset()) | (who.about or frozenset())
    ) & OUT_OF_REACH or person == SYSTEM:
        raise Refused("forbidden", why="staff")
    return person


def of_another(penalty: Penalty, who: Who) -> Penalty:
    if penalty.person == who.person:
        raise Refused("forbidden", why="self")
    return penalty


def between(until: int, now: int, longest: int) -> None:
    if not now < check_time(until, "until") <= now + longest:
        raise Refused("unclear", field="until")


def impose(room: Room, entry: Entry, sort: str, person: str, reason: str, **more: Any) -> None:
    """A new step: an earlier one of its sort gives way, except that warnings add up."""
    if sort != "warning":
        end(room, entry, standing(room, person, sort), "replaced", None)
    shown = mine(room, person).called or plate(room, person)
    penalty = Penalty(str(entry.seq), sort, person, shown, reason, entry.at, (entry.by,), **more)
    room.put(penalty)
    tell(room, entry, person, sort, penalty, reason=reason, **more)
    settle(room, person)


def plate(room: Room, person: str) -> str:
    plate = room.get(Person, person)
    return plate.name if plate is not None else mine(room, person).shown or ""


def end(room: Room, entry: Entry, penalties: list[Penalty], state: str, why: str | None) -> None:
    """End penalties. Who is let off is told; an appeal that still waited has come to what it asked for."""
    for one in penalties:
        changes: dict[str, Any] = {"state": state, "why": why, "ended_at": entry.at}
        if state == "lifted" and one.waits:
            changes |= {"outcome": "upheld", "answer": why, "decided_by": entry.by}
        room.put(msgspec.structs.replace(one, **changes))
        if state == "lifted":
            tell(room, entry, one.person, f"{one.sort}_lifted", one, reason=why)
        settle(room, one.person)


def settle(room: Room, person: str) -> None:
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
