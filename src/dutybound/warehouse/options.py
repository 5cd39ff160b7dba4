"""What is counted on request only: features with protected attributes, and a sample of rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isnan
from typing import Any

from sqlglot import exp

from dutybound.terms.table import APART, MISSING, OTHER, Banded, Domain, Feature
from dutybound.warehouse import sql, statements
from dutybound.warehouse.bins import Bins
from dutybound.warehouse.cells import Cells
from dutybound.warehouse.counting import Counting
from dutybound.warehouse.layout import Dimension, Layout, level_of


@dataclass(frozen=True)
class Sampled:
    """Rows drawn by a hash of their id, in order of the id, then of their values.

    columns: feature to shape (n,), None for missing. window: shape (n,), the name of each row's
    window. seed: of the hash. every: window to one in how many rows. weights: shape (n,), of the
    rows, if they have any.
    """

    columns: Mapping[str, Sequence[Any]]
    window: Sequence[str]
    seed: int
    every: Mapping[str, int]
    weights: Sequence[float] | None = None


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
        key = f"{by.name} {feature.column}"
        known = _known(categories.get(feature.column, ()))
        dims = pair_dims(counting.layout, feature, by, bins.get(feature.column), known)
        asked[key] = counting.cells(f"proxy {feature.column} of {by.name}", dims)
    return counting.answers(asked)


def pair_dims(
    layout: Layout, feature: Feature, by: Banded, bins: Bins | None, known: Sequence[str] | None
) -> list[Dimension]:
    """The dimensions of a pair. bins: of a number. known: the values of a category that are
    counted by name, None if that is all of them."""
    if feature.kind == "number" and bins is not None:
        return [_number(feature.column, bins), layout.group(by)]
    return [_category(layout, feature.column, known), layout.group(by)]


def _number(name: str, bins: Bins) -> Dimension:
    levels = statements.bin_levels(bins.size)
    apart = {sql.MISSING: MISSING, sql.NAN: MISSING}
    key = sql.bin_of(name, bins)
    return Dimension("value", key, lambda v: levels[v] if v >= 0 else apart.get(v, OTHER), levels)


def _known(counted: Sequence[Cells]) -> list[str] | None:
    levels = [cells.levels["value"] for cells in counted]
    if not any(OTHER in found for found in levels):
        return None
    return sorted({level for found in levels for level in found} - set(APART))


def _category(layout: Layout, name: str, known: Sequence[str] | None) -> Dimension:
    text = layout.as_text(name)
    if known is None:
        return Dimension("value", text, level_of)
    listed = exp.In(this=text, expressions=[sql.text(v) for v in known])
    return Dimension("value", sql.case((listed, text.copy())), level_of)


# ---------------------------------------------------------------------- a sample of rows
def sampled(counting: Counting, rows: Sequence[int]) -> Sampled | None:
    """The rows of the windows that the domain classifier is made on; None if nobody asked.

    rows: of each window.
    """
    layout, asked = counting.layout, counting.layout.config.domain
    if asked is None:
        return None
    features = layout.config.features
    columns: dict[str, list[Any]] = {f.column: [] for f in features}
    window: list[str] = []
    weights: list[float] = []
    weighted = layout.config.weights is not None
    steps = {}
    for i, (name, _) in enumerate(layout.windows):
        steps[name] = max(1, rows[i] // asked.rows)
        statement = drawn(layout, i, steps[name], asked, counting.engine.dialect)
        found = sorted(zip(*counting.run(statement), strict=True), key=_order)
        for at, feature in enumerate(features, 1):
            columns[feature.column] += [row[at] for row in found]
        weights += [row[-1] for row in found] if weighted else []
        window += [name] * len(found)
    return Sampled(columns, window, asked.seed, steps, weights if weighted else None)


def _order(row: Sequence[Any]) -> tuple[Any, ...]:
    """Engines order text by the rules of a language, and equal ids as they like."""
    odd = [(v is None, isinstance(v, float) and isnan(v)) for v in row]
    return tuple((*o, 0 if any(o) else v) for o, v in zip(odd, row, strict=True))


def drawn(layout: Layout, at: int, every: int, asked: Domain, dialect: str) -> statements.Statement:
    """One in `every` of the rows of a window: the row id, the features and the weight."""
    condition = [layout.condition(), sql.compare(exp.EQ, layout.window_key(), sql.whole(at))]
    if every > 1:
        condition.append(statements.drawn(layout, every, dialect, asked.seed))
    row_id = sql.column(layout.config.row_id or "")
    values = [
        sql.double(f.column) if f.kind == "number" else layout.as_text(f.column)
        for f in layout.config.features
    ]
    values += [sql.double(layout.config.weights)] if layout.config.weights else []
    named = [exp.alias_(v, f"c{i}", quoted=True) for i, v in enumerate([row_id, *values])]
    query = exp.select(*named).from_(exp.to_table(layout.table)).where(*condition)
    query = query.order_by(exp.Ordered(this=exp.Literal.number(1))).limit(2 * asked.rows)
    return statements.Statement(f"sample of the {layout.windows[at][0]} window", query)
