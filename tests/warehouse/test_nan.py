"""NaN in a Parquet file whose stated range does not hold it, as most writers leave it out."""

from __future__ import annotations

from pathlib import Path

import pytest

from dutybound.terms.table import Banded, Feature, Label, Protected, Score, TableConfig
from tests.warehouse.kit import NAN, alone

COLUMNS = {
    "x": [1.0, 2.5, NAN, 4.0] * 3,
    "score": [0.25, NAN, 0.5, 0.75] * 3,
    "age": [20.0, NAN, 40.0, 60.0] * 3,
    "paid": [1, 0, 1, 0] * 3,
}


@pytest.mark.parametrize("distinct", [False, True])
def test_nan_is_counted_apart(tmp_path: Path, distinct: bool) -> None:
    columns = (
        COLUMNS | {"x": [float(i) if i % 4 else NAN for i in range(12)]} if distinct else COLUMNS
    )
    config = TableConfig(
        "nan", features=(Feature("x", "number"),), score=Score("score"),
        label=Label("paid", positive=(1,)),
        protected=(Protected(Banded("age", "age", bands=(30.0, 50.0))),),
    )  # fmt: skip
    found = alone(tmp_path, columns, config)
    assert (3, 9) == (found.numbers["x"].nan, found.numbers["x"].finite)
    ages = dict(
        zip(found.by("age").levels["age"], found.by("age").over("age").tolist(), strict=True)
    )
    assert {"under 30": 3, "30 to 50": 3, "50 or more": 3, "(other)": 3, "(missing)": 0} == ages
    assert 9 == int(found.by("age").sums["scored"].sum())
    assert found.scores is not None
    assert 3 == int(found.scores.over("bin")[-2])
