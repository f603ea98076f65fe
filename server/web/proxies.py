"""Whose address a request comes from, when proxies of ours stand before the server."""

from __future__ import annotations

from aiohttp import web


def address_of(request: web.Request, trusted: int) -> str:
    """The client's address.

    Each proxy appends the address it saw to X-Forwarded-For; of that list only the last `trusted` entries were
    written by our own. Whatever stands before them came from the client, who may write anything there.
    """
    seen = [
        part.strip() for line in request.headers.getall("X-Forwarded-For", []) for part in line.split(",")
    ]
    hops = [*seen, request.remote or ""]
    return hops[max(0, len(hops) - 1 - trusted)]
