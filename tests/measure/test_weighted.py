"""Weighted rows: scikit-learn and fairlearn as oracles, ones and repeats as laws, coverage."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from fairlearn.metrics import (
    MetricFrame,
    false_positive_rate,
    selection_rate,
    true_positive_rate,
)
from hypothesis import given
from hypothesis import strategies as st
from sklearn import metrics as sk

from dutybound.measure.calibration import calibration_in_the_large, expected_calibration_error
from dutybound.measure.checks import Array
from dutybound.measure.distances import ks
from dutybound.measure.drift import category_drift, numeric_drift
from dutybound.measure.effective import (
    Moments,
    Weighed,
    binned_scale,
    curve_scale,
    kish_scale,
    mean_scale,
    rate_counts,
    rate_scale,
    share_scale,
    unweighted,
)
from dutybound.measure.inequality import theil
from dutybound.measure.intervals import rate
from dutybound.measure.performance import binned_log_loss, classification
from dutybound.measure.ranking import auc, ks_separation
from dutybound.measure.rates import confusion
from dutybound.measure.weighted import (
    auc_of,
    brier_scale,
    classification_of,
    ks_separation_of,
    log_loss_of,
    rate_of,
    reliability_of,
    strata_scale,
    theil_of,
)
from dutybound.terms.measure import Estimate, Measured, Undefined

BINS = 10_000


def value(found: Measured) -> float:
    assert isinstance(found, Estimate)
    return found.value


def by(codes: np.ndarray, weights: Array, size: int) -> Weighed:
    """Rows by code."""
    ones = np.ones(weights.size)
    return Weighed(*(total(codes, x, size) for x in (ones, weights, weights**2)))


def total(codes: np.ndarray, values: Array, size: int) -> Array:
    return np.bincount(codes, weights=values, minlength=size).astype(np.float64)


class Rows:
    """Scored, labelled and decided rows with weights. Scores lie in the middle of their bins."""

    def __init__(self, n: int = 3000, seed: int = 1) -> None:
        rng = np.random.default_rng(seed)
        self.bin = (rng.beta(2, 3, n) * BINS).astype(np.int64)
        self.score = (self.bin + 0.5) / BINS
        self.label = (rng.random(n) < self.score).astype(np.int64)
        self.decision = (self.score > 0.4).astype(np.int64)
        self.group = np.array(["a", "b", "c"])[rng.integers(0, 3, n)]
        self.weight = rng.lognormal(0, 1, n) + 0.2

    def cell(self, label: int, decision: int) -> Weighed:
        kept = (self.label == label) & (self.decision == decision)
        return by(np.zeros(int(kept.sum()), dtype=np.int64), self.weight[kept], 1)[0]

    def classes(self) -> tuple[Weighed, Weighed]:
        one = self.label == 1
        return by(self.bin[one], self.weight[one], BINS), by(
            self.bin[~one], self.weight[~one], BINS
        )


ROWS = Rows()


# ---------------------------------------------------------------------- oracles
def test_classification_agrees_with_scikit_learn() -> None:
    r = ROWS
    found = classification_of(r.cell(1, 1), r.cell(0, 1), r.cell(1, 0), r.cell(0, 0))
    given = r.label, r.decision
    w = r.weight
    assert sk.accuracy_score(*given, sample_weight=w) == pytest.approx(value(found.accuracy))
    assert sk.precision_score(*given, sample_weight=w) == pytest.approx(value(found.precision))
    assert sk.recall_score(*given, sample_weight=w) == pytest.approx(value(found.recall))
    assert sk.f1_score(*given, sample_weight=w) == pytest.approx(value(found.f_score))
    balanced = sk.balanced_accuracy_score(*given, sample_weight=w)
    assert balanced == pytest.approx(value(found.balanced_accuracy))


def test_scores_agree_with_scikit_learn() -> None:
    r = ROWS
    positives, negatives = r.classes()
    area = auc_of(positives, negatives)
    assert sk.roc_auc_score(r.label, r.score, sample_weight=r.weight) == pytest.approx(value(area))
    loss = sk.log_loss(r.label, r.score, sample_weight=r.weight)
    assert loss == pytest.approx(value(log_loss_of(positives, negatives)))
    fpr, tpr, _ = sk.roc_curve(r.label, r.score, sample_weight=r.weight)
    assert np.abs(tpr - fpr).max() == pytest.approx(value(ks_separation_of(positives, negatives)))


def test_calibration_is_that_of_the_weighted_rows() -> None:
    r = ROWS
    at = np.minimum(r.bin // (BINS // 20), 19)
    one = r.label == 1
    positives, negatives = by(at[one], r.weight[one], 20), by(at[~one], r.weight[~one], 20)
    scores = total(at, r.weight * r.score, 20)
    table = reliability_of(positives, negatives, scores)
    w = total(at, r.weight, 20)
    share = np.bincount(at, weights=r.weight * r.label, minlength=20) / np.maximum(w, 1e-300)
    gaps = np.abs(scores / np.maximum(w, 1e-300) - share)
    assert float(w @ gaps / w.sum()) == pytest.approx(value(expected_calibration_error(table)))
    bias = float((r.weight * (r.score - r.label)).sum() / r.weight.sum())
    assert bias == pytest.approx(value(calibration_in_the_large(table)))
    apart = reliability_of(positives, negatives, scores, apart=True)
    shares = [value(found) for _, found in apart.curve]
    assert share[w > 0].tolist() == pytest.approx(shares)


def test_rates_by_group_agree_with_fairlearn() -> None:
    r = ROWS
    frame = MetricFrame(
        metrics={"s": selection_rate, "t": true_positive_rate, "f": false_positive_rate},
        y_true=r.label,
        y_pred=r.decision,
        sensitive_features=r.group,
        sample_params={k: {"sample_weight": r.weight} for k in ("s", "t", "f")},
    )
    for name in ("a", "b", "c"):
        mine = r.group == name
        for key, kept in (("s", mine), ("t", mine & (r.label == 1)), ("f", mine & (r.label == 0))):
            yes, no = (
                by(np.zeros(int(k.sum()), dtype=np.int64), r.weight[k], 1)[0]
                for k in (kept & (r.decision == 1), kept & (r.decision == 0))
            )
            expected = frame.by_group.loc[name, key]
            assert expected == pytest.approx(value(rate_of(yes, no)))


def test_distance_of_weighted_curves_by_hand() -> None:
    # Values 1 to 3. Then: weights 1, 1, 2; now: 1, 2, 1. Curves 1/4, 2/4 and 1/4, 3/4: KS 1/4.
    then, now = (by(np.array([0, 1, 2]), np.array(w), 3) for w in ([1.0, 1, 2], [1.0, 2, 1]))
    found = numeric_drift(then.weight * curve_scale(then), now.weight * curve_scale(now))
    assert 0.25 == pytest.approx(value(found.ks))


def test_effective_sizes_by_hand() -> None:
    # Weights 1, 1, 1, 3: (6)^2 / 12 = 3 rows.
    cell = by(np.zeros(4, dtype=np.int64), np.array([1.0, 1, 1, 3]), 1)
    assert 3.0 == pytest.approx(cell.size)
    # Selected: weights 1 and 1; refused: 1 and 3. p = 2/6; variance of the weighted share is
    # (2 (4/6)^2 + 10 (2/6)^2) / 36 = 0.0555...; p (1 - p) / variance = 4 rows, more than Kish's 3.
    yes = by(np.zeros(2, dtype=np.int64), np.array([1.0, 1]), 1)
    no = by(np.zeros(2, dtype=np.int64), np.array([1.0, 3]), 1)
    k, n = rate_counts(yes, no)
    assert (1.0, 3.0) == pytest.approx((float(k[0]), float(n[0])))
    # The other way round: p = 4/6; (10 (2/6)^2 + 2 (4/6)^2) / 36 is the same, and 4 again.
    # Selected 3, refused 1, 1, 1: p = 1/2; (9 + 3) / 4 / 36 = 1/12; 0.25 * 12 = 3.
    k, n = rate_counts(cell_of(3.0), cell_of(1.0, 1.0, 1.0))
    assert (1.5, 3.0) == pytest.approx((float(k), float(n)))
    # Heavy selected ones among many: 1 of weight 4, 16 of weight 1. p = 1/5; variance
    # (16 * 0.64 + 16 * 0.04) / 400 = 0.0272; 0.16 / 0.0272 = 5.88; Kish says 400 / 32 = 12.5.
    k, n = rate_counts(cell_of(4.0), cell_of(*[1.0] * 16))
    assert 0.16 / 0.0272 == pytest.approx(float(n))


def cell_of(*weights: float) -> Weighed:
    w = np.array(weights)
    return Weighed(np.array(float(w.size)), w.sum(), (w**2).sum())


# ---------------------------------------------------------------------- laws
counts = st.integers(0, 50)
tables = st.lists(counts, min_size=4, max_size=4)
histograms = st.integers(2, 12).flatmap(
    lambda k: st.tuples(*(st.lists(counts, min_size=k, max_size=k) for _ in range(2)))
)


@given(tables)
def test_weights_of_one_change_nothing(table: list[int]) -> None:
    tp, fp, fn, tn = map(float, table)
    a, b, c, d = (unweighted(x) for x in (tp, fp, fn, tn))
    assert classification(tp, fp, fn, tn) == classification_of(a, b, c, d)
    assert rate(tp, tp + fp) == rate_of(a, b)
    a, b, c, d = (unweighted([x, x + 1]) for x in (tp, fp, fn, tn))
    plain = confusion(a.rows, b.rows, c.rows, d.rows)
    assert theil(plain) == theil_of(a, b, c, d, plain.labels)


@given(histograms)
def test_scores_with_weights_of_one_change_nothing(pair: tuple[list[int], list[int]]) -> None:
    p, q = (np.array(x, dtype=np.float64) for x in pair)
    assert auc(p, q) == auc_of(unweighted(p), unweighted(q))
    assert ks_separation(p, q) == ks_separation_of(unweighted(p), unweighted(q))
    assert binned_log_loss(p, q) == log_loss_of(unweighted(p), unweighted(q))
    for scale in (kish_scale, curve_scale, share_scale):
        assert 1.0 == scale(unweighted(p))
    assert (
        1.0
        == binned_scale(unweighted(p), unweighted(q))
        == brier_scale(unweighted(p), unweighted(q))
    )
    strata = (unweighted(p), unweighted(q))
    assert 1.0 == strata_scale(strata, strata[::-1])
    sums = np.array([p.sum(), (p * 0.5).sum(), (p * 0.25).sum()])
    assert 1.0 == float(Moments(sums, sums).scale())


@given(st.lists(st.integers(1, 9), min_size=4, max_size=40), st.floats(0.01, 1000))
def test_the_unit_of_weights_does_not_matter(weights: list[int], unit: float) -> None:
    w = np.array(weights, dtype=np.float64)
    codes = np.arange(w.size) % 4
    a, b = by(codes, w, 4), by(codes, w * unit, 4)
    for scale in (kish_scale, curve_scale, share_scale):
        assert (a.weight * scale(a)).tolist() == pytest.approx((b.weight * scale(b)).tolist())
    yes, no = (a[0], a[1]), (b[0], b[1])
    assert float(rate_counts(*yes)[1]) == pytest.approx(float(rate_counts(*no)[1]))


@given(st.lists(st.tuples(st.integers(0, 1), st.integers(0, 1), st.integers(1, 5)), min_size=1,
                max_size=60))  # fmt: skip
def test_values_are_those_of_repeated_rows(rows: list[tuple[int, int, int]]) -> None:
    """A row of weight 3 gives the values of three rows, and never more certainty than they do."""
    label, decision, weight = (np.array(x) for x in zip(*rows, strict=True))

    def cells(w: np.ndarray) -> list[Weighed]:
        codes = label * 2 + decision
        table = by(codes, w.astype(np.float64), 4)
        return [table[i] for i in (3, 1, 2, 0)]

    tp, fp, fn, tn = cells(weight)
    weighted = classification_of(tp, fp, fn, tn)
    repeated = classification(*(float(c.weight) for c in (tp, fp, fn, tn)))
    for name in ("accuracy", "balanced_accuracy", "precision", "recall", "specificity", "f_score"):
        mine, other = getattr(weighted, name), getattr(repeated, name)
        if isinstance(other, Undefined):
            assert other == mine
            continue
        assert other.value == pytest.approx(mine.value)
        assert mine.n <= other.n * (1 + 1e-9)


@given(st.lists(st.floats(0.001, 1000), min_size=1, max_size=40))
def test_the_effective_size_lies_between_one_and_the_rows(weights: list[float]) -> None:
    w = np.array(weights)
    table = by(np.arange(w.size) % 5, w, 5)
    for scale in (kish_scale, curve_scale, share_scale):
        size = float((table.weight * scale(table)).sum())
        assert 1 - 1e-9 <= size <= w.size * (1 + 1e-9)


sizes = st.just(0.0) | st.floats(1e-6, 50)


@given(st.lists(st.tuples(sizes, sizes), min_size=2, max_size=20))
def test_any_effective_counts_have_drift_without_an_error(pairs: list[tuple[float, float]]) -> None:
    p, q = (np.array(x) for x in zip(*pairs, (1.0, 1.0), strict=True))
    for drift in (numeric_drift(p, q), category_drift(p, q)):
        found = drift.hellinger
        assert isinstance(found, Undefined) or 0 <= found.value <= 1
    area = auc_of(unweighted(p), unweighted(q))
    assert isinstance(area, Undefined) or 0 <= area.value <= 1


@given(st.lists(st.floats(0.01, 100), min_size=3, max_size=20))
def test_pairs_that_are_all_in_order_have_an_interval(weights: list[float]) -> None:
    """As for whole counts: Wilson's interval over pairs that share no row, not a point."""
    w = np.array(weights)
    codes = np.arange(w.size)
    high, low = by(codes[1:], w[1:], w.size), by(codes[:1], w[:1], w.size)
    found = auc_of(high, low)
    assert isinstance(found, Estimate) and found.interval is not None
    assert 1.0 == found.value
    assert found.interval.low < 0.5


