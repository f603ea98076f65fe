"""How a resident comes in without a link: name, unit, way of being shown, consent, and a code if the letter is there.

Never says who owns what: a wrong code is wrong for everybody alike.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING
from unicodedata import category

import msgspec

from meetings.kernel import Refused
from meetings.text import clean_name, graphemes
from server.accounts import codes
from server.accounts.ids import fresh_id
from server.accounts.labels import WAYS
from server.accounts.links import Links
from server.live.door import Buckets

if TYPE_CHECKING:
    from server.accounts.sessions import Seen, Source
    from server.store.places import Place

CONSENT = "2026-11"
"""Version of the notice on personal data. Another text is another version, and is asked for anew."""
CALL_LIMIT = 8


class Wish(msgspec.Struct, forbid_unknown_fields=True):
    """What somebody says at the entrance. `unit` is an id from the chooser, `call` a form of address (马女士)."""

    record: str
    consent: str
    name: str = ""
    call: str = ""
    unit: str = ""
    way: str = WAYS[0]
    code: str = ""


class Joined(msgspec.Struct, frozen=True):
    """Who came in: the person, their new cookie (None: the one they have), and whether the unit is proved."""

    person: str
    cookie: str | None
    proved: bool


class Joining(Links):
    """The entrance."""

    _buckets: Buckets | None = None

    async def join(
        self, wish: Wish, source: Source, at: int, *, address: str = "", agent: str = ""
    ) -> Joined:
        """Let somebody in by name and unit, to a meeting or to what the docket holds for them. What is refused leaves
        nothing behind.
        """
        self._not_too_many(address)
        place = await self.entrance_of(wish.record)
        if place is None:
            raise Refused("not_found")
        if wish.consent != CONSENT:
            raise Refused("consent_needed", version=CONSENT)
        if wish.way not in WAYS:
            raise Refused("unclear", field="way")
        here = await self.seen(source, at)
        if here is not None and here.known.community not in {None, place.community}:
            here = None
        if here is not None and not wish.name and not wish.unit:
            await self._agree(here.known.account, wish.way, at)
            home = next(iter(here.known.homes), None)
            return Joined(here.known.account, None, home is None or home.proved)
        return await self._come_in(wish, place, here, at, agent)

    async def _come_in(self, wish: Wish, place: Place, here: Seen | None, at: int, agent: str) -> Joined:
        name = person_name(wish.name, "name")
        call = form_of_address(wish.call)
        await self._unit_of(wish.unit, place)
        proved = bool(wish.code.strip()) and await self._proves(wish.unit, wish.code, at)
        person = here.known.account if here is not None and self._same(here, name) else None
        if person is None and proved:
            person = await self.homes.person_of_unit(wish.unit, name)
            full = self.settings.limits.unit_people
            if person is None and await self.homes.proved_of_unit(wish.unit) >= full:
                raise Refused("forbidden", limit=full)
        if person is None:
            person = await self.create_person(
                place.community, name, call=call, way=wish.way, sample=place.sample, at=at
            )
        elif call:
            await self.people.change_account(person, call=call)
        await self._settle(person, wish.unit, name, at, how="code" if proved else None, by=person)
        await self._agree(person, wish.way, at)
        if here is not None and here.known.account == person:
            return Joined(person, None, proved)
        return Joined(person, await self.open_session(person, at, agent=agent), proved)

    @staticmethod
    def _same(here: Seen, name: str) -> bool:
        """Whether the browser's person is the one who joins: a phone is lent in a family, a staff link is not."""
        return here.known.name == name and here.link is None and not here.known.grants

    async def prove(self, source: Source, code: str, at: int, *, unit: str = "") -> str:
        """Prove one's unit afterwards by the code of the letter, or a further unit of one's own by the code of its
        letter; returns the unit id.
        """
        here = await self.seen(source, at)
        if here is None:
            raise Refused("forbidden")
        if unit and unit not in {home.unit for home in here.known.homes if not home.proved}:
            return await self._prove_further(here, unit, code, at)
        said = next((home for home in here.known.homes if not home.proved), None)
        if said is None:
            if here.known.homes:
                return here.known.homes[0].unit
            raise Refused("wrong_state")
        await self._proves(said.unit, code, at)
        await self._settle(
            here.known.account, said.unit, here.known.name, at, how="code", by=here.known.account
        )
        return said.unit

    async def _prove_further(self, here: Seen, unit: str, code: str, at: int) -> str:
        """An owner of several flats has a letter in each of their boxes."""
        known = here.known
        found = await self.estates.unit(unit) if len(unit) <= 64 else None
        if found is None or found["community"] != known.community or not found["listed"]:
            raise Refused("not_found", field="unit")
        if unit in {home.unit for home in known.homes if home.proved}:
            return unit
        await self._proves(unit, code, at)
        full = self.settings.limits.unit_people
        if await self.homes.proved_of_unit(unit) >= full:
            raise Refused("forbidden", limit=full)
        await self._settle(known.account, unit, known.name, at, how="code", by=known.account)
        return unit

    async def prove_at_door(self, person: str, unit: str | None, *, by: str, at: int) -> str:
        """Staff have looked at a paper: this person belongs to this unit (None: the one they said)."""
        known = await self.people.known(person)
        if known is None:
            raise Refused("not_found")
        said = unit or next((home.unit for home in known.homes if not home.proved), None)
        found = await self.estates.unit(said) if said else None
        if found is None or found["community"] != known.community:
            raise Refused("not_found", field="unit")
        await self._settle(person, found["id"], known.name, at, how="door", by=by)
        return str(found["id"])

    async def _settle(self, person: str, unit: str, name: str, at: int, *, how: str | None, by: str) -> None:
        role = await self.role_at(unit, name, proved=how is not None)
        await self.homes.settle(person, unit, role=role, at=at, how=how, by=by if how else None)
        self.heard([person])

    async def _agree(self, person: str, way: str, at: int) -> None:
        await self.homes.agree(person, way=way, version=CONSENT, at=at)
        self.heard([person])

    async def _unit_of(self, unit: str, place: Place) -> None:
        """Refuse a unit that cannot be chosen for this meeting, in the same words as one that does not exist."""
        found = await self.estates.unit(unit) if 0 < len(unit) <= 64 else None
        here = found is not None and place.estate in {None, found["estate"]}
        if not here or found is None or found["community"] != place.community or not found["listed"]:
            raise Refused("not_found", field="unit")

    async def _proves(self, unit: str, text: str, at: int) -> bool:
        """Whether a code is the unit's. Refuses `wrong_code` and, after five wrong ones in an hour, `code_locked`."""
        typed = codes.as_typed(text)
        keys = await self._load_keys()
        rate = self.settings.limits.wrong_codes
        if not typed:
            # A slip of the thumb can be no code of anybody: it costs no try.
            raise Refused("wrong_code")
        said = await self.homes.try_code(
            unit,
            lambda serial: codes.fits(keys["code"], unit, serial, typed),
            own_id=fresh_id(),
            at=at,
            count=rate.count,
            seconds=rate.seconds,
        )
        if said != "right":
            raise Refused("code_locked" if said == "locked" else "wrong_code")
        return True

    def _not_too_many(self, address: str) -> None:
        if self._buckets is None:
            self._buckets = Buckets()
        rate = self.settings.limits.joins_per_address
        wait = self._buckets.wait("join", address, rate, time.monotonic())
        if wait > 0:
            raise Refused("too_fast", wait_ms=int(wait * 1000) + 1)


def person_name(text: str, field: str) -> str:
    """A name as people bear it. A digit would let a room number, or a telephone, into every label."""
    name = clean_name(text, field)
    if any(category(char).startswith("N") for char in name) or not any(
        category(char).startswith("L") for char in name
    ):
        raise Refused("unclear", field=field)
    return name


def form_of_address(text: str) -> str:
    """马女士, 任师傅; empty if none was given."""
    if not text.strip():
        return ""
    call = person_name(text, "call")
    if graphemes(call) > CALL_LIMIT:
        raise Refused("too_large", field="call", limit=CALL_LIMIT)
    return call
