"""The sample's votes of today: one under notice, one open, one closed and not yet counted, one drafted; and a roster
published for correction. Everything is told in days before now.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from meetings.docket.rules import DEFAULT, earliest_opening
from meetings.docket.words import DAY, HOUR, ZONE, end_of_days
from server.sample.cast import own_id, system

if TYPE_CHECKING:
    from server.sample.votes import Stage

UNDER_NOTICE, OPEN, CLOSED, DRAFTED = (own_id(f"docket.today.{name}") for name in ("B", "A", "C", "D"))
HELD_ON, NEXT, IN_CORRECTION = (own_id(f"docket.roster.{number}") for number in (2, 3, 4))
OPEN_LASTS, NEXT_LASTS = 20 * DAY, 15 * DAY
MINUTE = 60_000
_ASKED: dict[str, dict[str, Any]] = {
    OPEN: {
        "title": "关于修改《梧桐里小区管理规约》、规范电动自行车停放和充电的表决",
        "text": "同意在管理规约第十二条后增加一条：电动自行车不得进入电梯轿厢，不得在楼道、门厅停放或者充电；"
        "确需停放的，停放在业主大会划定的区域。由业主委员会书面提醒，拒不改正的，公示单元和事由七日。",
        "item": 2,
        "binding": "statutory",
    },
    UNDER_NOTICE: {
        "title": "关于在小区北侧空地建设电动自行车集中充电车棚（修订方案）的表决",
        "text": "同意将小区北侧约110平方米空地改建为集中充电车棚，设充电口40个，距最近住宅外墙不少于15米，"
        "加装隔音板；充电服务收入扣除合理成本后纳入业主公共收益账户，每季度公布。",
        "item": 8,
        "binding": "statutory",
        "mode": "confidential",
    },
    CLOSED: {
        "title": "关于1号楼单元门禁由钥匙改为刷卡的意向征询",
        "text": "1号楼两个单元的门禁由钥匙改为刷卡，费用约6400元，从1号楼公共收益中列支。",
        "item": 9,
        "scope_building": "1",
    },
    DRAFTED: {
        "title": "关于使用建筑物及其附属设施的维修资金更换2号楼电梯钢丝绳的表决",
        "text": "同意使用维修资金约8.6万元更换2号楼两部电梯的钢丝绳和制动器，由业主委员会公开询价，结算后公布票据。",
        "item": 5,
        "binding": "statutory",
    },
}
_KEPT_OPEN = {
    "1-2-501": "an owner of two flats, who also holds a letter",
    "3-1-502": "a couple that elected nobody",
    "4-S01": "its agent holds a letter",
    "2-2-402": "its guardian votes",
    "2-2-401": "its agent is the owner of two flats",
    "1-2-201": "the resident whose link a start prints",
    "1-1-201": "its paper waits for the second person",
    "1-1-101": "the chair",
}
"""Units whose ballots nobody has cast, so that whoever looks around can, and why."""
_PAPERS = {"1-2-202": "周凤琴", "2-1-102": "梁建平", "3-2-202": "钟秀梅"}
_WAITING_PAPER = ("1-1-201", "丁海燕")


def today(stage: Stage, at: int) -> None:
    """Put the votes of today on the list; `at` is now (ms)."""
    now = at - at % HOUR
    for roster, published, days in ((HELD_ON, 60, 10), (NEXT, 18, 14)):
        stage.roster(roster, published=now - published * DAY, until=now - (published - days) * DAY)
        stage.freeze(roster, now - (published - days) * DAY + HOUR)
    stage.roster(IN_CORRECTION, published=now - DAY, until=end_of_days(now - DAY, 14))
    _objection(stage, IN_CORRECTION, now - 9 * HOUR)
    _prepared(stage, CLOSED, now - 45 * DAY)
    _prepared(stage, OPEN, now - 21 * DAY)
    _prepared(stage, UNDER_NOTICE, now - DAY)
    stage.draft(DRAFTED, now - 6 * HOUR, **_ASKED[DRAFTED])
    _closed(stage, now)
    _open(stage, now, at)
    opens = earliest_opening(DEFAULT, now - DAY) + 9 * HOUR
    closes = opens + NEXT_LASTS + 11 * HOUR
    stage.notice(UNDER_NOTICE, now - DAY, roster=NEXT, opens=opens, closes=closes)


def _prepared(stage: Stage, motion: str, noticed: int) -> None:
    """Drafted and checked before it is noticed."""
    stage.draft(motion, noticed - 3 * DAY, **_ASKED[motion])
    item_class = "special" if _ASKED[motion]["item"] in {6, 7, 8} else "general"
    stage.check(motion, noticed - DAY, item_class)


def _objection(stage: Stage, roster: str, at: int) -> None:
    unit = "4-1-302"
    told = {"id": own_id("docket.objection.today"), "roster": roster, "unit": unit}
    text = "不动产权证书已经办下来，面积应改为登记面积，请核对。"
    stage.do(at, stage.owners.who("孔庆玲", unit), "roster.object", text=text, **told)


def _closed(stage: Stage, now: int) -> None:
    """A vote of one building that closed last night and waits for those who watch its count."""
    noticed = now - 45 * DAY
    opens = earliest_opening(DEFAULT, noticed)
    closes = now - (now + ZONE) % DAY - 4 * HOUR
    stage.notice(CLOSED, noticed, roster=HELD_ON, opens=opens, closes=closes)
    stage.do(opens, system(0), "motion.open", id=CLOSED)
    for number, (unit, name) in enumerate(_voters(stage)):
        if unit.startswith("1-") and number % 7:
            _votes(stage, CLOSED, unit, name, opens + DAY + number * 7 * HOUR)
    stage.do(closes + 1, system(0), "motion.close", id=CLOSED)
    stage.do(closes + 2, system(0), "motion.unseal", id=CLOSED)


def _open(stage: Stage, now: int, at: int) -> None:
    """A vote of the whole estate with some turnout, in which the sample's people can cast."""
    noticed = now - 21 * DAY
    opens = earliest_opening(DEFAULT, noticed)
    stage.notice(OPEN, noticed, roster=HELD_ON, opens=opens, closes=opens + OPEN_LASTS + 20 * HOUR)
    stage.do(opens, system(0), "motion.open", id=OPEN)
    for unit in (*_PAPERS, _WAITING_PAPER[0], "2-2-401", "4-S01"):
        served = {"motion": OPEN, "unit": unit, "proof": "本人签收，附照片"}
        stage.do(opens + HOUR, stage.by("P10", "grid_keeper"), "ballot.serve", **served)
    _letters(stage, opens)
    step = (at - opens - 2 * HOUR) // 60
    for number, (unit, name) in enumerate(_voters(stage)):
        if unit in _KEPT_OPEN or (number % 3 == 1 and unit not in _PAPERS):
            continue
        when = opens + HOUR + number * step
        if unit in _PAPERS:
            choice = _choice(OPEN, unit)
            stage.paper(OPEN, when, unit, choice, _PAPERS[unit], f"A{number:03}")
        else:
            _votes(stage, OPEN, unit, name, when)
    unit, name = _WAITING_PAPER
    stage.enter_paper(OPEN, at - 20 * MINUTE, unit, "agree", name, "A003")


