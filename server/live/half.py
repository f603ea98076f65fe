"""Half captions: the line now being typed, or guessed by a recogniser, for everybody's screen and nobody's record.

Lossy: only the newest of a record is told, at most so often, and one that is not renewed is taken back.
"""

from __future__ import annotations

import asyncio
import secrets
from dataclasses import dataclass
from typing import Any

import msgspec

from meetings import Refused, Who
from meetings.masking import masked
from meetings.meeting import TALKING
from meetings.people import Person
from meetings.transcript import CAPTION_LIMIT, LATEST_MS, SCRIBES
from server.live.bus import Bus
from server.live.desk import Desks
from server.live.feed import Feed

AIR = b"half:"
GAP_SECONDS = 0.6
KEPT_SECONDS = 8.0


@dataclass
class _Line:
    """The newest half line of one record, and whose it is; no person's: a recogniser's."""

    by: str = ""
    said: dict[str, Any] | None = None
    at: float = 0.0
    told: dict[str, Any] | None = None
    told_at: float = 0.0
    later: asyncio.TimerHandle | None = None


class Halves:
    """The half captions of every record whose scribes have their sockets here."""

    def __init__(self, desks: Desks, feed: Feed, bus: Bus) -> None:
        self._desks = desks
        self._feed = feed
        self._bus = bus
        self._process = secrets.token_hex(6)
        self._lines: dict[str, _Line] = {}

    async def type(self, record: str, who: Who, said: object) -> None:
        """What somebody has typed so far: `{text, at, speaker?, speaker_name?}`, or None once it is sent or
        given up. Refuses `forbidden` for anybody but a scribe, `unclear` for what is no such line.
        """
        room = await self._desks.room(record)
        if not room.roles(who) & SCRIBES:
            raise Refused("forbidden")
        if said is None:
            self._say(record, who.person, None)
            return
        fields = said if isinstance(said, dict) else {}
        text, at, speaker = fields.get("text"), fields.get("at"), fields.get("speaker")
        named = fields.get("speaker_name")
        if not isinstance(text, str) or len(text) > CAPTION_LIMIT or type(at) is not int:
            raise Refused("unclear", field="captions")
        if room.phase not in TALKING:
            raise Refused("wrong_state", phase=room.phase)
        plate = room.get(Person, speaker) if isinstance(speaker, str) else None
        name = plate.name if plate is not None else masked(named) if isinstance(named, str) else None
        at = max(who.at - LATEST_MS, min(at, who.at))
        self._say(record, who.person, _half(text, at, name, heard=False))

    def hear(self, record: str, text: str, at: int) -> None:
        """What a recogniser guesses; where somebody types, typing wins."""
        line = self._lines.get(record)
        if line is not None and line.by and line.said and self._fresh(line):
            return
        self._say(record, "", _half(text[:CAPTION_LIMIT], at, None, heard=True) if text else None)

    def breathed(self, air: bytes) -> bool:
        """Pass on what another process tells; False: it is no half caption."""
        if not air.startswith(AIR):
            return False
        process, record, said = msgspec.json.decode(
            air[len(AIR) :], type=tuple[str, str, dict[str, Any] | None]
        )
        if process != self._process:
            self._feed.say(record, "air", {"captions": said})
        return True

    def _fresh(self, line: _Line) -> bool:
        return asyncio.get_running_loop().time() - line.at < KEPT_SECONDS

    def _say(self, record: str, by: str, said: dict[str, Any] | None) -> None:
        line = self._lines.setdefault(record, _Line())
        if said is None and line.by != by:
            return
        line.by, line.said, line.at = by, said, asyncio.get_running_loop().time()
        self._tell(record, line)

    def _tell(self, record: str, line: _Line) -> None:
        """Tell now or when it is time, and look again when the line may have grown old."""
        loop = asyncio.get_running_loop()
        if line.later is not None:
            line.later.cancel()
            line.later = None
        if not self._fresh(line):
            line.said = None
        wait = line.told_at + GAP_SECONDS - loop.time()
        if wait > 0 and line.said is not None:
            line.later = loop.call_later(wait, self._tell, record, line)
            return
        if line.said != line.told:
            line.told, line.told_at = line.said, loop.time()
            self._feed.say(record, "air", {"captions": line.said})
            self._bus.breathe(AIR + msgspec.json.encode((self._process, record, line.said)))
        if line.said is None:
            self._lines.pop(record, None)
        else:
            line.later = loop.call_later(KEPT_SECONDS, self._tell, record, line)


def _half(text: str, at: int, name: str | None, *, heard: bool) -> dict[str, Any]:
    plain = " ".join(text.split())
    return {"text": masked(plain), "at": at, "speaker_name": name, "heard": heard}
