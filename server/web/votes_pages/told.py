"""A motion as its public page tells it: standing, law, terms, rules with their sources, result. Words alone.

Reads the public view and nothing else, so that no page can tell what that view does not.
"""

from __future__ import annotations

from typing import Any

from meetings.docket.rules import RULE_SETS
from meetings.tally import area_text
from server.accounts import labels
from server.web import language
from server.web.votes_pages import lines

DAY, HOUR, MINUTE = 86_400_000, 3_600_000, 60_000

OPEN, AHEAD = ("open",), ("noticed",)
COUNTING = ("closed", "counted")
GROUPS = (
    ("open", OPEN),
    ("ahead", AHEAD),
    ("counting", COUNTING),
    ("posted", ("announced",)),
    ("done", ("final",)),
    ("off", ("withdrawn", "annulled")),
)
"""Under which heading a motion stands in the list, by its state; what can be done now stands first."""
TAGS = {
    "noticed": "info",
    "open": "live",
    "closed": "warn",
    "counted": "warn",
    "announced": "warn",
    "final": "ok",
    "withdrawn": "mute",
    "annulled": "bad",
}
RULES = (
    "notice_days",
    "window_least_days",
    "window_most_days",
    "paper",
    "platform",
    "announce_days",
    "posting_days",
    "extension",
)
STATIONS = ("noticed_at", "opens_at", "closes_at", "announced_at", "posted_until", "final_at")
"""The instants of a motion's course, in order."""

View = lines.View


def moment(lang: str, at: int) -> str:
    """A day with its hour, in words."""
    return f"{language.day(lang, at, year=True)} {language.clock(at)}"


def scope(view: View, lang: str) -> str:
    """Whose matter it is."""
    t = language.words(lang)
    house, stair = view["scope_building"], view["scope_stair"]
    if house is None:
        return t("votes-scope-whole")
    place = labels.building(house, lang)
    if stair is None:
        return t("votes-scope-place", place=place)
    steps = t("letters-stair", name=stair) if stair.isascii() and stair.isalnum() else stair
    return t("votes-scope-place", place=place + steps)


