"""The council itself: called, announced, opened, paused, ended, published."""

import pytest

from tests.meetings.cast import (
    DAY,
    HE_CHUNYU,
    JIA_YIMING,
    LIU_TING,
    MINUTE,
    SEVEN_THIRTY,
    SHI_LAN,
    SU_MIN,
    TIAN_XIULAN,
    Council,
    announced,
    asked,
    ended,
    in_the_lobby,
    live,
)


def phase(council):
    return council.sees("meeting")["phase"]


def test_a_council_from_the_call_to_the_archive():
    council = announced()
    council.when(SU_MIN, "meeting.open_lobby").then("meeting.lobby_opened")
    council.when(SU_MIN, "meeting.start").then("meeting.started")
    council.when(JIA_YIMING, "meeting.pause", reason="推流中断").then("meeting.paused")
    assert council.sees("meeting")["cause"] == "推流中断"
    council.when(SU_MIN, "meeting.resume").then("meeting.resumed")
    assert council.sees("meeting")["cause"] is None
    council.later(90 * MINUTE).when(SU_MIN, "meeting.end").then("meeting.ended")
    council.when(SHI_LAN, "meeting.publish").then("meeting.published")
    assert phase(council) == "published"


def test_what_is_so_already_is_said_twice_without_harm():
    live().when(SU_MIN, "meeting.start").then()
    ended().when(SU_MIN, "meeting.end").then()


def test_no_announcement_without_time_place_notice_and_agenda():
    council = Council().given(HE_CHUNYU, "meeting.set", title="议事会")
    said = council.when(HE_CHUNYU, "meeting.announce")
    said.refused("wrong_state", missing=["starts_at", "venue", "notice", "agenda"])


def test_the_lobby_opens_an_hour_before_unless_the_meeting_says_otherwise():
    council = announced().later(-60 * MINUTE)
    council.when(SU_MIN, "meeting.open_lobby").refused("not_open", opens_at=SEVEN_THIRTY - 60 * MINUTE)
    council.given(SHI_LAN, "meeting.set", lobby_minutes=None)
    council.when(SU_MIN, "meeting.open_lobby").then("meeting.lobby_opened")


def test_a_meeting_is_put_off_and_announced_again():
    council = announced()
    later = SEVEN_THIRTY + 7 * DAY
    council.when(SHI_LAN, "meeting.postpone", reason="停电", starts_at=later).then("meeting.postponed")
    assert (council.sees("meeting")["starts_at"], council.sees("meeting")["cause"]) == (later, "停电")
    council.when(SU_MIN, "meeting.open_lobby").refused("wrong_state", phase="postponed")
    council.when(SHI_LAN, "meeting.announce").then("meeting.announced")


def test_a_meeting_that_began_is_not_called_off():
    announced().when(SHI_LAN, "meeting.cancel", reason="无人报名").then("meeting.cancelled")
    live().when(SHI_LAN, "meeting.cancel", reason="不想开了").refused("wrong_state", phase="live")


def test_after_the_end_there_is_no_way_back():
    council = ended()
    for word in ("meeting.start", "meeting.resume"):
        council.when(SU_MIN, word).refused("wrong_state", phase="ended")


@pytest.mark.parametrize("word", ["meeting.start", "meeting.end", "meeting.publish", "meeting.announce"])
def test_residents_do_not_hold_the_meeting(word):
    in_the_lobby().when(TIAN_XIULAN, word).refused("forbidden")


def test_moderators_open_and_close_questions_and_choose_the_review_and_no_more():
    council = live()
    council.when(LIU_TING, "meeting.set", questions_open=False).then("meeting.was_set")
    council.when(LIU_TING, "meeting.set", questions_open=False).then()
    council.when(LIU_TING, "meeting.set", title="改名").refused("forbidden")


def test_settings_hold_only_what_they_may():
    council = announced()
    council.when(SHI_LAN, "meeting.set", watch="nobody").refused("unclear", field="watch")
    council.when(SHI_LAN, "meeting.set", review_comments="never").refused("unclear", field="review_comments")
    council.when(SHI_LAN, "meeting.set", answer_days=0).refused("unclear", field="answer_days")
    council.when(SHI_LAN, "meeting.set", parties=["方"] * 41).refused("too_large", field="parties")
    council.when(SHI_LAN, "meeting.set", title=" ").refused("unclear", field="title")


def test_the_beginning_is_not_moved_once_it_has_begun():
    live().when(SHI_LAN, "meeting.set", starts_at=SEVEN_THIRTY + DAY).refused("wrong_state")


def test_at_the_end_what_waits_is_answered_in_writing_by_a_date():
    council = live()
    own_id = asked(council)
    council.given(SU_MIN, "meeting.end")
    question = council.sees(f"question:{own_id}")
    assert (question["state"], question["due"]) == ("deferred", council.now + 7 * DAY)
