"""What a person is told of their own affairs, kept to be read later under 消息: warnings, mutes, decisions, appeals.

Seen by its receiver alone. Says what happened in words of the record; the sentences stand in the catalogues.
"""

from __future__ import annotations

from typing import Any

import msgspec

from meetings.kernel import Entity, Entry, Eye, Room
from meetings.masking import masked
from meetings.people import words
from meetings.undo import Undone

TEXT_KEPT = 40
"""Characters of a question or comment that a message quotes, so that its receiver knows which one is meant."""


class Message(Entity, frozen=True):
    """One thing a person was told. `about` is the address of what it speaks of, `word` what became of it.

    `withdrawn`: the desk took back within seconds what it tells of. It was told, so it is not made to disappear.
    """

    kind = "message"
    id: str
    person: str
    at: int
    word: str
    about: str | None = None
    text: str | None = None
    reason: str | None = None
    answer: str | None = None
    until: int | None = None
    seconds: int | None = None
    withdrawn: bool = False

    @property
    def owner(self) -> str | None:
        return self.person

    def seen_by(self, eye: Eye) -> dict[str, Any] | None:
        return None

    def seen_by_owner(self) -> dict[str, Any] | None:
        return {
            "id": self.id,
            "at": self.at,
            "word": self.word,
            "about": self.about,
            "text": self.text,
            "reason": self.reason,
            "answer": self.answer,
            "until": self.until,
            "seconds": self.seconds,
            "withdrawn": self.withdrawn,
        }


def tell(room: Room, entry: Entry, person: str, word: str, about: Entity | None = None, **more: Any) -> None:
    """Leave a message for a person. Of several from one line each has its own id."""
    n = 0
    while room.get(Message, f"{entry.seq}.{n}") is not None:
        n += 1
    address = about.address if about is not None else None
    room.put(Message(f"{entry.seq}.{n}", person, entry.at, word, address, **more))


def quoted(raw: str) -> str:
    """The beginning of a text, as a message quotes it: masked, on one line."""
    text = " ".join(masked(raw).split())
    return text if len(text) <= TEXT_KEPT else text[:TEXT_KEPT] + "…"


@words.folds(Undone)
def _(room: Room, fact: Undone, entry: Entry) -> None:
    """What was told by the line taken back, and by those right before it that were part of the same act."""
    seq, deed = fact.of, room.deed(fact.of)
    act = (deed.mark.at, deed.mark.by) if deed is not None else None
    while deed is not None and deed.undone and (deed.mark.at, deed.mark.by) == act:
        n = 0
        while (message := room.get(Message, f"{seq}.{n}")) is not None:
            room.put(msgspec.structs.replace(message, withdrawn=True))
            n += 1
        seq -= 1
        deed = room.deed(seq)
