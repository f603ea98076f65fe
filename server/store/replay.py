"""The room of a record as it stood at a number, printed: the debugger of a council. Changes nothing."""

from __future__ import annotations

import asyncio
import sys
from typing import TYPE_CHECKING

import msgspec

from meetings import Eye, Refused, new_room
from server.store import open_store

if TYPE_CHECKING:
    from server.config import Settings


def main(settings: Settings, record: str, to: int | None) -> int:
    """Print the staff's view of `record` at number `to` (none: at its end) as JSON; returns the exit code."""
    return asyncio.run(_print(settings, record, to))


async def _print(settings: Settings, record: str, to: int | None) -> int:
    store = await open_store(settings.database_url, data=settings.data)
    try:
        if await store.records.community_of(record) is None:
            raise Refused("not_found")
        room = new_room(record)
        async for line in store.records.read(record):
            if to is not None and line.seq > to:
                break
            room.apply(line.entry(room.words))
    except Refused:
        sys.stderr.write(f"there is no record {record}\n")
        return 1
    finally:
        await store.close()
    view = {"record": record, "seq": room.seq, "at": room.at, "set": room.patch(0, Eye.STAFF)}
    sys.stdout.write(msgspec.json.format(msgspec.json.encode(view), indent=2).decode() + "\n")
    return 0
