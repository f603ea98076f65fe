"""A vote as a document, and the word `tally` of the command line: what is read, what is refused, what is printed."""

import json
import subprocess
from pathlib import Path

import pytest

from meetings.tally import document
from server import setup
from server import tally as word

EXAMPLES = Path(__file__).parent / "examples.json"


def vote(**changed):
    whole = {
        "item": 4,
        "units": [{"unit": "1", "area": "100.00", "owners": ["甲"]}],
        "ballots": [{"unit": "1", "by": "甲", "choice": "agree", "at": "2026-06-01T09:00:00+08:00"}],
    }
    return {name: value for name, value in {**whole, **changed}.items() if value != "left out"}


def unit(**changed):
    return vote(units=[{**vote()["units"][0], **changed}])


def ballot(**changed):
    return vote(ballots=[{**vote()["ballots"][0], **changed}])


WINDOW = {"open": "2026-06-01T09:00:00+08:00", "close": "2026-06-20T18:00:00+08:00"}


def tally(*words, given=b""):
    """The command, as somebody types it."""
    return subprocess.run(
        [setup.PYTHON, "-m", "server", "tally", *words],
        cwd=setup.ROOT,
        input=given,
        capture_output=True,
        timeout=60,
        env={"PATH": "/usr/bin:/bin", "LC_ALL": "C"},
    )


def test_the_examples_are_answered_as_they_say():
    done = tally(EXAMPLES)
    assert done.returncode == 0
    assert done.stderr.splitlines() == [
        b"tally: P14: invalid roster: no_area",
        b"tally: E13: invalid roster: area_unknown, unit E13-002",
    ]
    examples = json.loads(EXAMPLES.read_text("utf-8"))["vectors"]
    assert json.loads(done.stdout) == {"results": [{"id": one["id"], **one["expect"]} for one in examples]}


def test_one_vote_on_standard_input_is_answered_without_an_id():
    done = tally("-", given=b"\xef\xbb\xbf" + json.dumps(vote(id=None)).encode())
    (answer,) = json.loads(done.stdout)["results"]
    assert (answer["id"], answer["outcome"], answer["agree_area"]) == (None, "passed", "100.00")


def test_what_plays_no_part_is_named_and_the_count_goes_on():
    told = vote(
        id="甲\n乙",
        served_units=["9"],
        authorisations=[
            {**dict.fromkeys(("unit", "principal", "agent"), "8"), "kind": "proxy", "written": True}
        ],
    )
    told["ballots"][0]["weight"] = 3
    told["polcy"] = {}
    done = tally("-", given=json.dumps(told).encode())
    assert done.returncode == 0
    assert done.stderr.decode().splitlines() == [
        "tally: 甲\\n乙: not counted: the field 'polcy'",
        "tally: 甲\\n乙: not counted: the field 'weight' of ballots",
        "tally: 甲\\n乙: not counted: served_units: '9' is not on the roster",
        "tally: 甲\\n乙: not counted: authorisations: '8' is not on the roster",
    ]


def test_why_a_roster_cannot_be_counted_is_said():
    done = tally("-", given=json.dumps(unit(area=None)).encode())
    assert (done.returncode, done.stderr) == (0, b"tally: invalid roster: area_unknown, unit 1\n")
    assert json.loads(done.stdout)["results"] == [
        {"id": None, "item_class": "general", "outcome": "invalid_roster", "rejected_ballots": []}
    ]


@pytest.mark.parametrize("words", [("/nowhere/at/all",), ("/",), ("-",), ()])
def test_broken_input_is_one_line_and_exit_code_2(words):
    done = tally(*words, given=b'{"item": 4}')
    assert (done.returncode, done.stdout) == (2, b"")
    assert len(done.stderr.splitlines()) == 1 or b"usage:" in done.stderr
    assert b"Traceback" not in done.stderr