def left(lang: str, at: int, until: int) -> str:
    """How long something still lasts, rounded down: nobody is promised an hour that is not there."""
    t, ms = language.words(lang), max(0, until - at)
    for size, key in ((DAY, "votes-left-days"), (HOUR, "votes-left-hours")):
        if ms >= size:
            return t(key, n=ms // size)
    return t("votes-left-minutes", n=max(1, ms // MINUTE))


def standing(view: View, lang: str, at: int) -> str:
    """The one line that says what goes on: how long it is open, when it opens, until when it is posted."""
    t = language.words(lang)
    match view["state"]:
        case "open":
            return left(lang, at, view["closes_at"])
        case "noticed":
            return t("votes-opens-on", at=moment(lang, view["opens_at"]))
        case "announced":
            return t("votes-posted-until", at=moment(lang, view["posted_until"]))
        case "closed" | "counted":
            return t("votes-closed-on", at=moment(lang, view["closed_at"]))
    return ""


def stations(view: View, lang: str, at: int) -> list[dict[str, Any]]:
    """The course of a motion: what was, what is to come."""
    found = [
        {"name": name, "at": moment(lang, view[name]), "past": view[name] <= at}
        for name in STATIONS
        if view[name] is not None
    ]
    if view["extends_to"] is not None and view["extends_to"] != view["closes_at"]:
        later = {"name": "extends_to", "at": moment(lang, view["extends_to"]), "past": False}
        found.insert(sum(one["name"] in STATIONS[:3] for one in found), later)
    return found


def rules(view: View, lang: str) -> list[dict[str, str]]:
    """What the estate's rule set asks, and where each figure comes from; what nobody knows is said to be unknown."""
    return [_rule(name, view["rules"], lang) for name in RULES]


def _rule(name: str, held: View, lang: str) -> dict[str, str]:
    t, value = language.words(lang), held.get(name)
    if value is None:
        said = t("votes-rule-unknown")
    elif isinstance(value, bool):
        said = t(f"votes-rule-{'yes' if value else 'no'}")
    elif isinstance(value, int):
        said = t("votes-rule-days", n=value)
    else:
        said = t(f"votes-rule-{name}-{value}")
    return {"name": name, "value": said, "source": source(name, held, lang)}


def source(name: str, held: View, lang: str) -> str:
    """Where a figure comes from: in the reader's language where this release knows the set, else in its own words."""
    told = held.get("sources", {}).get(name, "")
    known = RULE_SETS.get(held["name"])
    if known is not None and told and known.sources.get(name) == told:
        return language.words(lang)(f"votes-source-{held['name']}-{name}")
    return str(told)


def result(view: View, round_: View) -> dict[str, Any]:
    """One count, ready to be drawn."""
    held = round_["result"]
    return {
        "number": str(round_["number"]),
        "outcome": outcome(view, held),
        "steps": lines.steps(view, held),
        "rows": lines.rows(held),
        "withheld": round_.get("withheld", False),
        "area": "participating_area" in held,
        "spoiled": _some(_spoiled(view, held)),
        "presumed": _some(held.get("presumed")),
        "presumed_as": held.get("presumed_as"),
        "digest": round_["digest"],
        "root": round_["root"],
        "signatures": round_["signatures"],
        "reason": round_["reason"],
        "at": round_["at"],
    }


def outcome(view: View, held: View) -> str:
    """The word for an outcome in the catalogues. What binds nobody is never called passed."""
    if held["outcome"] in {None, "no_quorum", "invalid_roster"}:
        return held["outcome"] or "poll"
    return f"{view['binding']}-{held['outcome']}"


def _spoiled(view: View, held: View) -> View | None:
    """The papers that were spoiled. Where they do not take part, they are what was returned and takes no part."""
    if view["policy"]["spoiled"] != "excluded" or "participating_area" not in held:
        return held.get("spoiled")
    presumed = held["presumed"]
    left = {
        count: lines.number(count, view["turnout"][count])
        - lines.number(count, held[f"participating_{count}"])
        + lines.number(count, presumed[count])
        for count in lines.COUNTS
    }
    return {"heads": left["heads"], "area": area_text(left["area"])}


def _some(told: View | None) -> View | None:
    return told if told and told["heads"] else None


def results(view: View) -> list[dict[str, Any]]:
    """Every count that was announced, the latest first."""
    return [result(view, one) for one in reversed(view["rounds"])]


def card(view: View, lang: str, at: int, estate: str) -> dict[str, Any]:
    """A motion as a list shows it."""
    counted = results(view)
    return {
        "id": view["id"],
        "title": view["title"],
        "state": view["state"],
        "tag": TAGS[view["state"]],
        "binding": view["binding"],
        "mode": view["mode"],
        "item": str(view["item"]),
        "estate": estate,
        "scope": scope(view, lang),
        "standing": standing(view, lang, at),
        "turnout": lines.turnout(view) if view["opened_at"] is not None else None,
        "latest": counted[0] if counted else None,
    }


def page(view: View, lang: str, at: int, estate: str) -> dict[str, Any]:
    """A motion as its own page shows it."""
    waits = view["waiting_for"] if view["state"] in {"noticed", "closed"} else []
    return card(view, lang, at, estate) | {
        "text": view["text"],
        "lines": view["text"].split("\n"),
        "item_class": view["item_class"],
        "class_warning": view["class_warning"],
        "quorum": lines.mark(lines.threshold(view["quorum"])),
        "approval": lines.mark(lines.threshold(view["approval"])),
        "missing": view["missing"],
        "permits": view["rules"].get("permits"),
        "waits": waits,
        "stations": stations(view, lang, at),
        "rules": rules(view, lang),
        "policy": view["policy"],
        "nonreturned_rule": view["nonreturned_rule"],
        "paper": view["paper"],
        "city_reference": view["city_reference"],
        "supervisors": view["supervisors"],
        "roster": view["roster"],
        "roster_version": str(view["roster_version"]),
        "root": view["root"],
        "digest": view["digest"],
        "heads": view["total"]["heads"],
        "area": view["total"]["area"],
        "closes": moment(lang, view["closes_at"]),
        "opens": moment(lang, view["opens_at"]),
        "channels": {name: str(n) for name, n in view["turnout"]["channels"].items() if n},
        "results": results(view),
        "recounting": view["recounting"],
        "posted": moment(lang, view["posted_until"]) if view["posted_until"] is not None else "",
        "kept": bool(view["rounds"]) and view["state"] != "counted" and not view["recounting"],
        "provisional": view["provisional"],
        "disputes": view["disputes"],
        "refused": view["refused"],
        "corrections": view["corrections"],
        "because": view["ended_because"],
        "document": view["document"],
    }
