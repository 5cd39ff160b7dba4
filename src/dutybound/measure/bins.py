"""Bins: fixed by the reference window, then used for every later window."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from dutybound.measure.checks import Array, CountError, Whole, check_counts

NOMINAL_IQR: Final = 1.3489795003921634  # interquartile range of a standard normal variable


def pin_bins(reference: npt.ArrayLike, parts: int) -> Whole:
    """For each fine bin the number of the coarse bin that it belongs to, by reference quantiles.

    reference: shape (k,), counts of ordered fine bins. parts: at least 2. Returns shape (k,), from
    0, rising; there are fewer coarse bins than `parts` when one fine bin holds more than a part.
    Every coarse bin holds reference rows. Raises CountError if there is no row.
    """
    counts = check_counts(reference, "reference")
    if parts < 2:
        raise CountError("`parts` is at least 2.")
    total = counts.sum()
    if total == 0:
        raise CountError("`reference` holds no row; bins cannot be fixed on it.")
    middle = (np.cumsum(counts) - counts / 2) / total
    part = np.minimum(np.floor(middle * parts), parts - 1)
    seen = counts > 0
    position = np.maximum.accumulate(np.where(seen, np.arange(counts.size), -1))
    position[position < 0] = int(np.argmax(seen))  # empty bins go with the one before, or the first
    _, numbers = np.unique(part[position], return_inverse=True)
    return numbers.astype(np.int64)


def regroup(counts: npt.ArrayLike, index: Whole) -> Array:
    """Counts of the coarse bins. counts: shape (k,); index: from `pin_bins`."""
    found = check_counts(counts, "counts")
    if found.shape != index.shape:
        raise CountError("`counts` and `index` need one shape.")
    summed: Array = np.bincount(index, weights=found).astype(np.float64)
    return summed


def ranks(reference: Array) -> Array:
    """Mid-rank of each bin in the reference window. Shape (k,), in [0, 1]."""
    found: Array = (np.cumsum(reference) - reference / 2) / reference.sum()
    return found


def quantile_bin(counts: Array, q: float) -> int:
    """The number of the bin that holds the q-quantile of a histogram."""
    at = int(np.searchsorted(np.cumsum(counts), q * counts.sum(), side="left"))
    return min(at, counts.size - 1)
