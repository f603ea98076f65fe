"""Every `why` of a docket is told in both languages: what is wrong, and what to do."""

import re

import pytest

from server import setup
from server.web import language
from server.web.reasons import REASONS

REFUSED = re.compile(r"why=\"([a-z_]+)\"")


def key(reason: str) -> str:
    return "why-" + reason.replace("_", "-")


@pytest.mark.parametrize("lang", ["zh-CN", "en"])
def test_every_why_says_what_is_wrong_and_what_to_do(lang: str) -> None:
    lacking = [
        one for one in REASONS for words in (key(one), key(one) + "-do") if not language.has(lang, words)
    ]

    assert not lacking


def test_every_why_a_docket_can_give_stands_in_the_table() -> None:
    files = [*(setup.ROOT / "meetings/docket").rglob("*.py"), setup.ROOT / "server/dockets.py"]
    given = {found for file in files for found in REFUSED.findall(file.read_text())}

    assert given
    assert given <= REASONS.keys()
