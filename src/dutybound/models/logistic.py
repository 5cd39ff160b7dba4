"""Logistic models that are written out: no file, no code."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from dutybound.models.model import Array

STEEPEST = 500.0  # beyond it exp leaves double precision, and the score is 0 or 1 anyway


@dataclass(frozen=True, slots=True)
class LogisticModel:
    """1 / (1 + exp(-(intercept + x weights))). weights: shape (d,).

    A row with a missing value has no score: it comes back as `nan`.
    """

    intercept: float
    weights: Array

    def __call__(self, x: Array, /) -> npt.ArrayLike:
        return 1 / (1 + np.exp(-np.clip(self.margin(x), -STEEPEST, STEEPEST)))

    def margin(self, x: Array) -> Array:
        """The log-odds, shape (n,)."""
        found: Array = self.intercept + x @ self.weights
        return found
