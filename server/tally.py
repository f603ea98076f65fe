"""`python3 -m server tally FILE`: count owners' votes from a document, so that anybody can recount.

Opens no database and asks nobody. What the count rests on stands in docs/decisions/0060-tally.md.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from meetings.tally import document

WRONG_USE = 2


def main(file: str) -> int:
    """Print `{"results": […]}` for the votes of a file, `-` for standard input; 2 where it cannot be counted."""
    try:
        raw = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
        cases = document.read(raw)
    except OSError as error:
        return _complain(f"{file}: {error.strerror}")
    except document.Unreadable as error:
        return _complain(f"{file}: {error}")
    results = []
    for case in cases:
        tally = case.count()
        name = "" if case.id is None else f"{case.id}: "
        for line in case.unread:
            _complain(f"{name}not counted: {line}")
        for flaw in tally.flaws:
            _complain(
                f"{name}invalid roster: {flaw.code}{'' if flaw.unit is None else f', unit {flaw.unit}'}"
            )
        results.append(document.answer(case, tally))
    # UTF-8 whatever the terminal's locale: this is a document, not a message.
    sys.stdout.buffer.write(json.dumps({"results": results}, ensure_ascii=False, indent=1).encode() + b"\n")
    sys.stdout.buffer.flush()
    return 0


def _complain(line: str) -> int:
    """One line on standard error, whatever stands in it."""
    told = "".join(char if char.isprintable() else ascii(char)[1:-1] for char in line)
    print(f"tally: {told}", file=sys.stderr)
    return WRONG_USE
