"""Polls of several choices and on a scale: what may be chosen, and what its sums come to."""

from __future__ import annotations

from fractions import Fraction
from math import sqrt
from random import Random

import msgspec
import pytest

import meetings
from meetings.polls import Drafted, Poll, Scale
from meetings.polls.card import column
from tests.meetings.cast import (
    LAO_LIU,
    MA_ZHICHENG,
    SU_MIN,
    TIAN_XIAOYU,
    TIAN_XIULAN,
    live,
    uid,
)
from tests.meetings.polling import NAME, POLL, SCALE, SEVERAL, STARS, choose, closed, opened


def test_one_may_choose_several_and_each_is_counted_over_those_who_answered():
    council = opened(SEVERAL)
    choose(council, TIAN_XIULAN, [2, 0]).then("poll.answered", choice=[0, 2])
    choose(council, TIAN_XIULAN, [0, 2]).then()
    choose(council, MA_ZHICHENG, [0]).then("poll.answered")
    choose(council, LAO_LIU, [1]).then("poll.answered")
    seen = closed(council)
    assert (seen["voters"], seen["counts"], seen["shares"]) == (3, [2, 1, 1], [667, 333, 333])
    assert council.own(TIAN_XIULAN)["mine"]["choices"] == {uid(10): [0, 2]}


def test_a_later_choice_of_several_takes_the_place_of_the_earlier():
    council = opened(SEVERAL)
    choose(council, TIAN_XIULAN, [0, 1])
    choose(council, TIAN_XIULAN, [2]).then("poll.answered")
    assert closed(council)["counts"] == [0, 0, 1]


@pytest.mark.parametrize("wrong", [[0, 0], [3], [-1], [0, 9], [], 0, [0, 0, 0]], ids=str)
def test_of_several_none_is_chosen_twice_and_none_that_is_not_there(wrong):
    said = choose(opened(SEVERAL), TIAN_XIULAN, wrong)
    assert said.refusal.code == ("too_large" if wrong == [0, 0, 0] else "unclear")


def test_nobody_chooses_more_than_the_poll_allows():
    choose(opened(SEVERAL), TIAN_XIULAN, [0, 1, 2]).refused("too_large", limit=2)
    choose(opened(SEVERAL | {"most": None}), TIAN_XIULAN, [0, 1, 2]).then("poll.answered")


@pytest.mark.parametrize("wrong", ["0", True, 0.5, None, {"0": 1}, [[0]], ["0"], [True]])
def test_a_choice_is_whole_numbers_and_nothing_else(wrong):
    for poll in (POLL, SEVERAL, SCALE):
        with pytest.raises(meetings.Refused) as refusal:
            opened(poll).give(TIAN_XIULAN, "poll.answer", id=uid(10), choice=wrong)
        assert refusal.value.code == "unclear"


def test_one_choice_is_no_list():
    choose(opened(), TIAN_XIULAN, [0]).refused("unclear", field="choice")
    choose(opened(SCALE), TIAN_XIULAN, [3]).refused("unclear", field="choice")


@pytest.mark.parametrize("most", [0, 1, 4, -1])
def test_the_most_that_may_be_chosen_is_two_or_more_and_no_more_than_there_are(most):
    live().when(SU_MIN, "poll.draft", **SEVERAL | {"most": most}).refused("unclear", field="most")


def test_only_a_poll_of_several_says_how_many():
    live().when(SU_MIN, "poll.draft", **POLL, most=2).refused("unclear", field="most")
    live().when(SU_MIN, "poll.draft", **SCALE, most=2).refused("unclear", field="most")


def test_a_scale_has_words_at_both_ends_and_tells_mean_and_spread():
    council = opened(SCALE)
    seen = council.sees(NAME)
    assert (seen["options"], seen["scale"]) == (["1", "2", "3", "4", "5"], STARS)
    for who, points in ((TIAN_XIULAN, 5), (TIAN_XIAOYU, 4), (MA_ZHICHENG, 4), (LAO_LIU, 1)):
        choose(council, who, points).then("poll.answered")
    assert council.sees(NAME)["mean"] is None
    seen = closed(council)
    assert (seen["counts"], seen["shares"]) == ([1, 0, 0, 2, 1], [250, 0, 0, 500, 250])
    assert (seen["voters"], seen["mean"], seen["spread"]) == (4, 350, 150)
    assert council.own(TIAN_XIULAN)["mine"]["choices"] == {uid(10): 5}


