"""Coming in by name and unit: what is asked, what is proved, what others see, and what is refused."""

from __future__ import annotations

import asyncio

import aiohttp
import pytest
from sqlalchemy import func, select

from server.accounts.codes import ALPHABET, as_typed
from server.store.account_tables import accounts as account_table
from server.store.account_tables import unit_people
from tests.engines import eventually
from tests.town import CONSENT, town


@pytest.fixture
async def place(tmp_path):
    async with town(tmp_path) as made:
        yield made


@pytest.fixture
async def anywhere(database_url, tmp_path):
    """A town on SQLite, and once more on PostgreSQL: for what happens at the same moment."""
    async with town(tmp_path, database_url=database_url) as made:
        yield made


@pytest.fixture(scope="module")
async def shared(tmp_path_factory):
    """One town for all tests that leave it as they found it, or do not care."""
    async with town(tmp_path_factory.mktemp("town")) as made:
        yield made


async def stored(place):
    async with place.parts.store.engine.connect() as db:
        people = (await db.execute(select(func.count()).select_from(account_table))).scalar_one()
        homes = (await db.execute(select(func.count()).select_from(unit_people))).scalar_one()
        return people, homes


async def test_the_chooser_shows_buildings_stairs_and_rooms_and_no_name(shared):
    _, answer = await shared.browser().get(f"/api/places?record={shared.record}")
    assert [building["name"] for building in answer["buildings"]] == ["1", "2", "3", "4"]
    assert [stair["name"] for stair in answer["buildings"][3]["stairs"]] == ["1", ""]
    assert [room["room"] for room in answer["buildings"][3]["stairs"][1]["rooms"]] == [
        "S01",
        "S02",
        "S03",
        "S04",
    ]
    assert "田秀兰" not in str(answer)
    assert "P-01" not in str(answer)


async def test_without_a_code_a_resident_is_in_but_not_proved(shared):
    browser = await shared.joined()
    me = await browser.me(shared.record)
    assert (me["named"], me["proved"], me["roles"]) == (True, False, ["resident"])
    assert me["consents"] == [CONSENT]


async def test_with_the_code_of_the_letter_an_owner_is_proved(shared):
    browser = await shared.joined(code=await shared.code("3-1-501"))
    me = await browser.me(shared.record)
    assert (me["proved"], me["roles"]) == (True, ["owner"])
    who = await shared.parts.accounts.who(browser.session, shared.record, shared.parts.clock())
    assert who.unit == await shared.unit("3-1-501")


async def test_a_proved_resident_who_is_not_in_the_roster_is_a_resident(shared):
    browser = await shared.joined(name="柳青", call="柳女士", code=await shared.code("3-1-501"))
    assert (await browser.me(shared.record))["roles"] == ["resident"]


async def test_the_code_may_be_typed_small_spaced_and_in_full_width(shared):
    code = await shared.code("3-1-501")
    assert set(code) <= set(ALPHABET)
    odd = "".join(chr(ord(sign) + 0xFEE0) for sign in code[:5].lower()) + " - " + code[5:].lower()
    assert as_typed(odd) == code
    assert (await (await shared.joined(code=odd)).me())["proved"]


async def test_three_ways_of_being_shown_and_none_holds_the_room(shared):
    labels = (await (await shared.joined()).me(shared.record))["labels"]
    assert labels == {"real": "任志勇", "building": "3号楼任师傅", "anonymous": "居民"}
    assert not any("501" in label for label in labels.values())


async def test_the_way_chosen_at_the_entrance_is_a_fact_of_the_record(shared):
    browser = await shared.joined(way="anonymous")
    lines = [line async for line in shared.parts.store.records.read(shared.record)]
    assert (lines[-1].type, lines[-1].by) == ("person.shown_as", (await browser.me())["person"])
    assert "居民" in lines[-1].data.decode()


async def test_a_wrong_code_is_refused_the_same_for_every_unit_and_keeps_nothing(place):
    before = await stored(place)
    answers = []
    for number in ("3-1-501", "3-2-501", "4-S01"):
        wish = await place.wish(number, code="22222-22222")
        answers.append(await place.browser().post("/api/join", wish))
    assert answers == [(422, {"ok": False, "code": "wrong_code"})] * 3
    assert await stored(place) == before


async def test_after_five_wrong_codes_even_the_right_one_waits_an_hour(place):
    right = await place.code("3-1-501")
    for _ in range(5):
        assert (await place.browser().post("/api/join", await place.wish(code="2222222222")))[1][
            "code"
        ] == "wrong_code"
    assert (await place.browser().post("/api/join", await place.wish(code=right)))[1]["code"] == "code_locked"
    assert (
        await place.browser().post("/api/join", await place.wish("3-1-401", code=await place.code("3-1-401")))
    )[0] == 200
    assert (await place.browser().post("/api/join", await place.wish()))[0] == 200, (
        "asking stays possible meanwhile"
    )


