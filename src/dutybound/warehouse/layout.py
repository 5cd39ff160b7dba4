"""What to ask of a table: its columns, the windows, the dimensions of the cells."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlglot import exp

from dutybound.errors import BadInput, Problem, did_you_mean
from dutybound.terms.table import (
    APART,
    CURRENT,
    MISSING,
    OTHER,
    REFERENCE,
    Banded,
    TableConfig,
    Value,
    Window,
)
from dutybound.warehouse import sql, weighing

LABELS: Final = ("negative", "positive", OTHER, MISSING)
DECISIONS: Final = ("unfavourable", "favourable", MISSING)
MOST_ATTRIBUTES: Final = 4


@dataclass(frozen=True)
class Dimension:
    """One key of a GROUP BY. levels: known beforehand, or None if values name them.

    level: from what the engine gives to the name of a level.
    """

    name: str
    key: exp.Expr
    level: Callable[[Any], str]
    levels: tuple[str, ...] | None = None


@dataclass(frozen=True)
class Layout:
    """A configuration that fits a table. types: column to its type as the engine names it.

    families: column to number, text, flag, time or other. table: what is read. sample_table: what
    the sample is drawn from, all of it in the first window unless it is TABLE. window_column: the
    number of a row's window, where that is known without its time: see `row_groups`. weight_unit:
    of the weights, once they were looked at: see `weighing`.
    """

    config: TableConfig
    types: Mapping[str, str]
    families: Mapping[str, str]
    windows: tuple[tuple[str, Window], ...]
    table: str = sql.TABLE
    sample_table: str = sql.TABLE
    window_column: str | None = None
    weight_unit: float | None = None

    # ------------------------------------------------------------------ rows
    def condition(self) -> exp.Expr:
        """The rows that are counted: those of a window, with a weight above 0 if they have any."""
        return self._weighty(self.in_windows())

    def _weighty(self, rows: exp.Expr) -> exp.Expr:
        name = self.config.weights
        return rows if name is None else exp.and_(rows, weighing.above_zero(name))

    def in_windows(self) -> exp.Expr:
        """The rows that belong to a window."""
        if self.window_column is not None:
            return exp.true()
        parts = [self._in(window) for _, window in self.windows]
        if len(parts) == 2 and self.time_only():
            first, second = (w for _, w in self.windows)
            since = min(str(first.since), str(second.since))
            until = max(str(first.until), str(second.until))
            return self._in(Window(since=since, until=until))
        return exp.or_(*parts)

    def window_key(self) -> exp.Expr:
        """The number of a row's window; NULL if it is in none."""
        if self.window_column is not None:
            return sql.column(self.window_column)
        if len(self.windows) == 1:
            return sql.whole(0)
        if self.time_only():
            first, second = (w for _, w in self.windows)
            if first.until == second.since:
                time = sql.column(self._time())
                early = sql.compare(exp.LT, time, sql.moment(str(first.until)))
                return sql.case((early, sql.whole(0)), default=sql.whole(1))
        return sql.case(*((self._in(w), sql.whole(i)) for i, (_, w) in enumerate(self.windows)))

    def first(self) -> exp.Expr:
        """The rows of the first window, in the table that samples are drawn from."""
        mine = self.sample_table != sql.TABLE
        return self._weighty(exp.true() if mine else self._in(self.windows[0][1]))

    def time_only(self) -> bool:
        """Whether windows are ranges of time with both ends."""
        return all(w.column is None and w.since and w.until for _, w in self.windows)

    def _time(self) -> str:
        return self.config.time.column if self.config.time else ""

    def _in(self, window: Window) -> exp.Expr:
        family = self.families.get(window.column or "", sql.OTHER)
        return sql.in_window(window, self._time() or None, family)

    # ------------------------------------------------------------------ columns
    def numbers(self) -> tuple[str, ...]:
        """Columns that are counted in bins."""
        c = self.config
        found = [f.column for f in c.features if f.kind == "number"]
        if c.label is not None and c.label.kind == "number":
            found.append(c.label.column)
        found += [c.prediction] if c.prediction else []
        return tuple(dict.fromkeys(found))

    def categories(self) -> tuple[str, ...]:
        """Columns that are counted by value."""
        c = self.config
        found = [f.column for f in c.features if f.kind == "category"]
        found += [p.by.column for p in c.protected if not p.by.bands]
        found += [b.column for b in c.legitimate if not b.bands]
        found += [c.model_version] if c.model_version else []
        return tuple(dict.fromkeys(found))

    def attribute_sets(self) -> tuple[tuple[Banded, ...], ...]:
        """The sets of protected attributes whose joint groups are counted."""
        by = {p.by.name: p.by for p in self.config.protected}
        if not self.config.intersections and len(by) <= MOST_ATTRIBUTES:
            return (tuple(by.values()),)
        wanted = [tuple(by[n] for n in names) for names in self.config.intersections]
        covered = {b.name for names in wanted for b in names}
        return (*wanted, *((b,) for n, b in by.items() if n not in covered))

    # ------------------------------------------------------------------ dimensions
    def version(self) -> Dimension:
        """The version of the model; one level if there is no such column."""
        name = self.config.model_version
        if name is None:
            return Dimension("version", sql.whole(0), lambda _: "all", ("all",))
        return Dimension("version", self.as_text(name), level_of)

    def label(self) -> Dimension:
        """The outcome."""
        label = self.config.label
        if label is None or label.kind == "number":
            return Dimension("label", sql.whole(3), lambda _: MISSING, LABELS)
        family = self.families[label.column]
        positive = sql.is_in(label.column, family, label.positive)
        known = (exp.Not(this=sql.is_null(sql.column(label.column))), sql.whole(0))
        branches = [(positive, sql.whole(1)), known]
        if label.negative:
            negative = sql.is_in(label.column, family, label.negative)
            branches[1:] = [(negative, sql.whole(0)), (known[0], sql.whole(2))]
        key = sql.case(*branches, default=sql.whole(3))
        return Dimension("label", key, lambda v: LABELS[v], LABELS)

    def decision(self) -> Dimension:
        """The decision."""
        found = self.config.decision
        if found is None:
            return Dimension("decision", sql.whole(2), lambda _: MISSING, DECISIONS)
        good = sql.is_in(found.column, self.families[found.column], found.favourable)
        known = exp.Not(this=sql.is_null(sql.column(found.column)))
        key = sql.case((good, sql.whole(1)), (known, sql.whole(0)), default=sql.whole(2))
        return Dimension("decision", key, lambda v: DECISIONS[v], DECISIONS)

    def group(self, by: Banded) -> Dimension:
        """The group of a protected attribute or the stratum of a factor."""
        names = by.levels
        if not names:
            return Dimension(by.name, self.as_text(by.column), level_of)
        key = sql.group_of(by, self.families[by.column])
        return Dimension(by.name, key, lambda v: MISSING if v is None else names[v], names)

    def bucket(self) -> Dimension:
        """The day, week or month of a decision."""
        time = self.config.time
        assert time is not None  # noqa: S101 - callers ask only if there is a time column
        return self._days("bucket", time.column, time.bucket)

    def arrived(self, column: str) -> Dimension:
        """The day, week or month at which a label came."""
        time = self.config.time
        assert time is not None  # noqa: S101 - the configuration was checked
        return self._days("arrived", column, time.bucket)

    def _days(self, name: str, column: str, bucket: str) -> Dimension:
        unit = exp.Var(this=bucket.upper())
        key = exp.TimestampTrunc(this=sql.cast(sql.column(column), "TIMESTAMP"), unit=unit)
        return Dimension(name, key, lambda v: MISSING if v is None else str(v)[:10])

    def as_text(self, name: str) -> exp.Expr:
        """A column as text."""
        value = sql.column(name)
        return value if self.families[name] == sql.TEXT else sql.cast(value, "TEXT")


