"""Ballots on paper: entered by one and by another who sees nothing of the first; spoiled, silent, with a letter."""

import pytest

from meetings import Eye
from meetings.docket.ballots import Receipt
from meetings.docket.ballots.sealing import paper_nonce
from tests.meetings.cast import uid
from tests.meetings.docket.assembly import (
    CHAIR,
    CLERK,
    ESTATE,
    LAWYER,
    MOTION,
    OPENS,
    OTHER_CLERK,
    OWNER,
    SECRETARY,
    UNIT,
    Assembly,
    letter,
)


def entered(held, number=40, **fields):
    told = {"id": uid(number), "motion": MOTION, "unit": UNIT, "number": "Z001", "choice": "agree"}
    return told | ({} if "proxy" in fields else {"by": "业主1-1-101"}) | fields


def test_a_paper_is_a_ballot_once_another_has_entered_it_too():
    held = Assembly().open().given(SECRETARY, "paper.enter", **entered(None))
    assert held.motion.cast_heads == 0
    assert held.why(SECRETARY, "paper.confirm", id=uid(40), choice="agree") == "own_entry"
    held.given(CLERK, "paper.confirm", id=uid(40), choice="agree")
    assert held.motion.channels == {"paper": 1}
    assert held.refused(OWNER, "paper.enter", **entered(None, 41))[0] == "forbidden"
    assert held.closed().counted().motion.rounds[0].result["agree_heads"] == 1


def test_the_first_entry_of_a_paper_is_not_found_out_by_trying():
    held = Assembly().open().given(SECRETARY, "paper.enter", **entered(None))
    held.given(CLERK, "paper.confirm", id=uid(40), choice="against")
    assert held.room.patch(0, Eye.STAFF)[f"paper:{uid(40)}"]["state"] == "differs"
    for choice in ("agree", "abstain", "spoiled"):
        assert held.give(CLERK, "paper.confirm", id=uid(40), choice=choice) == []
        assert held.refused(OTHER_CLERK, "paper.confirm", id=uid(40), choice=choice)[0] == "wrong_state"
    assert held.motion.cast_heads == 0
    held.given(CLERK, "paper.enter", **entered(None, 41))
    held.given(SECRETARY, "paper.confirm", id=uid(41), choice="agree")
    assert held.motion.channels == {"paper": 1}


def test_no_ballot_takes_the_place_of_another_heads_in_the_box_by_its_id():
    held = Assembly().open().given(SECRETARY, "paper.enter", **entered(None))
    other = held.ballot("1-1-201", "against", number=40)
    assert held.refused("p-业主1-1-201", "ballot.cast", **other)[0] == "taken"
    held.given("p-业主1-1-201", "ballot.cast", **held.ballot("1-1-201", "against", number=41))
    again = entered(None, 41, unit="1-1-301", by="业主1-1-301") | {"number": "Z2"}
    assert held.refused(SECRETARY, "paper.enter", **again)[0] == "taken"
    held.given(CLERK, "paper.confirm", id=uid(40), choice="agree")
    result = held.closed().counted().motion.rounds[0].result
    assert (result["agree_heads"], result["against_heads"]) == (1, 1)


def test_a_ballot_of_another_vote_does_not_take_the_place_of_a_receipt():
    held, second = Assembly().noticed(), uid(5)
    held.given(CHAIR, "motion.draft", id=second, title="二", text="另一件。", item=9, estate=ESTATE)
    held.given(LAWYER, "motion.check", id=second, item_class="general")
    held.given(CHAIR, "motion.notice", **held.notice(id=second)).at(OPENS)
    held.given(OWNER, "ballot.cast", **held.ballot(UNIT, number=40))
    told = held.ballot("1-1-201", number=40) | {"motion": second}
    assert held.refused("p-业主1-1-201", "ballot.cast", **told)[0] == "taken"
    assert held.room.need(Receipt, uid(40)).person == OWNER


