"""Comments: said beside the picture, reviewed as the meeting wants, taken away for everybody or nobody."""

import pytest

from meetings.comments import COMMENTS_KEPT
from meetings.duty import DELAY
from tests.meetings.cast import (
    A_LI,
    BAI_YU,
    GUEST,
    LIU_TING,
    MA_ZHICHENG,
    SECOND,
    SHI_LAN,
    SU_MIN,
    TIAN_XIULAN,
    announced,
    ended,
    live,
    uid,
)


def say(number=10, text="声音清楚，画面有点卡"):
    return {"id": uid(number), "text": text}


@pytest.fixture
def council():
    return live()


def with_review(review):
    return live().given(SHI_LAN, "meeting.set", review_comments=review)


def test_a_comment_is_seen_by_everybody_and_counted(council):
    council.when(TIAN_XIULAN, "comment.post", **say()).then("comment.posted")
    assert council.sees(f"comment:{uid(10)}") == {
        "id": uid(10),
        "text": "声音清楚，画面有点卡",
        "shown": "1号楼田女士",
        "at": council.now,
    }
    assert council.sees("discussion")["count"] == 1


def test_the_same_comment_twice_is_one_and_another_under_its_id_is_taken(council):
    council.given(TIAN_XIULAN, "comment.post", **say())
    council.when(TIAN_XIULAN, "comment.post", **say()).then()
    council.when(TIAN_XIULAN, "comment.post", **say(text="别的话")).refused("taken")
    council.when(MA_ZHICHENG, "comment.post", **say()).refused("taken")


def test_guests_watch_and_clap_but_do_not_comment(council):
    council.when(GUEST, "comment.post", **say()).refused("forbidden")


def test_comments_wait_for_the_lobby_and_end_with_the_meeting():
    announced().when(TIAN_XIULAN, "comment.post", **say()).refused("wrong_state")
    ended().when(TIAN_XIULAN, "comment.post", **say()).refused("wrong_state")


def test_closed_comments_are_not_open(council):
    council.given(LIU_TING, "meeting.set", comments_open=False)
    council.when(TIAN_XIULAN, "comment.post", **say()).refused("not_open")


def test_a_comment_has_a_length(council):
    council.when(TIAN_XIULAN, "comment.post", **say(text="字" * 200)).then("comment.posted")
    council.when(TIAN_XIULAN, "comment.post", **say(11, "字" * 201)).refused("too_large", limit=200)
    council.when(TIAN_XIULAN, "comment.post", **say(11, " \n ")).refused("unclear")


def test_personal_data_is_masked_and_kept_raw_in_the_record(council):
    council.given(TIAN_XIULAN, "comment.post", **say(text="打我电话13800138000"))
    assert "13800138000" not in str(council.sees_all()) + str(council.staff_sees(f"comment:{uid(10)}"))
    assert council.entries[-1].fact.text == "打我电话13800138000"


def test_reviewed_before_a_comment_waits_unseen():
    council = with_review("before").given(TIAN_XIULAN, "comment.post", **say())
    assert council.sees(f"comment:{uid(10)}") is None
    assert council.sees("discussion") is None
    assert council.staff_sees(f"comment:{uid(10)}")["state"] == "pending"
    assert council.own(TIAN_XIULAN)[f"comment:{uid(10)}"]["state"] == "pending"
    council.when(LIU_TING, "comment.approve", id=uid(10)).then("comment.approved")
    council.when(BAI_YU, "comment.approve", id=uid(10)).then()
    assert council.sees(f"comment:{uid(10)}") is not None


def test_in_delayed_review_it_comes_by_itself_unless_stopped():
    council = with_review("delayed").given(TIAN_XIULAN, "comment.post", **say())
    council.given(MA_ZHICHENG, "comment.post", **say(11)).given(
        LIU_TING, "comment.remove", id=uid(11), reason="rude"
    )
    assert council.due() == []
    assert council.later(DELAY).due() == ["comment.approve"]
    assert council.sees(f"comment:{uid(10)}") is not None
    assert council.sees(f"comment:{uid(11)}") is None


def test_the_unproved_speak_only_where_let_and_reviewed_first(council):
    council.when(A_LI, "comment.post", **say()).refused("unverified")
    council.given(SHI_LAN, "meeting.set", unproved_may_speak=True).given(A_LI, "comment.post", **say())
    assert council.sees(f"comment:{uid(10)}") is None
    assert not council.staff_sees(f"comment:{uid(10)}")["verified"]


def test_slow_mode_says_until_when_and_lets_staff_speak(council):
    council.when(LIU_TING, "comment.pause", seconds=30).then("comment.pause_set")
    council.when(LIU_TING, "comment.pause", seconds=30).then()
    council.given(TIAN_XIULAN, "comment.post", **say())
    until = council.now + 30 * SECOND
    assert council.own(TIAN_XIULAN)["mine"]["slow_until"] == until
    council.later(29 * SECOND).when(TIAN_XIULAN, "comment.post", **say(11)).refused("slow_down", until=until)
    council.when(TIAN_XIULAN, "comment.post", **say()).then()
    council.later(SECOND).when(TIAN_XIULAN, "comment.post", **say(11)).then("comment.posted")
    council.given(LIU_TING, "comment.post", **say(12)).when(LIU_TING, "comment.post", **say(13)).then(
        "comment.posted"
    )
    council.when(LIU_TING, "comment.pause", seconds=601).refused("unclear")
    council.when(TIAN_XIULAN, "comment.pause", seconds=0).refused("forbidden")