async def test_the_lock_opens_after_an_hour(place):
    accounts, at = place.parts.accounts, place.parts.clock()
    unit = await place.unit("3-1-501")
    for _ in range(5):
        with pytest.raises(Exception, match="wrong_code"):
            await accounts._proves(unit, "2222222222", at)
    with pytest.raises(Exception, match="code_locked"):
        await accounts._proves(unit, await place.code("3-1-501"), at + 3_599_000)
    assert await accounts._proves(unit, await place.code("3-1-501"), at + 3_601_000)


async def test_a_hundred_codes_tried_at_once_are_five_tries(anywhere):
    wishes = [await anywhere.wish(code="2222222222") for _ in range(100)]
    answers = await asyncio.gather(*(anywhere.browser().post("/api/join", wish) for wish in wishes))
    codes = [answer["code"] for _, answer in answers]
    assert (codes.count("wrong_code"), codes.count("code_locked")) == (5, 95)


async def test_a_slip_that_cannot_be_a_code_costs_no_try(place):
    for typed in ("123", "OOOOOIIIII", "x" * 80):
        for _ in range(3):
            assert (await place.browser().post("/api/join", await place.wish(code=typed)))[1][
                "code"
            ] == "wrong_code"
    assert (await (await place.joined(code=await place.code("3-1-501"))).me())["proved"]


async def test_the_same_code_finds_the_same_person_when_the_browser_forgot(anywhere):
    code = await anywhere.code("3-1-501")
    first = (await (await anywhere.joined(code=code)).me())["person"]
    again = (await (await anywhere.joined(code=code)).me())["person"]
    other = (await (await anywhere.joined(name="任小雨", code=code)).me())["person"]
    assert again == first
    assert other != first


async def test_a_letter_on_the_kitchen_table_opens_no_office(place):
    accounts, at = place.parts.accounts, place.parts.clock()
    chair = await accounts.create_person(place.community, "任志勇", unit="3-1-501", at=at)
    await accounts.grant(chair, "secretary", at=at)
    me = await (await place.joined(code=await place.code("3-1-501"))).me(place.record)
    assert me["person"] != chair
    assert me["roles"] == ["owner"]


async def test_without_the_code_a_name_alone_finds_nobody(place):
    first = (await (await place.joined(code=await place.code("3-1-501"))).me())["person"]
    stranger = await (await place.joined()).me()
    assert stranger["person"] != first
    assert not stranger["proved"]


async def test_a_renewed_code_makes_the_old_letter_worthless(place):
    admin = await place.admin()
    old = await place.code("3-1-501")
    _, answer = await admin.post(
        f"/api/admin/estates/{place.estate}/codes", {"renew": [await place.unit("3-1-501")]}
    )
    assert answer["made"] == 1
    assert (await place.browser().post("/api/join", await place.wish(code=old)))[1]["code"] == "wrong_code"
    assert (await (await place.joined(code=await place.code("3-1-501", 2))).me())["proved"]


async def test_a_resident_proves_the_unit_later(place):
    browser = await place.joined()
    assert (await browser.post("/api/prove", {"code": "2222222222"}))[1]["code"] == "wrong_code"
    status, answer = await browser.post("/api/prove", {"code": await place.code("3-1-501")})
    assert (status, answer["me"]["proved"]) == (200, True)
    assert (await browser.me(place.record))["roles"] == ["owner"]


async def test_a_grid_keeper_at_the_door_proves_a_unit_and_the_resident_knows_at_once(place):
    accounts, at = place.parts.accounts, place.parts.clock()
    keeper = await accounts.create_person(place.community, "马小川", at=at)
    await accounts.grant(keeper, "grid_keeper", at=at)
    _, token = await accounts.make_link(keeper, "grid_keeper", None, by="system", at=at)
    door = place.browser()
    await door.enter(f"#{token}")
    browser = await place.joined()
    told = []
    accounts.on_change(told.append)
    _, waiting = await door.get(f"/api/admin/door?record={place.record}")
    person = (await browser.me())["person"]
    assert [(one["person"], one["unit"]) for one in waiting["people"]] == [(person, "3-1-501")]
    status, _ = await door.post(f"/api/admin/people/{person}/prove")
    assert status == 200
    assert (await browser.me())["proved"]
    await eventually(lambda: any(person in people for people in told), what="word of it")
    assert (await door.get(f"/api/admin/estates/{place.estate}/units"))[0] == 403


