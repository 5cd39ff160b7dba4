"""Sums of scores from a profile's cells, as moments."""

from __future__ import annotations

from typing import Final

import numpy as np

from dutybound.measure.effective import Moments
from dutybound.warehouse.cells import Cells
from dutybound.warehouse.weighing import BY_SQUARE

UNIT: Final = 2.0**32  # of the sums of scores in cells
SUMS: Final = ("scored", "score", "score_squared")


def score_moments(cells: Cells, *dims: str) -> Moments:
    """Rows with a score, scores and their squares over some dimensions, scores moved to [0, 1]."""
    parts = (1.0, UNIT, UNIT)
    if cells.unit is None:
        plain = np.stack([cells.real(*dims, of=s) / u for s, u in zip(SUMS, parts, strict=True)])
        return Moments(plain, plain)
    names = ("scored_weight", *SUMS[1:])
    weight = [cells.real(*dims, of=s) / u for s, u in zip(names, parts, strict=True)]
    square = [
        cells.real(*dims, of=s + BY_SQUARE, square=True) / u
        for s, u in zip(SUMS, parts, strict=True)
    ]
    return Moments(np.stack(weight), np.stack(square))
