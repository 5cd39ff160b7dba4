"""Parametric bootstrap of histograms: what chance does to a distance between two windows.

The cost depends on bins and draws, not on rows. Seeded: the same input gives the same limits.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np

from dutybound.measure.checks import Array, CountError
from dutybound.measure.intervals import z_value
from dutybound.terms.measure import Interval

DRAWS: Final = 200
SEED: Final = 20_240_601
METHOD: Final = "parametric bootstrap, triangle inequality below"
# Shares of two windows, shape (..., k) each, to distances, shape (...).
Distance: TypeAlias = Callable[[Array, Array], Array]


@dataclass(frozen=True, slots=True)
class Sampling:
    """How to draw. draws: at least 50. seed: any whole number >= 0."""

    draws: int = DRAWS
    seed: int = SEED


def resample(counts: Array, sampling: Sampling, stream: int = 0) -> Array:
    """Shares of `draws` new windows like this one. Shape (draws, k).

    counts: shape (k,), sum >= 1. stream: another number gives independent draws. Poisson counts
    divided by their sum are multinomial given their sum, which varies by its square root only.
    """
    if sampling.draws < 50:
        raise CountError("`draws` is at least 50.")
    rng = np.random.default_rng([sampling.seed, stream])
    seen = counts > 0
    drawn = rng.poisson(counts[seen], size=(sampling.draws, int(seen.sum()))).astype(np.float64)
    shares = np.zeros((sampling.draws, counts.size))
    shares[:, seen] = drawn / np.maximum(drawn.sum(axis=1, keepdims=True), 1.0)
    return shares


def distance_interval(
    distance: Distance,
    reference: Array,
    current: Array,
    level: float,
    sampling: Sampling,
    *,
    norm: bool,
    top: float = 1.0,
) -> Interval:
    """The interval of a distance between the two distributions behind two windows of counts.

    The plain bootstrap fails near 0, where a distance between equal windows is never 0. Here the
    lower limit rests on the triangle inequality: the true distance is at least the one seen minus
    the noise. The upper limit adds z standard errors to the one seen, which is biased upwards.
    So coverage is at least the level, and above it when the distance is far from 0.

    distance: a metric that is convex in the pair of distributions. norm: it depends on the
    difference of shares only, which gives a tighter bound. top: its largest value.
    """
    z = z_value(level)
    p, q = reference / reference.sum(), current / current.sum()
    ps, qs = resample(reference, sampling, 1), resample(current, sampling, 2)
    seen = float(distance(p, q))
    noise = distance(ps - p, qs - q) if norm else distance(ps, p) + distance(qs, q)
    spread = float(np.std(distance(ps, qs), ddof=1))
    low = seen - float(noise.mean()) - z * float(noise.std(ddof=1))
    return Interval(max(0.0, low), min(top, seen + z * spread), level, METHOD)
