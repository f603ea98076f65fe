"""Coming in by the docket: a phone is tied to a flat where no meeting is held."""

from __future__ import annotations

from typing import TYPE_CHECKING

from server import dockets
from server.sample.programme import ROSTER
from tests.town import CONSENT, town

if TYPE_CHECKING:
    from pathlib import Path


async def test_an_owner_comes_in_by_the_docket_and_proves_a_flat(tmp_path: Path) -> None:
    async with town(tmp_path) as place:
        await dockets.open_docket(place.parts.desks, place.community)
        browser, record = place.browser(), f"docket:{place.community}"
        wish = {"record": record, "consent": CONSENT, "name": "任志勇", "unit": await place.unit("3-1-501")}
        status, said = await browser.post("/api/join", wish | {"code": await place.code("3-1-501")})
        assert (status, said["proved"], said["screen"]) == (200, True, "/")
        homes = (await browser.me(record))["homes"]
        assert [(one["name"], one["proved"]) for one in homes] == [("3号楼1单元501", True)]
        assert (await browser.me(record))["roles"] == ["owner"]


async def test_the_docket_offers_the_flats_of_its_own_estates_alone(tmp_path: Path) -> None:
    async with town(tmp_path) as place:
        accounts, at = place.parts.accounts, place.parts.clock()
        await dockets.open_docket(place.parts.desks, place.community)
        other = await accounts.create_community("另一社区", at=at)
        theirs = await accounts.create_estate(other, "另一小区", at=at)
        assert (await accounts.import_roster(theirs, ROSTER.read_bytes(), ROSTER.name, at)).ok
        browser, path = place.browser(), f"/api/places?record=docket:{place.community}"
        status, told = await browser.get(f"{path}&estate={place.estate}")
        assert (status, told["estate"], len(told["buildings"])) == (200, "梧桐里小区", 4)
        for estate in (theirs, "", "nothing"):
            assert (await browser.get(f"{path}&estate={estate}"))[0] == 404
        assert (await browser.get(f"/api/places?record=docket:nothing&estate={place.estate}"))[0] == 404
        unit = (await accounts.estates.unit_by_number(theirs, "3-1-501"))["id"]
        wish = {"record": f"docket:{place.community}", "consent": CONSENT, "name": "任志勇", "unit": unit}
        assert (await browser.post("/api/join", wish))[0] == 404
