"""Brings guests and studio together: small messages by which two browsers find a direct way to each other.

Passes what it understands between the one studio of a record and people with a seat, and nothing else; never
writes into the record, never carries sound or picture.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import time
from typing import TYPE_CHECKING, Any, Literal

import msgspec

from meetings import Refused, Room, Who
from meetings.meeting import BEFORE, TALKING
from meetings.stage import Seat, linked
from server.live.door import Buckets

if TYPE_CHECKING:
    from server.accounts import Accounts
    from server.config import Settings
    from server.live.bus import Bus
    from server.live.desk import Change, Desks
    from server.live.feed import Feed

STUDIO = "studio"
"""The name of the one studio of a record, where a person's name would stand."""
TURN_SECONDS = 3_600
AIR = b"signal "
"""Begins what passes between processes, so that the air's own messages are told from these."""
_SDP, _LINE, _CALL = 16_000, 1_000, 40


class Offer(msgspec.Struct, tag_field="kind", tag="sdp", forbid_unknown_fields=True):
    """A description of a session, offered by the studio, answered by a guest."""

    call: str
    type: Literal["offer", "answer"]
    sdp: str


class Candidate(msgspec.Struct, tag_field="kind", tag="ice", forbid_unknown_fields=True):
    """One address at which a browser may be reached."""

    call: str
    candidate: str
    mid: str | None = None
    line: int | None = None


class Way(msgspec.Struct, tag_field="kind", tag="way", forbid_unknown_fields=True):
    """The studio says which way is used from now on."""

    call: str
    way: Literal["direct", "relay"]


class Here(msgspec.Struct, tag_field="kind", tag="here", forbid_unknown_fields=True):
    """A guest is there with its devices, for the first time or again; to the studio as it stands."""

    call: str
    picture: bool
    relays: bool = True


class Bye(msgspec.Struct, tag_field="kind", tag="bye", forbid_unknown_fields=True):
    """A guest goes."""


class Studio(msgspec.Struct, tag_field="kind", tag="studio", forbid_unknown_fields=True):
    """This page is the studio: guests are to talk to it."""


Message = Offer | Candidate | Way | Here | Bye | Studio
_BY_STUDIO = (Offer, Candidate, Way)
_BY_GUEST = (Offer, Candidate, Here, Bye)


def read(data: object) -> Message:
    """One message with its bounds looked at. Refuses `unclear` and `too_large`."""
    try:
        message: Message = msgspec.convert(data, Message)
    except (msgspec.ValidationError, RecursionError):
        raise Refused("unclear", field="data") from None
    for name, limit in (("sdp", _SDP), ("candidate", _LINE), ("call", _CALL), ("mid", _CALL)):
        if len(getattr(message, name, None) or "") > limit:
            raise Refused("too_large", field=name, limit=limit)
    return message


def ice_servers(settings: Settings, person: str, now: float) -> list[dict[str, Any]]:
    """Where this person may ask for a way round the network, for an hour (TURN REST credentials: coturn's
    `use-auth-secret`). The relay learns a digest, not who it is.
    """
    servers: list[dict[str, Any]] = []
    stun, turn = _listed(settings.stun_urls), _listed(settings.turn_urls)
    if stun:
        servers.append({"urls": stun})
    if turn and settings.turn_secret:
        name = f"{int(now) + TURN_SECONDS}:{hashlib.sha256(person.encode()).hexdigest()[:16]}"
        mac = hmac.new(settings.turn_secret.encode(), name.encode(), hashlib.sha1)
        credential = base64.b64encode(mac.digest()).decode()
        servers.append({"urls": turn, "username": name, "credential": credential})
    return servers


def _listed(urls: str) -> list[str]:
    return [url.strip() for url in urls.split(",") if url.strip()]


class _Scene:
    """Who of a record is connected to this process: the studio's socket, the guests' sockets by person."""

    def __init__(self) -> None:
        self.studio: str | None = None
        self.guests: dict[str, str] = {}
        self.told: list[dict[str, Any]] = []


