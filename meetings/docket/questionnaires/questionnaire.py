"""A questionnaire: what is asked of the households of one estate, until when, and how far it has come.

Drafted by the desk, frozen when it is opened together with the version of the roster it goes to. Holds no answer.
"""

from __future__ import annotations

from typing import Any

import msgspec

from meetings.asking import Item, Sum, check_items, shown, told
from meetings.docket.roster import Line, Roster, Snapshot
from meetings.docket.words import CHAIR, COMMUNITY, DAY, words
from meetings.kernel import ANYTIME, Command, Entity, Entry, Eye, Fact, Refused, Room, Who
from meetings.text import REASON_LIMIT, TITLE_LIMIT, check_id, check_person, check_time, clean, clean_line

WHY_LIMIT = 1_000
WINDOW_MOST = 60 * DAY
QUESTIONNAIRES_MOST = 500


class Draft(Command, frozen=True, tag="questionnaire.draft"):
    """Draft a questionnaire for the households of an estate, or draft it anew: whoever drafted it may, until it is
    opened. `text` says what it is for.
    """

    may, when = CHAIR | COMMUNITY, ANYTIME
    id: str
    estate: str
    title: str
    text: str
    questions: list[Item]


class Open(Command, frozen=True, tag="questionnaire.open"):
    """Open a questionnaire to the households of a frozen roster until an instant (ms). From then on nothing of it
    changes. A chair may for what they drafted and for an estate they live in.
    """

    may, when = CHAIR | COMMUNITY, ANYTIME
    id: str
    roster: str
    closes_at: int


class Withdraw(Command, frozen=True, tag="questionnaire.withdraw"):
    """Withdraw a questionnaire that was not counted yet, with the reason. What was answered is never counted."""

    may, when = CHAIR | COMMUNITY, ANYTIME
    id: str
    reason: str


class Drafted(Fact, frozen=True, tag="questionnaire.drafted"):
    id: str
    estate: str
    title: str
    text: str
    questions: tuple[Item, ...]


class Opened(Fact, frozen=True, tag="questionnaire.opened"):
    id: str
    roster: str
    version: int
    closes_at: int


class Withdrawn(Fact, frozen=True, tag="questionnaire.withdrawn"):
    id: str
    reason: str


class Carried(msgspec.Struct, frozen=True):
    """A meeting this goes to: its record and the agenda item. `state` is waiting, brought, or the refusal's code."""

    meeting: str
    item: str
    state: str = "waiting"


class Said(msgspec.Struct, frozen=True):
    """A text somebody wrote, masked: by nobody's name, for the question at this place from 0."""

    id: str
    question: int
    text: str
    state: str = "waiting"


class Questionnaire(Entity, frozen=True):
    """A questionnaire and its sums. `answered` counts households, `channels` how they came.

    `texts` grow old in place and are told by number alone, `unread` and `let` (by question) of them: with the words
    of a whole estate in it, every text let through would draw all others anew.
    """

    kind = "questionnaire"
    id: str
    by: str
    estate: str
    title: str
    text: str
    questions: tuple[Item, ...] = ()
    state: str = "draft"
    drafted_at: int = 0
    roster: str | None = None
    version: int | None = None
    households: int = 0
    opened_at: int | None = None
    closes_at: int | None = None
    answered: int = 0
    channels: dict[str, int] = {}
    counted_at: int | None = None
    sums: tuple[Sum, ...] = ()
    texts: dict[str, Said] = {}
    unread: int = 0
    let: tuple[int, ...] = ()
    carried: tuple[Carried, ...] = ()
    reason: str | None = None

    def seen_by(self, eye: Eye) -> dict[str, Any] | None:
        staff = eye is Eye.STAFF
        if self.opened_at is None and not staff:
            return None
        view: dict[str, Any] = {
            "id": self.id,
            "estate": self.estate,
            "title": self.title,
            "text": self.text,
            "questions": [shown(item) for item in self.questions],
            "state": self.state,
            "roster": self.roster,
            "roster_version": self.version,
            "households": self.households,
            "opened_at": self.opened_at,
            "closes_at": self.closes_at,
            "answered": self.answered,
            "channels": self.channels,
            "counted_at": self.counted_at,
            "results": self.results if self.state == "counted" else None,
            "reason": self.reason,
        }
        if staff:
            view |= {
                "by": self.by,
                "drafted_at": self.drafted_at,
                "carried": msgspec.to_builtins(self.carried),
                "texts": {"all": len(self.texts), "waiting": self.unread},
            }
        return view

    @property
    def results(self) -> list[dict[str, Any]]:
        """Questions with their sums, and how many texts the desk let through."""
        found = told(self.questions, self.sums)
        for one, number in zip(found, self.let, strict=True):
            one["shown"] = number
        return found

    @property
    def written_out(self) -> list[dict[str, Any]]:
        """The same with the words of these texts, for a page."""
        found = self.results
        for place, one in enumerate(found):
            one["texts"] = self.let_through(place)
        return found

    def let_through(self, place: int) -> list[str]:
        """The texts of one question everybody may read, in an order that says nothing about who wrote them."""
        return [one.text for one in self.texts.values() if one.question == place and one.state == "shown"]


