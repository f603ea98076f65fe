"""An owners' vote worked at by browser: a town with a docket, its officers each at a desk of their own, a clock by hand."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

from meetings import Who
from meetings.docket.motions import Motion
from server.accounts.roster import read_roster
from server.errands import Errands
from server.sample.programme import ROSTER
from tests.browser.council import WIDE, new_id
from tests.meetings.cast import DAY

if TYPE_CHECKING:
    from tests.town import Town

PERMITS = "《梧桐里小区业主大会议事规则》第十九条"


class Hour:
    """The server's clock, set by hand."""

    def __init__(self, at: int) -> None:
        self.at = at

    def __call__(self) -> int:
        return self.at


class Assembly:
    """The town's docket, and who works at it."""

    def __init__(self, place: Town, open_page: Any) -> None:
        self.place, self.parts, self.open_page = place, place.parts, open_page
        self.hour = Hour(place.parts.clock())
        self.parts.desks.clock = self.hour
        self.parts.desks._desks.clear()
        self.record = f"docket:{place.community}"
        self.people: dict[str, str] = {}
        self.base = place.inside

    async def officer(self, role: str, name: str, **context: Any) -> Any:
        """The page of somebody with a standing role of the community, at the docket's desk."""
        if role == "admin":
            page = await self._entered(self.place.links["admin"], context)
        else:
            page = await self._entered(await self.place.invited("moderator", name=name), context)
            me = await (await page.request.get(f"{self.base}/api/me")).json()
            self.people[name] = me["person"]
            await self.parts.accounts.grant(me["person"], role, at=self.hour())
        await self.at(page, "motions")
        return page

    async def _entered(self, url: str, context: dict[str, Any]) -> Any:
        page = await self.open_page(url, **(WIDE | context))
        await page.click("#confirm")
        await page.wait_for_url(lambda url: "/enter" not in url)
        return page

    async def at(self, page: Any, *names: str) -> None:
        """Bring a page to a place of the desk, as a fresh visit."""
        await page.goto("about:blank")
        await page.goto(f"{self.base}/docket/{self.place.community}#/{'/'.join(names)}")
        await page.wait_for_selector("#h-view")

    async def give(self, who: Who, word: str, **fields: Any) -> dict[str, Any]:
        """A command in somebody's name, acknowledged."""
        answer = await self.parts.desks.give(self.record, {"type": word, **fields}, who)
        assert answer["ok"], (word, answer)
        return dict(answer)

    async def frozen(self) -> str:
        """A frozen roster of the estate, its term for correction over."""
        roster, admin = new_id(), await self.place.admin()
        base = f"/api/admin/estates/{self.place.estate}/rosters"
        status, told = await admin.post(base, {"id": roster, "until": self.hour() + DAY})
        assert status == 200, told
        self.hour.at += DAY
        status, told = await admin.post(f"{base}/freeze", {"id": roster, "version": 1})
        assert status == 200, told
        return roster

    async def look(self) -> None:
        """What the clock calls for, as the errand gives it."""
        parts = self.parts
        await Errands(parts.desks, parts.feed, parts.accounts, parts.media).do_due(self.record)

    async def motions(self) -> list[Motion]:
        """The docket's motions, the latest last."""
        async with self.parts.desks.reading(self.record) as room:
            return list(room.all(Motion))

    async def owners(self, building: str) -> list[tuple[str, Who]]:
        """One owner of each flat of a building, and the flat's number."""
        _, units = read_roster(ROSTER.read_bytes(), "roster.csv")
        found = []
        for unit in units:
            if unit.building != building or unit.use == "parking" or unit.delivery_status != "delivered":
                continue
            name = next((one.name for one in unit.owners if one.representative), unit.owners[0].name)
            home = frozenset({await self.place.unit(unit.number)})
            found.append(
                (unit.number, Who(f"p-{unit.number}", 0, frozenset({"owner"}), {"real": name}, homes=home))
            )
        return found

    async def cast(self, motion: str, who: Who, unit: str, choice: str) -> bool:
        """A ballot by phone; False: the head has voted by another of its flats."""
        told = {
            "id": new_id(),
            "motion": motion,
            "unit": unit,
            "choice": choice,
            "nonce": secrets.token_hex(16),
        }
        answer = await self.parts.desks.give(self.record, {"type": "ballot.cast", **told}, who)
        assert answer["ok"] or answer.get("why") == "duplicate", answer
        return bool(answer["ok"])
