"""The RTMP door: OBS and hall encoders publish here with the meeting's key. It publishes nothing to anybody.

No byte of media is read before the key has been looked at. What is refused is told twice: to the encoder as
RTMP's error, and to the host's screen by its code.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlencode

from server.media.keepers import RTMP
from server.media.rtmp import amf, chunks, handshake
from server.media.rtmp.amf import Unreadable
from server.media.rtmp.client import Address, Turned
from server.media.rtmp.client import Line as Outward
from server.media.rtmp.flv import Refused
from server.media.rtmp.intake import ENCODER, Intake
from server.media.rtmp.line import Line
from server.media.session import wall_ms

if TYPE_CHECKING:
    from server.media.playback import Media

log = logging.getLogger(__name__)

_CONNECTIONS, _HELLO_S, _SILENT_S, _LINGER_S = 64, 10.0, 15.0, 2.0
_ALIVE_S = 3.0
"""A connection heard from so lately is not given up for a newcomer with the same key: two would take turns."""
_REMEMBERED = 256

Admit = Callable[[str, str], Awaitable[str | None]]
"""Told a record and a key: None lets in, else the code of the refusal. Raises KeyError for no such meeting."""
Say = Callable[[str], str]
"""The sentence for a code, for the encoder's own log."""


class Refusals:
    """The last refusal of each meeting, for its host's screen."""

    def __init__(self) -> None:
        self._last: OrderedDict[str, dict[str, Any]] = OrderedDict()

    def note(self, record: str, code: str) -> None:
        self._last[record] = {"code": code, "at": wall_ms()}
        self._last.move_to_end(record)
        if len(self._last) > _REMEMBERED:
            self._last.popitem(last=False)

    def of(self, record: str) -> dict[str, Any] | None:
        return self._last.get(record)

    def forget(self, record: str) -> None:
        self._last.pop(record, None)


class _SentOff(Exception):
    """The process that keeps the stream has sent the encoder off, with this sentence."""


class _Guest:
    """One connection, from its greeting to its end. `onward` leads to the process that keeps the stream, where that
    is another.
    """

    def __init__(self, line: Line) -> None:
        self.line = line
        self.app = ""
        self.stream = 1
        self.record = ""
        self.intake: Intake | None = None
        self.onward: Outward | None = None
        self.heard_at = time.monotonic()
        self.sent_off: str | None = None
        self.patience: asyncio.Timeout | None = None


