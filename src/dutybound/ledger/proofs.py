"""Inclusion and consistency proofs: made from complete subtrees, and checked.

Making: RFC 6962, sections 2.1.1 and 2.1.2. Checking: RFC 9162, sections 2.1.3.2 and 2.1.4.2.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from hmac import compare_digest
from typing import Final

from dutybound.ledger.encoding import HASH_BYTES, MAX_NUMBER, LedgerError
from dutybound.ledger.merkle import EMPTY_ROOT, fold, node_hash

# A proof in a tree of 2^63 leaves has no more hashes than this.
MAX_PROOF: Final = 64
# The hash of the complete subtree over the leaves [index * 2^height, (index + 1) * 2^height).
Subtrees = Callable[[int, int], bytes]


def _split(count: int) -> int:
    """The largest power of two below a count of at least 2."""
    return 1 << ((count - 1).bit_length() - 1)


def _range_root(subtrees: Subtrees, start: int, end: int) -> bytes:
    """The root over the leaves [start, end), where `start` is where a subtree begins."""
    found = []
    while start < end:
        height = (end - start).bit_length() - 1
        found.append(subtrees(height, start >> height))
        start += 1 << height
    return fold(found)


def root_from(subtrees: Subtrees, size: int) -> bytes:
    """The root of a tree of that size."""
    return _range_root(subtrees, 0, size)


def inclusion_proof(index: int, size: int, subtrees: Subtrees) -> list[bytes]:
    """The hashes from the leaf's sibling up to a child of the root. Raises LedgerError."""
    if not 0 <= index < size:
        raise LedgerError(f"there is no entry {index} in a tree of {size}")
    proof = []
    start, end = 0, size
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            proof.append(_range_root(subtrees, middle, end))
            end = middle
        else:
            proof.append(_range_root(subtrees, start, middle))
            start = middle
    return proof[::-1]


def consistency_proof(old: int, new: int, subtrees: Subtrees) -> list[bytes]:
    """The hashes that show that the tree of size `new` extends that of size `old`.

    Empty for `old` 0 or equal to `new`. Raises LedgerError.
    """
    if not 0 <= old <= new:
        raise LedgerError(f"a tree of {new} does not extend one of {old}")
    proof: list[bytes] = []
    start, end, whole = 0, new, True
    while old and old != end:
        middle = start + _split(end - start)
        if old <= middle:
            proof.append(_range_root(subtrees, middle, end))
            end = middle
        else:
            proof.append(_range_root(subtrees, start, middle))
            start, whole = middle, False
    if not whole:
        proof.append(_range_root(subtrees, start, end))
    return proof[::-1]


def root_from_inclusion(index: int, size: int, leaf: bytes, proof: Sequence[bytes]) -> bytes:
    """The root to which a leaf hash and its proof lead. Raises LedgerError."""
    if not 0 <= index < size <= MAX_NUMBER:
        raise LedgerError(f"there is no entry {index} in a tree of {size}")
    _check_hashes([leaf, *proof])
    position, last, root = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            raise LedgerError("the inclusion proof has too many hashes")
        if position & 1 or position == last:
            root = node_hash(sibling, root)
            while not position & 1 and position:
                position >>= 1
                last >>= 1
        else:
            root = node_hash(root, sibling)
        position >>= 1
        last >>= 1
    if last:
        raise LedgerError("the inclusion proof has too few hashes")
    return root


def verify_inclusion(
    index: int, size: int, leaf: bytes, proof: Sequence[bytes], root: bytes
) -> None:
    """Check that the entry with this leaf hash stands at `index`. Raises LedgerError."""
    if not compare_digest(root_from_inclusion(index, size, leaf, proof), root):
        raise LedgerError("the inclusion proof leads to another root")


def verify_consistency(
    old: int, new: int, proof: Sequence[bytes], old_root: bytes, new_root: bytes
) -> None:
    """Check that the tree of size `new` extends that of size `old`. Raises LedgerError."""
    if not 0 <= old <= new <= MAX_NUMBER:
        raise LedgerError(f"a tree of {new} does not extend one of {old}")
    _check_hashes([old_root, new_root, *proof])
    if old in (0, new):
        expected = EMPTY_ROOT if old == 0 else new_root
        if proof or not compare_digest(old_root, expected):
            raise LedgerError("the consistency proof does not hold")
        return
    first, second = _roots_from_consistency(old, new, proof, old_root)
    if not compare_digest(first, old_root) or not compare_digest(second, new_root):
        raise LedgerError("the consistency proof leads to other roots")


def _roots_from_consistency(
    old: int, new: int, proof: Sequence[bytes], old_root: bytes
) -> tuple[bytes, bytes]:
    path = [old_root, *proof] if not old & (old - 1) else list(proof)
    if not path:
        raise LedgerError("the consistency proof has too few hashes")
    position, last = old - 1, new - 1
    while position & 1:
        position >>= 1
        last >>= 1
    first = second = path[0]
    for sibling in path[1:]:
        if last == 0:
            raise LedgerError("the consistency proof has too many hashes")
        if position & 1 or position == last:
            first = node_hash(sibling, first)
            second = node_hash(sibling, second)
            while not position & 1 and position:
                position >>= 1
                last >>= 1
        else:
            second = node_hash(second, sibling)
        position >>= 1
        last >>= 1
    if last:
        raise LedgerError("the consistency proof has too few hashes")
    return first, second


def _check_hashes(hashes: Sequence[bytes]) -> None:
    if len(hashes) > MAX_PROOF + 2:
        raise LedgerError(f"a proof has at most {MAX_PROOF} hashes")
    if any(len(h) != HASH_BYTES for h in hashes):
        raise LedgerError(f"a hash of a proof does not have {HASH_BYTES} bytes")
