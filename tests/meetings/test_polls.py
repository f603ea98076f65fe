"""Advisory polls: one answer a person or a household, sums for everybody, choices for nobody else."""

import pytest

from meetings import Eye
from tests.meetings.cast import (
    A_LI,
    GUEST,
    LAO_LIU,
    LIU_TING,
    MA_ZHICHENG,
    MINUTE,
    SU_MIN,
    TIAN_XIAOYU,
    TIAN_XIULAN,
    announced,
    live,
    uid,
)
from tests.meetings.polling import NAME, POLL, choose, opened


@pytest.fixture
def council():
    return live()


def test_a_draft_is_for_the_staff_alone(council):
    council.when(SU_MIN, "poll.draft", **POLL).then("poll.drafted")
    council.when(LIU_TING, "poll.draft", **POLL).then()
    council.when(SU_MIN, "poll.draft", **POLL, live=True).refused("taken")
    assert council.sees(NAME) is None
    assert council.staff_sees(NAME)["state"] == "draft"
    choose(council, TIAN_XIULAN, 0).refused("not_found")
    council.when(TIAN_XIULAN, "poll.draft", **POLL).refused("forbidden")


def test_a_poll_has_two_to_eight_different_options(council):
    for wrong in (["只有一个"], [str(number) for number in range(9)], ["同样", " 同样 "], ["好", ""]):
        council.when(SU_MIN, "poll.draft", **POLL | {"options": wrong}).refused("unclear", field="options")
    council.when(SU_MIN, "poll.draft", **POLL | {"options": ["好", "字" * 61]}).refused("too_large")
    council.when(SU_MIN, "poll.draft", **POLL, minutes=0).refused("unclear", field="minutes")


def test_it_is_drafted_before_the_meeting_and_opened_in_it():
    council = announced().given(SU_MIN, "poll.draft", **POLL)
    council.when(SU_MIN, "poll.open", id=uid(10)).refused("wrong_state")


def test_answers_are_counted_once_a_person_and_may_be_changed():
    council = opened()
    choose(council, TIAN_XIULAN, 0).then("poll.answered")
    choose(council, TIAN_XIULAN, 0).then()
    choose(council, MA_ZHICHENG, 0).then("poll.answered")
    choose(council, TIAN_XIULAN, 1).then("poll.answered")
    assert council.sees(NAME)["voters"] == 2
    assert council.own(TIAN_XIULAN)["mine"]["choices"] == {uid(10): 1}
    council.when(SU_MIN, "poll.close", id=uid(10)).then("poll.closed")
    council.when(SU_MIN, "poll.close", id=uid(10)).then()
    assert council.sees(NAME)["counts"] == [1, 1, 0]


def test_sums_are_hidden_until_it_is_closed_from_staff_as_well():
    council = opened()
    choose(council, TIAN_XIULAN, 0)
    assert council.sees(NAME)["counts"] is None
    assert council.sees(NAME, Eye.STAFF)["counts"] is None


def test_a_live_poll_shows_its_sums():
    council = opened(live=True)
    choose(council, TIAN_XIULAN, 2)
    assert council.sees(NAME)["counts"] == [0, 0, 1]


def test_who_chose_what_is_shown_to_nobody_else():
    council = opened(live=True)
    choose(council, TIAN_XIULAN, 0)
    for eye in Eye:
        assert TIAN_XIULAN.id not in str(council.sees(NAME, eye))
    assert NAME not in council.own(MA_ZHICHENG)


def test_a_household_has_one_answer_by_whoever_came_first():
    council = opened(per="household")
    choose(council, TIAN_XIULAN, 0).then("poll.answered")
    choose(council, TIAN_XIAOYU, 1).refused("taken")
    choose(council, TIAN_XIULAN, 1).then("poll.answered")
    choose(council, MA_ZHICHENG, 1).then("poll.answered")
    assert council.sees(NAME)["voters"] == 2


def test_a_household_poll_needs_a_proved_unit():
    council = opened(per="household")
    choose(council, A_LI, 0).refused("unverified")
    choose(council, LIU_TING, 0).refused("unverified")


def test_guests_answer_no_polls_and_nobody_an_option_that_is_not_there():
    council = opened()
    choose(council, GUEST, 0).refused("forbidden")
    choose(council, TIAN_XIULAN, 3).refused("unclear", field="choice")
    choose(council, TIAN_XIULAN, -1).refused("unclear", field="choice")


def test_a_poll_with_minutes_takes_no_answer_after_them_and_closes_by_itself():
    council = opened(minutes=4)
    assert council.sees(NAME)["closes_at"] == council.now + 4 * MINUTE
    choose(council.later(4 * MINUTE - 1), TIAN_XIULAN, 0).then("poll.answered")
    choose(council.later(1), LAO_LIU, 0).refused("not_open")
    assert council.due() == ["poll.close"]
    assert council.sees(NAME)["counts"] == [1, 0, 0]


def test_a_closed_poll_does_not_open_again_and_a_draft_cannot_be_closed(council):
    council.given(SU_MIN, "poll.draft", **POLL)
    council.when(SU_MIN, "poll.close", id=uid(10)).refused("wrong_state", state="draft")
    council.given(SU_MIN, "poll.open", id=uid(10)).when(SU_MIN, "poll.open", id=uid(10)).then()
    council.given(SU_MIN, "poll.close", id=uid(10)).when(SU_MIN, "poll.open", id=uid(10)).refused(
        "wrong_state"
    )
    choose(council, TIAN_XIULAN, 0).refused("not_open")


def test_the_end_of_the_meeting_closes_every_open_poll():
    council = opened()
    choose(council, TIAN_XIULAN, 0)
    council.given(SU_MIN, "meeting.end")
    assert (council.sees(NAME)["state"], council.sees(NAME)["counts"]) == ("closed", [1, 0, 0])
