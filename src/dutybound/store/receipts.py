"""Receipts: that an entry stands in the log, as a file that can be checked far away from it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

from dutybound.ledger.checkpoint import read_body
from dutybound.ledger.encoding import LedgerError
from dutybound.ledger.keys import NoteKey
from dutybound.ledger.note import read_note
from dutybound.ledger.proofs import inclusion_proof
from dutybound.ledger.tlog_proof import MAX_RECEIPT, TlogProof, read_receipt
from dutybound.store.errors import StoreError
from dutybound.store.fsck import Found, check_root, verified_head
from dutybound.store.log_store import LogStore
from dutybound.store.publisher import proofs_from

SUFFIX: Final = ".tlog-proof"


def published(store: LogStore) -> tuple[bytes, int]:
    """The newest checkpoint that was shown, and its size. Raises StoreError if there is none."""
    newest = store.checkpoints(newest=True)
    if newest and not newest[0].published:
        newest = store.checkpoints()
    for checkpoint in reversed(newest):
        if checkpoint.published:
            return checkpoint.note, checkpoint.size
    raise StoreError("nothing was published yet; run `dutybound log publish`")


def receipts_for(store: LogStore, indices: Sequence[int], note: bytes) -> list[TlogProof]:
    """The receipts of entries under a published checkpoint.

    Raises StoreError for an entry that it does not cover.
    """
    read = read_note(note)
    size = read_body(read.text).size
    hashes = proofs_from(store, size)
    made = []
    for index in indices:
        if index >= size:
            raise StoreError(
                f"entry {index:,} is not under a published checkpoint yet: it covers {size:,}."
                " Run `dutybound log publish`."
            )
        made.append(TlogProof(index, tuple(inclusion_proof(index, size, hashes)), read))
    return made


def read_receipts(folder: Path, found: Found) -> list[tuple[Path, TlogProof]]:
    """The receipts of a folder; a fault for each that cannot be read."""
    read = []
    for path in sorted(folder.glob(f"*{SUFFIX}")):
        try:
            with path.open("rb") as file:
                read.append((path, read_receipt(file.read(MAX_RECEIPT + 1))))
        except LedgerError as error:
            found.fault(f"receipts/{path.name}", str(error))
    return read


def check_receipts(
    read: Iterable[tuple[Path, TlogProof]],
    keys: Iterable[NoteKey],
    store: LogStore,
    roots: dict[int, bytes],
    found: Found,
) -> None:
    """Check that receipts fit the log: signature, root, index under their name, inclusion."""
    known = tuple(keys)
    for path, receipt in read:
        where = f"receipts/{path.name}"
        found.receipts += 1
        head = verified_head(receipt.note.raw, known, where, found)
        if head is None:
            continue
        check_root(head, roots, where, found)
        try:
            index = store.index_of(bytes.fromhex(path.name.removesuffix(SUFFIX)))
            if index != receipt.index:
                found.fault(where, f"the log has no entry of this name at {receipt.index:,}")
                continue
            receipt.verify(store.leaves(receipt.index, receipt.index + 1))
        except (LedgerError, StoreError, ValueError) as error:
            found.fault(where, str(error))
