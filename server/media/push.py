"""The same encoded stream, unchanged, to one RTMP address outside: a platform that has viewers of its own.

It reads the public window as any player does, so what is held back never goes out and a slow platform disturbs
nobody. The address holds a key: it is in no log, no error and no answer.
"""

from __future__ import annotations

import asyncio
import io
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import av
from av.error import FFmpegError

from server.media.chunk import SECOND
from server.media.rtmp import Address, Line, Turned, Unreadable, chunks, flv

if TYPE_CHECKING:
    from server.media.recorder import Entry
    from server.media.stream import Stream

log = logging.getLogger(__name__)

_FIRST_WAIT_S, _LONGEST_WAIT_S, _WELL_S = 1.0, 60.0, 30.0
_LOOK_S, _QUIET_S, _STUCK_S = 2.0, 15.0, 10.0


@dataclass(frozen=True, slots=True)
class Tag:
    """One picture or packet of sound as RTMP carries it; `at_ms` counts from the segment's beginning."""

    kind: int
    at_ms: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Piece:
    """A segment taken apart: what describes it, and its tags in order."""

    described: tuple[bytes, bytes]
    tags: list[Tag]
    size: tuple[int, int]


def taken_apart(init: bytes, data: bytes) -> Piece:
    """The packets of a segment, bit for bit as the encoder made them. Blocking. Raises FFmpegError."""
    with av.open(io.BytesIO(init + data), format="mp4") as source:
        handle: Any = source
        picture, sound = handle.streams.video[0], handle.streams.audio[0]
        described = flv.headers(
            bytes(picture.codec_context.extradata or b""), bytes(sound.codec_context.extradata or b"")
        )
        tags = sorted(_tags(handle, picture), key=lambda tag: tag.at_ms)
        size = (picture.codec_context.width, picture.codec_context.height)
    first = tags[0].at_ms if tags else 0
    return Piece(described, [Tag(tag.kind, tag.at_ms - first, tag.data) for tag in tags], size)


def _tags(source: Any, picture: Any) -> Iterator[Tag]:
    for packet in source.demux():
        if packet.dts is None or not packet.size:
            continue
        at = int(packet.dts * packet.time_base * 1000)
        if packet.stream is picture:
            shift = int(packet.pts * packet.time_base * 1000) - at
            body = flv.picture_tag(bytes(packet), key=bool(packet.is_keyframe), shift_ms=max(0, shift))
            yield Tag(chunks.PICTURE, at, body)
        else:
            yield Tag(chunks.SOUND, at, flv.sound_tag(bytes(packet)))


class Push:
    """One stream on its way outside, until `stop`. `state`: off, ready (no picture yet), connecting, on,
    held, waiting (to try again: `why`).
    """

    def __init__(self, stream: Stream, address: Address, *, private: bool) -> None:
        self.stream, self.address = stream, address
        self.state, self.why = "off", ""
        self.sent_us = 0
        self._private = private
        self._told = ""
        self._task: asyncio.Task[None] | None = None

    @property
    def begun(self) -> bool:
        """Whether it is wanted, on air or not."""
        return self._task is not None

    def start(self) -> None:
        if self._task is None:
            self.state = "ready"
            self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
        self.state = "off"

    async def _run(self) -> None:
        wait = _FIRST_WAIT_S
        while True:
            try:
                msn = await self._next(self.stream.window.next_msn)
                begun = asyncio.get_running_loop().time()
                await self._go(msn)
                wait = _FIRST_WAIT_S
                continue
            except Turned as turned:
                self._wait(turned.code)
            except (OSError, TimeoutError, Unreadable, asyncio.IncompleteReadError):
                self._wait("line")
            except FFmpegError:
                self._wait("segment")
            if asyncio.get_running_loop().time() - begun > _WELL_S:
                wait = _FIRST_WAIT_S
            await asyncio.sleep(wait)
            wait = min(_LONGEST_WAIT_S, wait * 2)

    def _wait(self, why: str) -> None:
        self.state, self.why = "waiting", why
        if why != self._told:
            self._told = why
            # The host alone: what follows it is a key.
            log.warning("%s: the push to %s waits: %s", self.stream.record, self.address.host, why)

    async def _next(self, msn: int) -> int:
        """Wait until a segment is public that was not when we asked."""
        while not await self.stream.window.wait(msn, _LOOK_S):
            if self.state != "waiting":
                self.state = "held" if self.stream.landing.held else "ready"
            # A stream that was ended and begun again may count on; it never counts back.
            msn = min(msn, self.stream.window.next_msn)
        return msn

    async def _go(self, msn: int) -> None:
        """Connect and send segment after segment, until nothing has come for a while."""
        self.state = "connecting"
        line = await Line.open(self.address, private=self._private)
        try:
            await line.publish()
            self.state, self.why, self._told = "on", "", ""
            sending = _Sending(line)
            msn = max(msn, self.stream.window.next_msn - 1)
            quiet = 0.0
            while quiet < _QUIET_S:
                if not await self.stream.window.wait(msn, _LOOK_S):
                    quiet += _LOOK_S
                    self.state = "held" if self.stream.landing.held else "on"
                    if line.lost:
                        raise Turned("refused-there")
                    continue
                quiet, self.state = 0.0, "on"
                for entry in self._since(msn):
                    msn = entry.msn + 1
                    await self._send(sending, entry)
        finally:
            await line.close()

    def _since(self, msn: int) -> list[Entry]:
        """What became public since; what is no longer in memory is left out, not read from the disk."""
        found: list[Entry] = []
        for entry in reversed(self.stream.window.public):
            if entry.msn < msn:
                break
            found.append(entry)
        return found[::-1]

    async def _send(self, sending: _Sending, entry: Entry) -> None:
        data = self.stream.window.blob(entry.n)
        if data is None:
            return
        piece = await asyncio.to_thread(taken_apart, self.stream.landing.inits["picture"][entry.init], data)
        async with asyncio.timeout(_STUCK_S):
            await sending.piece(piece, entry.dur_us)
        if sending.line.lost:
            raise Turned("refused-there")
        self.sent_us += entry.dur_us


class _Sending:
    """Where one connection stands: its own clock from zero, and what it described last."""

    def __init__(self, line: Line) -> None:
        self.line = line
        self._at_us = 0
        self._described: tuple[bytes, bytes] | None = None

    async def piece(self, piece: Piece, dur_us: int) -> None:
        at = self._at_us // 1000
        if piece.described != self._described:
            if self._described is None:
                width, height = piece.size
                self.line.describe(width=width, height=height, videocodecid=7, audiocodecid=10)
            self._described = piece.described
            self.line.send(chunks.PICTURE, at, piece.described[0])
            self.line.send(chunks.SOUND, at, piece.described[1])
        for tag in piece.tags:
            self.line.send(tag.kind, at + tag.at_ms, tag.data)
            await self.line.drain()
        # Ours alone counts on: a held passage left out is no leap for the platform.
        self._at_us += min(dur_us, 60 * SECOND)
