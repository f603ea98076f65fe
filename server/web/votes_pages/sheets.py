"""What a paper-only assembly needs on paper: ballot papers, roster, service list, tally sheet. For the desk alone.

Names stand here in full, so each look is a line of the record before anything is drawn.
"""

from __future__ import annotations

from typing import Any

from meetings.docket import Delivery, Line, Motion
from meetings.docket.motions import roll_for, snapshot_of
from meetings.docket.roster import name_of
from meetings.kernel import Eye, Room
from meetings.tally import Head, Roll, area_text
from server.accounts import labels
from server.web import language
from server.web.votes_pages import lines, told

SHEETS = ("ballots", "roster", "service", "tally")
"""What can be printed, by the last part of its address."""
LONG = 240
"""A text of so many signs has a page of its own on every ballot paper; of a shorter one, two papers share a page."""

Drawn = dict[str, Any]


def drawn(room: Room, motion: Motion, what: str, lang: str, at: int, estate: str) -> Drawn:
    """What the template of a sheet draws."""
    view = motion.seen_by(Eye.STAFF)
    assert view is not None
    roll = roll_for(room, motion)
    held = room.get(Delivery, motion.id)
    served = held.units if held is not None else {}
    numbered = {line.number: line for line in snapshot_of(room, motion).lines}
    return {
        "what": what,
        "motion": told.page(view, lang, at, estate),
        "long": len(motion.asked.text) > LONG,
        "heads": [_head(head, numbered, served, lang) for head in roll.heads.values()],
        "units": [_unit(numbered[number], roll, lang) for number in roll.units] if what == "roster" else [],
        "quorum": needed(view, motion),
        "printed": told.moment(lang, at),
    }


def needed(view: lines.View, motion: Motion) -> dict[str, str]:
    """The smallest figures with which enough take part."""
    line = lines.threshold(view["quorum"])
    return {
        "heads": str(lines.least(line, motion.total_heads)),
        "area": area_text(lines.least(line, motion.total_area_c)),
    }


def _head(head: Head, numbered: dict[str, Line], served: dict[str, str], lang: str) -> Drawn:
    proofs = [served[unit.number] for unit in head.units if unit.number in served]
    return {
        "number": head.name,
        "units": [_place(numbered[unit.number], lang) for unit in head.units],
        "area": area_text(head.area_c),
        "owners": [name_of(owner) for owner in sorted(head.owners)],
        "elected": [name_of(owner) for owner in sorted(head.elected)],
        "served": proofs[0] if proofs else "",
    }


def _unit(line: Line, roll: Roll, lang: str) -> Drawn:
    return {
        "number": line.number,
        "place": _place(line, lang),
        "owners": [name_of(owner) for owner in line.owners],
        "elected": name_of(line.voter) if line.voter else "",
        "area": area_text(line.area_c) if line.area_c is not None else "",
        "basis": line.area_basis,
        "kind": line.kind,
        "status": line.status,
        "head": roll.head_of[line.number],
    }


def _place(line: Line, lang: str) -> str:
    """A unit in words: its number's last part is its room, where it has a building."""
    if not line.building:
        return line.number
    t, room = language.words(lang), line.number.rpartition("-")[2]
    stair = line.stair or ""
    steps = t("letters-stair", name=stair) if stair.isascii() and stair.isalnum() else stair
    return t("letters-unit", building=labels.building(line.building, lang), stair=steps, room=room)
