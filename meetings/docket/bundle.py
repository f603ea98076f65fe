"""An announced vote in one document that anybody can keep, and check without the server that made it.

It holds the frozen text and rules, the root of the roster and no line of it, the list of receipts or slips, and every
count. It never holds who chose what: that document is for the supervisors (`meetings.docket.document`).
"""

from __future__ import annotations

from collections import Counter
from typing import Any

import msgspec

from meetings.docket.ballots import code_of
from meetings.docket.counting import public_list
from meetings.docket.digests import digest_of, leaf_of, root_of
from meetings.docket.motions import OPTIONS, Motion
from meetings.kernel import Eye, Refused, Room
from meetings.tally import CIVIL_CODE, fraction_text, percent_text
from meetings.tally.exact import read_area

SHAPE = 1
"""Version of the document's shape: a field may be added, none changes its meaning."""
_PARTS = ("quorum", "agree", "against", "abstain")


def bundle_of(room: Room, motion: Motion) -> dict[str, Any]:
    """The document of an announced vote, sealed with its own digest. Refuses `not_open` before the announcement, and
    while a recount is under way: the list may be about to change.
    """
    if not motion.announced_rounds:
        raise Refused("not_open", why="vote_open")
    if motion.announced_rounds < len(motion.rounds) or motion.recounting is not None:
        raise Refused("not_open", why="recount")
    shown = motion.seen_by(Eye.PUBLIC) or {}
    told = {
        "shape": SHAPE,
        "record": room.record,
        "motion": motion.frozen,
        "digest": motion.digest,
        "list": public_list(room, motion),
        **{
            name: shown[name]
            for name in (
                "state noticed_at opened_at closed_at announced_at posted_until final_at supervisors total turnout "
                "refused corrections rounds disputes ended_because document"
            ).split()
        },
    }
    return told | {"seal": digest_of(told)}


def flaws_of(bundle: Any) -> list[str]:
    """What in a document does not agree with the rest of it, one line each; none: it is whole.

    Proves that list, counts and text belong together and that the outcome follows from the sums. Not that the sums
    are those of the ballots: that the supervisors signed for, and each owner finds their own receipt in the list.
    """
    try:
        return list(_flaws(bundle))
    except (KeyError, TypeError, ValueError, IndexError, AttributeError, ZeroDivisionError) as error:
        return [f"not such a document: {type(error).__name__} {error}"]


def _flaws(bundle: dict[str, Any]) -> list[str]:
    whole = {name: value for name, value in bundle.items() if name != "seal"}
    asked, rounds = bundle["motion"]["asked"], bundle["rounds"]
    found = [] if digest_of(whole) == bundle["seal"] else ["the seal is not the digest of the document"]
    if digest_of(bundle["motion"]) != bundle["digest"]:
        found.append("the digest is not that of the frozen motion")
    if (bundle["list"]["digest"], bundle["list"]["motion"]) != (bundle["digest"], bundle["motion"]["id"]):
        found.append("the list belongs to another motion")
    if not rounds:
        found.append("there is no count")
    anonymous = asked["mode"] == "anonymous"
    found += _slip_flaws(bundle) if anonymous else _receipt_flaws(bundle)
    if rounds and rounds[-1]["root"] != bundle["list"]["root"]:
        found.append("the last count was made from another list")
    for one in rounds:
        if one.get("withheld"):
            flaws = _withheld_flaws(bundle, one)
            found += [f"count {one['number']}: {flaw}" for flaw in flaws]
            continue
        flaws = _poll_flaws(one["result"]) if anonymous else _count_flaws(one["result"], asked["item"])
        found += [f"count {one['number']}: {flaw}" for flaw in flaws]
        told = (one["result"]["total_heads"], one["result"].get("total_area", bundle["total"]["area"]))
        if told != (bundle["total"]["heads"], bundle["total"]["area"]):
            found.append(f"count {one['number']}: the roster has other totals")
        if one["signatures"] < 2:
            found.append(f"count {one['number']}: fewer than two supervisors signed")
    return found


def _receipt_flaws(bundle: dict[str, Any]) -> list[str]:
    lines = bundle["list"]["receipts"]
    leaves = [one["leaf"] for one in lines]
    found = [
        f"{one['code']} is not the code of its leaf" for one in lines if code_of(one["leaf"]) != one["code"]
    ]
    if leaves != sorted(set(leaves)):
        found.append("the receipts are not sorted, or one stands twice")
    if root_of(leaves) != bundle["list"]["root"]:
        found.append("the root is not that of the receipts")
    counting = sum(one["counts"] for one in lines)
    if counting != bundle["turnout"]["heads"]:
        found.append(f"{counting} receipts count, {bundle['turnout']['heads']} heads cast")
    listed = {one["code"]: one["counts"] for one in lines}
    found += [
        f"the correction of {one['before']} is not in the list"
        for one in bundle["corrections"]
        if listed.get(one["before"]) is not False or one["after"] not in listed
    ]
    return found


