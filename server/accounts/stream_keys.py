"""The key by which an encoder publishes a meeting: one each, 128 bits, renewable. Compared in constant time.

Knows no stream: whether the meeting takes a picture just now is asked elsewhere.
"""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING

from server.accounts.ids import digest, fresh_token

if TYPE_CHECKING:
    from server.store import Store
    from server.store.stream_lines import StreamLine


class StreamKeys:
    """The keys of every meeting, in one store."""

    def __init__(self, store: Store) -> None:
        self._lines = store.stream_lines

    async def of(self, record: str, at: int) -> StreamLine:
        """The lines of a meeting; its first key is made when first asked for."""
        line = await self._lines.of(record)
        if line is None:
            await self._lines.begin(record, fresh_token(), at)
            line = await self._lines.of(record)
        if line is None:
            raise KeyError(record)
        return line

    async def renew(self, record: str, at: int) -> StreamLine:
        """A new key; the one before opens nothing any more."""
        line = await self.of(record, at)
        await self._lines.change(record, key=fresh_token(), old=digest(line.key), renewed_at=at)
        return await self.of(record, at)

    async def fits(self, record: str, key: str) -> StreamLine | str:
        """The lines this key opens, or the code of the refusal: `key-missing`, `key-old`, `key-wrong`."""
        line = await self._lines.of(record)
        # A meeting that never had a key takes as long to refuse as one that has.
        fits = hmac.compare_digest(key.encode(), (line.key if line else fresh_token()).encode())
        if line is not None and fits:
            return line
        if not key:
            return "key-missing"
        old = line.old if line is not None and line.old is not None else b""
        return "key-old" if hmac.compare_digest(digest(key), old) else "key-wrong"
