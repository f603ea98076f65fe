"""What becomes of a questionnaire: nobody's answers for anybody, sums with their bases after the close, no small ones."""

import json

import msgspec
import pytest

import meetings
from meetings import Entry, Eye, Who
from meetings import asking as asking_module
from meetings.asking import FEW_MOST, SAID_LIMIT, Sum, tenths
from meetings.docket.questionnaires import opened, sealed
from meetings.docket.questionnaires.outcome import Counted, HasRead, Written
from meetings.kernel import SYSTEM, word_of
from meetings.masking import masked
from meetings.text import clean, graphemes
from tests.meetings.cast import uid
from tests.meetings.docket.asked import ANSWERS, QUESTIONNAIRE, Asking, of_every_kind
from tests.meetings.docket.assembly import (
    CHAIR,
    CLERK,
    KEY,
    OWNER,
    RECORD,
    ROSTER,
    SECRETARY,
    UNIT,
    line,
    nine,
)

OTHER_OWNER, OTHER_UNIT = "p-业主1-1-201", "1-1-201"


def shown(asking, eye=Eye.PUBLIC):
    return asking.room.patch(0, eye).get(f"questionnaire:{QUESTIONNAIRE}")


# Secrecy


def test_a_record_whose_households_answered_otherwise_looks_the_same():
    rooms = []
    for option, words in ((0, "电梯先修。"), (1, None)):
        asking = Asking().opened()
        asking.given(OWNER, "questionnaire.answer", **asking.sheet(answers=of_every_kind(option, text=words)))
        rooms.append(asking)
    assert [rooms[0].room.patch(0, eye) for eye in Eye] == [rooms[1].room.patch(0, eye) for eye in Eye]
    one, other = (asking.entries[-1].fact for asking in rooms)
    assert len(one.sealed) == len(other.sealed)
    assert one.sealed != other.sealed


def test_no_answer_stands_in_the_record_in_the_clear():
    asking = Asking().opened()
    asking.given(OWNER, "questionnaire.answer", **asking.sheet())
    kept = b"".join(msgspec.json.encode(entry.fact) for entry in asking.entries[-1:]).decode()
    assert "噪音" not in kept
    assert set(json.loads(kept)) <= {"type", "id", "questionnaire", "unit", "sealed"}


def test_a_seal_opens_with_its_key_for_its_own_sheet_alone():
    secret = sealed(KEY, "q\0u\0s", (1, (0, 2), None, "话"))
    assert opened(KEY, "q\0u\0s", secret) == (1, (0, 2), None, "话")
    assert opened(b"x" * 32, "q\0u\0s", secret) is None
    assert opened(KEY, "q\0v\0s", secret) is None
    assert opened(KEY, "q\0u\0s", secret[:-2] + ("00" if secret[-2:] != "00" else "01")) is None


def test_before_the_close_nobody_sees_a_sum():
    asking = Asking().opened().answers(*(of_every_kind(0) for _ in range(9)))
    for eye in Eye:
        assert shown(asking, eye)["results"] is None
    assert asking.refused(SYSTEM, "questionnaire.count", id=QUESTIONNAIRE)[0] == "not_open"
    assert asking.refused(SECRETARY, "questionnaire.count", id=QUESTIONNAIRE)[0] == "forbidden"


def test_with_another_key_nothing_is_counted():
    asking = Asking().opened().answers(ANSWERS)
    asking.now = asking.held.closes_at + 1
    command = asking.room.words.command({"type": "questionnaire.count", "id": QUESTIONNAIRE})
    for key in (b"", b"x" * 32):
        with pytest.raises(meetings.Refused, match="unavailable"):
            asking.room.decide(command, Who(SYSTEM, asking.now, frozenset({SYSTEM}), seal=key))


# Results


def test_sums_stand_beside_their_bases():
    sheets = [
        of_every_kind(0, step=5, number=2),
        of_every_kind(0, step=4, number=0),
        of_every_kind(1, step=1),
    ]
    sheets += [[2, [0, 1], None, None, None], [0, None, 2, 3, None], [1, [2], 4, 5, "晚上太吵。"]]
    asking = Asking().opened().answers(*sheets).over()
    view = shown(asking)
    assert (view["households"], view["answered"], view["state"]) == (9, 6, "counted")
    single, multiple, scale, number, text = view["results"]
    assert (single["answered"], single["counts"], single["percents"]) == (
        6,
        [3, 2, 1],
        ["50.0", "33.3", "16.7"],
    )
    assert (multiple["answered"], multiple["counts"]) == (5, [3, 2, 1])
    assert multiple["percents"] == ["60.0", "40.0", "20.0"]
    assert (scale["answered"], scale["counts"]) == (5, [1, 1, 0, 2, 1])
    assert (scale["mean"], scale["median"]) == ("3.2", "4.0")
    assert (number["answered"], number["counts"], number["mean"], number["median"]) == (5, [], "2.2", "2.0")
    assert (text["answered"], text["few"], text["shown"]) == (1, True, 0)


