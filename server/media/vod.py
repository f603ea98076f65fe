"""The playlists of a finished recording. Pure.

Segments of a second are listed three at a time (`s100-3.m4s` is the three files one after the other): two hours of
single ones are 20 kB compressed, of these 8 kB, and a seek still fetches little (reference figures: 12 kB, 1.2 s).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import NamedTuple

from server.media.chunk import SECOND
from server.media.recorder import Entry
from server.media.tracks import Track, broken, filed, header_name
from server.media.veil import Masks, Name, of_track

GROUP_US = 3 * SECOND + SECOND // 20
GROUP_MOST = 9


class Piece(NamedTuple):
    """One line of a playlist: a file of segments and the header it needs. `broken`: it does not continue the
    one before.
    """

    name: Name
    init: str
    dur_us: int
    wall_ms: int
    broken: bool


def pieces(kept: Sequence[Entry], track: Track = "picture", masked: Masks | None = None) -> list[Piece]:
    """The lines of a track's playlist, single segments, in order."""
    found: list[Piece] = []
    end_us: int | None = None
    for entry in kept:
        of, number = filed(entry, track)
        mask = of_track((masked or {}).get(entry.n, ""), of)
        init = header_name(of, number).replace(".", f"{mask}.")
        apart = broken(entry, track) or (end_us is not None and end_us != entry.start_us)
        apart = apart or bool(found and found[-1].init != init)
        name = Name(of, entry.n, 1, mask)
        found.append(Piece(name, init, entry.dur_us, entry.wall_ms, apart and bool(found)))
        end_us = entry.end_us
    return found


def grouped(singles: Sequence[Piece]) -> list[Piece]:
    """Segments that follow each other behind one header, joined up to three seconds."""
    found: list[Piece] = []
    for one in singles:
        before = found[-1] if found else None
        if before is None or one.broken or not _fits(before, one):
            found.append(one)
        else:
            name = replace(before.name, count=before.name.count + 1)
            found[-1] = before._replace(name=name, dur_us=before.dur_us + one.dur_us)
    return found


def _fits(before: Piece, one: Piece) -> bool:
    return (
        one.name.first == before.name.first + before.name.count
        and before.dur_us + one.dur_us <= GROUP_US
        and before.name.count < GROUP_MOST
    )


def text(listed: Sequence[Piece]) -> bytes:
    """The playlist of these lines."""
    longest = max((round(piece.dur_us / SECOND) for piece in listed), default=1)
    lines = [
        "#EXTM3U",
        "#EXT-X-VERSION:7",
        f"#EXT-X-TARGETDURATION:{max(1, longest)}",
        "#EXT-X-INDEPENDENT-SEGMENTS",
        "#EXT-X-PLAYLIST-TYPE:VOD",
    ]
    init = ""
    for piece in listed:
        if piece.broken:
            lines.append("#EXT-X-DISCONTINUITY")
        if piece.broken or piece.init != init:
            lines.append(f'#EXT-X-MAP:URI="{piece.init}"')
            lines.append(f"#EXT-X-PROGRAM-DATE-TIME:{_iso(piece.wall_ms)}")
            init = piece.init
        lines.append(f"#EXTINF:{piece.dur_us / SECOND:.5f},")
        lines.append(str(piece.name))
    lines.append("#EXT-X-ENDLIST")
    return ("\n".join(lines) + "\n").encode()


def _iso(wall_ms: int) -> str:
    whole = datetime.fromtimestamp(wall_ms // 1000, UTC)
    return f"{whole:%Y-%m-%dT%H:%M:%S}.{wall_ms % 1000:03d}Z"
