"""How two sides of RTMP greet each other: 1,537 bytes there and back, then 1,536 as an echo. Nothing is secret."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from server.media.rtmp.amf import Unreadable

if TYPE_CHECKING:
    from asyncio import StreamReader, StreamWriter

_VERSION = b"\x03"
_SIZE = 1536


async def welcome(reader: StreamReader, writer: StreamWriter) -> None:
    """Greet who came. Raises Unreadable for another version (RTMPE among them) and what is not RTMP at all."""
    if await reader.readexactly(1) != _VERSION:
        raise Unreadable("version")
    theirs = await reader.readexactly(_SIZE)
    # Zero where Flash would put its version: then nobody expects a digest of us.
    writer.write(_VERSION + bytes(8) + os.urandom(_SIZE - 8) + theirs)
    await writer.drain()
    await reader.readexactly(_SIZE)


async def introduce(reader: StreamReader, writer: StreamWriter) -> None:
    """Greet the server we went to. Raises Unreadable when it does not speak RTMP."""
    writer.write(_VERSION + bytes(8) + os.urandom(_SIZE - 8))
    await writer.drain()
    if await reader.readexactly(1) != _VERSION:
        raise Unreadable("version")
    theirs = await reader.readexactly(_SIZE)
    await reader.readexactly(_SIZE)
    writer.write(theirs)
    await writer.drain()
