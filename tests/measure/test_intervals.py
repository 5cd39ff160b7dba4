"""Intervals against scipy, published tables and simulation."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from dutybound.measure.checks import Array, CountError
from dutybound.measure.intervals import (
    beta_interval,
    clopper_pearson,
    log_ratio,
    mean,
    mover_ratio,
    newcombe,
    rate,
    ratio_limits,
    wilson,
)
from dutybound.measure.multiplicity import (
    benjamini_hochberg,
    bonferroni,
    bonferroni_level,
    holm,
)
from dutybound.terms.measure import Estimate, Undefined
from tests.measure.kit import ends, span

Method: TypeAlias = Callable[..., Any]
PART = st.integers(1, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
LEVELS = st.sampled_from([0.8, 0.9, 0.95, 0.99])


@given(PART, LEVELS)
def test_wilson_and_clopper_pearson_are_scipys(part: tuple[int, int], level: float) -> None:
    k, n = part
    theirs = stats.binomtest(k, n)
    for ours, method in ((wilson, "wilson"), (clopper_pearson, "exact")):
        expected = theirs.proportion_ci(level, method=method)
        low, high = ours([k], [n], level)
        assert pytest.approx((expected.low, expected.high), abs=1e-9) == (low[0], high[0])


def test_newcombes_own_table() -> None:
    """Newcombe 1998, table II, method 10: 56/70 - 48/80, 9/10 - 3/10, 10/10 - 0/20."""
    low, high = newcombe([56, 9, 10], [70, 10, 10], [48, 3, 0], [80, 10, 20])
    assert [0.0524, 0.1705, 0.6791] == low.round(4).tolist()
    assert [0.3339, 0.8090, 1.0] == high.round(4).tolist()


@given(PART, PART, LEVELS)
def test_log_ratio_is_scipys_relative_risk(
    a: tuple[int, int], b: tuple[int, int], level: float
) -> None:
    if a[0] == 0 or b[0] == 0:
        assert np.isnan(log_ratio([a[0]], [a[1]], [b[0]], [b[1]], level)[0][0])
        return
    expected = stats.contingency.relative_risk(*a, *b).confidence_interval(level)
    low, high = log_ratio([a[0]], [a[1]], [b[0]], [b[1]], level)
    assert pytest.approx((expected.low, expected.high)) == (low[0], high[0])


@given(PART, PART)
def test_mover_ratio_holds_the_ratio(a: tuple[int, int], b: tuple[int, int]) -> None:
    low, high = mover_ratio([a[0]], [a[1]], [b[0]], [b[1]])
    if b[0] == 0:
        assert np.isnan(low[0])
    else:
        ratio = (a[0] / a[1]) / (b[0] / b[1])
        assert low[0] <= ratio * (1 + 1e-9)
        assert ratio <= high[0] * (1 + 1e-9)


def test_jeffreys_by_the_beta_distribution() -> None:
    low, high = beta_interval([3, 0], [10, 10], 0.9)
    expected = [stats.beta.ppf([0.05, 0.95], k + 0.5, 10 - k + 0.5).tolist() for k in (3, 0)]
    assert pytest.approx(np.array(expected)) == np.stack([low, high], axis=1)


def test_a_rate_without_rows_is_undefined() -> None:
    assert isinstance(rate(0, 0), Undefined)
    assert (0.0, 0.278) == ends(rate(0, 10))
    assert (0.722, 1.0) == ends(rate(10, 10))


def test_a_mean_from_sums() -> None:
    """1, 2, 3, 4: mean 2.5, sd sqrt(5/3), half width 1.95996 * 1.29099 / 2."""
    found = mean(10, 30, 4)
    assert 2.5 == (found.value if isinstance(found, Estimate) else None)
    assert (1.2348, 3.7652) == ends(found, 4)
    assert isinstance(mean(5, 25, 1), Undefined)


@pytest.mark.parametrize(
    ("k", "n"),
    [
        ([3], [2]),
        ([-1], [2]),
        ([float("nan")], [2]),
        ([1], [2, 3]),
        ([], []),
        ("x", [1]),
    ],
)
def test_wrong_counts_are_refused(k: object, n: object) -> None:
    with pytest.raises(CountError):
        wilson(k, n)  # type: ignore[arg-type]


def test_effective_counts_need_not_be_whole() -> None:
    """Wilson's limits are of n p and n: 1.5 of 3 lie between those of 1 of 2 and of 2 of 4."""
    low, high = wilson([1, 1.5, 2], [2, 3, 4])
    assert low[0] < low[1] < low[2] and high[0] > high[1] > high[2]


