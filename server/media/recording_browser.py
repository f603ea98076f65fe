"""What a browser's own recorder writes (MP4 or WebM), taken apart into chunks in a thread of its own.

For browsers without WebCodecs. Only H.264 with AAC or Opus passes; nothing is decoded, nothing is ever encoded.
Pieces must follow one another without a hole; every queue here is bounded.
"""

from __future__ import annotations

import asyncio
import math
import threading
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Literal

import av
from av.bitstream import BitStreamFilterContext
from av.error import FFmpegError

from server.media.chunk import SECOND, AudioConfig, Chunk, VideoConfig

_FORMATS = {"webm": "matroska", "mp4": "mp4"}
"""Named, never guessed: a format found by looking at the bytes might be a list of other files."""
_OPTIONS = {"probesize": "500000", "analyzeduration": "300000"}
_LONGEST_KEYS_US = 6 * SECOND
_EARLY_US = 9 * SECOND // 20
_FRAME_US = 40_000


@dataclass(frozen=True)
class Ears:
    """Who is told, in the event loop: what the tracks are and how far apart its keyframes, each chunk, and why it
    ended where it should not have (`codec`, `unclear`).
    """

    begin: Callable[[VideoConfig | None, AudioConfig | None, int], None]
    give: Callable[[Chunk], object]
    failed: Callable[[str], None]


class _Unfit(Exception):
    """A track that is neither H.264 nor AAC nor Opus, or keyframes too far apart."""


class _Pipe:
    """Bytes from the loop to the demuxer; `read` waits for them."""

    def __init__(self, most: int) -> None:
        self._pieces: deque[tuple[int, memoryview]] = deque()
        self._most = most
        self._news = threading.Condition()
        self._closed = False
        self.read_seq = 0

    def put(self, seq: int, data: bytes) -> bool:
        with self._news:
            if len(self._pieces) >= self._most:
                return False
            self._pieces.append((seq, memoryview(data)))
            self._news.notify()
        return True

    def close(self) -> None:
        with self._news:
            self._closed = True
            self._news.notify()

    @property
    def closed(self) -> bool:
        return self._closed

    def read(self, size: int) -> bytes:
        """At most `size` bytes, at least one; none when it was closed."""
        with self._news:
            while not self._pieces and not self._closed:
                self._news.wait()
            if self._closed:
                return b""
            seq, piece = self._pieces.popleft()
            self.read_seq = seq
            if len(piece) > size:
                self._pieces.appendleft((seq, piece[size:]))
            return bytes(piece[:size])


class Demuxer:
    """One recorder's container. Made in the event loop; `close` ends its thread."""

    def __init__(self, container: Literal["mp4", "webm"], ears: Ears, *, most: int = 256) -> None:
        self._ears, self._most = ears, most
        self._loop = asyncio.get_running_loop()
        self._pipe = _Pipe(most)
        self._room = threading.Semaphore(most)
        self._thread = threading.Thread(target=self._work, args=(container,), name="demuxer", daemon=True)
        self._thread.start()

    def feed(self, seq: int, data: bytes) -> bool:
        """The next piece; its number comes back with the chunks that end in it. False: too many wait."""
        return not data or self._pipe.put(seq, data)

    def close(self) -> None:
        self._pipe.close()
        # The thread may wait for room that nobody makes any more.
        self._room.release(max(1, self._most))

    # in the thread

    def _work(self, container: str) -> None:
        code = "unclear"
        try:
            with _opened(self._pipe, _FORMATS[container]) as source:
                self._demux(source)
        except _Unfit:
            code = "codec"
        except (FFmpegError, ValueError, EOFError):
            pass
        self._say(lambda: None if self._pipe.closed else self._ears.failed(code))

    def _demux(self, source: Any) -> None:
        tracks = [_Track(stream) for stream in source.streams if stream.type in ("video", "audio")]
        video = next((track for track in tracks if track.kind == "video"), None)
        audio = next((track for track in tracks if track.kind == "audio"), None)
        if video is None and audio is None:
            raise _Unfit
        begun = False
        waiting: list[Chunk] = []
        for chunk in self._chunks(source, {id(t.stream): t for t in (video, audio) if t}):
            if begun:
                self._give(chunk)
                continue
            waiting.append(chunk)
            target = 1 if video is None else _target(waiting)
            if target:
                begun = True
                seen = video.picture() if video else None
                heard = audio.sound() if audio else None
                self._say(partial(self._ears.begin, seen, heard, target))
                for held in waiting:
                    self._give(held)
                waiting.clear()

    def _chunks(self, source: Any, tracks: dict[int, _Track]) -> Iterator[Chunk]:
        for packet in source.demux():
            track = tracks.get(id(packet.stream))
            if track is None or packet.dts is None or not packet.size:
                continue
            for chunk in track.chunks(packet):
                yield replace(chunk, seq=self._pipe.read_seq)

    def _give(self, chunk: Chunk) -> None:
        self._room.acquire()
        self._say(lambda: self._taken(chunk))

    def _say(self, what: Callable[[], object]) -> None:
        try:
            self._loop.call_soon_threadsafe(what)
        except RuntimeError:
            self._pipe.close()

    # in the loop

    def _taken(self, chunk: Chunk) -> None:
        self._room.release()
        if not self._pipe.closed:
            self._ears.give(chunk)


class _Track:
    """One track of the container."""

    def __init__(self, stream: Any) -> None:
        self.stream = stream
        self.kind: Literal["video", "audio"] = "video" if stream.type == "video" else "audio"
        allowed = ("h264",) if self.kind == "video" else ("aac", "opus")
        if stream.codec_context.name not in allowed:
            raise _Unfit
        self._annexb: Any = None
        if self.kind == "video":
            self._annexb = BitStreamFilterContext("h264_mp4toannexb", stream)
        self._before: int | None = None

    def chunks(self, packet: Any) -> Iterator[Chunk]:
        for whole in self._annexb.filter(packet) if self._annexb else [packet]:
            base = whole.time_base or self.stream.time_base
            pts, dts = (int(t * base * SECOND) for t in (whole.pts or whole.dts, whole.dts))
            dur = int((whole.duration or 0) * base * SECOND)
            if dur <= 0:
                dur = min(SECOND, dts - self._before) if self._before is not None else _FRAME_US
            self._before = dts
            key = bool(whole.is_keyframe) or self.kind == "audio"
            yield Chunk(self.kind, max(0, pts), max(0, dts), max(0, dur), key, bytes(whole))

    def picture(self) -> VideoConfig:
        coder = self.stream.codec_context
        return VideoConfig(coder.width, coder.height, 25)

    def sound(self) -> AudioConfig:
        coder = self.stream.codec_context
        codec: Literal["aac", "opus"] = "aac" if coder.name == "aac" else "opus"
        desc = bytes(coder.extradata or b"") if codec == "aac" else b""
        return AudioConfig(codec, coder.sample_rate, coder.channels, desc)


def _target(chunks: list[Chunk]) -> int:
    """Seconds between keyframes, measured at the first two; 0 while there is only one. Raises _Unfit."""
    keys = [chunk.dts_us for chunk in chunks if chunk.kind == "video" and chunk.key]
    if len(keys) > 1:
        return max(1, math.ceil((keys[1] - keys[0] - _EARLY_US) / SECOND))
    pictures = [chunk.dts_us for chunk in chunks if chunk.kind == "video"]
    if pictures and pictures[-1] - pictures[0] > _LONGEST_KEYS_US:
        raise _Unfit
    return 0


def _opened(pipe: _Pipe, name: str) -> Any:
    return av.open(pipe, "r", format=name, options=_OPTIONS, buffer_size=4096)
