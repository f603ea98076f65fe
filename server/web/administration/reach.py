"""Whether phones can reach this server, and the words to start it with so that they can. Changes nothing by itself."""

from __future__ import annotations

import shlex
import socket
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from server.config import Settings, is_loopback

if TYPE_CHECKING:
    from server.app import Parts

_USUAL = Settings()


def reach(parts: Parts) -> dict[str, Any]:
    """The address residents are given, why it may not work for them, and commands for starting again."""
    loopback, deaf = is_loopback(parts.base_url), is_deaf(parts.settings)
    scheme = "https" if parts.settings.tls_cert else "http"
    found = own_addresses() if loopback or deaf else []
    neighbours = [f"{scheme}://{address}:{parts.port}" for address in found]
    return {
        "url": parts.base_url,
        "public_url": parts.settings.public_url,
        "loopback": loopback,
        "deaf": deaf,
        "neighbours": neighbours,
        "commands": [command(parts.settings, url) for url in neighbours],
    }


def is_deaf(settings: Settings) -> bool:
    """Whether residents are told an address of a local network while only this machine is listened to.

    A public name, HTTPS or a trusted proxy speak of something that stands before us and passes requests on.
    """
    address = urlsplit(settings.public_url or "")
    if address.scheme != "http" or settings.trusted_proxies or not is_loopback(f"http://{settings.host}"):
        return False
    try:
        here = ip_address(address.hostname or "")
    except ValueError:
        return False
    return here.is_private and not here.is_loopback


def command(settings: Settings, url: str) -> str:
    """The command line that serves the same folder at this address."""
    words = ["python3", "-m", "server"]
    if settings.data != _USUAL.data.absolute():
        words += ["--data", str(settings.data)]
    words += ["--host", "0.0.0.0"]  # noqa: S104 - shown to the administrator, who decides
    if (port := urlsplit(url).port) != _USUAL.port:
        words += ["--port", str(port)]
    if settings.tls_cert and settings.tls_key:
        words += ["--tls-cert", str(settings.tls_cert), "--tls-key", str(settings.tls_key)]
    if settings.empty:
        words.append("--empty")
    return shlex.join([*words, "--public-url", url])


def own_addresses() -> list[str]:
    """Addresses of this machine in its own network, by which phones in the same WLAN reach it."""
    found: list[str] = []
    for target in ("192.168.255.255", "10.255.255.255", "172.31.255.255"):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            try:
                # A datagram socket sends nothing when it connects: it only learns which address it would send from.
                probe.connect((target, 9))
            except OSError:
                continue
            address = str(probe.getsockname()[0])
        if not address.startswith("127.") and address not in found:
            found.append(address)
    return found
