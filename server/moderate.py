"""`python3 -m server moderate FILE`: what the moderation desk would do with these lines, so that a community can
tune its lists on last year's comments. The same code as live; opens no database.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from meetings.masking import masked
from server.moderation.likeness import LIKE, likeness
from server.moderation.lists import Phrase, default, fit, of_lines, read_text
from server.moderation.sieve import Sieve

WRONG_USE = 2


class Wrong(Exception):
    """What was given cannot be read; the text is the one line to show."""


class _Pair(msgspec.Struct):
    a: str
    b: str


def main(file: str | None, words: str | None, like: str | None) -> int:
    """Print a JSON line for each line of `file` (a verdict) or of `like` (a likeness); 2 where one cannot be read."""
    try:
        if like is not None:
            _print(_likenesses(_read(like)))
        if file is not None:
            _print(_verdicts(_read(file), Sieve([*default(), *_list(words)])))
    except Wrong as wrong:
        return _complain(str(wrong))
    except BrokenPipeError:
        return 0
    if file is None and like is None:
        return _complain("name a file of lines, - for standard input, or give --like FILE")
    return 0


def _verdicts(text: str, sieve: Sieve) -> Iterator[dict[str, Any]]:
    for line in _lines(text):
        finding = sieve.look(line)
        hits = msgspec.to_builtins(finding.hits)
        yield {"verdict": finding.verdict, "public": masked(line), "hits": hits}


def _likenesses(text: str) -> Iterator[dict[str, Any]]:
    for number, line in enumerate(_lines(text), 1):
        if not line.strip():
            continue
        try:
            pair = msgspec.json.decode(line, type=_Pair)
        except (msgspec.DecodeError, UnicodeError) as error:
            raise Wrong(f'line {number} is not like {{"a": …, "b": …}}: {error}') from None
        score = likeness(pair.a, pair.b)
        yield {"score": round(score, 4), "like": score >= LIKE, "threshold": LIKE}


def _list(words: str | None) -> list[Phrase]:
    if words is None:
        return []
    kept, unfit = fit(of_lines(_read(words)))
    for one in unfit:
        _complain(f"{words}: phrase {one.line} ({one.text}) left out: {one.why}")
    return kept


def _lines(text: str) -> list[str]:
    """Lines end where files end them; U+2028 and its like are signs within a line, and tried as such."""
    lines = text.replace("\r\n", "\n").split("\n")
    return lines[:-1] if lines and not lines[-1] else lines


def _read(file: str) -> str:
    try:
        return read_text(sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes())
    except OSError as error:
        raise Wrong(f"{file}: {error.strerror}") from None
    except ValueError as error:
        raise Wrong(f"{file}: {error}") from None


def _print(answers: Iterator[dict[str, Any]]) -> None:
    # UTF-8 whatever the terminal's locale: these are documents, not messages.
    for answer in answers:
        sys.stdout.buffer.write(json.dumps(answer, ensure_ascii=False).encode("utf-8", "replace") + b"\n")
    sys.stdout.buffer.flush()


def _complain(line: str) -> int:
    told = "".join(char if char.isprintable() else ascii(char)[1:-1] for char in line)
    print(f"moderate: {told}", file=sys.stderr)
    return WRONG_USE
