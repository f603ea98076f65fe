"""Labels (话题): what questions of one council have in common, so that a full queue can be read by subject.

A label orders nothing and hides nothing; the queue stays one.
"""

from __future__ import annotations

from typing import Any

import msgspec

from meetings.kernel import Aimed, Before, Command, Entity, Entry, Eye, Fact, Mark, Refused, Room, Who
from meetings.meeting import AFTER
from meetings.people import DESK, words
from meetings.questions.cards import COLLECTING, Question, put
from meetings.text import check_id, clean_line

LABEL_LIMIT = 12
LABELS_MOST = 12


class AddLabel(Command, frozen=True, tag="label.add"):
    """Make a label for questions. Moderator, host or secretary may."""

    may, when = DESK, COLLECTING
    id: str
    title: str


class EditLabel(Command, frozen=True, tag="label.edit"):
    """Call a label something else."""

    may, when = DESK, COLLECTING
    id: str
    title: str


class RemoveLabel(Command, frozen=True, tag="label.remove"):
    """Take a label away; questions that carried it carry none."""

    may, when = DESK, COLLECTING
    id: str


class PutLabel(Aimed, frozen=True, tag="question.label"):
    """Put a label on a question; null: none."""

    may, when = DESK, COLLECTING | AFTER
    id: str
    label: str | None = None


class LabelAdded(Fact, frozen=True, tag="label.added"):
    id: str
    title: str


class LabelEdited(Fact, frozen=True, tag="label.edited"):
    id: str
    title: str


class LabelRemoved(Fact, frozen=True, tag="label.removed"):
    id: str


class Labelled(Fact, frozen=True, tag="question.labelled"):
    id: str
    label: str | None = None


class Label(Entity, frozen=True):
    """One label."""

    kind = "label"
    id: str
    title: str
    gone: bool = False

    @property
    def stand(self) -> object:
        return self.title, self.gone

    def seen_by(self, eye: Eye) -> dict[str, Any] | None:
        return None if self.gone else {"id": self.id, "title": self.title}


def _labels(room: Room) -> list[Label]:
    return [label for label in room.all(Label) if not label.gone]


def _need(room: Room, own_id: str) -> Label:
    label = room.need(Label, own_id)
    if label.gone:
        raise Refused("not_found")
    return label


def _title(room: Room, own_id: str, title: str) -> str:
    told = clean_line(title, LABEL_LIMIT, "title")
    if any(label.title == told and label.id != own_id for label in _labels(room)):
        raise Refused("taken", field="title")
    return told


@words.decides(AddLabel)
def _(room: Room, cmd: AddLabel, who: Who) -> list[Fact]:
    check_id(cmd.id)
    title = _title(room, cmd.id, cmd.title)
    held = room.get(Label, cmd.id)
    if held is not None:
        if held.title == title and not held.gone:
            return []
        raise Refused("taken")
    if len(_labels(room)) >= LABELS_MOST:
        raise Refused("too_large", field="labels", limit=LABELS_MOST)
    return [LabelAdded(cmd.id, title)]


@words.decides(EditLabel)
def _(room: Room, cmd: EditLabel, who: Who) -> list[Fact]:
    label = _need(room, cmd.id)
    title = _title(room, cmd.id, cmd.title)
    return [] if label.title == title else [LabelEdited(cmd.id, title)]


@words.folds(LabelAdded)
@words.folds(LabelEdited)
def _(room: Room, fact: LabelAdded | LabelEdited, entry: Entry) -> None:
    room.put(Label(fact.id, fact.title))


@words.decides(RemoveLabel)
def _(room: Room, cmd: RemoveLabel, who: Who) -> list[Fact]:
    return [] if room.need(Label, cmd.id).gone else [LabelRemoved(cmd.id)]


@words.folds(LabelRemoved)
def _(room: Room, fact: LabelRemoved, entry: Entry) -> None:
    for question in _labelled(room, fact.id):
        put(room, msgspec.structs.replace(question, label=None))
    room.put(msgspec.structs.replace(room.need(Label, fact.id), gone=True))


def _labelled(room: Room, own_id: str) -> list[Question]:
    return [question for question in room.all(Question) if question.label == own_id]


@words.decides(PutLabel)
def _(room: Room, cmd: PutLabel, who: Who) -> list[Fact]:
    question = room.need(Question, cmd.id)
    if cmd.label is not None:
        _need(room, cmd.label)
    return [] if question.label == cmd.label else [Labelled(cmd.id, cmd.label)]


@words.folds(Labelled)
def _(room: Room, fact: Labelled, entry: Entry) -> None:
    put(room, msgspec.structs.replace(room.need(Question, fact.id), label=fact.label))


def _touches(room: Room, fact: LabelAdded | LabelEdited | LabelRemoved) -> list[str]:
    return [f"label:{fact.id}", *(question.address for question in _labelled(room, fact.id))]


@words.takes_back(LabelAdded, LabelEdited, LabelRemoved, of=_touches)
def _(room: Room, before: Before, mark: Mark) -> None:
    for name, thing in before.items():
        now = room.named(name)
        if isinstance(thing, Question):
            put(room, msgspec.structs.replace(room.need(Question, thing.id), label=thing.label))
        elif thing is not None:
            room.put(thing)
        elif isinstance(now, Label):
            for question in _labelled(room, now.id):
                put(room, msgspec.structs.replace(question, label=None))
            room.drop(now)
