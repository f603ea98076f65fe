"""Invitation codes: ten characters that stand on a letter and prove that its reader opened that letter-box.

A code is drawn from the server's key, the unit and a serial number: no table holds it, a letter that went astray
can be printed again, and a new serial makes every earlier letter for the unit worthless.
"""

import hmac
import unicodedata
from hashlib import sha256

ALPHABET = "23456789ACDEFGHJKMNPQRTUWXY"
"""Neither 0 O, 1 I L, B S Z nor V: they are read as 8, 5, 2, U, and as each other."""
LENGTH = 10
"""27 to the 10th, 47 bits: five tries an hour would take four thousand million years."""


def code_of(key: bytes, unit: str, serial: int) -> str:
    """The code of a unit."""
    number = int.from_bytes(hmac.digest(key, f"code\0{unit}\0{serial}".encode(), sha256))
    signs = []
    for _ in range(LENGTH):
        number, sign = divmod(number, len(ALPHABET))
        signs.append(ALPHABET[sign])
    return "".join(signs)


def as_typed(text: str) -> str:
    """A code as it was meant: full-width, small, spaced and hyphened forms are one. Empty: no code at all."""
    plain = unicodedata.normalize("NFKC", text[:80]).upper()
    plain = "".join(char for char in plain if not char.isspace() and char not in "-\u2013\u2014\u2010\u00b7.")
    return plain if len(plain) == LENGTH and all(char in ALPHABET for char in plain) else ""


def fits(key: bytes, unit: str, serial: int, typed: str) -> bool:
    """Whether this is the unit's code; takes as long when it is not."""
    return hmac.compare_digest(code_of(key, unit, serial).encode(), typed.encode())


def printed(code: str) -> str:
    """A code in two groups of five, as it stands on the letter."""
    return f"{code[:5]}-{code[5:]}"
