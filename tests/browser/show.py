"""A studio on air and whoever comes to its stage, for tests that look at what residents get of it."""

from __future__ import annotations

import asyncio
from typing import Any

from tests.engines import Served, eventually
from tests.media.clock import go_live, session
from tests.media.guest import devices, programme

WIDE = {"viewport": {"width": 1440, "height": 900}}
PHONE = {"viewport": {"width": 360, "height": 740}}
RED, BLUE = (200, 0, 0), (0, 0, 200)
HALL, LAWYER, DEPUTY, RESIDENT = 310, 520, 830, 1310
"""The tone each of them sounds, in hertz."""
CLEAR_DB, QUIET_DB, SHARE = 25, -70, 0.08
NEXT_S = 0.4
"""A new segment comes each second: looking more often only costs what the browsers need."""


class Show:
    """A studio on air and whoever comes to it."""

    def __init__(self, hall: Served, open_page: Any) -> None:
        self.hall, self.open_page = hall, open_page
        self.meeting = hall.record.partition(":")[2]
        self.studio: Any = None

    async def enter(self, page: Any, role: str, devices_: str = "") -> Any:
        if devices_:
            await page.add_init_script(devices_)
        await session(page, self.hall.url, self.hall.links[role])
        return page

    async def begin(self, script: str = "") -> None:
        """The host goes on air; `script` runs in the studio's page before its own."""
        self.studio = await self.enter(
            await self.open_page("about:blank", **WIDE), "host", script + devices("#3a4a5c", HALL)
        )
        await go_live(self.studio, self.hall.url, self.meeting)
        await self.studio.locator(".guests").wait_for()

    async def open_stage(self, page: Any) -> Any:
        await page.goto(f"{self.hall.url}/stage/{self.meeting}")
        return page

    async def ready(self, page: Any, way: str) -> Any:
        """Through the device check into the waiting room, until the line stands."""
        await page.locator(".acts .btn.p:not([disabled])").click()
        await page.locator(".mine .vu").wait_for()
        await page.locator(".acts .btn.p:not([disabled])").click()
        await page.locator(f".way.{way}").wait_for(timeout=40_000)
        return page

    def tile(self, name: str) -> Any:
        return self.studio.locator(".gu", has_text=name)

    async def take(self, name: str) -> None:
        await self.tile(name).locator(".up:not([disabled])").click(timeout=60_000)
        await self.tile(name).locator(".off").wait_for()

    async def arrives(self, what: Any, told: str) -> None:
        async def there() -> bool:
            await asyncio.sleep(NEXT_S)
            return bool(what(await programme(self.studio, self.hall.url, self.meeting)))

        await eventually(there, seconds=40, what=told)
