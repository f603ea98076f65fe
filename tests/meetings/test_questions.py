"""Questions: asked, reviewed, supported, merged, taken up, ended."""

import pytest

from meetings.duty import DELAY
from meetings.questions import queue_of
from tests.meetings.cast import (
    A_LI,
    BAI_YU,
    DAY,
    GUEST,
    LAO_LIU,
    LIU_TING,
    MA_XIAOCHUAN,
    MA_ZHICHENG,
    NA_WENHUI,
    SHI_LAN,
    SU_MIN,
    TIAN_XIULAN,
    announced,
    asked,
    ended,
    live,
    on_air,
    uid,
)

ASK = {"id": uid(10), "kind": "ask", "text": "换物业要多少户同意？"}
NAME, SCORE = f"question:{uid(10)}", f"score:{uid(10)}"


@pytest.fixture
def council():
    return live()


def reviewed(review="before"):
    return live().given(SHI_LAN, "meeting.set", review_questions=review)


def votes(council, number=10):
    return council.sees(f"score:{uid(number)}")["votes"]


def support(council, who, number=10, **more):
    return council.when(who, "question.upvote", id=uid(number), **more)


def order(council):
    return list(queue_of(council.room).order)


def test_a_question_joins_the_queue(council):
    council.when(TIAN_XIULAN, "question.ask", **ASK).then("question.asked")
    council.when(TIAN_XIULAN, "question.ask", **ASK).then()
    council.when(TIAN_XIULAN, "question.ask", **ASK | {"text": "别的"}).refused("taken")
    council.when(MA_ZHICHENG, "question.ask", **ASK).refused("taken")
    assert (council.sees(NAME)["state"], order(council), votes(council)) == ("queued", [uid(10)], 0)


def test_questions_are_asked_from_the_announcement_to_the_end():
    announced().when(TIAN_XIULAN, "question.ask", **ASK).then("question.asked")
    ended().when(TIAN_XIULAN, "question.ask", **ASK).refused("wrong_state")


def test_guests_ask_nothing_and_closed_questions_are_not_open(council):
    council.when(GUEST, "question.ask", **ASK).refused("forbidden")
    council.given(LIU_TING, "meeting.set", questions_open=False)
    council.when(TIAN_XIULAN, "question.ask", **ASK).refused("not_open")
    council.when(LIU_TING, "question.ask", **ASK, channel="phone", for_name="王大爷").then("question.asked")


def test_only_staff_and_grid_keepers_hand_in_for_others(council):
    council.when(TIAN_XIULAN, "question.ask", **ASK, channel="paper").refused("forbidden")
    council.given(MA_XIAOCHUAN, "question.ask", **ASK, channel="on_behalf", for_name="王大爷")
    assert council.sees(NAME)["shown"] == "王大爷"


def test_kind_channel_and_addressee_are_words_of_the_protocol(council):
    council.when(TIAN_XIULAN, "question.ask", **ASK | {"kind": "shout"}).refused("unclear")
    council.when(TIAN_XIULAN, "question.ask", **ASK, channel="pigeon").refused("unclear")
    council.when(TIAN_XIULAN, "question.ask", **ASK, to="king").refused("unclear")
    council.when(TIAN_XIULAN, "question.ask", **ASK | {"text": "字" * 201}).refused("too_large", limit=200)


def test_the_unproved_ask_only_where_let_and_reviewed_first(council):
    council.when(A_LI, "question.ask", **ASK).refused("unverified")
    council.given(SHI_LAN, "meeting.set", unproved_may_speak=True).given(A_LI, "question.ask", **ASK)
    assert council.sees(NAME) is None
    assert not council.staff_sees(NAME)["verified"]


def test_reviewed_before_a_question_waits_unseen_and_may_be_mended():
    council = reviewed().given(TIAN_XIULAN, "question.ask", **ASK)
    assert council.sees(NAME) is None
    assert council.sees(SCORE) is None
    assert council.own(TIAN_XIULAN)[NAME]["state"] == "pending_review"
    support(council, MA_ZHICHENG).refused("not_found")
    council.when(LIU_TING, "question.approve", id=uid(10), text="换物业需多少户同意？").then(
        "question.approved"
    )
    council.when(LIU_TING, "question.approve", id=uid(10)).then()
    assert council.sees(NAME)["edited"]
    assert council.own(TIAN_XIULAN)[NAME]["raw"] == ASK["text"]
    council.when(TIAN_XIULAN, "question.approve", id=uid(10)).refused("forbidden")


