"""What a player would find in the segments: packets counted, pictures decoded, clocks compared."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import av

from server.media.spans import Segment
from tests.media.streams import read_bars


@dataclass
class Found:
    """Everything demuxed, run by run."""

    pictures: int = 0
    sounds: int = 0
    bars: list[int] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


def opened(data: bytes) -> Any:
    return av.open(io.BytesIO(data), format="mp4")


def demuxed(runs: Sequence[tuple[bytes, Sequence[bytes]]]) -> Found:
    """Demux runs of (init, segments) and decode every picture."""
    found = Found()
    for init, segments in runs:
        whole = init + b"".join(segments)
        last: dict[int, int] = {}
        with opened(whole) as source:
            for packet in source.demux():
                if not packet.size:
                    continue
                if packet.dts <= last.get(packet.stream.index, -1):
                    found.problems.append(f"{packet.stream.type} steps back to {packet.dts}")
                last[packet.stream.index] = packet.dts
                if packet.stream.type == "video":
                    found.pictures += 1
                else:
                    found.sounds += 1
        with opened(whole) as source:
            found.bars += [read_bars(frame) for frame in source.decode(video=0)]
        for segment in segments:
            with opened(init + segment) as source:
                first = next(p for p in source.demux(video=0) if p.size)
                if not first.is_keyframe:
                    found.problems.append("a segment begins without a keyframe")
    return found


def runs(segments: Sequence[Segment]) -> list[tuple[bytes, list[bytes]]]:
    """Segments of the packager, split at their discontinuities."""
    found: list[tuple[bytes, list[bytes]]] = []
    for segment in segments:
        if not found or segment.cut:
            found.append((segment.init, []))
        found[-1][1].append(segment.data)
    return found
