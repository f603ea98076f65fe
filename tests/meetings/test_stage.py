"""Hands, the waiting room and the stage: who may speak from elsewhere, and who sees it."""

import pytest

from meetings.stage import STAGE_MOST
from tests.meetings.cast import (
    A_LI,
    DING_YONGKANG,
    GUEST,
    HE_CHUNYU,
    JIA_YIMING,
    LAO_LIU,
    LIU_TING,
    MA_XIAOCHUAN,
    MA_ZHICHENG,
    NA_WENHUI,
    SHI_LAN,
    SU_MIN,
    TIAN_XIULAN,
    announced,
    in_the_lobby,
    live,
)


@pytest.fixture
def council():
    return live()


def seat(who):
    return f"seat:{who.id}"


def on_stage(council, who, **more):
    """Bring somebody onto the stage; residents by hand and invitation."""
    if who.plate is None:
        council.given(who, "stage.raise").given(SU_MIN, "stage.invite", person=who.id, **more)
    return council.given(who, "stage.wait").given(SU_MIN, "stage.take", person=who.id)


def names(council):
    return [one["name"] for one in (council.sees("stage") or {"on": []})["on"]]


def test_a_hand_is_seen_by_the_staff_and_by_whoever_raised_it(council):
    council.when(TIAN_XIULAN, "stage.raise").then("stage.raised", name="1号楼田女士")
    council.when(TIAN_XIULAN, "stage.raise").then()
    assert council.staff_sees(seat(TIAN_XIULAN))["state"] == "raised"
    assert council.own(TIAN_XIULAN)[seat(TIAN_XIULAN)]["state"] == "raised"
    assert council.sees(seat(TIAN_XIULAN)) is None
    assert council.own(MA_ZHICHENG) == {}


def test_a_resident_speaks_after_hand_and_invitation_by_sound_alone(council):
    council.given(TIAN_XIULAN, "stage.raise")
    council.when(TIAN_XIULAN, "stage.wait").refused("wrong_state", state="raised")
    council.when(SU_MIN, "stage.take", person=TIAN_XIULAN.id).refused("wrong_state", state="raised")
    council.when(LIU_TING, "stage.invite", person=TIAN_XIULAN.id).then("stage.invited", sound_only=True)
    council.when(SU_MIN, "stage.invite", person=TIAN_XIULAN.id).then()
    council.when(SU_MIN, "stage.take", person=TIAN_XIULAN.id).refused("wrong_state", state="invited")
    council.when(TIAN_XIULAN, "stage.wait", sound_only=False).then("stage.waited", sound_only=True)
    assert names(council) == []
    council.when(SU_MIN, "stage.take", person=TIAN_XIULAN.id).then("stage.taken")
    council.when(SU_MIN, "stage.take", person=TIAN_XIULAN.id).then()
    assert council.sees("stage")["on"] == [
        {"name": "1号楼田女士", "role": "", "badge": None, "sound_only": True}
    ]


def test_the_host_may_ask_a_resident_for_the_picture_too(council):
    council.given(TIAN_XIULAN, "stage.raise")
    council.given(SU_MIN, "stage.invite", person=TIAN_XIULAN.id, sound_only=False)
    council.when(TIAN_XIULAN, "stage.wait").then("stage.waited", sound_only=False)
    council.when(TIAN_XIULAN, "stage.wait", sound_only=True).then("stage.waited", sound_only=True)


def test_a_badge_holder_waits_uninvited_with_the_picture(council):
    council.when(NA_WENHUI, "stage.wait").then("stage.waited", name="纳文慧", sound_only=False)
    council.when(NA_WENHUI, "stage.wait").then()
    assert council.staff_sees(seat(NA_WENHUI))["role"] == "lawyer"
    council.when(MA_ZHICHENG, "stage.wait").refused("not_found")


def test_a_badge_holder_waits_again_after_the_stage_a_resident_does_not(council):
    on_stage(on_stage(council, DING_YONGKANG), LAO_LIU)
    assert names(council) == ["丁永康", "1号楼老刘"]
    council.when(SU_MIN, "stage.release", person=DING_YONGKANG.id).then("stage.released")
    council.when(SU_MIN, "stage.release", person=DING_YONGKANG.id).then()
    council.when(SU_MIN, "stage.release", person=LAO_LIU.id).then("stage.released")
    council.when(SU_MIN, "stage.release", person=LAO_LIU.id).then()
    assert council.staff_sees(seat(DING_YONGKANG))["state"] == "waiting"
    assert council.staff_sees(seat(LAO_LIU)) is None
    assert names(council) == []


