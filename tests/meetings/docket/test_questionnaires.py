"""What households are asked before a meeting: one sheet each, sums with their bases, nobody's answers for anybody."""

import msgspec
import pytest

import meetings
from meetings import Eye, Who
from meetings.kernel import SYSTEM
from tests.meetings.cast import DAY, uid
from tests.meetings.docket.asked import ANSWERS, QUESTIONNAIRE, QUESTIONS, Asking, of_every_kind
from tests.meetings.docket.assembly import (
    CHAIR,
    CLERK,
    KEY,
    ONE,
    OWNER,
    SECRETARY,
    UNIT,
    line,
    nine,
)

OTHER_OWNER, OTHER_UNIT = "p-业主1-1-201", "1-1-201"


def shown(asking, eye=Eye.PUBLIC):
    return asking.room.patch(0, eye).get(f"questionnaire:{QUESTIONNAIRE}")


# Drafting and opening


def test_a_draft_is_the_desks_alone_and_is_frozen_when_it_opens():
    asking = Asking().drafted()
    assert shown(asking) is None
    assert shown(asking, Eye.STAFF)["state"] == "draft"
    asking.drafted(title="改了标题").published().frozen()
    asking.given(SECRETARY, "questionnaire.open", **asking.opening())
    assert (shown(asking)["title"], shown(asking)["state"], shown(asking)["households"]) == (
        "改了标题",
        "open",
        9,
    )
    told = {"id": QUESTIONNAIRE, "estate": "e1", "title": "再改", "text": "x", "questions": QUESTIONS}
    assert asking.refused(SECRETARY, "questionnaire.draft", **told)[0] == "wrong_state"


def test_only_who_drafted_it_changes_a_draft_and_residents_draft_none():
    asking = Asking().drafted()
    told = {"id": QUESTIONNAIRE, "estate": "e1", "title": "换人", "text": "x", "questions": QUESTIONS}
    assert asking.refused(CHAIR, "questionnaire.draft", **told)[0] == "taken"
    for person in (OWNER, ONE, CLERK):
        assert asking.refused(person, "questionnaire.draft", **told | {"id": uid(7)})[0] == "forbidden"


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "single", "text": "一个选项", "options": ["是"]},
        {"kind": "single", "text": "两个一样", "options": ["是", "是 "]},
        {"kind": "single", "text": "太多", "options": [str(one) for one in range(13)]},
        {"kind": "single", "text": " ", "options": ["是", "否"]},
        {"kind": "single", "text": "空选项", "options": ["是", ""]},
        {"kind": "single", "text": "倒\u202e写", "options": ["是", "否"]},
        {"kind": "multiple", "text": "最多零个", "options": ["是", "否"], "most": 0},
        {"kind": "multiple", "text": "多过选项", "options": ["是", "否"], "most": 3},
        {"kind": "scale", "text": "两级", "most": 2},
        {"kind": "scale", "text": "十一级", "most": 11},
        {"kind": "number", "text": "负数", "least": -1},
        {"kind": "number", "text": "倒的", "least": 5, "most": 4},
        {"kind": "number", "text": "太大", "most": 10**7},
        {"kind": "matrix", "text": "没有这种题"},
        {"kind": "text", "text": "多一栏", "weight": 2},
        {"kind": "text", "text": "长" * 121},
        "题目",
    ],
)
def test_a_question_that_cannot_be_asked_is_refused(wrong):
    told = {"id": uid(7), "estate": "e1", "title": "问卷", "text": "说明", "questions": [QUESTIONS[0], wrong]}
    code, detail = Asking().refused(SECRETARY, "questionnaire.draft", **told)
    assert code in {"unclear", "too_large"}
    assert detail.get("question", 1) == 1


@pytest.mark.parametrize("questions", [[], QUESTIONS * 5, [QUESTIONS[4]] * 6, None, [None], {}])
def test_no_questions_and_too_many_are_refused(questions):
    told = {"id": uid(7), "estate": "e1", "title": "问卷", "text": "说明", "questions": questions}
    assert Asking().refused(SECRETARY, "questionnaire.draft", **told)[0] in {"unclear", "too_large"}


