"""Text of media playlists: segments, partial segments, what a delta leaves out. Knows neither disk nor readers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from server.media.chunk import SECOND
from server.media.recorder import Entry
from server.media.tracks import Track, breaks, broken, filed, header_name, segment_name

SKIP_UNTIL_S = 12
"""Younger segments are in every delta; at least six target durations (HLS 4.4.3.8), and targets are 1 or 2."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A partial segment as it is listed; `n` is the number of the file it will be part of."""

    n: int
    place: int
    dur_us: int
    key: bool

    @property
    def name(self) -> str:
        return f"p{self.n}.{self.place}.m4s"


@dataclass(frozen=True, slots=True)
class Making:
    """The segment being made, as far as it is out, for players that take parts. `entry` tells where it begins."""

    part_s: float
    of: dict[int, list[Piece]]
    """Parts of the newest segments, by their numbers."""
    entry: Entry | None
    pieces: list[Piece]
    hint: str


def playlist(
    entries: Sequence[Entry],
    *,
    target: int,
    track: Track = "picture",
    kind: str = "",
    ended: bool = False,
    making: Making | None = None,
) -> bytes:
    """A media playlist of these segments. `kind` is empty for the sliding window, EVENT or VOD."""
    first = entries[0] if entries else making.entry if making is not None else None
    lines = head(first, target=target, track=track, kind=kind, ended=ended, making=making)
    lines += segment_lines(entries, track, making=making)
    if ended:
        lines.append("#EXT-X-ENDLIST")
    return ("\n".join(lines) + "\n").encode()


def delta(entries: Sequence[Entry], *, target: int, track: Track) -> bytes:
    """The event playlist without what a player who asks for a delta has already (RFC 8216bis 6.2.5.1)."""
    length, keep = 0, len(entries)
    while keep and length < SKIP_UNTIL_S * SECOND:
        keep -= 1
        length += entries[keep].dur_us
    first = entries[0] if entries else None
    lines = head(first, target=target, track=track, kind="EVENT", ended=False, version=9)
    if keep:
        lines.append(f"#EXT-X-SKIP:SKIPPED-SEGMENTS={keep}")
    lines += segment_lines(entries[keep:], track)
    return ("\n".join(lines) + "\n").encode()


def head(
    first: Entry | None,
    *,
    target: int,
    track: Track,
    kind: str,
    ended: bool,
    making: Making | None = None,
    version: int = 7,
) -> list[str]:
    """What stands before the first segment."""
    version = max(version, 9 if making is not None else 7)
    lines = ["#EXTM3U", f"#EXT-X-VERSION:{version}", f"#EXT-X-TARGETDURATION:{target}"]
    lines.append("#EXT-X-INDEPENDENT-SEGMENTS")
    if kind:
        lines.append(f"#EXT-X-PLAYLIST-TYPE:{kind}")
    if not ended:
        control = "#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES"
        if kind == "EVENT":
            control += f",CAN-SKIP-UNTIL={SKIP_UNTIL_S}.0"
        if making is not None:
            control += f",PART-HOLD-BACK={3 * making.part_s:.3f}"
        lines.append(control)
    if making is not None:
        lines.append(f"#EXT-X-PART-INF:PART-TARGET={making.part_s:.3f}")
    if first is not None and kind != "VOD":
        lines.append(f"#EXT-X-MEDIA-SEQUENCE:{first.msn}")
        before = breaks(first, track) - broken(first, track)
        if before:
            lines.append(f"#EXT-X-DISCONTINUITY-SEQUENCE:{before}")
    return lines


def segment_lines(
    entries: Iterable[Entry], track: Track, before: Entry | None = None, making: Making | None = None
) -> list[str]:
    """The lines of these segments; `before` is the one in front of them that is already written."""
    lines: list[str] = []
    for entry in entries:
        lines += _opening(entry, before, track)
        if making is not None:
            lines += [_part(piece) for piece in making.of.get(entry.n, ())]
        lines.append(f"#EXTINF:{entry.dur_us / SECOND:.5f},")
        lines.append(segment_name(filed(entry, track)[0], entry.n))
        before = entry
    if making is not None:
        if making.entry is not None:
            lines += _opening(making.entry, before, track)
            lines += [_part(piece) for piece in making.pieces]
        lines.append(f'#EXT-X-PRELOAD-HINT:TYPE=PART,URI="{making.hint}"')
    return lines


def _opening(entry: Entry, before: Entry | None, track: Track) -> list[str]:
    """Discontinuity, header and date, where they have to be said."""
    lines: list[str] = []
    of, header = filed(entry, track)
    apart = broken(entry, track) or (before is not None and before.end_us != entry.start_us)
    if apart:
        lines.append("#EXT-X-DISCONTINUITY")
    if before is None or apart or filed(before, track) != (of, header):
        lines.append(f'#EXT-X-MAP:URI="{header_name(of, header)}"')
        lines.append(f"#EXT-X-PROGRAM-DATE-TIME:{_iso(entry.wall_ms)}")
    return lines


def _part(piece: Piece) -> str:
    independent = ",INDEPENDENT=YES" if piece.key else ""
    return f'#EXT-X-PART:DURATION={piece.dur_us / SECOND:.5f},URI="{piece.name}"{independent}'


def _iso(wall_ms: int) -> str:
    return (
        datetime.fromtimestamp(wall_ms / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{wall_ms % 1000:03d}Z"
    )
