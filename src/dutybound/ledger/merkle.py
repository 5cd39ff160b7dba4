"""The Merkle tree of RFC 6962, section 2.1: leaf and node hashes, roots, the right edge.

RFC 9162, section 2.1, hashes in the same way.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Final

from dutybound.ledger.encoding import HASH_BYTES, LedgerError

EMPTY_ROOT: Final = sha256(b"").digest()
TILE_HEIGHT: Final = 8
_TILE_MASK: Final = TILE_HEIGHT - 1
Node = tuple[int, int, bytes]


def leaf_hash(entry: bytes) -> bytes:
    """The hash of an entry."""
    return sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of two children."""
    return sha256(b"\x01" + left + right).digest()


def root_of(leaf_hashes: Sequence[bytes]) -> bytes:
    """The root over leaf hashes. It is built level by level, so it may be long."""
    if not leaf_hashes:
        return EMPTY_ROOT
    level = list(leaf_hashes)
    while len(level) > 1:
        odd = level[-1:] if len(level) % 2 else []
        level = [
            sha256(b"\x01" + level[i] + level[i + 1]).digest() for i in range(0, len(level) - 1, 2)
        ] + odd
    return level[0]


def fold(subtrees: Sequence[bytes]) -> bytes:
    """The root over complete subtrees that stand side by side, the largest first."""
    if not subtrees:
        return EMPTY_ROOT
    root = subtrees[-1]
    for left in reversed(subtrees[:-1]):
        root = node_hash(left, root)
    return root


@dataclass(slots=True)
class Frontier:
    """The right edge of a tree: enough to append to it and to know its root.

    size: leaves so far. edge: the roots of the complete subtrees, one for each bit that is set in
    `size`, the largest first.
    """

    size: int = 0
    edge: list[bytes] = field(default_factory=list)

    def __post_init__(self) -> None:
        if self.size < 0 or len(self.edge) != self.size.bit_count():
            raise LedgerError("the right edge does not fit the size of the tree")
        if any(len(h) != HASH_BYTES for h in self.edge):
            raise LedgerError("the right edge holds a hash of another length")

    def extend(self, leaf_hashes: Iterable[bytes]) -> list[Node]:
        """Append leaves.

        Returns the nodes that became complete and stand in tiles above level 0: the level of
        their tile (1, 2, ...), their index at that level, their hash.
        """
        size, edge = self.size, self.edge
        complete: list[Node] = []
        for leaf in leaf_hashes:
            current, height, rest = leaf, 0, size
            while rest & 1:
                current = sha256(b"\x01" + edge.pop() + current).digest()
                rest >>= 1
                height += 1
                if not height & _TILE_MASK:
                    complete.append((height // TILE_HEIGHT, size >> height, current))
            edge.append(current)
            size += 1
        self.size = size
        return complete

    def root(self) -> bytes:
        """The root of the tree as it is now."""
        return fold(self.edge)

    def copy(self) -> Frontier:
        """Another right edge with the same hashes."""
        return Frontier(self.size, list(self.edge))
