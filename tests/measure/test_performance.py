"""Performance and calibration against scikit-learn, by hand, and by simulation."""

from __future__ import annotations

from math import inf, sqrt

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from sklearn import calibration as sk_calibration
from sklearn import metrics

from dutybound.measure.calibration import (
    calibration_in_the_large,
    calibration_within_groups,
    expected_calibration_error,
    reliability,
)
from dutybound.measure.checks import Array, CountError
from dutybound.measure.estimated import calibration_assumption, estimated_performance
from dutybound.measure.labels import label_coverage, label_delay
from dutybound.measure.performance import (
    brier,
    classification,
    f_score,
    interval_coverage,
    log_loss,
    mean_absolute_error,
    r_squared,
    root_mean_squared_error,
)
from dutybound.measure.ranking import auc, gini, ks_separation
from dutybound.terms.measure import Undefined, Verdict
from tests.measure.kit import cells, defined, ends, span, two_cells

SEEDS = st.integers(0, 10**6)


# ------------------------------------------------------------------ separation
@given(two_cells())
@settings(max_examples=60)
def test_auc_of_distinct_scores_is_scikit_learns(pair: tuple[list[int], list[int]]) -> None:
    p, q = pair
    assume(sum(p) and sum(q))
    score = np.concatenate([np.repeat(np.arange(len(p)), p), np.repeat(np.arange(len(q)), q)])
    label = np.repeat([1, 0], [sum(p), sum(q)])
    found = defined(auc(p, q))
    assert pytest.approx(metrics.roc_auc_score(label, score)) == found.value
    assert pytest.approx(2 * found.value - 1) == defined(gini(found)).value
    assert found.interval is not None
    assert found.interval.low <= found.value <= found.interval.high


@given(SEEDS, st.integers(2, 30))
@settings(max_examples=60)
def test_exact_auc_lies_within_the_printed_bound(seed: int, bins: int) -> None:
    rng = np.random.default_rng(seed)
    x, y = rng.beta(3, 2, 200), rng.beta(2, 3, 300)
    p, q = (np.histogram(v, bins, (0, 1))[0] for v in (x, y))
    found = defined(auc(p, q, single=np.zeros(bins, dtype=bool)))
    exact = metrics.roc_auc_score(np.repeat([1, 0], [200, 300]), np.concatenate([x, y]))
    assert found.bound is not None
    assert found.bound[0] - 1e-9 <= exact <= found.bound[1] + 1e-9


def test_delong_by_its_structural_components() -> None:
    """The variance worked pair by pair, as DeLong, DeLong and Clarke-Pearson 1988 define it."""
    p, q = np.array([3, 5, 9, 8]), np.array([9, 8, 4, 2])
    x, y = np.repeat(np.arange(4), p), np.repeat(np.arange(4), q)
    wins = (x[:, None] > y[None, :]) + 0.5 * (x[:, None] == y[None, :])
    variance = wins.mean(1).var(ddof=1) / x.size + wins.mean(0).var(ddof=1) / y.size
    area = wins.mean()
    half = 1.959964 * sqrt(variance) / (area * (1 - area))
    middle = np.log(area / (1 - area))
    expected = [1 / (1 + np.exp(-v)) for v in (middle - half, middle + half)]
    assert pytest.approx(expected, abs=1e-6) == list(ends(auc(p, q), 9))


def test_separation_and_one_class() -> None:
    assert 1.0 == defined(ks_separation([0, 5], [5, 0])).value
    assert isinstance(auc([0, 0], [1, 2]), Undefined)
    assert isinstance(ks_separation([1, 2], [0, 0]), Undefined)
    perfect = auc([0, 50], [50, 0])
    assert "Wilson, disjoint pairs" == span(perfect).method
    assert (0.929, 1.0) == ends(perfect)  # Wilson of 50 of 50: 1 / (1 + 3.8415 / 50)
    assert 0.5 == defined(auc([50], [50])).value
    with pytest.raises(CountError, match="flag"):
        auc([1, 2], [1, 2], single=[True])


@pytest.mark.parametrize("true_area", [0.6, 0.8, 0.95])
def test_coverage_of_the_auc(true_area: float) -> None:
    from scipy.stats import norm

    shift = norm.ppf(true_area) * sqrt(2)
    edges = np.linspace(-3.5, 6, 400)
    rng = np.random.default_rng(2)
    runs, inside = 1000, 0
    for _ in range(runs):
        p = np.bincount(np.searchsorted(edges, rng.normal(shift, 1, 60)), minlength=401)
        q = np.bincount(np.searchsorted(edges, rng.normal(0, 1, 150)), minlength=401)
        found = span(auc(p, q))
        inside += found.low <= true_area <= found.high
    assert 0.93 * runs < inside < 0.97 * runs


