"""Short hands for the tests of measures."""

from __future__ import annotations

from typing import TypeVar

from hypothesis import strategies as st

from dutybound.terms.measure import Estimate, Interval, Undefined

T = TypeVar("T")


def defined(found: T | Undefined) -> T:
    """The value, or a failure with the reason why there is none."""
    assert not isinstance(found, Undefined), found.reason
    return found


def ends(found: Estimate | Undefined, digits: int = 3) -> tuple[float, float]:
    """The limits of an interval, rounded as tables print them."""
    interval = span(found)
    return round(interval.low, digits), round(interval.high, digits)


def span(found: Estimate | Undefined) -> Interval:
    """The interval of an estimate that has one."""
    interval = defined(found).interval
    assert interval is not None
    return interval


def cells(size: int, most: int = 60) -> st.SearchStrategy[list[int]]:
    """Counts of `size` cells."""
    return st.lists(st.integers(0, most), min_size=size, max_size=size)


def two_cells(least: int = 2, most: int = 12) -> st.SearchStrategy[tuple[list[int], list[int]]]:
    """Two windows over the same cells."""
    return st.integers(least, most).flatmap(lambda k: st.tuples(cells(k), cells(k)))
