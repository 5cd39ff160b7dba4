"""Intervals for rates, their differences and ratios, from counts.

All take arrays of one shape and work on each element. Where a rate has no rows the limits are
`nan`: the callers turn that into `Undefined`.
"""

from __future__ import annotations

from statistics import NormalDist
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from dutybound.measure.checks import Array, CountError, Flags, check_level, check_parts
from dutybound.terms.measure import Estimate, Interval, Measured, Undefined

Limits: TypeAlias = tuple[Array, Array]
FEW = 5.0  # a cell below this and the delta method of the ratio is not used


def z_value(level: float) -> float:
    """How many standard deviations on either side hold `level` of a normal distribution."""
    return NormalDist().inv_cdf(0.5 + check_level(level) / 2)


def wilson(successes: npt.ArrayLike, totals: npt.ArrayLike, level: float = 0.95) -> Limits:
    """Wilson's score interval of a rate.

    successes, totals: shape (k,), rows, 0 <= successes <= totals. Limits of shape (k,) in [0, 1],
    `nan` where totals is 0. Source: Wilson 1927, JASA 22. Limits: independent rows; mean coverage
    is near the level, a single rate near 0 or 1 can lie a few points below it.
    """
    k, n = check_parts(successes, totals, ("successes", "totals"))
    return wilson_ends(k, n, level)


