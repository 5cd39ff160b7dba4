"""Predicted numbers and intervals: by hand, by segment, over time, merged, judged."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from sklearn import metrics

from dutybound.assess.measure import Report, measure_profiles
from dutybound.assess.measure_html import measure_page
from dutybound.assess.measure_json import as_json
from dutybound.assess.measure_lines import Line
from dutybound.assess.measure_table import profile_table_of, stored_profile
from dutybound.errors import BadInput
from dutybound.packs.output_schemas import output_schema
from dutybound.terms.measure import Estimate, Undefined, Verdict
from dutybound.terms.table import (
    Banded,
    ChosenThreshold,
    Ground,
    Label,
    PredictedInterval,
    Protected,
    TableConfig,
    TimeColumn,
    Window,
)
from dutybound.warehouse.profile import merge
from dutybound.warehouse.profile_file import parse_profile, profile_bytes
from tests.schema_check import problems

GROUND = (Ground("us", "self-test", "alice", "2026-01-02"),)
SEX = Protected(Banded("sex", "sex", {"women": ("f",), "men": ("m",)}), GROUND)
RANGE = PredictedInterval("low", "high", 0.8)
BASE = TableConfig("prices", label=Label("y", "number"), prediction="p", prediction_interval=RANGE)
NAN, INF = float("nan"), float("inf")


def write(folder: Path, columns: dict[str, Any]) -> str:
    path = folder / "prices.parquet"
    found = {k: pa.array(v) for k, v in columns.items()}
    if "at" in found:
        found["at"] = found["at"].cast(pa.timestamp("us"))
    pq.write_table(pa.table(found), path)
    return str(path)


def measured(folder: Path, columns: dict[str, Any], config: TableConfig) -> Report:
    report = measure_profiles(config, profile_table_of(config, write(folder, columns)))
    plain = as_json(report, {"version": "1", "sha256": "0"})
    assert [] == list(problems(json.loads(json.dumps(plain)), output_schema("measure-report")))
    assert "<html" in measure_page(report, plain)
    return report


def lines(report: Report, measure: str, over: str = "all rows") -> dict[str, Line]:
    return {x.group: x for x in report.lines if (x.measure, x.over) == (measure, over)}


def value(x: Line) -> float:
    assert isinstance(x.found, Estimate), x.found
    return x.found.value


def prices() -> dict[str, Any]:
    """Ten outcomes of 0 to 9, ten times; intervals of 2 to 6, so 2 below, 3 above, width 4."""
    y = [float(i % 10) for i in range(100)]
    return {
        "y": y,
        "p": [v + (1.0 if i % 2 else 0.0) for i, v in enumerate(y)],
        "low": [2.0] * 100,
        "high": [6.0] * 100,
        "sex": ["f" if v < 5 else "m" for v in y],
        "at": ["2026-03-01T10:00:00" if v < 2 else "2026-03-02T10:00:00" for v in y],
    }


def test_intervals_by_hand(tmp_path: Path) -> None:
    report = measured(tmp_path, prices(), BASE)
    (covered,) = lines(report, "interval-coverage").values()
    assert 0.5 == value(covered)
    assert isinstance(covered.found, Estimate) and covered.found.interval is not None
    wilson = stats.binomtest(50, 100).proportion_ci(method="wilson")
    interval = covered.found.interval
    assert (wilson.low, wilson.high) == pytest.approx((interval.low, interval.high))
    assert "promises 0.8" in covered.found.note
    missed = lines(report, "interval-miss")
    assert {"below": 0.2, "above": 0.3} == {k: round(value(x), 9) for k, x in missed.items()}
    (width,) = lines(report, "interval-width").values()
    assert 4.0 == pytest.approx(value(width), abs=1e-5)
    assert 0.5 == value(lines(report, "mean-absolute-error")[""])


def test_segments_and_time(tmp_path: Path) -> None:
    """Women have 0 to 4: 2 of 5 below. Men have 5 to 9: 5 and 6 inside. Day one has 0 and 1."""
    config = replace(BASE, protected=(SEX,), time=TimeColumn("at"))
    report = measured(tmp_path, prices(), config)
    by = lines(report, "interval-coverage", "sex")
    assert {"women": 0.6, "men": 0.4} == {k: round(value(x), 9) for k, x in by.items()}
    missed = {k: round(value(x), 9) for k, x in lines(report, "interval-miss", "sex").items()}
    assert {
        "women, below": 0.4,
        "women, above": 0.0,
        "men, below": 0.0,
        "men, above": 0.6,
    } == missed
    days = lines(report, "interval-coverage", "time")
    assert {"2026-03-01": 0.0, "2026-03-02": 0.625} == {k: value(x) for k, x in days.items()}
    assert 0.5 == value(lines(report, "mean-absolute-error", "time")["2026-03-01"])
    assert 50 == lines(report, "mean-absolute-error", "sex")["women"].rows
    bare = replace(config, protected=(replace(SEX, grounds=()),))
    assert {} == lines(measured(tmp_path, prices(), bare), "interval-coverage", "sex")


def test_coverage_is_judged_where_it_is_named(tmp_path: Path) -> None:
    chosen = (
        ChosenThreshold("interval-coverage", "promised", at_least=0.8),
        ChosenThreshold("interval-miss", "ours", at_most=0.5, over=("sex",)),
    )
    report = measured(tmp_path, prices(), replace(BASE, protected=(SEX,), thresholds=chosen))
    assert Verdict.BREACH is lines(report, "interval-coverage")[""].judgement.verdict
    by = lines(report, "interval-coverage", "sex")
    assert {Verdict.NOT_JUDGED} == {x.judgement.verdict for x in by.values()}
    missed = lines(report, "interval-miss", "sex")
    assert Verdict.NO_BREACH is missed["men, below"].judgement.verdict
    joint = missed["men, below"].judged_on
    assert joint is not None and joint.level == pytest.approx(0.975)


def test_what_no_interval_is_left_out(tmp_path: Path) -> None:
    table = {
        "y": [1.0, 1.0, 1.0, 1.0, None, NAN, 1.0, 1.0],
        "p": [1.0] * 8,
        "low": [0.0, 2.0, 3.0, None, 0.0, 0.0, -INF, NAN],
        "high": [1.0, 3.0, 2.0, 2.0, 1.0, 1.0, 2.0, 2.0],
    }
    report = measured(tmp_path, table, BASE)
    (covered,) = lines(report, "interval-coverage").values()
    assert isinstance(covered.found, Estimate)
    assert (0.5, 2) == (covered.found.value, covered.found.n)  # an outcome on the end is inside
    assert "1 rows whose lower end is above" in covered.found.note


def test_intervals_without_a_prediction(tmp_path: Path) -> None:
    report = measured(tmp_path, prices(), replace(BASE, prediction=None))
    assert 0.5 == value(lines(report, "interval-coverage")[""])
    assert isinstance(lines(report, "mean-absolute-error")[""].found, Undefined)
    without = measured(tmp_path, prices(), replace(BASE, prediction_interval=None))
    assert "`prediction_interval`" in without.not_computed["interval-coverage"]


def test_no_row_has_an_interval(tmp_path: Path) -> None:
    table = prices() | {"low": pa.array([None] * 100, pa.float64())}
    report = measured(tmp_path, table, BASE)
    for measure in ("interval-coverage", "interval-miss", "interval-width"):
        assert all(isinstance(x.found, Undefined) for x in lines(report, measure).values())


def test_a_column_that_is_no_number_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"`low` \(prediction_interval\)"):
        measured(tmp_path, prices() | {"low": ["2"] * 100}, BASE)


def test_parts_add_up(tmp_path: Path) -> None:
    """Two days of one table, merged, are the table; and a file gives back what was written."""
    config = replace(BASE, time=TimeColumn("at"))
    source = write(tmp_path, prices())
    whole = profile_table_of(config, source).current
    assert profile_bytes(whole) == profile_bytes(parse_profile(profile_bytes(whole), "x"))
    reference = replace(whole, window="reference")
    pinned = tmp_path / "whole.json"
    pinned.write_bytes(profile_bytes(reference))
    days = []
    for day in (1, 2):
        window = Window(f"2026-03-0{day}T00:00:00", f"2026-03-0{day + 1}T00:00:00")
        one = replace(config, current=window, reference=stored_profile(pinned))
        days.append(profile_table_of(one, source).current)
    found = merge(days)
    assert found.errors is not None and whole.errors is not None
    assert found.error_buckets is not None and whole.error_buckets is not None
    for a, b in ((found.errors, whole.errors), (found.error_buckets, whole.error_buckets)):
        assert a.counts.tolist() == b.counts.tolist()
        assert {k: v.tolist() for k, v in a.sums.items()} == {
            k: v.tolist() for k, v in b.sums.items()
        }


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 2**32), st.integers(10, 300))
def test_errors_are_those_of_scikit_learn(
    tmp_path_factory: pytest.TempPathFactory, seed: int, rows: int
) -> None:
    rng = np.random.default_rng(seed)
    y = rng.normal(100, 20, rows)
    p = y + rng.normal(1, 5, rows)
    half = rng.uniform(1, 10, rows)
    table = {"y": y, "p": p, "low": p - half, "high": p + half}
    report = measured(tmp_path_factory.mktemp("random"), table, BASE)
    theirs = {
        "mean-absolute-error": metrics.mean_absolute_error(y, p),
        "root-mean-squared-error": metrics.root_mean_squared_error(y, p),
        "r-squared": metrics.r2_score(y, p),
        "interval-coverage": float(np.mean((y >= p - half) & (y <= p + half))),
        "interval-width": float(np.mean((p + half) - (p - half))),
    }
    ours = {measure: value(lines(report, measure)[""]) for measure in theirs}
    assert theirs == pytest.approx(ours, rel=1e-4, abs=1e-4)
