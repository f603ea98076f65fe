"""A closed vote as a document of the tally (`tally-examples.json`): whoever holds it recounts the vote offline.

It names who chose what, and is for those who watch the count and for lawful requests. What everybody may have is
the list of receipts, which names neither.
"""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import msgspec

from meetings.docket.ballots import Held, Proxy, Urn, code_of, served_units, window_of
from meetings.docket.digests import canonical, leaf_of, root_of
from meetings.docket.motions import OPTIONS, Motion
from meetings.docket.words import ZONE
from meetings.kernel import Refused, Room
from meetings.tally import Tally, area_text, fraction_text, percent_text
from meetings.tally import document as tally_document
from meetings.tally.counting import Sums

_HERE = timezone(timedelta(milliseconds=ZONE))
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class OpenedSlip(msgspec.Struct, frozen=True):
    """A slip of an anonymous poll, opened: its name and its choice."""

    slip: str
    choice: str


class Opening(msgspec.Struct, frozen=True):
    """What a ballot chose, and the nonce with which anybody checks that it had committed to that."""

    ballot: str
    choice: str
    nonce: str


def stamp(at: int) -> str:
    """An instant (ms) with its offset, to the millisecond: 2026-05-16T21:15:00.000+08:00."""
    moment = _EPOCH + timedelta(milliseconds=at)
    return moment.astimezone(_HERE).isoformat(timespec="milliseconds")


def document_of(room: Room, motion: Motion, openings: dict[str, Opening]) -> dict[str, Any]:
    """The whole vote, ready for `python3 -m server tally`. Refuses `not_open` while a ballot is sealed."""
    urn = room.need(Urn, motion.id)
    if any(own_id not in openings for own_id in urn.held):
        raise Refused("not_open", why="sealed")
    held = [one for one in urn.held.values() if one.id not in urn.corrected]
    window = window_of(motion)
    told = {
        "id": motion.id,
        "title": motion.asked.title,
        "item": motion.asked.item,
        "policy": msgspec.to_builtins(motion.asked.policy),
        "window": {"open": stamp(window.open), "close": stamp(window.close)},
        "units": [_unit(line.told()) for line in urn.lines.values()],
        "ballots": [
            {"unit": one.unit, "by": one.by, "choice": openings[one.id].choice, "at": stamp(one.at)}
            for one in held
        ],
        "authorisations": _letters(room, held),
        "served_units": list(served_units(room, motion.id)),
        "scope_building": motion.asked.scope_building,
        "scope_stair": motion.asked.scope_stair,
    }
    return {name: value for name, value in told.items() if value is not None}


def _unit(told: dict[str, Any]) -> dict[str, Any]:
    """A unit as the document writes it; the basis of its area is the roster's matter."""
    return {name: value for name, value in told.items() if name != "area_basis"}


def _letters(room: Room, held: list[Held]) -> list[dict[str, Any]]:
    """The letters ballots were cast with: those that were good at that moment."""
    used = dict.fromkeys(one.proxy for one in held if one.proxy is not None)
    return [msgspec.to_builtins(room.need(Proxy, own_id).given()) for own_id in used]


def tally_of(told: dict[str, Any]) -> Tally:
    """The count of a document, made by the very reader everybody uses."""
    (case,) = tally_document.read(canonical(told))
    return case.count()


def result_of(told: dict[str, Any]) -> dict[str, Any]:
    """What is announced: sums, verdicts, exact fractions and percentages; no ballot and no unit."""
    (case,) = tally_document.read(canonical(told))
    tally = case.count()
    answer = tally_document.answer(case, tally)
    del answer["id"], answer["rejected_ballots"]
    if tally.outcome == "invalid_roster":
        return answer
    return answer | {
        "spoiled": {"area": area_text(tally.spoiled.area_c), "heads": tally.spoiled.heads},
        "presumed": {"area": area_text(tally.presumed.area_c), "heads": tally.presumed.heads},
        "presumed_as": tally.presumed_as,
        "shares": {
            "quorum": _shares(tally.participating, tally.total),
            "agree": _shares(tally.agree, tally.participating),
            "against": _shares(tally.against, tally.participating),
            "abstain": _shares(tally.abstain, tally.participating),
        },
    }


def _shares(part: Sums, whole: Sums) -> dict[str, Any]:
    """Both shares of one line: the fraction is exact, the percentage is for the eye."""
    return {
        "area": fraction_text(part.area_c, whole.area_c, area=True),
        "heads": fraction_text(part.heads, whole.heads, area=False),
        "area_percent": percent_text(part.area_c, whole.area_c),
        "heads_percent": percent_text(part.heads, whole.heads),
    }


def poll_document(motion: Motion, slips: tuple[OpenedSlip, ...]) -> dict[str, Any]:
    """An anonymous poll as a document: the slips by their names, and nothing else there is to know."""
    told = [msgspec.to_builtins(one) for one in sorted(slips, key=lambda one: one.slip)]
    return {"id": motion.id, "title": motion.asked.title, "mode": motion.asked.mode, "slips": told}


def poll_result(motion: Motion, slips: tuple[OpenedSlip, ...]) -> dict[str, Any]:
    """The sums of an anonymous poll: heads by choice. It has no threshold and no outcome."""
    choices = Counter(one.choice for one in slips)
    return {
        "outcome": None,
        "total_heads": motion.total_heads,
        "participating_heads": len(slips),
        **{f"{choice}_heads": choices[choice] for choice in OPTIONS},
    }


def slips_of(motion: Motion, slips: tuple[OpenedSlip, ...]) -> dict[str, Any]:
    """The public list of an anonymous poll: every slip with its choice, by its name, and the root over them."""
    told = poll_document(motion, slips)["slips"]
    return {
        "motion": motion.id,
        "digest": motion.digest,
        "root": root_of([leaf_of(one) for one in told]),
        "slips": told,
    }


def receipts_of(room: Room, motion: Motion) -> dict[str, Any]:
    """The public list: the code and leaf of every ballot, sorted so that it tells no order; and their root.

    Ballots that were replaced stand in it as such. Refuses `not_open` until the vote has closed: a growing list
    would tell when each was cast.
    """
    urn = room.get(Urn, motion.id)
    if urn is None or motion.closed_at is None or motion.asked.mode == "anonymous":
        raise Refused("not_open", why="vote_open")
    standing = set(urn.standing.values())
    found = sorted(
        (
            {"leaf": one.leaf, "code": code_of(one.leaf), "counts": one.id in standing}
            for one in urn.held.values()
        ),
        key=lambda one: str(one["leaf"]),
    )
    return {
        "motion": motion.id,
        "digest": motion.digest,
        "root": root_of([str(one["leaf"]) for one in found]),
        "receipts": found,
    }
