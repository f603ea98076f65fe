"""Notice, opening, extension and closing of a vote. What is frozen at notice stays so; the platform opens and closes.

Nobody opens or closes by hand, and nothing closes early.
"""

from __future__ import annotations

import msgspec

from meetings.docket.motions.drafting import Withdraw, Withdrawn, check_estate
from meetings.docket.motions.motion import SUPERVISORS_LEAST, Motion, Supervisor, change, in_state
from meetings.docket.roster import OBJECTIONS_END, Frozen, Objected, ObjectionAnswered, Roster, Snapshot
from meetings.docket.rules import RuleSet, Terms, earliest_opening, missing, rules_of, window_fits
from meetings.docket.words import CHAIR, COMMUNITY, DAY, HOUR, words
from meetings.kernel import ANYTIME, SYSTEM, Command, Entry, Fact, Refused, Room, Who
from meetings.tally import Roll, roll_of
from meetings.text import check_person, check_time, clean_name

SUPERVISORS_MOST = 9
DELAY = HOUR
"""How late the platform may be itself, after a restart say, and a vote has still opened at its time."""
NEVER_OPENED = "never_opened"
"""Why the platform withdraws a motion whose window is over before the roster was settled."""


class Notice(Command, frozen=True, tag="motion.notice"):
    """Notice a checked motion: text, options, scope, policy, rules, roster snapshot, window and supervisors are
    frozen from here on.

    The vote opens 15 days after at the earliest, or as many as the rule set asks (regulation of 2018 art. 14: the
    residents' committee is told at the same time, `committee_told`). A statutory vote needs every condition of its
    rule set. `extends_to` may be named where the rule set allows an extension.
    """

    may, when = CHAIR | COMMUNITY, ANYTIME
    id: str
    roster: str
    opens_at: int
    closes_at: int
    supervisors: list[Supervisor]
    committee_told: bool
    extends_to: int | None = None


class Open(Command, frozen=True, tag="motion.open"):
    """Open a noticed vote at its time. The platform does."""

    may, when = frozenset({SYSTEM}), ANYTIME
    id: str


class Extend(Command, frozen=True, tag="motion.extend"):
    """Use the extension that was noticed, before the window is over."""

    may, when = CHAIR | COMMUNITY, ANYTIME
    id: str


class Close(Command, frozen=True, tag="motion.close"):
    """Close a vote after its time, never before. The platform does."""

    may, when = frozenset({SYSTEM}), ANYTIME
    id: str


class Noticed(Fact, frozen=True, tag="motion.noticed"):
    id: str
    roster: str
    roster_version: int
    rules: RuleSet
    opens_at: int
    closes_at: int
    supervisors: tuple[Supervisor, ...]
    extends_to: int | None = None
    names_alone: bool = False


class Opened(Fact, frozen=True, tag="motion.opened"):
    id: str


class Extended(Fact, frozen=True, tag="motion.extended"):
    id: str


class Closed(Fact, frozen=True, tag="motion.closed"):
    id: str


@words.decides(Notice)
def _(room: Room, cmd: Notice, who: Who) -> list[Fact]:
    motion = room.need(Motion, cmd.id)
    check_estate(room, motion, who)
    supervisors = _supervisors(cmd, motion)
    told = (cmd.roster, cmd.opens_at, cmd.closes_at, cmd.extends_to, supervisors)
    if motion.noticed_at is not None:
        if (
            motion.roster,
            motion.opens_at,
            motion.noticed_close,
            motion.extends_to,
            motion.supervisors,
        ) != told:
            raise Refused("wrong_state", state=motion.state)
        return []
    in_state(motion, "checked")
    if not cmd.committee_told:
        raise Refused("unclear", field="committee_told")
    roster = room.need(Roster, cmd.roster)
    if roster.estate != motion.asked.estate:
        raise Refused("not_found", field="roster")
    if roster.latest is None:
        raise Refused("wrong_state", state=roster.state, field="roster")
    rules = rules_of(room, motion.asked.estate)
    _fits(cmd, rules, who.at)
    if motion.asked.binding == "statutory":
        terms = Terms(who.at, cmd.opens_at, cmd.closes_at, motion.asked.paper, motion.asked.city_reference)
        left = missing(rules, terms)
        if left:
            raise Refused("wrong_state", state=motion.state, missing=left)
    roll = _roll(motion, roster.latest)
    if not roll.heads:
        raise Refused("unclear", field="scope_building")
    return [
        Noticed(
            cmd.id,
            cmd.roster,
            roster.latest.version,
            rules,
            cmd.opens_at,
            cmd.closes_at,
            supervisors,
            cmd.extends_to,
            names_alone=True,
        )
    ]


