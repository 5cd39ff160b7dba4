"""Bins of a numeric column: fixed once from a sample, then the same on every engine.

A value x falls into bin floor(1000 z / (1 + |z|)) + 1000 with z = (x - centre) / scale: 2,001 bins
over the whole line, fine near the centre, and none for overflow. The scale is a power of two and
the centre a multiple of a sixteenth of it, so that both are exact in binary and in decimal and
every engine that computes in IEEE 754 doubles finds the same bin.

Values that hold half a percent of the sample or more are points: each has a bin of its own, and
the bin around it is parted into what lies below and above. Bin numbers rise with x; at the edge
of a bin, values that differ in their last digit only may change places.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import floor, frexp, isfinite
from typing import Final

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

HALF: Final = 1000
POINT_SHARE: Final = 0.005
MOST_POINTS: Final = 50
MOST_VALUES: Final = 1000
_SAFE: Final = 2.0**960
_FAR: Final = 2.0**50


@dataclass(frozen=True, slots=True)
class Bins:
    """The bins of one column. exact: values are counted as they are, while they are few."""

    centre: float
    scale: float
    points: tuple[float, ...] = ()
    exact: bool = False

    @property
    def size(self) -> int:
        """How many bins there are."""
        return 2 * HALF + 1 + 2 * len(self.points)

    @property
    def guard(self) -> float:
        """Values farther from 0 go to the first or last bin: 1 + |z| would lose its 1."""
        return abs(self.centre) + self.scale * _FAR

    def number(self, values: Floats) -> Whole:
        """The bin of each finite value. Shape (n,) to shape (n,)."""
        far = np.abs(values) > self.guard
        inside = np.where(far, self.centre, values)
        z = (inside - self.centre) / self.scale
        found = np.floor(z / (1.0 + np.abs(z)) * HALF).astype(np.int64) + HALF
        for point in self.points:
            found += 2 * (inside > point) + (inside == point)
        outer = np.where(values > 0, self.size - 1, 0)
        return np.where(far, outer, found)

    def limits(self) -> tuple[Floats, Floats]:
        """Lower and upper end of each bin, shape (size,) each; the outermost are infinite."""
        t = np.arange(1 - HALF, HALF) / HALF
        inner = self.centre + self.scale * t / (1.0 - np.abs(t))
        edges = [-np.inf, *inner.tolist(), self.guard, np.inf]
        low, high = edges[:-1], edges[1:]
        for point in self.points:
            at = int(self.number(np.array([point]))[0]) - 1
            below, above = low[at], high[at]
            low[at : at + 1] = [below, point, point]
            high[at : at + 1] = [point, point, above]
        return np.array(low), np.array(high)

    def single(self) -> Flags:
        """Which bins hold one value only: the points. Shape (size,)."""
        found = np.zeros(self.size, dtype=np.bool_)
        found[self.number(np.array(self.points, dtype=np.float64))] = True
        return found


def choose_bins(sample: Sequence[float | None]) -> Bins:
    """Bins from sampled values of a column; missing and infinite ones are left out.

    Centre: the median; scale: the interquartile range, or the spread of the middle 98 % if that
    is 0, or 1. Both are rounded to a few binary digits.
    """
    values = np.array([v for v in sample if v is not None], dtype=np.float64)
    values = values[np.abs(values) <= _SAFE]
    if values.size == 0:
        return Bins(0.0, 1.0)
    distinct, counts = np.unique(values, return_counts=True)
    q = np.quantile(values, [0.01, 0.25, 0.5, 0.75, 0.99])
    spread = next((float(s) for s in (q[3] - q[1], q[4] - q[0], np.ptp(values)) if s > 0), 1.0)
    scale = _power_of_two(spread)
    centre = floor(float(q[2]) / scale * 16 + 0.5) / 16 * scale
    often = counts >= max(2, POINT_SHARE * values.size)
    exact = distinct.size <= MOST_VALUES and distinct.size * 2 <= values.size
    order = np.argsort(-counts[often], kind="stable")[:MOST_POINTS]
    found = Bins(centre, scale, (), exact)
    points = sorted(float(v) for v in distinct[often][order] if abs(v) <= found.guard)
    return Bins(centre, scale, tuple(points), exact)


def _power_of_two(spread: float) -> float:
    fraction, exponent = frexp(spread)
    found = float(2.0 ** (exponent if fraction >= 0.75 else exponent - 1))
    return found if isfinite(found) and found > 0 else 1.0