def _slip_flaws(bundle: dict[str, Any]) -> list[str]:
    slips = bundle["list"]["slips"]
    names = [one["slip"] for one in slips]
    found = []
    if names != sorted(set(names)):
        found.append("the slips are not sorted, or one stands twice")
    if root_of([leaf_of(one) for one in slips]) != bundle["list"]["root"]:
        found.append("the root is not that of the slips")
    counts = Counter(one["choice"] for one in slips)
    for one in bundle["rounds"]:
        told = {choice: one["result"][f"{choice}_heads"] for choice in OPTIONS}
        if told != {choice: counts[choice] for choice in OPTIONS}:
            found.append(f"count {one['number']}: the sums are not those of the slips")
    return found


def _poll_flaws(result: dict[str, Any]) -> list[str]:
    found = [] if result["outcome"] is None else ["a poll has no outcome"]
    if sum(result[f"{choice}_heads"] for choice in OPTIONS) != result["participating_heads"]:
        found.append("the choices do not add up to those taking part")
    return found


def _count_flaws(result: dict[str, Any], item: int) -> list[str]:
    """Sums against shares, lines and outcome, as art. 278 has them."""
    if result["outcome"] == "invalid_roster":
        return []
    sums = {
        name: (read_area(result[f"{name}_area"]), result[f"{name}_heads"])
        for name in ("total", "participating", *OPTIONS)
    }
    found = []
    parts = dict(zip(_PARTS, (sums["participating"], *(sums[one] for one in OPTIONS)), strict=True))
    for name, part in parts.items():
        whole = sums["total"] if name == "quorum" else sums["participating"]
        if result["shares"][name] != _share(part, whole):
            found.append(f"the shares of {name} are not those of its sums")
    if result["item_class"] != CIVIL_CODE.class_of(item):
        found.append("the class is not that of the matter")
    line = CIVIL_CODE.approval(item)
    for place, unit in enumerate(("area", "heads")):
        taking, all_of, agree = (sums[name][place] for name in ("participating", "total", "agree"))
        if sum(sums[one][place] for one in OPTIONS) > taking or taking > all_of:
            found.append(f"the choices are more than those taking part, by {unit}")
        if result[f"quorum_{unit}_met"] != CIVIL_CODE.quorum.met(taking, all_of):
            found.append(f"whether enough took part is told wrongly, by {unit}")
        if result[f"approval_{unit}_met"] != line.met(agree, taking):
            found.append(f"whether enough agreed is told wrongly, by {unit}")
    if result["outcome"] != _outcome(result):
        found.append(f"the outcome {result['outcome']} does not follow")
    return found


def _withheld_flaws(bundle: dict[str, Any], one: dict[str, Any]) -> list[str]:
    """A count that a correction replaced: without sums, so that no difference tells one household's choice."""
    result, found = one["result"], []
    if not bundle["corrections"] or one is bundle["rounds"][-1]:
        found.append("its sums are withheld, and no correction replaced it")
    if any(name in result for name in ("total_heads", "shares", "agree_heads")):
        found.append("its sums are said to be withheld")
    if one["signatures"] < 2:
        found.append("fewer than two supervisors signed")
    if result["outcome"] != "invalid_roster":
        if result["item_class"] != CIVIL_CODE.class_of(bundle["motion"]["asked"]["item"]):
            found.append("the class is not that of the matter")
        if result["outcome"] != _outcome(result):
            found.append(f"the outcome {result['outcome']} does not follow")
    return found


def _share(part: tuple[int, int], whole: tuple[int, int]) -> dict[str, Any]:
    return {
        "area": fraction_text(part[0], whole[0], area=True),
        "heads": fraction_text(part[1], whole[1], area=False),
        "area_percent": percent_text(part[0], whole[0]),
        "heads_percent": percent_text(part[1], whole[1]),
    }


def _outcome(result: dict[str, Any]) -> str:
    taking_part = result["quorum_area_met"] and result["quorum_heads_met"]
    agreed = result["approval_area_met"] and result["approval_heads_met"]
    return ("passed" if agreed else "rejected") if taking_part else "no_quorum"


def read(raw: bytes) -> Any:
    """The document in these bytes. ValueError where they are no JSON."""
    try:
        return msgspec.json.decode(raw)
    except msgspec.DecodeError as error:
        raise ValueError(str(error)) from None
