"""Data quality between two windows: what is missing, new, gone, out of range or of another type."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import frexp, sqrt
from typing import Final

import numpy as np
import numpy.typing as npt

from dutybound.measure.bins import NOMINAL_IQR, quantile_bin
from dutybound.measure.checks import Array, CountError, Flags, check_numbers, check_pair
from dutybound.measure.distances import NAMES
from dutybound.measure.intervals import newcombe, rate, z_value
from dutybound.terms.measure import Estimate, Interval, Measured, Undefined

HEAVY: Final = 2.0  # standard deviation over IQR / 1.349: 1 for a normal feature, 1.2 exponential


def missing_rate_difference(
    missing_reference: float,
    n_reference: float,
    missing_current: float,
    n_current: float,
    level: float = 0.95,
) -> Measured:
    """Missing rate of the current window minus that of the reference, in [-1, 1].

    All in rows. Newcombe's interval. Undefined if a window is empty. Drift indices leave missing
    values out, so this is their own alarm.
    """
    ends = newcombe([missing_current], [n_current], [missing_reference], [n_reference], level)
    if min(n_reference, n_current) == 0:
        return Undefined("a window holds no row")
    value = missing_current / n_current - missing_reference / n_reference
    interval = Interval(float(ends[0][0]), float(ends[1][0]), level, "Newcombe")
    return Estimate(value, interval, "difference of shares", n_reference + n_current)


@dataclass(frozen=True, slots=True)
class CategoryChanges:
    """new, vanished: positions of the categories. new_mass: their share of the current rows;
    vanished_mass: of the reference rows. shared: flags of the categories that both windows have.
    vanished_by_chance: how many would vanish if nothing had changed, on average."""

    new: tuple[int, ...]
    vanished: tuple[int, ...]
    new_mass: Measured
    vanished_mass: Measured
    vanished_by_chance: float
    shared: Flags


def category_changes(
    reference: npt.ArrayLike, current: npt.ArrayLike, level: float = 0.95
) -> CategoryChanges:
    """Categories that only one window has, and their mass in [0, 1] with Wilson's interval.

    reference, current: shape (k,), rows by category. A mass is Undefined if its window is empty.
    Limits: a rare category vanishes by chance in a small window; `vanished_by_chance` says how
    many would, from the reference shares.
    """
    p, q = check_pair(reference, current, NAMES)
    is_new, is_gone = (p == 0) & (q > 0), (p > 0) & (q == 0)
    n, m = float(p.sum()), float(q.sum())
    with np.errstate(invalid="ignore", divide="ignore"):
        chance = np.where(p > 0, (1 - p / max(n, 1.0)) ** m, 0.0)
    return CategoryChanges(
        new=tuple(int(i) for i in np.flatnonzero(is_new)),
        vanished=tuple(int(i) for i in np.flatnonzero(is_gone)),
        new_mass=rate(float(q[is_new].sum()), m, level),
        vanished_mass=rate(float(p[is_gone].sum()), n, level),
        vanished_by_chance=float(chance.sum()),
        shared=(p > 0) & (q > 0),
    )


def range_break(outside: float, n: float, level: float = 0.95) -> Measured:
    """Share of current rows outside the reference's range, in [0, 1], with Wilson's interval.

    outside, n: rows. Undefined without rows. Limits: a sample's range is narrower than its
    population's, so about 2 rows in n_reference lie outside without any change.
    """
    return rate(outside, n, level)


def type_break(reference: str, current: str) -> str | None:
    """What changed in the type of a column, in words; None if nothing did."""
    if reference == current:
        return None
    return f"the type was {reference} and is {current}"


def cardinality(
    distinct_reference: int, n_reference: float, distinct_current: int, n_current: float
) -> Measured:
    """Distinct values of the current window over those of the reference. Unitless, >= 0.

    Undefined if the reference has none. Limits: grows with the number of rows, so compare windows
    of like size; there is no interval, for counts alone give none for a number of distinct values.
    """
    if min(distinct_reference, distinct_current, n_reference, n_current) < 0:
        raise CountError("Numbers of rows and of distinct values are not negative.")
    if distinct_reference == 0:
        return Undefined("the reference window has no value")
    note = "distinct values have no interval from counts alone"
    n = n_reference + n_current
    return Estimate(
        distinct_current / distinct_reference, None, "distinct over distinct", n, note=note
    )


@dataclass(frozen=True, slots=True)
class Moments:
    """A numeric column in short. n: rows with a value; mean and sd in its unit; iqr: its
    interquartile range, 0 or more."""

    n: float
    mean: float
    sd: float
    iqr: float

    def __post_init__(self) -> None:
        if not np.isfinite([self.n, self.mean, self.sd, self.iqr]).all():
            raise CountError("Moments hold a value that is missing or infinite.")
        if min(self.n, self.sd, self.iqr) < 0:
            raise CountError("`n`, `sd` and `iqr` are not negative.")


def heavy_tail(moments: Moments) -> bool:
    """Whether the standard deviation says little: over twice the spread of the middle half.

    The ratio sd / (IQR / 1.349) is 1 for a normal feature, 1.2 for an exponential one, 2 for a
    lognormal one with sigma 1. A feature whose middle half has one value counts as heavy.
    """
    return moments.sd > HEAVY * moments.iqr / NOMINAL_IQR


def binned_mean_shift(
    reference: npt.ArrayLike,
    current: npt.ArrayLike,
    positions: npt.ArrayLike,
    edges: tuple[npt.ArrayLike, npt.ArrayLike],
    level: float = 0.95,
) -> Measured:
    """`standardised_mean_shift` of two windows over the same bins.

    reference, current: shape (k,), rows, bins in order. positions: shape (k,), rising, the value
    that stands for each bin. edges: lowest and highest value of each bin, finite, shape (k,) each.
    `bound` is what the bins can hide: a row lies at most so far from its position, which moves
    the means by the mean of these distances and the deviation by their root mean square.
    """
    p, q = check_pair(reference, current, NAMES)
    at = check_numbers(positions, "positions")
    low, high = (check_numbers(e, "edges") for e in edges)
    same = p.shape == at.shape == low.shape == high.shape
    if not same or np.any(low > at) or np.any(at > high):
        raise CountError("`positions` and `edges` need one place for each bin, and lie in it.")
    if min(p.sum(), q.sum()) < 2:
        return Undefined("a standard deviation needs two rows a window")
    unit = 2.0 ** (frexp(float(np.abs([low, high]).max()))[1] - 1)  # so that squares hold
    at, low, high = at / unit, low / unit, high / unit
    reach = np.maximum(at - low, high - at)
    a, b = binned_moments(p, at), binned_moments(q, at)
    found = standardised_mean_shift(a, b, level)
    if isinstance(found, Undefined):
        return found
    rows = p + q
    pooled = _pooled(a, b)
    doubt = sqrt(float(rows @ reach**2) / (a.n + b.n - 2))
    moved = float(p @ reach) / a.n + float(q @ reach) / b.n
    if doubt >= pooled:
        return replace(found, note="bins as wide as the values spread: no bound")
    ends = [
        gap / (pooled - doubt if (gap > 0) == upper else pooled + doubt)
        for gap, upper in ((b.mean - a.mean - moved, False), (b.mean - a.mean + moved, True))
    ]
    return replace(found, bound=(ends[0], ends[1]))


def binned_moments(counts: Array, positions: Array) -> Moments:
    """Moments of rows that stand at the positions of their bins. counts: at least two rows."""
    n = float(counts.sum())
    middle = float(counts @ positions) / n
    spread = sqrt(float(counts @ (positions - middle) ** 2) / (n - 1))
    ends = [float(positions[quantile_bin(counts, q)]) for q in (0.25, 0.75)]
    return Moments(n, middle, spread, ends[1] - ends[0])


def _pooled(a: Moments, b: Moments) -> float:
    return sqrt(((a.n - 1) * a.sd**2 + (b.n - 1) * b.sd**2) / (a.n + b.n - 2))


def standardised_mean_shift(reference: Moments, current: Moments, level: float = 0.95) -> Measured:
    """Difference of means over the pooled standard deviation (Cohen's d). Unitless.

    Undefined with fewer than two rows a window, without spread, and on heavy tails, where the
    variance is carried by a few rows: use ranks or the interquartile range there. Interval: large
    sample, Hedges and Olkin 1985.
    """
    n, m = reference.n, current.n
    if min(n, m) < 2:
        return Undefined("a standard deviation needs two rows a window")
    if heavy_tail(reference) or heavy_tail(current):
        return Undefined("heavy tails: the standard deviation is carried by a few rows")
    pooled = _pooled(reference, current)
    if pooled == 0:
        return Undefined("the values have no spread")
    value = (current.mean - reference.mean) / pooled
    half = z_value(level) * sqrt(1 / n + 1 / m + value * value / (2 * (n + m)))
    interval = Interval(value - half, value + half, level, "large sample")
    return Estimate(value, interval, "mean difference over pooled sd", n + m)
