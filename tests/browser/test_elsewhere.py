"""A resident's page plays segments that come from another address, and its policy lets exactly that one."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from tests.browser.airing import SHOWN, on_air
from tests.browser.council import OFTEN, come_in, go_live, room_of
from tests.browser.hall import BUSY
from tests.engines import eventually, serve
from tests.media.streams import reel

pytestmark = pytest.mark.browser


class Cache:
    """A cache on another origin that fetches from the server; counts what it was asked for."""

    def __init__(self) -> None:
        self.behind, self.asked = "", []  # type: str, list[str]
        app = web.Application()
        app.router.add_get("/{path:.+}", self.get)
        self._runner = web.AppRunner(app)

    async def get(self, request: web.Request) -> web.Response:
        self.asked.append(request.path)
        async with aiohttp.ClientSession() as client, client.get(self.behind + request.path) as answer:
            kept = {name: answer.headers[name] for name in ("Content-Type", "Cache-Control")}
            allowed = answer.headers.get("Access-Control-Allow-Origin")
            headers = kept | ({"Access-Control-Allow-Origin": allowed} if allowed else {})
            return web.Response(status=answer.status, body=await answer.read(), headers=headers)

    async def open(self) -> str:
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        return f"http://127.0.0.1:{self._runner.addresses[0][1]}"

    async def close(self) -> None:
        await self._runner.cleanup()


@pytest.fixture
async def cache() -> AsyncIterator[tuple[Cache, str]]:
    made = Cache()
    yield made, await made.open()
    await made.close()


async def test_a_picture_that_comes_from_another_address_plays(
    cache: tuple[Cache, str], open_page: Any, tmp_path: Any
) -> None:
    elsewhere, address = cache
    with serve(tmp_path, settings=OFTEN | BUSY | {"SUN_MEDIA_BASE_URL": address}) as hall:
        elsewhere.behind = hall.url
        host = await come_in(open_page, hall, "host")
        await go_live(host, hall)
        async with on_air(hall, reel(20)):
            page = await come_in(open_page, hall, "resident", room_of(hall))
            seen: set[int] = set()

            async def moved() -> bool:
                number = await page.evaluate(SHOWN)
                return bool(number is not None and (seen.add(number) or len(seen) > 1))

            await eventually(moved, what="the picture moves")
    assert any(path.endswith(".m4s") for path in elsewhere.asked)
    assert not any(path.endswith(".m3u8") for path in elsewhere.asked)