def _fits(cmd: Notice, rules: RuleSet, at: int) -> None:
    """Refuse a window that begins too early, or does not end after it begins."""
    check_time(cmd.opens_at, "opens_at")
    check_time(cmd.closes_at, "closes_at")
    earliest = earliest_opening(rules, at)
    if cmd.opens_at < earliest:
        raise Refused("unclear", field="opens_at", earliest=earliest)
    if cmd.closes_at <= cmd.opens_at or not window_fits(rules, cmd.opens_at, cmd.closes_at):
        raise Refused(
            "unclear", field="closes_at", least=rules.window_least_days, most=rules.window_most_days
        )
    if cmd.extends_to is None:
        return
    if not rules.extension:
        raise Refused("unclear", field="extends_to", why="no_rule")
    if check_time(cmd.extends_to, "extends_to") <= cmd.closes_at or not window_fits(
        rules, cmd.opens_at, cmd.extends_to
    ):
        raise Refused("unclear", field="extends_to")


def _supervisors(cmd: Notice, motion: Motion) -> tuple[Supervisor, ...]:
    """Two at least, none of whom drafted the motion: who counts is not a party (DOMAIN 2.4)."""
    found = tuple(
        Supervisor(check_person(one.person, "supervisors"), clean_name(one.name, "supervisors"))
        for one in cmd.supervisors
    )
    persons = {one.person for one in found}
    if len(persons) < len(found) or not SUPERVISORS_LEAST <= len(found) <= SUPERVISORS_MOST:
        raise Refused("unclear", field="supervisors")
    if motion.by in persons:
        raise Refused("unclear", field="supervisors", why="own_motion")
    return found


def _roll(motion: Motion, snapshot: Snapshot) -> Roll:
    units = tuple(line.unit() for line in snapshot.lines)
    return roll_of(units, motion.asked.policy, motion.asked.scope)


def roll_for(room: Room, motion: Motion) -> Roll:
    """The heads that vote on a noticed motion, from its frozen snapshot."""
    return _roll(motion, snapshot_of(room, motion))


def snapshot_of(room: Room, motion: Motion) -> Snapshot:
    """The frozen snapshot a noticed motion rests on: never the living roster (DOMAIN 2.2.3)."""
    return room.need(Roster, snapshot_roster(motion)).version(motion.roster_version or 0)


@words.folds(Noticed)
def _(room: Room, fact: Noticed, entry: Entry) -> None:
    motion = change(
        room,
        room.need(Motion, fact.id),
        state="noticed",
        noticed_at=entry.at,
        roster=fact.roster,
        roster_version=fact.roster_version,
        rules=fact.rules,
        opens_at=fact.opens_at,
        closes_at=fact.closes_at,
        noticed_close=fact.closes_at,
        extends_to=fact.extends_to,
        supervisors=fact.supervisors,
        names_alone=fact.names_alone,
    )
    _rest_on(room, motion, fact.roster_version)
    _end_objections(room, fact.roster)


@words.folds(Withdrawn)
def _(room: Room, fact: Withdrawn, entry: Entry) -> None:
    motion = room.need(Motion, fact.id)
    if motion.roster is not None:
        _end_objections(room, motion.roster)


def _end_objections(room: Room, roster: str) -> None:
    """Objections to a roster end before the first vote noticed on it opens; without one they have no end."""
    opens = [
        one.opens_at
        for one in room.all(Motion)
        if one.state == "noticed" and one.roster == roster and one.opens_at is not None
    ]
    until = min(opens) - OBJECTIONS_END if opens else None
    room.put(msgspec.structs.replace(room.need(Roster, roster), objections_until=until))


def _rest_on(room: Room, motion: Motion, version: int) -> None:
    """Let a motion rest on this version of its roster, and say what still keeps it from opening."""
    motion = msgspec.structs.replace(motion, roster_version=version)
    snapshot = snapshot_of(room, motion)
    roll = _roll(motion, snapshot)
    change(
        room,
        motion,
        root=snapshot.root,
        total_heads=len(roll.heads),
        total_area_c=sum(head.area_c for head in roll.heads.values()),
        waiting_for=_waiting_for(room.need(Roster, snapshot_roster(motion)), roll),
    )


def snapshot_roster(motion: Motion) -> str:
    """The id of the roster a noticed motion rests on. Refuses `not_found` where its notice was erased by law."""
    if motion.roster is None:
        raise Refused("not_found")
    return motion.roster