@pytest.mark.parametrize("answered", [0, 1, FEW_MOST, FEW_MOST + 1])
def test_fewer_than_five_households_are_not_broken_down(answered):
    asking = Asking().opened().answers(*(of_every_kind(0, text="话") for _ in range(answered))).over()
    for eye in Eye:
        for one in shown(asking, eye)["results"]:
            assert one["answered"] == answered
            assert one["few"] == (answered <= FEW_MOST)
            if one["few"]:
                assert (one["counts"], one["percents"], one["mean"], one["shown"]) == ([], [], None, 0)
    kept = msgspec.json.encode(asking.entries[-1].fact).decode()
    assert ("counts" in kept) == (answered > FEW_MOST)
    assert ("话" in kept) == (answered > FEW_MOST)
    assert len(asking.held.texts) == (answered if answered > FEW_MOST else 0)


@pytest.mark.parametrize("phones", [0, 1, FEW_MOST, FEW_MOST + 1])
def test_nobody_who_entered_the_paper_finds_the_phones_by_subtracting(phones):
    asking = Asking().opened()
    for number in range(3 if phones > FEW_MOST else 5):
        told = asking.sheet(asking.lines[-1 - number].number, answers=of_every_kind(1, text="纸上的话"))
        asking.given(CLERK, "questionnaire.enter", **told, number=f"W-{number}")
    asking.answers(*(of_every_kind(0, text="手机上的话") for _ in range(min(phones, 4))))
    if phones > FEW_MOST:
        asking.given(
            "p-业主" + asking.lines[4].number,
            "questionnaire.answer",
            **asking.sheet(asking.lines[4].number, answers=of_every_kind(0, text="手机上的话")),
        )
    asking.over()
    small = 1 <= phones <= FEW_MOST
    kept = msgspec.json.encode(asking.entries[-1].fact).decode()
    assert ("counts" in kept, "手机上的话" in kept, "纸上的话" in kept) == (
        not small,
        phones > FEW_MOST,
        not small,
    )
    assert all(one["few"] == small for one in shown(asking)["results"])


def test_a_base_is_that_of_its_own_question():
    sheets = [of_every_kind(0) for _ in range(4)] + [[0, None, None, None, None]] * 3
    single, multiple, *_ = shown(Asking().opened().answers(*sheets).over())["results"]
    assert (single["answered"], single["few"], multiple["answered"], multiple["few"]) == (7, False, 4, True)


def test_only_what_stands_at_the_close_is_counted():
    asking = Asking().opened().answers(*(of_every_kind(0) for _ in range(6)))
    asking.given(OWNER, "questionnaire.answer", **asking.sheet(answers=of_every_kind(2)))
    assert shown(asking.over())["results"][0]["counts"] == [5, 0, 1]


def test_texts_are_read_by_the_desk_before_they_are_shown_and_are_masked():
    words = ["电话13800138000联系我。", "电梯先修。", "绿化不错。", "骂人的话", "停车难。"]
    asking = Asking().opened().answers(*(of_every_kind(0, text=text) for text in words)).over()
    texts = asking.held.texts
    assert list(texts) == sorted(texts)
    assert shown(asking)["results"][4]["shown"] == 0
    assert shown(asking, Eye.STAFF)["texts"] == {"all": 5, "waiting": 5}
    assert "骂人" not in json.dumps([asking.room.patch(0, eye) for eye in Eye], ensure_ascii=False)
    for own_id, said in texts.items():
        asking.given(
            CLERK, "questionnaire.read", id=QUESTIONNAIRE, text=own_id, shown="骂人" not in said.text
        )
    assert shown(asking)["results"][4]["shown"] == 4
    told = asking.held.written_out[4]["texts"]
    assert len(told) == 4
    assert told[0] not in json.dumps([asking.room.patch(0, eye) for eye in Eye], ensure_ascii=False)
    assert "13800138000" not in "".join(told)
    assert shown(asking, Eye.STAFF)["texts"]["waiting"] == 0
    wrong = {"id": QUESTIONNAIRE, "shown": True, "text": "f" * 24}
    assert asking.refused(CLERK, "questionnaire.read", **wrong)[0] == "not_found"
    assert asking.refused(OWNER, "questionnaire.read", **wrong)[0] == "forbidden"


