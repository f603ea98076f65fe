"""Who counts, who may cast, what is added: each reading of the law in one sentence."""

import ast
from pathlib import Path

import pytest

import meetings.tally
from meetings.tally import (
    CIVIL_CODE,
    Authorisation,
    Ballot,
    BallotBox,
    Flaw,
    Policy,
    Refusal,
    Scope,
    Sums,
    Unit,
    Window,
    area_text,
    count,
    fraction_text,
    percent_text,
    read_area,
    roll_of,
)

LAST = Policy(revote="last")


def flat(number, *owners, area_c=100_00, **more):
    return Unit(number, area_c, owners or (f"owner {number}",), **more)


def flats(many, first=0, **more):
    return [flat(f"{number}", **more) for number in range(first, first + many)]


def says(choice, *units):
    return [Ballot(unit, f"owner {unit}", choice) for unit in units]


def paper(unit, principal, agent, kind="proxy", *, written=True):
    return Authorisation(unit, principal, agent, kind, written)


def reasons(tally):
    return [(one.index, one.reason) for one in tally.refused]


def box(units, *, policy=None, authorisations=()):
    policy = policy or Policy()
    return BallotBox(roll_of(tuple(units), policy, Scope()), policy, None, authorisations)


# Heads


def test_two_developers_are_two_heads():
    units = [flat("1", status="unsold", developer="甲公司"), flat("2", status="unsold", developer="乙公司")]
    assert count(4, units, []).total == Sums(200_00, 2)


def test_a_flat_the_developer_keeps_joins_those_it_has_not_sold():
    units = [
        flat("1", "buyer", status="sold_undelivered", developer="甲公司"),
        flat("2", "甲公司"),
        flat("3"),
    ]
    tally = count(4, units, [Ballot("2", "甲公司", "agree")])
    assert (tally.total.heads, tally.agree) == (2, Sums(200_00, 1))


def test_one_alone_and_the_same_with_a_spouse_are_two_heads():
    assert count(4, [flat("1", "夫"), flat("2", "夫", "妻"), flat("3", "妻", "夫")], []).total.heads == 2


def test_flats_whose_owner_nobody_knows_stay_heads_of_their_own_and_nobody_votes_for_them():
    units = [Unit("1", 100_00, ()), Unit("2", 100_00, ()), flat("3")]
    tally = count(4, units, [Ballot("1", "", "agree"), *says("agree", "3")])
    assert tally.total.heads == 3
    assert reasons(tally) == [(0, "not_owner")]


def test_an_owner_of_two_buildings_counts_in_one_with_what_lies_there():
    units = [flat("1", "甲", building="1"), flat("2", "甲", building="2", area_c=900_00)]
    tally = count(7, units, [Ballot("1", "甲", "agree")], scope=Scope("1"))
    assert tally.total == tally.agree == Sums(100_00, 1)


def test_a_matter_of_one_stairway_is_for_its_owners():
    units = [flat(f"{stair}{n}", building="1", stair=stair) for stair in "12" for n in range(3)]
    tally = count(7, units, says("agree", "10", "11", "12", "20"), scope=Scope("1", "1"))
    assert tally.total.heads == 3
    assert tally.outcome == "passed"
    assert reasons(tally) == [(3, "unit_not_in_scope")]


def test_what_does_not_count_cannot_spoil_the_roster():
    units = [flat("1", building="1"), flat("2", building="2", area_c=None)]
    assert count(4, units, [], scope=Scope("1")).outcome == "no_quorum"
    assert count(4, [flat("1"), flat("P", area_c=None, kind="parking")], []).outcome == "no_quorum"


@pytest.mark.parametrize(
    ("units", "flaw"),
    [
        ([flat("1"), flat("2", area_c=None)], Flaw("area_unknown", "2")),
        ([flat("1"), flat("2", area_c=-1)], Flaw("area_negative", "2")),
        ([flat("1"), flat("1", "another")], Flaw("unit_twice", "1")),
        ([flat("1", "夫", "妻", voter="子")], Flaw("voter_not_owner", "1")),
        ([flat("1", area_c=0)], Flaw("no_area")),
        ([], Flaw("no_area")),
    ],
)
def test_a_roster_with_a_flaw_is_not_counted(units, flaw):
    tally = count(4, units, [Ballot("1", "nobody", "agree")])
    assert tally.outcome == "invalid_roster"
    assert tally.flaws == (flaw,)
    assert (tally.total, tally.refused, tally.counted) == (Sums(), (), ())


