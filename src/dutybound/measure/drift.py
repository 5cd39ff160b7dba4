"""Drift of one feature, as a set of measures that are read together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy.typing as npt

from dutybound.measure.association import cramers_v, two_windows
from dutybound.measure.bins import pin_bins, regroup
from dutybound.measure.bootstrap import Sampling
from dutybound.measure.checks import Array, check_numbers, check_pair
from dutybound.measure.distances import (
    DEFAULT,
    MOST_BINS,
    NAMES,
    Divergence,
    hellinger,
    jensen_shannon,
    ks,
    total_variation,
    wasserstein_iqr,
    wasserstein_ranks,
)
from dutybound.measure.psi import Psi, psi
from dutybound.measure.quality import CategoryChanges, category_changes
from dutybound.terms.measure import Measured, Undefined

DECILES: Final = 10


@dataclass(frozen=True, slots=True)
class NumericDrift:
    """Drift of a numeric feature. ks is the one to judge by; psi never stands alone."""

    ks: Measured
    wasserstein_ranks: Measured
    wasserstein_iqr: Measured
    psi: Psi | Undefined
    jensen_shannon: Divergence | Undefined
    hellinger: Measured


@dataclass(frozen=True, slots=True)
class CategoryDrift:
    """Drift of a categorical feature. total_variation is the one to judge by.

    psi is over the categories that both windows have; changes names the others.
    """

    total_variation: Measured
    cramers_v: Measured
    psi: Psi | Undefined
    jensen_shannon: Divergence | Undefined
    hellinger: Measured
    changes: CategoryChanges


def numeric_drift(
    reference: npt.ArrayLike,
    current: npt.ArrayLike,
    *,
    positions: npt.ArrayLike | None = None,
    edges: tuple[npt.ArrayLike, npt.ArrayLike] | None = None,
    single: npt.ArrayLike | None = None,
    level: float = 0.95,
    sampling: Sampling = DEFAULT,
) -> NumericDrift:
    """All drift measures of a numeric feature from counts of its fine bins, in order.

    reference, current: shape (k,), rows with a value (missing ones are another measure).
    positions: shape (k,), rising, in the feature's unit; without it the distance over the
    interquartile range is Undefined. edges: as in `wasserstein_iqr`. single: as in `ks`.
    PSI is on reference deciles; divergences on 50 reference quantiles.
    """
    p, q = check_pair(reference, current, NAMES)
    coarse = _joined(p, q, MOST_BINS)
    tenths = _joined(p, q, DECILES)
    iqr: Measured = Undefined("the positions of the bins are not known")
    if positions is not None:
        at = check_numbers(positions, "positions")
        iqr = wasserstein_iqr(p, q, at, edges=edges, level=level)
    return NumericDrift(
        ks=ks(p, q, single=single, level=level),
        wasserstein_ranks=wasserstein_ranks(p, q, single=single, level=level),
        wasserstein_iqr=iqr,
        psi=psi(*tenths, level=level, sampling=sampling),
        jensen_shannon=jensen_shannon(*coarse, level=level, sampling=sampling),
        hellinger=hellinger(*coarse, level=level, sampling=sampling),
    )


def category_drift(
    reference: npt.ArrayLike,
    current: npt.ArrayLike,
    *,
    level: float = 0.95,
    sampling: Sampling = DEFAULT,
) -> CategoryDrift:
    """All drift measures of a categorical feature from its counts. Shape (k,), rows by category.

    PSI and divergences are Undefined with more categories than they take: total variation holds
    for any number.
    """
    p, q = check_pair(reference, current, NAMES)
    changes = category_changes(p, q, level)
    shared = changes.shared
    index: Psi | Undefined = Undefined("the windows share fewer than two categories")
    if shared.sum() >= 2:
        index = _psi_of_categories(p[shared], q[shared], level, sampling)
    return CategoryDrift(
        total_variation=total_variation(p, q, level=level, sampling=sampling),
        cramers_v=cramers_v(two_windows(p, q), level),
        psi=index,
        jensen_shannon=jensen_shannon(p, q, level=level, sampling=sampling),
        hellinger=hellinger(p, q, level=level, sampling=sampling),
        changes=changes,
    )


def _psi_of_categories(p: Array, q: Array, level: float, sampling: Sampling) -> Psi | Undefined:
    from dutybound.measure.psi import MOST_BINS as MOST

    if p.size > MOST:
        return Undefined(f"{p.size} categories; PSI takes at most {MOST}")
    return psi(p, q, level=level, sampling=sampling)


def _joined(p: Array, q: Array, parts: int) -> tuple[Array, Array]:
    """Both windows on coarse bins of the reference; as they are if the reference is empty."""
    if p.sum() == 0:
        return p[:1], q[:1]
    index = pin_bins(p, parts)
    return regroup(p, index), regroup(q, index)
