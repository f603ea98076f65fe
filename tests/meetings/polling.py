"""One poll in a council: how it is opened and answered in the tests about polls."""

from __future__ import annotations

from typing import Any

from tests.meetings.cast import SU_MIN, Council, Said, Somebody, live, uid

OPTIONS = ["依法解聘并公开选聘", "先给三个月整改期", "还没想好"]
POLL: dict[str, Any] = {"id": uid(10), "question": "你倾向怎么做？", "options": OPTIONS}
NAME = f"poll:{uid(10)}"
STARS = {"low": 1, "high": 5, "low_words": "很不满意", "high_words": "很满意"}
SCALE: dict[str, Any] = POLL | {
    "question": "对保洁满意吗？",
    "options": [],
    "sort": "scale",
    "scale": STARS,
}
SEVERAL: dict[str, Any] = POLL | {"question": "先修哪几处？", "sort": "multiple", "most": 2}


def opened(poll: dict[str, Any] = POLL, **more: Any) -> Council:
    """A live council with this poll open."""
    return live().given(SU_MIN, "poll.draft", **poll, **more).given(SU_MIN, "poll.open", id=uid(10))


def choose(council: Council, who: Somebody, choice: object) -> Said:
    """Somebody answers the poll."""
    return council.when(who, "poll.answer", id=uid(10), choice=choice)


def closed(council: Council) -> dict[str, Any]:
    """The poll as everybody sees it once it is closed."""
    council.given(SU_MIN, "poll.close", id=uid(10))
    seen = council.sees(NAME)
    assert seen is not None
    return seen
