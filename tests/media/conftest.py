"""The streams of the media tests, encoded once a session, and a hall to show them in."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.media.encoder import Gate
from tests.media.hall import Hall
from tests.media.streams import Reel, reel, with_thin


@pytest.fixture(scope="session")
def aac() -> Reel:
    """Twenty seconds, a keyframe each second, plain AAC."""
    return reel(20)


@pytest.fixture(scope="session")
def opus() -> Reel:
    """The same with Opus, as Chromium on Linux gives it."""
    return reel(20, codec="opus")


@pytest.fixture(scope="session")
def thin(aac: Reel) -> Reel:
    """Plain AAC and a thin picture beside the programme."""
    return with_thin(aac)


@pytest.fixture
async def hall(tmp_path: Path) -> AsyncIterator[Hall]:
    opened_hall = await Hall(tmp_path).open()
    yield opened_hall
    await opened_hall.close()


@pytest.fixture
async def gate(tmp_path: Path) -> AsyncIterator[Gate]:
    """The same with an RTMP door."""
    opened = await Gate(tmp_path).open()
    yield opened
    await opened.close()
