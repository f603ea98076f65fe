"""The owners' roster: published for correction, objected to, frozen and proved, by its owners and at the desk."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

import pytest

from server import dockets
from server.accounts.roster import REQUIRED
from server.sample.community import COMMUNITY, ESTATE
from tests.browser.council import WIDE, come_in, new_id, too_small, violations, wider_than_window
from tests.browser.hall import holds, wear
from tests.browser.owners import at_tab, do, docket_things, post
from tests.engines import eventually
from tests.town import Town, town

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.browser

OWN, OWNER = "1-2-201", "陈亚男"
HEAD = ",".join((*REQUIRED["owners"], "remark"))
MINUTE = 60_000


async def rosters(page: Any, served: Any, state: str) -> list[str]:
    """Ids of the rosters in a state, the oldest first."""
    found = [one for one in await docket_things(page, served, "roster") if one["state"] == state]
    return [one["id"] for one in sorted(found, key=lambda one: one["published_at"])]


async def at_roster(open_page: Any, served: Any, roster: str, who: str = "owner", **context: Any) -> Any:
    """The owner's page of a roster."""
    page = await come_in(open_page, served, who, f"/roster/{COMMUNITY}/{roster}", **context)
    await page.wait_for_selector(".homes")
    return page


async def published(open_page: Any, served: Any) -> str:
    """The roster of the sample that is published for correction."""
    desk = await come_in(open_page, served, "secretary")
    return (await rosters(desk, served, "published"))[0]


async def test_an_owner_reads_others_masked_and_their_own_line_in_full(open_page, hall):
    page = await at_roster(open_page, hall, await published(open_page, hall))
    own = await page.inner_text(".own")
    assert OWNER in own
    assert "89.36" in own
    units = await page.inner_text(".units")
    assert "任*" in units
    assert OWNER not in units
    for secret in ("任志勇", "田秀兰", "1300"):
        assert secret not in await page.content()
    assert "未成年" not in units
    minors = page.locator(".lines li", has_text="2-2-402")
    assert "姓名不公示" in await minors.inner_text()
    await page.fill("#roster-find", "31501")
    await holds(page, "document.querySelectorAll('.lines li').length === 1")
    assert "3-1-501" in await page.inner_text(".lines")


async def test_the_page_stands_on_a_phone_in_large_type_and_wide(open_page, hall):
    roster = await published(open_page, hall)
    page = await at_roster(open_page, hall, roster)
    for look in ("18", "24", "24.hc"):
        await wear(page, hall, look)
        await page.wait_for_selector(".own")
        assert await violations(page) == []
        assert await wider_than_window(page) == []
        assert await too_small(page, 60 if look.startswith("24") else 44) == []
    wide = await at_roster(open_page, hall, roster, **WIDE)
    assert await violations(wide) == []


async def test_an_objection_is_sent_answered_and_the_answer_read_at_once(open_page, hall):
    page = await at_roster(open_page, hall, await published(open_page, hall))
    await page.get_by_role("button", name="这里有误").click()
    await page.get_by_role("button", name="提交意见").click()
    assert "请写哪里不对" in await page.inner_text(".objections [role=alert]")
    await page.fill("#object-text", "产权证上是 89.63，写反了。")
    await page.reload()
    await page.wait_for_selector("#object-text")
    assert await page.input_value("#object-text") == "产权证上是 89.63，写反了。"
    await page.get_by_role("button", name="提交意见").click()
    await page.wait_for_selector(".said .tag.info")
    desk = await at_tab(open_page, hall, "secretary", "roster")
    row = desk.locator(".said > li", has_text="写反了")
    await row.get_by_role("button", name="答复").click()
    await row.get_by_role("button", name="不采纳").click()
    assert "请写清楚再提交" in await row.inner_text()
    await row.locator("textarea").fill("已核对登记簿，是 89.36。")
    await row.get_by_role("button", name="不采纳").click()
    await row.locator(".tag.mute").wait_for()
    await page.wait_for_selector(".said .answered")
    assert "是 89.36" in await page.inner_text(".answered")


