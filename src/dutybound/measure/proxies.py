"""How well a feature predicts a protected attribute, from their joint counts."""

from __future__ import annotations

from dataclasses import dataclass
from math import log

import numpy as np
import numpy.typing as npt

from dutybound.measure.association import cramers_v, noncentral_limits
from dutybound.measure.checks import Array, check_counts
from dutybound.measure.ranking import auc
from dutybound.terms.measure import Estimate, Interval, Measured, Undefined


@dataclass(frozen=True, slots=True)
class Proxy:
    """cramers_v: in [0, 1]. information: mutual information in bits; explained: its share of what
    the attribute holds, in [0, 1]. auc: of the feature for the category that it tells best, in
    [0.5, 1]; category: its position."""

    cramers_v: Measured
    information: Measured
    explained: Measured
    auc: Measured
    category: int | None


def proxy(joint: npt.ArrayLike, *, ordered: bool = True, level: float = 0.95) -> Proxy:
    """How strongly one feature stands in for a protected attribute.

    joint: shape (f, a), rows by value (or bin) of the feature and category of the attribute.
    ordered: the bins have an order, which the AUC then uses; if not, values are put in the order
    of their own rates, which flatters: many rare values read above 0.5 by chance.
    Undefined without two values and two categories with rows. Limits: one feature at a time;
    several weak ones may be strong together (a model of the attribute on all features tells).
    """
    table = check_counts(joint, "joint", ndim=2)
    information, explained = _information(table, level)
    best, category = _best_auc(table, ordered, level)
    return Proxy(cramers_v(table, level), information, explained, best, category)


def _information(table: Array, level: float) -> tuple[Measured, Measured]:
    """Mutual information in bits with the Miller-Madow correction, and its share of the entropy."""
    kept = table[table.sum(axis=1) > 0][:, table.sum(axis=0) > 0]
    if min(kept.shape, default=0) < 2:
        none = Undefined("the table needs two values and two categories with rows")
        return none, none
    n = float(kept.sum())
    p = kept / n
    expected = np.outer(p.sum(axis=1), p.sum(axis=0))
    nats = float((p[p > 0] * np.log(p[p > 0] / expected[p > 0])).sum())
    freedom = (kept.shape[0] - 1) * (kept.shape[1] - 1)
    value = max(0.0, nats - freedom / (2 * n)) / log(2)
    low, high = (x / (2 * n) / log(2) for x in noncentral_limits(2 * n * nats, freedom, level))
    method = "noncentral chi-square, normal"
    interval = Interval(min(low, value), max(high, value), level, method)
    shares = p.sum(axis=0)
    entropy = float(-(shares * np.log2(shares)).sum())
    bits = Estimate(value, interval, "mutual information, Miller-Madow", n)
    scaled = Interval(interval.low / entropy, min(1.0, interval.high / entropy), level, method)
    return bits, Estimate(min(1.0, value / entropy), scaled, "information over entropy", n)


def _best_auc(table: Array, ordered: bool, level: float) -> tuple[Measured, int | None]:
    best: Measured = Undefined("no category and its complement both hold rows")
    category: int | None = None
    for j in range(table.shape[1]):
        inside = table[:, j]
        outside = table.sum(axis=1) - inside
        if not ordered:
            with np.errstate(invalid="ignore", divide="ignore"):
                order = np.argsort(np.where(inside + outside > 0, inside / (inside + outside), -1))
            inside, outside = inside[order], outside[order]
        found = auc(inside, outside, level=level)
        if isinstance(found, Estimate):
            found = _upright(found)
            if isinstance(best, Undefined) or found.value > best.value:
                best, category = found, j
    return best, category


def _upright(found: Estimate) -> Estimate:
    """An AUC under 0.5 tells as much the other way round."""
    if found.value >= 0.5 or found.interval is None:
        return found
    i = found.interval
    interval = Interval(1 - i.high, 1 - i.low, i.level, i.method)
    return Estimate(1 - found.value, interval, found.method, found.n)


def strongest(proxies: dict[str, Proxy]) -> tuple[str, ...]:
    """Names of features, strongest first by the lower limit of Cramér's V; Undefined ones last."""

    def key(name: str) -> tuple[float, float, str]:
        found = proxies[name].cramers_v
        if isinstance(found, Undefined) or found.interval is None:
            return 1.0, 1.0, name
        return -found.interval.low, -found.value, name

    return tuple(sorted(proxies, key=key))
