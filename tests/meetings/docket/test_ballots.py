"""Ballots: whose, when, once; on a phone, on paper, with a letter; and what of them anybody may know."""

import msgspec
import pytest

from meetings import Eye
from meetings.docket.ballots import Receipt, code_of, commitment_of, leaf_of_ballot
from meetings.docket.digests import root_of
from meetings.docket.document import receipts_of
from tests.meetings.cast import DAY, uid
from tests.meetings.docket.assembly import (
    AGENT,
    CHAIR,
    CLERK,
    CLOSES,
    MOTION,
    ONE,
    OPENS,
    OTHER,
    OWNER,
    SECRETARY,
    UNIT,
    Assembly,
    letter,
    line,
    nine,
)


def couple(**fields):
    """A flat of two, and eight others; both have proved it."""
    return [line(UNIT, 10_000, "马志成", "纳秀芳", **fields), *nine()[1:]]


# On a phone


def test_a_ballot_is_cast_once_and_sent_again_without_harm():
    held = Assembly().open()
    told = held.ballot(UNIT)
    held.given(OWNER, "ballot.cast", **told)
    assert (held.motion.cast_heads, held.motion.cast_area_c, held.motion.channels) == (
        1,
        10_000,
        {"online": 1},
    )
    for other in ({"choice": "against"}, {"unit": "1-1-201"}, {"nonce": "0" * 32}):
        assert held.refused(OWNER, "ballot.cast", **told | other)[0] == "taken"
    assert held.refused("p-业主1-1-201", "ballot.cast", **told)[0] == "taken"
    held.closed()
    assert held.give(OWNER, "ballot.cast", **told) == []
    assert held.document()["ballots"] == [
        {"unit": UNIT, "by": "业主1-1-101", "choice": "agree", "at": "2026-05-10T00:00:00.000+08:00"}
    ]


def test_a_second_ballot_is_refused_and_says_when_the_first_came():
    held = Assembly().open().cast(OWNER, UNIT)
    code, detail = held.refused(OWNER, "ballot.cast", **held.ballot(UNIT, "against"))
    assert (code, detail) == ("taken", {"why": "duplicate", "at": OPENS})


@pytest.mark.parametrize(
    ("at", "why"),
    [
        (OPENS - 1, "before_open"),
        (OPENS, None),
        (CLOSES, None),
        (CLOSES + 1, "after_close"),
        (CLOSES + DAY, "after_close"),
    ],
)
def test_both_ends_belong_to_the_window_and_nothing_beyond(at, why):
    """By the server's clock, whether or not the platform has already opened or closed."""
    held = Assembly().noticed()
    if at >= OPENS:
        held.at(OPENS)
    held.now = at
    told = held.ballot(UNIT)
    if why is None:
        held.given(OWNER, "ballot.cast", **told)
    else:
        code, detail = held.refused(OWNER, "ballot.cast", **told)
        assert (code, detail["why"]) == ("not_open", why)


def test_a_draft_has_no_ballots_and_a_motion_nobody_knows_neither():
    held = Assembly().checked()
    assert held.refused(OWNER, "ballot.cast", **held.ballot(UNIT))[0] == "not_found"
    assert held.refused(OWNER, "ballot.cast", **held.ballot(UNIT, motion=uid(99)))[0] == "not_found"


def test_only_an_owner_who_proved_the_unit_votes():
    held = Assembly([*nine(), line("P-01", 1_272, kind="parking")]).open()
    held.owns("p-tenant", "租客", UNIT)
    assert held.why("p-业主1-1-201", "ballot.cast", **held.ballot(UNIT)) == "not_owner"
    assert held.why("p-tenant", "ballot.cast", **held.ballot(UNIT)) == "not_owner"
    held.names["p-unproved"] = "业主1-1-101"
    assert held.why("p-unproved", "ballot.cast", **held.ballot(UNIT)) == "not_owner"
    for unit in ("9-9-999", "P-01", ""):
        code, detail = held.refused(OWNER, "ballot.cast", **held.ballot(unit))
        assert (code, detail["why"]) == ("not_found", "unit_not_in_scope")


def test_a_vote_of_one_building_is_for_its_owners():
    lines = [msgspec.structs.replace(one, building="1") for one in nine()]
    other = line("2-1-101", 9_000, building="2")
    held = Assembly([*lines, other]).open(scope_building="1", item=8)
    assert held.sees()["total"] == {"heads": 9, "area": "900.00"}
    assert held.why("p-业主2-1-101", "ballot.cast", **held.ballot("2-1-101")) == "unit_not_in_scope"


@pytest.mark.parametrize(
    "fields",
    [
        {"choice": ["agree", "against"]},
        {"choice": "agree,against"},
        {"choice": "plan_b"},
        {"choice": "spoiled"},
        {"choice": None},
        {"weight": 100},
        {"area": "89.36"},
        {"nonce": "0" * 31},
        {"nonce": "Z" * 32},
        {"id": "1"},
        {"unit": 101},
    ],
)
def test_a_ballot_that_says_more_or_else_than_one_choice_is_unclear(fields):
    held = Assembly().open()
    assert held.refused(OWNER, "ballot.cast", **held.ballot(UNIT) | fields)[0] == "unclear"
    assert held.motion.cast_heads == 0