async def test_who_answers_does_not_answer_what_they_wrote_down_themselves(open_page, hall):
    desk = await at_tab(open_page, hall, "secretary", "roster")
    await desk.click("text=代业主登记意见")
    await desk.locator("input[id^=u-]").fill("3-1-501")
    await desk.locator("input[id^=t-]").fill("来访反映：面积少写了。")
    await desk.locator("details form .okb").click()
    row = desk.locator(".said > li", has_text="面积少写了")
    await row.get_by_role("button", name="答复").click()
    await row.locator("textarea").fill("好的。")
    await row.get_by_role("button", name="采纳", exact=True).click()
    await desk.wait_for_selector(".toast.bad")
    assert "自己提的异议不能由自己答复" in await desk.inner_text(".toast.bad")


async def test_a_stranger_reads_no_name_and_is_told_what_to_do(open_page, hall):
    roster = await published(open_page, hall)
    page = await open_page(f"{hall.url}/roster/{COMMUNITY}/{roster}")
    await page.wait_for_selector(".locked")
    assert "邀请码" in await page.inner_text(".locked")
    assert await page.locator(".units").count() == 0
    assert await page.locator("#homes-name").is_visible()
    answer = await page.request.get(f"{hall.url}/roster/{COMMUNITY}/{roster}")
    assert answer.headers["x-robots-tag"] == "noindex, nofollow"
    assert (await page.request.get(f"{hall.url}/roster/{COMMUNITY}/nothing")).status == 404


async def test_a_frozen_line_is_counted_out_on_the_phone_and_a_changed_one_does_not_fit(open_page, hall):
    desk = await come_in(open_page, hall, "secretary")
    roster = (await rosters(desk, hall, "frozen"))[0]
    page = await at_roster(open_page, hall, roster)
    await page.wait_for_selector(".proof.right")
    assert await page.locator(".units").count() == 0
    async with page.expect_download() as saved:
        await page.get_by_role("button", name="存下证明").click()
    told = json.loads((await (await saved.value).path()).read_text())
    assert told["units"][0]["line"]["unit"] == OWN

    async def smaller(route: Any) -> None:
        answer = await route.fetch()
        changed = await answer.json()
        changed["units"][0]["line"]["area"] = "80.00"
        await route.fulfill(response=answer, json=changed)

    await page.route("**/rosters/*/mine", smaller)
    await page.reload()
    await page.wait_for_selector(".proof.wrong")
    assert "监票人" in await page.inner_text(".proof")
    assert await violations(page) == []


async def test_a_roster_is_published_and_frozen_at_the_desk_once_its_term_is_over(open_page, hall):
    desk = await at_tab(open_page, hall, "secretary", "roster")
    await desk.get_by_role("button", name="公示新的名册").click()
    before = await rosters(desk, hall, "published")
    await desk.get_by_role("button", name="公示名册").click()
    await desk.wait_for_selector(".toast.good")
    assert len(await rosters(desk, hall, "published")) == len(before) + 1
    assert await desk.get_by_role("button", name="定稿（第 1 版）").is_disabled()
    short = new_id()
    path = f"/api/admin/estates/{ESTATE}/rosters"
    until = int(time.time() * 1000) + 1_500
    assert (await post(desk, hall, path, id=short, until=until))["ok"]
    reader = await at_roster(open_page, hall, short)
    freeze = desk.get_by_role("button", name="定稿（第 1 版）")
    await eventually(freeze.is_enabled, what="the end of the term")
    await freeze.click()
    await desk.get_by_role("button", name="确定").click()
    await reader.wait_for_selector(".proof.right")
    assert await reader.locator(".units").count() == 0
    assert (await do(desk, hall, "roster.freeze", id=short, version=2, lines=[], asked_by="x"))[
        "code"
    ] == "forbidden"
    root = (await desk.inner_text(".rosters .root")).strip()
    assert root == (await reader.inner_text(".fine .root")).strip()


