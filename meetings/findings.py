"""What the households answered before the meeting, shown at an agenda item: sums of a questionnaire, with their bases.

Brought by the platform from the community's docket, which this noun does not know. Binds nobody and decides nothing. A
text taken back there is taken down here as well, after the end too.
"""

from __future__ import annotations

from hashlib import sha256
from typing import Any

import msgspec

from meetings.agenda import need_item
from meetings.asking import SAID_LIMIT, Item, Sum, check_items, told
from meetings.kernel import SYSTEM, Command, Entity, Entry, Eye, Fact, Refused, Room, Who
from meetings.meeting import AFTER, BEFORE, TALKING
from meetings.people import words
from meetings.text import TITLE_LIMIT, check_id, check_time, clean, clean_line

FINDINGS_MOST = 20


class Text(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A text the desk let through, masked, and the question's place from 0."""

    question: int
    text: str


class Bring(Command, frozen=True, tag="findings.bring"):
    """Bring the results of a questionnaire to an agenda item, or bring them anew. The platform does, until the end.

    `households` were asked, `answered` of them answered, `paper` of these on paper.
    """

    may, when = frozenset({SYSTEM}), BEFORE | TALKING
    id: str
    item: str
    title: str
    households: int
    answered: int
    paper: int
    counted_at: int
    questions: list[Item]
    sums: list[Sum]
    texts: list[Text] = []


class TakeDown(Command, frozen=True, tag="findings.take_down"):
    """Take a text down that the desk of the docket no longer lets through, by its question and its words. The
    platform does, also after the end.
    """

    may, when = frozenset({SYSTEM}), BEFORE | TALKING | AFTER
    id: str
    question: int
    text: str


class Brought(Fact, frozen=True, tag="findings.brought"):
    id: str
    item: str
    title: str
    households: int
    answered: int
    paper: int
    counted_at: int
    questions: tuple[Item, ...]
    sums: tuple[Sum, ...]
    texts: tuple[Text, ...] = ()


class TakenDown(Fact, frozen=True, tag="findings.taken_down"):
    """`text` is the digest of the words: taken down, they are not written once more."""

    id: str
    question: int
    text: str


class Findings(Entity, frozen=True):
    """The results of one questionnaire at the agenda item they belong to."""

    kind = "findings"
    id: str
    item: str
    title: str
    households: int
    answered: int
    paper: int
    counted_at: int
    questions: tuple[Item, ...] = ()
    sums: tuple[Sum, ...] = ()
    texts: tuple[Text, ...] = ()

    def seen_by(self, eye: Eye) -> dict[str, Any] | None:
        return {
            "id": self.id,
            "item": self.item,
            "title": self.title,
            "households": self.households,
            "answered": self.answered,
            "paper": self.paper,
            "counted_at": self.counted_at,
            "results": self.results,
        }

    @property
    def results(self) -> list[dict[str, Any]]:
        """Questions with their sums and the texts that may be read."""
        found = told(self.questions, self.sums)
        for place, one in enumerate(found):
            one["texts"] = [said.text for said in self.texts if said.question == place]
        return found


@words.decides(Bring)
def _(room: Room, cmd: Bring, who: Who) -> list[Fact]:
    check_id(cmd.id)
    need_item(room, cmd.item)
    check_time(cmd.counted_at, "counted_at")
    questions = check_items(cmd.questions)
    if len(cmd.sums) != len(questions):
        raise Refused("unclear", field="sums")
    if not 0 <= cmd.paper <= cmd.answered <= cmd.households:
        raise Refused("unclear", field="answered")
    if any(not 0 <= one.answered <= cmd.answered for one in cmd.sums):
        raise Refused("unclear", field="sums")
    if any(not 0 <= one.question < len(questions) for one in cmd.texts):
        raise Refused("unclear", field="texts")
    brought = Brought(
        cmd.id,
        cmd.item,
        clean_line(cmd.title, TITLE_LIMIT, "title"),
        cmd.households,
        cmd.answered,
        cmd.paper,
        cmd.counted_at,
        questions,
        tuple(cmd.sums),
        tuple(Text(one.question, clean(one.text, SAID_LIMIT)) for one in cmd.texts),
    )
    held = room.get(Findings, cmd.id)
    if held == _findings(brought):
        return []
    if held is None and room.count(Findings.kind) >= FINDINGS_MOST:
        raise Refused("too_large", limit=FINDINGS_MOST)
    return [brought]


def _findings(fact: Brought) -> Findings:
    return Findings(**msgspec.structs.asdict(fact))


@words.folds(Brought)
def _(room: Room, fact: Brought, entry: Entry) -> None:
    room.put(_findings(fact))


def _digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()


@words.decides(TakeDown)
def _(room: Room, cmd: TakeDown, who: Who) -> list[Fact]:
    held = room.need(Findings, cmd.id)
    stands = any((one.question, one.text) == (cmd.question, cmd.text) for one in held.texts)
    return [TakenDown(cmd.id, cmd.question, _digest(cmd.text))] if stands else []


@words.folds(TakenDown)
def _(room: Room, fact: TakenDown, entry: Entry) -> None:
    held = room.need(Findings, fact.id)
    gone = (fact.question, fact.text)
    left = tuple(one for one in held.texts if (one.question, _digest(one.text)) != gone)
    room.put(msgspec.structs.replace(held, texts=left))
