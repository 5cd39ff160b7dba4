"""A table and a model whose explanation can be worked by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from click.testing import CliRunner, Result

from dutybound.cli.main import cli

CONFIG = """\
dutybound: model/1
name: worked by hand
model: {logistic: {intercept: -1, weights: {a: 1, b: 1, p: 1}}}
decision: {threshold: 0.5, adverse: above}
row_id: id
label: {column: y, positive: ["yes"]}
features:
  - {column: a, low: 0, high: 3, change: down, notice: Too much of a}
  - {column: b, low: 0, high: 3}
  - {column: p, protected: true}
sampling: {background: 200, repeats: 2, counterfactuals: 100}
"""
# a, b, p, label, how many. The margin is a + b + p - 1, and medians are 0, 0, 0.
BLOCKS = (
    (0.0, 0.0, 0.0, "no", 100),
    (2.0, 0.0, 0.0, "yes", 40),
    (1.0, 1.0, 0.0, "yes", 30),
    (0.0, 0.0, 2.0, "yes", 20),
    (2.0, 0.0, 1.0, "no", 10),
)


def columns() -> dict[str, list[Any]]:
    """200 rows in blocks; 100 of them are adverse."""
    rows = [b[:4] for b in BLOCKS for _ in range(b[4])]
    found: dict[str, list[Any]] = {k: [r[i] for r in rows] for i, k in enumerate("abpy")}
    return {**found, "id": [f"c-{i}" for i in range(len(rows))]}


def written(folder: Path, held: dict[str, list[Any]] | None = None) -> Path:
    path = folder / "table.parquet"
    pq.write_table(pa.table(columns() if held is None else held), path)
    return path


def configured(folder: Path, text: str = CONFIG) -> Path:
    path = folder / "model.yaml"
    path.write_text(text)
    return path


def run(*words: object) -> Result:
    return CliRunner().invoke(cli, ["explain-model", *map(str, words)])
