"""Who is asking: the cookie of a browser, what is known of the person behind it, and how that ends at once.

Asks the database when somebody is new to this process or something about them changed, never once a command.
"""

from __future__ import annotations

import asyncio
import hmac
import logging
import time
from collections import OrderedDict
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import msgspec
from aiohttp import web

from meetings.kernel import Who
from server.accounts import labels
from server.accounts.cookies import Cookies
from server.accounts.ids import digest, fresh_id, fresh_session
from server.store.accounts import AccountBook, Home, Known
from server.store.doors import DoorBook, Link, Session
from server.store.estates import EstateBook
from server.store.homes import HomeBook
from server.store.places import Place, PlaceBook

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from server.config import Settings
    from server.store import Store

log = logging.getLogger(__name__)

GUEST = "guest"
BY_GRANT = frozenset({"screen"})
"""Roles of one record that are taken from a grant. All others are facts of the record (`person.appoint`)."""
KEPT = 20_000
"""Sessions and records remembered by one process."""
FRESH_SECONDS = 600.0
"""After so long a session is read again, so that its last visit is noted and its limits are asked."""
LISTEN_SECONDS = 1.0
READ_TOGETHER = 500
"""Sessions read by one question to the database."""
DAY_MS = 86_400_000

Source = object
"""A request, or the text of a cookie; anything else is nobody."""


class Seen(msgspec.Struct, frozen=True):
    """A session as this process remembers it."""

    known: Known
    session: Session
    link: Link | None
    read_at: float


