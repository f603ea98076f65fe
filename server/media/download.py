"""The recording as a file to keep: remuxed, never transcoded, its index in front, its captions inside.

Blocking and long (seconds for two hours), so it runs as a program of its own: `python -m server.media.download`
reads one order from standard input and says on standard output how far it is. Pictures of different sizes do not
fit one track: whoever orders gives each run of them separately.
"""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import msgspec

from server.media import tracks
from server.media.chunk import SECOND
from server.media.fragment import sound_alone
from server.media.recorder import flush_folder
from server.media.veil_segment import joined

Far = Callable[[int], None]
"""Told how much is done, in hundredths."""

_READ = 95
"""Hundredths that stand for reading; the rest is the index moved to the front."""
_STYLE = (
    b"[Script Info]\nScriptType: v4.00+\n\n[V4+ Styles]\nFormat: Name, Fontname, Fontsize, PrimaryColour, "
    b"SecondaryColour, OutlineColour, BackColour, Bold, Italic, Underline, StrikeOut, ScaleX, ScaleY, Spacing, "
    b"Angle, BorderStyle, Outline, Shadow, Alignment, MarginL, MarginR, MarginV, Encoding\nStyle: Default,Arial,"
    b"16,&Hffffff,&Hffffff,&H0,&H0,0,0,0,0,100,100,0,0,1,1,0,2,10,10,10,0\n\n[Events]\nFormat: Layer, Start, "
    b"End, Style, Name, MarginL, MarginR, MarginV, Effect, Text\n"
)
"""What FFmpeg's encoder of timed text wants before it writes the track's header; players use their own style."""


class Clip(msgspec.Struct, frozen=True):
    """One segment: its header's file and its own, relative to the recording; `joins`: it continues the one before."""

    init: str
    data: str
    start_us: int
    dur_us: int
    joins: bool


class Cue(msgspec.Struct, frozen=True):
    """A caption, in milliseconds of the file's clock."""

    from_ms: int
    to_ms: int
    text: str


class Order(msgspec.Struct, frozen=True):
    """What is to be made, and where. `sound`: without the picture."""

    folder: str
    into: str
    clips: list[Clip]
    cues: list[Cue] = []
    sound: bool = False
    language: str = "chi"


class _Reel(io.RawIOBase):
    """Files read one after the other as if they were one."""

    def __init__(self, paths: Iterator[Path], read: Callable[[int], None]) -> None:
        self._paths, self._told = paths, read
        self._file: io.BufferedReader | io.BytesIO | None = None

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        while True:
            if self._file is None:
                path = next(self._paths, None)
                if path is None:
                    return b""
                self._file = _opened(path)
            data = self._file.read(size)
            if data:
                self._told(len(data))
                return data
            self._file.close()
            self._file = None


def _opened(path: Path) -> io.BufferedReader | io.BytesIO:
    """A file of the recording; the sound alone of a segment is made from that of both where it is not kept."""
    try:
        return path.open("rb")
    except FileNotFoundError:
        return io.BytesIO(sound_alone(_both(path).read_bytes(), 0))


def _size(path: Path) -> int:
    return (path if path.exists() else _both(path)).stat().st_size


def _both(path: Path) -> Path:
    """The file of a segment's picture and sound, from the name of its sound alone."""
    letter, _ = tracks.LETTERS["sound"]
    return path.with_name(tracks.LETTERS["picture"][0] + path.name.removeprefix(letter))


