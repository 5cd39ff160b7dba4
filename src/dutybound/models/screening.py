"""Replacement for many rows: a feature is tried only while it can still be among the reasons.

Trying every feature costs as many scorings as there are features. What a feature does is learnt
from a sample on which all features were tried: by its value, the mean of its push and how far that
varies, in log-odds, so that the score of the row does not matter. Each row then tries features from
the one that may push most, and stops when no other is likely to push more than the last reason it
has found. What is reported is what was tried, so no contribution is a guess. What can be lost is a
reason that was never tried: how often is counted on rows that taught nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

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
GOAL: Final = 0.95  # of the decisions have the very list that trying all features gives
REACHES: Final = (0.0, 0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 4.0)  # standard deviations above the mean
HOLDS: Final = 0.9  # above this share of the features, screening saves too little
NEAREST: Final = 1e-9  # of a score to 0 and 1, for its log-odds


@dataclass(frozen=True, slots=True)
class Screened:
    """tried: features tried for a row, on average, of `features`. same_list: share of the rows, of
    those that taught nothing, with the very reasons in the very order that trying all gives."""

    found: Contributions
    tried: float
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
    """The push of a feature by its value, in log-odds. ends: inner limits of the bins. means,
    spreads: shape (bins + 1,), the last for missing values."""

    ends: Array
    means: Array
    spreads: Array

    def upper(self, column: Array, reach: float) -> Array:
        """What it may push: the mean and `reach` standard deviations. Shape (n,)."""
        place = np.searchsorted(self.ends, column)
        place[np.isnan(column)] = len(self.means) - 1
        found: Array = (self.means + reach * self.spreads)[place]
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
    features are tried: a third teaches, a third says how far to reach for 95 % of the lists, a
    third judges. Falls back to all features where nine tenths of them would be tried. Progress
    counts rows. Unit: score. Raises ModelError.
    """
    rows = scorer.rows(x)
    drawn = plan.draw(len(rows))
    if len(drawn) < 30:
        raise ModelError("Screening learns from at least 30 rows. Take plain replacement.")
    before = scorer.score(rows) if scores is None else scores
    known = before[drawn]
    whole = _push(known, known[:, None] - replacement(scorer, rows[drawn], reference).values)
    whole *= choice.sign
    part = np.random.default_rng([plan.seed, 5]).permutation(len(drawn)) % 3
    taught = zip(rows[drawn[part == 0]].T, whole[part == 0].T, strict=True)
    guesses = [_guess(column, toward) for column, toward in taught]
    reach, enough = _reach(guesses, rows[drawn[part == 1]], whole[part == 1], choice.places)
    width = rows.shape[1]
    if reach is None or enough >= HOLDS * width:
        found = replacement(scorer, rows, reference, progress=progress)
        return Screened(found, float(width), width, Undefined("every feature was tried"))
    judged = part == 2
    tried, _ = _replay(_uppers(guesses, rows[drawn[judged]], reach), whole[judged], choice.places)
    same = _same(tried, whole[judged], choice.places)
    values, count = np.zeros(rows.shape), 0
    for start in range(0, len(rows), BATCH):
        end = min(start + BATCH, len(rows))
        search = _Search(scorer, rows[start:end], before[start:end], reference, choice)
        count += search.run(_uppers(guesses, rows[start:end], reach), values[start:end])
        progress(end, len(rows))
    mean = count / len(rows)
    note = f"{mean:.1f} of {width} features tried for a decision, as far as {reach:g} standard "
    note += f"deviations above what {len(drawn)} rows teach, {plan.how}, seed {plan.seed}"
    share = rate(float(same.sum()), float(same.size), level)
    return Screened(Contributions(values, SCREENED, "score", note=note), mean, width, share)


def _push(before: Array, after: Array) -> Array:
    """How far scores fell, in log-odds. before: shape (n,). after: (n,) or (n, d)."""
    first, second = (_log_odds(v) for v in (before, after))
    found: Array = (first if second.ndim == 1 else first[:, None]) - second
    return found