def test_it_opens_on_a_frozen_roster_of_its_own_estate_and_for_a_time_that_lies_ahead():
    asking = Asking().drafted().published()
    assert asking.why(SECRETARY, "questionnaire.open", **asking.opening()) == "roster_not_frozen"
    asking.frozen()
    for closes_at in (asking.now, asking.now - 1, 0, asking.now + 61 * DAY):
        told = asking.opening(closes_at=closes_at)
        assert asking.refused(SECRETARY, "questionnaire.open", **told) == ("unclear", {"field": "closes_at"})
    assert asking.refused(SECRETARY, "questionnaire.open", **asking.opening(roster=uid(8)))[0] == "not_found"
    other = {"id": uid(7), "estate": "e2", "title": "问卷", "text": "说明", "questions": QUESTIONS}
    asking.given(SECRETARY, "questionnaire.draft", **other)
    assert asking.refused(SECRETARY, "questionnaire.open", **asking.opening(id=uid(7)))[0] == "not_found"
    assert asking.refused(OWNER, "questionnaire.open", **asking.opening())[0] == "forbidden"


def test_parking_is_nobodys_door_and_behind_one_not_handed_over_is_nobody():
    others = [line("B1-08", 1_200, "业主1-1-101", kind="parking")]
    others += [line("9-9-901", 9_000, "开发商", status="unsold", developer="开发商")]
    asking = Asking([*nine(), *others]).opened()
    assert asking.held.households == 9
    assert asking.why(OWNER, "questionnaire.answer", **asking.sheet("B1-08")) == "not_a_household"
    only = Asking([line("B1-08", 1_200, "甲", kind="parking")])
    only.drafted().published().frozen()
    assert only.why(SECRETARY, "questionnaire.open", **only.opening()) == "no_households"


# Answering


def test_a_household_answers_and_whoever_answered_changes_it_until_the_close():
    asking = Asking().opened()
    first = asking.sheet()
    asking.given(OWNER, "questionnaire.answer", **first)
    assert (asking.held.answered, asking.held.channels) == (1, {"online": 1, "paper": 0})
    asking.given(OWNER, "questionnaire.answer", **asking.sheet(answers=of_every_kind(2)))
    assert asking.held.answered == 1
    assert asking.refused(OWNER, "questionnaire.answer", **first)[0] == "taken"
    asking.now = asking.held.closes_at
    asking.given(OWNER, "questionnaire.answer", **asking.sheet(answers=of_every_kind(1)))
    asking.now += 1
    code, detail = asking.refused(OWNER, "questionnaire.answer", **asking.sheet())
    assert (code, detail["why"]) == ("not_open", "questionnaire_closed")


def test_a_sheet_sent_again_after_the_close_is_answered_well():
    asking = Asking().opened()
    first = asking.sheet()
    asking.given(OWNER, "questionnaire.answer", **first).at(asking.held.closes_at + 1)
    assert asking.give(OWNER, "questionnaire.answer", **first) == []
    assert (
        asking.refused(OWNER, "questionnaire.answer", **first | {"answers": of_every_kind(1)})[0] == "taken"
    )


def test_another_of_the_household_does_not_answer_over_the_first():
    asking = Asking().opened()
    spouse = asking.owns("p-spouse", "家人", UNIT)
    asking.given(OWNER, "questionnaire.answer", **asking.sheet())
    code, detail = asking.refused(spouse, "questionnaire.answer", **asking.sheet())
    assert (code, detail) == (
        "taken",
        {"why": "household_answered", "at": asking.now, "channel": "online"},
    )


def test_who_lives_there_as_a_tenant_speaks_for_the_door():
    asking = Asking().opened()
    tenant = Who("p-tenant", asking.now, frozenset({"tenant"}), unit=f"place-{UNIT}", seal=KEY)
    command = asking.room.words.command({"type": "questionnaire.answer", **asking.sheet()})
    assert asking.room.decide(command, tenant)
    for stranger in (
        msgspec.structs.replace(tenant, proved=False),
        msgspec.structs.replace(tenant, unit=None),
    ):
        with pytest.raises(meetings.Refused, match="unverified"):
            asking.room.decide(command, stranger)


