"""The transcript: who said what when; corrections name their editor and keep the first text."""

import pytest

from meetings.archive.spoken import transcript
from meetings.transcript import CAPTIONS_KEPT, Caption
from tests.meetings.cast import (
    DAY,
    JIA_YIMING,
    LIU_TING,
    MINUTE,
    NA_WENHUI,
    PLATFORM,
    SECOND,
    SHI_LAN,
    SU_MIN,
    TIAN_XIULAN,
    announced,
    live,
    on_air,
    uid,
)


def said(number=10, text="各位居民晚上好", **more):
    return {"id": uid(number), "text": text} | more


@pytest.fixture
def council():
    return live()


def test_a_caption_has_its_speaker_item_and_question(council):
    council.given(SU_MIN, "agenda.open", id=uid(1))
    question = on_air(council)
    council.when(JIA_YIMING, "caption.say", **said(11, speaker=NA_WENHUI.id)).then("caption.said")
    caption = council.sees(f"caption:{uid(11)}")
    assert (caption["speaker"], caption["speaker_name"]) == (NA_WENHUI.id, "纳文慧")
    assert (caption["item"], caption["question"], caption["corrected"]) == (uid(1), question, False)


def test_somebody_without_a_plate_is_named_in_words(council):
    council.when(JIA_YIMING, "caption.say", **said(speaker=TIAN_XIULAN.id)).refused(
        "not_found", field="speaker"
    )
    council.when(JIA_YIMING, "caption.say", **said(speaker_name="<svg>")).refused("unclear")
    council.given(JIA_YIMING, "caption.say", **said(speaker_name="田秀兰"))
    assert council.sees(f"caption:{uid(10)}")["speaker_name"] == "田秀兰"


def test_the_same_caption_twice_is_one_and_another_under_its_id_is_taken(council):
    council.given(JIA_YIMING, "caption.say", **said())
    council.when(LIU_TING, "caption.say", **said()).then()
    council.when(JIA_YIMING, "caption.say", **said(text="别的")).refused("taken")


def test_a_caption_may_be_written_down_a_little_later_never_earlier(council):
    council.given(JIA_YIMING, "caption.say", **said(at=council.now - MINUTE))
    assert council.sees(f"caption:{uid(10)}")["at"] == council.now - MINUTE
    council.when(JIA_YIMING, "caption.say", **said(11, at=council.now + MINUTE)).refused(
        "unclear", field="at"
    )
    council.when(JIA_YIMING, "caption.say", **said(11, at=council.now - DAY)).refused("unclear", field="at")


def test_a_scribe_whose_clock_is_a_little_ahead_says_it_now(council):
    council.given(JIA_YIMING, "caption.say", **said(at=council.now + 900))
    assert council.sees(f"caption:{uid(10)}")["at"] == council.now
    council.when(JIA_YIMING, "caption.say", **said(at=council.now + 900)).then()


def test_what_a_program_recognised_says_so_until_a_person_puts_it_right(council):
    council.when(JIA_YIMING, "caption.say", **said(heard=True)).refused("forbidden")
    council.when(PLATFORM, "caption.say", **said(heard=True)).then("caption.said", heard=True)
    council.when(PLATFORM, "caption.say", **said(heard=True)).then()
    assert council.sees(f"caption:{uid(10)}")["heard"]
    council.when(JIA_YIMING, "caption.correct", **said()).then("caption.corrected")
    council.when(JIA_YIMING, "caption.correct", **said()).then()
    assert not council.sees(f"caption:{uid(10)}")["heard"]


def test_a_typed_caption_wins_over_what_was_recognised_whichever_comes_first(council):
    at = council.now
    council.given(PLATFORM, "caption.say", **said(10, "建筑面基", at=at - 2 * SECOND, heard=True))
    council.given(PLATFORM, "caption.say", **said(11, "前一段话", at=at - 20 * SECOND, heard=True))
    council.given(JIA_YIMING, "caption.say", **said(12, "建筑面积", at=at))
    assert council.sees(f"caption:{uid(10)}") is None
    assert council.sees(f"caption:{uid(11)}")["text"] == "前一段话"
    council.later(20 * SECOND)
    council.when(PLATFORM, "caption.say", **said(13, "建筑面基", at=at + 9 * SECOND, heard=True)).then()
    council.when(PLATFORM, "caption.say", **said(14, at=at + 11 * SECOND, heard=True)).then("caption.said")
    lines = [line.text for line in transcript(council.room, [])]
    assert lines == ["前一段话", "建筑面积", "各位居民晚上好"]


def test_recognised_lines_put_right_one_after_the_other_all_stay(council):
    at = council.now
    for number in (10, 11):
        council.given(PLATFORM, "caption.say", **said(number, at=at - number * SECOND, heard=True))
    council.given(JIA_YIMING, "caption.correct", **said(10, "更正"))
    assert council.sees(f"caption:{uid(11)}")["heard"]
    council.given(JIA_YIMING, "caption.say", **said(12, "另打一句", at=at - 10 * SECOND))
    assert council.sees(f"caption:{uid(10)}")["text"] == "更正"
    assert council.sees(f"caption:{uid(11)}") is None
    council.given(JIA_YIMING, "caption.correct", **said(11, "也有人看过"))
    assert council.sees(f"caption:{uid(11)}")["text"] == "也有人看过"


def test_captions_are_masked_for_everybody(council):
    council.given(JIA_YIMING, "caption.say", **said(text="他的电话是13800138000"))
    assert "13800138000" not in str(council.staff_sees(f"caption:{uid(10)}"))


def test_only_scribes_write_and_only_while_the_meeting_runs(council):
    council.when(TIAN_XIULAN, "caption.say", **said()).refused("forbidden")
    council.when(NA_WENHUI, "caption.say", **said()).refused("forbidden")
    announced().when(JIA_YIMING, "caption.say", **said()).refused("wrong_state")


def test_a_correction_names_its_editor_and_keeps_the_first_text(council):
    council.given(JIA_YIMING, "caption.say", **said(text="全体业主三分之二同意"))
    council.when(LIU_TING, "caption.correct", **said(text="三分之二参与、过半同意")).then("caption.corrected")
    council.when(LIU_TING, "caption.correct", **said(text="三分之二参与、过半同意")).then()
    caption = council.room.need(Caption, uid(10))
    assert (caption.first, caption.corrected_by) == ("全体业主三分之二同意", LIU_TING.id)
    assert council.sees(f"caption:{uid(10)}")["corrected"]
    council.when(TIAN_XIULAN, "caption.correct", **said()).refused("forbidden")
    council.when(LIU_TING, "caption.correct", **said(99)).refused("not_found")


def test_after_the_meeting_it_is_still_corrected(council):
    council.given(JIA_YIMING, "caption.say", **said()).given(SU_MIN, "meeting.end").later(DAY)
    council.when(LIU_TING, "caption.correct", **said(text="更正")).then("caption.corrected")
    council.given(SHI_LAN, "meeting.publish")
    council.when(LIU_TING, "caption.correct", **said(text="再更正")).then("caption.corrected")


def test_the_room_keeps_the_last_ones_and_the_old_can_be_corrected(council):
    for number in range(CAPTIONS_KEPT + 1):
        council.given(JIA_YIMING, "caption.say", **said(1000 + number))
    assert sum(name.startswith("caption:") for name in council.sees_all()) == CAPTIONS_KEPT
    council.when(LIU_TING, "caption.correct", **said(1000, "更正")).then("caption.corrected")
    assert council.sees(f"caption:{uid(1000)}") is None
