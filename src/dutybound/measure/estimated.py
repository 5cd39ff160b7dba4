"""Performance estimated without labels, from what the scores themselves promise.

Every value is marked as an estimate, and its one assumption, that the scores are calibrated, is
tested on the rows that do have labels. A broken assumption gives no value.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

import numpy as np
import numpy.typing as npt

from dutybound.measure.calibration import (
    Reliability,
    calibration_in_the_large,
    expected_calibration_error,
    reliability,
)
from dutybound.measure.checks import Array, CountError, Flags, check_numbers, check_same
from dutybound.measure.intervals import z_value
from dutybound.measure.ranking import area
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

MARK = "estimated without labels from calibrated scores"


@dataclass(frozen=True, slots=True)
class Assumption:
    """Calibration on labelled rows. judgement: no_breach: it holds within the tolerance; breach: it
    does not; not_enough_data: it could not be tested well enough, and nobody may rely on it."""

    judgement: Judgement
    error: Measured
    bias: Measured


@dataclass(frozen=True, slots=True)
class Estimated:
    """Performance that the scores promise. Undefined throughout if the assumption is broken."""

    assumption: Assumption
    accuracy: Measured
    precision: Measured
    recall: Measured
    auc: Measured


def calibration_assumption(
    labelled: Reliability | None, tolerance: float, level: float = 0.95
) -> Assumption:
    """Whether scores are calibrated within a tolerance, a largest calibration error in (0, 1)."""
    if not 0 < tolerance < 1:
        raise CountError("`tolerance` lies between 0 and 1.")
    if labelled is None or labelled.n.sum() == 0:
        none = Undefined("there is no labelled row")
        why = Judgement(Verdict.NOT_ENOUGH_DATA, "not tested: there is no labelled row")
        return Assumption(why, none, none)
    error = expected_calibration_error(labelled, level=level)
    verdict = judge(error, Threshold(tolerance, Side.AT_MOST))
    return Assumption(verdict, error, calibration_in_the_large(labelled, level))


def estimated_performance(
    n: npt.ArrayLike,
    score_sum: npt.ArrayLike,
    selected: npt.ArrayLike,
    assumption: Assumption,
    level: float = 0.95,
    *,
    squares: npt.ArrayLike | None = None,
) -> Estimated:
    """What a classifier's performance is if its scores are probabilities.

    n, score_sum: shape (k,), rows and sum of scores by score bin, rising. selected: shape (k,),
    true for bins at or above the threshold. squares: shape (k,), sums of squared scores, where bins
    are wide; None: every row has the mean score of its bin. Expected counts stand in for labels: of
    the rows of a bin a share equal to its mean score is positive. Intervals: what chance does to
    the labels given the scores (delta method); none for the doubt in the assumption. Each is
    Undefined where its denominator is 0. Source: confidence-based performance estimation, Garg and
    others 2022 (ICLR) and NannyML's documentation.
    Limits: concept drift, where the same score means another risk, is invisible to it.
    """
    table = reliability(n, score_sum, np.zeros(np.shape(n)))
    chosen: Flags = np.asarray(selected, dtype=np.bool_)
    if chosen.shape != table.n.shape:
        raise CountError("`selected` needs one flag for each bin.")
    if assumption.judgement.verdict is Verdict.BREACH:
        none = Undefined(f"scores are not calibrated: {assumption.judgement.why}")
        return Estimated(assumption, none, none, none, none)
    rows, p = table.n, table.score
    spread = _spread(table, squares)
    positives, right = rows * p, np.where(chosen, p, 1 - p)
    ranked = area(positives, rows - positives, rows * 0 + 1, level)
    if isinstance(ranked, Estimate):
        ranked = Estimate(
            ranked.value,
            None,
            f"AUC, {MARK}",
            ranked.n,
            ranked.bound,
            note="no interval: labels are expected, not seen",
        )
    return Estimated(
        assumption,
        accuracy=_share(rows * right, rows, spread, "accuracy", level),
        precision=_share(positives[chosen], rows[chosen], spread[chosen], "precision", level),
        recall=_recall(positives, spread, chosen, level),
        auc=ranked,
    )


def _spread(table: Reliability, squares: npt.ArrayLike | None) -> Array:
    """Variance of the number of positives in each bin: the sum of p (1 - p) over its rows."""
    expected = table.n * table.score
    if squares is None:
        return expected * (1 - table.score)
    second = check_numbers(squares, "squares")
    check_same(second, expected, ("squares", "n"))
    found: Array = np.clip(expected - second, 0.0, expected * (1 - table.score))
    return found


def _share(part: Array, whole: Array, variance: Array, name: str, level: float) -> Measured:
    total = float(whole.sum())
    if total == 0:
        return Undefined(f"{name} has no row in its denominator")
    value = float(part.sum()) / total
    half = z_value(level) * sqrt(float(variance.sum())) / total
    return _marked(value, half, name, total, level)


def _recall(positives: Array, variance: Array, chosen: Flags, level: float) -> Measured:
    total = float(positives.sum())
    if total == 0:
        return Undefined("recall expects no positive")
    value = float(positives[chosen].sum()) / total
    spread = (1 - value) ** 2 * float(variance[chosen].sum())
    spread += value**2 * float(variance[~chosen].sum())
    return _marked(value, z_value(level) * sqrt(spread) / total, "recall", total, level)


def _marked(value: float, half: float, name: str, n: float, level: float) -> Estimate:
    low, high = max(0.0, value - half), min(1.0, value + half)
    return Estimate(
        value, Interval(low, high, level, "delta, labels given scores"), f"{name}, {MARK}", n
    )