def test_nobody_answers_for_a_door_they_have_not_proved():
    asking = Asking().opened()
    assert asking.why(OWNER, "questionnaire.answer", **asking.sheet(OTHER_UNIT)) == "not_your_door"
    assert asking.why(OWNER, "questionnaire.answer", **asking.sheet("9-9-999")) == "not_a_household"
    assert asking.why(SECRETARY, "questionnaire.answer", **asking.sheet()) == "not_your_door"
    assert asking.refused(SYSTEM, "questionnaire.answer", **asking.sheet())[0] == "unverified"


def test_an_owner_of_two_flats_answers_behind_each_door():
    asking = Asking().opened()
    asking.owns(OWNER, "业主1-1-101", OTHER_UNIT)
    for unit in (UNIT, OTHER_UNIT):
        asking.given(OWNER, "questionnaire.answer", **asking.sheet(unit))
    assert asking.held.answered == 2


@pytest.mark.parametrize(
    ("place", "wrong"),
    [
        (0, None),
        (0, 3),
        (0, -1),
        (0, "电梯"),
        (0, [0]),
        (0, True),
        (0, 1.5),
        (1, [0, 0]),
        (1, [0, 1, 2]),
        (1, [3]),
        (1, [-1]),
        (1, 0),
        (1, ["0"]),
        (2, 0),
        (2, 6),
        (2, "5"),
        (3, -1),
        (3, 10),
        (3, 2**63),
        (3, "很多"),
        (4, 7),
        (4, "长" * 301),
        (4, "倒\u202e写"),
        (4, [0]),
        (4, {"text": "x"}),
    ],
)
def test_an_answer_that_does_not_fit_its_question_is_refused(place, wrong):
    asking = Asking().opened()
    answers = [*ANSWERS]
    answers[place] = wrong
    code, detail = asking.refused(OWNER, "questionnaire.answer", **asking.sheet(answers=answers))
    assert code in {"unclear", "too_large"}
    assert detail.get("question", place) == place
    assert asking.held.answered == 0


@pytest.mark.parametrize(
    "answers", [[], ANSWERS[:4], [*ANSWERS, 1], "x", None, [None] * 5, [0, [], None, None, " "]]
)
def test_too_few_and_too_many_answers_are_refused_and_what_is_left_out_is_left_out(answers):
    asking = Asking().opened()
    if answers is not None and len(answers) == 5 and answers[0] == 0:
        assert asking.give(OWNER, "questionnaire.answer", **asking.sheet(answers=answers))
        return
    assert asking.refused(OWNER, "questionnaire.answer", **asking.sheet(answers=answers))[0] == "unclear"


def test_a_sheet_without_a_word_is_none():
    asking = Asking().opened(questions=[QUESTIONS[4]])
    assert asking.why(OWNER, "questionnaire.answer", **asking.sheet(answers=[None])) == "nothing_answered"


@pytest.mark.parametrize("word", ["questionnaire.answer", "questionnaire.enter"])
def test_what_is_no_sheet_is_refused(word):
    asking = Asking().opened()
    person, more = (OWNER, {}) if word.endswith("answer") else (CLERK, {"number": "W-1"})
    told = asking.sheet() | more
    for extra in ({"weight": 2}, {"by": "p"}, {"at": 1}, {"channel": "paper"}):
        assert asking.refused(person, word, **told | extra)[0] == "unclear"
    assert asking.refused(person, word, **told | {"id": "1"})[0] == "unclear"
    assert asking.refused(person, word, **told | {"questionnaire": uid(9)})[0] == "not_found"


def test_an_id_used_once_is_nobody_elses_sheet():
    asking = Asking().opened()
    told = asking.sheet()
    asking.given(OWNER, "questionnaire.answer", **told)
    assert asking.refused(OTHER_OWNER, "questionnaire.answer", **told | {"unit": OTHER_UNIT})[0] == "taken"


# Paper


def test_the_desk_enters_paper_once_a_household_and_never_beside_a_phone():
    asking = Asking().opened()
    told = asking.sheet(number="W-001")
    asking.given(CLERK, "questionnaire.enter", **told)
    assert asking.held.channels == {"online": 0, "paper": 1}
    for person, word, again in (
        (CLERK, "questionnaire.enter", asking.sheet(number="W-002")),
        (OWNER, "questionnaire.answer", asking.sheet()),
    ):
        code, detail = asking.refused(person, word, **again)
        assert (code, detail["why"], detail["channel"]) == ("taken", "household_answered", "paper")
    other = asking.sheet(OTHER_UNIT, number="W-001")
    assert asking.why(CLERK, "questionnaire.enter", **other) == "paper_entered"
    asking.given(OTHER_OWNER, "questionnaire.answer", **asking.sheet(OTHER_UNIT))
    assert asking.why(CLERK, "questionnaire.enter", **other | {"number": "W-003"}) == "household_answered"
    assert (
        asking.refused(OWNER, "questionnaire.enter", **asking.sheet("1-1-301", number="W-9"))[0]
        == "forbidden"
    )


