"""What the tests of desk, answerer's console and projector share: a council they may change, with questions in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests import engines
from tests.browser.council import OFTEN, come_in, give, go_live, new_id, things

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.engines import Served

BUSY = {"SUN_LIMIT_COMMANDS": "1000/1", "SUN_LIMIT_REQUESTS": "1000/1", "SUN_LIMIT_COMMENTS": "1000/1"}
"""Settings under which a test fills the desk as quickly as it likes."""
SMALLEST = """(least) => {
  const small = new Set()
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
  while (walker.nextNode()) {
    const box = walker.currentNode.parentElement
    if (!walker.currentNode.data.trim() || !box.offsetParent || box.closest('.vh, option, script')) continue
    const size = parseFloat(getComputedStyle(box).fontSize)
    if (size + .01 < least) small.add(`${box.className || box.tagName} ${size} ${walker.currentNode.data.trim().slice(0, 20)}`)
  }
  return [...small]
}"""
"""The texts of a page that are smaller than so many px."""


@pytest.fixture(scope="module")
def hall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A council of its own for one file of tests, that they may bring wherever they like."""
    with engines.serve(tmp_path_factory.mktemp("hall"), settings=OFTEN | BUSY, patience=180) as served:
        yield served


def page_of(served: Served, screen: str) -> str:
    """The path of a screen of this meeting."""
    return f"/{screen}/{served.record.partition(':')[2]}"


async def at_desk(open_page: Any, served: Served, who: str = "moderator", **context: Any) -> Any:
    """A desk whose meeting has begun, ready for keys."""
    host = await come_in(open_page, served, "host")
    await go_live(host, served)
    await host.close()
    page = await come_in(
        open_page,
        served,
        who,
        page_of(served, "desk"),
        **({"viewport": {"width": 1440, "height": 900}} | context),
    )
    await page.wait_for_selector(".cols")
    await holds(page, "!document.querySelector('.desk > .banner')")
    return page


async def holds(page: Any, expression: str) -> None:
    """Wait until an expression is true on the page; Playwright's own way needs eval, which our policy forbids."""
    await engines.eventually(lambda: page.evaluate(expression), what=expression)


async def ask(page: Any, served: Served, *texts: str, approve: bool = False) -> list[str]:
    """Questions handed in at the desk, in this order; with `approve` they go on into the queue."""
    ids = []
    for text in texts:
        ids.append(new_id())
        await give(
            page,
            served,
            "question.ask",
            id=ids[-1],
            kind="ask",
            text=text,
            channel="paper",
            for_name="马奶奶",
        )
        if approve:
            await give(page, served, "question.approve", id=ids[-1])
    return ids


async def state_of(page: Any, served: Served, own_id: str) -> str:
    """Where a question stands."""
    return str((await things(page, served))[f"question:{own_id}"]["state"])


async def clear(page: Any, served: Served) -> None:
    """Bring every question that waits to an end, so that the next test finds empty columns."""
    for name, thing in (await things(page, served)).items():
        if not name.startswith("question:"):
            continue
        if thing["state"] == "on_air":
            await give(page, served, "question.finish", id=thing["id"])
        elif thing["state"] in {"pending_review", "queued"}:
            await give(page, served, "question.hide", id=thing["id"], reason="other")


def lawyer_of(everything: dict[str, dict[str, Any]]) -> str:
    """The person who holds the lawyer's badge."""
    plates = [thing for name, thing in everything.items() if name.startswith("person:")]
    return str(next(plate["id"] for plate in plates if plate["role"] == "lawyer"))


async def wear(page: Any, served: Served, look: str) -> None:
    """Load the page anew in another size or contrast, as its reader chose it."""
    await page.context.add_cookies([{"name": "look", "value": look, "url": served.url}])
    await page.reload()
    await page.wait_for_load_state("networkidle")


async def keys(page: Any, *presses: str) -> None:
    """Press keys one after another, as fast as the page takes them."""
    for press in presses:
        await page.keyboard.press(press)


async def became(page: Any, served: Served, own_id: str, *states: str) -> str:
    """Wait until a question stands in one of these states."""

    async def there() -> str:
        state = await state_of(page, served, own_id)
        return state if state in states else ""

    return str(await engines.eventually(there, what=f"the question {states}"))
