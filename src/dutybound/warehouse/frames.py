"""Tables in memory as Parquet files, so that they are counted as any other table is."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from dutybound.errors import BadInput
from dutybound.terms.table import Source

SHOWN: Final = "the table"
FORMS: Final = (
    "a path, a DataFrame, a pyarrow table, or a mapping of column names to lists or arrays"
)


def source_of(table: object, folder: Path, name: str) -> Source:
    """Where a table lies. One in memory is written into the folder under the name.

    Raises BadInput for what is no table, or holds a column twice or one of mixed types.
    """
    if isinstance(table, str | os.PathLike):
        return Source("duckdb", "parquet", os.fspath(table))
    import pyarrow as pa
    import pyarrow.parquet as pq

    path = folder / f"{name}.parquet"
    try:
        found = _arrow(table, pa)
        _check(found)
        pq.write_table(found, path)
    except (pa.ArrowException, TypeError, ValueError) as error:
        raise BadInput.one(
            SHOWN, f"It cannot be read as a table: {error}. A column has one type."
        ) from error
    return Source("duckdb", "parquet", str(path))


def _arrow(table: object, pa: Any) -> Any:
    if isinstance(table, pa.Table):
        return table
    if isinstance(table, Mapping):
        return pa.table({str(k): v for k, v in table.items()})
    if hasattr(table, "__arrow_c_stream__") or hasattr(table, "__arrow_c_array__"):
        return pa.table(table)
    if type(table).__name__ == "DataFrame" and type(table).__module__.startswith("pandas"):
        return pa.Table.from_pandas(table, preserve_index=False)
    raise BadInput.one(SHOWN, f"A {type(table).__name__} is no table. Give {FORMS}.")


def _check(found: Any) -> None:
    names = found.column_names
    twice = sorted({n for n in names if names.count(n) > 1})
    if twice:
        raise BadInput.one(SHOWN, f"Columns stand twice: {', '.join(twice)}. Rename them.")
    if found.num_rows == 0:
        raise BadInput.one(SHOWN, "It holds no row.")
