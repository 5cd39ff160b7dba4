"""Whether scores mean what they say: the share of positives among rows of a score."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

import numpy as np
import numpy.typing as npt

from dutybound.measure.bootstrap import Sampling
from dutybound.measure.checks import Array, CountError, check_numbers, check_parts, check_same
from dutybound.measure.distances import DEFAULT
from dutybound.measure.intervals import rate, z_value
from dutybound.terms.measure import Estimate, Interval, Measured, Undefined

METHOD = "parametric bootstrap, triangle inequality below"


@dataclass(frozen=True, slots=True)
class Reliability:
    """Labelled rows by score bin, shape (k,) each. Make it with `reliability`.

    n: rows; score: their mean score (0 without rows); positives: those with label 1.
    """

    n: Array
    score: Array
    positives: Array

    @property
    def curve(self) -> tuple[tuple[float, Measured], ...]:
        """(mean score, share of positives with Wilson's interval) of each bin with rows."""
        rows = zip(self.score, self.positives, self.n, strict=True)
        return tuple((float(s), rate(float(k), float(n))) for s, k, n in rows if n > 0)


def reliability(
    n: npt.ArrayLike, score_sum: npt.ArrayLike, positives: npt.ArrayLike
) -> Reliability:
    """Checked counts. All of shape (k,); scores in [0, 1]. Raises CountError."""
    k, rows = check_parts(positives, n, ("positives", "n"))
    total = check_numbers(score_sum, "score_sum")
    check_same(rows, total, ("n", "score_sum"))
    if np.any(total < -1e-9) or np.any(total > rows * (1 + 1e-9) + 1e-9):
        raise CountError("`score_sum` lies outside 0 to n: calibration needs scores in 0 to 1.")
    mean = np.clip(np.divide(total, rows, out=np.zeros_like(total), where=rows > 0), 0.0, 1.0)
    return Reliability(rows, mean, k)


def calibration_in_the_large(table: Reliability, level: float = 0.95) -> Measured:
    """Mean score minus share of positives, in [-1, 1]: how much risk is over- or understated.

    Undefined without rows. Interval: normal, for labels given the scores. Limits: errors of
    opposite sign cancel; `expected_calibration_error` does not let them.
    """
    n = float(table.n.sum())
    if n == 0:
        return Undefined("there is no labelled row")
    value = float((table.n * table.score).sum() - table.positives.sum()) / n
    half = z_value(level) * sqrt(float((table.n * _spread(table)).sum())) / n
    interval = Interval(max(-1.0, value - half), min(1.0, value + half), level, "normal")
    return Estimate(value, interval, "mean score minus rate", n)


def expected_calibration_error(
    table: Reliability, *, level: float = 0.95, sampling: Sampling = DEFAULT
) -> Measured:
    """Mean distance of mean score and share of positives over score bins, weighted by rows.

    In [0, 1]. The value is the plain one, as libraries print it; calibrated scores read above 0
    by chance, the more so the more bins, and the lower limit takes that off. `note` holds what
    calibrated scores of these sizes would read. Undefined without rows. Source: Naeini, Cooper,
    Hauskrecht 2015 (AAAI). Limits: the bins belong to the result; errors that cancel in a
    bin are not seen.
    """
    n = float(table.n.sum())
    if n == 0:
        return Undefined("there is no labelled row")
    seen = table.n > 0
    rows, score, k = table.n[seen], table.score[seen], table.positives[seen]
    weight, seen_share = rows / n, k / rows
    value = float(weight @ np.abs(score - seen_share))
    rng = np.random.default_rng([sampling.seed, 3])
    drawn = np.maximum(np.rint(rows), 1.0)  # effective counts need not be whole
    middle = (k + 0.5) / (rows + 1)
    share = rng.binomial(drawn.astype(np.int64), middle, (sampling.draws, k.size)) / drawn
    error = (share - middle) * np.sqrt(drawn / rows)
    noise = np.abs(error) @ weight
    spread = float(np.std(np.abs(score - seen_share + error) @ weight, ddof=1))
    z = z_value(level)
    low = value - float(noise.mean()) - z * float(noise.std(ddof=1))
    interval = Interval(max(0.0, low), min(1.0, value + z * spread), level, METHOD)
    note = f"calibrated scores would read {noise.mean():.4f} by chance"
    return Estimate(value, interval, f"ECE, {k.size} bins", n, note=note)


def _spread(table: Reliability) -> Array:
    """Variance of a label in each bin, not 0 in a bin where all labels agree by chance."""
    share = (table.positives + 0.5) / (table.n + 1)
    found: Array = share * (1 - share)
    return found


@dataclass(frozen=True, slots=True)
class GroupCalibration:
    """Calibration of one group: in the large, and as expected calibration error."""

    bias: Measured
    error: Measured


def calibration_within_groups(
    tables: dict[str, Reliability], level: float = 0.95
) -> dict[str, GroupCalibration]:
    """Calibration of each group, at a level corrected for their number (Bonferroni).

    Source: Kleinberg, Mullainathan, Raghavan 2016; with unequal base rates it excludes equalised
    odds but in trivial cases. Undefined for a group without labelled rows.
    """
    if not tables:
        return {}
    each = 1 - (1 - level) / len(tables)
    return {
        name: GroupCalibration(
            calibration_in_the_large(table, each), expected_calibration_error(table, level=each)
        )
        for name, table in tables.items()
    }
