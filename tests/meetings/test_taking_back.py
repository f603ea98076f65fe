"""Taking back what others have built on or mended meanwhile: nothing is lost, and nothing comes back that was stopped."""

from __future__ import annotations

import pytest

from meetings import Eye
from meetings.questions import Question, root_of
from tests.meetings.cast import (
    BAI_YU,
    LAO_LIU,
    LIU_TING,
    MA_ZHICHENG,
    NA_WENHUI,
    SECOND,
    SHI_LAN,
    SU_MIN,
    TIAN_XIULAN,
    Council,
    asked,
    live,
    uid,
)


def three() -> Council:
    council = live()
    for number in (10, 11, 12):
        asked(council, number)
    return council


def test_a_question_does_not_come_back_under_one_that_lies_under_it_by_now():
    council = three().given(LIU_TING, "question.merge", id=uid(10), into=uid(11))
    council.given(LIU_TING, "question.unmerge", id=uid(10))
    of = council.room.seq
    council.given(BAI_YU, "question.merge", id=uid(11), into=uid(10))
    council.when(LIU_TING, "desk.undo", thing=f"question:{uid(10)}", of=of).refused(
        "changed", thing=f"question:{uid(11)}", what="question.merged"
    )
    assert root_of(council.room, council.room.need(Question, uid(11))).id == uid(10)


@pytest.mark.parametrize("who", [LIU_TING, BAI_YU])
def test_a_question_does_not_come_back_under_one_that_went_out_of_sight(who):
    council = three().given(LIU_TING, "question.merge", id=uid(10), into=uid(11))
    council.given(LIU_TING, "question.unmerge", id=uid(10))
    of = council.room.seq
    council.given(who, "question.hide", id=uid(11), reason="rude")
    council.when(LIU_TING, "desk.undo", thing=f"question:{uid(10)}", of=of).refused("changed")
    assert council.sees(f"question:{uid(10)}")["state"] == "queued"


def test_with_the_root_come_back_those_under_it_and_what_their_authors_were_told_is_withdrawn():
    council = three().given(LIU_TING, "question.merge", id=uid(10), into=uid(12)).later(SECOND)
    council.given(LIU_TING, "question.hide", id=uid(12), reason="rude")
    council.when(LIU_TING, "desk.undo", thing=f"question:{uid(12)}", of=council.room.seq).then("desk.undone")
    assert council.sees(f"question:{uid(10)}")["merged_into"] == uid(12)
    told = {one["word"]: one["withdrawn"] for one in council.own(TIAN_XIULAN).values() if "word" in one}
    assert told == {"question_merged": False, "question_unmerged": True, "question_hidden": True}


def test_what_was_held_back_does_not_go_out_because_something_else_is_taken_back():
    council = live().given(SHI_LAN, "meeting.set", review_questions="delayed")
    asked(council)
    council.given(LIU_TING, "question.assign", id=uid(10), to=NA_WENHUI.id)
    of = council.room.seq
    council.given(BAI_YU, "question.hold", id=uid(10))
    council.when(LIU_TING, "desk.undo", thing=f"question:{uid(10)}", of=of).then("desk.undone")
    assert council.staff_sees(f"question:{uid(10)}")["due_at"] is None
    assert council.later(60 * SECOND).due() == []


@pytest.mark.parametrize("kind", ["question", "comment"])
def test_a_name_that_was_corrected_does_not_come_back(kind):
    council = live()
    asked(council)
    council.given(TIAN_XIULAN, "comment.post", id=uid(11), text="声音清楚")
    own_id, taking = (uid(10), "question.hide") if kind == "question" else (uid(11), "comment.remove")
    council.given(LIU_TING, taking, id=own_id, reason="rude")
    of = council.room.seq
    council.given(
        BAI_YU, "person.correct_name", person=TIAN_XIULAN.id, shown="1号楼居民", reason="personal_data"
    )
    council.when(LIU_TING, "desk.undo", thing=f"{kind}:{own_id}", of=of).then("desk.undone")
    assert council.sees(f"{kind}:{own_id}")["shown"] == "1号楼居民"


@pytest.mark.parametrize(
    ("deed", "more"), [("hide", {"reason": "rude"}), ("convert", {}), ("merge", {"into": uid(11)})]
)
def test_what_comes_back_after_the_end_is_owed_in_writing_like_all_that_waited(deed, more):
    council = three().given(LIU_TING, f"question.{deed}", id=uid(10), **more)
    of = council.room.seq
    council.given(SU_MIN, "meeting.end")
    council.when(LIU_TING, "desk.undo", thing=f"question:{uid(10)}", of=of).then("desk.undone")
    card, other = (council.sees(f"question:{uid(number)}") for number in (10, 12))
    assert (card["state"], card["due"], card["promised"]) == ("deferred", other["due"], other["promised"])


def test_a_slip_whose_result_was_told_is_not_taken_back():
    council = three().given(LIU_TING, "question.convert", id=uid(10))
    of = council.room.seq
    council.given(BAI_YU, "question.resolve", id=uid(10), result="resolved", text="已修好。")
    council.when(LIU_TING, "desk.undo", thing=f"question:{uid(10)}", of=of).refused("changed")
    assert council.sees(f"slip:{uid(10)}")["result"] == "resolved"


def test_a_label_taken_back_leaves_no_question_pointing_at_it():
    council = three().given(LIU_TING, "label.add", id=uid(30), title="停车")
    of = council.room.seq
    council.given(BAI_YU, "question.label", id=uid(10), label=uid(30))
    council.when(LIU_TING, "desk.undo", thing=f"label:{uid(30)}", of=of).then("desk.undone")
    assert council.sees(f"question:{uid(10)}")["label"] is None


def test_what_reporters_are_told_are_the_words_they_read():
    council = live().given(SHI_LAN, "meeting.set", review_questions="before")
    asked(council, text="物业某某是骗子，电梯何时修？")
    council.given(LIU_TING, "question.approve", id=uid(10), text="电梯何时修？")
    council.given(LAO_LIU, "question.report", id=uid(10), reason="other")
    council.given(BAI_YU, "question.keep", id=uid(10))
    told = [one for name, one in council.own(LAO_LIU).items() if name.startswith("message:")]
    assert [one["text"] for one in told] == ["电梯何时修？"]


def test_nobody_decides_on_what_was_done_to_their_own_words():
    council = live()
    asked(council, 10, BAI_YU)
    council.given(BAI_YU, "comment.post", id=uid(11), text="请安静")
    council.given(MA_ZHICHENG, "comment.report", id=uid(11), reason="rude")
    council.when(BAI_YU, "comment.approve", id=uid(11)).refused("forbidden", why="self")
    council.given(LIU_TING, "comment.remove", id=uid(11), reason="rude")
    council.given(LIU_TING, "question.hide", id=uid(10), reason="rude")
    council.when(BAI_YU, "comment.approve", id=uid(11)).refused("forbidden", why="self")
    council.given(BAI_YU, "question.hide", id=uid(10), reason="other")
    council.when(BAI_YU, "question.approve", id=uid(10)).refused("forbidden", why="self")
    council.when(LIU_TING, "comment.approve", id=uid(11)).then("comment.approved")
    council.when(LIU_TING, "question.approve", id=uid(10)).then("question.approved")
    seen = council.room.patch(0, Eye.PUBLIC)[f"question:{uid(10)}"]
    assert (seen["state"], seen["ended_at"]) == ("queued", None)
