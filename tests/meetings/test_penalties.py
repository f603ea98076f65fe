"""The ladder of order: warning, own pause, mute, a term by two persons; each told at once, lifted, appealed once."""

import pytest

from meetings import Eye, Refused, Who
from meetings.penalties import TERM_DAYS_MOST
from meetings.people import APPEAL_TERM
from tests.meetings.cast import (
    BAI_YU,
    DAY,
    HE_CHUNYU,
    JIA_YIMING,
    LAO_LIU,
    LIU_TING,
    MA_ZHICHENG,
    MINUTE,
    NA_WENHUI,
    PLATFORM,
    SECOND,
    SHI_LAN,
    SU_MIN,
    TIAN_XIULAN,
    asked,
    live,
    uid,
)

TERM = uid(0x900)


@pytest.fixture
def council():
    return live()


def ask(number=40):
    """An ask of that number."""
    return {"id": uid(number), "kind": "ask", "text": "换物业要多少户同意？"}


def say(number=50):
    """A comment of that number."""
    return {"id": uid(number), "text": "支持"}


def told(council, who=TIAN_XIULAN):
    """What somebody's 消息 say happened, in order."""
    return [one["word"] for one in council.told(who)]


def last(council, who=TIAN_XIULAN):
    """The newest message."""
    return council.told(who)[-1]


def penalty(council, sort):
    """The last penalty of a sort, as the staff see it."""
    things = council.sees_all(Eye.STAFF)
    found = [one for name, one in things.items() if name.startswith("penalty:") and one["sort"] == sort]
    return max(found, key=lambda one: one["at"])


def muted(council, **more):
    """Have the moderator mute a resident; the penalty's id."""
    council.given(LIU_TING, "person.mute", person=TIAN_XIULAN.id, reason="flooding", **more)
    return penalty(council, "mute")["id"]


def proposed(council, until=None):
    """Have a term proposed by the moderator."""
    until = until or council.now + 30 * DAY
    return council.given(
        LIU_TING, "penalty.propose", id=TERM, person=TIAN_XIULAN.id, reason="三次被禁言后仍刷屏", until=until
    )


def test_each_step_is_told_at_once_with_its_reason_and_end(council):
    until = council.now + 10 * MINUTE
    council.given(LIU_TING, "person.warn", person=TIAN_XIULAN.id, reason="rude")
    council.given(LIU_TING, "person.slow", person=TIAN_XIULAN.id, seconds=60, reason="flooding")
    muted(council, until=until)
    council.given(SU_MIN, "person.unmute", person=TIAN_XIULAN.id, reason="已经冷静")
    assert told(council) == ["warning", "slow", "mute", "mute_lifted"]
    by_word = {one["word"]: one for one in council.told(TIAN_XIULAN)}
    assert by_word["warning"]["reason"] == "rude"
    assert by_word["slow"]["seconds"] == 60
    assert (by_word["mute"]["reason"], by_word["mute"]["until"]) == ("flooding", until)
    assert by_word["mute_lifted"]["reason"] == "已经冷静"
    everybody = str(council.sees_all(Eye.PUBLIC))
    assert "flooding" not in everybody
    assert "penalty:" not in everybody
    assert "message:" not in str(council.sees_all(Eye.STAFF))


def test_the_receiver_sees_what_it_is_and_not_by_whom_the_deciders_see_who(council):
    own_id = muted(council)
    assert "by" not in council.own(TIAN_XIULAN)[f"penalty:{own_id}"]
    assert council.own(TIAN_XIULAN)[f"penalty:{own_id}"]["may_appeal"]
    assert council.staff_sees(f"penalty:{own_id}")["by"] == [LIU_TING.id]
    assert f"penalty:{own_id}" not in council.own(MA_ZHICHENG)


def test_the_muted_lose_the_word_and_nothing_else(council):
    other = asked(council, by=MA_ZHICHENG)
    council.given(SU_MIN, "poll.draft", id=uid(60), question="几点开会？", options=["七点", "八点"])
    council.given(SU_MIN, "poll.open", id=uid(60)).given(MA_ZHICHENG, "comment.post", **say(51))
    before = council.sees_all(Eye.PUBLIC)
    muted(council)
    assert council.sees_all(Eye.PUBLIC) == before
    council.when(TIAN_XIULAN, "question.ask", **ask()).refused("muted", until=None, reason="flooding")
    council.when(TIAN_XIULAN, "comment.post", **say()).refused("muted", until=None, reason="flooding")
    council.when(TIAN_XIULAN, "question.upvote", id=other).then("question.upvoted")
    council.when(TIAN_XIULAN, "poll.answer", id=uid(60), choice=0).then("poll.answered")
    council.when(TIAN_XIULAN, "comment.report", id=uid(51), reason="rude").then("comment.reported")
    council.when(TIAN_XIULAN, "person.show_as", way="real").then("person.shown_as")