def _waiting_for(roster: Roster, roll: Roll) -> tuple[str, ...]:
    """What must be settled before the vote opens: objections, a corrected version, flaws of the roster."""
    found = ["objections"] if roster.waiting else []
    found += ["corrected_version"] if roster.accepted else []
    return (*found, *dict.fromkeys(flaw.code for flaw in roll.flaws))


def _settle(room: Room, roster: str) -> None:
    """Something about a roster changed: the motions noticed on it rest on its newest version."""
    held = room.need(Roster, roster)
    for motion in [one for one in room.all(Motion) if one.state == "noticed" and one.roster == roster]:
        _rest_on(room, motion, len(held.versions))


@words.folds(Objected)
def _(room: Room, fact: Objected, entry: Entry) -> None:
    _settle(room, fact.roster)


@words.folds(ObjectionAnswered)
def _(room: Room, fact: ObjectionAnswered, entry: Entry) -> None:
    for roster in [one.id for one in room.all(Roster)]:
        _settle(room, roster)


@words.folds(Frozen)
def _(room: Room, fact: Frozen, entry: Entry) -> None:
    _settle(room, fact.id)


def may_open(motion: Motion, at: int) -> bool:
    """Whether a noticed vote opens now: its time has come, the roster is settled, the window still long enough."""
    if motion.state != "noticed" or motion.opens_at is None or motion.closes_at is None:
        return False
    if motion.waiting_for or not motion.opens_at <= at <= motion.closes_at:
        return False
    # A window shortened by a late answer must still be one the rules know; the platform's own delay shortens nothing.
    least = motion.rules.window_least_days or 0
    in_time = at <= motion.opens_at + DELAY
    return motion.asked.binding == "advisory" or in_time or motion.closes_at - at >= least * DAY


@words.decides(Open)
def _(room: Room, cmd: Open, who: Who) -> list[Fact]:
    motion = room.need(Motion, cmd.id)
    if motion.opened_at is not None:
        return []
    in_state(motion, "noticed")
    if not may_open(motion, who.at):
        raise Refused("not_open", waiting_for=list(motion.waiting_for))
    return [Opened(cmd.id)]


@words.folds(Opened)
def _(room: Room, fact: Opened, entry: Entry) -> None:
    motion = change(room, room.need(Motion, fact.id), state="open", opened_at=entry.at)
    roster = room.need(Roster, snapshot_roster(motion))
    room.put(msgspec.structs.replace(roster, used=True))


@words.decides(Extend)
def _(room: Room, cmd: Extend, who: Who) -> list[Fact]:
    motion = room.need(Motion, cmd.id)
    check_estate(room, motion, who)
    if motion.extends_to is not None and motion.closes_at == motion.extends_to:
        return []
    in_state(motion, "open")
    if motion.extends_to is None:
        raise Refused("forbidden", why="extension_not_noticed")
    if motion.closes_at is None or who.at > motion.closes_at:
        raise Refused("not_open", why="after_close")
    return [Extended(cmd.id)]


@words.folds(Extended)
def _(room: Room, fact: Extended, entry: Entry) -> None:
    motion = room.need(Motion, fact.id)
    change(room, motion, closes_at=motion.extends_to)


@words.decides(Close)
def _(room: Room, cmd: Close, who: Who) -> list[Fact]:
    motion = room.need(Motion, cmd.id)
    if motion.closed_at is not None:
        return []
    in_state(motion, "open")
    if motion.closes_at is None or who.at <= motion.closes_at:
        raise Refused("not_open", why="no_early_closing")
    return [Closed(cmd.id)]


@words.folds(Closed)
def _(room: Room, fact: Closed, entry: Entry) -> None:
    change(room, room.need(Motion, fact.id), state="closed", closed_at=entry.at)


def opening(room: Room, at: int) -> list[Command]:
    """The votes to open now. Asked before ballots are decided: the first one must not find a vote still shut because
    the platform looks at its clock only now and then.
    """
    return [Open(motion.id) for motion in room.all(Motion) if may_open(motion, at)]


def due(room: Room, at: int) -> list[Command]:
    """What the clock calls for: votes to open and to close, and motions whose window passed unopened."""
    found: list[Command] = []
    for motion in room.all(Motion):
        if may_open(motion, at):
            found.append(Open(motion.id))
        elif motion.state == "noticed" and motion.closes_at is not None and at > motion.closes_at:
            found.append(Withdraw(motion.id, NEVER_OPENED))
        elif motion.state == "open" and motion.closes_at is not None and at > motion.closes_at:
            found.append(Close(motion.id))
    return found
