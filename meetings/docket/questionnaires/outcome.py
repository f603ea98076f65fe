"""After the close: the platform counts, the desk reads texts before they are shown, the sums go to a meeting.

What stands in the record from then on are sums, and texts without a name, a door or an order that tells them.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import msgspec

from meetings.asking import Answer, Sum, legible, sums_of
from meetings.docket.questionnaires.answering import Box
from meetings.docket.questionnaires.questionnaire import Carried, Questionnaire, Said, change, is_theirs
from meetings.docket.questionnaires.sealing import opened, text_name
from meetings.docket.words import CHAIR, COMMUNITY, DESK, words
from meetings.kernel import ANYTIME, SYSTEM, Command, Entry, Fact, Refused, Room, Who
from meetings.text import check_id, check_person

CARRIED_MOST = 10
_STATES = {True: "shown", False: "held"}


class Count(Command, frozen=True, tag="questionnaire.count"):
    """Count a questionnaire whose window is over. The platform does; nobody sees a single sheet."""

    may, when = frozenset({SYSTEM}), ANYTIME
    id: str


class Read(Command, frozen=True, tag="questionnaire.read"):
    """Say of a text somebody wrote whether everybody may read it. The desk does, after the close, and may change its
    mind; so does a chair for what they drafted and for an estate they live in.
    """

    may, when = DESK | CHAIR, ANYTIME
    id: str
    text: str
    shown: bool


class Carry(Command, frozen=True, tag="questionnaire.carry"):
    """Have the results shown at an agenda item of a meeting once they are counted. Given again for the same meeting
    with another item they are shown there. A chair may for what they drafted and for an estate they live in.
    """

    may, when = CHAIR | COMMUNITY, ANYTIME
    id: str
    meeting: str
    item: str


class Arrive(Command, frozen=True, tag="questionnaire.arrive"):
    """Say how the meeting took the results: null, or the code of its refusal. The platform does."""

    may, when = frozenset({SYSTEM}), ANYTIME
    id: str
    meeting: str
    item: str
    refused: str | None = None


class Written(msgspec.Struct, frozen=True):
    """A text as it was written, and the question's place from 0."""

    id: str
    question: int
    text: str


class Counted(Fact, frozen=True, tag="questionnaire.counted"):
    id: str
    sums: tuple[Sum, ...]
    texts: tuple[Written, ...] = ()


class HasRead(Fact, frozen=True, tag="questionnaire.has_read"):
    id: str
    text: str
    shown: bool


class CarriedOver(Fact, frozen=True, tag="questionnaire.carried"):
    id: str
    meeting: str
    item: str


class Arrived(Fact, frozen=True, tag="questionnaire.arrived"):
    id: str
    meeting: str
    item: str
    refused: str | None = None


def due(room: Room, at: int) -> list[Command]:
    """Questionnaires whose window is over by this instant (ms)."""
    return [
        Count(held.id)
        for held in room.all(Questionnaire)
        if held.state == "open" and held.closes_at is not None and held.closes_at < at
    ]


class Bringing(NamedTuple):
    """What has to go to a meeting: its record, the command for it, and all texts that may be read as of now."""

    meeting: str
    command: dict[str, Any]
    texts: list[dict[str, Any]]


def to_bring(room: Room) -> list[Bringing]:
    """What the platform has to bring to meetings now."""
    return [
        Bringing(one.meeting, _findings(held, one.item), _texts(held))
        for held in room.all(Questionnaire)
        if held.state == "counted"
        for one in held.carried
    ]


def _texts(held: Questionnaire) -> list[dict[str, Any]]:
    return [
        {"question": place, "text": text}
        for place, one in enumerate(held.questions)
        if one.kind == "text"
        for text in held.let_through(place)
    ]


def _findings(held: Questionnaire, item: str) -> dict[str, Any]:
    return {
        "type": "findings.bring",
        "id": held.id,
        "item": item,
        "title": held.title,
        "households": held.households,
        "answered": held.answered,
        "paper": held.channels.get("paper", 0),
        "counted_at": held.counted_at,
        "questions": msgspec.to_builtins(held.questions),
        "sums": msgspec.to_builtins(held.sums),
        # Once all are read: each line holds all of them, and one for every text let through would be a square.
        "texts": _texts(held) if held.unread == 0 else [],
    }


