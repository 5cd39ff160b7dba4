"""Measures of weighted rows: the functions for counts, each on the effective counts it needs.

Values are those of the weighted table. With one weight for all rows they are those of the rows.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from dutybound.measure.calibration import Reliability, reliability
from dutybound.measure.checks import Array
from dutybound.measure.effective import (
    Weighed,
    binned_scale,
    curve_scale,
    mean_scale,
    rate_counts,
    rate_scale,
)
from dutybound.measure.inequality import BENEFIT, Theil, influence, theil
from dutybound.measure.intervals import rate
from dutybound.measure.performance import (
    Classification,
    balanced_accuracy,
    binned_log_loss,
    f_score,
)
from dutybound.measure.ranking import auc, ks_separation
from dutybound.measure.rates import Confusion
from dutybound.terms.measure import Measured, Undefined


def rate_of(yes: Weighed, no: Weighed, level: float = 0.95) -> Measured:
    """The share of `yes` among `yes` and `no`, one cell each, in [0, 1], with Wilson's interval.

    Undefined without rows.
    """
    k, n = rate_counts(yes, no)
    return rate(float(k), float(n), level)


def classification_of(
    tp: Weighed, fp: Weighed, fn: Weighed, tn: Weighed, level: float = 0.95
) -> Classification:
    """`classification` of weighted rows, one cell each. Undefined as there."""
    positives, negatives = rate_scale(tp, fn), rate_scale(tn, fp)
    split = [
        float(x.weight * s)
        for x, s in ((tp, positives), (fp, negatives), (fn, positives), (tn, negatives))
    ]
    joint = rate_scale(tp, fp + fn)
    return Classification(
        accuracy=rate_of(tp + tn, fp + fn, level),
        balanced_accuracy=balanced_accuracy(split[0], split[1], split[2], split[3], level),
        precision=rate_of(tp, fp, level),
        recall=rate_of(tp, fn, level),
        specificity=rate_of(tn, fp, level),
        f_score=f_score(*(float(x.weight * joint) for x in (tp, fp, fn)), level=level),
    )


def auc_of(
    positives: Weighed,
    negatives: Weighed,
    *,
    single: npt.ArrayLike | None = None,
    level: float = 0.95,
) -> Measured:
    """`auc` of weighted rows by score bin, shape (k,) each. Undefined as there."""
    p, q = positives.weight, negatives.weight
    m, n = float(p.sum()), float(q.sum())
    if min(m, n) == 0:
        return auc(p, q, single=single, level=level)
    below, above = (np.cumsum(q) - q / 2) / n, 1 - (np.cumsum(p) - p / 2) / m
    scales = mean_scale(below, positives), mean_scale(above, negatives)
    return auc(p * scales[0], q * scales[1], single=single, level=level)


def ks_separation_of(
    positives: Weighed,
    negatives: Weighed,
    *,
    single: npt.ArrayLike | None = None,
    level: float = 0.95,
) -> Measured:
    """`ks_separation` of weighted rows by score bin, shape (k,) each. Undefined as there."""
    p, q = (x.weight * curve_scale(x) for x in (positives, negatives))
    return ks_separation(p, q, single=single, level=level)


def log_loss_of(positives: Weighed, negatives: Weighed, level: float = 0.95) -> Measured:
    """`binned_log_loss` of weighted rows by score bin, shape (k,) each. Undefined as there."""
    k = positives.weight.size
    at = (np.arange(k) + 0.5) / k
    scale = _joint_scale(-np.log(at), -np.log1p(-at), positives, negatives)
    return binned_log_loss(positives.weight * scale, negatives.weight * scale, level)


def brier_scale(positives: Weighed, negatives: Weighed) -> float:
    """The scale for the mean squared distance of score and label, from rows by score bin."""
    k = positives.weight.size
    at = (np.arange(k) + 0.5) / k
    return _joint_scale((1 - at) ** 2, at**2, positives, negatives)


def _joint_scale(right: Array, wrong: Array, positives: Weighed, negatives: Weighed) -> float:
    pairs = zip((positives.rows, positives.weight, positives.square),
                (negatives.rows, negatives.weight, negatives.square), strict=True)  # fmt: skip
    both = Weighed(*(np.concatenate(pair) for pair in pairs))
    return mean_scale(np.concatenate([right, wrong]), both)


def reliability_of(
    positives: Weighed, negatives: Weighed, score: Array, *, apart: bool = False
) -> Reliability:
    """`reliability` of weighted rows by bin, shape (k,) each. score: the sum of weighted scores.

    apart: each bin at its own effective size, for its interval alone; else all at one scale, so
    that their sizes are in proportion to the weights.
    """
    scale = rate_scale(positives, negatives) if apart else binned_scale(positives, negatives)
    n = (positives.weight + negatives.weight) * scale
    return reliability(n, np.minimum(score * scale, n), positives.weight * scale)


def theil_of(
    tp: Weighed, fp: Weighed, fn: Weighed, tn: Weighed, labels: tuple[str, ...], level: float = 0.95
) -> Theil | Undefined:
    """`theil` of weighted rows by group, shape (g,) each. Undefined as there."""
    cells = [x.sum() for x in (fn, tp + tn, fp)]
    weight = np.array([float(c.weight) for c in cells])
    square = np.array([float(c.square) for c in cells])
    total = float(weight.sum())
    scale = 1.0
    if total > 0 and float(weight @ BENEFIT) > 0:
        shares = weight / total
        slope = influence(shares, float(shares @ BENEFIT))
        scale = mean_scale(slope, Weighed(weight, weight, square))
    a, b, c, d = (x.weight * scale for x in (tp, fp, fn, tn))
    return theil(Confusion(a, b, c, d, labels), level)


def strata_scale(group: tuple[Weighed, Weighed], reference: tuple[Weighed, Weighed]) -> float:
    """One scale for a ratio of Mantel and Haenszel. Each pair: selected and refused by stratum.

    One for all, since the method weighs strata by their sizes: the strata's own scales, weighed by
    what each adds to the variance of the logarithm of the ratio.
    """
    totals = [yes.weight + no.weight for yes, no in (group, reference)]
    both = (totals[0] > 0) & (totals[1] > 0)
    if not both.any():
        return 1.0
    n, m = (t[both] for t in totals)
    mix = n * m / (n + m)
    simple = linear = 0.0
    for (yes, no), size in ((group, n), (reference, m)):
        p = yes.weight[both] / size
        mean = float((mix * p).sum())
        if mean > 0:
            added = mix**2 * p * (1 - p) / size / mean**2
            simple += float(added.sum())
            linear += float((added / rate_scale(yes[both], no[both])).sum())
    if linear == 0:
        squares = sum(float(x[both].square.sum()) for pair in (group, reference) for x in pair)
        return float(n.sum() + m.sum()) / squares
    return simple / linear
