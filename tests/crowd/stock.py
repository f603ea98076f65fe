"""The peer of the feed: stock python-socketio on aiohttp, sending one event to everybody in a room.

`python -m tests.crowd.stock PORT RATE SIZE`; a line on standard input ends it.
"""

from __future__ import annotations

import asyncio
import sys
from typing import Any

import socketio
from aiohttp import web


async def main(port: int, rate: float, size: int) -> None:
    io = socketio.AsyncServer(async_mode="aiohttp", cors_allowed_origins="*", transports=["websocket"])
    app = web.Application()
    io.attach(app)

    @io.on("join")
    async def join(sid: str, body: dict[str, Any]) -> dict[str, Any]:
        await io.enter_room(sid, body["record"])
        return {"ok": True, "seq": 0}

    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port, backlog=4096).start()
    print("ready", flush=True)
    stop = asyncio.get_running_loop().run_in_executor(None, sys.stdin.readline)
    number = 0
    while not stop.done():
        number += 1
        body = {"record": "r", "from": number - 1, "to": number, "set": {"score:x": {"votes": number}}}
        body["pad"] = "x" * (size - len(str(body)) - 12)
        await io.emit("patch", body, room="r")
        await asyncio.sleep(1 / rate)


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), float(sys.argv[2]), int(sys.argv[3])))