def test_a_pause_of_ones_own_holds_between_any_two_texts_and_for_nobody_else(council):
    council.given(TIAN_XIULAN, "comment.post", **say())
    council.when(LIU_TING, "person.slow", person=TIAN_XIULAN.id, seconds=60, reason="flooding").then(
        "person.slowed"
    )
    council.when(LIU_TING, "person.slow", person=TIAN_XIULAN.id, seconds=60, reason="flooding").then()
    until = council.now + 60 * SECOND
    assert council.own(TIAN_XIULAN)["mine"]["slow_until"] == until
    council.when(TIAN_XIULAN, "comment.post", **say(51)).refused("slow_down", until=until)
    council.when(TIAN_XIULAN, "question.ask", **ask()).refused("slow_down", until=until, reason="flooding")
    council.when(MA_ZHICHENG, "comment.post", **say(52)).then("comment.posted")
    council.later(60 * SECOND).when(TIAN_XIULAN, "question.ask", **ask()).then("question.asked")
    council.when(TIAN_XIULAN, "comment.post", **say(51)).refused("slow_down", until=council.now + 60 * SECOND)
    council.when(SU_MIN, "person.slow", person=TIAN_XIULAN.id, seconds=0, reason="好了").then("person.slowed")
    council.when(TIAN_XIULAN, "comment.post", **say(51)).then("comment.posted")
    assert penalty(council, "slow")["state"] == "lifted"


def test_a_later_mute_takes_the_place_of_the_one_before(council):
    first = muted(council, until=council.now + 10 * MINUTE)
    muted(council)
    assert council.staff_sees(f"penalty:{first}")["state"] == "replaced"
    council.later(20 * MINUTE).when(TIAN_XIULAN, "question.ask", **ask()).refused("muted", until=None)


def test_the_desk_knows_the_muted_by_the_name_they_spoke_under(council):
    council.given(TIAN_XIULAN, "comment.post", **say())
    assert council.staff_sees(f"penalty:{muted(council)}")["shown"] == "1号楼田女士"


@pytest.mark.parametrize(
    ("word", "more"),
    [
        ("person.warn", {}),
        ("person.slow", {"seconds": 30}),
        ("person.mute", {}),
        ("penalty.propose", {"id": TERM, "until": 1_779_000_000_000}),
    ],
)
def test_nobody_acts_on_themselves_or_on_those_who_run_the_meeting(council, word, more):
    reason = {"reason": "静"}
    council.when(LIU_TING, word, person=LIU_TING.id, **reason, **more).refused("forbidden", why="self")
    for who in (SU_MIN, SHI_LAN, BAI_YU, JIA_YIMING):
        council.when(LIU_TING, word, person=who.id, **reason, **more).refused("forbidden", why="staff")
    council.when(LIU_TING, word, person="system", **reason, **more).refused("forbidden", why="staff")
    council.when(MA_ZHICHENG, word, person=TIAN_XIULAN.id, **reason, **more).refused("forbidden")
    council.when(NA_WENHUI, word, person=TIAN_XIULAN.id, **reason, **more).refused("forbidden")
    council.when(LIU_TING, word, person=TIAN_XIULAN.id, reason="  ", **more).refused(
        "unclear", field="reason"
    )
    for nobody in ("<b>", ""):
        council.when(LIU_TING, word, person=nobody, **reason, **more).refused("unclear", field="person")


def test_roles_that_come_with_the_account_are_out_of_reach_too(council):
    command = council.room.words.command({"type": "person.mute", "person": HE_CHUNYU.id, "reason": "静"})
    with pytest.raises(Refused) as refused:
        council.room.decide(command, Who(LIU_TING.id, council.now, about=frozenset({"admin"})))
    assert refused.value.detail == {"why": "staff"}


