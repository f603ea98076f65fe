"""Ways into the sample for crowd programs: enter by a link, open the meeting, make ids."""

from __future__ import annotations

import secrets
import time
from typing import Any
from urllib.parse import urlsplit

import aiohttp

from tests.crowd.wire import Line


def uuid7() -> str:
    """An id as a client makes it."""
    number = (time.time_ns() // 1_000_000) << 80 | 0x7 << 76 | secrets.randbits(12) << 64
    number |= 0b10 << 62 | secrets.randbits(62)
    text = f"{number:032x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


async def enter(link: str) -> str:
    """Enter by a personal link; returns the Cookie header."""
    parts = urlsplit(link)
    base = f"{parts.scheme}://{parts.netloc}"
    async with (
        aiohttp.ClientSession(headers={"Origin": base}) as session,
        session.post(f"{base}/api/enter", json={"token": parts.fragment}) as answer,
    ):
        assert answer.status == 200, await answer.text()
        name, cookie = next(iter(answer.cookies.items()))
        return f"{name}={cookie.value}"


async def opened(served: dict[str, Any]) -> None:
    """The sample's meeting, lobby open and begun."""
    host = Line(served["url"], await enter(served["links"]["host"]))
    await host.open()
    await host.join(served["record"])
    for word in ("meeting.open_lobby", "meeting.start"):
        answer = await host.call("do", {"record": served["record"], "type": word})
        assert answer["ok"] or answer["code"] == "wrong_state", answer
    host.close()