def test_a_withdrawn_questionnaire_takes_no_answers_and_is_never_counted():
    asking = Asking().opened().answers(ANSWERS)
    gone = {"id": QUESTIONNAIRE, "reason": "题目有误"}
    assert asking.refused(SECRETARY, "questionnaire.withdraw", **gone | {"reason": ""})[0] == "unclear"
    assert asking.refused(OWNER, "questionnaire.withdraw", **gone)[0] == "forbidden"
    asking.given(SECRETARY, "questionnaire.withdraw", **gone)
    assert (shown(asking)["state"], shown(asking)["reason"]) == ("withdrawn", "题目有误")
    sheet = asking.sheet(OTHER_UNIT)
    assert asking.why(OTHER_OWNER, "questionnaire.answer", **sheet) == "questionnaire_withdrawn"
    asking.at(asking.held.closes_at + 1)
    assert (asking.held.state, shown(asking)["results"]) == ("withdrawn", None)
    counted = Asking().opened().over()
    assert counted.refused(SECRETARY, "questionnaire.withdraw", **gone)[0] == "wrong_state"


def test_results_go_to_an_item_of_a_meeting_and_the_desk_hears_how_it_was_taken():
    asking = Asking().drafted()
    goes = {"id": QUESTIONNAIRE, "meeting": "meeting:m1", "item": uid(5)}
    for wrong in ({"meeting": "docket:c1"}, {"meeting": ""}, {"item": "1"}, {"id": uid(9)}):
        assert asking.refused(SECRETARY, "questionnaire.carry", **goes | wrong)[0] in {"unclear", "not_found"}
    assert asking.refused(OWNER, "questionnaire.carry", **goes)[0] == "forbidden"
    asking.given(SECRETARY, "questionnaire.carry", **goes)
    asking.given(SECRETARY, "questionnaire.carry", **goes | {"item": uid(6)})
    asking.published().frozen().given(SECRETARY, "questionnaire.open", **asking.opening())
    assert meetings.docket.questionnaires.to_bring(asking.room) == []
    asking.answers(*(of_every_kind(0) for _ in range(6))).over()
    ((meeting, command, _texts),) = meetings.docket.questionnaires.to_bring(asking.room)
    assert (meeting, command["item"], command["answered"]) == ("meeting:m1", uid(6), 6)
    assert "carried" not in shown(asking)
    asking.given(SYSTEM, "questionnaire.arrive", id=QUESTIONNAIRE, meeting="meeting:m1", item=uid(6))
    assert shown(asking, Eye.STAFF)["carried"][0]["state"] == "brought"
    over = {"id": QUESTIONNAIRE, "meeting": "meeting:m1", "item": uid(6), "refused": "wrong_state"}
    assert asking.give(SYSTEM, "questionnaire.arrive", **over) == []
    assert shown(asking, Eye.STAFF)["carried"][0]["state"] == "brought"
    stale = {"id": QUESTIONNAIRE, "meeting": "meeting:m1", "item": uid(5)}
    assert asking.refused(SYSTEM, "questionnaire.arrive", **stale)[0] == "not_found"


def test_the_record_read_again_is_the_same_room():
    asking = Asking().opened().answers(*(of_every_kind(0, text="话") for _ in range(6)))
    told = asking.sheet("1-1-801", number="W-1")
    asking.given(CLERK, "questionnaire.enter", **told).over()
    again = meetings.new_room(RECORD)
    for entry in asking.entries:
        fact = again.words.fact(word_of(type(entry.fact)), msgspec.json.encode(entry.fact))
        again.apply(Entry(entry.seq, entry.at, entry.by, fact))
    assert [again.patch(0, eye) for eye in Eye] == [asking.room.patch(0, eye) for eye in Eye]


def test_a_new_version_of_the_roster_changes_nothing_for_those_who_were_asked():
    asking = Asking().opened()
    told = {"id": uid(0x50), "roster": ROSTER, "text": "漏了一户"}
    asking.given(OWNER, "roster.object", **told)
    asking.given(SECRETARY, "roster.answer", id=uid(0x50), text="补上", accepted=True)
    asking.lines = [*nine(), line("1-1-1001", 10_000)]
    asking.frozen(version=2)
    assert (asking.held.version, asking.held.households) == (1, 9)
    newcomer = asking.owns("p-new", "业主1-1-1001", "1-1-1001")
    assert asking.why(newcomer, "questionnaire.answer", **asking.sheet("1-1-1001")) == "not_a_household"


def test_a_share_is_rounded_half_up_to_one_decimal():
    assert [tenths(100, 3), tenths(200, 3), tenths(1, 2), tenths(0, 5)] == ["33.3", "66.7", "0.5", "0.0"]


