"""From an encoder's tags to the stream: how far apart its keyframes are is measured before anybody is shown anything.

The target duration of a playlist cannot change while it is played, so the first pictures wait, bounded, for the
second keyframe. Refuses what cannot be cut into segments, by name.
"""

from __future__ import annotations

import math
import secrets
import time
from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from server.media.chunk import SECOND, Chunk
from server.media.rtmp import chunks
from server.media.rtmp.amf import Unreadable, read
from server.media.rtmp.flv import Refused, Tags
from server.media.session import Session, Taken, wall_ms

if TYPE_CHECKING:
    from server.media.stream import Stream

ENCODER = "encoder"
"""Who holds a stream that comes by RTMP: whoever has the meeting's key."""
RAREST_US = 6 * SECOND
_ROUNDS_US = 450_000
"""EXTINF must round to the target."""
_SOUND_ALONE_US = 3 * SECOND
_NEW_S = 30.0
"""Keyframes too far apart are refused this long; later the last picture stands in, as in any stream."""
_BURST_S = 20.0


class Intake:
    """One encoder's way into a stream. `leave` is called when the stream goes to somebody else or ends."""

    def __init__(self, stream: Stream, leave: Callable[[str], None]) -> None:
        self.keyframes_us: int | None = None
        self._stream, self._leave = stream, leave
        self._tags = Tags((stream.limits.width, stream.limits.height))
        self._session: Session | None = None
        self._waiting: list[tuple[Chunk, int]] = []
        self._waiting_bytes = 0
        self._first_key_us: int | None = None
        self._key_us: int | None = None
        self._picture_us: int | None = None
        self._target = 1
        self._rare = self._turn = 0
        self._begun = time.monotonic()
        self._bad: deque[float] = deque(maxlen=stream.limits.bad_units + 1)
        self._bytes = stream.limits.bytes_per_second * _BURST_S
        self._units = stream.limits.chunks_per_second * _BURST_S
        self._at = self._begun

    @property
    def on(self) -> bool:
        """Whether its pictures go into the stream."""
        return self._session is not None

    def take(self, message: chunks.Message) -> None:
        """One message of pictures, sound or description. Raises Refused, and Unreadable for a broken description."""
        if message.kind in (chunks.DATA, chunks.DATA_3):
            self._tags.about(read(message.data[message.kind == chunks.DATA_3 :]))
            return
        self._within(len(message.data))
        announced = self._tags.audio
        if message.kind == chunks.PICTURE:
            chunk = self._tags.picture(message.at, message.data)
        else:
            chunk = self._tags.sound(message.at, message.data)
        if self._session is not None and self._tags.audio != announced:
            self._session.configure(self._tags.video, self._tags.audio)
        if chunk is None:
            return
        if self._session is None:
            self._measure(chunk)
        else:
            self._look(chunk)
            self._push(chunk)

    def close(self, *, goodbye: bool = False) -> None:
        """The encoder is gone; with `goodbye` it said so, and the stream is free for anybody at once."""
        session, self._session = self._session, None
        if session is None or not session.current:
            return
        session.close()
        if goodbye:
            self._stream.hand_over()

    def _within(self, size: int) -> None:
        """Tokens that come back with time: more than any encoder of ours sends is a flood, not a picture."""
        limits, now = self._stream.limits, time.monotonic()
        passed, self._at = now - self._at, now
        self._bytes = min(
            limits.bytes_per_second * _BURST_S, self._bytes + passed * limits.bytes_per_second - size
        )
        self._units = min(
            limits.chunks_per_second * _BURST_S, self._units + passed * limits.chunks_per_second - 1
        )
        if self._bytes < 0 or self._units < 0:
            raise Refused("too-much")

    def _measure(self, chunk: Chunk) -> None:
        """Keep what comes until the second keyframe says how long segments must be."""
        if chunk.kind == "video":
            step = chunk.dts_us - self._picture_us if self._picture_us is not None else 0
            self._picture_us = chunk.dts_us
            if not 0 <= step <= SECOND:
                self._forget()
            if self._first_key_us is None:
                if not chunk.key:
                    return
                self._forget()
                self._first_key_us = chunk.dts_us
            elif chunk.dts_us - self._first_key_us > RAREST_US + _ROUNDS_US:
                raise Refused("keyframes-rare")
            elif chunk.key and chunk.dts_us > self._first_key_us:
                self.keyframes_us = chunk.dts_us - self._first_key_us
                self._key_us = chunk.dts_us
                self._waiting.append((chunk, wall_ms()))
                self._begin(_target(self.keyframes_us))
                return
        self._waiting.append((chunk, wall_ms()))
        self._waiting_bytes += len(chunk.data)
        if self._waiting_bytes > self._stream.limits.ring_bytes:
            raise Refused("too-much")
        if self._picture_us is None and chunk.dts_us - self._waiting[0][0].dts_us > _SOUND_ALONE_US:
            self._begin(1)

    def _forget(self) -> None:
        self._waiting.clear()
        self._waiting_bytes, self._first_key_us = 0, None

    def _begin(self, target: int) -> None:
        self._turn += 1
        turn = self._turn
        try:
            session = self._stream.offer(
                ENCODER, secrets.token_hex(8), lambda said: self._heard(said, turn), target=target
            )
        except Taken:
            raise Refused("taken") from None
        self._session, self._target = session, target
        session.configure(self._tags.video if self._picture_us is not None else None, self._tags.audio)
        waiting, self._waiting = self._waiting, []
        for chunk, came_ms in waiting:
            # When the first picture came, not now: the clock of the minutes stands on it.
            self._stream.push(chunk, came_ms)

    def _push(self, chunk: Chunk) -> None:
        session = self._session
        if session is None or session.push(chunk):
            return
        now = time.monotonic()
        self._bad.append(now)
        limits = self._stream.limits
        if len(self._bad) > limits.bad_units and now - self._bad[0] < limits.bad_seconds:
            raise Refused("unreadable")

    def _look(self, chunk: Chunk) -> None:
        """Keep looking at the keyframes: an encoder left on "auto" begins with near ones."""
        if chunk.kind != "video" or not chunk.key:
            return
        before, self._key_us = self._key_us, chunk.dts_us
        if before is None:
            if self._session is not None:
                self._session.configure(self._tags.video, self._tags.audio)
            return
        apart = chunk.dts_us - before
        if not 0 < apart <= 10 * RAREST_US:
            return
        self.keyframes_us = apart
        self._rare = self._rare + 1 if apart > self._target * SECOND + _ROUNDS_US else 0
        if apart > RAREST_US + _ROUNDS_US and time.monotonic() - self._begun < _NEW_S:
            raise Refused("keyframes-rare")
        if self._rare > 1 and apart <= RAREST_US + _ROUNDS_US:
            self._rare = 0
            self._begin(_target(apart))

    def _heard(self, said: dict[str, Any], turn: int) -> None:
        """What the stream says to this publication, not to one of ours that it replaced."""
        if turn == self._turn and ("taken" in said or "ended" in said):
            self._leave("ended" if "ended" in said else "taken")


def _target(apart_us: int) -> int:
    """The whole seconds to which segments between such keyframes round."""
    return max(1, math.ceil((apart_us - _ROUNDS_US) / SECOND))


__all__ = ["ENCODER", "RAREST_US", "Intake", "Unreadable"]
