"""What is counted on request only: features with protected attributes, and a sample of rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlglot import exp

from dutybound.errors import BadInput
from dutybound.terms.table import APART, MISSING, OTHER, Banded, Domain, Feature
from dutybound.warehouse import sql, statements
from dutybound.warehouse.bins import Bins
from dutybound.warehouse.cells import Cells
from dutybound.warehouse.client import shown
from dutybound.warehouse.counting import Counting
from dutybound.warehouse.layout import Dimension, Layout, level_of


@dataclass(frozen=True)
class Sampled:
    """Rows drawn by a hash of their id, in order of the id.

    columns: feature to shape (n,), None for missing. window: shape (n,), the name of each row's
    window. seed: of the hash. every: window to one in how many rows.
    """

    columns: Mapping[str, Sequence[Any]]
    window: Sequence[str]
    seed: int
    every: Mapping[str, int]


# ---------------------------------------------------------------------- proxies
def pairs_of(layout: Layout) -> list[tuple[Feature, Banded]]:
    """Features and protected attributes that are counted together, one statement each."""
    asked = layout.config.proxies
    if asked is None:
        return []
    features = [
        f for f in layout.config.features if not asked.features or f.column in asked.features
    ]
    attributes = [
        p.by
        for p in layout.config.protected
        if not asked.attributes or p.by.name in asked.attributes
    ]
    return [(f, by) for by in attributes for f in features if f.column != by.column]


def joint_counts(
    counting: Counting, bins: Mapping[str, Bins], categories: Mapping[str, Sequence[Cells]]
) -> dict[str, list[Cells]]:
    """Each pair's table with the dimensions `value` and the attribute, by `ATTRIBUTE FEATURE`.

    The name of an attribute has no space. Categories beyond the cap are with the missing ones.
    """
    asked = {}
    for feature, by in pairs_of(counting.layout):
        if feature.kind == "number":
            value = _number(feature.column, bins[feature.column])
        else:
            value = _category(counting.layout, feature.column, categories[feature.column])
        key = f"{by.name} {feature.column}"
        dims = [value, counting.layout.group(by)]
        asked[key] = counting.cells(f"proxy {feature.column} of {by.name}", dims)
    return counting.answers(asked)


def _number(name: str, bins: Bins) -> Dimension:
    levels = statements.bin_levels(bins.size)
    apart = {sql.MISSING: MISSING, sql.NAN: MISSING}
    key = sql.bin_of(name, bins)
    return Dimension("value", key, lambda v: levels[v] if v >= 0 else apart.get(v, OTHER), levels)


def _category(layout: Layout, name: str, counted: Sequence[Cells]) -> Dimension:
    text = layout.as_text(name)
    levels = [cells.levels["value"] for cells in counted]
    if not any(OTHER in found for found in levels):
        return Dimension("value", text, level_of)
    known = sorted({level for found in levels for level in found} - set(APART))
    listed = exp.In(this=text, expressions=[sql.text(v) for v in known])
    return Dimension("value", sql.case((listed, text.copy())), level_of)


# ---------------------------------------------------------------------- a sample of rows
def sampled(counting: Counting, rows: Sequence[int]) -> Sampled | None:
    """The rows of the windows that the domain classifier is made on; None if nobody asked.

    rows: of each window. Raises BadInput for an engine without a hash that is known here.
    """
    layout, asked = counting.layout, counting.layout.config.domain
    if asked is None:
        return None
    features = layout.config.features
    columns: dict[str, list[Any]] = {f.column: [] for f in features}
    window: list[str] = []
    steps = {}
    for i, (name, _) in enumerate(layout.windows):
        steps[name] = max(1, rows[i] // asked.rows)
        statement = _drawn(layout, i, steps[name], asked, counting.engine.dialect)
        if statement is None:
            raise BadInput.one(
                shown(counting.engine.source),
                "`domain` draws rows by a hash, which is known for a `row_id` of whole numbers, "
                "for DuckDB and for Spark. Take it out, or name such a column.",
            )
        found = counting.run(statement) or [[] for _ in features]
        for feature, column in zip(features, found, strict=True):
            columns[feature.column] += column
        window += [name] * (len(found[0]) if found else 0)
    return Sampled(columns, window, asked.seed, steps)


def _drawn(
    layout: Layout, at: int, every: int, asked: Domain, dialect: str
) -> statements.Statement | None:
    condition = [layout.condition(), sql.compare(exp.EQ, layout.window_key(), sql.whole(at))]
    if every > 1:
        drawn = statements.drawn(layout, every, dialect, asked.seed)
        if drawn is None:
            return None
        condition.append(drawn)
    values = [
        sql.double(f.column) if f.kind == "number" else layout.as_text(f.column)
        for f in layout.config.features
    ]
    named = [exp.alias_(v, f"c{i}", quoted=True) for i, v in enumerate(values)]
    row_id = layout.config.row_id or ""
    query = exp.select(*named).from_(exp.to_table(layout.table)).where(*condition)
    query = query.order_by(exp.Ordered(this=sql.column(row_id))).limit(2 * asked.rows)
    return statements.Statement(f"sample of the {layout.windows[at][0]} window", query)
