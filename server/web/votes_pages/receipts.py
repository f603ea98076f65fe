"""The public list of a closed vote as a page, and one receipt code looked up in it.

The list names neither unit nor choice; the list of an anonymous poll names choices and nobody's.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from dataclasses import dataclass
from typing import Any

from meetings.docket import Motion, Urn
from meetings.docket.counting import public_list
from meetings.kernel import Refused, Room

KEPT = 16
"""Lists held in memory. A list that can be read changes by a correction alone, which adds a line."""
SHOWN = 2_000
"""Codes a page writes out; whoever wants a longer list takes the file."""
_LETTERS = re.compile(r"[A-Z2-7]{16}")
_NAME = re.compile(r"[0-9a-f]{64}")
# What base32 has no sign for is what a reader mistook for one that it has.
_MISREAD = str.maketrans("018", "OIB")


@dataclass(frozen=True)
class Receipts:
    """The list of one vote. `lines` are receipts, or the slips of a poll; `anonymous` says which."""

    root: str
    lines: list[dict[str, Any]]
    anonymous: bool

    def find(self, wanted: str) -> dict[str, Any] | None:
        """The line of a code, or of the whole name of a leaf or slip."""
        keys = ("slip",) if self.anonymous else ("code", "leaf")
        return next((line for line in self.lines for key in keys if line[key] == wanted), None)

    @property
    def shown(self) -> list[dict[str, Any]]:
        """As many as the page writes out."""
        return self.lines[:SHOWN]


def code_in(text: str) -> str | None:
    """The receipt code in what somebody typed, pasted or scanned: a code, a whole name, or an address that ends in
    one. None where there is none.
    """
    plain = text.strip()[-200:].rpartition("#")[2].rpartition("=")[2]
    name = plain.lower()
    if _NAME.fullmatch(name):
        return name
    letters = "".join(char for char in plain.upper() if char.isascii() and char.isalnum()).translate(_MISREAD)
    if not _LETTERS.fullmatch(letters):
        return None
    return "-".join(letters[place : place + 4] for place in range(0, 16, 4))


class Lists:
    """The lists people ask for, each made once."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[str, str, int], Receipts] = OrderedDict()

    def of(self, room: Room, motion: Motion) -> Receipts | None:
        """The list of a vote; None until it is public."""
        urn = room.get(Urn, motion.id)
        name = (room.record, motion.id, len(urn.held) if urn is not None else 0)
        held = self._kept.get(name)
        if held is None:
            held = _made(room, motion)
            if held is None:
                return None
            self._kept[name] = held
            if len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        self._kept.move_to_end(name)
        return held


def _made(room: Room, motion: Motion) -> Receipts | None:
    try:
        told = public_list(room, motion)
    except Refused:
        return None
    anonymous = "slips" in told
    return Receipts(told["root"], told["slips" if anonymous else "receipts"], anonymous)
