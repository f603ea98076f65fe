"""Segments to disk, and when they are there for good, a line in the index: without one there is no segment. A kill
leaves the index at most one line short and never one too long. Nothing here is ever deleted to make room.

Every call blocks; the stream calls from a thread of its own.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import sys
import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from server.media.chunk import SECOND
from server.media.fragment import sound_alone
from server.media.mux import Piece
from server.media.tracks import TRACKS, Track, filed, has, header_name, segment_name

INDEX = "index.jsonl"


class DiskFull(OSError):
    """Less is free than the floor that the council's record must keep."""


class Entry(msgspec.Struct, tag="segment", tag_field="line", omit_defaults=True, gc=False):
    """One segment. `msn` is its place in the public playlists (-1: held, not public), `parts` counts the
    discontinuities of the public playlist up to it; `seq` of `epoch` is what a publisher was told is safe.

    `init`, `thin` and `sound` number the headers of its three files (tracks.py; -1: no such file), each with
    a discontinuity before it and their count of its own.
    """

    n: int
    init: int
    start_us: int
    dur_us: int
    wall_ms: int
    size: int
    sha256: str = ""
    cut: bool = False
    msn: int = -1
    parts: int = 0
    epoch: str = ""
    seq: int = 0
    thin: int = -1
    thin_cut: bool = False
    thin_parts: int = 0
    sound: int = -1
    sound_cut: bool = False
    sound_parts: int = 0

    @property
    def end_us(self) -> int:
        return self.start_us + self.dur_us


class Opened(msgspec.Struct, tag="opened", tag_field="line"):
    """A publication begins; `target` is the playlist's target duration in seconds."""

    wall_ms: int
    target: int


class Ended(msgspec.Struct, tag="ended", tag_field="line"):
    """The stream was ended by command."""

    wall_ms: int


class Gap(msgspec.Struct, tag="gap", tag_field="line"):
    """What went out live and could not be written."""

    from_us: int
    to_us: int
    wall_ms: int


Line = Entry | Opened | Ended | Gap
_decoder = msgspec.json.Decoder(Line)


@dataclass
class Recording:
    """What an index says."""

    entries: list[Entry] = field(default_factory=list)
    inits: dict[Track, dict[int, bytes]] = field(default_factory=lambda: {track: {} for track in TRACKS})
    gaps: list[Gap] = field(default_factory=list)
    target: int = 1
    ended: bool = False


class Recorder:
    """One record's folder of `init<n>.mp4`, `s<n>.m4s` and the index."""

    def __init__(self, folder: Path, floor_bytes: int = 0) -> None:
        self.folder = folder
        self._floor = floor_bytes
        self._inits: set[str] = set()
        self._torn_at: int | None = None
        self._one_line = threading.Lock()
        """A disk that answers late leaves two threads with a line each."""

    def load(self) -> Recording:
        """Read the index. A torn last line is not counted; whoever writes next cuts it off first. Another process
        may be in the middle of that line, so reading alone changes nothing.
        """
        found = Recording()
        path = self.folder / INDEX
        if not path.exists():
            return found
        data = path.read_bytes()
        whole = data.rfind(b"\n") + 1
        self._torn_at = whole if whole != len(data) else None
        for text in data[:whole].splitlines():
            line = _decoder.decode(text)
            if isinstance(line, Entry):
                # Twelve hours are forty thousand entries: nobody reads the sum from memory.
                line.sha256, line.epoch = "", sys.intern(line.epoch)
                found.entries.append(line)
            elif isinstance(line, Gap):
                found.gaps.append(line)
            elif isinstance(line, Opened):
                found.target, found.ended = max(found.target, line.target), False
            else:
                found.ended = True
        for of in TRACKS:
            for number in {
                header for entry in found.entries for at, header in [filed(entry, of)] if at == of
            }:
                name = header_name(of, number)
                with suppress(FileNotFoundError):
                    found.inits[of][number] = (self.folder / name).read_bytes()
                    self._inits.add(name)
        return found

    def free(self) -> int:
        """Bytes free where the recordings are."""
        folder = self.folder
        while not folder.exists() and folder != folder.parent:
            folder = folder.parent
        return shutil.disk_usage(folder).free

    def write(self, entry: Entry, files: Mapping[Track, Piece], *, durable: bool = True) -> None:
        """Put one segment on disk for good; of a file without data only the header. Raises OSError when it could
        not be. What can be made again (a sample) need not be `durable`: two hours of it would be ten thousand
        waits for the disk.
        """
        if self.free() < self._floor:
            raise DiskFull(28, "below the floor")
        headers = {header_name(track, filed(entry, track)[1]): piece.init for track, piece in files.items()}
        # Asked each time: somebody may have taken the folder away, and a segment without header is nothing.
        there = {header for header in headers if header in self._inits and (self.folder / header).exists()}
        whole = {header: init for header, init in headers.items() if header not in there}
        whole |= {segment_name(track, entry.n): piece.data for track, piece in files.items() if piece.data}
        self._make_room()
        self._put(whole, durable)
        self._inits.update(headers)
        summed = msgspec.structs.replace(entry, sha256=hashlib.sha256(files["picture"].data).hexdigest())
        self.note(summed, durable=durable)

    def note(self, line: Line, *, durable: bool = True) -> None:
        """Append one line to the index."""
        self._make_room()
        with self._one_line:
            self._append(self.folder / INDEX, msgspec.json.encode(line) + b"\n", durable)

    def _append(self, path: Path, line: bytes, durable: bool) -> None:
        if self._torn_at is not None:
            os.truncate(path, self._torn_at)
            self._torn_at = None
        begin = path.stat().st_size if path.exists() else 0
        try:
            _write(path, os.O_APPEND, line, durable)
        except OSError:
            # Half a line would spoil the next one.
            os.truncate(path, begin)
            raise

    def _make_room(self) -> None:
        if not self.folder.is_dir():
            self.folder.mkdir(parents=True, exist_ok=True)

    def read(self, entry: Entry, track: Track = "picture") -> bytes:
        return read(self.folder, entry, track)

    def _put(self, files: Mapping[str, bytes], durable: bool) -> None:
        """All of them or, but for a kill, none. What a kill leaves half is in no line of the index, and the next
        segment of that number is written over it.
        """
        paths = [self.folder / name for name in files]
        try:
            for path, data in zip(paths, files.values(), strict=True):
                _write(path, os.O_TRUNC, data, durable)
            if durable:
                flush_folder(self.folder)
        except OSError:
            for path in paths:
                path.unlink(missing_ok=True)
            raise


def _write(path: Path, how: int, data: bytes, durable: bool) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC | how, 0o666)
    try:
        rest = memoryview(data)
        while rest:
            rest = rest[os.write(handle, rest) :]
        if durable:
            os.fsync(handle)
    finally:
        os.close(handle)


def read(folder: Path, entry: Entry, track: Track) -> bytes:
    """A file of a segment. Recordings of before keep the sound alone; else it is made from the programme's file."""
    try:
        return (folder / segment_name(track, entry.n)).read_bytes()
    except FileNotFoundError:
        if track != "sound" or not has(entry, track):
            raise
    return sound_alone((folder / segment_name("picture", entry.n)).read_bytes(), entry.start_us // SECOND)


def flush_folder(folder: Path) -> None:
    """Make a rename survive a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