@pytest.mark.parametrize("ahead", [-1, 0, 13 * 60 * MINUTE, 10**14])
def test_a_mute_ends_within_the_meeting(council, ahead):
    council.when(
        LIU_TING, "person.mute", person=TIAN_XIULAN.id, reason="刷屏", until=council.now + ahead
    ).refused("unclear", field="until")


def test_a_pause_is_ten_minutes_at_most(council):
    for seconds in (-1, 601):
        council.when(LIU_TING, "person.slow", person=TIAN_XIULAN.id, seconds=seconds, reason="刷").refused(
            "unclear", field="seconds"
        )


# A term beyond the meeting


def test_a_term_needs_a_second_person_and_only_then_holds(council):
    proposed(council)
    assert f"penalty:{TERM}" not in council.own(TIAN_XIULAN)
    assert told(council) == []
    council.when(TIAN_XIULAN, "question.ask", **ask()).then("question.asked")
    council.when(LIU_TING, "penalty.confirm", id=TERM).refused("forbidden", why="second")
    council.when(MA_ZHICHENG, "penalty.confirm", id=TERM).refused("forbidden")
    council.when(SU_MIN, "penalty.confirm", id=TERM).then("penalty.confirmed", person=TIAN_XIULAN.id)
    council.when(SU_MIN, "penalty.confirm", id=TERM).then()
    until = council.staff_sees(f"penalty:{TERM}")["until"]
    council.when(TIAN_XIULAN, "question.ask", **ask(41)).refused("muted", until=until)
    assert council.staff_sees(f"penalty:{TERM}")["by"] == [LIU_TING.id, SU_MIN.id]
    assert council.own(TIAN_XIULAN)["mine"]["suspended_until"] == until
    assert (last(council)["word"], last(council)["until"]) == ("term", until)
    council.later(31 * DAY).when(TIAN_XIULAN, "question.ask", **ask(41)).then("question.asked")


def test_whom_it_is_about_does_not_confirm_or_lift_it(council):
    proposed(council)
    council.given(SHI_LAN, "person.appoint", person=TIAN_XIULAN.id, role="moderator", name="田秀兰")
    council.when(TIAN_XIULAN, "penalty.confirm", id=TERM).refused("forbidden", why="self")
    council.when(TIAN_XIULAN, "penalty.decline", id=TERM, reason="不对").refused("forbidden", why="self")
    council.when(SU_MIN, "penalty.confirm", id=TERM).refused("forbidden", why="staff")


def test_the_muted_who_became_a_moderator_cannot_release_themselves(council):
    own_id = muted(council)
    council.given(SHI_LAN, "person.appoint", person=TIAN_XIULAN.id, role="moderator", name="田秀兰")
    council.when(TIAN_XIULAN, "person.unmute", person=TIAN_XIULAN.id, reason="我好了").refused(
        "forbidden", why="self"
    )
    council.when(TIAN_XIULAN, "penalty.lift", id=own_id, reason="我好了").refused("forbidden", why="self")
    council.given(TIAN_XIULAN, "penalty.appeal", id=own_id, text="没有刷屏")
    council.when(TIAN_XIULAN, "penalty.decide", id=own_id, outcome="upheld", answer="对").refused(
        "forbidden", why="self"
    )


def test_a_term_has_an_end_within_a_year_and_words_for_its_reason(council):
    give = {"id": TERM, "person": TIAN_XIULAN.id, "reason": "屡次辱骂"}
    for until in (0, council.now - 1, council.now, council.now + (TERM_DAYS_MOST + 1) * DAY, 10**15):
        council.when(LIU_TING, "penalty.propose", **give, until=until).refused("unclear", field="until")
    council.when(LIU_TING, "penalty.propose", **give, until=council.now + DAY).then("penalty.proposed")
    council.when(LIU_TING, "penalty.propose", **give, until=council.now + DAY).then()
    council.when(BAI_YU, "penalty.propose", **give, until=council.now + DAY).refused("taken")
    council.when(BAI_YU, "penalty.propose", **give | {"id": uid(0x901)}, until=council.now + DAY).refused(
        "wrong_state", state="proposed"
    )
    council.later(2 * DAY).when(SU_MIN, "penalty.confirm", id=TERM).refused("unclear", field="until")


def test_a_declined_term_never_was_one(council):
    proposed(council)
    council.when(SU_MIN, "penalty.decline", id=TERM, reason="先禁言一场").then("penalty.declined")
    council.when(SU_MIN, "penalty.decline", id=TERM, reason="先禁言一场").then()
    council.when(BAI_YU, "penalty.confirm", id=TERM).refused("wrong_state", state="declined")
    council.when(TIAN_XIULAN, "penalty.appeal", id=TERM, text="不服").refused("not_found")
    assert told(council) == []


