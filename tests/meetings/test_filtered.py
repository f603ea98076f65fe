"""What the filter found holds a text back, marks it for the staff, and asks for a reason where it was blocked."""

from __future__ import annotations

from dataclasses import replace

import pytest

from meetings.kernel import Finding, Hit
from tests.meetings.cast import LIU_TING, SHI_LAN, TIAN_XIULAN, live, uid

TEXT = "代开发票找我13800138000"


def found(verdict="block"):
    hit = Hit(verdict, "代开发票", "fraud", "text", 0, 4)
    number = Hit("hold", "13800138000", "advert", "bait", 6, 17)
    return Finding(verdict, (hit, number), "0123456789ab")


def saying(finding):
    """The same resident, with what the filter said of the words."""
    return replace(TIAN_XIULAN, found=finding)


@pytest.fixture
def council():
    return live().given(SHI_LAN, "meeting.set", review_questions="after", review_comments="after")


def question():
    return {"id": uid(10), "kind": "ask", "text": TEXT}


SAID = [("question.ask", question(), "question"), ("comment.post", {"id": uid(10), "text": TEXT}, "comment")]


@pytest.mark.parametrize("verdict", ["hold", "block"])
@pytest.mark.parametrize(("command", "fields", "kind"), SAID)
def test_what_the_filter_holds_waits_even_where_nothing_is_reviewed(council, command, fields, kind, verdict):
    council.given(saying(found(verdict)), command, **fields)
    assert council.sees(f"{kind}:{uid(10)}") is None


@pytest.mark.parametrize("verdict", ["publish", "watch"])
@pytest.mark.parametrize(("command", "fields", "kind"), SAID)
def test_what_it_lets_pass_is_seen_at_once(council, command, fields, kind, verdict):
    council.given(saying(found(verdict)), command, **fields)
    assert council.sees(f"{kind}:{uid(10)}") is not None


def test_the_staff_see_the_words_marked_and_no_number(council):
    council.given(saying(found()), "question.ask", **question())
    card = council.staff_sees(f"question:{uid(10)}")
    assert card["held"] == ["代开发票", "138****8000"]
    assert (card["verdict"], card["kinds"]) == ("block", ["advert", "fraud"])
    assert "13800138000" not in str(card)


@pytest.mark.parametrize(("command", "fields", "kind"), SAID)
def test_what_was_blocked_is_shown_for_a_reason_only(council, command, fields, kind):
    council.given(saying(found()), command, **fields)
    council.when(LIU_TING, f"{kind}.approve", id=uid(10)).refused("unclear")
    council.given(LIU_TING, f"{kind}.approve", id=uid(10), reason="转述诈骗电话，提醒大家")
    assert council.sees(f"{kind}:{uid(10)}") is not None


@pytest.mark.parametrize(("command", "fields", "kind"), SAID)
def test_what_was_only_held_needs_none(council, command, fields, kind):
    council.given(saying(found("hold")), command, **fields)
    council.when(LIU_TING, f"{kind}.approve", id=uid(10)).then(f"{kind}.approved")


def test_what_the_filter_holds_does_not_go_out_by_itself(council):
    council.given(SHI_LAN, "meeting.set", review_comments="delayed")
    council.given(saying(found("hold")), "comment.post", id=uid(10), text=TEXT)
    assert council.staff_sees(f"comment:{uid(10)}")["due_at"] is None


def test_what_was_blocked_becomes_public_under_another_only_after_a_reason(council):
    council.given(TIAN_XIULAN, "question.ask", id=uid(11), kind="ask", text="发票怎么开？")
    council.given(saying(found()), "question.ask", **question())
    council.when(LIU_TING, "question.merge", id=uid(10), into=uid(11)).refused("unclear", field="reason")
    assert council.sees(f"question:{uid(10)}") is None
    council.given(LIU_TING, "question.approve", id=uid(10), reason="与本题有关")
    council.when(LIU_TING, "question.merge", id=uid(10), into=uid(11)).then("question.merged")
