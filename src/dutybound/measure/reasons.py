"""Reasons of scores from arrays of contributions: ranking, agreement, deletion, stability.

A contribution says how far the value of a feature moved one score, against a reference. These
functions see the arrays only; who made them, and how, is said by `dutybound.models`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt

from dutybound.measure.checks import Array, CountError, Whole, check_numbers, check_same
from dutybound.measure.intervals import mean, rate
from dutybound.terms.measure import Estimate, Interval, Measured, Undefined

Order: TypeAlias = Whole
NONE: Final = -1  # stands where a decision has fewer reasons than places
PAIRS: Final = 4_000_000  # cells held at once by `rank_correlation`


def rank_reasons(contributions: npt.ArrayLike, places: int, least: float = 0.0) -> Order:
    """The features that pushed each score most, first to last.

    contributions: shape (n, d), positive where the feature pushed to the adverse side. places: how
    many reasons to give, at least 1. least: contributions not above it are no reason. Returns
    shape (n, min(places, d)), positions of features, -1 where no further one pushed. Equal ones
    stand in the order of the features. Raises CountError.
    """
    pushed = check_numbers(contributions, "contributions", ndim=2)
    if places < 1 or least < 0:
        raise CountError("`places` is at least 1 and `least` at least 0.")
    order = np.argsort(-pushed, axis=1, kind="stable")[:, :places].astype(np.int64)
    held = np.take_along_axis(pushed, order, axis=1)
    return np.where(held > least, order, NONE)


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far two methods name the same reasons for the same decisions.

    same_first: share of decisions with one and the same first reason, with Wilson's interval.
    overlap: mean share of the first method's reasons that the other names too, whatever their
    place. without: decisions left out since one of the two named no reason.
    """

    same_first: Measured
    overlap: Measured
    without: int


def agreement(first: npt.ArrayLike, second: npt.ArrayLike, level: float = 0.95) -> Agreement:
    """Compare the reasons of two methods.

    first, second: shape (n, k) each, as `rank_reasons` gives them. Both values in [0, 1];
    Undefined where no decision has reasons from both. Raises CountError. Limits: rows are taken
    as independent; agreement of two methods does not show that either is right.
    """
    a, b = _orders(first), _orders(second)
    check_same(a.astype(np.float64), b.astype(np.float64), ("first", "second"))
    both = (a[:, 0] != NONE) & (b[:, 0] != NONE)
    a, b = a[both], b[both]
    same = rate(float((a[:, 0] == b[:, 0]).sum()), float(len(a)), level)
    named = a != NONE
    shared = (a[:, :, None] == b[:, None, :]).any(axis=2) & named
    shares = shared.sum(axis=1) / np.maximum(named.sum(axis=1), 1)
    return Agreement(same, mean_of(shares, level, (0.0, 1.0)), int((~both).sum()))


def _orders(values: npt.ArrayLike) -> Order:
    found = check_numbers(values, "reasons", ndim=2)
    if found.shape[1] < 1 or np.any(found < NONE) or np.any(found != np.floor(found)):
        raise CountError("Reasons are positions of features, or -1, with at least one place.")
    return found.astype(np.int64)


def mean_of(
    values: npt.ArrayLike, level: float = 0.95, limits: tuple[float, float] | None = None
) -> Measured:
    """The mean of values, one for each row, with a normal interval, cut at `limits`.

    values: shape (n,), finite. Undefined for n < 2. Raises CountError. Limits: independent rows.
    """
    found = check_numbers(values, "values")
    if found.size < 2:
        return mean(0.0, 0.0, found.size, level)
    middle = float(found.mean())  # around it, so that large values lose no digits
    rest = found - middle
    moved = mean(float(rest.sum()), float((rest**2).sum()), found.size, level)
    if isinstance(moved, Undefined) or moved.interval is None:
        return moved
    low, high = moved.interval.low + middle, moved.interval.high + middle
    if limits is not None:
        low, high = max(low, limits[0]), min(high, limits[1])
    return Estimate(middle, Interval(low, high, level, "normal"), "mean", found.size)


