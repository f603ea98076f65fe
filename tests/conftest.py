"""What every test may ask for. Only real parts; each is started when the first test asks for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from playwright.async_api import async_playwright

from tests import engines

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path

PHONE: dict[str, Any] = {"viewport": {"width": 360, "height": 740}, "is_mobile": True, "has_touch": True}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What opens pages may try three times: a browser on a shared machine is late now and then. Reruns are counted in
    the closing line; one that fails each time fails.
    """
    for item in items:
        if item.get_closest_marker("browser"):
            item.add_marker(pytest.mark.flaky(reruns=2))


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """A PostgreSQL server's URL."""
    with engines.postgres_server() as url:
        yield url


@pytest.fixture
async def postgres_url(postgres: str) -> AsyncIterator[str]:
    """An empty database on it."""
    async with engines.fresh_database(postgres) as url:
        yield url


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database of each kind: a test that asks for it runs twice."""
    if request.param == "postgres":
        return str(request.getfixturevalue("postgres_url"))
    return f"sqlite+aiosqlite:///{tmp_path / 'council.sqlite3'}"


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    """A Redis for all tests; those that stop it start their own by engines.redis_server()."""
    if given := engines.os.environ.get("SUN_TEST_REDIS_URL"):
        yield given
        return
    with engines.redis_server() as url:
        yield url


@pytest.fixture(scope="session")
def council(tmp_path_factory: pytest.TempPathFactory) -> Iterator[engines.Served]:
    """The server with the sample community, as its own process, for the tests that only visit it."""
    with engines.serve(tmp_path_factory.mktemp("council")) as served:
        yield served


@pytest.fixture(scope="session")
async def browser() -> AsyncIterator[Any]:
    """Debian's Chromium, with a fake camera and microphone."""
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(
            executable_path=engines.CHROMIUM, args=engines.CHROMIUM_WORDS
        )
        yield chromium
        await chromium.close()


@pytest.fixture
async def open_page(browser: Any) -> AsyncIterator[Any]:
    """`await open_page(url, **context)`: a page in a context of its own, a phone unless said otherwise.

    What the page's scripts throw, and what its policy (CSP, Trusted Types) blocks, fails the test at its end;
    a test that provokes them empties `open_page.complaints` first.
    """
    contexts = []

    async def open_(url: str, **context: Any) -> Any:
        as_phone = {} if "viewport" in context else PHONE
        wanted = {"locale": "zh-CN", "timezone_id": "Asia/Shanghai", **as_phone, **context}
        contexts.append(await browser.new_context(**wanted))
        page = await contexts[-1].new_page()
        page.on("pageerror", lambda error: open_.complaints.append(str(error)))
        page.on("console", lambda said: "Security Policy" in said.text and open_.complaints.append(said.text))
        await page.goto(url)
        return page

    open_.complaints = []
    yield open_
    for context in contexts:
        await context.close()
    assert not open_.complaints
