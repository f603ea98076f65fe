"""What was public and was taken away is gone: from every screen, address, caption, archive and download."""

from __future__ import annotations

from pathlib import Path

import pytest

from meetings.transcript import Caption
from tests.crowd import takedown
from tests.crowd.takedown import ONLY_LIVE, WAYS, measure


async def test_what_is_taken_away_is_gone_everywhere(tmp_path: Path) -> None:
    took = await measure(tmp_path)
    assert {name.partition(": ")[2] for name in took if name.startswith("live")} == {*WAYS, *ONLY_LIVE}
    assert {name for name in took if name.startswith("archive")} >= {
        f"archive: {name}"
        for name in ("comment removed", "name corrected", "answer corrected", "caption corrected")
    }


async def test_a_place_that_keeps_it_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rightly = Caption.seen_by
    monkeypatch.setattr(
        Caption, "seen_by", lambda caption, eye: (rightly(caption, eye) or {}) | {"text": caption.first}
    )
    monkeypatch.setattr(takedown, "PATIENCE", 3.0)
    monkeypatch.setattr(takedown, "WAYS", {"caption corrected": WAYS["caption corrected"]})
    monkeypatch.setattr(takedown, "ONLY_LIVE", {})
    with pytest.raises(AssertionError, match="still at"):
        await measure(tmp_path)
