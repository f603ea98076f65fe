"""What the browser tests of the room share: people who come in by their links, and commands by the other way in."""

from __future__ import annotations

import json
import uuid
from typing import TYPE_CHECKING, Any

from server import setup

if TYPE_CHECKING:
    from tests.engines import Served

OFTEN = {"SUN_LIMIT_QUESTIONS": "1000/1"}
"""Settings under which one resident may ask as often as these tests do."""
WIDE = {"viewport": {"width": 1440, "height": 900}}
AXE = setup.ROOT / "static" / "node_modules" / "axe-core" / "axe.min.js"
OLD_WEBVIEW = """
for (const [of, names] of [
  [Array.prototype, ['at', 'findLast', 'findLastIndex', 'toSorted', 'toReversed', 'toSpliced', 'with']],
  [String.prototype, ['at', 'replaceAll', 'isWellFormed']], [Object, ['hasOwn', 'groupBy']], [Map, ['groupBy']],
  [window, ['structuredClone', 'scheduler', 'navigation']], [Crypto.prototype, ['randomUUID']],
  [AbortSignal, ['any', 'timeout']], [Promise, ['withResolvers', 'any']], [Element.prototype, ['checkVisibility']],
  [HTMLElement.prototype, ['showPopover', 'hidePopover', 'inert']], [window, ['HTMLDialogElement', 'CSSLayerBlockRule']],
]) for (const name of names) { try { delete of[name] } catch (_) {} }
"""
"""Newer APIs taken away, as in the WebView of an old WeChat."""


def new_id() -> str:
    """A UUIDv7 as a browser makes it."""
    text = uuid.uuid4().hex
    return f"01980000-{text[:4]}-7{text[4:7]}-8{text[7:10]}-{text[10:22]}"


async def come_in(open_page: Any, served: Served, who: str, path: str | None = None, **context: Any) -> Any:
    """A page of one who came in by a personal link."""
    page = await open_page(served.links[who], **context)
    await page.click("#confirm")
    await page.wait_for_url(lambda url: "/enter" not in url)
    if path is not None:
        await page.goto(served.url + path)
    return page


async def give(page: Any, served: Served, command: str, **fields: Any) -> dict[str, Any]:
    """Give a command in the name of whose page this is, by POST."""
    answer = await page.request.post(
        f"{served.url}/api/records/{served.record}/commands",
        data=json.dumps({"type": command, **fields}),
        headers={"Content-Type": "application/json", "Origin": served.url},
    )
    said = await answer.json()
    assert said["ok"], said
    return dict(said)


async def things(page: Any, served: Served) -> dict[str, dict[str, Any]]:
    """Everything in the room, by name, as whose page this is may see it; nothing when asked too fast."""
    answer = await page.request.get(f"{served.url}/api/records/{served.record}/changes?since=0")
    return {name: thing for name, thing in (await answer.json()).get("set", {}).items() if thing}


async def go_live(host: Any, served: Served) -> None:
    """Bring the meeting from wherever it is to where people talk."""
    phase = (await things(host, served))["meeting"]["phase"]
    for before, command in (("announced", "meeting.open_lobby"), ("lobby", "meeting.start")):
        if phase == before:
            await give(host, served, command)
            phase = "lobby"


def room_of(served: Served) -> str:
    """The path of the room."""
    return f"/room/{served.record.partition(':')[2]}"


async def violations(page: Any) -> list[str]:
    """What axe finds wrong on the page as it is now."""
    await page.evaluate(AXE.read_text())
    found = await page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{one['id']}: {node['target']} {node.get('failureSummary', '')[:200]}"
        for one in found["violations"]
        for node in one["nodes"]
    ]


async def too_small(page: Any, least: int) -> list[str]:
    """What can be pressed and is smaller than so many px; links inside a sentence are not meant (WCAG 2.5.8)."""
    return list(
        await page.evaluate(
            """(least) => Array.from(document.querySelectorAll('button, summary, input, textarea, select, a[href]'))
              .filter((one) => one.offsetParent !== null && !one.classList.contains('skip'))
              .map((one) => {
                const hit = one.matches('input[type=radio], input[type=checkbox]') ? one.closest('label') : one
                const box = hit.getBoundingClientRect()
                return [box, `${hit.tagName}.${hit.className} ${Math.round(box.width)}x${Math.round(box.height)} ${hit.textContent.trim().slice(0, 20)}`]
              })
              .filter(([box]) => box.width + .5 < least || box.height + .5 < least)
              .map(([, words]) => words)""",
            least,
        )
    )


async def wider_than_window(page: Any) -> list[str]:
    """What sticks out of the window to the right."""
    return list(
        await page.evaluate(
            """() => document.documentElement.scrollWidth <= window.innerWidth ? [] :
              Array.from(document.querySelectorAll('body *'))
                .filter((one) => one.getBoundingClientRect().right > window.innerWidth + 1)
                .map((one) => `${one.tagName}.${one.className}`).slice(0, 10)"""
        )
    )
