"""Encoders for the tests: PyAV's own RTMP publisher, Debian's ffmpeg, and a bare socket that says what it likes."""

from __future__ import annotations

import asyncio
import shutil
import sys
import time
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import av

from server.media import Limits
from server.media.chunk import Chunk
from server.media.rtmp import Address, Line, address_of, chunks, flv
from server.media.rtmp.door import Door, Refusals
from server.media.rtmp.handshake import introduce
from tests.media.hall import RECORD, Hall
from tests.media.streams import Reel, write_mp4

KEY = "k3y-of-this-meeting"
OLD = "the-key-before-it"
FFMPEG = shutil.which("ffmpeg")


class Gate(Hall):
    """A hall with an RTMP door: what is refused is a code, and told to the encoder as that code."""

    def __init__(self, root: Path, limits: Limits | None = None) -> None:
        super().__init__(root, limits)
        self.key = KEY
        self.refusals = Refusals()
        self.asked: list[str] = []
        self.door = Door(self.media, self.admits, lambda code: f"refused: {code}", self.refusals)

    async def admits(self, record: str, key: str) -> str | None:
        self.asked.append(record)
        if record != RECORD:
            raise KeyError(record)
        return None if key == self.key else "key-old" if key == OLD else "key-wrong"

    async def open(self) -> Gate:
        await super().open()
        await self.door.start("127.0.0.1", 0)
        return self

    async def close(self) -> None:
        await self.door.stop()
        await super().close()

    def url(self, key: str = KEY, name: str = "meeting-1") -> str:
        return f"rtmp://127.0.0.1:{self.door.port}/live/{name}?key={key}"

    def refused(self) -> str:
        return str((self.refusals.of(RECORD) or {}).get("code", ""))


class Publisher:
    """PyAV publishing packets as they are, at `pace` times real time (0: as fast as it goes). In a process of its
    own: while it connects, PyAV holds the interpreter's lock, and a server in the same process could not answer.
    """

    def __init__(self, url: str, stream: Reel, folder: Path, *, pace: float = 0.0) -> None:
        self.url, self.pace = url, pace
        self.file = folder / "published.mp4"
        write_mp4(stream, self.file)
        self.process: asyncio.subprocess.Process | None = None

    async def start(self) -> Publisher:
        self.process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.media.encoder", self.url, str(self.file), str(self.pace),
            stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip
        return self

    async def done(self, timeout: float = 30.0) -> tuple[int, str]:
        """Wait for its end: exit code, and what it said."""
        assert self.process is not None
        _, said = await asyncio.wait_for(self.process.communicate(), timeout)
        return self.process.returncode or 0, said.decode()


def publish(url: str, file: str, pace: float) -> None:
    """Publish a file's packets, unchanged."""
    with av.open(file) as source, av.open(url, "w", format="flv") as out:
        into: Any = out
        streams = {
            s.index: into.add_stream_from_template(s) for s in (*source.streams.video, *source.streams.audio)
        }
        begun = time.monotonic()
        for packet in source.demux():
            if packet.dts is None or not packet.size:
                continue
            if pace:
                time.sleep(max(0.0, begun + float(packet.dts * packet.time_base) / pace - time.monotonic()))
            packet.stream = streams[packet.stream.index]
            into.mux(packet)


async def ffmpeg(url: str, *options: str, fast: bool = False) -> asyncio.subprocess.Process:
    """Debian's ffmpeg publishing a test picture and a tone."""
    words = ["-hide_banner", "-nostdin", "-loglevel", "error", *(() if fast else ("-re",))]
    words += ["-f", "lavfi", "-i", "testsrc=s=320x180:r=25", "-f", "lavfi", "-i", "sine=r=48000"]
    words += ["-c:v", "libx264", "-preset", "ultrafast", "-tune", "zerolatency", "-g", "25", "-c:a", "aac"]
    return await asyncio.create_subprocess_exec(
        FFMPEG or "", *words, *options, "-f", "flv", url, stderr=asyncio.subprocess.PIPE
    )


def avcc(chunk: Chunk) -> bytes:
    """The decoder configuration of the keyframe's parameter sets."""
    sps, pps = _units(chunk.data)[:2]
    head = b"\x01" + sps[1:4] + b"\xff\xe1" + len(sps).to_bytes(2, "big") + sps
    return head + b"\x01" + len(pps).to_bytes(2, "big") + pps


def _units(data: bytes) -> list[bytes]:
    from server.media.h264 import units

    return [unit for unit in units(data) if unit[0] & 31 in (7, 8)] + [
        unit for unit in units(data) if unit[0] & 31 not in (6, 7, 8, 9)
    ]


def tags(stream: Reel, chunk_list: Iterable[Chunk]) -> list[tuple[int, int, bytes]]:
    """Chunks as tags: kind, time in ms, body; the two describing tags first."""
    first = next(c for c in stream.chunks if c.kind == "video")
    described = flv.headers(avcc(first), stream.audio.desc)
    found = [(chunks.PICTURE, 0, described[0]), (chunks.SOUND, 0, described[1])]
    for chunk in chunk_list:
        at = chunk.dts_us // 1000
        if chunk.kind == "audio":
            found.append((chunks.SOUND, at, flv.sound_tag(chunk.data)))
            continue
        units = [unit for unit in _units(chunk.data) if unit[0] & 31 not in (7, 8)]
        body = b"".join(len(unit).to_bytes(4, "big") + unit for unit in units)
        found.append((chunks.PICTURE, at, flv.picture_tag(body, key=chunk.key)))
    return found


class Encoder:
    """An encoder of our own, which can be told to do what no real one does."""

    def __init__(self, line: Line) -> None:
        self.line = line

    @classmethod
    async def enter(cls, url: str) -> Encoder:
        line = await Line.open(address_of(url), private=True)
        await line.publish()
        return cls(line)

    async def send(self, stream: Reel, chunk_list: Iterable[Chunk], *, shift_ms: int = 0) -> None:
        for kind, at, body in tags(stream, chunk_list):
            self.line.send(kind, at + shift_ms, body)
            await self.line.drain()

    async def leave(self) -> None:
        await self.line.close()

    async def vanish(self) -> None:
        """Go without a word, as a pulled cable does once the kernel notices."""
        if self.line._listening is not None:
            self.line._listening.cancel()
        self.line.plain.writer.transport.abort()


@asynccontextmanager
async def greeted(port: int) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    """A socket after the greeting."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    await introduce(reader, writer)
    yield reader, writer
    writer.close()


__all__ = [
    "FFMPEG",
    "KEY",
    "OLD",
    "Address",
    "Encoder",
    "Gate",
    "Publisher",
    "avcc",
    "ffmpeg",
    "greeted",
    "tags",
]

if __name__ == "__main__":
    publish(sys.argv[1], sys.argv[2], float(sys.argv[3]))
