"""The stop button: words and picture in one line of the record, nothing slips out after it, both come back by name."""

import pytest

from meetings.duty import DELAY
from meetings.halt import UNREAD_MS
from meetings.kernel import Refused
from meetings.stream import stream_of
from tests.meetings.cast import (
    BAI_YU,
    JIA_YIMING,
    LAO_LIU,
    LIU_TING,
    MA_XIAOCHUAN,
    MA_ZHICHENG,
    MINUTE,
    NA_WENHUI,
    PLATFORM,
    SHI_LAN,
    SU_MIN,
    TIAN_XIULAN,
    announced,
    live,
    uid,
)

ASK = {"id": uid(20), "kind": "ask", "text": "换物业要多少户同意？"}


def say(number=10, text="声音清楚，画面有点卡"):
    return {"id": uid(number), "text": text}


@pytest.fixture
def council():
    """A live council with a picture and a moderator on duty, in which nothing is reviewed first."""
    return live().given(PLATFORM, "stream.live")


def test_one_press_stops_picture_and_words_in_one_line(council):
    council.when(LIU_TING, "halt.begin").then("halt.begun", reason="check", name="柳婷")
    assert council.sees("halt") == {
        "words": True,
        "picture": True,
        "reason": "check",
        "name": "柳婷",
        "since": council.now,
    }
    assert council.sees("stream")["state"] == "held"
    council.when(TIAN_XIULAN, "comment.post", **say()).refused("not_open", halted=True)
    council.when(NA_WENHUI, "comment.post", **say()).refused("not_open", halted=True)
    council.when(TIAN_XIULAN, "question.ask", **ASK).refused("not_open", halted=True)
    council.when(MA_XIAOCHUAN, "question.ask", **ASK, channel="paper").refused("not_open", halted=True)
    council.when(SU_MIN, "comment.post", **say(11)).then("comment.posted")


@pytest.mark.parametrize("who", [SU_MIN, LIU_TING, BAI_YU, SHI_LAN, JIA_YIMING])
def test_desk_and_studio_may_press(council, who):
    council.when(who, "halt.begin", reason="unlawful").then("halt.begun", reason="unlawful", name=who.name)


@pytest.mark.parametrize("who", [TIAN_XIULAN, NA_WENHUI, MA_XIAOCHUAN])
def test_nobody_else_may(council, who):
    council.when(who, "halt.begin").refused("forbidden")
    council.given(LIU_TING, "halt.begin")
    council.when(who, "halt.lift").refused("forbidden")


def test_pressing_again_is_pressing_once_and_another_reason_is_told(council):
    council.given(LIU_TING, "halt.begin").later(5_000)
    council.when(BAI_YU, "halt.begin").then()
    council.when(LIU_TING, "halt.begin", reason="personal_data").then("halt.begun")
    assert (council.sees("halt")["reason"], council.sees("halt")["since"]) == (
        "personal_data",
        council.now - 5_000,
    )
    with pytest.raises(Refused, match="unclear"):
        council.given(LIU_TING, "halt.begin", reason="because")


def test_a_stop_before_the_meeting_has_anybody_in_it_is_refused():
    announced().when(LIU_TING, "halt.begin").refused("wrong_state")


def test_nothing_on_its_way_slips_out_after_the_stop(council):
    council.given(SHI_LAN, "meeting.set", review_comments="delayed", review_questions="delayed")
    council.given(TIAN_XIULAN, "comment.post", **say()).given(TIAN_XIULAN, "question.ask", **ASK)
    council.later(DELAY)
    council.given(LIU_TING, "halt.begin")
    assert council.due() == []
    # The clock had looked before the press and speaks after it.
    council.when(PLATFORM, "comment.approve", id=uid(10)).then()
    council.when(PLATFORM, "question.approve", id=uid(20)).then()
    for name in (f"comment:{uid(10)}", f"question:{uid(20)}"):
        assert council.sees(name) is None
        assert council.staff_sees(name)["due_at"] is None
    council.given(LIU_TING, "halt.lift").later(MINUTE)
    assert council.due() == []
    assert council.sees(f"comment:{uid(10)}") is None


