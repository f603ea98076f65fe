"""What the browser tests of the docket share: its address, its things, and who comes to its desk."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from server.sample.community import COMMUNITY
from tests.browser.council import WIDE, come_in

if TYPE_CHECKING:
    from tests.engines import Served

DOCKET = f"docket:{COMMUNITY}"
API = f"/api/records/{DOCKET}"


async def at_tab(open_page: Any, served: Served, who: str, tab: str, thing: str = "", **context: Any) -> Any:
    """One of the docket's desk, at a tab of it."""
    path = f"/docket/{COMMUNITY}#/{tab}" + (f"/{thing}" if thing else "")
    page = await come_in(open_page, served, who, path, **(context or WIDE))
    await page.wait_for_selector("#view .panel")
    return page


async def get(page: Any, served: Served, path: str) -> Any:
    """What an address of the docket tells whose page this is."""
    return await (await page.request.get(served.url + API + path)).json()


async def docket_things(page: Any, served: Served, kind: str) -> list[dict[str, Any]]:
    """The docket's things of a kind, as whose page this is may see them."""
    seen = (await get(page, served, "/changes?since=0"))["set"]
    return [thing for name, thing in seen.items() if thing and name.startswith(f"{kind}:")]


async def post(page: Any, served: Served, path: str, **body: Any) -> dict[str, Any]:
    """Something said by POST in the name of whose page this is."""
    answer = await page.request.post(
        served.url + path,
        data=json.dumps(body),
        headers={"Content-Type": "application/json", "Origin": served.url},
    )
    return dict(await answer.json())


async def do(page: Any, served: Served, command: str, **fields: Any) -> dict[str, Any]:
    """A command to the docket in the name of whose page this is; the answer, also one that says no."""
    return await post(page, served, f"{API}/commands", type=command, **fields)
