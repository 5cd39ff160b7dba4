"""Whole reports of random tables, beside fairlearn, scikit-learn and scipy on the same rows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from fairlearn import metrics as fairlearn
from hypothesis import Phase, assume, given, settings
from hypothesis import strategies as st
from scipy import stats
from sklearn import metrics

from dutybound.assess.measure import Report, measure_profiles
from dutybound.assess.measure_table import profile_table_of
from dutybound.measure.labels import label_delay
from dutybound.terms.measure import Estimate
from dutybound.terms.table import (
    Banded,
    Decision,
    Feature,
    Ground,
    Label,
    Protected,
    Score,
    TableConfig,
    Window,
)
from tests.measure.kit import defined

GROUND = (Ground("us", "self-test", "alice", "2026-01-02"),)
CONFIG = TableConfig(
    "random", score=Score("score"), decision=Decision("decision", (1,)),
    label=Label("paid", positive=(1,)),
    features=(Feature("income", "number"), Feature("channel", "category")),
    protected=(Protected(Banded("origin", "group"), GROUND, "a"),
               Protected(Banded("sex", "sex"), GROUND, "f")),
    reference=Window(column="half", values=(1,)), current=Window(column="half", values=(2,)),
)  # fmt: skip
RATES = {
    "selection-rate": fairlearn.selection_rate,
    "false-positive-rate-by-group": fairlearn.false_positive_rate,
    "false-negative-rate-by-group": fairlearn.false_negative_rate,
    "error-rate-by-group": metrics.zero_one_loss,
}
WHOLE = {
    "accuracy": metrics.accuracy_score,
    "balanced-accuracy": metrics.balanced_accuracy_score,
    "precision": metrics.precision_score,
    "recall": metrics.recall_score,
    "f-score": metrics.f1_score,
}


def table(seed: int, rows: int) -> dict[str, np.ndarray]:
    """Random rows in which everything depends a little on everything."""
    rng = np.random.default_rng(seed)
    group = np.array(["a", "b", "c"])[rng.integers(0, 3, rows)]
    sex = np.array(["f", "m"])[rng.integers(0, 2, rows)]
    score = np.round(np.clip(rng.beta(2, 2, rows) + 0.1 * (group == "a"), 0.01, 0.99), 4)
    half = rng.integers(1, 3, rows)
    return {
        "half": half,
        "group": group,
        "sex": sex,
        "score": score,
        "decision": (score + rng.normal(0, 0.1, rows) > 0.5).astype(int),
        "paid": (rng.random(rows) < score).astype(int),
        "income": rng.normal(half, 2, rows).round(2),
        "channel": np.array(["web", "shop", "app"])[rng.integers(0, 3, rows)],
    }


def measured(folder: Path, columns: dict[str, Any]) -> Report:
    path = folder / "random.parquet"
    pq.write_table(pa.table(columns), path)
    return measure_profiles(CONFIG, profile_table_of(CONFIG, str(path)))


def values(report: Report, measure: str, over: str) -> dict[str, float]:
    found = [x for x in report.lines if (x.measure, x.over) == (measure, over)]
    found = [x for x in found if x.part != "segments"]
    return {x.group: x.found.value for x in found if isinstance(x.found, Estimate)}


@settings(max_examples=10, deadline=None, phases=[Phase.generate])
@given(seed=st.integers(0, 2**32), rows=st.integers(400, 1500))
def test_a_report_is_what_other_tools_say(
    tmp_path_factory: pytest.TempPathFactory, seed: int, rows: int
) -> None:
    whole = table(seed, rows)
    now = {k: v[whole["half"] == 2] for k, v in whole.items()}
    then = {k: v[whole["half"] == 1] for k, v in whole.items()}
    joint = np.char.add(np.char.add(now["group"], ", "), now["sex"])
    for name in np.unique(joint):
        held = joint == name
        assume({0, 1} == set(now["paid"][held]))
        assume(now["decision"][held].any())
    report = measured(tmp_path_factory.mktemp("random"), whole)
    _fairness(report, now, {"origin": now["group"], "sex": now["sex"], "origin, sex": joint})
    _performance(report, now)
    _drift(report, then, now)


def _fairness(report: Report, now: dict[str, np.ndarray], groups: dict[str, np.ndarray]) -> None:
    y, d = now["paid"], now["decision"]
    for over, by in groups.items():
        frame = fairlearn.MetricFrame(metrics=RATES, y_true=y, y_pred=d, sensitive_features=by)
        for measure in RATES:
            theirs = frame.by_group[measure].to_dict()
            assert theirs == pytest.approx(values(report, measure, over))
        mine = values(report, "statistical-parity", over).values()
        gap = fairlearn.demographic_parity_difference(y, d, sensitive_features=by)
        assert gap == pytest.approx(max(mine) - min(mine))
        ratios = values(report, "impact-ratio", over).values()
        ratio = fairlearn.demographic_parity_ratio(y, d, sensitive_features=by)
        assert ratio == pytest.approx(min(ratios) / max(ratios))
        chances = values(report, "equal-opportunity", over).values()
        gap = fairlearn.equal_opportunity_difference(y, d, sensitive_features=by)
        assert gap == pytest.approx(max(chances) - min(chances))
        means = {g: now["score"][by == g].mean() for g in np.unique(by)}
        reference = {"origin": "a", "sex": "f", "origin, sex": "a, f"}[over]
        gaps = {g: m - means[reference] for g, m in means.items() if g != reference}
        assert gaps == pytest.approx(values(report, "score-gap", over), abs=1e-8)
        above = {g: float((now["score"][by == g] > _median(now["score"])).mean()) for g in means}
        for x in report.lines:
            if (x.measure, x.over) == ("scoring-rate", over):
                found = defined(x.found)
                assert found.bound is not None
                assert found.bound[0] - 1e-9 <= above[x.group] <= found.bound[1] + 1e-9


def _median(score: np.ndarray) -> float:
    return float(np.sort(score)[(score.size - 1) // 2])


def _performance(report: Report, now: dict[str, np.ndarray]) -> None:
    y, d, s = now["paid"], now["decision"], now["score"]
    for measure, theirs in WHOLE.items():
        assert theirs(y, d) == pytest.approx(values(report, measure, "all rows")[""])
    assert metrics.brier_score_loss(y, s) == pytest.approx(
        values(report, "brier", "all rows")[""], abs=1e-8
    )
    (line,) = (x for x in report.lines if x.measure == "calibration-in-the-large")
    bias = defined(line.found)
    assert bias.interval is not None
    assert (s - y).mean() == pytest.approx(bias.value, abs=1e-8)
    half = 1.959964 * (s - y).std(ddof=1) / y.size**0.5
    assert half == pytest.approx(bias.interval.high - bias.value, rel=1e-4)
    (line,) = (x for x in report.lines if (x.measure, x.over) == ("auc", "all rows"))
    area = defined(line.found)
    assert area.bound is not None
    assert area.bound[0] - 1e-9 <= metrics.roc_auc_score(y, s) <= area.bound[1] + 1e-9
    (line,) = (x for x in report.lines if (x.measure, x.over) == ("log-loss", "all rows"))
    loss = defined(line.found)
    assert loss.bound is not None
    assert loss.bound[0] - 1e-9 <= metrics.log_loss(y, s) <= loss.bound[1] + 1e-9
    separation = stats.ks_2samp(s[y == 1], s[y == 0]).statistic
    (line,) = (x for x in report.lines if (x.measure, x.over) == ("ks-separation", "all rows"))
    found = defined(line.found)
    assert found.bound is not None
    assert found.bound[0] - 1e-9 <= separation <= found.bound[1] + 1e-9


def _drift(report: Report, then: dict[str, np.ndarray], now: dict[str, np.ndarray]) -> None:
    exact = stats.ks_2samp(then["income"], now["income"]).statistic
    (line,) = (x for x in report.lines if (x.measure, x.over) == ("ks-distance", "income"))
    found = defined(line.found)
    assert found.bound is not None
    assert found.bound[0] - 1e-9 <= exact <= found.bound[1] + 1e-9
    shares = [
        np.array([(w["channel"] == c).mean() for c in ("app", "shop", "web")]) for w in (then, now)
    ]
    assert np.abs(shares[0] - shares[1]).sum() / 2 == pytest.approx(
        values(report, "total-variation", "channel")[""]
    )
    a, b = then["income"], now["income"]
    pooled = ((a.size - 1) * a.var(ddof=1) + (b.size - 1) * b.var(ddof=1)) / (a.size + b.size - 2)
    (line,) = (
        x for x in report.lines if (x.measure, x.over) == ("standardised-mean-shift", "income")
    )
    shift = defined(line.found)
    assert shift.bound is not None
    assert shift.bound[0] - 1e-9 <= (b.mean() - a.mean()) / pooled**0.5 <= shift.bound[1] + 1e-9


@given(st.integers(0, 2**32), st.integers(5, 60))
def test_delays_are_kaplan_and_meiers_as_scipy_has_them(seed: int, rows: int) -> None:
    rng = np.random.default_rng(seed)
    age = rng.integers(0, 12, rows)
    came = rng.random(rows) < 0.6
    assume(came.any() and not came.all())
    found = defined(
        label_delay(np.bincount(age[came], minlength=12), np.bincount(age[~came], minlength=12))
    )
    data = stats.CensoredData(uncensored=age[came], right=age[~came])
    theirs = stats.ecdf(data).cdf
    assert theirs.evaluate(np.arange(12)) == pytest.approx(found.arrived_by)


def test_the_tables_hold_what_they_should() -> None:
    """Drift, groups that differ, and a score that says something: else the oracles say little."""
    whole = table(1, 1500)
    assert 0.1 < stats.ks_2samp(*(whole["income"][whole["half"] == h] for h in (1, 2))).statistic
    assert 0.6 < metrics.roc_auc_score(whole["paid"], whole["score"])
