"""A timed poll stays open until the slowest viewer has had its minutes; nobody holds it open for longer."""

from __future__ import annotations

import pytest

import meetings
from meetings.polls import Allow, waits
from tests.meetings.cast import (
    GUEST,
    LIU_TING,
    MINUTE,
    PLATFORM,
    SECOND,
    SU_MIN,
    TIAN_XIULAN,
    uid,
)
from tests.meetings.polling import NAME, choose, opened


def late(council, ms, who=PLATFORM):
    return council.when(who, "poll.allow", id=uid(10), ms=ms)


def test_the_close_waits_for_the_slowest_viewer():
    council = opened(minutes=3)
    at = council.now
    late(council, 12_340).then("poll.allowed", ms=13_000)
    seen = council.sees(NAME)
    assert (seen["closes_at"], seen["delay_ms"]) == (at + 3 * MINUTE + 13 * SECOND, 13_000)
    council.later(3 * MINUTE + 12 * SECOND)
    assert council.due() == []
    choose(council, TIAN_XIULAN, 0).then("poll.answered")
    council.later(SECOND)
    choose(council, TIAN_XIULAN, 1).refused("not_open")
    assert council.due() == ["poll.close"]


def test_it_waits_longer_for_somebody_later_and_never_less():
    council = opened(minutes=3)
    at = council.now
    late(council, 5_000).then("poll.allowed")
    late(council, 4_000).then()
    late(council, 5_000).then()
    late(council, 20_000).then("poll.allowed")
    assert council.sees(NAME)["closes_at"] == at + 3 * MINUTE + 20 * SECOND


def test_nobody_holds_a_poll_open_for_more_than_a_minute():
    council = opened(minutes=1)
    at = council.now
    late(council, 60_001).refused("unclear", field="ms")
    late(council, 86_400_000).refused("unclear", field="ms")
    late(council, -1).refused("unclear", field="ms")
    late(council, 60_000).then("poll.allowed")
    assert council.sees(NAME)["closes_at"] == at + 2 * MINUTE


def test_after_its_first_minute_a_poll_is_put_off_no_more():
    council = opened(minutes=3)
    assert waits(council.room, council.now, 9_001) == [Allow(uid(10), 10_000)]
    assert waits(council.room, council.now, 0) == []
    assert waits(council.room, council.now, 86_400_000) == [Allow(uid(10), MINUTE)]
    council.later(MINUTE)
    late(council, 9_000).then("poll.allowed")
    assert waits(council.room, council.now, 9_000) == []
    assert waits(council.room, council.now, 9_001) == [Allow(uid(10), 10_000)]
    council.later(1)
    assert waits(council.room, council.now, 30_000) == []
    late(council, 30_000).then()


def test_only_the_platform_says_how_late_a_viewer_is():
    council = opened(minutes=3)
    for who in (SU_MIN, LIU_TING, TIAN_XIULAN, GUEST):
        late(council, 9_000, who).refused("forbidden")


def test_a_poll_without_minutes_keeps_the_delay_for_its_close_by_hand():
    council = opened()
    late(council, 8_000).then("poll.allowed")
    assert council.sees(NAME)["closes_at"] is None
    council.later(MINUTE)
    council.when(SU_MIN, "poll.close", id=uid(10), wait=True).then(
        "poll.closing", closes_at=council.now + 8 * SECOND
    )
    council.when(SU_MIN, "poll.close", id=uid(10), wait=True).then()
    choose(council.later(7_999), TIAN_XIULAN, 0).then("poll.answered")
    council.later(1)
    assert council.due() == ["poll.close"]
    assert council.sees(NAME)["counts"] == [1, 0, 0]


def test_a_close_that_waits_puts_nothing_off():
    council = opened(minutes=3)
    late(council, 8_000)
    council.later(3 * MINUTE)
    council.when(SU_MIN, "poll.close", id=uid(10), wait=True).then()
    council.when(SU_MIN, "poll.close", id=uid(10)).then("poll.closed")


def test_where_nobody_watches_a_close_that_waits_closes():
    opened().when(SU_MIN, "poll.close", id=uid(10), wait=True).then("poll.closed")


def test_a_close_that_showed_hidden_sums_is_not_taken_back():
    council = opened(minutes=3)
    choose(council, TIAN_XIULAN, 0)
    council.given(SU_MIN, "poll.close", id=uid(10))
    council.when(SU_MIN, "desk.undo", thing=NAME, of=council.room.seq).refused("too_late")
    assert council.sees(NAME)["state"] == "closed"


def test_a_close_of_sums_that_were_shown_all_the_while_can_be_taken_back_and_answers_count_again():
    council = opened(minutes=3, live=True)
    at = council.now
    choose(council, TIAN_XIULAN, 0)
    council.given(SU_MIN, "poll.close", id=uid(10))
    seq = council.room.seq
    assert council.sees(NAME)["counts"] == [1, 0, 0]
    council.later(9 * SECOND)
    council.when(LIU_TING, "desk.undo", thing=NAME, of=seq).refused("forbidden")
    council.when(SU_MIN, "desk.undo", thing=NAME, of=seq).then("desk.undone", what="poll.closed")
    seen = council.sees(NAME)
    assert (seen["state"], seen["closed_at"], seen["counts"]) == ("open", None, [1, 0, 0])
    assert seen["closes_at"] == at + 3 * MINUTE
    choose(council, TIAN_XIULAN, 1).then("poll.answered")


def test_a_close_that_waits_can_be_taken_back_too():
    council = opened()
    late(council, 20_000)
    council.given(SU_MIN, "poll.close", id=uid(10), wait=True)
    council.when(SU_MIN, "desk.undo", thing=NAME, of=council.room.seq).then("desk.undone")
    assert council.sees(NAME)["closes_at"] is None


@pytest.mark.parametrize("wait", [False, True])
def test_nothing_is_opened_again_after_the_meeting(wait):
    council = opened()
    late(council, 20_000)
    council.given(SU_MIN, "poll.close", id=uid(10), wait=wait)
    seq = council.room.seq
    council.given(SU_MIN, "meeting.end")
    with pytest.raises(meetings.Refused):
        council.give(SU_MIN, "desk.undo", thing=NAME, of=seq)
    assert council.sees(NAME)["state"] == "closed"


def test_a_close_is_not_taken_back_late():
    council = opened().given(SU_MIN, "poll.close", id=uid(10))
    seq = council.room.seq
    council.later(10_001).when(SU_MIN, "desk.undo", thing=NAME, of=seq).refused("too_late")