def test_a_text_of_a_small_base_is_kept_nowhere():
    asking = Asking().opened()
    asking.given(SECRETARY, "questionnaire.carry", id=QUESTIONNAIRE, meeting="meeting:m1", item=uid(5))
    texts = ["只有四家写了。"] * FEW_MOST + [None] * 3
    asking.answers(*(of_every_kind(0, text=text) for text in texts)).over()
    assert asking.held.texts == {}
    told = shown(asking)["results"][4]
    assert (told["answered"], told["few"], told["shown"]) == (FEW_MOST, True, 0)
    ((_meeting, command, _texts),) = meetings.docket.questionnaires.to_bring(asking.room)
    assert command["texts"] == []


def test_a_text_of_a_small_base_in_an_older_record_is_shown_to_nobody():
    asking = Asking().opened().answers(*(of_every_kind(0) for _ in range(6)))
    sums = (Sum(6), Sum(6), Sum(6), Sum(6), Sum(1))
    written = Counted(QUESTIONNAIRE, sums, (Written("f" * 24, 4, "一家的话"),))
    room = asking.room
    room.apply(Entry(room.seq + 1, asking.held.closes_at + 1, SYSTEM, written))
    room.apply(Entry(room.seq + 1, asking.held.closes_at + 2, CLERK, HasRead(QUESTIONNAIRE, "f" * 24, True)))
    assert asking.held.texts == {}
    assert shown(asking)["results"][4]["shown"] == 0


def test_texts_of_another_estates_questionnaire_are_not_a_chairs_to_let_through():
    asking = Asking().opened().answers(*(of_every_kind(0, text=f"第{n}条") for n in range(5))).over()
    told = {"id": QUESTIONNAIRE, "text": next(iter(asking.held.texts)), "shown": True}
    command = asking.room.words.command({"type": "questionnaire.read", **told})
    chair = asking.who(CHAIR)
    outside = msgspec.structs.replace(chair, homes=frozenset({"place-elsewhere"}), unit=None)
    inside = msgspec.structs.replace(chair, homes=frozenset({f"place-{UNIT}"}), unit=None)
    with pytest.raises(meetings.Refused) as refused:
        asking.room.decide(command, outside)
    assert (refused.value.code, refused.value.detail["why"]) == ("forbidden", "other_estate")
    assert asking.room.decide(command, inside)


def test_a_text_that_masking_makes_longer_is_cut_and_not_refused_by_the_meeting():
    asking = Asking().opened()
    asking.given(SECRETARY, "questionnaire.carry", id=QUESTIONNAIRE, meeting="meeting:m1", item=uid(5))
    long = "a@b.cn，" * 42
    assert graphemes(long) <= SAID_LIMIT < graphemes(masked(long))
    asking.answers(*(of_every_kind(0, text=long) for _ in range(5))).over()
    for own_id in asking.held.texts:
        asking.given(CLERK, "questionnaire.read", id=QUESTIONNAIRE, text=own_id, shown=True)
    ((_meeting, command, _texts),) = meetings.docket.questionnaires.to_bring(asking.room)
    assert len(command["texts"]) == 5
    assert all(clean(one["text"], SAID_LIMIT) for one in command["texts"])


def test_texts_go_to_a_meeting_once_all_are_read():
    asking = Asking().opened()
    asking.given(SECRETARY, "questionnaire.carry", id=QUESTIONNAIRE, meeting="meeting:m1", item=uid(5))
    asking.answers(*(of_every_kind(0, text=f"第{number}条") for number in range(6))).over()
    for number, own_id in enumerate(asking.held.texts, start=1):
        asking.given(CLERK, "questionnaire.read", id=QUESTIONNAIRE, text=own_id, shown=True)
        ((_meeting, command, _texts),) = meetings.docket.questionnaires.to_bring(asking.room)
        assert len(command["texts"]) == (6 if number == 6 else 0)
    asking.given(CLERK, "questionnaire.read", id=QUESTIONNAIRE, text=own_id, shown=False)
    ((_meeting, command, _texts),) = meetings.docket.questionnaires.to_bring(asking.room)
    assert len(command["texts"]) == 5


def test_each_text_is_masked_once_however_many_are_let_through(monkeypatch):
    asking = Asking().opened().answers(*(of_every_kind(0) for _ in range(6)))
    masks = []
    monkeypatch.setattr(asking_module, "masked", lambda text: masks.append(text) or text)
    texts = tuple(Written(f"{number:024x}", 4, f"第{number}条话") for number in range(600))
    room = asking.room
    counted = Counted(QUESTIONNAIRE, (Sum(6), Sum(6), Sum(6), Sum(6), Sum(600)), texts)
    room.apply(Entry(room.seq + 1, asking.held.closes_at + 1, SYSTEM, counted))
    for one in texts:
        room.apply(Entry(room.seq + 1, room.at + 1, CLERK, HasRead(QUESTIONNAIRE, one.id, True)))
    assert shown(asking)["results"][4]["shown"] == 600
    assert len(asking.held.written_out[4]["texts"]) == 600
    assert len(masks) == 600