def term_elsewhere(council, until=None, appealed=False, **more):
    """A term of another meeting, as the platform tells of it."""
    return {
        "id": TERM,
        "person": TIAN_XIULAN.id,
        "shown": "1号楼田女士",
        "reason": "屡次辱骂",
        "at": council.now - DAY,
        "until": until or council.now + 9 * DAY,
        "by": [LIU_TING.id, SU_MIN.id],
        "appealed": appealed,
    } | more


def carried(council, until=None, appealed=False, by=PLATFORM):
    """The platform makes a term of another meeting known here."""
    return council.when(by, "penalty.carry", **term_elsewhere(council, until, appealed))


def test_the_id_of_a_term_nobody_is_named_for_is_taken(council):
    council.when(PLATFORM, "penalty.carry", **term_elsewhere(council, by=[])).then("penalty.carried")
    propose = {"id": TERM, "person": TIAN_XIULAN.id, "reason": "屡次辱骂", "until": council.now + 9 * DAY}
    council.when(LIU_TING, "penalty.propose", **propose).refused("taken")


def test_a_term_of_another_meeting_is_known_here(council):
    carried(council, by=LIU_TING).refused("forbidden")
    carried(council).then("penalty.carried")
    carried(council).then()
    council.when(TIAN_XIULAN, "comment.post", **say()).refused("muted", reason="屡次辱骂")
    assert told(council) == ["term"]
    council.given(TIAN_XIULAN, "penalty.appeal", id=TERM, text="不服")
    council.when(LIU_TING, "penalty.decide", id=TERM, outcome="dismissed", answer="维持").refused("forbidden")
    council.when(BAI_YU, "penalty.decide", id=TERM, outcome="upheld", answer="期限过长").then(
        "penalty.decided"
    )
    carried(council).then()
    council.when(TIAN_XIULAN, "comment.post", **say()).then("comment.posted")


def test_an_appeal_made_in_one_meeting_is_spent_in_the_next(council):
    carried(council).then("penalty.carried")
    carried(council, appealed=True).then("penalty.carried")
    carried(council, appealed=True).then()
    council.when(TIAN_XIULAN, "penalty.appeal", id=TERM, text="不服").refused("wrong_state", appealed=True)
    assert told(council) == ["term"]


def test_a_term_that_is_over_is_not_carried(council):
    carried(council, until=council.now - 1).then()


# Release and appeal


def test_what_was_imposed_can_be_lifted_with_a_reason(council):
    proposed(council).given(SU_MIN, "penalty.confirm", id=TERM)
    council.when(BAI_YU, "penalty.lift", id=TERM, reason="").refused("unclear", field="reason")
    council.when(BAI_YU, "penalty.lift", id=TERM, reason="已当面道歉").then("penalty.lifted")
    council.when(BAI_YU, "penalty.lift", id=TERM, reason="已当面道歉").then()
    council.when(TIAN_XIULAN, "question.ask", **ask()).then("question.asked")
    assert (last(council)["word"], last(council)["reason"]) == ("term_lifted", "已当面道歉")


def test_an_appeal_is_made_once_by_its_receiver_and_answered_by_somebody_else(council):
    own_id = muted(council)
    council.when(MA_ZHICHENG, "penalty.appeal", id=own_id, text="放了她").refused("not_found")
    council.when(TIAN_XIULAN, "penalty.appeal", id=own_id, text=" ").refused("unclear")
    council.when(TIAN_XIULAN, "penalty.appeal", id=own_id, text="没有刷屏").then(
        "penalty.appealed", due=council.now + APPEAL_TERM
    )
    council.when(TIAN_XIULAN, "penalty.appeal", id=own_id, text="没有刷屏").then()
    council.when(TIAN_XIULAN, "penalty.appeal", id=own_id, text="再说一次").refused(
        "wrong_state", appealed=True
    )
    answer = {"id": own_id, "outcome": "dismissed", "answer": "一分钟内连发十条，维持。"}
    council.when(LIU_TING, "penalty.decide", **answer).refused("forbidden", why="appeal")
    council.when(MA_ZHICHENG, "penalty.decide", **answer).refused("forbidden")
    council.when(BAI_YU, "penalty.decide", **answer | {"answer": ""}).refused("unclear", field="answer")
    council.when(BAI_YU, "penalty.decide", **answer).then("penalty.decided")
    council.when(BAI_YU, "penalty.decide", **answer).then()
    council.when(SU_MIN, "penalty.decide", **answer | {"outcome": "upheld"}).refused("wrong_state")
    assert told(council)[-2:] == ["appealed", "appeal_dismissed"]
    assert last(council)["answer"] == "一分钟内连发十条，维持。"
    council.when(TIAN_XIULAN, "question.ask", **ask()).refused("muted")
    council.when(TIAN_XIULAN, "penalty.appeal", id=own_id, text="再说一次").refused(
        "wrong_state", appealed=True
    )


