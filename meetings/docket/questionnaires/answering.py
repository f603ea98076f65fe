"""Answers to a questionnaire: one sheet a household, by phone from somebody who proved its door, or on paper.

Who of a household answers first speaks for it and may change the answers until the close. What was answered stands
in the record under the server's key alone.
"""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from meetings.asking import Answer, check_answers
from meetings.docket.questionnaires.questionnaire import (
    Opened,
    Questionnaire,
    change,
    doors,
    doors_of,
)
from meetings.docket.questionnaires.sealing import sealed
from meetings.docket.roster import Roster
from meetings.docket.words import DESK, words
from meetings.kernel import ANYTIME, Command, Entity, Entry, Eye, Fact, Refused, Room, Who
from meetings.people import NAMED
from meetings.text import REASON_LIMIT, check_id, clean, clean_line

PAPER_NUMBER_LIMIT = 24
CHANGES_MOST = 20
"""So often a household changes its answers: every change is a line of the record."""
Channel = Literal["online", "paper"]


class Fill(Command, frozen=True, tag="questionnaire.answer"):
    """Answer for the household behind a door this person has proved. `answers` follow the questions: an option's
    place from 0, places of several, a step or a number, words, or null. Given again with another id before the close
    they replace the ones before, from whoever answered first, twenty times at most.
    """

    may, when = NAMED, ANYTIME
    id: str
    questionnaire: str
    unit: str
    answers: list[Answer]


class Enter(Command, frozen=True, tag="questionnaire.enter"):
    """Enter a sheet of paper that came back: its number and the household. One household is not entered twice, and
    not where it has answered by phone.
    """

    may, when = DESK, ANYTIME
    id: str
    questionnaire: str
    unit: str
    number: str
    answers: list[Answer]


class Discard(Command, frozen=True, tag="questionnaire.discard"):
    """Take back a sheet of paper that was entered wrongly, with the reason, before the close."""

    may, when = DESK, ANYTIME
    id: str
    questionnaire: str
    reason: str


class See(Command, frozen=True, tag="questionnaire.see"):
    """Look at which households have answered, to call on the others. The desk may; each look is a line of the record."""

    may, when = DESK, ANYTIME
    id: str


class Filled(Fact, frozen=True, tag="questionnaire.answered"):
    id: str
    questionnaire: str
    unit: str
    sealed: str


class Entered(Fact, frozen=True, tag="questionnaire.entered"):
    id: str
    questionnaire: str
    unit: str
    number: str
    sealed: str


class Discarded(Fact, frozen=True, tag="questionnaire.discarded"):
    id: str
    questionnaire: str
    reason: str


class SheetsSeen(Fact, frozen=True, tag="questionnaire.seen"):
    id: str


class Filed(msgspec.Struct, frozen=True):
    """One household's sheet as it stands: who gave it, when, and its answers under the key."""

    id: str
    unit: str
    person: str
    at: int
    channel: Channel
    sealed: str
    number: str = ""

    def name(self, questionnaire: str) -> str:
        """What the seal is bound to."""
        return sheet_name(questionnaire, self.unit, self.id)


class Box(Entity, frozen=True):
    """The sheets of a questionnaire by the number of the unit. Grows in place; for no pair of eyes."""

    kind = "questionnaire_box"
    id: str
    places: dict[str, str]
    filed: dict[str, Filed] = msgspec.field(default_factory=dict)
    turns: dict[str, int] = msgspec.field(default_factory=dict)
    used: dict[str, str] = msgspec.field(default_factory=dict)

    def seen_by(self, eye: Eye) -> dict[str, Any] | None:
        return None


class PaperSheet(Entity, frozen=True):
    """A sheet of paper that was entered, for the desk: which, of which household, by whom. Never what it says."""

    kind = "questionnaire_sheet"
    id: str
    questionnaire: str
    unit: str
    number: str
    entered_by: str
    entered_at: int
    state: str = "entered"
    reason: str | None = None

    def seen_by(self, eye: Eye) -> dict[str, Any] | None:
        return None if eye is Eye.PUBLIC else msgspec.structs.asdict(self)


def sheet_name(questionnaire: str, unit: str, own_id: str) -> str:
    """What a seal is bound to: this sheet of this household, in this questionnaire."""
    return f"{questionnaire}\0{unit}\0{own_id}"


def own_doors(room: Room, held: Questionnaire, who: Who) -> list[str]:
    """The households of a questionnaire whose door this person has proved: as owner, or as who lives there."""
    proved = who.homes | ({who.unit} if who.unit is not None and who.proved else frozenset())
    return [line.number for line in doors_of(room, held).values() if line.place in proved]


def open_at(held: Questionnaire, at: int) -> None:
    """Refuse `not_open` outside the window, both ends of which belong to it, by the server's clock."""
    if held.opened_at is None or held.closes_at is None:
        raise Refused("not_found")
    if held.state == "withdrawn":
        raise Refused("not_open", why="questionnaire_withdrawn")
    if held.state != "open" or at > held.closes_at:
        raise Refused("not_open", why="questionnaire_closed", closed_at=held.closes_at)


@words.folds(Opened)
def _(room: Room, fact: Opened, entry: Entry) -> None:
    held = room.need(Questionnaire, fact.id)
    found = doors(room.need(Roster, fact.roster).version(fact.version))
    change(
        room,
        held,
        state="open",
        roster=fact.roster,
        version=fact.version,
        households=len(found),
        opened_at=entry.at,
        closes_at=fact.closes_at,
        channels={"online": 0, "paper": 0},
    )
    room.put(Box(fact.id, {number: line.place for number, line in found.items()}))