async def test_who_came_without_consent_to_this_version_is_not_let_in(shared):
    before = await stored(shared)
    for version in ("", "2020-01", "2026-11 "):
        _, answer = await shared.browser().post("/api/join", await shared.wish(consent=version))
        assert (answer["code"], answer["version"]) == ("consent_needed", CONSENT)
    assert await stored(shared) == before


BAD_NAMES = [
    ("", "unclear"),
    ("马" * 10_000, "too_large"),
    ("马" * 25, "too_large"),
    ("马\u202e志", "unclear"),
    ("\u2067马志\u2069", "unclear"),
    ("<svg onload=alert(1)>", "unclear"),
    ("{{7*7}}", "unclear"),
    ("' OR 1=1 --", "unclear"),
    ("=HYPERLINK(1)", "unclear"),
    ("马\u0000志", "unclear"),
    ("马\n志", "unclear"),
    ("\u200b\u200b", "unclear"),
    ("3-1-501 马", "unclear"),
    ("13800138000", "unclear"),
    ("①②③", "unclear"),
    ("···", "unclear"),
]


@pytest.mark.parametrize(("name", "code"), BAD_NAMES)
@pytest.mark.parametrize("field", ["name", "call"])
async def test_a_name_that_is_none_is_refused_and_nothing_is_stored(shared, name, code, field):
    if field == "call" and not name:
        return
    before = await stored(shared)
    _, answer = await shared.browser().post("/api/join", await shared.wish(**{field: name}))
    assert (answer["ok"], answer["field"]) == (False, field) if len(name) < 5_000 else not answer["ok"]
    assert answer["code"] in {code, "too_large"}
    assert await stored(shared) == before


async def test_a_lone_surrogate_is_refused_and_nothing_is_stored(shared):
    before = await stored(shared)
    wish = str(await shared.wish()).replace("'", '"').replace("任志勇", "\\ud800")
    status, answer = await shared.browser().post("/api/join", data=wish.encode())
    assert (status, answer["code"]) == (422, "unclear")
    assert await stored(shared) == before


@pytest.mark.parametrize("name", ["阿依古丽·买买提", "𠮷田", "马 志成", "O’Neill", "Zoë"])
async def test_names_as_people_bear_them_are_taken(shared, name):
    browser = await shared.joined(name=name)
    assert (await browser.me())["name"] == name


@pytest.mark.parametrize(
    "fields",
    [
        {"unit": "nowhere"},
        {"unit": ""},
        {"unit": "x" * 200},
        {"way": "masked"},
        {"record": "meeting:none"},
        {"record": "docket:x"},
    ],
)
async def test_what_does_not_exist_is_refused_and_nothing_is_stored(shared, fields):
    before = await stored(shared)
    _, answer = await shared.browser().post("/api/join", await shared.wish(**fields))
    assert answer["code"] in {"not_found", "unclear"}
    assert await stored(shared) == before


async def test_a_unit_of_another_estate_cannot_be_chosen(place):
    accounts, at = place.parts.accounts, place.parts.clock()
    other = await accounts.create_estate(place.community, "柳湖小区", roster="households", at=at)
    assert (await accounts.import_roster(other, "房号编号\n9-1-101\n".encode(), "x.csv", at)).ok
    unit = (await accounts.estates.unit_by_number(other, "9-1-101"))["id"]
    _, answer = await place.browser().post("/api/join", await place.wish(unit=unit))
    assert (answer["code"], answer["field"]) == ("not_found", "unit")


async def test_a_signed_in_resident_joins_the_next_meeting_with_consent_alone(shared):
    browser = await shared.joined()
    admin = await shared.admin()
    _, made = await admin.post("/api/admin/meetings", {"estate": shared.estate, "title": "下一次"})
    status, answer = await browser.post(
        "/api/join", {"record": made["record"], "way": "real", "consent": CONSENT}
    )
    assert status == 200
    assert answer["me"]["person"] == (await browser.me())["person"]
    assert answer["me"]["shown"] == "任志勇"


async def test_a_session_of_one_community_is_a_guest_in_another(shared):
    accounts, at = shared.parts.accounts, shared.parts.clock()
    browser = await shared.joined()
    other = await accounts.create_community("柳湖社区", at=at)
    await shared.parts.desks.create("meeting:other", other, at)
    assert (await browser.me("meeting:other"))["person"] is None
    who = await accounts.who(browser.session, "meeting:other", at)
    assert (who.person, who.roles, who.unit) == ("", frozenset({"guest"}), None)


