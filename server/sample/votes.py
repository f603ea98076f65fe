"""The sample's votes: the demo's two motions as they were held, and votes of today to look at and to cast in.

Everything is a command given to the desk with its time; nothing is written past it. The demo's motions keep the
demo's times, unless the clock of this machine stands before them: then all of them move back by whole days.
"""

from __future__ import annotations

import asyncio
import hashlib
from secrets import token_hex
from typing import Any, NamedTuple

import msgspec

from meetings import Who
from meetings.docket import Line, Motion
from meetings.docket.counting import counted_document
from meetings.docket.digests import digest_of
from meetings.docket.rules import DEFAULT
from meetings.docket.words import DAY, HOUR, end_of_days
from server.dockets import SALT_BYTES, lines_of
from server.sample.asked import asked, read_texts
from server.sample.cast import SECRETARY, Cast, ms, own_id, system
from server.sample.owners import Owners
from server.sample.past import NotTaken
from server.sample.today import today

MINUTE = 60_000
QUIET_DAYS = 65
"""Days between the demo's last line and now: votes of today begin to be prepared within them."""
LAST = "2026-06-09T00:00:00+08:00"
_RULES_AT = "2026-04-01T09:00:00+08:00"
_DEMO = {"published": "2026-04-08T09:00:00+08:00", "until": "2026-04-23T18:00:00+08:00"}
_FIRST_FROZEN = "2026-04-23T18:30:00+08:00"
_DRAFTED, _CHECKED = "2026-04-22T10:00:00+08:00", "2026-04-23T15:00:00+08:00"
_CORRECTED: dict[str, tuple[str, str, dict[str, Any], str]] = {
    "H21": ("2-1-201", "郑国庆", {"voter": None}, "2026-04-28T19:40:00+08:00"),
    "H58": ("4-1-302", "孔庆玲", {"area_c": 8970}, "2026-05-02T10:05:00+08:00"),
}
"""What the demo says was corrected: the unit, who objected, how its line read before, and when."""
_AUTHORITY = {"guardian": "guardian", "proxy_letter": "proxy"}
_PRINCIPAL = {"2-2-402": "彭子墨", "4-S01": "塞上星商贸有限公司（虚构）", "1-2-301": "吴小军"}
"""Who gave the letters of the demo, as the roster's remarks have it."""
_LATE_NUMBER = "Z059"
_SIGNED = {"MO1": "2026-05-31T09:50:00+08:00", "MO2": "2026-05-31T10:30:00+08:00"}
ROSTER = own_id("docket.roster.1")


class Step(NamedTuple):
    """One command, who gives it, and when (ms)."""

    at: int
    who: Who
    command: dict[str, Any]


class Stage:
    """What all steps need: the units as the docket gets them, the people, and how they give a command."""

    def __init__(self, cast: Cast, owners: Owners, lines: list[Line], estate: str) -> None:
        self.cast, self.owners, self.lines, self.estate = cast, owners, lines, estate
        self.steps: list[Step] = []

    def by(self, name: str, role: str) -> Who:
        """Somebody of the demo in a role of the docket."""
        member = self.cast[name]
        return Who(member.id, 0, frozenset({role}), {"real": member.name}, homes=self.owners.homes(member.id))

    def do(self, at: int, who: Who, word: str, **fields: Any) -> None:
        """Put a command on the list."""
        self.steps.append(Step(at, who, {"type": word, **fields}))

    def roster(self, own: str, *, published: int, until: int, lines: list[Line] | None = None) -> None:
        """Publish a roster for correction."""
        told = msgspec.to_builtins(lines or self.lines)
        fields = {"id": own, "estate": self.estate, "lines": told, "until": until}
        self.do(published, system(0), "roster.publish", asked_by=self.cast.id_of(SECRETARY), **fields)

    def freeze(self, own: str, at: int, *, version: int = 1, lines: list[Line] | None = None) -> None:
        """Freeze a roster."""
        salted = [msgspec.structs.replace(line, salt=token_hex(SALT_BYTES)) for line in lines or self.lines]
        told, asked = msgspec.to_builtins(salted), self.cast.id_of(SECRETARY)
        self.do(at, system(0), "roster.freeze", id=own, version=version, lines=told, asked_by=asked)

    def draft(self, own: str, at: int, **asked: Any) -> None:
        """Draft a motion, as the chair of the owners' committee."""
        who = self.by("P07", "committee_chair")
        self.do(at, who, "motion.draft", id=own, estate=self.estate, **asked)

    def check(self, own: str, at: int, item_class: str) -> None:
        """Check a motion, as the lawyer."""
        self.do(at, self.by("P04", "lawyer"), "motion.check", id=own, item_class=item_class)

    def notice(self, own: str, at: int, *, roster: str, opens: int, closes: int) -> None:
        """Notice a motion, as the chair."""
        watching = [{"person": self.cast.id_of(one), "name": self.cast[one].name} for one in ("P14", "P15")]
        who = self.by("P07", "committee_chair")
        window = {"roster": roster, "opens_at": opens, "closes_at": closes, "committee_told": True}
        self.do(at, who, "motion.notice", id=own, supervisors=watching, **window)

    def cast_online(self, motion: str, at: int, unit: str, choice: str, who: Who) -> None:
        """A ballot from somebody's phone; id and nonce follow from motion and unit."""
        own = own_id(f"{motion} {unit} online", at)
        nonce = hashlib.sha256(f"{own} nonce".encode()).hexdigest()[:32]
        told = {"id": own, "motion": motion, "unit": unit, "choice": choice, "nonce": nonce}
        self.do(at, who, "ballot.cast", **told)

    def enter_paper(self, motion: str, at: int, unit: str, choice: str, by: str, number: str) -> str:
        """A paper entered by the secretary; its id."""
        own = own_id(f"{motion} {unit} paper", at)
        told = {"id": own, "motion": motion, "unit": unit, "number": number, "choice": choice, "by": by}
        self.do(at, self.by(SECRETARY, "secretary"), "paper.enter", **told)
        return own

    def paper(self, motion: str, at: int, unit: str, choice: str, by: str, number: str) -> None:
        """The same, confirmed by the grid keeper."""
        own = self.enter_paper(motion, at, unit, choice, by, number)
        self.do(at, self.by("P10", "grid_keeper"), "paper.confirm", id=own, choice=choice)

    def letter(self, motion: str, at: int, unit: str, principal: str, agent: Who, **fields: Any) -> None:
        """A letter of authority, written down by the grid keeper."""
        told: dict[str, Any] = {"motion": motion, "unit": unit, "principal": principal}
        own = own_id(f"{motion} {unit} letter", at)
        told |= {
            "id": own,
            "name": agent.labels["real"],
            "authority": "proxy",
            "written": True,
            "letter": "委托书原件存社区档案柜",
            "agent": agent.person,
        }
        self.do(at, self.by("P10", "grid_keeper"), "proxy.record", **told | fields)


