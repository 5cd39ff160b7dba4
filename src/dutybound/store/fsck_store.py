"""The check of a log's database: rows, leaf hashes, nodes, right edge, checkpoints."""

from __future__ import annotations

from collections.abc import Iterable

from dutybound.ledger.encoding import HASH_BYTES
from dutybound.ledger.keys import NoteKey
from dutybound.ledger.merkle import leaf_hash
from dutybound.store.errors import StoreError
from dutybound.store.fsck import Found, Recomputed, check_root, verified_head
from dutybound.store.log_store import LogStore

_STEP = 8192


def check_store(
    store: LogStore, keys: Iterable[NoteKey], sizes: Iterable[int], found: Found
) -> Recomputed:
    """Compute everything in the database again.

    keys: every key that the log ever had. sizes: of heads whose roots are wanted besides those of
    its checkpoints.
    """
    checkpoints = store.checkpoints()
    tree = store.tree()
    again = Recomputed([*sizes, *(c.size for c in checkpoints)])
    for start in range(0, tree.size, _STEP):
        end = min(start + _STEP, tree.size)
        try:
            _check_rows(store, start, end, again, found)
        except StoreError as error:
            found.fault("database", str(error))
            return again
    found.entries = tree.size
    if again.frontier != tree:
        found.fault("database", "the right edge is not that of the entries")
    for level, nodes in sorted(again.nodes.items()):
        try:
            kept = store.nodes(level, 0, len(nodes))
        except StoreError as error:
            found.fault("database", str(error))
            continue
        if kept != b"".join(nodes):
            found.fault("database", f"the nodes at level {level} are not those of the entries")
    known = tuple(keys)
    for checkpoint in checkpoints:
        where = f"database, checkpoint {checkpoint.size}"
        head = verified_head(checkpoint.note, known, where, found)
        if head is not None:
            if head.size != checkpoint.size:
                found.fault(where, f"it is kept under another size than its own, {head.size:,}")
            check_root(head, again.roots, where, found)
    found.checkpoints += len(checkpoints)
    return again


def _check_rows(store: LogStore, start: int, end: int, again: Recomputed, found: Found) -> None:
    computed = [leaf_hash(body) for body in store.bodies(start, end)]
    kept = store.leaves(start, end)
    if kept != b"".join(computed):
        for i, leaf in enumerate(computed):
            if kept[i * HASH_BYTES : (i + 1) * HASH_BYTES] != leaf:
                found.fault(f"database, entry {start + i}", "its leaf hash is another")
    again.extend(computed)
