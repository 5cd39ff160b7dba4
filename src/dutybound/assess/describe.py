"""`describe`: what a dataset holds, as JSON values, with nothing about a single row."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from dutybound.errors import BadInput
from dutybound.terms.description import (
    Attribute,
    Column,
    DatasetDescription,
    Duplicates,
    Few,
    Rows,
)
from dutybound.terms.table import Source, TableConfig

if TYPE_CHECKING:
    from dutybound.warehouse.client import Report

SCHEMA: Final = "dutybound/dataset-description/1"
INSTALL: Final = "Reading tables needs the extra `warehouse`: pip install 'dutybound[warehouse]'."
LIMITS: Final = (
    "k counts rows, not persons. Where one person stands in many rows, a value that k rows share "
    "may be about that person alone: describe a table with one row for each person.",
    "Columns are described one by one. What two columns say together is not, and counts of columns "
    "that state the same thing in two ways, such as age and year of birth, can be subtracted.",
    "Counts are exact. Two descriptions of nearly the same rows can be subtracted from each other: "
    "do not publish both.",
    "A value that k rows share is shown as it is. Whether the value itself names somebody, only a "
    "person can tell: read the page before you give it away.",
    "Means, variances and least and largest values are not given: a single row can move them.",
)


def describe(
    table: str | None,
    config: TableConfig | None,
    k: int,
    *,
    duplicates: bool = True,
    report: Report | None = None,
) -> DatasetDescription:
    """A description of a table.

    table: a Parquet file or folder, instead of the `source` of the configuration. k: the smallest
    group of rows that is told apart. Raises BadInput, DutyboundError.
    """
    source = Source("duckdb", "parquet", table) if table is not None else None
    if source is None and config is not None:
        source = config.source
    if source is None:
        text = "No table is named. Give TABLE, or the key `source` in the configuration."
        raise BadInput.one("TABLE" if config is None else config.name, text)
    try:
        from dutybound.warehouse.description import describe_table
    except ModuleNotFoundError as error:
        raise BadInput.one("describe", f"{INSTALL} ({error.name} is missing.)") from error
    found = describe_table(source, config, k, duplicates=duplicates, report=report)
    return replace(found, name=_name(source, config))


def _name(source: Source, config: TableConfig | None) -> str:
    """What the table is called: no path, which says more about a machine than about data."""
    if config is not None:
        return config.name
    place = source.table or Path(source.place or "").name
    return place or source.engine


# ---------------------------------------------------------------------- JSON
def as_json(found: DatasetDescription) -> dict[str, Any]:
    """`dutybound/dataset-description/1`."""
    return {
        "schema": SCHEMA,
        "name": found.name,
        "engine": found.engine,
        "k": found.k,
        "rows": _rows(found.rows),
        "configured": found.configured,
        "columns": [_column(c) for c in found.columns],
        "protected": [_attribute(a, found) for a in found.attributes],
        "candidates": [c.name for c in found.columns if c.candidate],
        "date_range": [_range(c) for c in found.columns if c.first is not None],
        "duplicates": [_duplicates(d) for d in found.duplicates],
        "notes": list(found.notes),
        "limits": list(LIMITS),
    }


def _rows(found: Rows | None) -> dict[str, Any] | None:
    if found is None:
        return None
    if isinstance(found, Few):
        return {"rows": None, "fewer_than": found.less_than, "all_but": found.all_but}
    return {"rows": found, "fewer_than": None, "all_but": False}


def _column(c: Column) -> dict[str, Any]:
    return {
        "name": c.name,
        "type": c.type,
        "kind": c.kind,
        "roles": list(c.roles),
        "candidate": c.candidate,
        "shown": c.shown,
        "missing": _rows(c.missing),
        "distinct": c.distinct,
        "groups": [
            {
                "label": g.label,
                "from": g.since,
                "until": g.until,
                "rows": g.rows,
                "joined": list(g.joined),
            }
            for g in c.groups
        ],
        "aside": [{"cells": list(a.cells), "rows": a.rows} for a in c.aside],
        "hidden_values": c.hidden_values,
        "quantiles": [
            {"share": q.share, "from": q.since, "until": q.until, "about": q.about}
            for q in c.quantiles
        ],
        "unit": c.unit,
        "first": c.first,
        "last": c.last,
        "withheld": c.withheld,
        "notes": list(c.notes),
    }


def _attribute(a: Attribute, found: DatasetDescription) -> dict[str, Any]:
    column = next(c for c in found.columns if c.name == a.column)
    first = next(x for x in found.attributes if x.column == a.column)
    return {
        "name": a.name,
        "column": a.column,
        "shown": column.shown if first is a else "counts",
        "grounds": [dict(g) for g in a.grounds],
    }


def _range(c: Column) -> dict[str, Any]:
    return {"column": c.name, "unit": c.unit, "first": c.first, "last": c.last}


def _duplicates(d: Duplicates) -> dict[str, Any]:
    return {"without": list(d.without), "surplus": _rows(d.surplus), "why": d.why or None}
