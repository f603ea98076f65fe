"""What the studio is told of the hall: screens on the line, the way in, the code that ties the picture to the record."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from meetings import stream
from server.app import PUBLISHERS
from tests.server.hall import cookie_of

if TYPE_CHECKING:
    from tests.server.hall import Open
    from tests.town import Town


async def test_the_studio_is_told_which_screens_of_the_hall_are_on_the_line(
    place: Town, open_line: Open
) -> None:
    path = f"/api/records/{place.record}/backstage"
    host = place.browser()
    assert (await host.get(path))[0] == 403
    assert (await host.enter(await place.invited("host", name="柳婷")))[0] == 200
    status, told = await host.get(path)
    assert (status, told["pages"]) == (200, {})
    assert told["address"].endswith(f"/m/{told['code']}")
    for page in ("screen", "room"):
        line = await open_line(await cookie_of(place))
        assert (await line.call("join", {"record": place.record, "since": 0, "page": page}))["ok"]
    _status, told = await host.get(path)
    assert told["pages"] == {"screen": 1}, "residents are counted elsewhere, and not by page"
    seq, link = await place.parts.store.records.tip(place.record)
    assert told["proof"] == {"seq": seq, "link": link.hex()[:8]}
    assert await place.parts.store.records.verify(place.record) == seq


@pytest.mark.parametrize(
    ("role", "may"), [("host", True), ("technician", True), ("secretary", False), ("moderator", False)]
)
async def test_nobody_publishes_who_could_not_take_the_picture_off_again(
    place: Town, role: str, may: bool
) -> None:
    browser = place.browser()
    assert (await browser.enter(await place.invited(role, name="石岚")))[0] == 200
    status, _ = await browser.get(f"/media/{place.record.replace(':', '-')}/health")
    assert status == (200 if may else 403)
    assert PUBLISHERS.issubset(stream.Hold.may & stream.End.may)