def test_the_nonce_of_a_paper_is_not_that_of_a_paper_of_the_same_id_in_another_vote():
    assert paper_nonce(b"k", "a", uid(40)) == paper_nonce(b"k", "a", uid(40))
    assert len({paper_nonce(b"k", motion, own_id) for motion in "ab" for own_id in (uid(40), uid(41))}) == 4


def test_one_head_votes_on_paper_or_online():
    held = Assembly().open().cast(OWNER, UNIT)
    assert held.why(SECRETARY, "paper.enter", **entered(None)) == "duplicate"
    held = Assembly().open(revote="last").given(SECRETARY, "paper.enter", **entered(None))
    held.now += 1
    held.cast(OWNER, UNIT, "against")
    assert held.why(CLERK, "paper.confirm", id=uid(40), choice="agree") == "duplicate"
    assert held.motion.channels == {"online": 1}
    held = Assembly().open().paper(UNIT, "业主1-1-101", "agree")
    assert held.why(OWNER, "ballot.cast", **held.ballot(UNIT)) == "duplicate"


def test_a_wrong_entry_is_taken_back_before_it_counts_and_not_after():
    held = Assembly().open().given(SECRETARY, "paper.enter", **entered(None, choice="against"))
    held.given(CLERK, "paper.discard", id=uid(40), reason="录错")
    assert held.refused(CLERK, "paper.confirm", id=uid(40), choice="against")[0] == "wrong_state"
    held.given(SECRETARY, "paper.enter", **entered(None, 41))
    held.given(CLERK, "paper.confirm", id=uid(41), choice="agree")
    assert held.refused(CLERK, "paper.discard", id=uid(41), reason="录错")[0] == "wrong_state"


def test_a_paper_has_one_number_and_one_who_signed_it():
    held = Assembly().open().given(SECRETARY, "paper.enter", **entered(None))
    assert held.why(SECRETARY, "paper.enter", **entered(None, 41, unit="1-1-201", by="业主1-1-201")) == (
        "paper_number"
    )
    for fields in ({"by": None}, {"by": "甲", "proxy": uid(30)}):
        assert (
            held.refused(SECRETARY, "paper.enter", **entered(None, 42) | {"number": "Z2"} | fields)[0]
            == "unclear"
        )
    stranger = entered(None, 43, by="生人") | {"number": "Z3"}
    assert held.why(SECRETARY, "paper.enter", **stranger) == "not_owner"


def test_a_paper_signed_with_a_letter_needs_a_good_one():
    held = Assembly().open().given(CLERK, "proxy.record", **letter(agent=None))
    held.paper(UNIT, "", "against", proxy=uid(30))
    held = Assembly().open().given(CLERK, "proxy.record", **letter(written=False))
    assert held.why(SECRETARY, "paper.enter", **entered(None, proxy=uid(30))) == "no_written_authorisation"


@pytest.mark.parametrize(("policy", "taking_part"), [("excluded", 6), ("participates", 7)])
def test_a_spoiled_paper_is_counted_by_the_declared_policy(policy, taking_part):
    held = Assembly().open(spoiled=policy).paper(UNIT, "业主1-1-101", "spoiled")
    for place in range(2, 8):
        held.cast(f"p-业主1-1-{place}01", f"1-1-{place}01")
    result = held.closed().counted().motion.rounds[0].result
    assert (held.motion.cast_heads, result["participating_heads"]) == (7, taking_part)


def test_silence_of_those_served_follows_the_majority_where_a_rule_says_so():
    held = Assembly().open(nonreturned="served_follows_majority", nonreturned_rule="议事规则第二十条")
    for place in range(1, 5):
        held.cast(f"p-业主1-1-{place}01", f"1-1-{place}01")
    for place in range(5, 8):
        held.given(CLERK, "ballot.serve", motion=MOTION, unit=f"1-1-{place}01", proof="签收")
    result = held.closed().counted().motion.rounds[0].result
    assert (result["outcome"], result["agree_heads"], result["presumed"]["heads"]) == ("passed", 7, 3)
    assert (
        held.refused(CLERK, "ballot.serve", motion=MOTION, unit="1-1-801", proof="签收")[0] == "wrong_state"
    )
