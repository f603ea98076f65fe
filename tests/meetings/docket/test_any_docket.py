"""What holds for every command of a docket, in any order, by anybody; and for anything that is no command."""

import json
from random import Random

import msgspec
import pytest
from msgspec import inspect as shapes

import meetings
from meetings import Entry, Eye, Refused
from meetings.docket import words
from meetings.kernel import SYSTEM, word_of
from tests.meetings.cast import DAY, uid
from tests.meetings.docket import asked
from tests.meetings.docket.assembly import (
    CHAIR,
    CLERK,
    CLOSES,
    ESTATE,
    LAWYER,
    MOTION,
    ONE,
    OPENS,
    OTHER,
    RECORD,
    ROSTER,
    SECRETARY,
    SUPERVISORS,
    THIRD,
    Assembly,
    nine,
)

LOOKS = {"ballots.see", "sheet.see", "questionnaire.see"}
"""Not acts: every look is written down, the same look twice as well."""
PEOPLE = (CHAIR, SECRETARY, LAWYER, ONE, OTHER, THIRD, CLERK, SYSTEM, "p-stranger", "p-agent")
OWNERS = tuple(f"p-业主1-1-{place}01" for place in range(1, 10))
JUNK = (None, True, -1, 0, 2**63, 1.5, "", " ", "x" * 70_000, "\u202e", "\x00", [], {}, [[]], {"a": 1}, "1e9")
WORDS = sorted(words.commands)


ASKED = {
    "questionnaire": [asked.QUESTIONNAIRE],
    "questions": [asked.QUESTIONS],
    "answers": [asked.ANSWERS, asked.of_every_kind(1)],
    "closes_at": [OPENS + DAY, CLOSES],
    "meeting": ["meeting:m1"],
    "item": [uid(5), uid(6)],
}
"""What a questionnaire's commands are drawn with."""


def fields_of(word):
    return shapes.type_info(words.commands[word]).fields


def drawn(lot, held, word):
    """A command of this word, about things that are there for the most part."""
    told = {"type": word}
    for field in fields_of(word):
        if field.required or lot.random() < 0.3:
            told[field.name] = value(lot, held, word, field)
    return told


def value(lot, held, word, field):
    pool = {
        "roster": [ROSTER],
        "motion": [MOTION],
        "estate": [ESTATE],
        "unit": [line.number for line in held.lines],
        "lines": [msgspec.to_builtins(nine())],
        "version": [1, 2],
        "item": [1, 5, 6, 8],
        "item_class": ["general", "special"],
        "opens_at": [OPENS],
        "closes_at": [CLOSES],
        "extends_to": [None, CLOSES + DAY],
        "until": [OPENS + DAY],
        "supervisors": [SUPERVISORS],
        "committee_told": [True],
        "nonce": [f"{lot.getrandbits(128):032x}"],
        "round": [1, 2],
        "digest": ["0" * 64],
        "principal": ["业主1-1-101"],
        "agent": ["p-agent"],
        "by": ["业主1-1-101", "业主1-1-201"],
        "number": ["Z1", "Z2", "Z3"],
        "name": ["吴小军"],
        "proxy": [uid(0x60)],
        "dispute": [uid(0x70), uid(0x71)],
        "scope_building": [None],
        "scope_stair": [None],
        "source": ["规则"],
    }
    if word.startswith("questionnaire.") and field.name in ASKED:
        return lot.choice(ASKED[field.name])
    if word.startswith("questionnaire.") and field.name == "id":
        sheet = word.split(".")[1] in {"answer", "enter", "discard"}
        return lot.choice([uid(0x950 + place) for place in range(4)] if sheet else [asked.QUESTIONNAIRE])
    if field.name == "id":
        noun = {"motion": [MOTION], "ballots": [MOTION], "roster": [ROSTER], "rules": [uid(3)]}.get(
            word.split(".")[0], [uid(0x60 + place) for place in range(6)]
        )
        if word in {"roster.object", "roster.answer"}:
            noun = [uid(0x50), uid(0x51)]
        return lot.choice(noun)
    if field.name in pool:
        return lot.choice(pool[field.name])
    shape = field.type
    while isinstance(shape, shapes.UnionType):
        shape = lot.choice(shape.types)
    match shape:
        case shapes.LiteralType(values=values):
            return lot.choice(values)
        case shapes.BoolType():
            return lot.random() < 0.5
        case shapes.IntType():
            return lot.choice([1, 5, 15, 60])
        case shapes.NoneType():
            return None
    return lot.choice(["面积不符", "补充说明"])


