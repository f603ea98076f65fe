"""Ids of what the server makes by itself: UUIDv7, as browsers make them, so that they sort by time."""

from __future__ import annotations

import time
import uuid


def new_id() -> str:
    """A UUIDv7 for something made now."""
    noise = uuid.uuid4().int
    value = (time.time_ns() // 1_000_000) << 80 | 0x7 << 76 | (noise >> 64 & 0xFFF) << 64 | 0b10 << 62
    return str(uuid.UUID(int=value | noise & (1 << 62) - 1))
