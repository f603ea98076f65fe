"""What a text, a name and an id may be."""

import pytest

from meetings.kernel import Refused
from meetings.text import check_id, check_person, check_time, clean, clean_name, graphemes
from tests.meetings.cast import uid


@pytest.mark.parametrize(
    ("text", "count"), [("议事", 2), ("e\u0301", 1), ("👍🏻", 1), ("👨‍👩‍👧", 1), ("🇨🇳", 1), ("", 0)]
)
def test_characters_are_counted_as_a_reader_would(text, count):
    assert graphemes(text) == count


def test_a_text_is_trimmed_and_brought_to_one_form():
    assert clean(" e\u0301\r\n二 ", 10) == "é\n二"


@pytest.mark.parametrize("text", ["", " ", "\u202e反", "零\u0000", "\ud800", "\x1b[31m"])
def test_a_text_that_disturbs_others_is_unclear(text):
    with pytest.raises(Refused, match="unclear"):
        clean(text, 10)


def test_a_text_of_one_letter_and_a_thousand_marks_is_too_large():
    with pytest.raises(Refused, match="too_large"):
        clean("e" + "\u0301" * 1_000, 10)


@pytest.mark.parametrize("name", ["阿依古丽·买买提", "O’Neill", "田女士", "Ma Zhicheng 2"])
def test_real_names_are_names(name):
    assert clean_name(name) == name


@pytest.mark.parametrize("name", ["<svg onload>", "a@b", "名\u202e字", "x" * 10_000, "a/b"])
def test_what_no_name_holds_is_refused(name):
    with pytest.raises(Refused):
        clean_name(name)


def test_ids_times_and_persons_have_a_shape():
    assert (check_id(uid(7)), check_person("p-su"), check_time(0, "until")) == (uid(7), "p-su", 0)
    for wrong in (lambda: check_id("7"), lambda: check_person("a b"), lambda: check_time(-1, "until")):
        with pytest.raises(Refused, match="unclear"):
            wrong()
