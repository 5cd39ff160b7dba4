"""A description as it reads on the terminal."""

from __future__ import annotations

from collections.abc import Iterator

from dutybound.assess import describe_words as words
from dutybound.assess.describe import LIMITS
from dutybound.cli import page
from dutybound.terms.description import DatasetDescription
from dutybound.terms.visible import visible


def lines(found: DatasetDescription) -> Iterator[str]:
    """The whole page."""
    yield page.title(f"{visible(found.name)}: what the dataset holds")
    columns = page.plural(len(found.columns), "column")
    yield page.wrapped(f"Rows: {words.rows_text(found.rows)}. {columns}.")
    yield page.wrapped(words.rule_text(found))
    for note in found.notes:
        yield page.wrapped(visible(note, 500))
    yield ""
    yield page.heading("Columns")
    head = ("", "what it is", "missing", "distinct", "values")
    yield from page.rows([head, *(_row(found, i) for i in range(len(found.columns)))])
    yield from _protected(found)
    yield ""
    yield page.heading("Equal rows")
    for d in found.duplicates:
        yield page.wrapped(words.duplicates_text(d), 2)
    if not found.duplicates:
        yield "  Not counted."
    noted = [(visible(c.name, 30), n) for c in found.columns for n in c.notes]
    if noted:
        yield ""
        yield page.heading("What is not told")
        yield from page.rows((name, visible(n, 300)) for name, n in noted)
    yield ""
    yield page.heading("Limits")
    for limit in LIMITS:
        yield page.wrapped(limit, 2)


def _row(found: DatasetDescription, at: int) -> tuple[str, ...]:
    c = found.columns[at]
    return (
        visible(c.name, 30), words.kind_text(c), words.missing_text(c, found.rows),
        words.distinct_text(c), words.values_text(c),
    )  # fmt: skip


def _protected(found: DatasetDescription) -> Iterator[str]:
    if not found.attributes:
        return
    yield ""
    yield page.heading("Protected attributes")
    yield from page.rows(
        (a.name, visible(a.column, 30), ", ".join(g["market"] for g in a.grounds))
        for a in found.attributes
    )
