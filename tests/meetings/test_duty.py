"""Duty at the desk, and the three ways of review: strict by itself, loosened by name, never with nobody watching."""

import pytest

from meetings.duty import DELAY, Review, review_of
from meetings.kernel import Refused
from meetings.meeting import WasSet
from tests.meetings.cast import (
    A_LI,
    BAI_YU,
    HE_CHUNYU,
    JIA_YIMING,
    LIU_TING,
    NA_WENHUI,
    PLATFORM,
    SHI_LAN,
    SU_MIN,
    TIAN_XIULAN,
    Council,
    ended,
    in_the_lobby,
    live,
    uid,
)

ASK = {"id": uid(20), "kind": "ask", "text": "换物业要多少户同意？"}


def say(number=10, text="声音清楚，画面有点卡"):
    return {"id": uid(number), "text": text}


def switch(texts="comments", voice="resident", mode="after", **more):
    return {"texts": texts, "voice": voice, "mode": mode, **more}


def strict():
    """A live council with nobody on duty, in which everything is reviewed first."""
    return live().given(LIU_TING, "duty.end")


@pytest.fixture
def council():
    return strict()


@pytest.fixture
def watched():
    """The same with a moderator on duty."""
    return strict().given(LIU_TING, "duty.begin")


def test_everything_is_reviewed_first_by_default():
    council = Council().given(HE_CHUNYU, "meeting.set", title="议事会")
    assert (council.sees("meeting")["review_questions"], council.sees("meeting")["review_comments"]) == (
        "before",
        "before",
    )
    assert review_of(council.room).mode("comments", "resident") == "before"


def test_a_moderator_goes_on_duty_and_everybody_may_know_that_somebody_watches(council):
    council.when(LIU_TING, "duty.begin").then("duty.begun", person="p-liu", name="柳婷")
    assert council.sees("review")["on_duty"] == 1
    assert "watch" not in council.sees("review")
    assert council.staff_sees("review")["watch"] == [
        {"person": "p-liu", "name": "柳婷", "since": council.now}
    ]
    council.when(LIU_TING, "duty.begin").then()


@pytest.mark.parametrize("who", [SU_MIN, JIA_YIMING, NA_WENHUI, TIAN_XIULAN, HE_CHUNYU, PLATFORM])
def test_only_moderator_and_secretary_keep_watch(council, who):
    council.when(who, "duty.begin").refused("forbidden")


def test_nobody_ends_the_duty_of_another(watched):
    watched.when(BAI_YU, "duty.end", person="p-liu").refused("forbidden")
    watched.when(BAI_YU, "duty.end").then()


def test_loosening_is_a_fact_with_who_and_what(watched):
    watched.when(SU_MIN, "review.switch", **switch()).then(
        "review.switched", modes={"comments": {"resident": "after"}}, name="苏敏", cause=None
    )
    told = watched.sees("review")
    assert (told["comments"], told["questions"]) == (
        {"resident": "after", "badge": "before"},
        {"resident": "before", "badge": "before"},
    )
    assert (told["name"], told["at"], told["cause"]) == ("苏敏", watched.now, None)
    watched.when(SU_MIN, "review.switch", **switch()).then()


def test_loosening_with_nobody_on_duty_is_refused(council):
    council.when(SU_MIN, "review.switch", **switch()).refused("wrong_state", lacks="duty")
    council.when(SHI_LAN, "review.switch", **switch(mode="delayed")).refused("wrong_state", lacks="duty")
    council.when(SU_MIN, "meeting.set", review_comments="after").refused("wrong_state", lacks="duty")
    council.when(TIAN_XIULAN, "comment.post", **say()).then("comment.posted", review=True, due_at=None)


def test_a_moderator_who_loosens_is_on_duty_from_then_on(council):
    council.when(BAI_YU, "review.switch", **switch()).then("duty.begun", "review.switched", name="白宇")
    assert council.staff_sees("review")["watch"][0]["person"] == "p-bai"


@pytest.mark.parametrize("who", [JIA_YIMING, NA_WENHUI, TIAN_XIULAN])
def test_neither_technician_nor_badge_nor_resident_switches(watched, who):
    watched.when(who, "review.switch", **switch()).refused("forbidden")
    watched.when(who, "meeting.set", review_comments="after").refused("forbidden")


def test_tightening_needs_nobody_on_duty(watched):
    watched.given(LIU_TING, "review.switch", **switch())
    watched.when(SU_MIN, "review.switch", **switch(mode="before")).then("review.switched")


