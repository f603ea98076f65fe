"""The administration in a real browser: from an empty folder to an open meeting by clicks alone, and each of its views."""

import pytest

from server import setup
from tests import engines
from tests.browser.council import WIDE, come_in, too_small, violations, wider_than_window
from tests.browser.hall import SMALLEST

pytestmark = pytest.mark.browser
ROSTER = setup.ROOT / "server/sample/roster.csv"
VIEWS = ("places", "roster", "meetings", "letters", "people")
SIZES = pytest.mark.parametrize("size", [{}, WIDE], ids=["phone", "desktop"])
WRONG_LINES = (
    "unit_no,building,stair,room,use,area_m2,area_basis,delivery_status,household_id,owners,co_owner_count,representative,owner_type\\n"
    "1-1-101,1,1,101,住宅,八十九,登记,已交付,H01,田秀兰,1,田秀兰,自然人\\n"
    "1-1-102,1,1,102,住宅,96.52,登记,已交付,H02,马志成,1,马志成,自然人\\n"
    "1-1-102,1,1,102,住宅,96.52,登记,已交付,H03,丁海燕,1,丁海燕,自然人\\n"
).replace("\\n", "\n")


@pytest.fixture(scope="module")
def nothing(tmp_path_factory):
    """A server over an empty folder."""
    with engines.serve(tmp_path_factory.mktemp("nothing"), "--empty") as served:
        yield served


@pytest.fixture(scope="module")
def office(tmp_path_factory):
    """A server with the sample, that these tests may change."""
    with engines.serve(tmp_path_factory.mktemp("office")) as served:
        yield served


async def at_office(open_page, served, path="/admin", **context):
    page = await come_in(open_page, served, "admin", path, **(context or WIDE))
    await page.wait_for_selector("#h-view")
    await page.wait_for_selector(".panel")
    return page


async def shown(page, view):
    await page.click(f".nav a[href='#/{view}']")
    await page.wait_for_selector(f".nav a[href='#/{view}'].on")
    await page.wait_for_load_state("networkidle")


@pytest.mark.timeout(180)
async def test_from_an_empty_folder_to_an_open_meeting_by_clicks_alone(open_page, nothing):
    page = await at_office(open_page, nothing)
    await page.wait_for_selector("#h-first")
    await page.get_by_label("社区名称").fill("阳光里社区")
    await page.get_by_label("帮助电话").fill("0951-000 0000")
    await page.get_by_role("button", name="保存").click()
    await page.get_by_label("小区名称").fill("梧桐里小区")
    await page.get_by_role("button", name="加小区").click()
    await page.get_by_role("link", name="放进名册").click()
    await page.set_input_files("input[type=file]", ROSTER)
    await page.get_by_role("button", name="全部导入 77 行").click()
    await page.get_by_role("link", name="新会议").click()
    await page.get_by_label("会议名称").fill("停车位专题阳光议事会")
    await page.get_by_label("地点").fill("社区三楼议事厅")
    await page.get_by_role("button", name="写议程和人员").click()
    await page.get_by_role("button", name="发布公告").click()
    assert "议程至少一项" in await page.inner_text("[role=alert]")
    await page.get_by_role("button", name="放进常用的").click()
    await page.wait_for_selector(".ags tbody tr:nth-child(10)")
    await page.get_by_role("button", name="加人").click()
    await page.locator("#p-name-staff").fill("苏敏")
    await page.get_by_role("button", name="加上并发链接").click()
    host_link = await page.get_by_label("苏敏 的个人链接", exact=True).input_value()
    await page.get_by_role("button", name="发布公告").click()
    await page.get_by_role("button", name="开放等候室").click()
    await page.wait_for_selector("text=会议开着")

    host = await open_page(host_link)
    await host.click("#confirm")
    await host.wait_for_url(lambda url: "/enter" not in url)
    guest = await open_page(nothing.url + await page.locator(".url a").get_attribute("href"))
    assert "停车位专题阳光议事会" in await guest.inner_text("body")


async def test_the_agenda_keeps_what_is_written_and_moved(open_page, office):
    page = await at_office(open_page, office, f"/admin#/meetings/{office.record.partition(':')[2]}")
    await page.wait_for_selector(".ags tbody tr")
    before = await page.locator(".ags .x input").evaluate_all("all => all.map((one) => one.value)")
    await page.get_by_label("第 2 项内容").fill("改过的一项")
    await page.get_by_label("第 2 项主讲", exact=True).focus()
    await page.get_by_role("button", name="第 2 项下移").click()
    await page.wait_for_function(
        "() => document.querySelectorAll('.ags .x input')[2]?.value === '改过的一项'"
    )
    await page.reload()
    await page.wait_for_selector(".ags tbody tr")
    after = await page.locator(".ags .x input").evaluate_all("all => all.map((one) => one.value)")
    assert after == [before[0], before[2], "改过的一项", *before[3:]]


async def test_a_broken_roster_is_told_line_by_line_and_nothing_is_taken(open_page, office):
    page = await at_office(open_page, office, "/admin#/roster")
    units = await page.inner_text(".tot tbody tr:first-child td:last-child")
    file = {"name": "坏名册.csv", "mimeType": "text/csv", "buffer": WRONG_LINES.encode()}
    await page.set_input_files("input[type=file]", file)
    await page.wait_for_selector(".probs tr.e")
    told = await page.locator(".probs tr.e").all_inner_texts()
    assert any("2" in line and "面积要写成数字" in line for line in told)
    assert any("第 3 行已经有这个房号" in line for line in told)
    assert await page.get_by_role("button", name="全部导入").is_disabled()
    assert await violations(page) == []
    await page.reload()
    await page.wait_for_selector(".tot")
    assert await page.inner_text(".tot tbody tr:first-child td:last-child") == units