def test_an_appeal_that_is_upheld_gives_the_word_back(council):
    own_id = muted(council)
    council.given(TIAN_XIULAN, "penalty.appeal", id=own_id, text="没有刷屏")
    council.given(BAI_YU, "penalty.decide", id=own_id, outcome="upheld", answer="是网络重发，撤销。")
    assert not council.own(TIAN_XIULAN)["mine"]["muted"]
    assert not council.staff_sees(f"person:{TIAN_XIULAN.id}") or not council.staff_sees(
        f"person:{TIAN_XIULAN.id}"
    ).get("muted")
    council.when(TIAN_XIULAN, "question.ask", **ask()).then("question.asked")


def test_who_is_let_off_while_the_appeal_waits_has_what_was_asked_for(council):
    own_id = muted(council)
    council.given(TIAN_XIULAN, "penalty.appeal", id=own_id, text="没有刷屏")
    council.given(LIU_TING, "person.unmute", person=TIAN_XIULAN.id, reason="看错了人")
    assert council.staff_sees(f"penalty:{own_id}")["outcome"] == "upheld"
    council.when(BAI_YU, "penalty.decide", id=own_id, outcome="dismissed", answer="维持").refused(
        "wrong_state"
    )


def test_neither_of_the_two_who_made_a_term_decides_about_it(council):
    proposed(council).given(SU_MIN, "penalty.confirm", id=TERM)
    council.given(TIAN_XIULAN, "penalty.appeal", id=TERM, text="不服")
    for who in (LIU_TING, SU_MIN):
        council.when(who, "penalty.decide", id=TERM, outcome="dismissed", answer="维持").refused("forbidden")
    council.when(SHI_LAN, "penalty.decide", id=TERM, outcome="dismissed", answer="维持").then(
        "penalty.decided"
    )


def test_a_warning_may_be_appealed_against_too(council):
    council.given(LIU_TING, "person.warn", person=TIAN_XIULAN.id, reason="rude")
    own_id = penalty(council, "warning")["id"]
    council.given(TIAN_XIULAN, "penalty.appeal", id=own_id, text="只是着急")
    council.given(BAI_YU, "penalty.decide", id=own_id, outcome="upheld", answer="撤销提醒")
    assert penalty(council, "warning")["state"] == "lifted"


def test_words_of_an_appeal_are_masked_like_all_others(council):
    own_id = muted(council)
    council.given(TIAN_XIULAN, "penalty.appeal", id=own_id, text="打我电话13800138000")
    assert "13800138000" not in str(council.staff_sees(f"penalty:{own_id}"))


def test_whoever_a_term_meets_leaves_the_stage(council):
    for who, word, more in (
        (LAO_LIU, "stage.raise", {}),
        (SU_MIN, "stage.invite", {"person": LAO_LIU.id}),
        (LAO_LIU, "stage.wait", {}),
        (SU_MIN, "stage.take", {"person": LAO_LIU.id}),
    ):
        council.given(who, word, **more)
    until = council.now + DAY
    council.given(LIU_TING, "penalty.propose", id=TERM, person=LAO_LIU.id, reason="辱骂", until=until)
    assert council.sees("stage")["on"]
    council.given(SU_MIN, "penalty.confirm", id=TERM)
    assert not council.sees("stage")["on"]


def test_an_old_record_without_reasons_of_release_still_reads():
    council = live()
    own_id = muted(council)
    fact = council.room.words.fact("person.unmuted", f'{{"person":"{TIAN_XIULAN.id}"}}'.encode())
    council.fold(fact, SU_MIN.id)
    assert council.staff_sees(f"penalty:{own_id}")["state"] == "lifted"
