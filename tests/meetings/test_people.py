"""People: plates and roles, the way a person is shown, warnings and mutes."""

import pytest

from meetings import Eye
from tests.meetings.cast import (
    A_LI,
    GUEST,
    HE_CHUNYU,
    LIU_TING,
    MA_ZHICHENG,
    MINUTE,
    NA_WENHUI,
    SHI_LAN,
    SU_MIN,
    TIAN_XIULAN,
    asked,
    live,
    uid,
)

PLATE = {"person": "p-wang", "role": "official", "name": "王立", "badge": "街道物业办", "title": "工作人员"}


@pytest.fixture
def council():
    return live()


def test_a_plate_is_seen_by_everybody_and_brings_its_role(council):
    council.when(SHI_LAN, "person.appoint", **PLATE).then("person.appointed")
    council.when(SHI_LAN, "person.appoint", **PLATE).then()
    assert council.sees("person:p-wang") == {
        "id": "p-wang",
        "name": "王立",
        "role": "official",
        "badge": "街道物业办",
        "title": "工作人员",
    }
    council.when(SU_MIN, "person.appoint", **PLATE).refused("forbidden")
    council.when(SHI_LAN, "person.appoint", **PLATE | {"role": "king"}).refused("unclear", field="role")
    council.when(SHI_LAN, "person.appoint", **PLATE | {"role": "system"}).refused("unclear", field="role")
    council.when(SHI_LAN, "person.appoint", **PLATE | {"name": "<b>王</b>"}).refused("unclear")


def test_a_dismissed_moderator_can_no_longer_moderate(council):
    council.when(HE_CHUNYU, "person.dismiss", person=LIU_TING.id, role="moderator").then("person.dismissed")
    council.when(HE_CHUNYU, "person.dismiss", person=LIU_TING.id, role="moderator").then()
    council.when(LIU_TING, "person.warn", person=TIAN_XIULAN.id, reason="请文明发言").refused("forbidden")
    assert council.sees(f"person:{LIU_TING.id}") is None


def test_whoever_has_two_roles_keeps_the_other(council):
    council.given(SHI_LAN, "person.appoint", person=NA_WENHUI.id, role="resident_rep", name="纳文慧")
    council.given(SHI_LAN, "person.dismiss", person=NA_WENHUI.id, role="resident_rep")
    assert council.sees(f"person:{NA_WENHUI.id}")["role"] == "lawyer"


@pytest.mark.parametrize(
    ("way", "shown"), [("real", "田秀兰"), ("building", "1号楼田女士"), ("anonymous", "居民")]
)
def test_a_resident_chooses_how_to_be_shown(council, way, shown):
    council.when(TIAN_XIULAN, "person.show_as", way=way).then("person.shown_as")
    council.when(TIAN_XIULAN, "person.show_as", way=way).then()
    own_id = asked(council)
    assert council.sees(f"question:{own_id}")["shown"] == shown
    assert council.own(TIAN_XIULAN)["mine"]["way"] == way


def test_what_was_said_keeps_the_name_it_was_said_under(council):
    own_id = asked(council)
    council.given(TIAN_XIULAN, "person.show_as", way="anonymous")
    assert council.sees(f"question:{own_id}")["shown"] == "1号楼田女士"


def test_there_are_three_ways_and_guests_have_none(council):
    council.when(TIAN_XIULAN, "person.show_as", way="loud").refused("unclear", field="way")
    council.when(GUEST, "person.show_as", way="real").refused("forbidden")
    council.when(LIU_TING, "person.show_as", way="building").refused("unverified")


def test_a_warning_is_told_to_its_receiver_alone(council):
    council.when(LIU_TING, "person.warn", person=TIAN_XIULAN.id, reason="请文明发言").then("person.warned")
    council.when(LIU_TING, "person.warn", person=TIAN_XIULAN.id, reason="请文明发言").then()
    told = [one for name, one in council.own(TIAN_XIULAN).items() if name.startswith("message:")]
    assert [(one["word"], one["reason"], one["at"]) for one in told] == [
        ("warning", "请文明发言", council.now)
    ]
    assert "请文明发言" not in str(council.sees_all(Eye.PUBLIC))
    council.when(MA_ZHICHENG, "person.warn", person=TIAN_XIULAN.id, reason="我不高兴").refused("forbidden")


def test_a_muted_resident_cannot_ask_until_the_mute_is_over(council):
    until = council.now + MINUTE
    mute = {"person": TIAN_XIULAN.id, "reason": "刷屏", "until": until}
    council.when(LIU_TING, "person.mute", **mute).then("person.muted")
    council.when(LIU_TING, "person.mute", **mute).then()
    ask = {"id": uid(10), "kind": "ask", "text": "为什么？"}
    council.when(TIAN_XIULAN, "question.ask", **ask).refused("muted", until=until, reason="刷屏")
    assert council.own(TIAN_XIULAN)["mine"]["mute_reason"] == "刷屏"
    council.later(MINUTE).when(TIAN_XIULAN, "question.ask", **ask).then("question.asked")


def test_a_mute_is_seen_by_staff_alone_and_can_be_taken_back(council):
    council.given(LIU_TING, "person.mute", person=TIAN_XIULAN.id, reason="刷屏")
    assert council.sees(f"person:{TIAN_XIULAN.id}") is None
    assert council.staff_sees(f"person:{TIAN_XIULAN.id}")["muted"]
    council.when(SU_MIN, "person.unmute", person=TIAN_XIULAN.id).refused("unclear")
    release = {"person": TIAN_XIULAN.id, "reason": "已经冷静"}
    council.when(SU_MIN, "person.unmute", **release).then("person.unmuted")
    council.when(SU_MIN, "person.unmute", **release).then()
    assert asked(council)


def test_nobody_mutes_themselves_or_the_staff(council):
    council.when(LIU_TING, "person.mute", person=LIU_TING.id, reason="静").refused("forbidden")
    council.when(LIU_TING, "person.mute", person=SU_MIN.id, reason="静").refused("forbidden")
    council.when(MA_ZHICHENG, "person.mute", person=TIAN_XIULAN.id, reason="静").refused("forbidden")


def test_each_look_at_who_it_is_is_written_down(council):
    own_id = asked(council, by=TIAN_XIULAN)
    council.when(LIU_TING, "raw.see", kind="question", id=own_id).then("raw.seen", id=own_id)
    council.when(TIAN_XIULAN, "raw.see", kind="question", id=own_id).refused("forbidden")


def test_the_unproved_have_a_name_like_everybody(council):
    council.given(SHI_LAN, "meeting.set", unproved_may_speak=True)
    own_id = asked(council, by=A_LI)
    assert council.staff_sees(f"question:{own_id}")["shown"] == "3号楼阿女士"
