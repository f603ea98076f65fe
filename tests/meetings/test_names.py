"""A shown name that should not stand is taken away everywhere at once, told to its bearer, and does not come back."""

from __future__ import annotations

import json

from tests.meetings.cast import (
    LAO_LIU,
    LIU_TING,
    MA_XIAOCHUAN,
    MINUTE,
    NA_WENHUI,
    SU_MIN,
    TIAN_XIULAN,
    Council,
    asked,
    live,
    uid,
)

OLD = "1号楼老刘"


def spoken() -> Council:
    council = live()
    asked(council, 10, LAO_LIU)
    asked(council, 11, TIAN_XIULAN, "电梯什么时候修？")
    council.given(LAO_LIU, "comment.post", id=uid(40), text="好")
    return council.given(LAO_LIU, "stage.raise")


def test_another_name_stands_on_all_that_was_said_and_will_be():
    council = spoken()
    assert OLD in json.dumps(council.sees_all(), ensure_ascii=False)
    council.given(LIU_TING, "person.correct_name", person=LAO_LIU.id, shown="1号楼居民", reason="rude")
    council.later(MINUTE).given(LAO_LIU, "person.show_as", way="building")
    council.given(LAO_LIU, "comment.post", id=uid(41), text="还有")
    assert OLD not in json.dumps(council.sees_all(), ensure_ascii=False)
    for name in (f"question:{uid(10)}", f"comment:{uid(40)}", f"comment:{uid(41)}"):
        assert council.sees(name)["shown"] == "1号楼居民"
    assert council.sees(f"question:{uid(11)}")["shown"] == "1号楼田女士"
    assert council.own(LAO_LIU)[f"seat:{LAO_LIU.id}"]["name"] == "1号楼居民"
    told = [one for name, one in council.own(LAO_LIU).items() if name.startswith("message:")]
    assert [(one["word"], one["reason"], one["text"]) for one in told] == [
        ("name_corrected", "rude", "1号楼居民")
    ]


def test_a_name_given_for_somebody_else_is_put_right_on_that_question_alone():
    council = spoken()
    for number, name in ((12, "王大爷"), (13, "李大娘")):
        council.given(
            MA_XIAOCHUAN,
            "question.ask",
            id=uid(number),
            kind="ask",
            text=f"事{number}",
            channel="paper",
            for_name=name,
        )
    council.given(
        LIU_TING,
        "person.correct_name",
        person=MA_XIAOCHUAN.id,
        shown="一位大爷",
        reason="personal_data",
        question=uid(12),
    )
    assert council.sees(f"question:{uid(12)}")["shown"] == "一位大爷"
    assert council.sees(f"question:{uid(13)}")["shown"] == "李大娘"


def test_plates_and_other_peoples_questions_are_left_alone():
    council = spoken()
    wish = {"shown": "某人", "reason": "other"}
    council.when(LIU_TING, "person.correct_name", person=NA_WENHUI.id, **wish).refused("forbidden")
    council.when(TIAN_XIULAN, "person.correct_name", person=LAO_LIU.id, **wish).refused("forbidden")
    council.when(LIU_TING, "person.correct_name", person=LAO_LIU.id, question=uid(11), **wish).refused(
        "not_found"
    )
    council.when(LIU_TING, "person.correct_name", person=LAO_LIU.id, shown="<b>", reason="other").refused(
        "unclear"
    )


def test_the_author_is_told_what_became_of_a_question_handed_over():
    council = spoken()
    council.given(LIU_TING, "question.merge", id=uid(11), into=uid(10)).given(
        LIU_TING, "question.convert", id=uid(10)
    )
    council.given(SU_MIN, "question.resolve", id=uid(10), result="task", text="下周修，找13800138000。")
    for who in (LAO_LIU, TIAN_XIULAN):
        told = [one for one in council.own(who).values() if one.get("word") == "question_result"]
        assert [(one["reason"], one["answer"]) for one in told] == [("task", "下周修，找138****8000。")]
