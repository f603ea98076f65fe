"""What was said, by whom, at which moment: captions typed or recognised, and their corrections.

The first text of a caption stays in the record for ever, and every correction names its editor.
Half-finished captions are air and never come here.
"""

from __future__ import annotations

from typing import Any

import msgspec

from meetings.agenda import open_item
from meetings.kernel import SYSTEM, Command, Entity, Entry, Eye, Fact, Refused, Room, Who
from meetings.masking import masked
from meetings.meeting import AFTER, TALKING
from meetings.people import STAFF, Person, words
from meetings.questions import on_air
from meetings.text import check_id, clean_line, clean_name

CAPTION_LIMIT = 500
CAPTIONS_KEPT = 400
"""Captions a room shows; older ones stay in the record and in the archive."""

LATEST_MS = 3_600_000
"""A caption may be written down up to an hour after it was said."""

SCRIBES = STAFF | {"technician", SYSTEM}


class Say(Command, frozen=True, tag="caption.say"):
    """Write down what was said. `speaker` is somebody with a plate here, `speaker_name` anybody else.

    `at` is when it was said (ms), at most an hour ago; left out: now. Staff and technician may, while the
    meeting runs.
    """

    may, when = SCRIBES, TALKING
    id: str
    text: str
    speaker: str | None = None
    speaker_name: str | None = None
    at: int | None = None


class Correct(Command, frozen=True, tag="caption.correct"):
    """Put a caption right. The first text stays in the record. Staff and technician may, until the archive."""

    may, when = SCRIBES, TALKING | AFTER
    id: str
    text: str


class Said(Fact, frozen=True, tag="caption.said"):
    id: str
    text: str
    at: int
    speaker: str | None = None
    speaker_name: str | None = None


class Corrected(Fact, frozen=True, tag="caption.corrected"):
    id: str
    text: str


class Caption(Entity, frozen=True):
    """A sentence or two of the transcript. `first` is the text as it was first written down."""

    kind = "caption"
    id: str
    first: str
    text: str
    at: int
    speaker: str | None = None
    speaker_name: str | None = None
    plate_name: str | None = None
    item: str | None = None
    question: str | None = None
    corrected_by: str | None = None
    kept: bool = True

    def seen_by(self, eye: Eye) -> dict[str, Any] | None:
        if not self.kept:
            return None
        return {
            "id": self.id,
            "speaker": self.speaker,
            "speaker_name": self.plate_name or self.speaker_name,
            "text": masked(self.text),
            "at": self.at,
            "corrected": self.corrected_by is not None,
            "item": self.item,
            "question": self.question,
        }


class Scroll(Entity, frozen=True):
    """Which captions the room still shows, oldest first. Nobody sees it; it grows and shrinks in place."""

    kind = "scroll"
    ids: list[str] = msgspec.field(default_factory=list)

    def seen_by(self, eye: Eye) -> dict[str, Any] | None:
        return None


@words.decides(Say)
def _(room: Room, cmd: Say, who: Who) -> list[Fact]:
    check_id(cmd.id)
    text = clean_line(cmd.text, CAPTION_LIMIT, "text")
    name = clean_name(cmd.speaker_name, "speaker_name") if cmd.speaker_name is not None else None
    held = room.get(Caption, cmd.id)
    if held is not None:
        if (held.first, held.speaker, held.speaker_name) != (text, cmd.speaker, name):
            raise Refused("taken")
        return []
    if cmd.speaker is not None:
        plate = room.get(Person, cmd.speaker)
        if plate is None or not plate.role:
            raise Refused("not_found", field="speaker")
    at = who.at if cmd.at is None else cmd.at
    if not who.at - LATEST_MS <= at <= who.at:
        raise Refused("unclear", field="at")
    return [Said(cmd.id, text, at, cmd.speaker, name)]


@words.folds(Said)
def _(room: Room, fact: Said, entry: Entry) -> None:
    plate = room.get(Person, fact.speaker) if fact.speaker is not None else None
    item, question = open_item(room), on_air(room)
    room.put(
        Caption(
            id=fact.id,
            first=fact.text,
            text=fact.text,
            at=fact.at,
            speaker=fact.speaker,
            speaker_name=fact.speaker_name,
            plate_name=plate.name if plate is not None else None,
            item=item.id if item is not None else None,
            question=question.id if question is not None else None,
        )
    )
    scroll = room.get(Scroll) or Scroll()
    scroll.ids.append(fact.id)
    if len(scroll.ids) > CAPTIONS_KEPT:
        oldest = room.get(Caption, scroll.ids.pop(0))
        if oldest is not None:
            room.put(msgspec.structs.replace(oldest, kept=False))
    room.put(scroll)


@words.decides(Correct)
def _(room: Room, cmd: Correct, who: Who) -> list[Fact]:
    text = clean_line(cmd.text, CAPTION_LIMIT, "text")
    return [] if room.need(Caption, cmd.id).text == text else [Corrected(cmd.id, text)]


@words.folds(Corrected)
def _(room: Room, fact: Corrected, entry: Entry) -> None:
    caption = room.get(Caption, fact.id)
    if caption is not None:
        room.put(msgspec.structs.replace(caption, text=fact.text, corrected_by=entry.by))
