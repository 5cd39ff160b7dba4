"""Drift of each feature and of the score, current window against the reference."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from dutybound.assess.measure_lines import Chosen, Line
from dutybound.assess.measure_quality import NO_REFERENCE
from dutybound.measure.checks import Array
from dutybound.measure.drift import CategoryDrift, NumericDrift, category_drift, numeric_drift
from dutybound.measure.effective import Weighed, curve_scale, share_scale
from dutybound.measure.psi import Psi
from dutybound.measure.quality import binned_mean_shift
from dutybound.terms.measure import Estimate, Measured, Undefined
from dutybound.terms.table import Feature, Score
from dutybound.warehouse.columns import Floats, pair_categories, pair_numbers
from dutybound.warehouse.profile import SCORE_BINS, Profile

PART = "drift"
SHIFT = "standardised-mean-shift"


def drift_lines(current: Profile, reference: Profile | None, chosen: Chosen) -> Iterator[Line]:
    """Lines for every feature and for the score, judged together at a corrected level."""
    config = chosen.config
    family = len(config.features) + (config.score is not None)
    for feature in config.features:

        def make(level: float, feature: Feature = feature) -> Iterator[tuple[str, Measured]]:
            return _feature(current, reference, feature, level)

        yield from chosen.lines(PART, feature.column, make, family)
    score = config.score
    if score is not None:
        given = score

        def of_score(level: float) -> Iterator[tuple[str, Measured]]:
            return _score(current, reference, given, level)

        yield from chosen.lines(PART, "score", of_score, family)


def _feature(
    current: Profile, reference: Profile | None, feature: Feature, level: float
) -> Iterator[tuple[str, Measured]]:
    name, number = feature.column, feature.kind == "number"
    if reference is None:
        yield "ks-distance" if number else "total-variation", NO_REFERENCE
    elif number:
        pair = pair_numbers(reference.numbers[name], current.numbers[name])
        drift = numeric_drift(
            *curves(pair.reference, pair.current),
            positions=pair.positions,
            edges=pair.edges,
            single=pair.single,
            level=level,
        )
        yield from _numeric(drift)
        if pair.positions is not None and pair.edges is not None:
            yield SHIFT, _shift((pair.reference, pair.current), pair.positions, pair.edges, level)
        else:
            yield SHIFT, Undefined("neither window holds a value")
    else:
        both = pair_categories(reference.categories[name], current.categories[name])
        if not both.labels:
            yield "total-variation", Undefined("neither window holds a value")
            return
        found = category_drift(*shares(both.reference, both.current), level=level)
        yield "total-variation", found.total_variation
        yield "cramers-v", found.cramers_v
        yield from _shared(found)


def _shift(
    windows: tuple[Weighed, Weighed], at: Floats, edges: tuple[Floats, Floats], level: float
) -> Measured:
    if not all(np.isfinite(e).all() for e in edges):
        return Undefined("no row has a finite value")
    then, now = curves(*windows)
    return binned_mean_shift(then, now, at, edges, level)


def curves(*windows: Weighed) -> list[Array]:
    """Effective counts of windows over bins in order."""
    return [w.weight * curve_scale(w) for w in windows]


def shares(*windows: Weighed) -> list[Array]:
    """Effective counts of windows over categories."""
    return [w.weight * share_scale(w) for w in windows]


def _numeric(drift: NumericDrift) -> Iterator[tuple[str, Measured]]:
    yield "ks-distance", drift.ks
    yield "wasserstein", drift.wasserstein_ranks
    yield from _shared(drift)


def _shared(drift: NumericDrift | CategoryDrift) -> Iterator[tuple[str, Measured]]:
    yield "drift-psi", _psi(drift.psi)
    js = drift.jensen_shannon
    yield "jensen-shannon", js if isinstance(js, Undefined) else js.distance
    yield "hellinger", drift.hellinger


def _psi(found: Psi | Undefined) -> Measured:
    """The index, with the floor that chance alone gives in its note."""
    if isinstance(found, Undefined):
        return found
    at = found.index
    note = f"equal windows of these sizes read {found.floor:.4f} on average"
    return Estimate(at.value, at.interval, at.method, at.n, at.bound, note)


def _score(
    current: Profile, reference: Profile | None, score: Score, level: float
) -> Iterator[tuple[str, Measured]]:
    if reference is None or reference.scores is None or current.scores is None:
        yield "ks-distance", NO_REFERENCE
        return
    then, now = (p.weighed("bin")[:SCORE_BINS] for p in (reference.scores, current.scores))
    kept = (then.rows > 0) | (now.rows > 0)
    if not kept.any():
        yield "ks-distance", Undefined("no row has a score in its range")
        return
    edges = score.low + (score.high - score.low) * np.arange(SCORE_BINS + 1) / SCORE_BINS
    low, high = edges[:-1][kept], edges[1:][kept]
    at = low + (high - low) / 2
    drift = numeric_drift(
        *curves(then[kept], now[kept]),
        positions=at,
        edges=(low, high),
        single=np.zeros(low.size, dtype=np.bool_),
        level=level,
    )
    yield from _numeric(drift)
    yield SHIFT, _shift((then[kept], now[kept]), at, (low, high), level)
