"""A prepared poll: changed and discarded until it is opened, and never heard of outside the desk."""

import pytest

from meetings import Eye
from meetings.archive import read
from meetings.polls import POLLS_MOST, Poll
from tests.meetings.cast import LIU_TING, SU_MIN, TIAN_XIULAN, announced, live, uid
from tests.meetings.polling import NAME, POLL, SCALE, SEVERAL, choose, opened

OTHER = POLL | {"question": "你更赞成哪一种？", "options": ["换一家", "先不换"], "minutes": 5, "live": True}
GIVEN_UP = {"id": uid(10)}


@pytest.fixture
def council():
    """A council with one poll prepared."""
    return live().given(SU_MIN, "poll.draft", **POLL)


def test_a_prepared_poll_takes_other_words_options_and_terms(council):
    council.when(LIU_TING, "poll.edit", **OTHER).then("poll.edited")
    council.when(LIU_TING, "poll.edit", **OTHER).then()
    assert council.staff_sees(NAME) | OTHER == council.staff_sees(NAME)
    council.given(SU_MIN, "poll.open", **GIVEN_UP)
    choose(council, TIAN_XIULAN, 2).refused("unclear", field="choice")
    choose(council, TIAN_XIULAN, 1).then("poll.answered")
    assert council.sees(NAME)["counts"] == [0, 1]


@pytest.mark.parametrize("sort", [SEVERAL, SCALE], ids=["several", "scale"])
def test_it_may_become_a_poll_of_another_sort_and_come_back(council, sort):
    before = council.staff_sees(NAME)
    council.given(SU_MIN, "poll.edit", **sort)
    assert council.staff_sees(NAME)["sort"] == sort["sort"]
    council.given(SU_MIN, "poll.edit", **POLL)
    assert council.staff_sees(NAME) == before


def test_what_no_poll_may_be_it_does_not_become_either(council):
    before = council.staff_sees(NAME)
    for wrong in ({"options": ["只有一个"]}, {"minutes": 0}, {"sort": "multiple", "most": 4}, {"most": 2}):
        council.when(SU_MIN, "poll.edit", **POLL | wrong).refused("unclear")
    council.when(SU_MIN, "poll.edit", **POLL | {"question": " "}).refused("unclear")
    assert council.staff_sees(NAME) == before


def test_a_discarded_poll_is_gone_for_everybody_and_its_id_does_not_come_back(council):
    council.when(LIU_TING, "poll.discard", **GIVEN_UP).then("poll.discarded")
    council.when(LIU_TING, "poll.discard", **GIVEN_UP).then()
    assert (council.staff_sees(NAME), council.sees(NAME)) == (None, None)
    council.when(SU_MIN, "poll.draft", **POLL).refused("taken")
    for command in ("open", "close"):
        council.when(SU_MIN, f"poll.{command}", **GIVEN_UP).refused("not_found")
    council.when(SU_MIN, "poll.edit", **OTHER).refused("not_found")
    choose(council, TIAN_XIULAN, 0).refused("not_found")
    council.when(SU_MIN, "poll.count_hands", **GIVEN_UP, round=1, hands=[1, 0, 0]).refused("not_found")


def test_a_discarded_poll_makes_room_for_another():
    council = live()
    for number in range(POLLS_MOST):
        council.given(SU_MIN, "poll.draft", **POLL | {"id": uid(0x100 + number)})
    council.when(SU_MIN, "poll.draft", **POLL).refused("too_large", limit=POLLS_MOST)
    council.given(SU_MIN, "poll.discard", id=uid(0x100)).when(SU_MIN, "poll.draft", **POLL).then(
        "poll.drafted"
    )


def test_neither_a_poll_that_is_open_nor_one_that_is_closed_is_changed_or_discarded():
    council = opened()
    for state in ("open", "closed"):
        told = {"state": state, "why": "opened"}
        council.when(SU_MIN, "poll.edit", **OTHER).refused("wrong_state", **told)
        council.when(SU_MIN, "poll.discard", **GIVEN_UP).refused("wrong_state", **told)
        council.when(SU_MIN, "poll.edit", **POLL).then()
        council.given(SU_MIN, "poll.close", **GIVEN_UP)