def test_in_delayed_review_it_comes_by_itself():
    council = reviewed("delayed").given(TIAN_XIULAN, "question.ask", **ASK)
    assert council.later(DELAY - 1).due() == []
    assert council.later(1).due() == ["question.approve"]
    assert council.sees(NAME)["state"] == "queued"


def test_support_counts_once_a_person_and_is_taken_back(council):
    asked(council)
    support(council, MA_ZHICHENG).then("question.upvoted")
    support(council, MA_ZHICHENG).then()
    support(council, LAO_LIU).then("question.upvoted")
    assert votes(council) == 2
    support(council, MA_ZHICHENG, on=False).then("question.upvoted")
    support(council, MA_ZHICHENG, on=False).then()
    assert votes(council) == 1
    assert council.own(LAO_LIU)["mine"]["supports"] == [uid(10)]


def test_nobody_supports_their_own_question_and_guests_none(council):
    asked(council)
    support(council, TIAN_XIULAN).refused("own_question")
    support(council, GUEST).refused("forbidden")
    support(council, MA_ZHICHENG, 99).refused("not_found")
    council.given(SU_MIN, "question.call", id=uid(10)).given(SU_MIN, "question.finish", id=uid(10))
    support(council, MA_ZHICHENG).refused("wrong_state", state="answered")


def test_a_merged_question_counts_each_supporter_once_and_gives_back_what_it_had(council):
    asked(council, 10, TIAN_XIULAN)
    asked(council, 11, MA_ZHICHENG)
    for who, number in ((LAO_LIU, 10), (LAO_LIU, 11), (NA_WENHUI, 11), (TIAN_XIULAN, 11)):
        support(council, who, number).then("question.upvoted")
    council.when(LIU_TING, "question.merge", id=uid(11), into=uid(10)).then("question.merged")
    council.when(LIU_TING, "question.merge", id=uid(11), into=uid(10)).then()
    assert votes(council) == 2
    support(council, SU_MIN, 11).then("question.upvoted")
    assert votes(council) == 3
    support(council, NA_WENHUI, 10, on=False).then("question.upvoted")
    council.when(LIU_TING, "question.unmerge", id=uid(11)).then("question.unmerged")
    council.when(LIU_TING, "question.unmerge", id=uid(11)).then()
    assert (votes(council, 10), votes(council, 11)) == (2, 2)


def test_merging_makes_no_circles_and_names_nothing_unseen():
    council = live()
    for number in (10, 11, 12):
        asked(council, number)
    council.given(LIU_TING, "question.merge", id=uid(11), into=uid(10))
    council.when(LIU_TING, "question.merge", id=uid(10), into=uid(11)).refused("merge_cycle")
    council.when(LIU_TING, "question.merge", id=uid(10), into=uid(10)).refused("merge_cycle")
    council.when(LIU_TING, "question.merge", id=uid(12), into=uid(11)).refused("wrong_state", into=uid(10))
    council.given(SHI_LAN, "meeting.set", review_questions="before")
    asked(council, 13)
    council.when(LIU_TING, "question.merge", id=uid(12), into=uid(13)).refused("wrong_state")


@pytest.mark.parametrize(
    ("word", "reason", "state"), [("hide", "rude", "hidden"), ("reject", "advert", "rejected")]
)
def test_a_question_handed_back_is_unseen_and_its_author_told_why(council, word, reason, state):
    asked(council)
    council.when(LIU_TING, f"question.{word}", id=uid(10), reason=reason).then(f"question.{state}")
    council.when(LIU_TING, f"question.{word}", id=uid(10), reason=reason).then()
    assert council.sees(NAME) is None
    assert (council.own(TIAN_XIULAN)[NAME]["state"], council.own(TIAN_XIULAN)[NAME]["reason"]) == (
        state,
        reason,
    )
    council.when(LIU_TING, f"question.{word}", id=uid(10), reason="off_topic").refused(
        "unclear", field="reason"
    )


