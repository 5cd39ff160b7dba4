"""Performance of a classifier from confusion counts and sums; of a regression from sums."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf, isfinite, sqrt

import numpy as np
import numpy.typing as npt

from dutybound.measure.checks import CountError, check_counts, check_pair
from dutybound.measure.intervals import mean, rate, wilson, z_value
from dutybound.terms.measure import Estimate, Interval, Measured, Undefined


@dataclass(frozen=True, slots=True)
class Classification:
    """Rates in [0, 1] of one confusion table."""

    accuracy: Measured
    balanced_accuracy: Measured
    precision: Measured
    recall: Measured
    specificity: Measured
    f_score: Measured


def classification(
    tp: float, fp: float, fn: float, tn: float, *, beta: float = 1.0, level: float = 0.95
) -> Classification:
    """The usual rates of a classifier on its labelled rows.

    tp, fp, fn, tn: rows. beta: weight of recall in the F score, above 0. Each is Undefined where
    its denominator is 0. Limits: accuracy rests on the mix of classes; all rest on the threshold in
    use and on the rows that have a label.
    """
    tp, fp, fn, tn = check_counts([tp, fp, fn, tn], "counts").tolist()
    if not (isfinite(beta) and beta > 0):
        raise CountError("`beta` is above 0.")
    return Classification(
        accuracy=rate(tp + tn, tp + fp + fn + tn, level),
        balanced_accuracy=balanced_accuracy(tp, fp, fn, tn, level),
        precision=rate(tp, tp + fp, level),
        recall=rate(tp, tp + fn, level),
        specificity=rate(tn, tn + fp, level),
        f_score=f_score(tp, fp, fn, beta=beta, level=level),
    )


def balanced_accuracy(tp: float, fp: float, fn: float, tn: float, level: float = 0.95) -> Measured:
    """Mean of recall and specificity; interval from their Wilson limits, as Newcombe's for sums."""
    positives, negatives = tp + fn, fp + tn
    if min(positives, negatives) == 0:
        return Undefined("balanced accuracy needs rows of both classes")
    shares = np.array([tp / positives, tn / negatives])
    low, high = wilson([tp, tn], [positives, negatives], level)
    value = float(shares.mean())
    below = sqrt(float(((shares - low) ** 2).sum())) / 2
    above = sqrt(float(((high - shares) ** 2).sum())) / 2
    interval = Interval(max(0.0, value - below), min(1.0, value + above), level, "Wilson, joined")
    return Estimate(value, interval, "mean of two rates", positives + negatives)


def f_score(tp: float, fp: float, fn: float, *, beta: float = 1.0, level: float = 0.95) -> Measured:
    """The F score, in [0, 1]; the harmonic mean of precision and recall for beta 1.

    Undefined if nothing was selected and nothing is positive. Interval: for beta 1 from Wilson's
    interval of tp / (tp + fp + fn), of which it is a function; else delta method.
    Limits: true negatives do not count.
    """
    tp, fp, fn = check_counts([tp, fp, fn], "counts").tolist()
    n = tp + fp + fn
    if n == 0:
        return Undefined("nothing was selected and nothing is positive")
    b2 = beta * beta
    whole = (1 + b2) * tp + b2 * fn + fp
    value = (1 + b2) * tp / whole
    if beta == 1:
        low, high = (float(x[0]) for x in wilson([tp], [n], level))
        interval = Interval(
            2 * low / (1 + low), 2 * high / (1 + high), level, "Wilson, transformed"
        )
        return Estimate(value, interval, "F1", n)
    slope = (1 + b2) / whole**2 * np.array([whole - (1 + b2) * tp, -tp, -b2 * tp])
    shares = np.array([tp, fp, fn])
    half = z_value(level) * sqrt(float(shares @ slope**2))
    interval = Interval(max(0.0, value - half), min(1.0, value + half), level, "delta")
    return Estimate(value, interval, f"F{beta:g}", n)


def brier(squared: float, fourth: float, n: float, level: float = 0.95) -> Measured:
    """Mean squared distance of score and label, in [0, 1]. Source: Brier 1950.

    squared, fourth: sums of the second and fourth power of that distance. Undefined for n < 2.
    Limits: mixes calibration and separation.
    """
    return mean(squared, fourth, n, level)


