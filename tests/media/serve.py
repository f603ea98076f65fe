"""A server of nothing but media, for tests that kill it: prints its port, lets everybody publish and watch."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import uvloop
from aiohttp import web

from server.media import Limits, Media, mount


def app_of(
    root: Path, words: list[tuple[str, str]], limits: Limits | None = None, deaf: set[str] | None = None
) -> tuple[web.Application, Media]:
    """Who publishes is what the header `X-Person` says; `X-Blind` may not watch. Words in `deaf` are refused."""

    refused = deaf if deaf is not None else set()

    async def on_state(record: str, word: str) -> bool:
        words.append((record, word))
        return word not in refused

    app = web.Application()
    media = mount(
        app,
        root=root,
        allow_publish=lambda request, record: request.headers.get("X-Person"),
        allow_watch=lambda request, record: "X-Blind" not in request.headers,
        on_state=on_state,
        limits=limits,
    )
    return app, media


async def main(root: Path) -> None:
    app, _ = app_of(root, [])
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    print(runner.addresses[0][1], flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    uvloop.run(main(Path(sys.argv[1])))
