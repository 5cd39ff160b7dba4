"""Rates of groups against a reference: intervals, minimum rule, verdicts, rows left out."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from math import ceil, inf
from statistics import NormalDist
from typing import Final

import numpy as np
import numpy.typing as npt

from dutybound.measure.checks import (
    Array,
    CountError,
    Flags,
    check_counts,
    check_labels,
    check_level,
    check_parts,
    check_same,
)
from dutybound.measure.intervals import Limits, newcombe, ratio_limits, wilson
from dutybound.measure.multiplicity import bonferroni_level
from dutybound.measure.verdict import judge
from dutybound.terms.measure import (
    Estimate,
    Interval,
    Judgement,
    Measured,
    Side,
    Threshold,
    Undefined,
    Verdict,
)

HIGHEST: Final = "highest"
LARGEST: Final = "largest"
REST: Final = "rest"
ROUNDED: Final = 1 - 1e-9  # effective counts are whole but for their last digits


class By(StrEnum):
    """How a group is set against the reference: rate over rate, or rate minus rate."""

    RATIO = "ratio"
    DIFFERENCE = "difference"


@dataclass(frozen=True, slots=True)
class Policy:
    """How groups are compared and judged.

    reference: the name of a group, or `highest` (the rate that the data support: highest lower
    limit, among groups that are large enough; the highest point of many small groups is a fluke),
    `largest` (rows; blind if the largest group is the one treated worst), or `rest` (each group
    against all others). threshold: None: no verdicts.
    level: of the intervals. chance: how often a group of the minimum size may fall outside the
    threshold by chance though nothing differs. minimum_share: groups with a smaller share of
    the rows are left out, in [0, 1). comparisons: how many to correct for, if this is part of a
    larger family; None for those made here. joint: the level that they keep together and that is
    judged by; None: that of the intervals. sizes: of the groups, shape (g,), in any unit, which
    `minimum_share` and `largest` go by; None: the totals.
    """

    by: By = By.RATIO
    reference: str = HIGHEST
    threshold: Threshold | None = None
    level: float = 0.95
    chance: float = 0.05
    minimum_share: float = 0.0
    comparisons: int | None = None
    joint: float | None = None
    sizes: tuple[float, ...] | None = None


@dataclass(frozen=True, slots=True)
class GroupResult:
    """One group. rate: with Wilson's interval. against: its ratio or difference to the reference,
    interval at the level asked for. joint: the same at the corrected level, which the judgement
    rests on. needed: rows that the minimum rule asks for; inf if none would do."""

    group: str
    n: float
    rate: Measured
    against: Measured
    joint: Interval | None
    needed: float
    judgement: Judgement


@dataclass(frozen=True, slots=True)
class Comparison:
    """All groups. reference: its name. verdict: breach if any group is in breach; no breach if
    every row that can be judged is inside and none is left out; else not enough data.
    left_out: share of rows in groups without a verdict for lack of data, in [0, 1]."""

    reference: str
    by: By
    level: float
    each_level: float
    comparisons: int
    groups: tuple[GroupResult, ...]
    left_out: float
    verdict: Verdict


def rows_needed(rate: float, threshold: Threshold, by: By, chance: float = 0.05) -> float:
    """The rows that a group needs before chance alone seldom takes it past the threshold.

    rate: of the reference, in [0, 1]. For a ratio n p / (1 - p) >= (z / |1 - t|)^2: with t = 0.8
    that is 68 at a chance of 5 % and 136 at 1 %. For a difference n >= p (1 - p) (z / t)^2.
    Rows are those of the rate's denominator: positives for a true positive rate, negatives for a
    false positive rate. inf if the threshold is no difference at all, or the rate is 0.
    """
    z = NormalDist().inv_cdf(1 - check_level(chance, "chance"))
    width = abs(1 - threshold.value) if by is By.RATIO else abs(threshold.value)
    if width == 0 or not 0 < rate <= 1:
        return inf
    odds = (1 - rate) / rate if by is By.RATIO else rate * (1 - rate)
    return max(1.0, float(ceil(ceil((z / width) ** 2) * odds)))


def compare(
    successes: npt.ArrayLike,
    totals: npt.ArrayLike,
    labels: tuple[str, ...] | list[str] | None = None,
    policy: Policy | None = None,
) -> Comparison | Undefined:
    """Set each group's rate against the reference's and judge by the corrected interval.

    successes, totals: shape (g,), g >= 2, rows; totals may be 0 for a group. The correction is
    Bonferroni's over g - 1 comparisons; over all pairs of groups with rows if the reference is
    the highest rate, since it is then chosen by looking at the data (with g - 1 comparisons a
    quarter of tables with many equal best groups would hold a false breach; a test shows it).
    Undefined if no group can be the reference, or if its rate is 0. Raises CountError.
    Limits: a measure, not a finding. Groups are taken to be independent samples.
    """
    policy = policy or Policy()
    if policy.by is By.RATIO and policy.threshold and policy.threshold.side is Side.WITHIN:
        raise CountError("`within` is measured from 0; a ratio takes `at_least` or `at_most`.")
    k, n = check_parts(successes, totals, ("successes", "totals"))
    names = check_labels(labels, k.size)
    if k.size < 2:
        return Undefined("a comparison needs two groups")
    if n.sum() == 0:
        return Undefined("no group holds a row")
    at = _reference(k, n, names, policy)
    if isinstance(at, Undefined):
        return at
    k2, n2 = (k.sum() - k, n.sum() - n) if at is None else (k * 0 + k[at], n * 0 + n[at])
    if at is not None and k[at] == 0 and policy.by is By.RATIO:
        return Undefined(f"the rate of the reference {names[at]} is 0")
    return _judged(k, n, k2, n2, names, at, policy)


def _reference(
    k: Array, n: Array, names: tuple[str, ...], policy: Policy
) -> int | Undefined | None:
    """The position of the reference group; None for the rest."""
    if policy.reference == REST:
        return None
    if policy.reference == LARGEST:
        return int(np.argmax(_sizes(n, policy)))
    if policy.reference == HIGHEST:
        return _highest(k, n, policy)
    if policy.reference not in names:
        known = ", ".join(names)
        raise CountError(f"There is no group `{policy.reference}`. Groups: {known}.")
    at = names.index(policy.reference)
    return at if n[at] > 0 else Undefined(f"the reference {names[at]} holds no row")


def _sizes(n: Array, policy: Policy) -> Array:
    if policy.sizes is None:
        return n
    found = check_counts(policy.sizes, "sizes")
    check_same(found, n, ("sizes", "totals"))
    return found


def _small(n: Array, policy: Policy) -> Flags:
    """Groups that the policy leaves out for their share of all."""
    sizes = _sizes(n, policy)
    found: Flags = sizes < policy.minimum_share * sizes.sum()
    return found


def _highest(k: Array, n: Array, policy: Policy) -> int | Undefined:
    with np.errstate(invalid="ignore", divide="ignore"):
        rates = np.where(n > 0, k / n, 0.0)
    if k.sum() == 0:
        return Undefined("no one was selected in any group")
    limit = policy.threshold or Threshold(0.8, Side.AT_LEAST)
    enough: Flags = np.array(
        [
            total >= ROUNDED * rows_needed(float(p), limit, policy.by, policy.chance)
            for p, total in zip(rates, n, strict=True)
        ]
    ) & ~_small(n, policy)
    if not enough.any():
        return Undefined("no group is large enough to be the reference")
    return int(np.argmax(np.where(enough, wilson(k, n, policy.level)[0], -1.0)))


def _judged(
    k: Array,
    n: Array,
    k2: Array,
    n2: Array,
    names: tuple[str, ...],
    at: int | None,
    policy: Policy,
) -> Comparison:
    made = _comparisons(int((n > 0).sum()), policy)
    each = bonferroni_level(policy.joint or policy.level, made)
    plain, joint = (_limits(k, n, k2, n2, policy.by, x) for x in (policy.level, each))
    rates = wilson(k, n, policy.level)
    small = _small(n, policy)
    groups = []
    for i, name in enumerate(names):
        own = _rate(k[i], n[i], rates, i, policy.level)
        if i == at:
            why = Judgement(Verdict.NOT_JUDGED, "this is the reference group")
            same = 1.0 if policy.by is By.RATIO else 0.0
            itself = Estimate(same, None, f"{policy.by} of rates", float(n[i]), note=why.why)
            groups.append(GroupResult(name, float(n[i]), own, itself, None, 0.0, why))
            continue
        against, wide = _against(i, (k, n, k2, n2), plain, joint, each, policy)
        needed = _needed(k2[i], n2[i], policy)
        verdict = _verdict(against, wide, float(n[i]), needed, bool(small[i]), policy)
        groups.append(GroupResult(name, float(n[i]), own, against, wide, needed, verdict))
    out = sum(g.n for g in groups if g.judgement.verdict in _OPEN)
    left_out = float(out / n.sum())
    name = REST if at is None else names[at]
    found = tuple(groups)
    return Comparison(name, policy.by, policy.level, each, made, found, left_out, overall(found))


_OPEN: Final = (Verdict.NOT_ENOUGH_DATA, Verdict.UNDEFINED)


def overall(groups: tuple[GroupResult, ...]) -> Verdict:
    """One verdict for all groups: a breach anywhere is a breach; a gap anywhere is no all-clear."""
    found = {g.judgement.verdict for g in groups if g.n > 0 or g.judgement.verdict not in _OPEN}
    if Verdict.BREACH in found:
        return Verdict.BREACH
    if found & set(_OPEN):
        return Verdict.NOT_ENOUGH_DATA
    return Verdict.NO_BREACH if Verdict.NO_BREACH in found else Verdict.NOT_JUDGED


def _comparisons(groups: int, policy: Policy) -> int:
    if policy.comparisons is not None:
        return policy.comparisons
    return max(1, pairs(groups, policy.reference))


def pairs(groups: int, reference: str) -> int:
    """How many comparisons so many groups with rows take; see `compare`."""
    if reference == HIGHEST:
        return groups * (groups - 1) // 2
    return groups if reference == REST else max(0, groups - 1)


def _limits(k: Array, n: Array, k2: Array, n2: Array, by: By, level: float) -> tuple[Limits, Flags]:
    if by is By.DIFFERENCE:
        return newcombe(k, n, k2, n2, level), np.zeros(k.shape, dtype=np.bool_)
    low, high, mover = ratio_limits(k, n, k2, n2, level)
    return (low, high), mover


def _rate(k: float, n: float, ends: Limits, i: int, level: float) -> Measured:
    if n == 0:
        return Undefined("the group holds no row")
    interval = Interval(float(ends[0][i]), float(ends[1][i]), level, "Wilson")
    return Estimate(float(k / n), interval, "count over total", float(n))


def _against(
    i: int,
    counts: tuple[Array, Array, Array, Array],
    plain: tuple[Limits, Flags],
    joint: tuple[Limits, Flags],
    each: float,
    policy: Policy,
) -> tuple[Measured, Interval | None]:
    k, n, k2, n2 = (float(x[i]) for x in counts)
    if n == 0:
        return Undefined("the group holds no row"), None
    if n2 == 0 or (k2 == 0 and policy.by is By.RATIO):
        return Undefined("the reference has no row, or a rate of 0"), None
    ratio = policy.by is By.RATIO
    value = (k / n) / (k2 / n2) if ratio else k / n - k2 / n2
    name = "Newcombe" if not ratio else "MOVER-R" if plain[1][i] else "log-ratio delta"
    ends, wide = ((float(x[0][0][i]), float(x[0][1][i])) for x in (plain, joint))
    found = Estimate(value, Interval(*ends, policy.level, name), f"{policy.by} of rates", n + n2)
    return found, Interval(*wide, each, name)


def _needed(k2: float, n2: float, policy: Policy) -> float:
    if policy.threshold is None or n2 == 0:
        return 0.0
    return rows_needed(float(k2 / n2), policy.threshold, policy.by, policy.chance)


def _verdict(
    against: Measured,
    wide: Interval | None,
    n: float,
    needed: float,
    small: bool,
    policy: Policy,
) -> Judgement:
    if isinstance(against, Undefined) or wide is None:
        return judge(against, policy.threshold)
    if small:
        why = f"under {policy.minimum_share:.1%} of the rows: left out by the policy"
        verdict = Verdict.NOT_ENOUGH_DATA if policy.threshold else Verdict.NOT_JUDGED
        return Judgement(verdict, why)
    if policy.threshold is None:
        return judge(against, None)
    if n < ROUNDED * needed:
        return Judgement(Verdict.NOT_ENOUGH_DATA, f"{n:g} rows; the rule asks for {needed:g}")
    return judge(Estimate(against.value, wide, against.method, against.n), policy.threshold)
