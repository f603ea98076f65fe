"""Browsers that nobody leads while they are measured. Playwright is told of every packet of every socket of a page that it
leads: a quarter of a core for three guests and their host, and more where a studio sends again what a cut kept back.
"""

from __future__ import annotations

import contextlib
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from playwright.async_api import async_playwright

from tests.engines import CHROMIUM, CHROMIUM_WORDS, until

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

WORDS = [
    "--headless", "--remote-debugging-port=0", "--lang=zh-CN", "--mute-audio",
    "--disable-background-timer-throttling", "--disable-renderer-backgrounding",
]  # fmt: skip


@contextlib.contextmanager
def alone(*words: str) -> Iterator[str]:
    """A browser of its own with these words more; gives the address at which it can be led."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        told = Path(folder) / "DevToolsActivePort"
        process = subprocess.Popen(
            [CHROMIUM, *CHROMIUM_WORDS, *WORDS, *words, f"--user-data-dir={folder}", "about:blank"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            port = until(lambda: told.exists() and told.read_text().partition("\n")[0], what="a browser")
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait()


@contextlib.asynccontextmanager
async def led(address: str) -> AsyncIterator[Any]:
    """The browser's one page, in hand; let go again, it stays as it is."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.connect_over_cdp(address)
        yield browser.contexts[0].pages[0]
