"""Outcomes: what the council came to, in versions; it advises and decides nothing by vote."""

import pytest

from tests.meetings.cast import (
    DAY,
    LIU_TING,
    NA_WENHUI,
    SHI_LAN,
    SU_MIN,
    TIAN_XIULAN,
    announced,
    asked,
    live,
    uid,
)


def outcome(number=10, kind="resolution", text="每季度公开一次公共收益。", **more):
    return {"id": uid(number), "kind": kind, "text": text} | more


NAME = f"outcome:{uid(10)}"


@pytest.fixture
def council():
    return live()


def test_an_outcome_says_where_it_came_from(council):
    question = asked(council, 20)
    council.when(LIU_TING, "outcome.record", **outcome(question=question, item=uid(1))).then(
        "outcome.recorded"
    )
    seen = council.sees(NAME)
    assert (seen["kind"], seen["question"], seen["item"], seen["version"]) == (
        "resolution",
        question,
        uid(1),
        1,
    )


def test_the_same_outcome_twice_is_one_and_another_under_its_id_is_taken(council):
    council.given(LIU_TING, "outcome.record", **outcome())
    council.when(SU_MIN, "outcome.record", **outcome()).then()
    council.when(LIU_TING, "outcome.record", **outcome(text="别的")).refused("taken")
    council.when(LIU_TING, "outcome.record", **outcome(kind="suggestion")).refused("taken")


def test_a_commitment_names_who_and_until_when(council):
    until = council.now + 10 * DAY
    council.when(LIU_TING, "outcome.record", **outcome(kind="commitment")).refused(
        "unclear", field="responsible"
    )
    council.when(LIU_TING, "outcome.record", **outcome(kind="commitment", responsible="物业")).refused(
        "unclear"
    )
    council.when(
        LIU_TING, "outcome.record", **outcome(kind="commitment", responsible="物业", until=until)
    ).then("outcome.recorded", until=until)


def test_a_consensus_keeps_its_reservations_and_nothing_else_has_any(council):
    reservations = [{"name": "孟庆和", "text": "同意公开，不同意按季度。"}]
    council.when(LIU_TING, "outcome.record", **outcome(reservations=reservations)).refused("unclear")
    council.given(LIU_TING, "outcome.record", **outcome(kind="consensus", reservations=reservations))
    assert council.sees(NAME)["reservations"] == reservations


def test_an_outcome_is_of_a_council_not_of_a_vote(council):
    council.when(LIU_TING, "outcome.record", **outcome(kind="ballot")).refused("unclear")


def test_an_outcome_never_names_a_question_that_is_not_public(council):
    council.given(SHI_LAN, "meeting.set", review_questions="before")
    hidden = asked(council, 20)
    council.when(LIU_TING, "outcome.record", **outcome(question=hidden)).refused("wrong_state")
    council.when(LIU_TING, "outcome.record", **outcome(question=uid(99))).refused("not_found")
    council.when(LIU_TING, "outcome.record", **outcome(item=uid(99))).refused("not_found")


def test_a_change_makes_a_new_version_and_what_is_left_out_stays(council):
    council.given(LIU_TING, "outcome.record", **outcome(responsible="业委会"))
    council.when(LIU_TING, "outcome.amend", id=uid(10), text="每半年公开一次。").then("outcome.amended")
    council.when(LIU_TING, "outcome.amend", id=uid(10), text="每半年公开一次。").then()
    seen = council.sees(NAME)
    assert (seen["version"], seen["text"], seen["responsible"]) == (2, "每半年公开一次。", "业委会")
    council.when(LIU_TING, "outcome.amend", id=uid(99), text="无").refused("not_found")


def test_after_the_end_staff_still_write_outcomes_residents_never():
    council = announced()
    council.when(LIU_TING, "outcome.record", **outcome()).refused("wrong_state")
    council = live().given(SU_MIN, "meeting.end")
    council.when(LIU_TING, "outcome.record", **outcome()).then("outcome.recorded")
    council.when(TIAN_XIULAN, "outcome.record", **outcome(11)).refused("forbidden")
    council.when(NA_WENHUI, "outcome.amend", id=uid(10), text="改").refused("forbidden")


def test_an_outcome_has_a_length(council):
    council.when(LIU_TING, "outcome.record", **outcome(text="字" * 1_001)).refused("too_large", limit=1_000)
