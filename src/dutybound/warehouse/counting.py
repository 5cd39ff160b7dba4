"""Runs the statements of a profile and turns their rows into counts."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from math import inf, isfinite
from typing import Any, Final, Generic, TypeAlias, TypeVar

import numpy as np
import numpy.typing as npt

from dutybound.errors import BadInput
from dutybound.terms.table import APART, OTHER, Banded, Score
from dutybound.warehouse import sql, statements
from dutybound.warehouse.bins import Bins, choose_bins
from dutybound.warehouse.cells import CellError, Cells, tidy
from dutybound.warehouse.client import Engine, shown
from dutybound.warehouse.columns import MOST_EXACT, WEIGHT_SUMS, WITHOUT, Numbers, NumberWeights
from dutybound.warehouse.layout import Dimension, Layout, level_of
from dutybound.warehouse.statements import Statement
from dutybound.warehouse.weighing import Weights, checked, weigh

T = TypeVar("T")
K = TypeVar("K", bound=Hashable)
Columns: TypeAlias = list[list[Any]]
MOST_GROUPS: Final = 200
CHECKS: Final = 6  # values that `weighing.checks` gives
INFINITIES: Final = {sql.MISSING: "missing", sql.NAN: "nan", sql.PLUS: "plus_infinite",
                     sql.MINUS: "minus_infinite"}  # fmt: skip


@dataclass(frozen=True)
class Answer:
    """What a grouped statement gives, by column. keys: one column for each key. weights: sums of
    weights and of their squares."""

    window: npt.NDArray[np.int64]
    keys: Columns
    counts: list[int]
    weights: tuple[list[int], list[int]] | None
    values: Columns

    def of(self, window: int) -> npt.NDArray[np.int64]:
        """The rows of one window."""
        return np.flatnonzero(self.window == window)

    def weights_at(self, rows: npt.NDArray[np.int64]) -> npt.NDArray[np.object_]:
        """Weights and their squares of some rows. Shape (2, n); without weights (0, n)."""
        given = [[column[i] for i in rows] for column in self.weights or ()]
        return np.array(given, dtype=np.object_).reshape(len(given), len(rows))


@dataclass(frozen=True)
class Asked(Generic[T]):
    """A grouped statement that has not run. keys, values: columns beside window, rows and weights.

    made: what comes of the answer, or another statement to ask instead.
    """

    statement: Statement
    keys: int
    values: int
    made: Callable[[Answer], T | Asked[T]]


class Counting:
    """Counts the windows of one table, statement by statement."""

    def __init__(self, engine: Engine, layout: Layout) -> None:
        self.engine, self.layout = engine, layout
        self.windows = len(layout.windows)
        self.unit = layout.weight_unit
        self._window_weights: dict[int, list[int]] = {}

    def run(self, statement: Statement) -> Columns:
        """The columns of a statement."""
        return self.engine.run(statement.name, statement.text(self.engine.dialect))

    def answers(self, asked: Mapping[K, Asked[T]]) -> dict[K, T]:
        """What comes of each statement. One runs while the answer to the one before is taken in."""
        dialect = self.engine.dialect
        texts = ((a.statement.name, a.statement.text(dialect)) for a in asked.values())
        found: dict[K, T] = {}
        again: dict[K, Asked[T]] = {}
        for (key, one), columns in zip(asked.items(), self.engine.each(texts), strict=True):
            made = one.made(self._answer(one, columns))
            if isinstance(made, Asked):
                again[key] = made
            else:
                found[key] = made
        if again:
            found |= self.answers(again)
        return {key: found[key] for key in asked}

    def ask(self, statement: Statement, keys: int, values: int = 0) -> Answer:
        """A grouped statement with so many keys and values beside rows and weights."""
        asked: Asked[Answer] = Asked(statement, keys, values, lambda answer: answer)
        return self.answers({"": asked})[""]

    def _answer(self, asked: Asked[Any], columns: Columns) -> Answer:
        weighted = 0 if self.unit is None else len(WEIGHT_SUMS)
        width = 2 + asked.keys + weighted + asked.values
        columns = columns or [[] for _ in range(width)]
        window = np.array([-1 if w is None else w for w in columns[0]], dtype=np.int64)
        at = asked.keys + 1
        weights = (columns[at + 1], columns[at + 2]) if weighted else None
        return Answer(window, columns[1:at], columns[at], weights, columns[at + 1 + weighted :])

    # ------------------------------------------------------------------ rows
    def totals(self) -> tuple[list[tuple[int, str | None, str | None]], list[Weights]]:
        """Rows of each window, its first and its last time; its weights if rows have any.

        Asked before weights have a unit. Rows are those with a weight above 0.
        """
        found: list[tuple[int, str | None, str | None]] = [(0, None, None)] * self.windows
        config = self.layout.config
        timed, weighted = config.time is not None, config.weights is not None
        weights = [Weights(0, 0, 0, 0, 0, None, None)] * (self.windows * weighted)
        answer = self.ask(statements.totals(self.layout), 0, 2 * timed + CHECKS * weighted)
        for i, window in enumerate(answer.window):
            if window >= 0:
                count, values = answer.counts[i], [c[i] for c in answer.values]
                first, last = values[:2] if timed else (None, None)
                if weighted:
                    weights[window] = checked(count, values[2 * timed :])
                    count = weights[window].rows
                found[window] = (count, first, last)
        return found, weights

    def all_rows(self) -> int:
        """Rows of the table."""
        return int(self.run(statements.total())[0][0])

    def repeated_ids(self, row_id: str) -> int:
        """Ids that stand in more than one row."""
        return int(self.run(statements.repeated_ids(self.layout, row_id))[0][0])

    # ------------------------------------------------------------------ columns
    def bins(self, rows: int) -> dict[str, Bins]:
        """Bins of all number columns, from a sample of the first window."""
        statement = statements.sample(self.layout, rows, self.engine.dialect)
        if statement is None:
            return {}
        names = self.layout.numbers()
        columns = self.run(statement) or [[] for _ in names]
        return {name: choose_bins(column) for name, column in zip(names, columns, strict=True)}

    def numbers(self, name: str, bins: Bins) -> Asked[list[Numbers]]:
        """A number column, one for each window."""
        statement = statements.number(self.layout, name, bins)
        binned = Asked(statement, 1, 2, lambda answer: self._each(self._binned, answer, bins))
        if not bins.exact:
            return binned

        def made(answer: Answer) -> list[Numbers] | Asked[list[Numbers]]:
            too_many = len(answer.counts) > MOST_EXACT * self.windows
            return binned if too_many else self._each(self._exact, answer, bins)

        return Asked(statements.exact(self.layout, name), 1, 0, made)

    def _each(
        self, one: Callable[[Answer, int, Bins], Numbers], answer: Answer, bins: Bins
    ) -> list[Numbers]:
        return [one(answer, w, bins) for w in range(self.windows)]

    def _binned(self, answer: Answer, window: int, bins: Bins) -> Numbers:
        counts = np.zeros(bins.size, dtype=np.int64)
        apart = dict.fromkeys(INFINITIES.values(), 0)
        lows, highs, places = [], [], []
        mine = answer.of(window)
        for i in mine:
            at = answer.keys[0][i]
            if at < 0:
                apart[INFINITIES[at]] = answer.counts[i]
                places.append(bins.size + WITHOUT.index(INFINITIES[at]))
                continue
            places.append(at)
            counts[at] = answer.counts[i]
            lows.append(answer.values[0][i])
            highs.append(answer.values[1][i])
        low, high = min(lows, default=None), max(highs, default=None)
        weights = self._weights(answer, mine, places, bins.size)
        return Numbers(bins, None, counts, low=low, high=high, weights=weights, **apart)

    def _weights(
        self, answer: Answer, rows: npt.NDArray[np.int64], places: list[int], size: int
    ) -> NumberWeights | None:
        """Weights of a number column. places: of the rows, those of `WITHOUT` after `size`."""
        if self.unit is None:
            return None
        found = np.zeros((2, size + len(WITHOUT)), dtype=np.object_)
        found[:, places] = answer.weights_at(rows)
        return NumberWeights(self.unit, found[:, :size], found[:, size:])

    def _exact(self, answer: Answer, window: int, bins: Bins) -> Numbers:
        apart = dict.fromkeys(INFINITIES.values(), 0)
        found, others, places = [], [], []
        for i in answer.of(window):
            value, count = answer.keys[0][i], answer.counts[i]
            if value is not None and isfinite(value):
                found.append((value, count, i))
            else:
                apart[_special(value)] += count
                others.append(i)
                places.append(WITHOUT.index(_special(value)))
        found.sort()
        values = np.array([f[0] for f in found], dtype=np.float64)
        counts = np.array([f[1] for f in found], dtype=np.int64)
        rows = np.array([*(f[2] for f in found), *others], dtype=np.int64)
        at = [*range(len(found)), *(len(found) + p for p in places)]
        weights = self._weights(answer, rows, at, len(found))
        ends = (found[0][0], found[-1][0]) if found else (None, None)
        return Numbers(bins, values, counts, low=ends[0], high=ends[1], weights=weights, **apart)

    def categories(
        self, name: str, known: Sequence[str], rows: Sequence[int]
    ) -> Asked[list[Cells]]:
        """A category column, one for each window. rows: of the windows."""
        cap = len(known) + 1 + self.layout.config.limits.categories

        def made(answer: Answer) -> list[Cells]:
            full = len(answer.counts) >= self.windows * cap
            return [self._values(answer, w, rows[w] if full else None) for w in range(self.windows)]

        return Asked(statements.category(self.layout, name, known), 1, 0, made)

    def _values(self, answer: Answer, window: int, total: int | None) -> Cells:
        mine = answer.of(window)
        values = [level_of(answer.keys[0][i]) for i in mine]
        counts = [answer.counts[i] for i in mine]
        weights = answer.weights_at(mine).tolist()
        if total is not None and total > sum(counts):
            values.append(OTHER)
            counts.append(total - sum(counts))
            if weights:
                everything = self._window_weights[window]
                for sums, whole in zip(weights, everything, strict=True):
                    sums.append(whole - sum(sums))
        levels = _sorted_levels(values)
        place = {level: i for i, level in enumerate(levels)}
        named = dict(zip(WEIGHT_SUMS, weights, strict=True)) if weights else {}
        codes = [[place[v]] for v in values]
        return tidy(["value"], {"value": levels}, codes, counts, named, self.unit)

    def weigh_windows(self) -> None:
        """Ask for the weights of all rows, which tell those of categories beyond the cap."""
        answer = self.ask(statements.window_weights(self.layout), 0)
        for i, window in enumerate(answer.window):
            self._window_weights[int(window)] = answer.weights_at(np.array([i]))[:, 0].tolist()

    # ------------------------------------------------------------------ cells
    def cells(
        self, name: str, dims: Sequence[Dimension], sums: Mapping[str, Any] | None = None
    ) -> Asked[list[Cells]]:
        """A table of cells, one for each window. sums: name to expression."""
        given = dict(sums or {})
        query = statements.cells(self.layout, name, dims, list(given.values()))
        made = partial(self._tables, dims=dims, sums=list(given))
        return Asked(query, len(dims), len(given), made)

    def _tables(
        self, answer: Answer, *, dims: Sequence[Dimension], sums: Sequence[str]
    ) -> list[Cells]:
        names = [d.name for d in dims]
        counts = np.array(answer.counts, dtype=np.int64)
        columns = {n: _whole(c, self.unit) for n, c in zip(sums, answer.values, strict=True)}
        if answer.weights is not None:
            pairs = zip(WEIGHT_SUMS, answer.weights, strict=True)
            columns |= {n: _whole(c, self.unit) for n, c in pairs}
        found = []
        for window in range(self.windows):
            mine = answer.of(window)
            coded = [_coded(d, k, mine) for d, k in zip(dims, answer.keys, strict=True)]
            levels = {d.name: known for d, (known, _) in zip(dims, coded, strict=True)}
            table = np.column_stack([codes for _, codes in coded])
            here = {n: c[mine] for n, c in columns.items()}
            found.append(tidy(names, levels, table, counts[mine], here, self.unit))
        return found

    def check_groups(self, by: Banded, counted: Sequence[Cells]) -> None:
        """Refuse an attribute with too many values to be groups."""
        if by.groups or by.bands:
            return
        distinct = max(len(c.levels["value"]) for c in counted)
        if distinct > MOST_GROUPS:
            raise BadInput.one(
                shown(self.engine.source),
                f"`{by.column}` has more than {MOST_GROUPS} values, too many to be groups of "
                f"`{by.name}`. Give it `groups` or `bands`.",
            )

    def score_sums(self, score: Score | None) -> dict[str, Any]:
        """Sums of the score by name; with weights they are of weighted rows."""
        found = statements.score_sums(score)
        named = dict(zip(statements.SCORE_SUMS, found, strict=True)) if found else {}
        return self.weigh(named, statements.SCORE_SUMS)

    def weigh(self, sums: Mapping[str, Any], squared: Sequence[str]) -> dict[str, Any]:
        """Sums of weighted rows, if rows have weights: see `weighing.weigh`."""
        name = self.layout.config.weights
        if name is None or self.unit is None:
            return dict(sums)
        return weigh(name, self.unit, sums, squared)


def _coded(
    dim: Dimension, column: Sequence[Any], rows: npt.NDArray[np.int64]
) -> tuple[tuple[str, ...], npt.NDArray[np.int64]]:
    """The levels of a dimension, and the level of each of the rows."""
    mine = [column[i] for i in rows]
    names = {value: dim.level(value) for value in dict.fromkeys(mine)}
    levels = dim.levels or _sorted_levels(list(names.values()))
    place = {level: i for i, level in enumerate(levels)}
    codes = {value: place[name] for value, name in names.items()}
    return levels, np.array([codes[value] for value in mine], dtype=np.int64)


def _whole(column: Sequence[Any], unit: float | None) -> npt.NDArray[Any]:
    if unit is not None:
        return np.array([value or 0 for value in column], dtype=np.object_)
    try:
        return np.array([value or 0 for value in column], dtype=np.int64)
    except OverflowError as error:
        raise CellError("A sum is beyond 63 bits. Profile fewer rows at a time.") from error


def _special(value: Any) -> str:
    if value is None:
        return "missing"
    return "plus_infinite" if value == inf else "minus_infinite" if value == -inf else "nan"


def _sorted_levels(values: Sequence[str]) -> tuple[str, ...]:
    known = set(values)
    return (*sorted(known - set(APART)), *(level for level in APART if level in known))
