"""Rows of a table as arrays of numbers: Parquet and CSV files, and folders of Parquet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from dutybound.errors import did_you_mean
from dutybound.models.model import Array, Flags, ModelError, Progress, quiet
from dutybound.terms.model_file import ModelFeature
from dutybound.terms.table import Label

MOST_ROWS: Final = 20_000_000
FEW: Final = 5


@dataclass(frozen=True, slots=True)
class Rows:
    """x: shape (n, d), `nan` where missing. ids: shape (n,), as they stand in the table; None
    without a column of ids. label: shape (n,), 1, 0 or `nan`; None without a label."""

    x: Array
    ids: Any | None
    label: Array | None

    def __len__(self) -> int:
        return len(self.x)


def read_rows(
    place: Path,
    features: Sequence[ModelFeature],
    row_id: str | None,
    label: Label | None,
    progress: Progress = quiet,
) -> Rows:
    """Read the columns that a configuration names. Progress counts rows. Raises ModelError."""
    dataset = _dataset(place)
    held: list[str] = list(dataset.schema.names)
    extra = [c for c in (row_id, label.column if label else None) if c is not None]
    wanted = list(dict.fromkeys([f.column for f in features] + extra))
    _check_columns(place.name, wanted, held)
    count = dataset.count_rows()
    if count > MOST_ROWS:
        most = f"at most {MOST_ROWS:,} are read at once"
        raise ModelError(f"{place.name}: has {count:,} rows; {most}. Take a part of them.")
    if count == 0:
        raise ModelError(f"{place.name}: has no row.")
    x = np.empty((count, len(features)))
    outcome = None if label is None else np.empty(count)
    ids: list[Any] = []
    at = 0
    for batch in dataset.to_batches(columns=wanted, batch_size=131_072):
        end = at + len(batch)
        for j, feature in enumerate(features):
            x[at:end, j] = _numbers(batch.column(feature.column), feature)
        if outcome is not None and label is not None:
            outcome[at:end] = _outcome(batch.column(label.column), label)
        if row_id is not None:
            ids.append(batch.column(row_id))
        at = end
        progress(at, count)
    return Rows(x, _joined(ids) if row_id is not None else None, outcome)


def _dataset(place: Path) -> Any:
    try:
        import pyarrow as pa
        from pyarrow import dataset
    except ImportError as error:
        raise ModelError(
            "Tables need pyarrow. Install it with: pip install 'dutybound[explain]'"
        ) from error
    if not place.exists():
        raise ModelError(f"{place}: there is no such table. Give a Parquet file or folder, or CSV.")
    form = "csv" if place.suffix.lower() == ".csv" else "parquet"
    files = sorted(map(str, place.rglob("*.parquet"))) if place.is_dir() else str(place)
    if not files:
        raise ModelError(f"{place}: the folder holds no file `*.parquet`.")
    try:
        return dataset.dataset(files, format=form)
    except (pa.ArrowException, OSError) as error:
        raise ModelError(f"{place.name}: cannot be read as {form}: {_short(error)}") from error


def _short(error: Exception) -> str:
    return str(error).splitlines()[0][:200]


def _check_columns(name: str, wanted: Sequence[str], held: Sequence[str]) -> None:
    lost = [c for c in wanted if c not in held]
    if lost:
        hint = did_you_mean(lost[0], held)
        raise ModelError(f"{name}: has no column `{lost[0]}`.{hint}")
    twice = [c for c in wanted if held.count(c) > 1]
    if twice:
        raise ModelError(f"{name}: has the column `{twice[0]}` twice.")


def _numbers(column: Any, feature: ModelFeature) -> Array:
    """A column as floats, `nan` where there is none."""
    if feature.codes:
        return _coded(column, feature)
    import pyarrow as pa

    if pa.types.is_boolean(column.type):
        column = column.cast(pa.int8())
    elif not any(test(column.type) for test in _number_types(pa)):
        text = f"The column `{feature.column}` holds {column.type}, not numbers."
        raise ModelError(f"{text} Give `codes` for texts.")
    found: Array = np.asarray(column.cast(pa.float64(), safe=False).to_numpy(zero_copy_only=False))
    if np.isinf(found).any():
        raise ModelError(f"The column `{feature.column}` holds an infinite value.")
    return found


def _number_types(pa: Any) -> tuple[Any, ...]:
    types = pa.types
    return types.is_integer, types.is_floating, types.is_decimal, types.is_null


def _coded(column: Any, feature: ModelFeature) -> Array:
    known: Mapping[str, float] = feature.codes
    coded = column.dictionary_encode() if not hasattr(column, "dictionary") else column
    names = coded.dictionary.to_pylist()
    strange = [str(n) for n in names if n is not None and str(n) not in known]
    if strange:
        shown = ", ".join(f"`{s[:40]}`" for s in strange[:FEW])
        raise ModelError(f"The column `{feature.column}` holds {shown}: not among its `codes`.")
    values = np.array([known.get(str(n), np.nan) for n in names] + [np.nan])
    places = coded.indices.fill_null(len(names)).to_numpy(zero_copy_only=False)
    found: Array = values[places.astype(np.int64)]
    return found


def _outcome(column: Any, label: Label) -> Array:
    """1 for positive, 0 for negative, `nan` for neither."""
    coded = column.dictionary_encode() if not hasattr(column, "dictionary") else column
    names = coded.dictionary.to_pylist()
    values = np.array([_as_outcome(n, label) for n in names] + [np.nan])
    places = coded.indices.fill_null(len(names)).to_numpy(zero_copy_only=False)
    found: Array = values[places.astype(np.int64)]
    return found


def _as_outcome(value: object, label: Label) -> float:
    if value is None or value != value:
        return float("nan")
    if value in label.positive:
        return 1.0
    return 0.0 if not label.negative or value in label.negative else float("nan")


def _joined(parts: list[Any]) -> Any:
    import pyarrow as pa

    return pa.chunked_array(parts)


def labelled(rows: Rows) -> Flags | None:
    """Rows with a known label; None without a label."""
    return None if rows.label is None else ~np.isnan(rows.label)
