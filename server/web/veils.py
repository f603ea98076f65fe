"""Masking, carried between the record and the recording: the record says which seconds, the recording's clock says
what was said in them. Decides nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from meetings import Room, Who
from meetings.kernel import SYSTEM
from meetings.recording import Silence, recording_of
from meetings.transcript import Caption
from server.media import Veil
from server.web import language
from server.web.captions import cues

if TYPE_CHECKING:
    from server.live.desk import Desks
    from server.media import Media

_TOUCH_S = 0.5
"""A line that only touches the beginning of a passage was said before it: captions are typed to the second."""

_PLATFORM = Who(SYSTEM, 0, frozenset({SYSTEM}))


def veils_of(room: Room) -> list[Veil]:
    """What is masked now, for the media part."""
    return [Veil(one.from_s, one.to_s, one.silent, one.blind) for one in recording_of(room).veils]


def card_words() -> tuple[str, ...]:
    """What stands on the card in both languages: it is part of a picture and cannot follow the reader's."""
    return tuple(language.words(lang)("archive-veil-card") for lang in ("zh-CN", "en"))


def untold(room: Room) -> bool:
    """Whether the record does not know yet what was said in some passage whose sound is masked."""
    return any(one.silent and one.captions is None for one in recording_of(room).veils)


async def silence(desks: Desks, media: Media, record: str) -> None:
    """Tell the record which captions were said in masked passages; harmless to repeat.

    A caption that reaches into a passage from before goes too: nobody knows at which word it was masked.
    """
    room = await desks.room(record)
    waiting = [one for one in recording_of(room).veils if one.silent and one.captions is None]
    said = sorted((one.at, one.id) for one in room.all(Caption))
    clock = media.clock_of(record)
    # The id stands for the text: only when each line is on the screen is asked here.
    lines = cues((clock(at), None, own_id) for at, own_id in said) if clock else []
    for passage in waiting:
        begin = passage.from_s + _TOUCH_S
        within = [one.text for one in lines if one.from_s < passage.to_s and one.to_s > begin]
        answer = await desks.give(record, Silence(passage.id, within), _PLATFORM)
        if not answer.get("ok"):
            return
