"""Whether an engine reads statements as they are meant: one question with known answers.

For engines that are not tested in every change. A service that would count otherwise is refused
before it counts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlglot import exp

from dutybound.warehouse import sql
from dutybound.warehouse.bins import Bins
from dutybound.warehouse.dialects import fitted

X: Final = "x"
BINS: Final = Bins(2.0, 0.5, (1.0, 3.0))
# Value as text to its bin, worked out by hand: 2 is the centre; 1 and 3 are points, and each
# moves what lies above it by 2; (1.75 - 2) / 0.5 = -0.5, and floor(-0.5 / 1.5 * 1000) = -334.
BINNED: Final[Mapping[str | None, int]] = {
    None: sql.MISSING, "NaN": sql.NAN, "inf": sql.PLUS, "-inf": sql.MINUS,
    "-1.7e308": 0, "1.7e308": 2004, "2": 1002, "1.75": 668, "1": 334, "3": 1669,
}  # fmt: skip


def questions() -> dict[str, tuple[exp.Expr, Any]]:
    """What is asked, with the expression and the answer."""
    week = exp.TimestampTrunc(this=sql.moment("2026-03-01T10:00:00"), unit=exp.Var(this="WEEK"))
    third = sql.compare(exp.Div, sql.real(1.0), sql.real(3.0))
    hashed = exp.Substring(
        this=exp.MD5(this=exp.DPipe(this=sql.text("a"), expression=sql.text("b"))),
        start=sql.whole(1), length=sql.whole(8),
    )  # fmt: skip
    late = sql.compare(exp.LT, sql.moment("2026-03-01T09:59:59"), sql.moment("2026-03-01T10:00:00"))
    case = sql.case(
        (sql.compare(exp.EQ, sql.text("a"), sql.text("A")), sql.whole(1)), default=sql.whole(0)
    )
    monday = sql.moment("2026-02-23T00:00:00")
    week_is_monday = sql.case(
        (sql.compare(exp.EQ, week, monday), sql.whole(1)), default=sql.whole(0)
    )
    factor = 2**31 + 2**29 + 1
    product = sql.compare(exp.Mul, sql.whole(2**31 - 1), sql.whole(factor))
    return {
        "whether weeks begin on Monday": (week_is_monday, 1),
        "text of another case": (case, 0),
        "the order of times": (sql.case((late, sql.whole(1)), default=sql.whole(0)), 1),
        "a quotient of doubles": (sql.fixed(third, 2.0**40), 2**40 // 3),
        "rounding down": (sql.fixed(sql.paren(sql.real(-0.25)), 2.0), -1),
        "products of whole numbers": (
            exp.Mod(this=sql.paren(product), expression=sql.whole(2**32)),
            (2**31 - 1) * factor % 2**32,
        ),
        "MD5 of text": (hashed, "187ef443"),
        "a quote and a backslash": (sql.text("it's \\ \""), "it's \\ \""),
    }  # fmt: skip


def question(dialect: str) -> str:
    """The statement. Rows: one for each answer, as number and text."""
    found = [e for e, _ in questions().values()]
    found += [_binned(value) for value in BINNED]
    named = [exp.alias_(e, f"c{i}", quoted=True) for i, e in enumerate(found)]
    return fitted(exp.select(*named), dialect).sql(dialect)


def _binned(value: str | None) -> exp.Expr:
    given = exp.Null() if value is None else sql.text(value)
    tree = sql.bin_of(X, BINS)
    for column in list(tree.find_all(exp.Column)):
        column.replace(given.copy())
    return tree


def answers() -> dict[str, Any]:
    """What is right, by what is asked."""
    found = {name: answer for name, (_, answer) in questions().items()}
    return found | {f"the bin of {value or 'a missing value'}": n for value, n in BINNED.items()}


def wrong(columns: Sequence[Sequence[Any]]) -> list[str]:
    """What an engine answers otherwise. columns: of the one row that it gave."""
    found = []
    for (name, right), column in zip(answers().items(), columns, strict=True):
        given = column[0]
        same = str(given)[: len(right)] == right if isinstance(right, str) else given == right
        if not same:
            found.append(f"{name} is {right} and not {given}")
    return found
