"""The picture: on, broken off, held back, over; told as facts, by whoever may."""

import pytest

from tests.meetings.cast import (
    JIA_YIMING,
    LIU_TING,
    PLATFORM,
    SHI_LAN,
    SU_MIN,
    TIAN_XIULAN,
    announced,
    in_the_lobby,
    live,
)


@pytest.fixture
def council():
    return live().given(PLATFORM, "stream.live")


def state(council):
    return council.sees("stream")["state"]


def test_the_picture_comes_on_and_says_since_when(council):
    assert council.sees("stream") == {
        "state": "live",
        "since": council.now,
        "cause": None,
        "recorded": True,
    }
    council.when(JIA_YIMING, "stream.live").then()


def test_it_may_be_tried_in_the_lobby_not_before():
    in_the_lobby().when(JIA_YIMING, "stream.live").then("stream.went_live")
    announced().when(JIA_YIMING, "stream.live").refused("wrong_state")


def test_it_breaks_off_with_its_cause_and_comes_again(council):
    council.later(5).when(PLATFORM, "stream.interrupt", cause="推流中断").then("stream.interrupted")
    council.when(PLATFORM, "stream.interrupt").then()
    assert (state(council), council.sees("stream")["cause"]) == ("interrupted", "推流中断")
    assert council.sees("stream")["since"] == council.now
    council.when(PLATFORM, "stream.live").then("stream.went_live")
    assert council.sees("stream")["cause"] is None


def test_what_was_never_on_cannot_break_off_or_be_held():
    council = live()
    council.when(SU_MIN, "stream.hold").refused("wrong_state", state="offline")
    council.when(PLATFORM, "stream.interrupt").refused("wrong_state", state="offline")
    council.when(SU_MIN, "stream.end").then()
    council.when(SU_MIN, "stream.resume").then()


def test_a_picture_held_back_stays_so_whatever_the_studio_sends(council):
    council.when(LIU_TING, "stream.hold", cause="画面有个人信息").then("stream.held")
    council.when(LIU_TING, "stream.hold").then()
    council.given(PLATFORM, "stream.interrupt").given(PLATFORM, "stream.live")
    assert state(council) == "held"
    assert council.sees("stream")["cause"] == "画面有个人信息"
    council.when(SU_MIN, "stream.resume").then("stream.resumed")
    assert state(council) == "live"


def test_what_broke_off_while_held_back_is_interrupted_after(council):
    council.given(LIU_TING, "stream.hold").given(PLATFORM, "stream.interrupt").given(
        LIU_TING, "stream.resume"
    )
    assert state(council) == "interrupted"


def test_the_studio_finishes_and_begins_again(council):
    council.when(SU_MIN, "stream.end").then("stream.ended")
    council.when(SU_MIN, "stream.end").then()
    assert state(council) == "ended"
    council.when(PLATFORM, "stream.live").then("stream.went_live")


def test_the_end_of_the_meeting_ends_the_picture(council):
    council.given(LIU_TING, "stream.hold").given(SU_MIN, "meeting.end")
    assert state(council) == "ended"
    council.when(PLATFORM, "stream.live").refused("wrong_state", phase="ended")
    council.when(PLATFORM, "stream.end").then()


def test_residents_and_the_secretary_do_not_touch_the_picture(council):
    council.when(TIAN_XIULAN, "stream.hold").refused("forbidden")
    council.when(SHI_LAN, "stream.end").refused("forbidden")


def test_a_disk_that_takes_nothing_is_told_to_everybody_and_so_is_its_coming_back(council):
    since = council.now
    council.later(5).when(PLATFORM, "stream.record", on=False).then("stream.recording_failed")
    council.when(PLATFORM, "stream.record", on=False).then()
    assert (council.sees("stream")["recorded"], council.sees("stream")["since"]) == (False, since)
    council.given(SU_MIN, "stream.hold")
    assert not council.sees("stream")["recorded"]
    council.when(PLATFORM, "stream.record", on=True).then("stream.recording_back")
    council.when(SU_MIN, "stream.record", on=False).refused("forbidden")


def test_a_new_picture_begins_recorded(council):
    council.given(PLATFORM, "stream.record", on=False).given(SU_MIN, "stream.end")
    assert council.sees("stream")["recorded"]
