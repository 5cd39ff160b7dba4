"""Estimates without labels, delays, log loss, p-values, alternatives: by hand and by oracle."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chi2_contingency, false_discovery_control, kstwobign
from sklearn.metrics import log_loss

from dutybound.assess.measure import Report, measure_profiles
from dutybound.assess.measure_html import measure_page
from dutybound.assess.measure_json import as_json
from dutybound.assess.measure_table import profile_table_of
from dutybound.cli.main import cli
from dutybound.errors import BadInput
from dutybound.measure.estimated import calibration_assumption, estimated_performance
from dutybound.measure.performance import binned_log_loss
from dutybound.packs.measure_config import parse_measure_config
from dutybound.packs.output_schemas import output_schema
from dutybound.terms.measure import Estimate, Measured, Undefined, Verdict
from dutybound.terms.table import (
    Alternatives,
    Banded,
    ChosenThreshold,
    Decision,
    Estimating,
    Feature,
    Ground,
    Label,
    Protected,
    Score,
    TableConfig,
    TimeColumn,
    Window,
)
from tests.schema_check import problems

GROUND = (Ground("us", "self-test", "alice", "2026-01-02"),)
SEX = Protected(Banded("sex", "sex"), GROUND, "m")
BASE = TableConfig(
    "more", score=Score("score"), decision=Decision("decision", ("yes",)),
    label=Label("paid", positive=(1,)),
)  # fmt: skip


def measured(folder: Path, columns: dict[str, Any], config: TableConfig, **more: Any) -> Report:
    path = folder / "more.parquet"
    pq.write_table(pa.table(columns), path)
    report = measure_profiles(config, profile_table_of(config, str(path)), **more)
    plain = as_json(report, {"version": "1", "sha256": "0"})
    assert [] == list(problems(json.loads(json.dumps(plain)), output_schema("measure-report")))
    assert "<html" in measure_page(report, plain)
    return report


def value(found: Measured) -> float:
    assert isinstance(found, Estimate)
    return found.value


def blocks(*rows: tuple[Any, ...], names: tuple[str, ...]) -> dict[str, Any]:
    """Columns from rows that each stand `count` times; the count is last."""
    found: dict[str, list[Any]] = {n: [] for n in names}
    for *values, count in rows:
        for name, v in zip(names, values, strict=True):
            found[name] += [v] * count
    return {k: pa.array(v, pa.int64()) if k == "paid" else v for k, v in found.items()}


# ---------------------------------------------------------------------- estimated
COLUMNS = ("score", "decision", "paid")
WAITING = ((0.8, "yes", None, 100), (0.3, "no", None, 100))
CALIBRATED = ((0.8, "yes", 1, 800), (0.8, "yes", 0, 200), (0.3, "no", 1, 300), (0.3, "no", 0, 700))
BROKEN = ((0.8, "yes", 1, 500), (0.8, "yes", 0, 500))
ESTIMATE = replace(BASE, estimated=Estimating(0.05, "ours"))


def estimates(report: Report) -> dict[str, Measured]:
    return {x.over: x.found for x in report.lines if x.part == "estimated"}


def test_estimates_by_hand(tmp_path: Path) -> None:
    """80 of the 100 approved and 30 of the 100 refused are expected to pay.

    Right: 80 + 70 of 200. Precision 0.8; recall 80 of 110. Pairs in order: 80 * 70, ties 30 * 70
    and 80 * 20 for half, of 110 * 90.
    """
    report = measured(tmp_path, blocks(*WAITING, *CALIBRATED, names=COLUMNS), ESTIMATE)
    found = {k: round(value(v), 3) for k, v in estimates(report).items()}
    assert {"accuracy": 0.75, "precision": 0.8, "recall": 0.727, "auc": 0.753} == found
    assert all("estimated without labels" in getattr(v, "method", "") for v in
               estimates(report).values())  # fmt: skip
    # The spread of a label given its score: (100 * 0.16 + 100 * 0.21) / 200^2.
    accuracy = estimates(report)["accuracy"]
    assert isinstance(accuracy, Estimate)
    assert accuracy.interval is not None
    assert 1.959964 * 37**0.5 / 200 == pytest.approx(accuracy.interval.high - 0.75, abs=1e-5)
    test = report.estimated
    assert test is not None
    assert ("current", 2000) == (test.window, test.rows)
    assert Verdict.NO_BREACH is test.assumption.judgement.verdict
    # On the labelled rows: 800 + 700 of 2,000 right, as the scores say.
    assert 0.75 == value(test.measured["accuracy"])
    assert 0.75 == pytest.approx(value(test.estimated["accuracy"]))


def test_a_broken_assumption_gives_no_estimate(tmp_path: Path) -> None:
    report = measured(tmp_path, blocks(*WAITING, *BROKEN, names=COLUMNS), ESTIMATE)
    for found in estimates(report).values():
        assert isinstance(found, Undefined)
        assert "not calibrated" in found.reason


def test_an_untested_assumption_judges_nothing(tmp_path: Path) -> None:
    chosen = ChosenThreshold("estimated-performance", "ours", at_least=0.5)
    config = replace(ESTIMATE, thresholds=(chosen,))
    report = measured(tmp_path, blocks(*WAITING, names=COLUMNS), config)
    assert 0.75 == value(estimates(report)["accuracy"])
    verdicts = {x.over: x.judgement for x in report.lines if x.part == "estimated"}
    assert {Verdict.NOT_ENOUGH_DATA} == {j.verdict for j in verdicts.values()}
    assert "no labelled row" in verdicts["accuracy"].why
    tested = measured(tmp_path, blocks(*WAITING, *CALIBRATED, names=COLUMNS), config)
    verdicts = {x.over: x.judgement for x in tested.lines if x.part == "estimated"}
    assert Verdict.NO_BREACH is verdicts["accuracy"].verdict


def test_the_reference_tests_it_when_no_label_has_come(tmp_path: Path) -> None:
    table = blocks(*((*w[:3], 2, w[3]) for w in WAITING), *((*c[:3], 1, c[3]) for c in CALIBRATED),
                   names=(*COLUMNS, "half"))  # fmt: skip
    then, now = (Window(column="half", values=(h,)) for h in (1, 2))
    report = measured(tmp_path, table, replace(ESTIMATE, reference=then, current=now))
    assert report.estimated is not None
    assert "reference" == report.estimated.window
    assert 0.75 == value(estimates(report)["accuracy"])


def test_no_tolerance_no_estimate(tmp_path: Path) -> None:
    report = measured(tmp_path, blocks(*WAITING, *CALIBRATED, names=COLUMNS), BASE)
    assert {} == estimates(report)
    assert "tolerance" in report.not_computed["estimated-performance"]
    wide = replace(ESTIMATE, score=Score("score", 0, 100))
    report = measured(tmp_path, blocks(*WAITING, *CALIBRATED, names=COLUMNS), wide)
    assert all(isinstance(x, Undefined) for x in estimates(report).values())


def test_wide_bins_keep_the_variance_of_their_rows() -> None:
    """Scores 0.2 and 0.6 refused, 0.9 selected: variances 0.16, 0.24 and 0.09 of 3 rows."""
    none = calibration_assumption(None, 0.05)
    found = estimated_performance(
        [2, 1], [0.8, 0.9], [False, True], none, squares=[0.04 + 0.36, 0.81]
    ).accuracy
    assert isinstance(found, Estimate)
    assert found.interval is not None
    assert (0.8 + 0.4 + 0.9) / 3 == pytest.approx(found.value)
    assert 1.959964 * 0.49**0.5 / 3 == pytest.approx(found.value - found.interval.low, abs=1e-6)


def test_the_interval_holds_the_accuracy_that_comes() -> None:
    """1,000 windows of 400 rows with calibrated scores: 95 % hold the accuracy that labels show."""
    rng = np.random.default_rng(11)
    none, held = calibration_assumption(None, 0.05), 0
    for _ in range(1000):
        score = rng.beta(2, 2, 400)
        up = score >= 0.5
        label = rng.random(400) < score
        sums = [[float(x[m].sum()) for m in (~up, up)] for x in (score, score**2)]
        rows = [float(m.sum()) for m in (~up, up)]
        found = estimated_performance(rows, sums[0], [False, True], none, squares=sums[1]).accuracy
        assert isinstance(found, Estimate)
        assert found.interval is not None
        held += found.interval.low <= float((label == up).mean()) <= found.interval.high
    assert 930 <= held <= 970


# ---------------------------------------------------------------------- log loss
@given(st.integers(0, 2**32), st.integers(2, 60))
def test_log_loss_lies_in_its_bound(seed: int, rows: int) -> None:
    rng = np.random.default_rng(seed)
    score, label = rng.uniform(0.01, 0.99, rows), rng.random(rows) < 0.5
    at = np.minimum((score * 100).astype(int), 99)
    positives, negatives = (np.bincount(at[label == k], minlength=100) for k in (True, False))
    found = binned_log_loss(positives, negatives)
    assert isinstance(found, Estimate)
    assert found.bound is not None
    exact = log_loss(label, score, labels=[False, True])
    assert found.bound[0] - 1e-9 <= exact <= found.bound[1] + 1e-9
    middle = log_loss(label, (at + 0.5) / 100, labels=[False, True])
    assert middle == pytest.approx(found.value)


def test_a_score_of_0_or_1_leaves_the_bound_open() -> None:
    found = binned_log_loss([1, 0, 5], [5, 0, 0])
    assert isinstance(found, Estimate)
    assert found.bound is not None
    assert float("inf") == found.bound[1]
    assert "no upper end" in found.note
    assert isinstance(binned_log_loss([0, 0], [0, 1]), Undefined)


def test_log_loss_in_the_report(tmp_path: Path) -> None:
    report = measured(tmp_path, blocks(*CALIBRATED, names=COLUMNS), BASE)
    (line,) = (x for x in report.lines if x.measure == "log-loss")
    exact = log_loss([1] * 800 + [0] * 200 + [1] * 300 + [0] * 700, [0.8] * 1000 + [0.3] * 1000)
    assert exact == pytest.approx(value(line.found), abs=2e-4)


# ---------------------------------------------------------------------- delay of labels
def moment(day: str | None) -> datetime | None:
    return None if day is None else datetime.fromisoformat(f"2026-05-{day}T08:00:00")


def delays(folder: Path, *rows: tuple[str, str | None, int | None, int], zone: str = "") -> Report:
    table = blocks(*rows, names=("at", "came", "paid"))
    kind = pa.timestamp("us", tz=zone or None)
    for name in ("at", "came"):
        moments = [moment(d) for d in table[name]]
        if zone:
            moments = [None if m is None else m.replace(tzinfo=UTC) for m in moments]
        table[name] = pa.array(moments, kind)
    config = TableConfig("late", time=TimeColumn("at"),
                         label=Label("paid", positive=(1,), arrived="came"))  # fmt: skip
    return measured(folder, table, config)


@pytest.mark.parametrize("zone", ["", "UTC", "Asia/Tokyo"])
def test_delay_by_hand(tmp_path: Path, zone: str) -> None:
    """Of 10 decisions 4 labels came after a day and 2 after three; 4 still wait on day three.

    Kaplan-Meier: 0.4 by day 1, then 2 of the 6 at risk: 1 - 0.6 * 4 / 6 = 0.6 by day 3.
    """
    report = delays(tmp_path, ("01", "02", 1, 4), ("01", "04", 0, 2), ("01", None, None, 4),
                    zone=zone)  # fmt: skip
    found = {x.group: x.found for x in report.lines if x.measure == "label-delay"}
    assert 3.0 == value(found["half of the labels"])
    ninety = found["nine tenths of the labels"]
    assert isinstance(ninety, Undefined)
    assert "fewer than 90%" in ninety.reason
    (said,) = (f.note for f in found.values() if isinstance(f, Estimate))
    assert "as of 2026-05-04" in said


def test_labels_that_came_before_the_decision_are_told(tmp_path: Path) -> None:
    report = delays(tmp_path, ("05", "06", 1, 10), ("05", "01", 1, 3), ("05", None, 0, 2))
    (half,) = (x.found for x in report.lines if x.group == "half of the labels")
    assert isinstance(half, Estimate)
    assert (1.0, 10.0) == (half.value, half.n)
    assert "5 rows whose label came before" in half.note


def test_a_delay_needs_a_time() -> None:
    text = ("dutybound: measures/1\nname: late\nlabel: {column: y, positive: [1], arrived: d}\n"
            "estimated: {tolerance: 0.1, why: ours}\n")  # fmt: skip
    with pytest.raises(BadInput) as refused:
        parse_measure_config(text, "measures.yaml")
    assert "`time`, which is missing" in str(refused.value)
    assert "`estimated` needs the key `score`" in str(refused.value)


# ---------------------------------------------------------------------- p-values
def drifted() -> dict[str, Any]:
    rng = np.random.default_rng(4)
    now, then = rng.integers(0, 6, 400), rng.integers(0, 5, 300)
    return {
        "half": [2] * 400 + [1] * 300,
        "x": [*now.astype(float), *then.astype(float)],
        "same": [float(i % 7) for i in range(700)],
        "kind": [*("abc"[i % 3] for i in now), *("abc"[i % 2] for i in then)],
        "sex": ["f" if i % 2 else "m" for i in range(700)],
        "decision": ["yes" if i % 3 else "no" for i in range(700)],
    }


TESTED = TableConfig(
    "tested",
    features=(Feature("x", "number"), Feature("same", "number"), Feature("kind", "category")),
    decision=Decision("decision", ("yes",)), protected=(SEX,),
    reference=Window(column="half", values=(1,)), current=Window(column="half", values=(2,)),
)  # fmt: skip


def crossed(table: dict[str, Any], first: str, second: str) -> list[list[int]]:
    """Rows by the values of two columns, in their order."""
    pairs = list(zip(table[first], table[second], strict=True))
    return [
        [pairs.count((a, b)) for b in sorted(set(table[second]))] for a in sorted(set(table[first]))
    ]


def test_p_values_as_scipy_has_them(tmp_path: Path) -> None:
    table = drifted()
    report = measured(tmp_path, table, TESTED, p_values=True)
    found = {x.key: x.p for x in report.lines if x.p is not None}
    now, then = (np.array(table["x"])[np.array(table["half"]) == h] for h in (2, 1))
    distance = max(abs((now <= v).mean() - (then <= v).mean()) for v in range(6))
    ks = float(kstwobign.sf(distance * (400 * 300 / 700) ** 0.5))
    at = found["ks-distance / x"]
    assert at is not None
    assert ks == pytest.approx(at.value, rel=1e-6)
    kinds = crossed(table, "half", "kind")
    chi = float(chi2_contingency(kinds, correction=False).pvalue)
    kind = found["total-variation / kind"]
    assert kind is not None
    assert chi == pytest.approx(kind.value, rel=1e-6)
    drift = [p for k, p in found.items() if "parity" not in k]
    corrected = false_discovery_control([p.value for p in drift])
    assert list(corrected) == pytest.approx([p.corrected for p in drift])
    assert {3} == {p.tests for p in drift}
    decided = crossed({k: v[:400] for k, v in table.items()}, "sex", "decision")
    parity = found["statistical-parity / sex / f"]
    assert parity is not None
    assert float(chi2_contingency(decided, correction=False).pvalue) == pytest.approx(parity.value)


def test_p_values_only_on_request_and_never_judged_by(tmp_path: Path) -> None:
    plain = measured(tmp_path, drifted(), TESTED)
    asked = measured(tmp_path, drifted(), TESTED, p_values=True)
    assert [] == [x for x in plain.lines if x.p is not None]
    assert [x.judgement for x in plain.lines] == [x.judgement for x in asked.lines]
    assert "statistical-significance" in plain.not_computed
    assert "statistical-significance" not in asked.not_computed
    assert any("effect size" in x for x in asked.limits)


# ---------------------------------------------------------------------- alternatives
ALTERNATIVE = Alternatives("Maria Lopez", "To the committee on 12 May 2026", 0.5)
SEARCH = replace(BASE, protected=(SEX,), alternatives=ALTERNATIVE)
UNEVEN = (
    ("m", 0.75, "yes", 1, 50), ("m", 0.25, "no", 0, 50),
    ("f", 0.75, "yes", 1, 30), ("f", 0.45, "no", 1, 20), ("f", 0.25, "no", 0, 50),
)  # fmt: skip


def uneven(*more: tuple[Any, ...]) -> dict[str, Any]:
    return blocks(*UNEVEN, *more, names=("sex", "score", "decision", "paid"))


def test_the_search_by_hand(tmp_path: Path) -> None:
    """At 0.5: 50 of 100 men and 30 of 100 women, 180 of 200 right. At 0.45 all are right."""
    report = measured(tmp_path, uneven((None, 0.9, "yes", 1, 5)), SEARCH)
    (found,) = report.alternatives
    assert not isinstance(found.found, Undefined)
    now, best = found.found.current, found.found.better[0]
    assert (0.6, 0.9) == (round(now.lowest_ratio, 9), now.gain)
    assert (1.0, 1.0) == (best.lowest_ratio, best.gain)
    assert 0.25 < found.at(best) <= 0.45
    assert (best.rates, found.found.labels) == ((0.5, 0.5), ("f", "m"))
    assert "less-discriminatory-alternatives" not in report.not_computed
    plain = as_json(report, {"version": "1", "sha256": "0"})["alternatives"][0]
    assert ("Maria Lopez", 0.5) == (plain["owner"], plain["threshold"])
    rates = [{"group": "f", "rate": 0.3}, {"group": "m", "rate": 0.5}]
    assert rates == plain["current"]["rates"]


def test_what_a_wrong_decision_costs_moves_the_choice(tmp_path: Path) -> None:
    """If every approval of a woman at 0.45 failed, the search finds nothing for free."""
    table = blocks(*UNEVEN[:3], ("f", 0.45, "no", 0, 20), UNEVEN[4],
                   names=("sex", "score", "decision", "paid"))  # fmt: skip
    (found,) = measured(tmp_path, table, SEARCH).alternatives
    assert not isinstance(found.found, Undefined)
    assert () == found.found.better
    cheap = replace(SEARCH, alternatives=replace(ALTERNATIVE, tolerance=0.2))
    (found,) = measured(tmp_path, table, cheap).alternatives
    assert not isinstance(found.found, Undefined)
    assert 1.0 == found.found.better[0].lowest_ratio


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"score": [0.25 if s == 0.75 else 0.75 for s in uneven()["score"]]}, "favour lower"),
        ({"sex": ["m"] * 200}, "fewer than two groups"),
        ({"paid": pa.array([None] * 200, pa.int64())}, "no labelled row"),
    ],
)
def test_a_search_that_would_mislead(tmp_path: Path, change: dict[str, Any], said: str) -> None:
    (found,) = measured(tmp_path, uneven() | change, SEARCH).alternatives
    assert isinstance(found.found, Undefined)
    assert said in found.found.reason


HEAD = """\
dutybound: measures/1
name: searched
score: {column: score}
decision: {column: decision, favourable: ["yes"]}
label: {column: paid, positive: [1]}
protected: [{name: sex, column: sex, grounds: [{market: us, basis: self-test, recorded_by: alice,
  recorded_on: 2026-01-02}]}]
