"""Scoring rates: who scores above the median of the whole sample, from score bins."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from dutybound.measure.checks import Array, CountError, check_counts
from dutybound.terms.measure import Undefined


@dataclass(frozen=True, slots=True)
class AboveMedian:
    """Rows of each group above the median of all rows, shape (g,) each.

    above: the likeliest whole number, if the scores of the median's coarse bin are spread in each
    group as in the sample. least, most: what the bins leave open. total: scored rows. at: the fine
    bin of the median; scores are told apart no finer than by it.
    """

    above: Array
    least: Array
    most: Array
    total: Array
    at: int


def above_median(
    fine: npt.ArrayLike, coarse: npt.ArrayLike, groups: npt.ArrayLike, *, whole: bool = True
) -> AboveMedian | Undefined:
    """Count who scores above the median of the sample, by group.

    fine, coarse: shape (k,) and (c,), all rows by score bin, scores rising; k is a multiple of c.
    groups: shape (g, c), the rows of groups among them. A score on the edge of two coarse bins may
    stand on the other side in the fine ones; the bounds take such rows in.
    The median is the lowest fine bin up to which at least half of the rows lie; rows in it count as
    at the median, so not above. whole: false for weighted rows, whose parts need not be whole and
    whose sums agree but for rounding. Undefined without rows. Raises CountError.
    Source: 6 RCNY 5-300, "scoring rate".
    Limits: ties at the median count as below it; with many of them no group reaches one half.
    """
    rows, every = check_counts(fine, "fine"), check_counts(coarse, "coarse")
    table = check_counts(groups, "groups", ndim=2)
    if table.shape[1] != every.size or every.size == 0 or rows.size % every.size:
        raise CountError("The fine bins do not part the coarse ones.")
    off = 0.0 if whole else 1e-9 * float(rows.sum())
    if abs(rows.sum() - every.sum()) > off or np.any(table.sum(axis=0) > every + off):
        raise CountError("Fine bins, coarse bins and groups are not of the same rows.")
    if rows.sum() == 0:
        return Undefined("no row has a score in its range")
    inside = rows.size // every.size
    at = int(np.searchsorted(np.cumsum(rows), rows.sum() / 2, side="left"))
    part = at // inside
    end = (part + 1) * inside
    upper, lower = float(rows[at + 1 : end].sum()), float(rows[part * inside : at + 1].sum())
    # Rows on an edge: how many more stand before it in the coarse bins, or fewer.
    moved = float(every[: part + 1].sum() - rows[:end].sum())
    below = float(every[:part].sum() - rows[: part * inside].sum())
    sure, open_ = table[:, part + 1 :].sum(axis=1), table[:, part]
    upper += max(0.0, moved)
    least = np.maximum(0.0, sure - max(0.0, -moved))
    least = least + np.maximum(0.0, open_ - lower - max(0.0, -below))
    most = sure + np.minimum(open_, upper)
    spread = open_ * min(1.0, upper / max(1.0 if whole else 1e-300, float(every[part])))
    likely = sure + (np.round(spread) if whole else spread)
    above: Array = np.clip(likely, least, most)
    return AboveMedian(above, least, most, table.sum(axis=1), at)
