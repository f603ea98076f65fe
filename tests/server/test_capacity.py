"""What the line out carries: said before the picture is on, kept to when viewers come, and nobody is sent away."""

from __future__ import annotations

import pytest

from server.live.capacity import PLANNED, WAYS, Capacity, Crowd

RECORD = "meeting:a"
OFF = dict.fromkeys(WAYS, 0)
ON = {"picture": 600_000, "thin": 180_000, "sound": 60_000}


def capacity(mbit, rates=OFF, *crowds):
    return Capacity(mbit, lambda _record: rates, lambda: crowds)


def test_where_nobody_said_how_much_the_line_is_nothing_is_said_and_nobody_held_back():
    line = capacity(0, ON, Crowd(RECORD, 100_000, {}))
    assert line.carries(RECORD) is None
    assert line.health(RECORD) == {}
    assert line.begin(RECORD) == "picture"


def test_before_the_picture_is_on_the_plan_counts():
    carries = capacity(100).carries(RECORD)
    assert 0 < carries["picture"] < carries["thin"] < carries["sound"]
    assert carries["picture"] * PLANNED["picture"] <= 100_000_000


def test_sixteen_hundred_viewers_at_600_kilobits_need_more_than_a_gigabit():
    assert capacity(1_000, ON).carries(RECORD)["picture"] < 1_600
    assert capacity(1_200, ON).carries(RECORD)["picture"] > 1_600


@pytest.mark.parametrize(
    ("crowd", "begins"),
    [
        ({"picture": 10}, "picture"),
        ({"picture": 152}, "thin"),
        ({"picture": 155, "thin": 4}, "sound"),
        ({"thin": 200}, "picture"),
    ],
)
def test_a_newcomer_begins_with_the_best_that_still_fits(crowd, begins):
    watching = sum(crowd.values())
    assert capacity(108, {**ON, "picture": 600_000}, Crowd(RECORD, watching, crowd)).begin(RECORD) == begins


def test_whoever_has_not_told_yet_counts_as_watching_the_picture():
    assert capacity(108, ON, Crowd(RECORD, 152, {})).begin(RECORD) == "thin"
    assert capacity(108, ON, Crowd(RECORD, 150, {"none": 150})).begin(RECORD) == "picture"


def test_a_thin_picture_nobody_sends_is_offered_to_nobody():
    assert capacity(108, ON | {"thin": 0}, Crowd(RECORD, 152, {"picture": 152})).begin(RECORD) == "sound"


def test_two_meetings_share_one_line():
    crowds = (Crowd(RECORD, 76, {"picture": 76}), Crowd("meeting:b", 76, {"picture": 76}))
    assert capacity(108, ON, *crowds).begin(RECORD) == "thin"
