"""Bins: numbers by hand, order, and the same numbers from SQL."""

from __future__ import annotations

import duckdb
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlglot import exp

from dutybound.warehouse import sql
from dutybound.warehouse.bins import HALF, Bins, choose_bins

FINITE = st.floats(allow_nan=False, allow_infinity=False)
PLAIN = Bins(0.0, 1.0)
POINTED = Bins(0.0, 1.0, (0.0, 3.0))


def numbers(bins: Bins, *values: float) -> list[int]:
    return [int(n) for n in bins.number(np.array(values, dtype=np.float64))]


def test_by_hand() -> None:
    """z / (1 + |z|) is 0, 1/2, -1/2, 3/4 and -3/4."""
    assert [1000, 1500, 500, 1750, 250] == numbers(PLAIN, 0.0, 1.0, -1.0, 3.0, -3.0)


def test_centre_and_scale_by_hand() -> None:
    """(14 - 10) / 4 = 1 and (8 - 10) / 4 = -1/2, which is -1/3 after squeezing."""
    assert [1500, 666] == numbers(Bins(10.0, 4.0), 14.0, 8.0)


def test_a_point_parts_its_bin() -> None:
    """0 lies in bin 1000, 3 in bin 1750 + 2 for the point below it."""
    assert [999, 1001, 1002, 1753, 1754] == numbers(POINTED, -1e-9, 0.0, 1e-9, 3.0, 3.0001)


def test_far_values_go_to_the_ends() -> None:
    assert [0, 0, 2000, 2000] == numbers(PLAIN, -1e308, -1e17, 1e17, 1e308)
    assert [0, 2004] == numbers(POINTED, -1e308, 1e308)


@given(st.lists(FINITE, min_size=2), st.lists(FINITE, max_size=4, unique=True))
def test_numbers_rise_with_values(values: list[float], points: list[float]) -> None:
    bins = Bins(0.5, 2.0, tuple(sorted(p + 0.0 for p in points if abs(p) < 1e200)))
    apart = [min(values)]
    for value in sorted(values):  # neighbours in the last digit may change places at an edge
        if value - apart[-1] > 1e-12 * max(abs(value), abs(apart[-1]), 1e-6):
            apart.append(value)
    found = numbers(bins, *apart)
    assert found == sorted(found)
    assert 0 <= found[0] and found[-1] < bins.size


@given(st.floats(-1e6, 1e6), st.sampled_from([PLAIN, POINTED, Bins(48.0, 16.0, (50.0,))]))
def test_a_value_lies_within_the_limits_of_its_bin(value: float, bins: Bins) -> None:
    (at,) = numbers(bins, value)
    low, high = bins.limits()
    slack = 1e-9 * (1 + abs(value))
    assert low[at] - slack <= value <= high[at] + slack


def test_limits_by_hand() -> None:
    """Bin 1500 is z / (1 + z) from 0.5 to 0.501: z from 1 to 0.501 / 0.499."""
    low, high = PLAIN.limits()
    assert (2001, 2001) == (low.size, high.size)
    assert [1.0, 0.501 / 0.499] == pytest.approx([low[1500], high[1500]], rel=1e-12)
    assert (-np.inf, np.inf) == (low[0], high[-1])


def test_points_and_nothing_else_hold_one_value() -> None:
    assert [1001, 1753] == np.flatnonzero(POINTED.single()).tolist()
    assert [] == np.flatnonzero(PLAIN.single()).tolist()


def test_choice_by_hand() -> None:
    """0 to 2000: quartiles 500 and 1500, so 1024 is the nearest power of two; median 1000 is
    15.6 sixteenths of it, so 16."""
    assert Bins(1024.0, 1024.0) == choose_bins([float(v) for v in range(2001)])


def test_half_a_percent_makes_a_point() -> None:
    values = [float(v) for v in range(1, 1990)]
    assert (0.0,) == choose_bins([*values, *[0.0] * 11]).points
    assert () == choose_bins([*values, *[0.0] * 9]).points


def test_few_values_are_exact() -> None:
    assert choose_bins([float(v % 7) for v in range(100)]).exact
    assert not choose_bins([float(v) for v in range(100)]).exact


@pytest.mark.parametrize(
    ("sample", "expected"),
    [
        ([], Bins(0.0, 1.0)),
        ([None, float("nan"), float("inf")], Bins(0.0, 1.0)),
        ([7.0] * 9, Bins(7.0, 1.0, (7.0,), True)),
    ],
)
def test_samples_without_spread(sample: list[float | None], expected: Bins) -> None:
    assert expected == choose_bins(sample)


@given(
    st.lists(st.floats(), min_size=1, max_size=50),
    st.sampled_from([PLAIN, POINTED, Bins(1e-3, 2.0**-20, (1e-3,)), Bins(3e5, 2.0**17)]),
)
def test_duckdb_gives_the_same_numbers(values: list[float], bins: Bins) -> None:
    query = exp.select(sql.bin_of("x", bins)).from_("t")
    with duckdb.connect() as connection:
        connection.execute("CREATE TABLE t (x DOUBLE)")
        connection.executemany("INSERT INTO t VALUES (?)", [[v] for v in values])
        got = [row[0] for row in connection.execute(query.sql("duckdb")).fetchall()]
    assert [by_hand(v, bins) for v in values] == got


def by_hand(value: float, bins: Bins) -> int:
    if np.isnan(value):
        return sql.NAN
    if np.isinf(value):
        return sql.PLUS if value > 0 else sql.MINUS
    return numbers(bins, value)[0]


def test_half_is_what_the_docstring_says() -> None:
    assert 2001 == 2 * HALF + 1 == PLAIN.size
