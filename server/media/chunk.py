"""What every way into the house produces: one encoded picture or sound packet with its time.

Nothing here knows a wire format or PyAV; nothing here reads a clock.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

SECOND = 1_000_000
"""Media times are integer microseconds everywhere."""

PART_US = 333_000
"""Length of partial segments where they are offered: a third of a segment, at any usual rate of pictures."""


@dataclass(frozen=True, slots=True)
class VideoConfig:
    """What the publisher says of its picture; the truth is read from the stream itself."""

    width: int
    height: int
    fps: int = 25


@dataclass(frozen=True, slots=True)
class AudioConfig:
    """One sound track. `desc` is the AudioSpecificConfig for AAC, empty for Opus."""

    codec: Literal["aac", "opus"]
    rate: int
    channels: int
    desc: bytes = b""


@dataclass(slots=True)
class Chunk:
    """One access unit (Annex B, SPS and PPS before each keyframe) or one raw AAC or Opus packet.

    `seq` is the publisher's own number, 0 when it keeps none; `gap` says that chunks before this one
    are lost for good. `track` is 0 for the programme, 1 for its thin picture (keyframes at the same instants).
    Nobody changes one; to have it frozen would cost as much again as to make it, a hundred times a second.
    """

    kind: Literal["video", "audio"]
    pts_us: int
    dts_us: int
    dur_us: int
    key: bool
    data: bytes
    seq: int = 0
    gap: bool = False
    track: int = 0


@dataclass(frozen=True, slots=True)
class Limits:
    """Every bound of the media part, in one place (video.md section 3)."""

    message_bytes: int = 1 << 20
    unit_bytes: int = 512 << 10
    chunks_per_second: int = 200
    bytes_per_second: int = 750_000
    burst_seconds: int = 45
    """A studio back from a cut sends its buffer at once; that is not a flood."""
    ring_bytes: int = 9_000_000
    bad_units: int = 20
    bad_seconds: float = 10.0
    grace_s: float = 45.0
    silent_s: float = 2.0
    lost_s: float = 1.5
    """A publisher who is back within this time was never away: players have more than that before them."""
    pieces_waiting: int = 256
    window_s: float = 30.0
    window_bytes: int = 4_000_000
    """All tracks of one stream in memory; with what is being made, no more than 6 MB."""
    part_us: int = 0
    """Length of partial segments, 0 for none."""
    listed_s: float = 60.0
    block_s: float = 5.0
    waiting_readers: int = 6_000
    verdict_s: float = 0.0
    """How long an answer to "may this browser watch?" stands."""
    disk_alarm_bytes: int = 2 << 30
    disk_floor_bytes: int = 200 << 20
    write_patience_s: float = 2.0
    records_in_memory: int = 64
    width: int = 1920
    height: int = 1920
    thin_side: int = 640
