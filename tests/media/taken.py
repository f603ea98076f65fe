"""A finished recording with all its tracks, masked as a test wishes; and what is seen and heard in its files."""

from __future__ import annotations

import io
from array import array
from collections.abc import Sequence
from typing import Any

import av

from server.media import Veil
from tests.engines import eventually
from tests.media.hall import RECORD, Hall, published
from tests.media.streams import Reel, read_bars

WORDS = ("这一段已遮盖", "This part is masked")
DARK = 60
"""The card's ground is darker, the bars' white and the sound of a tone are far above."""


class Taken:
    """A hall after the council: `veils` is what the record says is masked."""

    def __init__(self, hall: Hall) -> None:
        self.hall = hall
        self.veils: tuple[Veil, ...] = ()
        hall.media.replay.words = WORDS
        hall.media.replay.veils = self._veils

    async def _veils(self, _record: str) -> Sequence[Veil]:
        return self.veils

    async def get(self, name: str, **headers: str) -> bytes:
        status, data = await self.hall.get(name, **headers)
        assert status == 200, (name, status)
        return data

    async def status(self, name: str) -> int:
        return (await self.hall.get(name))[0]

    async def names(self, name: str = "recording.m3u8") -> list[str]:
        return [item["uri"] for item in (await self.hall.playlist(name)).items]

    async def shown(self, name: str = "recording.m3u8") -> tuple[dict[float, Any], dict[float, float]]:
        """Everything a playlist lists: bars by second of the picture, loudness by second of the sound."""
        return seen(await self._runs(name)), heard(await self._runs(name))

    async def _runs(self, name: str) -> list[bytes]:
        runs: list[bytes] = []
        for item in (await self.hall.playlist(name)).items:
            if not runs or item["cut"]:
                runs.append(await self.get(item["init"]))
            runs[-1] += await self.get(item["uri"])
        return runs


async def recorded(hall: Hall, stream: Reel) -> Taken:
    """The reel published and ended, as a council is."""
    studio = await published(hall, stream)
    await eventually(lambda: studio.acked > 0 and len(hall.media.stream(RECORD).window.public) >= 19)
    await hall.media.end(RECORD)
    await studio.leave()
    return Taken(hall)


def seen(runs: Sequence[bytes]) -> dict[float, Any]:
    """By time in seconds: the number drawn in each picture, or None for a card."""
    found: dict[float, Any] = {}
    for run in runs:
        with av.open(io.BytesIO(run), format="mp4") as source:
            if not source.streams.video:
                continue
            for frame in source.decode(video=0):
                found[round(float(frame.time), 2)] = None if _card(frame) else read_bars(frame)
    return found


def _card(frame: Any) -> bool:
    """Whether the corners show the card's ground: bars are black or white there."""
    luma, line = bytes(frame.planes[0]), frame.planes[0].line_size
    return all(20 < luma[row * line + 1] < DARK for row in (1, frame.height - 2))


def heard(runs: Sequence[bytes]) -> dict[float, float]:
    """By time in seconds: how loud each packet of sound is."""
    found: dict[float, float] = {}
    for run in runs:
        with av.open(io.BytesIO(run), format="mp4") as source:
            for frame in source.decode(audio=0):
                found[round(float(frame.time), 2)] = max(abs(v) for v in array("f", bytes(frame.planes[0])))
    return found
