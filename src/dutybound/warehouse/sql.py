"""Expressions of the portable core: arithmetic, CASE, GROUP BY, COUNT, SUM, MIN and MAX.

Built as trees with sqlglot and never by joining text, so that a column or value with a quote, a
keyword or a foreign script in it stays a name or a value in every dialect.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Sequence
from math import isfinite
from typing import Final

from sqlglot import exp

from dutybound.terms.table import Banded, Value, Window
from dutybound.warehouse.bins import HALF, Bins

TABLE: Final = "decisions"
TOP: Final = sys.float_info.max
MISSING, PLUS, MINUS, NAN = -1, -2, -3, -4
UNIT: Final = 2.0**32  # sums are whole numbers of 1 / UNIT, so that adding is exact
NUMBER, TEXT, FLAG, TIME, OTHER = "number", "text", "flag", "time", "other"


def column(name: str) -> exp.Expr:
    """A column of the table, always quoted."""
    return exp.column(exp.to_identifier(name, quoted=True))


def whole(value: int) -> exp.Expr:
    """A whole number."""
    found = exp.Literal.number(abs(value))
    return exp.Neg(this=found) if value < 0 else found


def real(value: float) -> exp.Expr:
    """A double: with an exponent, or engines read a decimal."""
    text = repr(abs(float(value)))
    found = exp.Literal.number(text if "e" in text else f"{text}e0")
    return exp.Neg(this=found) if value < 0 else found


def text(value: str) -> exp.Expr:
    """A piece of text."""
    return exp.Literal.string(value)


def case(*branches: tuple[exp.Expr, exp.Expr], default: exp.Expr | None = None) -> exp.Expr:
    """CASE WHEN ... THEN ... ELSE ... END."""
    found = exp.Case()
    for condition, value in branches:
        found = found.when(condition, value)
    return found.else_(default) if default is not None else found


def paren(value: exp.Expr) -> exp.Expr:
    """In parentheses."""
    return exp.Paren(this=value)


def cast(value: exp.Expr, kind: str) -> exp.Expr:
    """CAST(... AS kind)."""
    return exp.cast(value, kind)


def double(name: str) -> exp.Expr:
    """A number column as double."""
    return cast(column(name), "DOUBLE")


def compare(kind: type[exp.Binary], left: exp.Expr, right: exp.Expr) -> exp.Expr:
    """A comparison or operation of two expressions."""
    return kind(this=left, expression=right)


def is_null(value: exp.Expr) -> exp.Expr:
    """IS NULL."""
    return exp.Is(this=value, expression=exp.Null())


def both(conditions: Iterable[exp.Expr]) -> exp.Expr:
    """All conditions."""
    return exp.and_(*conditions)


def is_in(name: str, family: str, values: Sequence[Value]) -> exp.Expr:
    """Whether a column has one of the values, compared by the type of the column."""
    return exp.In(this=column(name), expressions=[_literal(v, family) for v in values])


_WHOLE: Final = re.compile(r"[+-]?[0-9]+")
FLAGS: Final = {"true": True, "1": True, "false": False, "0": False}


def means(value: Value, family: str) -> bool:
    """Whether a column of a family can hold a value at all."""
    if family == FLAG:
        return _flag(value) is not None
    if family == NUMBER and isinstance(value, str):
        try:
            return isfinite(float(value))
        except ValueError:
            return False
    return True


def _number(value: Value) -> exp.Expr:
    """Also from text: not every engine compares text with a number."""
    if isinstance(value, str) and _WHOLE.fullmatch(value.strip()):
        return whole(int(value))
    return whole(int(value)) if float(value).is_integer() else real(float(value))


def _flag(value: Value) -> bool | None:
    text = str(value).lower()
    return FLAGS.get(text.removesuffix(".0") if isinstance(value, float) else text)


def _literal(value: Value, family: str) -> exp.Expr:
    if family == FLAG:
        return exp.Boolean(this=bool(_flag(value)))
    if family == NUMBER:
        return _number(value)
    return text(str(value).lower() if isinstance(value, bool) else str(value))


# ---------------------------------------------------------------------- windows and groups
def moment(value: str) -> exp.Expr:
    """A time in UTC, from ISO 8601 text without offset."""
    return cast(text(value.replace("T", " ")), "TIMESTAMP")


def in_window(window: Window, time: str | None, family: str) -> exp.Expr:
    """Whether a row belongs to a window. family: of the window's column, if it has one."""
    parts = []
    if window.column is not None:
        parts.append(is_in(window.column, family, window.values))
    if time is not None and window.since is not None:
        parts.append(compare(exp.GTE, column(time), moment(window.since)))
    if time is not None and window.until is not None:
        parts.append(compare(exp.LT, column(time), moment(window.until)))
    return both(parts) if parts else exp.true()


