"""Segments to disk: temporary name, fsync, rename, then a line in the index. A kill leaves the index at most
one line short and never one too long. Nothing here is ever deleted to make room.

Every call blocks; the stream calls from a thread of its own.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from server.media.mux import Piece
from server.media.tracks import TRACKS, Track, filed, header_name, segment_name

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

    def load(self) -> Recording:
        """Read the index; a torn last line is cut off, so that the next one begins on a line of its own."""
        found = Recording()
        path = self.folder / INDEX
        if not path.exists():
            return found
        data = path.read_bytes()
        whole = data.rfind(b"\n") + 1
        if whole != len(data):
            os.truncate(path, whole)
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
        """Put one segment on disk for good. Raises OSError when it could not be. What can be made again
        (a sample) need not be `durable`: two hours of it would be ten thousand waits for the disk.
        """
        if self.free() < self._floor:
            raise DiskFull(28, "below the floor")
        self.folder.mkdir(parents=True, exist_ok=True)
        whole: dict[str, bytes] = {}
        for track, piece in files.items():
            header = header_name(track, filed(entry, track)[1])
            # Asked each time: somebody may have taken the folder away, and a segment without header is nothing.
            if header not in self._inits or not (self.folder / header).exists():
                whole[header] = piece.init
            whole[segment_name(track, entry.n)] = piece.data
        self._put(whole, durable)
        self._inits.update(whole)
        summed = msgspec.structs.replace(entry, sha256=hashlib.sha256(files["picture"].data).hexdigest())
        self.note(summed, durable=durable)

    def note(self, line: Line, *, durable: bool = True) -> None:
        """Append one line to the index."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / INDEX).open("ab") as index:
            begin = index.tell()
            try:
                index.write(msgspec.json.encode(line) + b"\n")
                index.flush()
                if durable:
                    os.fsync(index.fileno())
            except OSError:
                # Half a line would spoil the next one.
                os.truncate(self.folder / INDEX, begin)
                raise

    def read(self, entry: Entry, track: Track = "picture") -> bytes:
        return (self.folder / segment_name(track, entry.n)).read_bytes()

    def _put(self, files: Mapping[str, bytes], durable: bool) -> None:
        """All of them or, but for a kill, none: the line of the index comes after and says they are whole."""
        temporary = {name: self.folder / f"{name}.tmp" for name in files}
        try:
            for name, data in files.items():
                with temporary[name].open("wb") as file:
                    file.write(data)
                    file.flush()
                    if durable:
                        os.fsync(file.fileno())
            for name, path in temporary.items():
                path.replace(self.folder / name)
            if durable:
                flush_folder(self.folder)
        except OSError:
            for path in temporary.values():
                path.unlink(missing_ok=True)
            raise


def flush_folder(folder: Path) -> None:
    """Make a rename survive a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