"""


@pytest.mark.parametrize(
    ("block", "said"),
    [
        ("{threshold: 0.5}", "refused without `owner`: who answers for it"),
        ("{threshold: 0.5, owner: Maria, follow_up: ' '}", "refused without `follow_up`"),
        ("{threshold: 5, owner: Maria, follow_up: soon}", "in the range of the score, 0 to 1"),
        ("{threshold: 0.5, owner: M, follow_up: soon, over: [sx]}", "Did you mean `sex`"),
        ("{owner: Maria, follow_up: soon}", "threshold"),
    ],
)
def test_a_search_without_its_terms_is_refused(block: str, said: str) -> None:
    with pytest.raises(BadInput) as refused:
        parse_measure_config(f"{HEAD}alternatives: {block}\n", "measures.yaml")
    assert said in str(refused.value)


def test_the_command_shows_owner_and_curve(tmp_path: Path) -> None:
    path, config = tmp_path / "t.parquet", tmp_path / "measures.yaml"
    pq.write_table(pa.table(uneven()), path)
    hostile = "owner: 'M <script>alert(1)</script>', follow_up: soon, threshold: 0.5"
    config.write_text(f"{HEAD}alternatives: {{{hostile}}}\n")
    words = ["measure", str(path), "--config", str(config), "--p-values"]
    said = " ".join(CliRunner().invoke(cli, words, catch_exceptions=False).stdout.split())
    assert "Less discriminatory alternatives by sex" in said
    assert "lowest ratio of selection rates 0.6" in said
    page = tmp_path / "page.html"
    CliRunner().invoke(cli, [*words, "--html", str(page)], catch_exceptions=False)
    text = page.read_text()
    assert "<script" not in text
    assert "What is given up for what, by sex" in text
    assert "in use" in text
