"""The streams of the media tests, encoded once a session."""

from __future__ import annotations

import pytest

from tests.media.streams import Reel, reel


@pytest.fixture(scope="session")
def aac() -> Reel:
    """Twenty seconds, a keyframe each second, plain AAC."""
    return reel(20)


@pytest.fixture(scope="session")
def opus() -> Reel:
    """The same with Opus, as Chromium on Linux gives it."""
    return reel(20, codec="opus")
