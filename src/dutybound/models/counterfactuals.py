"""What a person could change to get the other decision, within what is allowed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations, islice, product
from typing import Final

import numpy as np

from dutybound.models.model import Array, DecisionRule, Feature, ModelError, Scorer

GRID: Final = 200_000  # a larger grid is not searched whole
STEPS: Final = 11
Options = list[tuple[int, tuple[float, ...]]]


@dataclass(frozen=True, slots=True)
class Change:
    feature: str
    old: float
    new: float


@dataclass(frozen=True, slots=True)
class Counterfactual:
    """Changes that turn the decision. score: with them.

    exact: no fewer changes on the grid do it, and of those with as many none costs less. cost:
    sum of |new - old| over the feature's spread; a category counts 1. tried: rows scored.
    """

    changes: tuple[Change, ...]
    score: float
    cost: float
    exact: bool
    tried: int


@dataclass(frozen=True, slots=True)
class NoneFound:
    """No allowed change that was tried turns the decision. exact: the whole grid was tried."""

    why: str
    exact: bool
    tried: int


@dataclass(frozen=True, slots=True)
class Search:
    """most: changes at a time. steps: values tried in the range of a feature, at least 2. grid:
    rows up to which the grid is searched whole."""

    most: int = 3
    steps: int = STEPS
    grid: int = GRID


def counterfactual(
    scorer: Scorer, row: Array, rule: DecisionRule, spread: Array, search: Search | None = None
) -> Counterfactual | NoneFound:
    """The fewest changes of changeable features that make an adverse decision favourable.

    row: shape (d,). spread: shape (d,), what a change is measured in, as `spreads` gives it; 0
    counts as 1. The whole grid is searched if it is small, with one change, then two, and so on;
    else the best single change is taken again and again (greedy). Features change within their
    values or from `low` to `high`, and only up or down if they say so. Raises ModelError.
    Limits: what the model would say, not what causes what in the world; a change may be hard.
    """
    plan = search or Search()
    if plan.most < 1 or plan.steps < 2:
        raise ModelError("A search needs `most` of at least 1 and `steps` of at least 2.")
    start = scorer.rows(row[None, :])
    if not rule.is_adverse(scorer.score(start))[0]:
        raise ModelError("The decision is favourable already.")
    options = [(j, _values(f, row[j], plan.steps)) for j, f in enumerate(scorer.features)]
    options = [(j, values) for j, values in options if values]
    if not options:
        return NoneFound("no feature may change", True, 0)
    unit = np.where(spread > 0, spread, 1.0)
    if _size(options, plan.most) <= plan.grid:
        return _exact(scorer, start[0], rule, unit, options, plan)
    return _greedy(scorer, start[0], rule, unit, options, plan)


def _values(feature: Feature, old: float, steps: int) -> tuple[float, ...]:
    """Other values that the feature may take."""
    if not feature.changeable:
        return ()
    if feature.values:
        found = feature.values
    elif feature.low is None or feature.high is None:
        raise ModelError(
            f"Feature `{feature.name}` may change but has no range: give low and high."
        )
    else:
        found = tuple(float(v) for v in np.linspace(feature.low, feature.high, steps))
    if feature.only is not None and not np.isnan(old):
        found = tuple(v for v in found if (v > old) == (feature.only == "up"))
    return tuple(v for v in found if v != old)


def _size(options: Options, most: int) -> int:
    """Rows of the grid with at most so many changes."""
    ways = [1] + [0] * most
    for _, values in options:
        for k in range(most, 0, -1):
            ways[k] += ways[k - 1] * len(values)
    return sum(ways) - 1


def _grid(row: Array, options: Options, count: int) -> Iterator[Array]:
    for chosen in combinations(options, count):
        columns = [j for j, _ in chosen]
        for values in product(*(v for _, v in chosen)):
            found = row.copy()
            found[columns] = values
            yield found


def _exact(
    scorer: Scorer, row: Array, rule: DecisionRule, unit: Array, options: Options, plan: Search
) -> Counterfactual | NoneFound:
    tried = 0
    for count in range(1, min(plan.most, len(options)) + 1):
        rows = _grid(row, options, count)
        best: tuple[float, Array, float] | None = None
        while part := list(islice(rows, 20_000)):
            cases = np.stack(part)
            tried += len(cases)
            scores = scorer.score(cases)
            good = np.flatnonzero(~rule.is_adverse(scores))
            if good.size:
                costs = _costs(scorer, row, cases[good], unit)
                i = int(costs.argmin())
                if best is None or costs[i] < best[0]:
                    best = (float(costs[i]), cases[good[i]], float(scores[good[i]]))
        if best is not None:
            cost, case, score = best
            return Counterfactual(_changes(scorer, row, case), score, cost, True, tried)
    why = f"no {plan.most} changes on the grid turn the decision"
    return NoneFound(why, True, tried)


def _greedy(
    scorer: Scorer, row: Array, rule: DecisionRule, unit: Array, options: Options, plan: Search
) -> Counterfactual | NoneFound:
    now, tried, left = row, 0, list(options)
    for _ in range(min(plan.most, len(options))):
        cases = np.stack(list(_grid(now, left, 1)))
        scores = scorer.score(cases)
        tried += len(cases)
        good = np.flatnonzero(~rule.is_adverse(scores))
        if good.size:
            costs = _costs(scorer, row, cases[good], unit)
            i = good[int(costs.argmin())]
            changes = _changes(scorer, row, cases[i])
            return Counterfactual(changes, float(scores[i]), float(costs.min()), False, tried)
        best = int((rule.sign * scores).argmin())
        changed = int(np.flatnonzero(_differs(cases[best], now))[0])
        now = cases[best]
        left = [(j, values) for j, values in left if j != changed]
    return NoneFound(
        "the greedy search ended; the grid was too large to search whole", False, tried
    )


def _differs(a: Array, b: Array) -> Array:
    found: Array = (a != b) & ~(np.isnan(a) & np.isnan(b))
    return found


def _costs(scorer: Scorer, row: Array, cases: Array, unit: Array) -> Array:
    category = np.array([bool(f.values) for f in scorer.features])
    apart = _differs(cases, row)
    away = np.where(category | np.isnan(row), 1.0, np.abs(cases - row) / unit)
    costs: Array = np.where(apart, away, 0.0).sum(axis=1)
    return costs


def _changes(scorer: Scorer, row: Array, case: Array) -> tuple[Change, ...]:
    apart = np.flatnonzero(_differs(case, row))
    return tuple(Change(scorer.names[j], float(row[j]), float(case[j])) for j in apart)