class _Progress:
    """Bytes read, told as hundredths of all there are, each hundredth once."""

    def __init__(self, total: int, tell: Far) -> None:
        self._total, self._tell = max(1, total), tell
        self._read = self._last = 0

    def add(self, size: int) -> None:
        self._read += size
        now = min(_READ, self._read * _READ // self._total)
        if now > self._last:
            self._last = now
            self._tell(now)


def carry_out(order: Order, tell: Far = lambda _: None) -> None:
    """Write the file under a temporary name and put it in place when it is whole."""
    folder, into = Path(order.folder), Path(order.into)
    into.parent.mkdir(parents=True, exist_ok=True)
    temporary = into.with_name(into.name + ".tmp")
    progress = _Progress(sum(_size(folder / clip.data) for clip in order.clips), tell)
    kind = "ipod" if order.sound else "mp4"
    try:
        with av.open(str(temporary), "w", format=kind, options={"movflags": "faststart"}) as out:
            _File(out, order, progress).fill()
        temporary.replace(into)
        flush_folder(into.parent)
        tell(100)
    finally:
        temporary.unlink(missing_ok=True)


class _File:
    """The file being written: its tracks, and where each has got to."""

    def __init__(self, out: Any, order: Order, progress: _Progress) -> None:
        self._out, self._order, self._progress = out, order, progress
        self._folder = Path(order.folder)
        self._tracks: dict[str, Any] = {}
        self._last: dict[str, int] = {}
        self._cues = iter(order.cues)
        self._next = next(self._cues, None)

    def fill(self) -> None:
        at_us = 0
        for run in runs(self._order.clips):
            paths = [self._folder / run[0].init, *(self._folder / clip.data for clip in run)]
            with av.open(_Reel(iter(paths), self._progress.add), "r", format="mp4") as source:
                if not self._tracks:
                    self._open(source)
                self._copy(source, at_us - run[0].start_us)
            at_us += sum(clip.dur_us for clip in run)
        self._caption(at_us // 1000)

    def _open(self, source: Any) -> None:
        """One track for each of the first run's; captions only where there are some."""
        for stream in source.streams:
            if stream.type == "video" and self._order.sound:
                continue
            track = self._out.add_stream_from_template(stream)
            track.time_base = stream.time_base
            if stream.type == "video":
                track.codec_context.extradata = joined(self._headers())
            self._tracks[stream.type] = track
        if self._next is not None:
            captions = self._out.add_stream("mov_text")
            captions.time_base = captions.codec_context.time_base = Fraction(1, 1000)
            captions.codec_context.subtitle_header = _STYLE
            captions.metadata["language"] = self._order.language
            self._tracks["captions"] = captions

    def _headers(self) -> list[bytes]:
        """The picture's parameters in every header of this file: masked passages bring their own."""
        found: list[bytes] = []
        for init in dict.fromkeys(clip.init for clip in self._order.clips):
            with av.open(str(self._folder / init), "r", format="mp4") as source:
                found.append(bytes(source.streams.video[0].codec_context.extradata or b""))
        return list(dict.fromkeys(found))

    def _copy(self, source: Any, shift_us: int) -> None:
        taken = [stream for stream in source.streams if stream.type in self._tracks]
        shift = {stream.index: round(shift_us / SECOND / stream.time_base) for stream in taken}
        kind = {stream.index: stream.type for stream in taken}
        base = {stream.index: float(stream.time_base) for stream in taken}
        last, out = self._last, self._out
        for packet in source.demux(taken):
            dts = packet.dts
            if dts is None or packet.pts is None:
                continue
            index = packet.stream.index
            track = kind[index]
            dts = max(dts + shift[index], last.get(track, -1) + 1)
            packet.pts, packet.dts = max(packet.pts + shift[index], dts), dts
            last[track] = dts
            packet.stream = self._tracks[track]
            if self._next is not None and dts * base[index] * 1000 >= self._next.from_ms:
                self._caption(int(dts * base[index] * 1000))
            out.mux(packet)

    def _caption(self, now_ms: int) -> None:
        """Write the captions that begin by now: a track lies between the others, not at the end of the file."""
        while self._next is not None and self._next.from_ms <= now_ms:
            cue, self._next = self._next, next(self._cues, None)
            begin = max(cue.from_ms, self._last.get("captions", 0))
            until = cue.to_ms if self._next is None else min(cue.to_ms, self._next.from_ms)
            text = cue.text.encode()[:65_000]
            if until <= begin:
                continue
            packet: Any = av.Packet(len(text).to_bytes(2, "big") + text)
            packet.stream, packet.time_base = self._tracks["captions"], Fraction(1, 1000)
            packet.pts = packet.dts = begin
            packet.duration, packet.is_keyframe = until - begin, True
            self._last["captions"] = until
            self._out.mux(packet)


def runs(clips: Sequence[Clip]) -> list[list[Clip]]:
    """Stretches that one reader can take: one header, no break on the recording's clock."""
    found: list[list[Clip]] = []
    for clip in clips:
        if not found or not clip.joins or found[-1][-1].init != clip.init:
            found.append([])
        found[-1].append(clip)
    return found


def main() -> int:
    """Take one order from standard input; 0 when the file is in place."""
    os.nice(5)
    order = msgspec.json.decode(sys.stdin.buffer.read(), type=Order)

    def tell(hundredths: int) -> None:
        sys.stdout.write(f"{hundredths}\n")
        sys.stdout.flush()

    try:
        carry_out(order, tell)
    except OSError as error:
        sys.stderr.write(f"{error}\n")
        return 28 if error.errno == 28 else 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