async def test_who_may_not_publish_is_told_who_does(open_page, hall):
    clerk = await at_tab(open_page, hall, "clerk", "roster")
    assert "公示和定稿由社区秘书或管理员办理" in await clerk.inner_text(".rosters")
    assert await clerk.get_by_role("button", name="公示新的名册").count() == 0


# A phone and its flats


async def choose(page: Any, *names: str) -> None:
    """Choose building, stair and room."""
    await page.locator(".pick button").first.click()
    for name in names:
        await page.locator(".rooms").get_by_role("button", name=name, exact=True).click()


async def street(place: Town) -> str:
    """The path of a roster published in a town."""
    await dockets.open_docket(place.parts.desks, place.community)
    roster, admin = new_id(), await place.admin()
    until = place.parts.clock() + 10 * MINUTE
    status, said = await admin.post(
        f"/api/admin/estates/{place.estate}/rosters", {"id": roster, "until": until}
    )
    assert status == 200, said
    return f"{place.inside}/roster/{place.community}/{roster}"


async def test_a_phone_is_tied_to_a_flat_by_its_code_and_to_a_further_one(open_page, tmp_path: Path):
    async with town(tmp_path) as place:
        page = await open_page(await street(place))
        await page.fill("#homes-name", "高敏芝")
        await choose(page, "1", "2", "501")
        await page.get_by_role("button", name="登记这一套").click()
        assert "请填信上的邀请码" in await page.inner_text("[role=alert]")
        await page.fill("#homes-code", await place.code("1-2-501"))
        await page.get_by_role("button", name="登记这一套").click()
        assert "请先勾选同意" in await page.inner_text(".homes [role=alert]")
        await page.locator(".agree").click()
        await page.get_by_role("button", name="登记这一套").click()
        await page.wait_for_selector(".own")
        assert "高敏芝" in await page.inner_text(".own")
        await page.get_by_role("button", name="再加一套房").click()
        await choose(page, "1", "2", "502")
        await page.fill("#homes-code", await place.code("1-2-501"))
        await page.get_by_role("button", name="登记这一套").click()
        assert "是不是这一套的" in await page.inner_text(".homes [role=alert]")
        await page.fill("#homes-code", await place.code("1-2-502"))
        await page.get_by_role("button", name="登记这一套").click()
        await holds(page, "document.querySelectorAll('.own').length === 2")
        assert await page.locator(".homes-list .tag.ok").count() == 2


async def test_a_flat_said_without_a_letter_waits_for_the_counter(open_page, tmp_path: Path):
    async with town(tmp_path) as place:
        page = await open_page(await street(place))
        await page.fill("#homes-name", "任志勇")
        await choose(page, "3", "1", "501")
        await page.locator(".way", has_text="到服务台核对").click()
        await page.locator(".agree").click()
        await page.get_by_role("button", name="登记这一套").click()
        await page.wait_for_selector(".homes-list .tag.warn")
        assert await page.locator(".own").count() == 0
        desk = await open_page(place.inside + place.links["admin"].partition(place.parts.base_url)[2], **WIDE)
        await desk.click("#confirm")
        await desk.wait_for_url(lambda url: "/enter" not in url)
        await desk.goto(f"{place.inside}/docket/{place.community}#/roster")
        await desk.get_by_role("button", name="核对 任志勇").click()
        await desk.wait_for_selector(".toast.good")
        assert await violations(desk) == []
        await page.reload()
        await page.wait_for_selector(".own")
        assert await page.locator(".homes-list .tag.ok").count() == 1


