"""The administration: from nothing to a meeting with its people, each address for its roles and its community only."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from meetings import Eye
from server import config
from server.accounts.ids import fresh_id
from server.accounts.links import issue_links
from server.app import running
from server.sample.programme import ROSTER
from server.store import open_store
from server.store.migrations import NewerDatabase
from server.web.administration import DOOR, ROUTES
from tests.town import Town, town

BYTES = {"Content-Type": "application/octet-stream"}


@pytest.fixture(scope="module")
async def shared(tmp_path_factory):
    async with town(tmp_path_factory.mktemp("office"), {"SUN_LIMIT_REQUESTS": "1000/1"}) as made:
        yield made


@pytest.fixture
async def place(tmp_path):
    async with town(tmp_path) as made:
        yield made


@pytest.fixture
async def anywhere(database_url, tmp_path):
    """A town on SQLite, and once more on PostgreSQL: for what happens at the same moment."""
    async with town(tmp_path, database_url=database_url) as made:
        yield made


async def test_from_an_empty_server_to_an_announced_meeting_by_requests_alone(database_url, tmp_path):
    settings = config.load({"data": tmp_path, "port": 0, "empty": True, "database_url": database_url}, {})
    async with running(settings) as parts:
        links = await issue_links(parts.accounts, parts.base_url, None, parts.clock())
        assert list(links) == ["admin"]
        place = Town(parts, links, parts.base_url)
        try:
            admin = await place.admin()
            _, made = await admin.post(
                "/api/admin/communities", {"name": "阳光里社区", "phone": "0951-000 0000"}
            )
            _, estate = await admin.post(
                "/api/admin/estates", {"community": made["id"], "name": "梧桐里小区"}
            )
            at = f"/api/admin/estates/{estate['id']}"
            status, answer = await admin.post(
                f"{at}/roster/check?name=r.csv", data=ROSTER.read_bytes(), headers=BYTES
            )
            assert (status, answer["report"]["ok"], answer["before"]["units"]) == (200, True, 0)
            digest = answer["report"]["digest"]
            status, answer = await admin.post(
                f"{at}/roster?digest={digest}", data=ROSTER.read_bytes(), headers=BYTES
            )
            assert answer["totals"] == {
                "units": 74, "not_counted": 3, "heads": 61, "area_c": 731_152, "buildings": 4, "codes": 0,
            }  # fmt: skip
            assert (await admin.post(f"{at}/codes"))[1]["made"] == 74
            wish = {
                "estate": estate["id"],
                "title": "更换物业",
                "starts_at": parts.clock() + 600_000,
                "venue": "议事厅",
            }
            _, meeting = await admin.post(
                "/api/admin/meetings", wish | {"settings": {"notice": "本场直播。"}}
            )
            record = meeting["record"]
            item = {"type": "agenda.add", "id": fresh_id(), "kind": "opening", "title": "开场", "minutes": 5}
            for command in (item, {"type": "meeting.announce"}):
                assert (await admin.post(f"/api/records/{record}/commands", command))[0] == 200
            status, link = await admin.post(
                "/api/admin/invitations",
                {"record": record, "role": "npc_deputy", "name": "丁永康", "badge": "明湖区人大代表"},
            )
            deputy = place.browser()
            assert (await deputy.enter(link["url"]))[0] == 200
            _, answer = await admin.get("/api/admin/meetings")
            assert [(one["record"], one["card"]["phase"]) for one in answer["meetings"]] == [
                (record, "announced")
            ]
            place.estate, place.record = estate["id"], record
            resident = await place.joined(code=await place.code("3-1-501"))
            assert (await resident.me(record))["roles"] == ["owner"]
        finally:
            await place.close()


async def test_each_address_is_refused_to_guests_and_residents(shared):
    guest, resident = (
        shared.browser(),
        await shared.joined("1-1-101", code=await shared.code("1-1-101"), name="田秀兰"),
    )
    for route in ROUTES:
        path = route.path.replace("{id}", shared.estate)
        for browser in (guest, resident):
            status, answer = await browser.send(
                route.method, path, None if route.method in {"GET", "DELETE"} else {}
            )
            assert (status, answer["code"]) == (403, "forbidden"), (route.method, path)


@pytest.mark.parametrize("role", ["moderator", "host", "technician", "lawyer", "npc_deputy", "auditor"])
async def test_other_staff_may_not_administer(shared, role):
    accounts, at = shared.parts.accounts, shared.parts.clock()
    person = await accounts.create_person(shared.community, "柳婷", at=at)
    await accounts.grant(person, role, at=at)
    _, token = await accounts.make_link(person, role, None, by="system", at=at)
    browser = shared.browser()
    await browser.enter(f"#{token}")
    for route in ROUTES:
        path = route.path.replace("{id}", shared.estate)
        status, _ = await browser.send(route.method, path, None if route.method in {"GET", "DELETE"} else {})
        assert status == 403, (role, route.method, path)


async def test_a_grid_keeper_may_only_what_is_done_at_the_door(shared):
    browser = await staff_of(shared, shared.community, "grid_keeper")
    for route in ROUTES:
        path = route.path.replace("{id}", shared.estate)
        status, _ = await browser.send(route.method, path, None if route.method in {"GET", "DELETE"} else {})
        assert (status == 403) is (route.roles != DOOR), (route.method, path)


async def staff_of(place, community, role, **term):
    """A browser of somebody with a standing role."""
    accounts, at = place.parts.accounts, place.parts.clock()
    person = await accounts.create_person(community, "丁一凡", at=at)
    await accounts.grant(person, role, at=at, **term)
    _, token = await accounts.make_link(person, role, None, by="system", at=at)
    browser = place.browser()
    await browser.enter(f"#{token}")
    return browser


async def test_the_secretary_of_one_community_sees_nothing_of_another(place):
    accounts, at = place.parts.accounts, place.parts.clock()
    other = await accounts.create_community("柳湖社区", at=at)
    theirs = await staff_of(place, other, "secretary")
    resident = (await (await place.joined()).me())["person"]
    _, seen = await theirs.get("/api/admin/overview")
    assert [one["id"] for one in seen["communities"]] == [other]
    assert (await theirs.get("/api/admin/meetings"))[1]["meetings"] == []
    for method, path, body in (
        ("GET", f"/api/admin/estates/{place.estate}", None),
        ("GET", f"/api/admin/estates/{place.estate}/units", None),
        ("POST", f"/api/admin/estates/{place.estate}/codes", {}),
        ("GET", f"/api/admin/people?community={place.community}", None),
        ("POST", "/api/admin/people", {"community": place.community, "name": "丁一凡"}),
        ("POST", f"/api/admin/people/{resident}/prove", {}),
        ("POST", f"/api/admin/people/{resident}/grants", {"role": "moderator"}),
        ("GET", f"/api/admin/door?record={place.record}", None),
        ("GET", f"/api/admin/invitations?record={place.record}", None),
        ("POST", "/api/admin/invitations", {"record": place.record, "role": "host", "name": "苏敏"}),
        ("POST", "/api/admin/meetings", {"estate": place.estate, "title": "x"}),
        ("PUT", f"/api/admin/communities/{place.community}", {"name": "x"}),
        ("POST", "/api/admin/communities", {"name": "x"}),
        ("DELETE", "/api/admin/sample", None),
    ):
        status, answer = await theirs.send(method, path, body)
        assert (status, answer["code"]) == (404, "not_found"), (method, path)


async def test_a_role_ends_with_its_term(shared):
    at = shared.parts.clock()
    browser = await staff_of(shared, shared.community, "secretary", since=at - 10, until=at + 3_600_000)
    assert (await browser.get("/api/admin/overview"))[0] == 200
    accounts = shared.parts.accounts
    assert (await accounts.who(browser.session, None, at + 3_599_000)).roles == {"secretary"}
    assert (await accounts.who(browser.session, None, at + 3_601_000)).roles == frozenset()


async def test_a_role_taken_back_is_gone_at_once(shared):
    admin = await shared.admin()
    _, made = await admin.post(
        "/api/admin/people", {"community": shared.community, "name": "何春雨", "role": "secretary"}
    )
    _, link = await admin.post("/api/admin/invitations", {"role": "secretary", "person": made["person"]})
    browser = shared.browser()
    await browser.enter(link["url"])
    assert (await browser.get("/api/admin/overview"))[0] == 200
    _, answer = await admin.get(f"/api/admin/people?community={shared.community}")
    grant = next(one for one in answer["people"] if one["person"] == made["person"])["roles"][0]["id"]
    assert (await admin.send("DELETE", f"/api/admin/grants/{grant}"))[0] == 200
    assert (await browser.get("/api/admin/overview"))[0] == 403


async def test_only_an_administrator_makes_administrators_and_none_removes_themself(shared):
    secretary = await staff_of(shared, shared.community, "secretary")
    wish = {"community": shared.community, "name": "何春雨", "role": "admin"}
    assert (await secretary.post("/api/admin/people", wish))[1]["code"] == "forbidden"
    admin = await shared.admin()
    _, made = await admin.post("/api/admin/people", wish)
    link = {"role": "admin", "person": made["person"]}
    assert (await secretary.post("/api/admin/invitations", link))[1]["code"] == "forbidden"
    assert (await admin.post("/api/admin/invitations", link))[0] == 200
    person = (await admin.me())["person"]
    known = await shared.parts.accounts.people.known(person)
    own = next(grant.id for grant in known.grants if grant.role == "admin")
    assert (await admin.send("DELETE", f"/api/admin/grants/{own}"))[0] == 403


async def test_who_was_seen_at_the_door_cannot_have_looked_at_their_own_paper(shared):
    browser = await shared.joined("2-1-101", name="林志远")
    person = (await browser.me())["person"]
    await shared.parts.accounts.grant(person, "grid_keeper", at=shared.parts.clock())
    assert (await browser.post(f"/api/admin/people/{person}/prove"))[1]["code"] == "forbidden"


async def test_an_invited_badge_holder_has_a_plate_and_a_role_in_that_meeting_alone(shared):
    browser = shared.browser()
    await browser.enter(await shared.invited("lawyer", name="纳文慧", badge="律师", title="社区法律顾问"))
    person = (await browser.me())["person"]
    async with shared.parts.desks.reading(shared.record) as room:
        assert room.granted[person] == {"lawyer"}
        plate = room.patch(0, Eye.PUBLIC)[f"person:{person}"]
    assert (plate["name"], plate["badge"], plate["title"]) == ("纳文慧", "律师", "社区法律顾问")
    assert (
        await shared.parts.accounts.who(browser.session, shared.record, shared.parts.clock())
    ).roles == frozenset()


async def test_the_link_is_shown_once_and_its_digest_kept(shared):
    admin = await shared.admin()
    url = await shared.invited("moderator", name="柳婷")
    _, answer = await admin.get(f"/api/admin/invitations?record={shared.record}")
    assert url.partition("#")[2] not in str(answer)


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/api/admin/communities", {}),
        ("/api/admin/communities", {"name": ""}),
        ("/api/admin/communities", {"name": "x" * 41}),
        ("/api/admin/communities", {"name": 5}),
        ("/api/admin/communities", {"name": "x", "sample": True}),
        ("/api/admin/communities", {"name": "x\u202ey"}),
        ("/api/admin/communities", []),
        ("/api/admin/estates", {"community": "none", "name": "x"}),
        ("/api/admin/estates", {"community": "COMMUNITY", "name": "x", "roster": "tenants"}),
        ("/api/admin/meetings", {"estate": "ESTATE", "title": "x", "settings": {"phase": "live"}}),
        ("/api/admin/meetings", {"estate": "ESTATE", "title": ""}),
        ("/api/admin/meetings", {"estate": "none", "title": "x"}),
        ("/api/admin/people", {"community": "COMMUNITY", "name": "<svg onload>"}),
        ("/api/admin/people", {"community": "COMMUNITY", "name": "何春雨", "role": "king"}),
        ("/api/admin/people", {"community": "COMMUNITY", "name": "何春雨", "role": "guest"}),
        ("/api/admin/people", {"community": "COMMUNITY", "name": "何春雨", "role": "host", "until": 5}),
        ("/api/admin/people", {"community": "COMMUNITY", "name": "何春雨", "unit": "9-9-999"}),
        ("/api/admin/people/none/grants", {"role": "host"}),
        ("/api/admin/people/none/prove", {}),
        ("/api/admin/invitations", {"role": "host", "name": "苏敏"}),
        ("/api/admin/invitations", {"record": "RECORD", "role": "resident", "name": "苏敏"}),
        ("/api/admin/invitations", {"record": "RECORD", "role": "admin", "name": "苏敏"}),
        ("/api/admin/invitations", {"record": "RECORD", "role": "host", "name": "苏敏", "until": 1}),
        ("/api/admin/invitations", {"record": "RECORD", "role": "host", "person": "none"}),
        ("/api/admin/invitations/none/revoke", {}),
        ("/api/admin/devices/none/revoke", {}),
        ("/api/admin/estates/none/codes", {}),
    ],
)
async def test_what_makes_no_sense_is_refused_with_a_code(shared, path, body):
    words = {"COMMUNITY": shared.community, "ESTATE": shared.estate, "RECORD": shared.record}
    if isinstance(body, dict):
        body = {
            key: words.get(value, value) if isinstance(value, str) else value for key, value in body.items()
        }
    status, answer = await (await shared.admin()).post(path, body)
    assert 400 <= status < 500
    assert answer["code"] in {"unclear", "not_found", "too_large"}


async def test_a_broken_roster_changes_nothing(shared):
    admin = await shared.admin()
    at = f"/api/admin/estates/{shared.estate}"
    broken = ROSTER.read_text("utf-8-sig").replace("89.36", "1 089,36", 1).encode()
    _, answer = await admin.post(f"{at}/roster/check?name=r.csv", data=broken, headers=BYTES)
    assert [problem["code"] for problem in answer["report"]["problems"] if problem["level"] == "error"] == [
        "fields_extra"
    ]
    digest = answer["report"]["digest"]
    status, answer = await admin.post(f"{at}/roster?digest={digest}", data=broken, headers=BYTES)
    assert (status, answer["code"], answer["report"]["ok"]) == (422, "unclear", False)
    _, answer = await admin.get(at)
    assert (answer["totals"]["units"], answer["totals"]["heads"]) == (74, 61)


async def test_a_roster_is_taken_only_as_it_was_checked(shared):
    admin = await shared.admin()
    path = f"/api/admin/estates/{shared.estate}/roster?digest={'0' * 64}"
    assert (await admin.post(path, data=ROSTER.read_bytes(), headers=BYTES))[1]["code"] == "wrong_state"


async def test_a_file_over_the_limit_is_refused_before_it_is_read(shared):
    admin = await shared.admin()
    path = f"/api/admin/estates/{shared.estate}/roster/check"
    status, answer = await admin.post(path, data=b"x" * (9 * 1024 * 1024), headers=BYTES)
    assert (status, answer["code"]) == (413, "too_large")


async def test_a_newer_roster_keeps_the_people_and_codes_of_units_that_stay(anywhere):
    resident = await anywhere.joined(code=await anywhere.code("3-1-501"))
    unit = await anywhere.unit("3-1-501")
    lines = ROSTER.read_text("utf-8-sig").splitlines(keepends=True)
    shorter = "".join(line for line in lines if not line.startswith(("1-1-101,", "3-1-501,")))
    report = await anywhere.parts.accounts.import_roster(
        anywhere.estate, shorter.encode(), "r.csv", anywhere.parts.clock()
    )
    assert [(one.code, one.unit) for one in report.problems if one.code == "unit_left_out"] == [
        ("unit_left_out", "1-1-101"),
        ("unit_left_out", "3-1-501"),
    ]
    assert await anywhere.unit("3-1-501") == unit
    assert await anywhere.parts.accounts.estates.unit_by_number(anywhere.estate, "1-1-101") is None
    assert (await anywhere.parts.accounts.estates.totals(anywhere.estate))["units"] == 72
    assert (await resident.me())["person"] is not None
    _, answer = await anywhere.browser().post("/api/join", await anywhere.wish())
    assert (answer["code"], answer["field"]) == ("not_found", "unit")


async def test_an_estate_of_households_needs_no_owners(shared):
    admin = await shared.admin()
    _, estate = await admin.post(
        "/api/admin/estates", {"community": shared.community, "name": "公租房小区", "roster": "households"}
    )
    data = "房号编号,户号,居民\n7-1-101,A1,丁海燕\n7-1-102,A2,哈建国\n".encode()
    at = f"/api/admin/estates/{estate['id']}"
    _, answer = await admin.post(f"{at}/roster/check", data=data, headers=BYTES)
    _, answer = await admin.post(f"{at}/roster?digest={answer['report']['digest']}", data=data, headers=BYTES)
    assert (answer["totals"]["heads"], answer["totals"]["area_c"]) == (2, 0)


async def test_the_overview_says_that_no_phone_can_reach_this_address(shared):
    _, answer = await (await shared.admin()).get("/api/admin/overview")
    assert answer["reach"]["loopback"] is True
    port = shared.parts.base_url.rpartition(":")[2]
    assert all(address.endswith(f":{port}") for address in answer["reach"]["neighbours"])
    assert all("127.0.0.1" not in address for address in answer["reach"]["neighbours"])


async def test_the_sample_goes_in_one_step_and_the_rest_stays(anywhere):
    accounts, at = anywhere.parts.accounts, anywhere.parts.clock()
    sample = await accounts.create_community("示例社区", sample=True, at=at)
    estate = await accounts.create_estate(sample, "示例小区", at=at)
    await accounts.import_roster(estate, ROSTER.read_bytes(), "r.csv", at)
    await accounts.create_person(sample, "苏敏", part="host", sample=True, at=at)
    await accounts.place_meeting("meeting:sample", sample, estate, at, sample=True)
    await anywhere.parts.desks.create("meeting:sample", sample, at)
    assert len(await accounts.crowd("meeting:sample", 30, at)) == 30
    links = await issue_links(accounts, anywhere.parts.base_url, None, at)
    assert {"admin", "host"} <= set(links)
    admin = anywhere.browser()
    await admin.enter(links["admin"])
    status, answer = await admin.send("DELETE", "/api/admin/sample")
    assert (status, answer["records"]) == (200, ["meeting:sample"])
    _, seen = await admin.get("/api/admin/overview")
    assert [one["id"] for one in seen["communities"]] == [anywhere.community]
    async with anywhere.parts.store.engine.connect() as db:
        for table in ("accounts", "units", "owners", "sessions", "links", "unit_people"):
            left = (await db.execute(text(f"SELECT count(*) FROM {table}"))).scalar_one()
            assert left < 100, table
    assert await accounts.meeting_of("meeting:sample") is None


async def test_a_crowd_is_proved_and_each_is_somebody_else(anywhere):
    accounts, at = anywhere.parts.accounts, anywhere.parts.clock()
    cookies = await accounts.crowd(anywhere.record, 200, at)
    people = [await accounts.who(cookie, anywhere.record, at) for cookie in cookies]
    assert len({who.person for who in people}) == 200
    assert all(who.proved and who.unit and who.roles == {"resident"} for who in people)


async def test_a_database_of_a_newer_release_is_refused(tmp_path):
    store = await open_store("", data=tmp_path)
    async with store.engine.begin() as db:
        await db.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    await store.close()
    with pytest.raises(NewerDatabase, match="newer release"):
        await open_store("", data=tmp_path)


async def test_the_revisions_make_the_very_tables_the_code_speaks_of(database_url):
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    import server.store.account_tables
    from server.store.tables import metadata

    store = await open_store(database_url)
    async with store.engine.connect() as db:
        differences = await db.run_sync(
            lambda connection: compare_metadata(MigrationContext.configure(connection), metadata)
        )
    await store.close()
    assert server.store.account_tables.accounts.metadata is metadata
    assert differences == []