def test_what_went_out_unread_a_moment_before_waits_for_review_again(council):
    council.given(TIAN_XIULAN, "comment.post", **say(10, "早就说过的")).given(
        MA_ZHICHENG, "question.ask", **ASK
    )
    council.later(UNREAD_MS + 1)
    council.given(TIAN_XIULAN, "comment.post", **say(11, "刚刚说的")).given(
        LAO_LIU, "comment.post", **say(12, "有人看过")
    )
    council.given(LAO_LIU, "comment.report", id=uid(11), reason="rude").given(
        LAO_LIU, "question.ask", **(ASK | {"id": uid(21)})
    )
    council.given(TIAN_XIULAN, "comment.report", id=uid(12), reason="rude")
    council.given(LIU_TING, "comment.approve", id=uid(12))
    before = council.sees("discussion")["count"]
    council.given(SU_MIN, "halt.begin")
    seen = [bool(council.sees(f"comment:{uid(number)}")) for number in (10, 11, 12)]
    assert seen == [True, False, True]
    assert council.staff_sees(f"comment:{uid(11)}")["state"] == "pending"
    assert council.sees("discussion")["count"] == before - 1
    assert council.sees(f"question:{uid(20)}")
    assert council.sees(f"question:{uid(21)}") is None
    assert council.sees("queue")["order"] == [uid(20)]


def test_a_question_others_were_put_under_stays_where_it_is(council):
    council.given(MA_ZHICHENG, "question.ask", **ASK).given(
        LAO_LIU, "question.ask", **(ASK | {"id": uid(21)})
    )
    council.given(LIU_TING, "question.merge", id=uid(21), into=uid(20)).given(LIU_TING, "halt.begin")
    assert council.sees(f"question:{uid(20)}")["state"] == "queued"


def test_both_come_back_with_one_press(council):
    council.given(LIU_TING, "halt.begin")
    council.when(BAI_YU, "halt.lift").then("halt.lifted", words=True, picture=True, name="白宇")
    assert council.sees("halt") is None
    assert council.sees("stream")["state"] == "live"
    council.when(TIAN_XIULAN, "comment.post", **say()).then("comment.posted")
    council.when(BAI_YU, "halt.lift").then()


def test_words_and_picture_come_back_singly(council):
    council.given(LIU_TING, "halt.begin")
    council.when(LIU_TING, "halt.lift", picture=False).then("halt.lifted", words=True, picture=False)
    assert (council.sees("halt")["words"], council.sees("stream")["state"]) == (False, "held")
    council.when(TIAN_XIULAN, "comment.post", **say()).then("comment.posted")
    council.when(JIA_YIMING, "halt.lift", words=False).then("halt.lifted")
    assert (council.sees("halt"), council.sees("stream")["state"]) == (None, "live")


def test_a_technician_gives_back_the_picture_alone(council):
    council.given(JIA_YIMING, "halt.begin")
    council.when(JIA_YIMING, "halt.lift").refused("forbidden")
    council.when(JIA_YIMING, "stream.resume").then("stream.resumed")
    assert council.sees("halt") | {"since": 0, "name": ""} == {
        "words": True,
        "picture": False,
        "reason": "check",
        "name": "",
        "since": 0,
    }


def test_a_picture_that_begins_in_the_midst_of_a_stop_stays_covered():
    council = live().given(LIU_TING, "halt.begin").given(PLATFORM, "stream.live")
    assert council.sees("stream")["state"] == "held"
    council.given(PLATFORM, "stream.end").given(PLATFORM, "stream.live")
    assert council.sees("stream")["state"] == "held"
    council.given(LIU_TING, "halt.lift")
    assert council.sees("stream")["state"] == "live"


def test_a_picture_held_back_before_comes_on_with_the_end_of_the_stop(council):
    council.given(SU_MIN, "stream.hold")
    held_at = council.now
    council.later(5_000).given(LIU_TING, "halt.begin")
    assert stream_of(council.room).held_at == held_at
    council.given(LIU_TING, "halt.lift")
    assert council.sees("stream")["state"] == "live"


def test_loosening_while_stopped_changes_nothing_of_the_stop(council):
    council.given(LIU_TING, "halt.begin").given(LIU_TING, "meeting.set", review_comments="before")
    council.when(BAI_YU, "review.switch", texts="comments", voice="resident", mode="after").refused(
        "wrong_state", halted=True
    )
    council.when(TIAN_XIULAN, "comment.post", **say()).refused("not_open", halted=True)


def test_the_end_of_the_meeting_ends_the_stop(council):
    council.given(LIU_TING, "halt.begin").given(SU_MIN, "meeting.end")
    assert council.sees("halt") is None
    assert council.sees("stream")["state"] == "ended"
    nothing_on = live().given(LIU_TING, "halt.begin").given(SU_MIN, "meeting.end")
    assert (nothing_on.sees("halt"), nothing_on.sees("stream")["state"]) == (None, "offline")
