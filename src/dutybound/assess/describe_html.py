"""The page of a description: columns first, then each column with its groups."""

from __future__ import annotations

from collections.abc import Iterator

from dutybound.assess import charts
from dutybound.assess import describe_words as words
from dutybound.assess.describe import LIMITS
from dutybound.assess.html import heading, items, page, paragraph, table
from dutybound.terms.description import Column, DatasetDescription
from dutybound.terms.visible import visible


def description_page(found: DatasetDescription) -> str:
    """A whole page."""
    return page(f"{visible(found.name)}: what the dataset holds", _parts(found))


def _parts(found: DatasetDescription) -> Iterator[str]:
    yield paragraph(
        f"Rows: {words.rows_text(found.rows)}. Columns: {len(found.columns):,}. "
        f"{words.rule_text(found)}"
    )
    for note in found.notes:
        yield paragraph(visible(note, 500))
    yield heading("Columns")
    head = ("Column", "Type", "What it is", "Missing", "Different values", "Values")
    yield table("All columns", head, (_row(c, found) for c in found.columns))
    yield from _protected(found)
    yield heading("Dates")
    rows = [
        (visible(c.name), c.first, c.last, c.unit) for c in found.columns if c.first is not None
    ]
    yield table(
        f"First and last period that {found.k} rows share", ("Column", "First", "Last", "By"), rows
    )
    yield heading("Equal rows")
    if found.duplicates:
        yield items(words.duplicates_text(d) for d in found.duplicates)
    else:
        yield paragraph("Not counted.")
    told = [c for c in found.columns if c.groups]
    if told:
        yield heading("Each column")
    for c in told:
        yield from _column(c, found)
    yield heading("What is not told")
    yield items(f"{visible(c.name)}: {visible(n, 300)}" for c in found.columns for n in c.notes)
    yield heading("Limits")
    yield items(LIMITS)


def _row(c: Column, found: DatasetDescription) -> tuple[str, ...]:
    return (
        visible(c.name), visible(c.type, 60), words.kind_text(c),
        words.missing_text(c, found.rows), words.distinct_text(c), words.values_text(c),
    )  # fmt: skip


def _protected(found: DatasetDescription) -> Iterator[str]:
    yield heading("Protected attributes")
    rows = [
        (a.name, visible(a.column), g["market"], g["basis"], g["recorded_by"], g["recorded_on"])
        for a in found.attributes
        for g in a.grounds
    ]
    head = ("Attribute", "Column", "Market", "Ground", "Recorded by", "Recorded on")
    yield table("As the configuration names them, with the ground for their use", head, rows)
    candidates = [f"{visible(c.name)}: {c.candidate}" for c in found.columns if c.candidate]
    if candidates:
        yield paragraph(
            "These look like protected attributes. They have no role, so no value of them is shown."
        )
        yield items(candidates)


def _column(c: Column, found: DatasetDescription) -> Iterator[str]:
    name = visible(c.name)
    rows = [
        (
            visible(g.label),
            g.rows,
            words.share_text(g.rows, found.rows),
            words.joined_text(g.joined, found.k),
        )
        for g in c.groups
    ]
    rows += [
        (words.aside_text(a), a.rows, words.share_text(a.rows, found.rows), "") for a in c.aside
    ]
    total = sum(g.rows for g in c.groups) + sum(a.rows for a in c.aside)
    dots = [charts.Dot(visible(g.label, 60), 100 * g.rows / total) for g in c.groups]
    yield paragraph(f"{name}: percent of all rows by group", "note")
    yield charts.bars(f"{name}: percent of all rows by group", dots)
    yield table(f"{name}: rows by group", ("Group", "Rows", "Share", "Note"), rows)
    if c.hidden_values:
        yield paragraph(f"{c.hidden_values:,} values of {name} are not named.")
    if c.quantiles:
        cells = [
            (f"{q.share:.0%}", _end(q.since), _end(q.until), _end(q.about)) for q in c.quantiles
        ]
        head = ("Share of rows below", "At least", "Under", "About")
        yield table(f"{name}: quantiles", head, cells)


def _end(value: float | None) -> str:
    return "" if value is None else f"{value:,g}"