# ------------------------------------------------------------------ rates
@given(cells(4, 40))
def test_rates_are_scikit_learns(counts: list[int]) -> None:
    tp, fp, fn, tn = counts
    y = np.repeat([1, 0, 1, 0], counts)
    d = np.repeat([1, 1, 0, 0], counts)
    found = classification(tp, fp, fn, tn)
    wanted = {
        "accuracy": (sum(counts), metrics.accuracy_score),
        "balanced_accuracy": (min(tp + fn, fp + tn), metrics.balanced_accuracy_score),
        "precision": (tp + fp, metrics.precision_score),
        "recall": (tp + fn, metrics.recall_score),
        "f_score": (tp + fp + fn, metrics.f1_score),
    }
    for name, (rows, theirs) in wanted.items():
        ours = getattr(found, name)
        if rows == 0:
            assert isinstance(ours, Undefined), name
        else:
            assert pytest.approx(theirs(y, d)) == defined(ours).value, name
    if tp + fp + fn:
        expected = metrics.fbeta_score(y, d, beta=2)
        assert pytest.approx(expected) == defined(f_score(tp, fp, fn, beta=2)).value


def test_coverage_of_composed_rates() -> None:
    """300 rows, a third positive, recall 0.7 and specificity 0.9; F1 is 0.737."""
    shares = np.array([0.7 / 3, 0.2 / 3, 0.3 / 3, 1.8 / 3])
    tp, fp, fn, _ = shares
    truth = {"balanced_accuracy": 0.8, "f_score": 2 * tp / (2 * tp + fp + fn)}
    rng = np.random.default_rng(6)
    runs, inside = 2000, dict.fromkeys(truth, 0)
    for _ in range(runs):
        found = classification(*rng.multinomial(300, shares))
        for name, value in truth.items():
            limits = span(getattr(found, name))
            inside[name] += limits.low <= value <= limits.high
    assert all(0.935 * runs < k < 0.97 * runs for k in inside.values()), inside


@given(SEEDS)
@settings(max_examples=30)
def test_sums_are_scikit_learns(seed: int) -> None:
    rng = np.random.default_rng(seed)
    score, label = rng.uniform(0.01, 0.99, 200), rng.integers(0, 2, 200)
    error = (score - label) ** 2
    loss = -np.log(np.where(label == 1, score, 1 - score))
    expected = metrics.brier_score_loss(label, score)
    assert pytest.approx(expected) == defined(brier(error.sum(), (error**2).sum(), 200)).value
    expected = metrics.log_loss(label, score, labels=[0, 1])
    assert pytest.approx(expected) == defined(log_loss(loss.sum(), (loss**2).sum(), 200)).value


def test_infinite_log_loss_is_undefined() -> None:
    assert isinstance(log_loss(inf, inf, 10), Undefined)
    with pytest.raises(CountError):
        log_loss(float("nan"), 1, 10)


@given(SEEDS)
@settings(max_examples=30)
def test_regression_is_scikit_learns(seed: int) -> None:
    rng = np.random.default_rng(seed)
    y, f = rng.normal(5, 2, 100), rng.normal(5, 2, 100)
    e = y - f
    n, e2 = 100, float((e**2).sum())
    expected = metrics.mean_absolute_error(y, f)
    assert pytest.approx(expected) == defined(mean_absolute_error(np.abs(e).sum(), e2, n)).value
    expected = metrics.root_mean_squared_error(y, f)
    found = root_mean_squared_error(e2, float((e**4).sum()), n)
    assert pytest.approx(expected) == defined(found).value
    expected = metrics.r2_score(y, f)
    assert pytest.approx(expected) == defined(r_squared(e2, y.sum(), (y**2).sum(), n)).value


def test_regression_without_rows_or_spread() -> None:
    assert isinstance(r_squared(1.0, 10.0, 50.0, 2), Undefined)  # 5 and 5
    assert isinstance(r_squared(1.0, 5.0, 25.0, 1), Undefined)
    assert isinstance(root_mean_squared_error(1.0, 1.0, 1), Undefined)
    assert 0.9 == defined(interval_coverage(90, 100)).value


# ------------------------------------------------------------------ calibration
def histogram(score: Array, label: npt.NDArray[np.int64], bins: int) -> tuple[Array, Array, Array]:
    at = np.minimum((score * bins).astype(int), bins - 1)
    n, total, k = (
        np.bincount(at, w, bins).astype(np.float64) for w in (np.ones(score.size), score, label)
    )
    return n, total, k


@given(SEEDS, st.integers(2, 15))
@settings(max_examples=40)
def test_reliability_curve_is_scikit_learns(seed: int, bins: int) -> None:
    rng = np.random.default_rng(seed)
    score = rng.uniform(0, 1, 300)
    label = rng.binomial(1, score**2)
    share, mean = sk_calibration.calibration_curve(label, score, n_bins=bins)
    n, total, k = histogram(score, label, bins)
    table = reliability(n, total, k)
    assert pytest.approx(mean) == [s for s, _ in table.curve]
    assert pytest.approx(share) == [defined(r).value for _, r in table.curve]
    expected = float(np.abs(share - mean) @ n[n > 0]) / 300
    assert pytest.approx(expected) == defined(expected_calibration_error(table)).value
    expected = float(score.mean() - label.mean())
    assert pytest.approx(expected, abs=1e-9) == defined(calibration_in_the_large(table)).value