async def test_leaving_ends_the_session_here_and_nowhere_else(shared):
    code = await shared.code("3-1-501")
    phone, tablet = await shared.joined(code=code), await shared.joined(code=code)
    stolen = phone.session
    assert (await phone.post("/api/leave"))[0] == 200
    assert (await phone.me())["person"] is None
    assert not await shared.parts.accounts.signed_in(stolen, shared.parts.clock())
    assert (await tablet.me())["person"] is not None


@pytest.mark.parametrize(
    "spoil",
    [
        lambda c: c[:-1] + ("1" if c[-1] == "0" else "0"),
        lambda c: c.replace(".", ""),
        lambda c: c.partition(".")[0],
        lambda _: "x" * 900,
        lambda _: "a.b",
    ],
)
async def test_a_forged_cookie_is_nobody(shared, spoil):
    forged = spoil((await shared.joined()).session)
    assert (await shared.browser(Cookie=f"sun={forged}").me())["person"] is None


async def test_two_cookies_of_one_name_are_nobody(shared):
    mine, planted = (await shared.joined()).session, (await shared.joined("1-1-101")).session
    assert (await shared.browser(Cookie=f"sun={planted}; sun={mine}").me())["person"] is None


async def cookie_line(shared, origin):
    async with aiohttp.ClientSession() as client:
        wish = await shared.wish()
        async with client.post(f"{shared.inside}/api/join", json=wish, headers={"Origin": origin}) as answer:
            assert answer.status == 200
            return next(line for line in answer.headers.getall("Set-Cookie") if "sun=" in line)


async def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(shared):
    line = await cookie_line(shared, shared.parts.base_url)
    assert line.startswith("sun=")
    assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= set(line.split("; "))
    assert "Secure" not in line


async def test_over_https_the_cookie_is_bound_to_the_host(tmp_path):
    async with town(tmp_path, public_url="https://council.example") as place:
        line = await cookie_line(place, "https://council.example")
        assert line.startswith("__Host-sun=")
        assert {"HttpOnly", "SameSite=Lax", "Path=/", "Secure"} <= set(line.split("; "))
        assert "Domain" not in line
        browser = await place.joined("1-1-101")
        assert (await browser.me())["person"] is not None
        assert (await place.browser(Cookie=f"sun={browser.session}").me())["person"] is None


ORIGINS = [
    "",
    "null",
    "http://evil.example",
    "HOST.evil.example",
    "HOSTx",
    "https://127.0.0.1",
    "http://127.0.0.1",
    "HOST/",
    "file://",
]


@pytest.mark.parametrize("origin", ORIGINS)
async def test_a_page_of_another_origin_cannot_give_commands(shared, origin):
    browser = await shared.joined()
    origin = origin.replace("HOST", browser.base)
    for path in ("/api/leave", "/api/prove", "/api/enter", f"/api/records/{shared.record}/commands"):
        status, answer = await browser.post(
            path, headers={"Origin": origin, "X-Forwarded-Host": "evil.example"}
        )
        assert (status, answer["code"]) == (403, "forbidden")
    assert (await browser.me())["person"] is not None


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", ""]
)
async def test_what_a_form_can_send_is_not_taken(shared, kind):
    status, answer = await shared.browser().post(
        "/api/enter", data=b'{"token":"x"}', headers={"Content-Type": kind}
    )
    assert (status in {415, 422}, answer["code"]) == (True, "not_json")


async def test_a_whole_hall_behind_one_address_may_join(anywhere):
    wishes = [await anywhere.wish(name=f"住户{chr(0x4E00 + number)}") for number in range(60)]
    answers = await asyncio.gather(*(anywhere.browser().post("/api/join", wish) for wish in wishes))
    assert {status for status, _ in answers} == {200}


async def test_who_it_is_and_where_is_told_to_staff_who_ask(shared):
    browser = await shared.joined(way="anonymous")
    person = (await browser.me())["person"]
    assert await shared.parts.accounts.person_of(person) == {"name": "任志勇", "unit": "3号楼1单元501"}


async def test_a_telephone_number_is_nowhere_in_the_database(place, tmp_path):
    kept = b"".join(file.read_bytes() for file in tmp_path.glob("*.sqlite3*"))
    assert b"13000001137" not in kept
    assert b"1137" in kept


async def test_a_browser_long_unused_or_long_in_is_asked_to_come_in_again(shared):
    accounts, at = shared.parts.accounts, shared.parts.clock()
    cookie = (await shared.joined()).session
    limits, day = shared.parts.settings.limits, 86_400_000
    assert await accounts.signed_in(cookie, at + (limits.idle_days - 1) * day)
    assert not await accounts.signed_in(cookie, at + (limits.idle_days + 1) * day)
