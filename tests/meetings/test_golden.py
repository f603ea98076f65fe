"""Old records still say what they said, and words once spoken are never unsaid."""

from __future__ import annotations

import json

import pytest

import meetings
from meetings import Eye, Refused
from meetings.kernel import Erased
from server.web import words
from tests.golden.make import HERE, public, replayed

RECORDS = sorted(HERE.glob("*.jsonl"))


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record.stem)
def test_a_golden_record_replays_to_its_stored_room(record):
    room = replayed(record.read_text().splitlines())
    assert json.loads(public(room)) == json.loads(record.with_suffix(".room.json").read_text())


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record.stem)
def test_a_record_with_an_erased_line_still_replays(record):
    lines = record.read_text().splitlines()
    for place in range(len(lines)):
        room = meetings.new_room("meeting:erased")
        for number, text in enumerate(lines):
            told = json.loads(text)
            kept = json.dumps(told["data"]).encode() if number != place else b""
            fact = meetings.words.fact(told["type"], kept)
            assert isinstance(fact, Erased) is (number == place)
            room.apply(meetings.Entry(told["seq"], told["at"], told["by"], fact))
        assert room.patch(0, Eye.PUBLIC)


def test_words_and_their_fields_only_grow():
    """`words.json` lists what some record may hold: add to it, never take away."""
    golden = json.loads((HERE / "words.json").read_text())
    told = words.words()
    now = {
        "facts": told["facts"],
        "commands": {word: list(one["fields"]) for word, one in told["commands"].items()},
    }
    for kind, known in golden.items():
        for word, fields in known.items():
            assert word in now[kind], f"{word} was said before"
            assert set(fields) <= set(now[kind][word]), f"{word} lost a field"
    assert golden == now, "new words: add them to tests/golden/words.json"


def test_a_fact_nobody_ever_said_is_not_read():
    with pytest.raises((KeyError, Refused)):
        meetings.words.fact("question.shouted", b"{}")
