"""Groups of at least k rows: by hand, and by the law that no smaller count follows."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dutybound.measure.checks import CountError
from dutybound.measure.disclosure import (
    Pooled,
    Span,
    edges_of,
    pool,
    quantile,
    runs,
    spans,
)

COUNTS = st.integers(0, 40)
K = st.integers(3, 12)


def test_nothing_small_is_shown_as_it_is() -> None:
    found = pool([500, 490], {"rare": 0, "missing": 10}, 10)
    assert Pooled((500, 490), aside={("rare",): 0, ("missing",): 10}) == found


def test_a_few_missing_values_are_counted_in_the_largest_group() -> None:
    """500, 497 and 3 of 1,000: left out, the 3 would be what the others lack to 1,000."""
    found = pool([497, 500], {"missing": 3}, 10)
    assert ((497, 503), 1, ("missing",)) == (found.named, found.into, found.joined)
    assert {} == found.aside


def test_two_small_cells_that_are_enough_together_stand_together() -> None:
    found = pool([90], {"rare": 6, "missing": 4}, 10)
    assert {("rare", "missing"): 10} == found.aside
    assert ((90,), None, ("rare", "missing")) == (found.named, found.into, found.few)


def test_without_a_named_group_the_largest_other_cell_takes_them() -> None:
    found = pool([], {"rare": 4, "missing": 96}, 10)
    assert ((), {("missing", "rare"): 100}) == (found.named, found.aside)


def test_fewer_than_k_rows_in_all_are_withheld() -> None:
    found = pool([], {"rare": 4, "missing": 5}, 10)
    assert ((), {}, True) == (found.named, found.aside, found.withheld)


@pytest.mark.parametrize(
    ("named", "aside", "k", "says"),
    [
        ([9], {}, 10, "fewer than 10"),
        ([10], {"missing": -1}, 10, "negative"),
        ([10], {}, 2, "hides nobody"),
    ],
)
def test_counts_that_cannot_be(named: list[int], aside: dict[str, int], k: int, says: str) -> None:
    with pytest.raises(CountError, match=says):
        pool(named, aside, k)


@given(st.lists(COUNTS, max_size=6), st.lists(COUNTS, max_size=4), K)
def test_the_groups_are_a_partition_into_k_or_more(
    named: list[int], others: list[int], k: int
) -> None:
    """So every sum and difference of what is shown is a sum of whole groups."""
    enough = [n for n in named if n >= k]
    aside = {str(i): n for i, n in enumerate(others)}
    found = pool(enough, aside, k)
    shown = [*found.named, *(n for n in found.aside.values() if n)]
    assert all(n >= k for n in shown)
    assert found.withheld or sum(enough) + sum(others) == sum(shown)
    assert not found.withheld or sum(enough) + sum(others) < k
    assert set(found.few) == {name for name, n in aside.items() if 0 < n < k}


def test_runs_of_neighbours() -> None:
    """0, 4 and 7 are 11; 12 alone; 3 and 8 are 11; the 2 at the end go to the run before."""
    assert [(0, 2, 11), (3, 3, 12), (4, 6, 13)] == runs([0, 4, 7, 12, 3, 8, 2], 10)
    assert [] == runs([4, 5], 10)


@given(st.lists(COUNTS, max_size=20), K)
def test_runs_cover_everything_in_order(counts: list[int], k: int) -> None:
    found = runs(counts, k)
    assert all(rows >= k for _, _, rows in found)
    assert bool(found) is (sum(counts) >= k)
    if found:
        assert (0, len(counts) - 1) == (found[0][0], found[-1][1])
        assert all(a[1] + 1 == b[0] for a, b in pairwise(found))
        assert sum(counts) == sum(rows for _, _, rows in found)


def test_the_outermost_spans_are_open() -> None:
    found = spans([10.0, 20.0, 30.0], [12, 15, 3, 11], 10)
    assert [Span(None, 10.0, 12), Span(10.0, 20.0, 15), Span(20.0, None, 14)] == found


def test_edges_of_the_numbers_to_a_thousand() -> None:
    """1 in 100 stays on each side of 10 and 991: span 981 in 30 cells, so the step is 50."""
    found = edges_of([float(i) for i in range(1, 1001)], 10, whole=True)
    assert tuple(float(x) for x in range(50, 1000, 50)) == found


def test_edges_grow_where_the_values_are_skewed() -> None:
    """Of 1,000 values 750 are under 2; the tail reaches to 10,000."""
    values = sorted([1 + i / 750 for i in range(750)] + [2.0 ** (i / 18) for i in range(250)])
    found = edges_of(values, 10)
    assert {1.2, 1.5, 2.0, 10.0, 100.0, 1000.0} <= set(found)


def test_too_few_values_have_no_edges() -> None:
    assert () == edges_of([float(i) for i in range(19)], 10)
    assert edges_of([float(i) for i in range(20)], 10)


@pytest.mark.parametrize(
    "values",
    [[0.0] * 30, [-7.0] * 30, [5e-324] * 30, [1.7e308] * 30, [-1.7e308] * 20 + [1.7e308] * 20],
)
def test_edges_of_odd_values(values: list[float]) -> None:
    found = edges_of(values, 10)
    assert list(found) == sorted(set(found))
    assert found


@given(
    st.lists(st.floats(-1e9, 1e9), min_size=20, max_size=200),
    st.floats(1.0, 1e6),
    K,
    st.booleans(),
)
def test_no_extreme_value_moves_an_edge(
    values: list[float], factor: float, k: int, whole: bool
) -> None:
    """The k - 1 lowest and highest may lie anywhere beyond."""
    values = sorted(round(v) * 1.0 if whole else v for v in values)
    low, high = values[: k - 1], values[len(values) - k + 1 :]
    if 2 * k > len(values):
        return
    moved = [v - factor for v in low] + values[k - 1 : len(values) - k + 1]
    moved += [v + factor for v in high]
    quarters = (len(values) // 4, (3 * len(values)) // 4)
    if min(quarters) < k or max(quarters) >= len(values) - k + 1:
        return
    assert edges_of(values, k, whole=whole) == edges_of(sorted(moved), k, whole=whole)


def test_quantiles_lie_in_their_spans() -> None:
    """100, 200 and 100 rows: the median is half way through the middle span, 10 to 30."""
    groups = [Span(None, 10.0, 100), Span(10.0, 30.0, 200), Span(30.0, None, 100)]
    assert (groups[1], 20.0) == quantile(groups, 0.5, 10)
    assert (groups[0], None) == quantile(groups, 0.1, 10)
    assert quantile(groups, 0.01, 10) is None  # 4 rows lie below
