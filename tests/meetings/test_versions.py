"""Two at one desk, and the ten seconds in which everything can be taken back."""

from __future__ import annotations

from typing import Any

import pytest

from meetings import Eye
from meetings.kernel import UNDO_MS
from meetings.questions import Question, Score, queue_of
from meetings.undo import taken_back
from tests.meetings.cast import (
    BAI_YU,
    DAY,
    DING_YONGKANG,
    LAO_LIU,
    LIU_TING,
    MA_ZHICHENG,
    NA_WENHUI,
    SHI_LAN,
    SU_MIN,
    TIAN_XIULAN,
    Council,
    Somebody,
    asked,
    ended,
    live,
    on_air,
    uid,
)
from tests.meetings.test_properties import replayed

NAME = f"question:{uid(10)}"


def undo(council: Council, who: Somebody, thing: str = NAME, of: int | None = None) -> Any:
    return council.when(who, "desk.undo", thing=thing, of=council.room.seq if of is None else of)


def waiting() -> Council:
    council = live().given(SHI_LAN, "meeting.set", review_questions="before")
    asked(council)
    return council


def everything(council: Council) -> Any:
    """What every eye sees, and what decides the order and the numbers."""
    room = council.room
    people = (TIAN_XIULAN, MA_ZHICHENG, LAO_LIU, NA_WENHUI)
    return (
        [room.patch(0, eye) for eye in Eye],
        [{name: one for name, one in room.own(who.id, 0).items() if not _told(name)} for who in people],
        {score.id: (set(score.direct), set(score.voters)) for score in room.all(Score)},
        queue_of(room),
        list(room.all(Question)),
    )


def _told(name: str) -> bool:
    """Messages were read: they stay, and a further one says what was taken back."""
    return name.startswith("message:")


def test_an_action_on_a_card_somebody_else_changed_is_told_the_change():
    council = waiting()
    seen = council.room.seq
    council.given(BAI_YU, "question.hide", id=uid(10), reason="rude", seen=seen)
    council.when(LIU_TING, "question.approve", id=uid(10), seen=seen).refused(
        "changed", thing=NAME, what="question.hidden", by=BAI_YU.id, at=council.now
    )
    council.when(LIU_TING, "question.approve", id=uid(10), seen=council.room.seq).then("question.approved")


def test_the_same_action_by_both_is_well_for_both():
    council = waiting()
    seen = council.room.seq
    council.given(BAI_YU, "question.approve", id=uid(10), seen=seen)
    council.when(LIU_TING, "question.approve", id=uid(10), seen=seen).then()
    council.when(BAI_YU, "question.approve", id=uid(10), seen=seen).then()


def test_my_own_doings_never_stand_in_my_way():
    council = waiting()
    seen = council.room.seq
    council.given(LIU_TING, "question.approve", id=uid(10), seen=seen)
    council.when(LIU_TING, "question.pin", id=uid(10), seen=seen).then("question.pinned")
    council.given(BAI_YU, "question.assign", id=uid(10), to=NA_WENHUI.id)
    council.given(LIU_TING, "question.assign", id=uid(10), to=DING_YONGKANG.id)
    council.when(LIU_TING, "question.pin", id=uid(10), on=False, seen=seen).refused("changed", by=BAI_YU.id)


def test_support_and_reports_are_no_change_but_the_author_taking_it_back_is():
    council = live()
    asked(council)
    seen = council.room.seq
    council.given(LAO_LIU, "question.upvote", id=uid(10))
    council.when(LIU_TING, "question.pin", id=uid(10), seen=seen).then("question.pinned")
    council.given(TIAN_XIULAN, "question.withdraw", id=uid(10))
    said = council.when(BAI_YU, "question.hide", id=uid(10), reason="rude", seen=seen)
    said.refused("changed", what="question.withdrawn")
    assert "by" not in said.refusal.detail, "a resident's id is nobody's to know"


