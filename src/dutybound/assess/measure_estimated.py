"""Performance estimated without labels: always marked, and only while its assumption holds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from dutybound.assess.measure_lines import LEVEL, Chosen, Line
from dutybound.assess.measure_performance import (
    CURVE_BINS,
    NO_DECISION,
    confusion_of,
    curve_of,
    probability,
)
from dutybound.assess.measure_scores import score_moments
from dutybound.measure.calibration import Reliability
from dutybound.measure.checks import Array
from dutybound.measure.effective import Moments, kish_scale
from dutybound.measure.estimated import (
    Assumption,
    Estimated,
    calibration_assumption,
    estimated_performance,
)
from dutybound.measure.multiplicity import bonferroni_level
from dutybound.measure.verdict import judge
from dutybound.measure.weighted import auc_of, classification_of
from dutybound.terms.measure import Estimate, Judgement, Measured, Undefined, Verdict
from dutybound.warehouse.profile import SCORE_BINS, Profile

PART: Final = "estimated"
MEASURE: Final = "estimated-performance"
METRICS: Final = ("accuracy", "precision", "recall", "auc")
WITHOUT, WITH = "rows without a label", "labelled rows"
LABELLED: Final = {WITHOUT: (2, 3), WITH: (0, 1)}  # levels of the dimension `label`


@dataclass(frozen=True)
class Test:
    """The test of the assumption. window: whose labelled rows it was made on, or None. rows: how
    many. tolerance, why: as chosen. measured: performance on the labelled rows of the current
    window, beside what the estimate says of the same rows."""

    window: str | None
    rows: int
    tolerance: float
    why: str
    assumption: Assumption
    measured: dict[str, Measured]
    estimated: dict[str, Measured]


def estimated_test(current: Profile, reference: Profile | None, chosen: Chosen) -> Test | None:
    """The test of the assumption; None if nobody chose a tolerance.

    On the labelled rows of the current window; if there are none, on those of the reference.
    """
    config = chosen.config
    if config.estimated is None:
        return None
    window, rows, table = _labelled(current, reference, chosen)
    assumption = calibration_assumption(table, config.estimated.tolerance, chosen.level)
    mine = _estimated(current, WITH, assumption, chosen, LEVEL)
    return Test(
        window,
        rows,
        config.estimated.tolerance,
        config.estimated.why,
        assumption,
        _measured(current, chosen),
        {m: getattr(mine, m) for m in METRICS},
    )


def estimated_lines(current: Profile, chosen: Chosen, test: Test | None) -> Iterator[Line]:
    """Lines for the rows that have no label, each marked as an estimate."""
    if test is None:
        return
    each = bonferroni_level(chosen.level, len(METRICS))
    shown, wide = (
        _estimated(current, WITHOUT, test.assumption, chosen, level) for level in (LEVEL, each)
    )
    for metric in METRICS:
        found, joint = getattr(shown, metric), getattr(wide, metric)
        threshold = chosen.of(MEASURE, metric)
        judgement = judge(joint, threshold)
        judged = judgement.verdict in (Verdict.BREACH, Verdict.NO_BREACH)
        if judged and test.assumption.judgement.verdict is not Verdict.NO_BREACH:
            why = f"not shown that the scores are calibrated: {test.assumption.judgement.why}"
            judgement = Judgement(Verdict.NOT_ENOUGH_DATA, why)
        interval = joint.interval if isinstance(joint, Estimate) else None
        rows = found.n if isinstance(found, Estimate) else None
        yield Line(
            PART, MEASURE, metric, found, judgement, WITHOUT, threshold, rows=rows,
            judged_on=interval,
        )  # fmt: skip


def _labelled(
    current: Profile, reference: Profile | None, chosen: Chosen
) -> tuple[str | None, int, Reliability | None]:
    """The window, its labelled rows with a score, and their curve."""
    if chosen.config.label is None or chosen.config.label.kind == "number":
        return None, 0, None
    for name, profile in (("current", current), ("reference", reference)):
        if profile is not None and profile.scores is not None:
            curve = curve_of(profile, chosen.config.score)
            rows = int(profile.scores.over("label", "bin")[:2, :SCORE_BINS].sum())
            if not isinstance(curve, Undefined) and rows > 0:
                return name, rows, curve
    return None, 0, None


def _estimated(
    profile: Profile, rows: str, assumption: Assumption, chosen: Chosen, level: float
) -> Estimated:
    """From the sums by decision; the area under the curve from the bins of the score."""
    none = probability(chosen.config.score)
    if none is not None or profile.scores is None:
        reason = none or Undefined("the table was counted without its score")
        return Estimated(assumption, reason, reason, reason, reason)
    labels = list(LABELLED[rows])
    cells = next(iter(profile.groups.values()))
    found = score_moments(cells, "label", "decision")
    moments = Moments(*(x[:, labels, :2].sum(axis=1) for x in (found.weight, found.square)))
    scored = profile.scores.weighed("label", "bin")[labels, :SCORE_BINS].sum(axis=0)
    ranked = _area(scored.weight * kish_scale(scored), assumption, level)
    if chosen.config.decision is None:
        return Estimated(assumption, NO_DECISION, NO_DECISION, NO_DECISION, ranked)

    def at(scale: float) -> Estimated:
        n, total, squares = moments.weight * scale
        return estimated_performance(n, total, [False, True], assumption, level, squares=squares)

    all_of_them, selected = chance_scale(moments), chance_scale(moments[1:])
    both = at(all_of_them)
    return Estimated(assumption, both.accuracy, at(selected).precision, both.recall, ranked)


def chance_scale(moments: Moments) -> float:
    """The scale for a share of expected positives: by the variance of labels given scores."""
    total, square = (float(x[0].sum()) for x in (moments.weight, moments.square))
    simple, linear = (float((x[1] - x[2]).sum()) for x in (moments.weight, moments.square))
    kish = total / square if square > 0 else 1.0
    return min(kish, simple / linear) if min(simple, linear) > 0 else kish


def _area(bins: Array, assumption: Assumption, level: float) -> Measured:
    at = (np.arange(bins.size) + 0.5) / bins.size
    none = np.zeros(bins.size, dtype=np.bool_)
    return estimated_performance(bins, bins * at, none, assumption, level).auc


def _measured(current: Profile, chosen: Chosen) -> dict[str, Measured]:
    """The same figures from the labels themselves, where there are any."""
    found: dict[str, Measured] = dict.fromkeys(METRICS, Undefined("there is no labelled row"))
    cells = next(iter(current.groups.values()))
    table = cells.weighed("label", "decision")
    if table.rows[:2].sum() == 0:
        return found
    if chosen.config.decision is not None:
        real = classification_of(*confusion_of(table))
        found |= {m: getattr(real, m) for m in ("accuracy", "precision", "recall")}
    if current.scores is not None:
        by = current.scores.weighed("label", "bin")[:, :SCORE_BINS]
        single = np.zeros(SCORE_BINS, dtype=np.bool_)
        found["auc"] = auc_of(by[1], by[0], single=single)
    return found


def estimated_words(test: Test) -> Iterator[str]:
    """What a reader has to know before the values."""
    yield (
        "These are estimates from the scores, not from labels. They hold if a score of 0.7 means a "
        "chance of 0.7, and they cannot see that the same score has come to mean another risk."
    )
    where = "no labelled row" if test.window is None else (
        f"{test.rows:,} labelled rows of the {test.window} window"
    )  # fmt: skip
    said = {
        Verdict.NO_BREACH: "holds",
        Verdict.BREACH: "does not hold, so there is no estimate",
    }.get(test.assumption.judgement.verdict, "could not be shown, so nothing is judged by it")
    yield (
        f"Tested on {where} in {CURVE_BINS} bins, at a calibration error of at most "
        f"{test.tolerance:g} ({test.why}): the assumption {said}."
    )
    yield f"Why: {test.assumption.judgement.why}."