class Door:
    """The encoders of this process. `admit` knows the keys, `say` the words."""

    def __init__(self, media: Media, admit: Admit, say: Say, refusals: Refusals) -> None:
        self._media, self._admit, self._say, self._refusals = media, admit, say, refusals
        self._on: dict[str, _Guest] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._strangers: dict[_Guest, asyncio.Task[None]] = {}
        self._server: asyncio.Server | None = None
        self._inside: asyncio.Server | None = None
        self.port = 0

    async def start(self, host: str, port: int, *, share_port: bool = False) -> None:
        """Listen; port 0 takes a free one."""
        self._server = await asyncio.start_server(
            self._came, host, port, limit=1 << 16, reuse_port=share_port or None
        )
        self.port = int(self._server.sockets[0].getsockname()[1])

    async def listen_inside(self, path: Path) -> None:
        """Take encoders too that came to other processes of ours."""
        self._inside = await asyncio.start_unix_server(self._came, path, limit=1 << 16)

    async def stop(self) -> None:
        for server in (self._server, self._inside):
            if server is not None:
                server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def send_off(self, record: str, code: str) -> None:
        """Close the encoder of a record: its key is no longer the meeting's."""
        guest = self._on.get(record)
        if guest is not None:
            self._part(guest, code)

    def state(self, record: str) -> tuple[str, int | None] | None:
        """`measuring` or `on`, and the measured distance of keyframes; None when no encoder is here."""
        guest = self._on.get(record)
        if guest is None or guest.intake is None:
            return None
        return ("on" if guest.intake.on else "measuring"), guest.intake.keyframes_us

    def _came(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if len(self._tasks) >= _CONNECTIONS and not self._strangers:
            writer.close()
            return
        if len(self._tasks) >= _CONNECTIONS:
            # Whoever only keeps a place must not keep the encoder out.
            self._strangers.pop(next(iter(self._strangers))).cancel()
        guest = _Guest(Line(reader, writer))
        task = asyncio.create_task(self._meet(guest, reader, writer))
        self._strangers[guest] = task
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _meet(self, guest: _Guest, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await self._serve(guest, reader, writer)
        except asyncio.CancelledError:
            writer.close()
            raise
        except (Unreadable, OSError, TimeoutError, asyncio.IncompleteReadError):
            self._gone(guest, "unreadable" if guest.record else "")
            writer.close()
        except Exception:
            log.exception("an encoder's connection failed")
            writer.close()
        finally:
            self._gone(guest)

    async def _serve(self, guest: _Guest, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async with asyncio.timeout(_HELLO_S):
                await handshake.welcome(reader, writer)
                await self._enter(guest)
            await self._receive(guest)
        except Refused as refused:
            await self._refuse(guest, guest.sent_off or refused.code)
        except _SentOff as sent:
            await self._say_no(guest, "NetStream.Publish.BadName", str(sent))
        else:
            await guest.line.end()
        finally:
            if guest.onward is not None:
                await guest.onward.close()

    async def _enter(self, guest: _Guest) -> None:
        """Talk until the encoder is let in. Raises Refused."""
        while (message := await guest.line.receive()) is not None:
            if message.kind in (chunks.SOUND, chunks.PICTURE):
                raise Unreadable("media before the key")
            if message.kind in (chunks.COMMAND, chunks.COMMAND_3) and await self._asked(guest, message):
                return
        raise Unreadable("gone")

    async def _asked(self, guest: _Guest, message: chunks.Message) -> bool:
        """One command before publishing; True when it was `publish` and the key fits."""
        values = amf.read(message.data[message.kind == chunks.COMMAND_3 :])
        if len(values) < 2 or not isinstance(values[0], str):
            raise Unreadable("command")
        word, number, line = values[0], values[1], guest.line
        if word == "connect":
            about = values[2] if len(values) > 2 and isinstance(values[2], dict) else {}
            guest.app = str(about.get("app", ""))[:400]
            line.say_window()
            line.larger_chunks()
            line.command(
                "_result",
                number,
                {"fmsVer": "FMS/3,0,1,123", "capabilities": 31},
                _status("status", "NetConnection.Connect.Success", "connected"),
            )
        elif word == "createStream":
            line.command("_result", number, None, guest.stream)
        elif word == "publish":
            guest.stream = message.stream or guest.stream
            name = values[3] if len(values) > 3 and isinstance(values[3], str) else ""
            await self._publish(guest, name[:400])
            return True
        elif word == "play":
            guest.stream = message.stream or guest.stream
            raise Refused("play")
        await line.drain()
        return False

    async def _publish(self, guest: _Guest, name: str) -> None:
        """Look at the key, then at who has the stream. Raises Refused."""
        record, key = named(guest.app, name)
        try:
            code = await self._admit(record, key)
        except KeyError:
            raise Refused("key-wrong") from None
        guest.record = record
        if code is not None:
            raise Refused(code)
        keeper = await self._media.keeper(record)
        if keeper is not None:
            await self._onward(guest, keeper, record, key)
            return
        stream = self._media.stream(record)
        before = self._on.get(record)
        if before is not None and time.monotonic() - before.heard_at > _ALIVE_S:
            self._part(before, "taken")
            self._gone(before)
        elif before is not None or stream.holder not in ("", ENCODER):
            raise Refused("taken")
        self._on[record] = guest
        self._strangers.pop(guest, None)
        guest.intake = Intake(stream, lambda why: self._part(guest, why))
        self._refusals.forget(record)
        await self._welcome(guest)

    async def _onward(self, guest: _Guest, keeper: Path, record: str, key: str) -> None:
        """To the process that keeps the stream, which looks at everything again. Raises _SentOff."""
        self._strangers.pop(guest, None)
        name = f"{record.replace(':', '-', 1)}?{urlencode({'key': key})}"
        try:
            line = await Outward.inside(str(keeper / RTMP), Address("rtmp", "inside", 1935, "live", name))
        except (Turned, OSError, TimeoutError):
            # It has just gone. An encoder comes again by itself, and by then somebody keeps the stream.
            raise Unreadable("keeper") from None
        guest.onward = line
        try:
            await line.publish()
        except Turned:
            raise _SentOff(line.why) from None
        await self._welcome(guest)

    async def _welcome(self, guest: _Guest) -> None:
        guest.line.parser.most = chunks.MESSAGE_BYTES
        guest.line.send(chunks.CONTROL, bytes([0, 0]) + guest.stream.to_bytes(4, "big"))
        guest.line.command(
            "onStatus",
            0,
            None,
            _status("status", "NetStream.Publish.Start", "publishing"),
            stream=guest.stream,
        )
        await guest.line.drain()

    async def _receive(self, guest: _Guest) -> None:
        """Take pictures and sound until the encoder goes. Raises Refused."""
        if guest.onward is not None:
            await self._hand_on(guest, guest.onward)
        loop, intake = asyncio.get_running_loop(), guest.intake
        if intake is None:
            return
        try:
            async with asyncio.timeout(_SILENT_S) as guest.patience:
                while (message := await guest.line.receive()) is not None:
                    if guest.sent_off is not None:
                        break
                    guest.heard_at = time.monotonic()
                    guest.patience.reschedule(loop.time() + _SILENT_S)
                    if message.kind in (chunks.COMMAND, chunks.COMMAND_3):
                        if _goodbye(message):
                            intake.close(goodbye=True)
                            return
                    elif message.kind in (chunks.SOUND, chunks.PICTURE, chunks.DATA, chunks.DATA_3):
                        intake.take(message)
        except TimeoutError:
            raise Refused(guest.sent_off or "silent") from None
        if guest.sent_off is not None:
            raise Refused(guest.sent_off)

    async def _hand_on(self, guest: _Guest, onward: Outward) -> None:
        """Every message to the process that keeps the stream, no faster than it is taken there. Raises _SentOff."""
        gone = asyncio.create_task(onward.ended())
        coming = asyncio.create_task(guest.line.receive())
        try:
            while True:
                # The keeper has the same patience, and a sentence for its end.
                async with asyncio.timeout(_SILENT_S + _LINGER_S):
                    await asyncio.wait({coming, gone}, return_when=asyncio.FIRST_COMPLETED)
                if gone.done():
                    raise _SentOff(onward.why)
                message = await coming
                coming = asyncio.create_task(guest.line.receive())
                if message is None:
                    return
                if message.kind in (chunks.COMMAND, chunks.COMMAND_3):
                    if _goodbye(message):
                        return
                elif message.kind in (chunks.SOUND, chunks.PICTURE, chunks.DATA, chunks.DATA_3):
                    onward.send(message.kind, message.at, message.data)
                    await onward.drain()
        finally:
            gone.cancel()
            coming.cancel()
            await asyncio.gather(gone, coming, return_exceptions=True)

    def _part(self, guest: _Guest, code: str) -> None:
        """Let a publisher go from outside: its own task says why when it wakes."""
        if guest.sent_off is None:
            guest.sent_off = code
            if guest.patience is not None and not guest.patience.expired():
                guest.patience.reschedule(0)

    async def _refuse(self, guest: _Guest, code: str) -> None:
        if guest.record:
            self._refusals.note(guest.record, code)
            log.info("%s: an encoder was refused: %s", guest.record, code)
        self._gone(guest)
        word = "NetStream.Play.Failed" if code == "play" else "NetStream.Publish.BadName"
        await self._say_no(guest, word, self._say(code))

    async def _say_no(self, guest: _Guest, word: str, sentence: str) -> None:
        guest.line.command("onStatus", 0, None, _status("error", word, sentence), stream=guest.stream)
        await guest.line.end(_LINGER_S)

    def _gone(self, guest: _Guest, code: str = "") -> None:
        self._strangers.pop(guest, None)
        if code and guest.intake is not None:
            self._refusals.note(guest.record, code)
        if guest.intake is not None:
            guest.intake.close()
        if self._on.get(guest.record) is guest:
            del self._on[guest.record]


def named(app: str, name: str) -> tuple[str, str]:
    """Record and key out of `live` and `meeting-<id>?key=<key>`. Raises Refused when a part is missing."""
    path = f"{app}/{name}" if name else app
    last = path.partition("?")[0].rstrip("/").rpartition("/")[2]
    kind, _, ident = last.partition("-")
    if kind != "meeting" or not ident:
        raise Refused("key-missing")
    keys = parse_qs(path.partition("?")[2], max_num_fields=8).get("key", [""])
    return f"meeting:{ident}", keys[0]


def _goodbye(message: chunks.Message) -> bool:
    values = amf.read(message.data[message.kind == chunks.COMMAND_3 :])
    return bool(values) and values[0] in {"deleteStream", "FCUnpublish", "closeStream"}


def _status(level: str, code: str, text: str) -> dict[str, Any]:
    return {"level": level, "code": code, "description": text}