# Who may cast


def test_a_tenant_may_not_vote_and_with_a_letter_votes_for_the_owner():
    ballot = [Ballot("1", "tenant", "agree")]
    assert reasons(count(4, [flat("1")], ballot)) == [(0, "not_owner")]
    assert count(4, [flat("1")], ballot, authorisations=[paper("1", "owner 1", "tenant")]).agree.heads == 1


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ([paper("1", "夫", "agent")], None),
        ([paper("2", "夫", "agent")], None),
        ([paper("1", "妻", "agent")], "not_representative"),
        ([paper("1", "夫", "agent", written=False)], "no_written_authorisation"),
        ([paper("1", "夫", "agent", "guardian", written=False)], "no_written_authorisation"),
        ([paper("1", "妻", "agent"), paper("1", "夫", "agent", written=False)], "not_representative"),
        ([paper("1", "夫", "agent", written=False), paper("1", "夫", "agent")], None),
        ([paper("3", "owner 3", "agent")], "not_owner"),
        ([paper("1", "stranger", "agent")], "not_owner"),
        ([paper("1", "夫", "cousin"), paper("1", "cousin", "agent")], "not_owner"),
        ([paper("nowhere", "夫", "agent")], "not_owner"),
    ],
)
def test_an_agent_stands_where_the_representative_put_it_in_writing(given, reason):
    units = [flat("1", "夫", "妻", voter="夫"), flat("2", "夫", "妻"), flat("3")]
    assert box(units, authorisations=given).take(0, Ballot("1", "agent", "agree")) == reason


def test_a_wife_with_her_husbands_letter_votes_as_his_agent():
    units = [flat("1", "夫", "妻", voter="夫")]
    assert box(units).take(0, Ballot("1", "妻", "agree")) == "not_representative"
    assert box(units, authorisations=[paper("1", "夫", "妻")]).take(0, Ballot("1", "妻", "agree")) is None


def test_who_was_elected_for_one_flat_of_a_head_votes_for_the_others_too():
    units = [flat("1", "夫", "妻", voter="夫"), flat("2", "夫", "妻")]
    assert box(units).take(0, Ballot("2", "妻", "agree")) == "not_representative"
    assert box(units).take(0, Ballot("2", "夫", "agree")) is None


def test_where_a_head_elected_two_each_votes_with_their_flat_and_the_first_stands():
    units = [flat("1", "夫", "妻", voter="夫"), flat("2", "夫", "妻", voter="妻")]
    taken = box(units, policy=LAST)
    assert taken.take(0, Ballot("1", "妻", "agree")) == "not_representative"
    assert taken.take(1, Ballot("2", "妻", "agree")) is None
    assert taken.take(2, Ballot("1", "夫", "against")) == "not_representative"


def test_where_ballots_may_be_changed_another_co_owner_still_does_not_overwrite():
    units = [flat("1", "兄", "弟")]
    ballots = [
        Ballot("1", who, choice) for who, choice in (("兄", "agree"), ("弟", "against"), ("兄", "abstain"))
    ]
    tally = count(4, units, ballots, policy=LAST)
    assert tally.abstain.heads == 1
    assert tally.counted == (2,)
    assert reasons(tally) == [(1, "not_representative")]


def test_an_agent_of_two_brothers_binds_neither_more_than_was_said():
    given = [paper("1", "兄", "agent"), paper("1", "弟", "agent")]
    taken = box([flat("1", "兄", "弟", "妹")], policy=LAST, authorisations=given)
    assert taken.take(0, Ballot("1", "agent", "agree")) is None
    assert taken.take(1, Ballot("1", "妹", "against")) == "not_representative"
    assert taken.take(2, Ballot("1", "弟", "against")) is None
    assert taken.take(3, Ballot("1", "兄", "agree")) == "not_representative"


