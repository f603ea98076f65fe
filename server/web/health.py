"""Whether the server lives, whether it can serve, and its figures. Answers carry no person."""

from __future__ import annotations

import ipaddress
import shutil
import socket
from contextlib import suppress
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import prometheus_client
from aiohttp import web

from meetings import Refused

if TYPE_CHECKING:
    from server.app import Parts

_LEAST_FREE = 200 * 1024 * 1024


def routes(parts: Parts) -> list[web.RouteDef]:
    """The addresses of health, metrics and reach."""

    async def alive(_: web.Request) -> web.Response:
        """The process answers."""
        return web.json_response({"ok": True})

    async def ready(_: web.Request) -> web.Response:
        """The database answers and the disk has room."""
        await parts.store.records.heads([])
        free = shutil.disk_usage(parts.settings.data).free
        able = free > _LEAST_FREE
        return web.json_response({"ok": able, "free_bytes": free}, status=200 if able else 503)

    async def metrics(request: web.Request) -> web.Response:
        """Figures for Prometheus, to this machine and its private network alone."""
        if not ipaddress.ip_address(request.remote or "0.0.0.0").is_private:  # noqa: S104 - compared, not bound
            raise Refused("not_found")
        return web.Response(body=prometheus_client.generate_latest(), content_type="text/plain")

    async def reach(request: web.Request) -> web.Response:
        """Whether phones can reach the address that links carry, and this machine's other addresses."""
        who = await parts.accounts.who(request, None, parts.clock())
        if not who.roles & {"admin", "secretary"}:
            raise Refused("forbidden")
        port = urlsplit(parts.base_url).port
        scheme = urlsplit(parts.base_url).scheme
        lan = [f"{scheme}://{address}" + (f":{port}" if port else "") for address in _addresses()]
        return web.json_response(
            {
                "public_url": parts.settings.public_url,
                "base_url": parts.base_url,
                "loopback": is_loopback(parts.base_url),
                "listens_everywhere": parts.settings.host in {"0.0.0.0", "::"},  # noqa: S104 - compared
                "lan": lan,
            }
        )

    return [
        web.get("/healthz", alive),
        web.get("/readyz", ready),
        web.get("/metrics", metrics),
        web.get("/api/admin/reach", reach),
    ]


def is_loopback(url: str) -> bool:
    """Whether an address can be reached from this machine alone."""
    host = urlsplit(url).hostname or ""
    with suppress(ValueError):
        return ipaddress.ip_address(host).is_loopback
    return host == "localhost"


def _addresses() -> list[str]:
    """Addresses of the machine in its local networks. The socket sends nothing; it only asks for the way."""
    found = []
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe, suppress(OSError):
        probe.connect(("192.0.2.1", 9))  # a documentation address (RFC 5737): never reached
        found.append(str(probe.getsockname()[0]))
    return [address for address in found if not ipaddress.ip_address(address).is_loopback]
