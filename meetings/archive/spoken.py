"""What was said: the transcript and the comments, whole, through the public's eyes.

What was said while the picture was held back is left out, as the picture is. First texts of corrected captions
stay in the record: a correction may have been made to take a name away.
"""

from __future__ import annotations

import msgspec

from meetings.archive.chapters import Cut
from meetings.comments import Comment
from meetings.kernel import Eye, Room
from meetings.people import Person
from meetings.transcript import Caption


class Line(msgspec.Struct, frozen=True):
    """One caption: when it was said (ms UTC), by whom, with the role of the plate, during which item or question."""

    id: str
    at: int
    name: str | None
    role: str | None
    text: str
    corrected: bool
    heard: bool
    item: str | None
    question: str | None


class Remark(msgspec.Struct, frozen=True):
    """One comment that everybody could read to the end."""

    id: str
    at: int
    shown: str
    text: str


def transcript(room: Room, without: list[Cut]) -> list[Line]:
    """All captions in the order in which they were said."""
    held = [cut for cut in without if cut.kind == "held"]
    shown = (caption for caption in room.all(Caption) if not (caption.covered or caption.silent))
    lines = [_line(room, caption) for caption in shown if not _within(caption.at, held)]
    return sorted(lines, key=lambda line: line.at)


def _within(at: int, spans: list[Cut]) -> bool:
    return any(cut.at <= at and (cut.until is None or at < cut.until) for cut in spans)


def _line(room: Room, caption: Caption) -> Line:
    # A caption that has scrolled out of the room is out of the screens' sight, not out of the archive's.
    view = msgspec.structs.replace(caption, kept=True).seen_by(Eye.PUBLIC)
    assert view is not None
    plate = room.get(Person, caption.speaker) if caption.speaker else None
    return Line(
        id=caption.id,
        at=caption.at,
        name=view["speaker_name"],
        role=plate.role or None if plate is not None else None,
        text=view["text"],
        corrected=view["corrected"],
        heard=view["heard"],
        item=view["item"],
        question=view["question"],
    )


def comments(room: Room) -> list[Remark]:
    """All comments visible at the end, oldest first; those removed, taken back or never approved are not here."""
    views = [msgspec.structs.replace(comment, kept=True).seen_by(Eye.PUBLIC) for comment in room.all(Comment)]
    remarks = [
        Remark(view["id"], view["at"], view["shown"], view["text"]) for view in views if view is not None
    ]
    return sorted(remarks, key=lambda remark: (remark.at, remark.id))