def wilson_ends(k: Array | float, n: Array | float, level: float) -> Limits:
    """`wilson` without the checks; parts of a row are taken."""
    z = z_value(level)
    k, n = np.asarray(k, dtype=np.float64), np.asarray(n, dtype=np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        p = k / n
        middle = (p + z * z / (2 * n)) / (1 + z * z / n)
        half = z / (1 + z * z / n) * np.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    # At 0 and at n the limit is exact; rounding may not take the rate out of its interval.
    return np.where(k == 0, 0.0 * p, middle - half), np.where(k == n, 1.0 + 0 * p, middle + half)


def clopper_pearson(successes: npt.ArrayLike, totals: npt.ArrayLike, level: float = 0.95) -> Limits:
    """The exact interval of a rate: coverage is never below the level, and mostly above it.

    successes, totals: shape (k,). Limits in [0, 1]; `nan` where totals is 0.
    Source: Clopper and Pearson 1934, Biometrika 26.
    """
    from scipy.special import betaincinv

    k, n = check_parts(successes, totals, ("successes", "totals"))
    tail = (1 - check_level(level)) / 2
    with np.errstate(invalid="ignore"):
        low = np.where(k == 0, 0.0, betaincinv(np.maximum(k, 1), n - k + 1, tail))
        high = np.where(k == n, 1.0, betaincinv(k + 1, np.maximum(n - k, 1), 1 - tail))
    return np.where(n == 0, np.nan, low), np.where(n == 0, np.nan, high)


def beta_interval(
    successes: npt.ArrayLike,
    totals: npt.ArrayLike,
    level: float = 0.95,
    prior: tuple[float, float] = (0.5, 0.5),
) -> Limits:
    """The equal-tailed Bayesian interval of a rate under a Beta prior (Jeffreys by default).

    successes, totals: shape (k,). prior: its two parameters, above 0. Limits in [0, 1]; with no
    rows they are those of the prior. Source: Brown, Cai, DasGupta 2001, Statistical Science 16.
    Limits: a credible interval; it says what to believe under the prior, not how often it covers.
    """
    from scipy.special import betaincinv

    k, n = check_parts(successes, totals, ("successes", "totals"))
    a, b = prior
    if not (a > 0 and b > 0):
        raise CountError("`prior` needs two numbers above 0.")
    tail = (1 - check_level(level)) / 2
    low: Array = betaincinv(k + a, n - k + b, tail)
    high: Array = betaincinv(k + a, n - k + b, 1 - tail)
    return low, high


def newcombe(
    k1: npt.ArrayLike, n1: npt.ArrayLike, k2: npt.ArrayLike, n2: npt.ArrayLike, level: float = 0.95
) -> Limits:
    """The interval of the difference of two rates, k1/n1 - k2/n2, from their Wilson intervals.

    All of shape (k,). Limits in [-1, 1]; `nan` where a total is 0. Source: Newcombe 1998,
    Statistics in Medicine 17, method 10. Limits: the two samples are independent.
    """
    a, b = check_parts(k1, n1, ("k1", "n1"))
    c, d = check_parts(k2, n2, ("k2", "n2"))
    (l1, u1), (l2, u2) = wilson(a, b, level), wilson(c, d, level)
    with np.errstate(divide="ignore", invalid="ignore"):
        p, q = a / b, c / d
    gap = p - q
    low = gap - np.sqrt((p - l1) ** 2 + (u2 - q) ** 2)
    high = gap + np.sqrt((u1 - p) ** 2 + (q - l2) ** 2)
    return np.maximum(low, -1.0), np.minimum(high, 1.0)


def log_ratio(
    k1: npt.ArrayLike, n1: npt.ArrayLike, k2: npt.ArrayLike, n2: npt.ArrayLike, level: float = 0.95
) -> Limits:
    """The interval of the ratio of two rates by the delta method on its logarithm.

    All of shape (k,), counts above 0. Limits above 0; `nan` where a count is 0.
    Source: Katz and others 1978, Biometrics 34. Limits: too narrow when nearly all or nearly
    none are selected in small samples: see `ratio_limits`.
    """
    a, b = check_parts(k1, n1, ("k1", "n1"))
    c, d = check_parts(k2, n2, ("k2", "n2"))
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = (a / b) / (c / d)
        error = z_value(level) * np.sqrt(1 / a - 1 / b + 1 / c - 1 / d)
        low, high = ratio * np.exp(-error), ratio * np.exp(error)
    bad = (a == 0) | (c == 0)
    return np.where(bad, np.nan, low), np.where(bad, np.nan, high)


def mover_ratio(
    k1: npt.ArrayLike, n1: npt.ArrayLike, k2: npt.ArrayLike, n2: npt.ArrayLike, level: float = 0.95
) -> Limits:
    """The interval of the ratio of two rates, recovered from their Wilson intervals.

    All of shape (k,). Limits in [0, inf): defined for any k1, `nan` where k2 or a total is 0.
    Source: Donner and Zou 2012, Statistical Methods in Medical Research 21 (MOVER-R).
    """
    a, b = check_parts(k1, n1, ("k1", "n1"))
    c, d = check_parts(k2, n2, ("k2", "n2"))
    (l1, u1), (l2, u2) = wilson(a, b, level), wilson(c, d, level)
    with np.errstate(divide="ignore", invalid="ignore"):
        p, q = a / b, c / d
        both = p * q
        under = np.maximum(both**2 - l1 * u2 * (2 * p - l1) * (2 * q - u2), 0.0)
        over = np.maximum(both**2 - u1 * l2 * (2 * p - u1) * (2 * q - l2), 0.0)
        low = np.where(a == 0, 0.0, l1 * (2 * p - l1) / (both + np.sqrt(under)))
        high = (both + np.sqrt(over)) / (l2 * (2 * q - l2))
    bad = (c == 0) | (b == 0) | (d == 0)
    return np.where(bad, np.nan, low), np.where(bad, np.nan, high)


def ratio_limits(
    k1: npt.ArrayLike, n1: npt.ArrayLike, k2: npt.ArrayLike, n2: npt.ArrayLike, level: float = 0.95
) -> tuple[Array, Array, Flags]:
    """The ratio's interval: log-ratio delta method, or MOVER-R where a cell holds under 5 rows.

    All of shape (k,). The third array says where MOVER-R was taken.
    """
    a, b = check_parts(k1, n1, ("k1", "n1"))
    c, d = check_parts(k2, n2, ("k2", "n2"))
    few: Flags = np.minimum.reduce([a, b - a, c, d - c]) < FEW
    delta, mover = log_ratio(a, b, c, d, level), mover_ratio(a, b, c, d, level)
    low, high = (np.where(few, m, x) for x, m in zip(delta, mover, strict=True))
    return low, high, few


def rate(successes: float, total: float, level: float = 0.95) -> Measured:
    """One rate with Wilson's interval; in [0, 1]. Undefined without rows."""
    low, high = wilson([successes], [total], level)
    if total == 0:
        return Undefined("there is no row to take a rate of")
    interval = Interval(float(low[0]), float(high[0]), level, "Wilson")
    return Estimate(successes / total, interval, "count over total", total)


def group_rates(
    successes: npt.ArrayLike, totals: npt.ArrayLike, level: float = 0.95
) -> list[Measured]:
    """`rate` of each group, shape (g,) to a list of length g."""
    low, high = wilson(successes, totals, level)
    k, n = np.asarray(successes, dtype=np.float64), np.asarray(totals, dtype=np.float64)
    return [
        Estimate(a / b, Interval(lo, hi, level, "Wilson"), "count over total", b)
        if b
        else Undefined("there is no row to take a rate of")
        for a, b, lo, hi in zip(k.tolist(), n.tolist(), low.tolist(), high.tolist(), strict=True)
    ]


def mean(total: float, squares: float, n: float, level: float = 0.95) -> Measured:
    """The mean of n values from their sum and sum of squares, with a normal interval.

    Unit of the values. Undefined for n < 2. Limits: independent rows, a variance that exists, and
    n large enough for the central limit theorem (a few hundred rows when values are skewed).
    """
    if not (np.isfinite(total) and np.isfinite(squares) and n >= 0 and squares >= 0):
        raise CountError("A mean needs a finite sum, a sum of squares >= 0 and n >= 0.")
    if n < 2:
        return Undefined(f"a mean with an interval needs two rows; there are {n:g}")
    value = total / n
    variance = max(squares / n - value * value, 0.0) * n / (n - 1)
    half = z_value(level) * float(np.sqrt(variance / n))
    return Estimate(value, Interval(value - half, value + half, level, "normal"), "mean", n)
