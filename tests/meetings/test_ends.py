"""Nothing disappears: every question comes to an end that is told, or waits with a date, whatever was done to it."""

from __future__ import annotations

import copy
from dataclasses import replace
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from meetings import Eye, Refused
from meetings.kernel import Finding, Hit
from meetings.meeting import AFTER, REVIEWS
from meetings.questions import HIDE_REASONS, REJECT_REASONS, Question, Slip, root_of
from tests.meetings.cast import (
    BAI_YU,
    DAY,
    EVERYBODY,
    LAO_LIU,
    LIU_TING,
    MA_ZHICHENG,
    NA_WENHUI,
    PLATFORM,
    SHI_LAN,
    SU_MIN,
    TIAN_XIULAN,
    Council,
    asked,
    live,
    uid,
)
from tests.meetings.orders import drawn

OVER = frozenset("answered answered_written merged converted hidden rejected withdrawn".split())
STAFFED = (SU_MIN, LIU_TING, BAI_YU, SHI_LAN)


def with_two_alike(back: str = "after") -> Council:
    council = live().given(SHI_LAN, "meeting.set", review_questions=back)
    asked(council, 10, TIAN_XIULAN)
    asked(council, 11, MA_ZHICHENG, "换物业要几户点头？")
    return council


@pytest.mark.parametrize("way", ["hide", "reject", "withdraw"])
def test_a_merged_question_stands_for_itself_again_when_the_other_goes_out_of_sight(way):
    council = with_two_alike().given(LAO_LIU, "question.upvote", id=uid(11))
    council.given(LIU_TING, "question.merge", id=uid(11), into=uid(10))
    if way == "withdraw":
        council.given(TIAN_XIULAN, "question.withdraw", id=uid(10))
    else:
        council.given(LIU_TING, f"question.{way}", id=uid(10), reason="personal_data")
    left = council.sees(f"question:{uid(11)}")
    assert (left["state"], left["merged_into"]) == ("queued", None)
    assert council.sees(f"score:{uid(11)}") == {"votes": 1}
    assert council.sees("queue")["order"] == [uid(11)]
    assert council.sees(f"question:{uid(10)}") is None


def test_what_nobody_decided_on_before_the_end_waits_with_a_date():
    council = with_two_alike("before").given(SU_MIN, "meeting.end")
    for eyes in (council.staff_sees(f"question:{uid(10)}"), council.own(TIAN_XIULAN)[f"question:{uid(10)}"]):
        assert (eyes["state"], eyes["decide_by"]) == ("pending_review", council.now + 7 * DAY)
    council.later(DAY).given(LIU_TING, "question.approve", id=uid(10))
    let_in = council.sees(f"question:{uid(10)}")
    assert (let_in["state"], let_in["due"]) == ("deferred", council.now + 7 * DAY)
    assert council.staff_sees(f"question:{uid(10)}")["decide_by"] is None


def test_a_date_put_off_leaves_the_first_one_to_be_read():
    council = with_two_alike().given(SU_MIN, "meeting.end")
    first = council.sees(f"question:{uid(10)}")["due"]
    later = first + 3 * DAY
    council.later(8 * DAY).given(LIU_TING, "question.defer", id=uid(10), until=later)
    put_off = council.sees(f"question:{uid(10)}")
    assert (put_off["due"], put_off["promised"]) == (later, first)
    council.given(
        NA_WENHUI, "answer.write", id=uid(20), question=uid(10), text="面积、人数都要三分之二参与。"
    )
    assert council.sees(f"question:{uid(10)}")["state"] == "answered_written"


def test_the_result_of_what_was_handed_over_is_told_under_its_slip():
    council = with_two_alike().given(LIU_TING, "question.convert", id=uid(10)).given(SU_MIN, "meeting.end")
    council.given(SHI_LAN, "meeting.publish").later(30 * DAY)
    slip = council.sees(f"question:{uid(10)}")["slip"]
    told = {"result": "resolved", "text": "已修好，有事打13800138000。"}
    council.when(SHI_LAN, "question.resolve", id=uid(10), **told).then("question.resolved", role="secretary")
    council.when(SHI_LAN, "question.resolve", id=uid(10), **told).then()
    seen = council.sees(f"slip:{uid(10)}")
    assert (seen["slip"], seen["result"], seen["text"]) == (slip, "resolved", "已修好，有事打138****8000。")
    assert (seen["told_at"], seen["role"], seen["version"]) == (council.now, "secretary", 1)
    assert council.own(TIAN_XIULAN)[f"slip:{uid(10)}"]["result"] == "resolved"
    assert "told_by" not in seen
    assert council.staff_sees(f"slip:{uid(10)}")["told_by"] == SHI_LAN.id
    council.given(SHI_LAN, "question.resolve", id=uid(10), result="task", text="下周动工。")
    assert council.sees(f"slip:{uid(10)}")["version"] == 2


