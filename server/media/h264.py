"""The little of H.264 that a repackager must read: unit boundaries, unit types, the size of the picture.

It never decodes a picture. Everything is bounded: a broken stream gives None, never an exception.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

IDR, SPS, PPS, DELIMITER = 5, 7, 8, 9
_SLICES = frozenset(range(1, 6))
_APART = frozenset({SPS, PPS, DELIMITER})
_START = b"\x00\x00\x01"
_HIGH_PROFILES = {100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134}


class Access(NamedTuple):
    """One access unit taken apart."""

    units: list[bytes]
    key: bool
    parameters: tuple[bytes, ...]
    """The parameter sets it carries, in order; empty for most pictures."""


def units(data: bytes) -> list[bytes]:
    """The units of an Annex B byte stream, start codes removed."""
    found: list[bytes] = []
    at = data.find(_START)
    while at >= 0:
        begin = at + 3
        at = data.find(_START, begin)
        unit = data[begin : at if at >= 0 else len(data)]
        if at >= 0:
            unit = unit.rstrip(b"\x00")
        if unit:
            found.append(unit)
    return found


def access(data: bytes) -> Access | None:
    """Take an access unit apart; None when it holds no picture or cannot be H.264."""
    if not data.startswith((b"\x00\x00\x01", b"\x00\x00\x00\x01")):
        return None
    parts = units(data)
    heads = {unit[0] for unit in parts}
    kinds = {head & 31 for head in heads}
    if _SLICES.isdisjoint(kinds) or max(heads) & 0x80:
        return None
    told = SPS in kinds or PPS in kinds
    parameters = tuple(unit for unit in parts if unit[0] & 31 in (SPS, PPS)) if told else ()
    return Access(parts, IDR in kinds, parameters)


def joined(parts: Sequence[bytes]) -> bytes:
    """Back to Annex B."""
    return b"".join(b"\x00\x00\x00\x01" + unit for unit in parts)


def counted(parts: Sequence[bytes], *, bare: bool) -> bytes:
    """As in an MP4 file (ISO 14496-15, 5.3): each unit behind its size. `bare` leaves out parameter sets and
    delimiters, which are in the header.
    """
    kept = [unit for unit in parts if unit[0] & 31 not in _APART] if bare else parts
    return b"".join([piece for unit in kept for piece in (len(unit).to_bytes(4, "big"), unit)])


class _Bits:
    def __init__(self, data: bytes) -> None:
        self._value = int.from_bytes(data, "big")
        self._left = len(data) * 8

    def take(self, count: int) -> int:
        if count > self._left:
            raise EOFError
        self._left -= count
        return (self._value >> self._left) & ((1 << count) - 1)

    def ue(self) -> int:
        zeros = 0
        while not self.take(1):
            zeros += 1
            if zeros > 31:
                raise EOFError
        return (1 << zeros) - 1 + self.take(zeros)

    def se(self) -> int:
        value = self.ue()
        return (value + 1) // 2 if value & 1 else -(value // 2)


def _skip_scaling(bits: _Bits, size: int) -> None:
    last = following = 8
    for _ in range(size):
        if following:
            following = (last + bits.se()) % 256
        last = following or last


def size(sps: bytes) -> tuple[int, int] | None:
    """Width and height from a sequence parameter set (H.264 7.3.2.1.1), None when it makes no sense."""
    if len(sps) < 4 or len(sps) > 512:
        return None
    try:
        return _size(_Bits(sps[1:].replace(b"\x00\x00\x03", b"\x00\x00")))
    except EOFError:
        return None


def _size(bits: _Bits) -> tuple[int, int] | None:
    profile = bits.take(8)
    bits.take(16)
    bits.ue()
    chroma = 1
    if profile in _HIGH_PROFILES:
        chroma = bits.ue()
        if chroma == 3:
            bits.take(1)
        bits.ue(), bits.ue(), bits.take(1)
        if bits.take(1):
            for i in range(8 if chroma != 3 else 12):
                if bits.take(1):
                    _skip_scaling(bits, 16 if i < 6 else 64)
    bits.ue()
    order = bits.ue()
    if order == 0:
        bits.ue()
    elif order == 1:
        bits.take(1), bits.se(), bits.se()
        for _ in range(min(bits.ue(), 255)):
            bits.se()
    bits.ue(), bits.take(1)
    across, down = bits.ue() + 1, bits.ue() + 1
    frames_only = bits.take(1)
    if not frames_only:
        bits.take(1)
    bits.take(1)
    left = right = top = bottom = 0
    if bits.take(1):
        left, right, top, bottom = bits.ue(), bits.ue(), bits.ue(), bits.ue()
    unit_x = 1 if chroma in (0, 3) else 2
    unit_y = (2 if chroma == 1 else 1) * (2 - frames_only)
    width = across * 16 - (left + right) * unit_x
    height = down * 16 * (2 - frames_only) - (top + bottom) * unit_y
    return (width, height) if 16 <= width <= 16384 and 16 <= height <= 16384 else None
