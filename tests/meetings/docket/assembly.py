"""An owners' assembly held in these tests: a docket driven by commands, a roster, and people who own units of it."""

from __future__ import annotations

import secrets
from random import Random
from typing import Any

import msgspec

import meetings
from meetings import Entry, Eye, Fact, Refused, Room, Who
from meetings.docket import Slip, slip_of
from meetings.docket.counting import counted_document, slips_wanted
from meetings.docket.digests import digest_of
from meetings.docket.motions import Motion
from meetings.docket.roster import Line, Roster
from meetings.kernel import SYSTEM, word_of
from tests.meetings.cast import DAY, MINUTE, uid

RECORD = "docket:c1"
ESTATE = "e1"
KEY = b"k" * 32
"""The server's key for ballots."""
NOTICE = 1_777_003_200_000 + 3_600_000
"""24 April 2026, 13:00 in Yinchuan."""
OPENS = 1_778_342_400_000
"""10 May 2026, 00:00 there: the first instant after fifteen days of notice."""
CLOSES = OPENS + 10 * DAY
TERM = MINUTE
"""How long a roster is published for correction here."""
CHAIR, SECRETARY, LAWYER = "p-chair", "p-secretary", "p-lawyer"
ONE, OTHER, THIRD = "p-one", "p-other", "p-third"
CLERK, OTHER_CLERK = "p-clerk", "p-clerk-2"
ROLES = {
    CHAIR: {"committee_chair", "owner"},
    SECRETARY: {"secretary"},
    LAWYER: {"lawyer"},
    ONE: {"tally_supervisor", "owner"},
    OTHER: {"tally_supervisor", "owner"},
    THIRD: {"tally_supervisor"},
    CLERK: {"grid_keeper"},
    OTHER_CLERK: {"grid_keeper"},
}
SUPERVISORS = [{"person": ONE, "name": "甲监"}, {"person": OTHER, "name": "乙监"}]
MOTION, ROSTER = uid(1), uid(2)
OWNER, UNIT = "p-业主1-1-101", "1-1-101"
AGENT = "p-agent"
PERMITS = "《梧桐里小区业主大会议事规则》第十九条"


def line(number: str, area_c: int | None, *owners: str, **fields: Any) -> Line:
    """A unit of a roster."""
    salt = f"{Random(number).getrandbits(128):032x}"
    return Line(number, f"place-{number}", salt, area_c, "registered", owners or (f"业主{number}",), **fields)


def nine(area_c: int = 10_000) -> list[Line]:
    """Nine units of one size, each with an owner of its own."""
    return [line(f"1-1-{place}01", area_c) for place in range(1, 10)]


