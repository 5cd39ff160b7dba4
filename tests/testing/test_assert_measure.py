"""`assert_measure`: the verdicts of the command as assertions, over tables of every form."""

from __future__ import annotations

import subprocess
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from dutybound.errors import BadInput
from dutybound.terms.measure import Estimate
from dutybound.testing import MeasureFailure, assert_measure, measure_table

CONFIG: dict[str, Any] = {
    "decision": {"column": "decision", "favourable": ["yes"]},
    "label": {"column": "paid", "positive": [1]},
    "features": [{"column": "income", "kind": "number"}],
}
# 900 of 1,000 right; Wilson's limits at 95 %, worked in a spreadsheet.
LOW, HIGH = 0.8798, 0.9171


def columns() -> dict[str, list[Any]]:
    """450 approved who paid, 50 who did not; 450 refused who would not have, 50 who would."""
    return {
        "decision": ["yes"] * 500 + ["no"] * 500,
        "paid": [1] * 450 + [0] * 50 + [0] * 450 + [1] * 50,
        "income": [float(i % 4) for i in range(1000)],
    }


def frame() -> Any:
    pandas: Any = import_module("pandas")  # it has no types
    return pandas.DataFrame(columns(), index=range(5, 1005))


def batch() -> Any:
    arrow: Any = pa.table(columns())
    return arrow.to_batches()[0]


def path_of(folder: Path) -> Path:
    path = folder / 'it\'s a "table".parquet'
    pq.write_table(pa.table(columns()), path)
    return path


@pytest.mark.parametrize("form", ["path", "text", "mapping", "arrays", "arrow", "pandas", "batch"])
def test_a_table_of_any_form(tmp_path: Path, form: str) -> None:
    table: Any = {
        "path": lambda: path_of(tmp_path),
        "text": lambda: str(path_of(tmp_path)),
        "mapping": columns,
        "arrays": lambda: {k: np.array(v) for k, v in columns().items()},
        "arrow": lambda: pa.table(columns()),
        "pandas": frame,
        "batch": batch,
    }[form]()
    (line,) = assert_measure(table, "accuracy", config=CONFIG, at_least=0.8).lines
    assert isinstance(line.found, Estimate)
    assert line.found.interval is not None
    assert 0.9 == line.found.value
    assert [LOW, HIGH] == [round(x, 4) for x in (line.found.interval.low, line.found.interval.high)]


def test_a_breach_fails_and_says_value_interval_threshold_and_source() -> None:
    with pytest.raises(MeasureFailure) as failed:
        assert_measure(columns(), "accuracy", config=CONFIG, at_least=0.95, why="As accepted")
    said = str(failed.value)
    for piece in (
        "1 of 1 asserted values of `the table` failed",
        "accuracy / all rows: outside",
        "0.9 (95% interval 0.8798 to 0.9171)",
        "at least 0.95 (internal policy): As accepted",
        "Wilson 1927",
    ):
        assert piece in said
    assert 1 == len(failed.value.checked.lines)


def test_too_little_data_fails_on_request_only() -> None:
    asked: dict[str, Any] = {"config": CONFIG, "at_least": 0.9}
    found = assert_measure(columns(), "accuracy", **asked)
    assert ("accuracy / all rows: not enough data: 0.9 (95% interval 0.8798 to 0.9171)",) == (
        found.summary
    )
    for word in ("not_enough_data", "not-enough-data"):
        with pytest.raises(MeasureFailure, match="crosses the threshold"):
            assert_measure(columns(), "accuracy", fail_on=word, **asked)


def test_the_thresholds_of_the_configuration(tmp_path: Path) -> None:
    config = tmp_path / "measures.yaml"
    config.write_text(
        "dutybound: measures/1\nname: mine\n"
        "decision: {column: decision, favourable: [yes]}\n"
        "label: {column: paid, positive: [1]}\n"
        "thresholds:\n"
        "  - {measure: accuracy, at_least: 0.8, why: ours}\n"
        "  - {measure: recall, at_least: 0.99, why: ours}\n"
    )
    with pytest.raises(MeasureFailure, match="recall / all rows: outside") as failed:
        assert_measure(columns(), config=config)
    assert "accuracy" not in str(failed.value)
    assert 2 == len(failed.value.checked.lines)
    assert 1 == len(assert_measure(columns(), "accuracy", config=config).lines)


def test_one_measuring_for_several_assertions() -> None:
    found = measure_table(columns(), config=CONFIG)
    assert_measure(found, "accuracy", at_least=0.8)
    with pytest.raises(MeasureFailure):
        assert_measure(found, "precision", at_least=0.95)
    with pytest.raises(BadInput, match="leave out `config`"):
        assert_measure(found, "precision", at_least=0.95, config=CONFIG)