@pytest.mark.parametrize("beyond", [0, 6, -1, 10**12])
def test_no_answer_lies_beyond_the_ends_of_a_scale(beyond):
    choose(opened(SCALE), TIAN_XIULAN, beyond).refused("unclear", field="choice")


def test_a_scale_may_begin_at_nought():
    council = opened(SCALE | {"scale": STARS | {"low": 0, "high": 10}})
    choose(council, TIAN_XIULAN, 0).then("poll.answered")
    choose(council, LAO_LIU, 10).then("poll.answered")
    assert (closed(council)["mean"], council.sees(NAME)["spread"]) == (500, 500)


@pytest.mark.parametrize(
    "ends",
    [
        {"low": 1, "high": 2},
        {"low": 5, "high": 1},
        {"low": -1, "high": 5},
        {"low": 1, "high": 11},
        {"low": 1, "high": 10**30},
        {"low_words": ""},
        {"low_words": "很满意"},
        {"high_words": "字" * 21},
    ],
    ids=lambda ends: str(ends)[:30],
)
def test_a_scale_has_three_to_eleven_points_and_two_different_ends(ends):
    with pytest.raises(meetings.Refused) as refusal:
        live().give(SU_MIN, "poll.draft", **SCALE | {"scale": STARS | ends})
    assert refusal.value.code in {"unclear", "too_large"}


def test_a_scale_is_given_where_there_is_one_and_nowhere_else():
    live().when(SU_MIN, "poll.draft", **SCALE | {"scale": None}).refused("unclear", field="scale")
    live().when(SU_MIN, "poll.draft", **POLL, scale=STARS).refused("unclear", field="scale")
    live().when(SU_MIN, "poll.draft", **SCALE | {"options": ["好", "坏"]}).refused("unclear", field="options")
    with pytest.raises(meetings.Refused):
        live().give(SU_MIN, "poll.draft", **SCALE | {"scale": STARS | {"step": 2}})


def test_nobody_has_answered_is_no_mean_and_no_share():
    seen = closed(opened(SCALE))
    assert (seen["voters"], seen["shares"], seen["mean"], seen["spread"]) == (0, [0] * 5, None, None)


def test_shares_mean_and_spread_are_those_of_fractions():
    random = Random(6)
    for _ in range(3_000):
        low = random.randint(0, 3)
        scale = Scale(low, random.randint(low + 2, 10), "低", "高")
        counts = [random.choice([0, 1, 2, 7, 40, 999]) for _ in scale.points]
        base = sum(counts)
        told = column(counts, base, scale)
        if not base:
            assert told.mean is told.spread is None
            continue
        answers = [point for point, count in zip(scale.points, counts, strict=True) for _ in range(count)]
        mean = Fraction(sum(answers), base)
        variance = sum((answer - mean) ** 2 for answer in answers) / base
        assert told.mean == int(mean * 100 + Fraction(1, 2))
        assert abs(told.spread - 100 * sqrt(variance)) <= 0.5 + 1e-6
        assert told.shares == [int(Fraction(1000 * count, base) + Fraction(1, 2)) for count in counts]


def test_a_poll_of_earlier_records_still_folds():
    council = live()
    old = {"id": uid(10), "question": "你倾向怎么做？", "options": ["甲", "乙"]}
    fact = meetings.words.fact("poll.drafted", lying(old))
    assert fact == Drafted(uid(10), "你倾向怎么做？", ["甲", "乙"])
    council.fold(fact, SU_MIN.id)
    council.fold(meetings.words.fact("poll.opened", lying({"id": uid(10)})), SU_MIN.id)
    answered = meetings.words.fact("poll.answered", lying({"id": uid(10), "choice": 0}))
    council.fold(answered, TIAN_XIULAN.id)
    poll = council.room.need(Poll, uid(10))
    assert (poll.sort, poll.most, poll.counts, poll.hands) == ("single", 1, (1, 0), None)


def lying(line: dict[str, object]) -> bytes:
    """A line as it lies in a record."""
    return msgspec.json.encode(line)
