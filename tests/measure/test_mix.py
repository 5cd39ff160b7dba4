"""Mixes of groups, scoring rates and shifts of means: by hand, against rows, by simulation."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from dutybound.measure.checks import CountError
from dutybound.measure.population import Mix, representativeness
from dutybound.measure.quality import binned_mean_shift
from dutybound.measure.scoring import AboveMedian, above_median
from dutybound.terms.measure import Estimate, Undefined
from tests.measure.kit import defined


# ---------------------------------------------------------------------- population
def test_a_mix_by_hand() -> None:
    """60 and 40 of 100 against halves: ten rows would have to change, gaps of a tenth."""
    found = representativeness([60, 40], [0.5, 0.5], ["a", "b"])
    assert isinstance(found, Mix)
    assert 0.1 == pytest.approx(defined(found.distance).value)
    gap = defined(found.gaps["a"])
    assert 0.1 == pytest.approx(gap.value)
    assert gap.interval is not None
    # Wilson's interval of 60 of 100 is 0.5020 to 0.6906 (scipy), less one half.
    wilson = stats.binomtest(60, 100).proportion_ci(method="wilson")
    assert (wilson.low - 0.5, wilson.high - 0.5) == pytest.approx(
        (gap.interval.low, gap.interval.high)
    )


def test_shares_of_a_sample_are_less_sure_than_exact_ones() -> None:
    exact = representativeness([600, 400], [0.5, 0.5])
    drawn = representativeness([600, 400], [0.5, 0.5], persons=400)
    assert isinstance(exact, Mix) and isinstance(drawn, Mix)
    for a, b in ((exact.distance, drawn.distance), (exact.gaps["0"], drawn.gaps["0"])):
        first, second = defined(a), defined(b)
        assert first.value == pytest.approx(second.value)
        assert first.interval is not None and second.interval is not None
        assert first.interval.low > second.interval.low
        assert first.interval.high < second.interval.high


def test_no_row_no_mix() -> None:
    assert isinstance(representativeness([0, 0], [0.5, 0.5]), Undefined)


@pytest.mark.parametrize(
    ("shares", "persons"), [([0.0, 0.0], None), ([-0.1, 1.1], None), ([0.5, 0.5], 0)]
)
def test_a_population_that_cannot_be_is_refused(shares: list[float], persons: int | None) -> None:
    with pytest.raises(CountError):
        representativeness([1, 1], shares, persons=persons)


@pytest.mark.parametrize("persons", [None, 800])
def test_the_interval_of_the_distance_holds_it(persons: int | None) -> None:
    """400 samples of 500 rows: at least 95 % of the intervals hold the true distance, 0.1."""
    rng = np.random.default_rng(5)
    true, shares = np.array([0.4, 0.35, 0.25]), np.array([0.3, 0.45, 0.25])
    held = 0
    for _ in range(400):
        rows = rng.multinomial(500, true)
        seen = shares if persons is None else rng.multinomial(persons, shares) / persons
        found = representativeness(rows, seen, persons=persons)
        assert isinstance(found, Mix)
        interval = defined(found.distance).interval
        assert interval is not None
        held += interval.low <= 0.1 <= interval.high
    assert held >= 372  # 93 %: four standard errors below 95 % would be 362


def test_an_equal_mix_is_not_called_another() -> None:
    """The true distance is 0: the lower limit is 0 in at least 95 % of 300 samples."""
    rng = np.random.default_rng(6)
    shares = [0.25] * 4
    lows = []
    for _ in range(300):
        found = representativeness(rng.multinomial(400, shares), shares)
        assert isinstance(found, Mix)
        interval = defined(found.distance).interval
        assert interval is not None
        lows.append(interval.low)
    assert sum(low == 0 for low in lows) >= 280


# ---------------------------------------------------------------------- scoring
def test_scoring_by_hand() -> None:
    """Scores 1 to 4 twice each; the median is 2, so half of the rows score above it."""
    found = above_median([2, 2, 2, 2], [2, 2, 2, 2], [[2, 1, 1, 0], [0, 1, 1, 2]])
    assert isinstance(found, AboveMedian)
    assert [1.0, 3.0] == found.above.tolist() == found.least.tolist() == found.most.tolist()
    assert ([4.0, 4.0], 1) == (found.total.tolist(), found.at)


def test_ties_at_the_median_are_not_above() -> None:
    found = above_median([0, 10, 1, 0], [10, 1], [[5, 0], [5, 1]])
    assert isinstance(found, AboveMedian)
    assert ([0.0, 1.0], [0.0, 1.0]) == (found.least.tolist(), found.most.tolist())


def test_no_score_no_rate() -> None:
    assert isinstance(above_median([0, 0], [0], [[0]]), Undefined)


def test_bins_of_other_rows_are_refused() -> None:
    for coarse, groups in (([3], [[1]]), ([2], [[3]]), ([1, 1, 0], [[1, 1, 0]])):
        with pytest.raises(CountError):
            above_median([1, 1], coarse, groups)


@given(st.integers(0, 2**32), st.integers(1, 400), st.sampled_from([0, 1, 2, 3, 5]))
def test_the_rows_lie_in_the_bound(seed: int, rows: int, digits: int) -> None:
    """Who scores above the median, as numpy counts it from the raw scores, rounded or not.

    Scores on edges fall to either side of 200 and of 10,000 bins: both are floors of products.
    """
    rng = np.random.default_rng(seed)
    score = np.round(rng.beta(2, 3, rows), digits or 9)
    group = rng.integers(0, 3, rows)
    fine = np.minimum(np.floor(score * 10_000.0), 9999).astype(int)
    coarse = np.minimum(np.floor(score * 200.0), 199).astype(int)
    table = [np.bincount(coarse[group == g], minlength=200) for g in range(2)]
    found = above_median(
        np.bincount(fine, minlength=10_000), np.bincount(coarse, minlength=200), table
    )
    assert isinstance(found, AboveMedian)
    for g in range(2):
        exact = int((fine[group == g] > found.at).sum())
        assert found.least[g] <= exact <= found.most[g]
        assert found.least[g] <= found.above[g] <= found.most[g]
    if digits in (1, 2):  # each fine bin holds one score, so the median is that of the raw rows
        median = np.sort(score)[(rows - 1) // 2]
        assert int((score > median).sum()) == int((fine > found.at).sum())


# ---------------------------------------------------------------------- shift of means
@given(st.integers(0, 2**32), st.integers(20, 300), st.floats(-2, 2), st.floats(0.02, 0.3))
def test_the_shift_of_raw_rows_lies_in_the_bound(
    seed: int, rows: int, moved: float, width: float
) -> None:
    """Cohen's d of the raw rows, from the formula on numpy's moments."""
    rng = np.random.default_rng(seed)
    a, b = rng.normal(0, 1, rows), rng.normal(moved, 1.2, rows + 7)
    every = np.concatenate([a, b])
    edges = np.arange(np.floor(every.min() / width), np.ceil(every.max() / width) + 2) * width
    counts = [np.histogram(x, edges)[0] for x in (a, b)]
    found = binned_mean_shift(
        counts[0], counts[1], (edges[:-1] + edges[1:]) / 2, (edges[:-1], edges[1:])
    )
    if isinstance(found, Undefined):  # by chance a few rows carry the deviation
        assert "heavy tails" in found.reason
        return
    pooled = np.sqrt(
        ((a.size - 1) * a.var(ddof=1) + (b.size - 1) * b.var(ddof=1)) / (a.size + b.size - 2)
    )
    exact = (b.mean() - a.mean()) / pooled
    assert found.bound is not None
    assert found.bound[0] <= exact <= found.bound[1]
    assert found.bound[0] <= found.value <= found.bound[1]


def test_values_that_are_known_have_no_doubt() -> None:
    """0 and 1 in halves against a quarter and three: 0.25 over the pooled deviation."""
    found = binned_mean_shift([50, 50], [25, 75], [0.0, 1.0], ([0.0, 1.0], [0.0, 1.0]))
    assert isinstance(found, Estimate)
    pooled = np.sqrt((25 + 18.75) / 198)
    assert 0.25 / pooled == pytest.approx(found.value)
    assert (found.value, found.value) == pytest.approx(found.bound)


@pytest.mark.parametrize("size", [1e-300, 1e-20, 1.0, 1e20, 1e307])
def test_a_shift_has_no_unit(size: float) -> None:
    """The same values in another unit, up to the largest that a double can hold."""
    at = np.array([-2.0, -1.0, 0.0, 1.0, 2.0]) * size
    found = binned_mean_shift([10, 20, 40, 20, 10], [5, 10, 40, 30, 15], at, (at, at))
    assert isinstance(found, Estimate)
    assert 0.376070 == pytest.approx(found.value, abs=1e-6)


def test_a_heavy_tail_has_no_shift() -> None:
    found = binned_mean_shift(
        [500, 500, 1], [500, 500, 1], [0.0, 1.0, 10_000.0], ([0.0, 1.0, 1e4], [0.0, 1.0, 1e4])
    )
    assert isinstance(found, Undefined)


def test_edges_without_their_position_are_refused() -> None:
    with pytest.raises(CountError):
        binned_mean_shift([1, 1], [1, 1], [0.0, 1.0], ([0.5, 2.0], [0.6, 3.0]))
