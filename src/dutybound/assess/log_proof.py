"""`log proof` and `log checkpoint`: receipts and proofs, made again from the log."""

from __future__ import annotations

from dataclasses import dataclass

from dutybound.assess.log import Log
from dutybound.assess.log_append import sigstore_bundle
from dutybound.errors import BadInput
from dutybound.ledger.checkpoint import Checkpoint, read_body
from dutybound.ledger.encoding import encode
from dutybound.ledger.note import Note, read_note
from dutybound.ledger.proofs import consistency_proof
from dutybound.ledger.tlog_proof import TlogProof
from dutybound.store.publisher import proofs_from
from dutybound.store.receipts import published, receipts_for

_HEX = 64


@dataclass(frozen=True, slots=True)
class Proof:
    """A receipt. name: the sha256 under which it was asked for; None if by its index."""

    name: str | None
    receipt: TlogProof
    entry: bytes


def prove(log: Log, which: str) -> Proof:
    """The receipt of an entry under the newest published checkpoint.

    which: the sha256 of an envelope, or an index. Raises BadInput, StoreError.
    """
    name: str | None = None
    if len(which) == _HEX:
        try:
            index = log.store.index_of(bytes.fromhex(which))
        except ValueError:
            index = None
        name = which
    else:
        index = int(which) if which.isascii() and which.isdigit() else None
    if index is None or index >= log.store.tree().size:
        raise BadInput.one(which, "The log has no such entry. Give a sha256 or an index.")
    note, _ = published(log.store)
    (receipt,) = receipts_for(log.store, [index], note)
    (entry,) = log.store.bodies(index, index + 1)
    return Proof(name, receipt, entry)


def prove_for_sigstore(log: Log, proof: Proof) -> bytes:
    """The Sigstore bundle. Raises BadInput if the envelope is not there."""
    index = proof.receipt.index
    names = [n.hex() for n, _ in log.store.names(index, index + 1)]
    for name in sorted(names, key=lambda n: n != proof.name):
        made = sigstore_bundle(log, name, proof.receipt, log.current_key())
        if made is not None:
            return made
    raise BadInput.one(
        str(proof.name or index), "Its envelope is not here: it was erased, or it never had one."
    )


@dataclass(frozen=True, slots=True)
class Shown:
    """A checkpoint that was published, and its head."""

    note: Note
    head: Checkpoint


def checkpoint_of(log: Log, size: int | None = None) -> Shown:
    """The newest published checkpoint, or the one of that size. Raises BadInput, StoreError."""
    if size is None:
        note, _ = published(log.store)
    else:
        kept = {c.size: c.note for c in log.store.checkpoints() if c.published}
        if size not in kept:
            raise BadInput.one(str(size), "No checkpoint of this size was published.")
        note = kept[size]
    read = read_note(note)
    return Shown(read, read_body(read.text))


def published_sizes(log: Log) -> list[int]:
    """The sizes of all published checkpoints, in order."""
    return [c.size for c in log.store.checkpoints() if c.published]


def consistency(log: Log, old: int, new: int) -> str:
    """The consistency proof between two sizes: one hash a line, in base64.

    Raises LedgerError if the log does not have them.
    """
    hashes = consistency_proof(old, new, proofs_from(log.store, new))
    return "".join(f"{encode(h)}\n" for h in hashes)
