"""Records and desks on a real database; people with names."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from meetings import Who
from server.live.bus import LocalBus
from server.live.desk import Desks
from server.store import Store, open_store

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
    for command in (settings | more, agenda, {"type": "meeting.announce"}, {"type": "meeting.open_lobby"}):
        answer = await made.give(RECORD, command, SECRETARY)
        assert answer["ok"], answer
    yield made
    await made.stop()
