"""The public moderation ledger: everything is somewhere in it, anybody can count it anew, and nobody is named in it."""

from __future__ import annotations

import json
from dataclasses import replace
from random import Random

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from meetings import Refused, archive, ledger
from meetings.comments import Comment
from meetings.kernel import Finding, Hit
from meetings.meeting import REVIEWS
from meetings.questions import Question
from tests.meetings.cast import (
    BAI_YU,
    DAY,
    EVERYBODY,
    LAO_LIU,
    LIU_TING,
    MA_ZHICHENG,
    MINUTE,
    RESIDENTS,
    SHI_LAN,
    SU_MIN,
    TIAN_XIULAN,
    Council,
    asked,
    live,
    uid,
)
from tests.meetings.orders import TEXTS, drawn

HELD = Finding("hold", (Hit("hold", "骂", "abuse", "text", 0, 1),), "v1")


def told(council: Council, at: int | None = None) -> dict:
    return ledger.told(ledger.ledger(council.room), council.now if at is None else at)


def fates(council: Council, what: str = "questions", at: int | None = None) -> dict:
    found = {}
    for one in told(council, at)[what]["fates"]:
        found[one["fate"], one["reason"]] = one["count"]
    return found


def acts(council: Council) -> dict:
    return {(one["act"], one["reason"]): one["count"] for one in told(council)["acts"]}


def six_questions() -> Council:
    council = live().given(SHI_LAN, "meeting.set", review_questions="before")
    for number in range(10, 16):
        asked(
            council.later(MINUTE),
            number,
            TIAN_XIULAN if number % 2 else MA_ZHICHENG,
            f"第{number}件事怎么办？",
        )
    return council


def test_every_question_is_counted_where_it_ended():
    council = six_questions()
    council.given(LIU_TING, "question.approve", id=uid(10)).given(LIU_TING, "question.approve", id=uid(11))
    council.given(LIU_TING, "question.hide", id=uid(12), reason="rude")
    council.given(LIU_TING, "question.reject", id=uid(13), reason="advert")
    council.given(LIU_TING, "question.convert", id=uid(14))
    council.given(LIU_TING, "question.merge", id=uid(11), into=uid(10))
    assert fates(council) == {
        ("merged", None): 1,
        ("handed", None): 1,
        ("returned", "rude"): 1,
        ("returned", "advert"): 1,
        ("review", None): 1,
        ("waiting", None): 1,
    }
    assert told(council)["questions"]["all"] == 6
    assert acts(council) == {
        ("question.passed", None): 2,
        ("question.hidden", "rude"): 1,
        ("question.rejected", "advert"): 1,
        ("question.converted", None): 1,
        ("question.merged", None): 1,
    }


def test_a_date_that_has_passed_is_told_and_not_forgotten():
    council = six_questions().given(LIU_TING, "question.approve", id=uid(10)).given(SU_MIN, "meeting.end")
    assert fates(council) == {("owed", None): 1, ("review", None): 5}
    assert fates(council, at=council.now + 8 * DAY) == {("overdue", None): 1, ("late", None): 5}
    council.later(8 * DAY).given(LIU_TING, "question.defer", id=uid(10), until=council.now + DAY)
    assert fates(council)["owed", None] == 1
    assert acts(council)["question.put_off", None] == 1


def test_what_the_filter_held_and_what_was_covered_is_counted():
    council = live()
    asked(council, 10, replace(TIAN_XIULAN, found=HELD), "骂人的话")
    asked(council, 11, replace(LAO_LIU, found=HELD), "我电话13800138000")
    council.given(LAO_LIU, "comment.post", id=uid(40), text="我住3号楼1单元501室")
    assert acts(council) == {
        ("filter.hold", None): 2,
        ("question.masked", None): 1,
        ("comment.masked", None): 1,
    }


def test_who_switched_the_review_is_named_in_office():
    council = live()
    before = len(told(council)["switches"])
    council.given(LIU_TING, "meeting.set", review_comments="before")
    council.given(LIU_TING, "meeting.set", review_comments="after")
    switched = told(council)["switches"][before:]
    assert {one["mode"] for one in switched} == {"before", "after"}
    assert {(one["texts"], one["name"]) for one in switched} == {("comments", "柳婷")}


def test_removed_comments_are_counted_by_reason():
    council = live()
    for number, reason in ((40, "rude"), (41, "rude"), (42, "advert")):
        council.later(MINUTE).given(LAO_LIU, "comment.post", id=uid(number), text=f"话{number}")
        council.given(LIU_TING, "comment.remove", id=uid(number), reason=reason)
    council.later(MINUTE).given(LAO_LIU, "comment.post", id=uid(43), text="好")
    council.given(TIAN_XIULAN, "comment.report", id=uid(43), reason="other")
    council.given(BAI_YU, "comment.approve", id=uid(43))
    assert fates(council, "comments") == {
        ("visible", None): 1,
        ("removed", "rude"): 2,
        ("removed", "advert"): 1,
    }
    assert acts(council)["comment.kept", None] == 1


