"""What a mistake of the desk or somebody's malice does not do to a vote: lose a paper, block a count, tell a choice."""

import json

import msgspec
import pytest

from meetings import Entry, Eye, Refused
from meetings.docket import bundle
from meetings.docket.ballots import Urn
from meetings.docket.counting import public_list
from meetings.docket.motions import Noticed
from server.web.votes_pages.receipts import Lists
from tests.meetings.cast import MINUTE, uid
from tests.meetings.docket.assembly import (
    CLERK,
    CLOSES,
    MOTION,
    ONE,
    OTHER,
    OWNER,
    ROLES,
    SECRETARY,
    UNIT,
    Assembly,
    letter,
    line,
)
from tests.meetings.docket.test_papers import entered
from tests.meetings.docket.test_papers_settled import recounted, waiting

NEXT = "1-1-301"


def test_a_paper_taken_back_after_the_close_is_void_or_waits_to_be_entered_anew():
    held = waiting().at(CLOSES + 1)
    told = {"id": uid(40), "reason": "房号录错"}
    assert held.why(CLERK, "paper.discard", **told) == "void_or_anew"
    held.given(CLERK, "paper.discard", **told, outcome="anew")
    assert (held.motion.waiting_for, held.due()) == (("papers",), [])
    again = entered(None, 41, unit=NEXT, by=f"业主{NEXT}", instead_of=uid(40)) | {"number": "Z7"}
    assert held.why(SECRETARY, "paper.enter", **again | {"instead_of": None}) == "after_close"
    held.now += MINUTE
    held.given(SECRETARY, "paper.enter", **again)
    assert held.due() == []
    held.given(CLERK, "paper.confirm", id=uid(41), choice="agree")
    assert held.due() == ["motion.unseal"]
    assert held.counted().motion.rounds[0].result["agree_heads"] == 1
    assert held.room.need(Urn, MOTION).held[uid(41)].at == CLOSES


def test_a_paper_that_is_void_waits_no_longer_and_what_was_entered_instead_cannot_be_taken_twice():
    held = waiting().at(CLOSES + 1)
    held.given(CLERK, "paper.discard", id=uid(40), reason="房号录错", outcome="anew")
    held.given(SECRETARY, "paper.enter", **entered(None, 41, instead_of=uid(40)))
    twice = entered(None, 42, unit=NEXT, by=f"业主{NEXT}", instead_of=uid(40)) | {"number": "Z7"}
    assert held.refused(SECRETARY, "paper.enter", **twice)[0] == "wrong_state"
    held.given(CLERK, "paper.discard", id=uid(41), reason="不是票", outcome="void")
    assert held.due() == ["motion.unseal"]
    held = waiting().at(CLOSES + 1)
    held.given(CLERK, "paper.discard", id=uid(40), reason="房号录错", outcome="anew")
    held.given(CLERK, "paper.discard", id=uid(40), reason="原来是废纸", outcome="void")
    assert held.due() == ["motion.unseal"]


def test_one_entry_settles_one_paper_and_not_a_second_that_waits_under_its_number():
    held = waiting()
    other = entered(None, 42, unit=NEXT, by=f"业主{NEXT}") | {"number": "Z2"}
    held.given(SECRETARY, "paper.enter", **other).at(CLOSES + 1)
    for number in (40, 42):
        held.given(CLERK, "paper.discard", id=uid(number), reason="录错", outcome="anew")
    both = entered(None, 43, unit=NEXT, by=f"业主{NEXT}", instead_of=uid(40)) | {"number": "Z2"}
    assert held.why(SECRETARY, "paper.enter", **both) == "paper_number"


def test_a_paper_that_came_first_is_not_overtaken_by_a_phone_until_it_is_taken_back():
    held = Assembly().open().given(SECRETARY, "paper.enter", **entered(None))
    assert held.why(OWNER, "ballot.cast", **held.ballot(UNIT)) == "paper_waits"
    held.given(CLERK, "paper.confirm", id=uid(40), choice="against")
    assert held.why(OWNER, "ballot.cast", **held.ballot(UNIT)) == "paper_waits"
    held.given(CLERK, "paper.discard", id=uid(40), reason="不是这一户的").cast(OWNER, UNIT)
    held = Assembly().open(revote="last").given(SECRETARY, "paper.enter", **entered(None))
    held.cast(OWNER, UNIT)


