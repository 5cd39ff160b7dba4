"""Association of two categorical variables from a table of counts; p-values on request only."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from typing import Final

import numpy as np
import numpy.typing as npt

from dutybound.measure.checks import Array, CountError, check_counts
from dutybound.measure.intervals import z_value
from dutybound.terms.measure import Estimate, Interval, Measured, Undefined

SMALL: Final = 5.0


@dataclass(frozen=True, slots=True)
class ChiSquare:
    """Pearson's statistic. freedom: degrees of freedom. small_cells: share of cells with an
    expected count below 5, where its p-value is rough."""

    statistic: float
    freedom: int
    n: float
    small_cells: float


def chi_square(table: npt.ArrayLike) -> ChiSquare | Undefined:
    """Pearson's chi-square of a table of counts, shape (r, c), without continuity correction.

    Rows and columns without any count are left out. Undefined if fewer than two of either are
    left. Source: Pearson 1900. Limits: grows with the number of rows; it is no effect size.
    """
    found = check_counts(table, "table", ndim=2)
    found = found[found.sum(axis=1) > 0][:, found.sum(axis=0) > 0]
    if min(found.shape) < 2:
        return Undefined("the table needs two rows and two columns with counts")
    n = float(found.sum())
    expected = np.outer(found.sum(axis=1), found.sum(axis=0)) / n
    statistic = float(((found - expected) ** 2 / expected).sum())
    freedom = (found.shape[0] - 1) * (found.shape[1] - 1)
    return ChiSquare(statistic, freedom, n, float((expected < SMALL).mean()))


def cramers_v(table: npt.ArrayLike, level: float = 0.95) -> Measured:
    """Cramér's V of a table of counts, bias removed. Unitless, in [0, 1].

    table: shape (r, c). Sources: Cramér 1946; Bergsma 2013, Journal of the Korean Statistical
    Society 42 (bias). The interval inverts a normal approximation of the noncentral chi-square
    distribution, and is too wide near 1. Undefined as `chi_square`. Limits: for two windows its
    size depends on how large the smaller window is; total variation does not.
    """
    found = chi_square(table)
    if isinstance(found, Undefined):
        return found
    counts = check_counts(table, "table", ndim=2)
    rows = int((counts.sum(axis=1) > 0).sum())
    columns = int((counts.sum(axis=0) > 0).sum())
    n = found.n
    excess = max(0.0, found.statistic / n - found.freedom / (n - 1))
    r, c = (k - (k - 1) ** 2 / (n - 1) for k in (rows, columns))
    smallest = min(r - 1, c - 1)
    if smallest <= 0:
        return Undefined(f"{n:g} rows are too few for a table of {rows} by {columns}")
    value = min(1.0, sqrt(excess / smallest))
    ends = noncentral_limits(found.statistic, found.freedom, level)
    low, high = (min(1.0, sqrt(e / n / (min(rows, columns) - 1))) for e in ends)
    interval = Interval(min(low, value), max(high, value), level, "noncentral chi-square, normal")
    return Estimate(value, interval, "Cramér's V, bias removed", n)


def noncentral_limits(statistic: float, freedom: int, level: float) -> tuple[float, float]:
    """Limits of the noncentrality of a chi-square statistic, each >= 0.

    Solves (x - f - l)^2 = 2 z^2 (f + 2 l) for l: mean and variance of the noncentral
    distribution, taken as normal. Closed form, so it holds at any size.
    """
    z2 = z_value(level) ** 2
    y = statistic - freedom
    root = sqrt(max(0.0, 4 * z2 * y + 4 * z2 * z2 + 2 * z2 * freedom))
    return max(0.0, y + 2 * z2 - root), max(0.0, y + 2 * z2 + root)


def chi_square_p(found: ChiSquare) -> float:
    """The p-value, in [0, 1]. Only beside an effect size, and corrected for the number of tests."""
    from scipy.special import chdtrc

    return float(chdtrc(found.freedom, found.statistic))


def ks_p(distance: float, n: float, m: float) -> float:
    """The asymptotic two-sided p-value of a Kolmogorov-Smirnov distance, in [0, 1].

    n, m: rows of the two windows, at least 1. Limits: too large when values have ties. Only beside
    the distance, and corrected for the number of tests.
    """
    from scipy.special import kolmogorov

    if not (0 <= distance <= 1 and n >= 1 and m >= 1):
        raise CountError("`distance` is in [0, 1]; `n` and `m` are at least 1.")
    return float(kolmogorov(distance * sqrt(n * m / (n + m))))


def two_windows(reference: npt.ArrayLike, current: npt.ArrayLike) -> Array:
    """The table of two windows by category. Shape (2, k)."""
    return np.vstack([check_counts(reference, "reference"), check_counts(current, "current")])
