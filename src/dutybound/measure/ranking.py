"""How well a score separates two classes, from score histograms by label."""

from __future__ import annotations

from math import log, sqrt, tanh

import numpy as np
import numpy.typing as npt

from dutybound.measure.checks import Array, CountError, Flags, check_pair
from dutybound.measure.distances import ks
from dutybound.measure.intervals import wilson_ends, z_value
from dutybound.terms.measure import Estimate, Interval, Measured, Undefined

NAMES = ("positives", "negatives")


def auc(
    positives: npt.ArrayLike,
    negatives: npt.ArrayLike,
    *,
    single: npt.ArrayLike | None = None,
    level: float = 0.95,
) -> Measured:
    """The area under the ROC curve: the chance that a positive scores above a negative.

    positives, negatives: shape (k,), labelled rows by score bin, scores rising; ties count half.
    single: shape (k,), true for bins that hold one score; all if None. In [0, 1]. `bound` is what
    the order inside the bins can change. Interval: DeLong 1988 on the bins, on the logit scale;
    where all pairs are in order, or all tied, Wilson's over pairs that share no row.
    Undefined without rows of both classes. Limits: silent about calibration and about the
    threshold in use; only rows with a label count.
    """
    p, q = check_pair(positives, negatives, NAMES)
    return area(p, q, _wide(single, p), level)


def area(p: Array, q: Array, wide: Array, level: float) -> Measured:
    """`auc` of checked arrays, which may hold expected rows and so parts of one."""
    m, n = float(p.sum()), float(q.sum())
    if min(m, n) == 0:
        return Undefined("the AUC needs rows of both classes")
    below = (np.cumsum(q) - q / 2) / n  # negatives below each bin
    above = 1 - (np.cumsum(p) - p / 2) / m  # positives above each bin
    settled = _settled(p, q)
    value = float((p * below).sum() / m) if settled is None else settled
    hidden = float((p * q * wide).sum() / (m * n) / 2)
    variance = 0.0
    if settled is None:
        variance = _variance(p, below, value) / m + _variance(q, above, value) / n
    interval = _logit(value, variance, m, n, level)
    bound = (max(0.0, value - hidden), min(1.0, value + hidden))
    return Estimate(value, interval, f"binned AUC, {p.size} bins", m + n, bound)


def _settled(p: Array, q: Array) -> float | None:
    """The area if all pairs are in order, or all tied; rounding would leave it near that."""
    i, j = np.flatnonzero(p), np.flatnonzero(q)
    if i[0] > j[-1]:
        return 1.0
    if i[-1] < j[0]:
        return 0.0
    return 0.5 if i[0] == i[-1] == j[0] == j[-1] else None


def _wide(single: npt.ArrayLike | None, like: Array) -> Array:
    if single is None:
        return like * 0
    one: Flags = np.asarray(single, dtype=np.bool_)
    if one.shape != like.shape:
        raise CountError("`single` needs one flag for each bin.")
    return np.where(one, 0.0, 1.0)


def _variance(counts: Array, placed: Array, middle: float) -> float:
    """Variance of the placements of one class (n - 1)."""
    total = float(counts.sum())
    if total < 2:
        return 0.25
    return float((counts * (placed - middle) ** 2).sum()) / (total - 1)


def _logit(value: float, variance: float, m: float, n: float, level: float) -> Interval:
    """On the logit scale, so that the limits stay inside 0 and 1.

    Without spread (all pairs in order, or all tied) the smaller class gives as many pairs that
    share no row, and so are independent: Wilson's interval of their rate.
    """
    if variance == 0 or value in (0.0, 1.0):
        pairs = min(m, n)
        low, high = (float(x) for x in wilson_ends(value * pairs, pairs, level))
        return Interval(min(low, value), max(high, value), level, "Wilson, disjoint pairs")
    slope = value * (1 - value)
    half = z_value(level) * sqrt(variance) / slope
    middle = log(value / (1 - value))
    low, high = (0.5 * (1 + tanh(x / 2)) for x in (middle - half, middle + half))
    return Interval(low, high, level, "DeLong, logit")


def gini(found: Measured) -> Measured:
    """Gini, 2 AUC - 1, in [-1, 1], from an AUC with its interval and bound."""
    if isinstance(found, Undefined):
        return found
    interval = found.interval
    if interval is not None:
        low, high = 2 * interval.low - 1, 2 * interval.high - 1
        interval = Interval(low, high, interval.level, interval.method)
    bound = None if found.bound is None else (2 * found.bound[0] - 1, 2 * found.bound[1] - 1)
    return Estimate(2 * found.value - 1, interval, "2 AUC - 1", found.n, bound)


def ks_separation(
    positives: npt.ArrayLike,
    negatives: npt.ArrayLike,
    *,
    single: npt.ArrayLike | None = None,
    level: float = 0.95,
) -> Measured:
    """The largest distance between the score distributions of the two classes, in [0, 1].

    As `ks`, over classes in place of windows. Undefined without rows of both classes.
    """
    p, q = check_pair(positives, negatives, NAMES)
    if min(p.sum(), q.sum()) == 0:
        return Undefined("the separation needs rows of both classes")
    return ks(p, q, single=single, level=level)
