"""Random things: ids, link tokens, session ids. Digests of them, which are all the database keeps."""

import hashlib
import secrets
import time
import uuid

TOKEN_BYTES = 16
"""Links hold 128 bits (DESIGN 4.2)."""
SESSION_BYTES = 24


def fresh_id() -> str:
    """A UUIDv7 as text: sorts by the time it was made."""
    at = time.time_ns() // 1_000_000
    rest = secrets.randbits(74)
    value = (at & (1 << 48) - 1) << 80 | 0x7 << 76 | (rest >> 62) << 64 | 0b10 << 62 | rest & (1 << 62) - 1
    return str(uuid.UUID(int=value))


def fresh_token() -> str:
    """The secret part of a personal link."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def fresh_session() -> str:
    """The secret a browser keeps in its cookie."""
    return secrets.token_urlsafe(SESSION_BYTES)


def digest(secret: str) -> bytes:
    """What the database keeps of a secret: enough to recognise it, useless to who reads the table."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).digest()
