"""The far ends: sizes, lengths and numbers that no honest log has."""

from __future__ import annotations

import sys

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from dutybound.ledger.checkpoint import Checkpoint
from dutybound.ledger.cosignature import ml_dsa_message
from dutybound.ledger.encoding import LedgerError
from dutybound.ledger.keys import KeyType, NoteKey, ed25519_signer
from dutybound.ledger.merkle import EMPTY_ROOT, Frontier
from dutybound.ledger.note import MAX_NOTE, Signature, add_signatures, read_note, sign_note
from dutybound.ledger.tiles import ENTRIES, Tile, tile_at, tiles_of
from dutybound.ledger.tlog_proof import MAX_RECEIPT, TlogProof, read_receipt

LOG = ed25519_signer("log.example", Ed25519PrivateKey.from_private_bytes(b"l" * 32))
HEAD = Checkpoint("log.example", 0, EMPTY_ROOT)


@pytest.mark.parametrize(("size", "root"), [(-1, b"r" * 32), (2**63, b"r" * 32), (1, b"r" * 31)])
def test_heads_out_of_range(size: int, root: bytes) -> None:
    with pytest.raises(LedgerError, match="out of range"):
        Checkpoint("log.example", size, root)


def test_the_largest_tree_has_tiles_on_eight_levels() -> None:
    """2^63 - 1 leaves: 255 at the end of levels 0 to 6, 127 on level 7, of which one changed."""
    changed = list(tiles_of(2**63 - 1, 2**63 - 2))
    assert [ENTRIES, 0] == [t.level for t in changed]
    assert [255, 255] == [t.width for t in changed]
    assert 127 == tile_at(7, 0, 2**63 - 1).width
    with pytest.raises(LedgerError):
        tile_at(8, 0, 2**63 - 1)


def test_the_full_tile_of_a_partial_one() -> None:
    assert Tile(3, 9) == Tile(3, 9, 7).full


def test_a_copied_edge_stays_as_it_was() -> None:
    frontier = Frontier()
    frontier.extend([b"a" * 32])
    copied = frontier.copy()
    frontier.extend([b"b" * 32])
    assert (1, [b"a" * 32]) == (copied.size, copied.edge)


def test_a_signature_of_another_length_is_refused() -> None:
    for value in (b"", b"x" * 63, b"x" * 65):
        with pytest.raises(LedgerError, match="length"):
            LOG.key.verify(b"text\n", value)


def test_times_out_of_range_are_refused() -> None:
    witness = ed25519_signer(
        "w.example", Ed25519PrivateKey.from_private_bytes(b"w" * 32), KeyType.COSIGNATURE
    )
    with pytest.raises(LedgerError, match="time"):
        witness.sign(HEAD.body, 2**63)
    with pytest.raises(LedgerError, match="time"):
        witness.key.verify(HEAD.body, b"\xff" * 72)


def test_a_name_too_long_for_ml_dsa() -> None:
    with pytest.raises(LedgerError, match="255"):
        ml_dsa_message(HEAD.body, 0, "n" * 256)


def test_no_spki_for_ml_dsa() -> None:
    with pytest.raises(LedgerError, match="Ed25519"):
        _ = NoteKey("pq.example", KeyType.ML_DSA_44, b"k" * 1312).der


def test_ml_dsa_without_the_library(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "cryptography.hazmat.primitives.asymmetric.mldsa", None)
    with pytest.raises(LedgerError, match="newer"):
        NoteKey("pq.example", KeyType.ML_DSA_44, b"k" * 1312).verify(HEAD.body, b"s" * 2428)


def test_texts_too_long_are_refused() -> None:
    with pytest.raises(LedgerError, match="at most"):
        read_note(b"x" * (MAX_NOTE + 1))
    with pytest.raises(LedgerError, match="at most"):
        read_receipt(b"x" * (MAX_RECEIPT + 1))


def test_a_receipt_with_too_many_hashes_is_refused() -> None:
    note = read_note(sign_note(HEAD.body, [LOG]))
    with pytest.raises(LedgerError, match="at most 64"):
        read_receipt(TlogProof(0, (b"h" * 32,) * 65, note).raw)


def test_the_first_signature_of_a_key_stays() -> None:
    note = read_note(sign_note(HEAD.body, [LOG]))
    again = Signature("log.example", LOG.key.id, b"another")
    assert note == add_signatures(note, [again])
