"""Theil's index: how unevenly a model's benefit falls on persons, between groups and within."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from typing import Final

import numpy as np

from dutybound.measure.checks import Array
from dutybound.measure.intervals import z_value
from dutybound.measure.rates import Confusion
from dutybound.terms.measure import Estimate, Interval, Undefined

# Benefit by cell: decision - label + 1, so fn 0, tn and tp 1, fp 2.
BENEFIT: Final = np.array([0.0, 1.0, 2.0])


@dataclass(frozen=True, slots=True)
class Theil:
    """total: the index. between: the part that the means of groups explain; within: the rest."""

    total: Estimate
    between: float
    within: float


def theil(table: Confusion, level: float = 0.95) -> Theil | Undefined:
    """Generalised entropy with alpha 1 of the benefit b = decision - label + 1.

    table: by group, labelled rows. In [0, ln n], 0 when all get the same benefit. Source: Speicher
    and others 2018 (KDD). Interval: delta method. Undefined without rows, or when no one has a
    benefit. Limits: a wrongly refused person counts 0 and a wrongly selected one 2, whatever
    the decision means for them; the number has no scale that people know.
    """
    counts = np.stack([table.fn, table.tp + table.tn, table.fp], axis=1)
    n = float(counts.sum())
    if n == 0:
        return Undefined("there is no labelled row")
    shares = counts.sum(axis=0) / n
    mean = float(shares @ BENEFIT)
    if mean == 0:
        return Undefined("every positive was refused: no one has a benefit")
    value = _entropy(shares, mean)
    half = z_value(level) * sqrt(_variance(shares, mean) / n)
    interval = Interval(max(0.0, value - half), value + half, level, "delta")
    rows = counts.sum(axis=1)
    seen = rows > 0
    means = counts[seen] @ BENEFIT / rows[seen] / mean
    between = float((rows[seen] / n * _xlogx(means)).sum())
    return Theil(Estimate(value, interval, "Theil's index", n), between, value - between)


def _entropy(shares: Array, mean: float) -> float:
    return float((shares * _xlogx(BENEFIT / mean)).sum())


def influence(shares: Array, mean: float) -> Array:
    """What one row of each benefit adds to the index, to first order. shares: shape (3,)."""
    logs = _xlogx(BENEFIT)
    found: Array = logs / mean - float(shares @ logs) * BENEFIT / mean**2 - BENEFIT / mean
    return found


def _variance(shares: Array, mean: float) -> float:
    slope = influence(shares, mean)
    return max(0.0, float(shares @ slope**2) - float(shares @ slope) ** 2)


def _xlogx(x: Array) -> Array:
    found: Array = x * np.log(np.where(x > 0, x, 1.0))
    return found
