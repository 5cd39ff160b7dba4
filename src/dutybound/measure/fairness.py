"""Fairness over groups. Each is a measure, not a finding: the law decides what it means."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import combinations
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from dutybound.measure.checks import Array, CountError, check_counts, check_parts
from dutybound.measure.groups import By, Comparison, Policy, compare, pairs
from dutybound.measure.rates import Confusion, Rate
from dutybound.terms.measure import Undefined, Verdict

Compared: TypeAlias = Comparison | Undefined
Labels: TypeAlias = tuple[str, ...] | list[str] | None


def impact_ratio(selected: npt.ArrayLike, total: npt.ArrayLike) -> Array | Undefined:
    """Each category's selection rate over the highest selection rate.

    selected, total: shape (k,), persons; 0 <= selected <= total, total >= 1.
    Returns shape (k,), unitless, in [0, 1]; Undefined if no one was selected.
    Raises CountError. Source: 6 RCNY § 5-300, "impact ratio" (1).
    Limits: points without intervals; `selection_ratio` judges. 29 CFR § 1607.4(D) also weighs
    sample size and significance.
    """
    k, n = check_parts(selected, total, ("selected", "total"))
    if n.min() < 1:
        raise CountError("`total` is at least 1 in each category.")
    rate = k / n
    if rate.max() == 0:
        return Undefined("no one was selected in any category")
    found: Array = rate / rate.max()
    return found


def selection_ratio(
    selected: npt.ArrayLike,
    total: npt.ArrayLike,
    labels: Labels = None,
    policy: Policy | None = None,
) -> Compared:
    """Impact ratios with intervals and verdicts.

    selected, total: shape (g,), persons. Ratio of selection rates, >= 0. See `compare` for the
    reference group, the correction and when it is Undefined.
    """
    return compare(selected, total, labels, replace(policy or Policy(), by=By.RATIO))


def scoring_ratio(
    above_median: npt.ArrayLike,
    total: npt.ArrayLike,
    labels: Labels = None,
    policy: Policy | None = None,
) -> Compared:
    """Impact ratios of the scoring rate.

    above_median: shape (g,), persons who score above the median of the whole sample; total:
    persons. Source: 6 RCNY § 5-300, "scoring rate".
    Undefined as `compare`.
    """
    return selection_ratio(above_median, total, labels, policy)


def statistical_parity(
    selected: npt.ArrayLike,
    total: npt.ArrayLike,
    labels: Labels = None,
    policy: Policy | None = None,
) -> Compared:
    """Differences of selection rates, in [-1, 1], with Newcombe's intervals.

    selected, total: shape (g,), persons. Source: Dwork and others 2012 (demographic parity).
    Undefined as `compare`. Limits: silent about whether selection was right in any group.
    """
    return compare(selected, total, labels, replace(policy or Policy(), by=By.DIFFERENCE))


def rate_parity(table: Confusion, rate: Rate, policy: Policy | None = None) -> Compared:
    """Any rate of a confusion table against the reference group, as difference (the default
    policy) or ratio.

    Rows are those of the rate's denominator. Undefined as `compare`. Limits: labels of persons
    who were refused are often missing; then rates that need the label rest on the selected.
    """
    policy = policy or Policy(by=By.DIFFERENCE)
    above, below = table.counts(rate)
    return compare(above, below, table.labels, policy)


def equal_opportunity(table: Confusion, policy: Policy | None = None) -> Compared:
    """Differences of true positive rates, in [-1, 1]. Source: Hardt, Price, Srebro 2016."""
    return rate_parity(table, Rate.TRUE_POSITIVE, policy)


def predictive_parity(table: Confusion, policy: Policy | None = None) -> Compared:
    """Differences of precision, in [-1, 1]. Source: Chouldechova 2017."""
    return rate_parity(table, Rate.PRECISION, policy)


@dataclass(frozen=True, slots=True)
class Odds:
    """Equalised odds. gap: the larger of the two widest differences, in [0, 1]; Undefined if
    either is. verdict: breach if one of the two is in breach, no breach if neither is."""

    true_positive: Compared
    false_positive: Compared
    gap: float | Undefined
    verdict: Verdict


def equalised_odds(table: Confusion, policy: Policy | None = None) -> Odds:
    """True and false positive rates together. Source: Hardt, Price, Srebro 2016.

    The two families are corrected together, so that the joint verdict keeps the level.
    """
    policy = policy or Policy(by=By.DIFFERENCE)
    both = replace(policy, level=1 - (1 - policy.level) / 2)
    tpr, fpr = (rate_parity(table, r, both) for r in (Rate.TRUE_POSITIVE, Rate.FALSE_POSITIVE))
    gaps = [widest_gap(*table.counts(r)) for r in (Rate.TRUE_POSITIVE, Rate.FALSE_POSITIVE)]
    missing = next((g for g in gaps if isinstance(g, Undefined)), None)
    found = missing or max(g for g in gaps if not isinstance(g, Undefined))
    return Odds(tpr, fpr, found, _worst(tpr, fpr))


def widest_gap(successes: npt.ArrayLike, totals: npt.ArrayLike) -> float | Undefined:
    """Highest minus lowest rate over groups with rows, in [0, 1]. A point without interval.

    Undefined with fewer than two such groups. Limits: grows with the number of small groups by
    chance alone, so nothing is judged by it.
    """
    k, n = check_parts(successes, totals, ("successes", "totals"))
    seen = n > 0
    if seen.sum() < 2:
        return Undefined("fewer than two groups hold a row")
    found = k[seen] / n[seen]
    return float(found.max() - found.min())


def _worst(*compared: Compared) -> Verdict:
    found = {Verdict.UNDEFINED if isinstance(c, Undefined) else c.verdict for c in compared}
    for verdict in (Verdict.BREACH, Verdict.UNDEFINED, Verdict.NOT_ENOUGH_DATA, Verdict.NOT_JUDGED):
        if verdict in found:
            return verdict
    return Verdict.NO_BREACH


@dataclass(frozen=True, slots=True)
class Intersections:
    """Comparisons by set of attributes, such as ("sex",) and ("sex", "age").

    family: how many comparisons the correction counts, over all sets. verdict: of all.
    """

    by_attributes: dict[tuple[str, ...], Compared]
    family: int
    verdict: Verdict


def intersections(
    successes: npt.ArrayLike,
    totals: npt.ArrayLike,
    attributes: dict[str, tuple[str, ...]],
    policy: Policy | None = None,
) -> Intersections:
    """Every attribute alone and every combination of attributes, corrected as one family.

    successes, totals: one axis for each attribute, in order, rows. attributes: name to its
    categories; the length of each axis. policy: its reference is `highest`, `largest` or `rest`.
    Bias against a small intersection hides in the margins, so
    all are looked at; the correction pays for it.
    """
    policy = policy or Policy()
    dims = len(attributes)
    k, n = (
        check_counts(x, name, ndim=dims)
        for x, name in ((successes, "successes"), (totals, "totals"))
    )
    shape = tuple(len(c) for c in attributes.values())
    if k.shape != shape or n.shape != shape:
        raise CountError(f"Counts need the shape {shape} of the attributes.")
    names = tuple(attributes)
    sets = [s for d in range(1, dims + 1) for s in combinations(range(dims), d)]
    tables = {s: _margin(k, n, s, attributes) for s in sets}
    made = sum(pairs(int((t[1] > 0).sum()), policy.reference) for t in tables.values())
    family = replace(policy, comparisons=policy.comparisons or max(1, made))
    found = {tuple(names[i] for i in s): compare(*t, family) for s, t in tables.items()}
    return Intersections(found, family.comparisons or 1, _worst(*found.values()))


def _margin(
    k: Array, n: Array, kept: tuple[int, ...], attributes: dict[str, tuple[str, ...]]
) -> tuple[Array, Array, tuple[str, ...]]:
    """Counts of the combinations of some attributes, flat, with their names."""
    dropped = tuple(i for i in range(k.ndim) if i not in kept)
    categories = [tuple(attributes.values())[i] for i in kept]
    labels = [""]
    for choices in categories:
        labels = [f"{a}, {c}" if a else c for a in labels for c in choices]
    above, below = (np.asarray(x.sum(axis=dropped)).reshape(-1) for x in (k, n))
    return above, below, tuple(labels)
