"""Performance and calibration: overall, by segment and over time, with label coverage."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np

from dutybound.assess.measure_lines import ALL, LEVEL, Chosen, Line
from dutybound.assess.measure_regression import regression_lines
from dutybound.assess.measure_scores import score_moments
from dutybound.measure.calibration import (
    Reliability,
    calibration_in_the_large,
    expected_calibration_error,
)
from dutybound.measure.effective import Moments, Weighed, rate_counts
from dutybound.measure.intervals import mean
from dutybound.measure.labels import label_coverage
from dutybound.measure.performance import brier
from dutybound.measure.ranking import gini
from dutybound.measure.weighted import (
    auc_of,
    brier_scale,
    classification_of,
    ks_separation_of,
    log_loss_of,
    rate_of,
    reliability_of,
)
from dutybound.terms.measure import Measured, Undefined
from dutybound.terms.table import Score
from dutybound.warehouse.cells import Cells
from dutybound.warehouse.profile import SCORE_BINS, Profile

CURVE_BINS: Final = 20
LARGE: Final = "calibration-in-the-large"
NEGATIVE, POSITIVE = 0, 1  # levels of the dimension `label`
NO_LABEL = Undefined("the configuration names no label")
NO_SCORE = Undefined("the configuration names no score")
NO_DECISION = Undefined("the configuration names no decision")


def performance_lines(
    current: Profile, reference: Profile | None, chosen: Chosen
) -> Iterator[Line]:
    """Lines for all rows, then for segments, then for buckets of time."""
    label = chosen.config.label
    if label is not None and label.kind == "number":
        yield from regression_lines(current, reference, chosen)
        return
    if label is None:
        for measure in ("label-coverage", "accuracy", "auc"):
            yield chosen.line("performance", measure, ALL, NO_LABEL)
        yield chosen.line("calibration", "calibration", ALL, NO_LABEL)
        return
    before = dict(_overall(reference, chosen)) if reference is not None else {}
    strict = chosen.level != LEVEL
    wide = dict(_overall(current, chosen, chosen.level)) if strict else {}
    for at, found in _overall(current, chosen):
        yield chosen.line(*at, ALL, found, wide=wide.get(at), before=before.get(at))
    yield from _segments(current, chosen)
    yield from _time(current, chosen)


# ---------------------------------------------------------------------- all rows
def _overall(
    profile: Profile, chosen: Chosen, level: float = LEVEL
) -> Iterator[tuple[tuple[str, str], Measured]]:
    cells, score = next(iter(profile.groups.values())), chosen.config.score
    table = cells.weighed("label", "decision")
    for measure, found in _decided(table, chosen, level):
        yield ("performance", measure), found
    for measure, found in _separation(profile.scores, score, level):
        yield ("performance", measure), found
    yield ("performance", "brier"), _brier(cells, profile.scores, score, level)
    yield ("performance", "log-loss"), _log_loss(profile.scores, score, level)
    if score is not None:
        yield ("calibration", LARGE), _bias(score, score_moments(cells, "label"), level)
    curve = curve_of(profile, score)
    if isinstance(curve, Undefined):
        error: Measured = curve
    else:
        error = expected_calibration_error(curve, level=level)
    yield ("calibration", "calibration"), error


def _decided(
    table: Weighed, chosen: Chosen, level: float = LEVEL
) -> Iterator[tuple[str, Measured]]:
    """Measures of a (label, decision) table, shape (4, 3)."""
    yield "label-coverage", coverage(table[:2].sum(), table[2:].sum(), level)
    if chosen.config.decision is None:
        yield "accuracy", NO_DECISION
        return
    tp, fp, fn, tn = confusion_of(table)
    found = classification_of(tp, fp, fn, tn, level)
    for measure in ("accuracy", "balanced_accuracy", "precision", "recall", "f_score"):
        yield measure.replace("_", "-"), getattr(found, measure)
    yield "false-positive-rate", rate_of(fp, tn, level)
    yield "false-negative-rate", rate_of(fn, tp, level)


def confusion_of(table: Weighed) -> tuple[Weighed, Weighed, Weighed, Weighed]:
    """tp, fp, fn and tn of a (label, decision) table, shape (4, 3)."""
    return table[POSITIVE, 1], table[NEGATIVE, 1], table[POSITIVE, 0], table[NEGATIVE, 0]


def coverage(labelled: Weighed, others: Weighed, level: float = LEVEL) -> Measured:
    """The share of rows with a label."""
    k, n = rate_counts(labelled, others)
    return label_coverage(float(k), float(n), level)


def _separation(
    cells: Cells | None, score: Score | None, level: float
) -> Iterator[tuple[str, Measured]]:
    if cells is None or score is None:
        for measure in ("auc", "gini", "ks-separation"):
            yield measure, NO_SCORE
        return
    table = cells.weighed("label", "bin")[:, :SCORE_BINS]
    seen = table.rows[:2].sum(axis=0) > 0
    if not seen.any():
        seen[:1] = True
    positives, negatives = table[POSITIVE, seen], table[NEGATIVE, seen]
    single = np.zeros(int(seen.sum()), dtype=np.bool_)
    area = auc_of(positives, negatives, single=single, level=level)
    yield "auc", area
    yield "gini", gini(area)
    yield "ks-separation", ks_separation_of(positives, negatives, single=single, level=level)


def probability(score: Score | None) -> Undefined | None:
    """Why a score cannot be read as a chance; None if it can."""
    if score is None:
        return NO_SCORE
    if (score.low, score.high) != (0.0, 1.0):
        return Undefined(f"the score runs from {score.low:g} to {score.high:g}: it is no chance")
    return None


def _brier(cells: Cells, bins: Cells | None, score: Score | None, level: float) -> Measured:
    """The sum of squares is exact; the fourth powers, for the interval, are from the bins."""
    none = probability(score)
    if none is not None or bins is None:
        return none or NO_SCORE
    n, total, squares = score_moments(cells, "label").weight[:, :2]
    second = squares[NEGATIVE] + n[POSITIVE] - 2 * total[POSITIVE] + squares[POSITIVE]
    at = (np.arange(SCORE_BINS) + 0.5) / SCORE_BINS
    table = bins.weighed("label", "bin")[:, :SCORE_BINS]
    negatives, positives = table[NEGATIVE], table[POSITIVE]
    fourth = float(negatives.weight @ at**4 + positives.weight @ (1 - at) ** 4)
    scale = brier_scale(positives, negatives)
    return brier(max(0.0, float(second)) * scale, fourth * scale, float(n.sum()) * scale, level)


def _bias(score: Score | None, sums: Moments, level: float) -> Measured:
    """Mean score minus share of positives; exact, with the spread that the rows show.

    sums: shape (3, 4), by label. With weights the size is Kish's.
    """
    none = probability(score)
    if none is not None:
        return none
    n, total, squares = sums.weight[:, :2]
    first = float(total.sum() - n[POSITIVE])
    second = max(0.0, float(squares.sum() + n[POSITIVE] - 2 * total[POSITIVE]))
    size = float(sums.square[0, :2].sum())
    scale = float(n.sum()) / size if size > 0 else 1.0
    return mean(first * scale, second * scale, float(n.sum()) * scale, level)


def _log_loss(bins: Cells | None, score: Score | None, level: float) -> Measured:
    none = probability(score)
    if none is not None or bins is None:
        return none or NO_SCORE
    table = bins.weighed("label", "bin")[:, :SCORE_BINS]
    return log_loss_of(table[POSITIVE], table[NEGATIVE], level)


def curve_of(
    profile: Profile, score: Score | None, *, apart: bool = False
) -> Reliability | Undefined:
    """Labelled rows in 20 bins of equal width, for the reliability curve.

    Mean scores are of the 10,000 fine bins' middles: at most 0.00005 off. apart: for the interval
    of each bin alone, see `reliability_of`.
    """
    none = probability(score)
    if none is not None or profile.scores is None:
        return none or NO_SCORE
    return _curve(profile.scores.weighed("label", "bin")[:, :SCORE_BINS], apart=apart)


def _curve(table: Weighed, *, apart: bool = False) -> Reliability:
    fine = table.weight.shape[1]
    at = (np.arange(fine) + 0.5) / fine
    shape = (CURVE_BINS, fine // CURVE_BINS)
    total = (table.weight[:2].sum(axis=0) * at).reshape(shape).sum(axis=1)
    positives, negatives = (
        table[label].reshape(*shape).sum(axis=1) for label in (POSITIVE, NEGATIVE)
    )
    return reliability_of(positives, negatives, total, apart=apart)


# ---------------------------------------------------------------------- segments
def _segments(profile: Profile, chosen: Chosen) -> Iterator[Line]:
    grounded = [p.by.name for p in chosen.config.protected if p.grounds]
    for name in grounded:
        cells = profile.by(name)
        yield from _by(cells, name, chosen)
        scored = next((c for c in profile.group_scores.values() if name in c.dims), None)
        if scored is not None:
            yield from _scored_by(scored, name, chosen)
    for factor, cells in profile.factors.items():
        yield from _by(cells, factor, chosen)
    if chosen.config.model_version is not None:
        yield from _by(next(iter(profile.groups.values())), "version", chosen)
        if profile.scores is not None:
            yield from _scored_by(profile.scores, "version", chosen)


SEGMENT: Final = ("label-coverage", "accuracy", "precision", "recall")


def _by(cells: Cells, name: str, chosen: Chosen) -> Iterator[Line]:
    for group, part, family in _parts(cells, name, "decision"):

        def make(level: float, part: Weighed = part) -> list[tuple[str, Measured]]:
            return [x for x in _decided(part, chosen, level) if x[0] in SEGMENT]

        rows = float(part.rows.sum())
        yield from chosen.lines("segments", name, make, family, group=group, rows=rows)


def _parts(cells: Cells, name: str, last: str) -> Iterator[tuple[str, Weighed, int]]:
    """Each level with rows: its name, its table by label, and how many such levels there are."""
    table = cells.weighed(name, "label", last)
    found = [(group, table[i]) for i, group in enumerate(cells.levels[name]) if table.rows[i].any()]
    for group, part in found:
        yield group, part, len(found)


def _scored_by(cells: Cells, name: str, chosen: Chosen) -> Iterator[Line]:
    """AUC by group, from score bins, and calibration where the score is a chance."""
    chance = probability(chosen.config.score) is None
    for group, part, family in _parts(cells, name, "bin"):

        def make(level: float, found: Weighed = part[:, :-2]) -> Iterator[tuple[str, Measured]]:
            single = np.zeros(found.rows.shape[1], dtype=np.bool_)
            yield "auc", auc_of(found[POSITIVE], found[NEGATIVE], single=single, level=level)
            if chance:
                curve = _curve(found)
                yield "calibration-within-groups", calibration_in_the_large(curve, level)
                error = expected_calibration_error(curve, level=level)
                yield "calibration-error-within-groups", error

        rows = float(part.rows.sum())
        yield from chosen.lines("segments", name, make, family, group=group, rows=rows)


# ---------------------------------------------------------------------- time
def _time(profile: Profile, chosen: Chosen) -> Iterator[Line]:
    cells, score = profile.buckets, chosen.config.score
    if cells is None:
        return
    place = {level: i for i, level in enumerate(cells.levels["bucket"])}
    sums = None if score is None else score_moments(cells, "bucket", "label")
    for bucket, part, family in _parts(cells, "bucket", "decision"):
        at = place[bucket]
        mine = None if sums is None else Moments(sums.weight[:, at], sums.square[:, at])

        def make(
            level: float, part: Weighed = part, mine: Moments | None = mine
        ) -> Iterator[tuple[str, Measured]]:
            yield from (x for x in _decided(part, chosen, level) if x[0] in SEGMENT)
            if mine is not None and probability(score) is None:
                yield LARGE, _bias(score, mine, level)
            if chosen.config.decision is not None:
                decided = part.sum(axis=0)
                yield "selection-rate", rate_of(decided[1], decided[0], level)

        rows = float(part.rows.sum())
        yield from chosen.lines("time", "time", make, family, group=bucket, rows=rows)