@pytest.mark.parametrize("shift", [0.0, 0.03, 0.15])
def test_coverage_of_calibration(shift: float) -> None:
    """Scores 0.05 to 0.75 in eight bins; the true rate is `shift` above the score."""
    score = np.linspace(0.05, 0.75, 8)
    n = np.array([50, 100, 300, 500, 500, 300, 100, 50])
    rng = np.random.default_rng(9)
    runs, inside, large = 500, 0, 0
    for _ in range(runs):
        table = reliability(n, n * score, rng.binomial(n, score + shift))
        ece, bias = span(expected_calibration_error(table)), span(calibration_in_the_large(table))
        inside += ece.low <= shift + 1e-12 and shift <= ece.high
        large += bias.low <= -shift <= bias.high
    assert inside >= 0.93 * runs
    assert 0.93 * runs < large < 0.975 * runs


def test_within_groups() -> None:
    good = reliability([1000, 1000], [200, 800], [200, 800])
    bad = reliability([1000, 1000], [200, 800], [400, 900])
    none = reliability([0, 0], [0, 0], [0, 0])
    found = calibration_within_groups({"good": good, "bad": bad, "none": none})
    assert 0.0 == pytest.approx(defined(found["good"].bias).value)
    assert -0.15 == pytest.approx(defined(found["bad"].bias).value)
    assert span(found["bad"].error).low > 0.1
    assert 1 - 0.05 / 3 == pytest.approx(span(found["bad"].bias).level)
    assert isinstance(found["none"].error, Undefined)
    assert {} == calibration_within_groups({})


def test_scores_outside_0_to_1_have_no_calibration() -> None:
    with pytest.raises(CountError, match="0 to 1"):
        reliability([2], [600], [1])


# ------------------------------------------------------------------ labels
def test_labels_that_are_late() -> None:
    """10 rows: 4 labels at once, 2 of 6 after one period, one row still waits at age one.

    Kaplan-Meier: 1 - (6/10)(4/6) = 0.6 after one period; 3 left, all after two.
    """
    found = defined(label_delay([4, 2, 3], [0, 1, 0]))
    assert [0.4, 0.6, 1.0] == pytest.approx(found.arrived_by.tolist())
    assert (1.0, 2.0) == (found.median, found.ninety)
    few = defined(label_delay([4, 0], [0, 6]))
    assert isinstance(few.median, Undefined)
    assert isinstance(label_delay([0], [0]), Undefined)
    assert 0.7 == defined(label_coverage(70, 100)).value


# ------------------------------------------------------------------ estimated without labels
def test_estimated_performance_by_hand() -> None:
    """100 rows at 0.2 refused, 100 at 0.9 selected: expected 20 fn, 80 tn, 90 tp, 10 fp."""
    assumption = calibration_assumption(reliability([500, 500], [100, 450], [100, 450]), 0.05)
    assert Verdict.NO_BREACH is assumption.judgement.verdict
    found = estimated_performance([100, 100], [20, 90], [False, True], assumption)
    assert 0.85 == pytest.approx(defined(found.accuracy).value)
    assert 0.9 == pytest.approx(defined(found.precision).value)
    assert 90 / 110 == pytest.approx(defined(found.recall).value)
    # Pairs: 90 x 80 right, 90 x 10 and 20 x 80 tied, of 110 x 90.
    assert (7200 + 0.5 * 2500) / 9900 == pytest.approx(defined(found.auc).value)
    assert "estimated without labels" in defined(found.accuracy).method


def test_a_broken_assumption_gives_no_number() -> None:
    broken = calibration_assumption(reliability([500, 500], [100, 450], [300, 450]), 0.05)
    found = estimated_performance([100, 100], [20, 90], [False, True], broken)
    assert isinstance(found.accuracy, Undefined)
    assert "not calibrated" in found.accuracy.reason
    untested = calibration_assumption(None, 0.05)
    assert Verdict.NOT_ENOUGH_DATA is untested.judgement.verdict
    assert "not tested" in untested.judgement.why
    with pytest.raises(CountError):
        calibration_assumption(None, 0)


def test_estimates_come_true_when_scores_are_calibrated() -> None:
    score = np.linspace(0.025, 0.975, 20)
    n = np.full(20, 200)
    chosen = score > 0.5
    assumption = calibration_assumption(reliability(n, n * score, np.round(n * score)), 0.05)
    found = estimated_performance(n, n * score, chosen, assumption)
    rng = np.random.default_rng(12)
    runs, inside = 1000, {"accuracy": 0, "precision": 0, "recall": 0}
    for _ in range(runs):
        k = rng.binomial(n, score)
        tp, fp = k[chosen].sum(), (n - k)[chosen].sum()
        fn, tn = k[~chosen].sum(), (n - k)[~chosen].sum()
        real = {
            "accuracy": (tp + tn) / n.sum(),
            "precision": tp / (tp + fp),
            "recall": tp / (tp + fn),
        }
        for name, value in real.items():
            limits = span(getattr(found, name))
            inside[name] += limits.low <= value <= limits.high
    assert all(0.93 * runs < k < 0.97 * runs for k in inside.values()), inside