def _sheet(room: Room, cmd: Fill | Enter, who: Who) -> tuple[Questionnaire, Box, str]:
    """The questionnaire, its box, and the answers under the key; `not_found` where it was never opened."""
    check_id(cmd.id)
    held = room.need(Questionnaire, cmd.questionnaire)
    box = room.get(Box, cmd.questionnaire)
    if box is None:
        raise Refused("not_found")
    if cmd.unit not in box.places:
        raise Refused("not_found", why="not_a_household")
    answers = check_answers(held.questions, cmd.answers)
    return held, box, sealed(who.seal, sheet_name(held.id, cmd.unit, cmd.id), answers)


def _sent_again(box: Box, cmd: Fill | Enter, who: Who, told: tuple[str, str]) -> bool:
    """Whether this very sheet stands already. Refuses `taken` where the id was used for anything else."""
    filed = box.filed.get(cmd.unit)
    if filed is not None and filed.id == cmd.id:
        if (filed.person, filed.number, filed.sealed) != (who.person, *told):
            raise Refused("taken")
        return True
    if cmd.id in box.used:
        raise Refused("taken")
    return False


@words.decides(Fill)
def _(room: Room, cmd: Fill, who: Who) -> list[Fact]:
    held, box, secret = _sheet(room, cmd, who)
    if cmd.unit not in own_doors(room, held, who):
        raise Refused("unverified", why="not_your_door")
    if _sent_again(box, cmd, who, ("", secret)):
        return []
    open_at(held, who.at)
    filed = box.filed.get(cmd.unit)
    if filed is not None and (filed.person != who.person or filed.channel == "paper"):
        raise Refused("taken", why="household_answered", at=filed.at, channel=filed.channel)
    if box.turns.get(cmd.unit, 0) > CHANGES_MOST:
        raise Refused("too_large", why="changed_often", limit=CHANGES_MOST)
    return [Filled(cmd.id, cmd.questionnaire, cmd.unit, secret)]


@words.folds(Filled)
def _(room: Room, fact: Filled, entry: Entry) -> None:
    _file(room, fact.questionnaire, Filed(fact.id, fact.unit, entry.by, entry.at, "online", fact.sealed))


def _file(room: Room, questionnaire: str, filed: Filed) -> None:
    box = room.need(Box, questionnaire)
    held = room.need(Questionnaire, questionnaire)
    more = filed.unit not in box.filed
    box.filed[filed.unit] = filed
    box.turns[filed.unit] = box.turns.get(filed.unit, 0) + 1
    box.used[filed.id] = filed.unit
    if more:
        channels = held.channels | {filed.channel: held.channels.get(filed.channel, 0) + 1}
        change(room, held, answered=held.answered + 1, channels=channels)


@words.decides(Enter)
def _(room: Room, cmd: Enter, who: Who) -> list[Fact]:
    number = clean_line(cmd.number, PAPER_NUMBER_LIMIT, "number")
    held, box, secret = _sheet(room, cmd, who)
    if _sent_again(box, cmd, who, (number, secret)):
        return []
    open_at(held, who.at)
    filed = box.filed.get(cmd.unit)
    if filed is not None:
        raise Refused("taken", why="household_answered", at=filed.at, channel=filed.channel)
    if any(one.number == number for one in box.filed.values()):
        raise Refused("taken", why="paper_entered")
    return [Entered(cmd.id, cmd.questionnaire, cmd.unit, number, secret)]


@words.folds(Entered)
def _(room: Room, fact: Entered, entry: Entry) -> None:
    filed = Filed(fact.id, fact.unit, entry.by, entry.at, "paper", fact.sealed, fact.number)
    _file(room, fact.questionnaire, filed)
    room.put(PaperSheet(fact.id, fact.questionnaire, fact.unit, fact.number, entry.by, entry.at))


@words.decides(Discard)
def _(room: Room, cmd: Discard, who: Who) -> list[Fact]:
    held = room.need(Questionnaire, cmd.questionnaire)
    paper = room.need(PaperSheet, cmd.id)
    reason = clean(cmd.reason, REASON_LIMIT, "reason")
    if paper.questionnaire != cmd.questionnaire:
        raise Refused("not_found")
    if paper.state == "discarded":
        return []
    open_at(held, who.at)
    return [Discarded(cmd.id, cmd.questionnaire, reason)]


@words.folds(Discarded)
def _(room: Room, fact: Discarded, entry: Entry) -> None:
    paper = room.need(PaperSheet, fact.id)
    room.put(msgspec.structs.replace(paper, state="discarded", reason=fact.reason))
    held = room.need(Questionnaire, fact.questionnaire)
    room.need(Box, fact.questionnaire).filed.pop(paper.unit, None)
    channels = held.channels | {"paper": held.channels["paper"] - 1}
    change(room, held, answered=held.answered - 1, channels=channels)


@words.decides(See)
def _(room: Room, cmd: See, who: Who) -> list[Fact]:
    if room.need(Questionnaire, cmd.id).opened_at is None:
        raise Refused("not_found")
    return [SheetsSeen(cmd.id)]


@words.folds(SheetsSeen)
def _(room: Room, fact: SheetsSeen, entry: Entry) -> None:
    """A look changes nothing; the line itself is what is kept."""
