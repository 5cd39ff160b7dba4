"""Replacement for many rows: only features that can be a reason are tried, row by row.

Trying every feature costs as many scorings as there are features. Most of them are never among
the few reasons that are given. What a feature does is learnt from a sample on which all features
were tried, by the value that it has; each row then tries the features that push it most by that
guess. What is reported is what was tried, so no contribution is a guess. What can be lost is a
reason that the guess left out: how often is counted on rows that taught nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from dutybound.measure.intervals import rate
from dutybound.measure.reasons import Order, rank_reasons
from dutybound.models.contributions import Contributions, replacement
from dutybound.models.model import (
    BATCH,
    Array,
    Flags,
    ModelError,
    Progress,
    SamplePlan,
    Scorer,
    quiet,
)
from dutybound.terms.measure import Measured, Undefined

SCREENED: Final = "screened-replacement"
BINS: Final = 32
GOAL: Final = 0.99  # of the decisions have the very list that trying all features gives
HOLDS: Final = 0.9  # above this share of the features, screening saves too little


@dataclass(frozen=True, slots=True)
class Screened:
    """tried: features tried for each row, of `features`. same_list: share of the rows, of those
    that taught nothing, with the very reasons in the very order that trying all features gives."""

    found: Contributions
    tried: int
    features: int
    same_list: Measured


@dataclass(frozen=True, slots=True)
class Choice:
    """What counts as a reason. sign: 1 if a higher score is adverse, else -1. places: at most so
    many, and one more for each feature that may not be named."""

    sign: float
    places: int


@dataclass(frozen=True, slots=True)
class Guess:
    """The mean push of a feature by its value. ends: inner limits of the bins. values: shape
    (bins + 1,), the last for missing values."""

    ends: Array
    values: Array

    def of(self, column: Array) -> npt.NDArray[np.float32]:
        place = np.searchsorted(self.ends, column)
        place[np.isnan(column)] = len(self.values) - 1
        found: npt.NDArray[np.float32] = self.values[place].astype(np.float32)
        return found


def screened_replacement(
    scorer: Scorer,
    x: Array,
    reference: Array,
    choice: Choice,
    plan: SamplePlan,
    *,
    scores: Array | None = None,
    level: float = 0.95,
    progress: Progress = quiet,
) -> Screened:
    """`replacement` for the features that can be among the reasons; 0 for those not tried.

    x: shape (n, d), adverse decisions. scores: of x, if known. plan: draws the rows on which all
    features are tried: a third teaches, a third says how many features are enough for 99 % of the
    lists, a third judges. Falls back to all features where nine tenths of them would be tried.
    Progress counts rows. Unit: score. Raises ModelError.
    """
    rows = scorer.rows(x)
    drawn = plan.draw(len(rows))
    if len(drawn) < 30:
        raise ModelError("Screening learns from at least 30 rows. Take plain replacement.")
    whole = replacement(scorer, rows[drawn], reference).values * choice.sign
    part = np.random.default_rng([plan.seed, 5]).permutation(len(drawn)) % 3
    guesses = _learn(rows[drawn[part == 0]], whole[part == 0])
    enough = _enough(guesses, rows[drawn[part == 1]], whole[part == 1], choice.places)
    width = rows.shape[1]
    if enough >= HOLDS * width:
        found = replacement(scorer, rows, reference, progress=progress)
        return Screened(found, width, width, Undefined("every feature was tried"))
    judged = part == 2
    same = _same(guesses, rows[drawn[judged]], whole[judged], choice.places, enough)
    share = rate(float(same.sum()), float(same.size), level)
    before = scorer.score(rows) if scores is None else scores
    values = np.zeros(rows.shape)
    for start in range(0, len(rows), BATCH):
        end = min(start + BATCH, len(rows))
        chosen = _candidates(guesses, rows[start:end], enough)
        _try(scorer, rows[start:end], before[start:end], reference, chosen, values[start:end])
        progress(end, len(rows))
    note = f"{enough} of {width} features tried for each decision, chosen by {len(drawn)} rows, "
    note += f"{plan.how}, seed {plan.seed}"
    return Screened(Contributions(values, SCREENED, "score", note=note), enough, width, share)


def _learn(x: Array, toward: Array) -> list[Guess]:
    return [_guess(x[:, j], toward[:, j]) for j in range(x.shape[1])]


def _guess(column: Array, toward: Array) -> Guess:
    known = ~np.isnan(column)
    held = np.unique(column[known])
    if held.size > BINS:
        held = np.unique(np.quantile(column[known], np.linspace(0, 1, BINS + 1)))
        ends = held[1:-1]
    else:
        ends = (held[1:] + held[:-1]) / 2
    place = np.searchsorted(ends, column)
    place[~known] = len(ends) + 1
    sums = np.bincount(place, toward, len(ends) + 2)
    counts = np.bincount(place, minlength=len(ends) + 2)
    mean = float(toward.mean()) if toward.size else 0.0
    return Guess(ends, np.where(counts > 0, sums / np.maximum(counts, 1), mean))


def _candidates(guesses: list[Guess], x: Array, count: int) -> Order:
    """The features with the largest guessed push, shape (n, count), in no order."""
    guessed = np.column_stack([g.of(x[:, j]) for j, g in enumerate(guesses)])
    found: Order = np.argpartition(-guessed, count - 1, axis=1)[:, :count]
    return found


def _enough(guesses: list[Guess], x: Array, toward: Array, places: int) -> int:
    """The fewest features to try so that the goal holds on these rows."""
    width = int(x.shape[1])
    for count in range(min(places, width), width):
        if _same(guesses, x, toward, places, count).mean() >= GOAL:
            return count
    return width


def _same(guesses: list[Guess], x: Array, toward: Array, places: int, count: int) -> Flags:
    """Rows whose reasons are those of trying every feature."""
    kept = np.zeros(toward.shape)
    chosen = _candidates(guesses, x, count)
    np.put_along_axis(kept, chosen, np.take_along_axis(toward, chosen, axis=1), axis=1)
    first, second = (rank_reasons(v, places) for v in (kept, toward))
    found: Flags = (first == second).all(axis=1)
    return found


def _try(
    scorer: Scorer, x: Array, before: Array, reference: Array, chosen: Order, found: Array
) -> None:
    """Fill `found` for one batch: one scoring for each candidate, whatever feature it is."""
    every = np.arange(len(x))
    for k in range(chosen.shape[1]):
        j = chosen[:, k]
        away = x[every, j] != reference[j]
        some = np.flatnonzero(away)
        if some.size == 0:
            continue
        part = x[some]
        part[np.arange(len(some)), j[some]] = reference[j[some]]
        found[some, j[some]] = before[some] - scorer.score(part)
