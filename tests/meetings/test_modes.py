"""先审后发 keeps its word: of what nobody approved, neither text nor name reaches anybody else's eyes, by any command."""

from __future__ import annotations

import json
from contextlib import suppress
from random import Random
from typing import Any

import msgspec
import pytest

import meetings
from meetings import Eye, Refused
from meetings.kernel import SYSTEM, word_of
from tests.meetings.cast import EVERYBODY, PLATED, PLATFORM, RESIDENTS, SHI_LAN, Council, Somebody, live, uid
from tests.meetings.orders import SELDOM, drawn

COUNCILS, TURNS = 20, 500
SAYS = frozenset({"question.ask", "comment.post"})
SHOWS = frozenset(
    "question.approve question.merge question.convert question.decide comment.approve comment.decide desk.undo "
    "question.answer answer.write".split()
)
"""By these a member of the staff lets something out, or takes back that it was kept in."""
LOOSENS = frozenset({"review.switch", "meeting.set"})
SPEAKERS = (*RESIDENTS, *(who for who in PLATED if who.plate not in {"secretary", "host", "moderator"}))


class Secret:
    """One text and one name nobody has approved, as they stand in the record."""

    def __init__(self, number: int, by: Somebody, name: str) -> None:
        self.name = name
        self.by = by
        self.text = f"密{number:06d}语"
        self.nick = f"名{number:06d}号"


def _speak(council: Council, lot: Random, number: int) -> Secret | None:
    """Somebody writes a text no other has, under a name no other has."""
    who = lot.choice(SPEAKERS)
    noun = lot.choice(["question", "comment"])
    secret = Secret(number, who, f"{noun}:{uid(0x9000 + number)}")
    own = who.at(council.now)
    who_now = msgspec.structs.replace(
        own, labels=dict.fromkeys(("real", "building", "anonymous"), secret.nick)
    )
    order = {"type": "question.ask" if noun == "question" else "comment.post", "id": uid(0x9000 + number)}
    more = {"kind": "ask"} if noun == "question" else {}
    command = meetings.words.command({**order, **more, "text": secret.text})
    try:
        facts = council.room.decide(command, who_now)
    except Refused:
        return None
    for fact in facts:
        council.fold(fact, who.id)
    return secret


def _told(council: Council, but: str) -> str:
    """Everything that reaches anybody but the staff and this person."""
    room = council.room
    views: list[Any] = [room.patch(0, Eye.PUBLIC), room.patch(max(room.seq - 5, 1), Eye.PUBLIC)]
    views += [room.own(who.id, 0) for who in EVERYBODY if who.id and who.id != but]
    return json.dumps(views, ensure_ascii=False)


@pytest.mark.parametrize("seed", range(COUNCILS))
def test_in_pre_review_nothing_unapproved_is_told_whatever_else_happens(seed: int) -> None:
    lot = Random(seed)
    council = live().given(SHI_LAN, "meeting.set", unproved_may_speak=True)
    council.given(SHI_LAN, "meeting.set", review_questions="before", review_comments="before")
    secrets: list[Secret] = []
    for number in range(TURNS):
        council.later(lot.choice([1, 700, 15_000]))
        if lot.random() < 0.5:
            said = _speak(council, lot, number)
            secrets += [said] if said is not None else []
        order = drawn(lot, council.room, council.now)
        early = number < TURNS * 0.8
        if order["type"] in SHOWS | LOOSENS | SAYS or (early and order["type"] in SELDOM):
            continue
        who = lot.choice(EVERYBODY)
        with suppress(Refused):
            council.give(who, order.pop("type"), **order)
        for command in meetings.due(council.room, council.now):
            for fact in council.room.decide(command, PLATFORM.at(council.now)):
                council.fold(fact, SYSTEM)
        assert {word_of(type(entry.fact)) for entry in council.entries[-3:]}.isdisjoint(
            {"comment.approved", "question.approved"}
        )
    assert len(secrets) >= TURNS // 100
    for secret in secrets:
        told = _told(council, but=secret.by.id)
        assert secret.text not in told, secret.name
        assert secret.nick not in told, secret.name


def test_what_is_approved_is_told_so_that_the_search_above_finds_what_there_is() -> None:
    lot, council = (
        Random(1),
        live().given(SHI_LAN, "meeting.set", review_questions="before", review_comments="before"),
    )
    said = next(one for number in range(50) if (one := _speak(council, lot, number)) is not None)
    assert said.text not in _told(council, but=said.by.id)
    noun, _, own_id = said.name.partition(":")
    council.given(SHI_LAN, f"{noun}.approve", id=own_id)
    assert said.text in _told(council, but=said.by.id)
    assert said.nick in _told(council, but=said.by.id)