def test_what_the_clock_let_out_may_be_stopped_all_the_same():
    council = live().given(SHI_LAN, "meeting.set", review_questions="delayed")
    asked(council)
    seen = council.room.seq
    assert council.later(60_000).due() == ["question.approve"]
    council.when(LIU_TING, "question.hide", id=uid(10), reason="rude", seen=seen).then("question.hidden")


def test_merging_looks_at_both_cards_and_ordering_at_the_order():
    council = live()
    asked(council, 10)
    asked(council, 11)
    seen = council.room.seq
    council.given(BAI_YU, "question.assign", id=uid(11), to=NA_WENHUI.id)
    council.when(LIU_TING, "question.merge", id=uid(10), into=uid(11), seen=seen).refused(
        "changed", thing=f"question:{uid(11)}"
    )
    council.given(LAO_LIU, "question.upvote", id=uid(11))
    council.when(LIU_TING, "question.order", mode="hand", order=[uid(10)], seen=seen).then("question.ordered")
    council.when(BAI_YU, "question.order", mode="support", seen=seen).refused("changed", thing="queue")


@pytest.mark.parametrize("seen", [-1, 0, 2**60])
def test_a_number_that_never_was_says_nothing_wrong(seen):
    council = waiting()
    council.given(BAI_YU, "question.approve", id=uid(10))
    said = council.when(LIU_TING, "question.pin", id=uid(10), seen=seen)
    said.then("question.pinned") if seen > 0 else said.refused("changed", what="question.approved")


DEEDS: dict[str, dict[str, Any]] = {
    "question.approve": {"id": uid(12), "text": "电梯几时修？"},
    "question.hide": {"id": uid(10), "reason": "rude"},
    "question.reject": {"id": uid(10), "reason": "advert"},
    "question.defer": {"id": uid(11), "until": 1_778_931_000_000 + 7 * DAY},
    "question.convert": {"id": uid(11)},
    "question.pin": {"id": uid(11)},
    "question.assign": {"id": uid(11), "to": DING_YONGKANG.id},
    "question.call": {"id": uid(11)},
    "question.merge": {"id": uid(11), "into": uid(10)},
    "question.order": {"mode": "hand", "order": [uid(11), uid(10)]},
    "question.label": {"id": uid(11), "label": uid(0x900)},
    "label.add": {"id": uid(0x901), "title": "收费"},
    "label.edit": {"id": uid(0x900), "title": "电梯"},
    "label.remove": {"id": uid(0x900)},
}


def busy() -> Council:
    """Two in the queue with shared supporters and one merged under the first, one under review, two locked."""
    council = live()
    asked(council, 9)
    council.given(SU_MIN, "question.call", id=uid(9)).given(SU_MIN, "question.finish", id=uid(9))
    for number, author in ((10, TIAN_XIULAN), (11, MA_ZHICHENG), (13, LAO_LIU)):
        asked(council.later(1), number, author)
    for who, number in ((LAO_LIU, 10), (LAO_LIU, 11), (NA_WENHUI, 11), (MA_ZHICHENG, 13)):
        council.given(who, "question.upvote", id=uid(number))
    council.given(BAI_YU, "question.merge", id=uid(13), into=uid(10))
    council.given(BAI_YU, "label.add", id=uid(0x900), title="物业费")
    council.given(BAI_YU, "question.label", id=uid(10), label=uid(0x900))
    council.given(SHI_LAN, "meeting.set", review_questions="before")
    asked(council.later(1), 12)
    return council.later(1)


@pytest.mark.parametrize("word", DEEDS)
def test_every_deed_is_taken_back_exactly(word):
    council = busy()
    before = everything(council)
    thing = "queue" if word == "question.order" else f"{word.partition('.')[0]}:{DEEDS[word]['id']}"
    council.given(LIU_TING, word, **DEEDS[word])
    deed = council.room.seq
    assert everything(council) != before
    undo(council.later(UNDO_MS), LIU_TING, thing).then("desk.undone", of=deed)
    assert everything(council) == before
    undo(council, LIU_TING, thing, deed).then()
    assert taken_back(council.entries) == {deed}
    assert everything_of(replayed(council.entries)) == everything_of(council.room)
    council.given(LIU_TING, word, **DEEDS[word])


