"""The answers of one household under the server's key: whoever reads a record, a copy or a room finds none of them.

Not even their length. The pad depends on the answers themselves, so that the same answers sent again are the same
bytes and no pad is used twice; the tag tells another key, or another household's sheet, from the right one.
"""

from __future__ import annotations

import hmac
from hashlib import sha256

import msgspec

from meetings.asking import Answer
from meetings.docket.digests import canonical
from meetings.kernel import Refused

BLOCK = 512
"""Bytes to whose multiple a sheet is filled up: how much somebody wrote is nobody's to see."""
TAG_BYTES = 16


def sealed(key: bytes, sheet: str, answers: tuple[Answer, ...]) -> str:
    """Answers as the record holds them. `sheet` names questionnaire, household and sheet."""
    plain = canonical(answers)
    plain += b" " * (-len(plain) % BLOCK)
    tag = _tag(key, sheet, plain)
    return (tag + _padded(key, tag, plain)).hex()


def opened(key: bytes, sheet: str, text: str) -> tuple[Answer, ...] | None:
    """The answers of a sealed sheet; None where this is not the key, or not the sheet, it was sealed with."""
    raw = bytes.fromhex(text)
    tag, plain = raw[:TAG_BYTES], _padded(key, raw[:TAG_BYTES], raw[TAG_BYTES:])
    if not hmac.compare_digest(tag, _tag(key, sheet, plain)):
        return None
    return msgspec.json.decode(plain, type=tuple[Answer, ...])


def text_name(key: bytes, sheet: str, place: int) -> str:
    """The name of one text of a sheet, from which nobody without the key finds the household."""
    return hmac.digest(_key(key), f"sheet text\0{sheet}\0{place}".encode(), sha256).hex()[:24]


def _tag(key: bytes, sheet: str, plain: bytes) -> bytes:
    return hmac.digest(_key(key), b"sheet tag\0" + sheet.encode() + b"\0" + plain, sha256)[:TAG_BYTES]


def _padded(key: bytes, tag: bytes, text: bytes) -> bytes:
    blocks = range(-(-len(text) // sha256().digest_size))
    pad = b"".join(
        hmac.digest(_key(key), b"sheet pad\0" + tag + block.to_bytes(4, "big"), sha256) for block in blocks
    )
    return bytes(one ^ other for one, other in zip(text, pad, strict=False))


def _key(key: bytes) -> bytes:
    if not key:
        raise Refused("unavailable", why="no_key")
    return key
