"""The model as a whole: importance of features, dependence on their values, cohorts with error."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from typing import Final, TypeAlias

import numpy as np

from dutybound.measure.reasons import mean_of
from dutybound.models.contributions import Contributions
from dutybound.models.model import Array, Flags, ModelError, SamplePlan, Scorer
from dutybound.terms.measure import Measured

FEWEST: Final = 100  # rows of a cohort in the half where it is judged
Part: TypeAlias = tuple[int, float, float]  # feature, low, high


@dataclass(frozen=True, slots=True)
class Importance:
    """feature: its name. size: mean of the absolute contribution, in `unit`, with its interval
    over the sampled rows. method: of the contributions."""

    feature: str
    size: Measured
    method: str
    unit: str


def importance(
    scorer: Scorer, contributions: Contributions, level: float = 0.95
) -> tuple[Importance, ...]:
    """Features by their mean absolute contribution, largest first.

    contributions: of a sample of rows, shape (n, d). Limits: which features the model uses, not
    which matter in the world; features that go together share what they have.
    """
    c = contributions
    sizes = [mean_of(np.abs(column), level) for column in c.values.T]
    order = np.argsort(-np.abs(c.values).mean(axis=0), kind="stable")
    return tuple(Importance(scorer.names[j], sizes[j], c.method, c.unit) for j in order)


@dataclass(frozen=True, slots=True)
class Piece:
    """Rows with a value from low to high (both inside), or missing if both are `nan`.
    effect: their mean contribution."""

    low: float
    high: float
    rows: int
    effect: Measured


def dependence(
    scorer: Scorer,
    x: Array,
    contributions: Contributions,
    name: str,
    *,
    bins: int = 10,
    level: float = 0.95,
) -> tuple[Piece, ...]:
    """The mean contribution of a feature by its value: quantile bins, each category for itself.

    x, contributions: shape (n, d). Pieces rise; missing values stand last. Raises ModelError.
    """
    rows = scorer.rows(x)
    if contributions.values.shape != rows.shape or bins < 1:
        raise ModelError("The contributions belong to other rows, or `bins` is below 1.")
    j = scorer.position(name)
    values, effects = rows[:, j], contributions.values[:, j]
    pieces = []
    for inside in _bins(values, bins, bool(scorer.features[j].values)):
        low, high = float(values[inside].min()), float(values[inside].max())
        found = mean_of(effects[inside], level)
        pieces.append(Piece(low, high, int(inside.sum()), found))
    lost = np.isnan(values)
    if lost.any():
        nan = float("nan")
        pieces.append(Piece(nan, nan, int(lost.sum()), mean_of(effects[lost], level)))
    return tuple(pieces)


def _bins(values: Array, bins: int, category: bool) -> Iterator[Flags]:
    """Rows of each bin that is not empty, in rising order."""
    known = values[~np.isnan(values)]
    if known.size == 0:
        return
    if category or np.unique(known).size <= bins:
        for code in np.unique(known):
            yield values == code
        return
    ends = np.unique(np.quantile(known, np.linspace(0, 1, bins + 1)[1:-1]))
    place = np.where(np.isnan(values), -1, np.searchsorted(ends, values))
    for i in range(len(ends) + 1):
        if (place == i).any():
            yield place == i


@dataclass(frozen=True, slots=True)
class Cohort:
    """Rows where the model errs more than elsewhere.

    parts: feature, lowest and highest value, all of which hold. error: mean error in the half that
    did not choose the cohort, with an interval that counts all cohorts that are reported. rest:
    mean error of that half. higher: the interval lies above it.
    """

    parts: tuple[tuple[str, float, float], ...]
    rows: int
    error: Measured
    rest: float
    higher: bool


def cohorts(
    scorer: Scorer,
    x: Array,
    error: Array,
    plan: SamplePlan,
    *,
    most: int = 5,
    bins: int = 4,
    level: float = 0.95,
) -> tuple[Cohort, ...]:
    """Ranges of one or two features where the error is high.

    x: shape (n, d). error: shape (n,), finite, of each row (such as |label - score|). `plan` draws
    rows and, by its seed, splits them: one half chooses the cohorts, the other judges them, so
    that a cohort found by chance does not look bad for long. Cohorts with fewer than 100 rows in
    either half are left out. Raises ModelError.
    """
    rows = scorer.rows(x)
    if error.shape != (len(rows),) or not np.isfinite(error).all():
        raise ModelError("The error needs one finite value for each row.")
    drawn = plan.draw(len(rows))
    chooses = np.random.default_rng([plan.seed, 1]).random(len(drawn)) < 0.5
    first, second = drawn[chooses], drawn[~chooses]
    found = _choose(scorer, rows[first], error[first], bins)[:most]
    judged = []
    for parts in found:
        inside = _inside(rows[second], parts)
        if inside.sum() < FEWEST:
            continue
        size = mean_of(error[second][inside], 1 - (1 - level) / len(found))
        rest = float(error[second][~inside].mean()) if (~inside).any() else float("nan")
        reach = getattr(size, "reach", None)
        higher = reach is not None and reach[0] > rest
        named = tuple((scorer.names[j], low, high) for j, low, high in parts)
        judged.append(Cohort(named, int(inside.sum()), size, rest, higher))
    return tuple(judged)


def _choose(scorer: Scorer, x: Array, error: Array, bins: int) -> list[tuple[Part, ...]]:
    """Cohorts with more error than the mean, worst first by mean error."""
    single: dict[Part, Flags] = {}
    for j, feature in enumerate(scorer.features):
        for inside in _bins(x[:, j], bins, bool(feature.values)):
            single[(j, float(x[inside, j].min()), float(x[inside, j].max()))] = inside
    rated: list[tuple[float, tuple[Part, ...]]] = []
    tries: list[tuple[Part, ...]] = [(p,) for p in single]
    tries += [(p, q) for p, q in combinations(single, 2) if p[0] != q[0]]
    for parts in tries:
        inside = np.logical_and.reduce([single[p] for p in parts])
        if inside.sum() >= FEWEST:
            rated.append((float(error[inside].mean()), parts))
    middle = float(error.mean()) if error.size else 0.0
    return [parts for size, parts in sorted(rated, key=lambda r: (-r[0], r[1])) if size > middle]


def _inside(x: Array, parts: tuple[Part, ...]) -> Flags:
    found = [(x[:, j] >= low) & (x[:, j] <= high) for j, low, high in parts]
    inside: Flags = np.logical_and.reduce(found)
    return inside