def group_of(by: Banded, family: str) -> exp.Expr:
    """The number of a row's group: declared groups or bands in order, then other; NULL missing."""
    if by.bands:
        value = double(by.column)
        tops = [*by.bands, TOP]
        below = [(compare(exp.LT, value, real(top)), whole(i)) for i, top in enumerate(tops[:-1])]
        last = (compare(exp.LTE, value, real(TOP)), whole(len(by.bands)))
        other = (exp.Not(this=is_null(value)), whole(len(by.bands) + 1))
        return case(*below, last, other)
    named = [(is_in(by.column, family, v), whole(i)) for i, v in enumerate(by.groups.values())]
    other = (exp.Not(this=is_null(column(by.column))), whole(len(named)))
    return case(*named, other)


# ---------------------------------------------------------------------- numbers
def bin_of(name: str, bins: Bins) -> exp.Expr:
    """The bin of a number, or a negative code if it is missing or infinite: see `bins`."""
    x = double(name)
    below = (compare(exp.LT, x, real(-TOP)), whole(MINUS))
    small = (compare(exp.LT, x, real(0.0)), whole(0))
    large = (compare(exp.LTE, x, real(TOP)), whole(bins.size - 1))
    infinite = (compare(exp.EQ, x, cast(text("Infinity"), "DOUBLE")), whole(PLUS))
    return case(
        (is_null(x), whole(MISSING)),
        (compare(exp.LTE, exp.Abs(this=x), real(bins.guard)), _inner_bin(x, bins)),
        below,
        small,
        large,
        infinite,
        default=whole(NAN),
    )


def _inner_bin(x: exp.Expr, bins: Bins) -> exp.Expr:
    shifted = compare(exp.Sub, x, real(bins.centre)) if bins.centre else x
    z = paren(compare(exp.Div, paren(shifted), real(bins.scale)))
    t = compare(exp.Div, z, paren(compare(exp.Add, real(1.0), exp.Abs(this=z.copy()))))
    found = cast(exp.Floor(this=compare(exp.Mul, t, real(float(HALF)))), "INT")
    found = compare(exp.Add, found, whole(HALF))
    for point in bins.points:
        step = case(
            (compare(exp.GT, x, real(point)), whole(2)),
            (compare(exp.EQ, x, real(point)), whole(1)),
            default=whole(0),
        )
        found = compare(exp.Add, found, step)
    return found


def score_bin(name: str, low: float, high: float, parts: int) -> exp.Expr:
    """The bin of a score, `parts` of equal width; a negative code outside [low, high]."""
    x = double(name)
    scaled = compare(exp.Mul, paren(compare(exp.Sub, x, real(low))), real(parts / (high - low)))
    inside = both([compare(exp.GTE, x, real(low)), compare(exp.LT, x, real(high))])
    number = cast(exp.Floor(this=scaled), "INT")
    return case(
        (is_null(x), whole(MISSING)),
        (inside, exp.Least(this=number, expressions=[whole(parts - 1)], ignore_nulls=True)),
        (compare(exp.EQ, x, real(high)), whole(parts - 1)),
        default=whole(PLUS),
    )


def fixed(value: exp.Expr, unit: float) -> exp.Expr:
    """A double as a whole number of 1 / unit, rounded down."""
    return cast(exp.Floor(this=compare(exp.Mul, value, real(unit))), "BIGINT")


def clipped(value: exp.Expr, limit: float) -> exp.Expr:
    """A double that is there, moved into [-limit, limit]."""
    low = exp.Greatest(this=value.copy(), expressions=[real(-limit)], ignore_nulls=True)
    return exp.Least(this=low, expressions=[real(limit)], ignore_nulls=True)
