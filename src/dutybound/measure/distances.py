"""Distances between two windows, from counts over the same bins or categories.

All are effect sizes with intervals. None is a p-value: with enough rows any change is significant.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import frexp, inf, log, pi, sqrt
from typing import Final

import numpy as np
import numpy.typing as npt

from dutybound.measure.bins import quantile_bin, ranks
from dutybound.measure.bootstrap import Distance, Sampling, distance_interval
from dutybound.measure.checks import (
    Array,
    CountError,
    Flags,
    check_level,
    check_numbers,
    check_pair,
    check_same,
)
from dutybound.measure.intervals import z_value
from dutybound.terms.measure import Estimate, Interval, Measured, Undefined

NAMES: Final = ("reference", "current")
MOST_BINS: Final = 50  # of a divergence; above it noise rules
DEFAULT: Final = Sampling()


def _empty(reference: Array, current: Array) -> Undefined | None:
    for name, counts in zip(NAMES, (reference, current), strict=True):
        if counts.sum() == 0:
            return Undefined(f"the {name} window holds no row")
    return None


def ks(
    reference: npt.ArrayLike,
    current: npt.ArrayLike,
    *,
    single: npt.ArrayLike | None = None,
    level: float = 0.95,
) -> Measured:
    """The Kolmogorov-Smirnov distance of two windows, from bins in order.

    reference, current: shape (k,), rows. single: shape (k,), true for bins that hold one value
    only, where nothing is hidden; all true if None (a count of distinct values). In [0, 1], as
    a share of the population. `bound` is the lowest and highest distance that the rows behind
    the bins can have. The interval holds at once for the whole curve (two-sample band of
    Dvoretzky, Kiefer, Wolfowitz; constant of Wei and Dudley 2012): coverage is at least the level
    from about 450 rows a window, and well above it for large distances or values with ties.
    Undefined if a window is empty.
    """
    p, q = check_pair(reference, current, NAMES)
    empty = _empty(p, q)
    if empty:
        return empty
    n, m = float(p.sum()), float(q.sum())
    f, g = np.cumsum(p) / n, np.cumsum(q) / m
    value = min(1.0, float(np.abs(f - g).max()))
    hidden = _inside(p / n, q / m, f, g, single)
    half = sqrt(-log((1 - check_level(level)) / 2) / 2) * sqrt(1 / n + 1 / m)
    band = Interval(max(0.0, value - half), min(1.0, value + half), level, "DKW band")
    return Estimate(value, band, f"binned KS, {p.size} bins", n + m, (value, max(value, hidden)))


def _inside(p: Array, q: Array, f: Array, g: Array, single: npt.ArrayLike | None) -> float:
    """The largest distance that can hide inside a bin."""
    worst = np.maximum(np.abs(f - (g - q)), np.abs(g - (f - p)))
    return float(np.where(_flags(single, p), 0.0, worst).max())


def _flags(single: npt.ArrayLike | None, like: Array) -> Flags:
    """Which bins hold one value only; all of them if nobody says."""
    if single is None:
        return np.ones(like.shape, dtype=np.bool_)
    found: Flags = np.asarray(single, dtype=np.bool_)
    if found.shape != like.shape:
        raise CountError("`single` needs one flag for each bin.")
    return found


def total_variation(
    reference: npt.ArrayLike,
    current: npt.ArrayLike,
    *,
    level: float = 0.95,
    sampling: Sampling = DEFAULT,
) -> Measured:
    """Half the sum of the differences of shares: the share of rows that moved between categories.

    reference, current: shape (k,), rows. In [0, 1]. Undefined if a window is empty. Limits: equal
    windows read above 0 by chance, more so with many categories; the interval accounts for that.
    """
    p, q = check_pair(reference, current, NAMES)
    empty = _empty(p, q)
    if empty:
        return empty
    interval = distance_interval(_tv, p, q, level, sampling, norm=True)
    value = float(_tv(p / p.sum(), q / q.sum()))
    return Estimate(value, interval, "shares over categories", float(p.sum() + q.sum()))


def hellinger(
    reference: npt.ArrayLike,
    current: npt.ArrayLike,
    *,
    level: float = 0.95,
    sampling: Sampling = DEFAULT,
) -> Measured:
    """Hellinger's distance sqrt(1 - sum sqrt(p q)), its noise floor removed.

    reference, current: shape (k,), rows, at most 50 bins that hold rows. In [0, 1]. The floor
    (B-1)/8 (1/n + 1/m) is taken from the square. Undefined if a window is empty or there are more
    bins: join them with `pin_bins`. Source: Hellinger 1909; floor by expansion to second order.
    """
    return _divergence(reference, current, level, sampling, _hellinger, 1 / 8, "Hellinger")


@dataclass(frozen=True, slots=True)
class Divergence:
    """Jensen-Shannon. distance: the square root of `divergence`, in [0, 1] for base 2.

    divergence: its noise `floor` removed, not below 0. base: of the logarithm.
    """

    distance: Estimate
    divergence: float
    floor: float
    base: float


def jensen_shannon(
    reference: npt.ArrayLike,
    current: npt.ArrayLike,
    *,
    base: float = 2.0,
    level: float = 0.95,
    sampling: Sampling = DEFAULT,
) -> Divergence | Undefined:
    """The Jensen-Shannon distance of two windows, its noise floor removed.

    reference, current: shape (k,), rows, at most 50 bins that hold rows. base: of the logarithm,
    2 or e; the distance is at most sqrt(log_base(2)). The floor is (B-1)/(8 ln base) (1/n + 1/m).
    Undefined if a window is empty or there are more bins. Source: Lin 1991, IEEE Transactions on
    Information Theory 37; Endres and Schindelin 2003 (its root is a metric).
    Limits: thresholds for one base do not hold for another.
    """
    if not (np.isfinite(base) and base > 1):
        raise CountError("`base` is above 1.")
    scale = log(base)

    def distance(p: Array, q: Array) -> Array:
        found: Array = _js_nats(p, q) / sqrt(scale)
        return found

    top = sqrt(log(2) / scale)
    factor = 1 / (8 * scale)
    name = f"Jensen-Shannon distance, base {base:.4g}"
    found = _divergence(reference, current, level, sampling, distance, factor, name, top)
    if isinstance(found, Undefined):
        return found
    p, q = check_pair(reference, current, NAMES)
    return Divergence(found, found.value**2, _floor(p, q, factor), base)


def _divergence(
    reference: npt.ArrayLike,
    current: npt.ArrayLike,
    level: float,
    sampling: Sampling,
    distance: Distance,
    factor: float,
    name: str,
    top: float = 1.0,
) -> Measured:
    p, q = check_pair(reference, current, NAMES)
    empty = _empty(p, q)
    if empty:
        return empty
    p, q = p[p + q > 0], q[p + q > 0]
    if p.size > MOST_BINS:
        return Undefined(f"{p.size} bins hold rows; a divergence takes at most {MOST_BINS}")
    raw = distance_interval(distance, p, q, level, sampling, norm=False, top=top)
    seen = float(distance(p / p.sum(), q / q.sum()))
    value = sqrt(max(0.0, seen**2 - _floor(p, q, factor)))
    interval = Interval(min(raw.low, value), max(raw.high, value), level, raw.method)
    return Estimate(
        value, interval, f"{name}, {p.size} bins, noise floor removed", p.sum() + q.sum()
    )


def _floor(p: Array, q: Array, factor: float) -> float:
    """What the square of the distance of two equal windows is on average."""
    bins = int(np.count_nonzero(p + q))
    return factor * (bins - 1) * (1 / float(p.sum()) + 1 / float(q.sum()))


def wasserstein_ranks(
    reference: npt.ArrayLike,
    current: npt.ArrayLike,
    *,
    single: npt.ArrayLike | None = None,
    level: float = 0.95,
) -> Measured:
    """The Wasserstein-1 distance after each value is replaced by its rank in the reference window.

    reference, current: shape (k,), rows, bins in order. single: as in `ks`. In [0, 1], as
    reference rank: 0.05 means that rows moved by 5 percentile points on average. It has no unit
    and no moment to lack, so heavy tails do it no harm. Values outside the reference range get
    rank 0 or 1. `bound`: a row moves by at most half of the ranks of its bin.
    Undefined if a window is empty. Interval: the ranks are taken as fixed.
    """
    p, q = check_pair(reference, current, NAMES)
    empty = _empty(p, q)
    if empty:
        return empty
    found = _w1(p, q, np.diff(ranks(p)), 1.0, level, "on reference ranks")
    a, b = p / p.sum(), q / q.sum()
    hidden = float(((a + b) * np.where(_flags(single, p), 0.0, a)).sum()) / 2
    return replace(found, bound=(max(0.0, found.value - hidden), min(1.0, found.value + hidden)))


def wasserstein_iqr(
    reference: npt.ArrayLike,
    current: npt.ArrayLike,
    positions: npt.ArrayLike,
    *,
    edges: tuple[npt.ArrayLike, npt.ArrayLike] | None = None,
    level: float = 0.95,
) -> Measured:
    """The Wasserstein-1 distance over the interquartile range of the reference window.

    reference, current: shape (k,), rows, bins in order. positions: shape (k,), rising, the value
    that stands for each bin, in the unit of the feature. edges: lowest and highest value of each
    bin, shape (k,) each, both equal to the position for a single value; they give the `bound`.
    Without them, or with rows in a bin without an end, there is none, and `note` says so.
    Unitless, >= 0. Undefined if a window is empty or the range is 0. Limits: without a finite
    mean it is noise, and bins change the tail; `wasserstein_ranks` is defined for any feature.
    """
    p, q = check_pair(reference, current, NAMES)
    at = check_numbers(positions, "positions")
    check_same(p, at, ("reference", "positions"))
    steps = np.diff(at)
    if np.any(steps <= 0):
        raise CountError("`positions` do not rise.")
    empty = _empty(p, q)
    if empty:
        return empty
    ends = quantile_bin(p, 0.25), quantile_bin(p, 0.75)
    iqr = float(at[ends[1]] - at[ends[0]])
    if iqr == 0:
        return Undefined("half of the reference rows have one value: the interquartile range is 0")
    found = _w1(p, q, steps / iqr, inf, level, "over the interquartile range")
    bound = _iqr_bound(found.value, p / p.sum() + q / q.sum(), _reach(at, edges), ends, iqr)
    if bound is None:
        return replace(found, note="positions stand for bins without known ends: no bound")
    return replace(found, bound=bound)


def _reach(at: Array, edges: tuple[npt.ArrayLike, npt.ArrayLike] | None) -> Array | None:
    """How far a row can lie from the position of its bin. Shape (k,)."""
    if edges is None:
        return None
    low, high = (np.asarray(e, dtype=np.float64) for e in edges)
    if low.shape != at.shape or high.shape != at.shape:
        raise CountError("`edges` needs two ends for each bin.")
    if not (np.all(low <= at) and np.all(at <= high)):
        raise CountError("A position lies outside the `edges` of its bin.")
    found: Array = np.maximum(at - low, high - at)
    return found


def _iqr_bound(
    value: float, rows: Array, reach: Array | None, ends: tuple[int, int], iqr: float
) -> tuple[float, float] | None:
    """What bins can do to the distance, and to the range below it."""
    if reach is None:
        return None
    held = rows > 0
    moved = float(rows[held] @ reach[held])
    doubt = float(reach[ends[0]] + reach[ends[1]])
    if not moved < inf or doubt >= iqr:
        return None
    return max(0.0, value * iqr - moved) / (iqr + doubt), (value * iqr + moved) / (iqr - doubt)


def _w1(p: Array, q: Array, steps: Array, top: float, level: float, name: str) -> Estimate:
    n, m = float(p.sum()), float(q.sum())
    # Sums of counts that are not whole can end above 1 by their last digit.
    f, g = (np.minimum(np.cumsum(x)[:-1] / x.sum(), 1.0) for x in (p, q))
    value = float(np.abs(f - g) @ steps)
    spread = float(np.sqrt(f * (1 - f) / n + g * (1 - g) / m) @ steps)
    # Each |F - G| of equal windows is half-normal; the parts spread at most as if they were one.
    z = z_value(level)
    noise = (sqrt(2 / pi) + z * sqrt(1 - 2 / pi)) * spread
    pull = np.append(np.cumsum((np.sign(f - g) * steps)[::-1])[::-1], 0.0)
    unit = 2.0 ** (frexp(float(np.abs(pull).max()))[1] - 1)  # exact, and squares do not overflow
    pull = pull / unit
    half = z * unit * sqrt(_variance(p / n, pull) / n + _variance(q / m, pull) / m)
    method = "delta, triangle inequality below"
    interval = Interval(max(0.0, value - noise), min(top, value + half), level, method)
    return Estimate(value, interval, f"Wasserstein-1 {name}, {p.size} bins", n + m)


def _variance(shares: Array, values: Array) -> float:
    return max(0.0, float(shares @ values**2) - float(shares @ values) ** 2)


def _tv(p: Array, q: Array) -> Array:
    found: Array = np.abs(p - q).sum(axis=-1) / 2
    return found


def _hellinger(p: Array, q: Array) -> Array:
    found: Array = np.sqrt(np.maximum(0.0, ((np.sqrt(p) - np.sqrt(q)) ** 2).sum(axis=-1) / 2))
    return found


def _js_nats(p: Array, q: Array) -> Array:
    middle = (p + q) / 2
    with np.errstate(divide="ignore", invalid="ignore"):
        a = np.where(p > 0, p * np.log(p / middle), 0.0).sum(axis=-1)
        b = np.where(q > 0, q * np.log(q / middle), 0.0).sum(axis=-1)
    found: Array = np.sqrt(np.maximum(0.0, (a + b) / 2))
    return found