def _letters(stage: Stage, opens: int) -> None:
    company = "塞上星商贸有限公司（虚构）"
    two_flats = stage.owners.who("高敏芝", "1-2-501")
    stage.letter(OPEN, opens + HOUR, "4-S01", company, stage.owners.agent("马永宁"))
    stage.letter(OPEN, opens + HOUR, "2-2-402", "彭子墨", stage.owners.agent("彭建新"), authority="guardian")
    stage.letter(OPEN, opens + 2 * HOUR, "2-2-401", "曾晓雯", two_flats)


def _voters(stage: Stage) -> list[tuple[str, str]]:
    """One unit and one natural person for each household, in the order of the roster."""
    found: dict[tuple[str, ...], tuple[str, str]] = {}
    for line in stage.lines:
        name = line.voter or line.owners[0]
        if line.kind != "parking" and stage.owners.knows(name):
            found.setdefault(line.owners, (line.number, name))
    return list(found.values())


def _votes(stage: Stage, motion: str, unit: str, name: str, at: int) -> None:
    stage.cast_online(motion, at, unit, _choice(motion, unit), stage.owners.who(name, unit))


def _choice(motion: str, unit: str) -> str:
    """About six of ten agree; always the same for the same unit."""
    drawn = hashlib.sha256(f"{motion} {unit}".encode()).digest()[0] % 10
    return "agree" if drawn < 6 else "against" if drawn < 9 else "abstain"