def test_nothing_at_all_is_undefined() -> None:
    none = unweighted(0.0)
    assert isinstance(rate_of(none, none), Undefined)
    empty = unweighted(np.zeros(3))
    assert isinstance(auc_of(empty, empty), Undefined)
    assert isinstance(log_loss_of(empty, empty), Undefined)
    assert 1.0 == mean_scale([0, 1, 2], empty) == float(rate_scale(none, none))
    assert isinstance(theil_of(empty, empty, empty, empty, ("a", "b", "c")), Undefined)


def test_moments_that_cancel_fall_back_to_kish() -> None:
    # All rows have the score 1/3: no spread, in floats a tiny wrong one.
    w = np.array([1.0, 2.0, 3.0])
    sums = [np.array([x.sum(), x.sum() / 3, x.sum() / 9]) for x in (w, w**2)]
    assert 6 / 14 == pytest.approx(float(Moments(*sums).scale()))


# ---------------------------------------------------------------------- coverage
def covered(low: float, high: float, truth: float) -> bool:
    return low <= truth <= high


def rate_coverage(n: int, p: float, heavier: float, draws: int = 1500) -> tuple[float, float]:
    """How often the interval of a weighted rate holds the truth, and that with Kish's size alone.

    Weights of selected rows are larger by a factor: the weighted share is about a population in
    which each of them stands for more.
    """
    rng = np.random.default_rng([n, round(heavier * 10)])
    truth = p * heavier / (p * heavier + 1 - p)
    held = [0, 0]
    for _ in range(draws):
        y = rng.random(n) < p
        w = rng.lognormal(0, 0.5, n) * np.where(y, heavier, 1.0)
        yes, no = cell_of(*w[y]), cell_of(*w[~y])
        both = yes + no
        scale = kish_scale(both)
        plain = rate(float(yes.weight) * scale, float(both.weight) * scale)
        for i, found in enumerate((rate_of(yes, no), plain)):
            assert isinstance(found, Estimate) and found.interval is not None
            held[i] += covered(found.interval.low, found.interval.high, truth)
    return held[0] / draws, held[1] / draws


