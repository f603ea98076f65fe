"""The recording as one MP4 for keeping: remuxed, never transcoded, with its index in front.

Blocking; called in a thread. Pictures of different sizes do not fit one track: each run of equal headers
is a part of its own.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import av

from server.media.chunk import SECOND
from server.media.recorder import Entry, flush_folder


class _Reel(io.RawIOBase):
    """Files read one after the other as if they were one."""

    def __init__(self, paths: Iterator[Path]) -> None:
        self._paths = paths
        self._file: io.BufferedReader | None = None

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        while True:
            if self._file is None:
                path = next(self._paths, None)
                if path is None:
                    return b""
                self._file = path.open("rb")
            data = self._file.read(size)
            if data:
                return data
            self._file.close()
            self._file = None


def parts(entries: Sequence[Entry]) -> list[list[Entry]]:
    """The recording split where the header changes."""
    found: list[list[Entry]] = []
    for entry in entries:
        if not found or found[-1][-1].init != entry.init:
            found.append([])
        found[-1].append(entry)
    return found


def make(folder: Path, entries: Sequence[Entry], into: Path) -> None:
    """Write the MP4 of one part under a temporary name and put it in place when it is whole."""
    temporary = into.with_suffix(".tmp")
    try:
        with av.open(str(temporary), "w", format="mp4", options={"movflags": "faststart"}) as out:
            _copy(folder, entries, out)
        temporary.replace(into)
        flush_folder(folder)
    finally:
        temporary.unlink(missing_ok=True)


def _copy(folder: Path, entries: Sequence[Entry], out: Any) -> None:
    streams: dict[int, Any] = {}
    last: dict[int, int] = {}
    at_us = 0
    for piece in _whole(entries):
        shift_us = at_us - piece[0].start_us
        at_us += sum(entry.dur_us for entry in piece)
        names = [f"init{piece[0].init}.mp4", *(f"s{entry.n}.m4s" for entry in piece)]
        with av.open(_Reel(folder / name for name in names), "r", format="mp4") as source:
            if not streams:
                streams = {s.index: out.add_stream_from_template(s) for s in source.streams}
            for packet in source.demux():
                if packet.dts is None or packet.pts is None or packet.time_base is None:
                    continue
                index = packet.stream.index
                shift = int(shift_us / SECOND / packet.time_base)
                dts = max(packet.dts + shift, last.get(index, -1) + 1)
                packet.pts, packet.dts = max(packet.pts + shift, dts), dts
                last[index] = dts
                packet.stream = streams[index]
                out.mux(packet)


def _whole(entries: Sequence[Entry]) -> list[list[Entry]]:
    """Stretches without a break on the recording's clock."""
    found: list[list[Entry]] = []
    for entry in entries:
        if not found or entry.cut or found[-1][-1].end_us != entry.start_us:
            found.append([])
        found[-1].append(entry)
    return found