@pytest.mark.parametrize("level", [0, 1, -0.5, 95])
def test_a_level_is_a_chance(level: float) -> None:
    with pytest.raises(CountError, match="level"):
        wilson([1], [2], level)


# ------------------------------------------------------------------ coverage, by simulation
RNG = np.random.default_rng(5)
RATES = RNG.uniform(0.05, 0.95, 20_000)


def _drawn(n: int, p: Array) -> tuple[Array, Array]:
    return np.random.default_rng(n).binomial(n, p).astype(float), np.full(p.size, float(n))


@pytest.mark.parametrize("n", [20, 100, 1000])
def test_coverage_of_rates(n: int) -> None:
    """Mean coverage over rates from 5 % to 95 %: 95 % for Wilson and Jeffreys, more if exact."""
    k, total = _drawn(n, RATES)
    wanted: dict[Method, tuple[float, float]] = {
        wilson: (0.945, 0.957),
        beta_interval: (0.94, 0.957),
        clopper_pearson: (0.95, 0.99),
    }
    for method, (least, most) in wanted.items():
        low, high = method(k, total)
        covered = float(((low <= RATES) & (high >= RATES)).mean())
        assert least < covered < most, method


@pytest.mark.parametrize("n", [30, 100, 1000])
def test_coverage_of_differences_and_ratios(n: int) -> None:
    p, q = RATES[:10_000], RATES[10_000:]
    (k1, n1), (k2, n2) = _drawn(n, p), _drawn(2 * n, q)
    low, high = newcombe(k1, n1, k2, n2)
    assert 0.94 < ((low <= p - q) & (high >= p - q)).mean() < 0.965
    low, high, _ = ratio_limits(k1, n1, k2, n2)
    assert 0.94 < ((low <= p / q) & (high >= p / q)).mean() < 0.97


# ------------------------------------------------------------------ many comparisons
@given(st.lists(st.floats(0, 1), min_size=1, max_size=30))
def test_benjamini_hochberg_is_scipys(p: list[float]) -> None:
    assert pytest.approx(stats.false_discovery_control(p)) == benjamini_hochberg(p)


def test_holm_and_bonferroni_by_hand() -> None:
    """0.01 * 4, 0.02 * 3, 0.03 * 2 = 0.06, 0.04 * 1 raised to 0.06."""
    assert [0.04, 0.06, 0.06, 0.06] == holm([0.01, 0.02, 0.03, 0.04]).tolist()
    assert [0.06, 0.04, 0.06] == holm([0.03, 0.04 / 3, 0.05]).round(12).tolist()
    assert [0.5, 1.0] == bonferroni([0.25, 0.75]).tolist()
    assert 0.99 == pytest.approx(bonferroni_level(0.95, 5))


@given(st.lists(st.floats(0, 1), min_size=1, max_size=30))
def test_holm_is_never_above_bonferroni(p: list[float]) -> None:
    assert np.all(holm(p) <= bonferroni(p))
    assert np.all(np.asarray(p) <= holm(p))


def test_p_values_lie_between_0_and_1() -> None:
    with pytest.raises(CountError):
        holm([1.2])
    with pytest.raises(CountError):
        bonferroni_level(0.95, 0)


def test_span_reads_an_interval() -> None:
    assert "Wilson" == span(rate(3, 10)).method
