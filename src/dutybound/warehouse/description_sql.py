"""The statements that a description asks. None gives a value that fewer than k rows share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sqlglot import exp

from dutybound.terms.visible import visible
from dutybound.warehouse import sql
from dutybound.warehouse.layout import Dimension
from dutybound.warehouse.statements import Statement

KEY, COUNT = "c0", "c1"
SPECIAL: Final = {sql.MISSING: "missing", sql.NAN: "not a number", sql.PLUS: "infinite",
                  sql.MINUS: "infinite"}  # fmt: skip


def value_of(name: str, family: str) -> exp.Expr:
    """A column as it can be grouped: text and flags and what has no order as text."""
    value = sql.column(name)
    return sql.cast(value, "TEXT") if family in (sql.FLAG, sql.OTHER) else value


def _grouped(key: exp.Expr, *, known: exp.Expr | None = None) -> exp.Select:
    """SELECT key, COUNT(*) FROM the table [WHERE known IS NOT NULL] GROUP BY key."""
    named = [
        exp.alias_(key, KEY, quoted=True),
        exp.alias_(exp.Count(this=exp.Star()), COUNT, quoted=True),
    ]
    query = exp.select(*named).from_(exp.to_table(sql.TABLE)).group_by(exp.Literal.number(1))
    return query if known is None else query.where(exp.Not(this=sql.is_null(known)))


def spread(name: str, family: str, k: int) -> Statement:
    """Different values, rows with one, values of at least k rows, and their rows."""
    inner = _grouped(value_of(name, family), known=sql.column(name))
    count = exp.column(COUNT, quoted=True)
    often = sql.compare(exp.GTE, count, sql.whole(k))
    query = exp.select(
        exp.Count(this=exp.Star()),
        exp.Sum(this=count.copy()),
        exp.Count(this=sql.case((often, sql.whole(1)))),
        exp.Sum(this=sql.case((often.copy(), count.copy()))),
    ).from_(inner.subquery("g"))
    return Statement(f"values of {visible(name, 40)}", query)


def values(name: str, family: str, k: int, most: int) -> Statement:
    """Values of at least k rows, the most frequent first."""
    key = sql.column(name)
    text = key if family == sql.TEXT else sql.cast(key, "TEXT")
    rows = exp.Count(this=exp.Star())
    query = _grouped(text, known=key.copy()).having(sql.compare(exp.GTE, rows, sql.whole(k)))
    order = [
        exp.Ordered(this=exp.column(COUNT, quoted=True), desc=True),
        exp.Ordered(this=exp.column(KEY, quoted=True)),
    ]
    return Statement(f"frequent {visible(name, 40)}", query.order_by(*order).limit(most))


def levels(dimension: Dimension) -> Statement:
    """Rows by the declared groups or bands of an attribute."""
    return Statement(f"groups of {visible(dimension.name, 40)}", _grouped(dimension.key))


def cells(name: str, edges: Sequence[float]) -> Statement:
    """Rows by cell: 0 below the first edge, i from edge i - 1 on; codes of SPECIAL for others."""
    x = sql.double(name)
    infinite = sql.cast(sql.text("Infinity"), "DOUBLE")
    top = sql.real(sql.TOP)
    key = sql.case(
        (sql.is_null(x), sql.whole(sql.MISSING)),
        (sql.compare(exp.LT, x, sql.real(-sql.TOP)), sql.whole(sql.MINUS)),
        (sql.compare(exp.LTE, x.copy(), top), _cell(x, edges, 0, len(edges))),
        (sql.compare(exp.EQ, x.copy(), infinite), sql.whole(sql.PLUS)),
        default=sql.whole(sql.NAN),
    )
    return Statement(f"number {visible(name, 40)}", _grouped(key))


def _cell(x: exp.Expr, edges: Sequence[float], low: int, high: int) -> exp.Expr:
    """Which of the cells low to high a number is in: a comparison with an edge halves them."""
    if low == high:
        return sql.whole(low)
    middle = (low + high) // 2
    below = sql.compare(exp.LT, x.copy(), sql.real(edges[middle]))
    return sql.case(
        (below, _cell(x, edges, low, middle)), default=_cell(x, edges, middle + 1, high)
    )


def buckets(name: str, unit: str) -> Statement:
    """Rows by day or month, as text."""
    moment = sql.cast(sql.column(name), "TIMESTAMP")
    start = exp.TimestampTrunc(this=moment, unit=exp.Var(this=unit.upper()))
    return Statement(f"{unit}s of {visible(name, 40)}", _grouped(sql.cast(start, "TEXT")))


def different(columns: Sequence[tuple[str, str]], without: str) -> Statement:
    """How many rows differ from each other. columns: name and family. without: for the name."""
    keys = [
        exp.alias_(value_of(name, family), f"c{i}", quoted=True)
        for i, (name, family) in enumerate(columns)
    ]
    inner = exp.select(*keys).from_(exp.to_table(sql.TABLE)).distinct()
    query = exp.select(exp.Count(this=exp.Star())).from_(inner.subquery("g"))
    return Statement(f"equal rows{without}", query)
