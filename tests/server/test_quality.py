"""How the picture arrives at viewers: what one of them may tell, what is added up, who hears it."""

import pytest

from server.live.quality import FORGET_SECONDS, NOTHING, SOONEST_SECONDS, Quality, Reports, added, quality_of

GOOD = {"how": "picture", "stalls": 1, "behind_ms": 3_000, "buffer_s": 2.5}


def test_a_report_is_taken_as_it_is_told():
    assert quality_of(GOOD) == Quality("picture", 1, 3_000, 2.5)


@pytest.mark.parametrize(
    "wrong",
    [
        None, [], "picture", {}, GOOD | {"how": "smell"}, GOOD | {"how": 1}, GOOD | {"stalls": -1},
        GOOD | {"stalls": 1.5}, GOOD | {"stalls": True}, GOOD | {"stalls": 10**9}, GOOD | {"behind_ms": 10**12},
        GOOD | {"behind_ms": None}, GOOD | {"buffer_s": "2"}, GOOD | {"buffer_s": float("nan")}, GOOD | {"buffer_s": 1e9},
    ],
)  # fmt: skip
def test_what_is_no_report_is_refused(wrong: object):
    assert quality_of(wrong) is None


def test_reports_add_up_over_connections_and_processes():
    here, there = Reports(), Reports()
    here.take("a", Quality("picture", 2, 3_000, 2), 0)
    here.take("b", Quality("sound", 0, 5_000, 4), 0)
    there.take("c", Quality("none", 1, 90_000, 0), 0)
    assert added([here.sums(1), there.sums(1)]) == {
        "picture": 1, "thin": 0, "sound": 1, "none": 1, "stalls": 3, "behind_ms": 4_000,
    }  # fmt: skip


def test_one_connection_counts_once_however_often_it_tells():
    reports = Reports()
    for tenth in range(30):
        reports.take("a", Quality("thin", 1, 0, 1), tenth / 10)
    assert added([reports.sums(3)])["stalls"] == 1
    reports.take("a", Quality("picture", 0, 0, 1), SOONEST_SECONDS)
    assert reports.sums(SOONEST_SECONDS)[:4] == [1, 0, 0, 0]


def test_who_is_gone_or_silent_is_forgotten():
    reports = Reports()
    reports.take("a", Quality("picture", 0, 0, 1), 0)
    reports.take("b", Quality("picture", 0, 0, 1), 0)
    reports.forget("a")
    assert reports.sums(FORGET_SECONDS - 1)[0] == 1
    assert reports.sums(FORGET_SECONDS + 1) == NOTHING
