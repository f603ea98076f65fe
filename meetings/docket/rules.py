"""Rule sets: what a place's law and an estate's own rules ask of an owners' vote, as data with sources.

A field nobody knows is None, and None keeps a vote from being statutory: nothing is guessed. The thresholds of
art. 278 are not here: no rule set changes them (`meetings.tally.rules`).
"""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from meetings.docket.words import COMMUNITY, DAY, days_between, end_of_days, words
from meetings.kernel import ANYTIME, Command, Entity, Entry, Eye, Fact, Refused, Room, Who
from meetings.text import check_id, check_person, clean_line

RULE_LIMIT = 200
RULES_MOST = 50

Based = Literal["default", "beijing", "hangzhou", "qingyuan"]
Paper = Literal["always", "on_request"]
Platform = Literal["own", "city"]

NOTICE_DAYS = 15
"""Where a rule set does not say: regulation on property management (2018) art. 14."""
ANNOUNCE_DAYS, POSTING_DAYS = 3, 7
"""The product's own defaults for motions that decide nothing (DOMAIN 3.4)."""


class RuleSet(msgspec.Struct, frozen=True, omit_defaults=True):
    """What must hold for a vote. Days are days of the calendar; None: not known.

    `platform`: `city` where an online vote must run on the authority's own system. `permits`: the rule by which
    votes on this platform bind. `extension`: whether a window may be extended if that was noticed.
    """

    name: str
    version: int
    notice_days: int | None = None
    window_least_days: int | None = None
    window_most_days: int | None = None
    paper: Paper | None = None
    platform: Platform | None = None
    announce_days: int | None = None
    posting_days: int | None = None
    extension: bool | None = None
    permits: str | None = None
    sources: dict[str, str] = {}


_NATIONAL = {"notice_days": "Regulation on property management (2018) art. 14"}

DEFAULT = RuleSet(
    "default",
    1,
    notice_days=NOTICE_DAYS,
    announce_days=ANNOUNCE_DAYS,
    posting_days=POSTING_DAYS,
    sources={
        **_NATIONAL,
        "announce_days": "default of this product",
        "posting_days": "default of this product",
    },
)
BEIJING = RuleSet(
    "beijing",
    1,
    notice_days=NOTICE_DAYS,
    platform="city",
    announce_days=3,
    sources={
        **_NATIONAL,
        "platform": "Beijing regulation on property management: online votes run on the city's voting system",
        "announce_days": "Beijing regulation on property management: result posted within 3 days",
    },
)
HANGZHOU = RuleSet(
    "hangzhou",
    1,
    notice_days=NOTICE_DAYS,
    window_least_days=5,
    window_most_days=60,
    paper="on_request",
    platform="city",
    sources={
        **_NATIONAL,
        "window_least_days": "Hangzhou regulation on property management: a window of 5 to 60 days",
        "window_most_days": "Hangzhou regulation on property management: a window of 5 to 60 days",
        "paper": "Hangzhou regulation on property management: paper on request",
        "platform": "Hangzhou regulation on property management: electronic votes run on the city's system",
    },
)
QINGYUAN = RuleSet(
    "qingyuan",
    1,
    notice_days=NOTICE_DAYS,
    platform="city",
    posting_days=15,
    sources={
        **_NATIONAL,
        "platform": "Qingyuan regulation: the authority's platform, with a check of identity",
        "posting_days": "Qingyuan regulation art. 17: after an electronic vote posted for at least 15 days",
    },
)
RULE_SETS: dict[str, RuleSet] = {one.name: one for one in (DEFAULT, BEIJING, HANGZHOU, QINGYUAN)}
"""The sets this release knows, as far as DOMAIN 3.4 gives their figures."""

_LEAST = ("notice_days", "window_least_days", "posting_days")
"""An estate may ask for more of these than its place does, never for less."""
_MOST = ("window_most_days", "announce_days")
"""An estate may ask for less of these, never for more."""
NEEDED = (*_LEAST, *_MOST, "paper", "platform")
"""Fields that must be known before a vote can be statutory; `permits` is asked for by its own name."""


class Adopt(Command, frozen=True, tag="rules.adopt"):
    """Say which rule set an estate's votes follow, and what the estate's own rules add to it.

    `permits` names the rule by which a vote on this platform binds; without it every vote is advisory. Figures may
    fill what the place leaves open, or be stricter than the place, never laxer; they need their `source`. The
    secretary may.
    """

    may, when = COMMUNITY, ANYTIME
    id: str
    estate: str
    based_on: Based
    permits: str | None = None
    notice_days: int | None = None
    window_least_days: int | None = None
    window_most_days: int | None = None
    paper: Paper | None = None
    platform: Platform | None = None
    announce_days: int | None = None
    posting_days: int | None = None
    extension: bool | None = None
    source: str | None = None


class Adopted(Fact, frozen=True, tag="rules.adopted"):
    id: str
    estate: str
    rules: RuleSet


