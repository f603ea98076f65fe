"""One process asks of another: what breaks on one of the lines between them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from server.media import Limits, Media, between, mount
from server.media.between import came_inside
from server.media.keepers import HTTP, Keepers
from tests.engines import eventually
from tests.media.publisher import Studio
from tests.media.streams import Reel, reel

RECORD = "meeting:1"
BREAKS, HANGS = "/media/meeting-1/s999999.m4s", "/media/meeting-1/health"


@pytest.fixture(scope="module")
def pictures() -> Reel:
    return reel(6)


@web.middleware
async def dropping(request: web.Request, handler: Any) -> web.StreamResponse:
    """A line that breaks while it is asked something, and a process that hangs."""
    if request.path == BREAKS and came_inside(request) and request.transport is not None:
        request.transport.abort()
    if request.path == HANGS and came_inside(request):
        await asyncio.sleep(2)
    return await handler(request)


@asynccontextmanager
async def process(root: Path) -> AsyncIterator[tuple[Media, str]]:
    """As one of several: its media, and its own address."""
    app = web.Application(middlewares=[dropping])

    async def on_state(_record: str, _word: str) -> bool:
        return True

    media = mount(
        app,
        root=root,
        allow_publish=lambda request, record: request.headers.get("X-Person"),
        allow_watch=lambda request, record: True,
        on_state=on_state,
        limits=Limits(silent_s=60),
        keepers=Keepers(root / "keepers"),
    )
    assert media.between is not None
    app.middlewares.append(media.between.passing)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.UnixSite(runner, str(media.between.keepers.inside / HTTP)).start()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        yield media, f"http://127.0.0.1:{runner.addresses[1][1]}/media/meeting-1"
    finally:
        await runner.cleanup()


async def test_a_line_that_breaks_between_processes_leaves_the_studio_on_its_own(tmp_path, pictures):
    async with (
        process(tmp_path) as (keeper, _),
        process(tmp_path) as (_, other),
        aiohttp.ClientSession() as http,
    ):
        assert await keeper.keeper(RECORD) is None
        studio = Studio(http, other, pictures)
        await studio.connect()
        await studio.send(chunk for chunk in pictures.numbered() if chunk.dts_us < 3_000_000)
        await eventually(lambda: studio.acked > 0, what="the disk")
        async with http.get(f"{other}/s999999.m4s") as answer:
            assert answer.status == 503
        await studio.send(chunk for chunk in pictures.numbered() if chunk.dts_us >= 3_000_000)
        await eventually(lambda: len(keeper.stream(RECORD).window.public) >= 5, what="what was sent after it")
        assert not studio.socket.closed
        await studio.leave()


async def test_a_process_that_hangs_is_not_waited_for_longer_than_a_list(tmp_path, monkeypatch):
    monkeypatch.setattr(between, "_ANSWER_S", 0.3)
    async with (
        process(tmp_path) as (keeper, _),
        process(tmp_path) as (_, other),
        aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(5)) as http,
    ):
        assert await keeper.keeper(RECORD) is None
        async with http.get(f"{other}/health", headers={"X-Person": "person:host"}) as answer:
            assert answer.status == 503
            assert "Retry-After" in answer.headers
