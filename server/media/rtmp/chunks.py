"""RTMP's chunk stream: messages cut into interleaved pieces, put together again within bounds.

Works on bytes alone: no socket, no clock. Keeps no more of a peer than its bounds say.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from server.media.rtmp.amf import Unreadable

(
    CHUNK_SIZE, ABORT, ACKNOWLEDGE, CONTROL, WINDOW, BANDWIDTH, SOUND, PICTURE, DATA, COMMAND,
) = 1, 2, 3, 4, 5, 6, 8, 9, 18, 20  # fmt: skip
DATA_3, COMMAND_3 = 15, 17
MESSAGE_BYTES = 4 << 20
STRANGER_BYTES = 64 << 10
"""What somebody who has shown no key yet may make us keep."""
_STREAMS = 64
_FAR = 0xFFFFFF
_HEADERS = (11, 7, 3, 0)


@dataclass(frozen=True, slots=True)
class Message:
    """One whole message. `at` is its time in ms, as the peer counts, modulo 2³²."""

    kind: int
    at: int
    data: bytes
    stream: int = 0


@dataclass(slots=True)
class _Lane:
    """What is remembered of one chunk stream between its pieces."""

    kind: int = 0
    stream: int = 0
    length: int = 0
    at: int = 0
    step: int = 0
    far: int | None = None
    body: bytearray = field(default_factory=bytearray)


class Reader:
    """Bytes in, whole messages out. `most` bounds a message, and all unfinished ones together."""

    def __init__(self, most: int = STRANGER_BYTES) -> None:
        self.most = most
        self._size = 128
        self._held = bytearray()
        self._lanes: dict[int, _Lane] = {}
        self._unfinished = 0

    def feed(self, data: bytes) -> list[Message]:
        """The messages these bytes finished. Raises Unreadable when a bound is passed."""
        self._held += data
        found: list[Message] = []
        at = 0
        while (then := self._chunk(at, found)) is not None:
            at = then
        del self._held[:at]
        return found

    def _chunk(self, at: int, found: list[Message]) -> int | None:
        """Take the chunk that begins at `at`; where the next begins, None when it is not all here."""
        held = self._held
        if at >= len(held):
            return None
        form, number = held[at] >> 6, held[at] & 63
        at += 1
        if number < 2:
            if at + number >= len(held):
                return None
            number, at = int.from_bytes(held[at : at + number + 1], "little") + 64, at + number + 1
        lane = self._lanes.get(number)
        begins = at
        at += _HEADERS[form]
        if at > len(held):
            return None
        if lane is None:
            if form == 3 or len(self._lanes) >= _STREAMS:
                raise Unreadable("chunk streams")
            lane = _Lane()
        elif form != 3 and lane.body:
            raise Unreadable("interrupted message")
        header = bytes(held[begins:at])
        near = int.from_bytes(header[:3], "big") if form != 3 else 0
        far = lane.far if form == 3 else (None if near < _FAR else near)
        if far is not None:
            if at + 4 > len(held):
                return None
            said = int.from_bytes(held[at : at + 4], "big")
            # Some publishers leave it out on the pieces that follow; then these bytes are media.
            if form != 3 or said == far:
                far, at = said, at + 4
        length = int.from_bytes(header[3:6], "big") if form < 2 else lane.length
        if length > self.most:
            raise Unreadable("message too large")
        piece = min(self._size, length - len(lane.body))
        if at + piece > len(held):
            return None
        self._lanes[number] = lane
        if form != 3:
            self._begin(lane, form, header, far if far is not None else near, far)
        elif not lane.body:
            lane.at = (lane.at + lane.step) & 0xFFFFFFFF
        lane.body += held[at : at + piece]
        self._unfinished += piece
        if len(lane.body) >= lane.length:
            self._finish(lane, found)
        elif self._unfinished > self.most:
            raise Unreadable("too much unfinished")
        return at + piece

    @staticmethod
    def _begin(lane: _Lane, form: int, header: bytes, time: int, far: int | None) -> None:
        lane.far = far
        if form == 0:
            lane.at, lane.step = time, 0
            lane.stream = int.from_bytes(header[7:11], "little")
        else:
            lane.at, lane.step = (lane.at + time) & 0xFFFFFFFF, time
        if form < 2:
            lane.length, lane.kind = int.from_bytes(header[3:6], "big"), header[6]

    def _finish(self, lane: _Lane, found: list[Message]) -> None:
        data = bytes(lane.body)
        lane.body.clear()
        self._unfinished -= len(data)
        if lane.kind == CHUNK_SIZE:
            size = int.from_bytes(data[:4], "big")
            if len(data) < 4 or not 1 <= size <= 0x7FFFFFFF:
                raise Unreadable("chunk size")
            self._size = size
        elif lane.kind == ABORT:
            dropped = self._lanes.get(int.from_bytes(data[:4], "big"))
            if dropped is not None:
                self._unfinished -= len(dropped.body)
                dropped.body.clear()
        else:
            found.append(Message(lane.kind, lane.at, data, lane.stream))


def packed(message: Message, lane: int, size: int) -> bytes:
    """A message as chunks of `size` on chunk stream `lane` (3 to 63), its time written out in full."""
    time = message.at & 0xFFFFFFFF
    far = time.to_bytes(4, "big") if time >= _FAR else b""
    head = (
        bytes([lane])
        + min(time, _FAR).to_bytes(3, "big")
        + len(message.data).to_bytes(3, "big")
        + bytes([message.kind])
        + message.stream.to_bytes(4, "little")
        + far
    )
    more = bytes([0xC0 | lane]) + far
    pieces = [message.data[i : i + size] for i in range(0, len(message.data), size)] or [b""]
    return head + more.join(pieces)
