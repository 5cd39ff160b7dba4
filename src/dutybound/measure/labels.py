"""Labels that arrive late or never: how many are there, and when they come."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from dutybound.measure.checks import Array, check_pair
from dutybound.measure.intervals import rate
from dutybound.terms.measure import Measured, Undefined


def label_coverage(labelled: float, n: float, level: float = 0.95) -> Measured:
    """Share of rows that have a label, in [0, 1]. Undefined without rows.

    Every number that needs labels is about these rows only. Limits: rows without a label are
    often different ones (refused persons have no repayment).
    """
    return rate(labelled, n, level)


@dataclass(frozen=True, slots=True)
class Delay:
    """arrived_by: shape (d,), share of rows whose label has come after at most so many periods,
    in [0, 1], rising. median, ninety: periods until half and 90 % have come."""

    arrived_by: Array
    median: float | Undefined
    ninety: float | Undefined


def label_delay(arrived: npt.ArrayLike, waiting: npt.ArrayLike) -> Delay | Undefined:
    """When labels arrive, with those that still wait taken into account.

    arrived: shape (d,), rows whose label came after 0, 1, ... d-1 periods. waiting: shape (d,),
    rows without a label, by their age in periods. A quantile is Undefined if fewer labels than
    that have come. Undefined without rows. Source: Kaplan and Meier 1958.
    Limits: rows that wait are taken to be like those that do not; the mean delay of the labels
    that came would be too short.
    """
    came, still = check_pair(arrived, waiting, ("arrived", "waiting"))
    total = float(came.sum() + still.sum())
    if total == 0:
        return Undefined("there is no row")
    gone = np.concatenate([[0.0], np.cumsum(came + still)[:-1]])
    at_risk = total - gone
    stay = 1 - np.divide(came, at_risk, out=np.zeros_like(came), where=at_risk > 0)
    by: Array = 1 - np.cumprod(stay)
    return Delay(by, _first(by, 0.5), _first(by, 0.9))


def _first(by: Array, share: float) -> float | Undefined:
    reached = np.flatnonzero(by >= share - 1e-12)
    if reached.size == 0:
        return Undefined(f"fewer than {share:.0%} of the labels have come")
    return float(reached[0])
