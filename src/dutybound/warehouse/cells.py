"""Counts by several dimensions, as a long table: only cells that hold rows are kept."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import prod
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from dutybound.errors import DutyboundError
from dutybound.measure.effective import Weighed
from dutybound.terms.table import APART

Whole = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
LARGEST: Final = 2**62


class CellError(DutyboundError):
    """Cells cannot be added, or do not have the dimension asked for."""


@dataclass(frozen=True)
class Cells:
    """Rows by cell, and sums over the rows of a cell.

    dims: names of the dimensions. levels: dimension to the names of its levels. codes: shape
    (n, d), the level of each cell, sorted, no cell twice. counts: shape (n,), rows. sums: name to
    shape (n,), whole numbers: a sum of values in units of `UNIT[name]`, so that adding is exact.
    unit: of weights, if rows have any. Then there are the sums `weight` and `square` (of squared
    weights, in squared units), other sums are of weighted rows, and all are whole numbers of any
    size.
    """

    dims: tuple[str, ...]
    levels: Mapping[str, tuple[str, ...]]
    codes: Whole
    counts: Whole
    sums: Mapping[str, Whole] = field(default_factory=dict)
    unit: float | None = None

    @property
    def rows(self) -> int:
        """Rows in all cells."""
        return int(self.counts.sum())

    def over(self, *dims: str, of: str | None = None) -> Whole:
        """Dense array over some dimensions, added up over the others. of: a sum, else rows."""
        positions = [self._position(d) for d in dims]
        shape = tuple(len(self.levels[d]) for d in dims)
        values = self.counts if of is None else self.sums[of]
        found = np.zeros(shape, dtype=values.dtype)
        np.add.at(found, tuple(self.codes[:, p] for p in positions), values)
        return found

    def real(self, *dims: str, of: str, square: bool = False) -> Floats:
        """A sum as floats: of weights, or of values times weights. square: squared ones."""
        unit = self.unit or 1.0
        return self.over(*dims, of=of).astype(np.float64) * (unit * unit if square else unit)

    def weighed(self, *dims: str) -> Weighed:
        """Dense rows with their weights over some dimensions; weights of 1 if there are none."""
        rows = self.over(*dims).astype(np.float64)
        if self.unit is None:
            return Weighed(rows, rows, rows)
        squares = self.real(*dims, of="square", square=True)
        return Weighed(rows, self.real(*dims, of="weight"), squares)

    def only(self, dim: str, level: str) -> Cells:
        """The cells of one level; the dimension stays, with all of its levels."""
        kept = self.codes[:, self._position(dim)] == self.levels[dim].index(level)
        sums = {name: values[kept] for name, values in self.sums.items()}
        counts = self.counts[kept]
        return Cells(self.dims, self.levels, self.codes[kept], counts, sums, self.unit)

    def joined(self, dims: Sequence[str]) -> tuple[list[tuple[str, ...]], Whole, Cells]:
        """Groups by a combination of dimensions: names, rows, and cells with the dimension `group`.

        Only combinations that hold rows, in the order of their levels.
        """
        positions = [self._position(d) for d in dims]
        rest = [i for i in range(len(self.dims)) if i not in positions]
        found, inverse = _distinct(self.codes[:, positions])
        names = [tuple(self.levels[d][c] for d, c in zip(dims, row, strict=True)) for row in found]
        codes = np.column_stack([inverse, self.codes[:, rest]])
        levels = {self.dims[i]: self.levels[self.dims[i]] for i in rest}
        groups = tuple(" / ".join(n) for n in names)
        kept = ("group", *(self.dims[i] for i in rest))
        named = {"group": groups, **levels}
        cells = tidy(kept, named, codes, self.counts, self.sums, self.unit)
        rows = np.bincount(inverse, weights=self.counts, minlength=len(names)).astype(np.int64)
        return names, rows, cells

    def _position(self, dim: str) -> int:
        if dim not in self.dims:
            raise CellError(f"There is no dimension `{dim}`; there are {', '.join(self.dims)}.")
        return self.dims.index(dim)


def tidy(
    dims: Iterable[str],
    levels: Mapping[str, tuple[str, ...]],
    codes: npt.ArrayLike,
    counts: npt.ArrayLike,
    sums: Mapping[str, npt.ArrayLike] | None = None,
    unit: float | None = None,
) -> Cells:
    """Cells in order, equal ones added. Raises CellError if a sum without weights would not fit 63
    bits."""
    names = tuple(dims)
    table = np.asarray(codes, dtype=np.int64).reshape(-1, len(names))
    unique, at = _distinct(table)
    kind = np.int64 if unit is None else np.object_
    given = {k: np.asarray(v, dtype=kind) for k, v in (sums or {}).items()}
    return Cells(
        names,
        {d: tuple(levels[d]) for d in names},
        unique,
        _added(np.asarray(counts, dtype=np.int64), at, len(unique)),
        {k: _added(v, at, len(unique)) for k, v in given.items()},
        unit,
    )


def _distinct(table: Whole) -> tuple[Whole, Whole]:
    """Distinct rows in order, and the place of each row among them. Codes are not negative."""
    if table.size == 0:
        return table[:0], np.zeros(len(table), dtype=np.int64)
    sizes = [int(n) + 1 for n in table.max(axis=0)]
    if prod(sizes) >= LARGEST:
        found, inverse = np.unique(table, axis=0, return_inverse=True)
        return found, inverse.reshape(-1)
    keys = np.ravel_multi_index(tuple(table.T), sizes)
    distinct, inverse = np.unique(keys, return_inverse=True)
    return np.column_stack(np.unravel_index(distinct, sizes)).astype(np.int64), inverse


def _added(values: npt.NDArray[Any], at: Whole, size: int) -> npt.NDArray[Any]:
    found = np.zeros(size, dtype=values.dtype)
    np.add.at(found, at, values)
    if values.dtype == np.object_:
        return found
    rough = np.bincount(at, weights=np.abs(values).astype(np.float64), minlength=size)
    if rough.size and rough.max() > LARGEST:
        raise CellError("A sum is beyond 63 bits. Profile fewer rows at a time.")
    return found


def add_cells(parts: Sequence[Cells]) -> Cells:
    """The same cells over all parts; levels are those of any part."""
    first = parts[0]
    for part in parts[1:]:
        other = part.dims != first.dims or set(part.sums) != set(first.sums)
        if other or part.unit != first.unit:
            raise CellError("The tables have other dimensions or sums: they cannot be added.")
    levels = {d: _all_levels([p.levels[d] for p in parts]) for d in first.dims}
    tables = [_recoded(p, levels) for p in parts]
    sums = {k: np.concatenate([p.sums[k] for p in parts]) for k in first.sums}
    counts = np.concatenate([p.counts for p in parts])
    return tidy(first.dims, levels, np.concatenate(tables), counts, sums, first.unit)


def _all_levels(found: Sequence[tuple[str, ...]]) -> tuple[str, ...]:
    """The levels of all parts; in order of their names if they differ, with the apart ones last."""
    if all(levels == found[0] for levels in found):
        return found[0]
    known = {level for levels in found for level in levels}
    return (*sorted(known - set(APART)), *(level for level in APART if level in known))


def _recoded(part: Cells, levels: Mapping[str, tuple[str, ...]]) -> Whole:
    table = part.codes.copy()
    for i, dim in enumerate(part.dims):
        place = {level: n for n, level in enumerate(levels[dim])}
        moved = np.array([place[level] for level in part.levels[dim]], dtype=np.int64)
        if moved.size:
            table[:, i] = moved[part.codes[:, i]]
    return table
