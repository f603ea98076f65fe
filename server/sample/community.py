"""The sample community: estate, roster, people with their roles, and the meeting at hand, ready to open.

Everything carries the mark of the sample and leaves with it. Making it again changes nothing, so that a start that
was cut off is finished by the next one.
"""

from typing import Any

from meetings import Who
from meetings.masking import masked
from server.dockets import open_docket
from server.findings import bring
from server.sample.cast import PARTS, SECRETARY, Cast, Member, own_id, system
from server.sample.owners import ROLES, Owners
from server.sample.past import NotTaken
from server.sample.programme import ROSTER
from server.sample.votes import hold_votes

MINUTE = 60_000
DUE_AFTER = 10 * MINUTE
"""The meeting at hand is due this long after the first start."""

COMMUNITY = own_id("community")
ESTATE = own_id("estate")
PAST = f"meeting:{own_id('M01')}"
AT_HAND = f"meeting:{own_id('M02')}"

TITLE = "梧桐里小区更换物业专题阳光议事会（第二轮）"
NUMBER = "阳光里〔2026〕第2次阳光议事会"
_AGENDA = (
    ("opening", "开场：到会情况、议事规则、个人信息告知", 5, "P01"),
    ("briefing", "第一轮以来：表决结果、任务办理情况", 8, "P07"),
    ("explanation", "三家候选物业企业说明服务和报价", 15, "P07"),
    ("law_talk", "合同草案要点、交接期限", 8, "P04"),
    ("questions", "居民提问与解答", 30, "P04"),
    ("explanation", "北侧空地充电车棚修订方案", 10, "P07"),
    ("speech", "人大代表、政协委员发言建议", 8, "P05"),
    ("poll", "现场意向征询（不具法律效力）", 4, "P01"),
    ("claiming", "责任单位现场认领、明确时限", 6, "P01"),
    ("closing", "宣布下一步安排，休会", 2, "P01"),
)
_POLL = ("充电车棚放在北侧空地，你觉得怎么样？", ("赞成", "赞成，但要降噪", "换个地方", "还没想好"))
_PLATES = ("P01", "P02", "P03", "P04", "P05", "P06", "P07", "P08", "P09", "P10", "P11", "P12", "P13")
RULES = {
    "id": own_id("rules"),
    "estate": ESTATE,
    "based_on": "default",
    "permits": "《梧桐里小区业主大会议事规则》第十九条（网络与纸质并行表决）",
    "source": "《梧桐里小区业主大会议事规则》第十七条、第十九条",
    "window_least_days": 5,
    "window_most_days": 60,
    "paper": "always",
    "platform": "own",
}
"""The estate's own rules of procedure permit votes on this platform."""
_EXTRA = {
    "moderator2": Member(own_id("moderator2"), "陆小满", "陆小满", role="moderator"),
    "screen": Member(own_id("screen"), "议事厅大屏幕", "大屏幕", role="screen"),
}
_RESIDENTS = frozenset({"owner", "tenant", "resident"})
_STAFF_TITLE = "社区工作者，负责评论审核"


async def make_community(accounts: Any, cast: Cast, at: int) -> None:
    """Make the community with its estate, roster and people. `at` is now (ms)."""
    await accounts.create_community(
        "阳光里社区",
        city="（虚构）银川市",
        district="明湖区",
        street="清和路街道",
        sample=True,
        own_id=COMMUNITY,
    )
    await accounts.create_estate(COMMUNITY, "梧桐里小区", own_id=ESTATE, at=at)
    report = await accounts.import_roster(ESTATE, ROSTER.read_bytes(), ROSTER.name, at)
    if not report.ok:
        raise NotTaken(f"the sample's roster: {report.problems[:3]}")
    part_of = {name: part for part, name in PARTS.items()}
    for name, member in cast.everybody():
        part = part_of.get(name) or (SECRETARY if name == SECRETARY else None)
        await _person(accounts, member, part, at)
    for part, member in _EXTRA.items():
        await _person(accounts, member, part, at)
    await accounts.grant(cast.id_of(SECRETARY), "secretary", at=at)


