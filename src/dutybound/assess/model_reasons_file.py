"""The reasons of every adverse decision as a Parquet file."""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

import numpy as np

from dutybound.assess.model_json import measured
from dutybound.assess.model_run import Explained
from dutybound.errors import BadInput
from dutybound.measure.reasons import NONE
from dutybound.models.reasons import ReasonTable
from dutybound.terms.measure import Estimate, Measured

FORMAT: Final = "dutybound/reasons/1"
PART: Final = 1_000_000  # bytes hashed at once


def write_reasons(found: Explained, path: Path) -> dict[str, Any]:
    """Write one row for each adverse decision; return name, rows and sha256 of the file.

    Columns: row, id, score; for each place k reason_k, notice_k, contribution_k, value_k and
    reference_k, empty where there is no further reason; method, unit; moved, turned, withheld;
    agreement_method, agreement_first, agreement_shared. Raises BadInput.
    """
    import pyarrow as pa
    from pyarrow import parquet

    columns = {} if found.given is None else _columns(found, found.given.table)
    try:
        held = pa.table(columns).replace_schema_metadata({"dutybound": json.dumps(_about(found))})
        parquet.write_table(held, path, compression="zstd")
    except (OSError, pa.ArrowException) as error:
        raise BadInput.one(str(path), f"The reasons cannot be written: {error}.") from error
    rows = 0 if found.given is None else len(found.given.table)
    return {"name": path.name, "rows": rows, "sha256": _digest(path)}


def _columns(found: Explained, table: ReasonTable) -> dict[str, Any]:
    import pyarrow as pa

    columns: dict[str, Any] = {"row": pa.array(table.rows)}
    if found.ids is not None:
        columns["id"] = found.ids.take(pa.array(table.rows))
    columns["score"] = pa.array(table.scores)
    notices = [w for f in found.config.features for w in (f.notice.low, f.notice.high)]
    silent = np.array([not n for n in notices])
    names = pa.array(table.names)
    for k in range(table.order.shape[1]):
        j = table.order[:, k]
        no = j == NONE
        at = np.where(no, 0, j)
        places = pa.array(at.astype(np.int32), mask=no)
        columns[f"reason_{k + 1}"] = pa.DictionaryArray.from_arrays(places, names)
        value = table.x[np.arange(len(j)), at]
        if not silent.all():
            side = 2 * at + (value > table.reference[at])
            said = pa.array(side.astype(np.int32), mask=no | silent[side])
            columns[f"notice_{k + 1}"] = pa.DictionaryArray.from_arrays(said, pa.array(notices))
        columns[f"contribution_{k + 1}"] = pa.array(table.pushed[:, k], mask=no)
        columns[f"value_{k + 1}"] = pa.array(value, mask=no | np.isnan(value))
        columns[f"reference_{k + 1}"] = pa.array(table.reference[at], mask=no)
    if table.moved is not None and table.turned is not None:
        columns |= {"moved": pa.array(table.moved), "turned": pa.array(table.turned)}
    columns["withheld"] = pa.array(table.withheld)
    return columns | _same(table)


def _same(table: ReasonTable) -> dict[str, Any]:
    """What is the same for every decision, and is stored with each."""
    import pyarrow as pa

    n = len(table)
    held: dict[str, Any] = {"method": table.method, "unit": table.unit}
    if table.compared is not None:
        held |= {
            "agreement_method": table.compared.with_method,
            "agreement_first": _value(table.compared.found.same_first),
            "agreement_shared": _value(table.compared.found.overlap),
        }
    texts = {k: v for k, v in held.items() if isinstance(v, str)}
    same: dict[str, Any] = {k: pa.repeat(pa.scalar(v, pa.float64()), n) for k, v in held.items()
                            if k not in texts}  # fmt: skip
    zeros = pa.array(np.zeros(n, dtype=np.int32))
    for key, text in texts.items():
        same[key] = pa.DictionaryArray.from_arrays(zeros, pa.array([text]))
    return same


def _value(found: Measured) -> float | None:
    return found.value if isinstance(found, Estimate) else None


def _about(found: Explained) -> dict[str, Any]:
    """What the file is about, stored in its metadata."""
    compared = None if found.given is None else found.given.table.compared
    return {
        "format": FORMAT,
        "name": found.config.name,
        "model": {"name": found.scorer.name, "sha256": found.scorer.sha256},
        "table": {"name": found.table, "rows": found.rows},
        "threshold": found.config.decision.threshold,
        "adverse": found.config.decision.adverse,
        "note": None if found.given is None else found.given.table.note or None,
        "agreement": compared
        and {
            "beside": compared.with_method,
            "rows": compared.rows,
            "seed": compared.plan.seed,
            "how": compared.plan.how,
            "first": measured(compared.found.same_first),
            "shared": measured(compared.found.overlap),
        },
    }


def _digest(path: Path) -> str:
    found = sha256()
    with path.open("rb") as file:
        while part := file.read(PART):
            found.update(part)
    return found.hexdigest()