def everything_of(room: Any) -> Any:
    return [room.patch(0, eye) for eye in Eye], [room.own(TIAN_XIULAN.id, 0), room.own(MA_ZHICHENG.id, 0)]


@pytest.mark.parametrize("word", ["question.finish", "question.put_back", "question.convert"])
def test_what_was_on_air_goes_on_air_again_with_who_was_speaking(word):
    council = live()
    on_air(council)
    council.given(LIU_TING, "answer.start", id=uid(20), question=uid(10), by=NA_WENHUI.id)
    before = everything(council.later(1))
    council.given(LIU_TING, word, id=uid(10))
    assert council.sees(f"answer:{uid(20)}")["stopped_at"] is not None
    undo(council, LIU_TING).then("desk.undone")
    assert everything(council) == before


def test_calling_taken_back_gives_the_locked_places_back():
    council = live()
    for number in (9, 10, 11, 12):
        asked(council.later(1), number)
    council.given(SU_MIN, "question.call", id=uid(9)).given(SU_MIN, "question.finish", id=uid(9))
    council.given(LAO_LIU, "question.upvote", id=uid(12)).given(NA_WENHUI, "question.upvote", id=uid(12))
    before = queue_of(council.room)
    assert before.locked == (uid(10), uid(11))
    council.given(SU_MIN, "question.call", id=uid(11))
    assert queue_of(council.room).locked == (uid(10), uid(12))
    undo(council, SU_MIN, f"question:{uid(11)}").then("desk.undone")
    assert queue_of(council.room) == before


def test_what_was_set_free_by_a_return_goes_back_with_it():
    council = busy()
    before = everything(council)
    council.when(LIU_TING, "question.hide", id=uid(10), reason="rude").then(
        "question.unmerged", "question.hidden"
    )
    undo(council, LIU_TING).then("desk.undone")
    assert everything(council) == before


def test_unmerging_is_taken_back_with_the_support_that_came_meanwhile():
    council = busy()
    council.given(LIU_TING, "question.unmerge", id=uid(13))
    council.given(SU_MIN, "question.upvote", id=uid(13))
    undo(council, LIU_TING, f"question:{uid(13)}").then("desk.undone")
    assert council.sees(f"question:{uid(13)}")["merged_into"] == uid(10)
    assert council.sees(f"score:{uid(10)}")["votes"] == 3


def test_what_was_public_for_seconds_leaves_the_public_and_stays_in_the_record():
    council = waiting()
    council.given(LIU_TING, "question.approve", id=uid(10))
    at = council.room.seq
    assert council.sees(NAME)["state"] == "queued"
    undo(council, LIU_TING).then("desk.undone", what="question.approved", thing=NAME)
    assert council.room.patch(at, Eye.PUBLIC)[NAME] is None
    assert council.own(TIAN_XIULAN)[NAME]["state"] == "pending_review"
    assert [entry.fact.id for entry in council.entries if entry.seq == at] == [uid(10)]


def test_only_who_did_it_takes_it_back_and_only_in_time():
    council = waiting()
    council.given(LIU_TING, "question.approve", id=uid(10))
    undo(council, BAI_YU).refused("forbidden")
    undo(council, TIAN_XIULAN).refused("forbidden")
    undo(council, LIU_TING, "question:nowhere").refused("too_late")
    undo(council, LIU_TING, of=0).refused("too_late")
    undo(council.later(UNDO_MS + 1), LIU_TING).refused("too_late")
    assert council.sees(NAME)["state"] == "queued"


def test_a_changed_thing_is_not_taken_back():
    council = waiting()
    council.given(LIU_TING, "question.approve", id=uid(10))
    approved = council.room.seq
    council.given(BAI_YU, "question.pin", id=uid(10))
    undo(council, LIU_TING).refused("changed", what="question.pinned", by=BAI_YU.id)
    council.given(BAI_YU, "desk.undo", thing=NAME, of=council.room.seq)
    undo(council, LIU_TING, of=approved).then("desk.undone", of=approved)