class Signals:
    """The signalling of every record."""

    def __init__(
        self,
        settings: Settings,
        desks: Desks,
        feed: Feed,
        accounts: Accounts,
        bus: Bus,
        publishers: frozenset[str],
    ) -> None:
        """`publishers` are the roles that may be the studio."""
        self._settings = settings
        self._desks = desks
        self._feed = feed
        self._accounts = accounts
        self._bus = bus
        self._publishers = publishers
        self._scenes: dict[str, _Scene] = {}
        self._rates = Buckets(5_000)
        self._process = secrets.token_hex(6)
        desks.on_change(self._changed)

    async def take(self, sid: str, cookie: str | None, record: str, body: dict[str, Any]) -> dict[str, Any]:
        """A `signal` of somebody who follows the record; answers like any event. Refuses with a code."""
        at = self._desks.clock()
        who = await self._accounts.who(cookie, record, at)
        rate = self._settings.limits.signals
        if not who.person:
            raise Refused("forbidden")
        if wait := self._rates.wait("signal", who.person, rate, time.monotonic()):
            raise Refused("too_fast", wait_ms=int(wait * 1000) + 1)
        message = read(body.get("data"))
        room = await self._desks.room(record)
        if isinstance(message, Studio):
            return self._open(sid, room, who)
        scene = self._scenes.setdefault(record, _Scene())
        if scene.studio == sid:
            return self._from_studio(room, str(body.get("to", "")), message)
        return self._from_guest(sid, scene, room, who, message)

    async def side(
        self, source: object, record: str, person: str, wanted: str
    ) -> Literal["guest", "studio"] | None:
        """Which end of this person's way to the stage whoever asks may hold; None: neither."""
        who = await self._accounts.who(source, record, self._desks.clock())
        room = await self._desks.room(record)
        if not linked(room, person):
            return None
        if wanted == STUDIO:
            return "studio" if room.roles(who) & self._publishers else None
        return "guest" if who.person == person else None

    def left(self, sid: str, record: str) -> None:
        """A socket is gone: whoever talked to it is told."""
        scene = self._scenes.get(record)
        if scene is None:
            return
        if scene.studio == sid:
            scene.studio = None
            self._to_guests(record, {"kind": "gone"})
        for person in [person for person, theirs in scene.guests.items() if theirs == sid]:
            del scene.guests[person]
            self._send(record, STUDIO, person, {"kind": "gone"})
        self._tidy(record, scene)

    def breathed(self, air: bytes) -> bool:
        """What another process passes on; False: it is not for here."""
        if not air.startswith(AIR):
            return False
        process, record, to, by, data = msgspec.json.decode(
            air[len(AIR) :], type=tuple[str, str, str, str, dict[str, Any]]
        )
        scene = self._scenes.get(record)
        if process == self._process or scene is None:
            return True
        if data["kind"] == "claim":
            self._give_up(record, scene, by)
        elif to == "*":
            self._to_guests(record, data, pass_on=False)
        else:
            self._deliver(record, scene, to, by, data)
        return True

    # From the studio, from guests

    def _open(self, sid: str, room: Room, who: Who) -> dict[str, Any]:
        if not room.roles(who) & self._publishers or room.phase not in BEFORE | TALKING:
            raise Refused("forbidden")
        scene = self._scenes.setdefault(room.record, _Scene())
        if scene.studio not in {None, sid}:
            self._deliver(room.record, scene, STUDIO, "", {"kind": "taken"})
        scene.studio, scene.told = sid, seats_of(room)
        self._pass(room.record, "", STUDIO, {"kind": "claim"})
        # Guests who are there already say so again, and so find the new studio.
        self._to_guests(room.record, {"kind": "studio"})
        return {
            "ok": True,
            "ice": ice_servers(self._settings, who.person, time.time()),
            "seats": scene.told,
            "most": self._settings.stage_guests,
        }

    def _from_studio(self, room: Room, to: str, message: Message) -> dict[str, Any]:
        if not isinstance(message, _BY_STUDIO) or (isinstance(message, Offer) and message.type != "offer"):
            raise Refused("unclear", field="data")
        if not linked(room, to):
            raise Refused("not_found")
        self._send(room.record, to, STUDIO, msgspec.to_builtins(message))
        return {"ok": True}

    def _from_guest(self, sid: str, scene: _Scene, room: Room, who: Who, message: Message) -> dict[str, Any]:
        if not linked(room, who.person):
            self._tidy(room.record, scene)
            raise Refused("forbidden")
        if not isinstance(message, _BY_GUEST) or (isinstance(message, Offer) and message.type != "answer"):
            raise Refused("unclear", field="data")
        if isinstance(message, Here):
            if scene.guests.get(who.person) not in {None, sid}:
                self._deliver(room.record, scene, who.person, STUDIO, {"kind": "taken"})
            scene.guests[who.person] = sid
            self._pass(room.record, "", who.person, {"kind": "claim"})
        elif scene.guests.get(who.person) != sid:
            raise Refused("taken")
        self._send(room.record, STUDIO, who.person, msgspec.to_builtins(message))
        if isinstance(message, Bye):
            del scene.guests[who.person]
            self._tidy(room.record, scene)
        return {"ok": True, "ice": ice_servers(self._settings, who.person, time.time())}

    # Sending

    def _send(self, record: str, to: str, by: str, data: dict[str, Any]) -> None:
        scene = self._scenes.get(record)
        if scene is None or not self._deliver(record, scene, to, by, data):
            self._pass(record, to, by, data)

    def _deliver(self, record: str, scene: _Scene, to: str, by: str, data: dict[str, Any]) -> bool:
        sid = scene.studio if to == STUDIO else scene.guests.get(to)
        if sid is not None:
            self._feed.tell(record, sid, "signal", {"from": by, "data": data})
        return sid is not None

    def _to_guests(self, record: str, data: dict[str, Any], *, pass_on: bool = True) -> None:
        scene = self._scenes.get(record)
        if scene is not None:
            for person in scene.guests:
                self._deliver(record, scene, person, STUDIO, data)
        if pass_on:
            self._pass(record, "*", STUDIO, data)

    def _pass(self, record: str, to: str, by: str, data: dict[str, Any]) -> None:
        self._bus.breathe(AIR + msgspec.json.encode((self._process, record, to, by, data)))

    def _give_up(self, record: str, scene: _Scene, by: str) -> None:
        """Another process has this one's studio, or this guest, from now on."""
        self._deliver(record, scene, by, STUDIO, {"kind": "taken"})
        if by == STUDIO:
            scene.studio = None
        else:
            scene.guests.pop(by, None)

    def _changed(self, change: Change) -> None:
        room, scene = change.room, self._scenes.get(change.room.record)
        if scene is None:
            return
        for person in [person for person in scene.guests if not linked(room, person)]:
            del scene.guests[person]
        seats = seats_of(room)
        if scene.studio is not None and seats != scene.told:
            scene.told = seats
            self._deliver(room.record, scene, STUDIO, "", {"kind": "seats", "seats": seats})
        self._tidy(room.record, scene)

    def _tidy(self, record: str, scene: _Scene) -> None:
        if scene.studio is None and not scene.guests:
            self._scenes.pop(record, None)


def seats_of(room: Room) -> list[dict[str, Any]]:
    """The seats as the studio sees them: the technician at it has no staff eye."""
    return [seat.seen_by_owner() or {} for seat in room.all(Seat)]
