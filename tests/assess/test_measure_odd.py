"""Measuring tables that are odd: no label, one class, regression, strata, hostile names."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from dutybound.assess.charts import Dot, Point, bars, diagonal, dots, series
from dutybound.assess.measure import Report, measure_profiles
from dutybound.assess.measure_ci import junit_text, sarif_text
from dutybound.assess.measure_html import measure_page
from dutybound.assess.measure_json import as_json
from dutybound.assess.measure_table import profile_table_of
from dutybound.errors import BadInput
from dutybound.terms.measure import Estimate, Undefined
from dutybound.terms.table import (
    Banded,
    ChosenThreshold,
    Decision,
    Feature,
    Ground,
    Label,
    Protected,
    Score,
    TableConfig,
    Window,
)

GROUND = (Ground("us", "self-test", "alice", "2026-01-02"),)
SEX = Protected(Banded("sex", "sex", {"women": ("f",), "men": ("m",)}), GROUND, "men")
BASE = TableConfig(
    "odd", decision=Decision("decision", ("yes",)), label=Label("paid", positive=(1,)),
    score=Score("score"), protected=(SEX,),
)  # fmt: skip


def measured(folder: Path, columns: dict[str, Any], config: TableConfig) -> Report:
    target = folder / "odd.parquet"
    pq.write_table(pa.table(columns), target)
    return measure_profiles(config, profile_table_of(config, str(target)))


def value(report: Report, measure: str, over: str, group: str = "") -> Estimate | Undefined:
    (found,) = (
        x
        for x in report.lines
        if (x.measure, x.over, x.group) == (measure, over, group) and x.part != "segments"
    )
    return found.found


def columns(paid: list[int | None]) -> dict[str, Any]:
    n = len(paid)
    return {
        "decision": ["yes" if i % 3 else "no" for i in range(n)],
        "paid": pa.array(paid, pa.int64()),
        "score": [0.1 + 0.8 * i / n for i in range(n)],
        "sex": ["f" if i % 2 else "m" for i in range(n)],
    }


def whole(report: Report) -> str:
    """Every output of a report: none may fail, whatever the table holds."""
    plain = as_json(report, {"version": "1", "sha256": "0"})
    assert ElementTree.fromstring(junit_text(report)).tag == "testsuites"
    assert '"2.1.0"' in sarif_text(report)
    return measure_page(report, plain)


def test_one_class_has_no_separation(tmp_path: Path) -> None:
    report = measured(tmp_path, columns([1] * 60), BASE)
    assert Undefined("the AUC needs rows of both classes") == value(report, "auc", "all rows")
    assert isinstance(value(report, "false-positive-rate", "all rows"), Undefined)
    assert "no value" in whole(report)


def test_no_label_came_yet(tmp_path: Path) -> None:
    report = measured(tmp_path, columns([None] * 60), BASE)
    coverage = value(report, "label-coverage", "all rows")
    assert isinstance(coverage, Estimate)
    assert 0.0 == coverage.value
    for measure in ("accuracy", "recall", "brier", "calibration", "auc"):
        assert isinstance(value(report, measure, "all rows"), Undefined), measure
    whole(report)


def test_an_attribute_without_ground_is_not_used(tmp_path: Path) -> None:
    bare = replace(BASE, protected=(replace(SEX, grounds=()),))
    report = measured(tmp_path, columns([1, 0] * 30), bare)
    found = value(report, "impact-ratio", "sex")
    assert isinstance(found, Undefined)
    assert "no ground in law" in found.reason
    assert [] == [x for x in report.lines if x.group in ("women", "men")]


def test_a_group_with_no_row_to_compare_with(tmp_path: Path) -> None:
    table = columns([1, 0] * 30) | {"sex": ["f"] * 60}
    report = measured(tmp_path, table, BASE)
    assert isinstance(value(report, "impact-ratio", "sex"), Undefined)
    whole(report)


def test_an_empty_table(tmp_path: Path) -> None:
    table = {k: pa.array([], pa.array(v).type) for k, v in columns([1, 0]).items()}
    with pytest.raises(BadInput, match="holds no row"):
        measured(tmp_path, table, BASE)


def test_a_feature_without_a_value(tmp_path: Path) -> None:
    """All missing, NaN or infinite: no value is made up, and the windows are still compared."""
    odd = [None, float("nan"), float("inf"), float("-inf")]
    table = columns([1, 0] * 60) | {
        "x": pa.array(odd * 30, pa.float64()),
        "half": [1] * 60 + [2] * 60,
    }
    config = replace(
        BASE,
        features=(Feature("x", "number"),),
        reference=Window(column="half", values=(1,)),
        current=Window(column="half", values=(2,)),
    )
    report = measured(tmp_path, table, config)
    complete = value(report, "completeness", "x")
    assert isinstance(complete, Estimate)
    assert 0.0 == complete.value
    for measure in ("ks-distance", "drift-psi", "wasserstein", "range-break"):
        assert isinstance(value(report, measure, "x"), Undefined), measure
    whole(report)


def test_like_with_like(tmp_path: Path) -> None:
    """A gap that a factor explains: 30 % of women and 50 % of men are taken, but within each
    department the rates are equal (20 % and 60 %); women apply where few are taken."""
    blocks = [("f", "hard", 75, 15), ("f", "easy", 25, 15), ("m", "hard", 25, 5),
              ("m", "easy", 75, 45)]  # fmt: skip
    rows = [(sex, place, i < taken) for sex, place, total, taken in blocks for i in range(total)]
    table = {
        "sex": [r[0] for r in rows],
        "place": [r[1] for r in rows],
        "decision": ["yes" if r[2] else "no" for r in rows],
    }
    config = TableConfig(
        "places", decision=BASE.decision, protected=(SEX,), legitimate=(Banded("place", "place"),)
    )
    report = measured(tmp_path, table, config)
    plain = value(report, "impact-ratio", "sex", "women")
    given = value(report, "conditional-impact-ratio", "sex given place", "women")
    assert isinstance(plain, Estimate)
    assert isinstance(given, Estimate)
    assert (0.6, 1.0) == (round(plain.value, 9), round(given.value, 9))


def test_errors_of_a_predicted_number(tmp_path: Path) -> None:
    """Labels 0, 2, 4, 6 and predictions 1, 2, 3, 6: errors 1, 0, 1, 0; spread 20."""
    table = {"y": [0.0, 2.0, 4.0, 6.0] * 25, "p": [1.0, 2.0, 3.0, 6.0] * 25}
    config = TableConfig("numbers", label=Label("y", "number"), prediction="p")
    report = measured(tmp_path, table, config)
    found = [
        value(report, m, "all rows")
        for m in ("mean-absolute-error", "root-mean-squared-error", "r-squared")
    ]
    assert [0.5, round(0.5**0.5, 6), 0.9] == [
        round(f.value, 6) for f in found if isinstance(f, Estimate)
    ]
    whole(report)


def test_hostile_names_stay_text(tmp_path: Path) -> None:
    name = '<script>alert(1)</script>"; DROP TABLE t; --\x01'
    table = columns([1, 0] * 300) | {name: ["]]>&" if i % 2 else "'" for i in range(600)]}
    config = replace(
        BASE,
        features=(Feature(name, "category"),),
        thresholds=(ChosenThreshold("completeness", "why", at_least=0.5),),
    )
    report = measured(tmp_path, table, config)
    page = whole(report)
    assert "<script" not in page
    assert "&lt;script&gt;" in page


@pytest.mark.parametrize("values", [[], [0.0], [1.0, 1.0], [-2.0, 3.0, float("inf")]])
def test_charts_hold_whatever_comes(values: list[float]) -> None:
    rows = [Dot("a" * 99, v, v - 1, v + 1) for v in values if v < 10]
    points = [Point(float(i), v, v, v) for i, v in enumerate(values) if v < 10]
    for svg in (dots("x", rows, [1.0]), bars("x", rows), diagonal("x", points),
                series("<x>", points, ("a", "b"))):  # fmt: skip
        root = ElementTree.fromstring(svg)
        assert "img" == root.attrib["role"]
        assert "nan" not in svg


def test_a_dot_is_where_its_value_is() -> None:
    """Values 0 and 1 on a scale of -0.05 to 1.05 between 230 and 700 points."""
    root = ElementTree.fromstring(dots("x", [Dot("a", 0.0), Dot("b", 1.0)]))
    circles = [float(c.attrib["cx"]) for c in root.iter("circle")]
    assert [round(230 + 470 * 0.05 / 1.1, 1), round(230 + 470 * 1.05 / 1.1, 1)] == circles


def test_intervals_of_listed_values_are_widened_for_all_groups(tmp_path: Path) -> None:
    """Two groups of one attribute: each is judged at 1 - 0.05 / 2, shown at 0.95."""
    config = replace(BASE, thresholds=(ChosenThreshold("selection-rate", "why", at_least=0.1),))
    report = measured(tmp_path, columns([1, 0] * 60), config)
    (line,) = (x for x in report.lines if (x.measure, x.group) == ("selection-rate", "women"))
    assert isinstance(line.found, Estimate)
    assert line.found.interval is not None
    assert line.judged_on is not None
    assert (0.95, 0.975) == (line.found.interval.level, round(line.judged_on.level, 9))
    assert line.judged_on.low < line.found.interval.low