def test_what_was_taken_back_at_once_does_not_count():
    council = live()
    asked(council, 10, TIAN_XIULAN)
    asked(council, 11, MA_ZHICHENG, "换物业要几户点头？")
    council.given(LIU_TING, "question.merge", id=uid(11), into=uid(10)).later(MINUTE)
    council.given(LIU_TING, "question.hide", id=uid(10), reason="rude")
    council.given(LIU_TING, "desk.undo", thing=f"question:{uid(10)}", of=council.room.seq)
    assert fates(council) == {("merged", None): 1, ("waiting", None): 1}
    assert acts(council) == {("question.merged", None): 1, ("desk.undone", None): 1}


def test_a_reason_written_freely_is_told_as_another():
    council = live().given(LIU_TING, "person.warn", person=LAO_LIU.id, reason="刘建国请注意言辞")
    assert acts(council) == {("person.warned", "other"): 1}
    assert "刘建国" not in json.dumps(told(council), ensure_ascii=False)


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_nothing_said_is_missing_and_nobody_is_named(seed):
    """Whatever was done: each text is in the sum once, the acts can be counted anew from the public lines, and no
    word, id or resident stands in it.
    """
    lot = Random(seed)
    council = live().given(SHI_LAN, "meeting.set", review_questions=REVIEWS[seed % 3])
    for _ in range(150):
        order = drawn(lot, council.room, council.now)
        council.later(lot.choice((1, 15_000)))
        try:
            council.give(lot.choice((*EVERYBODY, LIU_TING, SU_MIN)), order.pop("type"), **order)
        except Refused:
            continue
    book = told(council)
    assert book["questions"]["all"] == sum(1 for _ in council.room.all(Question))
    assert book["comments"]["all"] == sum(1 for _ in council.room.all(Comment))
    lines = archive.acts(council.entries)
    assert ledger.recount(one for line in lines for one in line.ledger) == {
        one["act"] if one["reason"] is None else f"{one['act']}:{one['reason']}": one["count"]
        for one in book["acts"]
    }
    written = json.dumps([book, msgspec.to_builtins(lines)], ensure_ascii=False)
    assert "01890000-" not in written
    assert not [text for text in TEXTS if len(text) > 1 and text in written]
    for who in RESIDENTS:
        assert who.id not in written
        assert not [label for label in who.labels.values() if f'"{label}"' in written]


def test_every_act_of_the_desk_on_a_text_is_counted():
    """A new word of the record about questions or comments is counted, or said here not to be."""
    not_counted = (
        "question.assigned question.called question.finished question.ordered question.pinned question.upvoted "
        "question.was_put_back question.labelled question.handed_over comment.pause_set penalty.carried"
    )
    facts = Council().room.words.facts
    about = {word for word in facts if word.partition(".")[0] in {"question", "comment", "penalty"}}
    assert about - ledger.FOLLOWED == set(not_counted.split()) & facts.keys()


def test_what_was_done_to_several_at_once_and_taken_back_one_by_one_leaves_no_trace_in_the_sums():
    council = live()
    for number in (10, 11, 12):
        asked(council, number)
    for number in (10, 11):
        council.given(LIU_TING, "question.merge", id=uid(number), into=uid(12))
    council.later(MINUTE)
    done = []
    for number in (10, 11):
        council.given(LIU_TING, "question.unmerge", id=uid(number))
        done.append((number, council.room.seq))
    for number, of in reversed(done):
        council.given(LIU_TING, "desk.undo", thing=f"question:{uid(number)}", of=of)
    assert ("question.unmerged", None) not in acts(council)
    assert acts(council)["desk.undone", None] == 2


def test_a_report_kept_and_an_answer_put_off_count_as_such_after_having_been_taken_back():
    council = live()
    asked(council)
    council.given(TIAN_XIULAN, "comment.post", id=uid(20), text="声音清楚")
    council.given(LAO_LIU, "comment.report", id=uid(20), reason="rude")
    wishes = (("comment", 20, "approve", {}), ("question", 10, "defer", {"until": council.now + DAY}))
    for kind, number, verb, more in wishes:
        council.given(LIU_TING, f"{kind}.{verb}", id=uid(number), **more)
        council.given(LIU_TING, "desk.undo", thing=f"{kind}:{uid(number)}", of=council.room.seq)
        council.given(LIU_TING, f"{kind}.{verb}", id=uid(number), **more)
    assert acts(council)["comment.kept", None] == acts(council)["question.deferred", None] == 1
    assert ("question.put_off", None) not in acts(council)
