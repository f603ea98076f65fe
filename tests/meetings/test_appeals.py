"""Reports and appeals about what was said: counted once, answered in writing by somebody else, told to whom it concerns."""

from dataclasses import replace

import pytest

from meetings import Eye
from meetings.comments import COMMENTS_KEPT
from meetings.kernel import Finding
from meetings.people import APPEAL_TERM
from tests.meetings.cast import (
    BAI_YU,
    GUEST,
    LAO_LIU,
    LIU_TING,
    MA_ZHICHENG,
    SHI_LAN,
    SU_MIN,
    TIAN_XIULAN,
    asked,
    live,
    uid,
)

QUESTION = f"question:{uid(10)}"
COMMENT = f"comment:{uid(20)}"


@pytest.fixture
def council():
    return live()


def told(council, who=TIAN_XIULAN):
    """What somebody's 消息 say: word, reason, answer."""
    return [(one["word"], one["reason"], one["answer"]) for one in council.told(who)]


def handed_back(council, way="hide", reason="rude"):
    """Have a question handed back and appealed against."""
    asked(council)
    council.given(LIU_TING, f"question.{way}", id=uid(10), reason=reason)
    return council.given(TIAN_XIULAN, "question.appeal", id=uid(10), text="没骂人")


def taken_away(council):
    """Have a comment taken away and appealed against."""
    council.given(TIAN_XIULAN, "comment.post", id=uid(20), text="楼道灯坏了三个月")
    council.given(LIU_TING, "comment.remove", id=uid(20), reason="rude")
    return council.given(TIAN_XIULAN, "comment.appeal", id=uid(20), text="没骂人")


@pytest.mark.parametrize(
    ("way", "reason", "state"), [("hide", "rude", "hidden"), ("reject", "advert", "rejected")]
)
def test_a_dismissed_appeal_leaves_the_question_as_it_was_for_good(council, way, reason, state):
    handed_back(council, way, reason)
    assert council.own(TIAN_XIULAN)[QUESTION]["appeal_due"] == council.now + APPEAL_TERM
    assert council.staff_sees(QUESTION)["state"] == "appealed"
    decide = {"id": uid(10), "outcome": "dismissed", "answer": "确有辱骂，维持退回。"}
    council.when(LIU_TING, "question.decide", **decide).refused("forbidden", why="appeal")
    council.when(BAI_YU, "question.decide", **decide | {"answer": " "}).refused("unclear", field="answer")
    council.when(BAI_YU, "question.decide", **decide | {"outcome": "maybe"}).refused("unclear")
    council.when(BAI_YU, "question.decide", **decide).then("question.appeal_decided")
    council.when(BAI_YU, "question.decide", **decide).then()
    assert council.own(TIAN_XIULAN)[QUESTION]["state"] == state
    assert told(council)[-1] == ("appeal_dismissed", None, "确有辱骂，维持退回。")
    council.when(TIAN_XIULAN, "question.appeal", id=uid(10), text="再说一次").refused(
        "wrong_state", appealed=True
    )
    council.when(SU_MIN, "question.decide", **decide | {"outcome": "upheld"}).refused("wrong_state")
    council.when(LIU_TING, "question.approve", id=uid(10)).refused("wrong_state", outcome="dismissed")


def test_an_upheld_appeal_brings_the_question_into_the_queue(council):
    handed_back(council)
    council.given(BAI_YU, "question.decide", id=uid(10), outcome="upheld", answer="误判，恢复。")
    assert council.sees(QUESTION)["state"] == "queued"
    assert uid(10) in council.sees("queue")["order"]
    assert told(council)[-1] == ("appeal_upheld", None, "误判，恢复。")
    assert "误判" not in str(council.sees_all(Eye.PUBLIC))


def test_after_the_meeting_an_upheld_appeal_is_answered_in_writing(council):
    handed_back(council).given(SU_MIN, "meeting.end")
    council.given(BAI_YU, "question.decide", id=uid(10), outcome="upheld", answer="误判，恢复。")
    assert council.sees(QUESTION)["state"] == "deferred"
    assert council.sees(QUESTION)["due"] > council.now


@pytest.mark.parametrize(
    ("word", "more"),
    [
        ("question.approve", {}),
        ("question.hide", {"reason": "rude"}),
        ("question.reject", {"reason": "advert"}),
        ("question.convert", {}),
    ],
)
def test_an_appeal_is_not_decided_without_its_answer(council, word, more):
    handed_back(council)
    council.when(BAI_YU, word, id=uid(10), **more).refused("wrong_state", state="appealed")


