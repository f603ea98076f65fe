"""Anonymous polls: the record says who took part; choices lie apart, and nothing leads from one to the other."""

import json

import msgspec
import pytest

from meetings import Eye
from meetings.docket.ballots import Urn, slip_id
from meetings.docket.counting import public_list
from meetings.docket.digests import leaf_of, root_of
from meetings.kernel import SYSTEM
from tests.meetings.cast import uid
from tests.meetings.docket.assembly import CHAIR, CLERK, CLOSES, ESTATE, MOTION, SECRETARY, Assembly

OWNER, UNIT = "p-业主1-1-101", "1-1-101"


def asked():
    return Assembly().open(mode="anonymous")


def test_the_record_holds_that_a_head_took_part_and_nothing_its_choice_follows_from():
    held, told = asked(), None
    for place, choice in enumerate(("agree", "against", "abstain"), start=1):
        told = held.ballot(f"1-1-{place}01", choice)
        held.given(f"p-业主1-1-{place}01", "ballot.cast", **told)
    kept = json.dumps([msgspec.to_builtins(entry.fact) for entry in held.entries])
    for slip in held.slips:
        assert slip.id not in kept
        assert slip.sealed not in kept
    assert told["nonce"] not in kept
    facts = [msgspec.to_builtins(entry.fact) for entry in held.entries][-3:]
    assert [set(fact) for fact in facts] == [{"type", "id", "motion", "unit", "by"}] * 3
    assert {len(slip.sealed) for slip in held.slips} == {18}
    assert held.sees()["turnout"]["heads"] == 3


def test_a_slip_says_nothing_of_person_time_or_number():
    held = asked().cast(OWNER, UNIT)
    assert set(msgspec.to_builtins(held.slips[0])) == {"id", "motion", "sealed"}
    (ballot,) = held.room.need(Urn, MOTION).held.values()
    guesses = [ballot.id, ballot.by, ballot.unit, held.motion.digest]
    assert held.slips[0].id not in {slip_id(held.motion.digest, ballot.id, guess) for guess in guesses}


def test_the_first_word_stands_and_a_ballot_sent_again_adds_no_slip():
    held, told = asked(), None
    told = held.ballot(UNIT)
    held.given(OWNER, "ballot.cast", **told)
    assert held.why(OWNER, "ballot.cast", **held.ballot(UNIT, "against")) == "duplicate"
    assert len(held.slips) == 1


@pytest.mark.parametrize("fields", [{"binding": "statutory"}, {"revote": "last"}])
def test_it_binds_nobody_and_takes_no_second_word(fields):
    told = {"id": MOTION, "estate": ESTATE, "title": "a", "text": "b", "item": 9, "mode": "anonymous"}
    assert Assembly().refused(CHAIR, "motion.draft", **told | fields)[1]["field"] == "mode"


def test_on_paper_nobody_is_anonymous():
    held = asked()
    paper = {
        "id": uid(40),
        "motion": MOTION,
        "unit": UNIT,
        "number": "Z1",
        "choice": "agree",
        "by": "业主1-1-101",
    }
    assert held.why(SECRETARY, "paper.enter", **paper) == "anonymous"


def test_slips_are_opened_after_the_close_and_all_of_them_or_none():
    held = asked().cast(OWNER, UNIT).cast("p-业主1-1-201", "1-1-201", "against")
    slips = msgspec.to_builtins(held.slips)
    assert held.why(SYSTEM, "motion.open_slips", id=MOTION, slips=slips) == "sealed"
    held.now = CLOSES + 1
    held.give(SYSTEM, "motion.close", id=MOTION)
    assert held.why(SYSTEM, "motion.open_slips", id=MOTION, slips=slips[:1]) == "slips_missing"
    assert held.why(SYSTEM, "motion.open_slips", id=MOTION, slips=[slips[0], slips[0]]) == "slips_missing"
    forged = [slips[0], slips[1] | {"sealed": "00" * 9}]
    assert held.why(SYSTEM, "motion.open_slips", id=MOTION, slips=forged) == "wrong_key"
    assert held.refused(CLERK, "motion.open_slips", id=MOTION, slips=slips)[0] == "forbidden"
    assert held.due() == ["motion.open_slips"]


def test_its_sums_are_heads_by_choice_and_everybody_finds_their_own_slip():
    held, mine = asked(), None
    for place in range(1, 8):
        told = held.ballot(f"1-1-{place}01", "against" if place == 1 else "agree")
        mine = mine or told
        held.given(f"p-业主1-1-{place}01", "ballot.cast", **told)
    held.closed().counted()
    with pytest.raises(Exception, match="not_open"):
        public_list(held.room, held.motion)
    held.announced()
    result = held.sees()["rounds"][0]["result"]
    assert (result["agree_heads"], result["against_heads"], result["abstain_heads"]) == (6, 1, 0)
    assert (result["outcome"], result["participating_heads"], result["total_heads"]) == (None, 7, 9)
    public = public_list(held.room, held.motion)
    own = slip_id(public["digest"], mine["id"], mine["nonce"])
    assert {"slip": own, "choice": "against"} in public["slips"]
    assert [one["slip"] for one in public["slips"]] == sorted(one["slip"] for one in public["slips"])
    assert root_of([leaf_of(one) for one in public["slips"]]) == held.sees()["rounds"][0]["root"]
    assert "agree" not in json.dumps(held.room.own(OWNER, 0))


def test_before_the_close_nothing_differs_whatever_was_chosen():
    views = []
    for choice in ("agree", "against"):
        held = asked()
        told = held.ballot(UNIT, choice, number=50, nonce="0" * 32)
        held.given(OWNER, "ballot.cast", **told)
        facts = [msgspec.to_builtins(entry.fact) for entry in held.entries if entry.by == OWNER]
        views.append([held.room.patch(0, eye) for eye in Eye] + [held.room.own(OWNER, 0), facts])
    for one, other in zip(*views, strict=True):
        # The roster's salts are the same in both: they are drawn from the unit's number.
        assert one == other
