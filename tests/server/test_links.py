"""Personal links: given away only by 确认是我, on three devices, and gone at once when staff say so."""

from __future__ import annotations

import asyncio
import dataclasses

import pytest
from sqlalchemy import event

from server import config
from server.accounts import Accounts
from server.accounts.links import issue_links, print_admin_link
from server.store import open_store
from tests.engines import eventually
from tests.town import town

ANDROID = "Mozilla/5.0 (Linux; Android 12) AppleWebKit/537.36 Chrome/107 MicroMessenger/8.0"


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


async def devices_of(place):
    """Staff's browser, and the latest link with its devices."""
    admin = await place.admin()
    _, answer = await admin.get(f"/api/admin/invitations?record={place.record}")
    return admin, answer["invitations"][-1]


async def test_a_preview_does_not_spend_a_link(shared):
    url = await shared.invited("lawyer")
    for _ in range(20):
        status, _ = await shared.browser().get("/enter")
        assert status == 200
    browser = shared.browser()
    status, answer = await browser.enter(url)
    assert (status, answer["role"], answer["record"]) == (200, "lawyer", shared.record)
    assert answer["screen"] == f"/answer/{shared.record.partition(':')[2]}"
    assert answer["me"]["name"] == "纳文慧"


async def test_a_link_works_on_three_devices_and_the_fourth_is_refused(shared):
    url = await shared.invited("lawyer")
    for _ in range(3):
        assert (await shared.browser().enter(url))[0] == 200
    status, answer = await shared.browser().enter(url)
    assert (answer["code"], answer["limit"]) == ("devices_full", 3)
    assert status == 422


async def test_sixteen_devices_at_once_are_still_three(anywhere):
    url = await anywhere.invited("lawyer")
    answers = await asyncio.gather(*(anywhere.browser().enter(url) for _ in range(16)))
    assert sorted(status for status, _ in answers) == [200] * 3 + [422] * 13


async def test_the_same_device_may_come_in_again_without_using_a_place(shared):
    url = await shared.invited("lawyer")
    browser = shared.browser()
    for _ in range(5):
        assert (await browser.enter(url))[0] == 200
    _, link = await devices_of(shared)
    assert len(link["devices"]) == 1


async def test_staff_see_the_devices_and_a_revoked_one_is_out_at_once(place):
    url = await place.invited("lawyer")
    browser = place.browser(**{"User-Agent": ANDROID})
    await browser.enter(url)
    assert (await browser.me())["person"] is not None
    admin, link = await devices_of(place)
    assert link["devices"][0]["agent"] == "WeChat · Android"
    status, _ = await admin.post(f"/api/admin/devices/{link['devices'][0]['id']}/revoke")
    assert status == 200
    assert (await browser.me())["person"] is None


async def test_a_revoked_device_gives_its_place_to_another(shared):
    url = await shared.invited("lawyer")
    for _ in range(3):
        await shared.browser().enter(url)
    admin, link = await devices_of(shared)
    await admin.post(f"/api/admin/devices/{link['devices'][1]['id']}/revoke")
    assert (await shared.browser().enter(url))[0] == 200


async def test_a_revoked_link_throws_out_whom_it_let_in(shared):
    url = await shared.invited("moderator")
    browser = shared.browser()
    await browser.enter(url)
    admin, link = await devices_of(shared)
    await admin.post(f"/api/admin/invitations/{link['id']}/revoke")
    assert (await browser.me())["person"] is None
    _, answer = await shared.browser().enter(url)
    assert answer["code"] == "link_gone"


async def test_another_process_hears_of_a_revocation_within_two_seconds(anywhere, tmp_path):
    url = await anywhere.invited("lawyer")
    browser = anywhere.browser()
    await browser.enter(url)
    cookie = browser.session
    store = await open_store(anywhere.parts.settings.database_url)
    other = Accounts(store, anywhere.parts.settings)
    await other.start()
    told = []
    other.on_change(told.append)
    try:
        who = await other.who(cookie, anywhere.record, anywhere.parts.clock())
        assert who.person
        admin, link = await devices_of(anywhere)
        await admin.post(f"/api/admin/devices/{link['devices'][0]['id']}/revoke")

        async def out():
            return not (await other.who(cookie, anywhere.record, anywhere.parts.clock())).person

        await eventually(out, seconds=2, what="the revocation")
        assert any(who.person in people for people in told)
    finally:
        await other.stop()
        await store.close()


async def test_who_is_asked_a_thousand_times_without_the_database(place):
    browser = await place.joined()
    cookie = browser.session
    accounts, at = place.parts.accounts, place.parts.clock()
    await accounts.who(cookie, place.record, at)
    kept = accounts.doors, accounts.people, accounts.places
    accounts.doors = accounts.people = accounts.places = None
    try:
        for _ in range(1_000):
            assert (await accounts.who(cookie, place.record, at)).person
    finally:
        accounts.doors, accounts.people, accounts.places = kept


async def test_a_link_ends_with_the_archive_of_its_meeting(anywhere):
    url = await anywhere.invited("lawyer")
    browser = anywhere.browser()
    await browser.enter(url)
    await anywhere.parts.accounts.meeting_archived(anywhere.record)
    assert (await browser.me())["person"] is None
    assert (await anywhere.browser().enter(url))[1]["code"] == "link_gone"


