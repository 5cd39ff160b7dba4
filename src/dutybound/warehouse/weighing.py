"""Weights of rows: what is wrong with them, their unit, and sums that are exact whole numbers.

A weight is counted as a whole number of its unit, a power of two that is fixed by the largest
weight when the reference is counted, as bins are fixed by its sample. So adding is exact in any
order, on every engine and over day profiles. Rows of weight 0 stand for nobody and are left out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import frexp
from typing import Any, Final

from sqlglot import exp

from dutybound.warehouse import sql

FINE: Final = 25  # the largest weight of the reference has up to so many bits
LARGEST: Final = 2.0**30  # units: its square, and its product with a score, fit 63 bits
MOST: Final = 2.0**400  # beyond it, or below its inverse, squares are no doubles any more
BY_SQUARE: Final = "_by_square"  # of sums over squared weights


@dataclass(frozen=True)
class Weights:
    """The weights of one window. rows: of weight above 0, and so counted. zero: of weight 0.

    missing, negative, endless: rows that no sum can hold. low, high: of those above 0, or None.
    """

    rows: int
    zero: int
    missing: int
    negative: int
    endless: int
    low: float | None
    high: float | None


def bad_words(name: str, found: Sequence[Weights]) -> str | None:
    """What is wrong with the weights of some windows, in words; None if nothing is."""
    counts = {
        "no weight": sum(w.missing for w in found),
        "a weight below 0": sum(w.negative for w in found),
        "a weight that is infinite or NaN": sum(w.endless for w in found),
    }
    said = [f"{n:,} row{' has' if n == 1 else 's have'} {what}" for what, n in counts.items() if n]
    if said:
        return (
            f"`{name}` (weights): {', '.join(said)}. A sum with them would mean nothing. Give each "
            "row a weight; 0 leaves a row out."
        )
    return None


def unit_of(name: str, found: Sequence[Weights]) -> float | str:
    """The unit that the largest weight of the windows fixes, or what is wrong in words."""
    high = max((w.high for w in found if w.high is not None), default=1.0)
    if not 1 / MOST < high < MOST:
        return f"`{name}` (weights): the largest weight is {high:g}. Scale the weights."
    return float(2.0 ** (frexp(high)[1] - FINE))


def range_words(name: str, found: Sequence[Weights], unit: float) -> str | None:
    """Which weights the unit cannot hold, in words; None if it holds them all."""
    lows = [w.low for w in found if w.low is not None]
    highs = [w.high for w in found if w.high is not None]
    largest, smallest = LARGEST * unit, unit
    if max(highs, default=0.0) > largest:
        return (
            f"`{name}` (weights): the largest weight is {max(highs):g}, over 32 times the largest "
            f"that the reference was counted with (weights to {largest:g} can be counted). Check "
            "it; if it is right, profile the reference window again or trim weights."
        )
    if min(lows, default=unit) < smallest:
        return (
            f"`{name}` (weights): the smallest weight above 0 is {min(lows):g}, under a "
            f"16-millionth of the largest (weights from {smallest:g} can be counted). Set such "
            "weights to 0 to leave the rows out, or trim the largest."
        )
    return None


# ---------------------------------------------------------------------- expressions
def above_zero(name: str) -> exp.Expr:
    """The rows that are counted."""
    return sql.compare(exp.GT, sql.double(name), sql.real(0.0))


def checks(name: str) -> list[exp.Expr]:
    """Rows above 0, at 0, missing and below 0, and the ends of those above 0."""
    w = sql.double(name)
    above = sql.both([above_zero(name), sql.compare(exp.LTE, w, sql.real(sql.TOP))])
    conditions = [
        above,
        sql.compare(exp.EQ, w, sql.real(0.0)),
        sql.is_null(w),
        sql.compare(exp.LT, w, sql.real(0.0)),
    ]
    found: list[exp.Expr] = [exp.Count(this=sql.case((c, sql.whole(1)))) for c in conditions]
    inside = sql.case((above.copy(), w.copy()))
    return [*found, exp.Min(this=inside), exp.Max(this=inside.copy())]


def checked(counts: int, values: Sequence[Any]) -> Weights:
    """What `checks` gave. counts: all rows of the window."""
    rows, zero, missing, negative, low, high = values
    return Weights(rows, zero, missing, negative, counts - rows - zero - missing - negative,
                   low, high)  # fmt: skip


def whole(name: str, unit: float) -> exp.Expr:
    """A weight in units, rounded to the nearest."""
    scaled = sql.compare(exp.Mul, sql.double(name), sql.real(1 / unit))
    return sql.cast(exp.Floor(this=sql.compare(exp.Add, scaled, sql.real(0.5))), "BIGINT")


def _square(name: str, unit: float) -> exp.Expr:
    w = whole(name, unit)
    return sql.cast(sql.paren(sql.compare(exp.Mul, w, w.copy())), "DECIMAL(19, 0)")


def sums(name: str, unit: float) -> list[exp.Expr]:
    """Sum of weights, and of their squares in squared units."""
    return [exp.Sum(this=whole(name, unit)), exp.Sum(this=_square(name, unit))]


def weigh(
    name: str, unit: float, given: Mapping[str, exp.Expr], squared: Sequence[str]
) -> dict[str, exp.Expr]:
    """Sums of whole numbers, each row times its weight; counts stay counts of rows.

    squared: those that are summed over squared weights too, as NAME_by_square. A count named there
    is summed as NAME_weight and NAME_by_square.
    """
    once = sql.cast(whole(name, unit), "DECIMAL(19, 0)")  # 19: DuckDB takes 128 bits
    twice = _square(name, unit)
    found: dict[str, exp.Expr] = {}
    for key, value in given.items():
        counted = isinstance(value, exp.Count)
        found[key] = value if counted else _times(once, value.this)
        if key in squared:
            if counted:
                found[f"{key}_weight"] = _times(once, value.this)
            found[key + BY_SQUARE] = _times(twice, value.this)
    return found


def _times(weight: exp.Expr, value: exp.Expr) -> exp.Expr:
    number = sql.cast(value.copy(), "DECIMAL(18, 0)")
    return exp.Sum(this=sql.compare(exp.Mul, weight.copy(), number))
