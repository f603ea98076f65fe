"""The docket's desk in a real browser: a motion from the draft to the final result by those whose it is, and who sees what."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from meetings import Who
from meetings.docket.words import COMMUNITY
from server import dockets, setup
from tests.browser.assembly import PERMITS, Assembly
from tests.browser.council import WIDE, come_in, new_id, too_small, violations, wider_than_window
from tests.browser.hall import SMALLEST
from tests.meetings.cast import DAY
from tests.town import town

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

pytestmark = pytest.mark.browser
SIZES = pytest.mark.parametrize("size", [{}, WIDE], ids=["phone", "desktop"])
SAMPLE = "019da8b9-2840-7f35-93ba-678af218f386"
OPEN, DRAFTED = "019da8b9-2840-7d5a-b8c5-68dee51cfec6", "019da8b9-2840-784c-9f2e-be30866e1a5d"
CLOSED, REJECTED = "019da8b9-2840-7a29-bdec-3c454eac74f3", "019da8b9-2840-77b1-897c-85a54916c8f2"
TITLE = "1号楼单元门换成刷卡门禁"


@pytest.fixture
async def assembly(tmp_path: Path, open_page: Any) -> AsyncIterator[Assembly]:
    setup.set_up(tests=True, tools=True)
    async with town(tmp_path) as place:
        await dockets.open_docket(place.parts.desks, place.community)
        yield Assembly(place, open_page)


async def drafted(page: Any, *, item: int = 9, mode: str = "named", binding: bool = False) -> None:
    """A motion drafted by clicks."""
    await page.get_by_role("link", name="起草议案").click()
    await page.get_by_label("标题").fill(TITLE)
    await page.get_by_label("正文").fill("把1号楼四个单元的门锁换成刷卡门禁，从公共收益里支出。")
    await page.get_by_label("谁的事").select_option("1")
    await page.locator(f"input[name=item][value='{item}']").check()
    await page.locator(f"input[name=mode][value={mode}]").check()
    if binding:
        await page.locator("input[name=binding][value=statutory]").check()
    await page.get_by_role("button", name="存为草案").click()
    await page.wait_for_selector("#h-next")


async def checked(page: Any, assembly: Assembly, item_class: str = "一般事项") -> None:
    await page.get_by_role("link", name=TITLE).click()
    await page.get_by_role("link", name="核对议案").click()
    await page.get_by_role("radio", name=item_class).check()
    await page.get_by_role("button", name="核对无误").click()


async def told(page: Any, words: str) -> None:
    """A refusal in words, where the deed was."""
    await page.wait_for_selector(f"[role=alert]:has-text('{words}')")


async def waits_for(page: Any, words: str) -> None:
    await page.wait_for_selector(f".waits:has-text('{words}')")


async def adopted(page: Any, assembly: Assembly, extension: str = "") -> None:
    """The rules by which a vote here binds, by clicks."""
    await assembly.at(page, "rules")
    assert "没有采用表决规则" in await page.inner_text("main")
    await page.get_by_role("button", name="改表决规则").click()
    await page.get_by_label("允许在本平台投票的规则").fill(PERMITS)
    await page.get_by_label("投票至少").fill("5")
    await page.get_by_label("投票最多").fill("60")
    await page.get_by_label("纸质票").select_option("always")
    await page.get_by_label("投票系统").select_option("own")
    await page.get_by_label("延长投票").select_option(extension)
    await page.get_by_role("button", name="采用", exact=True).click()
    await told(page, "要写明出处")
    await page.get_by_label("上面填的数字出自哪里").fill(PERMITS)
    await page.get_by_role("button", name="采用", exact=True).click()
    await page.wait_for_selector(".figures")
    assert PERMITS in await page.inner_text(".figures")


@pytest.mark.timeout(300)
async def test_a_motion_goes_from_the_draft_to_the_final_result_by_those_whose_it_is(
    assembly: Assembly,
) -> None:
    admin = await assembly.officer("admin", "")
    chair = await assembly.officer("committee_chair", "田主任")
    lawyer = await assembly.officer("lawyer", "纳文慧")
    one, other = [await assembly.officer("tally_supervisor", name) for name in ("何春雨", "海文斌")]
    await adopted(admin, assembly)
    await drafted(chair, mode="confidential", binding=True)
    await waits_for(chair, "等律师或社区核对")
    assert await chair.get_by_role("link", name="核对议案").count() == 0
    (motion,) = await assembly.motions()

    await waits_for(lawyer, "等您办")
    await checked(lawyer, assembly, "特别事项")
    await told(lawyer, "和第 9 项对不上")
    await lawyer.get_by_role("radio", name="一般事项").check()
    await lawyer.get_by_role("button", name="核对无误").click()
    await waits_for(lawyer, "等社区把业主名册公示、定稿")
    await assembly.frozen()

    await chair.get_by_role("link", name="发公告").click()
    await chair.get_by_label("开始投票的日期").fill("2020-01-01")
    for name in ("何春雨", "海文斌"):
        await chair.get_by_label(name, exact=True).check()
    await chair.get_by_role("button", name="发公告").click()
    await told(chair, "先告知居民委员会")
    await chair.get_by_label("已经同时告知居民委员会").check()
    await chair.get_by_role("button", name="发公告").click()
    await told(chair, "开始得太早了，最早")
    await assembly.at(chair, "motions", motion.id, "notice")
    for name in ("何春雨", "海文斌", "已经同时告知居民委员会"):
        await chair.get_by_label(name, exact=True).check()
    await chair.get_by_role("button", name="发公告").click()
    await waits_for(chair, "等投票开始")
    assert await chair.get_by_role("link", name="改草案").count() == 0

    await _voted(assembly, motion.id)
    await waits_for(chair, "等投票截止")
    await chair.wait_for_selector(".turnout .said.ok >> nth=1")
    assert await chair.locator(".turnout .said").all_inner_texts() == ["达到", "达到"]
    assert await chair.get_by_role("button", name="撤回议案").count() == 0
    assert await chair.locator("#h-result").count() == 0

    (motion,) = await assembly.motions()
    assembly.hour.at = (motion.closes_at or 0) + 1
    await assembly.look()
    await _counted(assembly, motion.id, admin, one, other)
    assert await other.get_by_role("button", name="公布结果").count() == 0
    await assembly.at(chair, "count", motion.id)
    await chair.get_by_role("button", name="公布结果").click()
    await waits_for(chair, "公示中")

    flat, owner = (await assembly.owners("1"))[0]
    await assembly.give(
        owner, "motion.dispute", id=motion.id, dispute=new_id(), text=f"{flat}的票好像没有算进去。"
    )
    await waits_for(one, "等监票人答复异议")
    await one.get_by_label("答复（会公开）").fill("请两位监票人重新核一遍。")
    await one.get_by_role("button", name="重新计票").click()
    await _signed(one, other)
    await admin.get_by_role("button", name="记入计票结果").click()
    await chair.get_by_role("button", name="公布结果").click()
    await waits_for(chair, "公示中")
    assert "重新计票的原因：请两位监票人重新核一遍。" in await chair.inner_text("main")

    assembly.hour.at += 10 * DAY
    await assembly.look()
    await chair.wait_for_selector(".states:has-text('最终结果'):has-text('通过')")
    await assembly.at(admin, "motions", motion.id)
    await admin.wait_for_selector(".course")
    said = await admin.inner_text("main")
    for words in ("第 2 次计票", "最终结果", "两步，人数和面积都达到了"):
        assert words in said
    await admin.get_by_role("button", name="撤销结果").click()
    await admin.get_by_label("为什么撤销").fill("判决撤销。")
    await admin.get_by_label("法院或主管部门的文书").fill("（2027）宁01民终1号")
    await admin.get_by_role("button", name="撤销结果").click()
    await admin.wait_for_selector(".notice:has-text('判决撤销'):has-text('（2027）宁01民终1号')")


async def _voted(assembly: Assembly, motion: str) -> None:
    """The window opens, and building 1 votes: two against, the others for it."""
    (held,) = await assembly.motions()
    assembly.hour.at = held.opens_at or 0
    await assembly.look()
    owners = await assembly.owners("1")
    for place, (unit, who) in enumerate(owners):
        await assembly.cast(motion, who, unit, "against" if place < 2 else "agree")


async def _counted(assembly: Assembly, motion: str, admin: Any, one: Any, other: Any) -> None:
    for page in (one, other):
        await assembly.at(page, "count", motion)
        await page.wait_for_selector("#h-seal")
        assert await page.get_by_role("button", name="看计票文件").count() == 0
        await page.get_by_role("button", name="启封").click()
        await page.get_by_role("button", name="确定").click()
        await page.get_by_role("button", name="启封").wait_for(state="detached")
    await assembly.look()
    await assembly.at(admin, "count", motion)
    assert await admin.get_by_role("button", name="看计票文件").count() == 0
    await _signed(one, other)
    await admin.get_by_role("button", name="记入计票结果").click()
    await admin.wait_for_selector("#h-announce")


async def _signed(one: Any, other: Any) -> None:
    """Both read the document, recount its digest and sign."""
    for page in (one, other):
        await page.get_by_role("button", name="看计票文件").click()
        await page.wait_for_selector("text=指纹一致")
        await page.get_by_role("button", name="对得上，签名").click()
        await page.get_by_role("button", name="确定").click()
        await page.wait_for_selector("text=对得上，签名", state="detached")


async def test_a_statutory_motion_says_line_by_line_what_it_lacks_and_is_not_noticed(
    assembly: Assembly,
) -> None:
    chair = await assembly.officer("committee_chair", "田主任")
    lawyer = await assembly.officer("lawyer", "纳文慧")
    for name in ("何春雨", "海文斌"):
        await assembly.officer("tally_supervisor", name)
    await assembly.frozen()
    await drafted(chair, binding=True)
    lacks = await chair.locator(".lacks li").all_inner_texts()
    assert "允许在本平台投票的规则" in lacks
    assert len(lacks) > 3
    await checked(lawyer, assembly)
    await waits_for(lawyer, "等业委会或社区发公告")
    (motion,) = await assembly.motions()
    await assembly.at(chair, "motions", motion.id, "notice")
    for name in ("何春雨", "海文斌", "已经同时告知居民委员会"):
        await chair.get_by_label(name, exact=True).check()
    await chair.get_by_role("button", name="发公告").click()
    await told(chair, "允许在本平台投票的规则")
    (motion,) = await assembly.motions()
    assert motion.state == "checked"
    await chair.get_by_role("button", name="撤回议案").click()
    await chair.get_by_label("为什么撤回").fill("先把议事规则改好。")
    await chair.get_by_role("button", name="撤回议案").click()
    await chair.wait_for_selector(".notice:has-text('先把议事规则改好。')")


async def test_an_extension_without_its_hour_is_not_left_out_of_the_notice(assembly: Assembly) -> None:
    admin = await assembly.officer("admin", "")
    chair = await assembly.officer("committee_chair", "田主任")
    lawyer = await assembly.officer("lawyer", "纳文慧")
    for name in ("何春雨", "海文斌"):
        await assembly.officer("tally_supervisor", name)
    await adopted(admin, assembly, extension="yes")
    await assembly.frozen()
    await drafted(chair, binding=True)
    await checked(lawyer, assembly)
    await waits_for(lawyer, "等业委会或社区发公告")
    (motion,) = await assembly.motions()
    await assembly.at(chair, "motions", motion.id, "notice")
    for name in ("何春雨", "海文斌", "已经同时告知居民委员会"):
        await chair.get_by_label(name, exact=True).check()
    closes = await chair.get_by_label("截止的日期").input_value()
    await chair.get_by_label("延长到的日期").fill(closes)
    await chair.get_by_label("延长到的时间").fill("")
    await chair.get_by_role("button", name="发公告").click()
    await told(chair, "日期、时间都写全")
    (motion,) = await assembly.motions()
    assert motion.state == "checked"
    await chair.get_by_label("延长到的时间").fill("23:00")
    await chair.get_by_role("button", name="发公告").click()
    await waits_for(chair, "等投票开始")
    (motion,) = await assembly.motions()
    assert motion.extends_to


async def test_using_and_raising_the_fund_are_told_apart_and_a_draft_changes_until_it_is_checked(
    assembly: Assembly,
) -> None:
    chair = await assembly.officer("committee_chair", "田主任")
    await chair.get_by_role("link", name="起草议案").click()
    await chair.get_by_role("button", name="存为草案").click()
    await told(chair, "请选属于第几项")
    await chair.locator("input[name=item][value='5']").check()
    assert "这是“使用”维修资金" in await chair.inner_text("[role=status]")
    await chair.locator("input[name=item][value='6']").check()
    assert "这是“筹集”维修资金" in await chair.inner_text("[role=status]")
    await chair.get_by_role("button", name="存为草案").click()
    await told(chair, "请写标题")
    assert await assembly.motions() == []
    await chair.get_by_label("标题").fill("筹集维修资金")
    await chair.get_by_label("正文").fill("每平方米筹集十元。")
    await chair.locator("input[name=mode][value=anonymous]").check()
    assert await chair.locator("input[name=binding]").count() == 0
    await chair.get_by_role("button", name="存为草案").click()
    await chair.get_by_role("link", name="改草案").click()
    await chair.get_by_label("标题").fill("筹集电梯维修资金")
    await chair.locator("input[name=mode][value=named]").check()
    await chair.get_by_role("button", name="存为草案").click()
    await chair.wait_for_selector(".named:has-text('筹集电梯维修资金')")
    (motion,) = await assembly.motions()
    assert (motion.asked.item, motion.asked.mode, motion.asked.binding) == (6, "named", "advisory")


LONG_ELSEWHERE = """() => {
    const now = Date.now
    const look = (seen) => {
        Object.defineProperty(document, 'visibilityState', { get: () => seen, configurable: true })
        document.dispatchEvent(new Event('visibilitychange'))
    }
    look('hidden')
    Date.now = () => now() + 11 * 60_000
    look('visible')
    Date.now = now
}"""


@pytest.mark.parametrize(
    ("tab", "field"),
    [("motions/new", "#d-title"), ("questionnaires/new", "#a-title"), (f"paper/{OPEN}", "#p-number")],
)
async def test_a_long_look_elsewhere_reloads_the_desk_and_never_a_half_written_form(
    open_page: Any, council: Any, tab: str, field: str
) -> None:
    page = await come_in(open_page, council, "secretary", f"/docket/{SAMPLE}#/{tab}", **WIDE)
    await page.fill(field, "写到一半")
    await page.evaluate("() => { window.same = true }")
    await page.evaluate(LONG_ELSEWHERE)
    assert await page.evaluate("() => fetch('/api/me').then(() => window.same)")
    assert await page.input_value(field) == "写到一半"
    await page.fill(field, "")
    await page.evaluate(LONG_ELSEWHERE)
    await page.wait_for_function("() => !window.same")


async def test_a_document_that_was_tampered_with_is_not_offered_for_signing(
    open_page: Any, council: Any
) -> None:
    page = await come_in(open_page, council, "supervisor", **WIDE)

    async def spoil(route: Any) -> None:
        answer = await route.fetch()
        told = await answer.json()
        told["document"]["ballots"][0]["choice"] = "abstain"
        await route.fulfill(response=answer, json=told)

    await page.route("**/document", spoil)
    await page.goto(f"{council.url}/docket/{SAMPLE}#/count/{CLOSED}")
    await page.get_by_role("button", name="看计票文件").click()
    await page.wait_for_selector("text=请不要签名")
    assert await page.get_by_role("button", name="对得上，签名").count() == 0


DEEDS = {
    "chair": {OPEN: [], DRAFTED: ["改草案", "撤回议案"], CLOSED: ["到计票"], REJECTED: ["到计票"]},
    "lawyer": {OPEN: [], DRAFTED: ["核对议案"], CLOSED: ["到计票"], REJECTED: ["到计票"]},
    "clerk": {OPEN: [], DRAFTED: [], CLOSED: ["到计票"], REJECTED: ["到计票"]},
    "supervisor": {OPEN: [], DRAFTED: [], CLOSED: ["到计票"], REJECTED: ["到计票"]},
    "secretary": {
        OPEN: [],
        DRAFTED: ["核对议案", "撤回议案"],
        CLOSED: ["到计票"],
        REJECTED: ["到计票", "撤销结果"],
    },
}


@pytest.mark.parametrize("who", DEEDS)
async def test_each_role_is_shown_what_it_may_do_and_nothing_else(
    open_page: Any, council: Any, who: str
) -> None:
    page = await come_in(open_page, council, who, f"/docket/{SAMPLE}", **WIDE)
    await page.wait_for_selector(".motions")
    drafting = who in {"chair", "secretary"}
    assert await page.get_by_role("link", name="起草议案").count() == drafting
    for motion, deeds in DEEDS[who].items():
        await page.goto(f"{council.url}/docket/{SAMPLE}#/motions/{motion}")
        await page.wait_for_selector(".course")
        assert await page.locator(".rail .acts a, .rail .acts button").all_inner_texts() == deeds, motion


async def test_a_chair_is_offered_nothing_of_an_estate_that_is_not_theirs(
    assembly: Assembly, open_page: Any
) -> None:
    place = assembly.place
    admin = await assembly.officer("admin", "")
    await drafted(admin)
    (motion,) = await assembly.motions()
    office = Who((await (await admin.request.get(f"{assembly.base}/api/me")).json())["person"], 0, COMMUNITY)
    asked, question = new_id(), {"kind": "text", "text": "还有什么建议？"}
    told = {"id": asked, "estate": place.estate, "title": "入户征求意见", "text": "为议事会准备。"}
    await assembly.give(office, "questionnaire.draft", **told, questions=[question])
    await assembly.frozen()
    at_home = await place.joined("3-1-501", name="任志勇", code=await place.code("3-1-501"))
    await place.parts.accounts.grant(
        (await at_home.me())["person"], "committee_chair", at=place.parts.clock()
    )
    page = await open_page("about:blank", **WIDE)
    await page.context.add_cookies([{"name": "sun", "value": at_home.session, "url": assembly.base}])
    foreign = await assembly.officer("committee_chair", "郑主任")
    for chair, deeds, asking in ((page, ["撤回议案"], 3), (foreign, [], 0)):
        await assembly.at(chair, "motions", motion.id)
        await chair.wait_for_selector(".course")
        assert await chair.locator(".rail .acts a, .rail .acts button").all_inner_texts() == deeds
        await assembly.at(chair, "questionnaires", asked)
        await chair.wait_for_selector(".aql")
        assert await chair.locator("#view form, #view button.okb").count() == asking


async def test_the_desk_is_closed_to_residents_and_strangers(open_page: Any, council: Any) -> None:
    for who in ("resident", "owner", "moderator"):
        page = await come_in(open_page, council, who)
        answer = await page.goto(f"{council.url}/docket/{SAMPLE}")
        assert answer.status == 403
        listed = await page.request.get(f"{council.url}/api/records/docket:{SAMPLE}/supervisors")
        assert listed.status == 403
    chair = await come_in(open_page, council, "chair")
    assert (await chair.goto(f"{council.url}/docket/{new_id()}")).status == 404


@SIZES
async def test_every_view_of_the_desk_can_be_read_reached_and_stays_within_the_window(
    open_page: Any, council: Any, size: dict[str, Any]
) -> None:
    places = (
        "motions",
        "motions/new",
        f"motions/{OPEN}",
        f"motions/{DRAFTED}",
        f"motions/{REJECTED}",
        "count",
    )
    page = await come_in(open_page, council, "secretary", f"/docket/{SAMPLE}", **size)
    for place in (*places, f"count/{REJECTED}", "rules"):
        await page.goto(f"{council.url}/docket/{SAMPLE}#/{place}")
        await page.wait_for_selector("main .panel")
        await page.wait_for_load_state("networkidle")
        assert await violations(page) == [], place
        assert await wider_than_window(page) == [], place
        assert await page.evaluate(SMALLEST, 14) == [], place
        assert await too_small(page, 28) == [], place
