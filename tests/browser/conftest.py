"""Fixtures every browser test may ask for by name."""

from tests.browser.hall import hall

__all__ = ["hall"]