async def test_a_link_no_phone_can_open_is_said_to_be_so(open_page, office):
    page = await at_office(open_page, office, "/admin#/letters")
    assert "手机打不开这个网址" in await page.inner_text(".notice")
    await page.wait_for_selector("#h-print")
    assert await page.get_by_role("link", name="打开邀请信").count() == 0


async def test_a_personal_link_is_shown_once_and_can_be_revoked(open_page, office):
    page = await at_office(open_page, office, f"/admin#/meetings/{office.record.partition(':')[2]}")
    await page.get_by_role("button", name="请嘉宾").click()
    await page.locator("#p-name-guests").fill("康乐山")
    await page.locator("#p-badge").fill("政协委员")
    await page.get_by_role("button", name="加上并发链接").click()
    link = await page.get_by_label("康乐山 的个人链接", exact=True).input_value()
    assert await page.locator(".fresh svg.qr path").get_attribute("d")
    await page.reload()
    row = page.locator(".pp > li", has_text="康乐山")
    await row.wait_for()
    assert link not in await page.content()
    await row.locator("summary").click()
    await row.get_by_role("button", name="作废这个链接").click()
    await page.wait_for_selector("text=已作废")
    visitor = await open_page(link)
    await visitor.wait_for_load_state("networkidle")
    if await visitor.locator("#confirm").is_visible():
        await visitor.click("#confirm")
    await visitor.wait_for_function("() => /失效|作废|不能用|过期/.test(document.body.innerText)")


async def test_links_of_several_people_stay_until_each_is_closed_and_nobody_goes_by_one_slip(
    open_page, office
):
    page = await at_office(open_page, office, f"/admin#/meetings/{office.record.partition(':')[2]}")
    for name in ("罗晓东", "罗晓西"):
        await page.get_by_role("button", name="加人").click()
        await page.locator("#p-role-staff").select_option("moderator")
        await page.locator("#p-name-staff").fill(name)
        await page.get_by_role("button", name="加上并发链接").click()
        await page.get_by_label(f"{name} 的个人链接", exact=True).wait_for()
    assert await page.locator(".fresh input").count() == 2
    await page.locator(".fresh").first.get_by_role("button", name="关闭").click()
    assert await page.get_by_label("罗晓东 的个人链接", exact=True).is_visible()
    row = page.locator(".pp > li", has_text="罗晓西")
    await row.get_by_role("button", name="罗晓西 退出这场会").click()
    await row.get_by_role("button", name="取消").click()
    await row.get_by_role("button", name="罗晓西 退出这场会").click()
    await row.get_by_role("button", name="确定").click()
    await row.wait_for(state="detached")


async def test_homes_that_a_shorter_roster_would_take_away_are_named_before_it_is_taken(open_page, office):
    page = await at_office(open_page, office, "/admin#/roster")
    shorter = "".join(ROSTER.read_text("utf-8-sig").splitlines(keepends=True)[:-10])
    file = {"name": "短.csv", "mimeType": "text/csv", "buffer": shorter.encode()}
    await page.set_input_files("input[type=file]", file)
    await page.wait_for_selector(".probs tr.h")
    told = [line for line in await page.locator(".probs tr.h").all_inner_texts() if "新文件里没有" in line]
    assert len(told) == 10


@SIZES
@pytest.mark.timeout(180)
async def test_every_view_can_be_used_by_everybody(open_page, office, size):
    page = await at_office(open_page, office, **(size or {"viewport": {"width": 360, "height": 740}}))
    for view in VIEWS:
        await shown(page, view)
        assert await violations(page) == [], view
        assert await wider_than_window(page) == [], view
        assert await page.evaluate(SMALLEST, 14) == [], view
        # The file field is pressed by its frame, which is a label around it.
        assert [one for one in await too_small(page, 24) if "INPUT.vh 1x1" not in one] == [], view
    for path in ("#/meetings/new", f"#/meetings/{office.record.partition(':')[2]}"):
        await page.goto(f"{office.url}/admin{path}")
        await page.wait_for_selector(".panel .in")
        assert await violations(page) == [], path
        assert await wider_than_window(page) == [], path


async def test_in_english_no_word_is_missing(open_page, office):
    page = await at_office(open_page, office, "/admin?lang=en", **WIDE)
    for view in VIEWS:
        await shown(page, view)
        text = await page.inner_text("body")
        assert "admin-" not in text, view
        assert "common-" not in text, view
    await page.context.add_cookies([{"name": "lang", "value": "zh-CN", "url": office.url}])


async def test_a_stranger_is_shown_the_door(open_page, office):
    page = await open_page(f"{office.url}/admin")
    assert "不对您开放" in await page.inner_text("body")
    resident = await come_in(open_page, office, "resident", "/admin")
    assert "不对您开放" in await resident.inner_text("body")


async def test_the_sample_goes_in_one_step(open_page, office):
    page = await at_office(open_page, office, "/admin#/places")
    await page.get_by_role("button", name="删掉示例数据").click()
    await page.get_by_role("button", name="删掉", exact=True).click()
    await page.wait_for_selector("#h-first")
    answer = await page.request.get(f"{office.url}/api/admin/meetings")
    assert (await answer.json())["meetings"] == []