def test_whoever_is_on_the_stage_may_leave_it(council):
    on_stage(council, NA_WENHUI)
    council.when(NA_WENHUI, "stage.lower").then("stage.left")
    council.when(NA_WENHUI, "stage.lower").then()
    assert names(council) == []


def test_a_hand_may_be_put_down_by_its_owner_and_by_the_desk(council):
    council.given(TIAN_XIULAN, "stage.raise").given(LAO_LIU, "stage.raise")
    council.when(TIAN_XIULAN, "stage.lower").then("stage.left")
    council.when(LIU_TING, "stage.release", person=LAO_LIU.id).then("stage.released")
    assert council.staff_sees(seat(LAO_LIU)) is None


def test_the_host_turns_a_guests_sound_off_and_on(council):
    on_stage(council, NA_WENHUI)
    council.when(SU_MIN, "stage.mute", person=NA_WENHUI.id).then("stage.sound_turned", off=True)
    council.when(SU_MIN, "stage.mute", person=NA_WENHUI.id).then()
    assert council.own(NA_WENHUI)[seat(NA_WENHUI)]["muted"] is True
    council.when(SU_MIN, "stage.mute", person=NA_WENHUI.id, on=False).then("stage.sound_turned", off=False)
    council.given(MA_ZHICHENG, "stage.raise")
    council.when(SU_MIN, "stage.mute", person=MA_ZHICHENG.id).refused("wrong_state")
    council.when(SU_MIN, "stage.mute", person=LAO_LIU.id).refused("not_found")


def test_the_technician_at_the_studio_takes_people_on_and_residents_do_not(council):
    council.given(NA_WENHUI, "stage.wait")
    council.when(TIAN_XIULAN, "stage.take", person=NA_WENHUI.id).refused("forbidden")
    council.when(NA_WENHUI, "stage.take", person=NA_WENHUI.id).refused("forbidden")
    council.when(JIA_YIMING, "stage.take", person=NA_WENHUI.id).then("stage.taken")
    council.when(GUEST, "stage.raise").refused("forbidden")


def test_the_muted_and_the_unproved_are_told_so(council):
    council.given(LIU_TING, "person.mute", person=LAO_LIU.id, reason="rude")
    council.when(LAO_LIU, "stage.raise").refused("muted")
    council.when(A_LI, "stage.raise").refused("unverified")
    council.given(SHI_LAN, "meeting.set", unproved_may_speak=True)
    council.when(A_LI, "stage.raise").then("stage.raised")


def test_whoever_is_muted_or_loses_the_badge_leaves_the_stage(council):
    on_stage(on_stage(council, LAO_LIU), NA_WENHUI)
    council.given(LIU_TING, "person.mute", person=LAO_LIU.id, reason="rude")
    assert names(council) == ["纳文慧"]
    council.given(SHI_LAN, "person.dismiss", person=NA_WENHUI.id, role="lawyer")
    assert names(council) == []


def test_the_stage_holds_six(council):
    for number in range(STAGE_MOST):
        who = f"p-deputy{number}"
        council.given(HE_CHUNYU, "person.appoint", person=who, role="npc_deputy", name="代表")
        deputy = type(NA_WENHUI)(who, "代表", plate="npc_deputy")
        council.given(deputy, "stage.wait").given(SU_MIN, "stage.take", person=who)
    council.given(MA_XIAOCHUAN, "stage.wait")
    council.when(SU_MIN, "stage.take", person=MA_XIAOCHUAN.id).refused("too_large", limit=STAGE_MOST)


def test_hands_are_for_the_meeting_the_waiting_room_opens_with_the_lobby():
    announced().when(NA_WENHUI, "stage.wait").refused("wrong_state", phase="announced")
    in_the_lobby().when(NA_WENHUI, "stage.wait").then("stage.waited")
    in_the_lobby().when(TIAN_XIULAN, "stage.raise").refused("wrong_state", phase="lobby")


def test_the_end_of_the_meeting_empties_stage_and_waiting_room(council):
    on_stage(on_stage(council, NA_WENHUI), LAO_LIU).given(TIAN_XIULAN, "stage.raise")
    council.given(SU_MIN, "meeting.end")
    assert names(council) == []
    assert [name for name in council.sees_all() | council.own(TIAN_XIULAN) if name.startswith("seat:")] == []
