"""The studio's messages (video.md section 3): what may come over the publishing socket, read with bounds.

Binary, big-endian: u8 kind, u8 flags, u16 track, u32 seq, i64 pts_us, u32 dur_us, then the payload. Track 0 is the
programme's picture, 1 the thin one. Several such messages may come as one: u8 6, then u32 length and message, again
and again. Text is JSON: `Hello` first, an `Order` later.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, NamedTuple

import msgspec

from server.media.chunk import AudioConfig, Chunk, VideoConfig

HEADER = struct.Struct(">BBHIqI")
_LENGTH = struct.Struct(">I")
CONFIG, VIDEO, AUDIO, MARK, RECORDED, BUNDLE = 1, 2, 3, 4, 5, 6
KEY, GAP = 1, 2
PROGRAMME, THIN = 0, 1


class Unreadable(ValueError):
    """Not a message of this protocol; the socket is closed with 1007."""


class _Picture(msgspec.Struct):
    w: int
    h: int
    fps: int = 25


class _Sound(msgspec.Struct):
    codec: Literal["aac", "opus"]
    rate: int
    ch: int
    desc: str = ""


class Config(msgspec.Struct):
    """What is to come: `video` null is sound alone. With `container` the bytes of a browser's recorder come, and
    what is in them is read from them.
    """

    video: _Picture | None = None
    audio: _Sound | None = None
    thin: _Picture | None = None
    container: Literal["mp4", "webm"] | None = None


class Hello(msgspec.Struct):
    """The first message, text: who publishes, which publication this is, what comes.

    With `standby` nothing comes: the studio waits beside the one on air. With `take` it takes the air from whoever
    has it.
    """

    epoch: str
    config: Config = msgspec.field(default_factory=Config)
    token: str = ""
    clock_us: int | None = None
    standby: bool = False
    take: bool = False


class Order(msgspec.Struct):
    """Later text messages: the studio says goodbye, or takes the air from standby with what is to come."""

    bye: bool = False
    take: bool = False
    config: Config = msgspec.field(default_factory=Config)
    clock_us: int | None = None


class Announced(NamedTuple):
    """What a publisher says is to come, checked. None: no such track."""

    video: VideoConfig | None
    audio: AudioConfig | None
    thin: VideoConfig | None = None


@dataclass(frozen=True, slots=True)
class Recorded:
    """A piece of what a browser's recorder wrote; pieces follow one another without a hole."""

    data: bytes


_hello = msgspec.json.Decoder(Hello)
_config = msgspec.json.Decoder(Config)
_order = msgspec.json.Decoder(Order)


def read_hello(text: str | bytes) -> Hello:
    try:
        hello = _hello.decode(text)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise Unreadable("hello") from error
    if not 8 <= len(hello.epoch) <= 64 or not hello.epoch.isascii() or len(hello.token) > 256:
        raise Unreadable("hello")
    return hello


def read_order(text: str | bytes) -> Order:
    try:
        return _order.decode(text)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise Unreadable("order") from error


def announced(config: Config) -> Announced:
    """Check what a publisher announces. Raises Unreadable when nobody could mean it."""
    audio = None
    if config.audio is not None:
        heard = config.audio
        if not (7_000 <= heard.rate <= 96_000 and 1 <= heard.ch <= 8 and len(heard.desc) <= 128):
            raise Unreadable("audio")
        try:
            desc = bytes.fromhex(heard.desc)
        except ValueError as error:
            raise Unreadable("audio") from error
        if heard.codec == "aac" and len(desc) < 2:
            raise Unreadable("audio")
        audio = AudioConfig(heard.codec, heard.rate, heard.ch, desc)
    return Announced(_picture(config.video), audio, _picture(config.thin))


def _picture(seen: _Picture | None) -> VideoConfig | None:
    if seen is None:
        return None
    if not (16 <= seen.w <= 8192 and 16 <= seen.h <= 8192 and 1 <= seen.fps <= 120):
        raise Unreadable("video")
    return VideoConfig(seen.w, seen.h, seen.fps)


def apart(message: bytes) -> list[memoryview]:
    """The messages that came as one, in their order. Raises Unreadable where a length is not true; one shorter than any
    message would let a single bundle be a quarter of a million of them.
    """
    whole = memoryview(message)
    if not message or message[0] != BUNDLE:
        return [whole]
    found: list[memoryview] = []
    at = 1
    while at < len(whole):
        begin = at + _LENGTH.size
        if begin > len(whole):
            raise Unreadable("bundle")
        at = begin + _LENGTH.unpack_from(whole, at)[0]
        if at > len(whole) or at - begin < HEADER.size:
            raise Unreadable("bundle")
        found.append(whole[begin:at])
    return found


def read(message: bytes | memoryview) -> tuple[int, Chunk | Announced | Recorded | None]:
    """One binary message: its number and what it brings; None for what this version skips."""
    if len(message) < HEADER.size:
        raise Unreadable("short")
    kind, flags, track, seq, pts, dur = HEADER.unpack_from(message)
    body = bytes(message[HEADER.size :])
    if not CONFIG <= kind <= RECORDED or seq == 0 or dur > 10_000_000 or not 0 <= pts < 1 << 52:
        raise Unreadable("header")
    if kind == CONFIG:
        try:
            return seq, announced(_config.decode(body))
        except msgspec.MsgspecError as error:
            raise Unreadable("config") from error
    if kind == RECORDED:
        return seq, Recorded(body)
    if kind == MARK or track > (THIN if kind == VIDEO else PROGRAMME):
        return seq, None
    key = bool(flags & KEY) or kind == AUDIO
    name: Literal["video", "audio"] = "video" if kind == VIDEO else "audio"
    return seq, Chunk(name, pts, pts, dur, key, body, seq, bool(flags & GAP), track)


def write(chunk: Chunk) -> bytes:
    """The message of a chunk: what the studio's own code does, for publishers written in Python."""
    flags = (KEY if chunk.key else 0) | (GAP if chunk.gap else 0)
    kind = VIDEO if chunk.kind == "video" else AUDIO
    return HEADER.pack(kind, flags, chunk.track, chunk.seq, chunk.pts_us, chunk.dur_us) + chunk.data


def bundle(messages: Iterable[bytes]) -> bytes:
    """Several messages as one."""
    return bytes([BUNDLE]) + b"".join(_LENGTH.pack(len(message)) + message for message in messages)