def test_an_option_of_another_motion_counts_nowhere():
    held = Assembly().open()
    held.given(CHAIR, "motion.draft", id=uid(7), estate="e1", title="另案", text="另文", item=5)
    assert held.refused(OWNER, "ballot.cast", **held.ballot(UNIT, motion=uid(7)))[0] == "not_found"


# Heads


def test_several_units_of_the_same_owners_are_one_ballot():
    lines = [line(f"1-1-{place}", 10_000, "贺长征") for place in ("101", "201")] + nine()[2:]
    held = Assembly(lines).open().cast("p-贺长征", "1-1-201")
    assert (held.motion.cast_heads, held.motion.cast_area_c) == (1, 20_000)
    assert held.why("p-贺长征", "ballot.cast", **held.ballot("1-1-101")) == "duplicate"


def test_alone_and_with_a_spouse_are_two_heads_and_two_ballots():
    lines = [line("1-1-101", 10_000, "甲"), line("1-1-201", 10_000, "甲", "乙"), *nine()[2:]]
    held = Assembly(lines)
    held.owns("p-甲", "甲", "1-1-101", "1-1-201")
    held.open().cast("p-甲", "1-1-101").cast("p-甲", "1-1-201", "against")
    assert held.motion.cast_heads == 2


def test_two_persons_of_one_name_are_two():
    lines = [line("1-1-101", 10_000, "王伟"), line("1-1-201", 10_000, "王伟#2"), *nine()[2:]]
    held = Assembly(lines)
    one, other = held.owns("p-w1", "王伟", "1-1-101"), held.owns("p-w2", "王伟", "1-1-201")
    held.open().cast(one, "1-1-101").cast(other, "1-1-201")
    assert held.motion.cast_heads == 2
    assert held.why(one, "ballot.cast", **held.ballot("1-1-201")) == "not_owner"


def test_of_two_owners_the_one_they_elected_votes():
    held = Assembly(couple(voter="纳秀芳")).open()
    assert held.why("p-马志成", "ballot.cast", **held.ballot(UNIT)) == "not_representative"
    held.cast("p-纳秀芳", UNIT)


def test_where_none_was_elected_the_first_to_vote_is_the_representative():
    held = Assembly(couple()).open(revote="last").cast("p-纳秀芳", UNIT)
    assert held.why("p-马志成", "ballot.cast", **held.ballot(UNIT, "against")) == "not_representative"
    held.cast("p-纳秀芳", UNIT, "abstain")


def test_a_later_ballot_counts_only_where_the_rules_let_it():
    held = Assembly().open(revote="last").cast(OWNER, UNIT, number=50).cast(OWNER, UNIT, "against", number=51)
    assert (held.motion.cast_heads, held.motion.channels) == (1, {"online": 1})
    own = held.room.own(OWNER, 0)
    assert own[f"ballot:{uid(50)}"]["replaced_by"] == uid(51)
    assert own[f"ballot:{uid(51)}"]["replaced_by"] is None
    result = held.closed().counted().motion.rounds[0].result
    assert (result["agree_heads"], result["against_heads"]) == (0, 1)
    told = receipts_of(held.room, held.motion)["receipts"]
    assert sorted(one["counts"] for one in told) == [False, True]


# With a letter


def test_an_agent_votes_with_a_letter_the_desk_has_seen():
    held = Assembly().open().given(CLERK, "proxy.record", **letter())
    held.cast(AGENT, UNIT)
    assert held.room.own(AGENT, 0)[f"proxy:{uid(30)}"]["authority"] == "proxy"
    (given,) = held.closed().document()["authorisations"]
    assert (given["unit"], given["principal"], given["written"]) == (UNIT, "业主1-1-101", True)
    assert held.motion.total_heads == 9


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"written": False}, "no_written_authorisation"),
        ({"until": OPENS - 1}, "proxy_expired"),
        ({"agent": "p-other-agent"}, "not_owner"),
        ({"unit": "1-1-201", "principal": "业主1-1-201"}, "not_owner"),
    ],
)
def test_a_letter_that_is_oral_expired_or_anothers_opens_nothing(fields, why):
    held = Assembly().noticed().given(CLERK, "proxy.record", **letter(**fields)).at(OPENS)
    assert held.why(AGENT, "ballot.cast", **held.ballot(UNIT)) == why


def test_a_letter_that_was_ended_opens_nothing_more_and_a_ballot_cast_with_it_stands():
    held = Assembly().open().given(CLERK, "proxy.record", **letter()).cast(AGENT, UNIT)
    held.given(CLERK, "proxy.revoke", id=uid(30), reason="委托人撤回")
    assert held.closed().counted().motion.rounds[0].result["agree_heads"] == 1
    held = Assembly().open().given(CLERK, "proxy.record", **letter())
    held.given(CLERK, "proxy.revoke", id=uid(30), reason="委托人撤回")
    assert held.why(AGENT, "ballot.cast", **held.ballot(UNIT)) == "proxy_revoked"


