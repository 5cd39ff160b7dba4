"""How well features stand in for protected attributes, from counts made together on request."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from dutybound.assess.measure_lines import LEVEL, Chosen, Line
from dutybound.measure.bins import pin_bins
from dutybound.measure.checks import Array
from dutybound.measure.effective import Weighed, kish_scale, share_scale
from dutybound.measure.multiplicity import bonferroni_level
from dutybound.measure.proxies import Proxy, proxy
from dutybound.measure.verdict import judge
from dutybound.terms.measure import Estimate, Measured, Undefined
from dutybound.terms.table import MISSING, OTHER
from dutybound.warehouse.cells import Cells
from dutybound.warehouse.profile import Profile

PART: Final = "proxies"
MEASURE: Final = "proxy-strength"
PARTS_OF_A_NUMBER: Final = 50  # bins of equal rows for V and information; the area uses all bins


@dataclass(frozen=True)
class Pair:
    """A feature and an attribute. category: of the attribute, that the feature tells best.

    left_out: share of rows without a value of the feature or a known group, in [0, 1].
    """

    feature: str
    attribute: str
    found: Proxy
    category: str | None
    left_out: float


def proxy_pairs(current: Profile, chosen: Chosen) -> tuple[Pair, ...]:
    """Every pair that was counted and has a ground, strongest first."""
    grounded = {p.by.name for p in chosen.config.protected if p.grounds}
    found = []
    for key, cells in current.proxies.items():
        attribute, _, feature = key.partition(" ")
        if attribute in grounded:
            found.append(_pair(feature, attribute, cells, chosen, LEVEL))
    return tuple(sorted(found, key=_strength))


def proxy_lines(current: Profile, chosen: Chosen, pairs: tuple[Pair, ...]) -> Iterator[Line]:
    """Cramér's V of each pair, judged at a level corrected for their number."""
    each = bonferroni_level(chosen.level, max(1, len(pairs)))
    for pair in pairs:
        threshold = chosen.of(MEASURE, pair.feature)
        found = _noted(pair)
        wide: Measured = found
        if threshold is not None:
            cells = current.proxies[f"{pair.attribute} {pair.feature}"]
            again = _pair(pair.feature, pair.attribute, cells, chosen, each)
            wide = again.found.cramers_v
        joint = wide.interval if threshold and isinstance(wide, Estimate) else None
        known = _known(current.proxies[f"{pair.attribute} {pair.feature}"], pair.attribute)
        rows = float(known.rows.sum()) if isinstance(found, Estimate) else None
        yield Line(
            PART, MEASURE, pair.feature, found, judge(wide, threshold), pair.attribute, threshold,
            rows=rows, judged_on=joint,
        )  # fmt: skip


def _strength(pair: Pair) -> tuple[float, float, str, str]:
    """By the lower limit of V, so that chance does not put a rare value first."""
    v = pair.found.cramers_v
    if isinstance(v, Undefined) or v.interval is None:
        return 1.0, 1.0, pair.attribute, pair.feature
    return -v.interval.low, -v.value, pair.attribute, pair.feature


def _pair(feature: str, attribute: str, cells: Cells, chosen: Chosen, level: float) -> Pair:
    number = any(f.column == feature and f.kind == "number" for f in chosen.config.features)
    groups = [g for g in cells.levels[attribute] if g not in (MISSING, OTHER)]
    table = _known(cells, attribute)
    used = table[table.rows.sum(axis=1) > 0]
    total = float(cells.weighed("value").weight.sum())
    left = 1 - float(used.weight.sum()) / total if total else 0.0
    if used.rows.size == 0 or min(used.rows.shape) < 2:
        none = Undefined("the feature or the attribute has fewer than two values with rows")
        return Pair(feature, attribute, Proxy(none, none, none, none, None), None, left)
    found = proxy(used.weight * _ranking_scale(used), ordered=number, level=level)
    if number or cells.unit is not None:
        table = _coarse(used) if number else used
        coarse = proxy(_flat(table), level=level)
        found = replace(
            found, cramers_v=coarse.cramers_v, information=coarse.information,
            explained=coarse.explained,
        )  # fmt: skip
    category = None if found.category is None else groups[found.category]
    return Pair(feature, attribute, found, category, left)


def _ranking_scale(table: Weighed) -> float:
    """For the area under the curve of any category: the least of Kish's scales by category."""
    columns = (table[:, j] for j in range(table.rows.shape[1]))
    return min([kish_scale(table), *(kish_scale(c) for c in columns if c.rows.sum() > 0)])


def _flat(table: Weighed) -> Array:
    """Effective counts of a table, taken as shares of its cells."""
    return table.weight * share_scale(table.reshape(-1))


def _known(cells: Cells, attribute: str) -> Weighed:
    """Rows by value of the feature and group, without those that lack one. Shape (f, a)."""
    table = cells.weighed("value", attribute)
    kept = [
        [i for i, level in enumerate(cells.levels[dim]) if level not in (MISSING, OTHER)]
        for dim in ("value", attribute)
    ]
    return table[np.ix_(kept[0], kept[1])]


def _coarse(table: Weighed) -> Weighed:
    at = pin_bins(table.weight.sum(axis=1) * kish_scale(table), PARTS_OF_A_NUMBER)
    shape = int(at.max()) + 1, table.rows.shape[1]
    parts = []
    for part in (table.rows, table.weight, table.square):
        found = np.zeros(shape)
        np.add.at(found, at, part)
        parts.append(found)
    return Weighed(*parts)


def _noted(pair: Pair) -> Measured:
    v, area = pair.found.cramers_v, pair.found.auc
    if isinstance(v, Undefined):
        return v
    notes = [f"{pair.left_out:.1%} of the rows lack the feature or the attribute"]
    if isinstance(area, Estimate):
        notes.append(f"area under the curve {area.value:.4g} for `{pair.category}`")
    return replace(v, note="; ".join(notes))
