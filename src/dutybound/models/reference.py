"""The reference that scores are explained against: the median, or the most frequent category."""

from __future__ import annotations

import numpy as np

from dutybound.models.model import Array, ModelError, Scorer


def reference_row(scorer: Scorer, x: Array) -> Array:
    """The median of each feature; of a category its most frequent code, the lowest among equals.

    x: rows of a reference window, shape (n, d). Missing values are left out. Returns shape (d,).
    Raises ModelError if a feature has no value at all.
    """
    rows = scorer.rows(x)
    found = np.zeros(rows.shape[1])
    for j, feature in enumerate(scorer.features):
        column = rows[:, j][~np.isnan(rows[:, j])]
        if column.size == 0:
            raise ModelError(f"Feature `{feature.name}` has no value in the reference rows.")
        if feature.values:
            codes, counts = np.unique(column, return_counts=True)
            found[j] = codes[counts.argmax()]
        else:
            found[j] = np.median(column)
    return found


def spreads(scorer: Scorer, x: Array) -> Array:
    """A robust standard deviation of each feature: the interquartile range over 1.349.

    Where half of the rows are equal, the standard deviation. Categories have 0. Shape (d,).
    """
    rows = scorer.rows(x)
    found = np.zeros(rows.shape[1])
    for j, feature in enumerate(scorer.features):
        column = rows[:, j][~np.isnan(rows[:, j])]
        if column.size and not feature.values:
            low, high = np.quantile(column, [0.25, 0.75])
            found[j] = (high - low) / 1.349 or column.std()
    return found
