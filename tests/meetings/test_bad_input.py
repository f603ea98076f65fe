"""Hostile and broken commands, over all there are: a refusal code of the protocol, and nothing stored."""

from __future__ import annotations

import json
from random import Random

import msgspec
import pytest
from msgspec import inspect as shapes

import meetings
from meetings import Eye, Refused
from meetings.text import REFUSALS
from tests.meetings.cast import EVERYBODY, SU_MIN, Somebody, announced, asked, ended, live, uid
from tests.meetings.orders import drawn

WORDS = sorted(meetings.words.commands)
ANYBODY = Somebody("p-any", "谁", frozenset().union(*(kind.may for kind in meetings.words.commands.values())))
TURNED = "说明\u202e文字"
HALF = "半\ud83d字"
TALL = "字" * 10_000


@pytest.fixture(scope="module")
def council():
    """Nothing here may change it, so one is enough for all."""
    council = live()
    asked(council)
    return council


def fields_of(word):
    return shapes.type_info(meetings.words.commands[word]).fields


def sample(word, council, seed=1):
    """A well-formed command of this word, with every field."""
    lot = Random(seed)
    order = {}
    while order.keys() != {"type", *(field.name for field in fields_of(word))}:
        order = {"type": word} | {
            name: held
            for seen in [drawn(lot, council.room, council.now, word)]
            for name, held in {**order, **seen}.items()
        }
    return order


def refuse(council, data):
    """What this is refused with; that it is not stored is looked at besides."""
    before = (council.room.seq, council.sees_all(Eye.STAFF))
    try:
        facts = council.room.decide(meetings.words.command(data), ANYBODY.at(council.now))
    except Refused as refusal:
        assert refusal.code in REFUSALS
        assert len(json.dumps(refusal.detail)) < 2_000
        return refusal.code
    finally:
        assert (council.room.seq, council.sees_all(Eye.STAFF)) == before
    return facts


@pytest.mark.parametrize("word", WORDS)
def test_a_missing_field_is_unclear(word, council):
    order = sample(word, council)
    for field in fields_of(word):
        if field.required:
            assert (
                refuse(council, {name: held for name, held in order.items() if name != field.name})
                == "unclear"
            )


@pytest.mark.parametrize("word", WORDS)
def test_an_unknown_field_is_unclear(word, council):
    assert refuse(council, sample(word, council) | {"at_once": True}) == "unclear"
    assert refuse(council, sample(word, council) | {"by_person": "p-su"}) == "unclear"


@pytest.mark.parametrize("word", WORDS)
def test_a_field_of_another_type_is_unclear(word, council):
    order = sample(word, council)
    for field in fields_of(word):
        for wrong in ({"a": 1}, 1.5, [[]], [{"x": None}]):
            assert refuse(council, order | {field.name: wrong}) == "unclear"


@pytest.mark.parametrize("hostile", [TURNED, HALF, TALL, "\x00", "a\x1bb", "\ufeff\u200e"])
@pytest.mark.parametrize("word", WORDS)
def test_a_text_that_disturbs_others_is_never_stored(word, hostile, council):
    order = sample(word, council)
    for field in fields_of(word):
        answer = refuse(council, order | {field.name: hostile})
        if isinstance(answer, str):
            continue
        kept = b"".join(msgspec.json.encode(fact) for fact in answer).decode()
        assert hostile[:40] not in kept, f"{word}.{field.name}"
        assert json.dumps(hostile, ensure_ascii=False)[1:-1][:40] not in kept, f"{word}.{field.name}"


@pytest.mark.parametrize("word", WORDS)
def test_hostile_texts_in_lists_are_never_stored(word, council):
    order = sample(word, council)
    for field in fields_of(word):
        for hostile in (TURNED, TALL):
            for wrapped in (
                [hostile, hostile],
                [{"name": hostile, "text": hostile}],
                [{"law": hostile, "article": "1"}],
            ):
                answer = refuse(council, order | {field.name: wrapped})
                if not isinstance(answer, str):
                    kept = b"".join(msgspec.json.encode(fact) for fact in answer).decode()
                    assert hostile[:40] not in kept, f"{word}.{field.name}"


@pytest.mark.parametrize("word", WORDS)
def test_a_number_out_of_all_measure_is_never_stored(word, council):
    order = sample(word, council)
    for field in fields_of(word):
        for wild in (-1, 2**53, 2**63, -(2**63), 10**30):
            answer = refuse(council, order | {field.name: wild})
            if not isinstance(answer, str):
                kept = b"".join(msgspec.json.encode(fact) for fact in answer).decode()
                assert str(wild) not in kept, f"{word}.{field.name} = {wild}"


@pytest.mark.parametrize(
    "word",
    [word for word in WORDS if any(field.name == "id" for field in fields_of(word)) and word != "raw.see"],
)
def test_an_id_of_nothing_here_or_of_no_shape(word, council):
    when = meetings.words.commands[word].when
    council = ended() if when and "live" not in when else council
    for wrong in ("", "x", "../../etc/passwd", uid(0xABC).upper(), uid(1) + "0", "０" * 36):
        assert refuse(council, sample(word, council) | {"id": wrong}) in {"unclear", "not_found"}


@pytest.mark.parametrize(
    "data",
    [None, [], "question.ask", 7, {}, {"type": None}, {"type": "question.asked"}, {"type": "x" * 9_999}],
)
def test_what_is_no_command_is_unclear(data, council):
    assert refuse(council, data) == "unclear"


def test_something_nested_too_deep_is_unclear(council):
    deep: object = []
    for _ in range(100_000):
        deep = [deep]
    assert refuse(council, {"type": "question.ask", "id": deep}) == "unclear"


def test_nobody_gets_anything_stored_in_a_phase_that_is_over():
    council = live()
    council.given(SU_MIN, "meeting.end")
    for word in WORDS:
        kind = meetings.words.commands[word]
        if kind.when and "ended" not in kind.when:
            assert refuse(council, sample(word, council)) in ("wrong_state", [])


def test_before_the_lobby_nobody_talks():
    council = announced()
    for word in ("comment.post", "poll.answer", "caption.say", "answer.start", "stream.live"):
        assert refuse(council, sample(word, council)) == "wrong_state"


@pytest.mark.parametrize("word", WORDS)
def test_a_role_that_may_not_is_forbidden(word, council):
    order = sample(word, council)
    kind = meetings.words.commands[word]
    for who in EVERYBODY:
        asking = who.at(council.now)
        if who.id != "system" and not council.room.roles(asking) & kind.may:
            with pytest.raises(Refused, match="forbidden"):
                council.room.decide(meetings.words.command(order), asking)