def _log_odds(scores: Array) -> Array:
    inside = np.clip(scores, NEAREST, 1 - NEAREST)
    found: Array = np.log(inside) - np.log1p(-inside)
    return found


# ---------------------------------------------------------------------- what the sample teaches
def _guess(column: Array, toward: Array) -> Guess:
    known = ~np.isnan(column)
    held = np.unique(column[known])
    if held.size > BINS:
        ends = np.unique(np.quantile(column[known], np.linspace(0, 1, BINS + 1)[1:-1]))
    else:
        ends = (held[1:] + held[:-1]) / 2
    place = np.searchsorted(ends, column)
    place[~known] = len(ends) + 1
    size = len(ends) + 2
    counts = np.bincount(place, minlength=size)
    middle, spread = float(toward.mean()), float(toward.std())
    held_by = np.maximum(counts, 1)
    means = np.bincount(place, toward, size) / held_by
    squares = np.bincount(place, toward**2, size) / held_by
    spreads = np.sqrt(np.maximum(squares - means**2, 0.0))
    few = counts < 2
    return Guess(ends, np.where(few, middle, means), np.where(few, spread, spreads))


def _uppers(guesses: list[Guess], x: Array, reach: float) -> Array:
    return np.column_stack([g.upper(x[:, j], reach) for j, g in enumerate(guesses)])


def _reach(
    guesses: list[Guess], x: Array, toward: Array, places: int
) -> tuple[float | None, float]:
    """The shortest reach for which the goal holds on these rows, and how many features it tries."""
    for reach in REACHES:
        tried, count = _replay(_uppers(guesses, x, reach), toward, places)
        if _same(tried, toward, places).mean() >= GOAL:
            return reach, count
    return None, float(x.shape[1])


def _replay(uppers: Array, toward: Array, places: int) -> tuple[Flags, float]:
    """Which features a search would try where all are known, and how many on average."""
    order = np.argsort(-uppers, axis=1, kind="stable")
    best = np.zeros((len(order), min(places, order.shape[1])))
    tried = np.zeros(toward.shape, dtype=np.bool_)
    alive = np.arange(len(order))
    for j in order.T:
        alive = alive[uppers[alive, j[alive]] > best[alive, 0]]
        tried[alive, j[alive]] = True
        _keep(best, alive, toward[alive, j[alive]])
    return tried, float(tried.sum(axis=1).mean())


def _keep(best: Array, rows: Order, found: Array) -> None:
    """Put what was found among the best of each row, the least of them first."""
    held = best[rows]
    held[:, 0] = np.maximum(held[:, 0], found)
    held.sort(axis=1)
    best[rows] = held


def _same(tried: Flags, toward: Array, places: int) -> Flags:
    """Rows whose reasons are those of trying every feature."""
    first, second = (rank_reasons(v, places) for v in (np.where(tried, toward, 0.0), toward))
    found: Flags = (first == second).all(axis=1)
    return found


# ---------------------------------------------------------------------- the search
@dataclass(frozen=True, slots=True)
class _Search:
    """One batch of rows."""

    scorer: Scorer
    x: Array
    before: Array
    reference: Array
    choice: Choice

    def run(self, uppers: Array, found: Array) -> int:
        """Try features from the one that may push most. Fills `found`; returns how many tries."""
        order = np.argsort(-uppers, axis=1, kind="stable")
        best = np.zeros((len(order), min(self.choice.places, order.shape[1])))
        alive, count = np.arange(len(order)), 0
        for j in order.T:
            alive = alive[uppers[alive, j[alive]] > best[alive, 0]]
            away = alive[self.x[alive, j[alive]] != self.reference[j[alive]]]
            if away.size == 0:
                continue
            part, column = self.x[away], j[away]
            part[np.arange(len(part)), column] = self.reference[column]
            after = self.scorer.score(part)
            found[away, column] = self.before[away] - after
            _keep(best, away, self.choice.sign * _push(self.before[away], after))
            count += len(away)
        return count
