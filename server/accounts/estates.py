"""Communities, estates, their rosters, and where meetings are held. Takes a roster whole or not at all."""

from __future__ import annotations

import asyncio
import hmac
import secrets
from hashlib import sha256
from typing import Any

import msgspec

from meetings.kernel import Refused
from meetings.text import clean_line
from server.accounts.codes import code_of
from server.accounts.ids import fresh_id
from server.accounts.roster import PROBLEMS_SHOWN, Problem, Report, Unit, read_roster
from server.accounts.sessions import Sessions
from server.store.places import Place

KINDS = ("owners", "households")
DOCKET = "docket"
"""How the name of a community's docket begins, before the colon."""
PLACE_LIMIT = 40
PHONE_LIMIT = 24
MEETING_DIGITS = 6


class Estates(Sessions):
    """The places of this installation."""

    async def settled(self) -> bool:
        """Whether there is any community yet."""
        return bool(await self.estates.overview())

    async def community_of(self, record: str) -> dict[str, Any] | None:
        """Id, name and telephone of the community a record belongs to."""
        own_id = await self._community(record, await self.meeting_of(record))
        found = await self.estates.community(own_id) if own_id else None
        return {"id": found["id"], "name": found["name"], "phone": found["phone"]} if found else None

    async def create_community(
        self,
        name: str,
        *,
        city: str = "",
        district: str = "",
        street: str = "",
        phone: str = "",
        sample: bool = False,
        own_id: str | None = None,
        at: int = 0,
    ) -> str:
        """A new community; returns its id."""
        own_id = own_id or fresh_id()
        values = place_words(name=name, city=city, district=district, street=street, phone=phone)
        await self.estates.add_community(id=own_id, sample=sample, created_at=at, **values)
        return own_id

    async def create_estate(
        self, community: str, name: str, *, roster: str = "owners", own_id: str | None = None, at: int = 0
    ) -> str:
        """A new estate; `roster` says whether it has a list of owners or of households only."""
        if roster not in KINDS:
            raise Refused("unclear", field="roster")
        if await self.estates.community(community) is None:
            raise Refused("not_found")
        own_id = own_id or fresh_id()
        await self.estates.add_estate(
            id=own_id,
            community=community,
            name=clean_line(name, PLACE_LIMIT, "name"),
            roster=roster,
            created_at=at,
        )
        return own_id

    async def check_roster(self, estate: str, data: bytes, filename: str) -> tuple[Report, tuple[Unit, ...]]:
        """Read a file for an estate without keeping anything of it."""
        place = await self.estates.estate(estate)
        if place is None:
            raise Refused("not_found")
        # A spreadsheet takes a second to read: the council must not wait for it.
        report, units = await asyncio.to_thread(
            read_roster, data, filename, kind=place["roster"], row_limit=self.settings.limits.roster_rows
        )
        if report.ok and place["roster_at"] is not None:
            given = {unit.number for unit in units}
            known = await self.estates.units_of(estate)
            left = [unit["number"] for unit in known if unit["number"] not in given]
            report = _with_notes(report, [Problem("unit_left_out", "note", unit=number) for number in left])
        return report, units

    async def import_roster(self, estate: str, data: bytes, filename: str, at: int) -> Report:
        """Take a file as the estate's roster if nothing in it must be corrected; else keep everything as it was."""
        report, units = await self.check_roster(estate, data, filename)
        if not report.ok:
            return report
        keys = await self._load_keys()
        rows = [_row(unit, keys["phone"]) for unit in units]
        await self.estates.take_roster(estate, rows, digest=report.digest, at=at)
        return report

    async def place_meeting(
        self, record: str, community: str, estate: str | None, at: int, *, sample: bool = False
    ) -> str:
        """Note where a meeting is held; returns its public six-digit code."""
        known = await self.places.place(record=record)
        if known is not None:
            return known.code
        for _ in range(100):
            code = str(secrets.randbelow(9 * 10 ** (MEETING_DIGITS - 1)) + 10 ** (MEETING_DIGITS - 1))
            values = {"record": record, "community": community, "estate": estate, "code": code}
            if await self.places.add_place(**values, sample=sample, created_at=at):
                return code
        raise Refused("busy")

    async def entrance_of(self, record: str) -> Place | None:
        """Where one comes in: a meeting, or a community's docket, which is of all its estates and has no code."""
        kind, _, own_id = record.partition(":")
        if kind != DOCKET:
            return await self.meeting_of(record)
        found = await self.estates.community(own_id)
        return None if found is None else Place(record, own_id, None, "", bool(found["sample"]), None)

    async def places_for(self, record: str, estate: str = "") -> dict[str, Any]:
        """Buildings, stairs and rooms somebody may choose. No names, no areas, no parking. A docket's entrance is of
        several estates and has to name one.
        """
        place = await self.entrance_of(record)
        found = await self.estates.estate((place.estate or estate) if place else "")
        if place is None or found is None or found["community"] != place.community:
            raise Refused("not_found")
        return {
            "estate": found["name"],
            "community": found["community_name"],
            "phone": found["phone"],
            "buildings": await self.estates.chooser(found["id"]),
        }

    async def unit_codes(self, estate: str) -> list[dict[str, Any]]:
        """Units that have an invitation code, with the code: for printing letters and nothing else."""
        keys = await self._load_keys()
        return [
            unit | {"typed": code_of(keys["code"], unit["id"], unit["code"]["serial"])}
            for unit in await self.estates.units_of(estate)
            if unit["code"] is not None
        ]


def _with_notes(report: Report, notes: list[Problem]) -> Report:
    """The report with more to say, as far as it is shown; the rest is counted."""
    shown = (*report.problems, *notes)
    return msgspec.structs.replace(
        report, problems=shown[:PROBLEMS_SHOWN], left_out=report.left_out + len(shown[PROBLEMS_SHOWN:])
    )


def place_words(**texts: str) -> dict[str, str]:
    """Names and addresses of a community as they are kept; only the name is needed."""
    limits = {"phone": PHONE_LIMIT}
    return {
        field: clean_line(text, limits.get(field, PLACE_LIMIT), field)
        if text.strip() or field == "name"
        else ""
        for field, text in texts.items()
    }


def _row(unit: Unit, key: bytes) -> dict[str, Any]:
    row = msgspec.structs.asdict(unit)
    row.pop("line")
    row["owners"] = [
        {
            "name": owner.name,
            "representative": owner.representative,
            # Keyed, because eleven digits are guessed in a second from a bare digest.
            "phone_hash": hmac.digest(key, owner.phone.encode(), sha256) if owner.phone else None,
            "phone_last4": owner.phone[-4:] or None,
        }
        for owner in unit.owners
    ]
    return row