def test_nobody_gives_a_letter_for_anothers_unit_nor_for_a_letter():
    held = Assembly().open()
    for principal in ("吴小军", "业主1-1-201", ""):
        code, detail = held.refused(CLERK, "proxy.record", **letter(principal=principal))
        assert (code, detail["field"]) == ("unclear", "principal")
    assert held.why(CLERK, "proxy.record", **letter(agent=CLERK)) == "own_letter"
    assert held.refused(OWNER, "proxy.record", **letter())[0] == "forbidden"
    held.given(CLERK, "proxy.record", **letter())
    assert held.refused(CLERK, "proxy.record", **letter(name="别人"))[0] == "taken"


def test_the_guardian_of_a_minor_votes():
    held = Assembly([line(UNIT, 9_807, "彭子墨", minor=True), *nine()[1:]]).open()
    held.given(CLERK, "proxy.record", **letter(principal="彭子墨", name="彭建新", authority="guardian"))
    held.cast(AGENT, UNIT)
    assert held.closed().document()["authorisations"][0]["kind"] == "guardian"


def test_agent_and_owner_are_one_head():
    held = Assembly().open().given(CLERK, "proxy.record", **letter()).cast(AGENT, UNIT)
    assert held.why(OWNER, "ballot.cast", **held.ballot(UNIT)) == "duplicate"


# What anybody may know


def test_a_receipt_is_found_in_the_public_list_and_checked_offline():
    held = Assembly().open()
    told = held.ballot(UNIT)
    held.given(OWNER, "ballot.cast", **told).cast("p-业主1-1-201", "1-1-201", "against")
    for place in range(3, 9):
        held.cast(f"p-业主1-1-{place}01", f"1-1-{place}01")
    receipt = held.room.own(OWNER, 0)[f"ballot:{told['id']}"]
    with pytest.raises(Exception, match="not_open"):
        receipts_of(held.room, held.motion)
    public = receipts_of(held.closed().room, held.motion)
    assert receipt["code"] in [one["code"] for one in public["receipts"]]
    assert len(receipt["code"]) == 19
    # In the order of their leaves: not in that in which they came.
    assert [one["leaf"] for one in public["receipts"]] == sorted(one["leaf"] for one in public["receipts"])
    assert root_of([one["leaf"] for one in public["receipts"]]) == public["root"]
    # What the phone does with what it kept: its choice, its nonce, and the leaf of its unit.
    unit = held.lines[0].leaf
    commitment = commitment_of(public["digest"], unit, "agree", told["nonce"])
    assert commitment == receipt["commitment"]
    leaf = leaf_of_ballot(public["digest"], told["id"], unit, commitment)
    assert (leaf, code_of(leaf)) == (receipt["leaf"], receipt["code"])
    assert commitment_of(public["digest"], unit, "against", told["nonce"]) != receipt["commitment"]
    assert held.counted().motion.rounds[0].root == public["root"]


def test_two_voters_never_have_one_receipt():
    held = Assembly().open()
    for place in range(1, 10):
        held.cast(f"p-业主1-1-{place}01", f"1-1-{place}01")
    assert len({one.leaf for one in held.room.all(Receipt)}) == 9


def test_a_confidential_vote_is_opened_by_two_of_its_supervisors():
    held = Assembly().open(mode="confidential").cast(OWNER, UNIT).closed()
    assert held.motion.unsealed_at is None
    assert held.why(OWNER, "ballots.see", id=MOTION) == "forbidden"
    assert held.why(ONE, "ballots.see", id=MOTION) == "sealed"
    assert held.why("p-third", "motion.break_seal", id=MOTION) == "not_supervisor"
    held.given(ONE, "motion.break_seal", id=MOTION)
    assert held.due() == []
    held.given(OTHER, "motion.break_seal", id=MOTION)
    assert held.due() == ["motion.unseal"]
    held.counted()


def test_nobody_breaks_a_seal_before_the_close():
    held = Assembly().open(mode="confidential")
    assert held.refused(ONE, "motion.break_seal", id=MOTION)[0] == "wrong_state"


def test_choices_by_unit_are_for_the_votes_own_supervisors_and_each_look_is_written_down():
    held = Assembly().open().cast(OWNER, UNIT).closed()
    for person in (CHAIR, SECRETARY, CLERK, OWNER):
        assert held.refused(person, "ballots.see", id=MOTION)[0] == "forbidden"
    before = held.room.seq
    held.give(ONE, "ballots.see", id=MOTION)
    assert held.room.seq == before + 1
    for eye in Eye:
        assert "业主1-1-101" not in str(held.room.patch(0, eye))


def test_a_key_that_is_not_the_votes_own_opens_and_counts_nothing(monkeypatch):
    held = Assembly().open().cast(OWNER, UNIT)
    monkeypatch.setattr("tests.meetings.docket.assembly.KEY", b"x" * 32)
    held.now = CLOSES + 1
    with pytest.raises(Exception, match="unavailable"):
        held.due()
    assert held.motion.unsealed_at is None