def test_a_muted_resident_cannot_comment_until_the_mute_is_over(council):
    until = council.now + 60 * SECOND
    council.given(LIU_TING, "person.mute", person=TIAN_XIULAN.id, reason="刷屏", until=until)
    council.when(TIAN_XIULAN, "comment.post", **say()).refused("muted", until=until)
    council.later(60 * SECOND).when(TIAN_XIULAN, "comment.post", **say()).then("comment.posted")


def test_what_is_removed_is_removed_for_everybody_and_its_author_told_why(council):
    council.given(TIAN_XIULAN, "comment.post", **say())
    council.when(LIU_TING, "comment.remove", id=uid(10), reason="rude").then("comment.removed")
    council.when(BAI_YU, "comment.remove", id=uid(10), reason="rude").then()
    assert council.sees(f"comment:{uid(10)}") is None
    assert council.sees("discussion")["count"] == 0
    own = council.own(TIAN_XIULAN)[f"comment:{uid(10)}"]
    assert (own["state"], own["reason"]) == ("removed", "rude")
    council.when(MA_ZHICHENG, "comment.remove", id=uid(10), reason="rude").refused("forbidden")


def test_an_appeal_is_decided_once_by_another(council):
    council.given(TIAN_XIULAN, "comment.post", **say())
    council.when(TIAN_XIULAN, "comment.appeal", id=uid(10), text="没骂人").refused("wrong_state")
    council.given(LIU_TING, "comment.remove", id=uid(10), reason="rude")
    council.when(MA_ZHICHENG, "comment.appeal", id=uid(10), text="没骂人").refused("not_found")
    council.when(TIAN_XIULAN, "comment.appeal", id=uid(10), text="没骂人").then("comment.appealed")
    council.when(TIAN_XIULAN, "comment.appeal", id=uid(10), text="没骂人").then()
    decide = {"id": uid(10), "outcome": "dismissed", "answer": "确有辱骂"}
    council.when(LIU_TING, "comment.decide", **decide).refused("forbidden")
    council.when(BAI_YU, "comment.decide", **decide).then("comment.appeal_decided")
    assert council.own(TIAN_XIULAN)[f"comment:{uid(10)}"]["state"] == "removed_final"
    council.when(TIAN_XIULAN, "comment.appeal", id=uid(10), text="还是没骂人").refused("wrong_state")
    council.when(BAI_YU, "comment.approve", id=uid(10)).refused("wrong_state")


def test_an_appeal_that_is_upheld_brings_the_comment_back(council):
    council.given(TIAN_XIULAN, "comment.post", **say()).given(
        LIU_TING, "comment.remove", id=uid(10), reason="rude"
    )
    council.given(TIAN_XIULAN, "comment.appeal", id=uid(10), text="没骂人").given(
        BAI_YU, "comment.decide", id=uid(10), outcome="upheld", answer="误判"
    )
    assert council.sees(f"comment:{uid(10)}") is not None


def test_reports_are_counted_once_a_person_and_seen_by_staff_alone(council):
    council.given(TIAN_XIULAN, "comment.post", **say())
    council.when(MA_ZHICHENG, "comment.report", id=uid(10), reason="rude").then("comment.reported")
    council.when(MA_ZHICHENG, "comment.report", id=uid(10), reason="advert").then()
    council.when(TIAN_XIULAN, "comment.report", id=uid(10), reason="rude").refused("forbidden")
    council.when(MA_ZHICHENG, "comment.report", id=uid(11), reason="rude").refused("not_found")
    assert council.staff_sees(f"comment:{uid(10)}")["reports"] == 1
    assert "reports" not in council.sees(f"comment:{uid(10)}")
    council.given(LIU_TING, "comment.approve", id=uid(10))
    assert council.staff_sees(f"comment:{uid(10)}")["reports"] == 0


def test_an_author_takes_back_their_own_and_nobody_elses(council):
    council.given(TIAN_XIULAN, "comment.post", **say())
    council.when(MA_ZHICHENG, "comment.delete", id=uid(10)).refused("forbidden")
    council.when(TIAN_XIULAN, "comment.delete", id=uid(10)).then("comment.deleted")
    council.when(TIAN_XIULAN, "comment.delete", id=uid(10)).then()
    assert council.sees(f"comment:{uid(10)}") is None
    assert council.staff_sees(f"comment:{uid(10)}")["state"] == "deleted"
    council.when(LIU_TING, "comment.remove", id=uid(10), reason="rude").refused("wrong_state")


def test_the_room_keeps_the_last_ones_and_forgets_no_id(council):
    for number in range(COMMENTS_KEPT + 2):
        council.given(SU_MIN, "comment.post", **say(1000 + number))
    assert sum(name.startswith("comment:") for name in council.sees_all()) == COMMENTS_KEPT
    assert council.sees(f"comment:{uid(1000)}") is None
    assert council.sees("discussion")["count"] == COMMENTS_KEPT + 2
    council.when(SU_MIN, "comment.post", **say(1000)).then()


def test_what_waits_for_review_does_not_scroll_away():
    council = with_review("before").given(TIAN_XIULAN, "comment.post", **say())
    council.given(SHI_LAN, "meeting.set", review_comments="after")
    for number in range(COMMENTS_KEPT + 5):
        council.given(SU_MIN, "comment.post", **say(1000 + number))
    assert council.staff_sees(f"comment:{uid(10)}")["state"] == "pending"
