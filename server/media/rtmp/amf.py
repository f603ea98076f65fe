"""AMF0, the form of RTMP's commands: numbers, texts, objects, read with bounds. No media here."""

from __future__ import annotations

import struct
from typing import Any

_DEPTH, _VALUES = 8, 512
_NUMBER, _BOOLEAN, _STRING, _OBJECT, _NULL, _UNDEFINED, _MAP, _END, _LIST, _DATE, _LONG = (
    0, 1, 2, 3, 5, 6, 8, 9, 10, 11, 12,
)  # fmt: skip


class Unreadable(ValueError):
    """Not RTMP, or not RTMP as anybody sane speaks it; the connection is closed without an answer."""


class _Reader:
    def __init__(self, data: bytes) -> None:
        self._data, self.at, self._values = data, 0, 0

    @property
    def more(self) -> bool:
        return self.at < len(self._data)

    def take(self, count: int) -> bytes:
        piece = self._data[self.at : self.at + count]
        if len(piece) < count:
            raise Unreadable("amf")
        self.at += count
        return piece

    def text(self, width: int) -> str:
        return self.take(int.from_bytes(self.take(width), "big")).decode("utf-8", "replace")

    def value(self, depth: int = 0) -> Any:
        self._values += 1
        if depth > _DEPTH or self._values > _VALUES:
            raise Unreadable("amf")
        kind = self.take(1)[0]
        if kind == _NUMBER:
            return struct.unpack(">d", self.take(8))[0]
        if kind == _BOOLEAN:
            return self.take(1) != b"\0"
        if kind in (_STRING, _LONG):
            return self.text(2 if kind == _STRING else 4)
        if kind in (_NULL, _UNDEFINED):
            return None
        if kind in (_OBJECT, _MAP):
            self.take(4 if kind == _MAP else 0)
            return self._pairs(depth)
        if kind == _LIST:
            count = int.from_bytes(self.take(4), "big")
            return [self.value(depth + 1) for _ in range(min(count, _VALUES))]
        if kind == _DATE:
            return struct.unpack(">d", self.take(10)[:8])[0]
        raise Unreadable("amf")

    def _pairs(self, depth: int) -> dict[str, Any]:
        found: dict[str, Any] = {}
        while True:
            name = self.text(2)
            if not name and self.take(1)[0] == _END:
                return found
            if not name:
                raise Unreadable("amf")
            found[name] = self.value(depth + 1)


def read(data: bytes) -> list[Any]:
    """Every value of a command. Raises Unreadable."""
    reader = _Reader(data)
    found: list[Any] = []
    while reader.more:
        found.append(reader.value())
    return found


def write(*values: Any) -> bytes:
    """Values as a command's body: numbers, texts, booleans, None and dictionaries of them."""
    return b"".join(_one(value) for value in values)


def _one(value: Any) -> bytes:
    if value is None:
        return bytes([_NULL])
    if isinstance(value, bool):
        return bytes([_BOOLEAN, value])
    if isinstance(value, int | float):
        return struct.pack(">Bd", _NUMBER, value)
    if isinstance(value, dict):
        pairs = b"".join(_named(name) + _one(held) for name, held in value.items())
        return bytes([_OBJECT]) + pairs + bytes([0, 0, _END])
    return bytes([_STRING]) + _named(str(value))


def _named(text: str) -> bytes:
    raw = text.encode()[:0xFFFF]
    return len(raw).to_bytes(2, "big") + raw
