"""Counts of one column: a number by bin or value, a category by value."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from dutybound.terms.table import MISSING, OTHER
from dutybound.warehouse.bins import Bins
from dutybound.warehouse.cells import CellError, Cells, add_cells

Floats = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

MOST_EXACT: Final = 5000
WEIGHT_UNIT: Final = 2.0**20


@dataclass(frozen=True)
class Numbers:
    """A number column of one window.

    values: shape (v,), rising, if values are counted as they are; else None. counts: shape (v,)
    or (bins.size,), rows. weights: the same shape, sums of weights in units of 1 / WEIGHT_UNIT,
    or None. low, high: of the finite values; None if there is none. Rows without a finite value
    are in missing, nan, plus_infinite and minus_infinite, and nowhere else.
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
    weights: Whole | None = None

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
        weights = None if self.weights is None else _sum_at(self.weights, at, size)
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


def _sum_at(counts: Whole, at: Whole, size: int) -> Whole:
    found = np.zeros(size, dtype=np.int64)
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
    """All rows of the parts."""
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
        _total(weighted) if len(weighted) == len(parts) else None,
    )


def _total(arrays: Sequence[Whole]) -> Whole:
    found: Whole = np.stack(arrays).sum(axis=0)
    return found


@dataclass(frozen=True)
class Pair:
    """Two windows on common bins or values: shape (k,) each. labels: of categories.

    For numbers: positions rise, edges are the lowest and highest value that a bin can hold (its
    ends, or the extremes of the rows), single tells bins with one value. Bins that are empty in
    both windows are left out.
    """

    reference: Whole
    current: Whole
    positions: Floats | None = None
    edges: tuple[Floats, Floats] | None = None
    single: Flags | None = None
    labels: tuple[str, ...] = ()


def pair_numbers(reference: Numbers, current: Numbers) -> Pair:
    """Counts of a number column for the drift functions. Raises CellError if bins differ."""
    a, b = same_form([reference, current])
    kept = (a.counts > 0) | (b.counts > 0)
    if not kept.any():
        none = np.zeros(1, dtype=np.int64)
        return Pair(none, none, np.zeros(1), None, np.zeros(1, dtype=np.bool_))
    lows = [n.low for n in (reference, current) if n.low is not None]
    highs = [n.high for n in (reference, current) if n.high is not None]
    low, high = (ends[kept] for ends in a.limits())
    low = np.maximum(low, min(lows, default=-np.inf))
    high = np.minimum(high, max(highs, default=np.inf))
    at = low + (high - low) / 2
    return Pair(a.counts[kept], b.counts[kept], at, (low, high), a.single()[kept])


def pair_categories(reference: Cells, current: Cells) -> Pair:
    """Counts of a category column; missing and beyond-the-cap rows are left out of the arrays."""
    joint = add_cells([reference, current])
    levels = joint.levels["value"]
    kept = [i for i, level in enumerate(levels) if level not in (MISSING, OTHER)]
    counts = [_dense(cells, levels)[kept] for cells in (reference, current)]
    return Pair(counts[0], counts[1], labels=tuple(levels[i] for i in kept))


def _dense(cells: Cells, levels: tuple[str, ...]) -> Whole:
    place = {level: i for i, level in enumerate(levels)}
    found = np.zeros(len(levels), dtype=np.int64)
    for level, count in zip(cells.levels["value"], cells.over("value"), strict=True):
        found[place[level]] += count
    return found