def motion_id(name: str) -> str:
    """The id of a motion of the demo (`MO1`)."""
    return own_id(f"docket.{name}")


async def hold_votes(
    parts: Any,
    record: str,
    cast: Cast,
    owners: Owners,
    council: dict[str, Any],
    rules: dict[str, Any],
    at: int,
) -> None:
    """Hold the sample's votes in its docket; `at` is now (ms). Raises NotTaken where a command is refused."""
    lines = lines_of(await parts.accounts.estates.units_of(rules["estate"]))
    stage = Stage(cast, owners, lines, rules["estate"])
    back = _back(at)
    stage.do(ms(_RULES_AT) - back, stage.by(SECRETARY, "secretary"), "rules.adopt", **rules)
    _first_roster(stage, back)
    for motion in council["motions"]:
        _held(stage, motion, back)
    await _give(parts, record, stage)
    # Nothing is due in between, whatever the clock says: both votes are closed and opened.
    digests = {}
    async with parts.desks.reading(record) as room:
        for motion in council["motions"]:
            held = room.need(Motion, motion_id(motion["id"]))
            digests[motion["id"]] = digest_of(counted_document(room, held))
    for motion in council["motions"]:
        _counted(stage, motion, digests[motion["id"]], back)
    today(stage, at)
    asked(stage, at)
    await _give(parts, record, stage)
    async with parts.desks.reading(record) as room:
        read_texts(stage, at, room)
    await _give(parts, record, stage)