def test_each_kind_of_person_and_of_text_has_its_own_review(watched):
    watched.given(LIU_TING, "review.switch", **switch(voice="badge"))
    watched.when(NA_WENHUI, "comment.post", **say(10)).then("comment.posted", review=False, voice="badge")
    watched.when(TIAN_XIULAN, "comment.post", **say(11)).then("comment.posted", review=True, voice="resident")
    watched.when(NA_WENHUI, "question.ask", **ASK).then("question.asked", review=True, voice="badge")


def test_whoever_is_not_proved_is_always_reviewed_first(watched):
    watched.given(SHI_LAN, "meeting.set", unproved_may_speak=True, review_comments="after")
    watched.when(A_LI, "comment.post", **say()).then("comment.posted", review=True, voice="unproved")
    with pytest.raises(Refused, match="unclear"):
        watched.given(LIU_TING, "review.switch", **switch(voice="unproved"))


@pytest.mark.parametrize("field", ["texts", "voice", "mode", "was"])
def test_a_switch_to_nothing_known_is_unclear(watched, field):
    with pytest.raises(Refused, match="unclear"):
        watched.given(LIU_TING, "review.switch", **(switch() | {field: "whatever"}))


def test_of_two_who_switch_at_once_the_second_is_told_instead_of_winning(watched):
    watched.given(LIU_TING, "review.switch", **switch(mode="delayed", was="before"))
    watched.when(BAI_YU, "review.switch", **switch(mode="after", was="before")).refused(
        "wrong_state", mode="delayed", name="柳婷"
    )
    watched.when(BAI_YU, "review.switch", **switch(mode="delayed", was="before")).then()


def test_with_the_last_one_gone_everything_is_reviewed_first_again_and_waits(watched):
    watched.given(BAI_YU, "duty.begin").given(LIU_TING, "meeting.set", review_comments="delayed")
    watched.given(TIAN_XIULAN, "comment.post", **say())
    watched.when(LIU_TING, "duty.end").then("duty.ended", cause="left")
    assert watched.sees("review")["comments"]["resident"] == "delayed"
    watched.when(BAI_YU, "duty.end").then(
        "duty.ended", "review.switched", modes={"comments": {"resident": "before", "badge": "before"}}
    )
    assert watched.entries[-1].fact.cause == "left"
    assert watched.sees("review")["comments"] == {"resident": "before", "badge": "before"}
    assert watched.sees("meeting")["review_comments"] == "before"
    assert watched.later(DELAY).due() == []
    assert watched.staff_sees(f"comment:{uid(10)}")["due_at"] is None
    assert watched.sees(f"comment:{uid(10)}") is None


def test_a_desk_that_was_away_too_long_is_told_as_the_cause(watched):
    watched.given(LIU_TING, "review.switch", **switch())
    watched.when(PLATFORM, "duty.end", person="p-liu", away=True).then(
        "duty.ended", "review.switched", cause="away"
    )
    watched.when(PLATFORM, "duty.end", person="p-liu", away=True).then()
    assert watched.sees("review") | {"at": 0} == {
        "questions": {"resident": "before", "badge": "before"},
        "comments": {"resident": "before", "badge": "before"},
        "name": "",
        "at": 0,
        "cause": "away",
        "on_duty": 0,
    }


def test_coming_back_does_not_loosen_by_itself(watched):
    watched.given(LIU_TING, "review.switch", **switch()).given(LIU_TING, "duty.end")
    watched.given(LIU_TING, "duty.begin")
    watched.when(TIAN_XIULAN, "comment.post", **say()).then("comment.posted", review=True)


def test_a_moderator_who_is_dismissed_is_off_duty_and_the_platform_falls_back(watched):
    watched.given(LIU_TING, "review.switch", **switch())
    watched.given(SHI_LAN, "person.dismiss", person="p-liu", role="moderator")
    watched.when(TIAN_XIULAN, "comment.post", **say()).then("comment.posted", review=True)
    assert watched.due() == ["review.fall_back"]
    assert watched.sees("review")["cause"] == "dismissed"
    assert watched.due() == []


def test_what_the_secretary_plans_holds_once_somebody_is_on_duty():
    council = Council().given(HE_CHUNYU, "meeting.set", title="议事会", review_comments="after")
    review = council.room.get(Review)
    assert review.mode("comments", "resident") == "before"
    for who in (LIU_TING, SU_MIN):
        council.given(HE_CHUNYU, "person.appoint", person=who.id, role=who.plate, name=who.name)
    council.given(LIU_TING, "duty.begin")
    assert council.sees("review")["comments"]["resident"] == "after"