@words.decides(Count)
def _(room: Room, cmd: Count, who: Who) -> list[Fact]:
    held = room.need(Questionnaire, cmd.id)
    if held.state == "counted":
        return []
    if held.state != "open" or held.closes_at is None:
        raise Refused("wrong_state", state=held.state)
    if who.at <= held.closes_at:
        raise Refused("not_open", why="questionnaire_open")
    phone: list[tuple[Answer, ...]] = []
    paper: list[tuple[Answer, ...]] = []
    texts: list[Written] = []
    for filed in room.need(Box, cmd.id).filed.values():
        name = filed.name(cmd.id)
        answers = opened(who.seal, name, filed.sealed)
        if answers is None:
            # Another key than the one it was held with: nothing is guessed, nothing is counted.
            raise Refused("unavailable", why="wrong_key")
        (paper if filed.channel == "paper" else phone).append(answers)
        texts += [
            Written(text_name(who.seal, name, place), place, answer)
            for place, answer in enumerate(answers)
            if isinstance(answer, str)
        ]
    texts.sort(key=lambda one: one.id)
    sums = sums_of(held.questions, phone, paper)
    # Not for the desk either: a turn of phrase among four is a name.
    return [Counted(cmd.id, sums, tuple(one for one in texts if not sums[one.question].small))]


@words.folds(Counted)
def _(room: Room, fact: Counted, entry: Entry) -> None:
    held = room.need(Questionnaire, fact.id)
    texts = {
        one.id: Said(one.id, one.question, legible(one.text))
        for one in fact.texts
        if not fact.sums[one.question].small
    }
    change(
        room,
        held,
        state="counted",
        counted_at=entry.at,
        sums=fact.sums,
        texts=texts,
        unread=len(texts),
        let=(0,) * len(held.questions),
    )


def check_reader(room: Room, held: Questionnaire, who: Who) -> None:
    """Refuse `forbidden` whoever may not read the texts before they are shown: all but the desk and a chair of theirs."""
    if room.roles(who) & DESK:
        return
    if not room.roles(who) & CHAIR:
        raise Refused("forbidden")
    is_theirs(room, held, who)


@words.decides(Read)
def _(room: Room, cmd: Read, who: Who) -> list[Fact]:
    held = room.need(Questionnaire, cmd.id)
    check_reader(room, held, who)
    said = held.texts.get(cmd.text)
    if said is None:
        raise Refused("not_found")
    return [] if said.state == _STATES[cmd.shown] else [HasRead(cmd.id, cmd.text, cmd.shown)]


@words.folds(HasRead)
def _(room: Room, fact: HasRead, entry: Entry) -> None:
    held = room.need(Questionnaire, fact.id)
    said = held.texts.get(fact.text)
    if said is None:
        return
    held.texts[fact.text] = msgspec.structs.replace(said, state=_STATES[fact.shown])
    more = fact.shown - (said.state == "shown")
    let = tuple(number + more * (place == said.question) for place, number in enumerate(held.let))
    change(room, held, unread=held.unread - (said.state == "waiting"), let=let)


@words.decides(Carry)
def _(room: Room, cmd: Carry, who: Who) -> list[Fact]:
    held = room.need(Questionnaire, cmd.id)
    is_theirs(room, held, who)
    check_person(cmd.meeting, "meeting")
    if not cmd.meeting.startswith("meeting:"):
        raise Refused("unclear", field="meeting")
    check_id(cmd.item, "item")
    if held.state == "withdrawn":
        raise Refused("wrong_state", state=held.state)
    if any((one.meeting, one.item) == (cmd.meeting, cmd.item) for one in held.carried):
        return []
    if len({one.meeting for one in held.carried} | {cmd.meeting}) > CARRIED_MOST:
        raise Refused("too_large", limit=CARRIED_MOST)
    return [CarriedOver(cmd.id, cmd.meeting, cmd.item)]


@words.folds(CarriedOver)
def _(room: Room, fact: CarriedOver, entry: Entry) -> None:
    held = room.need(Questionnaire, fact.id)
    others = tuple(one for one in held.carried if one.meeting != fact.meeting)
    change(room, held, carried=(*others, Carried(fact.meeting, fact.item)))


@words.decides(Arrive)
def _(room: Room, cmd: Arrive, who: Who) -> list[Fact]:
    held = room.need(Questionnaire, cmd.id)
    state = cmd.refused or "brought"
    found = [one for one in held.carried if (one.meeting, one.item) == (cmd.meeting, cmd.item)]
    if not found:
        raise Refused("not_found")
    # Brought is brought: that the meeting is over meanwhile says nothing about what stands in it.
    if found[0].state == state or (found[0].state, state) == ("brought", "wrong_state"):
        return []
    return [Arrived(cmd.id, cmd.meeting, cmd.item, cmd.refused)]


@words.folds(Arrived)
def _(room: Room, fact: Arrived, entry: Entry) -> None:
    held = room.need(Questionnaire, fact.id)
    state = fact.refused or "brought"
    carried = tuple(
        msgspec.structs.replace(one, state=state)
        if (one.meeting, one.item) == (fact.meeting, fact.item)
        else one
        for one in held.carried
    )
    change(room, held, carried=carried)