async def _person(accounts: Any, member: Member, part: str | None, at: int) -> None:
    await accounts.create_person(
        COMMUNITY,
        member.name,
        call=member.alias[:8],
        own_id=member.id,
        part=part,
        unit=member.unit if member.role in _RESIDENTS else None,
        proved=member.proved,
        way="building",
        sample=True,
        at=at,
    )


async def make_docket(parts: Any, cast: Cast, council: dict[str, Any], at: int) -> None:
    """Make the community's docket: the owners' accounts, the roles of those who run a vote, and the votes."""
    record = await open_docket(parts.desks, COMMUNITY)
    owners = Owners(cast, await parts.accounts.estates.units_of(ESTATE))
    people, homes = owners.rows(COMMUNITY, at)
    await parts.accounts.people.add_crowd(people, homes, [])
    for name, role in ROLES.items():
        await parts.accounts.grant(cast.id_of(name), role, at=at)
    await hold_votes(parts, record, cast, owners, council, RULES, at)


async def make_meeting(parts: Any, cast: Cast, council: dict[str, Any], at: int) -> None:
    """Make the meeting at hand: announced, due in ten minutes, its lobby to be opened at any time."""
    await parts.accounts.place_meeting(AT_HAND, COMMUNITY, ESTATE, at, sample=True)
    await parts.desks.create(AT_HAND, COMMUNITY, at)
    place = await parts.accounts.meeting_of(AT_HAND)
    people = {one["id"]: one for one in council["participants"]}
    secretary = cast[SECRETARY].who(at)

    async def give(word: str, who: Who = secretary, **fields: Any) -> None:
        answer = await parts.desks.give(AT_HAND, {"type": word, **fields}, who)
        if not answer.get("ok"):
            raise NotTaken(f"{word} {fields}: {answer}")

    await give(
        "meeting.set",
        system(at),
        title=TITLE,
        number=NUMBER,
        starts_at=at + DUE_AFTER,
        planned_minutes=sum(minutes for _, _, minutes, _ in _AGENDA),
        venue=council["meeting"]["venue"],
        convener="阳光里社区居民委员会",
        host=people["P01"]["name"],
        parties=[unit["name"] for unit in council["responsible_units"][:4]],
        attending=[
            f"{people[name]['name']}（{people[name]['badge']}）" for name in council["meeting"]["guests"]
        ],
        review_questions="before",
        review_comments="after",
        watch="public",
        code=place.code,
        estate="梧桐里小区",
        unproved_may_speak=True,
        notice=council["meeting"]["privacy_notice"],
        lobby_minutes=None,
        sample=True,
    )
    for name in _PLATES:
        one = people[name]
        plate = {"name": one["name"], "badge": one["badge"], "title": masked(one["title"])}
        await give("person.appoint", person=cast.id_of(name), role=one["role"], **plate)
    second = _EXTRA["moderator2"]
    plate = {"name": second.name, "badge": people["P02"]["badge"], "title": _STAFF_TITLE}
    await give("person.appoint", person=second.id, role="moderator", **plate)
    await parts.accounts.grant(_EXTRA["screen"].id, "screen", record=AT_HAND, at=at)
    for place_in_order, (kind, title, minutes, lead) in enumerate(_AGENDA):
        item = own_id(f"M02.{place_in_order}")
        fields: dict[str, Any] = {"kind": kind, "title": title, "minutes": minutes, "lead": cast.id_of(lead)}
        await give("agenda.add", id=item, **fields)
    question, options = _POLL
    await give(
        "poll.draft", id=own_id("M02.poll"), question=question, options=list(options), per="person", minutes=4
    )
    # The sample says how the comments are reviewed; nothing is loose without somebody at the desk.
    await give("duty.begin", cast["P02"].who(at))
    await bring(parts.desks, f"docket:{COMMUNITY}")
    await give("meeting.announce")


async def meeting_at_hand(accounts: Any) -> str | None:
    """The record of the sample's meeting at hand, or None where there is no sample."""
    return AT_HAND if await accounts.meeting_of(AT_HAND) is not None else None