def test_nothing_is_taken_back_under_what_others_built_on_it():
    council = waiting()
    asked(council, 11)
    council.given(LIU_TING, "question.approve", id=uid(10))
    council.given(BAI_YU, "question.merge", id=uid(11), into=uid(10))
    undo(council, LIU_TING).refused("changed", what="question.merged")
    council = live()
    asked(council, 11)
    on_air(council)
    council.given(LIU_TING, "question.finish", id=uid(10))
    council.given(BAI_YU, "question.call", id=uid(11))
    undo(council, LIU_TING, of=council.room.seq - 1).refused("wrong_state", on_air=uid(11))


def test_several_deeds_are_taken_back_one_after_the_other():
    council = busy()
    before = everything(council)
    council.given(LIU_TING, "question.approve", id=uid(12)).given(LIU_TING, "question.pin", id=uid(12))
    pinned = council.room.seq
    undo(council, LIU_TING, f"question:{uid(12)}", of=pinned - 1).refused("changed", what="question.pinned")
    undo(council, LIU_TING, f"question:{uid(12)}", of=pinned).then("desk.undone", of=pinned)
    undo(council, LIU_TING, f"question:{uid(12)}", of=pinned).then()
    undo(council, LIU_TING, f"question:{uid(12)}", of=pinned - 1).then("desk.undone", of=pinned - 1)
    assert everything(council) == before


def test_after_the_end_a_deed_of_before_is_not_taken_back():
    council = live()
    asked(council)
    council.given(LIU_TING, "question.pin", id=uid(10))
    pinned = council.room.seq
    council.given(SU_MIN, "meeting.end")
    undo(council, LIU_TING, of=pinned).refused("changed", by=SU_MIN.id)


def test_an_answerer_hands_on_what_was_given_to_them():
    council = live()
    asked(council)
    council.given(LIU_TING, "question.assign", id=uid(10), to=NA_WENHUI.id)
    council.when(DING_YONGKANG, "question.hand_over", id=uid(10), to=NA_WENHUI.id).refused("forbidden")
    council.when(NA_WENHUI, "question.hand_over", id=uid(10), to=TIAN_XIULAN.id).refused("not_found")
    council.when(NA_WENHUI, "question.hand_over", id=uid(10), to=DING_YONGKANG.id).then(
        "question.handed_over"
    )
    council.when(NA_WENHUI, "question.hand_over", id=uid(10), to=DING_YONGKANG.id).then()
    assert (council.sees(NAME)["assigned"], council.sees(NAME)["handed_by"]) == (
        DING_YONGKANG.id,
        NA_WENHUI.id,
    )
    council.when(DING_YONGKANG, "question.hand_over", id=uid(10), to=NA_WENHUI.id).then(
        "question.handed_over"
    )
    council.given(LIU_TING, "question.assign", id=uid(10), to=None)
    assert council.sees(NAME)["handed_by"] is None


def test_an_author_objects_to_a_merging_once_and_another_decides():
    council = busy()
    name = f"question:{uid(13)}"
    council.when(MA_ZHICHENG, "question.object", id=uid(13), text="不是一回事").refused("forbidden")
    council.when(LAO_LIU, "question.object", id=uid(13), text="不是一回事，电话13800138000").then(
        "question.objected"
    )
    council.when(LAO_LIU, "question.object", id=uid(13), text="不是一回事，电话13800138000").then()
    council.when(LAO_LIU, "question.object", id=uid(13), text="再说一次").refused(
        "wrong_state", objected=True
    )
    assert "13800138000" not in council.staff_sees(name)["objection"]
    assert "objection" not in council.sees(name)
    council.when(BAI_YU, "question.keep_merged", id=uid(13)).refused("forbidden")
    council.when(LIU_TING, "question.keep_merged", id=uid(13)).then("question.merge_kept")
    council.when(LIU_TING, "question.keep_merged", id=uid(13)).then()
    assert council.own(LAO_LIU)[name]["merge_kept"]
    council.when(BAI_YU, "question.unmerge", id=uid(13)).then("question.unmerged")
    assert council.staff_sees(name)["objection"] is None
    council.given(BAI_YU, "question.merge", id=uid(13), into=uid(11))
    council.when(LAO_LIU, "question.object", id=uid(13), text="又并错了").then("question.objected")


