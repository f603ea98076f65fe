"""The people of the sample: whom the demo names, under which ids they are known here, and what they may do.

Everybody is invented. Ids follow from the demo's own, so that the past meeting and the accounts agree.
"""

import csv
import hashlib
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from io import StringIO
from typing import Any

from meetings import Who
from server.sample.programme import ROSTER

SYSTEM = "system"
SECRETARY = "secretary"
_MADE = "2026-04-20T10:30:00+08:00"
"""When the draft of the demo's meeting was made: ids of things without a time of their own carry it."""

# Who is at hand in the open meeting: the key of the printed link -> the demo's id.
PARTS = {
    "host": "P01",
    "moderator": "P02",
    "technician": "P03",
    "lawyer": "P04",
    "deputy": "P05",
    "owner": "小陈",
    "resident": "三宝妈",
    "resident2": "租客阿力",
    "chair": "P07",
    "clerk": "P10",
    "supervisor": "P14",
    "supervisor2": "P15",
    "owner2": "两套房的烦恼",
    "proxy": "P16",
}


def ms(at: str | datetime) -> int:
    """A time of the demo in milliseconds since 1970 UTC."""
    moment = datetime.fromisoformat(at) if isinstance(at, str) else at
    return round(moment.timestamp() * 1000)


def own_id(name: str, at: int | None = None) -> str:
    """A UUIDv7 that is always the same for the same name and time (ms)."""
    stamp = ms(_MADE) if at is None else at
    noise = int.from_bytes(hashlib.sha256(name.encode()).digest()[:10], "big") >> 6
    value = (
        (stamp & (1 << 48) - 1) << 80 | 0x7 << 76 | (noise >> 62) << 64 | 0b10 << 62 | noise & (1 << 62) - 1
    )
    return str(uuid.UUID(int=value))


@dataclass(frozen=True)
class Member:
    """One person of the sample: the id here, the name, how others see it, the unit and the standing role."""

    id: str
    name: str
    alias: str
    unit: str | None = None
    role: str = "resident"
    proved: bool = True

    def who(self, at: int) -> Who:
        """The member giving a command at `at` (ms)."""
        labels = {"real": self.name, "building": self.alias, "anonymous": self.alias}
        return Who(self.id, at, frozenset({self.role}), labels, self.unit, self.proved)


def system(at: int) -> Who:
    """The platform itself."""
    return Who(SYSTEM, at, frozenset({SYSTEM}))


def sample_person(number: int, at: int) -> Who:
    """One of those who stand for a total of the demo that names nobody."""
    return Who(f"sample-{number}", at, frozenset({"resident"}))


class Cast:
    """Everybody of the demo, found by its own id (`P01`) or by the name shown in the room (`三宝妈`)."""

    def __init__(self, council: dict[str, Any]) -> None:
        self._members: dict[str, Member] = {}
        homes = households()
        for one in council["participants"]:
            role = one["role"]
            unit = homes[one["household_id"]][0] if "household_id" in one else None
            self._members[one["id"]] = Member(own_id(one["id"]), one["name"], one["name"], unit, role)
        self._members[SECRETARY] = Member(own_id(SECRETARY), "安静", "安静", None, SECRETARY)
        for said in (*council["questions"], *council["comments"]):
            if said["alias"] not in self._members:
                self._members[said["alias"]] = _resident(said, homes)

    def __getitem__(self, name: str) -> Member:
        return self._members[name]

    def id_of(self, name: str) -> str:
        """The id of somebody here."""
        return self._members[name].id

    def everybody(self) -> Iterator[tuple[str, Member]]:
        """The demo's id or alias of each member with the member."""
        yield from self._members.items()


def households() -> dict[str, tuple[str, str]]:
    """Household -> its first unit and its representative, from the roster of the sample."""
    rows = csv.DictReader(StringIO(ROSTER.read_text(encoding="utf-8-sig")))
    homes: dict[str, tuple[str, str]] = {}
    for row in rows:
        name = row["representative"] or row["owners"].split("；")[0]
        homes.setdefault(row["household_id"], (row["unit_no"], name))
    return homes


def _resident(said: dict[str, Any], homes: dict[str, tuple[str, str]]) -> Member:
    alias, home = said["alias"], said["household_id"]
    if home is None:
        return Member(own_id(alias), alias, alias, None, "resident", proved=False)
    unit, name = homes[home]
    if said.get("identity") == "tenant":
        return Member(own_id(alias), alias, alias, unit, "tenant")
    return Member(own_id(alias), name, alias, unit, "owner")
