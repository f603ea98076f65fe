"""In pre-review no byte of a text or a name that nobody let in reaches anybody, by any way there is."""

from __future__ import annotations

from pathlib import Path

import pytest

from meetings.comments import Comment
from tests.crowd.leaks import Search, name_sign, scan, sign

MESSAGES, PEOPLE = 120, 4


async def test_nothing_under_review_reaches_anybody(tmp_path: Path) -> None:
    search = await scan(tmp_path, MESSAGES, PEOPLE)
    assert search.leaks == []
    assert search.read == search.let_in != set(), "what was let in must be seen, else the scan sees nothing"
    assert {"guest", "resident", "lawyer", "screen", "technician", "log"} <= search.bytes.keys()


async def test_the_scan_finds_one_leaking_thing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Comment, "seen_by", lambda comment, _eye: comment._card())
    assert (await scan(tmp_path, MESSAGES // 4, PEOPLE)).leaks


def test_a_sign_is_found_whatever_it_is_wrapped_in() -> None:
    search = Search()
    search.look("html", None, f"<p>&quot;{sign(3, 7)}</p>".encode())
    search.look("json", None, f'{{"shown": "\\u4efb{name_sign(3, "n")}"}}'.encode())
    search.look("own", 3, sign(3, 7).encode())
    assert search.leaks == [f"html: {sign(3, 7)}", f"json: {name_sign(3, 'n')}"]