@pytest.mark.parametrize("n", [60, 300, 1000])
def test_coverage_of_a_rate_if_weights_are_independent(n: int) -> None:
    """1,500 draws: chance moves a true 95 % by 1.1 points (two standard errors)."""
    ours, _ = rate_coverage(n, 0.3, 1.0)
    assert ours > 0.935


def test_coverage_of_a_rate_if_weights_depend_on_the_outcome() -> None:
    """One selected in ten, each standing for five: Kish alone is too narrow, we are not."""
    ours, kish = rate_coverage(400, 0.1, 5.0)
    assert ours > 0.93
    assert kish < 0.91


def auc_coverage(n: int, informative: float, draws: int = 400) -> float:
    """informative: how fast log-weights rise with the score."""
    rng = np.random.default_rng([n, 7, round(informative * 10)])
    k = 200

    def sample(size: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        s = rng.random(size)
        y = rng.random(size) < 0.2 + 0.6 * s
        w = rng.lognormal(0, 0.8, size) * np.exp(informative * s)
        return (s * k).astype(np.int64), y, w

    b, y, w = sample(4_000_000)
    truth = value(auc_of(by(b[y], w[y], k), by(b[~y], w[~y], k)))
    held = 0
    for _ in range(draws):
        b, y, w = sample(n)
        found = auc_of(by(b[y], w[y], k), by(b[~y], w[~y], k))
        assert isinstance(found, Estimate) and found.interval is not None
        held += covered(found.interval.low, found.interval.high, truth)
    return held / draws


@pytest.mark.parametrize("informative", [0.0, 2.0])
def test_coverage_of_the_area_under_the_curve(informative: float) -> None:
    """400 draws: two standard errors of a true 95 % are 2.2 points."""
    assert auc_coverage(500, informative) > 0.92


@pytest.mark.parametrize("informative", [0.0, 1.0])
def test_false_alarms_of_drift_without_drift(informative: float) -> None:
    """Two windows alike: the whole interval of KS lies above 0 in at most 5 % of draws."""
    rng = np.random.default_rng([11, round(informative * 10)])

    def window(n: int) -> Array:
        x = rng.normal(size=n)
        w = rng.lognormal(0, 1, n) * np.exp(informative * x)
        found = by(np.clip(((x + 4) * 12.5).astype(np.int64), 0, 99), w, 100)
        return found.weight * curve_scale(found)

    alarms = 0
    for _ in range(300):
        found = ks(window(800), window(800))
        assert isinstance(found, Estimate) and found.interval is not None
        alarms += found.interval.low > 0
    assert alarms / 300 <= 0.05 + 2 * (0.05 * 0.95 / 300) ** 0.5


def test_wider_weights_give_wider_intervals() -> None:
    rng = np.random.default_rng(3)
    y = rng.random(500) < 0.4
    widths = []
    for spread in (0.0, 0.5, 1.0, 1.5):
        w = np.exp(spread * np.random.default_rng(4).normal(size=500))
        found = rate_of(cell_of(*w[y]), cell_of(*w[~y]))
        assert isinstance(found, Estimate) and found.interval is not None
        widths.append(found.interval.high - found.interval.low)
    assert all(a < b for a, b in pairwise(widths))
