"""Scores by group, from sums: average gap and standardised mean difference."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

import numpy as np
import numpy.typing as npt

from dutybound.measure.checks import (
    Array,
    CountError,
    check_counts,
    check_labels,
    check_numbers,
    check_same,
)
from dutybound.measure.intervals import z_value
from dutybound.terms.measure import Estimate, Interval, Measured, Undefined


@dataclass(frozen=True, slots=True)
class ScoreSums:
    """Scores by group, shape (g,) each: rows, sum, sum of squares. Make it with `score_sums`."""

    n: Array
    total: Array
    squares: Array
    labels: tuple[str, ...]

    def of(self, name: str) -> tuple[float, float, float]:
        """n, mean and variance (n - 1) of a group. Raises CountError for an unknown name."""
        if name not in self.labels:
            raise CountError(f"There is no group `{name}`. Groups: {', '.join(self.labels)}.")
        i = self.labels.index(name)
        n = float(self.n[i])
        if n < 2:
            return n, np.nan, np.nan
        mean = float(self.total[i]) / n
        return n, mean, max(0.0, float(self.squares[i]) / n - mean * mean) * n / (n - 1)


def score_sums(
    n: npt.ArrayLike,
    total: npt.ArrayLike,
    squares: npt.ArrayLike,
    labels: tuple[str, ...] | list[str] | None = None,
) -> ScoreSums:
    """Checked sums, all of shape (g,). Raises CountError for squares that no scores can have."""
    rows = check_counts(n, "n")
    sums, second = check_numbers(total, "total"), check_numbers(squares, "squares")
    check_same(rows, sums, ("n", "total"))
    check_same(rows, second, ("n", "squares"))
    if np.any(second * rows < sums**2 * (1 - 1e-9)):
        raise CountError("`squares` is too small for `total`: no scores have such sums.")
    return ScoreSums(rows, sums, second, check_labels(labels, rows.size))


def score_gap(sums: ScoreSums, group: str, reference: str, level: float = 0.95) -> Measured:
    """Mean score of a group minus that of the reference, in units of the score.

    Undefined with fewer than two rows in either. Interval: normal, unequal variances (Welch).
    Limits: a gap of means says nothing about who falls below the threshold.
    """
    (n, a, va), (m, b, vb) = sums.of(group), sums.of(reference)
    if min(n, m) < 2:
        return Undefined("a score gap needs two rows in each group")
    half = z_value(level) * sqrt(va / n + vb / m)
    return Estimate(
        a - b, Interval(a - b - half, a - b + half, level, "Welch, normal"), "means", n + m
    )


def standardised_mean_difference(
    sums: ScoreSums, group: str, reference: str, level: float = 0.95
) -> Measured:
    """The score gap over the pooled standard deviation (Cohen's d). Unitless.

    Undefined with fewer than two rows in either, or without spread. Interval: large sample, Hedges
    and Olkin 1985. Limits: for scores within a fixed range; on heavy tails the standard
    deviation says little.
    """
    (n, a, va), (m, b, vb) = sums.of(group), sums.of(reference)
    if min(n, m) < 2:
        return Undefined("a standard deviation needs two rows in each group")
    pooled = ((n - 1) * va + (m - 1) * vb) / (n + m - 2)
    if pooled == 0:
        return Undefined("the scores have no spread")
    value = (a - b) / sqrt(pooled)
    half = z_value(level) * sqrt(1 / n + 1 / m + value * value / (2 * (n + m)))
    interval = Interval(value - half, value + half, level, "large sample")
    return Estimate(value, interval, "mean difference over pooled sd", n + m)
