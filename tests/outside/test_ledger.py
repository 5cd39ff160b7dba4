"""What `dutybound.ledger` writes is read by the verifiers of others."""

from __future__ import annotations

from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519

from dutybound.ledger.checkpoint import Checkpoint
from dutybound.ledger.hashedrekord import of_dsse
from dutybound.ledger.keys import KeyType, NoteSigner, ed25519_signer
from dutybound.ledger.merkle import leaf_hash, root_of
from dutybound.ledger.note import read_note, sign_note
from dutybound.ledger.proofs import inclusion_proof
from dutybound.ledger.sigstore import LogKeyPeriod, SignedPayload, bundle, trusted_root
from dutybound.ledger.tiles import ENTRIES, Tile, TileHashes, count_at, tiles_of, write_bundle
from dutybound.ledger.tlog_proof import TlogProof
from tests.outside import tools
from tests.outside.kit import VERIFIERS, Kit
from tests.outside.plainlog import PEM, TYPE, Signed, b64, sha256

SIZE, INDEX = 70_000, 65_536


def tile_bytes(tile: Tile, entries: list[bytes], leaves: list[bytes]) -> bytes:
    """A tile from the entries alone."""
    if tile.level == ENTRIES:
        return write_bundle(entries[tile.index * 256 :][: tile.width])
    span = 256**tile.level
    first = tile.index * 256
    return b"".join(
        root_of(leaves[i * span : (i + 1) * span]) for i in range(first, first + tile.width)
    )


class Written:
    """A log of 70,000 entries and one statement in it, all in the forms of `dutybound.ledger`."""

    def __init__(self, folder: Path) -> None:
        signed = Signed()
        key = ed25519.Ed25519PrivateKey.generate()
        self.log = ed25519_signer("log.example", key)
        witness_key = ed25519.Ed25519PrivateKey.generate()
        self.witness = ed25519_signer("w.example/1", witness_key, KeyType.COSIGNATURE)
        entries = [b"entry %d" % i for i in range(SIZE)]
        entries[INDEX] = of_dsse(TYPE, signed.payload, signed.signature, signed.der).entry
        leaves = [leaf_hash(e) for e in entries]
        files = {t.path: tile_bytes(t, entries, leaves) for t in tiles_of(SIZE)}
        self.public = folder / "public"
        for name, data in files.items():
            (self.public / name).parent.mkdir(parents=True, exist_ok=True)
            (self.public / name).write_bytes(data)
        text = Checkpoint("log.example", SIZE, root_of(leaves)).body
        signers: list[NoteSigner] = [self.log, self.witness]
        note = sign_note(text, signers, time=1_790_000_000)
        (self.public / "checkpoint").write_bytes(note)
        hashes = inclusion_proof(INDEX, SIZE, TileHashes(SIZE, lambda t: files[t.path]))
        receipt = TlogProof(INDEX, tuple(hashes), read_note(note))
        self.receipt = folder / "x.tlog-proof"
        self.receipt.write_bytes(receipt.raw)
        self.entry = folder / "entry"
        self.entry.write_bytes(entries[INDEX])
        self.kit = Kit(folder, "log.example")
        hint = b64(sha256(signed.der))
        part = SignedPayload(TYPE, signed.payload, signed.signature, hint)
        self.kit.bundle.write_bytes(bundle(part, entries[INDEX], receipt, self.log.key))
        period = LogKeyPeriod(self.log.key, "2026-01-01T00:00:00Z")
        self.kit.root.write_bytes(trusted_root([period]))
        self.kit.key.write_bytes(signed.secret.public_key().public_bytes(*PEM))
        self.kit.log.write_bytes(key.public_key().public_bytes(*PEM))
        self.kit.artifact.write_bytes(signed.artifact)


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Written:
    return Written(tmp_path_factory.mktemp("ledger"))


@pytest.mark.parametrize("name", VERIFIERS)
def test_bundle_and_trusted_root(name: str, written: Written) -> None:
    assert "" == VERIFIERS[name](written.kit)


def test_tiles_checkpoint_and_receipt(written: Written) -> None:
    """Every tile is compared; the cosignature is read with the witness's key in its own type."""
    arguments = ("-key", written.log.key.text, "-witness", written.witness.key.text)
    verdict = tools.tlogcheck(*arguments, "-log", written.public, "-quorum", 1)
    got = (verdict["ok"], verdict["entries_hashed"], verdict["inclusion_proofs"])
    assert (True, SIZE, 1000) == got
    tiles = sum(-(-count_at(level, SIZE) // 256) for level in range(3))
    assert (tiles, ["w.example/1"]) == (verdict["tiles_compared"], verdict["witnesses"])
    assert "" == tools.tesserafsck(written.log.key.text, written.public)
    verdict = tools.tlogcheck(*arguments, "-receipt", written.receipt, "-entry", written.entry)
    assert (True, INDEX, SIZE) == (verdict["ok"], verdict["receipt_index"], verdict["size"])
