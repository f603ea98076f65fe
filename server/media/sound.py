"""Sound of one run: whatever comes in leaves as AAC without holes, counted in samples.

Opus (and any AAC that is not plain LC) is decoded and encoded anew, because iOS before 17 plays no Opus in
fMP4; plain AAC passes untouched. A hole is filled with silence: a track that falls silent stops every player.
"""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache
from typing import Any, NamedTuple, Protocol

import av
from av.error import FFmpegError

from server.media.chunk import SECOND, AudioConfig

FRAME = 1024
_NEAR_US = 60_000
"""Closer than this, packets are simply put one after the other; publishers' clocks jitter."""
_RATES = (96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000, 7350)


class Frame(NamedTuple):
    """One AAC packet at its place on the stream's timeline, in samples."""

    data: bytes
    position: int
    samples: int = FRAME


class BadSound(Exception):
    """A packet that is no sound; the caller drops and counts it."""


def plain(config: AudioConfig) -> bool:
    """Whether this AAC may pass untouched: object type LC, rate and channels as announced."""
    if config.codec != "aac" or len(config.desc) < 2:
        return False
    bits = int.from_bytes(config.desc[:2], "big")
    rate_index = (bits >> 7) & 15
    return (
        bits >> 11 == 2
        and rate_index < len(_RATES)
        and _RATES[rate_index] == config.rate
        and (bits >> 3) & 15 == config.channels
        and config.channels in (1, 2)
    )


def _layout(channels: int) -> str:
    return "mono" if channels == 1 else "stereo"


def _encoder(rate: int, channels: int) -> Any:
    encoder: Any = av.CodecContext.create("aac", "w")
    encoder.sample_rate = rate
    encoder.layout = _layout(channels)
    encoder.format = "fltp"
    encoder.bit_rate = 64_000 if channels == 1 else 96_000
    encoder.open()
    return encoder


def _quiet(rate: int, channels: int, samples: int) -> Any:
    frame: Any = av.AudioFrame(format="fltp", layout=_layout(channels), samples=samples)
    for plane in frame.planes:
        plane.update(bytes(plane.buffer_size))
    frame.sample_rate = rate
    return frame


@lru_cache(maxsize=32)
def quiet(rate: int, channels: int) -> bytes:
    """One AAC packet of silence."""
    encoder = _encoder(rate, channels)
    packets = [bytes(p) for _ in range(4) for p in encoder.encode(_quiet(rate, channels, FRAME))]
    return packets[-1]


class Listens(Protocol):
    """Somebody who hears the sound of one run beside the viewers. Neither call may wait."""

    def packet(self, data: bytes, at_us: int) -> None:
        """A packet that passes untouched."""

    def frame(self, frame: Any, at_us: int) -> None:
        """What was decoded from one that does not; nobody else touches it any more."""


class Sound:
    """The sound of one run. `rate` and `channels` are those of what comes out."""

    def __init__(self, config: AudioConfig | None, start_us: int, listens: Listens | None = None) -> None:
        self._config = config
        self._listens = listens
        self._passes = config is None or plain(config)
        self.rate = config.rate if config and self._passes else 48_000
        self.channels = min(2, config.channels) if config else 1
        self._begin = self._samples(start_us)
        self._next = self._begin
        self._decoder: Any = None
        self._resampler: Any = None
        self._coder: Any = None
        if config and not self._passes:
            self._decoder = _decoder(config)
            self._resampler = av.AudioResampler("fltp", _layout(self.channels), self.rate)
            self._coder = _encoder(self.rate, self.channels)

    @property
    def until_us(self) -> int:
        """How far the sound is known, on the stream's timeline."""
        return self._next * SECOND // self.rate

    def take(self, data: bytes, at_us: int) -> list[Frame]:
        """One packet that belongs at `at_us`. Raises BadSound when it cannot be read."""
        away = at_us - self.until_us
        if away < -_NEAR_US:
            return []
        before = self._silence(self._samples(at_us) - self._next) if away > _NEAR_US else []
        if self._passes:
            if not data or (data[0] == 0xFF and len(data) > 1 and data[1] & 0xF6 == 0xF0):
                raise BadSound
            if self._listens is not None:
                self._listens.packet(data, self.until_us)
            return [*before, self._placed(data)]
        return before + self._transcoded(data)

    def fill(self, until_us: int) -> list[Frame]:
        """Silence up to `until_us`."""
        return self._silence(self._samples(until_us) - self._next)

    def _samples(self, us: int) -> int:
        return (us * self.rate + SECOND // 2) // SECOND

    def _placed(self, data: bytes) -> Frame:
        frame = Frame(data, self._next)
        self._next += FRAME
        return frame

    def _silence(self, samples: int) -> list[Frame]:
        if samples <= 0:
            return []
        if self._passes:
            count = (samples + FRAME // 2) // FRAME
            silent = quiet(self.rate, self.channels)
            return [self._placed(silent) for _ in range(count)]
        return self._coded(_quiet(self.rate, self.channels, samples))

    def _transcoded(self, data: bytes) -> list[Frame]:
        try:
            decoded = self._decoder.decode(av.Packet(data))
            ready = [piece for frame in decoded for piece in self._resampler.resample(frame)]
        except (FFmpegError, ValueError) as error:
            raise BadSound from error
        begins_us = self.until_us
        coded = [frame for piece in ready for frame in self._coded(piece)]
        if self._listens is not None:
            for frame in decoded:
                self._listens.frame(frame, begins_us)
                begins_us += frame.samples * SECOND // frame.sample_rate
        return coded

    def _coded(self, piece: Any) -> list[Frame]:
        piece.pts = self._next
        piece.time_base = Fraction(1, self.rate)
        self._next += piece.samples
        packets = self._coder.encode(piece)
        return [Frame(bytes(p), p.pts) for p in packets if p.pts >= self._begin]


def _decoder(config: AudioConfig) -> Any:
    decoder: Any = av.CodecContext.create(config.codec, "r")
    if config.codec == "opus":
        channels = min(2, max(1, config.channels))
        decoder.extradata = (
            b"OpusHead\x01"
            + bytes([channels])
            + b"\x00\x00"
            + (48_000).to_bytes(4, "little")
            + b"\x00\x00\x00"
        )
    elif config.desc:
        decoder.extradata = config.desc
    decoder.open()
    return decoder
