"""What an engine refuses or reads otherwise, changed in the tree before it becomes text.

PostgreSQL takes a product or quotient that is too small for a double for an error (manual, 8.1.3).
A week of BigQuery starts on Sunday, and its ISOWEEK on Monday, and its NUMERIC has 29 digits before
the point where sums of weights need more. Snowflake names the infinite value
`inf`, lets a setting decide what TIMESTAMP means, and has a LEAST of its own for missing values.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from math import nextafter
from typing import Final

from sqlglot import exp

from dutybound.warehouse import sql

LOST: Final = Fraction(1, 2**1075)  # half of the least double: it and less is rounded to 0
LEAST_SQUARED: Final = Fraction(2.0**-537 * 0.7071067811865475)  # its square is just below LOST
TINY: Final = 2.0**-900
SMALL: Final = 2.0**-450  # two of them make a TINY
INFINITE: Final = "Infinity"
# Backends of Ibis, each with statements of its own name. Others are refused: SQLite, for one,
# keeps text in a column of numbers and reads it as 0.
OF_IBIS: Final = ("bigquery", "databricks", "duckdb", "postgres", "snowflake")


def fitted(query: exp.Expr, dialect: str) -> exp.Expr:
    """The query as a dialect needs it: the same one if there is nothing to change."""
    change = _CHANGES.get(dialect)
    if change is None:
        return query
    found = query.copy()
    for node in reversed(list(found.walk())):  # inner ones first
        other = change(node)
        if other is not None:
            node.replace(other)
    return found


# ---------------------------------------------------------------------- PostgreSQL
def _postgres(node: exp.Expr) -> exp.Expr | None:
    """Products and quotients of doubles that are 0 where the rounded result is 0."""
    if isinstance(node, exp.Div):
        divisor = _real(node.expression)
        return None if divisor is None else _unless(node, LOST * Fraction(divisor))
    if not isinstance(node, exp.Mul) or _whole(node.this) or _whole(node.expression):
        return None
    factor = _real(node.expression)
    if factor is not None:
        return _unless(node, LOST / Fraction(factor)) if factor else None
    if node.this.unnest() == node.expression.unnest():
        return _unless(node, LEAST_SQUARED)
    return _product(node)


def _unless(node: exp.Binary, most: Fraction) -> exp.Expr | None:
    """CASE WHEN ABS(left) <= most THEN 0 ELSE node END; None if no double is that small."""
    limit = float(most)
    if Fraction(limit) > most:
        limit = nextafter(limit, 0.0)
    if not limit:
        return None
    small = sql.compare(exp.LTE, exp.Abs(this=node.this.copy()), sql.real(limit))
    return sql.case((small, sql.real(0.0)), default=node.copy())


def _product(node: exp.Mul) -> exp.Expr:
    """Of two columns: a product that may be too small is taken for one that is hardly not 0."""
    left, right = node.this, node.expression
    small = exp.or_(
        *(sql.compare(exp.LT, exp.Abs(this=v.copy()), sql.real(SMALL)) for v in (left, right))
    )
    signs = sql.compare(exp.Mul, exp.Sign(this=left.copy()), exp.Sign(this=right.copy()))
    return sql.case((small, sql.compare(exp.Mul, signs, sql.real(TINY))), default=node.copy())


def _real(node: exp.Expr) -> float | None:
    """The value of a literal double, without its sign."""
    if isinstance(node, exp.Literal) and not node.is_string and not node.is_int:
        return float(node.this)
    return None


def _whole(node: exp.Expr) -> bool:
    """Whether it is a whole number, or cast to one: then the product is of whole numbers."""
    inner = node.unnest()
    if isinstance(inner, exp.Cast):
        return inner.is_type("BIGINT", "DECIMAL")
    return isinstance(inner, exp.Literal) and inner.is_int


# ---------------------------------------------------------------------- others
def _bigquery(node: exp.Expr) -> exp.Expr | None:
    if isinstance(node, exp.DataType) and node.is_type("DECIMAL"):
        return exp.DataType.build("BIGDECIMAL")
    if not isinstance(node, exp.TimestampTrunc):
        return None
    given = node.text("unit")
    unit = "ISOWEEK" if given == "WEEK" else given
    return exp.DatetimeTrunc(this=node.this.copy(), unit=exp.Var(this=unit))


def _snowflake(node: exp.Expr) -> exp.Expr | None:
    if isinstance(node, exp.Literal) and node.is_string and isinstance(node.parent, exp.Cast):
        return sql.text("inf") if node.this == INFINITE else None
    if isinstance(node, exp.Least | exp.Greatest) and node.args.get("ignore_nulls"):
        return type(node)(this=node.this.copy(), expressions=[e.copy() for e in node.expressions])
    if isinstance(node, exp.DataType) and node.is_type("TIMESTAMP"):
        return exp.DataType.build("TIMESTAMPNTZ")
    return None


_CHANGES: Final[Mapping[str, Callable[[exp.Expr], exp.Expr | None]]] = {
    "postgres": _postgres,
    "bigquery": _bigquery,
    "snowflake": _snowflake,
}