def test_a_moderator_does_not_decide_on_their_own_question_or_comment(council):
    asked(council, by=BAI_YU)
    council.given(LIU_TING, "question.hide", id=uid(10), reason="rude")
    council.given(BAI_YU, "question.appeal", id=uid(10), text="没骂人")
    council.when(BAI_YU, "question.decide", id=uid(10), outcome="upheld", answer="对").refused(
        "forbidden", why="self"
    )
    council.given(BAI_YU, "comment.post", id=uid(20), text="大家小声点")
    council.given(LIU_TING, "comment.remove", id=uid(20), reason="rude")
    council.given(BAI_YU, "comment.appeal", id=uid(20), text="没骂人")
    council.when(BAI_YU, "comment.decide", id=uid(20), outcome="upheld", answer="对").refused(
        "forbidden", why="self"
    )


def test_a_comments_appeal_ends_in_a_written_answer(council):
    taken_away(council)
    decide = {"id": uid(20), "outcome": "dismissed", "answer": "指名骂人，维持。"}
    council.when(LIU_TING, "comment.decide", **decide).refused("forbidden", why="appeal")
    for word, more in (("comment.approve", {}), ("comment.remove", {"reason": "rude"})):
        council.when(BAI_YU, word, id=uid(20), **more).refused("wrong_state", state="appealed")
    council.when(BAI_YU, "comment.decide", **decide).then("comment.appeal_decided")
    council.when(BAI_YU, "comment.decide", **decide).then()
    assert council.own(TIAN_XIULAN)[COMMENT]["state"] == "removed_final"
    assert [word for word, _, _ in told(council)] == ["comment_removed", "appealed", "appeal_dismissed"]
    council.when(TIAN_XIULAN, "comment.appeal", id=uid(20), text="再说一次").refused("wrong_state")
    council.when(SU_MIN, "comment.approve", id=uid(20)).refused("wrong_state")


def test_what_was_handed_back_by_mistake_is_told_too(council):
    asked(council)
    council.given(LIU_TING, "question.hide", id=uid(10), reason="rude")
    council.given(LIU_TING, "question.approve", id=uid(10))
    council.given(LIU_TING, "comment.post", id=uid(20), text="大家好")
    assert told(council) == [("question_hidden", "rude", None), ("question_back", None, None)]


# Reports


def test_a_question_is_reported_once_a_person_and_nobody_learns_who(council):
    asked(council)
    council.when(MA_ZHICHENG, "question.report", id=uid(10), reason="rude").then("question.reported")
    council.when(MA_ZHICHENG, "question.report", id=uid(10), reason="advert").then()
    council.given(LAO_LIU, "question.report", id=uid(10), reason="advert")
    seen = council.staff_sees(QUESTION)
    assert (seen["reports"], seen["report_kinds"]) == (2, {"advert": 1, "rude": 1})
    assert MA_ZHICHENG.id not in str(council.sees_all(Eye.STAFF)[QUESTION])
    assert "report" not in str(council.sees(QUESTION))
    assert "report" not in str(council.own(TIAN_XIULAN))
    council.when(TIAN_XIULAN, "question.report", id=uid(10), reason="rude").refused("forbidden", why="self")
    council.when(GUEST, "question.report", id=uid(10), reason="rude").refused("forbidden")
    council.when(LAO_LIU, "question.report", id=uid(11), reason="rude").refused("not_found")
    council.when(BAI_YU, "question.report", id=uid(10), reason="off_topic").refused("unclear")


def test_reports_of_what_nobody_sees_are_refused(council):
    asked(council)
    council.given(LIU_TING, "question.hide", id=uid(10), reason="rude")
    council.when(MA_ZHICHENG, "question.report", id=uid(10), reason="rude").refused("not_found")


def test_who_reported_hears_that_it_stands(council):
    asked(council)
    council.when(LIU_TING, "question.keep", id=uid(10)).then()
    council.given(MA_ZHICHENG, "question.report", id=uid(10), reason="rude")
    council.when(MA_ZHICHENG, "question.keep", id=uid(10)).refused("forbidden")
    council.when(LIU_TING, "question.keep", id=uid(10)).then("question.kept")
    council.when(LIU_TING, "question.keep", id=uid(10)).then()
    assert told(council, MA_ZHICHENG) == [("report_kept", None, None)]
    assert told(council) == []
    assert council.staff_sees(QUESTION)["reports"] == 0
    council.when(MA_ZHICHENG, "question.report", id=uid(10), reason="rude").then("question.reported")


