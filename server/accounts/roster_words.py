"""The words a roster file may use, and what each stands for. They stand in `roster_words.toml`; none stands here."""

from __future__ import annotations

import tomllib
import unicodedata
from functools import cache
from pathlib import Path

WORDS = Path(__file__).parent / "roster_words.toml"


@cache
def words() -> dict[str, dict[str, str]]:
    """Per group, what each accepted word stands for."""
    groups = tomllib.loads(WORDS.read_text("utf-8"))
    return {
        group: {plain(word): meaning for meaning, accepted in meanings.items() for word in accepted}
        for group, meanings in groups.items()
    }


def plain(text: str) -> str:
    """A text as words are compared: full-width and spaced forms, capitals and small letters are one."""
    return unicodedata.normalize("NFKC", text).replace(" ", "").lower()


def is_minors(remark: str) -> bool:
    """Whether a remark says that an owner is under age."""
    return any(word in plain(remark) for word in words()["minor"])