def everything(held):
    people = (*PEOPLE, *OWNERS)
    return [held.room.patch(0, eye) for eye in Eye], [held.room.own(person, 0) for person in people]


@pytest.mark.parametrize("seed", range(40))
def test_any_commands_in_any_order(seed):
    lot = Random(seed)
    held = Assembly()
    for start in ("drafted", "checked", "noticed", "open")[: lot.randint(0, 4)][-1:]:
        getattr(held, start)(**({"revote": "last"} if lot.random() < 0.5 else {}))
    seen = {eye: ({}, 0) for eye in Eye}
    for _ in range(150):
        if lot.random() < 0.06:
            held.at(
                lot.choice([held.now + DAY, held.now + 1, max(held.now, OPENS), max(held.now, CLOSES + 1)])
            )
        told = drawn(lot, held, lot.choice(WORDS))
        kind = words.commands[told["type"]]
        able = [person for person in (*PEOPLE, *OWNERS) if held.who(person).roles & kind.may]
        person = lot.choice(able if lot.random() < 0.9 and able else (*PEOPLE, *OWNERS))
        before = (held.room.seq, everything(held))
        fields = {name: field for name, field in told.items() if name != "type"}
        try:
            held.give(person, told["type"], **fields)
        except Refused as refusal:
            assert refusal.code in meetings.text.REFUSALS
            assert (held.room.seq, everything(held)) == before
            continue
        assert person == SYSTEM or held.who(person).roles & kind.may
        if told["type"] not in LOOKS:
            at = held.room.seq
            try:
                assert held.give(person, told["type"], **fields) == [], f"{told} twice is not once"
            except Refused:
                assert held.room.seq == at
        held.due()
        for eye, (drawn_so_far, since) in seen.items():
            for name, view in held.room.patch(since, eye).items():
                drawn_so_far.pop(name, None) if view is None else drawn_so_far.update({name: view})
            seen[eye] = (drawn_so_far, held.room.seq)
            assert drawn_so_far == held.room.patch(0, eye)
    again = meetings.new_room(RECORD)
    for entry in held.entries:
        fact = again.words.fact(word_of(type(entry.fact)), msgspec.json.encode(entry.fact))
        again.apply(Entry(entry.seq, entry.at, entry.by, fact))
    assert [again.patch(0, eye) for eye in Eye] == [held.room.patch(0, eye) for eye in Eye]


@pytest.mark.parametrize("word", WORDS)
def test_what_is_no_such_command_is_refused_and_never_breaks(word):
    lot = Random(word)
    held = Assembly().open()
    for person in (SECRETARY, CHAIR, CLERK, ONE, LAWYER, OWNERS[0], SYSTEM):
        for field in fields_of(word):
            for junk in JUNK:
                told = drawn(lot, held, word) | {field.name: junk}
                try:
                    json.dumps(told)
                    held.give(
                        person, **{"word" if name == "type" else name: one for name, one in told.items()}
                    )
                except Refused as refusal:
                    assert refusal.code in meetings.text.REFUSALS
        for extra in ({"weight": 1}, {"person": "p"}, {"seal": "k"}, {"at": 1}):
            command = drawn(lot, held, word) | extra
            if set(extra) & {field.name for field in fields_of(word)}:
                continue
            with pytest.raises(Refused, match="unclear"):
                held.room.words.command(command)