def log_loss(total: float, squares: float, n: float, level: float = 0.95) -> Measured:
    """Mean of -ln(score of the label that came), in nats, >= 0.

    total, squares: its sum and sum of squares. Undefined for n < 2, and if a score of exactly 0 or
    1 was wrong: then it is infinite. Limits: one row can rule it.
    """
    if np.isnan(total) or np.isnan(squares):
        raise CountError("The sums of the log loss are missing.")
    if not (isfinite(total) and isfinite(squares)):
        return Undefined("a score of 0 or 1 was wrong: the log loss is infinite")
    return mean(total, squares, n, level)


def binned_log_loss(
    positives: npt.ArrayLike, negatives: npt.ArrayLike, level: float = 0.95
) -> Measured:
    """`log_loss` from labelled rows by score, shape (k,) each: k bins of equal width over 0 to 1.

    The value takes a row to the middle of its bin; `bound` is what the bins can hide. It has no
    upper end if a positive is in the first bin or a negative in the last: such a score can be 0
    or 1, and the loss infinite. Undefined for fewer than two rows.
    """
    p, q = check_pair(positives, negatives, ("positives", "negatives"))
    k, n = p.size, float(p.sum() + q.sum())
    at, edges = (np.arange(k) + 0.5) / k, np.arange(k + 1) / k
    right, wrong = -np.log(at), -np.log1p(-at)
    total = float(p @ right + q @ wrong)
    found = mean(total, float(p @ right**2 + q @ wrong**2), n, level)
    if isinstance(found, Undefined):
        return found
    with np.errstate(divide="ignore"):
        ends = -np.log(edges)  # infinite at 0, 0 at 1
    least = float(p @ np.maximum(ends[1:], 0.0) + q @ np.maximum(ends[1:][::-1], 0.0)) / n
    open_ = p[0] > 0 or q[-1] > 0
    note = "a score can be 0 or 1 and wrong, so the bound has no upper end" if open_ else ""
    most = inf if open_ else float(p[1:] @ ends[1:-1] + q[:-1] @ ends[1:-1][::-1]) / n
    return Estimate(
        found.value, found.interval, f"log loss, {k} bins", n, (min(least, found.value), most), note
    )


# ------------------------------------------------------------------ regression
def mean_absolute_error(absolute: float, squared: float, n: float, level: float = 0.95) -> Measured:
    """MAE, in the unit of the target, >= 0. absolute, squared: sums over rows. Undefined: n < 2."""
    return mean(absolute, squared, n, level)


def root_mean_squared_error(
    squared: float, fourth: float, n: float, level: float = 0.95
) -> Measured:
    """RMSE, in the unit of the target, >= 0. squared, fourth: sums of powers of the error.

    Undefined for n < 2. Interval: that of the mean squared error, its root taken.
    Limits: needs a fourth moment that exists; on heavy tails use the MAE.
    """
    found = mean(squared, fourth, n, level)
    if isinstance(found, Undefined) or found.interval is None:
        return found
    low, high = (sqrt(max(0.0, x)) for x in (found.interval.low, found.interval.high))
    return Estimate(sqrt(found.value), Interval(low, high, level, "normal, root"), "RMSE", n)


def r_squared(squared: float, total: float, squares: float, n: float) -> Measured:
    """1 - residual sum over total sum of squares, at most 1 and without lower end.

    squared: sum of squared errors; total, squares: sum and sum of squares of the target.
    Undefined for n < 2 or a target without spread. No interval: sums of single powers give none.
    """
    if not all(isfinite(x) for x in (squared, total, squares)) or squared < 0:
        raise CountError("R2 needs finite sums and squared errors >= 0.")
    if n < 2:
        return Undefined(f"R2 needs two rows; there are {n:g}")
    spread = squares - total * total / n
    if spread <= 1e-12 * abs(squares):
        return Undefined("the target has no spread")
    note = "these sums give no interval"
    return Estimate(1 - squared / spread, None, "1 - SSE / SST", n, note=note)


def interval_coverage(inside: float, n: float, level: float = 0.95) -> Measured:
    """Share of rows whose outcome fell inside the predicted interval, in [0, 1]. Undefined: n = 0.

    Compare it with the share that the model promises. Limits: wide intervals cover easily.
    """
    return rate(inside, n, level)
