"""A small table that can be counted by hand, and the means to write and profile tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from dutybound.terms.table import (
    Banded,
    Decision,
    Feature,
    Label,
    Limits,
    Protected,
    Score,
    Source,
    TableConfig,
    TimeColumn,
    Window,
)
from dutybound.warehouse.profile import Profile, Profiles
from dutybound.warehouse.scan import profile_table

MARCH = Window(since="2026-03-01T00:00:00", until="2026-04-01T00:00:00")
APRIL = Window(since="2026-04-01T00:00:00", until="2026-05-01T00:00:00")
NAN, INF = float("nan"), float("inf")

# Four rows of March, five of April, one of neither window.
ROWS: dict[str, Any] = {
    "id": [1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
    "at": [
        "2026-03-01T00:00:00", "2026-03-02T10:00:00", "2026-03-31T23:59:59",
        "2026-03-31T23:59:59", "2026-04-01T00:00:00", "2026-04-01T01:00:00",
        "2026-04-02T00:00:00", "2026-04-02T00:00:00", "2026-04-30T23:59:59",
        "2026-05-01T00:00:00",
    ],
    "income": [1.0, 3.0, None, 3.0, NAN, INF, -INF, 2.0, 3.0, 1.0],
    "channel": ["web", "web", "shop", None, "web", "app", "app", None, "shop", "web"],
    "sex": ["f", "m", "f", "m", "f", "m", "f", None, "x", "f"],
    "age": [20, 30, 64, 65, 20, 30, 64, 65, None, 20],
    "score": [0.0, 0.5, 1.0, 0.25, 0.5, 0.5, None, 1.5, 0.75, 0.5],
    "decision": ["no", "yes", "yes", "no", "yes", "no", "yes", "no", None, "yes"],
    "repaid": [1, 0, None, 1, 1, 0, 1, None, 1, 1],
}  # fmt: skip

CONFIG = TableConfig(
    name="small",
    features=(Feature("income", "number"), Feature("channel", "category")),
    row_id="id",
    time=TimeColumn("at"),
    score=Score("score"),
    decision=Decision("decision", ("yes",)),
    label=Label("repaid", positive=(1,)),
    protected=(
        Protected(Banded("sex", "sex", {"women": ("f",), "men": ("m",)})),
        Protected(Banded("age", "age", bands=(25.0, 65.0))),
    ),
    reference=MARCH,
    current=APRIL,
    limits=Limits(memory=200, deadline=60.0, threads=1),
)


def write(path: Path, columns: Mapping[str, Any], times: str = "at") -> Source:
    """A Parquet file. times: the column of ISO texts that become timestamps, if it is there."""
    found = {k: v if isinstance(v, pa.Array) else pa.array(v) for k, v in columns.items()}
    if times in found:
        found[times] = found[times].cast(pa.timestamp("us"))
    pq.write_table(pa.table(found), path)
    return Source("duckdb", "parquet", str(path))


def count(path: Path, columns: Mapping[str, Any] = ROWS, config: TableConfig = CONFIG) -> Profiles:
    """Write a table and profile it."""
    return profile_table(write(path / "table.parquet", columns), config)


def alone(path: Path, columns: Mapping[str, Any], config: TableConfig) -> Profile:
    """The profile of a table that is one window."""
    return count(path, columns, replace(config, reference=None, current=None)).current