class Sessions(Cookies):
    """Browsers and the people behind them."""

    def __init__(self, store: Store, settings: Settings) -> None:
        self.store = store
        self.settings = settings
        self.people = AccountBook(store.engine)
        self.homes = HomeBook(store.engine)
        self.doors = DoorBook(store.engine)
        self.places = PlaceBook(store.engine)
        self.estates = EstateBook(store.engine, fresh_id)
        self._keys: dict[str, bytes] = {}
        self._seen: OrderedDict[bytes, Seen] = OrderedDict()
        self._browsers: dict[str, set[bytes]] = {}
        self._waiting: dict[bytes, asyncio.Future[Seen | None]] = {}
        self._reading: asyncio.Task[None] | None = None
        self._touched: set[str] = set()
        self._place_of: OrderedDict[str, Place] = OrderedDict()
        self._community_of: OrderedDict[str, str] = OrderedDict()
        self._told: list[Callable[[frozenset[str]], None]] = []
        self._listening: asyncio.Task[None] | None = None
        self._nudge = asyncio.Event()

    async def start(self) -> None:
        """Load the keys and listen to what other processes change."""
        await self._load_keys()
        last = await self.doors.last_change()
        heard = {n for n, _ in await self.doors.changes(last)}
        self._listening = asyncio.create_task(self._listen(last, heard), name="accounts listen")

    async def stop(self) -> None:
        """Stop listening."""
        if self._listening is not None:
            self._listening.cancel()
            with suppress(asyncio.CancelledError):
                await self._listening
            self._listening = None

    def on_change(self, callback: Callable[[frozenset[str]], None]) -> None:
        """Be told of people whose roles, units or sessions changed, here at once, elsewhere within two seconds."""
        self._told.append(callback)

    async def _load_keys(self) -> dict[str, bytes]:
        if not self._keys:
            self._keys = await self.doors.keys("cookie", "phone", "code", "ballots")
        return self._keys

    async def ballot_key(self) -> bytes:
        """The key ballots are sealed with until their vote has closed."""
        return (await self._load_keys())["ballots"]

    # Who

    async def seen(self, source: Source, at: int) -> Seen | None:
        """The person and session behind a request, or None for a guest."""
        cookie = self.cookie_of(source) if isinstance(source, web.BaseRequest) else source
        if not isinstance(cookie, str) or not cookie:
            return None
        await self._load_keys()
        secret = self._secret(cookie)
        if secret is None:
            return None
        own = digest(secret)
        found = self._seen.get(own)
        if found is None or time.monotonic() - found.read_at > FRESH_SECONDS:
            found = await self._read_once(own, at)
        if found is None or not self._stands(found, at):
            return None
        return found

    def _stands(self, found: Seen, at: int) -> bool:
        limits, session, link = self.settings.limits, found.session, found.link
        if session.revoked_at is not None or at > session.created_at + limits.session_days * DAY_MS:
            return False
        if at > session.seen_at + limits.idle_days * DAY_MS:
            return False
        return link is None or link.repeatable or link.expires_at is None or at < link.expires_at

    async def _read_once(self, own: bytes, at: int) -> Seen | None:
        """Read a session. Those asked for at the same moment are read together, each once."""
        waiting = self._waiting.get(own)
        if waiting is None:
            waiting = self._waiting[own] = asyncio.get_running_loop().create_future()
            if self._reading is None or self._reading.done():
                self._reading = asyncio.create_task(self._read_waiting(at), name="accounts read")
        return await asyncio.shield(waiting)

    async def _read_waiting(self, at: int) -> None:
        while self._waiting:
            batch = dict(list(self._waiting.items())[:READ_TOGETHER])
            self._touched.clear()
            try:
                found = await self._read(list(batch), at)
            except Exception as error:
                for own, waiting in batch.items():
                    self._waiting.pop(own, None)
                    if not waiting.done():
                        waiting.set_exception(error)
                continue
            for own, waiting in batch.items():
                self._waiting.pop(own, None)
                seen = found.get(own)
                if seen is None:
                    self._forget_browser(own)
                # Whose rights changed while this was read: good for one command, not to be kept.
                elif seen.known.account not in self._touched:
                    self._keep(own, seen)
                if not waiting.done():
                    waiting.set_result(seen)

    async def _read(self, digests: list[bytes], at: int) -> dict[bytes, Seen]:
        rows = await self.doors.sessions_by(digests, at, seen_after=int(FRESH_SECONDS * 1000))
        live = {own: pair for own, pair in rows.items() if pair[0].revoked_at is None}
        known = (
            await self.people.known_many([session.account for session, _ in live.values()]) if live else {}
        )
        now = time.monotonic()
        return {
            own: Seen(known[session.account], session, link, now)
            for own, (session, link) in live.items()
            if session.account in known
        }

    def _keep(self, own: bytes, seen: Seen) -> None:
        self._seen[own] = seen
        self._seen.move_to_end(own)
        self._browsers.setdefault(seen.session.account, set()).add(own)
        while len(self._seen) > KEPT:
            self._forget_browser(next(iter(self._seen)))

    def _forget_browser(self, own: bytes) -> None:
        gone = self._seen.pop(own, None)
        if gone is not None:
            mine = self._browsers.get(gone.session.account, set())
            mine.discard(own)
            if not mine:
                self._browsers.pop(gone.session.account, None)

    async def who(self, source: Source, record: str | None, at: int) -> Who:
        """Who gives a command in a record (None: outside any). Strangers and other communities' people are guests."""
        found = await self.seen(source, at)
        if found is None:
            return Who(person="", at=at, roles=frozenset({GUEST}), proved=False)
        known = found.known
        place = await self.meeting_of(record) if record else None
        community = known.community if record is None else await self._community(record, place)
        roles = roles_of(known, community, record, at)
        # Who belongs to no community works for the installation: an administrator, and nobody else.
        if known.community is not None and known.community != community:
            return Who(person="", at=at, roles=frozenset({GUEST}), proved=False)
        home = home_of(known, place.estate if place else None)
        proved = found.link is not None or bool(roles - {"resident", "owner", "tenant"})
        return Who(
            person=known.account,
            at=at,
            roles=roles,
            labels=labels.labels(known, home),
            unit=home.unit if home is not None and home.proved else None,
            proved=proved if home is None else home.proved,
            homes=frozenset(one.unit for one in known.homes if one.proved and one.role != "tenant"),
        )

    async def me(
        self, source: Source, record: str | None, at: int, granted: frozenset[str] = frozenset()
    ) -> dict[str, Any]:
        """What a browser is told about its own person; `granted` are roles the record itself gives."""
        found = await self.seen(source, at)
        who = await self.who(source, record, at)
        if found is None or not who.person:
            return {"person": None, "roles": [GUEST], "named": False, "proved": False, "community": None}
        known = found.known
        place = await self.meeting_of(record) if record else None
        home = home_of(known, place.estate if place else None)
        shown = {way: who.labels[way] for way in labels.WAYS}
        return {
            "person": known.account,
            "name": known.name,
            "roles": sorted(who.roles | granted),
            "named": True,
            "proved": who.proved,
            "way": known.way,
            "labels": shown,
            "shown": shown[known.way],
            "unit": labels.unit(home) or None,
            "homes": [
                {"unit": one.unit, "name": labels.unit(one), "proved": one.proved} for one in known.homes
            ],
            "community": {"id": known.community, "name": known.community_name} if known.community else None,
            "consents": sorted(known.consents),
        }

    async def about(self, person: str, record: str, at: int) -> frozenset[str] | None:
        """Standing roles of somebody in the community of a record; None: there is no such person there."""
        known = await self.people.known(person)
        community = await self._community(record, await self.meeting_of(record))
        if known is None or known.community not in {None, community}:
            return None
        return roles_of(known, community, record, at)

    async def signed_in(self, source: Source, at: int) -> bool:
        """Whether this cookie still opens anything."""
        return await self.seen(source, at) is not None

    async def person_of(self, person: str) -> dict[str, str]:
        """Real name and unit, for staff who look behind a label. The one who asks writes the look down."""
        known = await self.people.known(person)
        if known is None:
            return {"name": "", "unit": ""}
        return {"name": known.name, "unit": labels.unit(home_of(known, None))}

    # Where meetings belong

    async def meeting_of(self, record: str) -> Place | None:
        """Community, estate and public code of a meeting."""
        place = self._place_of.get(record)
        if place is None:
            place = await self.places.place(record=record)
            if place is not None:
                self._place_of[record] = place
                while len(self._place_of) > KEPT:
                    self._place_of.popitem(last=False)
        return place

    async def record_of_code(self, code: str) -> str | None:
        """The meeting behind a public code."""
        place = await self.places.place(code=code) if len(code) <= 8 and code.isascii() else None
        return place.record if place else None

    async def _community(self, record: str, place: Place | None) -> str | None:
        if place is not None:
            return place.community
        kind, _, own_id = record.partition(":")
        if kind == "docket":
            return own_id
        if record not in self._community_of:
            community = await self.places.community_of(record)
            if community is None:
                return None
            self._community_of[record] = community
            while len(self._community_of) > KEPT:
                self._community_of.popitem(last=False)
        return self._community_of[record]

    async def may_watch(
        self, source: Source, record: str, watch: str, at: int, code: str | None = None
    ) -> bool:
        """Whether somebody may watch a meeting that is open to `public`, to who has its `code`, or to its `estate`."""
        if watch == "public":
            return True
        who = await self.who(source, record, at)
        if who.roles - {GUEST, "resident", "owner", "tenant"}:
            return True
        place = await self.meeting_of(record)
        if watch == "code":
            typed = (code or "").strip()[:8].encode()
            return bool(who.person) or (place is not None and hmac.compare_digest(place.code.encode(), typed))
        found = await self.seen(source, at)
        if found is None or place is None or not who.person:
            return False
        if found.link is not None and found.link.record == record:
            return True
        return any(place.estate is None or home.estate == place.estate for home in found.known.homes)

    # Ending

    async def open_session(
        self, account: str, at: int, *, agent: str = "", link: str | None = None, devices: int | None = None
    ) -> str | None:
        """A new session for a person: the cookie's text. None: the link is on as many devices as it may be."""
        await self._load_keys()
        secret = fresh_session()
        opened = await self.doors.open_session(
            own_id=fresh_id(),
            digest=digest(secret),
            account=account,
            link=link,
            at=at,
            agent=agent,
            devices=devices,
        )
        return self._signed(secret) if opened else None

    async def leave(self, source: Source, at: int) -> None:
        """End the session of this browser."""
        found = await self.seen(source, at)
        if found is not None:
            await self.doors.end_session(found.session.id, at)
            self.heard([found.known.account])

    def heard(self, people: list[str]) -> None:
        """Forget what this process remembers of people that just changed, and let the others be told."""
        self._forget(people)
        self._nudge.set()

    def _forget(self, people: Iterable[str]) -> None:
        for person in people:
            self._touched.add(person)
            for own in list(self._browsers.get(person, ())):
                self._forget_browser(own)

    async def _listen(self, last: int, heard: set[int]) -> None:
        """Hear of changes made here and by other processes."""
        forgotten = time.monotonic()
        while True:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._nudge.wait(), LISTEN_SECONDS)
            self._nudge.clear()
            try:
                found = [(n, person) for n, person in await self.doors.changes(last) if n not in heard]
                if heard or found:
                    heard = {n for n in heard | {n for n, _ in found} if n > last - 1_000}
                if not found:
                    continue
                last = max(last, *(n for n, _ in found))
                people = frozenset(person for _, person in found)
                self._forget(people)
                for tell in self._told:
                    tell(people)
                if time.monotonic() - forgotten > 3_600:
                    forgotten = time.monotonic()
                    await self.doors.forget_changes(time.time_ns() // 1_000_000 - DAY_MS)
            except Exception:
                # The database may be away for a while; until it is back nobody's rights can change either.
                log.exception("changes of accounts could not be read")
                self._seen.clear()
                self._browsers.clear()
                await asyncio.sleep(LISTEN_SECONDS)


def roles_of(known: Known, community: str | None, record: str | None, at: int) -> frozenset[str]:
    """Standing roles of a person in a community, and those of one record that are no facts of it."""
    roles = {home.role for home in known.homes}
    for grant in known.grants:
        here = grant.community is None or grant.community == community
        whole = grant.record is None or (grant.record == record and grant.role in BY_GRANT)
        if here and whole and grant.holds(at):
            roles.add(grant.role)
    return frozenset(roles)


def home_of(known: Known, estate: str | None) -> Home | None:
    """The unit a person speaks for: in this estate, proved before said."""
    here = [home for home in known.homes if estate is None or home.estate == estate]
    return here[0] if here else None


def agent_words(header: str) -> str:
    """A browser and its device in few words, for the list of devices: `WeChat · Android`."""
    browsers = {
        "MicroMessenger": "WeChat",
        "Edg": "Edge",
        "Firefox": "Firefox",
        "Chrome": "Chrome",
        "Safari": "Safari",
    }
    systems = {
        "Android": "Android",
        "iPhone": "iPhone",
        "iPad": "iPad",
        "Windows": "Windows",
        "Mac OS X": "macOS",
        "Linux": "Linux",
    }
    found = [
        next((word for mark, word in marks.items() if mark in header), "") for marks in (browsers, systems)
    ]
    return " · ".join(word for word in found if word)
