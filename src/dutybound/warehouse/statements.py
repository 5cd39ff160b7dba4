"""The statements of a profile: one for each column, one for each table of cells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sqlglot import exp

from dutybound.terms.table import MISSING, OTHER, Banded, PredictedInterval, Score
from dutybound.warehouse import sql, weighing
from dutybound.warehouse.bins import Bins
from dutybound.warehouse.columns import MOST_EXACT
from dutybound.warehouse.dialects import fitted
from dutybound.warehouse.layout import Dimension, Layout, is_whole
from dutybound.warehouse.profile import GROUP_SCORE_BINS, SCORE_BINS

if TYPE_CHECKING:
    Expressions = Sequence[exp.Expr]

ERROR_UNIT: Final = 2.0**20
ERROR_LIMIT: Final = 2.0**16
ERROR_SUMS: Final = (
    "scored", "error", "error_squared", "error_absolute", "label", "label_squared", "clipped",
)  # fmt: skip
INTERVAL_SUMS: Final = ("ranged", "below", "above", "crossed", "width", "width_squared")
# With weights these are summed over squared weights too, for the doubt in a share or mean.
WEIGHED_TWICE: Final = (
    "scored", "error_absolute", "error_squared", "ranged", "below", "above", "width",
    "width_squared",
)  # fmt: skip
_WORD: Final = 2**32
_GOLDEN: Final = int((5**0.5 - 1) / 2 * _WORD)  # Knuth's multiplier; it is odd


@dataclass(frozen=True)
class Statement:
    """A query with the name that is shown while it runs."""

    name: str
    query: exp.Select

    def text(self, dialect: str) -> str:
        """SQL for an engine."""
        return fitted(self.query, dialect).sql(dialect=dialect, pretty=True)


def _grouped(layout: Layout, keys: Expressions, values: Expressions) -> exp.Select:
    """SELECT window, keys, COUNT(*), weights, values ... GROUP BY window, keys."""
    weight, unit = layout.config.weights, layout.weight_unit
    sums: list[exp.Expr] = []
    if weight is not None:
        assert unit is not None  # noqa: S101 - weights are looked at before anything is counted
        sums = weighing.sums(weight, unit)
    return _by(layout, keys, [*sums, *values]).where(layout.condition())


def _by(layout: Layout, keys: Expressions, values: Expressions) -> exp.Select:
    """SELECT window, keys, COUNT(*), values ... GROUP BY window, keys, of all rows."""
    everything = [layout.window_key(), *keys, exp.Count(this=exp.Star()), *values]
    named = [exp.alias_(e, f"c{i}", quoted=True) for i, e in enumerate(everything)]
    numbers = [exp.Literal.number(i + 1) for i in range(len(keys) + 1)]
    return exp.select(*named).from_(exp.to_table(layout.table)).group_by(*numbers)


def total() -> Statement:
    """All rows of the table."""
    return Statement("rows", exp.select(exp.Count(this=exp.Star())).from_(exp.to_table(sql.TABLE)))


def totals(layout: Layout) -> Statement:
    """Rows by window, with the first and last time, and what is to be known of weights."""
    time, weight = layout.config.time, layout.config.weights
    ends: list[exp.Expr] = []
    if time is not None:
        at = sql.column(time.column)
        at = at if weight is None else sql.case((weighing.above_zero(weight), at))
        ends = [sql.cast(kind(this=at.copy()), "TIMESTAMP") for kind in (exp.Min, exp.Max)]
    checks = [] if weight is None else weighing.checks(weight)
    return Statement("rows by window", _by(layout, [], [*ends, *checks]).where(layout.in_windows()))


def window_weights(layout: Layout) -> Statement:
    """Sums of weights by window."""
    return Statement("weights by window", _grouped(layout, [], []))


def sample(layout: Layout, rows: int, dialect: str) -> Statement | None:
    """About `limits.sample` rows of the first window: its number columns. None without any.

    rows: of the table that it is drawn from, in the first window. Drawn by a hash of the row id,
    so the same rows each time.
    """
    columns = layout.numbers()
    if not columns:
        return None
    every = max(1, rows // layout.config.limits.sample)
    parts = [layout.first()]
    if every > 1:
        parts.append(drawn(layout, every, dialect))
    table = exp.to_table(layout.sample_table)
    query = exp.select(*(sql.double(name) for name in columns)).from_(table)
    return Statement("sample for the bins", query.where(*parts))


def drawn(layout: Layout, every: int, dialect: str, seed: int = 0) -> exp.Expr:
    """One row in `every`, by a hash of the row id; another seed draws others.

    Of a row id of whole numbers every engine draws the same rows. Of others DuckDB and Spark draw
    by their own fast hashes, and all further engines the same rows by MD5. Without a row id the
    time and the first numbers of a row stand in for it.
    """
    row_id = layout.config.row_id
    if row_id is not None and is_whole(layout.types[row_id]):
        rest = exp.Mod(this=sql.column(row_id), expression=sql.whole(2**31))
        small = exp.Abs(this=sql.cast(sql.paren(rest), "BIGINT"))  # the least BIGINT has no ABS
        spread = sql.compare(exp.Mul, small, sql.whole(_GOLDEN))
        if seed:
            shift = sql.whole(seed * _GOLDEN % _WORD)
            spread = sql.compare(exp.Add, spread, shift)
        hashed = exp.Mod(this=sql.paren(spread), expression=sql.whole(_WORD))
        return sql.compare(exp.LT, hashed, sql.whole(_WORD // every))
    time = layout.config.time
    names = [row_id] if row_id else [*([time.column] if time else []), *layout.numbers()[:4]]
    return _by_text(names, every, dialect, seed)


def _by_text(names: Sequence[str], every: int, dialect: str, seed: int) -> exp.Expr:
    columns: list[exp.Expr] = [sql.column(name) for name in names]
    columns += [sql.whole(seed)] if seed else []
    if dialect == "duckdb":
        found = exp.Anonymous(this="hash", expressions=columns)
        return sql.compare(exp.EQ, exp.Mod(this=found, expression=sql.whole(every)), sql.whole(0))
    if dialect in ("spark", "databricks"):
        found = exp.Anonymous(
            this="pmod",
            expressions=[exp.Anonymous(this="xxhash64", expressions=columns), sql.whole(every)],
        )
        return sql.compare(exp.EQ, found, sql.whole(0))
    texts: list[exp.Expr] = [
        exp.Coalesce(this=sql.cast(c, "TEXT"), expressions=[sql.text("")]) for c in columns
    ]
    joined = texts[0]
    for text in texts[1:]:
        joined = exp.DPipe(this=exp.DPipe(this=joined, expression=sql.text(" ")), expression=text)
    head = exp.Substring(this=exp.MD5(this=joined), start=sql.whole(1), length=sql.whole(8))
    return sql.compare(exp.LT, head, sql.text(f"{_WORD // every:08x}"))


# ---------------------------------------------------------------------- columns
def number(layout: Layout, name: str, bins: Bins) -> Statement:
    """A number column by bin, with the least and largest value of each.

    Values that are not finite have keys of their own, so the ends of bins are finite.
    """
    x = sql.double(name)
    ends: list[exp.Expr] = [exp.Min(this=x), exp.Max(this=x.copy())]
    return Statement(f"number {name}", _grouped(layout, [sql.bin_of(name, bins)], ends))


def exact(layout: Layout, name: str) -> Statement:
    """A number column by value, at most as many values as are kept and one more."""
    query = _grouped(layout, [sql.double(name)], [])
    return Statement(f"number {name}", query.limit(MOST_EXACT * len(layout.windows) + 1))


def category(layout: Layout, name: str, known: Sequence[str]) -> Statement:
    """A category column by value: known values first, then the most frequent up to the cap."""
    inner = _grouped(layout, [layout.as_text(name)], [])
    key, count = (exp.column(c, quoted=True) for c in ("c1", "c2"))
    first: exp.Expr = sql.is_null(key)
    if known:
        listed = exp.In(this=key.copy(), expressions=[sql.text(v) for v in known])
        first = exp.or_(first, listed)
    order = [
        exp.Ordered(this=sql.case((first, sql.whole(0)), default=sql.whole(1))),
        exp.Ordered(this=count, desc=True),
        exp.Ordered(this=key.copy()),
        exp.Ordered(this=exp.column("c0", quoted=True)),
    ]
    limit = len(layout.windows) * (len(known) + 1 + layout.config.limits.categories)
    outer = exp.select(exp.Star()).from_(inner.subquery("g")).order_by(*order).limit(limit)
    return Statement(f"category {name}", outer)


def repeated_ids(layout: Layout, row_id: str) -> Statement:
    """How many ids stand in more than one row of the windows."""
    named = exp.alias_(sql.column(row_id), "c0", quoted=True)
    inner = exp.select(named).from_(exp.to_table(layout.table))
    inner = inner.where(layout.condition()).group_by(exp.Literal.number(1))
    inner = inner.having(sql.compare(exp.GT, exp.Count(this=exp.Star()), sql.whole(1)))
    query = exp.select(exp.Count(this=exp.Star())).from_(inner.subquery("g"))
    return Statement("repeated ids", query)


# ---------------------------------------------------------------------- cells
def cells(layout: Layout, name: str, dims: Sequence[Dimension], sums: Expressions) -> Statement:
    """Rows by window and dimensions, with sums."""
    return Statement(name, _grouped(layout, [d.key for d in dims], sums))


def group_dims(layout: Layout, attributes: Sequence[Banded]) -> list[Dimension]:
    """Version, attributes, label, decision."""
    groups = [layout.group(by) for by in attributes]
    return [layout.version(), *groups, layout.label(), layout.decision()]


def score_dim(score: Score, parts: int) -> Dimension:
    """The bin of a score: `parts` bins, then other (outside the range, NaN) and missing."""
    levels = bin_levels(parts)
    key = sql.score_bin(score.column, score.low, score.high, parts)
    apart = {sql.MISSING: levels[-1], sql.PLUS: levels[-2]}
    return Dimension("bin", key, lambda v: apart[v] if v < 0 else levels[v], levels)


def bin_levels(parts: int) -> tuple[str, ...]:
    """Names of score bins."""

    return (*map(str, range(parts)), OTHER, MISSING)


def score_bins() -> tuple[int, int]:
    """Bins of the score overall and by group."""
    return SCORE_BINS, GROUP_SCORE_BINS


def score_sums(score: Score | None) -> list[exp.Expr]:
    """scored, score, score_squared: the score moved to [0, 1]; rows outside the range left out."""
    if score is None:
        return []
    x = sql.double(score.column)
    inside = sql.both(
        [
            sql.compare(exp.GTE, x, sql.real(score.low)),
            sql.compare(exp.LTE, x, sql.real(score.high)),
        ]
    )
    shifted = sql.paren(sql.compare(exp.Sub, x, sql.real(score.low))) if score.low else x
    width = score.high - score.low
    unit = sql.paren(sql.compare(exp.Div, shifted, sql.real(width))) if width != 1 else shifted
    squared = sql.compare(exp.Mul, unit, unit.copy())
    return [
        exp.Count(this=sql.case((inside, sql.whole(1)))),
        exp.Sum(this=sql.case((inside.copy(), sql.fixed(unit, sql.UNIT)))),
        exp.Sum(this=sql.case((inside.copy(), sql.fixed(sql.paren(squared), sql.UNIT)))),
    ]


SCORE_SUMS: Final = ("scored", "score", "score_squared")


def error_sums(label: str, prediction: str, bins: Bins) -> list[exp.Expr]:
    """Sums of ERROR_SUMS for regression, in units of the bins' scale over ERROR_UNIT.

    Errors and labels beyond ERROR_LIMIT scales are moved there, and counted in `clipped`.
    """
    y, p = sql.double(label), sql.double(prediction)
    top, far_off = sql.real(sql.TOP), ERROR_LIMIT * bins.scale
    fine = sql.both(
        [sql.compare(exp.LTE, exp.Abs(this=v), top.copy()) for v in (y.copy(), p.copy())]
    )
    y, p = (sql.clipped(v, sql.TOP / 2) for v in (y, p))
    raw = sql.paren(sql.compare(exp.Sub, p, y))
    centred = sql.paren(sql.compare(exp.Sub, y.copy(), sql.real(bins.centre)))
    error, place = (_in_scales(v, bins.scale) for v in (raw, centred))
    far = sql.compare(exp.GT, exp.Abs(this=raw.copy()), sql.real(far_off))
    values = [
        error,
        sql.compare(exp.Mul, error.copy(), error.copy()),
        exp.Abs(this=error.copy()),
        place,
        sql.compare(exp.Mul, place.copy(), place.copy()),
    ]
    found: list[exp.Expr] = [exp.Count(this=sql.case((fine, sql.whole(1))))]
    for value in values:
        whole = sql.fixed(sql.paren(value), ERROR_UNIT)
        found.append(exp.Sum(this=sql.case((fine.copy(), whole))))
    both = sql.both([fine.copy(), far])
    return [*found, exp.Count(this=sql.case((both, sql.whole(1))))]


def _in_scales(difference: exp.Expr, scale: float) -> exp.Expr:
    """A difference in units of the scale, at most ERROR_LIMIT of them.

    Clipped before the quotient, as its terms are before the difference: some engines take an
    overflow for an error. The scale is a power of two, so the number is that of clipping last.
    """
    near = sql.clipped(difference, ERROR_LIMIT * scale)
    return sql.paren(sql.compare(exp.Div, near, sql.real(scale)))


def interval_sums(label: str, interval: PredictedInterval, bins: Bins) -> list[exp.Expr]:
    """Sums of INTERVAL_SUMS. Widths are in units of the bins' scale over ERROR_UNIT.

    A row counts where the label and both ends are finite. If the ends are in the wrong order it
    counts in `crossed` and nowhere else. Widths beyond ERROR_LIMIT scales are moved there.
    """
    y, low, high = (sql.double(name) for name in (label, interval.low, interval.high))
    top = sql.real(sql.TOP)
    fine = [sql.compare(exp.LTE, exp.Abs(this=v.copy()), top.copy()) for v in (y, low, high)]
    kept = sql.both([*fine, sql.compare(exp.LTE, low.copy(), high.copy())])
    under, over = sql.compare(exp.LT, y, low), sql.compare(exp.GT, y.copy(), high)
    crossed = sql.compare(exp.GT, low.copy(), high.copy())
    width = sql.paren(sql.compare(exp.Sub, *(sql.clipped(v, sql.TOP / 2) for v in (high, low))))
    size = _in_scales(width, bins.scale)
    squared = sql.compare(exp.Mul, size.copy(), size.copy())
    conditions = [kept, sql.both([kept.copy(), under]), sql.both([kept.copy(), over]),
                  sql.both([*(f.copy() for f in fine), crossed])]  # fmt: skip
    found: list[exp.Expr] = [exp.Count(this=sql.case((c, sql.whole(1)))) for c in conditions]
    for value in (size, squared):
        whole = sql.fixed(sql.paren(value), ERROR_UNIT)
        found.append(exp.Sum(this=sql.case((kept.copy(), whole))))
    return found
