"""What a text, a name and an id may be. Refuses what would disturb other readers; changes as little as it can."""

from __future__ import annotations

import re
import unicodedata

from meetings.kernel import Refused

QUESTION_LIMIT = 200
COMMENT_LIMIT = 200
NAME_LIMIT = 24
ANSWER_LIMIT = 4_000
TITLE_LIMIT = 80
REASON_LIMIT = 200
LATEST = 4_102_444_800_000
"""The end of 2099, ms since 1970."""

REFUSALS = (
    "unclear too_large too_fast forbidden not_found not_open wrong_state taken own_question slow_down "
    "muted unverified merge_cycle changed too_late busy unavailable storage_full"
).split()
"""Every code a command may be refused with (DESIGN 4.1)."""

_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
_NAME_OF_SOMEBODY = re.compile(r"[A-Za-z0-9._:-]{1,64}")
# Letters, marks, digits are looked up by category; these are the signs real names carry: 阿依古丽·买买提, O’Neill.
_NAME_SIGNS = frozenset(" ·•.-’'")
# Embeddings, overrides, isolates and marks turn the text of others around on screens, in logs and in exports.
_DIRECTION = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_JOINER = "\u200d"


def graphemes(text: str) -> int:
    """How many characters a reader would count: marks, joined emoji and flags count with what they belong to."""
    count = 0
    joined = flag = False
    for char in text:
        if joined:
            joined = False
            continue
        if char == _JOINER:
            joined = True
            continue
        if unicodedata.category(char) in {"Mn", "Me", "Cf"} or 0x1F3FB <= ord(char) <= 0x1F3FF:
            continue
        if 0x1F1E6 <= ord(char) <= 0x1F1FF:
            flag = not flag
            if not flag:
                continue
        else:
            flag = False
        count += 1
    return count


def clean(text: str, limit: int, field: str = "text") -> str:
    """A text as it is kept: NFC, trimmed, line breaks as LF. Refuses `unclear` and `too_large`."""
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n")).strip()
    if not text:
        raise Refused("unclear", field=field)
    if len(text) > limit * 8 or graphemes(text) > limit:
        raise Refused("too_large", field=field, limit=limit)
    for char in text:
        if char in _DIRECTION or (unicodedata.category(char) in {"Cc", "Cs", "Co"} and char != "\n"):
            raise Refused("unclear", field=field)
    return text


def clean_line(text: str, limit: int, field: str) -> str:
    """The same for a text of one line."""
    return clean(" ".join(text.split()) if text.isprintable() or "\n" in text else text, limit, field)


def clean_name(text: str, field: str = "name") -> str:
    """A person's name as it is kept. Refuses `unclear` for anything a name does not hold, such as `<`."""
    name = clean(text, NAME_LIMIT, field)
    for char in name:
        if char not in _NAME_SIGNS and unicodedata.category(char)[0] not in "LMN":
            raise Refused("unclear", field=field)
    return name


def check_id(own_id: str, field: str = "id") -> str:
    """An id as the maker of a thing chose it: UUIDv7 as text, so that ids sort by time and never meet."""
    if not _ID.fullmatch(own_id):
        raise Refused("unclear", field=field)
    return own_id


def check_person(person: str, field: str = "person") -> str:
    """A person's id as the server makes them. Whether there is such a person is not known here."""
    if not _NAME_OF_SOMEBODY.fullmatch(person):
        raise Refused("unclear", field=field)
    return person


def check_time(at: int, field: str) -> int:
    """An instant in milliseconds since 1970. One beyond 2099 is a slip of the hand."""
    if not 0 <= at <= LATEST:
        raise Refused("unclear", field=field)
    return at
