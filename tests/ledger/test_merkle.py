"""The tree: known roots, and laws that hold for every tree."""

from __future__ import annotations

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dutybound.ledger.encoding import LedgerError
from dutybound.ledger.merkle import EMPTY_ROOT, Frontier, leaf_hash, node_hash, root_of

# The reference inputs of the Certificate Transparency project, and the roots of their first n.
LEAVES = [
    bytes.fromhex(h)
    for h in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def recursive_root(leaves: list[bytes]) -> bytes:
    """MTH of RFC 6962, section 2.1, word for word."""
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return sha256(b"\x00" + leaves[0]).digest()
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return sha256(b"\x01" + recursive_root(leaves[:k]) + recursive_root(leaves[k:])).digest()


@pytest.mark.parametrize("count", range(9))
def test_roots_of_certificate_transparency(count: int) -> None:
    hashes = [leaf_hash(leaf) for leaf in LEAVES[:count]]
    frontier = Frontier()
    frontier.extend(hashes)
    assert ROOTS[count] == root_of(hashes).hex()
    assert ROOTS[count] == frontier.root().hex()


def test_empty_root_is_the_hash_of_nothing() -> None:
    assert ROOTS[0] == EMPTY_ROOT.hex()
    assert ROOTS[0] == Frontier().root().hex()


def test_a_leaf_is_no_node() -> None:
    """The prefixes keep an entry that looks like two hashes apart from their node."""
    assert leaf_hash(b"a" * 64) != node_hash(b"a" * 32, b"a" * 32)


@given(st.lists(st.binary(max_size=3), max_size=70), st.integers(0, 70))
def test_right_edge_gives_the_recursive_root(leaves: list[bytes], cut: int) -> None:
    frontier = Frontier()
    hashes = [leaf_hash(leaf) for leaf in leaves]
    frontier.extend(hashes[:cut])
    again = Frontier(frontier.size, list(frontier.edge))
    again.extend(hashes[cut:])
    assert len(leaves) == again.size
    assert recursive_root(leaves) == again.root()
    assert recursive_root(leaves) == root_of(hashes)


@given(st.integers(0, 66_100))
def test_complete_nodes_are_the_roots_of_full_tiles(size: int) -> None:
    """Each full tile gives one hash to the level above, at the index of the tile."""
    leaves = [bytes([i % 251]) * 32 for i in range(size)]
    complete = Frontier().extend(leaves)
    tiles = [(1, i, root_of(leaves[i * 256 : i * 256 + 256])) for i in range(size // 256)]
    assert tiles == [c for c in complete if c[0] == 1]
    assert size // 65_536 == sum(1 for c in complete if c[0] == 2)
    assert [] == [c for c in complete if c[0] > 2]


@pytest.mark.parametrize(
    ("size", "edge"), [(1, []), (3, [b"a" * 32]), (0, [b"a" * 32]), (1, [b"a" * 31]), (-1, [])]
)
def test_an_edge_that_does_not_fit_is_refused(size: int, edge: list[bytes]) -> None:
    with pytest.raises(LedgerError):
        Frontier(size, edge)
