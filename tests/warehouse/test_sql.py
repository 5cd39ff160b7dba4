"""The statements of a small table, as they are sent to DuckDB and to Spark.

Read a difference, then run `pytest tests/warehouse --update-golden`.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from dutybound.terms.table import Banded, Feature, Label, TableConfig
from dutybound.warehouse import statements
from dutybound.warehouse.bins import Bins
from dutybound.warehouse.layout import Layout, fit
from tests.warehouse.kit import CONFIG

FOLDER = Path(__file__).parent / "sql"
TYPES = {
    "id": "BIGINT", "at": "TIMESTAMP", "income": "DOUBLE", "channel": "VARCHAR",
    "sex": "VARCHAR", "age": "BIGINT", "score": "DOUBLE", "decision": "VARCHAR",
    "repaid": "BIGINT", "we`ird \"name'": "DOUBLE", "w": "DOUBLE",
}  # fmt: skip
BINS = Bins(2.0, 0.5, (1.0, 3.0))


def texts(layout: Layout, dialect: str) -> str:
    """All statements that the configuration leads to."""
    c = layout.config
    attributes = layout.attribute_sets()[0]
    assert c.score is not None and c.row_id is not None
    fine, coarse = statements.score_bins()
    sums = statements.score_sums(c.score)
    groups = [layout.group(by) for by in attributes]
    found = [
        statements.total(),
        statements.totals(layout),
        statements.sample(layout, 10**9, dialect),
        *(statements.number(layout, n, BINS) for n in layout.numbers()),
        statements.exact(layout, "income"),
        *(statements.category(layout, n, ["it's"]) for n in layout.categories()),
        statements.repeated_ids(layout, c.row_id),
        statements.cells(layout, "groups", statements.group_dims(layout, attributes), sums),
        statements.cells(
            layout, "group scores",
            [*groups, layout.label(), statements.score_dim(c.score, coarse)], [],
        ),
        statements.cells(
            layout, "scores",
            [layout.version(), layout.label(), statements.score_dim(c.score, fine)], [],
        ),
        statements.cells(layout, "time", [layout.version(), layout.bucket()], sums),
    ]  # fmt: skip
    return "\n".join(f"-- {s.name}\n{s.text(dialect)};\n" for s in found if s is not None)


HOSTILE = replace(
    CONFIG,
    features=(*CONFIG.features, Feature("we`ird \"name'", "number")),
    weights="w",
    legitimate=(Banded("channel", "channel"),),
)


@pytest.mark.parametrize("dialect", ["duckdb", "spark"])
@pytest.mark.parametrize(("name", "config"), [("plain", CONFIG), ("hostile", HOSTILE)])
def test_golden(dialect: str, name: str, config: TableConfig, update_golden: bool) -> None:
    text = texts(fit(config, TYPES, "small"), dialect)
    path = FOLDER / f"{name}.{dialect}.sql"
    if update_golden:
        path.write_text(text, encoding="utf-8")
    assert path.read_text(encoding="utf-8") == text


@pytest.mark.parametrize("dialect", ["duckdb", "spark"])
def test_golden_regression(dialect: str, update_golden: bool) -> None:
    config = replace(CONFIG, label=Label("repaid", "number"), prediction="income")
    layout = fit(config, TYPES, "small")
    sums = statements.error_sums("repaid", "income", BINS)
    text = statements.cells(layout, "errors", [layout.version()], sums).text(dialect) + ";\n"
    path = FOLDER / f"regression.{dialect}.sql"
    if update_golden:
        path.write_text(text, encoding="utf-8")
    assert path.read_text(encoding="utf-8") == text
