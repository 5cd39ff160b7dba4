"""The population stability index, with its sampling floor and never alone."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from typing import Final

import numpy as np
import numpy.typing as npt

from dutybound.measure.association import noncentral_limits
from dutybound.measure.bootstrap import Sampling
from dutybound.measure.checks import Array, CountError, check_pair
from dutybound.measure.distances import DEFAULT, NAMES, total_variation
from dutybound.measure.intervals import z_value
from dutybound.terms.measure import Estimate, Interval, Undefined

FEWEST_ROWS: Final = 500  # in each window
MOST_BINS: Final = 20


@dataclass(frozen=True, slots=True)
class Psi:
    """index: the estimate. floor: what two equal windows of these sizes read on average.

    beside: total variation over the same bins, in [0, 1], to read the index with. bins: how many.
    """

    index: Estimate
    floor: float
    beside: Estimate
    bins: int


def psi(
    reference: npt.ArrayLike,
    current: npt.ArrayLike,
    *,
    level: float = 0.95,
    sampling: Sampling = DEFAULT,
) -> Psi | Undefined:
    """The population stability index, sum (q - p) ln(q / p), over bins fixed by the reference.

    reference, current: shape (k,), rows, 2 to 20 bins from `pin_bins`, or the categories that both
    windows have. Unitless, >= 0, without upper end. The floor is (B-1)(1/n + 1/m); it is not
    taken off the index, since users compare with published tables. The interval joins the
    noncentral chi-square limits, which hold near 0, with those of the delta method, which hold
    away from it. Undefined under 500 rows a window (by chance alone ten bins of 200 rows read
    above 0.1 in 37 % of cases), and if a bin is empty in one window, where the index is infinite
    and any value would come from a made-up constant: see `category_changes`.
    Sources: Lewis 1994 (credit scoring); Yurdakul 2018 (its distribution). Limits: the value
    depends on the bins, so they belong to the result.
    """
    p, q = check_pair(reference, current, NAMES)
    p, q = p[p + q > 0], q[p + q > 0]
    if p.size > MOST_BINS:
        raise CountError(
            f"PSI takes at most {MOST_BINS} bins; there are {p.size}. Join them first."
        )
    n, m = float(p.sum()), float(q.sum())
    if min(n, m) < FEWEST_ROWS:
        return Undefined(f"PSI needs {FEWEST_ROWS} rows a window; there are {n:g} and {m:g}")
    if p.size < 2:
        return Undefined("all rows share one bin")
    if p.min() == 0 or q.min() == 0:
        lost, new = float(p[q == 0].sum() / n), float(q[p == 0].sum() / m)
        return Undefined(
            f"a bin is empty in one window ({new:.2%} of current rows are new, {lost:.2%} of "
            "reference rows vanished): PSI is infinite"
        )
    beside = total_variation(p, q, level=level, sampling=sampling)
    assert isinstance(beside, Estimate)  # noqa: S101 - both windows hold rows
    index = Estimate(_index(p / n, q / m), _limits(p, q, level), f"PSI, {p.size} bins", n + m)
    return Psi(index, (p.size - 1) * (1 / n + 1 / m), beside, int(p.size))


def _index(p: Array, q: Array) -> float:
    return float(((q - p) * np.log(q / p)).sum())


def _limits(p: Array, q: Array, level: float) -> Interval:
    n, m = p.sum(), q.sum()
    a, b = p / n, q / m
    seen, unit = _index(a, b), 1 / n + 1 / m
    low, high = (float(x * unit) for x in noncentral_limits(seen / unit, p.size - 1, level))
    slope_a, slope_b = np.log(a / b) + 1 - b / a, np.log(b / a) + 1 - a / b
    variance = _variance(a, slope_a) / n + _variance(b, slope_b) / m
    half = z_value(level) * sqrt(variance)
    bias = (p.size - 1) * unit
    low = max(0.0, min(low, seen - bias - half))
    return Interval(low, max(high, seen + half), level, "noncentral chi-square and delta method")


def _variance(shares: Array, slope: Array) -> float:
    return max(0.0, float((shares * slope**2).sum() - (shares * slope).sum() ** 2))