def test_a_sheet_entered_wrongly_is_taken_back_with_a_reason_and_entered_anew():
    asking = Asking().opened()
    told = asking.sheet(number="W-001")
    asking.given(CLERK, "questionnaire.enter", **told)
    back = {"id": told["id"], "questionnaire": QUESTIONNAIRE, "reason": "户号看错"}
    assert asking.refused(CLERK, "questionnaire.discard", **back | {"reason": " "})[0] == "unclear"
    assert (
        asking.refused(CLERK, "questionnaire.discard", **back | {"questionnaire": uid(9)})[0] == "not_found"
    )
    asking.given(CLERK, "questionnaire.discard", **back)
    assert (asking.held.answered, asking.held.channels) == (0, {"online": 0, "paper": 0})
    assert asking.refused(CLERK, "questionnaire.enter", **told)[0] == "taken"
    asking.given(OWNER, "questionnaire.answer", **asking.sheet())
    asking.given(CLERK, "questionnaire.enter", **asking.sheet(OTHER_UNIT, number="W-001"))
    paper = asking.sheet("1-1-301", number="W-7")
    asking.given(CLERK, "questionnaire.enter", **paper).over()
    late = back | {"id": paper["id"]}
    assert asking.why(CLERK, "questionnaire.discard", **late) == "questionnaire_closed"


def test_the_desk_sees_which_paper_came_and_the_public_none_of_it():
    asking = Asking().opened()
    told = asking.sheet(number="W-001")
    asking.given(CLERK, "questionnaire.enter", **told)
    name = f"questionnaire_sheet:{told['id']}"
    assert asking.room.patch(0, Eye.STAFF)[name]["number"] == "W-001"
    assert name not in asking.room.patch(0, Eye.PUBLIC)


def test_a_household_changes_its_answers_twenty_times_and_no_more():
    asking = Asking().opened()
    for number in range(21):
        told = asking.sheet(answers=of_every_kind(number % 3))
        asking.given(OWNER, "questionnaire.answer", **told)
    assert asking.why(OWNER, "questionnaire.answer", **asking.sheet()) == "changed_often"
    assert asking.give(OWNER, "questionnaire.answer", **told) == []
    assert asking.held.answered == 1
    asking.given(OTHER_OWNER, "questionnaire.answer", **asking.sheet(OTHER_UNIT))


def test_a_chair_neither_opens_nor_withdraws_nor_carries_another_estates_questionnaire():
    asking = Asking().drafted().published().frozen()
    gone = {"id": QUESTIONNAIRE, "reason": "不办了"}
    goes = {"id": QUESTIONNAIRE, "meeting": "meeting:m1", "item": uid(5)}
    opens = asking.opening()
    chair = asking.who(CHAIR)
    outside = msgspec.structs.replace(chair, homes=frozenset({"place-elsewhere"}), unit=None)
    inside = msgspec.structs.replace(chair, homes=frozenset({f"place-{UNIT}"}), unit=None)
    deeds = (
        ("questionnaire.open", opens),
        ("questionnaire.withdraw", gone),
        ("questionnaire.carry", goes),
    )
    for word, told in deeds:
        command = asking.room.words.command({"type": word, **told})
        with pytest.raises(meetings.Refused) as refused:
            asking.room.decide(command, outside)
        assert (refused.value.code, refused.value.detail["why"]) == ("forbidden", "other_estate")
        assert asking.room.decide(command, inside)
    own = {"id": uid(7), "estate": "e2", "title": "问卷", "text": "说明", "questions": QUESTIONS}
    asking.given(CHAIR, "questionnaire.draft", **own)
    asking.given(CHAIR, "questionnaire.withdraw", id=uid(7), reason="不办了")
