"""`python3 -m server verify FILE`: check the document of an announced vote, as its page gives it out.

Opens no database and asks nobody: what it says holds without the server that made the document.
"""

from __future__ import annotations

import sys
from pathlib import Path

from meetings.docket import bundle

FOUND_WRONG, WRONG_USE = 1, 2


def main(file: str) -> int:
    """Say what of a document does not agree; 0 where it is whole, 1 where it is not, 2 where it cannot be read."""
    try:
        raw = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
        told = bundle.read(raw)
    except OSError as error:
        return _complain(f"{file}: {error.strerror}", WRONG_USE)
    except ValueError as error:
        return _complain(f"{file}: {error}", WRONG_USE)
    flaws = bundle.flaws_of(told)
    for flaw in flaws:
        _complain(flaw, FOUND_WRONG)
    if flaws:
        return FOUND_WRONG
    counts = [f"{one['number']}: {one['result']['outcome'] or 'poll'}" for one in told["rounds"]]
    print(f"whole: {told['digest']}, counts {', '.join(counts)}, seal {told['seal']}")
    return 0


def _complain(line: str, code: int) -> int:
    """One line on standard error, whatever stands in it."""
    shown = "".join(char if char.isprintable() else ascii(char)[1:-1] for char in line)
    print(f"verify: {shown}", file=sys.stderr)
    return code
