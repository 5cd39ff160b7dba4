"""Whether decisions stay the same when the inputs of a model are disturbed."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from dutybound.measure.checks import CountError, Flags
from dutybound.measure.intervals import rate
from dutybound.terms.measure import Measured


def decision_change_rate(
    before: npt.ArrayLike, after: npt.ArrayLike, level: float = 0.95
) -> Measured:
    """The share of decisions that some disturbance of their inputs changes.

    before: shape (n,), true where the decision is adverse. after: shape (w, n), the same after
    each of w disturbances, w >= 1. In [0, 1] with Wilson's interval; Undefined without a decision.
    Raises CountError. Limits: about the disturbances that were tried; independent rows.
    """
    first, later = _flags(before, "before", 1), _flags(after, "after", 2)
    if later.shape[0] < 1 or later.shape[1:] != first.shape:
        raise CountError(
            f"`before` has shape {first.shape} and `after` {later.shape}; "
            "they need (n,) and (w, n) with w of at least 1."
        )
    changed = np.logical_or.reduce(later != first)
    return rate(float(changed.sum()), float(first.size), level)


def _flags(values: npt.ArrayLike, name: str, ndim: int) -> Flags:
    found = np.asarray(values)
    if found.dtype != np.bool_ or found.ndim != ndim:
        raise CountError(f"`{name}` is no array of true and false with {ndim} dimensions.")
    return found
