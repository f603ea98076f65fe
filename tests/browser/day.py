"""The sample community on its polling day, the server in this process and its clock set by hand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from meetings.docket import Motion
from server import config, sample, setup
from server.accounts.links import issue_links
from server.app import running
from server.errands import Errands
from server.sample.today import OPEN
from tests import engines
from tests.browser.assembly import Hour
from tests.browser.owners import DOCKET

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from meetings.kernel import Room

ROOMY = {
    "SUN_LIMIT_REQUESTS": "1000/1",
    "SUN_LIMIT_REQUESTS_PER_ADDRESS": "1000/1",
    "SUN_SAMPLE_RECORDING": "0",
}


@dataclass
class Day:
    """The sample community on its polling day, and the server's clock. Stands where a test asks for a served council."""

    parts: Any
    links: dict[str, str]
    hour: Hour

    @property
    def url(self) -> str:
        return str(self.parts.base_url)

    async def room(self) -> Room:
        """The docket as it is now."""
        room: Room = await self.parts.desks.room(DOCKET)
        return room

    async def look(self) -> None:
        """What the clock calls for, as the errand gives it."""
        parts = self.parts
        await Errands(parts.desks, parts.feed, parts.accounts, parts.media).do_due(DOCKET)

    async def motion(self) -> Motion:
        """The motion that is open when the day begins."""
        return (await self.room()).need(Motion, OPEN)

    async def close(self) -> None:
        """The window ends."""
        self.hour.at = ((await self.motion()).closes_at or 0) + 1
        await self.look()


@pytest.fixture
async def day(tmp_path: Path) -> AsyncIterator[Day]:
    """A council of its own for one test."""
    setup.set_up(tests=True, tools=True)
    wanted = {"data": tmp_path, "port": engines.free_port()}
    async with running(config.load(wanted, ROOMY)) as parts:
        record, _ = await sample.seed(parts)
        hour = Hour(parts.clock())
        parts.desks.clock = hour
        parts.desks._desks.clear()
        yield Day(parts, await issue_links(parts.accounts, parts.base_url, record, hour()), hour)
        await sample.stop(parts)
