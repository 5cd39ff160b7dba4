"""Data quality of each column, current window against the reference."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from dutybound.assess.measure_lines import Chosen, Line
from dutybound.measure.intervals import rate
from dutybound.measure.quality import (
    cardinality,
    category_changes,
    missing_rate_difference,
    range_break,
    type_break,
)
from dutybound.terms.measure import Estimate, Judgement, Measured, Undefined, Verdict
from dutybound.terms.table import MISSING, OTHER, Feature
from dutybound.warehouse.cells import Cells
from dutybound.warehouse.columns import Numbers, pair_categories
from dutybound.warehouse.profile import Profile

PART = "quality"
NO_REFERENCE = Undefined("there is no reference window")


def quality_lines(current: Profile, reference: Profile | None, chosen: Chosen) -> Iterator[Line]:
    """Lines for every feature; without a reference only what one window can say."""
    features = chosen.config.features
    for feature in features:
        name = feature.column

        def make(level: float, feature: Feature = feature) -> Iterator[tuple[str, Measured]]:
            return _values(current, reference, feature, level)

        yield from chosen.lines(PART, name, make, len(features))
        if reference is not None:
            yield _type(current, reference, name, chosen)


def _values(
    current: Profile, reference: Profile | None, feature: Feature, level: float
) -> Iterator[tuple[str, Measured]]:
    name = feature.column
    gaps, rows = _missing(current, name)
    yield "completeness", rate(rows - gaps, rows, level)
    yield "missing-rate", rate(gaps, rows, level)
    if reference is None:
        yield "missing-rate-difference", NO_REFERENCE
        return
    old_gaps, old_rows = _missing(reference, name)
    change = missing_rate_difference(old_gaps, old_rows, gaps, rows, level)
    yield "missing-rate-difference", change
    if feature.kind == "number":
        yield "range-break", _outside(current.numbers[name], reference.numbers[name], level)
    else:
        yield from _category(current.categories[name], reference.categories[name], level)


def _missing(profile: Profile, name: str) -> tuple[int, int]:
    """Rows without a usable value, and all rows. NaN and infinities are no values."""
    numbers = profile.numbers.get(name)
    if numbers is not None:
        return numbers.rows - numbers.finite, numbers.rows
    cells = profile.categories[name]
    return _at(cells, MISSING), cells.rows


def _at(cells: Cells, level: str) -> int:
    levels = cells.levels["value"]
    return int(cells.over("value")[levels.index(level)]) if level in levels else 0


def _type(current: Profile, reference: Profile, name: str, chosen: Chosen) -> Line:
    """No interval: a type has changed or it has not."""
    said = type_break(reference.types[name], current.types[name])
    found = Estimate(float(said is not None), None, "comparison of types", current.rows)
    threshold = chosen.of("type-break", name)
    if threshold is None:
        judgement = Judgement(Verdict.NOT_JUDGED, said or "no threshold was chosen")
    elif found.value > threshold.value:
        judgement = Judgement(Verdict.BREACH, said or "")
    else:
        judgement = Judgement(Verdict.NO_BREACH, "the type is the same")
    return Line(PART, "type-break", name, found, judgement, threshold=threshold)


def _outside(now: Numbers, then: Numbers, level: float) -> Measured:
    """Rows surely outside the reference's range: a bin that reaches into it is not counted."""
    if then.low is None or then.high is None:
        return Undefined("the reference window has no value")
    low, high = now.limits()
    out = (np.asarray(high) < then.low) | (np.asarray(low) > then.high)
    return range_break(float(now.counts[out].sum()), now.finite, level)


def _category(now: Cells, then: Cells, level: float) -> Iterator[tuple[str, Measured]]:
    pair = pair_categories(then, now)
    if pair.reference.size == 0:
        none = Undefined("neither window holds a value")
        yield "new-category-mass", none
        yield "vanished-category-mass", none
        return
    changes = category_changes(pair.reference, pair.current, level)
    capped = _at(now, OTHER) + _at(then, OTHER) > 0
    for measure, found, at in (
        ("new-category-mass", changes.new_mass, changes.new),
        ("vanished-category-mass", changes.vanished_mass, changes.vanished),
    ):
        named = ", ".join(pair.labels[i] for i in at[:10])
        yield measure, _said(found, named, capped=capped)
    seen = [int((x > 0).sum()) for x in (pair.reference, pair.current)]
    rows = [float(x.sum()) for x in (pair.reference, pair.current)]
    yield "cardinality", cardinality(seen[0], rows[0], seen[1], rows[1])


def _said(found: Measured, named: str, *, capped: bool) -> Measured:
    if isinstance(found, Undefined):
        return found
    notes = [x for x in (named, "values beyond the cap are not told apart" if capped else "") if x]
    return Estimate(
        found.value, found.interval, found.method, found.n, found.bound, "; ".join(notes)
    )
