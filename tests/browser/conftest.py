"""Fixtures every browser test may ask for by name."""

from tests.browser.day import day
from tests.browser.hall import hall

__all__ = ["day", "hall"]
