"""Hands in the hall: two people count, neither sees the other's numbers, and the phones' sums stay their own."""

from __future__ import annotations

import pytest

from meetings import Eye
from tests.meetings.cast import (
    BAI_YU,
    GUEST,
    LIU_TING,
    MA_XIAOCHUAN,
    NA_WENHUI,
    SU_MIN,
    TIAN_XIULAN,
    live,
    uid,
)
from tests.meetings.polling import NAME, POLL, SCALE, SEVERAL, choose, closed, opened


def count(council, who, hands, round_=1, **more):
    return council.when(who, "poll.count_hands", id=uid(10), round=round_, hands=hands, **more)


def hands(council, eye=Eye.PUBLIC):
    return council.sees(NAME, eye)["hands"]


def test_two_who_agree_give_a_column_of_its_own():
    council = opened()
    choose(council, TIAN_XIULAN, 0)
    assert hands(council) is None
    count(council, LIU_TING, [12, 5, 0]).then("poll.hands_counted")
    count(council, MA_XIAOCHUAN, [12, 5, 0]).then("poll.hands_counted")
    seen = closed(council)
    assert (seen["counts"], seen["voters"]) == ([1, 0, 0], 1)
    assert seen["hands"]["state"] == "agreed"
    assert seen["hands"]["column"] == {
        "counts": [12, 5, 0],
        "base": 17,
        "shares": [706, 294, 0],
        "mean": None,
        "spread": None,
    }


def test_the_second_counts_without_seeing_the_first():
    council = opened(live=True)
    count(council, LIU_TING, [4321, 5, 0])
    for eye in Eye:
        assert hands(council, eye) == {"state": "one", "round": 1, "differ": [], "column": None}
        assert "4321" not in str(council.sees_all(eye))
    assert "4321" not in str(council.own(MA_XIAOCHUAN))


def test_one_person_is_never_two():
    council = opened()
    count(council, LIU_TING, [12, 5, 0]).then("poll.hands_counted")
    count(council, LIU_TING, [12, 5, 0]).then()
    assert hands(council)["state"] == "one"
    count(council, LIU_TING, [12, 6, 0]).then("poll.hands_counted")
    assert hands(council)["state"] == "one"
    count(council, BAI_YU, [12, 6, 0]).then("poll.hands_counted")
    assert hands(council)["state"] == "agreed"


def test_counts_that_differ_are_asked_again_of_both():
    council = opened(live=True)
    count(council, LIU_TING, [12, 5, 0])
    count(council, BAI_YU, [12, 6, 0])
    assert hands(council) == {"state": "differs", "round": 2, "differ": [1], "column": None}
    count(council, BAI_YU, [12, 5, 0]).refused("wrong_state", round=2)
    count(council, BAI_YU, [12, 6, 0]).then()
    count(council, BAI_YU, [12, 5, 0], 2).then("poll.hands_counted")
    count(council, LIU_TING, [12, 5, 0], 2).then("poll.hands_counted")
    assert hands(council)["column"]["counts"] == [12, 5, 0]
    assert council.own(LIU_TING)["mine"]["counted"] == {uid(10): 2}


def test_what_was_agreed_can_be_counted_anew_and_stands_until_then():
    council = opened(live=True)
    for who in (LIU_TING, BAI_YU):
        count(council, who, [1, 2, 3])
    count(council, LIU_TING, [3, 2, 1], 2)
    assert (hands(council)["state"], hands(council)["column"]["counts"]) == ("one", [1, 2, 3])
    count(council, MA_XIAOCHUAN, [2, 2, 1], 2)
    assert (hands(council)["state"], hands(council)["column"]) == ("differs", None)
    for who in (LIU_TING, MA_XIAOCHUAN):
        count(council, who, [3, 2, 1], 3)
    assert hands(council)["column"]["counts"] == [3, 2, 1]


def test_hands_of_a_hidden_poll_are_hidden_too():
    council = opened()
    for who in (LIU_TING, BAI_YU):
        count(council, who, [1, 2, 3])
    for eye in Eye:
        assert hands(council, eye)["column"] is None
    assert closed(council)["hands"]["column"]["base"] == 6


def test_hands_are_counted_after_the_close_as_well_but_not_after_the_end():
    council = opened()
    closed(council)
    count(council, LIU_TING, [1, 2, 3]).then("poll.hands_counted")
    count(council.given(SU_MIN, "meeting.end"), BAI_YU, [1, 2, 3]).refused("wrong_state")


def test_on_a_scale_the_hall_has_its_own_mean():
    council = opened(SCALE)
    choose(council, TIAN_XIULAN, 1)
    for who in (LIU_TING, BAI_YU):
        count(council, who, [0, 0, 1, 1, 2])
    seen = closed(council)
    assert (seen["mean"], seen["hands"]["column"]["mean"]) == (100, 425)


def test_where_one_may_choose_several_those_present_are_counted_too():
    council = opened(SEVERAL)
    count(council, LIU_TING, [9, 4, 0]).refused("unclear", field="present")
    count(council, LIU_TING, [9, 4, 0], present=10).then("poll.hands_counted")
    count(council, BAI_YU, [9, 4, 0], present=11).then("poll.hands_counted")
    assert hands(council)["differ"] == [-1]
    for who in (LIU_TING, BAI_YU):
        count(council, who, [9, 4, 0], 2, present=10)
    column = closed(council)["hands"]["column"]
    assert (column["base"], column["shares"]) == (10, [900, 400, 0])


@pytest.mark.parametrize(
    "numbers",
    [[-1, 0, 0], [1, 2], [1, 2, 3, 4], [], [5_001, 0, 0], [10**18, 0, 0]],
    ids=str,
)
def test_absurd_numbers_are_no_count(numbers):
    said = count(opened(), LIU_TING, numbers)
    assert said.refusal.code == ("too_large" if numbers[:1] > [5_000] else "unclear")


@pytest.mark.parametrize("present", [-1, 3, 4, 5_001])
def test_no_more_hands_than_those_present_could_raise(present):
    # Four hands for one option; ten hands of people who may raise two each.
    said = count(opened(SEVERAL), LIU_TING, [4, 4, 2], present=present)
    assert said.refusal.code == ("too_large" if present > 5_000 else "unclear")


def test_those_present_are_asked_only_where_one_may_choose_several():
    count(opened(), LIU_TING, [1, 2, 3], present=6).refused("unclear", field="present")


@pytest.mark.parametrize("round_", [0, -1, 2, 10**9])
def test_no_round_is_counted_before_its_time(round_):
    count(opened(), LIU_TING, [1, 2, 3], round_).refused("unclear", field="round")


def test_only_those_trusted_with_it_count_and_only_a_poll_that_is_asked():
    council = opened()
    for who in (TIAN_XIULAN, NA_WENHUI, GUEST):
        count(council, who, [1, 2, 3]).refused("forbidden")
    drafted = live().given(SU_MIN, "poll.draft", **POLL)
    count(drafted, LIU_TING, [1, 2, 3]).refused("not_found")
    # The poll of another meeting is none of this one's.
    count(live(), LIU_TING, [1, 2, 3]).refused("not_found")
    choose(live(), TIAN_XIULAN, 0).refused("not_found")
