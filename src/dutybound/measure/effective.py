"""Weighted rows as effective counts, so that intervals made for counts hold for weighted shares.

A sum of weights times a scale is a count: the shares are the weighted ones, and the size is as
many rows of one weight as would know as much. The scale is the smaller of two. Kish's, sum w over
sum w squared, holds if weights have nothing to do with what is measured (Kish 1965, Survey
Sampling, 11.7). The other has the variance of the weighted estimate itself, linearised (Binder
1983, International Statistical Review 51), and holds if they do; alone it would trust a few rows
of small weight too much. With one weight for all rows both are 1 over that weight, so counts come
back as they are.

Limits: rows are taken as independent draws with known weights. Clusters, strata and the doubt in
weights that were estimated are not in it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from dutybound.measure.checks import Array


@dataclass(frozen=True, slots=True)
class Weighed:
    """Rows, their sum of weights and of squared weights, cell by cell. One shape, all >= 0.

    Without weights all three are the rows.
    """

    rows: Array
    weight: Array
    square: Array

    def __getitem__(self, at: Any) -> Weighed:
        return Weighed(*(np.asarray(x[at]) for x in self._parts()))

    def __add__(self, other: Weighed) -> Weighed:
        return Weighed(
            np.asarray(self.rows + other.rows),
            np.asarray(self.weight + other.weight),
            np.asarray(self.square + other.square),
        )

    def __sub__(self, other: Weighed) -> Weighed:
        """Without some of the rows."""
        return Weighed(
            np.maximum(self.rows - other.rows, 0.0),
            np.maximum(self.weight - other.weight, 0.0),
            np.maximum(self.square - other.square, 0.0),
        )

    def sum(self, axis: int | tuple[int, ...] | None = None) -> Weighed:
        """Cells added up."""
        return Weighed(*(np.asarray(x.sum(axis=axis)) for x in self._parts()))

    def reshape(self, *shape: int) -> Weighed:
        """The same cells in another shape."""
        return Weighed(*(x.reshape(shape) for x in self._parts()))

    def _parts(self) -> tuple[Array, Array, Array]:
        return self.rows, self.weight, self.square

    @property
    def size(self) -> float:
        """Kish's effective size of all cells together: (sum w)^2 over sum w^2."""
        total = float(self.weight.sum())
        return total * kish_scale(self)


def unweighted(rows: npt.ArrayLike) -> Weighed:
    """Rows of weight 1."""
    found = np.asarray(rows, dtype=np.float64)
    return Weighed(found, found, found)


def kish_scale(cells: Weighed) -> float:
    """Sum w over sum w squared, of all cells together; 1 without rows."""
    square = float(cells.square.sum())
    return float(cells.weight.sum()) / square if square > 0 else 1.0


def mean_scale(values: npt.ArrayLike, cells: Weighed) -> float:
    """The scale for the weighted mean of values, one for each cell. values: the cells' shape."""
    kish, total = kish_scale(cells), float(cells.weight.sum())
    if total == 0:
        return kish
    z = np.asarray(values, dtype=np.float64)
    off = (z - float((cells.weight * z).sum()) / total) ** 2
    return _smaller(kish, float((cells.weight * off).sum()), float((cells.square * off).sum()))


def rate_scale(yes: Weighed, no: Weighed) -> Array:
    """The scale for each share of `yes` among `yes` and `no`. Arrays of one shape; so is this."""
    both = yes + no
    kish = _ratio(both.weight, both.square)
    p = np.divide(yes.weight, both.weight, out=np.zeros_like(both.weight), where=both.weight > 0)
    one, other = (1 - p) ** 2, p**2
    simple = yes.weight * one + no.weight * other
    linear = yes.square * one + no.square * other
    return np.minimum(kish, np.where(linear > 0, _ratio(simple, linear), kish))


def rate_counts(yes: Weighed, no: Weighed) -> tuple[Array, Array]:
    """Effective successes and totals of shares. Arrays of one shape."""
    scale = rate_scale(yes, no)
    return yes.weight * scale, (yes.weight + no.weight) * scale


def curve_scale(cells: Weighed) -> float:
    """The scale for a distribution over bins in order: by the largest variance of its curve."""
    kish, total = kish_scale(cells), float(cells.weight.sum())
    if total == 0:
        return kish
    below = np.cumsum(cells.weight)
    f = below / total
    squares = np.cumsum(cells.square)
    simple = below * (1 - f) ** 2 + (total - below) * f**2
    linear = squares * (1 - f) ** 2 + (float(cells.square.sum()) - squares) * f**2
    return _smaller(kish, float(simple.max()), float(linear.max()))


def share_scale(cells: Weighed) -> float:
    """The scale for shares of categories: by the sum of their variances, plain and over the shares.

    The second is the mean design effect of Rao and Scott 1981 (JASA 76).
    """
    kish, total = kish_scale(cells), float(cells.weight.sum())
    if total == 0:
        return kish
    seen = cells.weight > 0
    w, a = cells.weight[seen], cells.square[seen]
    p, all_squares = w / total, float(cells.square.sum())
    simple = w * (1 - p) ** 2 + (total - w) * p**2
    linear = a * (1 - p) ** 2 + (all_squares - a) * p**2
    found = _smaller(kish, float(simple.sum()), float(linear.sum()))
    return _smaller(found, float((simple / p).sum()), float((linear / p).sum()))


def _smaller(kish: float, simple: float, linear: float) -> float:
    """simple: the variance if all weights were 1; linear: as it is."""
    return min(kish, simple / linear) if linear > 0 and simple > 0 else kish


def _ratio(over: Array, under: Array) -> Array:
    found: Array = np.divide(over, under, out=np.ones_like(under), where=under > 0)
    return found


def binned_scale(yes: Weighed, no: Weighed) -> float:
    """One scale for shares in many bins whose sizes are taken as given. Arrays of one shape."""
    both = yes + no
    kish = kish_scale(both)
    p = np.divide(yes.weight, both.weight, out=np.zeros_like(both.weight), where=both.weight > 0)
    one, other = (1 - p) ** 2, p**2
    simple = float((yes.weight * one + no.weight * other).sum())
    return _smaller(kish, simple, float((yes.square * one + no.square * other).sum()))


@dataclass(frozen=True, slots=True)
class Moments:
    """Sums over rows of 1, x and x squared, by group, each row times its weight or its square.

    weight, square: shape (3, ...). Without weights both are plain sums.
    """

    weight: Array
    square: Array

    def __getitem__(self, at: Any) -> Moments:
        """Some groups."""
        return Moments(self.weight[:, at], self.square[:, at])

    def scale(self) -> Array:
        """The scale for the weighted mean of x. Shape (...)."""
        total, first, second = self.weight
        kish = _ratio(total, self.square[0])
        mean = np.divide(first, total, out=np.zeros_like(total), where=total > 0)
        simple, linear = (_about(x, mean) for x in (self.weight, self.square))
        usable = (linear > 1e-9 * self.square[2]) & (simple > 0)  # else the sums cancel
        found: Array = np.minimum(kish, np.where(usable, _ratio(simple, linear), kish))
        return found


def _about(sums: Array, mean: Array) -> Array:
    found: Array = np.maximum(sums[2] - 2 * mean * sums[1] + mean**2 * sums[0], 0.0)
    return found
