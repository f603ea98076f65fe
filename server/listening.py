"""The port: the socket on which browsers are heard, the address they know it by, and its certificate."""

from __future__ import annotations

import socket
import ssl
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from server.config import Settings

KERNEL_BUFFER = 65_536
"""Bytes the kernel may hold for one connection. Left alone it grows to 4 MB each, before any limit of ours."""


def opened(settings: Settings, *, share_port: bool) -> socket.socket:
    """The bound socket; with `share_port` other processes may bind the same port."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if share_port:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, KERNEL_BUFFER)
    listening.bind((settings.host, settings.port))
    listening.setblocking(False)
    return listening


def base_url(settings: Settings, listening: socket.socket) -> str:
    """Where residents reach us, without a slash at the end."""
    if settings.public_url:
        return settings.public_url.rstrip("/")
    host = "127.0.0.1" if settings.host in {"0.0.0.0", "::"} else settings.host  # noqa: S104 - compared, not bound
    name = f"[{host}]" if ":" in host else host
    scheme = "https" if settings.tls_cert else "http"
    return f"{scheme}://{name}:{listening.getsockname()[1]}"


def tls(settings: Settings) -> ssl.SSLContext | None:
    """The certificate, where one was given."""
    if settings.tls_cert is None:
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(settings.tls_cert, settings.tls_key)
    return context
