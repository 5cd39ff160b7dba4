"""Reports of weighted tables: ones change nothing, repeats give the same values, bad weights."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from sklearn import metrics as sk

from dutybound.assess.measure import Report, measure_profiles
from dutybound.assess.measure_html import measure_page
from dutybound.assess.measure_json import as_json
from dutybound.assess.measure_watch import watch_profiles
from dutybound.errors import BadInput
from dutybound.packs.output_schemas import output_schema
from dutybound.terms.measure import Estimate, Undefined, Verdict
from dutybound.terms.table import (
    Alternatives,
    Banded,
    ChosenThreshold,
    Comparing,
    Domain,
    Estimating,
    Feature,
    Ground,
    Label,
    Population,
    PredictedInterval,
    Protected,
    Proxies,
    TableConfig,
    Window,
)
from dutybound.terms.watch import Watching
from dutybound.warehouse.profile import merge
from dutybound.warehouse.profile_file import parse_profile, profile_bytes
from dutybound.warehouse.scan import profile_table
from tests.schema_check import problems
from tests.warehouse.kit import CONFIG, write

GROUND = (Ground("us", "self-test", "alice", "2026-01-02"),)
FULL = replace(
    CONFIG,
    features=(Feature("income", "number"), Feature("channel", "category")),
    label=Label("repaid", positive=(1,), arrived="came"),
    protected=(
        Protected(Banded("sex", "sex", {"women": ("f",), "men": ("m",)}), GROUND),
        Protected(Banded("age", "age", bands=(40.0,)), GROUND),
    ),
    legitimate=(Banded("band", "income", bands=(2.0, 5.0)),),
    proxies=Proxies(),
    estimated=Estimating(0.2, "ours"),
    alternatives=Alternatives("bob", "look in May", 0.5),
    population=(
        Population(("sex",), {"women": 0.5, "men": 0.5}, "census", "2025-01-01"),
        Population(("age",), {"under 40": 0.4, "40 or more": 0.6}, "survey", "2025", 900),
    ),
    comparison=Comparing("ours", 0.02),
    shrinkage=True,
    thresholds=(
        ChosenThreshold("impact-ratio", "ours", at_least=0.7),
        ChosenThreshold("ks-distance", "ours", at_most=0.2),
    ),
)
NUMBER = replace(
    FULL,
    label=Label("amount", "number"),
    prediction="income",
    estimated=None,
    alternatives=None,
    prediction_interval=PredictedInterval("lower", "upper", 0.9),
)
# What depends on how many rows there are, and so differs between a weight of 3 and three rows.
BY_SIZE = (
    "drift-psi", "jensen-shannon", "hellinger", "cramers-v", "proxy-strength", "cardinality",
    "standardised-mean-difference", "missing-attribute-bounds", "standardised-mean-shift",
    "shrunk-selection-rate", "scoring-rate", "scoring-impact-ratio",
)  # fmt: skip


def rows(n: int = 1200, seed: int = 3) -> dict[str, Any]:
    rng = np.random.default_rng(seed)
    month = rng.integers(3, 5, n)
    day = rng.integers(1, 29, n)
    score = np.round(rng.random(n), 3)
    sex = rng.choice(["f", "m", "x"], n, p=[0.5, 0.4, 0.1])
    income = rng.integers(0, 9, n).astype(object)
    income[rng.random(n) < 0.1] = None
    repaid = (rng.random(n) < score).astype(object)
    repaid[rng.random(n) < 0.3] = None
    return {
        "id": list(range(n)),
        "at": [f"2026-{m:02}-{d:02}T00:00:00" for m, d in zip(month, day, strict=True)],
        "came": pa.array(
            [f"2026-{m:02}-{d + 2:02}T00:00:00" for m, d in zip(month, day, strict=True)]
        ).cast(pa.timestamp("us")),
        "income": [None if x is None else float(x) for x in income],
        "channel": rng.choice(["web", "shop", "app"], n).tolist(),
        "sex": sex.tolist(),
        "age": rng.integers(20, 70, n).tolist(),
        "score": score.tolist(),
        "decision": np.where(score + 0.1 * (sex == "m") > 0.5, "yes", "no").tolist(),
        "repaid": [None if x is None else int(x) for x in repaid],
        "amount": (amount := np.round(rng.normal(5, 2, n))).tolist(),
        "lower": (amount - rng.integers(-1, 4, n)).tolist(),
        "upper": (amount + rng.integers(-1, 4, n)).tolist(),
    }


def repeated(table: dict[str, Any], times: np.ndarray) -> dict[str, Any]:
    at = np.repeat(np.arange(times.size), times)
    return {k: v.take(pa.array(at)) if isinstance(v, pa.Array) else [v[i] for i in at]
            for k, v in table.items()}  # fmt: skip


def measured(folder: Path, table: dict[str, Any], config: TableConfig) -> Report:
    report = measure_profiles(config, profile_table(write(folder / "t.parquet", table), config))
    plain = as_json(report, {"version": "1", "sha256": "0"})
    assert [] == list(problems(json.loads(json.dumps(plain)), output_schema("measure-report")))
    assert "<html" in measure_page(report, plain)
    return report


def weighted(table: dict[str, Any], weights: Any) -> dict[str, Any]:
    return {**table, "w": weights}


def with_weights(config: TableConfig) -> TableConfig:
    return replace(config, weights="w")


def only(report: Report, measure: str, over: str, group: str = "") -> Any:
    (found,) = (x for x in report.lines if (x.measure, x.over, x.group) == (measure, over, group))
    return found


# ---------------------------------------------------------------------- laws
@pytest.mark.parametrize("config", [FULL, NUMBER])
def test_weights_of_one_change_no_number(tmp_path: Path, config: TableConfig) -> None:
    table = rows()
    plain = measured(tmp_path, table, config)
    ones = measured(tmp_path, weighted(table, [1.0] * 1200), with_weights(config))
    assert list(plain.lines) == list(ones.lines)
    assert plain.left_out == ones.left_out
    assert plain.proxies == ones.proxies
    assert plain.alternatives == ones.alternatives
    assert plain.estimated == ones.estimated
    old, new = (as_json(r, {"version": "1", "sha256": "0"}) for r in (plain, ones))
    assert old["reliability"] == new["reliability"]
    assert {"windows", "weights", "limits"} == {k for k in old if old[k] != new[k]}


@pytest.mark.parametrize("config", [FULL, NUMBER])
def test_values_are_those_of_repeated_rows(tmp_path: Path, config: TableConfig) -> None:
    """Weights 0 to 4; a row of weight 0 is not there."""
    table = rows()
    times = np.random.default_rng(5).integers(0, 5, 1200)
    other = measured(tmp_path, repeated(table, times), config)
    mine = measured(tmp_path, weighted(table, times.tolist()), with_weights(config))
    there = {(x.part, x.key): x for x in mine.lines}
    assert {(x.part, x.key) for x in other.lines} == set(there)
    seen = 0
    for a in other.lines:
        b = there[a.part, a.key]
        if a.measure in BY_SIZE or isinstance(a.found, Undefined) or a.found.bound is not None:
            continue
        if isinstance(b.found, Undefined):
            assert "rows" in b.found.reason  # too few effective rows
            continue
        if a.against != b.against:  # the group that the data support as the highest
            continue
        seen += 1
        assert a.found.value == pytest.approx(b.found.value, abs=1e-9), a.key
        assert b.found.n <= a.found.n * (1 + 1e-9), a.key
    assert seen > 40
    assert mine.current.rows == int(((times > 0) & (months(table) == 4)).sum())
    assert mine.current.weightless == int(((times == 0) & (months(table) == 4)).sum())


def months(table: dict[str, Any]) -> np.ndarray:
    return np.array([int(t[5:7]) for t in table["at"]])


def test_values_are_those_of_scikit_learn(tmp_path: Path) -> None:
    table = rows()
    w = np.random.default_rng(6).lognormal(0, 1, 1200)
    report = measured(tmp_path, weighted(table, w.tolist()), with_weights(FULL))
    kept = (months(table) == 4) & np.array([x is not None for x in table["repaid"]])
    y = np.array([x or 0 for x in table["repaid"]])[kept]
    s, v = np.array(table["score"])[kept], w[kept]
    d = (np.array(table["decision"]) == "yes")[kept]
    expected = {
        "brier": sk.brier_score_loss(y, s, sample_weight=v),
        "accuracy": sk.accuracy_score(y, d, sample_weight=v),
        "recall": sk.recall_score(y, d, sample_weight=v),
    }
    for measure, number in expected.items():
        assert number == pytest.approx(only(report, measure, "all rows").found.value, rel=1e-6)
    area = only(report, "auc", "all rows").found
    assert sk.roc_auc_score(y, s, sample_weight=v) == pytest.approx(area.value, abs=1e-4)
    now = months(table) == 4
    women = now & (np.array(table["sex"]) == "f")
    share = w[women & (np.array(table["decision"]) == "yes")].sum() / w[women].sum()
    line = only(report, "selection-rate", "sex", "women")
    assert share == pytest.approx(line.found.value)
    assert int(women.sum()) == line.rows
    # The interval rests on fewer rows than there are; Kish's size is the most.
    assert line.found.n <= w[women].sum() ** 2 / (w[women] ** 2).sum() + 1e-6


def test_regression_is_weighted(tmp_path: Path) -> None:
    table = rows()
    w = np.random.default_rng(6).lognormal(0, 1, 1200)
    report = measured(tmp_path, weighted(table, w.tolist()), with_weights(NUMBER))
    kept = (months(table) == 4) & np.array([x is not None for x in table["income"]])
    p = np.array([x or 0.0 for x in table["income"]])[kept]
    y, v = np.array(table["amount"])[kept], w[kept]
    expected = {
        "mean-absolute-error": sk.mean_absolute_error(y, p, sample_weight=v),
        "root-mean-squared-error": sk.root_mean_squared_error(y, p, sample_weight=v),
        "r-squared": sk.r2_score(y, p, sample_weight=v),
    }
    for measure, number in expected.items():
        assert number == pytest.approx(only(report, measure, "all rows").found.value, rel=1e-5)
    now = months(table) == 4
    y, low, high = (np.array(table[k]) for k in ("amount", "lower", "upper"))
    ranged = now & (low <= high)
    inside = ranged & (low <= y) & (y <= high)
    share = w[inside].sum() / w[ranged].sum()
    assert share == pytest.approx(only(report, "interval-coverage", "all rows").found.value)
    width = np.average((high - low)[ranged], weights=w[ranged])
    assert width == pytest.approx(only(report, "interval-width", "all rows").found.value, rel=1e-5)


def test_mixes_and_scoring_rates_are_weighted(tmp_path: Path) -> None:
    table = rows()
    w = np.random.default_rng(6).lognormal(0, 1, 1200)
    report = measured(tmp_path, weighted(table, w.tolist()), with_weights(FULL))
    now = months(table) == 4
    sex = np.array(table["sex"])
    women, men = (w[now & (sex == s)].sum() for s in ("f", "m"))
    gap = only(report, "representation-gap", "sex", "women")
    assert women / (women + men) - 0.5 == pytest.approx(gap.found.value)
    assert int((now & (sex == "f")).sum()) == gap.rows
    # The median by weight, and the weight above it. Scores have three digits, so bins tell them.
    score, mine = np.array(table["score"])[now], w[now]
    order = np.argsort(score)
    median = score[order][np.searchsorted(np.cumsum(mine[order]), mine.sum() / 2)]
    group = now & (sex == "f")
    above = w[group & (np.array(table["score"]) > median)].sum() / w[group].sum()
    found = only(report, "scoring-rate", "sex", "women")
    assert found.found.bound is not None
    factor = found.found.n / w[group].sum()
    assert found.found.bound[0] - 1e-9 <= above <= found.found.bound[1] + 1e-9
    assert factor < 1
    assert above == pytest.approx(found.found.value, abs=0.02)


def test_a_weight_for_all_is_as_none(tmp_path: Path) -> None:
    table = rows()
    plain = measured(tmp_path, table, FULL)
    same = measured(tmp_path, weighted(table, [0.3] * 1200), with_weights(FULL))
    for a, b in zip(plain.lines, same.lines, strict=True):
        if isinstance(a.found, Estimate) and isinstance(b.found, Estimate):
            # Without weights a scoring rate takes whole rows of the median's bin.
            off = 0.01 if a.measure.startswith("scoring") else 1e-6
            assert a.found.value == pytest.approx(b.found.value, rel=1e-6, abs=off), a.key
            assert a.found.n == pytest.approx(b.found.n, rel=1e-6), a.key
        assert a.judgement.verdict is b.judgement.verdict


# ---------------------------------------------------------------------- what is said
def test_the_report_says_that_it_is_weighted(tmp_path: Path) -> None:
    table = rows()
    w = [0.0, 2.0] * 600
    report = measured(tmp_path, weighted(table, w), with_weights(FULL))
    now = months(table) == 4
    there = now & (np.array(w) > 0)
    plain = as_json(report, {"version": "1", "sha256": "0"})
    assert "w" == plain["weights"]["column"]
    expected = {
        "sum": 2.0 * there.sum(), "effective": float(there.sum()),
        "rows_left_out": int((now & ~there).sum()),
    }  # fmt: skip
    assert expected == plain["weights"]["current"]
    assert 0 == plain["windows"]["outside"]
    assert any("weighted by `w`" in text for text in report.limits)
    page = measure_page(report, plain)
    assert "Every value is weighted by w" in page and "Effective rows" in page
    assert "Effective rows" not in measure_page(measured(tmp_path, table, FULL), plain)


def test_few_effective_rows_are_not_enough_data(tmp_path: Path) -> None:
    """One row carries nearly all the weight of women: its group is no group of 500."""
    table = rows()
    w = np.ones(1200)
    women = np.flatnonzero((np.array(table["sex"]) == "f") & (months(table) == 4))
    w[women[0]] = 1000.0
    report = measured(tmp_path, weighted(table, w.tolist()), with_weights(FULL))
    line = only(report, "impact-ratio", "sex", "women")
    other = only(report, "impact-ratio", "sex", "men")
    mine = line if line.judgement.why != "this is the reference group" else other
    assert Verdict.NOT_ENOUGH_DATA is mine.judgement.verdict
    assert women.size == line.rows
    assert isinstance(line.rate, Estimate) and line.rate.n < 2


# ---------------------------------------------------------------------- bad weights
@pytest.mark.parametrize(
    ("bad", "said"),
    [
        (-1.0, "1 row has a weight below 0"),
        (float("nan"), "1 row has a weight that is infinite or NaN"),
        (float("inf"), "1 row has a weight that is infinite or NaN"),
        (float("-inf"), "1 row has a weight below 0"),
        (None, "1 row has no weight"),
        (1e12, "under a 16-millionth of the largest"),
        (1e-12, "under a 16-millionth of the largest"),
    ],
)
def test_bad_weights_are_refused(tmp_path: Path, bad: float | None, said: str) -> None:
    table = rows()
    w: list[float | None] = [1.0] * 1200
    w[int(np.flatnonzero(months(table) == 4)[0])] = bad
    with pytest.raises(BadInput, match=said):
        measured(tmp_path, weighted(table, w), with_weights(FULL))


def test_weights_that_are_all_zero_are_refused(tmp_path: Path) -> None:
    table = rows()
    w = np.where(months(table) == 4, 0.0, 1.0).tolist()
    with pytest.raises(BadInput, match="current window holds no row with a weight above 0"):
        measured(tmp_path, weighted(table, w), with_weights(FULL))
    with pytest.raises(BadInput, match="reference window holds no row with a weight above 0"):
        measured(tmp_path, weighted(table, [0.0] * 1200), with_weights(FULL))
    with pytest.raises(BadInput, match=r"largest weight is 1e\+300"):
        measured(tmp_path, weighted(table, [1e300] * 1200), with_weights(FULL))


def test_a_group_of_weight_zero_is_no_group(tmp_path: Path) -> None:
    table = rows()
    w = np.where(np.array(table["sex"]) == "m", 0.0, 1.0).tolist()
    report = measured(tmp_path, weighted(table, w), with_weights(FULL))
    found = only(report, "impact-ratio", "sex").found
    assert Undefined("fewer than two groups hold a row with a known attribute") == found


def test_weights_of_text_are_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="weights"):
        measured(tmp_path, weighted(rows(), ["1"] * 1200), with_weights(FULL))


# ---------------------------------------------------------------------- profiles, watch, domain
def test_day_profiles_with_weights_add_up(tmp_path: Path) -> None:
    table = weighted(rows(), np.random.default_rng(8).lognormal(0, 1, 1200).tolist())
    source = write(tmp_path / "t.parquet", table)
    config = with_weights(FULL)
    whole = profile_table(source, config)
    assert whole.reference is not None
    stored = parse_profile(profile_bytes(whole.reference), "r")
    cut = "2026-04-15T00:00:00"
    april = config.current
    assert april is not None
    parts = [
        profile_table(source, replace(config, current=window), stored).current
        for window in (Window(since=april.since, until=cut), Window(since=cut, until=april.until))
    ]
    merged = merge([parse_profile(profile_bytes(p), "p") for p in parts])
    assert profile_bytes(whole.current) == profile_bytes(merged)


def test_rows_and_weighted_rows_are_not_compared(tmp_path: Path) -> None:
    table = weighted(rows(), [2.0] * 1200)
    source = write(tmp_path / "t.parquet", table)
    plain, config = profile_table(source, FULL).reference, with_weights(FULL)
    counted = profile_table(source, config).reference
    with pytest.raises(BadInput, match="counted without weights, and the configuration has"):
        profile_table(source, config, plain)
    with pytest.raises(BadInput, match="counted with weights, and the configuration has no"):
        profile_table(source, FULL, counted)


def test_a_later_window_keeps_the_unit_of_the_reference(tmp_path: Path) -> None:
    table = weighted(rows(), [2.0] * 1200)
    config = with_weights(FULL)
    stored = profile_table(write(tmp_path / "t.parquet", table), config).reference
    large = write(tmp_path / "u.parquet", weighted(rows(), [50.0] * 1200))
    assert stored is not None
    now = profile_table(large, config, stored).current
    assert (stored.weight_unit, 50.0 * now.rows) == (now.weight_unit, now.weight)
    huge = write(tmp_path / "v.parquet", weighted(rows(), [500.0] * 1200))
    with pytest.raises(BadInput, match="profile the reference window again or trim"):
        profile_table(huge, config, stored)


def test_profiles_of_an_older_version_say_why_they_are_refused(tmp_path: Path) -> None:
    source = write(tmp_path / "t.parquet", weighted(rows(), [2.0] * 1200))
    found = json.loads(profile_bytes(profile_table(source, FULL).current))
    found["numbers"]["income"]["weights"] = found["numbers"]["income"]["counts"]
    with pytest.raises(BadInput, match="without their squares, by an older version"):
        parse_profile(json.dumps(found).encode(), "old.json")


def test_a_watch_goes_on_with_weights(tmp_path: Path) -> None:
    config = replace(with_weights(FULL), watch=Watching(alpha=0.05))
    table = weighted(rows(), np.random.default_rng(8).lognormal(0, 1, 1200).tolist())
    profiles = profile_table(write(tmp_path / "t.parquet", table), config)
    first = watch_profiles(config, profiles, None, "state")
    assert first.watched is not None
    again = watch_profiles(config, profiles, first.watched.record, "state")
    assert again.watched is not None and again.watched.repeated
    other = replace(config, weights=None)
    with pytest.raises(BadInput, match="started with another configuration"):
        watch_profiles(other, profiles, first.watched.record, "state")


def test_the_domain_classifier_is_weighted(tmp_path: Path) -> None:
    """April has more of channel a; weights take it away again."""
    rng = np.random.default_rng(9)
    n = 4000
    month = np.repeat([3, 4], n // 2)
    a = rng.random(n) < np.where(month == 4, 0.8, 0.5)
    table = {
        "id": list(range(n)),
        "at": [f"2026-{m:02}-02T00:00:00" for m in month],
        "channel": np.where(a, "a", "b").tolist(),
        "w": np.where(month == 4, np.where(a, 0.5 / 0.8, 0.5 / 0.2), 1.0).tolist(),
        "one": [1.0] * n,
    }
    config = TableConfig(
        "domain", features=(Feature("channel", "category"),), row_id="id", time=CONFIG.time,
        reference=CONFIG.reference, current=CONFIG.current, domain=Domain(rows=n),
    )  # fmt: skip
    plain = only(measured(tmp_path, table, config), "domain-classifier", "all rows")
    ones = only(measured(tmp_path, table, replace(config, weights="one")), "domain-classifier",
                "all rows")  # fmt: skip
    mine = only(measured(tmp_path, table, with_weights(config)), "domain-classifier", "all rows")
    assert plain.found == ones.found
    assert 0.65 == pytest.approx(plain.found.value, abs=0.02)
    assert 0.5 == pytest.approx(mine.found.value, abs=0.03)
    assert mine.found.n < 0.95 * n


def test_p_values_rest_on_effective_rows(tmp_path: Path) -> None:
    table = rows()
    w = np.random.default_rng(6).lognormal(0, 1.5, 1200).tolist()
    found = {}
    for name, config, data in (
        ("ones", with_weights(FULL), weighted(table, [1.0] * 1200)),
        ("none", FULL, table),
        ("wide", with_weights(FULL), weighted(table, w)),
    ):
        profiles = profile_table(write(tmp_path / "p.parquet", data), config)
        report = measure_profiles(config, profiles, p_values=True)
        found[name] = {x.key: x.p for x in report.lines if x.p is not None}
    assert found["none"] == found["ones"]
    assert set(found["none"]) >= {"ks-distance / income", "total-variation / channel"}
    assert set(found["wide"]) >= {"ks-distance / income", "total-variation / channel"}
