"""The words told to programs, screens and people are those the nouns speak."""

from __future__ import annotations

import json
import re

import meetings
from meetings import tally
from meetings.people import ROLES
from meetings.text import REFUSALS
from server.setup import ROOT
from server.web import addresses, words

TOLD = words.words()


def test_every_command_says_who_may_when_and_what_for():
    assert TOLD["commands"].keys() == meetings.words.commands.keys() | meetings.docket.words.commands.keys()
    for word, command in TOLD["commands"].items():
        assert command["help"].endswith((".", ")")), word
        assert set(command["may"]) <= ROLES, word
        assert set(command["when"]) <= set(words.PHASES), word
        assert command["may"], word


def test_every_noun_brings_its_things():
    kinds = (
        "meeting person agenda_item question score slip queue answer comment discussion poll caption outcome stream "
        "seat stage audience recording findings rules roster objection motion proxy paper service "
        "questionnaire questionnaire_sheet review halt penalty label"
    )
    assert set(TOLD["kinds"]) == set(kinds.split())
    assert "raw" not in TOLD["kinds"]["question"]["public"]
    assert "person" not in TOLD["kinds"]["comment"]["public"]
    assert TOLD["kinds"]["seat"]["public"] == []


def test_every_choice_belongs_to_a_field():
    for place in words.CHOICES:
        word, _, field = place.rpartition(".")
        assert field in TOLD["commands"][word]["fields"], place


def test_every_refusal_has_its_meaning_and_its_sentence_in_both_languages():
    assert list(TOLD["refusals"]) == list(REFUSALS)
    for language in ("zh-CN", "en"):
        words_of = ROOT / "server" / "locale" / language
        # What the desk alone is refused is said at the desk alone: everybody else need not load it.
        said = "\n".join((words_of / file).read_text() for file in ("refusals.ftl", "desk.ftl"))
        spoken = set(re.findall(r"^refused-([a-z-]+) *=", said, re.MULTILINE))
        assert not {code.replace("_", "-") for code in REFUSALS} - spoken, language


def test_every_reason_a_docket_gives_has_its_meaning():
    given = set(tally.REASONS)
    others = [ROOT / "server" / "dockets.py", ROOT / "meetings" / "asking.py"]
    for file in [*(ROOT / "meetings" / "docket").rglob("*.py"), *others]:
        given |= set(re.findall(r'(?:why=|return |raise refusal\()"([a-z]+(?:_[a-z]+)*)"', file.read_text()))
    assert given == set(TOLD["reasons"])


def test_the_manual_names_every_command_and_the_screens_know_them():
    manual, screens = words.protocol(), words.typescript()
    for word in TOLD["commands"]:
        assert f"### `{word}`" in manual
        assert f"'{word}': " in screens


def test_the_addresses_point_only_at_what_is_described():
    document = addresses.openapi()
    schemas = document["components"]["schemas"]
    pointed = set(re.findall(r'"#/components/schemas/([^"]+)"', json.dumps(document)))
    assert pointed <= schemas.keys()
    assert len(pointed) >= len(TOLD["commands"])
