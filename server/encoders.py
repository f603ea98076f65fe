"""Pictures that come from machines and go to machines: the RTMP door, a media server before us, the push outside.

Joins them with keys, council and settings; who publishes is one rule for all, the stream's own.
"""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from meetings.kernel import Refused
from meetings.meeting import BEFORE, TALKING
from meetings.stream import stream_of
from server.accounts.stream_keys import StreamKeys
from server.media.keepers import RTMP
from server.media.push import Push
from server.media.rtmp import Address, Turned, address_of
from server.media.rtmp.door import Door, Refusals
from server.media.source import MediaServer
from server.web.language import words

if TYPE_CHECKING:
    from meetings.kernel import Room
    from server.app import Parts
    from server.store.stream_lines import StreamLine

_APP = "live"
_MOST_VIEWERS = 1_000_000_000


class Encoders:
    """Every machine's way in and out, of this process."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._settings = parts.settings
        self.keys = StreamKeys(parts.store)
        self._refusals = Refusals()
        say = words("en")
        self.door = Door(
            parts.media, self.admits, lambda code: say(f"encoder-refused-{code}"), self._refusals
        )
        pull = self._settings.media_server_pull
        self.server = MediaServer(parts.media, _application(pull), self._refusals) if pull else None
        self._pushes: dict[str, Push] = {}
        self._viewers: dict[str, int | None] = {}

    async def start(self, *, share_port: bool = False) -> None:
        """Open the door if a port is set, and go on pushing what was being pushed."""
        settings = self._settings
        if settings.rtmp_port is not None:
            await self.door.start(settings.rtmp_host, settings.rtmp_port, share_port=share_port)
            between = self._parts.media.between
            if between is not None:
                await self.door.listen_inside(between.keepers.inside / RTMP)
        for record in await self._parts.store.stream_lines.pushed():
            if await self._parts.media.keeper(record) is None:
                await self.resume(record)

    async def resume(self, record: str) -> None:
        """This process keeps the stream now: go on pushing where it was being pushed."""
        lines = self._parts.store.stream_lines
        line = await lines.of(record)
        if line is None or not line.pushed or record in self._pushes:
            return
        if await self._open(record):
            self._begin(line)
        else:
            await lines.change(record, pushed=False)

    def pushes(self, record: str) -> bool:
        """Whether the stream goes outside from here."""
        push = self._pushes.get(record)
        return push is not None and push.begun

    async def stop(self) -> None:
        """Let every machine go."""
        await self.door.stop()
        if self.server is not None:
            await self.server.stop()
        for push in self._pushes.values():
            await push.stop()

    async def admits(self, record: str, key: str) -> str | None:
        """Whether this key may publish now: None, or the code of the refusal. Raises KeyError for no meeting."""
        room = await self._room(record)
        if room is None:
            raise KeyError(record)
        line = await self.keys.fits(record, key)
        if isinstance(line, str):
            return line
        if room.phase not in BEFORE | TALKING:
            return "over"
        # An encoder comes back by itself, and who ended the stream did not mean for ten seconds: a new key opens it.
        stream = stream_of(room)
        if stream.state == "ended" and line.renewed_at <= (stream.since or 0):
            return "ended"
        return None

    async def _room(self, record: str) -> Room | None:
        try:
            return await self._parts.desks.room(record)
        except Refused:
            return None

    async def _open(self, record: str) -> bool:
        """Whether the meeting may still have a picture."""
        room = await self._room(record)
        return room is not None and room.phase in BEFORE | TALKING

    async def address(self, record: str, *, renew: bool = False) -> dict[str, Any]:
        """Where an encoder publishes and by which key; `renew` makes a new one and sends the old one's bearer off."""
        at = self._parts.clock()
        line = await (self.keys.renew(record, at) if renew else self.keys.of(record, at))
        if renew:
            self.door.send_off(record, "key-old")
            if self.server is not None:
                self.server.end(record)
        name = record.replace(":", "-", 1)
        url, port = self._url()
        return {"url": url, "key": f"{name}?key={line.key}", "port": port}

    def _url(self) -> tuple[str | None, int | None]:
        settings = self._settings
        if self.door.port:
            host = settings.rtmp_host
            if _any(host):
                host = urlsplit(self._parts.base_url).hostname or host
            host = f"[{host}]" if ":" in host else host
            return f"rtmp://{host}:{self.door.port}/{_APP}", self.door.port
        if settings.media_server and self.server is not None:
            return settings.media_server.rstrip("/"), urlsplit(settings.media_server).port or 1935
        return None, None

    async def push(
        self, record: str, *, address: str | None, on: bool | None, viewers: int | None
    ) -> dict[str, Any] | None:
        """Set the address outside, begin or stop, note the viewers there. Raises Refused `unclear` with `why`."""
        at = self._parts.clock()
        await self.keys.of(record, at)
        changes: dict[str, Any] = {}
        if address is not None:
            try:
                changes["address"] = address_of(address).whole if address else ""
            except Turned as turned:
                raise Refused("unclear", field="address", why=turned.code) from None
            changes["viewers"] = None
        if viewers is not None:
            changes["viewers"] = viewers if 0 <= viewers <= _MOST_VIEWERS else None
        if on is not None:
            changes["pushed"] = on
        if changes:
            await self._parts.store.stream_lines.change(record, **changes)
        line = await self.keys.of(record, at)
        self._viewers[record] = line.viewers
        if address is not None or on is not None:
            old = self._pushes.pop(record, None)
            if old is not None:
                await old.stop()
            self._begin(line)
        return self._pushed(record)

    def _begin(self, line: StreamLine) -> None:
        if not line.address:
            return
        push = Push(
            self._parts.media.stream(line.record),
            address_of(line.address),
            private=self._settings.push_private,
        )
        self._pushes[line.record], self._viewers[line.record] = push, line.viewers
        if line.pushed:
            push.start()

    async def pushed(self, record: str) -> dict[str, Any] | None:
        """How the push outside stands; None where no address is set."""
        if record not in self._pushes:
            line = await self._parts.store.stream_lines.of(record)
            if line is not None:
                self._begin(line)
        return self._pushed(record)

    def _pushed(self, record: str) -> dict[str, Any] | None:
        push = self._pushes.get(record)
        if push is None:
            return None
        return {
            "on": push.begun,
            "state": push.state,
            "to": push.address.shown,
            "why": push.why or None,
            "viewers": self._viewers.get(record),
        }

    def health(self, record: str) -> dict[str, Any]:
        """What the studio shows of the machines, beside the stream's own health."""
        on = self.door.state(record) or (self.server.state(record) if self.server else None)
        off = "waiting" if self.door.port or self.server else "off"
        state, apart_us = on or (off, None)
        return {
            "encoder": {
                "state": state,
                "keyframes_s": round(apart_us / 1e6, 1) if apart_us else None,
                "refused": self._refusals.of(record),
            },
            "push": self._pushed(record),
        }

    def note(self, record: str, code: str) -> None:
        """Remember why a machine was refused, for the host's screen."""
        self._refusals.note(record, code)


def _application(pull: str) -> Address:
    """The media server's application, from its setting."""
    return address_of(f"{pull.rstrip('/')}/stream")


def _any(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_unspecified
    except ValueError:
        return False