def test_a_correction_does_not_publish_one_households_choice_by_the_difference_of_two_counts():
    held = Assembly().open().paper(UNIT, "业主1-1-101", "against").cast("p-业主1-1-201", "1-1-201")
    held = recounted(held)
    first = held.sees()["rounds"][0]
    (paper,) = [one.id for one in held.room.need(Urn, MOTION).held.values() if one.channel == "paper"]
    held.given(SECRETARY, "paper.correct", id=uid(60), paper=paper, choice="agree", reason="录错")
    held.given(CLERK, "paper.countersign", id=uid(60), choice="agree")
    held.counted().announced()
    told = bundle.bundle_of(held.room, held.motion)
    assert bundle.flaws_of(told) == []
    for rounds in (held.sees()["rounds"], told["rounds"]):
        before, after = rounds
        assert (before["digest"], before["result"]["outcome"]) == (first["digest"], "no_quorum")
        assert before["result"]["approval_heads_met"] is False
        assert not [
            name for name in before["result"] if name.endswith(("_heads", "_area")) or name == "shares"
        ]
        assert after["result"]["agree_heads"] == 2
    # Whoever forges a verdict of the count without sums is found by its outcome.
    told["rounds"][0]["result"]["outcome"] = "passed"
    assert any("does not follow" in flaw for flaw in bundle.flaws_of(told))


def test_a_recount_that_corrects_nothing_keeps_both_sums():
    held = recounted(Assembly().open().cast(OWNER, UNIT)).counted().announced()
    assert [one["result"]["agree_heads"] for one in held.sees()["rounds"]] == [1, 1]


def test_a_paper_is_turned_away_once_and_no_longer_when_it_becomes_a_ballot():
    held = Assembly().open()
    told = {"id": uid(50), "motion": MOTION, "unit": UNIT, "number": "Z001", "reason": "unsigned"}
    held.given(CLERK, "paper.refuse", **told)
    assert held.why(SECRETARY, "paper.refuse", **told | {"id": uid(51)}) == "paper_number"
    assert held.sees()["refused"] == {"unsigned": 1}
    held.paper(UNIT, "业主1-1-101", "agree")
    assert held.sees()["refused"] == {}
    assert held.why(CLERK, "paper.refuse", **told | {"id": uid(52)}) == "paper_number"


def test_papers_are_turned_away_after_the_count_in_a_recount_alone():
    held = Assembly().open().cast(OWNER, UNIT).closed().counted()
    told = {"id": uid(50), "motion": MOTION, "unit": UNIT, "number": "Z9", "reason": "after_close"}
    assert held.refused(CLERK, "paper.refuse", **told)[0] == "wrong_state"
    held.announced()
    assert held.refused(CLERK, "paper.refuse", **told)[0] == "wrong_state"
    held.given(OWNER, "motion.dispute", id=MOTION, dispute=uid(20), text="漏了")
    held.given(ONE, "motion.settle", id=MOTION, dispute=uid(20), outcome="recount", answer="重计")
    held.given(CLERK, "paper.refuse", **told)


def test_one_owner_disputes_a_result_five_times_and_leaves_room_for_others():
    held = Assembly().open().cast(OWNER, UNIT).closed().counted().announced()
    for number in range(5):
        held.given(OWNER, "motion.dispute", id=MOTION, dispute=uid(70 + number), text="有疑")
    told = {"id": MOTION, "dispute": uid(80), "text": "有疑"}
    assert held.why(OWNER, "motion.dispute", **told) == "disputes_each"
    held.given("p-业主1-1-201", "motion.dispute", **told)


def test_the_list_of_receipts_opens_with_the_ballots_and_is_never_stale():
    held = Assembly().open(mode="confidential").cast(OWNER, UNIT).at(CLOSES + 1)
    with pytest.raises(Refused) as refusal:
        public_list(held.room, held.motion)
    assert refusal.value.detail["why"] == "sealed"
    lists = Lists()
    assert lists.of(held.room, held.motion) is None
    held.counted()
    assert len(lists.of(held.room, held.motion).lines) == 1
    late = Assembly().open(mode="confidential").cast(OWNER, UNIT).cast("p-业主1-1-201", "1-1-201")
    assert len(lists.of(late.closed().counted().room, late.motion).lines) == 2


