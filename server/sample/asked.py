"""What the sample's households are asked: one questionnaire counted and brought to the meeting at hand, one still open.

Told in days before now, in answers that are always the same for the same unit.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from meetings.asking import Answer
from meetings.docket import Questionnaire
from meetings.docket.words import DAY, HOUR, ZONE
from server.sample.cast import SECRETARY, own_id, system
from server.sample.today import HELD_ON

if TYPE_CHECKING:
    from meetings import Room
    from server.sample.votes import Stage

COUNTED, OPEN = own_id("docket.questionnaire.1"), own_id("docket.questionnaire.2")
ITEM_PLACE = 2
"""The item of the meeting at hand at which the results stand, counted from 0."""
_AT_HAND = f"meeting:{own_id('M02')}"
_PAPERS_OF = 5
"""Every so manyth household answers on paper."""
_LEFT_OPEN = frozenset({"1-2-501", "3-1-502", "1-2-201", "2-2-402", "1-1-101"})
"""Households in which somebody who looks around can still answer."""
_ASKED: dict[str, dict[str, Any]] = {
    COUNTED: {
        "title": "换物业之前，您家最关心什么",
        "text": "三家候选物业要在议事会上回答住户的问题。请每户答一份，结果会在会上公布。",
        "questions": [
            {
                "kind": "single",
                "text": "新物业进场，最应该先办哪一件？",
                "options": ["电梯维修", "门禁和监控", "停车秩序", "保洁和绿化"],
                "needed": True,
            },
            {
                "kind": "multiple",
                "text": "哪些服务您愿意为它多付一点钱？",
                "options": ["夜间值守", "每天清运垃圾", "水箱每季清洗", "都不愿意"],
                "most": 2,
            },
            {"kind": "scale", "text": "对现在的物业打几分？", "most": 5, "low": "很不满意", "high": "很满意"},
            {"kind": "number", "text": "您家有几辆电动自行车？", "most": 9, "unit": "辆"},
            {"kind": "text", "text": "还有什么话要带到会上？"},
        ],
    },
    OPEN: {
        "title": "电动自行车集中充电车棚怎么建",
        "text": "车棚方案正在公告。表决之前，先听听每一户的想法；这不是表决，结果供方案修改参考。",
        "questions": [
            {
                "kind": "single",
                "text": "您家的电动自行车现在在哪里充电？",
                "options": ["小区外", "楼下飞线", "家里", "没有电动自行车"],
                "needed": True,
            },
            {
                "kind": "multiple",
                "text": "对车棚最担心什么？",
                "options": ["噪声", "火灾", "收费", "占绿地"],
                "most": 2,
            },
            {
                "kind": "scale",
                "text": "离车棚多远您能接受？",
                "most": 5,
                "low": "越远越好",
                "high": "楼下就行",
            },
            {"kind": "text", "text": "有什么建议？"},
        ],
    },
}
_TEXTS = (
    "电梯三天两头停，先把电梯修好。",
    "希望夜里有人值守，东门不要锁。",
    "水箱去年没有洗过，请公布清洗记录。",
    "合同里要写清楚不达标怎么扣钱。",
    "垃圾桶不要放在一楼窗户下面。",
    "老人多，楼道灯要亮。",
)
_FOR_OPEN = ("充电口要够用，先装四十个。", "装上烟感报警，离楼远一点。")
_HELD_BACK = "就是某某家的车乱停，让他们搬走。"


def asked(stage: Stage, at: int) -> None:
    """Put the questionnaires on the list; `at` is now (ms)."""
    evening = at - (at + ZONE) % DAY - 4 * HOUR
    over = evening - 5 * DAY
    _held(stage, COUNTED, opened=over - 7 * DAY, closes=over, until=over, of=8)
    _held(stage, OPEN, opened=evening - 2 * DAY, closes=evening + 6 * DAY, until=at, of=4)
    office = stage.by(SECRETARY, "secretary")
    goes = {"id": COUNTED, "meeting": _AT_HAND, "item": own_id(f"M02.{ITEM_PLACE}")}
    stage.do(over - 7 * DAY, office, "questionnaire.carry", **goes)
    stage.do(over + 1, system(0), "questionnaire.count", id=COUNTED)


def read_texts(stage: Stage, at: int, room: Room) -> None:
    """Have the desk read the texts that came, all but one of them fit to be shown."""
    office = stage.by(SECRETARY, "secretary")
    for own, said in room.need(Questionnaire, COUNTED).texts.items():
        told = {"id": COUNTED, "text": own, "shown": said.text != _HELD_BACK}
        stage.do(at, office, "questionnaire.read", **told)


def _held(stage: Stage, own: str, *, opened: int, closes: int, until: int, of: int) -> None:
    """A questionnaire from its draft on, answered by so many in ten households."""
    office = stage.by(SECRETARY, "secretary")
    stage.do(opened - DAY, office, "questionnaire.draft", id=own, estate=stage.estate, **_ASKED[own])
    stage.do(opened, office, "questionnaire.open", id=own, roster=HELD_ON, closes_at=closes)
    doors = [line for line in stage.lines if line.kind != "parking" and line.status == "delivered"]
    step = (until - opened - 2 * HOUR) // len(doors)
    texts = [*_TEXTS, _HELD_BACK] if own == COUNTED else [*_FOR_OPEN]
    for number, line in enumerate(doors):
        if _drawn(own, line.number) % 10 >= of or (own == OPEN and line.number in _LEFT_OPEN):
            continue
        told: dict[str, Any] = {"id": own_id(f"{own} {line.number}", opened + number)}
        told |= {"questionnaire": own, "unit": line.number, "answers": _answers(own, line.number, texts)}
        when = opened + HOUR + number * step
        name = line.voter or line.owners[0]
        if number % _PAPERS_OF == 0 or not stage.owners.knows(name):
            clerk = stage.by("P10", "grid_keeper")
            stage.do(when, clerk, "questionnaire.enter", number=f"W{number:03}", **told)
        else:
            who = stage.owners.who(name, line.number)
            stage.do(when, who, "questionnaire.answer", **told)


def _answers(own: str, unit: str, texts: list[str]) -> list[Answer | list[int]]:
    drawn = _drawn(own, unit)
    single = (0, 0, 0, 1, 1, 2, 2, 3)[drawn % 8]
    several = sorted({drawn // 8 % 3, drawn // 24 % 3})
    mark = (1, 1, 2, 2, 2, 3, 3, 4, 5)[drawn // 72 % 9]
    said = texts.pop() if texts and drawn % 3 == 0 else None
    if own == OPEN:
        return [single, several, mark, said]
    return [single, several, mark, drawn // 5 % 3, said]


def _drawn(own: str, unit: str) -> int:
    return int.from_bytes(hashlib.sha256(f"{own} {unit}".encode()).digest()[:4], "big")