def test_what_does_not_exist_is_neither_changed_nor_discarded():
    council = live()
    council.when(SU_MIN, "poll.edit", **OTHER).refused("not_found")
    council.when(SU_MIN, "poll.discard", **GIVEN_UP).refused("not_found")


def test_residents_neither_change_nor_discard_a_poll_and_are_not_told_that_there_is_one(council):
    for own_id in (uid(10), uid(11)):
        council.when(TIAN_XIULAN, "poll.edit", **OTHER | {"id": own_id}).refused("forbidden")
        council.when(TIAN_XIULAN, "poll.discard", id=own_id).refused("forbidden")


def test_it_is_changed_and_discarded_before_the_meeting_as_well_and_no_more_after_it(council):
    before = announced().given(SU_MIN, "poll.draft", **POLL)
    before.when(SU_MIN, "poll.edit", **OTHER).then("poll.edited")
    before.when(SU_MIN, "poll.discard", **GIVEN_UP).then("poll.discarded")
    council.given(SU_MIN, "meeting.end")
    council.when(SU_MIN, "poll.edit", **OTHER).refused("wrong_state", phase="ended")
    council.when(SU_MIN, "poll.discard", **GIVEN_UP).refused("wrong_state", phase="ended")


@pytest.mark.parametrize("deed", [{"type": "poll.edit"} | OTHER, {"type": "poll.discard"} | GIVEN_UP])
def test_both_are_taken_back_within_ten_seconds_by_whoever_did_it(council, deed):
    before = council.staff_sees(NAME)
    council.given(SU_MIN, deed["type"], **{name: value for name, value in deed.items() if name != "type"})
    undo = {"thing": NAME, "of": council.room.seq}
    council.when(LIU_TING, "desk.undo", **undo).refused("forbidden")
    council.when(SU_MIN, "desk.undo", **undo).then("desk.undone")
    assert council.staff_sees(NAME) == before
    council.given(SU_MIN, "poll.open", **GIVEN_UP)


def test_a_change_is_not_taken_back_once_the_poll_was_opened_or_the_meeting_has_ended(council):
    council.given(SU_MIN, "poll.edit", **OTHER)
    undo = {"thing": NAME, "of": council.room.seq}
    council.given(SU_MIN, "poll.open", **GIVEN_UP).when(SU_MIN, "desk.undo", **undo).refused("changed")
    ended = live().given(SU_MIN, "poll.draft", **POLL).given(SU_MIN, "poll.discard", **GIVEN_UP)
    undo = {"thing": NAME, "of": ended.room.seq}
    ended.given(SU_MIN, "meeting.end").when(SU_MIN, "desk.undo", **undo).refused("too_late")


def test_what_a_colleague_changed_meanwhile_is_not_overwritten_unseen(council):
    seen = council.room.seq
    council.given(LIU_TING, "poll.edit", **OTHER)
    council.when(SU_MIN, "poll.edit", **POLL | {"minutes": 3}, seen=seen).refused(
        "changed", what="poll.edited"
    )
    council.when(SU_MIN, "poll.discard", **GIVEN_UP, seen=seen).refused("changed", what="poll.edited")
    council.when(SU_MIN, "poll.discard", **GIVEN_UP, seen=council.room.seq).then("poll.discarded")


def test_the_record_keeps_the_trace_and_no_reading_of_it_the_poll(council):
    council.given(SU_MIN, "poll.edit", **OTHER).given(SU_MIN, "poll.discard", **GIVEN_UP)
    council.given(SU_MIN, "meeting.end")
    words = [entry.fact for entry in council.entries]
    assert [type(fact).__name__ for fact in words if getattr(fact, "id", "") == uid(10)] == [
        "Drafted",
        "Edited",
        "Discarded",
    ]
    assert council.room.need(Poll, uid(10)).state == "discarded"
    found = read(council.room, council.entries)
    assert (found.polls, next(one.value for one in found.statistics if one.key == "polls")) == ([], 0)
    assert OTHER["question"] not in str(found)
    for eye in Eye:
        assert NAME not in council.room.patch(0, eye)