@dataclass(frozen=True, slots=True)
class Deletion:
    """What happened to scores when the stated reasons were taken away.

    moved: share of the decisions whose score moved to the favourable side by more than `least`.
    size: mean move to the favourable side, in the unit of the score. beats: share of decisions
    where taking the reasons away moved the score more than taking other features away; ties count
    as not more. changed: share of decisions that became favourable.
    """

    moved: Measured
    size: Measured
    beats: Measured
    changed: Measured
    least: float


def deletion_test(
    toward: npt.ArrayLike,
    control: npt.ArrayLike,
    turned: npt.ArrayLike,
    *,
    least: float = 0.0,
    level: float = 0.95,
) -> Deletion:
    """Judge a deletion test from the moves that it saw.

    toward: shape (n,), move of each score to the favourable side when its reasons were put at the
    reference. control: shape (n,), the same for as many features that were not named. turned:
    shape (n,), 1 where the decision became favourable. Undefined without rows. Raises CountError.
    Limits: features are put at the reference together, which can make persons who do not exist.
    """
    found, other = check_numbers(toward, "toward"), check_numbers(control, "control")
    flags = check_numbers(turned, "turned")
    check_same(found, other, ("toward", "control"))
    check_same(found, flags, ("toward", "turned"))
    n = float(found.size)
    return Deletion(
        rate(float((found > least).sum()), n, level),
        mean_of(found, level),
        rate(float((found > other).sum()), n, level),
        rate(float((flags != 0).sum()), n, level),
        least,
    )


def rank_correlation(first: npt.ArrayLike, second: npt.ArrayLike) -> Array:
    """Kendall's tau-b of each row of `first` with that row of `second`.

    first, second: shape (n, d). Returns shape (n,) in [-1, 1]; `nan` where one side holds equal
    values only. Source: Kendall 1945, Biometrika 33. Raises CountError.
    """
    a, b = check_numbers(first, "first", ndim=2), check_numbers(second, "second", ndim=2)
    check_same(a, b, ("first", "second"))
    step = max(1, PAIRS // max(1, a.shape[1] ** 2))
    parts = [_tau(a[i : i + step], b[i : i + step]) for i in range(0, len(a), step)]
    return np.concatenate(parts) if parts else np.zeros(0)


def _tau(a: Array, b: Array) -> Array:
    p = np.sign(a[:, :, None] - a[:, None, :])
    q = np.sign(b[:, :, None] - b[:, None, :])
    with np.errstate(invalid="ignore", divide="ignore"):
        size = np.sqrt((p * p).sum(axis=(1, 2)) * (q * q).sum(axis=(1, 2)))
        found: Array = (p * q).sum(axis=(1, 2)) / size
    return found


@dataclass(frozen=True, slots=True)
class Stability:
    """How far refits of a model give the same reasons for the same decisions.

    correlation: mean of Kendall's tau-b over decisions and pairs of refits, in [-1, 1].
    same_first: mean share of the pairs of refits that name the same first reason, in [0, 1].
    refits: how many. without: decisions left out since a refit gave equal contributions only.
    """

    correlation: Measured
    same_first: Measured
    refits: int
    without: int


def stability(contributions: npt.ArrayLike, level: float = 0.95) -> Stability:
    """Agreement of the contributions that several refits give for the same rows.

    contributions: shape (r, n, d), r >= 2 refits, positive where a feature pushed to the adverse
    side. Raises CountError. Limits: the intervals are over rows, for these refits; with few refits
    other ones could differ more.
    """
    found = check_numbers(contributions, "contributions", ndim=3)
    refits = len(found)
    if refits < 2:
        raise CountError("`contributions` needs at least two refits.")
    pairs = [(i, j) for i in range(refits) for j in range(i + 1, refits)]
    tau = np.mean([rank_correlation(found[i], found[j]) for i, j in pairs], axis=0)
    known = np.isfinite(tau)
    first = found.argmax(axis=2)
    same = np.mean([first[i] == first[j] for i, j in pairs], axis=0)
    return Stability(
        mean_of(tau[known], level, (-1.0, 1.0)),
        mean_of(same[known], level, (0.0, 1.0)),
        refits,
        int((~known).sum()),
    )
