"""What media servers ask before they let anybody publish or play, read from their two forms.

nginx's RTMP module sends a form (`on_publish` and the like), MediaMTX JSON (`authHTTPAddress`). Decides nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import parse_qs

import msgspec

LIMIT = 16 << 10
_NGINX = {
    "publish": "publish",
    "update_publish": "publish",
    "publish_done": "done",
    "play": "play",
    "update_play": "play",
}
_MEDIAMTX = {"publish": "publish", "read": "play", "playback": "play"}

Wish = Literal["publish", "done", "play", "other"]


class Unclear(ValueError):
    """Neither of the two forms."""


@dataclass(frozen=True, slots=True, repr=False)
class Call:
    """One question: may this be published, or played. `key` and `ticket` are secrets."""

    wish: str
    record: str
    key: str
    ticket: str


class _Asked(msgspec.Struct):
    """MediaMTX: https://mediamtx.org, "authentication", external HTTP."""

    action: str
    path: str = ""
    query: str = ""
    user: str | None = ""
    password: str | None = ""


_asked = msgspec.json.Decoder(_Asked)


def read(kind: str, body: bytes) -> Call:
    """The question in a body of this content type. Raises Unclear."""
    if kind == "application/json":
        return _from_mediamtx(body)
    if kind == "application/x-www-form-urlencoded":
        return _from_nginx(body)
    raise Unclear(kind)


def _from_nginx(body: bytes) -> Call:
    try:
        form = _first(body.decode("ascii"))
    except UnicodeDecodeError as error:
        raise Unclear("form") from error
    wish = _NGINX.get(form.get("call", ""), "other")
    return Call(wish, _record(form.get("name", "")), form.get("key", ""), form.get("pull", ""))


def _from_mediamtx(body: bytes) -> Call:
    try:
        asked = _asked.decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise Unclear("json") from error
    query = _first(asked.query.lstrip("?"))
    key = query.get("key", "") or asked.password or ""
    name = asked.path.rstrip("/").rpartition("/")[2]
    return Call(_MEDIAMTX.get(asked.action, "other"), _record(name), key, query.get("pull", ""))


def _first(text: str) -> dict[str, str]:
    try:
        found: dict[str, Any] = parse_qs(text, keep_blank_values=True, max_num_fields=64)
    except ValueError as error:
        raise Unclear("query") from error
    return {name: values[0] for name, values in found.items()}


def _record(name: str) -> str:
    kind, _, ident = name.partition("?")[0].partition("-")
    return f"meeting:{ident}" if kind == "meeting" and ident else ""
