"""Reasons from arrays: ranking, agreement, deletion, stability."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.stats import kendalltau

from dutybound.measure.checks import CountError
from dutybound.measure.reasons import (
    agreement,
    deletion_test,
    mean_of,
    rank_correlation,
    rank_reasons,
    stability,
)
from dutybound.terms.measure import Undefined
from tests.measure.kit import defined, ends, span

Table = npt.NDArray[np.float64]


def tables(n: int = 6, d: int = 4) -> st.SearchStrategy[Table]:
    return arrays(np.float64, (n, d), elements=st.integers(-3, 3).map(float))


def test_reasons_stand_by_size_and_only_the_adverse_ones() -> None:
    """0.3 before 0.1; -0.5 pushed the other way and 0 did not push."""
    assert [[2, 0, -1]] == rank_reasons([[0.1, -0.5, 0.3, 0.0]], 3).tolist()


def test_equal_reasons_stand_in_the_order_of_features() -> None:
    assert [[1, 2]] == rank_reasons([[0.1, 0.2, 0.2]], 2).tolist()


def test_small_pushes_are_no_reason() -> None:
    assert [[2, -1]] == rank_reasons([[0.1, -0.5, 0.3]], 2, least=0.1).tolist()


@given(tables())
def test_ranked_pushes_fall_and_are_the_largest(table: Table) -> None:
    for row, order in zip(table, rank_reasons(table, 3).tolist(), strict=True):
        pushed = [row[j] for j in order if j != -1]
        assert sorted((v for v in row if v > 0), reverse=True)[:3] == pushed


def test_agreement_by_hand() -> None:
    """Four decisions, one without reasons. First reasons: same, same, other. Overlap: 1, 1/2, 1."""
    found = agreement([[0, 1], [0, 1], [0, 1], [-1, -1]], [[0, 1], [0, 2], [1, 0], [0, 1]])
    assert 2 / 3 == defined(found.same_first).value
    assert 2.5 / 3 == pytest.approx(defined(found.overlap).value)
    assert 1 == found.without
    assert (0.208, 0.939) == ends(found.same_first)  # Wilson for 2 of 3


@given(tables())
def test_a_method_agrees_with_itself(table: Table) -> None:
    order = rank_reasons(table, 3)
    found = agreement(order, order)
    if (table > 0).any():
        assert 1.0 == defined(found.same_first).value
    else:
        assert isinstance(found.same_first, Undefined)
    assert int((~(table > 0).any(axis=1)).sum()) == found.without


@pytest.mark.parametrize("bad", [[[0.5]], [[-2]], [[]]])
def test_agreement_needs_positions(bad: list[list[float]]) -> None:
    with pytest.raises(CountError, match="positions of features"):
        agreement(bad, bad)


def test_deletion_by_hand() -> None:
    """Moves 0.2, 0.1, 0, -0.1 against 0.1 each: two moved, one beats its control, one turned."""
    found = deletion_test([0.2, 0.1, 0.0, -0.1], [0.1] * 4, [1, 0, 0, 0])
    assert 0.5 == defined(found.moved).value
    assert 0.05 == pytest.approx(defined(found.size).value)
    assert 0.25 == defined(found.beats).value == defined(found.changed).value


def test_deletion_without_rows_is_undefined() -> None:
    found = deletion_test([], [], [])
    assert isinstance(found.moved, Undefined) and isinstance(found.size, Undefined)


def test_reasons_that_do_nothing_are_found_out() -> None:
    found = deletion_test(np.zeros(50), np.full(50, 0.1), np.zeros(50))
    assert 0.0 == defined(found.moved).value == defined(found.beats).value


@given(tables(), tables())
def test_rank_correlation_is_scipys(a: Table, b: Table) -> None:
    expected = []
    for x, y in zip(a, b, strict=True):
        constant = len(set(x)) == 1 or len(set(y)) == 1
        expected.append(np.nan if constant else kendalltau(x, y).statistic)
    got = rank_correlation(a, b).tolist()
    assert pytest.approx(expected, abs=1e-12, nan_ok=True) == got


def test_stability_by_hand() -> None:
    """Refits 1 and 2 agree; 3 turns one pair of three: tau 1/3 twice, so 5/9 on average."""
    one, other = [3.0, 2.0, 1.0], [2.0, 3.0, 1.0]
    found = stability([[one, one], [one, one], [other, other]])
    assert 5 / 9 == pytest.approx(defined(found.correlation).value)
    assert 1 / 3 == pytest.approx(defined(found.same_first).value)
    assert (3, 0) == (found.refits, found.without)


def test_stability_needs_two_refits() -> None:
    with pytest.raises(CountError, match="two refits"):
        stability([[[1.0, 2.0]]])


def test_mean_keeps_its_digits_far_from_zero() -> None:
    """1e9 + (0, 1, 2): mean 1e9 + 1, standard error sqrt(1/3)."""
    found = span(mean_of([1e9, 1e9 + 1, 1e9 + 2]))
    assert 2 * 1.959964 * (1 / 3) ** 0.5 == pytest.approx(found.high - found.low, rel=1e-6)


def test_mean_is_cut_at_its_limits() -> None:
    assert (0.0, 1.0) == ends(mean_of([0.0, 1.0], limits=(0.0, 1.0)))


def test_interval_of_the_mean_covers() -> None:
    """500 samples of 200 uniform values: 95 % cover, within 3 standard errors (2.9 points)."""
    rng = np.random.default_rng(7)
    spans = [span(mean_of(rng.random(200))) for _ in range(500)]
    assert 0.921 <= np.mean([i.low <= 0.5 <= i.high for i in spans]) <= 0.979