async def test_a_link_past_its_term_opens_nothing(shared):
    at = shared.parts.clock()
    url = await shared.invited("lawyer", until=at + 60_000)
    accounts = shared.parts.accounts
    _, cookie = await accounts.enter(url.partition("#")[2], None, at)
    assert (await accounts.who(cookie, shared.record, at)).person
    assert not (await accounts.who(cookie, shared.record, at + 61_000)).person
    with pytest.raises(Exception, match="link_gone"):
        await accounts.enter(url.partition("#")[2], None, at + 61_000)


async def test_links_of_a_start_may_be_entered_repeatedly_and_end_with_the_next_start(place):
    first = place.links["admin"]
    for _ in range(5):
        assert (await place.browser().enter(first))[0] == 200
    links = await issue_links(place.parts.accounts, place.parts.base_url, None, place.parts.clock())
    assert links["admin"] != first
    assert (await place.browser().enter(first))[1]["code"] == "link_gone"
    assert (await place.browser().enter(links["admin"]))[0] == 200


async def test_links_of_a_start_end_when_it_stops(tmp_path):
    async with town(tmp_path) as place:
        token = place.links["admin"].partition("#")[2]
    store = await open_store("", data=tmp_path / "elsewhere")
    await store.close()
    async with town_again(tmp_path) as parts:
        with pytest.raises(Exception, match="link_gone"):
            await parts.accounts.enter(token, None, parts.clock())


def town_again(data):
    from server.app import running

    return running(config.load({"data": data, "port": 0, "empty": True}, {}))


async def test_the_command_line_prints_a_fresh_administrators_link(shared):
    url = await asyncio.to_thread(print_admin_link, shared.parts.settings)
    browser = shared.browser()
    status, answer = await browser.enter(url)
    assert (status, answer["screen"]) == (200, "/admin")
    assert {"admin", "secretary"} <= set(answer["me"]["roles"])


async def test_the_printed_link_names_the_port_the_server_picked_also_after_it_stopped(tmp_path):
    async with town(tmp_path) as place:
        asked = dataclasses.replace(place.parts.settings, port=8000)
        url = await asyncio.to_thread(print_admin_link, asked)
        assert url.startswith(f"{place.parts.base_url}/enter#")
        assert (await place.browser().enter(url))[0] == 200
    url = await asyncio.to_thread(print_admin_link, dataclasses.replace(asked, port=9000))
    assert url.startswith("http://127.0.0.1:9000/enter#")
    url = await asyncio.to_thread(print_admin_link, asked)
    assert url.startswith(f"{place.parts.base_url}/enter#")
    async with town_again(tmp_path) as parts:
        link, _ = await parts.accounts.enter(url.partition("#")[2], None, parts.clock())
        assert link.role == "admin"


async def test_the_command_line_lets_an_administrator_in_whose_role_was_ended(place):
    admin = await place.admin()
    mine = (await admin.me())["person"]
    known = await place.parts.accounts.people.known(mine)
    for grant in known.grants:
        await place.parts.accounts.take_back(grant.id, place.parts.clock())
    assert (await admin.get("/api/admin/overview"))[0] == 403
    url = await asyncio.to_thread(print_admin_link, place.parts.settings)
    fresh = place.browser()
    await fresh.enter(url)
    assert (await fresh.get("/api/admin/overview"))[0] == 200


@pytest.mark.parametrize(
    "token",
    [
        "",
        "x",
        "x" * 22,
        "x" * 5_000,
        "../../etc/passwd",
        "%00",
        "\u202e",
        "' OR 1=1 --",
        "１２３４５６７８９０",
    ],
)
async def test_a_made_up_token_is_refused_and_sets_no_cookie(shared, token):
    browser = shared.browser()
    status, answer = await browser.post("/api/enter", {"token": token})
    assert (answer["ok"], status) in {(False, 404), (False, 413)}
    assert (await browser.me())["person"] is None


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b'{"token":1}',
        b'{"token":"a","more":1}',
        b'{"token":"\\ud800"}',
        b"\xff\xfe",
        b"[" * 50_000,
    ],
)
async def test_a_body_that_is_not_a_token_is_unclear(shared, body):
    status, answer = await shared.browser().post("/api/enter", data=body)
    assert answer["code"] in {"unclear", "too_large"}
    assert status in {413, 422}


async def test_the_projectors_link_gives_the_role_of_its_meeting_only(shared):
    url = await shared.invited("screen", name="大屏")
    browser = shared.browser()
    _, answer = await browser.enter(url)
    assert answer["screen"] == f"/screen/{shared.record.partition(':')[2]}"
    assert (await browser.me(shared.record))["roles"] == ["screen"]
    assert (await browser.me("meeting:another"))["person"] is None or "screen" not in (await browser.me())[
        "roles"
    ]


async def test_a_token_is_nowhere_in_the_database(place, tmp_path):
    url = await place.invited("lawyer")
    browser = place.browser()
    await browser.enter(url)
    cookie = browser.session
    kept = b"".join(file.read_bytes() for file in tmp_path.glob("*.sqlite3*"))
    assert kept
    for secret in (url.partition("#")[2], cookie, cookie.partition(".")[0]):
        assert secret.encode() not in kept


async def test_a_hall_that_comes_back_at_once_is_read_in_a_few_questions(anywhere):
    accounts, at = anywhere.parts.accounts, anywhere.parts.clock()
    cookies = await accounts.crowd(anywhere.record, 400, at)
    await accounts.who(cookies[0], anywhere.record, at)
    asked = []
    event.listen(
        anywhere.parts.store.engine.sync_engine, "before_cursor_execute", lambda *said: asked.append(said[2])
    )
    people = await asyncio.gather(*(accounts.who(cookie, anywhere.record, at) for cookie in cookies))
    assert len({who.person for who in people}) == 400
    assert len(asked) < 30
