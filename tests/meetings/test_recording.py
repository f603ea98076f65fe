"""The recording after the council: passages masked by those who answer for it, listed for everybody."""

import pytest

from meetings import archive
from meetings.recording import VEILS_KEPT
from tests.meetings.cast import (
    HE_CHUNYU,
    JIA_YIMING,
    LIU_TING,
    PLATFORM,
    SECOND,
    SHI_LAN,
    SU_MIN,
    TIAN_XIULAN,
    ended,
    live,
    uid,
)

PHONE = "一位居民念出了邻居的电话"


def veil(number=1, **more):
    return {"id": uid(number), "from_s": 60, "to_s": 75, "what": "sound", "reason": PHONE, **more}


@pytest.fixture
def council():
    """Over, with two captions said a minute apart."""
    council = live()
    council.given(LIU_TING, "caption.say", id=uid(501), text="电话是这个。").later(60 * SECOND)
    council.given(LIU_TING, "caption.say", id=uid(502), text="谢谢。").later(60 * SECOND)
    return council.given(SU_MIN, "meeting.end")


def test_a_masked_passage_is_a_new_version_and_listed_for_everybody(council):
    council.when(SHI_LAN, "recording.veil", **veil()).then("recording.veiled", reason=PHONE)
    seen = council.sees("recording")
    assert seen["version"] == 2
    assert seen["veils"] == [{**veil(), "at": council.now}]
    council.given(SU_MIN, "recording.veil", **veil(2, from_s=5, to_s=6, what="both"))
    assert [one["from_s"] for one in council.sees("recording")["veils"]] == [5, 60]
    assert council.sees("recording")["version"] == 3


@pytest.mark.parametrize("who", [LIU_TING, JIA_YIMING, TIAN_XIULAN, HE_CHUNYU], ids=lambda who: who.name)
def test_only_secretary_and_host_may_mask(council, who):
    council.when(who, "recording.veil", **veil()).refused("forbidden")
    council.given(SHI_LAN, "recording.veil", **veil())
    council.when(who, "recording.unveil", id=uid(1)).refused("forbidden")


def test_nothing_is_masked_while_the_council_runs():
    live().when(SU_MIN, "recording.veil", **veil()).refused("wrong_state")


def test_it_may_be_masked_after_it_was_published(council):
    council.given(SHI_LAN, "meeting.publish").when(SHI_LAN, "recording.veil", **veil()).then(
        "recording.veiled"
    )


def test_masking_it_again_is_nothing_new_and_another_passage_needs_another_id(council):
    council.given(SHI_LAN, "recording.veil", **veil())
    council.when(SHI_LAN, "recording.veil", **veil()).then()
    council.when(SHI_LAN, "recording.veil", **veil(to_s=99)).refused("taken")


@pytest.mark.parametrize(
    "wrong",
    [
        {"from_s": -1},
        {"from_s": 75},
        {"to_s": 59},
        {"to_s": 10**9},
        {"reason": " "},
        {"reason": "长" * 300},
        {"what": "smell"},
        {"id": "1"},
        {"from_s": 1.5},
        {"from_s": "60"},
    ],
    ids=str,
)
def test_a_passage_that_makes_no_sense_is_refused(council, wrong):
    said = council.when(SHI_LAN, "recording.veil", **veil(**wrong))
    assert said.refusal.code in {"unclear", "too_large"}


def test_there_is_an_end_to_masking(council):
    for number in range(VEILS_KEPT):
        council.given(SHI_LAN, "recording.veil", **veil(number))
    council.when(SHI_LAN, "recording.veil", **veil(VEILS_KEPT)).refused("too_large", limit=VEILS_KEPT)


def test_a_slip_is_taken_back_and_its_id_does_not_come_again(council):
    council.given(SHI_LAN, "recording.veil", **veil())
    council.when(SHI_LAN, "recording.unveil", id=uid(1)).then("recording.unveiled")
    assert council.sees("recording") == {"version": 3, "veils": []}
    council.when(SHI_LAN, "recording.unveil", id=uid(1)).then()
    council.when(SHI_LAN, "recording.veil", **veil()).then()
    assert council.sees("recording")["veils"] == []
    council.when(SHI_LAN, "recording.unveil", id=uid(2)).refused("not_found")


def test_the_reason_names_nobodys_telephone(council):
    council.given(SHI_LAN, "recording.veil", **veil(reason="念出了13100000007"))
    assert "13100000007" not in str(council.sees("recording"))


def test_what_was_said_in_a_masked_passage_is_nowhere_to_be_read(council):
    council.given(SHI_LAN, "recording.veil", **veil())
    council.when(PLATFORM, "recording.silence", id=uid(1), captions=[uid(501), "gone"]).then(
        "recording.silenced", captions=[uid(501)]
    )
    assert council.sees(f"caption:{uid(501)}") is None
    assert council.staff_sees(f"caption:{uid(501)}") is None
    assert council.sees(f"caption:{uid(502)}") is not None
    read = archive.read(council.room, council.entries)
    assert [line.text for line in read.transcript] == ["谢谢。"]
    assert next(one.value for one in read.statistics if one.key == "captions") == 1
    council.when(PLATFORM, "recording.silence", id=uid(1), captions=[uid(502)]).then()
    council.when(SHI_LAN, "recording.silence", id=uid(1), captions=[]).refused("forbidden")


def test_captions_come_back_unless_another_passage_keeps_them(council):
    for number in (1, 2):
        council.given(SHI_LAN, "recording.veil", **veil(number, from_s=60 - number))
        council.given(PLATFORM, "recording.silence", id=uid(number), captions=[uid(501)])
    council.given(SHI_LAN, "recording.unveil", id=uid(1))
    assert council.sees(f"caption:{uid(501)}") is None
    council.given(SHI_LAN, "recording.unveil", id=uid(2))
    assert council.sees(f"caption:{uid(501)}")["text"] == "电话是这个。"


def test_a_masked_picture_leaves_the_words(council):
    council.given(SHI_LAN, "recording.veil", **veil(what="picture"))
    council.when(PLATFORM, "recording.silence", id=uid(1), captions=[uid(501)]).then()
    assert council.sees(f"caption:{uid(501)}") is not None


def test_without_masking_there_is_nothing_to_see():
    assert ended().sees("recording") is None
