"""Counts of one column: a number by bin or value, a category by value."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from dutybound.measure.effective import Weighed, unweighted
from dutybound.terms.table import MISSING, OTHER
from dutybound.warehouse.bins import Bins
from dutybound.warehouse.cells import CellError, Cells, add_cells

Floats = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

MOST_EXACT: Final = 5000
WEIGHT_SUMS: Final = ("weight", "square")  # of each table of cells, if rows have weights
WITHOUT: Final = ("missing", "nan", "plus_infinite", "minus_infinite")


@dataclass(frozen=True)
class NumberWeights:
    """Weights of the rows of a number column, and their squares: whole numbers of any size.

    unit: of a weight. sums: shape (2, v) or (2, bins.size), by count. apart: shape (2, 4), of the
    rows without a finite value, in the order of `WITHOUT`.
    """

    unit: float
    sums: npt.NDArray[np.object_]
    apart: npt.NDArray[np.object_]

    def moved(self, at: Whole, size: int) -> NumberWeights:
        """By other counts."""
        return replace(self, sums=np.stack([_sum_at(s, at, size) for s in self.sums]))

    def weighed(self, rows: Whole) -> Weighed:
        """Rows by count, with their weights."""
        return self._of(rows, self.sums)

    def without(self, rows: Whole) -> Weighed:
        """Rows without a finite value, with their weights. rows: shape (4,)."""
        return self._of(rows, self.apart)

    def _of(self, rows: Whole, sums: npt.NDArray[np.object_]) -> Weighed:
        weight, square = sums.astype(np.float64)
        counts = rows.astype(np.float64)
        return Weighed(counts, weight * self.unit, square * self.unit * self.unit)


@dataclass(frozen=True)
class Numbers:
    """A number column of one window.

    values: shape (v,), rising, if values are counted as they are; else None. counts: shape (v,) or
    (bins.size,), rows. weights: of the rows, or None. low, high: of the finite values; None if
    there is none. Rows without a finite value are in missing, nan, plus_infinite and
    minus_infinite, and nowhere else.
    """

    bins: Bins
    values: Floats | None
    counts: Whole
    missing: int = 0
    nan: int = 0
    plus_infinite: int = 0
    minus_infinite: int = 0
    low: float | None = None
    high: float | None = None
    weights: NumberWeights | None = None

    @property
    def unit(self) -> float | None:
        """Of the weights, if there are any."""
        return None if self.weights is None else self.weights.unit

    def weighed(self) -> Weighed:
        """Rows by count, with their weights; weights of 1 if there are none."""
        if self.weights is not None:
            return self.weights.weighed(self.counts)
        return unweighted(self.counts)

    def without(self) -> Weighed:
        """Rows without a finite value, with their weights, in the order of `WITHOUT`."""
        rows = np.array([getattr(self, kind) for kind in WITHOUT], dtype=np.int64)
        return unweighted(rows) if self.weights is None else self.weights.without(rows)

    @property
    def finite(self) -> int:
        """Rows with a finite value."""
        return int(self.counts.sum())

    @property
    def rows(self) -> int:
        """All rows."""
        return self.finite + self.missing + self.nan + self.plus_infinite + self.minus_infinite

    def binned(self) -> Numbers:
        """By bin; the same if it is so already."""
        if self.values is None:
            return self
        at = self.bins.number(self.values)
        return self._with(None, _sum_at(self.counts, at, self.bins.size), at)

    def _with(self, values: Floats | None, counts: Whole, at: Whole) -> Numbers:
        size = counts.size
        weights = None if self.weights is None else self.weights.moved(at, size)
        return Numbers(
            self.bins, values, counts, self.missing, self.nan, self.plus_infinite,
            self.minus_infinite, self.low, self.high, weights,
        )  # fmt: skip

    def on_values(self, values: Floats) -> Numbers:
        """Counted on a list of values that holds all of its own."""
        if self.values is None:
            raise CellError("The column is counted by bin: its values are not known.")
        at = np.searchsorted(values, self.values)
        return self._with(values, _sum_at(self.counts, at, values.size), at)

    def limits(self) -> tuple[Floats, Floats]:
        """Lower and upper end of each count; the outermost are infinite. Shape (k,) each."""
        return self.bins.limits() if self.values is None else (self.values, self.values)

    def single(self) -> Flags:
        """Which counts are of one value only."""
        if self.values is None:
            return self.bins.single()
        return np.ones(self.values.size, dtype=np.bool_)


def _sum_at(counts: Any, at: Whole, size: int) -> Any:
    found = np.zeros(size, dtype=counts.dtype)
    np.add.at(found, at, counts)
    return found


def same_form(parts: Sequence[Numbers]) -> list[Numbers]:
    """The parts on common values, or on bins if one is binned or the values are too many.

    Raises CellError if their bins differ.
    """
    if any(p.bins != parts[0].bins for p in parts):
        raise CellError("The bins differ. Use the stored reference profile for each part.")
    lists = [p.values for p in parts if p.values is not None]
    if len(lists) == len(parts):
        values = np.unique(np.concatenate(lists))
        if values.size <= MOST_EXACT:
            return [p.on_values(values) for p in parts]
    return [p.binned() for p in parts]


def add_numbers(parts: Sequence[Numbers]) -> Numbers:
    """All rows of the parts. Raises CellError if bins or units of weights differ."""
    if any(p.unit != parts[0].unit for p in parts):
        raise CellError("The units of weights differ. Use the stored reference for each part.")
    alike = same_form(parts)
    counts = _total([p.counts for p in alike])
    lows = [p.low for p in parts if p.low is not None]
    highs = [p.high for p in parts if p.high is not None]
    weighted = [p.weights for p in alike if p.weights is not None]
    return Numbers(
        parts[0].bins,
        alike[0].values,
        counts,
        sum(p.missing for p in parts),
        sum(p.nan for p in parts),
        sum(p.plus_infinite for p in parts),
        sum(p.minus_infinite for p in parts),
        min(lows, default=None),
        max(highs, default=None),
        _all_weights(weighted) if weighted else None,
    )


def _all_weights(parts: Sequence[NumberWeights]) -> NumberWeights:
    sums, apart = _total([p.sums for p in parts]), _total([p.apart for p in parts])
    return replace(parts[0], sums=sums, apart=apart)


def _total(arrays: Sequence[Any]) -> Any:
    return np.stack(arrays).sum(axis=0)


@dataclass(frozen=True)
class Pair:
    """Two windows on common bins or values: rows of shape (k,) each. labels: of categories.

    For numbers: positions rise, edges are the lowest and highest value that a bin can hold (its
    ends, or the extremes of the rows), single tells bins with one value. Bins that are empty in
    both windows are left out.
    """

    reference: Weighed
    current: Weighed
    positions: Floats | None = None
    edges: tuple[Floats, Floats] | None = None
    single: Flags | None = None
    labels: tuple[str, ...] = ()


def pair_numbers(reference: Numbers, current: Numbers) -> Pair:
    """Counts of a number column for the drift functions. Raises CellError if bins differ."""
    a, b = same_form([reference, current])
    kept = (a.counts > 0) | (b.counts > 0)
    if not kept.any():
        none = unweighted(np.zeros(1))
        return Pair(none, none, np.zeros(1), None, np.zeros(1, dtype=np.bool_))
    lows = [n.low for n in (reference, current) if n.low is not None]
    highs = [n.high for n in (reference, current) if n.high is not None]
    low, high = (ends[kept] for ends in a.limits())
    low = np.maximum(low, min(lows, default=-np.inf))
    high = np.minimum(high, max(highs, default=np.inf))
    at = low + (high - low) / 2
    return Pair(a.weighed()[kept], b.weighed()[kept], at, (low, high), a.single()[kept])


def pair_categories(reference: Cells, current: Cells) -> Pair:
    """Counts of a category column; missing and beyond-the-cap rows are left out of the arrays."""
    joint = add_cells([reference, current])
    levels = joint.levels["value"]
    kept = [i for i, level in enumerate(levels) if level not in (MISSING, OTHER)]
    counts = [_dense(cells, levels)[kept] for cells in (reference, current)]
    return Pair(counts[0], counts[1], labels=tuple(levels[i] for i in kept))


def _dense(cells: Cells, levels: tuple[str, ...]) -> Weighed:
    place = {level: i for i, level in enumerate(levels)}
    at = np.array([place[level] for level in cells.levels["value"]], dtype=np.int64)
    mine = cells.weighed("value")
    parts = (_sum_at(x, at, len(levels)) for x in (mine.rows, mine.weight, mine.square))
    return Weighed(*parts)