def test_a_reference_table() -> None:
    """A quarter of the rows move from 3 to 0: a distance of 0.25."""
    moved = columns() | {"income": [x if x < 3 else 0.0 for x in columns()["income"]]}
    asked: dict[str, Any] = {"config": CONFIG, "reference": columns(), "over": "income"}
    with pytest.raises(MeasureFailure, match="ks-distance / income: outside") as failed:
        assert_measure(moved, "ks-distance", at_most=0.1, **asked)
    (line,) = failed.value.checked.lines
    assert isinstance(line.found, Estimate)
    assert 0.25 == line.found.value
    assert_measure(columns(), "ks-distance", at_most=0.1, **asked)
    window = {"windows": {"reference": {"column": "paid", "values": [1]},
                          "current": {"column": "paid", "values": [0]}}}  # fmt: skip
    with pytest.raises(BadInput, match="names a reference too"):
        assert_measure(
            moved, "ks-distance", at_most=0.1, config=CONFIG | window, reference=columns()
        )


def test_an_assertion_that_tests_nothing_does_not_hold() -> None:
    """One class has no AUC, a score that is not named neither."""
    one = columns() | {"paid": [1] * 1000, "score": [0.5] * 1000}
    scored = CONFIG | {"score": {"column": "score"}}
    with pytest.raises(MeasureFailure, match="needs rows of both classes"):
        assert_measure(one, "auc", config=scored, at_least=0.5)
    with pytest.raises(MeasureFailure, match="names no score"):
        assert_measure(one, "auc", config=CONFIG, at_least=0.5)
    with pytest.raises(BadInput, match="met a threshold"):
        assert_measure(columns(), config=CONFIG)
    with pytest.raises(BadInput, match="met a threshold"):
        assert_measure(columns(), "accuracy", over="nothing", config=CONFIG, at_least=0.5)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"measure": "acuracy", "at_least": 0.5}, "Did you mean `accuracy`"),
        ({"measure": "accuracy", "at_least": 0.5, "at_most": 0.6}, "`at_least` or `at_most`"),
        ({"at_least": 0.5}, "of one `measure`"),
        ({"measure": "accuracy", "at_least": float("nan")}, "is a number"),
        ({"measure": "accuracy", "at_least": "0.5"}, "is a number"),
        ({"measure": "accuracy", "at_least": 0.5, "fail_on": "never"}, "`fail_on` is one of"),
        ({"measure": "accuracy", "at_least": 0.5, "config": None}, "Give `config`"),
        ({"measure": "accuracy", "at_least": 0.5, "config": 7}, "path of a measures.yaml"),
        (
            {"measure": "accuracy", "at_least": 0.5, "config": CONFIG | {"labels": 1}},
            "Unknown key `labels`",
        ),
        (
            {"measure": "accuracy", "at_least": 0.5, "config": CONFIG | {"score": {1, 2}}},
            "set is no value",
        ),
    ],
)
def test_what_cannot_be_asserted(options: dict[str, Any], said: str) -> None:
    with pytest.raises(BadInput, match=said):
        assert_measure(columns(), **({"config": CONFIG} | options))


@pytest.mark.parametrize(
    ("table", "said"),
    [
        (7, "A int is no table"),
        ([1, 2], "A list is no table"),
        ({"decision": ["yes", 1.5], "paid": [1, 1]}, "A column has one type"),
        ({"decision": ["yes"], "paid": [1, 1]}, "cannot be read as a table"),
        ({"decision": [], "paid": []}, "no row"),
        (pa.Table.from_arrays([pa.array([1]), pa.array([1])], ["paid", "paid"]), "stand twice"),
    ],
)
def test_what_is_no_table(table: Any, said: str) -> None:
    with pytest.raises(BadInput, match=said):
        assert_measure(table, "accuracy", config=CONFIG, at_least=0.5)


def test_hostile_names() -> None:
    name = 'select "x"; drop table decisions --\''
    table = columns() | {name: columns()["income"]}
    config = CONFIG | {"features": [{"column": name, "kind": "number"}]}
    (line,) = assert_measure(
        table, "completeness", over=name, config=config, at_least=0.9
    ).lines  # fmt: skip
    assert name == line.over


def test_importing_it_brings_nothing_heavy() -> None:
    code = (
        "import sys, dutybound.testing, dutybound.testing.plugin; "
        "print([m for m in ('numpy', 'scipy', 'pyarrow', 'duckdb', 'pandas', 'yaml', 'pydantic', "
        "'sqlglot', 'click') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "[]" == done.stdout.strip()
