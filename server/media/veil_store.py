"""The masked files of one recording, beside the sealed ones, and what of it is masked now.

Masked files are made when first asked for, in a thread, and kept: a name never changes its content.
"""

from __future__ import annotations

import asyncio
import gzip
import os
import secrets
from collections.abc import Sequence
from contextlib import suppress
from itertools import pairwise
from pathlib import Path
from typing import Any

from server.media import vod
from server.media.recorder import Entry, flush_folder, read
from server.media.tracks import TRACKS, Track, filed, header_name
from server.media.veil import Name, Veil, masks, of_track, sealed
from server.media.veil_segment import Made, made

FOLDER = "veiled"


class Veiling:
    """What is masked of one recording. `words` stand on the card that masks a picture. What is drawn from it
    (playlists, and for films.py files and orders) is kept until it is settled anew.
    """

    def __init__(self, folder: Path, words: tuple[str, ...]) -> None:
        self.folder, self.words = folder, words
        self.veils: tuple[Veil, ...] = ()
        self.kept: list[Entry] = []
        self.masked: dict[int, str] = {}
        self.rates: dict[str, tuple[int, int]] = {}
        self.films: dict[str, list[Any]] = {}
        self.orders: dict[tuple[str, int], tuple[Any, Any]] = {}
        self._places: dict[int, Entry] = {}
        self._lists: dict[Track, tuple[bytes, bytes]] = {}

    def settle(self, kept: Sequence[Entry], veils: Sequence[Veil]) -> None:
        """Take over what the recording is and what the record says of it now."""
        self.kept, self.veils = list(kept), tuple(veils)
        self.masked = masks(self.kept, self.veils)
        self._places = {entry.n: entry for entry in self.kept}
        for drawn in (self._lists, self.films, self.orders):
            drawn.clear()

    def seals(self, name: str) -> bool:
        """Whether a file of this name may not be had."""
        return sealed(name, self.masked)

    def pieces(self, track: Track) -> list[vod.Piece]:
        """The files of a track, single segments, as everybody may have them."""
        return vod.pieces(self.kept, track, self.masked)

    def playlist(self, track: Track) -> tuple[bytes, bytes]:
        """The track's finished playlist, plain and gzipped."""
        if track not in self._lists:
            text = vod.text(vod.grouped(self.pieces(track)))
            self._lists[track] = (text, gzip.compress(text, 9))
        return self._lists[track]

    def entries(self, name: Name) -> list[Entry] | None:
        """The segments a file is made of; None where they are not all there, or not one after the other."""
        found = [self._places[n] for n in name.members if n in self._places]
        headers = {filed(entry, name.track) for entry in found}
        follow = all(one.end_us == two.start_us for one, two in pairwise(found))
        whole = len(found) == name.count and len(headers) == 1 and follow
        return found if whole and next(iter(headers))[0] == name.track else None

    async def segment(self, name: Name) -> bytes | None:
        """The bytes of a file of one or more segments, masked where its name says so."""
        entries = self.entries(name)
        if entries is None or any(
            of_track(self.masked.get(e.n, ""), name.track) != name.mask for e in entries
        ):
            return None
        return await asyncio.to_thread(self._read, entries, name)

    async def header(self, track: Track, number: int, mask: str) -> bytes | None:
        """The header of masked segments."""
        behind = (
            entry
            for entry in self.kept
            if filed(entry, track) == (track, number)
            and of_track(self.masked.get(entry.n, ""), track) == mask
        )
        entry = next(behind, None)
        if entry is None:
            return None
        return (await asyncio.to_thread(self._masked, entry, track, mask)).init

    def ready(self) -> None:
        """Have every masked file there is to be on disk. Blocking; raises OSError; harmless to repeat."""
        for track in TRACKS:
            for piece in self.pieces(track):
                header, segment = self._paths(piece.init, piece.name)
                if piece.name.mask and not (header.exists() and segment.exists()):
                    entry = self._places[piece.name.first]
                    self._keep(header, segment, self._make(entry, piece.name.track, piece.name.mask))

    def _read(self, entries: Sequence[Entry], name: Name) -> bytes:
        if not name.mask:
            return b"".join(read(self.folder, entry, name.track) for entry in entries)
        return b"".join(self._masked(entry, name.track, name.mask).data for entry in entries)

    def _masked(self, entry: Entry, track: Track, mask: str) -> Made:
        init = header_name(track, filed(entry, track)[1]).replace(".", f"{mask}.")
        header, segment = self._paths(init, Name(track, entry.n, 1, mask))
        if header.exists() and segment.exists():
            return Made(header.read_bytes(), segment.read_bytes())
        new = self._make(entry, track, mask)
        # A full disk hides nothing less: the next who asks has it made again.
        with suppress(OSError):
            self._keep(header, segment, new)
        return new

    def _make(self, entry: Entry, track: Track, mask: str) -> Made:
        init = (self.folder / header_name(track, filed(entry, track)[1])).read_bytes()
        data = read(self.folder, entry, track)
        return made(init, data, mask, self.words, entry.n)

    def _paths(self, init: str, name: Name) -> tuple[Path, Path]:
        return self.folder / FOLDER / init, self.folder / FOLDER / str(name)

    def _keep(self, header: Path, segment: Path, new: Made) -> None:
        header.parent.mkdir(exist_ok=True)
        if not header.exists():
            _put(header, new.init)
        _put(segment, new.data)


def _put(path: Path, data: bytes) -> None:
    """Two may make the same file at once; each puts a whole one in place."""
    temporary = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    try:
        with temporary.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
        flush_folder(path.parent)
    finally:
        temporary.unlink(missing_ok=True)