def test_a_refused_ballot_takes_no_place():
    tally = count(
        4, [flat("1")], [Ballot("1", "tenant", "against"), *says("agree", "1"), *says("against", "1")]
    )
    assert tally.refused == (Refusal(0, "not_owner"), Refusal(2, "duplicate"))
    assert tally.counted == (1,)


def test_the_second_flat_of_an_owner_brings_no_second_ballot():
    units = [flat("1", "甲"), flat("2", "甲")]
    tally = count(4, units, [Ballot("1", "甲", "agree"), Ballot("2", "甲", "against")])
    assert tally.agree == Sums(200_00, 1)
    assert reasons(tally) == [(1, "duplicate")]


def test_a_letter_of_one_who_was_not_elected_is_refused_even_if_only_spoken():
    spoken = [paper("1", "妻", "agent", written=False)]
    taken = box([flat("1", "夫", "妻", voter="夫")], authorisations=spoken)
    assert taken.take(0, Ballot("1", "agent", "agree")) == "not_representative"


def test_a_ballot_with_several_faults_is_refused_for_the_first_that_is_looked_for():
    window = Window(10, 20)
    ballots = [
        Ballot("9", "tenant", "agree", 5),
        Ballot("1", "tenant", "agree", 5),
        Ballot("1", "tenant", "agree", 15),
    ]
    tally = count(4, [flat("1")], ballots, window=window)
    assert [one.reason for one in tally.refused] == ["unit_not_in_scope", "before_open", "not_owner"]


@pytest.mark.parametrize(("at", "reason"), [(9, "before_open"), (10, None), (20, None), (21, "after_close")])
def test_the_window_holds_both_its_ends(at, reason):
    roll = roll_of((flat("1"),), Policy(), Scope())
    assert BallotBox(roll, Policy(), Window(10, 20)).take(0, Ballot("1", "owner 1", "agree", at)) == reason


# What is added


@pytest.mark.parametrize(
    ("line", "part", "whole", "met"),
    [
        ("quorum", 2, 3, True),
        ("quorum", 6666_66, 10000_00, False),
        ("quorum", 12 * 66_66, 18 * 66_66, True),
        ("quorum", 2 * 10**30 - 1, 3 * 10**30, False),
        ("general", 1, 2, False),
        ("general", 10**30 + 1, 2 * 10**30, True),
        ("special", 3, 4, True),
        ("special", 3 * 10**30 - 1, 4 * 10**30, False),
        ("special", 0, 0, False),
        ("quorum", 0, 0, False),
    ],
)
def test_the_lines_of_the_code(line, part, whole, met):
    assert getattr(CIVIL_CODE, line).met(part, whole) is met


def test_raising_the_fund_needs_more_than_using_it():
    ballots = [*says("agree", *"0123456"), *says("against", *"789")]
    assert count(5, flats(10), ballots).outcome == "passed"
    assert count(6, flats(10), ballots).outcome == "rejected"


@pytest.mark.parametrize("item", [0, 10, -1])
def test_there_is_no_tenth_matter(item):
    with pytest.raises(ValueError, match="nine matters"):
        count(item, [flat("1")], [])


def test_a_spoiled_paper_was_cast_and_is_not_taken_for_silence():
    follow = Policy(nonreturned="served_follows_majority")
    ballots = [*says("agree", "0"), *says("spoiled", "1"), *says("agree", "1")]
    tally = count(4, flats(3), ballots, policy=follow, served_units=["1", "2"])
    assert reasons(tally) == [(2, "duplicate")]
    assert (tally.presumed, tally.presumed_as, tally.participating.heads) == (Sums(100_00, 1), "agree", 2)


@pytest.mark.parametrize(
    ("agree", "against", "abstain", "presumed_as"),
    [
        ("012", "3", "", "agree"),
        ("0", "123", "", "against"),
        ("01", "23", "", "abstain"),
        ("", "", "0123", "abstain"),
        ("0", "", "123", "agree"),
        ("", "", "", "abstain"),
    ],
)
def test_silent_heads_that_were_served_follow_the_larger_side_and_none_where_they_tie(
    agree, against, abstain, presumed_as
):
    follow = Policy(nonreturned="served_follows_majority")
    ballots = [*says("agree", *agree), *says("against", *against), *says("abstain", *abstain)]
    tally = count(4, flats(6), ballots, policy=follow, served_units=["4", "nowhere"])
    assert tally.presumed_as == presumed_as
    assert tally.presumed == Sums(100_00, 1)
    assert getattr(tally, presumed_as).heads >= 1
    assert tally.participating.heads == len(ballots) + 1


