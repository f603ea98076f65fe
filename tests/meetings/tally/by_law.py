"""The law counted slowly, on the document as it is written: fractions of m², every unit compared with every other.

Written from art. 278 and 1259 of the Civil Code, art. 8 and 9 of the interpretation on unit ownership and the
readings of docs/decisions/0060-tally.md. Imports nothing of the council: two counts that share code agree for free.
"""

from datetime import datetime
from fractions import Fraction

REFUSED_FOR = [
    "unit_not_in_scope",
    "before_open",
    "after_close",
    "not_owner",
    "not_representative",
    "no_written_authorisation",
]


def holders(unit):
    """Whose the vote of a unit is."""
    if unit.get("status", "delivered") == "delivered":
        return set(unit["owners"])
    return {unit["developer"]}


def concerned(vote):
    """Units whose owners decide."""
    units = vote["units"]
    if vote.get("scope_building") is not None:
        units = [unit for unit in units if unit.get("building") == vote["scope_building"]]
    if vote.get("scope_stair") is not None:
        units = [unit for unit in units if unit.get("stair") == vote["scope_stair"]]
    if not vote.get("policy", {}).get("count_parking", False):
        units = [unit for unit in units if unit.get("kind") != "parking"]
    return units


def cannot_be_counted(vote, units):
    numbers = [unit["unit"] for unit in vote["units"]]
    if any(numbers.count(number) != 1 for number in numbers):
        return True
    if any(unit["area"] is None for unit in units):
        return True
    for unit in units:
        settled = unit.get("status", "delivered") == "delivered"
        if settled and unit.get("voter") and unit["voter"] not in unit["owners"]:
            return True
    return sum(Fraction(unit["area"]) for unit in units) == 0


def persons(units):
    """Lists of units that count as one person: one unit is one, the same holders of several are one."""
    found = []
    for unit in units:
        for person in found:
            if holders(unit) and holders(person[0]) == holders(unit):
                person.append(unit)
                break
        else:
            found.append([unit])
    return found


def may_decide_for(person, unit):
    """Those of its owners who may vote: the elected one, or anybody where none was elected."""
    everyone = holders(unit)
    if unit.get("voter") in everyone:
        return {unit["voter"]}
    chosen = {other["voter"] for other in person if other.get("voter") in everyone}
    return chosen or everyone


def reasons_against(vote, ballot, person, unit):
    """Every reason for which a ballot is refused, whatever was cast before it; and in whose name it may stand."""
    reasons = set()
    if "window" in vote:
        at = datetime.fromisoformat(ballot["at"])
        if at < datetime.fromisoformat(vote["window"]["open"]):
            reasons.add("before_open")
        if datetime.fromisoformat(vote["window"]["close"]) < at:
            reasons.add("after_close")
    if person is None:
        return reasons | {"unit_not_in_scope"}, set()
    flats = [flat["unit"] for flat in person]
    papers = [
        paper
        for paper in vote.get("authorisations", [])
        if paper["agent"] == ballot["by"] and paper["unit"] in flats and paper["principal"] in holders(unit)
    ]
    # Each way in which this somebody could stand for an owner, and what is wrong with it.
    ways = {(paper["principal"], paper["written"]) for paper in papers}
    if ballot["by"] in holders(unit):
        ways.add((ballot["by"], True))
    good = {owner for owner, written in ways if written and owner in may_decide_for(person, unit)}
    if not ways:
        reasons.add("not_owner")
    elif not good:
        if any(owner not in may_decide_for(person, unit) for owner, _ in ways):
            reasons.add("not_representative")
        else:
            reasons.add("no_written_authorisation")
    return reasons, good


def sort_ballots(vote, people):
    """What stands for each person, by its place in the list; and the refused ballots."""
    stands, spoken_for, refused = {}, {}, []
    for index, ballot in enumerate(vote["ballots"]):
        at_home = [
            (place, unit)
            for place, person in enumerate(people)
            for unit in person
            if unit["unit"] == ballot["unit"]
        ]
        place, unit = at_home[0] if at_home else (None, None)
        reasons, good = reasons_against(vote, ballot, None if place is None else people[place], unit)
        if reasons:
            refused.append({"index": index, "reason": min(reasons, key=REFUSED_FOR.index)})
        elif place not in stands:
            stands[place], spoken_for[place] = ballot["choice"], good
        elif vote.get("policy", {}).get("revote", "reject") == "reject":
            refused.append({"index": index, "reason": "duplicate"})
        elif good.isdisjoint(spoken_for[place]):
            refused.append({"index": index, "reason": "not_representative"})
        else:
            stands[place], spoken_for[place] = ballot["choice"], good & spoken_for[place]
    return stands, refused


def m2(person):
    return sum((Fraction(unit["area"]) for unit in person), Fraction(0))


def add_the_silent(vote, people, stands):
    """Persons who returned nothing, where the estate's rules let them take part."""
    rule = vote.get("policy", {}).get("nonreturned", "absent")
    if rule == "absent":
        return {}
    area = {choice: Fraction(0) for choice in ("agree", "against", "abstain", "spoiled")}
    heads = dict.fromkeys(area, 0)
    for place, choice in stands.items():
        area[choice] += m2(people[place])
        heads[choice] += 1
    side = "abstain"
    if rule == "served_follows_majority":
        for one, other in (("agree", "against"), ("against", "agree")):
            if area[one] > area[other] and heads[one] > heads[other]:
                side = one
    reached = set(vote.get("served_units", []))
    return {
        place: side
        for place, person in enumerate(people)
        if place not in stands and any(unit["unit"] in reached for unit in person)
    }


def written(area):
    """m² with two decimals, as the answer has them."""
    hundredths = area * 100
    assert hundredths.denominator == 1
    return f"{hundredths.numerator // 100}.{hundredths.numerator % 100:02d}"


def by_law(vote):
    """What `expect` of a vote must say."""
    special = vote["item"] in {6, 7, 8}
    answer = {"item_class": "special" if special else "general"}
    units = concerned(vote)
    if cannot_be_counted(vote, units):
        return answer | {"outcome": "invalid_roster", "rejected_ballots": []}
    people = persons(units)
    stands, refused = sort_ballots(vote, people)
    stands |= add_the_silent(vote, people, stands)
    if vote.get("policy", {}).get("spoiled", "excluded") == "excluded":
        stands = {place: choice for place, choice in stands.items() if choice != "spoiled"}
    groups = {"total": people, "participating": [people[place] for place in stands]}
    for side in ("agree", "against", "abstain"):
        groups[side] = [people[place] for place, choice in stands.items() if choice == side]
    area = {name: sum(map(m2, group), Fraction(0)) for name, group in groups.items()}
    heads = {name: Fraction(len(group)) for name, group in groups.items()}
    for name in groups:
        answer[f"{name}_area"] = written(area[name])
        answer[f"{name}_heads"] = int(heads[name])
    for kind, sums in (("area", area), ("heads", heads)):
        taking_part = sums["participating"]
        answer[f"quorum_{kind}_met"] = taking_part / sums["total"] >= Fraction(2, 3)
        if taking_part == 0:
            enough = False
        elif special:
            enough = sums["agree"] / taking_part >= Fraction(3, 4)
        else:
            enough = sums["agree"] / taking_part > Fraction(1, 2)
        answer[f"approval_{kind}_met"] = enough
    if not (answer["quorum_area_met"] and answer["quorum_heads_met"]):
        answer["outcome"] = "no_quorum"
    else:
        both = answer["approval_area_met"] and answer["approval_heads_met"]
        answer["outcome"] = "passed" if both else "rejected"
    return answer | {"rejected_ballots": refused}
