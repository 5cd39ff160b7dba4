"""Groups compared within strata of legitimate factors, then summed up (Mantel and Haenszel)."""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, log, sqrt
from typing import TypeAlias

import numpy.typing as npt

from dutybound.measure.checks import Array, check_labels, check_parts, check_same
from dutybound.measure.intervals import ratio_limits, z_value
from dutybound.terms.measure import Estimate, Interval, Measured, Undefined

Tables: TypeAlias = tuple[Array, Array, Array, Array]


@dataclass(frozen=True, slots=True)
class Conditional:
    """ratio, difference: of the rates at like strata. by_stratum: the ratio in each. left_out:
    share of rows in strata that hold one group only and so tell nothing, in [0, 1]."""

    ratio: Measured
    difference: Measured
    by_stratum: dict[str, Measured]
    left_out: float


def conditional(
    k1: npt.ArrayLike,
    n1: npt.ArrayLike,
    k2: npt.ArrayLike,
    n2: npt.ArrayLike,
    labels: tuple[str, ...] | list[str] | None = None,
    level: float = 0.95,
) -> Conditional:
    """Rates of a group (1) against the reference (2), conditional on the stratum.

    All of shape (s,): selected and total rows by stratum. Ratio: Mantel-Haenszel, variance of
    Greenland and Robins 1985; difference: Mantel-Haenszel weights, variance of Sato 1989. Each is
    Undefined if no stratum holds both groups, or no one of the reference is selected there.
    Limits: one number for all strata; read `by_stratum` for those that differ. A factor that
    itself carries the bias explains it away: which factors are legitimate is a legal question.
    """
    a, n = check_parts(k1, n1, ("k1", "n1"))
    b, m = check_parts(k2, n2, ("k2", "n2"))
    check_same(a, b, ("k1", "k2"))
    names = check_labels(labels, a.size)
    both = (n > 0) & (m > 0)
    rows = float(n.sum() + m.sum())
    out = float((n + m)[~both].sum())
    by = _by_stratum((a, n, b, m), names, level)
    kept = (a[both], n[both], b[both], m[both])
    left_out = out / rows if rows else 1.0
    return Conditional(_ratio(kept, level), _difference(kept, level), by, left_out)


def _ratio(tables: Tables, level: float) -> Measured:
    a, n, b, m = tables
    total = n + m
    over, under = float((a * m / total).sum()), float((b * n / total).sum())
    if under == 0:
        return Undefined("no stratum holds both groups and a selected row of the reference")
    if over == 0:
        return Estimate(
            0.0,
            None,
            "Mantel-Haenszel ratio",
            float(total.sum()),
            note="no one of the group was selected: its logarithm has no variance",
        )
    variance = float(((n * m * (a + b) - a * b * total) / total**2).sum()) / (over * under)
    middle, half = log(over / under), z_value(level) * sqrt(max(0.0, variance))
    interval = Interval(exp(middle - half), exp(middle + half), level, "Greenland-Robins")
    return Estimate(over / under, interval, "Mantel-Haenszel ratio", float(total.sum()))


def _difference(tables: Tables, level: float) -> Measured:
    a, n, b, m = tables
    total = n + m
    weight = float((n * m / total).sum())
    if weight == 0:
        return Undefined("no stratum holds both groups")
    value = float(((a * m - b * n) / total).sum()) / weight
    p = (n**2 * b - m**2 * a + n * m * (m - n) / 2) / total**2
    q = (a * (m - b) + b * (n - a)) / (2 * total)
    half = z_value(level) * sqrt(max(0.0, value * float(p.sum()) + float(q.sum()))) / weight
    interval = Interval(max(-1.0, value - half), min(1.0, value + half), level, "Sato")
    return Estimate(value, interval, "Mantel-Haenszel difference", float(total.sum()))


def _by_stratum(tables: Tables, names: tuple[str, ...], level: float) -> dict[str, Measured]:
    a, n, b, m = tables
    low, high, few = ratio_limits(a, n, b, m, level)
    found: dict[str, Measured] = {}
    for i, name in enumerate(names):
        if n[i] == 0 or b[i] == 0:
            found[name] = Undefined("the stratum lacks a group, or a selected row of the reference")
            continue
        interval = Interval(
            float(low[i]), float(high[i]), level, "MOVER-R" if few[i] else "log-ratio delta"
        )
        value = float(a[i] / n[i] / (b[i] / m[i]))
        found[name] = Estimate(value, interval, "ratio of rates", float(n[i] + m[i]))
    return found
