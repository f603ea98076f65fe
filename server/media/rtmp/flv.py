"""What RTMP carries for pictures and sound (FLV tags): H.264 and AAC taken out untouched, the rest refused by name.

Knows no socket and no stream. A tag that makes no sense comes out as a chunk that the packager drops and counts.
"""

from __future__ import annotations

from typing import Any

from server.media import h264
from server.media.chunk import AudioConfig, Chunk, VideoConfig

_H264, _AAC = 7, 10
_ENHANCED = 0x80
_RATES = (96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000, 7350)
_START = b"\x00\x00\x00\x01"
_LONGEST_US = 200_000


class Refused(Exception):
    """This publisher cannot be taken; `code` names the sentence for its own log and for the host's screen."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Tags:
    """The tags of one publisher in their order. `video` and `audio` are what was announced so far, `largest` what
    may be: width and height.
    """

    def __init__(self, largest: tuple[int, int] = (1920, 1920)) -> None:
        self._largest = largest
        self.video: VideoConfig | None = None
        self.audio: AudioConfig | None = None
        self._fps = 25
        self._sets: list[bytes] = []
        self._width = 4
        self._raw: int | None = None
        self._ms = 0
        self._picture_ms: int | None = None

    def about(self, values: list[Any]) -> None:
        """What the publisher says of itself (onMetaData). Only the frame rate is believed, within reason."""
        for value in values:
            fps = value.get("framerate") if isinstance(value, dict) else None
            if isinstance(fps, int | float) and 1 <= fps <= 120:
                self._fps = round(fps)

    def picture(self, at: int, data: bytes) -> Chunk | None:
        """One video tag; None when it carries no picture. Raises Refused for another codec than H.264."""
        if not data:
            return None
        # Bit 7 is enhanced RTMP (HEVC, AV1, VP9); 12 is what encoders sold in China write for HEVC.
        if data[0] & _ENHANCED or data[0] & 15 != _H264:
            raise Refused("picture-codec")
        if len(data) < 5 or data[1] > 1:
            return None
        ms, body = self._clock(at), data[5:]
        if data[1] == 0:
            self._described(body)
            return None
        shift = int.from_bytes(data[2:5], "big", signed=True)
        units = self._units(body)
        key = any(unit[0] & 31 == h264.IDR for unit in units)
        if key and not any(unit[0] & 31 == h264.SPS for unit in units):
            units = self._sets + units
        whole = b"".join(_START + unit for unit in units)
        return Chunk("video", (ms + shift) * 1000, ms * 1000, self._lasts(ms), key, whole or b"\0")

    def sound(self, at: int, data: bytes) -> Chunk | None:
        """One audio tag; None when it carries no sound. Raises Refused for another codec than AAC."""
        if not data:
            return None
        if data[0] >> 4 != _AAC:
            raise Refused("sound-codec")
        if len(data) < 2:
            return None
        if data[1] == 0:
            self.audio = asc(data[2:]) or self.audio
            return None
        ms = self._clock(at)
        if self.audio is None or len(data) == 2:
            return None
        return Chunk("audio", ms * 1000, ms * 1000, 1_024_000_000 // self.audio.rate, True, data[2:])

    def _clock(self, raw: int) -> int:
        """Milliseconds that go on where 32 bits begin again (after 49 days)."""
        if self._raw is None:
            self._ms = raw
        else:
            self._ms += ((raw - self._raw + (1 << 31)) & 0xFFFFFFFF) - (1 << 31)
        self._raw = raw
        return self._ms

    def _lasts(self, ms: int) -> int:
        """How long the picture lasts, in µs: as long as the one before; the first as its rate says."""
        before, self._picture_ms = self._picture_ms, ms
        step = (ms - before) * 1000 if before is not None else 0
        return step if 0 < step <= _LONGEST_US else 1_000_000 // self._fps

    def _described(self, body: bytes) -> None:
        """Read the decoder's configuration (ISO 14496-15, 5.3.3.1). What cannot be read changes nothing."""
        if len(body) < 7 or body[0] != 1:
            return
        sets: list[bytes] = []
        at = 5
        for mask in (31, 255):
            count, at = body[at] & mask if at < len(body) else 0, at + 1
            for _ in range(count):
                size = int.from_bytes(body[at : at + 2], "big")
                unit = body[at + 2 : at + 2 + size]
                if not size or len(unit) < size:
                    return
                sets.append(unit)
                at += 2 + size
        seen = next((h264.size(unit) for unit in sets if unit[0] & 31 == h264.SPS), None)
        if seen is not None and (seen[0] > self._largest[0] or seen[1] > self._largest[1]):
            raise Refused("too-large")
        if seen is not None and any(unit[0] & 31 == h264.PPS for unit in sets):
            self._sets, self._width = sets, (body[4] & 3) + 1
            self.video = VideoConfig(*seen, self._fps)

    def _units(self, body: bytes) -> list[bytes]:
        units: list[bytes] = []
        at = 0
        while at + self._width < len(body):
            size = int.from_bytes(body[at : at + self._width], "big")
            at += self._width
            if not 0 < size <= len(body) - at:
                return []
            units.append(body[at : at + size])
            at += size
        return units


def asc(desc: bytes) -> AudioConfig | None:
    """An AudioSpecificConfig (ISO 14496-3, 1.6.2.1) as a config, None when nobody could mean it."""
    if not 2 <= len(desc) <= 64:
        return None
    bits = int.from_bytes(desc[:5].ljust(5, b"\0"), "big")
    index = (bits >> 31) & 15
    if index == 15:
        rate, channels = (bits >> 7) & 0xFFFFFF, (bits >> 3) & 15
    elif index < len(_RATES):
        rate, channels = _RATES[index], (bits >> 27) & 15
    else:
        return None
    if not 7_000 <= rate <= 96_000 or not 1 <= channels <= 8:
        return None
    return AudioConfig("aac", rate, channels, desc)


def picture_tag(data: bytes, *, key: bool, shift_ms: int = 0) -> bytes:
    """A picture in length-prefixed units as the body of a video tag."""
    return bytes([(1 if key else 2) << 4 | _H264, 1]) + (shift_ms & 0xFFFFFF).to_bytes(3, "big") + data


def sound_tag(data: bytes) -> bytes:
    """One raw AAC packet as the body of an audio tag."""
    return bytes([_AAC << 4 | 15, 1]) + data


def headers(avcc: bytes, described: bytes) -> tuple[bytes, bytes]:
    """The two tags that must come first: how to decode the pictures, how to decode the sound."""
    return bytes([1 << 4 | _H264, 0, 0, 0, 0]) + avcc, bytes([_AAC << 4 | 15, 0]) + described
