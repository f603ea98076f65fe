"""The files of a recording to take home: which there are, and the making of them, one at a time, in a program of
its own (download.py), so that two hours of packets hold nobody up here.

A file's name on disk tells what went into it: when a passage is masked or a caption put right, it is another file,
and the old ones are taken away.
"""

from __future__ import annotations

import asyncio
import hashlib
import io
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal, NamedTuple

import av
import msgspec

from server.media.chunk import SECOND
from server.media.download import Clip, Cue, Order
from server.media.tracks import Track
from server.media.veil_store import FOLDER, Veiling
from server.media.vod import Piece

DOWNLOADS = "downloads"
_ROOT = Path(__file__).parents[2]
_SHAPE = 1
"""Goes up when files are made otherwise than before."""
_FULL = 28

Kind = Literal["mp4", "m4a"]
KINDS: tuple[Kind, ...] = ("mp4", "m4a")


class Caption(NamedTuple):
    """A line of the transcript in seconds of the public recording's clock."""

    from_s: float
    to_s: float
    text: str


class Film(NamedTuple):
    """One file there is: its place among those of its kind, and from where to where in the recording it goes."""

    kind: Kind
    part: int
    pieces: tuple[Piece, ...]
    from_us: int
    dur_us: int
    size: int

    @property
    def address(self) -> str:
        return f"recording.{self.kind}" + (f"?part={self.part}" if self.part else "")


class Making:
    """A file being made. `percent` rises to 100; `failed` is a code when it cannot be."""

    def __init__(self) -> None:
        self.percent = 0
        self.failed = ""
        self.task: asyncio.Task[None] | None = None


def films(veiling: Veiling, kind: Kind) -> list[Film]:
    """One file, or one for each size of picture (or rate of sound) in turn: they do not fit one track."""
    known = veiling.films.get(kind)
    if known is None:
        known = veiling.films[kind] = _films(veiling, kind)
    return known


def _films(veiling: Veiling, kind: Kind) -> list[Film]:
    track: Track = "picture" if kind == "mp4" else "sound"
    sizes = {entry.n: entry.size for entry in veiling.kept}
    found: list[list[Piece]] = []
    before: object = None
    for piece, entry in zip(veiling.pieces(track), veiling.kept, strict=True):
        fits = entry.init if kind == "mp4" else _heard(veiling, piece)
        if not found or fits != before:
            found.append([])
        before = fits
        found[-1].append(piece)
    told, at = [], 0
    for part, group in enumerate(found):
        length = sum(piece.dur_us for piece in group)
        size = sum(sizes[piece.name.first] for piece in group) if kind == "mp4" else length * 9 // 1000
        told.append(Film(kind, part, tuple(group), at, length, size))
        at += length
    return told


def _heard(veiling: Veiling, piece: Piece) -> tuple[int, int]:
    """Rate and channels of a segment's sound."""
    name = piece.init.replace(f"{piece.name.mask}.", ".") if piece.name.mask else piece.init
    known = veiling.rates.get(name)
    if known is None:
        data = (veiling.folder / name).read_bytes()
        with av.open(io.BytesIO(data), "r", format="mp4") as source:
            coder: Any = source.streams.audio[0].codec_context
            known = veiling.rates[name] = (coder.sample_rate, coder.channels)
    return known


def order(veiling: Veiling, film: Film, captions: Sequence[Caption]) -> Order:
    """What the program is told to make of it. Whoever waits asks twice a second: it is made out once."""
    known = veiling.orders.get((film.kind, film.part))
    if known is None or known[0] != captions:
        known = veiling.orders[film.kind, film.part] = (captions, _order(veiling, film, captions))
    return known[1]


def _order(veiling: Veiling, film: Film, captions: Sequence[Caption]) -> Order:
    starts = {entry.n: entry.start_us for entry in veiling.kept}
    clips = [_clip(piece, starts[piece.name.first]) for piece in film.pieces]
    cues = _cues(film, captions) if film.kind == "mp4" else []
    told = msgspec.json.encode([_SHAPE, film.kind, clips, cues])
    name = f"{film.kind}-{film.part}-{hashlib.sha256(told).hexdigest()[:24]}.{film.kind}"
    into = veiling.folder / DOWNLOADS / name
    return Order(str(veiling.folder), str(into), clips, cues, film.kind == "m4a")


def _clip(piece: Piece, start_us: int) -> Clip:
    folder = f"{FOLDER}/" if piece.name.mask else ""
    return Clip(folder + piece.init, folder + str(piece.name), start_us, piece.dur_us, not piece.broken)


def _cues(film: Film, captions: Sequence[Caption]) -> list[Cue]:
    begin, end = film.from_us / SECOND, (film.from_us + film.dur_us) / SECOND
    return [
        Cue(
            round((max(one.from_s, begin) - begin) * 1000),
            round((min(one.to_s, end) - begin) * 1000),
            one.text,
        )
        for one in captions
        if one.from_s < end and one.to_s > begin
    ]


class Workshop:
    """Where files are made, one at a time for all records."""

    def __init__(self, floor_bytes: int) -> None:
        self._floor = floor_bytes
        self._making: dict[str, Making] = {}
        self._one = asyncio.Semaphore(1)

    def look(self, wanted: Order) -> Making | None:
        """How far a file is; None where nobody has asked for it."""
        if Path(wanted.into).exists():
            done = Making()
            done.percent = 100
            return done
        return self._making.get(wanted.into)

    def begin(self, wanted: Order, size: int, veiling: Veiling) -> Making:
        """Have a file made, unless it is there or being made. One that failed is tried anew."""
        known = self.look(wanted)
        if known is not None and not known.failed:
            return known
        making = self._making[wanted.into] = Making()
        making.task = asyncio.create_task(self._make(making, wanted, size, veiling))
        return making

    async def _make(self, making: Making, wanted: Order, size: int, veiling: Veiling) -> None:
        try:
            async with self._one:
                await asyncio.to_thread(veiling.ready)
                making.failed = await self._run(making, wanted, size)
        except OSError as error:
            making.failed = "storage_full" if error.errno == _FULL else "unavailable"
        except Exception:
            making.failed = "unavailable"
            raise
        finally:
            if not making.failed:
                self._making.pop(wanted.into, None)

    async def _run(self, making: Making, wanted: Order, size: int) -> str:
        # A copy for the few who keep one must not take the room the next recording needs.
        if shutil.disk_usage(wanted.folder).free - size < self._floor:
            return "storage_full"
        program = await asyncio.create_subprocess_exec(
            sys.executable,
            "-c",
            "import sys; from server.media.download import main; sys.exit(main())",
            cwd=_ROOT,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
        assert program.stdin is not None
        assert program.stdout is not None
        try:
            program.stdin.write(msgspec.json.encode(wanted))
            await program.stdin.drain()
            program.stdin.close()
            async for line in program.stdout:
                making.percent = int(line)
            code = await program.wait()
        finally:
            if program.returncode is None:
                program.kill()
                await program.wait()
        return "" if code == 0 else "storage_full" if code == _FULL else "unavailable"

    async def close(self) -> None:
        """Stop what is being made; half a file is thrown away by whoever made it."""
        tasks = [making.task for making in self._making.values() if making.task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def tidy(folder: Path, wanted: Sequence[Order]) -> None:
    """Take away the files nobody is to have any more. Blocking."""
    keep = {Path(one.into).name for one in wanted}
    old = folder / DOWNLOADS
    for path in [*(old.iterdir() if old.is_dir() else ()), *folder.glob("recording-*.mp4")]:
        if path.name.removesuffix(".tmp") not in keep:
            path.unlink(missing_ok=True)
