"""The cast of the councils held in these tests, and given, when, then over a room. No clock, no loop, no database."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import meetings
from meetings import Entry, Eye, Fact, Refused, Room, Who
from meetings.kernel import SYSTEM, Finding, word_of

RECORD = "meeting:01890000-0000-7000-8000-000000000000"
SEVEN_THIRTY = 1_778_931_000_000
"""16 May 2026, 19:30 in Yinchuan."""
SECOND, MINUTE, DAY = 1_000, 60_000, 86_400_000


def uid(number: int) -> str:
    """The id a screen makes for its number-th thing."""
    return f"01890000-0000-7000-8000-{number:012x}"


@dataclass(frozen=True)
class Somebody:
    """A person of the cast: `plate` is the role granted in the meeting, `roles` what the account brings."""

    id: str
    name: str
    roles: frozenset[str] = frozenset({"resident"})
    plate: str | None = None
    unit: str | None = None
    proved: bool = True
    labels: dict[str, str] = field(default_factory=dict, hash=False)
    found: Finding | None = None

    def at(self, when: int) -> Who:
        """This person giving a command at that time."""
        return Who(self.id, when, self.roles, self.labels, self.unit, self.proved, self.found)


def _resident(own_id: str, name: str, building: str, unit: str | None, **more: Any) -> Somebody:
    labels = {"real": name, "building": building, "anonymous": "居民"}
    return Somebody(own_id, name, unit=unit, labels=labels, **more)


HE_CHUNYU = Somebody("p-he", "何春雨", frozenset({"admin"}))
SHI_LAN = Somebody("p-shi", "石岚", plate="secretary")
SU_MIN = Somebody("p-su", "苏敏", plate="host")
LIU_TING = Somebody("p-liu", "柳婷", plate="moderator")
BAI_YU = Somebody("p-bai", "白宇", plate="moderator")
JIA_YIMING = Somebody("p-jia", "贾一鸣", plate="technician")
NA_WENHUI = Somebody("p-na", "纳文慧", plate="lawyer")
DING_YONGKANG = Somebody("p-ding", "丁永康", plate="npc_deputy")
MA_XIAOCHUAN = Somebody("p-maxc", "马小川", plate="grid_keeper")
TIAN_XIULAN = _resident("p-tian", "田秀兰", "1号楼田女士", "1-1-101", roles=frozenset({"owner"}))
TIAN_XIAOYU = _resident("p-tianxy", "田小雨", "1号楼田同学", "1-1-101")
MA_ZHICHENG = _resident("p-ma", "马志成", "2号楼马先生", "2-1-301")
LAO_LIU = _resident("p-laoliu", "刘建国", "1号楼老刘", "1-2-202")
A_LI = _resident("p-ali", "阿依古丽·买买提", "3号楼阿女士", None, proved=False)
GUEST = Somebody("", "", frozenset({"guest"}), proved=False)
PROJECTOR = Somebody("p-screen", "投影", frozenset({"screen"}))
PLATFORM = Somebody(SYSTEM, "", frozenset({SYSTEM}))

PLATED = (SHI_LAN, SU_MIN, LIU_TING, BAI_YU, JIA_YIMING, NA_WENHUI, DING_YONGKANG, MA_XIAOCHUAN)
RESIDENTS = (TIAN_XIULAN, TIAN_XIAOYU, MA_ZHICHENG, LAO_LIU, A_LI)
EVERYBODY = (HE_CHUNYU, *PLATED, *RESIDENTS, GUEST, PROJECTOR, PLATFORM)


@dataclass
class Said:
    """What came of one command."""

    council: Council
    facts: list[Fact]
    refusal: Refused | None

    def then(self, *words: str, **fields: Any) -> Council:
        """These facts, in this order; the last one with these fields. No words: it was so already."""
        assert self.refusal is None, f"refused: {self.refusal.code} {self.refusal.detail}"
        assert [word_of(type(fact)) for fact in self.facts] == list(words)
        for name, value in fields.items():
            assert getattr(self.facts[-1], name) == value
        return self.council

    def refused(self, code: str, **detail: Any) -> Council:
        """Refused with this code, telling at least this."""
        assert self.refusal is not None, f"not refused: {self.facts}"
        assert self.refusal.code == code, f"{self.refusal.code} {self.refusal.detail}"
        assert detail.items() <= self.refusal.detail.items()
        return self.council


class Council:
    """A room and its record, driven by commands as they come over the wire."""

    def __init__(self, at: int = SEVEN_THIRTY) -> None:
        self.room: Room = meetings.new_room(RECORD)
        self.entries: list[Entry] = []
        self.now = at

    def give(self, who: Somebody, word: str, **fields: Any) -> list[Fact]:
        """Decide and fold one command; raises Refused."""
        facts = self.room.decide(meetings.words.command({"type": word, **fields}), who.at(self.now))
        for fact in facts:
            self.fold(fact, who.id)
        return facts

    def fold(self, fact: Fact, by: str) -> None:
        """Write one fact into the record."""
        entry = Entry(self.room.seq + 1, self.now, by, fact)
        self.entries.append(entry)
        self.room.apply(entry)

    def given(self, who: Somebody, word: str, **fields: Any) -> Council:
        """The same as part of how things stand: it must succeed."""
        self.give(who, word, **fields)
        return self

    def when(self, who: Somebody, word: str, **fields: Any) -> Said:
        """Somebody gives a command now; one that is refused must leave no trace."""
        before = (self.room.seq, self.sees_all(Eye.STAFF))
        try:
            return Said(self, self.give(who, word, **fields), None)
        except Refused as refusal:
            assert (self.room.seq, self.sees_all(Eye.STAFF)) == before
            return Said(self, [], refusal)

    def later(self, milliseconds: int) -> Council:
        """Time passes."""
        self.now += milliseconds
        return self

    def due(self) -> list[str]:
        """The platform does what is due by now; the words of what it did."""
        commands = meetings.due(self.room, self.now)
        for command in commands:
            for fact in self.room.decide(command, PLATFORM.at(self.now)):
                self.fold(fact, SYSTEM)
        return [word_of(type(command)) for command in commands]

    def sees_all(self, eye: Eye = Eye.PUBLIC) -> dict[str, Any]:
        """The whole room through a pair of eyes."""
        return self.room.patch(0, eye)

    def sees(self, name: str, eye: Eye = Eye.PUBLIC) -> dict[str, Any] | None:
        """One thing through a pair of eyes."""
        return self.sees_all(eye).get(name)

    def staff_sees(self, name: str) -> dict[str, Any] | None:
        """One thing as host, moderator and secretary see it."""
        return self.sees(name, Eye.STAFF)

    def own(self, who: Somebody) -> dict[str, Any]:
        """What a person sees besides, of their own."""
        return self.room.own(who.id, 0)

    def told(self, who: Somebody) -> list[dict[str, Any]]:
        """A person's 消息, the oldest first."""
        found = [one for name, one in self.own(who).items() if name.startswith("message:")]
        return sorted(found, key=lambda one: [int(part) for part in one["id"].split(".")])