def level_of(value: Any) -> str:
    """The name of a level: the text of a value, told apart from what dutybound adds."""
    if value is None:
        return MISSING
    return f"'{value}'" if value in APART else str(value)


def fit(config: TableConfig, types: Mapping[str, str], shown: str) -> Layout:
    """Check that a table has the columns of a configuration, each of a fitting type.

    Raises BadInput with every problem.
    """
    families = {name: family_of(kind) for name, kind in types.items()}
    problems = [Problem(shown, 0, 0, message) for message in _misfits(config, types, families)]
    if problems:
        raise BadInput(problems)
    named = ((REFERENCE, config.reference), (CURRENT, config.current or Window()))
    windows = tuple((n, w) for n, w in named if isinstance(w, Window))
    return Layout(config, types, families, windows)


def family_of(kind: str) -> str:
    """The family of a type as DuckDB, Spark or PostgreSQL name it."""
    head = kind.upper().partition("(")[0].strip()
    if head in _WHOLE or head in ("FLOAT", "DOUBLE", "REAL", "DECIMAL", "NUMERIC", "FLOAT4",
                                  "FLOAT8", "DOUBLE PRECISION", "FLOAT32", "FLOAT64"):  # fmt: skip
        return sql.NUMBER
    if head in ("VARCHAR", "STRING", "TEXT", "CHAR", "BPCHAR", "CHARACTER VARYING", "ENUM"):
        return sql.TEXT
    if head in ("BOOLEAN", "BOOL"):
        return sql.FLAG
    return sql.TIME if head.startswith(("TIMESTAMP", "DATE")) else sql.OTHER


