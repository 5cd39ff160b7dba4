"""Trees and proofs of the verifier against RFC 6962."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import dutybound_verify as verifier
from tests.verify.forge import MONDAY, Forge, consistency, leaf, path, tree

# The test vectors of certificate-transparency (merkle_tree_test.cc): leaves, and root at each size.
LEAVES = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657",
          "606162636465666768696a6b6c6d6e6f"]  # fmt: skip
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


def head(entries: list[bytes], **more: Any) -> verifier.Head:
    root = more.get("root", tree(entries))
    return verifier.Head("", "o", more.get("size", len(entries)), root, b"", {})


def test_published_roots() -> None:
    leaves = [leaf(bytes.fromhex(text)) for text in LEAVES]
    found = verifier.roots(leaves, set(range(9)))
    assert ROOTS == [found[size].hex() for size in range(9)]


@given(st.integers(1, 70), st.data())
def test_every_proof_holds_and_no_other(size: int, data: Any) -> None:
    """Proofs made by the recursion of RFC 6962 pass; a changed one does not."""
    entries = [b"%d" % i for i in range(size)]
    index = data.draw(st.integers(0, size - 1))
    old = data.draw(st.integers(0, size))
    proof = path(index, entries)
    root = tree(entries)
    verifier.check_inclusion(leaf(entries[index]), index, proof, size, root)
    between = consistency(old, entries) if 0 < old < size else []
    verifier.check_consistency(head(entries[:old]), head(entries), between)
    for bad in changed(proof, data):
        with pytest.raises(verifier.Refused):
            verifier.check_inclusion(leaf(entries[index]), index, bad, size, root)
    if 0 < old < size:
        for bad in changed(between, data):
            with pytest.raises(verifier.Refused):
                verifier.check_consistency(head(entries[:old]), head(entries), bad)
        with pytest.raises(verifier.Refused):
            verifier.check_consistency(head(entries[:old], root=bytes(32)), head(entries), between)


def changed(proof: list[bytes], data: Any) -> list[list[bytes]]:
    """Proofs that differ: one hash more, one less, one bit turned."""
    found = [[*proof, bytes(32)]]
    if proof:
        at = data.draw(st.integers(0, len(proof) - 1))
        turned = bytes([proof[at][0] ^ 1]) + proof[at][1:]
        found += [proof[:-1], proof[1:], [*proof[:at], turned, *proof[at + 1 :]]]
    return found


@given(st.integers(1, 40), st.data())
def test_an_index_has_one_leaf(size: int, data: Any) -> None:
    entries = [b"%d" % i for i in range(size)]
    index, other = (data.draw(st.integers(0, size)) for _ in range(2))
    if index == other or size in (index, other):
        return
    with pytest.raises(verifier.Refused):
        proof = path(index, entries)
        verifier.check_inclusion(leaf(entries[index]), other, proof, size, tree(entries))


def test_spec_example_of_a_cosignature_message() -> None:
    """The time and the body are signed, in the order of tlog-cosignature."""
    forge = Forge()
    found = verifier.read_head(forge.newest, "")
    keys = verifier.read_trust(forge.trust()).witnesses
    later = verifier.read_head(forge.note(5, MONDAY), "")
    assert {"2026-11-03"} == {str(t.date()) for _, t in verifier.signers_of(found, keys) if t}
    assert {"2026-11-02"} == {str(t.date()) for _, t in verifier.signers_of(later, keys) if t}
