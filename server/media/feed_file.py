"""Pictures that come from a file: a finished MP4 as the recording of a past meeting, or looped as if live.

H.264 and AAC are taken as they are; nothing is transcoded.
"""

from __future__ import annotations

import asyncio
import heapq
import math
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

import av
from av.bitstream import BitStreamFilterContext

from server.media.chunk import SECOND, AudioConfig, Chunk, VideoConfig
from server.media.mux import Piece
from server.media.packager import Packager
from server.media.playback import Media, folder
from server.media.recorder import Ended, Entry, Opened, Recorder
from server.media.spans import Done, Segment
from server.media.tracks import Track

_LONGEST_TARGET = 10


class Unfit(ValueError):
    """The file does not hold H.264 and AAC, or its keyframes are too far apart."""


class File:
    """An MP4 with H.264 and, perhaps, AAC. Raises Unfit."""

    def __init__(self, path: Path) -> None:
        self.path = path
        with _opened(path) as source:
            pictures = source.streams.video[0] if source.streams.video else None
            sound = source.streams.audio[0] if source.streams.audio else None
            if pictures is None or pictures.codec_context.name != "h264":
                raise Unfit("no H.264")
            if sound is not None and sound.codec_context.name != "aac":
                raise Unfit("sound is not AAC")
            coder = pictures.codec_context
            fps = max(1, round(float(pictures.average_rate or 25)))
            self.video = VideoConfig(coder.width, coder.height, fps)
            self.audio: AudioConfig | None = None
            if sound is not None:
                heard = sound.codec_context
                self.audio = AudioConfig(
                    "aac", heard.sample_rate, heard.channels, bytes(heard.extradata or b"")
                )
        self.target = self._target()

    def chunks(self) -> Iterator[Chunk]:
        """Every packet of both tracks in the order of time, from zero."""
        both = heapq.merge(
            self._track("video"), self._track("audio"), key=lambda c: (c.dts_us, c.kind == "video")
        )
        return iter(both)

    def _track(self, kind: str) -> Iterator[Chunk]:
        with _opened(self.path) as source:
            streams = source.streams.video if kind == "video" else source.streams.audio
            if not streams:
                return
            stream = streams[0]
            annexb = BitStreamFilterContext("h264_mp4toannexb", stream) if kind == "video" else None
            for packet in source.demux(stream):
                if packet.dts is None or not packet.size:
                    continue
                for whole in annexb.filter(packet) if annexb else [packet]:
                    yield _chunk(whole, kind, stream.time_base)

    def _target(self) -> int:
        longest, before = 0, None
        with _opened(self.path) as source:
            stream = source.streams.video[0]
            for packet in source.demux(stream):
                if packet.dts is None or not packet.is_keyframe:
                    continue
                at = int(packet.dts * stream.time_base * SECOND)
                longest = max(longest, at - before if before is not None else 0)
                before = at
        target = max(1, math.ceil((longest - SECOND * 9 // 20) / SECOND))
        if target > _LONGEST_TARGET:
            raise Unfit("keyframes too far apart")
        return target


def _opened(path: Path) -> Any:
    return av.open(str(path))


def _chunk(packet: Any, kind: str, base: Any) -> Chunk:
    pts, dts = packet.pts if packet.pts is not None else packet.dts, packet.dts
    pts_us, dts_us, dur_us = (int(t * base * SECOND) for t in (pts, dts, packet.duration or 0))
    track: Literal["video", "audio"] = "video" if kind == "video" else "audio"
    return Chunk(track, pts_us, dts_us, dur_us, bool(packet.is_keyframe), bytes(packet))


def record_file(root: Path, record: str, mp4: Path, start_ms: int, *, times: int = 1) -> None:
    """Make `mp4`, so many times over, the finished recording of a past meeting that began at `start_ms`. Blocking.

    Raises Unfit for a file that would need transcoding, FileExistsError when the meeting has a recording.
    """
    source = File(mp4)
    recorder = Recorder(folder(root, record))
    if recorder.load().entries:
        raise FileExistsError(record)
    packager = Packager(target=source.target)
    packager.configure(source.video, source.audio)
    recorder.note(Opened(start_ms, source.target), durable=False)
    shelf = _Shelf(recorder)
    base = end = 0
    for _ in range(times):
        for chunk in source.chunks():
            at = base + chunk.dts_us
            shelf.keep(
                packager.feed(replace(chunk, dts_us=at, pts_us=base + chunk.pts_us), start_ms + at // 1000)
            )
            end = max(end, at + chunk.dur_us)
        base = end
    shelf.keep(packager.finish())
    recorder.note(Ended(start_ms + packager.end_us // 1000))


class _Shelf:
    """Puts segments on disk one after the other, all of them public."""

    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder
        self._inits: dict[Track, list[bytes]] = {"picture": [], "sound": []}
        self._number = 0

    def keep(self, done: list[Done]) -> None:
        for segment in done:
            if isinstance(segment, Segment):
                self._one(segment)

    def _one(self, segment: Segment) -> None:
        entry = Entry(
            n=self._number,
            init=self._header("picture", segment.picture.init),
            sound=self._header("sound", segment.sound_init),
            start_us=segment.start_us,
            dur_us=segment.dur_us,
            wall_ms=segment.wall_ms,
            size=len(segment.data),
            cut=segment.cut,
            sound_cut=segment.cut,
            msn=self._number,
            parts=int(segment.cut),
            sound_parts=int(segment.cut),
        )
        files: dict[Track, Piece] = {"picture": segment.picture, "sound": Piece(segment.sound_init, b"")}
        self._recorder.write(entry, files, durable=False)
        self._number += 1

    def _header(self, track: Track, init: bytes) -> int:
        known = self._inits[track]
        if init not in known:
            known.append(init)
        return known.index(init)


async def play_file(media: Media, record: str, path: Path, *, owner: str = "sample", times: int = 0) -> None:
    """Publish `path` live at its own pace, over and over (`times` 0: until cancelled)."""
    source = await asyncio.to_thread(File, path)
    session = media.publisher(record, owner, target=source.target)
    session.configure(source.video, source.audio)
    begin = time.monotonic()
    base, end, rounds = 0, 0, 0
    try:
        while session.current and (times == 0 or rounds < times):
            for chunk in source.chunks():
                at = base + chunk.dts_us
                await asyncio.sleep(max(0.0, begin + at / SECOND - time.monotonic()))
                pts = base + chunk.pts_us
                session.push(Chunk(chunk.kind, pts, at, chunk.dur_us, chunk.key, chunk.data))
                end = max(end, at + chunk.dur_us)
            base, rounds = end, rounds + 1
    finally:
        session.close()