def test_an_appeal_is_made_once_and_decided_by_another(council):
    asked(council)
    council.given(LIU_TING, "question.hide", id=uid(10), reason="rude")
    council.when(MA_ZHICHENG, "question.appeal", id=uid(10), text="没骂人").refused("not_found")
    council.when(TIAN_XIULAN, "question.appeal", id=uid(10), text="没骂人").then("question.appealed")
    council.when(TIAN_XIULAN, "question.appeal", id=uid(10), text="没骂人").then()
    decide = {"id": uid(10), "outcome": "dismissed", "answer": "确有辱骂"}
    council.when(LIU_TING, "question.decide", **decide).refused("forbidden")
    council.when(BAI_YU, "question.decide", **decide).then("question.appeal_decided")
    council.when(TIAN_XIULAN, "question.appeal", id=uid(10), text="再说一次").refused("wrong_state")


def test_at_most_one_question_is_on_air(council):
    own_id = on_air(council)
    other = asked(council, 11)
    council.when(SU_MIN, "question.call", id=own_id).then()
    council.when(SU_MIN, "question.call", id=other).refused("wrong_state", on_air=own_id)
    council.when(SU_MIN, "question.put_back", id=own_id).then("question.was_put_back")
    council.when(SU_MIN, "question.put_back", id=own_id).then()
    council.when(SU_MIN, "question.call", id=other).then("question.called")
    council.when(TIAN_XIULAN, "question.call", id=other).refused("forbidden")


def test_the_desk_or_the_assigned_badge_ends_a_question(council):
    on_air(council)
    council.when(NA_WENHUI, "question.finish", id=uid(10)).refused("forbidden")
    council.given(LIU_TING, "question.assign", id=uid(10), to=NA_WENHUI.id)
    council.when(LIU_TING, "question.assign", id=uid(10), to=TIAN_XIULAN.id).refused("not_found")
    council.when(NA_WENHUI, "question.finish", id=uid(10)).then("question.finished")
    council.when(LIU_TING, "question.finish", id=uid(10)).then()
    council.when(LIU_TING, "question.finish", id=asked(council, 11)).refused("wrong_state", state="queued")


def test_the_queue_goes_by_pins_then_support_then_time_or_by_hand(council):
    for number in (10, 11, 12):
        asked(council.later(1), number)
    support(council, LAO_LIU, 11).then("question.upvoted")
    assert order(council) == [uid(11), uid(10), uid(12)]
    council.when(LIU_TING, "question.pin", id=uid(12)).then("question.pinned")
    council.when(LIU_TING, "question.pin", id=uid(12)).then()
    assert order(council) == [uid(12), uid(11), uid(10)]
    council.given(LIU_TING, "question.pin", id=uid(12), on=False)
    council.when(LIU_TING, "question.order", mode="hand", order=[uid(10), uid(12)]).then("question.ordered")
    assert order(council) == [uid(10), uid(12), uid(11)]
    council.when(LIU_TING, "question.order", mode="loudness").refused("unclear")


def test_a_question_is_deferred_to_a_date_to_come(council):
    asked(council)
    council.when(LIU_TING, "question.defer", id=uid(10), until=council.now).refused("unclear", field="until")
    council.when(LIU_TING, "question.defer", id=uid(10), until=council.now + DAY).then("question.deferred")
    council.when(LIU_TING, "question.defer", id=uid(10), until=council.now + DAY).then()


def test_a_question_is_handed_over_with_a_slip_number(council):
    asked(council)
    council.when(LIU_TING, "question.convert", id=uid(10)).then("question.converted", slip="20260516-001")
    council.when(LIU_TING, "question.convert", id=uid(10)).then()


def test_only_its_author_withdraws_a_question_and_only_while_it_waits(council):
    asked(council)
    council.when(MA_ZHICHENG, "question.withdraw", id=uid(10)).refused("forbidden")
    council.when(TIAN_XIULAN, "question.withdraw", id=uid(10)).then("question.withdrawn")
    council.when(TIAN_XIULAN, "question.withdraw", id=uid(10)).then()
    assert council.sees(NAME) is None
    on_air(council, 11)
    council.when(TIAN_XIULAN, "question.withdraw", id=uid(11)).refused("wrong_state", state="on_air")
