"""Batches of decision records as Parquet files: the exact bytes of each, its hash, its number."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any, Final, NamedTuple

LEAF: Final = b"\x00"  # RFC 6962: what stands before a leaf


class RecordRow(NamedTuple):
    """One record. sequence: from the journal. leaf: RFC 6962 leaf hash of its bytes."""

    sequence: int
    id: str
    at: str
    decision: str
    leaf: bytes
    record: bytes


def rows_of(numbered: Sequence[tuple[int, bytes]]) -> list[RecordRow]:
    """Records with their columns. The bytes are JSON that was checked when it was appended."""
    found = []
    for number, raw in numbered:
        value = json.loads(raw)
        leaf = sha256(LEAF + raw).digest()
        decision = value["output"]["decision"]
        found.append(RecordRow(number, value["id"], value["at"], decision, leaf, raw))
    return found


def write_records(path: Path, rows: Sequence[RecordRow]) -> None:
    """Write a Parquet file with the columns of RecordRow, compressed. Same rows, same bytes."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = pa.table(
        {
            "sequence": pa.array([r.sequence for r in rows], pa.int64()),
            "id": pa.array([r.id for r in rows], pa.string()),
            "at": pa.array([r.at for r in rows], pa.string()),
            "decision": pa.array([r.decision for r in rows], pa.string()),
            "leaf": pa.array([r.leaf for r in rows], pa.binary(32)),
            "record": pa.array([r.record for r in rows], pa.binary()),
        }
    )
    pq.write_table(
        table,
        path,
        compression="zstd",
        compression_level=3,
        use_dictionary=["decision"],
        column_encoding={"sequence": "DELTA_BINARY_PACKED"},
        write_statistics=["sequence", "id"],
    )


def read_records(path: Path) -> Iterator[RecordRow]:
    """The rows of such a file."""
    import pyarrow.parquet as pq

    columns: dict[str, list[Any]] = pq.read_table(path).to_pydict()
    names = ("sequence", "id", "at", "decision", "leaf", "record")
    for values in zip(*(columns[n] for n in names), strict=True):
        yield RecordRow(*values)
