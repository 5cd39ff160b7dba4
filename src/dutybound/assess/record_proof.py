"""One decision record with its proof: shown to an auditor without any other record.

The proof leads from the bytes of the record to the root in the signed manifest of its batch (RFC
6962). The manifest is evidence like any other, with its receipt from the log.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from dutybound.assess.record_batches import BATCHES, batches_of
from dutybound.errors import BadInput
from dutybound.ledger.merkle import leaf_hash, node_hash
from dutybound.ledger.proofs import inclusion_proof, verify_inclusion
from dutybound.terms.trust import Trust
from dutybound.warehouse.record_files import read_records

SCHEMA = "dutybound/record-proof/1"


def prove_record(record: Path, trust: Trust, system: str, name: str) -> dict[str, Any]:
    """The record with this id, or with this sequence number, and its proof. Raises BadInput."""
    for item in batches_of(record, trust, system):
        path = record / BATCHES / str(item.predicate["record_batch"]["files"][0]["name"])
        if not path.is_file():
            continue
        rows = list(read_records(path))
        found = [i for i, r in enumerate(rows) if name in (r.id, str(r.sequence))]
        if not found:
            continue
        index, leaves = found[0], [r.leaf for r in rows]
        proof = inclusion_proof(index, len(rows), _subtrees(leaves))
        root = str(item.predicate["record_batch"]["merkle_root"])
        leaf = leaf_hash(rows[index].record)
        verify_inclusion(index, len(rows), leaf, proof, bytes.fromhex(root))
        return {
            "schema": SCHEMA,
            "system": system,
            "sequence": rows[index].sequence,
            "record": rows[index].record.decode(),
            "leaf": leaf.hex(),
            "index": index,
            "size": len(rows),
            "proof": [h.hex() for h in proof],
            "root": root,
            "manifest": item.file,
            "manifest_sha256": item.envelope,
        }
    text = f"No sealed batch of `{system}` whose file is here has a record `{name}`."
    raise BadInput.one(str(record), text)


def _subtrees(leaves: list[bytes]) -> Any:
    """Hashes of complete subtrees, each computed once."""
    levels = [leaves]
    while len(levels[-1]) > 1:
        below = levels[-1]
        pairs = zip(below[::2], below[1::2], strict=False)
        levels.append([node_hash(left, right) for left, right in pairs])
    return lambda height, index: levels[height][index]