class EstateRules(Entity, frozen=True):
    """The rule set an estate follows. A later one does not change motions already noticed: they hold their own."""

    kind = "rules"
    id: str
    estate: str
    rules: RuleSet
    at: int = 0

    def seen_by(self, eye: Eye) -> dict[str, Any] | None:
        return {"id": self.id, "estate": self.estate, "at": self.at, "rules": msgspec.to_builtins(self.rules)}


def rules_of(room: Room, estate: str) -> RuleSet:
    """The rule set an estate follows now; the default one where none was adopted."""
    found = [one for one in room.all(EstateRules) if one.estate == estate]
    return found[-1].rules if found else DEFAULT


class Terms(msgspec.Struct, frozen=True):
    """What is planned for one vote: its instants (ms; None: not yet settled), paper, the city's reference."""

    noticed_at: int | None
    opens_at: int | None
    closes_at: int | None
    paper: bool
    city_reference: str | None


def missing(rules: RuleSet, terms: Terms) -> list[str]:
    """What keeps a vote from being statutory, by the name of the field; empty: nothing does.

    `permits`: no rule is named; a field of NEEDED: nobody knows it; `notice`, `window`, `paper_offer`,
    `city_platform`: it is known, and not met.
    """
    found = [] if rules.permits else ["permits"]
    found += [name for name in NEEDED if getattr(rules, name) is None]
    noticed, opens, closes = terms.noticed_at, terms.opens_at, terms.closes_at
    if opens is not None and noticed is not None and opens < earliest_opening(rules, noticed):
        found.append("notice")
    if opens is not None and closes is not None and not window_fits(rules, opens, closes):
        found.append("window")
    if rules.paper is not None and not terms.paper:
        found.append("paper_offer")
    if rules.platform == "city" and not terms.city_reference:
        found.append("city_platform")
    return found


def earliest_opening(rules: RuleSet, noticed_at: int) -> int:
    """The first instant at which a vote noticed then may open."""
    return end_of_days(noticed_at, NOTICE_DAYS if rules.notice_days is None else rules.notice_days)


def window_fits(rules: RuleSet, opens_at: int, closes_at: int) -> bool:
    """Whether a window is as long as the rules ask, as far as they are known."""
    least = rules.window_least_days or 0
    most = rules.window_most_days
    long_enough = days_between(opens_at, closes_at) >= least
    # A window of 60 days that ends a second later is longer than 60 days.
    short_enough = most is None or closes_at - opens_at <= most * DAY
    return long_enough and short_enough


@words.decides(Adopt)
def _(room: Room, cmd: Adopt, who: Who) -> list[Fact]:
    check_id(cmd.id)
    check_person(cmd.estate, "estate")
    base = RULE_SETS[cmd.based_on]
    own = {name: getattr(cmd, name) for name in (*NEEDED, "extension") if getattr(cmd, name) is not None}
    for name, value in own.items():
        held = getattr(base, name)
        if isinstance(value, int) and not isinstance(value, bool) and not 1 <= value <= 365:
            raise Refused("unclear", field=name)
        if held is not None and _laxer(name, value, held):
            raise Refused("unclear", field=name, why="laxer")
    if own and not cmd.source:
        raise Refused("unclear", field="source")
    permits = clean_line(cmd.permits, RULE_LIMIT, "permits") if cmd.permits else None
    sources = base.sources | dict.fromkeys(
        own, clean_line(cmd.source, RULE_LIMIT, "source") if cmd.source else ""
    )
    held = room.get(EstateRules, cmd.id)
    version = held.rules.version if held is not None else 1 + _count(room, cmd.estate)
    rules = msgspec.structs.replace(
        base, name=cmd.based_on, version=version, permits=permits, sources=sources, **own
    )
    if held is not None:
        if (held.estate, held.rules) != (cmd.estate, rules):
            raise Refused("taken")
        return []
    if room.count(EstateRules.kind) >= RULES_MOST:
        raise Refused("too_large", limit=RULES_MOST)
    least, most = rules.window_least_days, rules.window_most_days
    if least is not None and most is not None and least > most:
        raise Refused("unclear", field="window_most_days")
    return [Adopted(cmd.id, cmd.estate, rules)]


_STRICTER = {"paper": "always", "platform": "city", "extension": False}
"""The word of a place that leaves an estate no other; its other word may be made stricter."""


def _laxer(name: str, value: Any, held: Any) -> bool:
    if name in _LEAST:
        return bool(value < held)
    if name in _MOST:
        return bool(value > held)
    return bool(value != held and held == _STRICTER[name])


def _count(room: Room, estate: str) -> int:
    return sum(one.estate == estate for one in room.all(EstateRules))


@words.folds(Adopted)
def _(room: Room, fact: Adopted, entry: Entry) -> None:
    room.put(EstateRules(fact.id, fact.estate, fact.rules, entry.at))
