"""Rates of many small groups, drawn towards what they have in common."""

from __future__ import annotations

import numpy.typing as npt

from dutybound.measure.checks import Array, check_labels, check_level, check_parts
from dutybound.terms.measure import Estimate, Interval, Measured, Undefined


def empirical_bayes(
    successes: npt.ArrayLike,
    totals: npt.ArrayLike,
    labels: tuple[str, ...] | list[str] | None = None,
    level: float = 0.95,
) -> dict[str, Measured] | Undefined:
    """Each group's rate under a Beta prior that the groups themselves give, in [0, 1].

    successes, totals: shape (g,), rows. The prior's mean is the pooled rate; its strength comes
    from how far the rates differ beyond chance (moments of the beta-binomial distribution), and is
    at most that of all rows together. Undefined with fewer than three groups, or if all or none
    are selected; a group without rows gets the prior. Source: Kleinman 1973, JASA 68.
    Limits: intervals are shorter than those of single groups and hold on average over the groups,
    not for each; the doubt about the prior is left out. For ranking and reading, not for verdicts:
    shrinkage hides a single group that is truly worse.
    """
    from scipy.special import betaincinv

    k, n = check_parts(successes, totals, ("successes", "totals"))
    names = check_labels(labels, k.size)
    seen = n > 0
    if seen.sum() < 3:
        return Undefined("a common prior needs three groups with rows")
    p = float(k.sum() / n.sum())
    if p in (0.0, 1.0):
        return Undefined("all or none were selected: the groups give no prior")
    strength = _strength(k[seen], n[seen], p)
    a, b = k + p * strength, n - k + (1 - p) * strength
    tail = (1 - check_level(level)) / 2
    low, high = betaincinv(a, b, tail), betaincinv(a, b, 1 - tail)
    value = a / (a + b)
    note = f"prior Beta({p * strength:.4g}, {(1 - p) * strength:.4g}) from {int(seen.sum())} groups"
    return {
        name: Estimate(
            float(value[i]),
            Interval(float(low[i]), float(high[i]), level, "empirical Bayes"),
            "posterior mean",
            float(n[i]),
            note=note,
        )
        for i, name in enumerate(names)
    }


def _strength(k: Array, n: Array, p: float) -> float:
    """How many rows the prior is worth."""
    total, groups = float(n.sum()), k.size
    spread = float((n * (k / n - p) ** 2).sum()) / (p * (1 - p))
    room = total - float((n**2).sum()) / total - (groups - 1)
    if room <= 0:
        return total
    correlation = min((spread - (groups - 1)) / room, 0.99)
    return total if correlation <= 0 else min(total, 1 / correlation - 1)