BROKEN = {
    "empty": b"",
    "not utf-8": '{"item": 4}'.encode("utf-16"),
    "gbk": '{"甲": 1}'.encode("gbk"),
    "cut": b'{"item": 4',
    "a list": b"[]",
    "a number": b"4",
    "nested": b"[" * 100_000,
    "a number without end": b'{"item": ' + b"9" * 5_000 + b"}",
    "vectors no list": b'{"vectors": {}}',
    "vector no object": b'{"vectors": [4]}',
    "policy of the document": b'{"default_policy": 3, "vectors": [{"item": 4, "units": [], "ballots": []}]}',
    "a choice twice": json.dumps(vote()).replace('"agree"', '"agree", "choice": "against"').encode(),
    "item missing": vote(item="left out"),
    "item 10": vote(item=10),
    "item text": vote(item="4"),
    "item yes": vote(item=True),
    "item with a point": vote(item=4.0),
    "units missing": vote(units="left out"),
    "ballots missing": vote(ballots="left out"),
    "ballots null": vote(ballots=None),
    "area as number": unit(area=100),
    "area with a point": unit(area=100.5),
    "area with unit": unit(area="89.12㎡"),
    "area negative": unit(area="-1.00"),
    "area too fine": unit(area="100.001"),
    "area missing": vote(units=[{"unit": "1", "owners": ["甲"]}]),
    "owners as text": unit(owners="甲"),
    "owner without name": unit(owners=[""]),
    "unit without number": unit(unit=""),
    "status unknown": unit(status="sold"),
    "kind unknown": unit(kind="garden"),
    "no developer": unit(status="unsold"),
    "choice unknown": ballot(choice="maybe"),
    "two choices": ballot(choice=["agree", "against"]),
    "by nobody": ballot(by=None),
    "policy unknown": vote(policy={"non_returned": "absent"}),
    "policy value": vote(policy={"nonreturned": "follow"}),
    "policy number": vote(policy={"count_parking": 1}),
    "policy list": vote(policy=[]),
    "window without close": vote(window={"open": WINDOW["open"]}),
    "window unknown": vote(window={**WINDOW, "grace": "1h"}),
    "window backwards": vote(window={"open": WINDOW["close"], "close": WINDOW["open"]}),
    "window no time": vote(window={**WINDOW, "close": "tomorrow"}),
    "window without offset": vote(window={**WINDOW, "close": "2026-06-20T18:00:00"}),
    "window too fine": vote(window={**WINDOW, "close": "2026-06-20T18:00:00.0000001+08:00"}),
    "no 31 June": vote(window={**WINDOW, "close": "2026-06-31T18:00:00+08:00"}),
    "ballot without time": {**ballot(at=None), "window": WINDOW},
    "written unsaid": vote(authorisations=[{"unit": "1", "principal": "甲", "agent": "乙", "kind": "proxy"}]),
    "kind of paper": vote(
        authorisations=[{"unit": "1", "principal": "甲", "agent": "乙", "kind": "friend", "written": True}]
    ),
    "served text": vote(served_units="1"),
    "scope number": vote(scope_building=1),
    "stairway of no building": vote(scope_stair="1"),
    "id a number": vote(id=7),
}


@pytest.mark.parametrize("broken", BROKEN.values(), ids=BROKEN)
def test_what_cannot_be_understood_in_one_way_is_refused_in_one_line(broken, tmp_path, capfd):
    file = tmp_path / "vote.json"
    file.write_bytes(broken if isinstance(broken, bytes) else json.dumps(broken).encode())
    assert word.main(str(file)) == 2
    said = capfd.readouterr()
    assert said.out == ""
    (line,) = said.err.splitlines()
    assert line.startswith(f"tally: {file}: ")


def test_a_vote_among_many_is_named_by_its_id_or_its_place():
    for changed, name in (({"id": "P07"}, "P07: "), ({}, r"vectors\[1\]: ")):
        many = {"vectors": [vote(), {**vote(item=11), **changed}]}
        with pytest.raises(document.Unreadable, match=f"^{name}.*item"):
            document.read(json.dumps(many).encode())


def test_the_policy_of_a_document_holds_where_a_vote_declares_none():
    many = {"default_policy": {"revote": "last"}, "vectors": [vote(), vote(policy={"revote": "reject"})]}
    assert [case.policy.revote for case in document.read(json.dumps(many).encode())] == ["last", "reject"]


def test_times_of_different_offsets_are_the_same_instants():
    late = {**ballot(at="2026-06-20T10:00:00.000001Z"), "window": WINDOW}
    (case,) = document.read(json.dumps(late).encode())
    assert [one.reason for one in case.count().refused] == ["after_close"]
