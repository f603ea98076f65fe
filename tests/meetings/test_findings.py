"""What households answered before the meeting stands at its agenda item, with its bases."""

import msgspec
import pytest

from meetings import archive
from tests.meetings import cast
from tests.meetings.cast import PLATFORM, SHI_LAN, SU_MIN, uid

ITEM, OTHER, OWN = uid(0x501), uid(0x502), uid(0x510)
BROUGHT = {
    "id": OWN,
    "title": "入户征求意见",
    "households": 77,
    "answered": 30,
    "paper": 6,
    "counted_at": 1_778_342_400_000,
    "questions": [
        {"kind": "single", "text": "先办哪一件？", "options": ["电梯", "停车"]},
        {"kind": "text", "text": "还想说什么？"},
    ],
    "sums": [{"answered": 30, "counts": [20, 10]}, {"answered": 7}],
    "texts": [{"question": 1, "text": "晚上太吵。"}],
}


@pytest.fixture
def council():
    held = cast.announced()
    for own_id in (ITEM, OTHER):
        held.given(SHI_LAN, "agenda.add", id=own_id, kind="speech", title="停车", minutes=10)
    return held


def test_the_results_stand_at_their_item_for_everybody(council):
    council.given(PLATFORM, "findings.bring", item=ITEM, **BROUGHT)
    view = council.sees(f"findings:{OWN}")
    assert (view["item"], view["households"], view["answered"], view["paper"]) == (ITEM, 77, 30, 6)
    choice, text = view["results"]
    assert (choice["counts"], choice["percents"], choice["answered"]) == ([20, 10], ["66.7", "33.3"], 30)
    assert text["texts"] == ["晚上太吵。"]


def test_brought_anew_they_stand_as_they_are_now(council):
    council.given(PLATFORM, "findings.bring", item=ITEM, **BROUGHT)
    council.given(PLATFORM, "findings.bring", item=OTHER, **BROUGHT | {"texts": []})
    view = council.sees(f"findings:{OWN}")
    assert (view["item"], view["results"][1]["texts"]) == (OTHER, [])


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"item": uid(0x599)}, "not_found"),
        ({"id": "1"}, "unclear"),
        ({"answered": 78}, "unclear"),
        ({"paper": 31}, "unclear"),
        ({"households": -1}, "unclear"),
        ({"sums": []}, "unclear"),
        ({"sums": [{"answered": 31}, {"answered": 0}]}, "unclear"),
        ({"texts": [{"question": 2, "text": "x"}]}, "unclear"),
        ({"texts": [{"question": 1, "text": "\u202e"}]}, "unclear"),
        ({"questions": []}, "unclear"),
        ({"counted_at": -1}, "unclear"),
        ({"weight": 1}, "unclear"),
    ],
)
def test_what_is_no_result_is_refused(council, wrong, code):
    council.when(PLATFORM, "findings.bring", **{"item": ITEM} | BROUGHT | wrong).refused(code)


def test_nobody_but_the_platform_brings_results_and_nobody_after_the_end(council):
    for person in (SHI_LAN, SU_MIN):
        council.when(person, "findings.bring", item=ITEM, **BROUGHT).refused("forbidden")
    cast.ended().when(PLATFORM, "findings.bring", item=ITEM, **BROUGHT).refused("wrong_state")


def test_the_archive_tells_them_with_their_item_and_bases(council):
    council.given(PLATFORM, "findings.bring", item=ITEM, **BROUGHT)
    (found,) = archive.findings(council.room)
    assert (found.title, found.item, found.households, found.answered) == ("入户征求意见", "停车", 77, 30)
    assert found.results[0]["percents"] == ["66.7", "33.3"]
    assert found.binding == "none"


def test_a_text_taken_back_goes_from_the_archive_too_and_its_words_are_not_written_again(council):
    council.given(PLATFORM, "findings.bring", item=ITEM, **BROUGHT)
    gone = {"id": OWN, "question": 1, "text": "晚上太吵。"}
    council.when(SHI_LAN, "findings.take_down", **gone).refused("forbidden")
    council.when(PLATFORM, "findings.take_down", **gone | {"text": "别的话"}).then()
    council.when(PLATFORM, "findings.take_down", **gone).then("findings.taken_down")
    council.when(PLATFORM, "findings.take_down", **gone).then()
    assert "晚上太吵" not in msgspec.json.encode(council.entries[-1].fact).decode()
    (found,) = archive.findings(council.room)
    assert found.results[1]["texts"] == []