def test_a_slip_goes_when_handing_over_is_taken_back_at_once():
    council = with_two_alike().given(LIU_TING, "question.convert", id=uid(10))
    council.given(LIU_TING, "desk.undo", thing=f"question:{uid(10)}", of=council.room.seq)
    assert council.sees(f"question:{uid(10)}")["state"] == "queued"
    assert council.sees(f"slip:{uid(10)}") is None


def test_a_result_needs_a_slip_and_somebody_of_the_desk():
    council = with_two_alike()
    council.when(SHI_LAN, "question.resolve", id=uid(10), result="task", text="修").refused("wrong_state")
    council.given(LIU_TING, "question.convert", id=uid(10))
    council.when(TIAN_XIULAN, "question.resolve", id=uid(10), result="task", text="修").refused("forbidden")
    council.when(LIU_TING, "question.resolve", id=uid(10), result="task", text=" ").refused("unclear")
    council.when(LIU_TING, "question.resolve", id=uid(99), result="task", text="修").refused("not_found")
    with pytest.raises(Refused, match="unclear"):
        council.give(LIU_TING, "question.resolve", id=uid(10), result="off_topic", text="修")


def test_off_topic_is_no_reason_to_hand_back():
    assert not {"off_topic", "irrelevant"} & {*HIDE_REASONS, *REJECT_REASONS}
    council = with_two_alike("before")
    council.when(LIU_TING, "question.hide", id=uid(10), reason="off_topic").refused("unclear")
    council.given(LIU_TING, "question.convert", id=uid(10))
    assert council.sees(f"question:{uid(10)}")["slip"]


def test_what_was_blocked_is_handed_over_only_with_a_reason():
    council = live()
    blocked = Finding("block", (Hit("block", "骂", "abuse", "text", 0, 1),), "v1")
    asked(council, 10, replace(TIAN_XIULAN, found=blocked))
    council.when(LIU_TING, "question.convert", id=uid(10)).refused("unclear", field="reason")
    council.given(LIU_TING, "question.convert", id=uid(10), reason="反映的事属实")
    assert council.sees(f"question:{uid(10)}")["state"] == "converted"


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_from_every_state_every_question_has_an_end(seed):
    """Whatever was done, somebody of the desk can bring each question to an end in two steps."""
    lot = Random(seed)
    council = live().given(SHI_LAN, "meeting.set", review_questions=REVIEWS[seed % 3])
    for _ in range(120):
        order = drawn(lot, council.room, council.now)
        who = lot.choice((*EVERYBODY, *STAFFED, *STAFFED))
        council.later(lot.choice((1, 15_000)))
        try:
            council.give(who, order.pop("type"), **order)
        except Refused:
            continue
        for question in council.room.all(Question):
            holds(council, question)
    for question in list(council.room.all(Question)):
        if question.state not in OVER:
            assert can_end(council, question), question.state


def holds(council: Council, question: Question) -> None:
    """Each end has what makes it one; nothing waits without a date once the meeting is over."""
    over = council.room.phase in AFTER
    match question.state:
        case "hidden":
            assert question.reason in HIDE_REASONS
        case "rejected":
            assert question.reason in REJECT_REASONS
        case "converted":
            assert question.slip
            assert council.room.need(Slip, question.id).slip == question.slip
        case "deferred":
            assert question.due is not None
            assert question.promised is not None
        case "merged":
            assert root_of(council.room, question).seen_by(Eye.PUBLIC) is not None
        case "pending_review" | "appealed":
            assert not over or question.decide_by is not None
        case "queued" | "on_air":
            assert not over
        case state:
            assert state in OVER


def can_end(council: Council, question: Question) -> bool:
    ways = (
        [("question.convert", {"reason": "属实"})],
        [("question.hide", {"reason": "unclear"})],
        [("question.decide", {"outcome": "dismissed", "answer": "维持"})],
        [
            ("question.decide", {"outcome": "upheld", "answer": "恢复"}),
            ("question.convert", {"reason": "属实"}),
        ],
    )
    for who in (*STAFFED, PLATFORM):
        for steps in ways:
            trial = copy.deepcopy(council)
            try:
                for word, fields in steps:
                    trial.give(who, word, id=question.id, **fields)
            except Refused:
                continue
            return trial.room.need(Question, question.id).state in OVER
    return False
