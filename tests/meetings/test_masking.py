"""Personal data out of public text: what is covered, and what looks like it and stays."""

from pathlib import Path

from meetings.masking import masked

GOLDEN = [
    line.split("\t")
    for line in Path(__file__).with_name("masking.tsv").read_text(encoding="utf-8").splitlines()
    if line and not line.startswith("#")
]
COVERED = [pair for pair in GOLDEN if len(pair) == 2]
LOOK_ALIKES = [pair[0] for pair in GOLDEN if len(pair) == 1]


def test_personal_data_is_covered_in_every_way_it_is_written():
    assert len(COVERED) >= 250
    assert [(raw, masked(raw)) for raw, public in COVERED if masked(raw) != public] == []


def test_what_only_looks_like_personal_data_stays():
    assert len(LOOK_ALIKES) >= 100
    assert [(text, masked(text)) for text in LOOK_ALIKES if masked(text) != text] == []


def test_what_is_covered_stays_covered():
    assert [public for _, public in COVERED if masked(public) != public] == []


def test_two_things_in_one_line_are_both_covered():
    assert (
        masked("我叫老马，住3号楼1单元501，电话13800138000") == "我叫老马，住3号楼1单元***，电话138****8000"
    )
