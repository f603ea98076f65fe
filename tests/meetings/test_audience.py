"""The audience as the platform counts it: no figure ever falls."""

from tests.meetings.cast import PLATFORM, SU_MIN, live


def test_figures_are_written_down_and_never_fall():
    council = live()
    council.when(PLATFORM, "audience.count", applause=90, unique=12, peak=9).then("audience.counted")
    council.when(PLATFORM, "audience.count", applause=90, unique=12, peak=9).then()
    council.when(PLATFORM, "audience.count", applause=80, unique=13, peak=4).then("audience.counted")
    assert council.sees("audience") == {"applause": 90, "unique": 13, "peak": 9}


def test_nobody_but_the_platform_counts():
    council = live()
    council.when(SU_MIN, "audience.count", applause=1, unique=1, peak=1).refused("forbidden")
    council.when(PLATFORM, "audience.count", applause=-1, unique=1, peak=1).refused("unclear")