def is_theirs(room: Room, held: Questionnaire, who: Who) -> None:
    """Refuse `forbidden` a chair who neither drafted it nor has proved a home in its estate: committees have their
    own estates, and the docket is the community's.
    """
    if held.by == who.person or room.roles(who) & COMMUNITY:
        return
    proved = who.homes | ({who.unit} if who.unit is not None and who.proved else frozenset())
    for roster in room.all(Roster):
        lines = roster.latest.lines if roster.latest is not None else roster.published
        if roster.estate == held.estate and any(line.place in proved for line in lines):
            return
    raise Refused("forbidden", why="other_estate")


def change(room: Room, held: Questionnaire, **fields: Any) -> None:
    """Put a questionnaire with these fields changed."""
    room.put(msgspec.structs.replace(held, **fields))


def doors(snapshot: Snapshot) -> dict[str, Line]:
    """The households of a roster by the number of their unit: whoever lives or works behind one door. A parking
    space is nobody's door, and behind one that was not handed over there is nobody yet.
    """
    lived_in = (line for line in snapshot.lines if line.kind != "parking" and line.status == "delivered")
    return {line.number: line for line in lived_in}


def doors_of(room: Room, held: Questionnaire) -> dict[str, Line]:
    """The households a questionnaire went to. Refuses `not_found` before it has opened."""
    if held.roster is None or held.version is None:
        raise Refused("not_found")
    return doors(room.need(Roster, held.roster).version(held.version))


@words.decides(Draft)
def _(room: Room, cmd: Draft, who: Who) -> list[Fact]:
    check_id(cmd.id)
    estate = check_person(cmd.estate, "estate")
    title = clean_line(cmd.title, TITLE_LIMIT, "title")
    text = clean(cmd.text, WHY_LIMIT)
    questions = check_items(cmd.questions)
    held = room.get(Questionnaire, cmd.id)
    if held is not None:
        if held.by != who.person:
            raise Refused("taken")
        if (held.estate, held.title, held.text, held.questions) == (estate, title, text, questions):
            return []
        if held.state != "draft":
            raise Refused("wrong_state", state=held.state)
    elif room.count(Questionnaire.kind) >= QUESTIONNAIRES_MOST:
        raise Refused("too_large", limit=QUESTIONNAIRES_MOST)
    return [Drafted(cmd.id, estate, title, text, questions)]


@words.folds(Drafted)
def _(room: Room, fact: Drafted, entry: Entry) -> None:
    held = room.get(Questionnaire, fact.id)
    drafted_at = entry.at if held is None else held.drafted_at
    carried = () if held is None else held.carried
    room.put(
        Questionnaire(
            fact.id,
            entry.by,
            fact.estate,
            fact.title,
            fact.text,
            fact.questions,
            drafted_at=drafted_at,
            carried=carried,
        )
    )


@words.decides(Open)
def _(room: Room, cmd: Open, who: Who) -> list[Fact]:
    held = room.need(Questionnaire, cmd.id)
    is_theirs(room, held, who)
    roster = room.need(Roster, cmd.roster)
    check_time(cmd.closes_at, "closes_at")
    if held.opened_at is not None:
        if (held.roster, held.closes_at) != (cmd.roster, cmd.closes_at):
            raise Refused("wrong_state", state=held.state)
        return []
    if held.state != "draft":
        raise Refused("wrong_state", state=held.state)
    if roster.estate != held.estate:
        raise Refused("not_found")
    if roster.latest is None:
        raise Refused("not_open", why="roster_not_frozen")
    if not doors(roster.latest):
        raise Refused("not_open", why="no_households")
    if not who.at < cmd.closes_at <= who.at + WINDOW_MOST:
        raise Refused("unclear", field="closes_at")
    return [Opened(cmd.id, cmd.roster, roster.latest.version, cmd.closes_at)]


@words.decides(Withdraw)
def _(room: Room, cmd: Withdraw, who: Who) -> list[Fact]:
    held = room.need(Questionnaire, cmd.id)
    is_theirs(room, held, who)
    reason = clean(cmd.reason, REASON_LIMIT, "reason")
    if held.state == "withdrawn":
        return []
    if held.state == "counted":
        raise Refused("wrong_state", state=held.state)
    return [Withdrawn(cmd.id, reason)]


@words.folds(Withdrawn)
def _(room: Room, fact: Withdrawn, entry: Entry) -> None:
    change(room, room.need(Questionnaire, fact.id), state="withdrawn", reason=fact.reason)
