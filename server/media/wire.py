"""The studio's messages (video.md section 3): what may come over the publishing socket, read with bounds.

Binary, big-endian: u8 kind, u8 flags, u16 track, u32 seq, i64 pts_us, u32 dur_us, then the payload.
"""

from __future__ import annotations

import struct
from typing import Literal

import msgspec

from server.media.chunk import AudioConfig, Chunk, VideoConfig

HEADER = struct.Struct(">BBHIqI")
CONFIG, VIDEO, AUDIO, MARK = 1, 2, 3, 4
KEY, GAP = 1, 2


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


class _Config(msgspec.Struct):
    video: _Picture | None = None
    audio: _Sound | None = None


class Hello(msgspec.Struct):
    """The first message, text: who publishes, which publication this is, what comes."""

    epoch: str
    config: _Config
    token: str = ""
    clock_us: int | None = None


class Order(msgspec.Struct):
    """Later text messages: the studio says goodbye."""

    bye: bool = False


Configs = tuple[VideoConfig | None, AudioConfig | None]

_hello = msgspec.json.Decoder(Hello)
_config = msgspec.json.Decoder(_Config)
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


def configs(config: _Config) -> Configs:
    """Check what a publisher announces. Raises Unreadable when nobody could mean it."""
    video = audio = None
    if config.video is not None:
        seen = config.video
        if not (16 <= seen.w <= 8192 and 16 <= seen.h <= 8192 and 1 <= seen.fps <= 120):
            raise Unreadable("video")
        video = VideoConfig(seen.w, seen.h, seen.fps)
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
    return video, audio


def read(message: bytes) -> tuple[int, Chunk | Configs | None]:
    """One binary message: its number, and the chunk or the new configs; None for what this version skips."""
    if len(message) < HEADER.size:
        raise Unreadable("short")
    kind, flags, track, seq, pts, dur = HEADER.unpack_from(message)
    body = message[HEADER.size :]
    if kind not in (CONFIG, VIDEO, AUDIO, MARK) or seq == 0 or dur > 10_000_000 or not 0 <= pts < 1 << 52:
        raise Unreadable("header")
    if kind == MARK or track != 0:
        return seq, None
    if kind == CONFIG:
        try:
            return seq, configs(_config.decode(body))
        except msgspec.MsgspecError as error:
            raise Unreadable("config") from error
    key = bool(flags & KEY) or kind == AUDIO
    name: Literal["video", "audio"] = "video" if kind == VIDEO else "audio"
    return seq, Chunk(name, pts, pts, dur, key, body, seq, bool(flags & GAP))


def write(chunk: Chunk) -> bytes:
    """The message of a chunk: what the studio's own code does, for publishers written in Python."""
    flags = (KEY if chunk.key else 0) | (GAP if chunk.gap else 0)
    kind = VIDEO if chunk.kind == "video" else AUDIO
    return HEADER.pack(kind, flags, 0, chunk.seq, chunk.pts_us, chunk.dur_us) + chunk.data
