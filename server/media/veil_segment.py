"""One segment made anew with its picture, its sound or both masked. What is not masked passes bit for bit.

Blocking, a few milliseconds: called in a thread. The picture that is hidden is not decoded, only left out.
"""

from __future__ import annotations

import io
from fractions import Fraction
from typing import Any, NamedTuple

import av

from server.media import veil_card
from server.media.sound import quiet
from server.media.veil import BOTH, PICTURE, SOUND

_FLAGS = "empty_moov+default_base_moof+delay_moov+frag_discont+skip_trailer"
_OPTIONS = {"movflags": _FLAGS, "avoid_negative_ts": "disabled", "use_editlist": "0"}
_STILL_S = 0.2
"""The card is shown anew so often: a picture that never moves needs no more, and players want some."""


class Made(NamedTuple):
    """A header and the segment that needs it."""

    init: bytes
    data: bytes


class _Shown(NamedTuple):
    pts: int
    dts: int
    duration: int


def made(init: bytes, data: bytes, mask: str, words: tuple[str, ...], number: int = 0) -> Made:
    """The segment behind its header `init`, masked as `mask` says. `words` stand on the card."""
    sink = io.BytesIO()
    options = {**_OPTIONS, "fragment_index": str(number % (1 << 30) + 1)}
    with (
        av.open(io.BytesIO(init + data), format="mp4") as source,
        av.open(sink, "w", format="mp4", options=options) as out,
    ):
        packets = _masked(source, out, mask, words)
        for packet in sorted(packets, key=lambda one: one.dts * one.time_base):
            out.mux(packet)
    whole = sink.getvalue()
    header = _header(whole)
    return Made(whole[:header], whole[header:])


def _masked(source: Any, out: Any, mask: str, words: tuple[str, ...]) -> list[Any]:
    packets = [packet for packet in source.demux() if packet.size]
    found: list[Any] = []
    for stream in source.streams:
        own = [packet for packet in packets if packet.stream.index == stream.index]
        if stream.type == "video" and mask in {PICTURE, BOTH}:
            found += _card(out, stream, own, words)
            continue
        track = out.add_stream_from_template(stream)
        track.time_base = stream.time_base
        if stream.type == "audio" and mask in {SOUND, BOTH}:
            coder = stream.codec_context
            own = [_like(packet, quiet(coder.sample_rate, coder.channels)) for packet in own]
        for packet in own:
            packet.stream = track
        found += own
    return found


def _like(packet: Any, data: bytes) -> Any:
    """Other bytes at the place of this packet."""
    other: Any = av.Packet(data)
    other.time_base, other.pts, other.dts = packet.time_base, packet.pts, packet.dts
    other.duration, other.is_keyframe = packet.duration, True
    return other


def _card(out: Any, stream: Any, hidden: list[Any], words: tuple[str, ...]) -> list[Any]:
    coder = stream.codec_context
    taken = parameter_ids(bytes(coder.extradata or b""))
    sets = veil_card.SPARE_SETS if veil_card.SETS in taken else veil_card.SETS
    card = veil_card.pictures(coder.width, coder.height, words, sets)
    track = out.add_mux_stream("h264", rate=25, width=coder.width, height=coder.height)
    track.time_base = stream.time_base
    found: list[Any] = []
    for place, shown in enumerate(_times(hidden, stream.time_base)):
        packet: Any = av.Packet(card[place % len(card)])
        packet.stream, packet.time_base = track, stream.time_base
        packet.pts, packet.dts, packet.duration = shown
        packet.is_keyframe = place % len(card) == 0
        found.append(packet)
    return found


def _times(hidden: list[Any], base: Fraction) -> list[_Shown]:
    """When the card is shown, among the times of what it hides: from its first picture to the end of its last."""
    every = int(Fraction(_STILL_S).limit_denominator(100) / base)
    starts: list[int] = []
    for packet in hidden:
        if not starts or packet.dts - starts[-1] >= every:
            starts.append(packet.dts)
    end = hidden[-1].dts + max(1, hidden[-1].duration or 0)
    late = min(packet.pts for packet in hidden) - hidden[0].dts
    return [
        _Shown(dts + late, dts, until - dts) for dts, until in zip(starts, [*starts[1:], end], strict=True)
    ]


def parameter_ids(header: bytes) -> set[int]:
    """The numbers of the sequence parameter sets in an avcC; empty where it is none."""
    sets = parameters(header)
    return {_number(unit) for unit in (sets[0] if sets else [])}


def _number(unit: bytes) -> int:
    """seq_parameter_set_id: the first ue(v) behind profile, constraints and level (H.264 7.3.2.1.1)."""
    bits = "".join(f"{byte:08b}" for byte in unit[4:12])
    zeros = len(bits) - len(bits.lstrip("0"))
    return int(bits[zeros : 2 * zeros + 1] or "1", 2) - 1


def parameters(header: bytes) -> tuple[list[bytes], list[bytes], bytes] | None:
    """Sequence sets, picture sets and what follows them in an avcC (ISO 14496-15 5.3.3.1); None: it is none."""
    if len(header) < 7 or header[0] != 1:
        return None
    lists: list[list[bytes]] = []
    at = 5
    for bits in (31, 255):
        if at >= len(header):
            return None
        count, at = header[at] & bits, at + 1
        units: list[bytes] = []
        for _ in range(count):
            size = int.from_bytes(header[at : at + 2], "big")
            units.append(header[at + 2 : at + 2 + size])
            at += 2 + size
        lists.append(units)
    return (lists[0], lists[1], header[at:]) if at <= len(header) else None


def joined(headers: list[bytes]) -> bytes:
    """One avcC with the parameter sets of several, so that one track of a file may hold pictures of each.

    The first gives the profile; the level is the highest.
    """
    first = parameters(headers[0])
    others = [sets for header in headers[1:] if (sets := parameters(header)) is not None]
    if first is None:
        return headers[0]
    sequence = list(dict.fromkeys([*first[0], *(unit for one in others for unit in one[0])]))[:31]
    picture = list(dict.fromkeys([*first[1], *(unit for one in others for unit in one[1])]))[:255]
    head = bytearray(headers[0][:5])
    head[3] = max(header[3] for header in headers if len(header) > 3)
    return b"".join(
        (
            bytes(head),
            bytes([0xE0 | len(sequence)]),
            *(len(unit).to_bytes(2, "big") + unit for unit in sequence),
            bytes([len(picture)]),
            *(len(unit).to_bytes(2, "big") + unit for unit in picture),
            first[2],
        )
    )


def _header(data: bytes) -> int:
    """Where the header (up to the end of `moov`) ends."""
    at = 0
    while at + 8 <= len(data):
        size, kind = int.from_bytes(data[at : at + 4], "big"), data[at + 4 : at + 8]
        at += max(8, size)
        if kind == b"moov":
            return at
    raise ValueError("no moov")
