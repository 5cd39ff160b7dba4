"""Data quality of each column, current window against the reference."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from dutybound.assess.measure_lines import Chosen, Line
from dutybound.measure.effective import Weighed, rate_counts
from dutybound.measure.quality import (
    cardinality,
    category_changes,
    missing_rate_difference,
    range_break,
    type_break,
)
from dutybound.measure.weighted import rate_of
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
    gaps, filled = _missing(current, name)
    yield "completeness", rate_of(filled, gaps, level)
    yield "missing-rate", rate_of(gaps, filled, level)
    if reference is None:
        yield "missing-rate-difference", NO_REFERENCE
        return
    (a, n), (b, m) = (rate_counts(*found) for found in (_missing(reference, name), (gaps, filled)))
    change = missing_rate_difference(float(a), float(n), float(b), float(m), level)
    yield "missing-rate-difference", change
    if feature.kind == "number":
        yield "range-break", _outside(current.numbers[name], reference.numbers[name], level)
    else:
        yield from _category(current.categories[name], reference.categories[name], level)


def _missing(profile: Profile, name: str) -> tuple[Weighed, Weighed]:
    """Rows without a usable value, and those with one. NaN and infinities are no values."""
    numbers = profile.numbers.get(name)
    if numbers is not None:
        return numbers.without().sum(), numbers.weighed().sum()
    cells = profile.categories[name]
    lacking = np.array([level == MISSING for level in cells.levels["value"]], dtype=np.bool_)
    table = cells.weighed("value")
    return table[lacking].sum(), table[~lacking].sum()


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
    table = now.weighed()
    k, n = rate_counts(table[out].sum(), table[~out].sum())
    return range_break(float(k), float(n), level)


def _category(now: Cells, then: Cells, level: float) -> Iterator[tuple[str, Measured]]:
    pair = pair_categories(then, now)
    if not pair.labels:
        none = Undefined("neither window holds a value")
        yield "new-category-mass", none
        yield "vanished-category-mass", none
        return
    changes = category_changes(pair.reference.rows, pair.current.rows, level)
    capped = _at(now, OTHER) + _at(then, OTHER) > 0
    for measure, window, at in (
        ("new-category-mass", pair.current, changes.new),
        ("vanished-category-mass", pair.reference, changes.vanished),
    ):
        named = ", ".join(pair.labels[i] for i in at[:10])
        mine = np.zeros(len(pair.labels), dtype=np.bool_)
        mine[list(at)] = True
        found = rate_of(window[mine].sum(), window[~mine].sum(), level)
        yield measure, _said(found, named, capped=capped)
    seen = [int((x.rows > 0).sum()) for x in (pair.reference, pair.current)]
    rows = [float(x.rows.sum()) for x in (pair.reference, pair.current)]
    yield "cardinality", cardinality(seen[0], rows[0], seen[1], rows[1])


def _said(found: Measured, named: str, *, capped: bool) -> Measured:
    if isinstance(found, Undefined):
        return found
    notes = [x for x in (named, "values beyond the cap are not told apart" if capped else "") if x]
    return Estimate(
        found.value, found.interval, found.method, found.n, found.bound, "; ".join(notes)
    )
