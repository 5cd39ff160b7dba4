"""Proofs: the example of RFC 6962, every proof holds, each change is refused."""

from __future__ import annotations

from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dutybound.ledger.encoding import LedgerError
from dutybound.ledger.merkle import leaf_hash, node_hash, root_of
from dutybound.ledger.proofs import (
    consistency_proof,
    inclusion_proof,
    root_from,
    verify_consistency,
    verify_inclusion,
)

LEAVES = tuple(leaf_hash(i.to_bytes(2, "big")) for i in range(300))


def subtrees(height: int, index: int) -> bytes:
    """The complete subtrees over LEAVES."""
    start, end = index << height, (index + 1) << height
    assert end <= len(LEAVES)
    return root_of(LEAVES[start:end])


@cache
def root(size: int) -> bytes:
    """The root of the first leaves."""
    return root_of(LEAVES[:size])


class Example:
    """The tree of seven leaves of RFC 6962, section 2.1.3, with its letters."""

    a, b, c, d, e, f, j = LEAVES[:7]
    g, h, i = node_hash(a, b), node_hash(c, d), node_hash(e, f)
    k, l = node_hash(g, h), node_hash(i, j)  # noqa: E741
    root = node_hash(k, l)


def test_root_of_the_example() -> None:
    assert Example.root == root(7) == root_from(subtrees, 7)


@pytest.mark.parametrize(("index", "path"), [(0, "bhl"), (3, "cgl"), (4, "fjk"), (6, "ik")])
def test_inclusion_proofs_of_the_example(index: int, path: str) -> None:
    assert [getattr(Example, x) for x in path] == inclusion_proof(index, 7, subtrees)


@pytest.mark.parametrize(("old", "path"), [(3, "cdgl"), (4, "l"), (6, "ijk")])
def test_consistency_proofs_of_the_example(old: int, path: str) -> None:
    assert [getattr(Example, x) for x in path] == consistency_proof(old, 7, subtrees)


sizes = st.integers(1, 300)


@st.composite
def entries(draw: st.DrawFn) -> tuple[int, int]:
    """An index and a size."""
    size = draw(sizes)
    return draw(st.integers(0, size - 1)), size


@st.composite
def pairs(draw: st.DrawFn) -> tuple[int, int]:
    """An old and a new size."""
    new = draw(sizes)
    return draw(st.integers(0, new)), new


@given(entries())
def test_every_inclusion_proof_holds(entry: tuple[int, int]) -> None:
    index, size = entry
    verify_inclusion(index, size, LEAVES[index], inclusion_proof(index, size, subtrees), root(size))


@given(pairs())
def test_every_consistency_proof_holds(pair: tuple[int, int]) -> None:
    old, new = pair
    verify_consistency(old, new, consistency_proof(old, new, subtrees), root(old), root(new))


@given(entries(), st.data())
def test_a_changed_inclusion_proof_is_refused(entry: tuple[int, int], data: st.DataObject) -> None:
    index, size = entry
    leaf, proof, head = LEAVES[index], inclusion_proof(index, size, subtrees), root(size)
    changed = data.draw(st.sampled_from(["leaf", "root", "hash", "index", "longer", "shorter"]))
    match changed:
        case "leaf":
            leaf = flip(leaf, data)
        case "root":
            head = flip(head, data)
        case "hash" if proof:
            at = data.draw(st.integers(0, len(proof) - 1))
            proof[at] = flip(proof[at], data)
        case "index":
            index = data.draw(st.integers(-1, size + 1).filter(lambda i: i != index))
        case "shorter" if proof:
            del proof[data.draw(st.integers(0, len(proof) - 1))]
        case _:
            proof.insert(data.draw(st.integers(0, len(proof))), data.draw(st.sampled_from(LEAVES)))
    with pytest.raises(LedgerError):
        verify_inclusion(index, size, leaf, proof, head)


@given(pairs(), st.data())
def test_a_changed_consistency_proof_is_refused(pair: tuple[int, int], data: st.DataObject) -> None:
    old, new = pair
    proof = consistency_proof(old, new, subtrees)
    roots = [root(old), root(new)]
    changed = data.draw(st.sampled_from(["old root", "new root", "hash", "longer", "shorter"]))
    match changed:
        case "old root":
            roots[0] = flip(roots[0], data)
        case "new root" if old:
            roots[1] = flip(roots[1], data)
        case "hash" if proof:
            at = data.draw(st.integers(0, len(proof) - 1))
            proof[at] = flip(proof[at], data)
        case "shorter" if proof:
            del proof[data.draw(st.integers(0, len(proof) - 1))]
        case _:
            proof.insert(data.draw(st.integers(0, len(proof))), data.draw(st.sampled_from(LEAVES)))
    with pytest.raises(LedgerError):
        verify_consistency(old, new, proof, roots[0], roots[1])


@given(pairs(), st.integers(0, 300))
def test_a_proof_of_another_old_size_is_refused(pair: tuple[int, int], other: int) -> None:
    old, new = pair
    if other in (old, 0):
        return
    proof = consistency_proof(old, new, subtrees)
    with pytest.raises(LedgerError):
        verify_consistency(other, new, proof, root(old), root(new))


def flip(raw: bytes, data: st.DataObject) -> bytes:
    """The same with one bit changed."""
    bit = data.draw(st.integers(0, len(raw) * 8 - 1))
    value = int.from_bytes(raw, "big") ^ (1 << bit)
    return value.to_bytes(len(raw), "big")


def test_a_fork_is_refused() -> None:
    """The same old tree cannot be extended to a tree with another early leaf."""
    other = list(LEAVES[:20])
    other[3] = leaf_hash(b"another")

    def forked(height: int, index: int) -> bytes:
        return root_of(other[index << height : (index + 1) << height])

    with pytest.raises(LedgerError):
        verify_consistency(
            10, 20, consistency_proof(10, 20, forked), root(10), root_from(forked, 20)
        )


@pytest.mark.parametrize(("index", "size"), [(-1, 3), (3, 3), (0, 0)])
def test_no_proof_outside_the_tree(index: int, size: int) -> None:
    with pytest.raises(LedgerError):
        inclusion_proof(index, size, subtrees)
    with pytest.raises(LedgerError):
        verify_inclusion(index, size, LEAVES[0], [], LEAVES[0])


@pytest.mark.parametrize(("old", "new"), [(-1, 3), (4, 3)])
def test_no_consistency_backwards(old: int, new: int) -> None:
    with pytest.raises(LedgerError):
        consistency_proof(old, new, subtrees)
    with pytest.raises(LedgerError):
        verify_consistency(old, new, [], LEAVES[0], LEAVES[0])


def test_hashes_of_another_length_are_refused() -> None:
    with pytest.raises(LedgerError, match="32 bytes"):
        verify_inclusion(0, 2, LEAVES[0], [LEAVES[1][:31]], root(2))
    with pytest.raises(LedgerError, match="at most"):
        verify_inclusion(0, 2, LEAVES[0], [LEAVES[1]] * 70, root(2))
