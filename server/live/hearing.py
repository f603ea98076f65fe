"""What a recogniser heard, brought to the desk: whole sentences as captions of the platform, guesses into the air.

Whether a typed caption wins is the noun's question. What was said behind a covered picture, or in a break, is
written down by nobody.
"""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from meetings import Who
from meetings.kernel import SYSTEM
from server.ids import new_id

if TYPE_CHECKING:
    from server.live.desk import Desks
    from server.live.half import Halves
    from server.media import Heard, Media

log = logging.getLogger(__name__)

_AT_ONCE = 32
"""What waits for a desk that does not answer; the rest is lost, as it would be in the air."""


class Hearing:
    """Takes what was heard in this process."""

    def __init__(self, desks: Desks, halves: Halves, media: Media) -> None:
        self._desks = desks
        self._halves = halves
        self._media = media
        self._tasks: set[asyncio.Task[None]] = set()

    def hear(self, record: str, heard: Heard, at: int) -> None:
        """Words of a record's stream and when they were said (ms UTC). Returns at once."""
        if len(self._tasks) < _AT_ONCE:
            task = asyncio.create_task(self._bring(record, heard, at))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _bring(self, record: str, heard: Heard, at: int) -> None:
        try:
            room = await self._desks.room(record)
            if room.phase != "live" or self._media.hidden(record, at):
                return
            if not heard.final:
                self._halves.hear(record, heard.text, at)
                return
            said = {"type": "caption.say", "id": new_id(), "text": heard.text, "at": at, "heard": True}
            await self._desks.give(record, said, Who(SYSTEM, 0, frozenset({SYSTEM})))
            self._halves.hear(record, "", at)
        except Exception:
            log.exception("%s: what was heard is lost", record)
