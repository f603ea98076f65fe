"""Commands drawn from the vocabulary by lot: whatever a noun brings is drawn as soon as the noun exists."""

from __future__ import annotations

import functools
from random import Random
from typing import Any

from msgspec import inspect as shapes

import meetings
from meetings import Eye, Room
from meetings.people import BADGES
from meetings.questions import on_air
from server.web.words import CHOICES
from tests.meetings.cast import EVERYBODY, uid

PERSONS = [who.id for who in EVERYBODY if who.id]
BADGED = [who.id for who in EVERYBODY if who.plate in BADGES]
TEXTS = ["物业费怎么算？", "我电话13800138000，住3号楼1单元501室", "灯坏了", "a", "👍🏻 好"]
SECRETS = ["13800138000", "501室"]
PEOPLE = frozenset({"person", "by", "speaker", "lead", "to"})
TIMES = frozenset({"until", "at", "starts_at", "publish_on"})

NOUNS = ("agenda", "question", "answer", "comment", "poll", "caption", "outcome", "label")
POINTS_AT = {
    "question": "question",
    "into": "question",
    "order": "question",
    "label": "label",
    "item": "agenda",
    "after": "agenda",
}
WORDED = frozenset({"poll.draft.question", "poll.edit.question"})
"""Fields that hold words under the name of a reference."""
MAKES = frozenset({"add", "ask", "start", "write", "post", "draft", "say", "record"})
"""Verbs that come with the id of something new."""

# Each ends the meeting's life or a voice in it: drawn as often as the rest, nothing else would be reached.
SELDOM = frozenset("meeting.end meeting.cancel meeting.postpone meeting.publish person.dismiss".split())
OFTEN = frozenset(
    "question.ask question.upvote question.call comment.post poll.answer poll.open answer.start question.merge "
    "stage.raise stage.wait stage.take stage.invite desk.undo".split()
)


@functools.cache
def _weighed() -> list[str]:
    words = sorted(meetings.words.commands)
    return [word for word in words for _ in range(1 if word in SELDOM else 60 if word in OFTEN else 20)]


@functools.cache
def _shape(word: str) -> shapes.StructType:
    shape = shapes.type_info(meetings.words.commands[word])
    assert isinstance(shape, shapes.StructType)
    return shape


def drawn(random: Random, room: Room, now: int, word: str | None = None) -> dict[str, Any]:
    """Any command of the vocabulary (or of this word), about things that are there for the most part."""
    word = word or random.choice(_weighed())
    order = {"type": word}
    for field in _shape(word).fields:
        if field.required or random.random() < 0.3:
            order[field.name] = _value(random, room, now, f"{word}.{field.name}", field.type)
    return order


def _value(random: Random, room: Room, now: int, place: str, shape: shapes.Type) -> Any:
    noun, verb, name = place.split(".")
    if name == "seen":
        return random.choice([room.seq, room.seq, 0])
    if place == "desk.undo.of":
        return room.seq - random.randrange(3)
    if place == "desk.undo.thing":
        return random.choice([name for deed in room.deeds() for name in deed.names] or TEXTS)
    again = functools.partial(_value, random, room, now)
    match shape:
        case shapes.LiteralType(values=values):
            return random.choice(values)
        case shapes.BoolType():
            return random.random() < 0.7
        case shapes.IntType():
            return random.choice([now - 1_000, now, now + 604_800_000] if name in TIMES else [0, 1, 2, 5, 60])
        case shapes.UnionType(types=types):
            return again(place, random.choice(types))
        case shapes.NoneType():
            return None
        case shapes.ListType(item_type=item) | shapes.VarTupleType(item_type=item):
            return [again(place, item) for _ in range(random.randint(0, 3))]
        case shapes.StructType(fields=fields):
            return {one.name: again(f"{noun}.{verb}.{one.name}", one.type) for one in fields}
    if place in CHOICES:
        return random.choice(CHOICES[place])
    if place in {"question.assign.to", "answer.start.by"}:
        return random.choice(BADGED)
    if name in PEOPLE:
        return random.choice(PERSONS)
    talked_of = on_air(room)
    if place in {"answer.start.question", "question.finish.id"} and talked_of is not None:
        return talked_of.id
    if (name == "id" or name in POINTS_AT) and place not in WORDED:
        return _id(random, room, POINTS_AT.get(name, noun), new=name == "id" and verb in MAKES)
    return random.choice(["会议", "田秀兰"] if "name" in name else TEXTS)


def _id(random: Random, room: Room, noun: str, *, new: bool) -> str:
    kind = "agenda_item:" if noun == "agenda" else f"{noun}:"
    there = [name.removeprefix(kind) for name in room.patch(0, Eye.STAFF) if name.startswith(kind)]
    if there and not new and random.random() < 0.9:
        return random.choice(there)
    return uid(0x100 * (NOUNS.index(noun) + 1 if noun in NOUNS else 9) + random.randrange(40))