def test_an_owner_under_age_does_not_vote_by_naming_another_flat_of_theirs():
    held = Assembly([line("1", 100, "彭子墨", minor=True), line("2", 100, "彭子墨"), line("3", 100)]).open()
    assert held.why("p-彭子墨", "ballot.cast", **held.ballot("2")) == "guardian_votes"
    assert held.why(SECRETARY, "paper.enter", **entered(None, unit="2", by="彭子墨")) == "guardian_votes"
    fields = letter(unit="1", principal="彭子墨", name="彭建新", authority="guardian")
    held.given(CLERK, "proxy.record", **fields).cast("p-agent", "2")


def test_a_correction_half_made_in_one_recount_is_void_in_the_next():
    held = recounted(Assembly().open().paper(UNIT, "业主1-1-101", "against"))
    (paper,) = [one.id for one in held.room.need(Urn, MOTION).held.values()]
    told = {"id": uid(60), "paper": paper, "choice": "agree", "reason": "录错"}
    held.given(SECRETARY, "paper.correct", **told)
    same = {"id": uid(60), "motion": MOTION, "unit": UNIT, "number": "Z8", "reason": "unsigned"}
    assert held.refused(SECRETARY, "paper.refuse", **same)[0] == "taken"
    held.counted().announced()
    held.given(OWNER, "motion.dispute", id=MOTION, dispute=uid(21), text="还是不对")
    held.given(ONE, "motion.settle", id=MOTION, dispute=uid(21), outcome="recount", answer="再重计")
    assert held.refused(CLERK, "paper.countersign", id=uid(60), choice="agree")[0] == "wrong_state"
    assert held.room.patch(0, Eye.STAFF)[f"correction:{uid(60)}"]["state"] == "lapsed"
    held.given(SECRETARY, "paper.correct", **told | {"id": uid(61)})
    held.given(CLERK, "paper.countersign", id=uid(61), choice="agree")


@pytest.fixture
def other_chair():
    ROLES["p-chair-2"] = {"committee_chair", "owner"}
    yield "p-chair-2"
    del ROLES["p-chair-2"]


def test_a_chair_acts_on_what_they_drafted_or_on_the_estate_they_live_in(other_chair):
    held = Assembly().noticed()
    told = {"id": MOTION, "reason": "不用了"}
    assert held.why(other_chair, "motion.withdraw", **told) == "other_estate"
    held.owns(other_chair, "郑主任", "1-1-901")
    held.given(other_chair, "motion.withdraw", **told)
    held = Assembly().checked().published().frozen()
    assert held.why(other_chair, "motion.notice", **held.notice()) == "other_estate"
    held.given(SECRETARY, "motion.notice", **held.notice())
    assert held.given(SECRETARY, "motion.withdraw", **told).motion.state == "withdrawn"
    held = Assembly().open().cast(OWNER, UNIT).closed().counted()
    assert held.why(other_chair, "motion.announce", id=MOTION, round=1) == "other_estate"


def test_a_head_changes_its_ballot_twenty_times_and_no_more():
    held = Assembly().open(revote="last")
    for _ in range(21):
        held.now += MINUTE
        held.cast(OWNER, UNIT)
    assert held.why(OWNER, "ballot.cast", **held.ballot(UNIT)) == "changes_each"
    held.cast("p-业主1-1-201", "1-1-201")


def test_what_is_frozen_names_supervisors_and_no_person_of_the_accounts():
    held = Assembly().noticed()
    assert "p-one" not in json.dumps(held.motion.frozen)
    assert held.motion.frozen["supervisors"] == ["甲监", "乙监"]


def test_a_motion_noticed_before_keeps_the_digest_its_ballots_committed_to():
    held, old = Assembly().open(), Assembly()
    for one in held.entries:
        fact = one.fact
        if isinstance(fact, Noticed):
            told = msgspec.to_builtins(fact)
            fact = msgspec.convert({name: told[name] for name in told if name != "names_alone"}, Noticed)
        old.room.apply(Entry(one.seq, one.at, one.by, fact))
    assert old.motion.frozen["supervisors"] == [ONE, OTHER]
    assert old.motion.digest != held.motion.digest
