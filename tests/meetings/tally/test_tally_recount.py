"""The count against the law counted slowly: votes made up by lot, many of them upon the very lines."""

import json
from collections import Counter
from pathlib import Path

import pytest

from meetings.tally import Unit, document, percent_text
from meetings.tally.counting import count
from tests.crowd import recount
from tests.meetings.tally.by_law import by_law
from tests.meetings.tally.votes import vote

HERE = Path(__file__).parent
EXAMPLES = json.loads((HERE / "examples.json").read_text("utf-8"))["vectors"]
VOTES = 1_500


def counted(made):
    (case,) = document.read(json.dumps(made).encode())
    tally = case.count()
    return tally, document.answer(case, tally)


@pytest.mark.parametrize("example", EXAMPLES, ids=[one["id"] for one in EXAMPLES])
def test_each_example_is_counted_as_it_says(example):
    assert counted(example)[1] == {"id": example["id"], **example["expect"]}


@pytest.mark.parametrize("example", EXAMPLES, ids=[one["id"] for one in EXAMPLES])
def test_the_slow_count_agrees_with_each_example(example):
    """Otherwise two counts could be wrong alike."""
    assert by_law(example) == example["expect"]


def test_the_count_is_that_of_the_law():
    assert recount.differences(range(VOTES)) == []


def test_the_votes_made_up_stand_upon_every_line_and_meet_every_reason():
    """A suite that never comes near a line proves nothing about it."""
    near, met = Counter(), Counter()
    for seed in range(VOTES):
        tally, answer = counted(vote(seed))
        met.update([answer["outcome"], tally.presumed_as])
        met.update(one["reason"] for one in answer["rejected_ballots"])
        met.update(flaw.code for flaw in tally.flaws)
        for kind in ("area_c", "heads"):
            total, there, agree = (getattr(s, kind) for s in (tally.total, tally.participating, tally.agree))
            if total:
                near[("quorum", kind, 3 * there - 2 * total)] += 1
            if there:
                over = 2 * agree - there if tally.item_class == "general" else 4 * agree - 3 * there
                near[(tally.item_class, kind, over)] += 1
    lines = [(line, kind) for line in ("quorum", "general", "special") for kind in ("area_c", "heads")]
    assert not [(*line, by) for line in lines for by in (-1, 0, 1) if not near[(*line, by)]]
    assert not {
        *("passed", "rejected", "no_quorum", "invalid_roster", "agree", "against", "abstain"),
        *("unit_not_in_scope", "before_open", "after_close", "not_owner", "not_representative"),
        *(
            "no_written_authorisation",
            "duplicate",
            "area_unknown",
            "unit_twice",
            "voter_not_owner",
            "no_area",
        ),
    } - {*met}


def test_what_holds_of_every_tally():
    """Sums add up; nothing passes but by four yeses; every ballot is counted, refused or replaced."""
    for seed in range(400):
        made = vote(seed)
        tally, answer = counted(made)
        sides = tally.agree + tally.against + tally.abstain + tally.spoiled
        assert sides == tally.participating
        met = [value for name, value in answer.items() if name.endswith("_met")]
        assert (tally.outcome == "passed") == (len(met) == 4 and all(met))
        fates = [*tally.counted, *(one.index for one in tally.refused)]
        assert len(fates) == len(set(fates)) <= len(made["ballots"])
        if made.get("policy", {}).get("revote") != "last" and not tally.flaws:
            assert len(fates) == len(made["ballots"])


def test_the_order_of_the_roster_and_a_weight_in_a_ballot_change_nothing():
    for seed in range(200):
        made = vote(seed)
        first = counted(made)[1]
        made["units"] = made["units"][::-1]
        made["ballots"] = [{**ballot, "weight": "9999.99", "area": "9999.99"} for ballot in made["ballots"]]
        assert counted(made)[1] == first


def test_a_rounded_percentage_is_never_what_is_compared():
    """Just below two thirds of an estate so large that no number of decimals shown would tell."""
    third = 333_333_333_333
    units = [Unit(f"{n}", area, (f"owner {n}",)) for n, area in enumerate((third, third, third + 1))]
    ballots = [document.Ballot(f"{n}", f"owner {n}", "agree") for n in range(2)]
    tally = count(4, units, ballots)
    assert not tally.quorum_area_met
    assert percent_text(tally.participating.area_c, tally.total.area_c) == "66.67%"
