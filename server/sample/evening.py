"""What the simulated people of a demo say, and who does what at which second: a plan drawn from a seed.

Pure: the same seed gives the same evening. Everything said here is invented.
"""

import random
from typing import NamedTuple

ROUND_SECONDS = 600
"""The plan is for one round; the next round is drawn from the next seed."""

QUESTIONS = (
    "三家候选物业里，哪一家承诺二十四小时有人值守？",
    "禾光物业报的每平方米1.35元，包不包括电梯年检？",
    "新物业进场以后，原来欠的物业费怎么算？",
    "垃圾清运中间会不会断？谁来兜底？",
    "合同草案在哪里能看到全文？",
    "电梯广告的钱以后多久公布一次？",
    "北侧空地的充电车棚，晚上噪声怎么管？",
    "充电多少钱一度，钱进不进公共账户？",
    "门禁坏了两个月了，新物业多久能修好？",
    "哪家物业的保安年龄有要求？我看现在的都六十多了。",
    "合同到期前多久要提醒业主？能不能写进合同？",
    "多久清洗一次二次供水的水箱？我家电话13000015155，麻烦给个准话。",
    "电梯广告费以后多长时间公开一次？",
    "老人不会用手机，第二次表决还能不能上门收票？",
    "车库的地坪二期什么时候动工？",
    "三家的报价差两毛五，差在哪儿了？",
    "服务没达到标准，能不能扣物业费？",
    "孩子放学那阵子能不能有人在东门看着车？",
)

# The later one asks the same as the earlier one: the moderator puts them together.
SAME = ((5, 12),)

COMMENTS = (
    "声音清楚",
    "支持公开透明",
    "律师讲得明白",
    "请把三家的报价打在屏幕上",
    "终于说到点子上了",
    "充电棚挪到北边我没意见",
    "麻烦说慢一点，老人家听不清",
    "记得把回放发群里",
    "攒劲！",
    "这个问题我也想问",
    "楼道灯真的都修好了，谢谢",
    "希望以后每季度都公布账目",
    "租户也能提意见，挺好",
    "有没有文字版的合同",
    "三号楼的邻居在不在",
    "涨三分钱能接受，服务得跟上",
    "先看半年再说",
    "主持人控制得不错",
)


class Act(NamedTuple):
    """One doing: at which second of the round, by which of the residents, what, and a number it needs."""

    at: float
    person: int
    what: str
    number: int = 0


def plan(seed: int, people: int) -> list[Act]:
    """The doings of one round, in the order of their times.

    `arrive` and `leave` come in pairs; `ask` and `comment` carry the place of their words, `support` and
    `waver` (lend support and take it back) how far down the queue they look, `applaud` how often.
    """
    dice = random.Random(seed)  # noqa: S311 - a play, not a secret
    acts: list[Act] = []
    visits: list[Visit] = []
    for person in range(people):
        for visit in _visits(dice, person):
            visits.append(visit)
            acts += _doings(dice, visit)
    asking = dice.sample(range(len(QUESTIONS)), len(QUESTIONS))
    for place, words in enumerate(asking):
        at = 20 + place * (ROUND_SECONDS - 80) / len(QUESTIONS) + dice.uniform(0, 15)
        here = [visit for visit in visits if visit.begin + 3 < at < visit.end - 3]
        # With nobody there yet, the first to come asks, having looked around for a moment.
        visit = dice.choice(here) if here else min(visit for visit in visits if visit.begin > at - 3)
        acts.append(Act(max(at, visit.begin + 4), visit.person, "ask", words))
    return sorted(acts)


class Visit(NamedTuple):
    """From when until when somebody is there, in seconds of the round."""

    begin: float
    end: float
    person: int


def _visits(dice: random.Random, person: int) -> list[Visit]:
    """One person's evening: comes, perhaps goes and comes back."""
    visits: list[Visit] = []
    begin = dice.betavariate(1.2, 5) * ROUND_SECONDS * 0.6
    while begin < ROUND_SECONDS - 30:
        end = min(begin + dice.uniform(60, 420), ROUND_SECONDS - 1.0)
        visits.append(Visit(begin, end, person))
        begin = end + dice.uniform(20, 120)
        if dice.random() < 0.4:
            break
    return visits


def _doings(dice: random.Random, visit: Visit) -> list[Act]:
    """What somebody does in one visit: hesitates first, and between things."""
    acts = [Act(visit.begin, visit.person, "arrive")]
    now = visit.begin + dice.uniform(5, 25)
    while now < visit.end - 2:
        what = dice.choices(("support", "waver", "comment", "applaud", "answer"), (40, 8, 14, 30, 8))[0]
        number = {
            "support": dice.randrange(8),
            "waver": dice.randrange(8),
            "comment": dice.randrange(len(COMMENTS)),
            "applaud": dice.randint(1, 7),
            "answer": dice.choices(range(4), (60, 20, 5, 15))[0],
        }[what]
        acts.append(Act(now, visit.person, what, number))
        now += dice.expovariate(1 / 18) + 2
    return [*acts, Act(visit.end, visit.person, "leave")]
