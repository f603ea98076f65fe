"""Going to somebody else's RTMP server: to publish there, or to fetch from it. Where to go is checked first.

The name is resolved once and the connection made to the very address that was looked at, so that a name cannot
answer differently the second time. An address with its key is never in an error or a log.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
import ssl
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import urlsplit

from server.media.rtmp import amf, chunks, handshake
from server.media.rtmp.line import Line as Plain

_PORTS = {"rtmp": 1935, "rtmps": 443}
_LONGEST = 1_000
_NOT_OUTSIDE = "private-address"


class Turned(Exception):
    """The other server, or our own care, does not let us: `code` says why, in words of ours."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True, repr=False)
class Address:
    """Where to publish or fetch. `name` holds the key and is shown nowhere."""

    scheme: Literal["rtmp", "rtmps"]
    host: str
    port: int
    app: str
    name: str

    @property
    def shown(self) -> str:
        """As much of it as may stand on a screen."""
        port = "" if self.port == _PORTS[self.scheme] else f":{self.port}"
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}{port}/{self.app.split('/')[0].split('?')[0]}/…"

    @property
    def whole(self) -> str:
        """For the store alone."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}:{self.port}/{self.app}/{self.name}"

    def __repr__(self) -> str:
        return self.shown


def address_of(text: str) -> Address:
    """An address as a platform gives it, server and key in one line. Raises Turned when it is none."""
    text = text.strip()
    if not 0 < len(text) <= _LONGEST or any(ord(sign) < 33 or ord(sign) == 127 for sign in text):
        raise Turned("no-address")
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        raise Turned("no-address") from None
    scheme = parts.scheme.lower()
    if scheme not in _PORTS or not parts.hostname or parts.username or parts.password or parts.fragment:
        raise Turned("no-address")
    app, _, name = parts.path.strip("/").rpartition("/")
    if not app:
        # "rtmp://host/app/?streamname=…": the key is in the query alone.
        app, name = name, ""
    name += f"?{parts.query}" if parts.query else ""
    if not app or not name:
        raise Turned("no-address")
    known: Literal["rtmp", "rtmps"] = "rtmps" if scheme == "rtmps" else "rtmp"
    return Address(known, parts.hostname, port or _PORTS[known], app, name)


async def found(address: Address, *, private: bool) -> str:
    """The IP address to connect to. Raises Turned unless every address of the name is outside (or `private`)."""
    try:
        known = await asyncio.get_running_loop().getaddrinfo(
            address.host, address.port, type=socket.SOCK_STREAM
        )
    except (OSError, UnicodeError):
        raise Turned("unknown-host") from None
    places = [str(one[4][0]).partition("%")[0] for one in known]
    if not places:
        raise Turned("unknown-host")
    if not private and not all(_outside(place) for place in places):
        raise Turned(_NOT_OUTSIDE)
    return places[0]


def _outside(place: str) -> bool:
    ip = ipaddress.ip_address(place)
    mapped = getattr(ip, "ipv4_mapped", None) or getattr(ip, "sixtofour", None)
    return ip.is_global and not ip.is_multicast and (mapped is None or _outside(str(mapped)))


class Line:
    """A connection to another server, for one stream of pictures there or back."""

    def __init__(self, plain: Plain, address: Address) -> None:
        self.plain, self._address = plain, address
        self._stream = 0
        self._listening: asyncio.Task[None] | None = None
        self.why = ""
        """The other side's own sentence, where it sent us off."""

    @classmethod
    async def open(cls, address: Address, *, private: bool, patience: float = 10.0) -> Line:
        """Connect, greet, and say which application we want. Raises Turned, OSError, TimeoutError."""
        async with asyncio.timeout(patience):
            place = await found(address, private=private)
            secure = ssl.create_default_context() if address.scheme == "rtmps" else None
            reader, writer = await asyncio.open_connection(
                place, address.port, ssl=secure, server_hostname=address.host if secure else None
            )
            return await cls._greeted(reader, writer, address)

    @classmethod
    async def inside(cls, path: str, address: Address, *, patience: float = 10.0) -> Line:
        """The same to another process of ours, over its own socket."""
        async with asyncio.timeout(patience):
            reader, writer = await asyncio.open_unix_connection(path)
            return await cls._greeted(reader, writer, address)

    @classmethod
    async def _greeted(
        cls, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, address: Address
    ) -> Line:
        line = cls(Plain(reader, writer), address)
        try:
            await handshake.introduce(reader, writer)
            line.plain.parser.most = chunks.MESSAGE_BYTES
            line.plain.larger_chunks()
            await line._connect()
        except (amf.Unreadable, asyncio.IncompleteReadError):
            writer.close()
            raise Turned("not-rtmp") from None
        except BaseException:
            writer.close()
            raise
        return line

    async def _connect(self) -> None:
        address = self._address
        port = "" if address.port == _PORTS[address.scheme] else f":{address.port}"
        host = f"[{address.host}]" if ":" in address.host else address.host
        about = {
            "app": address.app,
            "type": "nonprivate",
            "flashVer": "FMLE/3.0 (compatible; council)",
            "tcUrl": f"{address.scheme}://{host}{port}/{address.app}",
        }
        self.plain.command("connect", 1, about)
        await self._answered(1)

    async def publish(self, *, patience: float = 10.0) -> None:
        """Begin to publish. Raises Turned when the other side does not let us."""
        async with asyncio.timeout(patience):
            name = self._address.name
            self.plain.command("releaseStream", 2, None, name)
            self.plain.command("FCPublish", 3, None, name)
            await self._create(4)
            self.plain.command("publish", 5, None, name, "live", stream=self._stream)
            await self._started("NetStream.Publish.Start")
        # Pings and acknowledgements must be read while we only write.
        self._listening = asyncio.create_task(self._listen())

    async def play(self, *, patience: float = 10.0) -> None:
        """Ask for the stream's pictures; `receive` gives them as they come. Raises Turned."""
        async with asyncio.timeout(patience):
            await self._create(2)
            self.plain.command("play", 3, None, self._address.name, -2000, stream=self._stream)
            await self._started("NetStream.Play.Start")

    def send(self, kind: int, at: int, data: bytes) -> None:
        """One tag, at so many ms."""
        self.plain.send(kind, data, at=at, stream=self._stream)

    def describe(self, **about: Any) -> None:
        """What is coming (onMetaData)."""
        self.send(chunks.DATA, 0, amf.write("@setDataFrame", "onMetaData", about))

    @property
    def lost(self) -> bool:
        """Whether the other side is gone."""
        return self._listening is not None and self._listening.done()

    async def ended(self) -> None:
        """Wait until the other side is gone, or has sent us off: `why`."""
        if self._listening is not None:
            await asyncio.wait({self._listening})

    async def drain(self) -> None:
        await self.plain.drain()

    async def receive(self) -> chunks.Message | None:
        """The next picture or sound; None at the end of the stream."""
        while (message := await self.plain.receive()) is not None:
            if message.kind in (chunks.PICTURE, chunks.SOUND, chunks.DATA, chunks.DATA_3):
                return message
            if message.kind in (chunks.COMMAND, chunks.COMMAND_3) and _ends(_command(message)):
                return None
        return None

    async def close(self) -> None:
        if self._listening is not None:
            self._listening.cancel()
            await asyncio.gather(self._listening, return_exceptions=True)
            if not self.plain.writer.is_closing():
                self.plain.command("FCUnpublish", 6, None, self._address.name)
                self.plain.command("deleteStream", 7, None, self._stream)
        await self.plain.end()

    async def _create(self, number: int) -> None:
        self.plain.command("createStream", number, None)
        answer = await self._answered(number)
        made = answer[3] if len(answer) > 3 else 1
        self._stream = int(made) if isinstance(made, int | float) and 0 <= made < 1 << 31 else 1

    async def _answered(self, number: int) -> list[Any]:
        while True:
            values = await self._next_command()
            if len(values) > 1 and values[1] == number and values[0] == "_result":
                return values
            if len(values) > 1 and values[1] == number and values[0] == "_error":
                raise Turned("refused-there")

    async def _started(self, wanted: str) -> None:
        while True:
            values = await self._next_command()
            about = values[3] if len(values) > 3 and isinstance(values[3], dict) else {}
            if about.get("level") == "error" or values[0] == "_error":
                self.why = str(about.get("description", ""))[:_LONGEST]
                raise Turned("refused-there")
            if about.get("code") == wanted:
                return

    async def _next_command(self) -> list[Any]:
        await self.plain.drain()
        while True:
            message = await self.plain.receive()
            if message is None:
                raise Turned("refused-there")
            if message.kind in (chunks.COMMAND, chunks.COMMAND_3) and (values := _command(message)):
                return values

    async def _listen(self) -> None:
        while (message := await self.plain.receive()) is not None:
            if message.kind in (chunks.COMMAND, chunks.COMMAND_3) and _ends(values := _command(message)):
                about = values[3] if len(values) > 3 and isinstance(values[3], dict) else {}
                self.why = str(about.get("description", ""))[:_LONGEST]
                return


def _command(message: chunks.Message) -> list[Any]:
    return amf.read(message.data[message.kind == chunks.COMMAND_3 :])


def _ends(values: list[Any]) -> bool:
    """Whether this says that the stream is over, or was thrown out."""
    about = values[3] if len(values) > 3 and isinstance(values[3], dict) else {}
    return about.get("level") == "error" or about.get("code") in {
        "NetStream.Play.UnpublishNotify",
        "NetStream.Play.Stop",
    }
