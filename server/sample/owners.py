"""The owners of the sample's roster as people: an account each, proved for what they own, so that they can vote."""

from __future__ import annotations

import csv
from io import StringIO
from typing import Any

from meetings import Who
from server.sample.cast import Cast, households, own_id
from server.sample.programme import ROSTER

PARTS = {"余慧敏": "couple", "潘永红": "couple2"}
"""Owners whose links a start prints: a couple that elected nobody."""
ROLES = {
    "P04": "lawyer",
    "P07": "committee_chair",
    "P10": "grid_keeper",
    "P11": "grid_keeper",
    "P14": "tally_supervisor",
    "P15": "tally_supervisor",
    "P16": "resident",
    "P17": "resident",
}
"""What people of the demo do in the docket; the last two vote for others and own nothing."""
_PERSON = "自然人"
_MINOR = "未成年"


class Owners:
    """Who owns what in the sample's roster, by name: no two of its owners share one."""

    def __init__(self, cast: Cast, units: list[dict[str, Any]]) -> None:
        self._place = {unit["number"]: unit["id"] for unit in units}
        self._cast = cast
        self._owned: dict[str, list[str]] = {}
        self._people: set[str] = set()
        for row in csv.DictReader(StringIO(ROSTER.read_text(encoding="utf-8-sig"))):
            if _MINOR not in row["remark"]:
                for name in row["owners"].split("；"):
                    self._owned.setdefault(name, []).append(row["unit_no"])
                    self._people.update({name} if row["owner_type"] == _PERSON else ())
        known = {member.name: member.id for _, member in cast.everybody() if member.role != "tenant"}
        self._ids = {name: known.get(name, own_id(f"owner {name}")) for name in self._owned}
        self._known = frozenset(known)
        self._names = {own: name for name, own in self._ids.items()}

    def homes(self, person: str) -> frozenset[str]:
        """The units a person has proved to own, by their ids in the accounts."""
        name = self._names.get(person)
        return frozenset(self._place[number] for number in self._owned.get(name or "", ()))

    def knows(self, name: str) -> bool:
        """Whether an owner of this name is a person of full age, who has an account."""
        return name in self._people

    def who(self, name: str, unit: str) -> Who:
        """An owner at their phone."""
        assert unit in self._owned[name], f"{name} does not own {unit}"
        person = self._ids[name]
        return Who(person, 0, frozenset({"owner"}), {"real": name}, homes=self.homes(person))

    def agent(self, name: str) -> Who:
        """Somebody who votes for others: of the demo's people, or known by name alone."""
        known = {member.name: member.id for _, member in self._cast.everybody()}
        person = known.get(name, own_id(f"agent {name}"))
        return Who(person, 0, frozenset({"resident"}), {"real": name})

    def household(self, house: str) -> tuple[str, str]:
        """A household's first unit and who speaks for it."""
        return households()[house]

    def rows(self, community: str, at: int) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
        """Accounts for those who have none yet, and the units of everybody; for the accounts' own tables."""
        people = [
            {
                "id": self._ids[name],
                "community": community,
                "name": name,
                "call": name,
                "way": "building",
                "part": PARTS.get(name),
                "sample": True,
                "created_at": at,
            }
            for name in self._owned
            if name in self._people - self._known
        ]
        first = {member.id: member.unit for _, member in self._cast.everybody() if member.role == "owner"}
        homes = [
            {
                "account": self._ids[name],
                "unit": self._place[number],
                "role": "owner",
                "said_at": at,
                "proved_how": "office",
                "proved_by": "system",
                "proved_at": at,
            }
            for name, numbers in self._owned.items()
            for number in numbers
            if name in self._people and first.get(self._ids[name]) != number
        ]
        return people, homes
