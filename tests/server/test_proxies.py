"""Limits by address count the resident, not the proxy, and believe nobody else's word for it."""

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from server.config import Settings
from server.web import security
from server.web.proxies import address_of


@pytest.mark.parametrize(
    ("forwarded", "trusted", "address"),
    [
        ([], 0, "127.0.0.1"),
        ([], 1, "127.0.0.1"),
        (["203.0.113.7"], 0, "127.0.0.1"),
        (["203.0.113.7"], 1, "203.0.113.7"),
        (["1.2.3.4, 203.0.113.7"], 1, "203.0.113.7"),
        (["1.2.3.4", "203.0.113.7, 10.0.0.8"], 2, "203.0.113.7"),
    ],
)
async def test_the_address_is_the_one_our_own_proxies_saw(forwarded, trusted, address):
    async def tell(request):
        return web.Response(text=address_of(request, trusted))

    app = web.Application()
    app.router.add_get("/", tell)
    async with TestServer(app) as server, aiohttp.ClientSession() as session:
        headers = [("X-Forwarded-For", value) for value in forwarded]
        async with session.get(server.make_url("/"), headers=headers) as response:
            assert await response.text() == address


async def test_whoever_is_to_come_later_is_told_when():
    """A process that keeps a stream and does not answer, or too many who wait for one: players obey the word."""

    async def crowded(_):
        raise web.HTTPServiceUnavailable(headers={"Retry-After": "3"})

    def page(_request, status):
        return web.Response(status=status)

    app = web.Application(middlewares=[security.guard(Settings(), page)])
    app.router.add_get("/media/live.m3u8", crowded)
    async with (
        TestServer(app) as server,
        aiohttp.ClientSession() as session,
        session.get(server.make_url("/media/live.m3u8")) as response,
    ):
        assert (response.status, response.headers.get("Retry-After")) == (503, "3")