class Assembly:
    """A docket and its record."""

    def __init__(self, lines: list[Line] | None = None, at: int = NOTICE) -> None:
        self.room: Room = meetings.new_room(RECORD)
        self.entries: list[Entry] = []
        self.now = at
        self.lines = nine() if lines is None else lines
        self.slips: list[Slip] = []
        self.places: dict[str, set[str]] = {}
        self.names: dict[str, str] = {}
        for one in self.lines:
            for owner in one.owners:
                self.owns(f"p-{owner}", owner, one.number)

    def owns(self, person: str, name: str, *numbers: str) -> str:
        """Somebody of this name has proved these units."""
        self.names[person] = name.partition("#")[0]
        self.places.setdefault(person, set()).update(f"place-{number}" for number in numbers)
        return person

    def who(self, person: str) -> Who:
        """This person now."""
        if person == SYSTEM:
            return Who(SYSTEM, self.now, frozenset({SYSTEM}), seal=KEY)
        roles = frozenset(ROLES.get(person, {"owner"} if person in self.places else {"tenant"}))
        labels = {"real": self.names.get(person, "某人")}
        homes = frozenset(self.places.get(person, ()))
        return Who(person, self.now, roles, labels, homes=homes, seal=KEY)

    def give(self, person: str, word: str, **fields: Any) -> list[Fact]:
        """Decide and fold one command; raises Refused."""
        command = self.room.words.command({"type": word, **fields})
        facts = self.room.decide(command, self.who(person))
        slip = slip_of(self.room, command, facts, KEY)
        if slip is not None:
            self.slips.append(slip)
        for fact in facts:
            entry = Entry(self.room.seq + 1, self.now, person, fact)
            self.entries.append(entry)
            self.room.apply(entry)
        return facts

    def given(self, person: str, word: str, **fields: Any) -> Assembly:
        """The same as part of how things stand: it changes something, and given again changes nothing."""
        assert self.give(person, word, **fields), f"{word} changed nothing"
        assert self.give(person, word, **fields) == [], f"{word} twice is not {word} once"
        return self

    def refused(self, person: str, word: str, **fields: Any) -> tuple[str, dict[str, Any]]:
        """The code and detail with which it is refused; it leaves no trace."""
        before = (self.room.seq, self.room.patch(0, Eye.STAFF))
        try:
            facts = self.give(person, word, **fields)
        except Refused as refusal:
            assert refusal.code in meetings.text.REFUSALS
            assert (self.room.seq, self.room.patch(0, Eye.STAFF)) == before
            return refusal.code, refusal.detail
        raise AssertionError(f"{word} was not refused: {facts}")

    def why(self, person: str, word: str, **fields: Any) -> str:
        """The reason with which it is refused."""
        code, detail = self.refused(person, word, **fields)
        return str(detail.get("why", code))

    def at(self, when: int) -> Assembly:
        """Time passes to that instant, and the platform does what is due."""
        self.now = when
        self.due()
        return self

    def due(self) -> list[str]:
        """The platform does what is due; the words of what it did. It is never refused."""
        done = []
        while wishes := meetings.due(self.room, self.now):
            for wish in wishes:
                for fact in self.room.decide(wish, self.who(SYSTEM)):
                    entry = Entry(self.room.seq + 1, self.now, SYSTEM, fact)
                    self.entries.append(entry)
                    self.room.apply(entry)
                done.append(word_of(type(wish)))
            assert len(done) < 100
        for motion in slips_wanted(self.room):
            slips = msgspec.to_builtins(sorted(self.slips, key=lambda one: one.id))
            self.given(SYSTEM, "motion.open_slips", id=motion, slips=slips)
            done.append("motion.open_slips")
        return done

    # How far things have come

    def published(self) -> Assembly:
        """The roster published for correction."""
        lines = msgspec.to_builtins(self.lines)
        until = self.now + TERM
        return self.given(
            SYSTEM, "roster.publish", id=ROSTER, estate=ESTATE, lines=lines, until=until, asked_by=SECRETARY
        )

    def frozen(self, version: int = 1) -> Assembly:
        """The roster frozen, its term for correction over."""
        self.now = max(self.now, self.room.need(Roster, ROSTER).until)
        lines = msgspec.to_builtins(self.lines)
        return self.given(
            SYSTEM, "roster.freeze", id=ROSTER, version=version, lines=lines, asked_by=SECRETARY
        )

    def drafted(self, **fields: Any) -> Assembly:
        """A motion drafted by the chair."""
        asked = {"title": "解聘物业", "text": "解聘现物业，公开选聘。", "item": 4, "estate": ESTATE}
        return self.given(CHAIR, "motion.draft", id=MOTION, **asked | fields)

    def checked(self, **fields: Any) -> Assembly:
        """The same, checked by the lawyer."""
        self.drafted(**fields)
        return self.given(LAWYER, "motion.check", id=MOTION, item_class=self.motion.item_class)

    def noticed(self, **fields: Any) -> Assembly:
        """The same, noticed on a frozen roster."""
        self.checked(**fields).published().frozen()
        return self.given(CHAIR, "motion.notice", **self.notice())

    def notice(self, **fields: Any) -> dict[str, Any]:
        """What a notice says."""
        said = {"id": MOTION, "roster": ROSTER, "opens_at": OPENS, "closes_at": CLOSES}
        return said | {"supervisors": SUPERVISORS, "committee_told": True} | fields

    def open(self, **fields: Any) -> Assembly:
        """The same, open."""
        self.noticed(**fields).at(OPENS)
        assert self.motion.state == "open"
        return self

    def closed(self) -> Assembly:
        """What was open, closed and its ballots opened where nobody must ask for it."""
        return self.at(CLOSES + 1)

    def counted(self) -> Assembly:
        """What was closed, signed by two supervisors and counted."""
        if self.motion.asked.mode == "confidential" and self.motion.unsealed_at is None:
            self.given(ONE, "motion.break_seal", id=MOTION).given(OTHER, "motion.break_seal", id=MOTION)
            self.due()
        number, digest = len(self.motion.rounds) + 1, digest_of(self.document())
        for person in (ONE, OTHER):
            self.given(person, "motion.sign", id=MOTION, round=number, digest=digest)
        return self.given(SECRETARY, "motion.count", id=MOTION, round=number)

    def announced(self) -> Assembly:
        """What was counted, announced by the chair."""
        return self.given(CHAIR, "motion.announce", id=MOTION, round=len(self.motion.rounds))

    # Looking

    @property
    def motion(self) -> Motion:
        return self.room.need(Motion, MOTION)

    def sees(self, eye: Eye = Eye.PUBLIC) -> dict[str, Any]:
        """The motion through a pair of eyes."""
        return self.room.patch(0, eye)[f"motion:{MOTION}"]

    def document(self) -> dict[str, Any]:
        """The vote as a document of the tally."""
        return counted_document(self.room, self.motion)

    def ballot(
        self, unit: str, choice: str = "agree", number: int | None = None, **fields: Any
    ) -> dict[str, Any]:
        """A ballot as a phone sends it."""
        own_id = uid(0x1000 + secrets.randbelow(1 << 40)) if number is None else uid(number)
        told = {"id": own_id, "motion": MOTION, "unit": unit, "choice": choice}
        return told | {"nonce": f"{secrets.randbits(128):032x}"} | fields

    def cast(self, person: str, unit: str, choice: str = "agree", **fields: Any) -> Assembly:
        """Somebody casts on a phone."""
        return self.given(person, "ballot.cast", **self.ballot(unit, choice, **fields))

    def paper(self, unit: str, by: str, choice: str, number: str = "Z001", **fields: Any) -> Assembly:
        """A paper entered by one of the desk and confirmed by another."""
        own_id = uid(0x2000 + secrets.randbelow(1 << 40))
        told = {"id": own_id, "motion": MOTION, "unit": unit, "number": number, "choice": choice}
        self.given(SECRETARY, "paper.enter", **told | ({} if "proxy" in fields else {"by": by}) | fields)
        return self.given(CLERK, "paper.confirm", id=own_id, choice=choice)


def rules(**fields: Any) -> dict[str, Any]:
    """A rule set that lets votes bind: the sample community's."""
    told = {"id": uid(3), "estate": ESTATE, "based_on": "default", "permits": PERMITS, "source": PERMITS}
    figures = {"window_least_days": 5, "window_most_days": 60, "paper": "always", "platform": "own"}
    return told | figures | fields


__all__ = ["MINUTE", "Assembly", "line", "nine", "rules"]


def letter(number=30, **fields):
    """What is told of a written letter by which somebody may vote for another."""
    told = {"id": uid(number), "motion": MOTION, "unit": UNIT, "principal": "业主1-1-101", "name": "吴小军"}
    return told | {"authority": "proxy", "written": True, "letter": "卷3", "agent": AGENT} | fields