def test_an_author_is_told_of_being_merged_and_of_what_came_of_the_objection():
    council = busy()

    def told() -> list[str]:
        messages = [one for name, one in council.own(LAO_LIU).items() if _told(name)]
        return [one["word"] for one in sorted(messages, key=lambda one: one["id"])]

    assert told() == ["question_merged"]
    council.given(LAO_LIU, "question.object", id=uid(13), text="不是一回事")
    council.given(LIU_TING, "question.keep_merged", id=uid(13))
    council.given(LIU_TING, "question.unmerge", id=uid(13))
    assert sorted(told()) == ["merge_kept", "question_merged", "question_unmerged"]


def test_only_a_merged_question_is_objected_to():
    council = live()
    asked(council)
    council.when(TIAN_XIULAN, "question.object", id=uid(10), text="没并").refused(
        "wrong_state", state="queued"
    )
    council.when(TIAN_XIULAN, "question.object", id=uid(99), text="没有").refused("not_found")
    council.when(LIU_TING, "question.keep_merged", id=uid(10)).refused("wrong_state")


def test_merging_takes_no_merged_withdrawn_or_foreign_question():
    council = busy()
    council.when(LIU_TING, "question.merge", id=uid(13), into=uid(11)).refused("wrong_state", state="merged")
    council.when(LIU_TING, "question.merge", id=uid(11), into=uid(13)).refused("wrong_state", into=uid(10))
    council.when(LIU_TING, "question.merge", id=uid(10), into=uid(13)).refused("merge_cycle")
    council.when(LIU_TING, "question.merge", id=uid(11), into=uid(99)).refused("not_found")
    council.when(LIU_TING, "question.merge", id=uid(99), into=uid(11)).refused("not_found")
    council.given(MA_ZHICHENG, "question.withdraw", id=uid(11))
    council.when(LIU_TING, "question.merge", id=uid(11), into=uid(10)).refused(
        "wrong_state", state="withdrawn"
    )
    council.when(LIU_TING, "question.merge", id=uid(10), into=uid(11)).refused(
        "wrong_state", state="withdrawn"
    )


def test_labels_are_few_short_and_told_apart():
    council = live()
    asked(council)
    council.when(LIU_TING, "label.add", id=uid(0x900), title="物业费").then("label.added")
    council.when(LIU_TING, "label.add", id=uid(0x900), title="物业费").then()
    council.when(BAI_YU, "label.add", id=uid(0x901), title="物业费").refused("taken", field="title")
    council.when(BAI_YU, "label.add", id=uid(0x901), title="字" * 13).refused("too_large")
    council.when(TIAN_XIULAN, "label.add", id=uid(0x901), title="电梯").refused("forbidden")
    council.when(LIU_TING, "question.label", id=uid(10), label=uid(0x999)).refused("not_found")
    council.when(LIU_TING, "question.label", id=uid(10), label=uid(0x900)).then("question.labelled")
    council.when(LIU_TING, "question.label", id=uid(10), label=uid(0x900)).then()
    council.when(LIU_TING, "label.remove", id=uid(0x900)).then("label.removed")
    assert council.sees(NAME)["label"] is None
    for number in range(12):
        council.given(LIU_TING, "label.add", id=uid(0x910 + number), title=f"话题{number}")
    council.when(LIU_TING, "label.add", id=uid(0x930), title="再一个").refused("too_large", limit=12)


def test_after_the_end_questions_still_change_hands():
    council = live()
    asked(council)
    council.given(LIU_TING, "question.assign", id=uid(10), to=NA_WENHUI.id).given(SU_MIN, "meeting.end")
    council.when(NA_WENHUI, "question.hand_over", id=uid(10), to=DING_YONGKANG.id).then(
        "question.handed_over"
    )
    assert ended().room.phase == "ended"
