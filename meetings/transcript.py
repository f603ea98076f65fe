"""What was said, by whom, at which moment: captions typed or recognised, and their corrections.

The first text of a caption stays in the record for ever, and every correction names its editor. A typed caption
wins over what a program heard at the same time. Half-finished captions are air and never come here.
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

CLOCK_MS = 5_000
"""How far a scribe's clock may be ahead: such a caption was said now. Laptops set their clocks in mid-meeting."""

WINS_MS = (5_000, 10_000)
"""A typed caption stands for what was recognised so shortly before and after its scribe began to type."""

SCRIBES = STAFF | {"technician", SYSTEM}


class Say(Command, frozen=True, tag="caption.say"):
    """Write down what was said. `speaker` is somebody with a plate here, `speaker_name` anybody else.

    `at` is when it was said (ms), at most an hour ago; left out: now. Staff and technician may, while the
    meeting runs. `heard` marks what a program recognised; only the platform may say so, and where somebody
    typed at the time nothing is written down.
    """

    may, when = SCRIBES, TALKING
    id: str
    text: str
    speaker: str | None = None
    speaker_name: str | None = None
    at: int | None = None
    heard: bool = False


class Correct(Command, frozen=True, tag="caption.correct"):
    """Put a caption right. The first text stays in the record; what was recognised counts as typed from then on.

    Staff and technician may, until the archive.
    """

    may, when = SCRIBES, TALKING | AFTER
    id: str
    text: str


class Said(Fact, frozen=True, tag="caption.said"):
    id: str
    text: str
    at: int
    speaker: str | None = None
    speaker_name: str | None = None
    heard: bool = False


class Corrected(Fact, frozen=True, tag="caption.corrected"):
    id: str
    text: str


class Caption(Entity, frozen=True):
    """A sentence or two of the transcript. `first` is the text as it was first written down.

    `heard` was recognised by a program, `covered` gave way to a typed one. Put right by a person, it is shown
    as their word.
    """

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
    heard: bool = False
    covered: bool = False
    silent: bool = False

    def seen_by(self, eye: Eye) -> dict[str, Any] | None:
        if not self.kept or self.covered or self.silent:
            return None
        return {
            "id": self.id,
            "speaker": self.speaker,
            "speaker_name": self.plate_name or self.speaker_name,
            "text": masked(self.text),
            "at": self.at,
            "corrected": self.corrected_by is not None,
            "heard": self.heard and self.corrected_by is None,
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
    if cmd.heard and who.person != SYSTEM:
        raise Refused("forbidden")
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
    if not who.at - LATEST_MS <= at <= who.at + CLOCK_MS:
        raise Refused("unclear", field="at")
    at = min(at, who.at)
    if cmd.heard and any(_wins(one, at) for one in _scrolled(room) if not one.heard):
        return []
    return [Said(cmd.id, text, at, cmd.speaker, name, cmd.heard)]


def _wins(typed: Caption, at: int) -> bool:
    """Whether a typed caption stands for what was recognised at that time."""
    before, after = WINS_MS
    return typed.at - before <= at <= typed.at + after


def _scrolled(room: Room) -> list[Caption]:
    """The captions the room still shows, oldest first."""
    ids = (room.get(Scroll) or Scroll()).ids
    return [caption for own_id in ids if (caption := room.get(Caption, own_id)) is not None]


@words.folds(Said)
def _(room: Room, fact: Said, entry: Entry) -> None:
    plate = room.get(Person, fact.speaker) if fact.speaker is not None else None
    item, question = open_item(room), on_air(room)
    caption = Caption(
        id=fact.id,
        first=fact.text,
        text=fact.text,
        at=fact.at,
        speaker=fact.speaker,
        speaker_name=fact.speaker_name,
        plate_name=plate.name if plate is not None else None,
        item=item.id if item is not None else None,
        question=question.id if question is not None else None,
        heard=fact.heard,
    )
    room.put(caption)
    if not fact.heard:
        _cover(room, caption)
    _scroll(room, caption)


def _cover(room: Room, typed: Caption) -> None:
    """Let what was recognised give way, unless a person has put it right."""
    for one in _scrolled(room):
        if one.heard and one.corrected_by is None and _wins(typed, one.at):
            room.put(msgspec.structs.replace(one, covered=True))
            room.need(Scroll).ids.remove(one.id)


def _scroll(room: Room, caption: Caption) -> None:
    scroll = room.get(Scroll) or Scroll()
    scroll.ids.append(caption.id)
    if len(scroll.ids) > CAPTIONS_KEPT:
        oldest = room.get(Caption, scroll.ids.pop(0))
        if oldest is not None:
            room.put(msgspec.structs.replace(oldest, kept=False))
    room.put(scroll)


@words.decides(Correct)
def _(room: Room, cmd: Correct, who: Who) -> list[Fact]:
    text = clean_line(cmd.text, CAPTION_LIMIT, "text")
    caption = room.need(Caption, cmd.id)
    looked_at = not caption.heard or caption.corrected_by is not None
    return [] if looked_at and caption.text == text else [Corrected(cmd.id, text)]


@words.folds(Corrected)
def _(room: Room, fact: Corrected, entry: Entry) -> None:
    caption = room.get(Caption, fact.id)
    if caption is None:
        return
    mended = msgspec.structs.replace(caption, text=fact.text, corrected_by=entry.by, covered=False)
    room.put(mended)
    if caption.covered:
        _scroll(room, mended)
