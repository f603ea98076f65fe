"""How a choice is kept from everybody until the vote is closed: a commitment for all, and the choice under a pad.

The commitment is fixed by the phone's own 128 bits, so that no two voters can be shown the same receipt. The pad
is drawn from a key of the server that comes in with `Who` and is in no record: whoever reads a record, an archive
or a room cannot compute a running tally. An operator who holds that key can; the ballot says so.
"""

from __future__ import annotations

import hmac
import re
from base64 import b32encode
from hashlib import sha256

from meetings.docket.digests import canonical, leaf_of
from meetings.kernel import Refused

CHOICES = ("agree", "against", "abstain", "spoiled")
NONCE = re.compile(r"[0-9a-f]{32}")
CODE_BYTES = 10
CHECK_BYTES = 9


def check_nonce(nonce: str) -> str:
    """128 bits in hex, chosen by the caster's own device."""
    if not NONCE.fullmatch(nonce):
        raise Refused("unclear", field="nonce")
    return nonce


def commitment_of(motion: str, unit: str, choice: str, nonce: str) -> str:
    """What a ballot commits to. `motion` is the motion's digest, `unit` the leaf of the unit in the roster."""
    told = {"motion": motion, "unit": unit, "choice": choice, "nonce": nonce}
    return sha256(b"b" + canonical(told)).hexdigest()


def sealed(key: bytes, ballot: str, commitment: str, choice: str, nonce: str) -> str:
    """Choice and nonce under the pad of this ballot, as long for one choice as for another."""
    plain = bytes([CHOICES.index(choice)]) + bytes.fromhex(nonce)
    return _padded(key, ballot, commitment, plain).hex()


def opened(key: bytes, ballot: str, commitment: str, text: str) -> tuple[str, str] | None:
    """Choice and nonce of a sealed ballot; None where this is not the key it was sealed with."""
    plain = _padded(key, ballot, commitment, bytes.fromhex(text))
    return (CHOICES[plain[0]], plain[1:].hex()) if plain[0] < len(CHOICES) else None


def _padded(key: bytes, ballot: str, commitment: str, text: bytes) -> bytes:
    # The commitment is part of the pad: an id given twice with another choice never meets the same pad.
    pad = hmac.digest(_key(key), f"pad\0{ballot}\0{commitment}".encode(), sha256)
    return bytes(one ^ other for one, other in zip(text, pad, strict=False))


def paper_nonce(key: bytes, motion: str, paper: str) -> str:
    """The nonce of a paper ballot: drawn from the key, so that the second person's entry can be compared.

    `motion` is the motion's digest: the same id in another community's vote, opened earlier, gives nothing away.
    """
    return hmac.digest(_key(key), f"paper\0{motion}\0{paper}".encode(), sha256)[:16].hex()


def _key(key: bytes) -> bytes:
    if not key:
        raise Refused("unavailable", why="no_key")
    return key


def slip_id(motion: str, ballot: str, nonce: str) -> str:
    """The name of the slip of an anonymous poll: nobody without the nonce finds the ballot it belongs to."""
    return sha256(b"slip" + canonical({"motion": motion, "ballot": ballot, "nonce": nonce})).hexdigest()


def sealed_slip(key: bytes, slip: str, choice: str) -> str:
    """The choice on a slip under its pad, with what tells whether the key is the right one."""
    pad = hmac.digest(_key(key), f"slip\0{slip}".encode(), sha256)
    return (bytes([CHOICES.index(choice) ^ pad[0]]) + pad[1:CHECK_BYTES]).hex()


def opened_slip(key: bytes, slip: str, text: str) -> str | None:
    """The choice on a slip; None where this is not the key it was sealed with."""
    return next((choice for choice in CHOICES if sealed_slip(key, slip, choice) == text), None)


def leaf_of_ballot(motion: str, ballot: str, unit: str, commitment: str) -> str:
    """The leaf of a ballot in the public list: it names the unit by its salted leaf alone."""
    return leaf_of({"motion": motion, "ballot": ballot, "unit": unit, "commitment": commitment})


def code_of(leaf: str) -> str:
    """The receipt code, 80 bits of the leaf in four groups of four."""
    text = b32encode(bytes.fromhex(leaf)[:CODE_BYTES]).decode()
    return "-".join(text[place : place + 4] for place in range(0, len(text), 4))