def announced() -> Council:
    """A council that was announced, with the cast on its plates and one item on the agenda."""
    council = Council(SEVEN_THIRTY - 30 * MINUTE)
    council.given(
        HE_CHUNYU,
        "meeting.set",
        title="梧桐里小区更换物业专题阳光议事会",
        starts_at=SEVEN_THIRTY,
        venue="社区三楼议事厅",
        notice="本场录像归档公开。",
        review_questions="after",
        review_comments="after",
    )
    for who in PLATED:
        council.given(HE_CHUNYU, "person.appoint", person=who.id, role=who.plate, name=who.name)
    council.given(LIU_TING, "duty.begin")
    council.given(SU_MIN, "agenda.add", id=uid(1), kind="opening", title="开场", minutes=5)
    return council.given(SHI_LAN, "meeting.announce")


def in_the_lobby() -> Council:
    """The same with its lobby open."""
    return announced().given(SU_MIN, "meeting.open_lobby")


def live() -> Council:
    """The same, begun."""
    return in_the_lobby().later(30 * MINUTE).given(SU_MIN, "meeting.start")


def ended() -> Council:
    """The same, an hour and a half later, over."""
    return live().later(90 * MINUTE).given(SU_MIN, "meeting.end")


def asked(
    council: Council, number: int = 10, by: Somebody = TIAN_XIULAN, text: str = "换物业要多少户同意？"
) -> str:
    """Have a question asked; its id."""
    council.given(by, "question.ask", id=uid(number), kind="ask", text=text)
    return uid(number)


def on_air(council: Council, number: int = 10, by: Somebody = TIAN_XIULAN) -> str:
    """Have a question asked and taken up; its id."""
    own_id = asked(council, number, by)
    council.given(SU_MIN, "question.call", id=own_id)
    return own_id
