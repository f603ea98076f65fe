"""Records and desks on a real database; people with names."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from meetings import Who
from server.live.bus import LocalBus
from server.live.desk import Desks
from server.store import Store, open_store
from tests.crowd.wire import Line
from tests.server.hall import Open, live_town
from tests.town import Town

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

RECORD = "meeting:m1"
SECRETARY = Who("sumin", 0, frozenset({"secretary"}), {"real": "苏敏"})


def resident(name: str) -> Who:
    """A proved resident."""
    labels = {"real": name, "building": f"3号楼{name[:1]}女士", "anonymous": "居民"}
    return Who(name, 0, frozenset({"resident"}), labels, unit=f"unit-{name}")


def uuid7(number: int) -> str:
    """A well-formed id, the same for the same number."""
    return f"01890000-0000-7000-8000-{number:012x}"


@pytest.fixture
async def store(database_url: str) -> AsyncIterator[Store]:
    opened = await open_store(database_url)
    yield opened
    await opened.close()


@pytest.fixture
async def desks(store: Store) -> AsyncIterator[Desks]:
    """Desks with one meeting in which questions come through unreviewed."""
    made = Desks(store, LocalBus())
    await made.create(RECORD, "c1")
    settings = {"type": "meeting.set", "title": "议事会", "review_questions": "after", "lobby_minutes": None}
    more = {"starts_at": 1_700_000_000_000, "venue": "议事厅", "notice": "录像归档"}
    agenda = {"type": "agenda.add", "id": uuid7(1), "kind": "questions", "title": "提问", "minutes": 30}
    opening = ({"type": "duty.begin"}, {"type": "meeting.announce"}, {"type": "meeting.open_lobby"})
    for command in (settings | more, agenda, *opening):
        answer = await made.give(RECORD, command, SECRETARY)
        assert answer["ok"], answer
    yield made
    await made.stop()


@pytest.fixture(scope="module")
async def place(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Town]:
    """A town whose meeting is live and lets questions through."""
    roomy = {"SUN_LIMIT_QUESTIONS": "1000/1", "SUN_LIMIT_SUPPORTS": "1000/1", "SUN_LIMIT_COMMANDS": "1000/1"}
    async with live_town(tmp_path_factory.mktemp("town"), roomy) as made:
        yield made


@pytest.fixture
async def open_line(place: Town) -> AsyncIterator[Open]:
    """A socket that has joined, its events kept in `.heard`."""
    lines: list[Line] = []

    async def opened(cookie: str = "", *, join: bool = True) -> Line:
        line = Line(place.parts.base_url, cookie)
        line.decode = True
        line.heard = []  # type: ignore[attr-defined]
        line.on_event = lambda name, body: line.heard.append((name, body))  # type: ignore[attr-defined]
        await line.open()
        lines.append(line)
        if join:
            answer = await line.join(place.record)
            assert answer["ok"], answer
        return line

    yield opened
    for line in lines:
        line.close()
