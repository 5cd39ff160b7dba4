"""Whether rows have the mix of a population that was named."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from dutybound.measure.bootstrap import METHOD, Sampling, resample
from dutybound.measure.checks import (
    Array,
    CountError,
    check_counts,
    check_labels,
    check_numbers,
    check_same,
)
from dutybound.measure.distances import DEFAULT, total_variation
from dutybound.measure.intervals import newcombe, wilson, z_value
from dutybound.terms.measure import Estimate, Interval, Measured, Undefined


@dataclass(frozen=True, slots=True)
class Mix:
    """distance: share of rows that would have to change group, in [0, 1]. gaps: group to its
    share of the rows minus its share of the population, in [-1, 1]."""

    distance: Measured
    gaps: dict[str, Measured]


def representativeness(
    rows: npt.ArrayLike,
    shares: npt.ArrayLike,
    labels: tuple[str, ...] | list[str] | None = None,
    *,
    persons: int | None = None,
    level: float = 0.95,
    sampling: Sampling = DEFAULT,
) -> Mix | Undefined:
    """The mix of the rows against that of a population.

    rows: shape (g,), rows by group. shares: shape (g,), of the population, in [0, 1]; they are
    made to add up to 1. persons: how many the shares were counted on, if that was a sample; None
    takes them as exact. Total variation with a bootstrap interval; gaps with Wilson's interval
    moved by the share, or Newcombe's for two samples. Undefined without rows.
    Limits: rows and persons are independent samples. A right mix does not make a group large
    enough.
    """
    n, q = check_counts(rows, "rows"), check_numbers(shares, "shares")
    check_same(n, q, ("rows", "shares"))
    names = check_labels(labels, n.size)
    if np.any(q < 0) or q.sum() <= 0:
        raise CountError("`shares` are not negative, and add up to more than nothing.")
    if persons is not None and persons < 1:
        raise CountError("`persons` is at least 1.")
    if n.sum() == 0:
        return Undefined("no row has a group of the population")
    q = q / q.sum()
    gaps = _gaps(n, q, names, persons, level)
    if persons is None:
        return Mix(_fixed(n, q, level, sampling), gaps)
    found = total_variation(np.round(q * persons), n, level=level, sampling=sampling)
    if isinstance(found, Estimate):
        value = float(np.abs(n / n.sum() - q).sum() / 2)
        found = replace(found, value=value, method="shares of rows and of a sample of persons")
    return Mix(found, gaps)


def _fixed(n: Array, q: Array, level: float, sampling: Sampling) -> Estimate:
    """Total variation from shares that are known; as `bootstrap.distance_interval`, one-sided."""
    p, drawn = n / n.sum(), resample(n, sampling, 4)
    value = float(np.abs(p - q).sum() / 2)
    noise = np.abs(drawn - p).sum(axis=1) / 2
    spread = float(np.std(np.abs(drawn - q).sum(axis=1) / 2, ddof=1))
    z = z_value(level)
    low = value - float(noise.mean()) - z * float(noise.std(ddof=1))
    interval = Interval(max(0.0, low), min(1.0, value + z * spread), level, METHOD)
    return Estimate(value, interval, "shares of rows and of the population", float(n.sum()))


def _gaps(
    n: Array, q: Array, names: tuple[str, ...], persons: int | None, level: float
) -> dict[str, Measured]:
    total = np.full_like(n, n.sum())
    if persons is None:
        low, high = (ends - q for ends in wilson(n, total, level))
        method = "Wilson, moved"
    else:
        counted = np.round(q * persons)
        low, high = newcombe(n, total, counted, np.full_like(n, persons), level)
        method = "Newcombe"
    found: dict[str, Measured] = {}
    for i, name in enumerate(names):
        interval = Interval(float(low[i]), float(high[i]), level, method)
        value = float(n[i] / total[i] - q[i])
        note = f"{q[i]:.1%} of the population"
        found[name] = Estimate(value, interval, "share minus share", float(n[i]), note=note)
    return found
