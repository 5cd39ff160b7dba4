"""Many comparisons at once: p-values and levels that account for their number."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from dutybound.measure.checks import Array, CountError, check_level, check_numbers


def bonferroni_level(level: float, comparisons: int) -> float:
    """The level of each of `comparisons` intervals, so that all hold at once with `level`.

    Both in (0, 1); comparisons >= 1. Valid whatever the dependence between the intervals.
    Source: Dunn 1961, JASA 56.
    """
    if comparisons < 1:
        raise CountError("`comparisons` is at least 1.")
    return 1 - (1 - check_level(level)) / comparisons


def bonferroni(p: npt.ArrayLike) -> Array:
    """Adjusted p-values min(1, m p). p: shape (m,), in [0, 1]. Controls any false rejection."""
    found = _check_p(p)
    return np.minimum(found * found.size, 1.0)


def holm(p: npt.ArrayLike) -> Array:
    """Holm's adjusted p-values: as Bonferroni's, never larger. p: shape (m,), in [0, 1].

    Controls the chance of any false rejection, whatever the dependence.
    Source: Holm 1979, Scandinavian Journal of Statistics 6.
    """
    found = _check_p(p)
    order = np.argsort(found, kind="stable")
    steps = found[order] * np.arange(found.size, 0, -1)
    return _back(np.minimum(np.maximum.accumulate(steps), 1.0), order)


def benjamini_hochberg(p: npt.ArrayLike) -> Array:
    """Adjusted p-values for the false discovery rate. p: shape (m,), in [0, 1].

    Rejecting those below q keeps the expected share of false rejections at q, if the tests are
    independent or positively dependent. Source: Benjamini and Hochberg 1995, JRSS B 57.
    """
    found = _check_p(p)
    order = np.argsort(found, kind="stable")[::-1]
    steps = found[order] * found.size / np.arange(found.size, 0, -1)
    return _back(np.minimum(np.minimum.accumulate(steps), 1.0), order)


def _back(values: Array, order: npt.NDArray[np.int64]) -> Array:
    found = np.empty_like(values)
    found[order] = values
    return found


def _check_p(p: npt.ArrayLike) -> Array:
    found = check_numbers(p, "p")
    if found.size and (found.min() < 0 or found.max() > 1):
        raise CountError("`p` holds a value outside 0 to 1.")
    return found