def test_in_the_lobby_nobody_plans_any_more():
    council = in_the_lobby().given(LIU_TING, "duty.end")
    council.when(SHI_LAN, "meeting.set", review_comments="after").refused("wrong_state", lacks="duty")


def test_an_old_record_that_chose_its_review_in_the_settings_is_read_as_before():
    council = strict()
    council.fold(WasSet({"review_comments": "after"}), "p-shi")
    council.when(TIAN_XIULAN, "comment.post", **say()).then("comment.posted", review=True)
    council.given(LIU_TING, "duty.begin")
    council.when(TIAN_XIULAN, "comment.post", **say(11)).then("comment.posted", review=False)


def test_nobody_goes_on_duty_after_the_end():
    ended().when(BAI_YU, "duty.begin").refused("wrong_state")


# Delayed review


@pytest.fixture
def delayed(watched):
    return watched.given(LIU_TING, "meeting.set", review_comments="delayed", review_questions="delayed")


def test_ten_to_fifteen_seconds_lie_between_sending_and_everybody(delayed):
    assert 10_000 <= DELAY <= 15_000
    delayed.given(TIAN_XIULAN, "comment.post", **say()).given(TIAN_XIULAN, "question.ask", **ASK)
    at = delayed.now + DELAY
    for name in (f"comment:{uid(10)}", f"question:{uid(20)}"):
        assert delayed.sees(name) is None
        assert delayed.staff_sees(name)["due_at"] == at
        assert delayed.own(TIAN_XIULAN)[name]["due_at"] == at
    assert delayed.later(DELAY - 1).due() == []
    assert delayed.later(1).due() == ["comment.approve", "question.approve"]
    assert delayed.sees(f"comment:{uid(10)}")
    assert delayed.sees(f"question:{uid(20)}")["state"] == "queued"


def test_one_press_holds_back_what_is_on_its_way(delayed):
    delayed.given(TIAN_XIULAN, "comment.post", **say()).given(TIAN_XIULAN, "question.ask", **ASK)
    delayed.when(BAI_YU, "comment.hold", id=uid(10)).then("comment.held")
    delayed.when(BAI_YU, "comment.hold", id=uid(10)).then()
    delayed.when(SU_MIN, "question.hold", id=uid(20)).then("question.held")
    assert delayed.later(DELAY).due() == []
    assert delayed.sees(f"comment:{uid(10)}") is None
    delayed.when(LIU_TING, "comment.approve", id=uid(10)).then("comment.approved")


@pytest.mark.parametrize("word", ["comment.hold", "question.hold"])
def test_only_the_desk_holds_back_and_only_what_is_there_and_not_out(delayed, word):
    delayed.given(TIAN_XIULAN, "comment.post", **say()).given(TIAN_XIULAN, "question.ask", **ASK)
    own_id = uid(10 if word.startswith("comment") else 20)
    for who in (TIAN_XIULAN, NA_WENHUI, JIA_YIMING):
        delayed.when(who, word, id=own_id).refused("forbidden")
    delayed.when(LIU_TING, word, id=uid(99)).refused("not_found")
    delayed.later(DELAY).due()
    delayed.when(LIU_TING, word, id=own_id).refused("wrong_state")


def test_the_clock_does_not_let_out_what_was_held_back_while_it_looked(delayed):
    delayed.given(TIAN_XIULAN, "comment.post", **say()).given(TIAN_XIULAN, "question.ask", **ASK).later(DELAY)
    delayed.given(LIU_TING, "comment.hold", id=uid(10)).given(LIU_TING, "question.hold", id=uid(20))
    delayed.when(PLATFORM, "comment.approve", id=uid(10)).then()
    delayed.when(PLATFORM, "question.approve", id=uid(20)).then()
    assert delayed.sees(f"comment:{uid(10)}") is None


def test_tightening_for_one_kind_leaves_the_other_on_its_way(delayed):
    delayed.given(TIAN_XIULAN, "comment.post", **say(10)).given(NA_WENHUI, "comment.post", **say(11))
    delayed.given(LIU_TING, "review.switch", **switch(mode="before"))
    assert delayed.later(DELAY).due() == ["comment.approve"]
    assert delayed.sees(f"comment:{uid(10)}") is None
    assert delayed.sees(f"comment:{uid(11)}")