def test_a_majority_by_heads_alone_is_followed_by_nobody():
    follow = Policy(nonreturned="served_follows_majority")
    units = [flat("0", area_c=200_00), *flats(3, first=1)]
    ballots = [*says("against", "0"), *says("agree", "1", "2")]
    assert count(4, units, ballots, policy=follow, served_units=["3"]).presumed_as == "abstain"


def test_a_paper_that_reached_one_flat_of_an_owner_reached_the_owner():
    units = [flat("1", "甲"), flat("2", "甲"), flat("3")]
    served = Policy(nonreturned="served_participates")
    assert count(4, units, [], policy=served, served_units=["2"]).abstain == Sums(200_00, 1)


def test_a_head_whose_ballot_was_refused_is_silent():
    served = Policy(nonreturned="served_participates")
    tally = count(4, flats(2), [Ballot("0", "tenant", "agree")], policy=served, served_units=["0"])
    assert tally.presumed == tally.abstain == Sums(100_00, 1)


# In writing


@pytest.mark.parametrize(
    ("text", "area_c"), [("89.36", 8936), ("89.3", 8930), ("89", 8900), ("0.01", 1), ("007.50", 750)]
)
def test_areas_are_read_exactly(text, area_c):
    assert read_area(text) == area_c


@pytest.mark.parametrize(
    "text",
    [
        "",
        ".5",
        "5.",
        "89.123",
        "-1",
        "+1",
        "1,089.5",
        "89.12㎡",
        "８９.１２",
        "1e3",
        "NaN",
        " 1",
        "1\n",
        "1_0",
        "9" * 13,
    ],
)
def test_what_is_no_area_is_not_guessed(text):
    with pytest.raises(ValueError, match="is no area"):
        read_area(text)


@pytest.mark.parametrize(
    ("part", "whole", "text"),
    [
        (2, 3, "66.67%"),
        (39, 52, "75.00%"),
        (1, 3, "33.33%"),
        (1, 20_000, "0.01%"),
        (1, 20_001, "0.00%"),
        (0, 5, "0.00%"),
        (5, 5, "100.00%"),
        (0, 0, None),
    ],
)
def test_percentages_have_two_decimals_and_round_halves_up(part, whole, text):
    assert percent_text(part, whole) == text


def test_the_exact_share_stands_in_full():
    assert area_text(5) == "0.05"
    assert fraction_text(4386_34, 6424_49, area=True) == "4386.34/6424.49"
    assert fraction_text(38, 52, area=False) == "38/52"


def inexact(tree):
    """What could bring a number that is not exact into the count."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, float | complex):
            yield f"line {node.lineno}: {node.value}"
        if isinstance(node, ast.BinOp | ast.AugAssign) and isinstance(node.op, ast.Div):
            yield f"line {node.lineno}: division"
        name = getattr(node, "id", getattr(node, "attr", None))
        names = [name, *(alias.name for alias in getattr(node, "names", []) if isinstance(alias, ast.alias))]
        if {"float", "round", "math", "numpy", "statistics", "fsum", "total_seconds", "timestamp"} & set(
            names
        ):
            yield f"line {node.lineno}: {names}"


def test_nothing_in_the_tally_is_a_float():
    files = sorted(Path(meetings.tally.__file__).parent.glob("*.py"))
    assert len(files) >= 6
    assert not {
        file.name: found for file in files if (found := [*inexact(ast.parse(file.read_text("utf-8")))])
    }


@pytest.mark.parametrize(
    "line", ["x = 0.5", "x = a / b", "x /= 2", "x = float(y)", "import math", "from math import fsum"]
)
def test_a_float_would_be_found(line):
    assert [*inexact(ast.parse(line))]
