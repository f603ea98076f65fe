"""Digests of what is frozen: one canonical form, trees of salted leaves, the proof that one leaf is in a tree.

A leaf begins with 0x00 and a node with 0x01, so that neither is ever taken for the other. Knows no noun.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256

import msgspec

EMPTY = sha256(b"").hexdigest()
"""The root of a tree without leaves."""


class Step(msgspec.Struct, frozen=True):
    """One step from a leaf to the root: the neighbour's digest in hex, and whether it stands on the left."""

    digest: str
    left: bool


def canonical(value: object) -> bytes:
    """JSON with sorted keys, without spaces, in UTF-8: the same bytes for the same value everywhere."""
    return msgspec.json.encode(value, order="sorted")


def digest_of(value: object) -> str:
    """SHA-256 of the canonical form, in hex."""
    return sha256(canonical(value)).hexdigest()


def leaf_of(value: object, salt: str = "") -> str:
    """The leaf for a value. With a `salt` (hex) nobody finds out by trying which value it stands for."""
    return sha256(b"\x00" + bytes.fromhex(salt) + canonical(value)).hexdigest()


def root_of(leaves: Sequence[str]) -> str:
    """The root over leaves in their order. A node left over at the end of a level moves up as it is."""
    level = list(leaves)
    if not level:
        return EMPTY
    while len(level) > 1:
        level = _above(level)
    return level[0]


def path_of(leaves: Sequence[str], place: int) -> tuple[Step, ...]:
    """The steps that lead from the leaf at `place` to the root."""
    steps = []
    level = list(leaves)
    while len(level) > 1:
        other = place ^ 1
        if other < len(level):
            steps.append(Step(level[other], other < place))
        level, place = _above(level), place // 2
    return tuple(steps)


def root_from(leaf: str, steps: Sequence[Step]) -> str:
    """The root to which these steps lead from a leaf: equal to the published one, the leaf is in the tree."""
    for step in steps:
        leaf = _node(step.digest, leaf) if step.left else _node(leaf, step.digest)
    return leaf


def _above(level: list[str]) -> list[str]:
    pairs = [_node(*level[place : place + 2]) for place in range(0, len(level) - 1, 2)]
    return pairs + level[len(level) & ~1 :]


def _node(left: str, right: str) -> str:
    return sha256(b"\x01" + bytes.fromhex(left) + bytes.fromhex(right)).hexdigest()
