"""How often one person votes and answers questionnaires: refused in words, with the time to wait, and nobody else is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from server import dockets
from tests.meetings.docket.asked import of_every_kind
from tests.server.test_bad_ballots import refused
from tests.server.test_questionnaires import Asking
from tests.server.test_votes import FLAT, Vote, opened, owner
from tests.town import Browser, town

if TYPE_CHECKING:
    from pathlib import Path

OTHER = "3-1-502"
HOUR_MS = 3_600_000


async def slowed(vote: Vote, browser: Browser, word: str, fields: dict[str, Any]) -> None:
    """Whatever else this person may do, this comes too fast: nothing is written, and they are told until when."""
    assert await refused(vote, browser, word, **fields) == "too_fast"
    status, answer = await vote.do(browser, word, **fields)
    assert status == 429
    assert 0 < answer["wait_ms"] <= HOUR_MS // 2 + 1


async def test_a_person_who_sends_votes_too_fast_is_told_how_long_to_wait(tmp_path: Path) -> None:
    async with town(tmp_path, {"SUN_LIMIT_BALLOTS": "2/3600"}) as place:
        await dockets.open_docket(place.parts.desks, place.community)
        vote = Vote(place)
        await opened(vote)
        mine, other = await owner(vote, FLAT, "任志勇"), await owner(vote, "4-1-101", "姚凤英")
        told = vote.ballot(FLAT)
        first = await vote.done(mine, "ballot.cast", **told)
        assert await vote.done(mine, "ballot.cast", **told) == first
        await slowed(vote, mine, "ballot.cast", told)
        assert (await vote.get(mine, f"motions/{vote.motion}/mine"))[1]["heads"][0]["cast"]["mine"] is True
        await vote.done(other, "ballot.cast", **vote.ballot("4-1-101"))


async def test_a_person_who_answers_questionnaires_too_fast_is_told_how_long_to_wait(tmp_path: Path) -> None:
    async with town(tmp_path, {"SUN_LIMIT_SHEETS": "2/3600"}) as place:
        await dockets.open_docket(place.parts.desks, place.community)
        asking = Asking(place)
        secretary = await asking.opened()
        mine, other = await owner(asking, FLAT, "任志勇"), await owner(asking, OTHER, "余慧敏")
        for number in (1, 2):
            await asking.done(mine, "questionnaire.answer", **asking.sheet(FLAT, of_every_kind(number % 3)))
        await slowed(asking, mine, "questionnaire.answer", asking.sheet(FLAT, of_every_kind(0)))
        await asking.done(other, "questionnaire.answer", **asking.sheet(OTHER, of_every_kind(1)))
        # The desk types in as many sheets of paper as came back.
        await asking.papers(secretary, *(of_every_kind(0) for _ in range(4)))