def _back(at: int) -> int:
    """How far the demo's times have to move back (ms, whole days), so that all of it is past."""
    return max(0, -((at - QUIET_DAYS * DAY - ms(LAST)) // DAY)) * DAY


async def _give(parts: Any, record: str, stage: Stage) -> None:
    steps = sorted(stage.steps, key=lambda step: step.at)
    stage.steps = []
    # The order of the list is the order in the tray once the desk is there.
    await parts.desks.desk(record)
    # All at once: they share commits, and no errand of the clock comes between two of them.
    answers = await asyncio.gather(
        *(parts.desks.give(record, step.command, step.who, step.at) for step in steps)
    )
    for step, answer in zip(steps, answers, strict=True):
        if not answer.get("ok"):
            raise NotTaken(f"{step.command}: {answer}")


def _first_roster(stage: Stage, back: int) -> None:
    """The roster of the demo's votes: frozen before the notice, corrected once on what owners objected."""
    before: dict[str, dict[str, Any]] = {unit: fields for unit, _, fields, _ in _CORRECTED.values()}
    first = [msgspec.structs.replace(line, **before.get(line.number, {})) for line in stage.lines]
    published, until = (ms(_DEMO[name]) - back for name in ("published", "until"))
    stage.roster(ROSTER, published=published, until=until, lines=first)
    stage.freeze(ROSTER, ms(_FIRST_FROZEN) - back, lines=first)
    for house, (unit, name, _, when) in _CORRECTED.items():
        own = own_id(f"docket.objection.{house}")
        who = stage.owners.who(name, unit)
        told = _said_in_demo(house)
        stage.do(ms(when) - back, who, "roster.object", id=own, roster=ROSTER, text=told, unit=unit)
        answer = {"id": own, "text": "情况属实，已核对原件，予以更正。", "accepted": True}
        stage.do(ms(when) - back + DAY, stage.by(SECRETARY, "secretary"), "roster.answer", **answer)
    stage.freeze(ROSTER, ms("2026-05-09T18:00:00+08:00") - back, version=2)


def _said_in_demo(house: str) -> str:
    return {
        "H21": "三名继承人已推选郑国庆行使表决权，请在名册上补记。",
        "H58": "我家的面积应以买卖合同为准，是 87.90 平方米，不是 89.70。",
    }[house]


def _held(stage: Stage, motion: dict[str, Any], back: int) -> None:
    """One motion of the demo from its draft to its opened ballots."""
    own = motion_id(motion["id"])
    asked = {name: motion[name] for name in ("title", "text", "item", "binding")}
    policy = {name: motion["policy"][name] for name in ("nonreturned", "spoiled", "count_parking", "revote")}
    stage.draft(own, ms(_DRAFTED) - back, **asked, **policy)
    stage.check(own, ms(_CHECKED) - back, motion["threshold"])
    opens, closes = (ms(motion["window"][name]) - back for name in ("open", "close"))
    noticed = ms("2026-04-24T09:00:00+08:00") - back
    stage.notice(own, noticed, roster=ROSTER, opens=opens, closes=closes)
    stage.do(opens, system(0), "motion.open", id=own)
    for ballot in motion["ballots"]:
        _ballot(stage, own, ballot, ms(ballot["at"]) - back)
    stage.do(closes + 1, system(0), "motion.close", id=own)
    stage.do(closes + 2, system(0), "motion.unseal", id=own)
    for late in motion["rejected_ballots"]:
        if late.get("channel") == "paper":
            told = {"id": own_id(f"{own} late {late['unit']}"), "motion": own, "unit": late["unit"]}
            told |= {"number": _LATE_NUMBER, "reason": late["reason"]}
            stage.do(ms(late["at"]) - back, stage.by("P10", "grid_keeper"), "paper.refuse", **told)


def _ballot(stage: Stage, motion: str, ballot: dict[str, Any], at: int) -> None:
    unit, name, choice = ballot["unit"], ballot["by"], ballot["choice"]
    if ballot["channel"] == "paper":
        stage.paper(motion, at, unit, choice, name, ballot["paper_no"])
    elif ballot["channel"] == "proxy":
        agent = stage.owners.agent(name)
        authority = _AUTHORITY[ballot["authority"]]
        stage.letter(motion, at - HOUR, unit, _PRINCIPAL[unit], agent, authority=authority)
        stage.cast_online(motion, at, unit, choice, agent)
    else:
        stage.cast_online(motion, at, unit, choice, stage.owners.who(name, unit))


def _counted(stage: Stage, motion: dict[str, Any], digest: str, back: int) -> None:
    """One motion of the demo from the count to its final result, with the objection that was made."""
    own, signed = motion_id(motion["id"]), ms(_SIGNED[motion["id"]]) - back
    for supervisor in motion["supervision"]:
        who = stage.by(supervisor, "tally_supervisor")
        stage.do(signed, who, "motion.sign", id=own, round=1, digest=digest)
    secretary, chair = stage.by(SECRETARY, "secretary"), stage.by("P07", "committee_chair")
    announced = ms(motion["announced_at"]) - back
    stage.do(ms(motion["counted_at"]) - back, secretary, "motion.count", id=own, round=1)
    stage.do(announced, chair, "motion.announce", id=own, round=1)
    for number, objection in enumerate(motion["publicity"]["objections"]):
        dispute = own_id(f"docket.{motion['id']}.{number}")
        (unit, name) = stage.owners.household(objection["household_id"])
        said = {"id": own, "dispute": dispute, "text": objection["text"]}
        stage.do(ms(objection["at"]) - back, stage.owners.who(name, unit), "motion.dispute", **said)
        answer = {"id": own, "dispute": dispute, "outcome": "dismissed", "answer": objection["reply"]}
        who = stage.by(motion["supervision"][0], "tally_supervisor")
        stage.do(ms(objection["replied_at"]) - back, who, "motion.settle", **answer)
    posting = DEFAULT.posting_days
    assert posting is not None
    stage.do(end_of_days(announced, posting), system(0), "motion.finish", id=own)