_WHOLE: Final = {
    "TINYINT", "SMALLINT", "INTEGER", "INT", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT",
    "UINTEGER", "UBIGINT", "BYTE", "SHORT", "LONG", "INT2", "INT4", "INT8", "INT16", "INT32",
    "INT64", "UINT8", "UINT16", "UINT32", "UINT64",
}  # fmt: skip
_WHOLE_DECIMAL: Final = re.compile(r"(DECIMAL|NUMERIC)\(\d+, ?0\)")


def is_whole(kind: str) -> bool:
    """Whether a type holds whole numbers only."""
    return kind.upper() in _WHOLE or _WHOLE_DECIMAL.fullmatch(kind.upper()) is not None


def _misfits(
    config: TableConfig, types: Mapping[str, str], families: Mapping[str, str]
) -> list[str]:
    found = []
    for name, role, fitting in _roles(config):
        if name not in types:
            hint = did_you_mean(name, types)
            found.append(f"The table has no column `{name}` ({role}).{hint}")
        elif families[name] not in fitting:
            found.append(
                f"The column `{name}` ({role}) has the type {types[name]}; it needs to be "
                f"{' or '.join(fitting)}. Cast it, or give it another role."
            )
    return [*found, *_strange(config, types, families)]


def _valued(config: TableConfig) -> Iterator[tuple[str, str, tuple[Value, ...]]]:
    """Column, role and values of everything that is told by its values."""
    if config.decision is not None:
        yield config.decision.column, "favourable", config.decision.favourable
    if config.label is not None:
        yield config.label.column, "positive", config.label.positive
        yield config.label.column, "negative", config.label.negative
    for by in (*(p.by for p in config.protected), *config.legitimate):
        for group, values in by.groups.items():
            yield by.column, f"the group `{group}`", values
    for window in (config.reference, config.current):
        if isinstance(window, Window) and window.column:
            yield window.column, "a window", window.values


def _strange(
    config: TableConfig, types: Mapping[str, str], families: Mapping[str, str]
) -> list[str]:
    """Values that their column cannot hold. They would match no row, or the wrong ones."""
    return [
        f"The column `{name}` has the type {types[name]}, which cannot be `{value}` ({role}). "
        "Give values as the column has them."
        for name, role, values in _valued(config)
        if name in types
        for value in values
        if not sql.means(value, families[name])
    ]


def _roles(config: TableConfig) -> list[tuple[str, str, tuple[str, ...]]]:
    number, any_value = (sql.NUMBER,), (sql.TEXT, sql.FLAG, sql.NUMBER)
    c = config
    found: list[tuple[str, str, tuple[str, ...]]] = [
        (f.column, f"feature, {f.kind}", number if f.kind == "number" else any_value)
        for f in c.features
    ]
    found += [(c.time.column, "time", (sql.TIME,))] if c.time else []
    found += [(c.score.column, "score", number)] if c.score else []
    found += [(c.decision.column, "decision", any_value)] if c.decision else []
    if c.label is not None:
        fitting = number if c.label.kind == "number" else any_value
        found.append((c.label.column, f"label, {c.label.kind}", fitting))
        found += [(c.label.arrived, "label, arrived", (sql.TIME,))] if c.label.arrived else []
    for by in (*(p.by for p in c.protected), *c.legitimate):
        found.append((by.column, by.name, number if by.bands else any_value))
    for name, role in ((c.weights, "weights"), (c.prediction, "prediction")):
        found += [(name, role, number)] if name else []
    if c.prediction_interval:
        ends = (c.prediction_interval.low, c.prediction_interval.high)
        found += [(name, "prediction_interval", number) for name in ends]
    if c.model_version:
        found.append((c.model_version, "model_version", any_value))
    everything = (*any_value, sql.TIME)
    found += [(c.row_id, "row_id", (*everything, sql.OTHER))] if c.row_id else []
    for window in (c.reference, c.current):
        if isinstance(window, Window) and window.column:
            found.append((window.column, "window", any_value))
    return found
