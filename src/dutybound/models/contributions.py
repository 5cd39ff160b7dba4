"""How far each feature moved each score: exact points of linear models, and replacement."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from dutybound.models.model import BATCH, Array, ModelError, Progress, Scorer, quiet

LINEAR: Final = "linear-points"
REPLACEMENT: Final = "replacement-by-reference"


@dataclass(frozen=True, slots=True)
class Contributions:
    """values: shape (n, d), in `unit`; positive where the feature raised the score.

    method: its name. unit: score, log-odds or points. base: what the values of a row start from,
    shape (n,), if they add up with it to the output; None if they do not add up. error: standard
    error of each value, shape (n, d), if it was sampled. note: how, with seeds.
    """

    values: Array
    method: str
    unit: str
    base: Array | None = None
    error: Array | None = None
    note: str = ""


def linear_points(
    weights: npt.ArrayLike, x: npt.ArrayLike, reference: npt.ArrayLike, *, unit: str = "log-odds"
) -> Contributions:
    """The points of a linear model or scorecard against a reference: w (x - r).

    weights, reference: shape (d,). x: shape (n, d), without missing values. unit: of the weighted
    sum, `log-odds` for logistic regression, `points` for a scorecard. Exact: a row's values add up
    to its weighted sum minus that of the reference (`base` is 0). Raises ModelError.
    """
    try:
        w, rows, r = (np.asarray(a, dtype=np.float64) for a in (weights, x, reference))
    except (TypeError, ValueError) as error:
        raise ModelError("Weights, rows and reference are arrays of numbers.") from error
    if w.ndim != 1 or rows.ndim != 2 or rows.shape[1] != w.size or r.shape != w.shape:
        raise ModelError(
            f"Weights of shape {w.shape}, rows of {rows.shape} and a reference of {r.shape} "
            "do not fit: they need (d,), (n, d) and (d,)."
        )
    if not all(np.isfinite(a).all() for a in (w, rows, r)):
        raise ModelError("A linear model has no points for a value that is missing or infinite.")
    return Contributions((rows - r) * w, LINEAR, unit, np.zeros(len(rows)))


def replacement(
    scorer: Scorer, x: Array, reference: Array, *, progress: Progress = quiet
) -> Contributions:
    """The score minus the score with one feature at the reference, feature by feature.

    x: shape (n, d). reference: shape (d,). Works for any model: d + 1 scorings, less the rows
    that stand at the reference already. Unit: score. Progress counts rows. The values do not add
    up when features act together, and two features that hold the same information can both look
    idle. A feature that the model ignores has exactly 0. Raises ModelError.
    """
    rows = scorer.rows(x)
    if reference.shape != (rows.shape[1],) or not np.isfinite(reference).all():
        raise ModelError("The reference needs one value for each feature.")
    found = np.zeros(rows.shape)
    for start in range(0, len(rows), BATCH):
        part = np.array(rows[start : start + BATCH])
        _replace(scorer, part, reference, found[start : start + BATCH])
        progress(min(start + BATCH, len(rows)), len(rows))
    return Contributions(found, REPLACEMENT, "score", note="one feature at a time")


def _replace(scorer: Scorer, part: Array, reference: Array, found: Array) -> None:
    """Fill `found` for one batch. `part` is changed and put back."""
    before = scorer.score(part)
    for j, value in enumerate(reference):
        away = part[:, j] != value
        if away.all():
            kept = part[:, j].copy()
            part[:, j] = value
            found[:, j] = before - scorer.score(part)
            part[:, j] = kept
        elif away.any():
            some = part[away]
            some[:, j] = value
            found[away, j] = before[away] - scorer.score(some)