async def test_a_resident_adds_a_flat_from_the_settings_of_the_room(open_page, tmp_path: Path):
    async with town(tmp_path) as place:
        page = await open_page(await street(place))
        await page.fill("#homes-name", "高敏芝")
        await choose(page, "1", "2", "501")
        await page.fill("#homes-code", await place.code("1-2-501"))
        await page.locator(".agree").click()
        await page.get_by_role("button", name="登记这一套").click()
        await page.wait_for_selector(".own")
        await page.goto(f"{place.inside}/room/{place.record.partition(':')[2]}")
        await page.get_by_role("button", name="消息和设置").click()
        await page.get_by_role("button", name="再加一套房").click()
        await choose(page, "1", "2", "502")
        await page.fill("#homes-code", await place.code("1-2-502"))
        await page.get_by_role("button", name="登记这一套").click()
        await holds(page, "document.querySelectorAll('.homes-list .tag.ok').length === 2")
        assert await violations(page) == []


# The file


def line(**more: str) -> str:
    """A line of a roster file, with something else in some of its cells."""
    plain = {
        "unit_no": "9-1-101",
        "use": "住宅",
        "area_m2": "89.36",
        "area_basis": "登记",
        "delivery_status": "已交付",
        "owners": "田秀兰",
        "remark": "",
    }
    return ",".join((plain | more)[name] for name in HEAD.split(","))


def file(*lines: str, encoding: str = "utf-8") -> bytes:
    return "\n".join((HEAD, *lines, "")).encode(encoding)


GOOD = line()
BROKEN = {
    "全角": (
        file(GOOD, line(unit_no="9-1-102", area_m2="８９.１２㎡")),
        "3",
        "面积要写成普通数字（像是 89.12）",
    ),
    "逗号": (file(GOOD, line(unit_no="9-1-102", area_m2='"1,089.5"')), "3", "小数点和逗号分不清"),
    "负数": (file(line(area_m2="-89.36")), "2", "面积不能是负数"),
    "零": (file(line(area_m2="0")), "2", "面积不能是零"),
    "没有房号": (file(line(unit_no="")), "2", "没有房号"),
    "重复": (file(GOOD, line(owners="丁海燕")), "3", "第 2 行已经有这个房号"),
    "日期": (file(line(unit_no="2003/2/1")), "2", "房号被 Excel 变成了日期"),
    "公式": (file(line(area_m2="=44.68*2")), "2", "这一格是公式"),
    "GBK": (file(GOOD, encoding="gbk"), "2", "GBK"),
    "两万行": (
        file(*(line(unit_no=f"9-{n // 100}-{n % 100}") for n in range(20_001))),
        "文件",
        "一份名册最多 20000 行",
    ),
}


async def test_every_broken_line_of_a_file_is_told_with_its_number_and_nothing_is_taken(open_page, hall):
    page = await come_in(open_page, hall, "secretary", "/admin#/roster", **WIDE)
    await page.wait_for_selector(".tot")
    units = await page.inner_text(".tot tbody tr:first-child td:last-child")
    for name, (data, number, words) in BROKEN.items():
        await page.set_input_files(
            "input[type=file]", {"name": f"{name}.csv", "mimeType": "text/csv", "buffer": data}
        )
        row = page.locator(".probs tr.e", has_text=words).first
        await row.wait_for()
        assert number in await row.locator(".ln").inner_text(), name
        assert await page.get_by_role("button", name="全部导入").is_disabled()
    await page.reload()
    await page.wait_for_selector(".tot")
    assert await page.inner_text(".tot tbody tr:first-child td:last-child") == units


async def test_a_million_lines_are_refused_in_words(open_page, hall, tmp_path: Path):
    page = await come_in(open_page, hall, "secretary", "/admin#/roster", **WIDE)
    await page.wait_for_selector(".tot")
    huge = tmp_path / "百万行.csv"
    huge.write_bytes((HEAD + "\n").encode() + (GOOD + "\n").encode() * 1_000_000)
    await page.set_input_files("input[type=file]", huge)
    await page.wait_for_selector(".err[role=alert]", timeout=60_000)
    assert "文件太大，最多 8 MB" in await page.inner_text(".err[role=alert]")
    assert await page.get_by_role("button", name="先放进文件").is_disabled()
