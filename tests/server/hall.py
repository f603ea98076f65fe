"""A live council on the real server, and ways into it; for tests of the wire."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from meetings.kernel import SYSTEM, Who
from tests.crowd.ways import uuid7
from tests.crowd.wire import Line
from tests.town import Town, town

if TYPE_CHECKING:
    from pathlib import Path

SIGNS = Who(SYSTEM, 0, frozenset({SYSTEM}))
WATCHES = Who("watches", 0, frozenset({"moderator"}), {"real": "值班审核员"})
Open = Callable[..., Awaitable[Line]]


@asynccontextmanager
async def live_town(data: Path, environment: dict[str, str]) -> AsyncIterator[Town]:
    roomy = {"SUN_DUTY_AWAY_SECONDS": "3600", **environment}
    async with town(data, environment=roomy) as made:
        desks = made.parts.desks
        for command in (
            {
                "type": "meeting.set",
                "lobby_minutes": None,
                "review_questions": "after",
                "review_comments": "after",
            },
            {"type": "meeting.open_lobby"},
            {"type": "meeting.start"},
        ):
            answer = await desks.give(made.record, command, SIGNS)
            assert answer["ok"], answer
        assert (await desks.give(made.record, {"type": "duty.begin"}, WATCHES))["ok"]
        yield made


async def cookie_of(place: Town, number: str = "3-1-501", **fields: Any) -> str:
    """The Cookie header of somebody who joined by name and unit."""
    browser = await place.joined(number, code=await place.code(number), **fields)
    return "; ".join(f"{name}={value}" for name, value in browser.cookies.items())


async def moderator_cookie(place: Town) -> str:
    browser = place.browser()
    assert (await browser.enter(await place.invited("moderator", name="柳婷")))[0] == 200
    return "; ".join(f"{name}={value}" for name, value in browser.cookies.items())


def ask(
    place: Town, text: str = "换物业要多少户同意？", own_id: str | None = None, **fields: Any
) -> dict[str, Any]:
    body = {
        "record": place.record,
        "type": "question.ask",
        "id": own_id or uuid7(),
        "kind": "ask",
        "text": text,
    }
    return body | fields
