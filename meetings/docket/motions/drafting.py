"""A motion before it is noticed: drafted, changed, checked; and withdrawn, as long as no vote on it has opened."""

from __future__ import annotations

from typing import Literal

import msgspec

from meetings.docket.motions.motion import (
    BODY_LIMIT,
    TITLE_LIMIT,
    WITHDRAWABLE,
    Asked,
    Motion,
    change,
    in_state,
)
from meetings.docket.roster import Roster
from meetings.docket.rules import RULE_LIMIT, rules_of
from meetings.docket.words import CHAIR, COMMUNITY, words
from meetings.kernel import ANYTIME, SYSTEM, Command, Entry, Fact, Refused, Room, Who
from meetings.tally import ITEMS, Policy
from meetings.text import REASON_LIMIT, check_id, check_person, clean, clean_line

MOTIONS_MOST = 1_000
PLACE_LIMIT = 40


class Draft(Command, frozen=True, tag="motion.draft"):
    """Draft a motion on one of the nine matters of art. 278, or draft it anew: whoever drafted it may, until it is
    checked.

    `binding` is advisory unless the estate's rules permit more; an anonymous poll binds nobody, counts heads alone
    and takes each head's first word. Where ballots that do not come back are to count,
    the rule that says so is quoted in `nonreturned_rule`.
    """

    may, when = CHAIR | COMMUNITY, ANYTIME
    id: str
    estate: str
    title: str
    text: str
    item: int
    scope_building: str | None = None
    scope_stair: str | None = None
    binding: Literal["advisory", "statutory"] = "advisory"
    mode: Literal["named", "confidential", "anonymous"] = "named"
    nonreturned: Literal["absent", "served_participates", "served_follows_majority"] = "absent"
    nonreturned_rule: str | None = None
    spoiled: Literal["excluded", "participates"] = "excluded"
    count_parking: bool = False
    revote: Literal["reject", "last"] = "reject"
    paper: bool = True
    city_reference: str | None = None


class Check(Command, frozen=True, tag="motion.check"):
    """Say that class, scope and policy match the law and the estate's rules. `item_class` is what the checker reads
    from the text: using the maintenance fund (5) is general, raising it (6) is special. Not by who drafted it.
    """

    may, when = COMMUNITY | {"lawyer"}, ANYTIME
    id: str
    item_class: Literal["general", "special"]


class Withdraw(Command, frozen=True, tag="motion.withdraw"):
    """Withdraw a motion, with the reason; never once the vote has opened."""

    may, when = CHAIR | COMMUNITY | {SYSTEM}, ANYTIME
    id: str
    reason: str


class Drafted(Fact, frozen=True, tag="motion.drafted"):
    id: str
    asked: Asked


class Checked(Fact, frozen=True, tag="motion.checked"):
    id: str


class Withdrawn(Fact, frozen=True, tag="motion.withdrawn"):
    id: str
    reason: str


@words.decides(Draft)
def _(room: Room, cmd: Draft, who: Who) -> list[Fact]:
    check_id(cmd.id)
    asked = _asked(cmd)
    held = room.get(Motion, cmd.id)
    if held is not None:
        if held.by != who.person:
            raise Refused("taken")
        if held.asked == asked:
            return []
        in_state(held, "drafted")
    elif room.count(Motion.kind) >= MOTIONS_MOST:
        raise Refused("too_large", limit=MOTIONS_MOST)
    return [Drafted(cmd.id, asked)]


def _asked(cmd: Draft) -> Asked:
    if cmd.item not in ITEMS:
        raise Refused("unclear", field="item")
    if cmd.scope_stair is not None and cmd.scope_building is None:
        raise Refused("unclear", field="scope_building")
    told = (cmd.binding, cmd.revote, cmd.nonreturned)
    if cmd.mode == "anonymous" and told != ("advisory", "reject", "absent"):
        raise Refused("unclear", field="mode")
    rule = clean(cmd.nonreturned_rule, RULE_LIMIT * 5, "nonreturned_rule") if cmd.nonreturned_rule else None
    if cmd.nonreturned != "absent" and rule is None:
        # Silence counts only by a rule of the estate that can be read: (2022)沪02民初16号.
        raise Refused("unclear", field="nonreturned_rule")
    return Asked(
        estate=check_person(cmd.estate, "estate"),
        title=clean_line(cmd.title, TITLE_LIMIT, "title"),
        text=clean(cmd.text, BODY_LIMIT),
        item=cmd.item,
        scope_building=_place(cmd.scope_building, "scope_building"),
        scope_stair=_place(cmd.scope_stair, "scope_stair"),
        binding=cmd.binding,
        mode=cmd.mode,
        policy=Policy(
            nonreturned=cmd.nonreturned,
            spoiled=cmd.spoiled,
            count_parking=cmd.count_parking,
            revote=cmd.revote,
        ),
        nonreturned_rule=rule,
        paper=cmd.paper,
        city_reference=clean_line(cmd.city_reference, TITLE_LIMIT, "city_reference")
        if cmd.city_reference
        else None,
    )


def _place(name: str | None, field: str) -> str | None:
    return None if name is None else clean_line(name, PLACE_LIMIT, field)


@words.folds(Drafted)
def _(room: Room, fact: Drafted, entry: Entry) -> None:
    held = room.get(Motion, fact.id)
    rules = rules_of(room, fact.asked.estate)
    drafted_at = entry.at if held is None else held.drafted_at
    room.put(Motion(fact.id, entry.by, fact.asked, drafted_at=drafted_at, rules=rules))


@words.decides(Check)
def _(room: Room, cmd: Check, who: Who) -> list[Fact]:
    motion = room.need(Motion, cmd.id)
    if motion.state == "checked" and motion.checked_by == who.person:
        return []
    in_state(motion, "drafted")
    if motion.by == who.person:
        raise Refused("forbidden", why="own_motion")
    if cmd.item_class != motion.item_class:
        raise Refused("unclear", field="item_class", item=motion.asked.item)
    return [Checked(cmd.id)]


@words.folds(Checked)
def _(room: Room, fact: Checked, entry: Entry) -> None:
    motion = room.need(Motion, fact.id)
    change(room, motion, state="checked", checked_by=entry.by, checked_at=entry.at)


def check_estate(room: Room, motion: Motion, who: Who) -> None:
    """Refuse `other_estate` to a chair who neither drafted this motion nor has proved a unit of its estate: a community
    has several committees. Its desk acts for every estate.
    """
    if room.roles(who) & (COMMUNITY | {SYSTEM}) or motion.by == who.person:
        return
    rosters = [one for one in room.all(Roster) if one.estate == motion.asked.estate]
    lines = [line for one in rosters for line in (one.latest.lines if one.latest else one.published)]
    if not any(line.place in who.homes for line in lines):
        raise Refused("forbidden", why="other_estate")


@words.decides(Withdraw)
def _(room: Room, cmd: Withdraw, who: Who) -> list[Fact]:
    motion = room.need(Motion, cmd.id)
    check_estate(room, motion, who)
    reason = clean(cmd.reason, REASON_LIMIT, "reason")
    if motion.state == "withdrawn":
        return []
    in_state(motion, *WITHDRAWABLE)
    return [Withdrawn(cmd.id, reason)]


@words.folds(Withdrawn)
def _(room: Room, fact: Withdrawn, entry: Entry) -> None:
    motion = room.need(Motion, fact.id)
    room.put(msgspec.structs.replace(motion, state="withdrawn", ended_because=fact.reason, waiting_for=()))