@pytest.mark.parametrize("way", ["hide", "reject", "withdraw"])
def test_who_reported_hears_that_it_is_gone(council, way):
    asked(council)
    for who in (MA_ZHICHENG, LAO_LIU):
        council.given(who, "question.report", id=uid(10), reason="advert")
    if way == "withdraw":
        council.given(TIAN_XIULAN, "question.withdraw", id=uid(10))
    else:
        council.given(LIU_TING, f"question.{way}", id=uid(10), reason="personal_data")
    assert [told(council, who) for who in (MA_ZHICHENG, LAO_LIU)] == [[("report_removed", None, None)]] * 2


def test_reports_of_comments_say_their_kinds_and_come_to_an_end(council):
    council.given(TIAN_XIULAN, "comment.post", id=uid(20), text="加我微信领红包")
    for who, reason in ((MA_ZHICHENG, "advert"), (LAO_LIU, "advert"), (SHI_LAN, "rude")):
        council.given(who, "comment.report", id=uid(20), reason=reason)
    assert council.staff_sees(COMMENT)["report_kinds"] == {"advert": 2, "rude": 1}
    council.given(LIU_TING, "comment.remove", id=uid(20), reason="advert")
    for who in (MA_ZHICHENG, LAO_LIU, SHI_LAN):
        assert told(council, who) == [("report_removed", None, None)]
    assert told(council) == [("comment_removed", "advert", None)]


def test_what_a_message_quotes_is_short_and_masked(council):
    council.given(TIAN_XIULAN, "comment.post", id=uid(20), text="电话13800138000" + "很长" * 60)
    council.given(LIU_TING, "comment.remove", id=uid(20), reason="personal_data")
    (message,) = council.told(TIAN_XIULAN)
    assert "13800138000" not in message["text"]
    assert len(message["text"]) <= 41


def test_a_comment_taken_away_stays_with_its_author_and_its_appeal_with_the_desk_however_much_is_said(
    council,
):
    council.given(TIAN_XIULAN, "comment.post", id=uid(20), text="楼道灯坏了三个月")
    council.given(LIU_TING, "comment.remove", id=uid(20), reason="rude")
    for number in range(1_000, 1_001 + COMMENTS_KEPT):
        council.given(LIU_TING, "comment.post", id=uid(number), text=f"第{number}条")
    assert council.own(TIAN_XIULAN)[COMMENT]["state"] == "removed"
    council.given(TIAN_XIULAN, "comment.appeal", id=uid(20), text="我说的是事实。")
    assert council.staff_sees(COMMENT)["state"] == "appealed"
    council.given(BAI_YU, "comment.decide", id=uid(20), outcome="upheld", answer="说得对。")
    assert COMMENT in council.room.patch(0, Eye.PUBLIC)


def test_an_upheld_question_whose_words_are_mended_later_is_not_told_to_stand_again(council):
    handed_back(council)
    council.given(BAI_YU, "question.decide", id=uid(10), outcome="upheld", answer="说得对。")
    council.given(BAI_YU, "question.approve", id=uid(10), text="换物业要多少户？")
    assert "question_back" not in [word for word, _, _ in told(council)]


def test_a_reported_comment_that_was_let_in_with_a_reason_is_kept_without_another(council):
    blocked = replace(TIAN_XIULAN, found=Finding("block", (), "v1"))
    council.given(blocked, "comment.post", id=uid(30), text="声音清楚")
    council.given(LIU_TING, "comment.approve", id=uid(30), reason="误判")
    council.given(LAO_LIU, "comment.report", id=uid(30), reason="rude")
    council.when(LIU_TING, "comment.approve", id=uid(30)).then("comment.approved", reason=None)


def test_whoever_had_a_hand_in_handing_back_does_not_decide_though_another_gave_the_last_reason(council):
    asked(council)
    council.given(LIU_TING, "question.hide", id=uid(10), reason="rude")
    council.given(BAI_YU, "question.reject", id=uid(10), reason="advert")
    council.given(TIAN_XIULAN, "question.appeal", id=uid(10), text="没骂人")
    decision = {"id": uid(10), "outcome": "dismissed", "answer": "确是广告。"}
    for who in (LIU_TING, BAI_YU):
        council.when(who, "question.decide", **decision).refused("forbidden", why="appeal")
    council.when(SU_MIN, "question.decide", **decision).then("question.appeal_decided")


def test_who_merged_does_not_turn_down_the_objection_though_another_mended_the_words(council):
    asked(council, 10)
    asked(council, 11)
    council.given(LIU_TING, "question.merge", id=uid(10), into=uid(11))
    council.given(TIAN_XIULAN, "question.object", id=uid(10), text="问的是另一件事")
    council.given(BAI_YU, "question.approve", id=uid(10), text="换物业要几户？")
    council.when(LIU_TING, "question.keep_merged", id=uid(10)).refused("forbidden", why="merge")
    council.when(BAI_YU, "question.keep_merged", id=uid(10)).then("question.merge_kept")
