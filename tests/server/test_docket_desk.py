"""The docket's desk over the wire: whose it is, whom a motion may name to watch its count, and that nobody is counted."""

from __future__ import annotations

import json
import logging
from typing import TYPE_CHECKING, Any

import pytest

from server import dockets
from tests.meetings.cast import DAY
from tests.town import Browser, Town, town

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path


@pytest.fixture
async def place(tmp_path: Path) -> AsyncIterator[Town]:
    async with town(tmp_path) as found:
        await dockets.open_docket(found.parts.desks, found.community)
        yield found


async def officer(place: Town, role: str, name: str, **term: Any) -> Browser:
    """Somebody with a standing role of the community."""
    browser = place.browser()
    assert (await browser.enter(await place.invited("moderator", name=name)))[0] == 200
    person = (await browser.me())["person"]
    await place.parts.accounts.grant(person, role, at=place.parts.clock(), **term)
    return browser


@pytest.mark.parametrize(
    "role", ["committee_chair", "secretary", "lawyer", "tally_supervisor", "grid_keeper"]
)
async def test_the_desk_opens_to_those_who_work_with_motions(place: Town, role: str) -> None:
    browser = await officer(place, role, "甲")
    assert (await browser.get(f"/docket/{place.community}"))[0] == 200


@pytest.mark.parametrize("role", ["host", "technician", "npc_deputy", "auditor"])
async def test_the_desk_stays_shut_to_others(place: Town, role: str) -> None:
    browser = await officer(place, role, "甲")
    assert (await browser.get(f"/docket/{place.community}"))[0] == 403
    assert (await place.browser().get(f"/docket/{place.community}"))[0] == 403
    assert (await browser.get("/docket/nowhere"))[0] == 404


async def test_supervisors_are_those_who_hold_the_role_now_and_are_listed_to_chair_and_secretary(
    place: Town,
) -> None:
    now = place.parts.clock()
    held = await officer(place, "tally_supervisor", "何春雨")
    await officer(place, "tally_supervisor", "去年的", since=now - 9 * DAY, until=now - DAY)
    await officer(place, "tally_supervisor", "明年的", since=now + DAY)
    await officer(place, "grid_keeper", "马小川")
    chair = await officer(place, "committee_chair", "田秀兰")
    path = f"/api/records/docket:{place.community}/supervisors"
    status, told = await chair.get(path)
    assert status == 200
    assert told["people"] == [{"person": (await held.me())["person"], "name": "何春雨"}]
    assert (await (await place.admin()).get(path))[0] == 200
    for browser in (held, place.browser()):
        assert (await browser.get(path))[0] == 403
    assert (await chair.get(f"/api/records/{place.record}/supervisors"))[0] == 404


async def test_the_desk_is_told_in_which_estates_one_has_proved_a_home(place: Town) -> None:
    other = await place.parts.accounts.create_estate(place.community, "桂花里小区", at=place.parts.clock())
    at_home = await place.joined("3-1-501", name="任志勇", code=await place.code("3-1-501"))
    said = await place.joined("3-1-502", name="马志成")
    for browser, theirs in ((at_home, {place.estate}), (said, set())):
        person = (await browser.me())["person"]
        await place.parts.accounts.grant(person, "committee_chair", at=place.parts.clock())
        status, page = await browser.get(f"/docket/{place.community}")
        assert status == 200
        told = json.loads(page["text"].partition('id="first">')[2].partition("</script>")[0])
        estates = told["place"]["estates"]
        assert {one["id"] for one in estates} == {place.estate, other}
        assert {one["id"] for one in estates if one["yours"]} == theirs


async def test_who_looks_at_a_docket_is_not_counted(place: Town, caplog: pytest.LogCaptureFixture) -> None:
    record, air = f"docket:{place.community}", place.parts.air
    await air.arrive(record, "somebody")
    await air.arrive(place.record, "somebody")
    with caplog.at_level(logging.ERROR):
        await air._keep(record)
        await air._keep(place.record)
    assert not caplog.records
    words = [entry.fact.__class__.__name__ for entry in await place.parts.desks.entries(record)]
    assert "Counted" not in words
